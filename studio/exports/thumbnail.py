"""Frames and photos made small for a sheet, two at a time: reading them is most of the work of an export."""

from collections.abc import Generator, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from storage.errors import BadPicture, Message, NotFound
from studio.exports.timeline import Clip

QUALITY = 82
AT_ONCE = 2

# JPEG bytes, width, height
Small = tuple[bytes, int, int]


def thumbnail(clip: Clip, box: tuple[int, int]) -> Small:
    """(JPEG bytes, width, height) of the clip's picture, scaled down to fit into `box` pixels; never up.

    Made of the small picture that is kept beside it, where that is large enough: a tenth of the work. The clip has a
    picture. Raises NotFound where its file is gone and BadPicture where it cannot be read.
    """
    assert clip.picture is not None
    number = clip.number
    return shrunk(
        clip.small if clip.small is not None and _covers(clip.small, box) else clip.picture,
        box,
        Message(
            f"The frame of shot {number} is not where it was kept; render the shot again.",
            f"镜头 {number} 的画面文件已不在原处，请重新出图。",
        ),
        Message(
            f"The frame of shot {number} cannot be read; render the shot again.",
            f"镜头 {number} 的画面文件无法读取，请重新出图。",
        ),
    )


def _covers(small: Path, box: tuple[int, int]) -> bool:
    """Whether that file is a picture from which one of `box` can be made without enlarging it."""
    try:
        with Image.open(small) as picture:
            return picture.width >= box[0] or picture.height >= box[1]
    except (UnidentifiedImageError, OSError):
        return False  # the picture itself is there


def thumbnails(clips: Iterable[Clip], box: tuple[int, int]) -> Generator[Small | None, None, None]:
    """`thumbnail` of each clip in order, None for one that is omitted or has no picture. Raises as it does."""
    with ThreadPoolExecutor(AT_ONCE, "castlock-thumbnail") as pool:
        waiting = [
            pool.submit(thumbnail, clip, box) if clip.picture is not None and not clip.omitted else None
            for clip in clips
        ]
        try:
            for each in waiting:
                yield each.result() if each is not None else None
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def portrait(photo: Path, name: str, box: tuple[int, int]) -> Small:
    """The same of a reference photo of the character `name`."""
    return shrunk(
        photo,
        box,
        Message(
            f"A photo of {name} is not where it was kept; add it again with `cast add`.",
            f"{name} 的一张照片已不在原处，请用 `cast add` 重新添加。",
        ),
        Message(
            f"A photo of {name} cannot be read; add it again with `cast add`.",
            f"{name} 的一张照片无法读取，请用 `cast add` 重新添加。",
        ),
    )


def shrunk(file: Path, box: tuple[int, int], gone: Message, unreadable: Message) -> Small:
    """A picture file scaled down to fit into `box`. Raises NotFound saying `gone`, BadPicture saying `unreadable`."""
    stream = BytesIO()
    try:
        with Image.open(file) as opened:
            opened.draft("RGB", (2 * box[0], 2 * box[1]))  # a JPEG is decoded no larger than needed
            picture = opened if opened.mode == "RGB" else opened.convert("RGB")
            picture.thumbnail(box, Image.Resampling.LANCZOS, reducing_gap=1.0)
            picture.save(stream, "JPEG", quality=QUALITY)
            return stream.getvalue(), picture.width, picture.height
    except FileNotFoundError as error:
        raise NotFound(gone.en, gone.zh) from error
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise BadPicture(unreadable.en, unreadable.zh) from error
