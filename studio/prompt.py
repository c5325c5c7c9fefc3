"""From a shot to words for a CLIP text encoder: what a photographer would say of the frame, most important first.

Pure and deterministic. The encoder reads 77 tokens at once, two of them its own marks, and only English. People's names
mean nothing to it, or somebody else, so they are never written; who somebody is comes from adapters and face embeddings.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TypeVar

from storage.errors import InvalidInput
from studio.engines import Staging
from studio.prompt_lexicon import FIRST, FULL, Lexicon
from studio.prompt_reading import Reading, read
from studio.prompt_styles import STYLES

T = TypeVar("T")

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
_ALWAYS_AGAINST = "lowres, blurry, deformed hands, extra fingers, extra limbs, watermark, text, subtitles, logo"
_COUNT = MappingProxyType({1: "a person", 2: "two people", 3: "three people"})
_SEEN = ("face", "back", "figure")


@dataclass(frozen=True, slots=True, eq=False)
class Wording:
    """How an engine is told what to show, in tokens as `token_bound` counts them.

    window: what comes first, in the order of a sentence; budget: that, and behind it the rest by importance.
    by_person: all of somebody's clothes in one phrase, and an insert's deed where people else stand.
    """

    lexicon: Lexicon
    window: int
    budget: int
    by_person: bool


STORYBOARD = Wording(FIRST, window=70, budget=70, by_person=False)
GENERATING = Wording(FULL, window=70, budget=225, by_person=True)


def wording_for(abilities: Collection[str]) -> Wording:
    """For an engine of these abilities: one that takes long prompts is told everything, with every word there is."""
    return GENERATING if "long-prompts" in abilities else STORYBOARD


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


def write_prompt(
    staging: Staging, subjects: Sequence[PromptSubject], style: str, wording: Wording = STORYBOARD
) -> Prompt:
    """The prompt of one shot. The order in which `subjects` come does not matter: a sentence has no left and right.

    In this order: size, framing and angle; who; trigger words; clothes; place; light; what happens; style. Shot words,
    triggers and style are always said. The others give way, last word first, where the wording's window is full: they
    follow behind it, or are left out past its budget. Raises InvalidInput for a size, framing, angle or style that
    nobody knows.
    """
    size, detail = _look_up(_SIZES, staging.size, "size", "景别")
    framing = _look_up(_FRAMINGS, staging.framing, "framing", "构图")
    angle = _look_up(_ANGLES, staging.angle, "angle", "角度")
    look = _look_up(STYLES, style, "style", "画风")

    cast = sorted(
        subjects, key=lambda subject: (subject.part != "face", subject.part, subject.wardrobe, subject.triggers)
    )
    names = [subject.name for subject in cast]

    def reading(text: str) -> Reading:
        return read(text, names, wording.lexicon)

    location, action = reading(staging.location), reading(staging.action)
    place, light = _PLACE.get(staging.int_ext, ""), _LIGHT.get(staging.time_of_day)
    # scripts write times that are no code: "the next morning"
    hour = reading("" if light else staging.time_of_day)
    clothes = [reading(subject.wardrobe) for subject in cast if subject.part in _SEEN]
    triggers = list(dict.fromkeys(trigger.strip() for subject in cast for trigger in subject.triggers))
    plain = [trigger for trigger in triggers if trigger and trigger.isascii()]

    bodies = any(subject.part in _SEEN for subject in cast)
    insert = staging.framing == "insert"
    said = [
        size,
        detail if bodies and not insert else "",
        framing,
        angle,
        *_who(cast, staging),
        *plain,
    ]
    # an insert shows the deed or the thing, and nothing else
    first = insert and wording.by_person
    deed = [_Phrase(text, (1 if first else 4) + n) for n, text in enumerate(action.phrases)]
    phrases = [_Phrase(text, 0) for text in said]
    phrases += deed if first else []
    phrases += _wearing([worn.phrases for worn in clothes], wording.by_person)
    phrases += [_Phrase(text, 2 + n) for n, text in enumerate((*location.phrases, place))]
    phrases += [_Phrase(text, 2) for text in ([light[staging.int_ext == "EXT"]] if light else hour.phrases)]
    phrases += [] if first else deed
    phrases.append(_Phrase(look.prompt, 0))
    prompt, left_out = _within_budget(phrases, wording)

    readings = [location, hour, *clothes, action]
    untranslated = [word for each in readings for word in each.untranslated]
    untranslated += [trigger for trigger in triggers if trigger and not trigger.isascii()]
    return Prompt(
        prompt=prompt,
        negative_prompt=", ".join(filter(None, (_ALWAYS_AGAINST, look.negative_prompt, _nobody_else(cast)))),
        untranslated=tuple(dict.fromkeys(untranslated)),
        left_out=left_out,
    )


def in_own_words(written: Prompt, prompt: str, negative_prompt: str, triggers: Iterable[str]) -> Prompt:
    """A prompt as a person wants it, word for word, in place of what was written; '' leaves what was written.

    Trigger words that it lacks are put behind it, or the adapters would not be heard. untranslated: its words that are
    no ASCII, which the encoder does not read.
    """
    prompt, negative_prompt = prompt.strip(), negative_prompt.strip()
    if prompt:
        lacking = [
            trigger
            for trigger in dict.fromkeys(map(str.strip, triggers))
            if trigger and not re.search(rf"(?<!\w){re.escape(trigger)}(?!\w)", prompt, re.IGNORECASE)
        ]
        prompt = ", ".join([prompt, *lacking])
        foreign = [run for run in re.findall(r"[^\W_]+", prompt) if not run.isascii()]
        written = Prompt(prompt, written.negative_prompt, tuple(dict.fromkeys(foreign)))
    return replace(written, negative_prompt=negative_prompt) if negative_prompt else written


def token_bound(text: str, lexicon: Lexicon = FIRST) -> int:
    """About how many tokens CLIP's byte-pair encoding makes of ASCII text, rather too many; without its two end marks.

    The lexicon's words and punctuation are counted as they are; any other word at a token for each three letters,
    which is more than English takes.
    """
    count = 0
    for word in re.findall(r"[a-z]+|[^a-z\s]", text.lower()):
        count += lexicon.tokens.get(word, 1) if word in lexicon.english else (len(word) + 2) // 3
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


def _wearing(clothes: Sequence[tuple[str, ...]], by_person: bool) -> list[_Phrase]:
    """Everybody's first garment counts more than anybody's second.

    by_person: of several people, the second one's coat could be read as the first one's, so each is one phrase.
    """
    dressed = [garments for garments in clothes if garments]
    phrases = []
    for index, garments in enumerate(dressed):
        wearer = "with" if len(clothes) == 1 else ("one with" if index == 0 else "another with")
        first, *others = (garments[0].removeprefix("wearing "), *garments[1:])
        if by_person and len(clothes) > 1:
            phrases.append(_Phrase(f"{wearer} {' and '.join([first, *others])}", 1))
        else:
            phrases.append(_Phrase(f"{wearer} {first}", 1))
            phrases += [_Phrase(garment, 3 + n) for n, garment in enumerate(others)]
    return phrases


def _nobody_else(cast: Sequence[PromptSubject]) -> str:
    seen = sum(subject.part in _SEEN for subject in cast)
    if not cast:
        return "people, person, face"
    return "extra people, crowd" if seen == 1 else ""


def _within_budget(phrases: Iterable[_Phrase], wording: Wording) -> tuple[str, tuple[str, ...]]:
    """Joined by commas: the phrases that fit the window, in their own order, then the others, the important ones first.

    And those for which the budget has no room. None is said twice.
    """
    wanted: dict[str, _Phrase] = {}
    for phrase in phrases:
        if phrase.text:
            wanted.setdefault(phrase.text, phrase)
    in_order = list(wanted.values())
    first: set[str] = set()
    behind: list[str] = []
    spent = spent_behind = 0
    for phrase in sorted(in_order, key=lambda phrase: phrase.importance):
        cost = token_bound(phrase.text, wording.lexicon) + 1  # its comma
        if phrase.importance == 0 or spent + cost <= wording.window:
            first.add(phrase.text)
            spent += cost
        elif wording.window + spent_behind + cost <= wording.budget:
            behind.append(phrase.text)
            spent_behind += cost
    return (
        ", ".join([*(phrase.text for phrase in in_order if phrase.text in first), *behind]),
        tuple(phrase.text for phrase in in_order if phrase.text not in first and phrase.text not in behind),
    )
