"""Frames made small for a sheet."""

from io import BytesIO

from PIL import Image, UnidentifiedImageError

from storage.errors import BadPicture, NotFound
from studio.exports.timeline import Clip

QUALITY = 82


def thumbnail(clip: Clip, box: tuple[int, int]) -> tuple[bytes, int, int]:
    """(JPEG bytes, width, height) of the clip's picture, scaled down to fit into `box` pixels; never up.

    The clip has a picture. Raises NotFound where its file is gone and BadPicture where it cannot be read.
    """
    assert clip.picture is not None
    try:
        with Image.open(clip.picture) as opened:
            picture = opened.convert("RGB")
    except FileNotFoundError as error:
        raise NotFound(
            f"The frame of shot {clip.number} is not where it was kept; render the shot again.",
            f"镜头 {clip.number} 的画面文件已不在原处，请重新出图。",
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise BadPicture(
            f"The frame of shot {clip.number} cannot be read; render the shot again.",
            f"镜头 {clip.number} 的画面文件无法读取，请重新出图。",
        ) from error
    picture.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=2.0)
    stream = BytesIO()
    picture.save(stream, "JPEG", quality=QUALITY, optimize=True)
    return stream.getvalue(), picture.width, picture.height
