"""How long a shot lasts: 4.5 Chinese characters or 2.6 English words a second, pauses, and a floor."""

import re
from collections.abc import Sequence
from functools import lru_cache

from studio.screenplay.draft import Speech
from studio.screenplay.lines import count_cjk

CHARACTERS_A_SECOND = 4.5
WORDS_A_SECOND = 2.6
FLOOR = 2.0

_SILENT = {"ELS": 5.0, "LS": 5.0, "FS": 5.0, "MLS": 4.5, "MS": 4.0, "MCU": 3.5, "CU": 3.0, "ECU": 2.5}
_WORD = re.compile(r"[^\W\u3400-\u9fff\uf900-\ufaff]+(?:['’][^\W\u3400-\u9fff\uf900-\ufaff]+)*")
_ASIDE = re.compile(r"[(（][^()（）]{0,80}[)）]")
_HESITATION = re.compile(r"…+|\.{3,}|—+|--+")
_STOP = re.compile(r"[。！？!?.]+(?=.)")
_BREATH = 1.5  # before and after the words, together
_LONGEST_SILENCE = 10.0


@lru_cache(maxsize=4096)
def speech_seconds(text: str) -> float:
    """Seconds that the words take to say, hesitations and stops inside them included; nothing is rounded."""
    said = _ASIDE.sub("", text)
    words = count_cjk(said) / CHARACTERS_A_SECOND + len(_WORD.findall(said)) / WORDS_A_SECOND
    return words + 0.4 * len(_HESITATION.findall(said)) + 0.25 * len(_STOP.findall(_HESITATION.sub("", said)))


@lru_cache(maxsize=4096)
def action_seconds(text: str) -> float:
    """Seconds that a described action takes on screen, by its length; nothing is rounded."""
    return count_cjk(text) / 12 + len(_WORD.findall(text)) / 6


def shot_seconds(size: str, dialogue: Sequence[Speech], action: str, opening: bool = False) -> float:
    """Seconds of a shot, a multiple of 0.5 and at least 2. opening: it shows the place too, so size sets a minimum."""
    silent = max(_SILENT.get(size, 4.0), min(_LONGEST_SILENCE, action_seconds(action)))
    if not dialogue:
        return _half_up(silent)
    spoken = sum(speech_seconds(speech.text) for speech in dialogue) + 0.5 * (len(dialogue) - 1) + _BREATH
    if action:
        spoken += min(2.0, max(0.5, action_seconds(action) / 2))
    return _half_up(max(spoken, silent) if opening else spoken)


def _half_up(seconds: float) -> float:
    return max(FLOOR, int(seconds * 2 + 0.5) / 2)
