"""From a shot to words for a CLIP text encoder: what a photographer would say of the frame, most important first.

Pure and deterministic. The encoder reads 77 tokens, two of them its own marks, and only English. People's names mean
nothing to it, or somebody else, so they are never written; who somebody is comes from adapters and face embeddings.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from storage.errors import InvalidInput
from studio.engines import Staging
from studio.prompt_reading import read
from studio.prompt_words import KNOWN_ENGLISH, TOKENS

T = TypeVar("T")

TOKEN_BUDGET = 70

_SIZES = MappingProxyType(
    {
        "ELS": ("extreme long shot", "tiny in a vast space"),
        "LS": ("long shot", "small in the surroundings"),
        "FS": ("full body shot", "from head to toe"),
        "MLS": ("medium long shot", "from the knees up"),
        "MS": ("medium shot", "from the waist up"),
        "MCU": ("medium close-up", "head and chest"),
        "CU": ("close-up", "head and shoulders"),
        "ECU": ("extreme close-up", "face filling the frame"),
    }
)
_FRAMINGS = MappingProxyType(
    {
        "single": "",
        "two-shot": "two-shot",
        "group": "group shot",
        "OTS": "over-the-shoulder shot",
        "POV": "first-person point of view",
        "insert": "detail insert shot",
        "establishing": "establishing shot",
    }
)
_ANGLES = MappingProxyType(
    {
        "eye-level": "",
        "high": "high angle from above",
        "low": "low angle from below",
        "overhead": "overhead top-down view",
        "dutch": "dutch angle, tilted horizon",
        "worms-eye": "worm's-eye view from the ground",
    }
)
_PLACE = MappingProxyType({"INT": "interior", "EXT": "outdoors", "INT/EXT": "interior with a view outside"})
# (inside, outside); CONTINUOUS and its like say nothing of the light
_LIGHT = MappingProxyType(
    {
        "DAY": ("soft daylight from a window", "natural daylight"),
        "NIGHT": ("night, dim lamplight", "night, dark sky"),
        "DAWN": ("dawn, pale morning light from a window", "dawn, pale morning light"),
        "DUSK": ("dusk, warm low light from a window", "dusk, golden hour"),
        **dict.fromkeys(("CONTINUOUS", "LATER", "SAME"), ("", "")),
    }
)
# (said at the end of the prompt, said against)
_STYLES = MappingProxyType(
    {
        "ink": ("monochrome ink wash storyboard drawing, clean lines", "photograph, 3d render, colourful"),
        "colour": ("colour storyboard illustration, soft shading", "photograph, 3d render, monochrome"),
        "pencil": ("storyboard sketch, graphite pencil on paper", "photograph, 3d render, colourful"),
        "photo": ("cinematic film still, realistic photograph", "drawing, painting, cartoon, 3d render"),
    }
)
_ALWAYS_AGAINST = "lowres, blurry, deformed hands, extra fingers, extra limbs, watermark, text, subtitles, logo"
_COUNT = MappingProxyType({1: "a person", 2: "two people", 3: "three people"})
_SEEN = ("face", "back", "figure")


@dataclass(frozen=True, slots=True)
class PromptSubject:
    """Somebody in the frame: wardrobe of the look in any language, trigger words of the adapters, the part that is seen.

    name: as the script has it; never written, and taken out of what the shot sheet says.
    """

    wardrobe: str
    triggers: tuple[str, ...]
    part: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """prompt, negative_prompt: ASCII English.

    untranslated: what of location, wardrobe, action and triggers could not be said in English, as it was written;
    left_out: English phrases that did not fit into the token budget.
    """

    prompt: str
    negative_prompt: str
    untranslated: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Phrase:
    """importance: 0 is always said; the others are said, smallest first, as long as they fit."""

    text: str
    importance: int


def write_prompt(staging: Staging, subjects: Sequence[PromptSubject], style: str) -> Prompt:
    """The prompt of one shot. The order in which `subjects` come does not matter: a sentence has no left and right.

    In this order: size, framing and angle; who; trigger words; clothes; place; light; what happens; style. Shot words,
    triggers and style are always said. The others give way, last word first, when the budget of 70 tokens (counted by
    `token_bound`) is full. Raises InvalidInput for a size, framing, angle or style that
    nobody knows.
    """
    size, detail = _look_up(_SIZES, staging.size, "size", "景别")
    framing = _look_up(_FRAMINGS, staging.framing, "framing", "构图")
    angle = _look_up(_ANGLES, staging.angle, "angle", "角度")
    style_words, against = _look_up(_STYLES, style, "style", "画风")

    cast = sorted(
        subjects, key=lambda subject: (subject.part != "face", subject.part, subject.wardrobe, subject.triggers)
    )
    names = [subject.name for subject in cast]
    location, action = read(staging.location, names), read(staging.action, names)
    place, light = _PLACE.get(staging.int_ext, ""), _LIGHT.get(staging.time_of_day)
    # scripts write times that are no code: "the next morning"
    hour = read("" if light else staging.time_of_day, names)
    clothes = [read(subject.wardrobe, names) for subject in cast if subject.part in _SEEN]
    triggers = list(dict.fromkeys(trigger.strip() for subject in cast for trigger in subject.triggers))
    plain = [trigger for trigger in triggers if trigger and trigger.isascii()]

    bodies = any(subject.part in _SEEN for subject in cast)
    said = [
        size,
        detail if bodies and staging.framing != "insert" else "",
        framing,
        angle,
        *_who(cast, staging),
        *plain,
    ]
    phrases = [_Phrase(text, 0) for text in said]
    phrases += _wearing([reading.phrases for reading in clothes])
    phrases += [_Phrase(text, 2 + n) for n, text in enumerate((*location.phrases, place))]
    phrases += [_Phrase(text, 2) for text in ([light[staging.int_ext == "EXT"]] if light else hour.phrases)]
    phrases += [_Phrase(text, 4 + n) for n, text in enumerate(action.phrases)]
    phrases.append(_Phrase(style_words, 0))
    prompt, left_out = _within_budget(phrases)

    readings = [location, hour, *clothes, action]
    untranslated = [word for reading in readings for word in reading.untranslated]
    untranslated += [trigger for trigger in triggers if trigger and not trigger.isascii()]
    return Prompt(
        prompt=prompt,
        negative_prompt=", ".join(filter(None, (_ALWAYS_AGAINST, against, _nobody_else(cast)))),
        untranslated=tuple(dict.fromkeys(untranslated)),
        left_out=left_out,
    )


def token_bound(text: str) -> int:
    """About how many tokens CLIP's byte-pair encoding makes of ASCII text, rather too many; without its two end marks.

    Words of the house's tables and punctuation are counted as they are; any other word at a token for each three
    letters, which is more than English takes.
    """
    count = 0
    for word in re.findall(r"[a-z]+|[^a-z\s]", text.lower()):
        count += TOKENS.get(word, 1) if word in KNOWN_ENGLISH else (len(word) + 2) // 3
    return count


def _look_up(table: Mapping[str, T], code: str, en: str, zh: str) -> T:
    if code not in table:
        there_is = ", ".join(table)
        raise InvalidInput(
            f"There are no prompt words for the {en} '{code}'. There is: {there_is}.",
            f"没有适用于{zh}“{code}”的提示词。可用：{there_is}。",
        )
    return table[code]


def _who(cast: Sequence[PromptSubject], staging: Staging) -> list[str]:
    parts = [subject.part for subject in cast]
    faces, backs, figures = parts.count("face"), parts.count("back"), parts.count("figure")
    who = []
    if faces:
        who.append(_COUNT.get(faces, f"{faces} people"))
    if backs:
        beyond = "in the foreground" if staging.framing == "OTS" else ""
        who.append(f"{_COUNT.get(backs, f'{backs} people')} seen from behind {beyond}".strip())
    if figures:
        who.append("a small distant figure" if figures == 1 else "small distant figures")
    if "hand" in parts:
        who.append("close view of a hand" if parts.count("hand") == 1 else "close view of hands")
    if "feet" in parts:
        who.append("feet and shoes")
    return who


def _wearing(clothes: Sequence[tuple[str, ...]]) -> list[_Phrase]:
    """Everybody's first garment counts more than anybody's second."""
    dressed = [garments for garments in clothes if garments]
    phrases = []
    for index, garments in enumerate(dressed):
        wearer = "with" if len(clothes) == 1 else ("one with" if index == 0 else "another with")
        phrases.append(_Phrase(f"{wearer} {garments[0].removeprefix('wearing ')}", 1))
        phrases += [_Phrase(garment, 3 + n) for n, garment in enumerate(garments[1:])]
    return phrases


def _nobody_else(cast: Sequence[PromptSubject]) -> str:
    seen = sum(subject.part in _SEEN for subject in cast)
    if not cast:
        return "people, person, face"
    return "extra people, crowd" if seen == 1 else ""


def _within_budget(phrases: Iterable[_Phrase]) -> tuple[str, tuple[str, ...]]:
    """The phrases that fit, in their own order, joined by commas; and those that did not. None is said twice."""
    wanted: dict[str, _Phrase] = {}
    for phrase in phrases:
        if phrase.text:
            wanted.setdefault(phrase.text, phrase)
    in_order = list(wanted.values())
    kept: set[str] = set()
    spent = 0
    for phrase in sorted(in_order, key=lambda phrase: phrase.importance):
        cost = token_bound(phrase.text) + 1  # its comma
        if phrase.importance == 0 or spent + cost <= TOKEN_BUDGET:
            kept.add(phrase.text)
            spent += cost
    return (
        ", ".join(phrase.text for phrase in in_order if phrase.text in kept),
        tuple(phrase.text for phrase in in_order if phrase.text not in kept),
    )
