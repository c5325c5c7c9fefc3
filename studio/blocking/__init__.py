"""Blocking: from the words of a shot to where everybody stands in the frame. Geometry only, no pictures.

    block("MS", "two-shot", "eye-level", [Placed("Ann", "left", "right"), Placed("Bo", "right", "left")], 1080, 1920)

The same numbers serve every canvas: heights are fractions of its height, sides of its width.
"""

from collections.abc import Sequence
from dataclasses import replace

from storage.errors import InvalidInput
from studio import vocabulary
from studio.blocking import grammar
from studio.blocking.foreground import lend_shoulder, show_parts
from studio.blocking.line import stand_in_line
from studio.blocking.marks import FOREGROUND, Mark, Placed, Setting

__all__ = ["MOST_PEOPLE", "Mark", "Placed", "block"]

# The line would take more; a 9:16 frame with four faces has not been looked at.
MOST_PEOPLE = 3
SMALLEST_SIDE = 64


def block(size: str, framing: str, angle: str, people: Sequence[Placed], width: int, height: int) -> tuple[Mark, ...]:
    """A mark for everybody, in the order of `people`; () for nobody. Sizes in pixels, codes of studio.vocabulary.

    People stand in a line in the order of their placements. A foreground placement is seen from behind, large, cut by
    its edge; where an over-the-shoulder shot puts nobody there, the first named lends the shoulder, as shot sheets are
    written. A wide establishing shot shows figures, not faces. From overhead a face is seen in close sizes only, where
    somebody lies there or looks up.

    Raises InvalidInput for an unknown code, a canvas below 64 pixels, more than three people, and two people in one
    foreground corner.
    """
    _check(size, framing, angle, people, width, height)
    lying = angle == "overhead" and size in grammar.CLOSE
    view = grammar.LYING if lying else grammar.ANGLES[angle]
    setting = Setting(size, framing, grammar.SIZES[size], view, width, height)
    cast = [_seen(person, setting) for person in _with_a_shoulder(people, framing)]

    parts = [i for i, person in enumerate(cast) if person.part in ("hand", "feet")]
    front = [i for i, person in enumerate(cast) if person.placement in FOREGROUND and i not in parts]
    line = [i for i in range(len(cast)) if i not in parts and i not in front]
    shoulders = [FOREGROUND[cast[i].placement] for i in front]
    if len(set(shoulders)) < len(shoulders):
        raise InvalidInput(
            "Two people cannot stand in the same foreground corner: place one on the other side or behind.",
            "两个人不能站在同一侧前景：请把其中一人放到另一侧或后面。",
        )

    nearer = len(parts) + len(front)
    standing = stand_in_line([cast[i] for i in line], setting, shoulders, nearer)
    marks = dict(zip(line, standing, strict=True))
    marks |= zip(parts, show_parts([cast[i] for i in parts], setting, standing, 0), strict=True)
    for depth, i in enumerate(front, start=len(parts)):
        marks[i] = lend_shoulder(cast[i], setting, standing, shoulders, depth)
    return tuple(marks[i] for i in range(len(cast)))


def _with_a_shoulder(people: Sequence[Placed], framing: str) -> list[Placed]:
    cast = list(people)
    bodies = [i for i, person in enumerate(cast) if person.part not in ("hand", "feet")]
    if framing != "OTS" or len(bodies) < 2 or any(cast[i].placement in FOREGROUND for i in bodies):
        return cast
    turned = [i for i in bodies if cast[i].part == "back" or cast[i].gaze == "away"]
    lends = (turned or bodies)[0]
    if cast[lends].placement == "centre":
        others = [cast[i].placement for i in bodies if i != lends]
        side = "foreground-right" if "left" in others and "right" not in others else "foreground-left"
    else:
        side = f"foreground-{cast[lends].placement}"
    cast[lends] = replace(cast[lends], placement=side, part="back")
    return cast


def _seen(person: Placed, setting: Setting) -> Placed:
    """The person with the part that this shot shows of them."""
    if person.part in ("hand", "feet"):
        return person
    if person.placement in FOREGROUND:
        return replace(person, part="back")
    if person.part != "face":
        return person
    if setting.framing == "establishing" and setting.size in grammar.WIDE:
        return replace(person, part="figure")
    if person.gaze == "away" or not setting.view.face:
        return replace(person, part="back")
    return person


def _check(size: str, framing: str, angle: str, people: Sequence[Placed], width: int, height: int) -> None:
    codes = [
        (vocabulary.SIZES, size, "景别"),
        (vocabulary.FRAMINGS, framing, "构图"),
        (vocabulary.ANGLES, angle, "角度"),
    ]
    for person in people:
        codes += [
            (vocabulary.PLACEMENTS, person.placement, "位置"),
            (vocabulary.GAZES, person.gaze, "视线"),
            (vocabulary.PARTS, person.part, "部位"),
        ]
    for terms, code, zh in codes:
        if code not in terms:
            there_is = ", ".join(terms.codes)
            raise InvalidInput(
                f"There is no {terms.kind} '{code}'. There is: {there_is}.", f"没有“{code}”这种{zh}。可用：{there_is}。"
            )
    if min(width, height) < SMALLEST_SIDE:
        raise InvalidInput(
            f"A frame of {width} x {height} is too small: each side takes at least {SMALLEST_SIDE} pixels.",
            f"{width} x {height} 的画面太小：每边至少 {SMALLEST_SIDE} 像素。",
        )
    if len(people) > MOST_PEOPLE:
        names = ", ".join(person.name for person in people)
        raise InvalidInput(
            f"{len(people)} people in one frame ({names}): more than {MOST_PEOPLE} are not supported yet. "
            "Split the shot, or leave the ones in the background out of its cast.",
            f"一个画面里有 {len(people)} 个人（{names}）：目前最多支持 {MOST_PEOPLE} 人。"
            "请拆分镜头，或者不要把背景人物列入本镜人物。",
        )
