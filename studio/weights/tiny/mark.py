"""RANDOM-WEIGHTS.txt: what a folder of random weights says of itself, and how it is known again."""

import hashlib
import re
from pathlib import Path

from storage.errors import InvalidInput
from studio.weights.damage import safetensors_header
from studio.weights.digests import INDEX
from studio.weights.folder import RANDOM_MARK

UNFINISHED = ".unfinished-"
"""How the folder is called in which weights are made before they take their place."""

_TEXT = """\
Random weights: a test of the machinery. Nothing that is rendered with them means anything.
随机权重，仅用于检验程序能否运行。用它们渲染出的任何画面都没有意义。

Made by `python -m studio weights tiny`, seed {seed}. The files and their SHA-256:
由 `python -m studio weights tiny` 生成，随机种子 {seed}。文件及其 SHA-256：

"""
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


def claim(folder: Path) -> None:
    """Raises InvalidInput unless the folder is absent or empty, or holds only what `weights tiny` made there.

    What the studio itself adds counts as nothing: its index of hashes, and an adapter's .bin turned into safetensors.
    """
    if folder.exists() and not folder.is_dir():
        raise InvalidInput(
            f"'{folder}' is a file. Name a folder for the random weights.",
            f"“{folder}”是文件。请为随机权重指定一个文件夹。",
        )
    made = _made(folder / RANDOM_MARK)
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if name in (RANDOM_MARK, INDEX) or name.startswith(UNFINISHED) or (path.is_dir() and not path.is_symlink()):
            continue
        if not _is_made(path, made.get(name)) and not _is_converted(path, folder, made):
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


def _is_made(path: Path, sha256: str | None) -> bool:
    return sha256 is not None and path.is_file() and not path.is_symlink() and _sha256(path) == sha256


def _is_converted(path: Path, folder: Path, made: dict[str, str]) -> bool:
    """A safetensors file that says of itself that it was converted from the .bin beside it, which was made here."""
    source = path.with_suffix(".bin")
    if path.suffix != ".safetensors" or not _is_made(source, made.get(source.relative_to(folder).as_posix())):
        return False
    try:
        said = safetensors_header(path).get("__metadata__", {})
    except ValueError:
        return False
    return said.get("converted_from") == source.name


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
