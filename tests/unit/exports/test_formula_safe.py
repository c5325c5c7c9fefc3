import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.csv_cells import as_written, formula_safe

DANGEROUS = "=+-@＝＋－＠"
# what trimming, or a reader, may take away before it looks
UNSEEN = " \t\r\n\x0b\x0c\x00\x1c\x85\xa0\xad\u1680\u2003\u2028\u200b\u200e\u2060\u202f\u3000\ufeff"


@given(st.text(UNSEEN), st.sampled_from(DANGEROUS), st.text())
def test_a_formula_is_defused_whatever_stands_before_it(before: str, sign: str, after: str) -> None:
    assert formula_safe(before + sign + after) == "'" + before + sign + after


@given(st.sampled_from("\t\r\0"), st.text())
def test_a_control_character_in_front_is_defused(first: str, after: str) -> None:
    assert formula_safe(first + after) == "'" + first + after


@given(st.text(st.characters(categories=["L", "N"]), min_size=1), st.text())
def test_what_begins_with_a_letter_or_a_digit_is_left_alone(first: str, after: str) -> None:
    assert formula_safe(first + after) == first + after


@given(st.text())
def test_nothing_is_lost(cell: str) -> None:
    assert formula_safe(cell) in (cell, f"'{cell}")
    assert as_written(formula_safe(cell)) == cell


@given(st.text("'=- \t\ra＝", max_size=8))
def test_apostrophes_that_somebody_wrote_are_told_from_ours(cell: str) -> None:
    assert as_written(formula_safe(cell)) == cell
    assert not formula_safe(cell).startswith(tuple(DANGEROUS))


@pytest.mark.parametrize("cell", ["", "——他走了。", "“=1”", "（-）", "2A", "… -", "'quoted"])
def test_ordinary_lines_are_left_alone(cell: str) -> None:
    assert formula_safe(cell) == cell
