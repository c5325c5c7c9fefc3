"""The native Chinese form of a short-drama script, line by line.

`1-1 日 内 地点` · `人物：` · `△` action · `名字（情绪）：台词` · OS/VO/画外音 · 【闪回】【字幕：…】【音效：…】
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from studio.screenplay.cues import is_narrator, read_cue, read_manner, read_names
from studio.screenplay.draft import Element, Speech
from studio.screenplay.fields import CAST_FIELDS, INSIDE_FIELDS, PLACE_FIELDS, TIME_FIELDS, TITLE_FIELDS, read_field
from studio.screenplay.headings import (
    Heading,
    chinese_heading,
    episode_heading,
    is_end,
    is_forced_or_latin,
    place,
    read_time,
    series_title,
    slugline,
)
from studio.screenplay.lines import Line, half, has_cjk, has_words, numeral, tidy
from studio.screenplay.marks import read_mark, reads_as_marking, split_mark
from studio.screenplay.sketch import Sketch
from studio.vocabulary import INT_EXT

_ACTION = re.compile(r"[△▲Δ∆▵◭▽▼☆★◆●■]\s*")
_ACTION_FIELDS = {"画面", "镜头", "动作", "场面", "画面内容"}
_TRANSITION = re.compile(
    r"(?:切黑|黑屏|黑场|切至|切到|切|淡入|淡出|渐黑|渐隐|渐显|叠化|叠|闪白|白屏|转场|转|化入|化出|定格|画面定格|"
    r"(?:cut|fade|dissolve)[ a-z]*)(?:[::至到 ].{0,12})?$",
    re.IGNORECASE,
)
_BRACKET_LINE = re.compile(r"[\[【(（]([^\[\]【】()（）]{1,60})[\]】)）]\s?[。.]?$")
_SPEECH = re.compile(
    r"([^:\"“”。！？!?,，、…△()]{1,24}(?: ?\([^()]{0,40}\)){0,2}[^:\"“”。！？!?,，、…△()]{0,6})\s?:\s?(.*)$"
)
_VERBS = re.compile(
    r"(?:说|说道|道|问|问道|喊|喊道|想|想到|写着|写道|显示|念|念道|叫|叫道|答|回答|心想|表示|是|上|内容|如下|提示|出现)$"
)
_MANNER = re.compile(r"\(([^()]{1,40})\)\s?")


def read_native(lines: Sequence[Line]) -> Sketch:
    """The sketch of a script in the native Chinese form."""
    return _Reader(lines).read()


class _Reader:
    def __init__(self, lines: Sequence[Line]):
        self.lines = [Line(number, tidy(text)) for number, text in lines if text.strip()]
        self.sketch = Sketch()
        self.marks_action = any(_ACTION.match(text) for _, text in self.lines)
        self.known: set[str] = set()
        self.cue: Line | None = None

    def read(self) -> Sketch:
        for line in self.lines:
            if self.cue is not None:
                cue, self.cue = self.cue, None
                if self._words_of(cue, line):
                    continue
            if not (self._structure(line) or self._head(line)):
                self._content(line)
        if self.cue is not None:
            self._add("action", self.cue.text, self.cue.number)
        return self.sketch

    # -- structure ----------------------------------------------------------------------------------------------

    def _structure(self, line: Line) -> bool:
        """Episodes, scenes, title, the end."""
        number, text = line
        if not has_words(text) or is_end(text):
            self._add("note", text, number)
        elif heading := episode_heading(text):
            self.sketch.open_episode(number, heading)
        elif is_forced_or_latin(text):
            self._open_scene(number, slugline(text))
        elif heading := chinese_heading(text):
            self._open_scene(number, heading)
        elif not self.sketch.title and self.sketch.scene is None and (title := series_title(text)):
            self.sketch.title = title
        else:
            return False
        return True

    def _open_scene(self, line: int, heading: Heading) -> None:
        self.sketch.open_scene(line, heading)
        if self.sketch.scene is not None:
            self.known |= set(self.sketch.scene.listed)

    def _head(self, line: Line) -> bool:
        """The fields below a scene heading and before the first one: kept as notes, and read into the scene."""
        said = read_field(line.text)
        if said is None:
            return False
        name, value = said
        scene = self.sketch.scene
        if name in TITLE_FIELDS and not self.sketch.title:
            self.sketch.title = value.strip("《》 ")
        if scene is not None:
            heading = scene.heading
            if name in CAST_FIELDS:
                names = read_names(value)
                scene.listed += names
                self.known |= set(names)
            elif name in PLACE_FIELDS:
                said_there = chinese_heading(f"1 {value}") or Heading(location=place(value))
                scene.heading = replace(
                    heading,
                    location=heading.location or said_there.location,
                    int_ext=heading.int_ext or said_there.int_ext,
                    time_of_day=heading.time_of_day or said_there.time_of_day,
                )
            elif name in TIME_FIELDS:
                scene.heading = replace(heading, time_of_day=heading.time_of_day or read_time(value))
            elif name in INSIDE_FIELDS:
                scene.heading = replace(heading, int_ext=heading.int_ext or INT_EXT.read(half(value)) or "")
        self._add("note", line.text, line.number)
        return True

    # -- content ------------------------------------------------------------------------------------------------

    def _content(self, line: Line) -> None:
        number, text = line
        marked = _ACTION.match(text)
        if marked and marked.end() < len(text):
            self._action(Line(number, text[marked.end() :]))
        elif not (self._bracket(line) or self._speech(line)):
            if reads_as_marking(text) and read_mark(text):
                self._add("shot", text, number)
            else:
                self._unsigned(line)

    def _unsigned(self, line: Line) -> None:
        """A line without any sign: action. Where the script signs its action, that is a guess, and said."""
        if self.marks_action and self.sketch.scene is not None and not split_mark(line.text):
            self.sketch.warn(
                line.number,
                "This line has no △ and no speaker; it is read as action.",
                "该行没有△，也没有说话人，按动作描述读取。",
            )
        self._action(line)

    def _action(self, line: Line) -> None:
        number, text = line
        if split := split_mark(text):
            self._add("shot", split[0], number)
            text = split[1]
        elif reads_as_marking(text) and read_mark(text):
            self._add("shot", text, number)
            return
        if text:
            named = half(text).split(":", 1)
            if len(named) == 2 and named[0] in _ACTION_FIELDS and named[1].strip():
                text = text[len(named[0]) + 1 :].strip()
            self._add("action", text, number)

    def _bracket(self, line: Line) -> bool:
        """`【闪回】`, `（切黑）`, `【字幕：三年后】`: a line that is nothing but a bracket."""
        found = _BRACKET_LINE.match(line.text)
        inner = found[1].strip() if found else line.text
        if _TRANSITION.match(half(inner)) and (found or len(inner) <= 8):
            self._add("transition", inner, line.number)
        elif found and read_mark(inner, bare=True):
            self._add("shot", line.text, line.number)
        elif found and line.text[0] in "【[" and not self._speaks(inner):
            self._add("note", inner, line.number)
        elif found:
            self._action(Line(line.number, inner) if not self._speaks(inner) else line)
        else:
            return False
        return True

    def _speaks(self, text: str) -> bool:
        found = _SPEECH.match(half(text))
        return bool(found and read_cue(found[1]).name in self.known)

    def _speech(self, line: Line) -> bool:
        """`名字（情绪）：台词`, `名字OS：台词`, or a known name alone, whose words follow in the next line."""
        flat = half(line.text)
        found = _SPEECH.match(flat)
        if not found:
            cue = read_cue(line.text)
            if cue.name in self.known and len(line.text) <= 24 and not re.search(r"[。！？!?，,]", line.text):
                self.cue = line
                return True
            return False
        cue = read_cue(line.text[: found.end(1)])
        if not self._is_speaker(cue.name):
            return False
        if not found[2]:
            self.cue = line
            return True
        self._say(line.text[: found.end(1)], line.text[found.start(2) :], line.text, line.number)
        return True

    def _is_speaker(self, name: str) -> bool:
        if not name or name in self.known or is_narrator(name):
            return bool(name)
        longest = 10 if has_cjk(name) else 24
        if len(name) > longest or not has_words(name) or numeral(name) is not None or name[0].isdigit():
            return False
        if name in _ACTION_FIELDS or read_mark(name, bare=True) or re.search(r"[了着过的]$|第|[和与]$", name):
            return False
        return name.isupper() or not _VERBS.search(name)

    def _words_of(self, cue: Line, line: Line) -> bool:
        """Takes `line` as the words of a cue that stood alone; False where it is something else."""
        text = line.text
        if (
            _ACTION.match(text)
            or chinese_heading(text)
            or episode_heading(text)
            or read_field(text)
            or not has_words(text)
        ):
            self._add("action", cue.text, cue.number)
            return False
        found = _SPEECH.match(half(text))
        if found and self._is_speaker(read_cue(found[1]).name):
            self._add("action", cue.text, cue.number)
            return False
        joined = line.number == cue.number + 1
        if not joined:
            self._add("note", cue.text, cue.number)
        written = f"{cue.text}\n{text}" if joined else text
        self._say(cue.text.rstrip(":："), text, written, cue.number if joined else line.number)
        return True

    def _say(self, head: str, words: str, written: str, line: int) -> None:
        cue = read_cue(head)
        manner, delivery = cue.manner, cue.delivery
        while found := _MANNER.match(half(words)):
            if found.end() >= len(words):
                break
            inner, heard = read_manner(words[found.start(1) : found.end(1)])
            delivery = heard or delivery
            manner = "，".join(part for part in (manner, inner) if part)
            words = words[found.end() :]
        self.known.add(cue.name)
        self._add("speech", written, line, Speech(cue.name, words.strip(), manner, delivery))

    def _add(self, kind, text: str, line: int, speech: Speech | None = None) -> None:
        self.sketch.add(Element(kind, text, line, speech))
