"""Fountain (fountain.io/syntax), English and Chinese.

screenplain decides what each paragraph is, fed one paragraph at a time, so that line numbers are those of the file.
Notes, boneyard and markings are read here, because screenplain drops or does not know them. Emphasis is taken off
before screenplain sees a line: its own patterns for it can take very long on hostile text.
"""

import re
from collections.abc import Sequence

from screenplain.parsers.fountain import InputParagraph, parse_title_page
from screenplain.types import Action, Dialog, DualDialog, Transition

from studio.screenplay.cues import read_cue, read_manner
from studio.screenplay.draft import Element, Speech
from studio.screenplay.fountain_blocks import (
    Paragraph,
    paragraphs,
    plain,
    unforced_episode,
    without_boneyard,
    without_notes,
)
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
_CUE_LONGEST = 48


def read_fountain(lines: Sequence[Line]) -> Sketch:
    """The sketch of a Fountain script."""
    return _Reader(list(lines)).read()


class _Reader:
    def __init__(self, lines: list[Line]):
        self.sketch = Sketch()
        self.lines = lines
        self.previous: list[object] = []
        self.episode = EpisodeHeading(0)

    def read(self) -> Sketch:
        lines, struck = without_boneyard(self.lines)
        for start, end in struck:
            self.sketch.warn(
                start,
                f"Lines {start} to {end} are struck out (/* ... */) and were left out.",
                f"第 {start} 至 {end} 行已被注释掉（/* … */），未读取。",
            )
        for paragraph in paragraphs(without_notes(self._title_page(lines))):
            if isinstance(paragraph, Element):
                self.sketch.add(paragraph)
            else:
                self._paragraph(paragraph)
        self._finish_title()
        return self.sketch

    # -- what is not story --------------------------------------------------------------------------------------

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

    def _paragraph(self, paragraph: Paragraph) -> None:
        lines = paragraph.lines
        first = plain(lines[0].text.strip())
        if first.startswith(("#", "=")) and len(lines) == 1:
            self._outline(paragraph.number, first)
        elif len(lines) == 1 and (heading := unforced_episode(first)):
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

    def _block(self, paragraph: Paragraph) -> None:
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

    def _speaks(self, paragraph: Paragraph, fed: list[str]) -> bool:
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

    def _action(self, paragraph: Paragraph, fed: list[str]) -> None:
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


def _is_cue_with_two_spaces(text: str) -> bool:
    return text.endswith("  ") and bool(text.strip())
