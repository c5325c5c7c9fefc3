"""From a shot on the list to a complete request: who stands where, what the prompt says, which pictures count.

Pure: rows and values in, a frozen RenderRequest out; the same shot and cast give the same request.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

from characters.names import name_key
from storage.models import Scene, Shot
from studio.blocking import Mark, Placed, block
from studio.engines import AdapterUse, Reference, RenderRequest, Staging, Subject
from studio.prompt import STORYBOARD, Prompt, PromptSubject, Wording, in_own_words, write_prompt

# times that only point to the scene before
_RELATIVE_TIMES = frozenset({"CONTINUOUS", "LATER", "SAME"})


@dataclass(frozen=True, slots=True)
class CastMember:
    """What a render needs of a character: `references` are of the look asked for, `embeddings` base64 raw rows in `space`."""

    uid: str
    references: tuple[Reference, ...] = ()
    adapters: tuple[AdapterUse, ...] = ()
    embeddings: tuple[str, ...] = ()
    space: str = ""
    wardrobe: str = ""
    colours: tuple[str, ...] = ()


NOBODY = CastMember(uid="")


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """What a person chose for a render. style '': the series'. seed None: the shot's own. options: the engine's, by name."""

    width: int
    height: int
    style: str
    seed: int | None = None
    options: dict[str, Any] = field(default_factory=dict)


def times_of_day(scenes: Iterable[Scene]) -> dict[int, str]:
    """Scene id -> DAY, NIGHT, DAWN or DUSK: CONTINUOUS and its like take the time of the scene before (DAY at the start)."""
    resolved: dict[int, str] = {}
    last = "DAY"
    for scene in scenes:
        if scene.time_of_day not in _RELATIVE_TIMES:
            last = scene.time_of_day
        resolved[scene.id] = last
    return resolved


def seed_of(shot: Shot) -> int:
    """The seed a shot is rendered with unless another is asked for: stable for the shot, 0..2**32-1."""
    return crc32(shot.uid.encode())


def plan(
    shot: Shot,
    *,
    time_of_day: str,
    language: str,
    cast: Mapping[tuple[str, str], CastMember],
    plate: str | None,
    chosen: RenderSettings,
    wording: Wording = STORYBOARD,
) -> RenderRequest:
    """The request for one shot.

    cast: (name key, look) -> CastMember, for everybody who is bound; the others become uncast subjects. wording: how
    the engine is told; see `studio.prompt.wording_for`.
    Raises InvalidInput where the framing cannot be blocked (more people than a frame takes).
    """
    staging = _staging(shot, time_of_day, language)
    subjects = _subjects(shot, cast, chosen)
    words = _words(shot, staging, subjects, chosen.style, wording)
    return RenderRequest(
        width=chosen.width,
        height=chosen.height,
        prompt=words.prompt,
        negative_prompt=words.negative_prompt,
        seed=chosen.seed if chosen.seed is not None else seed_of(shot),
        subjects=subjects,
        staging=staging,
        plate=plate,
        style=chosen.style,
        options=chosen.options,
    )


def words_for(
    shot: Shot,
    *,
    time_of_day: str,
    language: str,
    cast: Mapping[tuple[str, str], CastMember],
    chosen: RenderSettings,
    wording: Wording,
) -> Prompt:
    """The prompts that `plan` writes, with what could not be said in them. Raises as `plan`."""
    subjects = _subjects(shot, cast, chosen)
    return _words(shot, _staging(shot, time_of_day, language), subjects, chosen.style, wording)


def _staging(shot: Shot, time_of_day: str, language: str) -> Staging:
    return Staging(
        size=shot.size,
        framing=shot.framing,
        angle=shot.angle,
        movement=shot.movement,
        int_ext=shot.scene.int_ext,
        time_of_day=time_of_day,
        location=shot.scene.location,
        action=shot.description,
        language=language,
    )


def _words(shot: Shot, staging: Staging, subjects: Sequence[Subject], style: str, wording: Wording) -> Prompt:
    """A person's own words before the house's, and the description in English before the description."""
    triggers = [tuple(use.trigger for use in each.adapters) for each in subjects]
    written = write_prompt(
        replace(staging, action=shot.english or staging.action),
        [
            PromptSubject(each.wardrobe, said, each.part, each.name)
            for each, said in zip(subjects, triggers, strict=True)
        ],
        style,
        wording,
    )
    return in_own_words(
        written, shot.prompt or "", shot.negative_prompt or "", [trigger for said in triggers for trigger in said]
    )


def _subjects(shot: Shot, cast: Mapping[tuple[str, str], CastMember], chosen: RenderSettings) -> tuple[Subject, ...]:
    marks = block(
        shot.size,
        shot.framing,
        shot.angle,
        [Placed(member.name, member.placement, member.gaze, member.part) for member in shot.cast],
        chosen.width,
        chosen.height,
    )
    members = [cast.get((member.key, member.look), NOBODY) for member in shot.cast]
    return tuple(_subject(mark, member) for mark, member in zip(marks, members, strict=True))


def _subject(mark: Mark, member: CastMember) -> Subject:
    return Subject(
        character=member.uid,
        name=mark.name,
        part=mark.part,
        keypoints=tuple((_round(x), _round(y)) for x, y in mark.keypoints),
        pose=(_round(mark.pose.yaw), _round(mark.pose.pitch), _round(mark.pose.roll)),
        head=_rounded(mark.head),
        region=_rounded(mark.region),
        depth=mark.depth,
        references=member.references,
        adapters=member.adapters,
        embeddings=member.embeddings,
        space=member.space,
        colours=member.colours,
        wardrobe=member.wardrobe,
    )


def _round(value: float) -> float:
    # a hundredth of a pixel: what differs only in the last bits between machines must not change the recipe key
    return round(float(value), 2)


def _rounded(box: Sequence[float]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = box
    return (_round(x0), _round(y0), _round(x1), _round(y1))


def shot_names(shots: Iterable[Shot]) -> dict[str, str]:
    """name key -> name as first written, of everybody in these shots."""
    names: dict[str, str] = {}
    for shot in shots:
        for member in shot.cast:
            names.setdefault(member.key or name_key(member.name), member.name)
    return names
