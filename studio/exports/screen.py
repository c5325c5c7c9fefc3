"""What a film shows of a clip: its picture in the shape of the screen, or a slate."""

import numpy as np
from PIL import Image, UnidentifiedImageError

from storage.errors import BadPicture, InvalidInput, NotFound
from studio.exports.planes import Pixels
from studio.exports.timeline import Clip, Timeline

# shapes this much alike are taken for one
_ALIKE = 0.01


def shown_clips(timeline: Timeline) -> list[Clip]:
    """The clips that take time. Raises InvalidInput where there is none."""
    clips = [clip for clip in timeline.clips if not clip.omitted and clip.frames]
    if not clips:
        raise InvalidInput(
            f"Every shot of '{timeline.series}' episode {timeline.episode} is omitted: there is nothing to show.",
            f"《{timeline.series}》第{timeline.episode}集的镜头均已删除，没有可导出的画面。",
        )
    return clips


def picture_of(clip: Clip, width: int, height: int) -> Pixels | None:
    """The clip's picture, (h, w, 3) RGB of its own size, with black bars where it is not of the shape width:height.

    None where nothing was rendered. Raises NotFound where the file is gone, BadPicture where it cannot be read.
    """
    if clip.picture is None:
        return None
    try:
        with Image.open(clip.picture) as opened:
            picture = opened.convert("RGB")
    except FileNotFoundError as error:
        raise NotFound(
            f"The picture of shot {clip.number} is not there any more. Render it again, then export.",
            f"镜头 {clip.number} 的画面文件已不存在。请重新出图后再导出。",
        ) from error
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise BadPicture(
            f"The picture of shot {clip.number} cannot be read. Render it again, then export.",
            f"镜头 {clip.number} 的画面无法读取。请重新出图后再导出。",
        ) from error
    shape = picture.width * height / (picture.height * width)
    if abs(shape - 1) > _ALIKE:
        wide = round(picture.height * width / height) if shape < 1 else picture.width
        high = round(picture.width * height / width) if shape > 1 else picture.height
        screen = Image.new("RGB", (wide, high))
        screen.paste(picture, ((wide - picture.width) // 2, (high - picture.height) // 2))
        picture = screen
    return np.asarray(picture)
