"""How well faces are told apart: AUC, equal error rate, and intervals that resample people, not pairs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata


@dataclass(frozen=True)
class Verification:
    """auc, eer: 0..1; threshold: where both errors are nearest to each other; same, different: how many pairs."""

    auc: float
    eer: float
    threshold: float
    same: int
    different: int


def verify(
    table: NDArray[np.floating], rows: Sequence[str], columns: Sequence[str], paired: bool = True
) -> Verification:
    """table (n, m): similarity of rows' faces to columns' faces, whose people are named.

    paired: rows and columns are the same faces, so a face is not compared with itself and a pair counts once.
    """
    same = np.array(rows)[:, None] == np.array(columns)[None]
    counted = np.triu(np.ones_like(same), 1) if paired else np.ones_like(same)
    own, other = table[same & counted], table[~same & counted]
    ranks = rankdata(np.concatenate([own, other]))
    auc = (ranks[: own.size].sum() - own.size * (own.size + 1) / 2) / (own.size * other.size)
    thresholds = np.sort(np.concatenate([own, other]))
    accepted = 1 - np.searchsorted(np.sort(other), thresholds, side="left") / other.size
    rejected = np.searchsorted(np.sort(own), thresholds, side="left") / own.size
    at = int(np.argmin(np.abs(accepted - rejected)))
    return Verification(
        float(auc), float((accepted[at] + rejected[at]) / 2), float(thresholds[at]), own.size, other.size
    )


def interval(
    table: NDArray[np.floating],
    people: Sequence[str],
    measure: Callable[[Verification], float],
    draws: int = 1000,
) -> tuple[float, float]:
    """95 % bootstrap interval of a measure over square `table`: people are drawn with replacement, their photos with them.

    A person drawn twice does not become a stranger to themselves, nor are copies of one photo compared.
    """
    names = np.array(people)
    photos = [np.flatnonzero(names == name) for name in np.unique(names)]
    random = np.random.default_rng(0)
    values = []
    for _ in range(draws):
        drawn = random.integers(0, len(photos), len(photos))
        if len(set(drawn)) < 2:
            continue
        times = np.bincount(drawn, minlength=len(photos))
        chosen = np.concatenate([photos[person] for person in np.flatnonzero(times)])
        count = np.concatenate([np.full(photos[person].size, times[person]) for person in np.flatnonzero(times)])
        values.append(measure(_weighted(table[np.ix_(chosen, chosen)], names[chosen], count)))
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _weighted(table: NDArray[np.floating], people: NDArray[np.str_], count: NDArray[np.integer]) -> Verification:
    """Like `verify`, each pair counted as often as its people were drawn: once per draw within a person, else the product."""
    same = people[:, None] == people[None]
    weight = np.where(same, count[:, None], count[:, None] * count[None])
    pairs = np.triu(np.ones_like(same), 1)
    own, own_weight = table[same & pairs], weight[same & pairs].astype(float)
    other, other_weight = table[~same & pairs], weight[~same & pairs].astype(float)
    order = np.argsort(other)
    other, other_weight = other[order], other_weight[order]
    below = np.concatenate([[0.0], np.cumsum(other_weight)])
    left = below[np.searchsorted(other, own, side="left")]
    right = below[np.searchsorted(other, own, side="right")]
    auc = float((own_weight * (left + right) / 2).sum() / (own_weight.sum() * other_weight.sum()))
    thresholds = np.sort(np.concatenate([own, other]))
    accepted = 1 - below[np.searchsorted(other, thresholds, side="left")] / below[-1]
    order = np.argsort(own)
    missed = np.concatenate([[0.0], np.cumsum(own_weight[order])])
    rejected = missed[np.searchsorted(own[order], thresholds, side="left")] / missed[-1]
    at = int(np.argmin(np.abs(accepted - rejected)))
    eer = float((accepted[at] + rejected[at]) / 2)
    return Verification(auc, eer, float(thresholds[at]), int(own_weight.sum()), int(other_weight.sum()))


def labelled_photos(shared: Path) -> list[tuple[str, Path]]:
    """(person, file) of the labelled photos beside the checkout: the folder is the person."""
    return [(path.parent.name, path) for path in sorted((shared / "faces" / "photos").glob("*/*"))]
