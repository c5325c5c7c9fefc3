"""A file is there whole or not at all: written beside its place, then renamed into it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from storage.errors import Conflict, InvalidInput


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Gives the path of an empty part file in `target`'s folder, with its suffix; after the block it is synced and becomes `target`.

    After an error in the block the part file is gone and `target` is as it was. Raises InvalidInput where the
    folder does not exist or cannot be written to, Conflict where `target` cannot be replaced (open in another program).
    """
    if not target.parent.is_dir():
        raise InvalidInput(
            f"There is no folder '{target.parent}' to write '{target.name}' into; make it first.",
            f"文件夹“{target.parent}”不存在，无法写入“{target.name}”，请先创建。",
        )
    if target.is_dir():
        raise InvalidInput(
            f"'{target}' is a folder; name a file in it.", f"“{target}”是文件夹，请指定其中的一个文件名。"
        )
    part = target.parent / f".{uuid4().hex}.part{target.suffix}"
    try:
        part.open("xb").close()
    except OSError as error:
        raise InvalidInput(
            f"Cannot write into '{target.parent}': {error.strerror}.",
            f"无法写入“{target.parent}”：{error.strerror}。",
        ) from error
    try:
        yield part
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        try:
            part.replace(target)
        except OSError as error:
            raise Conflict(
                f"'{target.name}' cannot be replaced ({error.strerror}); close it where it is open and export again.",
                f"无法替换“{target.name}”（{error.strerror}）；请关闭正在打开它的程序后重新导出。",
            ) from error
    finally:
        part.unlink(missing_ok=True)
