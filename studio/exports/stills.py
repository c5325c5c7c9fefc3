"""The frames themselves: as files with their recipe and labels in them, and all of them as one ZIP."""

import zipfile
from pathlib import Path

from storage.errors import NotFound
from studio.exports import ExportOptions, OnProgress, Producer
from studio.exports.columns import picture_name
from studio.exports.timeline import Clip, Timeline

# a fixed time in every entry: the same episode gives the same bytes
_WHEN = (1980, 1, 1, 0, 0, 0)


def write(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """A ZIP with `frames/E01_S02_2A.png` for every shot that has a picture, named as the timelines name them."""
    shown = [clip for clip in timeline.clips if clip.picture is not None and not clip.omitted]
    shown = [clip for clip in shown if not options.scene or clip.scene == options.scene]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for done, clip in enumerate(shown):
            archive.writestr(zipfile.ZipInfo(picture_name(clip), _WHEN), frame_file(timeline, clip, options.producer))
            on_progress((done + 1) / len(shown))


def frame_file(timeline: Timeline, clip: Clip, producer: Producer | None) -> bytes:
    """The clip's picture as a PNG that carries where it comes from. Raises NotFound where the file is gone."""
    if clip.picture is None or not clip.picture.is_file():
        raise NotFound(
            f"The picture of shot {clip.number} is not there any more. Render it again, then export.",
            f"镜头 {clip.number} 的画面文件已不存在。请重新出图后再导出。",
        )
    return clip.picture.read_bytes()
