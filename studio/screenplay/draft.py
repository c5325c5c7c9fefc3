"""What every script reader returns, whatever the file was. Frozen values; codes are studio.vocabulary's."""

from dataclasses import dataclass
from typing import Literal

from storage.errors import Language, Message


@dataclass(frozen=True, slots=True)
class Warned:
    """A line that was not understood, or only in part; `line` counts from 1. Nothing is dropped without one.

    lines: all that it is about, where they are several.
    """

    line: int
    message: Message
    lines: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Speech:
    """Words of one speaker. manner: the parenthetical; delivery: spoken, OS (off screen) or VO (voice-over)."""

    speaker: str
    text: str
    manner: str = ""
    delivery: Literal["spoken", "OS", "VO"] = "spoken"


@dataclass(frozen=True, slots=True)
class Element:
    """One block of a scene in reading order.

    kind: action | speech | shot (an explicit shot marking; `text` is the marking as written) | transition | note.
    number: that the script gives a shot.
    """

    kind: Literal["action", "speech", "shot", "transition", "note"]
    text: str
    line: int
    speech: Speech | None = None
    number: str = ""


@dataclass(frozen=True, slots=True)
class CastDraft:
    """Somebody in a shot: placement, gaze, part in studio.vocabulary's codes."""

    name: str
    placement: str = "centre"
    gaze: str = "camera"
    part: str = "face"


@dataclass(frozen=True, slots=True)
class ShotDraft:
    """One planned shot. marked: the script (or table) says so itself, it was not inferred. number: '' = to be given.

    omitted: a table says that it was dropped; its number stays its own.
    """

    size: str
    framing: str
    seconds: float
    description: str
    cast: tuple[CastDraft, ...] = ()
    dialogue: tuple[Speech, ...] = ()
    angle: str = "eye-level"
    movement: str = "static"
    lens: str = ""
    equipment: str = ""
    sound: str = ""
    art: str = ""
    transition: str = ""
    notes: str = ""
    number: str = ""
    marked: bool = False
    line: int = 0
    omitted: bool = False


@dataclass(frozen=True, slots=True)
class SceneDraft:
    """One scene. cast: names of everybody in it, in order of appearance. shots: filled by a table, or by `breakdown`."""

    number: str
    int_ext: str
    location: str
    time_of_day: str
    line: int
    cast: tuple[str, ...] = ()
    elements: tuple[Element, ...] = ()
    shots: tuple[ShotDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class EpisodeDraft:
    number: int
    title: str
    scenes: tuple[SceneDraft, ...]


@dataclass(frozen=True, slots=True)
class ScriptDraft:
    """A script file, read. numbering: 'scene' (1A) or 'episode' (1...n), the habit of its form."""

    title: str
    language: Language
    numbering: Literal["scene", "episode"]
    episodes: tuple[EpisodeDraft, ...]
    warnings: tuple[Warned, ...] = ()
