"""Fountain (fountain.io/syntax), English and Chinese.

screenplain decides what each paragraph is, fed one paragraph at a time, so that line numbers are those of the file.
Notes, boneyard and markings are read here, because screenplain drops or does not know them. Emphasis is taken off
before screenplain sees a line: its own patterns for it can take very long on hostile text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from screenplain.parsers.fountain import InputParagraph, parse_title_page
from screenplain.types import Action, Dialog, DualDialog, Transition

from studio.screenplay.cues import read_cue, read_manner
from studio.screenplay.draft import Element, Speech
from studio.screenplay.headings import EpisodeHeading, episode_heading, is_end, is_slugline, series_title, slugline
from studio.screenplay.lines import Line, half, has_cjk, has_words, numeral, tidy, word_set
from studio.screenplay.marks import read_mark, reads_as_marking, split_mark
from studio.screenplay.sketch import Sketch

_TITLE_KEYS = word_set("title credit author authors source notes contact copyright episode format revision") | {
    "draft date",
    "episode title",
    "标题",
    "剧名",
    "编剧",
    "作者",
    "集数",
}
_TRANSITION = re.compile(
    r"(?:(?:smash |match |jump |hard |quick |time )?cut(?: to)?(?: black| white)?|fade (?:in|out|to)(?: black| white)?|"
    r"dissolve(?: to)?|cross ?fade(?: to)?|iris (?:in|out)|wipe to|back to black|切黑|黑场|切至|切到|淡入|淡出|叠化|闪白|"
    r"转场|渐隐|渐显|化入|化出)[.:。： ]*$",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3}|_)")
_PRIVATE = re.compile(r"[\ue700-\ue706]")
_CUE_LONGEST = 48


def read_fountain(lines: Sequence[Line]) -> Sketch:
    """The sketch of a Fountain script."""
    return _Reader(list(lines)).read()


@dataclass(slots=True)
class _Paragraph:
    lines: list[Line] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.lines[0].number

    @property
    def text(self) -> str:
        return "\n".join(line.text.strip() for line in self.lines)


class _Reader:
    def __init__(self, lines: list[Line]):
        self.sketch = Sketch()
        self.lines = lines
        self.previous: list[object] = []
        self.episode = EpisodeHeading(0)

    def read(self) -> Sketch:
        body = self._title_page(self._without_boneyard(self.lines))
        for paragraph in _paragraphs(self._without_notes(body)):
            if isinstance(paragraph, Element):
                self.sketch.add(paragraph)
            else:
                self._paragraph(paragraph)
        self._finish_title()
        return self.sketch

    # -- what is not story --------------------------------------------------------------------------------------

    def _without_boneyard(self, lines: list[Line]) -> list[Line]:
        kept: list[Line] = []
        opened: int | None = None
        closing = max((line.number for line in lines if "*/" in line.text), default=-1)
        for number, text in lines:
            rest, at = "", 0
            while at < len(text):
                end = text.find("*/" if opened is not None else "/*", at)
                if opened is None:
                    if end >= 0 and (number < closing or "*/" in text[end + 2 :]):
                        rest, opened, at = rest + text[at:end], number, end + 2
                    else:
                        rest, at = rest + text[at:], len(text)
                elif end >= 0:
                    self.sketch.warn(
                        opened,
                        f"Lines {opened} to {number} are struck out (/* ... */) and were left out.",
                        f"第 {opened} 至 {number} 行已被注释掉（/* … */），未读取。",
                    )
                    opened, at = None, end + 2
                else:
                    at = len(text)
            kept.append(Line(number, rest))
        return kept

    def _without_notes(self, lines: list[Line]) -> Iterator[Line | Element]:
        """The lines without [[notes]]; a note comes out as an element after the line it ends in."""
        opened: int | None = None
        written = ""
        blank_after = _next_blank(lines)
        last_close = dict(_closings(lines))
        for index, (number, text) in enumerate(lines):
            rest, at, notes = "", 0, list[Element]()
            while at < len(text):
                if opened is None:
                    start = text.find("[[", at)
                    if start < 0 or not (
                        "]]" in text[start + 2 :] or last_close.get(index, len(lines)) < blank_after[index]
                    ):
                        rest, at = rest + text[at:], len(text)
                    else:
                        rest, opened, written, at = rest + text[at:start], number, "", start + 2
                else:
                    end = text.find("]]", at)
                    written += text[at : end if end >= 0 else len(text)]
                    at = len(text)
                    if end >= 0:
                        notes.append(Element("note", written.strip(" "), opened))
                        opened, at = None, end + 2
            if opened is not None:
                written += "\n"
            if rest.strip() or not (notes or opened is not None):
                yield Line(number, rest)
            yield from notes

    def _title_page(self, lines: list[Line]) -> list[Line]:
        """Takes title and episode from the title page, if the file begins with one; the lines after it."""
        start = next((index for index, line in enumerate(lines) if line.text.strip()), len(lines))
        end = next((index for index in range(start, len(lines)) if not lines[index].text.strip()), len(lines))
        source = [
            half(line.text) if ":" not in line.text and "：" in line.text else line.text for line in lines[start:end]
        ]
        page = parse_title_page([text.expandtabs(4).rstrip() for text in source])
        if not page or not {key.casefold().strip() for key in page} & _TITLE_KEYS:
            return lines
        said = {key.casefold().strip(): tidy(plain(" ".join(values))) for key, values in page.items()}
        title = said.get("title") or said.get("标题") or said.get("剧名") or ""
        self.sketch.title = title.strip("《》")
        number = numeral((said.get("episode") or said.get("集数") or "").removeprefix("第").removesuffix("集"))
        self.episode = EpisodeHeading(number or 0, said.get("episode title", ""))
        return lines[end:]

    def _finish_title(self) -> None:
        """What the title page says of the episode holds for the one it numbers, or for the only one."""
        episodes = self.sketch.episodes
        for episode in episodes:
            only = len(episodes) == 1 and episode.number in (1, self.episode.number)
            if self.episode.number and only:
                episode.number = self.episode.number
            if not episode.title and (only or episode.number == self.episode.number):
                episode.title = self.episode.title

    # -- story --------------------------------------------------------------------------------------------------

    def _paragraph(self, paragraph: _Paragraph) -> None:
        lines = paragraph.lines
        first = plain(lines[0].text.strip())
        if first.startswith(("#", "=")) and len(lines) == 1:
            self._outline(paragraph.number, first)
        elif len(lines) == 1 and (heading := _episode(first)):
            self.sketch.open_episode(paragraph.number, heading)
        elif len(lines) == 1 and is_end(first):
            self._add("note", first, paragraph.number)
        elif is_slugline(first) and len(lines) == 1:
            self.sketch.open_scene(paragraph.number, slugline(first))
        else:
            self._block(paragraph)

    def _outline(self, line: int, text: str) -> None:
        """Sections and synopses. `# Episode 2` begins an episode, other sections are kept as notes."""
        if heading := (episode_heading(text) if text.startswith("#") else None):
            self.sketch.open_episode(line, heading)
        else:
            if not self.sketch.title and (title := series_title(text)):
                self.sketch.title = title
            self._add("note", text, line)

    def _block(self, paragraph: _Paragraph) -> None:
        fed = [" ".join(plain(line.text).split()) for line in paragraph.lines]
        if _is_cue_with_two_spaces(paragraph.lines[0].text):
            fed[0] += "  "
        InputParagraph(fed).update_list(self.previous)
        kind = self.previous[-1] if self.previous else None
        self.previous = self.previous[-1:]
        if isinstance(kind, Dialog | DualDialog) and not read_mark(fed[0]) and self._speaks(paragraph, fed):
            return
        if isinstance(kind, Transition):
            self._add("transition", fed[0].lstrip("> "), paragraph.number)
        elif isinstance(kind, Action) and kind.centered:
            self._add("note", "\n".join(text.strip("<> ") for text in fed), paragraph.number)
        else:
            self._action(paragraph, fed)

    def _speaks(self, paragraph: _Paragraph, fed: list[str]) -> bool:
        """Adds a block of dialogue, one speech for every parenthetical in it; False where it cannot be dialogue."""
        forced = fed[0].startswith("@")
        cue = read_cue(fed[0])
        if not cue.name or (
            not forced and (fed[0].rstrip().endswith((".", "!", "?", ":")) or len(fed[0]) > _CUE_LONGEST)
        ):
            return False
        parts: list[tuple[int, list[str], list[str], list[str]]] = [(paragraph.number, [fed[0]], [], [])]
        inside = False
        for line, text in zip(paragraph.lines[1:], fed[1:], strict=True):
            opens = text.startswith(("(", "（"))
            line_number, written, manners, words = parts[-1]
            if opens and not inside and words:
                line_number, written, manners, words = line.number, [], [], []
                parts.append((line_number, written, manners, words))
            written.append(text)
            inside = inside or opens
            (manners if inside else words).append(text)
            if text.endswith((")", "）")):
                inside = False
        if not any(words for *_, words in parts):
            return False
        for index, (line_number, written, manners, words) in enumerate(parts):
            manner, delivery = read_manner(" ".join(manners)) if manners else ("", None)
            manner = "; ".join(part for part in (cue.manner if index == 0 else "", manner) if part)
            text = ("" if has_cjk("".join(words)) else " ").join(words)
            speech = Speech(cue.name, text, manner, delivery or cue.delivery) if words else None
            self.sketch.add(Element("speech" if speech else "action", "\n".join(written), line_number, speech))
        return True

    def _action(self, paragraph: _Paragraph, fed: list[str]) -> None:
        """Action, with any shot marking and transition that stands in it as a line of its own."""
        plain_run: list[Line] = []
        for line, text in zip(paragraph.lines, fed, strict=True):
            forced = text.startswith("!")
            text = text[1:].strip() if forced else text
            shout = forced or text.isupper()
            split = split_mark(text) if not shout else None
            if (shout or reads_as_marking(text)) and read_mark(text, bare=forced):
                kind = "shot"
            elif _TRANSITION.match(text.lstrip("> ").strip("()（）")) and (shout or has_cjk(text)):
                kind = "transition"
            elif split:
                kind = "shot"
            else:
                plain_run.append(Line(line.number, text))
                continue
            self._flush(plain_run)
            self._add(kind, split[0] if split else text.lstrip("> "), line.number)
            if split and split[1]:
                plain_run.append(Line(line.number, split[1]))
        self._flush(plain_run)

    def _flush(self, run: list[Line]) -> None:
        if run:
            self._add(
                "action" if any(has_words(text) for _, text in run) else "note",
                "\n".join(t for _, t in run),
                run[0].number,
            )
            run.clear()

    def _add(self, kind, text: str, line: int) -> None:
        self.sketch.add(Element(kind, text, line))


def plain(text: str) -> str:
    """`text` without Fountain's emphasis marks; lone ones and escaped ones stay."""
    text = _PRIVATE.sub("\ufffd", text)
    if "*" not in text and "_" not in text:
        return text
    marks = list(_EMPHASIS.finditer(text))
    waiting: dict[str, re.Match[str]] = {}
    dropped: set[int] = set()
    for mark in marks:
        opener = waiting.get(mark[0])
        if opener and not text[mark.start() - 1].isspace() and mark.start() > opener.end():
            dropped |= set(range(*opener.span())) | set(range(*mark.span()))
            del waiting[mark[0]]
        elif mark.end() < len(text) and not text[mark.end()].isspace():
            waiting[mark[0]] = mark
    return "".join(char for at, char in enumerate(text) if at not in dropped).replace("\\*", "*").replace("\\_", "_")


