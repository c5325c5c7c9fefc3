"""Fountain (fountain.io/syntax), English and Chinese.

screenplain decides what each paragraph is, fed one paragraph at a time, so that line numbers are those of the file.
Notes, boneyard and markings are read here, because screenplain drops or does not know them. Emphasis is taken off
before screenplain sees a line: its own patterns for it can take very long on hostile text.
"""

from collections.abc import Sequence

from screenplain.parsers.fountain import InputParagraph, parse_title_page
from screenplain.types import Action, Dialog, DualDialog, Transition

from studio.screenplay.draft import Element
from studio.screenplay.fountain_blocks import (
    Paragraph,
    paragraphs,
    plain,
    unforced_episode,
    without_boneyard,
    without_notes,
)
from studio.screenplay.headings import EpisodeHeading, episode_heading, is_end, is_slugline, series_title, slugline
from studio.screenplay.lines import Line, half, numeral, tidy, word_set
from studio.screenplay.marks import read_mark
from studio.screenplay.sketch import Sketch
from studio.screenplay.story import Story, numbered

_TITLE_KEYS = word_set("title credit author authors source notes contact copyright episode format revision") | {
    "draft date",
    "episode title",
    "标题",
    "剧名",
    "编剧",
    "作者",
    "集数",
}


def read_fountain(lines: Sequence[Line]) -> Sketch:
    """The sketch of a Fountain script."""
    return _Reader(list(lines)).read()


class _Reader:
    def __init__(self, lines: list[Line]):
        self.sketch = Sketch()
        self.story = Story(self.sketch)
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
                self.story.note(paragraph)
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
            self.story.add("note", first, paragraph.number)
        elif is_slugline(first) and len(lines) == 1:
            self.story.scene(paragraph.number, slugline(first))
        else:
            self._block(paragraph)

    def _outline(self, line: int, text: str) -> None:
        """Sections and synopses. `# Episode 2` begins an episode, other sections are kept as notes."""
        if heading := (episode_heading(text) if text.startswith("#") else None):
            self.sketch.open_episode(line, heading)
        else:
            if not self.sketch.title and (title := series_title(text)):
                self.sketch.title = title
            self.story.add("note", text, line)

    def _block(self, paragraph: Paragraph) -> None:
        fed = [" ".join(plain(line.text).split()) for line in paragraph.lines]
        if _is_cue_with_two_spaces(paragraph.lines[0].text):
            fed[0] += "  "
        InputParagraph(fed).update_list(self.previous)
        kind = self.previous[-1] if self.previous else None
        self.previous = self.previous[-1:]
        spoken = isinstance(kind, Dialog | DualDialog) and not read_mark(numbered(fed[0])[0])
        fed_lines = [Line(line.number, text) for line, text in zip(paragraph.lines, fed, strict=True)]
        if spoken and self.story.speeches(fed_lines[0], fed_lines[1:], forced=fed[0].startswith("@")):
            return
        if isinstance(kind, Transition):
            self.story.add("transition", fed[0].lstrip("> "), paragraph.number)
        elif isinstance(kind, Action) and kind.centered:
            self.story.add("note", "\n".join(text.strip("<> ") for text in fed), paragraph.number)
        else:
            forced = [text.startswith("!") for text in fed]
            texts = [text[1:].strip() if said else text for text, said in zip(fed, forced, strict=True)]
            self.story.action([Line(line.number, text) for line, text in zip(fed_lines, texts, strict=True)], forced)


def _is_cue_with_two_spaces(text: str) -> bool:
    return text.endswith("  ") and bool(text.strip())
