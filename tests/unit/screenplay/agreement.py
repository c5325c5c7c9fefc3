"""How far a drafted breakdown agrees with an ideal shot sheet: monotone alignment, then cast and size counted.

The sheet is read here with the csv module alone, so that the studio's own table reader is not its own judge. Sizes
are counted, never used to align.
"""

import csv
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from studio.screenplay.draft import ScriptDraft

SIZES = {
    "大远景": "ELS",
    "远景": "LS",
    "全景": "FS",
    "中全景": "MLS",
    "中景": "MS",
    "近景": "MCU",
    "特写": "CU",
    "大特写": "ECU",
}


@dataclass(frozen=True)
class Row:
    """A shot as far as it is compared."""

    scene: str
    size: str
    cast: frozenset[str]
    description: str
    dialogue: str


@dataclass(frozen=True)
class Agreement:
    """Shares of the longer of both sheets, 0 to 1."""

    drafted: int
    ideal: int
    cast: float
    size: float

    def __str__(self) -> str:
        return f"{self.drafted} shots against {self.ideal}: cast {self.cast:.0%}, size {self.size:.0%}"


def ideal_rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.reader(file))
    at = {name: index for index, name in enumerate(table[0])}

    def cell(cells: list[str], *names: str) -> str:
        return next(cells[at[name]] for name in names if name in at)

    rows = []
    for cells in table[1:]:
        names = re.split(r"[、,]", re.sub(r"[(（].*?[)）]", "", cell(cells, "Cast", "人物")))
        said = [
            re.split(r"[:：]", line, maxsplit=1)[-1] for line in cell(cells, "Dialogue / VO", "台词/旁白").splitlines()
        ]
        size = cell(cells, "Size", "景别")
        rows.append(
            Row(
                cell(cells, "Scene", "场号"),
                SIZES.get(size, size),
                frozenset(name.strip() for name in names if name.strip()),
                cell(cells, "Description", "画面内容"),
                "".join(said),
            )
        )
    return rows


def drafted_rows(draft: ScriptDraft) -> list[Row]:
    return [
        Row(
            scene.number,
            shot.size,
            frozenset(person.name for person in shot.cast),
            shot.description,
            "".join(speech.text for speech in shot.dialogue),
        )
        for episode in draft.episodes
        for scene in episode.scenes
        for shot in scene.shots
    ]


def _pairs_of(text: str) -> Counter[str]:
    letters = "".join(re.findall(r"\w", text.casefold()))
    return Counter(letters[index : index + 2] for index in range(len(letters) - 1))


def _dice(one: str, other: str) -> float:
    first, second = _pairs_of(one), _pairs_of(other)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def similarity(one: Row, other: Row) -> float:
    """0 to 1, from cast, description and dialogue."""
    union = one.cast | other.cast
    cast = len(one.cast & other.cast) / len(union) if union else 1.0
    return 0.3 * cast + 0.4 * _dice(one.description, other.description) + 0.3 * _dice(one.dialogue, other.dialogue)


def align(drafted: Sequence[Row], ideal: Sequence[Row]) -> list[tuple[int, int]]:
    """The monotone pairing with the greatest sum of similarities."""
    best = [[0.0] * (len(ideal) + 1) for _ in range(len(drafted) + 1)]
    gain = [[similarity(one, other) for other in ideal] for one in drafted]
    for i in range(len(drafted) - 1, -1, -1):
        for j in range(len(ideal) - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + gain[i][j])
    pairs, i, j = [], 0, 0
    while i < len(drafted) and j < len(ideal):
        if best[i][j] == best[i + 1][j + 1] + gain[i][j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return pairs


def agreement(drafted: Sequence[Row], ideal: Sequence[Row]) -> Agreement:
    pairs = align(drafted, ideal)
    longer = max(len(drafted), len(ideal))
    cast = sum(drafted[i].cast == ideal[j].cast for i, j in pairs)
    size = sum(drafted[i].size == ideal[j].size for i, j in pairs)
    return Agreement(len(drafted), len(ideal), cast / longer, size / longer)


def shuffled(rows: Sequence[Row], seed: int) -> list[Row]:
    mixed = list(rows)
    random.Random(seed).shuffle(mixed)
    return mixed
