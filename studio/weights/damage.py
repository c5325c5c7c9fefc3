"""Is a file what its name says? Told from its first bytes and its length, without reading it all."""

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from storage.errors import Message

_POINTER = b"version https://git-lfs.github.com/spec/"
_HEADER_LIMIT = 100 * 2**20
"""The format's own limit on the header of a safetensors file."""

EMPTY = Message("it is empty", "文件为空")
POINTER = Message(
    "it is a git-lfs pointer, not the file itself: the repository was cloned without git-lfs",
    "这只是 git-lfs 指针，不是文件本身：克隆仓库时没有安装 git-lfs",
)
PAGE = Message(
    "it is a web page: the download was answered by a login or error page", "这是网页：下载得到的是登录页或错误页"
)
TRUNCATED = Message("it is cut short: the download or copy did not finish", "文件不完整：下载或复制未完成")
NOT_SAFETENSORS = Message("it is not a safetensors file", "不是 safetensors 文件")
NOT_TORCH = Message("it is not a PyTorch file", "不是 PyTorch 文件")
NOT_ONNX = Message("it is not an ONNX file", "不是 ONNX 文件")
NOT_JSON = Message("it is not valid JSON", "不是有效的 JSON")


def damage(path: Path, suffix: str = "") -> Message | None:
    """What is wrong with the file, or None where nothing is seen. Raises OSError where it cannot be read.

    suffix: what it should be, where its name does not say so: '.safetensors', '.bin', '.onnx', '.json'.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        start = stream.read(512)
        if not start:
            return EMPTY
        if start.startswith(_POINTER):
            return POINTER
        if start.lstrip().lower().startswith((b"<!doctype html", b"<html")):
            return PAGE
        look = _LOOKS.get(suffix or path.suffix)
        stream.seek(0)
        return look(stream, size) if look else None


def safetensors_header(path: Path) -> dict[str, Any]:
    """The header of a safetensors file: name -> {"dtype", "shape", "data_offsets"}, and "__metadata__" where there is one.

    Raises ValueError where it is not one.
    """
    with path.open("rb") as stream:
        header = _header(stream, path.stat().st_size)
    if isinstance(header, Message):
        raise ValueError(header.en)
    return header


def _header(stream: BinaryIO, size: int) -> dict[str, Any] | Message:
    if size < 8:
        return TRUNCATED
    (length,) = struct.unpack("<Q", stream.read(8))
    if length > _HEADER_LIMIT:
        return NOT_SAFETENSORS
    if 8 + length > size:
        return TRUNCATED
    try:
        header = json.loads(stream.read(length))
    except ValueError:
        return NOT_SAFETENSORS
    return header if isinstance(header, dict) else NOT_SAFETENSORS


def _safetensors(stream: BinaryIO, size: int) -> Message | None:
    header = _header(stream, size)
    if isinstance(header, Message):
        return header
    try:
        end = max((int(each["data_offsets"][1]) for name, each in header.items() if name != "__metadata__"), default=0)
    except (KeyError, IndexError, TypeError, ValueError):
        return NOT_SAFETENSORS
    expected = stream.tell() + end
    if size < expected:
        return TRUNCATED
    return NOT_SAFETENSORS if size > expected else None


def _torch(stream: BinaryIO, size: int) -> Message | None:
    """A zip since PyTorch 1.6; before that a pickle, whose end cannot be told from its start."""
    start = stream.read(4)
    if start[:1] == b"\x80":
        return None
    if start[:2] != b"PK":
        return NOT_TORCH
    try:
        with zipfile.ZipFile(stream) as archive:
            ends = [each.header_offset + each.compress_size for each in archive.infolist()]
    except zipfile.BadZipFile:
        return TRUNCATED
    return TRUNCATED if max(ends, default=0) > size else None


def _onnx(stream: BinaryIO, size: int) -> Message | None:
    """Walks the fields of the outermost protobuf message: the graph (field 7) must be there and end inside the file."""
    graph = False
    while stream.tell() < size:
        tag = _varint(stream)
        if tag is None:
            return TRUNCATED if graph else NOT_ONNX
        field, kind = tag >> 3, tag & 7
        if kind == 0:
            skip = 0 if _varint(stream) is not None else size
        elif kind == 2:
            skip = _varint(stream)
        else:
            skip = {1: 8, 5: 4}.get(kind)
        if skip is None or not 1 <= field <= 100:
            return NOT_ONNX
        if stream.tell() + skip > size:
            return TRUNCATED
        graph |= field == 7
        stream.seek(skip, 1)
    return None if graph else NOT_ONNX


def _varint(stream: BinaryIO) -> int | None:
    value = 0
    for shift in range(0, 70, 7):
        byte = stream.read(1)
        if not byte:
            return None
        value |= (byte[0] & 0x7F) << shift
        if byte[0] < 0x80:
            return value
    return None


def _json(stream: BinaryIO, _: int) -> Message | None:
    try:
        json.loads(stream.read())
    except ValueError:
        return NOT_JSON
    return None


_LOOKS: dict[str, Callable[[BinaryIO, int], Message | None]] = {
    ".safetensors": _safetensors,
    ".bin": _torch,
    ".onnx": _onnx,
    ".json": _json,
}
