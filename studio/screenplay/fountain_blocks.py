"""Fountain's lines made ready: boneyard and notes taken out, paragraphs told apart, emphasis off. All of it linear."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from studio.screenplay.draft import Element
from studio.screenplay.headings import EpisodeHeading, episode_heading, is_slugline
from studio.screenplay.lines import Line

_EMPHASIS = re.compile(r"(?<!\\)(\*{1,3}|_)")
_PRIVATE = re.compile(r"[\ue700-\ue706]")


@dataclass(slots=True)
class Paragraph:
    """A run of lines without a blank one."""

    lines: list[Line] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.lines[0].number


def without_boneyard(lines: Sequence[Line]) -> tuple[list[Line], list[tuple[int, int]]]:
    """The lines without what stands between /* and */, and the (first, last) lines of every such stretch."""
    struck: list[tuple[int, int]] = []
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
                struck.append((opened, number))
                opened, at = None, end + 2
            else:
                at = len(text)
        kept.append(Line(number, rest))
    return kept, struck


def without_notes(lines: Sequence[Line]) -> Iterator[Line | Element]:
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


def paragraphs(lines: Iterable[Line | Element]) -> Iterator[Paragraph | Element]:
    """Runs of lines without a blank one; sluglines, sections, synopses and episode headings always stand alone."""
    running = Paragraph()
    notes: list[Element] = []
    awaiting = False
    for line in lines:
        if isinstance(line, Element):
            notes.append(line)
            continue
        text = line.text.strip()
        said = awaiting and text  # the line below a forced cue is what is said, whatever it looks like
        awaiting = text.startswith("@" if not running.lines else ("(", "（")) and (awaiting or not running.lines)
        alone = (
            text
            and not said
            and (
                text.startswith(("#", "="))
                or (is_slugline(text) and not text.startswith(".."))
                or bool(unforced_episode(text))
            )
        )
        if (not text and not (line.text == "  " and running.lines)) or alone:
            if running.lines:
                yield running
                running = Paragraph()
            yield from notes
            notes.clear()
            if alone:
                yield Paragraph([line])
        elif text:
            running.lines.append(line)
    if running.lines:
        yield running
    yield from notes


def _next_blank(lines: Sequence[Line]) -> list[int]:
    """For every line, the index of the first blank one at or after it."""
    result, blank = [0] * len(lines), len(lines)
    for index in range(len(lines) - 1, -1, -1):
        if not lines[index].text.strip():
            blank = index
        result[index] = blank
    return result


def _closings(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """(index, index of the first later line with `]]`), where there is one."""
    closing: int | None = None
    for index in range(len(lines) - 1, -1, -1):
        if closing is not None:
            yield index, closing
        if "]]" in lines[index].text:
            closing = index


def unforced_episode(text: str) -> EpisodeHeading | None:
    """An unforced episode heading; a line that begins a sentence or a slugline is none."""
    return None if text.startswith(("!", "@", ".", ">")) else episode_heading(text)


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
