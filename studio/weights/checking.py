"""Looks at what is installed: is each file there, whole, and the published one?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from storage.errors import Message
from studio.weights.damage import POINTER, TRUNCATED, damage
from studio.weights.folder import Weights
from studio.weights.manifest import PublishedFile, find
from studio.weights.published import PARTS

State = Literal["ok", "missing", "pointer", "truncated", "damaged", "wrong-hash"]

MATCHES = Message("it is the published file, bit for bit", "与发布的文件逐位一致")
NO_HASH = Message("no published hash known; nothing wrong is seen", "没有已知的官方校验值；未发现问题")
RANDOM = Message("random weights: a test of the machinery", "随机权重：仅用于测试流程")
CONVERTED = Message("converted here; nothing wrong is seen", "由本机转换；未发现问题")
INCOMPLETE = Message(
    "files of an SDXL checkpoint are missing: bring it in with `python -m studio weights add`",
    "缺少 SDXL 底模所需的文件：请用 `python -m studio weights add` 重新放入",
)
OWN_FILE = Message("a file of your own; nothing wrong is seen", "您自己的文件；未发现问题")


@dataclass(frozen=True, slots=True)
class Checked:
    """One file: path below the folder of weights, what was found, and that in words."""

    part: str
    file: str
    state: State
    message: Message

    def as_json(self) -> dict[str, Any]:
        return {"part": self.part, "file": self.file, "state": self.state, **self.message.as_json()}


def check(weights: Weights, parts: Sequence[str] | None = None) -> tuple[Checked, ...]:
    """Every file of the parts; None: of all that is installed, wholly or in part. Reads whole files the first time.

    Raises NotFound for a part that is unknown.
    """
    named = installed(weights) if parts is None else parts
    return tuple(checked for part in named for checked in _check_part(weights, part))


def installed(weights: Weights) -> tuple[str, ...]:
    """Parts of which at least one file is there, and whatever lies where checkpoints do."""
    there = [
        part.name
        for part in PARTS.values()
        if any((weights.root / place).is_file() for file in part.files for place in file.places)
    ]
    return (*there, *(part for part in _own(weights) if part not in there))


def check_file(weights: Weights, file: PublishedFile) -> tuple[State, Message]:
    """A published file where it lies, the original before a conversion."""
    for place in (file.place, file.instead):
        path = weights.root / place
        if place and path.is_file():
            return _look(weights, path, file.sha256 if place == file.place else None, converted=place == file.instead)
    return "missing", Message("it is not there", "文件不存在")


def _check_part(weights: Weights, part: str) -> Iterator[Checked]:
    if part.startswith("base/") and part not in PARTS:
        yield from _check_own(weights, part)
        return
    for file in find(PARTS, part).files:
        state, message = check_file(weights, file)
        there = next((place for place in (file.place, file.instead) if place and (weights.root / place).is_file()), "")
        yield Checked(part, there or file.place, state, message)


def _own(weights: Weights) -> dict[str, Path]:
    """'base/<name>' -> folder or file, of every checkpoint that somebody put in, whole or not."""
    folder = weights.root / "base"
    there = [path for path in sorted(folder.glob("[!.]*")) if path.is_dir() or path.suffix == ".safetensors"]
    return {f"base/{path.name if path.is_dir() else path.stem}": path for path in there}


def _check_own(weights: Weights, part: str) -> Iterator[Checked]:
    place = _own(weights).get(part) or weights.path(part)
    wrong = False
    for path in sorted(each for each in (place, *place.rglob("*")) if each.is_file()):
        seen = damage(path)
        wrong |= seen is not None
        yield Checked(part, path.relative_to(weights.root).as_posix(), _state(seen) if seen else "ok", seen or OWN_FILE)
    if not wrong and not weights.has(part):
        yield Checked(part, place.relative_to(weights.root).as_posix(), "missing", INCOMPLETE)


def _look(weights: Weights, path: Path, sha256: str | None, converted: bool) -> tuple[State, Message]:
    wrong = damage(path)
    if wrong is not None:
        return _state(wrong), wrong
    if weights.random:
        return "ok", RANDOM
    if sha256 is None:
        return "ok", CONVERTED if converted else NO_HASH
    found = weights.sha256(path)
    if found != sha256:
        return "wrong-hash", Message(
            f"it is whole, but not the published file: its SHA-256 is {found[:12]}…, not {sha256[:12]}…",
            f"文件完整，但不是发布的文件：SHA-256 为 {found[:12]}…，应为 {sha256[:12]}…",
        )
    return "ok", MATCHES


def _state(wrong: Message) -> State:
    if wrong is POINTER:
        return "pointer"
    return "truncated" if wrong is TRUNCATED else "damaged"
