"""The yardstick itself, against counting pair by pair."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from verification import _weighted, interval, verify


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_auc_is_the_share_of_pairs_in_the_right_order(seed: int) -> None:
    random = np.random.default_rng(seed)
    people = ["a", "a", "a", "b", "b", "c"]
    table = np.round(random.normal(size=(6, 6)), 1)  # with ties
    table = table + table.T
    pairs = [(i, j) for i in range(6) for j in range(i + 1, 6)]
    own = [table[i, j] for i, j in pairs if people[i] == people[j]]
    other = [table[i, j] for i, j in pairs if people[i] != people[j]]
    right = np.mean([1.0 if a > b else 0.5 if a == b else 0.0 for a in own for b in other])
    found = verify(table, people, people)
    assert found.auc == pytest.approx(right)
    assert (found.same, found.different) == (len(own), len(other))
    missed = np.mean([value < found.threshold for value in own])
    let_in = np.mean([value >= found.threshold for value in other])
    assert found.eer == pytest.approx((missed + let_in) / 2)
    weighted = _weighted(table, np.array(people), np.ones(6, int))
    assert (weighted.auc, weighted.eer) == pytest.approx((found.auc, found.eer))


def test_an_interval_holds_the_value_and_is_the_same_every_time() -> None:
    random = np.random.default_rng(3)
    people = [name for name in "abcdefgh" for _ in range(4)]
    centres = {name: random.normal(size=6) for name in "abcdefgh"}
    faces = np.array([centres[name] + random.normal(0, 1.2, 6) for name in people])
    faces /= np.linalg.norm(faces, axis=1, keepdims=True)
    table = faces @ faces.T
    low, high = interval(table, people, lambda found: found.auc, draws=200)
    assert low < verify(table, people, people).auc < high
    assert (low, high) == interval(table, people, lambda found: found.auc, draws=200)
