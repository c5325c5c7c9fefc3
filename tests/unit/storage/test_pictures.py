"""What comes in through the picture door is upright, sRGB, without metadata, and always the same."""

import hashlib
from io import BytesIO

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageCms
from uploads import GPS, HONEST, heic, honest, saved, scene

from storage.errors import BadPicture
from storage.pictures import decode, encode_png, shown_name, take_in, thumbnail

ORIENTATIONS = range(1, 9)


def difference(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> float:
    """Mean absolute difference per channel, 0..255."""
    assert a.shape == b.shape
    return float(np.abs(a.astype(int) - b.astype(int)).mean())


def as_stored(upright: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """How a camera stores an upright picture under an orientation, from the definition in the EXIF standard:
    where the 0th row and the 0th column of the stored picture lie in the upright one."""
    rows, columns = {
        1: ("top", "left"),
        2: ("top", "right"),
        3: ("bottom", "right"),
        4: ("bottom", "left"),
        5: ("left", "top"),
        6: ("right", "top"),
        7: ("right", "bottom"),
        8: ("left", "bottom"),
    }[orientation]
    stored = upright if rows in ("top", "bottom") else upright.transpose(1, 0, 2)
    stored = stored[::-1] if rows in ("bottom", "right") else stored
    return np.ascontiguousarray(stored[:, ::-1] if columns in ("bottom", "right") else stored)


def exif(orientation: int = 1) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = "ACME camera of Mrs Wang"
    tags.get_ifd(0x8825).update(GPS)
    return tags


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_every_orientation_gives_the_same_upright_picture(kind: str, orientation: int):
    upright = scene()
    stored = Image.fromarray(as_stored(upright, orientation))
    if kind == "TIFF":
        content = saved(stored, kind, tiffinfo={0x0112: orientation})
    else:
        content = saved(stored, kind, exif=exif(orientation), quality=95)
    picture = take_in(content, "turned")
    assert (picture.width, picture.height) == (128, 96)
    assert difference(picture.image, upright) < 2.5


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_every_orientation_of_a_phone_gives_the_same_upright_picture(orientation: int):
    upright = scene()
    content = heic(Image.fromarray(as_stored(upright, orientation)), quality=95, exif=exif(orientation).tobytes())
    assert difference(take_in(content, "IMG_0001.HEIC").image, upright) < 3


@pytest.mark.parametrize("kind", HONEST)
def test_every_format_comes_in_close_to_what_was_saved(kind: str):
    picture = take_in(honest(kind), f"cast.{kind}")
    assert picture.image.dtype == np.uint8
    assert difference(picture.image, scene()) < (8 if "cmyk" in kind or kind in ("gif", "palette.png") else 3)


@pytest.mark.parametrize("kind", HONEST)
def test_what_is_kept_is_what_was_given(kind: str):
    picture = take_in(honest(kind), "x")
    assert np.array_equal(decode(picture.content), picture.image)
    with Image.open(BytesIO(picture.content)) as kept:
        assert Image.MIME[kept.format] == picture.media_type
        assert kept.size == (picture.width, picture.height)
        assert np.array_equal(np.asarray(kept), picture.image)


def test_lossless_stays_lossless_and_lossy_becomes_a_fine_jpeg():
    for kind in ("png", "bmp", "tif", "lzw.tif", "lossless.webp"):
        picture = take_in(honest(kind), kind)
        assert picture.media_type == "image/png" and np.array_equal(picture.image, scene())
    for kind in ("jpg", "webp", "heic"):
        picture = take_in(honest(kind), kind)
        assert picture.media_type == "image/jpeg"
        with Image.open(BytesIO(picture.content)) as kept:
            assert [component[1:3] for component in kept.layer] == [(1, 1)] * 3  # 4:4:4


@pytest.mark.parametrize("kind", HONEST)
def test_the_same_upload_gives_the_same_hash(kind: str):
    first, second = (hashlib.sha256(take_in(honest(kind), name).content).hexdigest() for name in ("a", "b"))
    assert first == second


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_of_the_photographer_is_kept(kind: str):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = saved(
        Image.fromarray(scene()), kind, exif=exif(), icc_profile=profile, xmp=b"<x:xmpmeta>Mrs Wang's flat</x:xmpmeta>"
    )
    with Image.open(BytesIO(content)) as sent:
        assert sent.getexif().get_ifd(0x8825)[2] == GPS[2], "the test must send a place to be removed"
    kept = take_in(content + b"PK\x03\x04 and a stowaway", "me").content
    with Image.open(BytesIO(kept)) as image:
        assert not image.getexif() and not image.getexif().get_ifd(0x8825)
        assert not {"exif", "xmp", "icc_profile", "comment"} & image.info.keys()
    assert b"ACME" in content and b"Mrs Wang" in content
    for trace in (b"Exif", b"ACME", b"Mrs Wang", b"xmpmeta", b"stowaway"):
        assert trace not in kept


def test_a_phone_photo_loses_its_place():
    content = heic(Image.fromarray(scene()), quality=90, exif=exif(6).tobytes())
    kept = take_in(content, "IMG_0001.HEIC").content
    assert b"ACME" in content and b"ACME" not in kept and b"Exif" not in kept


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data:UserWarning")  # Pillow's remark on just that
def test_unreadable_exif_does_not_cost_a_good_photo():
    for garbage in (
        b"Exif\0\0" + b"\xff" * 60,
        b"Exif\0\0II*\0\xff\xff\xff\x7f",
        b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" + b"\x01" * 90,
    ):
        content = saved(Image.fromarray(scene()), "JPEG", quality=95, exif=garbage)
        assert difference(take_in(content, "x").image, scene()) < 2.5


def test_sixteen_bits_become_eight():
    wide = scene().astype(np.uint16) * 257
    for suffix in (".png", ".tiff"):
        colour = cv2.imencode(suffix, wide[..., ::-1])[1].tobytes()
        grey = cv2.imencode(suffix, wide[..., 0])[1].tobytes()
        assert difference(take_in(colour, "colour").image, scene()) <= 1
        assert np.array_equal(take_in(grey, "grey").image, np.repeat(scene()[..., :1], 3, axis=2))
    big_endian = Image.frombytes("I;16B", (128, 96), wide[..., 0].astype(">u2").tobytes())
    assert np.array_equal(take_in(saved(big_endian, "TIFF"), "be").image[..., 0], scene()[..., 0])


def test_grey_and_bilevel():
    grey = Image.fromarray(scene()).convert("L")
    expected = np.repeat(np.asarray(grey)[..., None], 3, axis=2)
    assert np.array_equal(take_in(saved(grey, "PNG"), "grey").image, expected)
    ink = grey.point(lambda value: 255 if value > 100 else 0).convert("1")
    for kind in ("PNG", "TIFF", "BMP"):
        assert np.array_equal(take_in(saved(ink, kind), "ink").image[..., 0], np.asarray(ink) * np.uint8(255))


def over_white(colours: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    share = alpha[..., None].astype(float) / 255
    return np.round(colours * share + 255 * (1 - share)).astype(np.uint8)


def test_what_is_clear_lies_over_white():
    alpha = np.tile(np.linspace(0, 255, 128).astype(np.uint8), (96, 1))
    rgba = Image.fromarray(np.dstack([scene(), alpha]))
    for kind, options in (("PNG", {}), ("TIFF", {}), ("WEBP", {"lossless": True, "exact": True})):
        assert (
            np.abs(take_in(saved(rgba, kind, **options), "a").image.astype(int) - over_white(scene(), alpha)).max() <= 1
        )
    grey = Image.fromarray(scene()[..., 0])
    both = Image.merge("LA", (grey, Image.fromarray(alpha)))
    expected = over_white(np.repeat(scene()[..., :1], 3, axis=2), alpha)
    assert np.abs(take_in(saved(both, "PNG"), "la").image.astype(int) - expected).max() <= 1


def test_a_clear_colour_of_a_palette_is_white():
    palette = Image.fromarray(scene()).quantize(16)
    index = np.asarray(palette)
    for kind in ("PNG", "GIF"):
        picture = take_in(saved(palette, kind, transparency=int(index[0, 0])), "p").image
        assert (picture[index == index[0, 0]] == 255).all()
        assert (picture[index != index[0, 0]] < 250).any(axis=-1).all()


def test_the_first_picture_of_an_animation():
    first, second = Image.fromarray(scene()), Image.new("RGB", (128, 96), "blue")
    for kind, options in (("GIF", {}), ("WEBP", {"lossless": True}), ("PNG", {}), ("TIFF", {})):
        content = saved(first, kind, save_all=True, append_images=[second], **options)
        assert difference(take_in(content, "moving").image, scene()) < 8


def test_a_colour_profile_is_applied():
    """The same colours, stored as linear light with a profile that says so, come in as they look."""
    linear = ImageCms.ImageCmsProfile(BytesIO(_linear_profile()))
    light = (scene() / 255.0) ** 2.2
    stored = Image.fromarray(np.round(light * 255).astype(np.uint8))
    assert difference(np.asarray(stored), scene()) > 30
    content = saved(stored, "PNG", icc_profile=linear.tobytes())
    assert difference(take_in(content, "wide").image, scene()) < 6


def _linear_profile() -> bytes:
    """The sRGB profile with a gamma of 1.0 in place of its three curves: same primaries, linear light."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132], "big")
    linear = b"curv" + bytes(4) + bytes(4)  # an ICC curve without entries is the identity
    for entry in range(132, 132 + 12 * count, 12):
        if profile[entry : entry + 4] in (b"rTRC", b"gTRC", b"bTRC"):
            at = int.from_bytes(profile[entry + 4 : entry + 8], "big")
            profile[at : at + 12] = linear
        if profile[entry : entry + 4] == b"desc":  # by its description it would pass as sRGB
            at = int.from_bytes(profile[entry + 4 : entry + 8], "big")
            size = int.from_bytes(profile[entry + 8 : entry + 12], "big")
            profile[at : at + size] = bytes(profile[at : at + size]).replace(b"s\0R\0G\0B", b"l\0i\0n\0e")
    return bytes(profile)


def test_a_broken_or_foreign_profile_changes_nothing():
    plain = take_in(honest("png"), "x").image
    for profile in (b"not a profile", b"\0" * 200, ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()):
        content = saved(Image.fromarray(scene()), "PNG", icc_profile=profile)
        assert np.array_equal(take_in(content, "x").image, plain)


def test_lab_comes_in_as_it_looks():
    colours = scene().reshape(-1, 3).astype(np.float32)[None] / 255
    lab = cv2.cvtColor(colours, cv2.COLOR_RGB2LAB)[0].reshape(
        96, 128, 3
    )  # D65; a TIFF means D50, so colours shift a little
    stored = np.dstack([lab[..., 0] * 2.55, lab[..., 1], lab[..., 2]]).round().astype(np.int16).astype(np.uint8)
    image = Image.frombytes("LAB", (128, 96), stored.tobytes())
    assert difference(take_in(saved(image, "TIFF"), "lab").image, scene()) < 12


def test_large_pictures_are_kept_at_4096_on_the_long_side():
    wide = cv2.resize(scene(), (5000, 500), interpolation=cv2.INTER_CUBIC)
    picture = take_in(saved(Image.fromarray(wide), "JPEG", quality=95), "wide")
    assert (picture.width, picture.height) == (4096, 410)
    assert difference(picture.image, cv2.resize(wide, (4096, 410), interpolation=cv2.INTER_AREA)) < 3


def test_the_limits_are_the_callers():
    content = honest("png")
    take_in(content, "x", max_bytes=len(content), max_pixels=128 * 96)
    with pytest.raises(BadPicture, match="too large"):
        take_in(content, "x", max_bytes=len(content) - 1)
    with pytest.raises(BadPicture, match="too many pixels"):
        take_in(content, "x", max_pixels=128 * 96 - 1)


@given(st.text(max_size=400))
def test_a_shown_name_is_short_printable_and_no_path(name: str):
    shown = shown_name(name)
    assert 0 < len(shown) <= 60 and shown.isprintable()
    assert "/" not in shown and "\\" not in shown and shown not in (".", "..")
    shown.encode()


def test_a_shown_name_still_names_the_file():
    assert shown_name("/tmp/gradio/a1/王芳 定妆照 (2).jpeg") == "王芳 定妆照 (2).jpeg"
    assert shown_name("C:\\photos\\wang.jpg") == "wang.jpg"
    assert shown_name("x" * 100 + ".heic").endswith(".heic")


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 2**32))
def test_png_gives_back_every_pixel(width: int, height: int, seed: int):
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3)).astype(np.uint8)
    content = encode_png(image)
    assert np.array_equal(decode(content), image) and content == encode_png(image)
    assert np.array_equal(np.asarray(Image.open(BytesIO(content)).convert("RGB")), image)


def test_thumbnails_keep_the_shape_and_are_never_enlarged():
    frame = cv2.resize(scene(), (1080, 1920))
    content = thumbnail(frame, 270)
    assert content == thumbnail(frame, 270)
    assert decode(content).shape == (480, 270, 3)
    assert difference(decode(content), cv2.resize(frame, (270, 480), interpolation=cv2.INTER_AREA)) < 2
    assert decode(thumbnail(scene(), 500)).shape == (96, 128, 3)


def test_what_is_no_picture_cannot_be_decoded():
    for content in (b"", b"no picture", honest("png")[:30]):
        with pytest.raises(BadPicture):
            decode(content)


def test_the_door_changes_no_setting_of_pillow_for_others():
    before = (Image.MAX_IMAGE_PIXELS, dict(Image.MIME))
    take_in(honest("heic"), "x")
    assert (Image.MAX_IMAGE_PIXELS, dict(Image.MIME)) == before
