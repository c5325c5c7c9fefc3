"""Final Draft (FDX): paragraphs, which say themselves what they are, into a sketch. Lines are paragraphs, from 1.

Facts of the format: dual dialogue and an omitted scene are paragraphs inside a paragraph; a script note stands either
inside its paragraph or, in newer files, at the end with a range of places in the text, counted in UTF-16 units, one for
every paragraph's end and two for every block inside a paragraph.
"""

import re
import xml.etree.ElementTree as ET
from bisect import bisect_right
from dataclasses import dataclass, field, replace

from storage.errors import ScriptError
from studio.screenplay.cues import read_names
from studio.screenplay.draft import Element, ScriptDraft
from studio.screenplay.fdx_file import is_struck, paragraphs_of, raw_text_of, root_of, text_of
from studio.screenplay.fields import read_field
from studio.screenplay.headings import EpisodeHeading, Heading, chinese_heading, episode_heading, is_end, slugline
from studio.screenplay.lines import Line, has_words, language_of, tidy
from studio.screenplay.marks import is_omitted
from studio.screenplay.sketch import Sketch
from studio.screenplay.story import Story

_SPOKEN = {"Character", "Parenthetical", "Dialogue", "Dialog", "Lyrics", "Singing"}
_ASIDE_OF_STORY = {"New Act", "End of Act", "Act", "Outline", "Outline Body", "Synopsis", "Sequence", "Beat"}


@dataclass(slots=True)
class _Paragraph:
    number: int
    kind: str
    text: str
    scene_number: str = ""
    notes: list[str] = field(default_factory=list)
    revised: bool = False
    struck: bool = False


def read_fdx(text: str, name: str) -> ScriptDraft:
    """A Final Draft script.

    Raises ScriptError for broken XML (with its line), XML of another kind, entities, and a document without a script.
    """
    reader = _Reader(root_of(text, name), name)
    return reader.read().draft(language_of("\n".join(each.text for each in reader.paragraphs)))


