from itertools import permutations

import numpy as np
import pytest
from faces import seen
from hypothesis import given
from hypothesis import strategies as st

from characters.face import unit_vector
from characters.identity import Identity, assign, likeness, look_alikes
from storage.errors import InvalidInput

SPACE = "bundled-1"


def identity(name: str, *directions: list[float], space: str = SPACE) -> Identity:
    units = tuple(unit_vector(np.array(direction, np.float32)) for direction in directions)
    return Identity(name, space, units, tuple(f"{name}-{at}" for at in range(len(units))))


def test_the_best_reference_counts_and_none_is_averaged() -> None:
    two_faced = identity("maya", [1, 0, 0], [0, 1, 0])
    match = two_faced.similarity(seen([0, 2, 0]))
    assert match.similarity == pytest.approx(1.0)
    assert match.per_reference == pytest.approx((0.0, 1.0))


vectors = st.lists(st.floats(-1, 1, width=32), min_size=6, max_size=6).filter(lambda v: np.linalg.norm(v) > 0.1)


@given(vectors, st.lists(vectors, min_size=1, max_size=5))
def test_similarity_is_the_cosine_of_the_nearest_reference(direction, references) -> None:
    match = identity("maya", *references).similarity(seen(direction))
    table = np.array(references) @ np.array(direction)
    table /= np.linalg.norm(references, axis=1) * np.linalg.norm(direction)
    assert match.per_reference == pytest.approx(table.tolist(), abs=1e-5)
    assert match.similarity == max(match.per_reference)
    assert -1 <= match.similarity <= 1


@given(vectors, vectors)
def test_more_photos_never_make_a_face_less_like_somebody(direction, reference) -> None:
    few, more = identity("maya", reference), identity("maya", reference, [1, 0, 0, 0, 0, 0])
    assert more.similarity(seen(direction)).similarity >= few.similarity(seen(direction)).similarity


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 2**32 - 1))
def test_assignment_is_the_best_of_all(faces: int, people: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    found = [seen(random.normal(size=8).tolist()) for _ in range(faces)]
    cast = [identity(str(at), *random.normal(size=(2, 8)).tolist()) for at in range(people)]
    table = np.array([[who.similarity(face).similarity for who in cast] for face in found]).reshape(faces, people)
    pairs = assign(found, cast)
    assert len(pairs) == min(faces, people)
    assert len({pair.face for pair in pairs}) == len({pair.person for pair in pairs}) == len(pairs)
    assert all(pair.similarity == table[pair.face, pair.person] for pair in pairs)
    few, many, side = (faces, people, table) if faces <= people else (people, faces, table.T)
    best = max((sum(side[row, to[row]] for row in range(few)) for to in permutations(range(many), few)), default=0.0)
    assert sum(pair.similarity for pair in pairs) == pytest.approx(best, abs=1e-9)


def test_twins_and_swaps_are_sorted_out_together() -> None:
    # each face alone is nearest to ann; together only one can be
    cast = [identity("ann", [1, 0]), identity("bea", [0.6, 0.8])]
    pairs = assign([seen([1, 0.1]), seen([1, 0.3])], cast)
    assert [(pair.face, pair.person) for pair in pairs] == [(0, 0), (1, 1)]


def test_two_spaces_are_never_compared() -> None:
    here, there = identity("ann", [1, 0]), identity("bea", [1, 0], space="other")
    with pytest.raises(InvalidInput):
        there.similarity(seen([1, 0]))
    with pytest.raises(InvalidInput):
        likeness(here, there)
    with pytest.raises(InvalidInput):
        look_alikes([here, there])
    with pytest.raises(InvalidInput):
        assign([seen([1, 0])], [there])


def test_nobody_is_compared_with_no_photo() -> None:
    with pytest.raises(InvalidInput):
        identity("maya")


def test_a_pass_mark_is_of_a_measured_space_only() -> None:
    assert 0 < identity("ann", [1, 0]).pass_mark < 1
    assert identity("ann", [1, 0], space="other").pass_mark is None


def test_look_alikes_are_symmetric_and_by_the_best_pair() -> None:
    ann, bea, cleo = identity("ann", [1, 0, 0], [0, 1, 0]), identity("bea", [0, 3, 0]), identity("cleo", [0, 0, 1])
    table = look_alikes([ann, bea, cleo])
    assert np.allclose(table, [[1, 1, 0], [1, 1, 0], [0, 0, 1]])
    assert look_alikes([]).shape == (0, 0)
