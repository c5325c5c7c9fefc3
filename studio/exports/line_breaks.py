"""Where a line of text may break, in Chinese as in English, and how wide it is before any font is chosen.

A column is half a Chinese character, which is about one Latin letter: 32 columns are 16 characters or 32 letters.
"""

import re
import unicodedata
from itertools import accumulate

from studio.exports.fonts import CJK

# no line ends with these, and none begins with those
_OPENING = "（《「『“‘〈【〔([{"
_CLOSING = "，。！？、；：…—）》」』”’〉】〕·％,.!?;:)]}%"
# a letter with its accents, its variation, its skin colour, or the other figures of its group
_LETTER = re.compile(
    "\\s+|.(?:[\u0300-\u036f\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]|\u200d.)*",
    re.DOTALL,
)
# what a break costs, in squares of columns: few lines above all; then at a pause, between words, between characters
_LINE, _AT_WORD, _AT_CHARACTER = 1e9, 10, 80


def columns(text: str, chinese: bool = False) -> int:
    """How wide the text is. chinese: quotation marks, dots and dashes are as wide as characters."""
    wide = "WFA" if chinese else "WF"
    return sum(
        0
        if unicodedata.category(letter) in ("Mn", "Me", "Cf", "Sk")
        else 2
        if unicodedata.east_asian_width(letter) in wide
        else 1
        for letter in text
    )


def broken(text: str, widest: int) -> list[str]:
    """The text in as few lines of at most `widest` columns as it takes; [] for blank text.

    The lines are of about one length and end at a pause where they can: the least sum of squared widths and of what
    each break costs, found by dynamic programming (as TeX does it).
    """
    chinese = CJK.search(text) is not None
    units = [part for unit in _units(text) for part in _cut(unit, widest, chinese)]
    ends = [0, *accumulate(columns(unit, chinese) for unit in units)]
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(units) + 1):
        tail = len(units[end - 1]) - len(units[end - 1].rstrip())
        cost = _LINE if end == len(units) else _LINE + _break_cost(units[end - 1])
        choices = []
        for begin in range(end - 1, -1, -1):
            width = ends[end] - ends[begin] - tail
            if width > widest and begin < end - 1:
                break
            choices.append((best[begin][0] + width * width + cost, begin))
        best.append(min(choices))
    lines: list[str] = []
    end = len(units)
    while end:
        begin = best[end][1]
        lines.insert(0, "".join(units[begin:end]).rstrip())
        end = begin
    return lines


def _break_cost(unit: str) -> int:
    if unit.rstrip()[-1] in _CLOSING:
        return 0
    return _AT_WORD if unit.endswith(" ") else _AT_CHARACTER


def _units(text: str) -> list[str]:
    """What no line break may divide; a space at the end of one says that there is one."""
    units: list[str] = []
    for letter in _LETTER.findall(text):
        if letter.isspace():
            if units:
                units[-1] = units[-1].rstrip() + " "
        elif units and not units[-1].endswith(" ") and _bound(units[-1][-1], letter[0]):
            units[-1] += letter
        else:
            units.append(letter)
    return units


def _bound(before: str, after: str) -> bool:
    of_a_word = not any(CJK.match(each) or unicodedata.east_asian_width(each) in "WF" for each in (before, after))
    return of_a_word or before in _OPENING or after in _CLOSING


def _cut(unit: str, widest: int, chinese: bool) -> list[str]:
    """A unit wider than a line, in pieces that fit."""
    if columns(unit.rstrip(), chinese) <= widest:
        return [unit]
    parts = [""]
    for letter in _LETTER.findall(unit):
        if parts[-1] and columns((parts[-1] + letter).rstrip(), chinese) > widest:
            parts.append("")
        parts[-1] += letter
    return parts
