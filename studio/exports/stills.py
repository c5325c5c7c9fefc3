"""The frames themselves: as files with their recipe and labels in them, and all of them as one ZIP."""

import zipfile
from pathlib import Path

from storage.errors import InvalidInput
from studio.exports import ExportOptions, OnProgress
from studio.exports.columns import picture_name
from studio.exports.frame_files import frame_file
from studio.exports.timeline import Timeline

# a fixed time in every entry: the same episode gives the same bytes
_WHEN = (1980, 1, 1, 0, 0, 0)


def write(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """A ZIP with `frames/E01_S02_2A.png` for every shot that has a picture, named as the timelines name them."""
    shown = [clip for clip in timeline.clips if clip.picture is not None and not clip.omitted]
    shown = [clip for clip in shown if not options.scene or clip.scene == options.scene]
    if not shown:
        raise InvalidInput("There is no frame to pack: render the shots first.", "没有可打包的画面：请先出图。")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for done, clip in enumerate(shown):
            archive.writestr(zipfile.ZipInfo(picture_name(clip), _WHEN), frame_file(timeline, clip, options.producer))
            on_progress((done + 1) / len(shown))
