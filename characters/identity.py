"""Who is it? References make an identity; a face is compared with each of them and never with their average."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from characters.face import Face, best_match, similarity
from characters.marks import MARKS
from storage.errors import InvalidInput

Unit = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """A character as the faces of its photos: unit vectors of one space, at least one, with the photos' uids."""

    character: str
    space: str
    units: tuple[Unit, ...]
    photos: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.units:
            raise InvalidInput(
                "This character has no photo yet, so there is nothing to compare with. Add a photo first.",
                "这个角色还没有照片，无法比较。请先添加照片。",
            )

    @property
    def pass_mark(self) -> float | None:
        """From which similarity on a face counts as this character; None where the space has not been measured."""
        return MARKS[self.space].passes if self.space in MARKS else None

    def similarity(self, face: Face) -> "Match":
        """How much a face resembles this character. Raises InvalidInput where the spaces differ."""
        best, values = best_match(face, [(unit, self.space) for unit in self.units])
        return Match(self.character, best, tuple(values))


@dataclass(frozen=True, slots=True)
class Match:
    """similarity: the best over the references, -1..1; per_reference: each of them, in the references' order."""

    character: str
    similarity: float
    per_reference: tuple[float, ...]


class Pair(NamedTuple):
    """A face (index) that was assigned to a person (index), and how much it resembles them."""

    face: int
    person: int
    similarity: float


def assign(faces: Sequence[Face], identities: Sequence[Identity]) -> list[Pair]:
    """Give each person at most one face and each face at most one person, with the greatest sum of similarities.

    Everybody who can be gets a face, however little they resemble it: to judge the pairs is the caller's. In the order
    of the faces. Raises InvalidInput where a face and an identity are of two spaces.
    """
    table = np.array(
        [[identity.similarity(face).similarity for identity in identities] for face in faces], np.float64
    ).reshape(len(faces), len(identities))
    rows, columns = linear_sum_assignment(table, maximize=True)
    return [Pair(int(row), int(column), float(table[row, column])) for row, column in zip(rows, columns, strict=True)]


def likeness(a: Identity, b: Identity) -> float:
    """How alike two characters are: the best match between a photo of one and a photo of the other."""
    if a.space != b.space:
        return similarity(a.units[0], a.space, b.units[0], b.space)  # refuses, in both languages
    return float(np.clip((np.stack(a.units) @ np.stack(b.units).T).max(), -1.0, 1.0))


def look_alikes(identities: Sequence[Identity]) -> NDArray[np.float64]:
    """(n, n) likeness of every two characters; 1 on the diagonal. Raises InvalidInput where spaces differ."""
    table = np.eye(len(identities))
    for row, a in enumerate(identities):
        for column in range(row):
            table[row, column] = table[column, row] = likeness(a, identities[column])
    return table
