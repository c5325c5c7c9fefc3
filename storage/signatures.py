"""What a file is by its bytes, never by its name, and whether all of it is there.

Structures follow ISO/IEC 10918-1 (JPEG), the PNG specification (3rd edition), GIF89a, RFC 9649 (WebP) and
ISO/IEC 14496-12 (the boxes of HEIF).
"""

import codecs
import re
import zlib
from typing import Literal

from storage.errors import Message

Format = Literal["JPEG", "PNG", "WEBP", "HEIF", "BMP", "TIFF", "GIF"]
Flaw = Literal["truncated", "corrupt", "too many scans"]

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_AVIF_BRANDS = {b"avif", b"avis"}
_DIB_HEADERS = {12, 16, 40, 52, 56, 64, 108, 124}
_MOST_JPEG_SCANS = 100
"""A progressive photo has about ten; thousands in a small file keep a decoder busy for minutes."""


def picture_format(content: bytes) -> Format | None:
    """The picture format of `content`, or None where it is none of those that the studio takes in."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "WEBP"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if content.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")) and content[8:10] != b"CR":
        return "TIFF"
    if content.startswith(b"BM") and int.from_bytes(content[14:18], "little") in _DIB_HEADERS:
        return "BMP"
    if _brands(content) & _HEIC_BRANDS:
        return "HEIF"
    return None


def _brands(content: bytes) -> set[bytes]:
    """Major and compatible brands of an ISO base media file; empty where it is none."""
    if content[4:8] != b"ftyp":
        return set()
    box = content[8 : min(int.from_bytes(content[:4], "big"), 512)]
    return {box[:4], *(box[at : at + 4] for at in range(8, len(box), 4))}


_KINDS: tuple[tuple[tuple[bytes, ...], Message], ...] = (
    ((b"%PDF",), Message("a PDF document", "PDF 文档")),
    ((b"PK\x03\x04", b"PK\x05\x06"), Message("a ZIP archive or an Office document", "ZIP 压缩包或 Office 文档")),
    ((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ"), Message("an archive", "压缩包")),
    ((b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!"), Message("a program", "可执行程序")),
    ((b"\x1aE\xdf\xa3", b"FLV", b"\0\0\x01\xba", b"\0\0\x01\xb3"), Message("a video", "视频")),
    ((b"ID3", b"OggS", b"fLaC", b"\xff\xfb", b"\xff\xf3"), Message("a sound recording", "音频")),
    ((b"8BPS",), Message("a Photoshop file", "Photoshop 文件")),
    ((b"II*\0", b"FUJIFILM", b"IIU\0"), Message("a camera raw file", "相机 RAW 文件")),
    ((b"\0\0\0\x0cjP  ", b"\xff\x4f\xff\x51"), Message("a JPEG 2000 picture", "JPEG 2000 图片")),
    ((b"\xff\x0a", b"\0\0\0\x0cJXL "), Message("a JPEG XL picture", "JPEG XL 图片")),
    ((b"\0\0\x01\0", b"\0\0\x02\0"), Message("a Windows icon", "Windows 图标")),
    ((b"SQLite format 3\0",), Message("a database", "数据库文件")),
    (
        (b"version https://git-lfs",),
        Message("a Git LFS pointer, not the picture itself", "Git LFS 指针文件，而不是图片本身"),
    ),
)
_UNKNOWN = Message("in a format that is not known here", "无法识别的格式")


def kind_of(content: bytes) -> Message:
    """What a file is that is no picture the studio takes in, to be put after "it is"."""
    for starts, kind in _KINDS:
        if content.startswith(starts):
            return kind
    if content.startswith(b"RIFF"):
        return Message("a video or a sound recording", "视频或音频")
    brands = _brands(content)
    if brands & _AVIF_BRANDS:
        return Message("an AVIF picture", "AVIF 图片")
    if brands:
        return Message("a video", "视频")
    start = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"<svg" in start:
        return Message("an SVG drawing", "SVG 矢量图")
    if b"<!doctype html" in start or b"<html" in start or b"<head" in start or b"<body" in start:
        return Message("a web page (HTML)", "网页（HTML）")
    if start.startswith(b"<?xml"):
        return Message("an XML document", "XML 文档")
    if not any(content[:4096]):
        return Message("nothing but zero bytes", "全是零字节")
    return Message("a text file", "文本文件") if _is_text(content[:4096]) else _UNKNOWN


def _is_text(start: bytes) -> bool:
    for encoding in ("utf-8", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(
                start
            )  # a character cut in two at the end is no error
        except UnicodeDecodeError:
            continue
        return all(character.isprintable() or character in "\r\n\t\f" for character in text)
    return False


def flaw(kind: Format, content: bytes) -> Flaw | None:
    """What the structure of the file says against it; None where it is whole, or only a decoder can tell."""
    walk = {"JPEG": _jpeg_flaw, "PNG": _png_flaw, "GIF": _gif_flaw, "WEBP": _webp_flaw, "HEIF": _heif_flaw}.get(kind)
    return walk(content) if walk else None


_NEXT_MARKER = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")


def _jpeg_flaw(content: bytes) -> Flaw | None:
    # Pillow passes over what libjpeg only warns of, so a photo whose download broke off and was filled up with
    # zeros would come in half grey. The end marker tells: inside the data of a scan it cannot occur.
    at, scans = 2, 0
    while at < len(content):
        if content[at] != 0xFF:
            return "corrupt"
        while at < len(content) and content[at] == 0xFF:
            at += 1
        marker = content[at : at + 1]
        at += 1
        if marker == b"\xd9":
            return None if scans else "corrupt"
        if b"\xd0" <= marker <= b"\xd8" or marker == b"\x01":
            continue
        length = int.from_bytes(content[at : at + 2], "big")
        if length < 2 and at + 2 <= len(content):
            return "corrupt"
        at += length
        if marker == b"\xda":
            scans += 1
            if scans > _MOST_JPEG_SCANS:
                return "too many scans"
            found = _NEXT_MARKER.search(content, at)
            if found is None:
                return "truncated"
            at = found.start()
    return "truncated"


def _png_flaw(content: bytes) -> Flaw | None:
    at = 8
    while at + 12 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        name, end = content[at + 4 : at + 8], at + 8 + length
        if not name.isalpha():
            return "corrupt"
        if end + 4 > len(content):
            return "truncated"
        if zlib.crc32(memoryview(content)[at + 4 : end]) != int.from_bytes(content[end : end + 4], "big"):
            return "corrupt"
        if name == b"IEND":
            return None
        at = end + 4
    return "truncated"


def is_bare(kind: Literal["PNG", "JPEG"], content: bytes) -> bool:
    """Whether a PNG or JPEG without a flaw holds the picture alone: no metadata, no profile, nothing behind its end."""
    return _png_is_bare(content) if kind == "PNG" else _jpeg_is_bare(content)


def _png_is_bare(content: bytes) -> bool:
    at, name = 8, b""
    while name != b"IEND":
        length = int.from_bytes(content[at : at + 4], "big")
        name = content[at + 4 : at + 8]
        if name not in (b"IHDR", b"PLTE", b"IDAT", b"IEND"):
            return False
        at += length + 12
    return at == len(content)


def _jpeg_is_bare(content: bytes) -> bool:
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if not 0xC0 <= marker <= 0xE0 or marker in (0xD8, 0xD9):  # tables, frame, scans, the header of JFIF
            return False
        at += 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker == 0xDA:
            found = _NEXT_MARKER.search(content, at)
            at = found.start() if found else len(content)
    return content[at:] == b"\xff\xd9"


def _gif_flaw(content: bytes) -> Flaw | None:
    def after_table(at: int, flags: int) -> int:
        return at + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)

    def after_blocks(at: int) -> int:
        while at < len(content) and content[at]:
            at += content[at] + 1
        return at + 1

    if len(content) < 13:
        return "truncated"
    at = after_table(13, content[10])
    while at < len(content):
        introducer = content[at]
        if introducer == 0x3B:
            return None
        if introducer == 0x21:
            at = after_blocks(at + 2)
        elif introducer == 0x2C:
            if at + 10 > len(content):
                return "truncated"
            at = after_blocks(after_table(at + 10, content[at + 9]) + 1)
        else:
            return "corrupt"
    return "truncated"


def _webp_flaw(content: bytes) -> Flaw | None:
    return "truncated" if int.from_bytes(content[4:8], "little") + 8 > len(content) else None


def _heif_flaw(content: bytes) -> Flaw | None:
    at = 0
    while at + 8 <= len(content):
        size, header = int.from_bytes(content[at : at + 4], "big"), 8
        if size == 1:
            size, header = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        if size == 0:  # the last box reaches to the end, wherever that is
            return None
        if size < header:
            return "corrupt"
        at += size
    return None if at == len(content) else "truncated"


def webp_size(content: bytes) -> tuple[int, int]:
    """(width, height) that the first chunk of a WebP declares; (0, 0) where it declares none.

    Pillow's opener makes room for the whole canvas before it says how large it is, so this is asked first.
    """
    chunk, body = content[12:16], content[20:30]
    if len(body) < 10:
        return 0, 0
    if chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    return 0, 0
