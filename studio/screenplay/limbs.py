"""Whose hand, whose shoes: the part of a person that an insert shows."""

import re
from collections.abc import Sequence

_HAND_EN = r"(?:hands?|fingers?|fist|palm|thumb|wrist)"
_FEET_EN = r"(?:feet|foot|shoes?|boots?|heels?|sneakers)"
_HAND_ZH = r"(?:手(?!机|表|术|枪|提|续|机|电|册|稿|帕|势)|指尖|手指|拳头|掌心)"
_FEET_ZH = r"(?:皮鞋|高跟鞋|鞋|靴|脚(?!本|步声)|双足)"
_PARTS = (
    ("hand", re.compile(rf"\b{_HAND_EN}\b|{_HAND_ZH}", re.IGNORECASE)),
    ("feet", re.compile(rf"\b{_FEET_EN}\b|{_FEET_ZH}", re.IGNORECASE)),
)
_STRANGER_EN = re.compile(
    r"\b(?:an?|the) ((?:(?:old|young|little|elderly|masked|tall) )?(?:man|woman|boy|girl|child|stranger|waiter|nurse|"
    r"doctor|guard|driver|soldier|killer))['’]s (?:[\w-]{1,20} ){0,3}?"
    rf"(?:({_HAND_EN})|{_FEET_EN})\b",
    re.IGNORECASE,
)
_STRANGER_ZH = re.compile(
    rf"(老人|老头|老太太|男人|女人|男孩|女孩|孩子|陌生人|黑衣人|护士|医生|保安|司机)的?[^，。；！？]{{0,6}}?(?:({_HAND_ZH})|{_FEET_ZH})"
)


def limb_in(text: str) -> str:
    """'hand', 'feet', or '' where `text` shows neither."""
    return next((part for part, words in _PARTS if words.search(text)), "")


def limb_of(text: str, people: Sequence[str]) -> tuple[str, str] | None:
    """(name, part) where `text` says that a limb is somebody's: `Maya's wet hand`, 林晚的手."""
    for name in people:
        for part, en, zh in (("hand", _HAND_EN, _HAND_ZH), ("feet", _FEET_EN, _FEET_ZH)):
            owned = rf"\b{re.escape(name)}['’]s? (?:[\w-]{{1,20}} ){{0,3}}?{en}\b|{re.escape(name)}的?[^，。；！？]{{0,6}}?{zh}"
            if re.search(owned, text, re.IGNORECASE):
                return name, part
    return None


def stranger_limb(text: str) -> tuple[str, str] | None:
    """(who, part) of a limb whose owner has no name: ('Old man', 'hand') of `an old man's hand`."""
    found = _STRANGER_EN.search(text) or _STRANGER_ZH.search(text)
    return (found[1].capitalize(), "hand" if found[2] else "feet") if found else None
