"""The words that a text is read with, in two editions: FIRST, which storyboard recipes keep, and FULL.

The prompt is part of a recipe, though the photoboard never reads it: were its words to grow, every frame on every
board would have to be made again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from studio import prompt_glossary, prompt_words


@dataclass(frozen=True, eq=False, repr=False)
class Lexicon:
    """table: Chinese -> ASCII English. modifiers: entries that are joined to the word behind them.

    alone: entries of one character, words only between known words. silent: passed over without a report. negations:
    what they deny is not said. english: words that a capital does not make a name. tokens: how many tokens CLIP's
    byte-pair encoding makes of those English words for which it is not one.
    """

    table: Mapping[str, str]
    modifiers: frozenset[str]
    silent: frozenset[str]
    negations: frozenset[str]
    english: frozenset[str]
    tokens: Mapping[str, int]

    @cached_property
    def longest(self) -> int:
        return max(len(word) for word in (*self.table, *self.silent, *self.negations))

    def more(
        self,
        nouns: Mapping[str, str],
        modifiers: Mapping[str, str],
        silent: frozenset[str],
        negations: frozenset[str],
        english: frozenset[str],
        tokens: Mapping[str, int],
    ) -> Self:
        """A lexicon with these beside its own; what it has already is replaced."""
        table = {**self.table, **nouns, **modifiers}
        known = frozenset(re.findall(r"[a-z]+", " ".join(table.values())))
        return type(self)(
            table=table,
            modifiers=self.modifiers - frozenset(nouns) | frozenset(modifiers),
            silent=self.silent - table.keys() | silent,
            negations=self.negations | negations,
            english=self.english | known | english,
            tokens={**self.tokens, **tokens},
        )


FIRST = Lexicon(
    table=prompt_words.TABLE,
    modifiers=frozenset(prompt_words.MODIFIERS) | frozenset(prompt_words.MODIFIES_ALONE),
    silent=prompt_words.SILENT,
    negations=prompt_words.NEGATIONS,
    english=prompt_words.KNOWN_ENGLISH,
    tokens=prompt_words.TOKENS,
)
FULL = FIRST.more(
    prompt_glossary.SAID,
    prompt_glossary.MODIFIERS,
    prompt_glossary.SILENT,
    prompt_glossary.NEGATIONS,
    prompt_glossary.ENGLISH,
    prompt_glossary.TOKENS,
)
