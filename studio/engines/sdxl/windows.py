"""A prompt as windows of token ids: CLIP reads 77 at once, of which 75 are the prompt's.

Longer prompts go into several windows, and none of their tokens is dropped. A phrase (what a comma ends) that fits a
window is never divided, nor is a word or a learned token; only a single word longer than a window is, between two of
its characters (a Chinese sentence without a comma is such a word).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from transformers import CLIPTokenizer

from studio.engines.sdxl.tokens import TokenRows, Trigger

# after a comma or its kin, but not in '1,000' and not in a run of signs such as ',)', which is one token
_PHRASE_END = re.compile(r"(?<=[,，、；;。])(?=[^\W_])(?!(?<=\d,)\d)")
_ENDS_PHRASE = (",", "，", "、", "；", ";", "。")


@dataclass(frozen=True, slots=True)
class Window:
    """What one run of the text encoders reads. first, second: ids without BOS, EOS and padding, for each encoder."""

    first: tuple[int, ...] = ()
    second: tuple[int, ...] = ()
    triggers: tuple[Trigger, ...] = ()

    def __add__(self, other: "Window") -> "Window":
        return Window(self.first + other.first, self.second + other.second, self.triggers + other.triggers)

    def __len__(self) -> int:
        """Tokens it takes up: the two encoders' tokenizers may differ, so the more of both."""
        return max(len(self.first), len(self.second))


def windows(prompt: str, tokenizers: tuple[CLIPTokenizer, CLIPTokenizer], rows: TokenRows, room: int) -> list[Window]:
    """The prompt in windows of up to `room` tokens; one empty window for an empty prompt."""
    filled = [Window()]
    for phrase in _phrases(prompt, tokenizers, rows, room):
        whole = sum(phrase, Window())
        pieces = [whole] if len(whole) <= room else phrase
        for piece in pieces:
            if len(filled[-1]) + len(piece) <= room:
                filled[-1] += piece
            else:
                filled.append(piece)
    return filled


def _phrases(
    prompt: str, tokenizers: tuple[CLIPTokenizer, CLIPTokenizer], rows: TokenRows, room: int
) -> Iterator[list[Window]]:
    """Phrases as their words; a word has no more than `room` tokens."""
    words = [pieces for word in prompt.split() for pieces in _words(word, rows)]
    plain = [piece for pieces in words for piece in pieces if isinstance(piece, str)]
    read = iter(_read(plain, tokenizers))
    phrase: list[Window] = []
    for pieces in words:
        parts = [next(read) if isinstance(piece, str) else _learned(piece, rows) for piece in pieces]
        whole = sum(parts, Window())
        if len(whole) <= room:
            phrase.append(whole)
        else:
            for piece, part in zip(pieces, parts, strict=True):
                phrase += [part] if len(part) <= room else _broken(str(piece), tokenizers, room)
        last = pieces[-1]
        if isinstance(last, str) and last.endswith(_ENDS_PHRASE):
            yield phrase
            phrase = []
    if phrase:
        yield phrase


def _words(word: str, rows: TokenRows) -> Iterator[list[str | Trigger]]:
    """What stands between two spaces, divided after its commas; each part as its plain and its learned pieces."""
    pieces: list[str | Trigger] = []
    for piece in rows.split(word):
        if isinstance(piece, Trigger):
            pieces.append(piece)
            continue
        *ended, rest = _PHRASE_END.split(piece)
        for text in ended:
            yield [*pieces, text]
            pieces = []
        pieces.append(rest)
    yield pieces


def _read(texts: Sequence[str], tokenizers: tuple[CLIPTokenizer, CLIPTokenizer]) -> list[Window]:
    if not texts:
        return []
    first, second = (
        tokenizer(list(texts), add_special_tokens=False, verbose=False).input_ids for tokenizer in tokenizers
    )
    return [Window(tuple(one), tuple(other)) for one, other in zip(first, second, strict=True)]


def _learned(trigger: Trigger, rows: TokenRows) -> Window:
    first, second = rows.ids(trigger)
    return Window(tuple(first), tuple(second), (trigger,))


def _broken(word: str, tokenizers: tuple[CLIPTokenizer, CLIPTokenizer], room: int) -> list[Window]:
    """A word too long for a window, as pieces of at most `room` characters that fit one."""
    parts: list[Window] = []
    while word:
        starts = _read([word[: end + 1] for end in range(min(len(word), room))], tokenizers)
        fitting = max(index for index, start in enumerate(starts) if len(start) <= room)
        parts.append(starts[fitting])
        word = word[fitting + 1 :]
    return parts
