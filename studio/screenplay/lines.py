"""A script's lines, and the small readings that every form of script shares. Every regex here is linear."""

import re
from typing import NamedTuple

from storage.errors import Language
from studio.vocabulary import Vocabulary


class Line(NamedTuple):
    """One line of the source. number: from 1; 0 for a line that a reader put in between."""

    number: int
    text: str


_HALF = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"　": " ", "\t": " ", "\u00a0": " "}
)
_CJK = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORDS = re.compile(r"\w")
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
NUMERAL = "0-9零〇一二两三四五六七八九十百"


def word_set(text: str) -> frozenset[str]:
    """The words of `text`, which has blanks between them."""
    return frozenset(text.split())


def half(text: str) -> str:
    """`text` with full-width forms and blanks made half-width, character for character: positions stay the same."""
    return text.translate(_HALF)


def tidy(text: str) -> str:
    """Runs of blanks made one, ends stripped."""
    return " ".join(text.split())


def has_cjk(text: str) -> bool:
    return _CJK.search(text) is not None


def count_cjk(text: str) -> int:
    return len(_CJK.findall(text))


def has_words(text: str) -> bool:
    return _WORDS.search(text) is not None


def language_of(text: str) -> Language:
    """'zh' where Chinese characters are at least a quarter of all letters (a Chinese word needs fewer of them)."""
    chinese = len(_CJK.findall(text))
    return "zh" if chinese * 4 >= chinese + len(_LATIN.findall(text)) and chinese else "en"


def numeral(text: str) -> int | None:
    """An Arabic or a Chinese numeral up to 999: '12', '十二', '一百零三', '一二'; None where it is neither."""
    text = half(text).strip()
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 4 else None
    if not text or any(char not in _DIGITS and char not in "十百" for char in text):
        return None
    if not set(text) & {"十", "百"}:  # read digit by digit, as years are
        return int("".join(str(_DIGITS[char]) for char in text)) if len(text) <= 3 else None
    total, digit = 0, None
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += (1 if digit is None else digit) * (10 if char == "十" else 100)
            digit = None
    return total + (digit or 0)


def find_term(vocabulary: Vocabulary, text: str) -> str | None:
    """The code for `text`, or for the longest of the vocabulary's words that stands in it as a word of its own."""
    if (code := vocabulary.read(half(text))) is not None:
        return code
    folded = half(text).casefold()
    for word, code in vocabulary.words():
        at = folded.find(word)
        while at >= 0:
            end = at + len(word)
            if not word[0].isascii() or not (
                (at > 0 and folded[at - 1].isalnum() and folded[at - 1].isascii())
                or (end < len(folded) and folded[end].isalnum() and folded[end].isascii())
            ):
                return code
            at = folded.find(word, at + 1)
    return None


def title_case(text: str) -> str:
    """Upper-case English words in title case (O'Brien, Jean-Luc); anything else as it was typed."""
    if not text.isupper() or has_cjk(text):
        return text
    cased = re.sub(r"[^\W_]+", lambda match: match[0].capitalize(), text)
    return re.sub(r"['’](?:S|T|D|M|Ll|Re|Ve)\b", lambda match: match[0].lower(), cased)
