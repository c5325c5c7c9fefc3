"""A scene as a small moving picture for chat, GIF or WebP: one picture a shot for its real length, without movement."""

from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from storage.errors import InvalidInput
from studio.exports import ExportOptions, OnProgress
from studio.exports.burning import (
    OPENING,
    caption_overlay,
    notices,
    number_overlay,
    opening_overlay,
    slate,
)
from studio.exports.camera import resized
from studio.exports.captions import captions
from studio.exports.frame_files import marked
from studio.exports.planes import Overlay, Pixels, laid
from studio.exports.screen import picture_of, shown_clips
from studio.exports.timeline import Clip, Timeline, frames_of, starts

WIDTH = 360
# seconds of a whole episode beyond which nobody wants it in a chat
LONGEST = 60.0
_PAINTED = 0.6  # of the way, when every picture is painted; the rest is writing


@dataclass(frozen=True, slots=True)
class _Timed:
    """first, end: frames of the scene, end exclusive."""

    first: int
    end: int
    overlay: Overlay


def write_gif(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """An endless GIF, 256 colours a picture. Raises what `_pictures` raises."""
    pictures, durations = _pictures(timeline, options, 10, on_progress)
    colours = [picture.quantize(256, dither=Image.Dither.FLOYDSTEINBERG) for picture in pictures]
    _save(target, "GIF", colours, durations, on_progress, optimize=False, disposal=1)


def write_webp(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """An endless WebP. Raises what `_pictures` raises."""
    pictures, durations = _pictures(timeline, options, 1, on_progress)
    # every picture whole: as a difference to the one before, a caption that is gone leaves its shadow
    _save(target, "WEBP", pictures, durations, on_progress, quality=85, method=4, kmin=0, kmax=1)


def _save(
    target: Path, form: str, pictures: list[Image.Image], durations: list[int], on_progress: OnProgress, **how: Any
) -> None:
    on_progress(_PAINTED)
    rest = pictures[1:]
    pictures[0].save(target, form, save_all=True, append_images=rest, duration=durations, loop=0, **how)
    on_progress(1.0)


def _pictures(
    timeline: Timeline, options: ExportOptions, tick: int, on_progress: OnProgress
) -> tuple[list[Image.Image], list[int]]:
    """The pictures and how long each stays, in milliseconds, multiples of `tick` that add up without drift.

    Raises InvalidInput (no such scene, a whole episode that is too long), NotFound and BadPicture (a picture's file),
    ResourceMissing (a Chinese font).
    """
    scene = scene_of(timeline, options)
    width, height = WIDTH, max(2, round(WIDTH * timeline.height / timeline.width))
    said = _said(scene, options, width, height)
    pictures: list[Image.Image] = []
    ends = [0]
    for done, clip in enumerate(scene.clips):
        bare = _bare(clip, options, width, height)
        words = [each for each in said if each.first < clip.start + clip.frames and clip.start < each.end]
        changes = {clip.start, clip.start + clip.frames}
        changes |= {at for each in words for at in (each.first, each.end) if clip.start < at < clip.start + clip.frames}
        for first, end in pairwise(sorted(changes)):
            picture = bare
            for each in words:
                if each.first <= first < each.end:
                    picture = laid(picture, each.overlay)
            pictures.append(Image.fromarray(picture))
            ends.append(tick * round(1000 * end / (scene.fps * tick)))
        on_progress(_PAINTED * (done + 1) / len(scene.clips))
    return pictures, [max(tick, end - first) for first, end in pairwise(ends)]


def scene_of(timeline: Timeline, options: ExportOptions) -> Timeline:
    """The shots of `options.scene` that take time, '' for all, from frame 0. Raises InvalidInput as `_pictures` says."""
    there = shown_clips(timeline)
    clips = [clip for clip in there if options.scene in ("", clip.scene)]
    if not clips:
        scenes = list(dict.fromkeys(clip.scene for clip in there))
        raise InvalidInput(
            f"There is no scene '{options.scene}' to show; there is {', '.join(scenes)}.",
            f"没有可导出的场次“{options.scene}”；现有：{'、'.join(scenes)}。",
        )
    seconds = sum(clip.frames for clip in clips) / timeline.fps
    if not options.scene and seconds > LONGEST:
        raise InvalidInput(
            f"The whole episode is {seconds:.0f} seconds long, too much for a picture in a chat "
            f"(at most {LONGEST:.0f}): choose a scene, or export an MP4.",
            f"整集长 {seconds:.0f} 秒，不适合做成聊天动图（最长 {LONGEST:.0f} 秒）：请选择一场，或导出 MP4。",
        )
    moved = starts(clip.frames for clip in clips)
    return replace(timeline, clips=tuple(replace(clip, start=at) for clip, at in zip(clips, moved, strict=True)))


def _bare(clip: Clip, options: ExportOptions, width: int, height: int) -> Pixels:
    """The clip's picture or slate in that size; a generated one carries its mark all the time where that is wanted."""
    picture = picture_of(clip, width, height)
    if picture is None:
        return slate(clip, options.language, width, height)
    small = resized(picture, width, height)
    if clip.generates and options.producer is not None and options.producer.visible:
        return np.asarray(marked(Image.fromarray(small), options.language))
    return small


def _said(scene: Timeline, options: ExportOptions, width: int, height: int) -> list[_Timed]:
    """The words on the pictures: notices at the start, shot numbers and captions on request."""
    said = [
        (0, frames_of(OPENING, scene.fps), opening_overlay(notices(scene, options), width, height)),
    ]
    if options.numbers:
        for clip in scene.clips:
            number = number_overlay(clip, scene.fps, options.language, width, height)
            said.append((clip.start, clip.start + clip.frames, number))
    if options.captions:
        for each in captions(scene, options.language):
            said.append((each.start, each.end, caption_overlay(each, width, height)))
    return [_Timed(first, end, overlay) for first, end, overlay in said if overlay is not None]