class _Reader:
    def __init__(self, root: ET.Element, name: str):
        self.root = root
        self.name = name
        self.sketch = Sketch()
        self.story = Story(self.sketch)
        self.paragraphs: list[_Paragraph] = []
        self.starts: list[tuple[int, int]] = []
        self.omitted: list[tuple[int, int, str]] = []
        self.unknown: dict[str, list[int]] = {}

    def read(self) -> Sketch:
        content = self.root.find("Content")
        if content is not None:
            self._collect(content)
        if not any(has_words(each.text) for each in self.paragraphs):
            template = self.root.get("DocumentType") == "Template" or self.root.get("Template") == "Yes"
            kind_en, kind_zh = (
                ("a Final Draft template", "Final Draft 模板")
                if template
                else ("an empty Final Draft file", "空的 Final Draft 文件")
            )
            raise ScriptError(
                f"'{self.name}' is {kind_en}: there is no script in it. Save the script itself as .fdx.",
                f"“{self.name}”是{kind_zh}，其中没有剧本内容，请将剧本本身存为 .fdx。",
            )
        self._notes_by_place()
        self._title_page()
        self._tell()
        self._say_what_was_set_aside()
        return self.sketch

    def _collect(self, content: ET.Element) -> None:
        """All paragraphs in reading order; those of an omitted scene are left out."""
        number = place = 0
        for each in content.findall("Paragraph"):
            number += 1
            self.starts.append((place, number))
            place += len(raw_text_of(each).encode("utf-16-le")) // 2 + 1
            number_said = each.get("Number", "")
            dual, cut = each.find("DualDialogue"), each.find("OmittedScene")
            place += 2 * ((dual is not None) + (cut is not None))
            self._take(number, each)
            if cut is not None:
                inside = sum(1 for _ in cut.iter("Paragraph"))
                self.omitted.append((number, inside, number_said))
                number += inside
            if dual is not None:
                for inner in dual.findall("Paragraph"):
                    number += 1
                    self._take(number, inner)
                self.paragraphs.append(_Paragraph(number, "", ""))  # nobody goes on speaking after the two

    def _take(self, number: int, each: ET.Element) -> None:
        runs = each.findall("Text")
        self.paragraphs.append(
            _Paragraph(
                number,
                each.get("Type", "General"),
                tidy(text_of(each)),
                tidy(each.get("Number", "")),
                [tidy("\n".join(paragraphs_of(note))) for note in each.findall("ScriptNote")],
                any(run.get("RevisionID", "0") != "0" for run in runs),
                any(is_struck(run) for run in runs),
            )
        )

    def _notes_by_place(self) -> None:
        places = [place for place, _ in self.starts]
        by_number = {each.number: each for each in self.paragraphs}
        for note in self.root.iterfind("ScriptNotes/ScriptNote"):
            words = tidy("\n".join(paragraphs_of(note)))
            found = re.match(r"\s*(\d{1,12})", note.get("Range", ""))
            at = max(0, bisect_right(places, int(found[1]) if found else 0) - 1)
            by_number[self.starts[at][1]].notes.append(words)

    def _title_page(self) -> None:
        """The series, the episode and its title, where the title page gives them on lines of their own."""
        page = self.root.find("TitlePage/Content")
        lines = [tidy(text_of(each)) for each in page.findall("Paragraph")] if page is not None else []
        lines = [line for line in lines if has_words(line)]
        self.episode = EpisodeHeading(0)
        for index, line in enumerate(lines):
            if heading := episode_heading(line):
                after = lines[index + 1] if index + 1 < len(lines) else ""
                quoted = re.fullmatch(r"[“\"](.+)[”\"]", after)
                self.episode = replace(heading, title=heading.title or (quoted[1] if quoted else ""))
                self.sketch.title = heading.series
                break
        first = lines[0] if lines else ""
        if not self.sketch.title and not episode_heading(first):
            self.sketch.title = first.strip("《》“”\"' ")

    def _tell(self) -> None:
        spoken: list[_Paragraph] = []
        for each in self.paragraphs:
            if each.kind == "Character" or each.kind not in _SPOKEN:
                self._speak(spoken)
                spoken = []
            if each.kind in _SPOKEN:
                spoken.append(each)
                continue
            if has_words(each.text):
                self._paragraph(each)
            self._notes(each)
        self._speak(spoken)
        only = self.sketch.episodes[0] if len(self.sketch.episodes) == 1 else None
        if only is not None and self.episode.number and only.number in (1, self.episode.number):
            only.number, only.title = self.episode.number, only.title or self.episode.title

    def _notes(self, each: _Paragraph) -> None:
        for words in each.notes:
            if words:
                self.story.note(Element("note", words, each.number))

    def _paragraph(self, each: _Paragraph) -> None:
        number, text = each.number, each.text
        if each.kind == "Scene Heading":
            self._heading(each)
        elif each.kind == "Transition":
            self.story.add("transition", text, number)
        elif each.kind == "Shot":
            self.story.shot(number, text, each.scene_number[:24])
        elif each.kind == "Action" and self.story.planned:
            self.sketch.add(Element("action", text, number))
        elif heading := episode_heading(text):
            self.sketch.open_episode(number, heading)
        elif each.kind == "Cast List":
            if self.sketch.scene is not None:
                self.sketch.scene.listed += read_names(text)
            self.story.add("note", text, number)
        elif each.kind in _ASIDE_OF_STORY or is_end(text) or read_field(text):
            self.story.note(Element("note", text, number))
        else:
            if each.kind not in ("Action", "General"):
                self.unknown.setdefault(each.kind, []).append(number)
            self.story.action([Line(number, text)], [False])

    def _heading(self, each: _Paragraph) -> None:
        if is_omitted(each.text):
            if not any(number == each.number for number, *_ in self.omitted):
                self.omitted.append((each.number, 0, each.scene_number))
            return
        if heading := episode_heading(each.text):
            self.sketch.open_episode(each.number, heading)
            return
        native = chinese_heading(each.text)
        read = native if native and native.number else slugline(f".{each.text}")
        heading = replace(read, number=each.scene_number.upper()[:24]) if each.scene_number else read
        self.story.scene(each.number, heading or Heading())

    def _speak(self, spoken: list[_Paragraph]) -> None:
        """A cue and what follows it; without a cue, or without words, it is action and said to be."""
        said = [each for each in spoken if each.text]
        lines = [
            Line(each.number, _in_brackets(each.text) if each.kind == "Parenthetical" else each.text) for each in said
        ]
        if lines:
            cue = said[0].kind == "Character"
            if not cue or not self.story.speeches(lines[0], lines[1:], forced=True):
                self.sketch.warn(
                    lines[0].number,
                    "These words have no speaker; they are read as action."
                    if not cue
                    else "This speaker has no words; the line is read as action.",
                    "该段台词没有说话人，按动作描述读取。" if not cue else "该说话人没有台词，按动作描述读取。",
                )
                self.sketch.add(Element("action", "\n".join(line.text for line in lines), lines[0].number))
        for each in spoken:
            self._notes(each)

    def _say_what_was_set_aside(self) -> None:
        for number, inside, said in self.omitted:
            en, zh = (f"Scene {said}", f"第 {said} 场") if said else ("A scene", "一场戏")
            what = (f" with {inside} paragraphs", f"（{inside} 段）") if inside else ("", "")
            self.sketch.warn(number, f"{en}{what[0]} is omitted and was left out.", f"{zh}{what[1]}已删除，未读取。")
        for kind, numbers in self.unknown.items():
            self.sketch.warn(
                numbers[0],
                f"'{kind[:40]}' is no kind of paragraph the studio knows; {_times(numbers)} read as action.",
                f"不认识段落类型“{kind[:40]}”，共 {len(numbers)} 段，按动作描述读取。",
                numbers,
            )
        self._say(
            [each.number for each in self.paragraphs if each.struck],
            "Words that are struck out were left out of {}.",
            "{}中划掉的文字未读取。",
        )
        self._say(
            [each.number for each in self.paragraphs if each.revised],
            "Revision marks were set aside in {}; the text is read as it stands.",
            "{}带有修订标记，按现有文字读取。",
        )

    def _say(self, numbers: list[int], en: str, zh: str) -> None:
        if numbers:
            self.sketch.warn(numbers[0], en.format(_times(numbers)), zh.format(f"{len(numbers)} 段"), numbers)


def _in_brackets(text: str) -> str:
    return text if text.startswith(("(", "（")) else f"({text})"


def _times(numbers: list[int]) -> str:
    return f"{len(numbers)} paragraph{'s' if len(numbers) > 1 else ''}"
