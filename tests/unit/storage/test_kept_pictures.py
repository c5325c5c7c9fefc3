"""A picture that another studio kept is kept again as it is; anything but the picture alone is refused."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from uploads import saved, scene

from storage.errors import BadPicture
from storage.pictures import check_kept, encode_png, take_in, thumbnail


def text_chunk(content: bytes) -> bytes:
    image, said = Image.open(BytesIO(content)), PngInfo()
    said.add_text("parameters", "a label of its own")
    return saved(image, "PNG", pnginfo=said)


def exif(content: bytes) -> bytes:
    image, tags = Image.open(BytesIO(content)), Image.Exif()
    tags[0x0112] = 6
    return saved(image.convert("RGB"), "JPEG", exif=tags)


def comment_between_scans(content: bytes) -> bytes:
    progressive = saved(Image.open(BytesIO(content)), "JPEG", progressive=True)
    second = progressive.index(b"\xff\xda", progressive.index(b"\xff\xda") + 2)
    # the scan's tables stand before it: a comment right after the entropy-coded data of the scan above
    before = progressive.rindex(b"\xff\xc4", 0, second)
    return progressive[:before] + b"\xff\xfe\x00\x08hidden" + progressive[before:]


def test_what_the_house_makes_passes_with_its_size():
    image = scene(128, 96)
    assert check_kept(encode_png(image), "x") == ("image/png", 128, 96)
    assert check_kept(thumbnail(image, 100), "x") == ("image/jpeg", 100, 75)
    for kind in ("JPEG", "PNG", "WEBP"):
        kept = take_in(saved(Image.fromarray(image), kind), "x")
        assert check_kept(kept.content, "x") == (kept.media_type, kept.width, kept.height)


PNG = encode_png(scene())
JPEG = thumbnail(scene(), 128)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (saved(Image.fromarray(scene()), "WEBP"), "PNG or JPEG"),
        (saved(Image.fromarray(scene()), "GIF"), "PNG or JPEG"),
        (b"MZ this is a program", "program"),
        (b"", "PNG or JPEG"),
        (PNG + b"PK\x03\x04 a ZIP behind it", "more than the picture"),
        (JPEG + b"trailing", "more than the picture"),
        (JPEG + JPEG, "more than the picture"),
        (text_chunk(PNG), "more than the picture"),
        (exif(JPEG), "more than the picture"),
        (comment_between_scans(JPEG), "more than the picture"),
        (PNG[:-30], "cut off"),
        (encode_png(np.zeros((70, 4200, 3), np.uint8)), "strip"),
        (encode_png(np.zeros((400, 4200, 3), np.uint8)), "too large"),
        (encode_png(np.zeros((20, 20, 3), np.uint8)), "too small"),
    ],
)
def test_anything_else_is_refused(content: bytes, said: str):
    with pytest.raises(BadPicture, match=said):
        check_kept(content, "x")


def test_a_bomb_is_refused_by_its_header():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    packed = zlib.compress(bytes(1000))
    chunks = [(b"IHDR", header), (b"IDAT", packed), (b"IEND", b"")]
    body = b"".join(struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks)
    with pytest.raises(BadPicture, match="too many pixels"):
        check_kept(b"\x89PNG\r\n\x1a\n" + body, "x")


@given(st.sampled_from([PNG, JPEG]), st.data())
def test_a_changed_byte_is_refused_or_is_still_a_bare_picture(content: bytes, data: st.DataObject):
    at = data.draw(st.integers(0, len(content) - 1))
    changed = content[:at] + bytes([data.draw(st.integers(0, 255))]) + content[at + 1 :]
    try:
        media_type, width, height = check_kept(changed, "x")
    except BadPicture:
        return
    assert media_type in ("image/png", "image/jpeg") and width * height <= 64_000_000
