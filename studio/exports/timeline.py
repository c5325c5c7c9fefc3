"""The one model that feeds every export: integer frames, one rounding rule, stable uids.

Built from plain values, so that exporters never see the database.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from storage.errors import Language


def frames_of(seconds: float, fps: int) -> int:
    """Seconds to whole frames, the only rounding in the house: half up, and never less than one frame."""
    return max(1, int(seconds * fps + 0.5))


@dataclass(frozen=True, slots=True)
class ClipLine:
    """A line of dialogue on a clip. delivery: spoken, OS or VO."""

    speaker: str
    text: str
    manner: str
    delivery: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """A character's similarity in the circled take. similarity None: not measured (no face shown, or uncast)."""

    character: str
    similarity: float | None
    composited: bool


@dataclass(frozen=True, slots=True)
class Clip:
    """One shot on the timeline; codes are studio.vocabulary's, words are the exporter's affair.

    picture: the circled (or newest) take's file, None where nothing was rendered. start, frames: in frames.
    """

    uid: str
    episode: int
    scene: str
    number: str
    status: str
    int_ext: str
    location: str
    time_of_day: str
    size: str
    framing: str
    angle: str
    movement: str
    lens: str
    equipment: str
    description: str
    cast: tuple[str, ...]
    looks: tuple[str, ...]
    dialogue: tuple[ClipLine, ...]
    sound: str
    art: str
    transition: str
    notes: str
    omitted: bool
    picture: Path | None
    take: str
    engine: str
    uncast: bool
    likeness: tuple[Likeness, ...]
    start: int
    frames: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """An episode as a run of clips. Omitted shots are kept for the sheet with frames 0."""

    series: str
    episode: int
    title: str
    language: Language
    fps: int
    width: int
    height: int
    clips: tuple[Clip, ...]

    @property
    def frames(self) -> int:
        return sum(clip.frames for clip in self.clips)

    def seconds(self, clip: Clip) -> float:
        return clip.frames / self.fps


def starts(frames: Iterable[int]) -> list[int]:
    """Where each clip starts, in frames from 0."""
    at, result = 0, []
    for count in frames:
        result.append(at)
        at += count
    return result
