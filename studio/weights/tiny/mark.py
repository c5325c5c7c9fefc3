"""RANDOM-WEIGHTS.txt: what a folder of random weights says of itself, and how it is known again."""

import hashlib
import re
from pathlib import Path

from storage.errors import InvalidInput
from studio.weights.digests import INDEX
from studio.weights.folder import RANDOM_MARK

_TEXT = """\
Random weights: a test of the machinery. Nothing that is rendered with them means anything.
随机权重，仅用于检验程序能否运行。用它们渲染出的任何画面都没有意义。

Made by `python -m studio weights tiny`, seed {seed}. The files and their SHA-256:
由 `python -m studio weights tiny` 生成，随机种子 {seed}。文件及其 SHA-256：

"""
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def claim(folder: Path) -> None:
    """Raises InvalidInput unless the folder is absent or empty, or holds only what `weights tiny` made there.

    The index of hashes that the studio keeps there counts as nothing.
    """
    if folder.exists() and not folder.is_dir():
        raise InvalidInput(
            f"'{folder}' is a file. Name a folder for the random weights.",
            f"“{folder}”是文件。请为随机权重指定一个文件夹。",
        )
    made = _made(folder / RANDOM_MARK)
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name in (RANDOM_MARK, INDEX) or name.startswith(".unfinished/"):
            continue
        if made.get(name) != _sha256(path):
            raise InvalidInput(
                f"'{folder}' holds '{name}', which `weights tiny` did not make. Nothing was changed. "
                "Name another folder, or an empty one.",
                f"“{folder}”中有“{name}”，不是 `weights tiny` 生成的文件。未做任何改动。请指定其他文件夹或空文件夹。",
            )


def write_mark(folder: Path, made: Path, seed: int) -> None:
    """Writes the mark into `folder` for the files below `made`, which will be moved there."""
    files = sorted(path for path in made.rglob("*") if path.is_file())
    lines = "".join(f"{_sha256(path)}  {path.relative_to(made).as_posix()}\n" for path in files)
    (folder / RANDOM_MARK).write_text(_TEXT.format(seed=seed) + lines, "utf-8", newline="\n")


def _made(mark: Path) -> dict[str, str]:
    """File -> SHA-256, as the mark lists them; {} without a mark."""
    if not mark.is_file():
        return {}
    return {found[2]: found[1] for line in mark.read_text("utf-8").splitlines() if (found := _LINE.fullmatch(line))}


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