def _episode(text: str) -> EpisodeHeading | None:
    """An unforced episode heading; a line that begins a sentence or a slugline is none."""
    return None if text.startswith(("!", "@", ".", ">")) else episode_heading(text)


def _is_cue_with_two_spaces(text: str) -> bool:
    return text.endswith("  ") and bool(text.strip())


def _paragraphs(lines: Iterator[Line | Element]) -> Iterator[_Paragraph | Element]:
    """Runs of lines without a blank one; sluglines, sections, synopses and episode headings always stand alone."""
    running = _Paragraph()
    notes: list[Element] = []
    for line in lines:
        if isinstance(line, Element):
            notes.append(line)
            continue
        text = line.text.strip()
        alone = text and (
            text.startswith(("#", "=")) or (is_slugline(text) and not text.startswith("..")) or bool(_episode(text))
        )
        if (not text and not (line.text == "  " and running.lines)) or alone:
            if running.lines:
                yield running
                running = _Paragraph()
            yield from notes
            notes.clear()
            if alone:
                yield _Paragraph([line])
        elif text:
            running.lines.append(line)
    if running.lines:
        yield running
    yield from notes


def _next_blank(lines: list[Line]) -> list[int]:
    """For every line, the index of the first blank one at or after it."""
    result, blank = [0] * len(lines), len(lines)
    for index in range(len(lines) - 1, -1, -1):
        if not lines[index].text.strip():
            blank = index
        result[index] = blank
    return result


def _closings(lines: list[Line]) -> Iterator[tuple[int, int]]:
    """(index, index of the first later line with `]]`), where there is one."""
    closing: int | None = None
    for index in range(len(lines) - 1, -1, -1):
        if closing is not None:
            yield index, closing
        if "]]" in lines[index].text:
            closing = index
