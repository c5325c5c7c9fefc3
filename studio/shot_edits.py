"""Edits of one shot: fields, cast and looks by hand, and one shot made two. Checked first, then written."""

import math
from collections.abc import Sequence
from typing import Any

from characters.names import name_key
from storage.errors import InvalidInput, NotFound
from storage.models import Shot, ShotCast
from studio.exports.timeline import frames_of
from studio.screenplay.draft import CastDraft
from studio.screenplay.pacing import speech_seconds
from studio.screenplay.staging import Axis, over_shoulder, side_by_side
from studio.vocabulary import ANGLES, FRAMINGS, GAZES, MOVEMENTS, PARTS, PLACEMENTS, SIZES, Vocabulary

_CODED: dict[str, Vocabulary] = {"size": SIZES, "framing": FRAMINGS, "angle": ANGLES, "movement": MOVEMENTS}
_TEXTS = frozenset(
    {"description", "lens", "equipment", "sound", "art", "transition", "notes", "english", "prompt", "negative_prompt"}
)
SHORTEST_PART = 0.5  # seconds of either half of a split shot


def apply_changes(shot: Shot, changes: dict[str, Any]) -> None:
    """Change the fields that are named. Raises InvalidInput (no such field, term or length), NotFound (a look's wearer).

    A new description empties its English, unless that comes with it: it would say what is no longer seen.
    """
    if changes.get("description", shot.description) != shot.description:
        shot.english = ""
    for name, value in changes.items():
        if name in _CODED:
            setattr(shot, name, _code(_CODED[name], value))
        elif name in _TEXTS:
            setattr(shot, name, str(value))
        elif name == "seconds":
            shot.seconds = _seconds(value)
        elif name == "omitted":
            shot.omitted = bool(value)
        elif name == "dialogue":
            shot.dialogue = list(value)
        elif name not in ("cast", "looks"):
            there_is = ", ".join([*_CODED, *sorted(_TEXTS), "seconds", "dialogue", "cast", "looks", "omitted"])
            raise InvalidInput(
                f"A shot has no field '{name}'. It has: {there_is}.", f"镜头没有字段“{name}”。可用：{there_is}。"
            )
    if "cast" in changes:
        looks = {member.key: member.look for member in shot.cast}
        members = list(changes["cast"])
        if members and isinstance(members[0], str):
            members = _placed(members, shot.framing)
        for member in members:
            for vocabulary, code in ((PLACEMENTS, member.placement), (GAZES, member.gaze), (PARTS, member.part)):
                _code(vocabulary, code)
        _replace_cast(shot, cast_rows(members, looks))
    for name, look in changes.get("looks", {}).items():
        _member(shot, name).look = look


def _placed(names: Sequence[str], framing: str) -> list[CastDraft]:
    """Names alone, placed as the framing asks."""
    if framing == "OTS" and len(names) == 2:
        return list(over_shoulder(names[0], names[1], Axis(names)))
    return list(side_by_side(names, Axis(names)))


def _replace_cast(shot: Shot, rows: list[ShotCast]) -> None:
    """Keep the row of whoever stays: (shot, key) is unique and rows are inserted before others are deleted."""
    present = {member.key: member for member in shot.cast}
    for row in rows:
        kept = present.get(row.key)
        if kept is not None:
            kept.position, kept.placement, kept.gaze, kept.part = row.position, row.placement, row.gaze, row.part
    shot.cast = [present.get(row.key, row) for row in rows]


def _member(shot: Shot, name: str) -> ShotCast:
    for member in shot.cast:
        if member.key == name_key(name):
            return member
    raise NotFound(f"{name} is not in shot {shot.number}.", f"镜头 {shot.number} 里没有{name}。")


def _code(vocabulary: Vocabulary, word: str) -> str:
    code = vocabulary.read(word)
    if code is None:
        there_is = ", ".join(vocabulary.codes)
        raise InvalidInput(
            f"'{word}' is no {vocabulary.kind}. It is one of: {there_is}.",
            f"“{word}”不是可用的 {vocabulary.kind}。可用：{there_is}。",
        )
    return code


