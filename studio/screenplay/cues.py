"""Who speaks and how: `ADRIAN (CONT'D)`, `@林晚`, `林晚（低声）`, `沈玉梅OS`, `旁白` ... taken apart."""

import re
from dataclasses import dataclass
from typing import Literal

from studio.screenplay.lines import half, has_cjk, tidy

Delivery = Literal["spoken", "OS", "VO"]

_OFF = re.compile(r"o\.?\s?s\.?|o\.?\s?c\.?|off|off ?screen|off ?camera|filtered|画外音?|电话那头|门外|场外", re.I)
_OVER = re.compile(
    r"v\.?\s?o\.?|voice ?over|pre-?lap|narrat(?:ion|ing)|旁白|画外旁白|内心独白|独白|心声|心理活动|内心(?:os|vo)?|"
    r"内心戏|念白|自述|(?:内心|心里)(?:想|话|说)?",
    re.I,
)
_CONTINUED = re.compile(r"(?:cont['’.]?d?|continued|续|接上)\.?", re.I)
_NARRATORS = re.compile(
    r"narrator|voice ?over|announcer|旁白|画外音|解说|字幕旁白|os|vo|v\.o\.|o\.s\.|内心独白|独白", re.I
)
_PAREN = re.compile(r"\(([^()]*)\)?")
_TAIL = re.compile(r"(?<=[\u4e00-\u9fff\s.])\s?(OS|VO|O\.S\.|V\.O\.|画外音|内心独白|心声|旁白)$", re.I)
_CROWD = re.compile(
    r"(?:众人|群众|群演|路人|围观|宾客|其他人|所有人|人群|若干|等人|guests|crowd|extras|everyone|everybody|all|both)"
)
CROWD = re.compile(
    r"\b(?:crowd|guests|people|everyone|audience|passengers|students|mob|onlookers)\b|众人|人群|宾客|群众|围观|人们|宾朋",
    re.I,
)
"""Words in an action line that mean many people without a name."""


@dataclass(frozen=True, slots=True)
class Cue:
    """The head of a speech. manner: what the brackets say beside the delivery."""

    name: str
    delivery: Delivery = "spoken"
    manner: str = ""


def read_cue(text: str) -> Cue:
    """A cue without its brackets, `^`, `@` and CONT'D; the brackets' words become the delivery or, as written, the manner."""
    written = tidy(text).lstrip("@＠").rstrip("^＾ ").strip()
    flat = half(written)
    delivery: Delivery = "spoken"
    manner: list[str] = []
    for match in _PAREN.finditer(flat):
        how, heard = _aside(match[1], written[match.start(1) : match.end(1)])
        delivery = heard or delivery
        if how:
            manner.append(how)
    name = tidy(_PAREN.sub(" ", flat)).strip(" :-*")
    if found := _TAIL.search(name):
        delivery, name = _delivery(found[1]) or delivery, name[: found.start()].strip() or found[1]
    if is_narrator(name) and delivery == "spoken":
        delivery = "VO"
    separator = "，" if has_cjk("".join(manner)) else ", "
    return Cue(name, delivery, separator.join(manner))


def _aside(flat: str, written: str) -> tuple[str, Delivery | None]:
    """(manner, delivery) of what stands in brackets; flat: the half-width form of `written`."""
    manner, mark, at = "", "", 0
    delivery: Delivery | None = None
    for index, piece in enumerate(re.split(r"([/,、;])", flat)):
        said, at = written[at : at + len(piece)], at + len(piece)
        if index % 2:
            mark = said
        elif heard := _delivery(piece.strip()):
            delivery = heard
        elif piece.strip() and not _CONTINUED.fullmatch(piece.strip()):
            manner += f"{mark}{said}" if manner else said
    return manner.strip(), delivery


def read_manner(text: str) -> tuple[str, Delivery | None]:
    """(manner, delivery) of a parenthetical below a cue or at the start of a line, without its brackets."""
    inner = text.strip()
    inner = inner[inner.startswith(("(", "（")) : len(inner) - inner.endswith((")", "）"))].strip()
    heard = _delivery(half(inner))
    return ("", heard) if heard else (inner, None)


def _delivery(word: str) -> Delivery | None:
    if _OFF.fullmatch(word):
        return "OS"
    return "VO" if _OVER.fullmatch(word) else None


def is_narrator(name: str) -> bool:
    """A voice that is nobody: it is kept as the speaker, and is in no cast."""
    return _NARRATORS.fullmatch(name.strip()) is not None


def is_crowd(name: str) -> bool:
    """Many people under one word (群众若干, GUESTS): not a member of the cast by being listed."""
    return _CROWD.search(name.casefold()) is not None


_LIST = re.compile(r"[、,，/;；|]| {2,}|(?<=[\u4e00-\u9fff)）]) (?=[\u4e00-\u9fff])")


def read_names(text: str) -> list[str]:
    """The names of a `人物：` line, without ages and remarks in brackets, without crowds."""
    flat = re.sub(r"\([^()]*\)|（[^（）]*）", " ", text)
    names = [tidy(name).strip(" .。:：") for name in _LIST.split(half(flat))]
    return [name for name in dict.fromkeys(names) if name and len(name) <= 24 and not is_crowd(name)]
