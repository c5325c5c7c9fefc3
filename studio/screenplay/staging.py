"""Who stands where. One axis a scene: a total order from left to right, so that no pair ever changes sides."""

from collections.abc import Sequence
from itertools import pairwise

from studio.screenplay.draft import CastDraft


class Axis:
    """The sides of a scene: the first person is left, the second right, whoever comes later stands between them."""

    def __init__(self, people: Sequence[str] = ()):
        self._rank: dict[str, float] = {}
        self._partner: dict[str, str] = {}
        for name in people:
            self.rank(name)

    def rank(self, name: str) -> float:
        """Where `name` stands, smaller is further left; a newcomer takes a place that is kept from then on."""
        if name not in self._rank:
            place = len(self._rank)
            self._rank[name] = float(place - 1) if place >= 2 else (-1.0 if place == 0 else float("inf"))
        return self._rank[name]

    def from_left(self, people: Sequence[str]) -> list[str]:
        ranks = {name: self.rank(name) for name in people}
        return sorted(ranks, key=lambda name: ranks[name])

    def side_of(self, name: str, partner: str) -> str:
        """'left' or 'right': where `name` stands as seen with `partner`."""
        return "left" if self.from_left([name, partner])[0] == name else "right"

    def join(self, one: str, other: str) -> None:
        """They were in frame together: from here on each looks towards the other."""
        self._partner[one], self._partner[other] = other, one

    def partner(self, name: str) -> str:
        """Who was last in frame with `name`; '' where nobody was."""
        return self._partner.get(name, "")


def side_by_side(people: Sequence[str], axis: Axis) -> tuple[CastDraft, ...]:
    """Two: left and right, eyes on each other. More: the outermost at the sides, eyes inwards, the rest between."""
    if len(people) == 1:
        return (CastDraft(people[0]),)
    for one, other in pairwise(people):
        axis.join(one, other)
    standing = axis.from_left(people)
    placed = {name: CastDraft(name) for name in standing}
    placed[standing[0]] = CastDraft(standing[0], "left", "right")
    placed[standing[-1]] = CastDraft(standing[-1], "right", "left")
    return tuple(placed[name] for name in people)


def over_shoulder(foreground: str, subject: str, axis: Axis) -> tuple[CastDraft, ...]:
    """The foreground person from behind on his own side of the axis, the other one opposite, looking at him."""
    axis.join(foreground, subject)
    side = axis.side_of(foreground, subject)
    other = "right" if side == "left" else "left"
    return (
        CastDraft(foreground, f"foreground-{side}", "away", "back"),
        CastDraft(subject, other, side),
    )


def alone(name: str, partner: str, axis: Axis, gaze: str = "") -> tuple[CastDraft, ...]:
    """One person in the middle, eyes towards where the partner stands."""
    if not gaze and partner and partner != name:
        gaze = "right" if axis.side_of(name, partner) == "left" else "left"
    return (CastDraft(name, gaze=gaze or "camera"),)
