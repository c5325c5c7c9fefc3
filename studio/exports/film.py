"""The animatic: an episode as an MP4 of its stills, each for exactly as many frames as its shot has."""

from collections.abc import Iterator
from pathlib import Path

from storage.errors import InvalidInput
from studio.exports import ExportOptions, OnProgress
from studio.exports.burning import OPENING, caption_overlay, number_overlay, opening, opening_overlay, slate
from studio.exports.camera import STILL, Still, View, view
from studio.exports.captions import captions
from studio.exports.encoder import Shape, encoding, require_sound
from studio.exports.planes import Burnt, Overlay, Planes, burnt
from studio.exports.screen import picture_of, shown_clips
from studio.exports.timeline import Clip, Timeline, frames_of

SMALLEST, LARGEST = 64, 4320
_BATCH = 6  # frames from one report of progress to the next
_SENT = 0.95  # of the way, when the last frame is on its way to the encoder

# words with the frames they are there for: first, one past the last
_Timed = tuple[int, int, Burnt]


def write(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """An MP4 of `timeline.frames` frames: H.264 (yuv420p, BT.709) with AAC sound of the same length.

    A shot without a picture is a slate. Raises InvalidInput (nothing to show, a size that cannot be, sound that cannot be
    read), NotFound and BadPicture (a file of a picture or of the sound), ResourceMissing (ffmpeg, a Chinese font),
    Conflict (ffmpeg failed).
    """
    clips = shown_clips(timeline)
    width, height = size_of(timeline, options)
    shape = Shape(width, height, timeline.fps, timeline.frames)
    if options.audio is not None:
        require_sound(options.audio)
    said = _burnt_words(timeline, options, width, height)
    done = 0
    with encoding(target, shape, options.audio, lambda: on_progress(_SENT)) as send:
        for clip in clips:
            words = [each for each in said if each[0] < clip.start + clip.frames and clip.start < each[1]]
            if options.numbers:
                number = number_overlay(clip, timeline.fps, options.language, width, height)
                words += _timed(clip.start, clip.start + clip.frames, number)
            for frame in _frames(clip, timeline, options, words, width, height):
                send(frame)
                done += 1
                if done % _BATCH == 0:
                    on_progress(_SENT * done / shape.frames)


def size_of(timeline: Timeline, options: ExportOptions) -> tuple[int, int]:
    """(width, height) of the film, both even. Raises InvalidInput for a height that no film has."""
    height = options.height or timeline.height
    if options.height and not SMALLEST <= height <= LARGEST:
        raise InvalidInput(
            f"A film cannot be {height} pixels high; give a height from {SMALLEST} to {LARGEST}.",
            f"影片高度不能是 {height} 像素，请填写 {SMALLEST} 到 {LARGEST} 之间的数值。",
        )
    width = height * timeline.width / timeline.height
    return max(2, 2 * round(width / 2)), max(2, 2 * round(height / 2))


def _burnt_words(timeline: Timeline, options: ExportOptions, width: int, height: int) -> list[_Timed]:
    """What is burnt in beyond shot numbers."""
    first = opening_overlay(opening(timeline, options), width, height)
    said = _timed(0, frames_of(OPENING, timeline.fps), first)
    if options.captions:
        for each in captions(timeline, options.language):
            said += _timed(each.start, each.end, caption_overlay(each, width, height))
    return said


def _timed(first: int, end: int, overlay: Overlay | None) -> list[_Timed]:
    return [] if overlay is None else [(first, end, burnt(overlay))]


def _frames(
    clip: Clip, timeline: Timeline, options: ExportOptions, words: list[_Timed], width: int, height: int
) -> Iterator[Planes]:
    """The clip's frames with their words on them; one that is as the last one is the same object."""
    picture = picture_of(clip, width, height)
    moves = options.movement and picture is not None and clip.movement not in STILL
    if picture is None:
        picture = slate(clip, options.language, width, height)
    still = Still(picture, width, height, moves)
    seconds = timeline.seconds(clip)
    last: tuple[View, list[_Timed]] | None = None
    frame: Planes | None = None
    for at in range(clip.frames):
        there = [each for each in words if each[0] <= clip.start + at < each[1]]
        seen = view(clip.movement, seconds, at / max(1, clip.frames - 1)) if moves else View(1.0)
        if frame is None or (seen, there) != last:
            frame = still.frame(seen)
            for _, _, each in there:
                each.onto(frame)
            last = (seen, there)
        yield frame
