"""Explicit shot markings: `CLOSE ON MAYA`, `OVER VIVIAN'S SHOULDER - MAYA`, `（特写）`, `过陆沉肩 - 林晚` ..."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from studio.screenplay.lines import half, has_cjk, tidy, word_set
from studio.vocabulary import ANGLES, FRAMINGS, MOVEMENTS, SIZES

_LONGEST = 90


@dataclass(frozen=True, slots=True)
class Mark:
    """What a marking says; '' where it says nothing. Codes are studio.vocabulary's.

    subject: who or what the shot is of; foreground: over whose shoulder; owner: through whose eyes.
    returns: the marking leads back to the scene (BACK TO SCENE, 切回).
    """

    size: str = ""
    framing: str = ""
    angle: str = ""
    movement: str = ""
    subject: str = ""
    foreground: str = ""
    owner: str = ""
    returns: bool = False


_HEADS: dict[str, Mark] = {
    "insert": Mark(framing="insert"),
    "cutaway": Mark(framing="insert"),
    "cutaway to": Mark(framing="insert"),
    "tight": Mark(size="CU"),
    "tighter": Mark(size="CU"),
    "closer": Mark(size="CU"),
    "closer angle": Mark(size="CU"),
    "c.u.": Mark(size="CU"),
    "e.c.u.": Mark(size="ECU"),
    "wider": Mark(size="LS"),
    "wide angle": Mark(size="LS"),
    "master": Mark(size="LS"),
    "establish": Mark(framing="establishing"),
    "aerial": Mark(size="ELS", framing="establishing", angle="overhead"),
    "aerial view": Mark(size="ELS", framing="establishing", angle="overhead"),
    "angle": Mark(),
    "new angle": Mark(),
    "another angle": Mark(),
    "reverse": Mark(),
    "reverse angle": Mark(),
    "on": Mark(),
    "favoring": Mark(),
    "favouring": Mark(),
    "dolly in": Mark(movement="push-in"),
    "空镜": Mark(size="LS", framing="establishing"),
    "反打": Mark(),
    "反应": Mark(size="CU"),
    "反应镜头": Mark(size="CU"),
    "切回": Mark(returns=True),
    "回到现场": Mark(returns=True),
}
_WANT_SUBJECT = {"angle", "on", "favoring", "favouring", "reverse", "反打"}
# words of the trade that are also plain words: alone in a line they are no marking ("STATIC.", "PUSH!", "定")
_PLAIN = word_set(
    "static two long full push pull top rack shoulder arc boom track detail pedestal whip fixed sticks medium "
    "360 single group est locked dolly drone zoom pan tilt orbit follow following crane high low long truck 定 "
    "升 降 推 拉 摇 移 跟 俯 仰 甩 固定 环绕 建立 插入"
)
_SHOULDER = re.compile(
    r"over (?:the )?(.+?)(?:['’]s?)? shoulders?(?: ?(?:-+|–|—|:|,) ?| (?:on|onto|to|at|of) )?(.*)$", re.I
)
_OTS = re.compile(
    r"(?:ots|over[- ]the[- ]shoulder|o\.t\.s\.)(?: shot)?(?: ?(?:-+|–|—|:) ?| (?:of|on|onto) | )?(.*)$", re.I
)
_POV_OF = re.compile(r"(.+?)['’]s? (?:p\.?o\.?v\.?|point of view)(?: ?(?:-+|–|—|:|,) ?| of )?(.*)$", re.I)
_POV = re.compile(r"(?:p\.?o\.?v\.?|point of view)(?: shot)?(?: ?(?:-+|–|—|:) ?| (?:of|on) |$)(.*)$", re.I)
_BACK = re.compile(r"(?:back to|resume)(?: ?(?:scene|present|master|shot|on))?:?(?: (.*))?$", re.I)
_SEPARATOR = re.compile(r" (?:-+|–|—) |: ?")
_LINK = re.compile(r" (?:on|of|onto|at|to|with) ", re.I)
_OVER_ZH = re.compile(r"过(.{1,8}?)的?肩(?:膀|头|部)?(?:镜头)?[ \-—:、,看向拍]*(.*)$")
_POV_ZH = re.compile(r"(.{0,8}?)的?(?:主观(?:镜头|视角|视点)?|POV|第一视角)[ \-—:、,]*(.*)$", re.I)
_SEPARATOR_ZH = re.compile(r"[ \-—–:、,/|+]+")
_BRACKETED = re.compile(r"[(\[【]([^()\[\]【】]{1,24})[)\]】] ?(.*)$")
_HEADED_ZH = re.compile(r"([^:]{1,12}): ?(.*)$")
_HEADED_EN = re.compile(r"([A-Z][A-Z0-9'’./-]*(?: [A-Z0-9'’./-]+)*?)(?: (ON|OF)(?= )|(:)| (-+|–|—)(?= )) ?(?=\S)(.*)$")


def read_mark(text: str, bare: bool = False) -> Mark | None:
    """The marking that `text` is, or None. bare: a single plain word of the trade counts too, as within brackets."""
    text = tidy(half(text)).strip(" .!")
    if not text or len(text) > _LONGEST:
        return None
    if has_cjk(text):
        return _read_zh(text.strip("()[]【】 :"), bare)
    return _read_en(text.strip(" :"), bare)


def is_omitted(text: str) -> bool:
    """Whether a heading or a shot line says that what stood there was dropped: OMITTED, 已删除."""
    return tidy(half(text)).strip(" .!()[]【】").casefold() in {"omitted", "omit", "已删除", "删除", "删"}


def reads_as_marking(text: str) -> bool:
    """Whether a Chinese line without a sign of its own may be a marking: short, and no sentence."""
    return has_cjk(text) and len(text) <= 20 and not re.search(r"[。！？!?，…]", text)


def split_mark(text: str) -> tuple[str, str] | None:
    """(marking, rest) of an action line that opens with one: `（特写）怀表…`, `特写：怀表…`, `CLOSE ON Maya's hand…`."""
    flat = half(text)
    if found := _BRACKETED.match(flat[: _LONGEST * 40]):
        if read_mark(found[1], bare=True):
            return text[: found.end(1) + 1], text[found.start(2) :].strip()
        return None
    head = flat[:_LONGEST]
    if has_cjk(head):
        found = _HEADED_ZH.match(head)
        if found and (mark := read_mark(found[1])) and not mark.subject:
            return text[: found.end(1)], text[found.start(2) :].strip()
        return None
    found = _HEADED_EN.match(head)
    if found and _head(found[1].casefold(), alone=False) is not None:
        return text[: found.start(5)].strip(), text[found.start(5) :].strip()
    return None


@lru_cache(maxsize=4096)
def _head(word: str, alone: bool, bare: bool = False) -> Mark | None:
    """The mark of one trade word or phrase; `alone` where nothing else stands beside it."""
    word = word.strip(" .:")
    for candidate in (word, word.removesuffix(" shot"), word.removesuffix("镜头"), word.removesuffix("镜")):
        if alone and not bare and candidate in _PLAIN and candidate == word:
            return None
        if candidate in _HEADS:
            return None if alone and candidate in _WANT_SUBJECT else _HEADS[candidate]
        for vocabulary, field in ((SIZES, "size"), (FRAMINGS, "framing"), (ANGLES, "angle"), (MOVEMENTS, "movement")):
            if candidate and (code := vocabulary.read(candidate)):
                return replace(Mark(), **{field: code})
    return None


def _joined(first: Mark, second: Mark) -> Mark:
    """Both together; what the first one says stands."""
    return Mark(*(getattr(first, field) or getattr(second, field) for field in Mark.__slots__))


def _read_en(text: str, bare: bool) -> Mark | None:
    if found := _SHOULDER.match(text):
        return Mark(framing="OTS", foreground=found[1], subject=found[2].strip())
    if found := _OTS.match(text):
        return _over(found[1])
    if (found := _POV_OF.match(text)) and len(found[1].split()) <= 4:
        return Mark(framing="POV", owner=found[1], subject=found[2].strip())
    if found := _POV.match(text):
        return Mark(framing="POV", subject=found[1].strip())
    if found := _BACK.match(text):
        return Mark(returns=True, subject=(found[1] or "").strip())
    segments = [segment.strip() for segment in _SEPARATOR.split(text) if segment.strip()]
    mark, subject = Mark(), list[str]()
    read = False
    for segment in segments:
        part, of = _segment(segment, alone=len(segments) == 1, bare=bare)
        read = read or part is not None
        mark = _joined(mark, part or Mark())
        if of:
            subject.append(of)
    return replace(mark, subject=" - ".join(subject)) if read else None


def _segment(segment: str, alone: bool, bare: bool) -> tuple[Mark | None, str]:
    """(mark, subject) of one piece: 'CLOSE ON MAYA', 'SLOW PUSH IN', 'MAYA'."""
    folded = segment.casefold()
    if (part := _head(folded, alone, bare)) is not None:
        return part, ""
    if found := _SHOULDER.match(segment):
        return Mark(framing="OTS", foreground=found[1]), found[2].strip()
    if folded.startswith("on ") and len(segment.split()) <= 5:
        return Mark(), segment[3:].strip()
    for link in _LINK.finditer(segment):
        if (part := _head(folded[: link.start()], alone=False)) is not None:
            return part, segment[link.end() :].strip()
    return None, segment


def _over(rest: str) -> Mark:
    """'VIVIAN - MAYA', 'VIVIAN ONTO MAYA', 'VIVIAN' after OTS: the shoulder first, where two are named."""
    pieces = [piece.strip() for piece in re.split(r" (?:-+|–|—|onto|on|to|/) |, ", rest, flags=re.I) if piece.strip()]
    return Mark(framing="OTS", foreground=pieces[0] if pieces else "", subject=" ".join(pieces[1:]))


def _read_zh(text: str, bare: bool) -> Mark | None:
    if len(text) > 40:
        return None
    if found := _OVER_ZH.match(text):
        return Mark(framing="OTS", foreground=found[1], subject=found[2].strip())
    if (found := _POV_ZH.match(text)) and _head(found[1].strip(" -—–:、,/|+").casefold(), alone=False) is None:
        return Mark(framing="POV", owner=found[1], subject=found[2].strip())
    segments = [segment for segment in _SEPARATOR_ZH.split(text) if segment]
    mark, subject = Mark(), list[str]()
    read = False
    for place, segment in enumerate(segments):
        part = _head(segment.casefold(), alone=len(segments) == 1, bare=bare)
        if part is None and place == 0 and len(segment) <= 12:
            part, segment = _prefixed(segment)
            if part is not None:
                subject.append(segment)
        elif part is None and (found := _OVER_ZH.match(segment)):
            part = Mark(framing="OTS", foreground=found[1])
            subject.append(found[2].strip())
        elif part is None:
            subject.append(segment)
        if part is None and place == 0 and not bare:
            return None
        read = read or part is not None
        mark = _joined(mark, part or Mark())
    if bare and subject and len(segments) == 1 and not read:
        return None
    return replace(mark, subject=" ".join(subject)) if read else None


_PREFIXES = ("大特写", "大远景", "中全景", "中近景", "小全景", "特写", "近景", "中景", "全景", "远景", "空镜")
_PREFIX_MARKS = {word: _HEADS.get(word) or Mark(size=SIZES.read(word) or "") for word in _PREFIXES}


def _prefixed(segment: str) -> tuple[Mark | None, str]:
    """`特写陆沉`, `近景林晚的手`: a size word straight before its subject."""
    for word, mark in _PREFIX_MARKS.items():
        if segment.startswith(word) and len(segment) > len(word):
            return mark, segment[len(word) :]
    return None, segment
