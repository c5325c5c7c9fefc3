"""The one door through which a picture comes in, and how the studio's own pictures are written and read."""

import stat
import struct
import unicodedata
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from storage.colour import UnknownRange, srgb, upright
from storage.errors import BadPicture
from storage.signatures import Format, flaw, is_bare, kind_of, picture_format, webp_size

MAX_BYTES = 64 * 2**20
MAX_PIXELS = 64_000_000
MIN_SIDE = 64
MAX_SIDE = 4096
MAX_ASPECT = 20

# What decoders raise on broken files: 70,000 mutated ones of every format raised the first line; the second is what
# Image.open passes over besides, and what zlib and libheif may say.
_DECODER_ERRORS = (
    *(OSError, SyntaxError, ValueError, EOFError),
    *(TypeError, LookupError, ArithmeticError, RuntimeError, MemoryError, struct.error, zlib.error),
)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A picture that has come in.

    image: (height, width, 3) uint8 RGB, upright, sRGB; exactly what `decode(content)` gives.
    content: the bytes to keep, PNG or JPEG without any metadata; the same upload gives the same bytes.
    """

    image: NDArray[np.uint8]
    content: bytes
    media_type: str
    width: int
    height: int


def take_in(source: bytes | Path, name: str, *, max_bytes: int = MAX_BYTES, max_pixels: int = MAX_PIXELS) -> Picture:
    """Check an uploaded picture, turn it upright and make it sRGB, at most 4096 px long, without metadata.

    source: the file or its bytes: JPEG, PNG, WebP, HEIC, BMP, TIFF or GIF (their first frame), told by content.
    name: what the person called it; shown in errors and never used as a path.
    Raises BadPicture, one sentence for each reason.
    """
    shown = shown_name(name)
    content = _read(source, shown, max_bytes)
    kind = picture_format(content)
    if kind is None:
        what = kind_of(content)
        raise BadPicture(
            f"'{shown}' is not a picture that can be used: by its content it is {what.en}. "
            "Use JPEG, PNG, WebP, HEIC, BMP, TIFF or GIF.",
            f"“{shown}”不是可用的图片：从内容看是{what.zh}。请使用 JPEG、PNG、WebP、HEIC、BMP、TIFF 或 GIF。",
        )
    _refuse_flaw(kind, content, shown)
    image, lossless = _decoded(kind, content, shown, max_pixels)
    longest = max(image.size)
    if longest > MAX_SIDE:
        width, height = (max(1, round(side * MAX_SIDE / longest)) for side in image.size)
        image = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    kept = encode_png(np.asarray(image)) if lossless else _encode_jpeg(image)
    pixels = decode(kept)
    return Picture(pixels, kept, "image/png" if lossless else "image/jpeg", pixels.shape[1], pixels.shape[0])


def check_kept(content: bytes, name: str) -> tuple[str, int, int]:
    """(media type, width, height) of a picture that another studio kept, to be kept again as it is, byte for byte.

    Raises BadPicture unless it is what `take_in`, `encode_png` and `thumbnail` make, and the door would let it in: a
    whole PNG or JPEG of at most 4096 px, with nothing in the file but the picture.
    """
    shown = shown_name(name)
    kind = picture_format(content)
    if kind not in ("PNG", "JPEG"):
        what = kind_of(content)
        raise BadPicture(
            f"'{shown}' should be a picture that Castlock kept, PNG or JPEG. By its content it is {kind or what.en}.",
            f"“{shown}”应为定妆保存的 PNG 或 JPEG 图片，从内容看却是 {kind or what.zh}。",
        )
    _refuse_flaw(kind, content, shown)
    image, _ = _decoded(kind, content, shown, MAX_PIXELS)
    if max(image.size) > MAX_SIDE or not is_bare(kind, content):
        raise BadPicture(
            f"'{shown}' is not a picture as Castlock keeps them: it is too large, or the file holds more than the picture.",
            f"“{shown}”不是定妆保存的图片：尺寸过大，或文件中夹带了其他内容。",
        )
    return ("image/png" if kind == "PNG" else "image/jpeg", *image.size)


def shown_name(name: str) -> str:
    """A file name fit for a sentence: no folders, no control or direction characters, at most 60 characters."""
    base = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    visible = "".join(c if not unicodedata.category(c).startswith("C") else " " for c in base)
    short = " ".join(visible.split())
    if len(short) > 60:
        short = f"{short[:44]}…{short[-15:]}"
    return short if short.strip(". ") else "picture"


def _read(source: bytes | Path, shown: str, max_bytes: int) -> bytes:
    content = _read_file(source, shown, max_bytes) if isinstance(source, Path) else source
    if not content:
        raise BadPicture(f"'{shown}' is empty: it has no bytes at all.", f"“{shown}”是空文件，没有任何内容。")
    if len(content) > max_bytes:
        raise BadPicture(
            f"'{shown}' is too large: a picture file may have {_mib(max_bytes)} MiB. Save it smaller.",
            f"“{shown}”太大：图片文件不能超过 {_mib(max_bytes)} MiB。请缩小后再试。",
        )
    return content


def _mib(size: int) -> str:
    return f"{size / 2**20:.3g}"


def _read_file(source: Path, shown: str, max_bytes: int) -> bytes:
    try:
        mode = source.stat().st_mode
        if stat.S_ISDIR(mode):
            raise BadPicture(
                f"'{shown}' is a folder. Choose the pictures inside it.", f"“{shown}”是文件夹，请选择其中的图片。"
            )
        if not stat.S_ISREG(mode):  # a pipe or a device would keep us waiting
            raise BadPicture(f"'{shown}' is not an ordinary file.", f"“{shown}”不是普通文件。")
        with source.open("rb") as stream:
            return stream.read(max_bytes + 1)
    except (OSError, ValueError) as error:  # ValueError: a null byte in the path
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadPicture(
            f"'{shown}' cannot be read ({reason}). Check that it exists and may be opened.",
            f"“{shown}”无法读取（{reason}）。请确认文件存在并且有权限打开。",
        ) from error


def _refuse_flaw(kind: Format, content: bytes, shown: str) -> None:
    found = flaw(kind, content)
    if found == "truncated":
        raise BadPicture(
            f"'{shown}' is cut off: the end of the {kind} file is missing. Copy or download it again.",
            f"“{shown}”不完整：{kind} 文件的结尾缺失。请重新复制或下载。",
        )
    if found == "corrupt":
        raise BadPicture(
            f"'{shown}' is damaged: the parts of the {kind} file do not fit together. Copy or download it again.",
            f"“{shown}”已损坏：{kind} 文件的结构有误。请重新复制或下载。",
        )
    if found == "too many scans":
        raise BadPicture(
            f"'{shown}' asks for far more passes than a photo needs. Open it in a picture program and save it again.",
            f"“{shown}”的渐进扫描次数异常。请用图片软件打开后另存。",
        )


def _heif(stream: BytesIO) -> Image.Image:
    from pillow_heif import HeifImageFile  # libheif with its codecs, for the one format that needs it

    return HeifImageFile(stream)


_OPENERS: dict[Format, Callable[[BytesIO], Image.Image]] = {
    "JPEG": JpegImageFile,
    "PNG": PngImageFile,
    "WEBP": WebPImageFile,
    "HEIF": _heif,
    "BMP": BmpImageFile,
    "TIFF": TiffImageFile,
    "GIF": GifImageFile,
}


def _decoded(kind: Format, content: bytes, shown: str, max_pixels: int) -> tuple[Image.Image, bool]:
    """(upright sRGB image, whether the file was lossless). The header is judged before a pixel is decoded."""
    if kind == "WEBP":
        _refuse_size(webp_size(content), shown, max_pixels)
    try:
        image = _OPENERS[kind](BytesIO(content))
        _refuse_size(image.size, shown, max_pixels)
        _refuse_camera_raw(image, shown)
        image.load()
        _refuse_size(image.size, shown, max_pixels)  # a HEIF may turn out otherwise than it declared
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(shown, max_pixels) from error
    except _DECODER_ERRORS as error:
        raise BadPicture(
            f"'{shown}' cannot be decoded: it is damaged, cut off, or a rare kind of {kind}. "
            "Open it in a picture program and save it as JPEG or PNG.",
            f"“{shown}”无法解码：文件损坏、不完整，或是少见的 {kind} 变体。请用图片软件打开后另存为 JPEG 或 PNG。",
        ) from error
    lossless = _is_lossless(kind, content, image)
    try:
        return srgb(upright(image)), lossless
    except UnknownRange as error:
        raise BadPicture(
            f"'{shown}' has 32 bits a channel, and nothing says which value is white. Save it with 8 or 16 bits.",
            f"“{shown}”每通道 32 位，无法确定白点。请另存为 8 位或 16 位。",
        ) from error


def _too_many_pixels(shown: str, max_pixels: int) -> BadPicture:
    millions = f"{max_pixels / 1e6:g}"
    return BadPicture(
        f"'{shown}' has too many pixels: {millions} million is the most. Save it smaller.",
        f"“{shown}”像素过多：最多 {millions} 百万像素。请缩小后再试。",
    )


def _refuse_size(size: tuple[int, int], shown: str, max_pixels: int) -> None:
    width, height = size
    if width * height > max_pixels:
        raise _too_many_pixels(shown, max_pixels)
    if max(width, height) > MAX_ASPECT * min(width, height):
        raise BadPicture(
            f"'{shown}' is a strip of {width}x{height} pixels. The long side may be {MAX_ASPECT} times the short one.",
            f"“{shown}”是 {width}x{height} 像素的长条。长边不能超过短边的 {MAX_ASPECT} 倍。",
        )
    if min(width, height) < MIN_SIDE:
        raise BadPicture(
            f"'{shown}' is too small: {width}x{height} pixels. Each side needs {MIN_SIDE} or more.",
            f"“{shown}”太小：{width}x{height} 像素。每边至少需要 {MIN_SIDE} 像素。",
        )


def _refuse_camera_raw(image: Image.Image, shown: str) -> None:
    # Raw files are TIFFs whose first page is a thumbnail (NewSubfileType 1) or that carry DNGVersion:
    # taking in the thumbnail in place of the photo would go unnoticed.
    if isinstance(image, TiffImageFile) and (50706 in image.tag_v2 or image.tag_v2.get(254, 0) == 1):
        raise BadPicture(
            f"'{shown}' is a camera raw file. Develop it and save it as JPEG or TIFF.",
            f"“{shown}”是相机 RAW 文件。请先冲洗并另存为 JPEG 或 TIFF。",
        )


def _is_lossless(kind: Format, content: bytes, image: Image.Image) -> bool:
    if kind == "WEBP":
        return b"VP8 " not in content  # the chunk of lossy frames
    if kind == "TIFF":
        return image.info.get("compression") not in ("jpeg", "tiff_jpeg", "webp")
    return kind in ("PNG", "BMP", "GIF")


def _encode_jpeg(image: Image.Image) -> bytes:
    stream = BytesIO()
    image.save(stream, "JPEG", quality=95, subsampling=0)
    return stream.getvalue()


def encode_png(image: NDArray[np.uint8]) -> bytes:
    """(H, W, 3) uint8 RGB, losslessly. Level 1 with the one filter "up": of sixteen ways tried on storyboard frames
    (1080x1920) it was the fastest at its size, 0.07 s and 1.7 MB against 0.12 s for lossless WebP."""
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    return _encoded(
        ".png",
        bgr,
        [
            cv2.IMWRITE_PNG_COMPRESSION,
            1,
            cv2.IMWRITE_PNG_STRATEGY,
            0,
            cv2.IMWRITE_PNG_FILTER,
            cv2.IMWRITE_PNG_FILTER_UP,
        ],
    )


def thumbnail(image: NDArray[np.uint8], width: int) -> bytes:
    """A JPEG of `width` pixels (never enlarged) of an (H, W, 3) uint8 RGB image; the sheets can embed JPEG."""
    height, full = image.shape[:2]
    bgr = cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    if width < full:
        bgr = cv2.resize(bgr, (width, max(1, round(height * width / full))), interpolation=cv2.INTER_AREA)
    return _encoded(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 88])


def _encoded(suffix: str, bgr: cv2.typing.MatLike, options: list[int]) -> bytes:
    done, content = cv2.imencode(suffix, bgr, options)
    if not done:
        raise ValueError(f"OpenCV could not write {suffix} of shape {bgr.shape}")
    return content.tobytes()


def decode(content: bytes) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB of a PNG, JPEG or WebP that the studio keeps. Raises BadPicture where it is none.

    Only for what came in through `take_in` or was rendered here: nothing is checked or turned again.
    """
    raw = np.frombuffer(content, np.uint8)
    image = cv2.imdecode(raw, cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION) if raw.size else None
    if image is None:
        raise BadPicture("A kept picture cannot be decoded.", "已保存的图片无法解码。")
    return np.asarray(image, np.uint8)
