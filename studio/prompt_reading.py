"""What of a Chinese or English text a text encoder can be told, and what it cannot."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from studio.prompt_lexicon import FIRST, Lexicon

# left hanging where a name was taken out
_HANG_AT_THE_END = frozenset(
    {
        "a",
        "an",
        "and",
        "as",
        "at",
        "behind",
        "beside",
        "between",
        "by",
        "for",
        "from",
        "her",
        "his",
        "in",
        "into",
        "its",
    }
    | {"of", "on", "onto", "or", "over", "s", "that", "the", "their", "to", "towards", "with"}
)
_HANG_AT_THE_START = frozenset({"and", "or", "of", "s", "to"})

_TOKEN = re.compile(r"[A-Za-z]+(?:['-][A-Za-z]+)*|[0-9]+|[^\W\d_A-Za-z]+")
_BREAK = re.compile(r"[^\w\s'-]|\s+-+\s+|--+|_|\n")
_ASIDE = re.compile(r"[(（][^()（）]*\d[^()（）]*[)）]")


@dataclass(frozen=True, slots=True)
class Reading:
    """phrases: ASCII English in lower case, in reading order, each once. untranslated: what was left out, as written."""

    phrases: tuple[str, ...]
    untranslated: tuple[str, ...]


def read(text: str, names: Iterable[str] = (), lexicon: Lexicon = FIRST) -> Reading:
    """Chinese by the table, longest word first; English as it is. `names` of people are taken out without a word.

    A capitalised English word that nobody knows may be a name: it is left out and reported. So is what a negation
    denies, for a text encoder hears the word and not the "no". Ages in brackets are passed over.
    """
    text = _plain(_ASIDE.sub(" ", text))
    for name in sorted(filter(str.strip, names), key=len, reverse=True):
        plain = _plain(name.strip())
        if plain.isascii():
            text = re.sub(rf"\b{re.escape(plain)}(?:'s)?\b", " ", text, flags=re.IGNORECASE)
        else:  # a break, or the characters on both sides would grow together
            text = text.replace(plain, "\n")
    phrases: list[str] = []
    untranslated: list[str] = []
    for clause in _BREAK.split(text):
        words: list[str] = []
        for token in _TOKEN.findall(clause):
            if token.isascii():
                _read_english(token, words, untranslated, lexicon)
            else:
                phrases.append(_trimmed(words))
                words.clear()
                phrases.extend(_read_chinese(token, untranslated, lexicon))
        phrases.append(_trimmed(words))
    return Reading(tuple(dict.fromkeys(filter(None, phrases))), tuple(dict.fromkeys(untranslated)))


def _plain(text: str) -> str:
    """Full-width letters made narrow, letters freed of their accents, quotation marks straight."""
    bare = []
    for letter in unicodedata.normalize("NFKC", text):
        base = unicodedata.normalize("NFKD", letter)[0]
        bare.append(base if base.isascii() else letter)
    return "".join(bare).replace("’", "'")


def _read_english(word: str, words: list[str], untranslated: list[str], lexicon: Lexicon) -> None:
    lower = word.lower()
    parts = re.split(r"['-]", lower.removesuffix("'s"))
    known = all(lexicon.english & {part, part.removesuffix("s"), part.removesuffix("es")} for part in parts)
    if word[0].isupper() and not known:
        untranslated.append(word)
    else:
        words.append(lower)


def _trimmed(words: list[str]) -> str:
    start, end = 0, len(words)
    while start < end and words[start] in _HANG_AT_THE_START:
        start += 1
    while start < end and words[end - 1] in _HANG_AT_THE_END:
        end -= 1
    return " ".join(words[start:end])


def _read_chinese(run: str, untranslated: list[str], lexicon: Lexicon) -> list[str]:
    phrases: list[str] = []
    modifiers: list[str] = []
    denied = ""
    for piece in _cut(run, lexicon):
        if piece in lexicon.negations:
            denied += piece
        elif denied or piece not in lexicon.table:
            untranslated.append(denied + piece)
            denied = ""
        elif piece in lexicon.modifiers:
            modifiers.append(lexicon.table[piece])
        else:
            phrases.append(" ".join([*modifiers, lexicon.table[piece]]))
            modifiers = []
    return [*phrases, *modifiers]


def _cut(run: str, lexicon: Lexicon) -> list[str]:
    """The words of a run of Chinese in order, without the silent ones; what no entry covers stays together."""
    pieces: list[str] = []
    rest, at = "", 0
    while at < len(run):
        word = _longest_word(run, at, lexicon)
        if word:
            if rest:
                pieces.append(rest)
                rest = ""
            if word not in lexicon.silent:
                pieces.append(word)
        else:
            rest += run[at]
        at += max(1, len(word))
    return [*pieces, rest] if rest else pieces


def _longest_word(run: str, at: int, lexicon: Lexicon) -> str:
    """The longest known word that starts here, or ''. A single character counts only if it is silent or a negation."""
    for length in range(min(lexicon.longest, len(run) - at), 0, -1):
        word = run[at : at + length]
        if word in lexicon.silent or word in lexicon.negations or (length > 1 and word in lexicon.table):
            return word
    return ""
