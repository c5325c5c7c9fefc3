"""From whatever a picture file holds to upright sRGB, 8 bits a channel, over white."""

import struct
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageCms

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
_PROFILE_MODES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK", "Lab ": "LAB"}
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


class UnknownRange(Exception):
    """Pixels of 32 bits: nothing in the file says which value is white."""


def upright(image: Image.Image) -> Image.Image:
    """The loaded image turned as its EXIF orientation (1-8) asks; unreadable EXIF asks for nothing.

    TIFF and HEIF arrive turned: their openers do it while loading.
    """
    try:
        orientation = image.getexif().get(_ORIENTATION)
    except (SyntaxError, OSError, ValueError, TypeError, KeyError, IndexError, struct.error):
        return image
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return image.transpose(turn) if turn is not None else image


def srgb(image: Image.Image) -> Image.Image:
    """A loaded image of any mode as "RGB": its colour profile applied where it can be, what is clear over white.

    Raises UnknownRange for 32-bit integers and floats.
    """
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16"):
        image = _from_16_bit(image)
    elif image.mode in ("I", "F"):
        raise UnknownRange(image.mode)
    base, alpha = _parted(image)
    colours = _by_profile(base, profile) if profile else None
    if colours is None:
        colours = base if base.mode == "RGB" else base.convert("RGB")
    if alpha is None:
        return colours
    return Image.composite(colours, Image.new("RGB", colours.size, "white"), alpha)


def _from_16_bit(image: Image.Image) -> Image.Image:
    wide = np.asarray(image).astype(np.uint32)
    return Image.fromarray(((wide + 128) // 257).astype(np.uint8), "L")


def _parted(image: Image.Image) -> tuple[Image.Image, Image.Image | None]:
    """(colours without alpha, alpha or None where all is opaque)."""
    alpha = None
    colours = image
    if image.has_transparency_data:
        colours = image.convert("RGBA")
        alpha = colours.getchannel("A")
        if alpha.getextrema() == (255, 255):
            alpha = None
    if image.mode in ("LA", "La"):
        return image.convert("LA").getchannel("L"), alpha
    if image.mode in ("L", "CMYK", "LAB"):
        return image, alpha
    return colours.convert("RGB"), alpha


def _by_profile(image: Image.Image, content: bytes) -> Image.Image | None:
    """`image` through its ICC profile, or None where the profile is broken, of another mode, or sRGB anyway."""
    try:
        profile = ImageCms.ImageCmsProfile(BytesIO(content))
        about: Any = profile.profile
        if _PROFILE_MODES.get(about.xcolor_space) != image.mode:
            return None
        if (about.profile_description or "").startswith("sRGB"):
            return None
        return ImageCms.profileToProfile(
            image,
            profile,
            _SRGB,
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            outputMode="RGB",
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
