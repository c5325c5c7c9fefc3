"""Cells of a CSV that a spreadsheet leaves as they are: the apostrophe put before them, and taken away again."""

import re

# a cell that begins so is a formula to some spreadsheet (CWE-1236); the second four are full-width
FORMULA = tuple("=+-@＝＋－＠")
HIDDEN = ("\t", "\r", "\0")

# whole cells that become something else: 1-1 and 1/2 dates, 2E1 twenty, 007 seven, 3.50 less, 4:05 a time of day
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|"
    "aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_GUESSED = re.compile(
    rf"""
    \d{{1,4}} \s? [-/] \s? \d{{1,4}} (?: \s? [-/] \s? \d{{1,4}} )?
    | \d{{1,4}} \. \d{{1,2}} \. \d{{1,4}}
    | \d+ \s \d+ / \d+
    | \d+ (?: \.\d* )? e [+-]? \d+
    | 0\d+ (?: \.\d+ )?
    | \d* \.\d* 0
    | \d+ , \d{{3}} .*
    | \d{{1,4}} : \d{{1,2}} (?: :\d{{1,2}} (?: \.\d+ )? )? (?: \s? [ap]m? )?
    | \d{{12,}}
    | \d{{1,4}} \s? [-/.]? \s? (?:{_MONTH}) (?: [-/.,\s] .* )?
    | (?:{_MONTH}) [-/.,\s]{{0,2}} \d{{1,4}} (?: [-/.,\s] .* )?
    | (?: \d{{1,4}} 年 )? \d{{1,2}} 月 (?: \d{{1,2}} [日号] )?
    | true | false
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)


def text_safe(cell: str) -> str:
    """The cell with an apostrophe before it where a spreadsheet would compute it, or take it for a date or a number
    that is written otherwise, or might once it has trimmed it.

    A cell that looks like one made safe already gets one too, so that `as_written` gives back every cell.
    """
    visible = next((character for character in cell if character.isprintable() and character != " "), "")
    guarded = visible in FORMULA or cell.startswith(HIDDEN) or _GUESSED.fullmatch(cell.strip()) or _is_safe(cell)
    return f"'{cell}" if guarded else cell


def as_written(cell: str) -> str:
    """The cell before `text_safe`; one that it never touched is left alone."""
    return cell[1:] if _is_safe(cell) else cell


def _is_safe(cell: str) -> bool:
    bare = cell.lstrip("'")
    return bare != cell and text_safe(bare) != bare
