"""Uploads made in memory: honest pictures, and every kind of broken and hostile file a studio may be sent."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

import numpy as np
import pillow_heif
from numpy.typing import NDArray
from PIL import Image

HONEST = ("jpg", "progressive.jpg", "cmyk.jpg", "png", "palette.png", "webp", "lossless.webp")
HONEST += ("heic", "bmp", "tif", "lzw.tif", "deflate.tif", "gif")
GPS = {1: "N", 2: (31.0, 13.0, 49.123), 3: "E", 4: (121.0, 28.0, 25.678)}


def scene(width: int = 128, height: int = 96) -> NDArray[np.uint8]:
    """(height, width, 3): smooth colours with one corner marked, so that no two of its eight turns look alike."""
    y, x = np.mgrid[0:height, 0:width]
    image = np.stack([60 + 120 * x / width, 60 + 120 * y / height, 90 + 60 * (x + y) / (width + height)], -1)
    image[: height // 4, : width // 3] = (230, 30, 30)
    return image.astype(np.uint8)


def saved(image: Image.Image, kind: str, **options) -> bytes:
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def heic(image: Image.Image, **options) -> bytes:
    stream = BytesIO()
    pillow_heif.from_pillow(image).save(stream, **options)
    return stream.getvalue()


def honest(kind: str, image: Image.Image | None = None) -> bytes:
    """A good file of one of the kinds HONEST."""
    image = image or Image.fromarray(scene())
    makers = {
        "jpg": lambda: saved(image, "JPEG", quality=90),
        "progressive.jpg": lambda: saved(image, "JPEG", quality=90, progressive=True),
        "cmyk.jpg": lambda: saved(image.convert("CMYK"), "JPEG", quality=90),
        "png": lambda: saved(image, "PNG"),
        "palette.png": lambda: saved(image.quantize(64), "PNG"),
        "webp": lambda: saved(image, "WEBP", quality=90),
        "lossless.webp": lambda: saved(image, "WEBP", lossless=True),
        "heic": lambda: heic(image, quality=90),
        "bmp": lambda: saved(image, "BMP"),
        "tif": lambda: saved(image, "TIFF"),
        "lzw.tif": lambda: saved(image, "TIFF", compression="tiff_lzw"),
        "deflate.tif": lambda: saved(image, "TIFF", compression="tiff_adobe_deflate"),
        "gif": lambda: saved(image, "GIF"),
    }
    return makers[kind]()


@dataclass(frozen=True)
class Upload:
    """`about` says what is wrong with it; `shown` is what an error must call it."""

    about: str
    name: str
    content: bytes
    shown: str


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_of(width: int, height: int, rows: bytes, *extra: bytes) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = png_chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(extra) + body + png_chunk(b"IEND", b"")


def tiff_of(width: int, height: int, *more: tuple[int, int, int], body: bytes = b"\0" * 64) -> bytes:
    """A little-endian grey TIFF with one strip and the entries (tag, type, value) of `more`."""
    entries = {256: (4, width), 257: (4, height), 258: (3, 8), 259: (3, 1), 262: (3, 1), 273: (4, 8), 277: (3, 1)}
    entries |= {278: (4, height), 279: (4, len(body))} | {tag: (kind, value) for tag, kind, value in more}
    directory = struct.pack("<H", len(entries))
    for tag, (kind, value) in sorted(entries.items()):
        directory += struct.pack("<HHII", tag, kind, 1, value)
    return b"II*\0" + struct.pack("<I", 8 + len(body)) + body + directory + b"\0\0\0\0"


def box(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + name + body


def hostile() -> Iterator[Upload]:
    """Every upload that must be refused."""
    yield from _cut_off()
    yield from _damaged()
    yield from _other_things()
    yield from _bombs()
    yield from _wrong_sizes()
    yield from _strange_names()


def _upload(about: str, name: str, content: bytes) -> Upload:
    return Upload(about, name, content, name)


def _cut_off() -> Iterator[Upload]:
    for kind in HONEST:
        whole = honest(kind)
        for part in (0.02, 0.1, 0.5, 0.9):
            yield _upload(f"{kind} cut at {part:.0%}", f"cut.{kind}", whole[: max(4, int(len(whole) * part))])
        yield _upload(f"{kind} without its last byte", f"nearly.{kind}", whole[:-1])
    photo = honest("jpg")
    yield _upload("jpg filled up with zeros", "zeros.jpg", photo[: len(photo) // 2] + bytes(len(photo) // 2))
    yield _upload("jpg without end marker", "no-end.jpg", photo[:-2])
    yield _upload("only a JPEG signature", "start.jpg", b"\xff\xd8\xff")
    yield _upload("only a PNG signature", "start.png", b"\x89PNG\r\n\x1a\n")
    yield _upload("only a GIF signature", "start.gif", b"GIF89a")
    yield _upload("only a WebP signature", "start.webp", b"RIFF\x10\0\0\0WEBP")


def _damaged() -> Iterator[Upload]:
    png, photo, gif = honest("png"), honest("jpg"), honest("gif")
    at = png.index(b"IDAT")
    yield _upload("PNG data changed under its CRC", "crc.png", png[: at + 20] + b"\xaa\xaa" + png[at + 22 :])
    yield _upload("PNG header CRC wrong", "header-crc.png", png[:29] + b"\0\0\0\0" + png[33:])
    yield _upload("PNG with a wrong CRC in its last chunk", "end-crc.png", png[:-4] + b"\0\0\0\0")
    yield _upload("PNG whose data is no zlib stream", "zlib.png", png_of(80, 80, b"").replace(b"\x78\x9c", b"\0\0"))
    yield _upload(
        "PNG of colour type 9",
        "type9.png",
        png[:25] + b"\x09" + png[26:29] + _crc(png[12:25] + b"\x09" + png[26:29]) + png[33:],
    )
    yield _upload("JPEG segment of length 0", "segment.jpg", photo[:4] + b"\0\0" + photo[6:])
    yield _upload("JPEG without quantisation tables", "tables.jpg", photo.replace(b"\xff\xdb", b"\xff\xec"))
    yield _upload("JPEG without frame header", "frame.jpg", photo.replace(b"\xff\xc0", b"\xff\xec"))
    yield _upload("JPEG with random bytes for a body", "noise.jpg", photo[:20] + np.random.default_rng(1).bytes(4000))
    yield _upload("GIF with an unknown block", "block.gif", gif[: 13 + 768] + b"\x77" + gif[13 + 769 :])
    yield _upload("WebP whose frame is noise", "noise.webp", b"RIFF\x64\0\0\0WEBPVP8 \x58\0\0\0" + b"\x9d\x01\x2a" * 30)
    yield _upload("TIFF with no directory", "directory.tif", b"II*\0\xff\xff\xff\x7f")
    yield _upload("TIFF whose strip lies outside", "strip.tif", tiff_of(80, 80, (273, 4, 10**9)))
    yield _upload(
        "TIFF of floating point", "float.tif", saved(Image.fromarray(np.full((80, 80), np.nan, np.float32)), "TIFF")
    )
    yield _upload(
        "TIFF of 32-bit integers", "integer.tif", saved(Image.fromarray(np.zeros((80, 80), np.int32)), "TIFF")
    )
    yield _upload("BMP with an unknown compression", "method.bmp", honest("bmp")[:30] + b"\x63" + honest("bmp")[31:])
    yield _upload(
        "HEIF with nothing in it", "empty.heic", box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(4))
    )
    yield _upload("HEIF with damaged data", "damaged.heic", _with_noise(honest("heic")))


def _crc(body: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(body))


def _with_noise(content: bytes) -> bytes:
    at = content.index(b"mdat") + 8
    return content[:at] + np.random.default_rng(2).bytes(len(content) - at)


def _other_things() -> Iterator[Upload]:
    page = b"<!DOCTYPE html><html><body>403 Forbidden</body></html>"
    yield _upload("no bytes at all", "empty.jpg", b"")
    yield _upload("one byte", "one.jpg", b"\xff")
    yield _upload("zero bytes", "zeros.png", bytes(5000))
    yield _upload("a web page", "photo.jpg", page)
    yield _upload("a web page after a byte order mark", "photo.png", b"\xef\xbb\xbf  \n" + page)
    yield _upload("text", "notes.jpg", b"Hello, this is not a picture.\n" * 20)
    yield _upload("Chinese text in GB18030", "剧本.jpg", "第一集 1-1 日 内 客厅".encode("gb18030") * 30)
    yield _upload("JSON", "answer.webp", b'{"error": "not found"}')
    yield _upload("a PDF", "scan.jpg", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj")
    yield _upload("an SVG", "logo.png", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
    yield _upload("an SVG behind an XML head", "logo.webp", b'<?xml version="1.0"?><!DOCTYPE x><svg><script/></svg>')
    yield _upload("XML", "feed.gif", b'<?xml version="1.0"?><rss/>')
    yield _upload("a ZIP", "photos.jpg", b"PK\x03\x04" + bytes(26) + b"a.txt")
    yield _upload("gzip", "photos.png", b"\x1f\x8b\x08" + bytes(60))
    yield _upload("a Windows program", "photo.jpg.exe", b"MZ\x90\0" + bytes(500))
    yield _upload("a Linux program", "photo.jpg", b"\x7fELF\x02\x01\x01" + bytes(500))
    yield _upload("a shell script", "photo.jpg", b"#!/bin/sh\nrm -rf /\n")
    yield _upload("an MP4 video", "clip.jpg", box(b"ftyp", b"isom\0\0\x02\0isomiso2avc1mp41") + box(b"mdat", bytes(99)))
    yield _upload("a QuickTime video", "clip.heic", box(b"ftyp", b"qt  \0\0\x02\0qt  ") + box(b"mdat", bytes(99)))
    yield _upload("a Matroska video", "clip.png", b"\x1aE\xdf\xa3" + bytes(200))
    yield _upload("an AVI video", "clip.webp", b"RIFF\xff\0\0\0AVI LIST" + bytes(200))
    yield _upload("a sound recording", "voice.jpg", b"ID3\x04" + bytes(200))
    yield _upload("an AVIF picture", "new.jpg", box(b"ftyp", b"avif\0\0\0\0mif1avif") + bytes(200))
    yield _upload("a JPEG XL picture", "new.jxl", b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(100))
    yield _upload("a JPEG 2000 picture", "old.jp2", saved(Image.fromarray(scene()), "JPEG2000"))
    yield _upload("an icon", "favicon.png", saved(Image.fromarray(scene()), "ICO"))
    yield _upload("a PPM picture", "old.bmp", saved(Image.fromarray(scene()), "PPM"))
    yield _upload(
        "EPS, which Pillow would give to Ghostscript",
        "drawing.png",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n",
    )
    yield _upload("a Photoshop file", "layers.psd", b"8BPS\0\x01" + bytes(300))
    yield _upload("a camera raw file", "IMG_1.CR2", b"II*\0\x10\0\0\0CR\x02\0" + bytes(300))
    yield _upload("a DNG", "IMG_1.dng", tiff_of(80, 80, (50706, 1, 0x0401), body=bytes(6400)))
    yield _upload(
        "a raw file whose first page is its thumbnail", "IMG_1.nef", tiff_of(80, 80, (254, 4, 1), body=bytes(6400))
    )
    yield _upload("a GIF that is JavaScript", "script.gif", b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)")
    yield _upload("a BMP that is JavaScript", "script.bmp", b"BM=1;alert(1);//" + bytes(80))
    yield _upload("a JPEG that is a web page", "page.jpg", b"\xff\xd8\xff\xe0" + page * 10)
    yield _upload("a Git LFS pointer", "portrait.jpg", b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n")
    yield _upload("noise", "noise.jpg", np.random.default_rng(0).bytes(3000))


def _bombs() -> Iterator[Upload]:
    frame = b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03\x01\x22\0\x02\x11\x01\x03\x11\x01"
    scan = b"\xff\xda\0\x0c\x03\x01\0\x02\x11\x03\x11\0\x3f\0" + bytes(20) + b"\xff\xd9"
    yield _upload("a PNG of 50000x50000", "bomb.png", png_of(50000, 50000, bytes(150001 * 20)))
    yield _upload("a PNG just over the limit", "over.png", png_of(8001, 8001, bytes(24004)))
    yield _upload(
        "a PNG whose text unfolds to 100 MB",
        "text.png",
        png_of(80, 80, bytes(19280), png_chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(10**8)))),
    )
    yield _upload("a JPEG of 65535x65535", "bomb.jpg", frame + scan)
    yield _upload(
        "a GIF of 65535x65535", "bomb.gif", b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;"
    )
    small_screen = b"GIF89a\x50\0\x50\0\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x02\x02L\x01\0;"
    yield _upload("a GIF whose frame outgrows its screen", "frame.gif", small_screen)
    yield _upload("a TIFF of 100000x100000", "bomb.tif", tiff_of(100000, 100000))
    yield _upload("a TIFF of 2^31 pixels a side", "huge.tif", tiff_of(2**31 - 1, 2**31 - 1))
    yield _upload("a WebP of 2^24 pixels a side", "bomb.webp", _webp(b"VP8X", b"\x10\0\0\0" + b"\xff" * 6))
    yield _upload("a lossless WebP of 16384x16384", "bomb2.webp", _webp(b"VP8L", b"\x2f\xff\xff\xff\x0f" + bytes(40)))
    yield _upload("a BMP of 60000x60000", "bomb.bmp", _bmp(60000, 60000))
    yield _upload("a run-length BMP of 60000x60000", "rle.bmp", _bmp(60000, 60000, bits=8, compression=1))
    photo = honest("progressive.jpg")
    last = photo.rindex(b"\xff\xda")
    yield _upload("a JPEG of three thousand scans", "scans.jpg", photo[:-2] + photo[last:-2] * 3000 + b"\xff\xd9")
    yield _upload("more bytes than allowed", "large.bmp", b"BM" + bytes(64 * 2**20))


def _webp(chunk: bytes, body: bytes) -> bytes:
    chunk += struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(chunk) + 4) + b"WEBP" + chunk


def _bmp(width: int, height: int, bits: int = 24, compression: int = 0) -> bytes:
    palette = bytes(1024) if bits == 8 else b""
    header = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, 0, 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 200, 0, 0, 14 + 40 + len(palette)) + header + palette + bytes(100)


def _wrong_sizes() -> Iterator[Upload]:
    for width, height in ((1, 1), (63, 63), (64, 63), (500, 12), (2, 20000), (20000, 2), (64, 1281), (1900, 90)):
        content = saved(Image.new("RGB", (width, height), "red"), "PNG")
        yield _upload(f"{width}x{height} pixels", f"{width}x{height}.png", content)
    turned = Image.Exif()
    turned[0x0112] = 6
    yield _upload(
        "40 pixels wide once it is turned", "turned.jpg", saved(Image.new("RGB", (200, 40)), "JPEG", exif=turned)
    )


def _strange_names() -> Iterator[Upload]:
    page = b"<html>no picture</html>"
    yield Upload("a path for a name", "../../etc/passwd", page, "passwd")
    yield Upload("a Windows path for a name", "C:\\Users\\me\\a.jpg", page, "a.jpg")
    yield Upload("a null byte in the name", "a\0b.jpg", page, "a b.jpg")
    yield Upload("line breaks in the name", "a\r\nSet-Cookie: x.jpg", page, "a Set-Cookie: x.jpg")
    yield Upload("a name that reads backwards", "photo\u202egpj.exe", page, "photo gpj.exe")
    yield Upload("a name of 300 characters", "长" * 300 + ".jpg", page, "…")
    yield Upload("a name with half a character", "a\udcff.jpg", page, "a .jpg")
    yield Upload("an escape sequence in the name", "\x1b[31mred.jpg", page, "[31mred.jpg")
    yield Upload("no name", "", page, "picture")
    yield Upload("dots for a name", "..", page, "picture")
    yield Upload("braces in the name", "{0}{shown}.jpg", page, "{0}{shown}.jpg")
