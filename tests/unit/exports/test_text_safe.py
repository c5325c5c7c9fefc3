import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.csv_cells import as_written, text_safe

DANGEROUS = "=+-@＝＋－＠"
# what trimming, or a reader, may take away before it looks
UNSEEN = " \t\r\n\x0b\x0c\x00\x1c\x85\xa0\xad\u1680\u2003\u2028\u200b\u200e\u2060\u202f\u3000\ufeff"


@given(st.text(UNSEEN), st.sampled_from(DANGEROUS), st.text())
def test_a_formula_is_defused_whatever_stands_before_it(before: str, sign: str, after: str) -> None:
    assert text_safe(before + sign + after) == "'" + before + sign + after


@given(st.sampled_from("\t\r\0"), st.text())
def test_a_control_character_in_front_is_defused(first: str, after: str) -> None:
    assert text_safe(first + after) == "'" + first + after


@given(st.text(st.characters(categories=["Lo"]), min_size=3), st.text(st.characters(exclude_characters="年月")))
def test_what_begins_with_words_is_left_alone(first: str, after: str) -> None:
    assert text_safe(first + after) == first + after


@pytest.mark.parametrize(
    "cell",
    ["1-1", "1/2", "1.2.2025", "2E1", "1e5", "007", "3.50", "4:05", "1 1/2", "3月5日", "5-Mar", "Mar 5", "TRUE", "2025-01-02", "123456789012345"],
)  # fmt: skip
def test_what_a_spreadsheet_would_turn_into_something_else_is_held(cell: str) -> None:
    assert text_safe(cell) == f"'{cell}"
    assert text_safe(f" {cell} ") == f"' {cell} "


@pytest.mark.parametrize(
    "cell", ["1", "12", "2A", "12A", "50mm", "第7场", "1-1 日 内", "A22", "2AE", "Maya 0.52", "7月的雨", "12.5", "May"]
)
def test_numbers_of_shots_and_words_around_figures_are_left_alone(cell: str) -> None:
    assert text_safe(cell) == cell


@given(st.text())
def test_nothing_is_lost(cell: str) -> None:
    assert text_safe(cell) in (cell, f"'{cell}")
    assert as_written(text_safe(cell)) == cell


@given(st.text("'=- \t\ra＝", max_size=8))
def test_apostrophes_that_somebody_wrote_are_told_from_ours(cell: str) -> None:
    assert as_written(text_safe(cell)) == cell
    assert not text_safe(cell).startswith(tuple(DANGEROUS))


@pytest.mark.parametrize("cell", ["", "——他走了。", "“=1”", "（-）", "2A", "… -", "'quoted"])
def test_ordinary_lines_are_left_alone(cell: str) -> None:
    assert text_safe(cell) == cell
