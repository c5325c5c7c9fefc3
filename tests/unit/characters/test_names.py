import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from characters.names import LONGEST, clean_name, name_key
from storage.errors import InvalidInput


@given(st.text())
def test_folding_a_key_again_changes_nothing(text: str) -> None:
    assert name_key(name_key(text)) == name_key(text)


@given(st.text())
def test_a_key_does_not_depend_on_the_normal_form_it_was_typed_in(text: str) -> None:
    keys = {name_key(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    assert len(keys) == 1


@given(st.text(alphabet="abcXYZ林晓雨", min_size=1), st.text(alphabet=" \t\n\u3000\u00a0", min_size=1))
def test_white_space_counts_as_one_blank(word: str, blank: str) -> None:
    assert name_key(f"{blank}{word}{blank}{word}{blank}") == name_key(f"{word} {word}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Lin Xiaoyu", "LIN  XIAOYU"),
        ("ＭＡＹＡ", "maya"),
        ("Straße", "STRASSE"),
        ("林晓雨", "林晓\u200b雨"),
        ("José", "Jose\u0301"),
        ("陈　默", "陈 默"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
    ],
)
def test_people_mean_the_same_name(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_different_names_stay_apart() -> None:
    names = ["林晓雨", "林晓宇", "Maya", "Maya 2", "Mara", "May a"]
    assert len({name_key(name) for name in names}) == len(names)


@given(st.text(max_size=200))
def test_a_kept_name_is_found_by_itself_or_refused(text: str) -> None:
    try:
        kept = clean_name(text)
    except InvalidInput:
        return
    assert name_key(kept) == name_key(text)
    assert 0 < len(kept) <= LONGEST
    kept.encode()  # no surrogate that a database would choke on
    assert clean_name(kept) == kept


@pytest.mark.parametrize("text", ["", "  ", "\u200b\u200b", "\n", "\ud800", "x" * (LONGEST + 1)])
def test_no_name_at_all_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        clean_name(text)
