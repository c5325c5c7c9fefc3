"""The corner of the folder of weights where files wait until all of a part is there and checked."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from storage.errors import Conflict
from storage.files import sync_folder

STAGING = ".pulling"


def corner_of(root: Path, part: str) -> Path:
    """Where the part's files wait."""
    return root / STAGING / part.replace("/", "--")


@contextmanager
def staging(root: Path, part: str, keep: bool) -> Iterator[Path]:
    """A folder of the part's own, taken away at the end; where the block fails, only if it is not to be kept.

    Raises Conflict while another process has it, and where it cannot be made.
    """
    folder = corner_of(root, part)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Conflict(
            f"The folder of weights '{root}' cannot be written to ({error.strerror}). Choose another with "
            "CASTLOCK_WEIGHTS.",
            f"权重目录“{root}”无法写入（{error.strerror}）。请用 CASTLOCK_WEIGHTS 指定其他目录。",
        ) from error
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Conflict(
            f"Another process is bringing in '{part}' at the moment. Wait for it.",
            f"另一个进程正在获取“{part}”，请等待其完成。",
        ) from error
    done = False
    try:
        yield folder
        done = True
    finally:
        if done or not keep:
            shutil.rmtree(folder)
        lock.release()
        if not any((root / STAGING).iterdir()):
            (root / STAGING).rmdir()


def settle(ready: dict[str, Path], root: Path) -> None:
    """Put checked files in their places below `root`: synced first, then renamed, so that a place never has half a file."""
    for path in ready.values():
        with path.open("rb") as stream:
            os.fsync(stream.fileno())
    for place, path in ready.items():
        target = root / place
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
        sync_folder(target.parent)
