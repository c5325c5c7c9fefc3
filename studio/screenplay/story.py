"""Blocks of a screenplay put into a sketch: speeches, action with markings in it, shots, notes. For every reader.

A shot that is numbered and timed (`CLOSE ON MAYA #2C#`, `[[Duration: 4 s]]`) is planned: it holds all that follows up
to the next shot, and no marking is looked for in its action.
"""

import re
from collections.abc import Sequence
from typing import Literal

from studio.screenplay.cues import read_cue, read_manner, read_names
from studio.screenplay.draft import Element, Speech
from studio.screenplay.fields import CAST_FIELDS, read_field, read_shot_field
from studio.screenplay.headings import Heading
from studio.screenplay.lines import Line, has_cjk, has_words
from studio.screenplay.marks import is_omitted, read_mark, reads_as_marking, split_mark
from studio.screenplay.sketch import Sketch

_TRANSITION = re.compile(
    r"(?:(?:smash |match |jump |hard |quick |time )?cut(?: to)?(?: black| white)?|fade (?:in|out|to)(?: black| white)?|"
    r"dissolve(?: to)?|cross ?fade(?: to)?|iris (?:in|out)|wipe to|back to black|切黑|黑场|切至|切到|淡入|淡出|叠化|闪白|"
    r"转场|渐隐|渐显|化入|化出)[.:。： ]*$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(\S.*?) ?#([^#\s][^#]{0,23})#")
_CUE_LONGEST = 48


def numbered(text: str) -> tuple[str, str]:
    """(marking, number) of `CLOSE ON MAYA #2C#`; the number is '' where there is none."""
    found = _NUMBERED.fullmatch(text) if text.endswith("#") else None
    return (found[1], found[2].strip()) if found else (text, "")


class Story:
    """What a reader has found, in reading order. planned: the shot under way is a planned one."""

    def __init__(self, sketch: Sketch):
        self.sketch = sketch
        self._numbered = False
        self.planned = False

    def scene(self, line: int, heading: Heading) -> None:
        self.sketch.open_scene(line, heading)
        self._numbered = self.planned = False

    def shot(self, line: int, text: str, number: str = "") -> None:
        """A line that says itself that it is a shot."""
        self._numbered, self.planned = bool(number), False
        self.sketch.add(Element("shot", text, line, number=number))

    def note(self, note: Element) -> None:
        """A note; its `Cast: ...` is the scene's, its `Duration: ...` makes the numbered shot before it a planned one."""
        said = read_shot_field(note.text)
        if said and said[0] == "seconds":
            self.planned = self._numbered
        fields = read_field(note.text)
        if fields and fields[0] in CAST_FIELDS and self.sketch.scene is not None:
            self.sketch.scene.listed += read_names(fields[1])
        self.sketch.add(note)

    def add(self, kind: Literal["transition", "note"], text: str, line: int) -> None:
        self.sketch.add(Element(kind, text, line))

    def speeches(self, cue_line: Line, lines: Sequence[Line], forced: bool = False) -> bool:
        """Adds a block of dialogue, one speech for every parenthetical in it; False where it cannot be dialogue.

        forced: the script says that this is a cue, whatever it looks like.
        """
        cue = read_cue(cue_line.text)
        doubtful = cue_line.text.rstrip().endswith((".", "!", "?", ":")) or len(cue_line.text) > _CUE_LONGEST
        if not cue.name or (doubtful and not forced):
            return False
        parts: list[tuple[int, list[str], list[str], list[str]]] = [(cue_line.number, [cue_line.text], [], [])]
        inside = False
        last = max((at for at, (_, text) in enumerate(lines) if text.endswith((")", "）"))), default=-1)
        for at, (number, text) in enumerate(lines):
            opens = not inside and _opens_aside(text, closed_later=at <= last)
            line_number, written, manners, words = parts[-1]
            if opens and words:
                line_number, written, manners, words = number, [], [], []
                parts.append((line_number, written, manners, words))
            written.append(text)
            inside = inside or opens
            (manners if inside else words).append(text)
            if text.endswith((")", "）")):
                inside = False
        if not any(words for *_, words in parts):
            if not (forced and parts[0][2]):
                return False
            parts[0][3].append(parts[0][2].pop())  # somebody who says nothing but `(laughs)`
        for index, (line_number, written, manners, words) in enumerate(parts):
            manner, delivery = read_manner(" ".join(manners)) if manners else ("", None)
            manner = "; ".join(part for part in (cue.manner if index == 0 else "", manner) if part)
            text = ("" if has_cjk("".join(words)) else " ").join(words)
            speech = Speech(cue.name, text, manner, delivery or cue.delivery) if words else None
            self.sketch.add(Element("speech" if speech else "action", "\n".join(written), line_number, speech))
        return True

    def action(self, lines: Sequence[Line], forced: Sequence[bool]) -> None:
        """Action, with any shot marking and transition that stands in it as a line of its own.

        forced: for every line, whether the script says that it is action, as `!` does: then a marking need not shout.
        """
        run: list[Line] = []
        for (number, text), said in zip(lines, forced, strict=True):
            marking, shot_number = numbered(text)
            if shot_number and (is_omitted(marking) or read_mark(marking, bare=said)):
                self._flush(run)
                self.shot(number, marking, shot_number)
                continue
            if self.planned and said:
                run.append(Line(number, text))
                continue
            shout = said or text.isupper()
            split = split_mark(text) if not shout else None
            if (shout or reads_as_marking(text)) and read_mark(text, bare=said):
                self._flush(run)
                self.shot(number, text)
            elif _TRANSITION.match(text.lstrip("> ").strip("()（）")) and (shout or has_cjk(text)):
                self._flush(run)
                self.add("transition", text.lstrip("> "), number)
            elif split:
                self._flush(run)
                self.shot(number, split[0])
                if split[1]:
                    run.append(Line(number, split[1]))
            else:
                run.append(Line(number, text))
        self._flush(run)

    def _flush(self, run: list[Line]) -> None:
        if run:
            kind = "action" if any(has_words(text) for _, text in run) else "note"
            self.sketch.add(Element(kind, "\n".join(text for _, text in run), run[0].number))
            run.clear()


def _opens_aside(text: str, closed_later: bool) -> bool:
    """Whether a line begins a parenthetical: its bracket closes at its own end, or at a later line's."""
    if not text.startswith(("(", "（")):
        return False
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "(（") - (letter in ")）")
        if depth == 0:
            return at == len(text) - 1
    return closed_later
