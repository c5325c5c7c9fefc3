"""The one model that feeds every export: integer frames, one rounding rule, stable uids.

Built from plain values, so that exporters never see the database.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from storage.errors import InvalidInput, Language, Message
from studio.provenance import gathered


def frames_of(seconds: float, fps: int) -> int:
    """Seconds to whole frames, the only rounding in the house: half up, and never less than one frame.

    Raises InvalidInput for a duration that is no finite number.
    """
    if not math.isfinite(seconds):
        raise InvalidInput(
            f"A shot cannot last {seconds} seconds; give it a number.",
            f"镜头时长不能是 {seconds} 秒，请填写数字。",
        )
    # half a frame is often just short of .5 in binary: twelve and a half frames at 24 fps are 12.499999999999998
    return max(1, math.floor(round(seconds * fps, 6) + 0.5))


def timecode(frames: int, fps: int) -> str:
    """Frames from 0 as HH:MM:SS:FF, non-drop."""
    seconds, rest = divmod(frames, fps)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}:{rest:02d}"


@dataclass(frozen=True, slots=True)
class ClipLine:
    """A line of dialogue on a clip. delivery: spoken, OS or VO."""

    speaker: str
    text: str
    manner: str
    delivery: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """A character's similarity in the circled take, by the name the sheet shows.

    similarity None: not measured (no face shown, or uncast). composited: the face is the photo itself, so a number
    would check the machinery and not a likeness. uncast: a drawn mannequin stands in for this one.
    """

    character: str
    similarity: float | None
    composited: bool
    uncast: bool = False


@dataclass(frozen=True, slots=True)
class Clip:
    """One shot on the timeline; codes are studio.vocabulary's, words are the exporter's affair.

    picture: the circled (or newest) take's file, None where nothing was rendered. small: the same as a JPEG a few hundred
    pixels wide, where one is kept. start, frames: in frames.
    looks, parts: one per cast member in the order of `cast`, or (); '' where no look is named, studio.vocabulary's part
    that is seen of them.
    uncast: somebody in the take is a drawn mannequin. notices: what must be said wherever the picture is shown.
    findings: what the script supervisor says of the shot. recipe: the take's request as studio.recipe writes it, with
    `engine`, `version` and `provenance` beside it and without face embeddings; {} where nothing was rendered.
    generates: False where the picture is composited from photos.
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
    parts: tuple[str, ...]
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
    notices: tuple[Message, ...] = ()
    findings: tuple[Message, ...] = ()
    recipe: Mapping[str, Any] = field(default_factory=dict)
    generates: bool = False
    small: Path | None = None


@dataclass(frozen=True, slots=True)
class DressedAs:
    """A look of somebody: wardrobe notes, '#rrggbb' of the clothes (top first), files of its photos."""

    name: str
    wardrobe: str
    colours: tuple[str, ...]
    photos: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """A character of the episode, for the character bible. names: as scripts write them, the main one first."""

    uid: str
    names: tuple[str, ...]
    notes: str
    looks: tuple[DressedAs, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """An episode as a run of clips. Omitted shots are kept for the sheet with frames 0.

    cast: who of the registry is in it, in order of appearance; somebody no character answers to is in `Clip.cast` only.
    """

    series: str
    episode: int
    title: str
    language: Language
    fps: int
    width: int
    height: int
    clips: tuple[Clip, ...]
    series_uid: str = ""
    cast: tuple[Person, ...] = ()

    @property
    def frames(self) -> int:
        return sum(clip.frames for clip in self.clips)

    def seconds(self, clip: Clip) -> float:
        return clip.frames / self.fps

    def notices(self, language: Language) -> list[str]:
        """What must be said on a sheet that shows these pictures, each once, with the shots it is about."""
        return gathered(((clip.number, clip.notices) for clip in self.clips if not clip.omitted), language)

    def scenes(self) -> Iterator[tuple[Clip, ...]]:
        """The clips in runs of one scene, omitted ones among them."""
        for _, run in groupby(self.clips, key=lambda clip: clip.scene):
            yield tuple(run)

    def require_shots(self) -> None:
        """Raises InvalidInput where there is nothing to export: an empty sheet is no sheet."""
        if not self.clips:
            raise InvalidInput(
                f"'{self.series}' episode {self.episode} has no shots yet; import a script first.",
                f"《{self.series}》第{self.episode}集还没有镜头，请先导入剧本。",
            )

    def require_kept(self) -> None:
        """Raises InvalidInput where every shot is omitted: there is nothing to cut together."""
        if all(clip.omitted for clip in self.clips):
            raise InvalidInput(
                f"Every shot of '{self.series}' episode {self.episode} is omitted; restore one first.",
                f"《{self.series}》第{self.episode}集的镜头全部已删除（OMITTED），请先恢复至少一个。",
            )


def starts(frames: Iterable[int]) -> list[int]:
    """Where each clip starts, in frames from 0."""
    at, result = 0, []
    for count in frames:
        result.append(at)
        at += count
    return result