def _seconds(value: Any) -> float:
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        seconds = -1.0
    if not 0.04 <= seconds <= 600:
        raise InvalidInput(
            f"'{value}' is no length of a shot: give seconds between 0.04 and 600.",
            f"“{value}”不是有效时长：请给 0.04 到 600 秒。",
        )
    return seconds


def cast_rows(cast: Sequence[CastDraft], looks: dict[str, str] | None = None) -> list[ShotCast]:
    """The rows of who is in a shot; looks: name key -> look, kept from before an edit."""
    return [
        ShotCast(
            position=position,
            name=member.name,
            key=name_key(member.name),
            placement=member.placement,
            gaze=member.gaze,
            part=member.part,
            look=(looks or {}).get(name_key(member.name), ""),
        )
        for position, member in enumerate(cast)
    ]


def split_off(shot: Shot, at: int | None, number: str, fps: int) -> Shot:
    """The second part of a shot, under `number`, not yet in any scene; `shot` becomes the first part and keeps its takes.

    Dialogue lines from index `at` on (None: the latter half) and the transition go to the second part; cast, picture
    and sound are those of the first. Seconds: what each part's lines take to say, and half of the silence each; cut
    between two frames, so that the two last as many frames as the one did. Raises InvalidInput, and changes nothing.
    """
    lines = list(shot.dialogue)
    at = (len(lines) + 1) // 2 if at is None else at
    if not 0 <= at <= len(lines):
        raise InvalidInput(
            f"Shot {shot.number} has {len(lines)} lines of dialogue: it can be split at 0 to {len(lines)}, not at {at}.",
            f"镜头 {shot.number} 有 {len(lines)} 句台词：可在 0 到 {len(lines)} 处拆分，不能在 {at} 处。",
        )
    first_seconds, second_seconds = _divided(shot, lines[:at], lines[at:], fps)
    second = Shot(
        position=shot.position,
        number=number,
        size=shot.size,
        framing=shot.framing,
        angle=shot.angle,
        movement=shot.movement,
        lens=shot.lens,
        equipment=shot.equipment,
        description=shot.description,
        dialogue=lines[at:],
        sound=shot.sound,
        art=shot.art,
        seconds=second_seconds,
        transition=shot.transition,
        notes=shot.notes,
        english=shot.english,
        prompt=shot.prompt,
        negative_prompt=shot.negative_prompt,
        omitted=False,
        cast=[
            ShotCast(
                position=member.position,
                name=member.name,
                key=member.key,
                placement=member.placement,
                gaze=member.gaze,
                part=member.part,
                look=member.look,
            )
            for member in shot.cast
        ],
        takes=[],
    )
    shot.dialogue, shot.seconds, shot.transition = lines[:at], first_seconds, ""
    return second


def _divided(shot: Shot, before: Sequence[Any], after: Sequence[Any], fps: int) -> tuple[float, float]:
    """The shot's seconds for its two parts; what the words leave over is shared evenly."""
    frames, shortest = frames_of(shot.seconds, fps), math.ceil(SHORTEST_PART * fps)
    # a shot of 1.75 s is 53 frames at 30 a second: what the first part keeps may be half a frame less than its frames
    longest = min(frames - shortest, math.floor((shot.seconds - SHORTEST_PART) * fps + 1e-9))
    if longest < shortest:
        raise InvalidInput(
            f"Shot {shot.number} lasts {shot.seconds:g} s, too short for two parts of {shortest / fps:.2g} s. "
            "Give it more seconds first.",
            f"镜头 {shot.number} 只有 {shot.seconds:g} 秒，不足以拆成两个各 {shortest / fps:.2g} 秒的镜头，请先加长。",
        )
    first, second = (sum(speech_seconds(line["text"]) for line in lines) for lines in (before, after))
    silence = shot.seconds - first - second
    share = (second + silence / 2) / shot.seconds if silence >= 0 else second / (first + second)
    taken = min(max(round(share * frames), shortest), longest)
    for places in (1, 2, 3):  # 1.9 s rather than 1.9166666666666667, where it is as many frames
        said = round(taken / fps, places)
        rest = round(shot.seconds - said, 6)
        if (frames_of(said, fps), frames_of(rest, fps)) == (taken, frames - taken) and min(said, rest) >= SHORTEST_PART:
            return rest, said
    return shot.seconds - taken / fps, taken / fps
