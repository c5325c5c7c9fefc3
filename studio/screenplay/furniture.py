"""What a printed script has on its pages and is no script: page numbers, running heads, (MORE), watermarks, revisions.

Set aside before anything is read, so that none of it becomes action, and told in one warning. In doubt a line stays:
a bare number is a page's only where numbers rise through the file, a repeated line is a running head only where it
stands at the breaks of pages.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from storage.errors import Message
from studio.screenplay.draft import Warned
from studio.screenplay.headings import chinese_heading, episode_heading, is_end, is_slugline
from studio.screenplay.lines import NUMERAL, Line, half, has_cjk, has_words, numeral, tidy

_LONGEST = 120
_FAR_RIGHT = 30  # blanks before a page number that is set at the right margin
_SHOWN = 8

_N = rf"([{NUMERAL}]{{1,4}})"
_PAGE = re.compile(
    rf"[-–—·~|]* ?(?:第 ?{_N} ?页(?:[ ,/|]*(?:共|总共?) ?{_N} ?页)?|共 ?{_N} ?页[ ,/|]*第 ?{_N} ?页|"
    r"page ?:? ?(\d{1,4})(?: ?(?:of|/) ?\d{1,4})?|p(?:g|p)?\. ?(\d{1,4}))\.? ?[-–—·~|]*|[-–—·~]+ ?(\d{1,4}) ?[-–—·~]+",
    re.IGNORECASE,
)
_BARE = re.compile(r"(\d{1,3})(?:\.|(?: ?/ ?\d{1,3}))?")
_HEADED = re.compile(
    rf"(?P<head>\S.{{0,60}}?) ?[-–—·|/,]* ?(?:第 ?(?P<zh>[{NUMERAL}]{{1,4}}) ?页(?:[ ,/|]*共 ?[{NUMERAL}]{{1,4}} ?页)?|"
    r"page (?P<en>\d{1,4})(?: of \d{1,4})?)\.?",
    re.IGNORECASE,
)
_WIDE = re.compile(r"\s*(?P<head>\S.{0,70}?)(?:\s{3,}|\t\s*)(?P<en>\d{1,3})\.?\s*")
_CONTINUED = re.compile(
    r"\(more\)|(?:\d{1,4}[a-z]{0,2} )?(?:\(continued\)|continued:?)(?: ?\(\d{1,3}\))?(?: \d{1,4}[a-z]{0,2})?|"
    r"[(\[【](?:续|接上页|续上页|上接.{0,8}页|转下页|接下页|下转.{0,8}页|下页续)[)\]】]",
    re.IGNORECASE,
)
_COLOURS = "white|blue|pink|yellow|green|goldenrod|buff|salmon|cherry|tan|gr[ae]y|ivory"
_DATE = r"[\d./年月日号 -]{0,24}"
_REVISION_LINE = re.compile(
    rf"\W{{0,3}}(?:(?:{_COLOURS}) (?:rev(?:ision|\.)?s?|revised|draft|pages?)(?: pages?| draft)?|"
    rf"rev(?:\.|ision|ised)? ?(?:\d{{1,3}} ?)?\(?(?:{_COLOURS})\)?|revised (?:{_COLOURS})? ?(?:pages?)?|"
    rf"[白蓝粉黄绿金红](?:色)?(?:修订)?页(?:修订)?|(?:第.{{1,3}}次)?修订[稿页版]?)\W{{0,3}}{_DATE}\W{{0,3}}",
    re.IGNORECASE,
)
_TAG = r"[(\[【](?:修订|修改|修|新增|改|新|revised?|rev\.?|new)[)\]】]"
_TAGGED = re.compile(rf"(?:{_TAG}\s*)?(.*?)(?:\s*{_TAG})?\s*", re.IGNORECASE)
_STARRED = re.compile(r"(.*\S)\s+\*{1,2}\s*")
_LEFT_STAR = re.compile(r"\s*\*{1,2}(?:\s{2,}|\t)\s*(\S.*)")
_WATERMARK = re.compile(
    r"confidential|do not (?:copy|distribute|duplicate|circulate|share)|property of|all rights reserved|watermark|"
    r"not for distribution|机密|保密|内部(?:资料|使用|文件|传阅)|仅供|严禁|禁止(?:外传|复制|传播|转载)|版权所有|样稿|水印|请勿(?:外传|转发)",
    re.IGNORECASE,
)
_BOTH_MARGINS = re.compile(r"\s*((?:\d{1,3}-)?[A-Z]{0,2}\d{1,4}[A-Z]{0,2})[.)、]?\s+(\S.*?)\s+\1[.)]?\s*")
_LEFT_MARGIN = re.compile(r"\s*([A-Z]{0,2}\d{1,4}[A-Z]{0,2})[.)]?\s+(\S.*)")
_RIGHT_MARGIN = re.compile(r"\s*(\S.*?)\s{2,}([A-Z]{0,2}\d{1,4}[A-Z]{0,2})[.)]?\s*")

_KINDS = {
    "page": Message("page numbers", "页码"),
    "head": Message("running heads", "页眉页脚"),
    "continued": Message("(MORE) and CONTINUED", "续页标记"),
    "revision": Message("revision marks", "修订标记"),
    "watermark": Message("watermarks", "水印"),
}


def without_furniture(lines: Sequence[Line]) -> tuple[list[Line], Warned | None]:
    """The script's own lines, and one warning of all that was set aside; None where nothing was.

    Scene numbers that stand in both margins are put where the readers look for them.
    """
    return _Pages(lines).cleared()


@dataclass(slots=True)
class _Pages:
    lines: Sequence[Line]
    kinds: dict[int, str] = field(default_factory=dict)
    flat: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def cleared(self) -> tuple[list[Line], Warned | None]:
        self.texts = [line.text.replace("\f", " ") for line in self.lines]
        marked: list[int] = []
        for index, text in enumerate(self.texts):
            bare = _unmarked(text) if len(text) <= 4 * _LONGEST else text
            if bare != text:
                self.texts[index] = bare
                marked.append(index)
        self.flat = [tidy(half(text)) if len(text) <= 4 * _LONGEST else text for text in self.texts]
        self._lone_lines(marked)
        self._bare_numbers()
        self._heads_with_numbers()
        self._repeated_lines()
        self._watermarks()
        kept = [
            Line(line.number, _margins(self.texts[index]))
            for index, line in enumerate(self.lines)
            if index not in self.kinds
        ]
        told = {**dict.fromkeys(marked, "revision"), **self.kinds}
        return kept, self._warning(told) if told else None

    def _warning(self, told: dict[int, str]) -> Warned:
        numbers = [self.lines[index].number for index in sorted(told)]
        counted = Counter(told.values())
        en = ", ".join(f"{_KINDS[kind].en} ({counted[kind]})" for kind in _KINDS if counted[kind])
        zh = "、".join(f"{_KINDS[kind].zh}（{counted[kind]}）" for kind in _KINDS if counted[kind])
        some = ", ".join(map(str, numbers[:_SHOWN])) + (" …" if len(numbers) > _SHOWN else "")
        message = Message(
            f"What belongs to the printed page was set aside: {en}. Lines {some}.",
            f"已略过属于版面、不属于剧本的内容：{zh}。行号：{some}。",
        )
        return Warned(numbers[0], message, tuple(numbers))

    def _lone_lines(self, marked: Sequence[int]) -> None:
        """Lines that say themselves what they are."""
        for index, text in enumerate(self.flat):
            if not text or len(text) > _LONGEST:
                continue
            if _CONTINUED.fullmatch(text) and (text[0] in "([【" or text.upper() == text):
                self.kinds[index] = "continued"
            elif _PAGE.fullmatch(text):
                self.kinds[index] = "page"
            elif _REVISION_LINE.fullmatch(text) or text in ("*", "**"):
                self.kinds[index] = "revision"
        for index in marked:
            if not has_words(self.flat[index]):
                self.kinds[index] = "revision"

    def _bare_numbers(self) -> None:
        found = [
            (index, int(match[1]))
            for index, text in enumerate(self.flat)
            if index not in self.kinds and (match := _BARE.fullmatch(text))
        ]
        values = [value for _, value in found]
        if any(after <= before for before, after in pairwise(values)):
            return
        in_step = len(values) >= 3 and values == list(range(values[0], values[0] + len(values)))
        for index, _ in found:
            above, below = self._blank(index - 1), self._blank(index + 1)
            text = self.texts[index].expandtabs(8)
            far = len(text) - len(text.lstrip()) >= _FAR_RIGHT
            amid = in_step and not (above and index) and not (below and index + 1 < len(self.flat))
            if (above and below) or far or amid or "\f" in self.lines[index].text:
                self.kinds[index] = "page"

    def _blank(self, index: int) -> bool:
        return not 0 <= index < len(self.flat) or not self.flat[index] or index in self.kinds

    def _heads_with_numbers(self) -> None:
        """`第七封信  第 3 页`, `PAID IN FULL     12.`: a head that comes again with a rising number."""
        groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for index, text in enumerate(self.flat):
            if index in self.kinds or not text or len(text) > _LONGEST or is_slugline(text):
                continue
            match = _HEADED.fullmatch(text) or _WIDE.fullmatch(half(self.texts[index]))
            if match is None or (chinese_heading(text) and not re.search("页$", text)):
                continue
            said = match.groupdict()
            value = numeral(said.get("zh") or said["en"] or "")
            head = tidy(match["head"])
            if value is not None and not is_slugline(head) and _LEFT_MARGIN.fullmatch(head) is None:
                groups[head].append((index, value))
        for found in groups.values():
            rising = all(after[1] > before[1] for before, after in pairwise(found))
            paged = all(
                re.search(r"共.*页$|page \d+ of \d+\.?$", self.flat[index], re.IGNORECASE) for index, _ in found
            )
            if rising and (len(found) >= 2 or paged):
                self.kinds.update((index, "head") for index, _ in found)

    def _repeated_lines(self) -> None:
        """A line that stands at most breaks of pages and nowhere else."""
        breaks = [index for index, kind in self.kinds.items() if kind in ("page", "head")]
        breaks += [index for index, line in enumerate(self.lines) if "\f" in line.text]
        near = {at for index in breaks for at in self._around(index)}
        places: dict[str, list[int]] = defaultdict(list)
        for index, text in enumerate(self.flat):
            if text and index not in self.kinds and len(text) <= _LONGEST and has_words(text):
                places[re.sub(r"\d+", "#", text)].append(index)
        for found in places.values():
            text = self.flat[found[0]]
            often = len(found) >= max(2, len(set(breaks)) // 2)
            if often and near.issuperset(found) and not any(self._is_story(index, text) for index in found):
                self.kinds.update((index, "head") for index in found)

    def _around(self, index: int) -> list[int]:
        """The two lines with words before, at and after a break of pages."""
        found = [index]
        for step in (-1, 1):
            at, seen = index + step, 0
            while 0 <= at < len(self.flat) and seen < 2 and abs(at - index) <= 8:
                if self.flat[at] and at not in self.kinds:
                    found.append(at)
                    seen += 1
                at += step
        return found

    def _is_story(self, index: int, text: str) -> bool:
        """Whether a line is a heading, a cue with its words below it, or signed as action."""
        cue = not has_cjk(text) and text.upper() == text and not self._blank(index + 1)
        signed = text[0] in "△▲@!.>#=" or "cont'd" in text.casefold() or "(续)" in text
        return (
            cue or signed or is_slugline(text) or bool(chinese_heading(text) or episode_heading(text)) or is_end(text)
        )

    def _watermarks(self) -> None:
        places: dict[str, list[int]] = defaultdict(list)
        for index, text in enumerate(self.flat):
            if index in self.kinds or len(text) > _LONGEST or not _WATERMARK.search(text):
                continue
            said = text[0] in "△▲@!.>#=(" or re.match(r"[^:]{1,12}:", text) or self._is_dialogue(index)
            if not said:
                places[text].append(index)
        for found in places.values():
            if len(found) >= 2:
                self.kinds.update((index, "watermark") for index in found)

    def _is_dialogue(self, index: int) -> bool:
        """Whether the line above, without a blank one between, is a cue or a parenthetical."""
        above = self.flat[index - 1] if index else ""
        return bool(above) and (above[0] in "@(" or (above.upper() == above and not has_cjk(above)))


def _unmarked(text: str) -> str:
    """`text` without a star in the margin and without `(修订)` at either end."""
    if (found := _LEFT_STAR.fullmatch(text)) and found[1].count("*") % 2 == 0:
        text = found[1]
    if (found := _STARRED.fullmatch(text)) and found[1].count("*") % 2 == 0:
        text = found[1]
    if text[-1:] in ")]】）］" or text.lstrip()[:1] in tuple("([【（［"):
        found = _TAGGED.fullmatch(half(text))
        if found and found.span(1) != (0, len(text.rstrip())) and found.span(1) != (0, len(text)):
            text = text[found.start(1) : found.end(1)]
    return text


def _margins(text: str) -> str:
    """`12  INT. KITCHEN - NIGHT  12` as `INT. KITCHEN - NIGHT #12#`; `12 内景 客厅 日 12` as `12 内景 客厅 日`."""
    if len(text) > _LONGEST or not any(char.isdigit() for char in text) or text.rstrip().endswith("#"):
        return text
    flat = half(text)
    if found := _BOTH_MARGINS.fullmatch(flat):
        number, place = found[1], text[found.start(2) : found.end(2)]
        if not has_cjk(place) and is_slugline(place):
            return f"{place} #{number}#"
        if is_slugline(place) or chinese_heading(f"{number} {place}"):
            return f"{number} {place}"
    elif (found := _LEFT_MARGIN.fullmatch(flat)) and not has_cjk(flat) and is_slugline(found[2]):
        return f"{found[2].strip()} #{found[1]}#"
    elif (found := _RIGHT_MARGIN.fullmatch(flat)) and not has_cjk(flat) and is_slugline(found[1]):
        return f"{found[1]} #{found[2]}#"
    return text
