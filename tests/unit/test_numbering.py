"""Numbers are unique, never change, and stand in order by themselves, whatever is put in between."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.numbering import episode_numbers, number_between, number_shots, scene_numbers, sort_key


def test_a_scene_counts_in_letters_without_i_and_o():
    letters = [number[1:] for number in scene_numbers("2", 60)]
    assert letters[:9] == list("ABCDEFGHJ")
    assert (letters[23], letters[24], letters[47], letters[48]) == ("Z", "ZA", "ZZ", "ZZA")
    assert not {"I", "O"} & set("".join(letters))


@pytest.mark.parametrize(("scene", "first"), [("2", "2A"), ("A22", "A22A"), ("10A", "10A-A"), (" 10a ", "10A-A")])
def test_scenes_with_letters(scene, first):
    assert scene_numbers(scene, 1) == [first]


def test_an_episode_counts_on_through_its_scenes():
    assert number_shots("episode", [("1", 2), ("2", 0), ("3", 3)]) == [["1", "2"], [], ["3", "4", "5"]]
    assert number_shots("scene", [("1", 2), ("2A", 1)]) == [["1A", "1B"], ["2A-A"]]
    assert episode_numbers(3) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("before", "after", "taken", "number"),
    [
        ("12", "13", [], "12A"),
        ("12A", "13", ["12A"], "12B"),
        ("12A", "12B", ["12A", "12B"], "12AA"),
        ("2A", "2B", ["2A", "2B"], "2AA"),
        ("12", "12A", ["12A"], "12.5"),
        ("2C", "3A", ["2A", "2B", "2C", "3A"], "2D"),
        ("2C", None, ["2C", "2D"], "2E"),
        ("14", None, ["13", "14"], "15"),
        ("12", None, ["12", "13"], "12A"),
        ("12", "13", ["12a"], "12B"),
        (None, "1", ["1"], "0A"),
        (None, "2A", ["1A", "2A"], "2.5"),
        (None, "13", ["12", "13"], "12A"),
        (None, None, [], "1"),
        (None, None, ["1", "2"], "3"),
        ("10A-B", None, [], "10A-C"),
        ("12", "12.0", ["12", "12.0"], "12ZA"),
        ("片头1", "片头2", [], "片头1A"),
        ("30", "20", ["20", "30"], "31"),
        ("", "1", [], "A"),
    ],
)
def test_a_number_between_two(before, after, taken, number):
    assert number_between(before, after, taken) == number


SCENES = st.lists(
    st.tuples(st.sampled_from(["1", "2", "9", "10", "10A", "A11", "11", "12"]), st.integers(1, 30)),
    min_size=1, max_size=5, unique_by=lambda scene: scene[0],
).map(lambda scenes: sorted(scenes, key=lambda scene: sort_key(scene_numbers(scene[0], 1)[0])))  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["scene", "episode"]), SCENES, st.lists(st.floats(0, 1), max_size=40))
def test_any_sequence_of_inserts_is_unique_in_order_and_moves_nothing(style, scenes, places):
    order = [number for numbers in number_shots(style, scenes) for number in numbers]
    assert sorted(order, key=sort_key) == order
    given_before = list(order)
    for place in places:
        at = round(place * len(order))
        number = number_between(order[at - 1] if at else None, order[at] if at < len(order) else None, order)
        assert number not in order
        order.insert(at, number)
    assert sorted(order, key=sort_key) == order
    assert [number for number in order if number in set(given_before)] == given_before


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.none(), st.text(max_size=6)),
    st.one_of(st.none(), st.text(max_size=6)),
    st.sets(st.text(max_size=4), max_size=9),
)
def test_whatever_was_typed_the_new_number_is_a_new_one(before, after, taken):
    number = number_between(before, after, taken)
    assert number.strip()
    assert number not in {old.strip().upper() for old in taken}
    assert number not in {(before or "").strip().upper(), (after or "").strip().upper()} - {""}


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=25))
def test_omitted_numbers_are_never_given_again(places):
    order, ever = episode_numbers(6), set(episode_numbers(6))
    for place in places:
        at = place % (len(order) + 1)
        number = number_between(order[at - 1] if at else None, order[at] if at < len(order) else None, ever)
        assert number not in ever
        ever.add(number)
        order.insert(at, number)
        if place % 3 == 0 and len(order) > 1:
            order.pop(place % len(order))
