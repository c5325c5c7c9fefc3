"""One row of a sheet that came back, held against its shot: which fields say something else now.

A cell that still says what our own export says of the shot, in either language, is unchanged, whatever its reader would
make of it; and so is one that reads as the same value. Only the rest is an edit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from storage.errors import Language, Message
from studio.exports.columns import BY_KEY, Row, spoken
from studio.exports.timeline import Clip, ClipLine, Timeline, frames_of
from studio.exports.xlsx_style import WORDS, fitting
from studio.screenplay.cast import Cast
from studio.screenplay.columns import read_cast, read_dialogue, read_seconds
from studio.screenplay.cues import is_narrator
from studio.screenplay.draft import Speech, Warned
from studio.screenplay.lines import find_term, half, tidy
from studio.vocabulary import ANGLES, FRAMINGS, MOVEMENTS, SIZES, STATUSES, Vocabulary

# what a field of a shot holds, before and after: a code or a text, seconds, omitted or not, lines, (name, part) of the cast
Value = str | float | bool | tuple[ClipLine, ...] | tuple[tuple[str, str], ...]

CODED: dict[str, Vocabulary] = {"size": SIZES, "framing": FRAMINGS, "angle": ANGLES, "movement": MOVEMENTS}
TEXTS = ("lens", "equipment", "description", "sound", "art", "transition", "notes")
FIXED = ("episode", "int_ext", "location", "time", "look")  # known, and not changed by a sheet
SHORTEST, LONGEST_SHOT = 0.04, 600.0
LANGUAGES: tuple[Language, ...] = ("en", "zh")

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Edit:
    """A field of a shot that the sheet says otherwise. field: as studio.shot_edits names it."""

    field: str
    before: Value
    after: Value


@dataclass(slots=True)
class RowRead:
    """What a row says: its edits, and a remark on each cell that was not taken."""

    edits: list[Edit] = field(default_factory=list)
    remarks: list[Warned] = field(default_factory=list)


def plain(text: str) -> str:
    """A cell's text as any spreadsheet program gives it back: no escapes, no control characters, no blanks around."""
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    return _UNPRINTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


class RowReader:
    """Reads the rows of one sheet against the shots of one episode."""

    def __init__(self, timeline: Timeline):
        self.timeline = timeline
        names = [name for clip in timeline.clips for name in (*clip.cast, *(line.speaker for line in clip.dialogue))]
        self.cast = Cast((), dict.fromkeys(names), ())

    def read(self, line: int, values: Mapping[str, str], clip: Clip) -> RowRead:
        """What the row in `line` says of its clip. values: column -> text of the cell, for the columns there are."""
        read = RowRead()
        if not any(text for column, text in values.items() if column != "uid"):
            self._remark(
                read,
                line,
                f"The row of shot {clip.number} is empty; nothing was changed. To drop the shot, choose Omitted as its status.",
                f"镜头 {clip.number} 所在行为空，未作改动。如要删除该镜头，请在“状态”中选择“已删”。",
            )
            return read
        for column, text in values.items():
            if column in BY_KEY and not self._unchanged(column, text, clip):
                self._cell(read, line, column, text, clip)
        return read

    def _unchanged(self, column: str, text: str, clip: Clip) -> bool:
        return plain(text) in {plain(shown) for shown in self._shown(column, clip)}

    def _shown(self, column: str, clip: Clip) -> list[str]:
        """What our sheets say in this column, in both languages."""
        rows = (Row(clip, self.timeline.seconds(clip), self.timeline.fps, language) for language in LANGUAGES)
        return [fitting(BY_KEY[column].text(row), WORDS[row.language]["cut"]) for row in rows]

    def _cell(self, read: RowRead, line: int, column: str, text: str, clip: Clip) -> None:
        if column in CODED:
            self._coded(read, line, column, text, clip)
        elif column in TEXTS:
            self._text(read, line, column, text, clip)
        elif column == "duration":
            self._seconds(read, line, text, clip)
        elif column == "dialogue":
            self._dialogue(read, line, text, clip)
        elif column == "cast":
            self._people(read, text, clip)
        elif column == "status":
            self._status(read, line, text, clip)
        elif column == "shot":
            self._remark(
                read,
                line,
                f"Numbers do not change by a sheet: shot {clip.number} stays {clip.number}, not '{tidy(text)}'.",
                f"镜号不随表格改变：镜头 {clip.number} 保持不变，未改为“{tidy(text)}”。",
            )
        elif column in FIXED:
            heading = BY_KEY[column]
            self._remark(
                read,
                line,
                f"'{heading.en}' is not read from a sheet; that of shot {clip.number} stays as it is.",
                f"“{heading.zh}”不从表格读取，镜头 {clip.number} 的该项保持不变。",
            )

    # -- each kind of cell ---------------------------------------------------------------------------------------

    def _coded(self, read: RowRead, line: int, column: str, text: str, clip: Clip) -> None:
        said = tidy(text)
        bare = tidy(re.sub(r"[(（][^()（）]*[)）]", " ", said))
        code = CODED[column].read(half(said)) or find_term(CODED[column], bare) or find_term(CODED[column], said)
        if code is None:
            heading, stays = BY_KEY[column], getattr(clip, column)
            self._remark(
                read,
                line,
                f"'{said}' is no known {heading.en.lower()}; shot {clip.number} keeps {CODED[column].text(stays, 'en')}.",
                f"“{said}”不是已知的{heading.zh}，镜头 {clip.number} 保持“{CODED[column].text(stays, 'zh')}”。",
            )
        else:
            self._edit(read, column, getattr(clip, column), code)

    def _text(self, read: RowRead, line: int, column: str, text: str, clip: Clip) -> None:
        if any(shown.endswith(tuple(words["cut"] for words in WORDS.values())) for shown in self._shown(column, clip)):
            heading = BY_KEY[column]
            self._remark(
                read,
                line,
                f"'{heading.en}' of shot {clip.number} was too long for a cell; edit it in the studio.",
                f"镜头 {clip.number} 的“{heading.zh}”超出单元格容量，请在系统中修改。",
            )
        else:
            before = getattr(clip, column)
            self._edit(read, column, before, before if text == before else plain(text))

    def _seconds(self, read: RowRead, line: int, text: str, clip: Clip) -> None:
        seconds = read_seconds(text)
        if clip.omitted and seconds is None:
            return  # an omitted shot lasts no time in a sheet
        if seconds is not None and frames_of(seconds, self.timeline.fps) == clip.frames:
            return
        if seconds is None or not SHORTEST <= seconds <= LONGEST_SHOT:
            self._remark(
                read,
                line,
                f"'{tidy(text)}' is no length of a shot (0.04 to 600 seconds); shot {clip.number} keeps its own.",
                f"“{tidy(text)}”不是有效时长（0.04 到 600 秒），镜头 {clip.number} 保持原时长。",
            )
        else:
            self._edit(read, "seconds", round(self.timeline.seconds(clip), 3), seconds)

    def _dialogue(self, read: RowRead, line: int, text: str, clip: Clip) -> None:
        speeches, unclear = read_dialogue(plain(text), clip.cast)
        if unclear:
            self._remark(
                read,
                line,
                f"It is not clear who speaks in shot {clip.number}; write NAME: words. Its dialogue stays as it is.",
                f"镜头 {clip.number} 的台词无法确定说话人，请写成“名字：台词”。台词保持不变。",
            )
            return
        present = {self._speech(clip, line_, language): line_ for line_ in clip.dialogue for language in LANGUAGES}
        self._edit(read, "dialogue", clip.dialogue, tuple(present.get(each) or self._line(each) for each in speeches))

    def _speech(self, clip: Clip, line: ClipLine, language: Language) -> Speech:
        """How a line that is there already is read out of a sheet."""
        speeches, _ = read_dialogue(plain(spoken(line, language)), clip.cast)
        return speeches[0] if len(speeches) == 1 else Speech(line.speaker, line.text, line.manner)

    def _line(self, speech: Speech) -> ClipLine:
        speaker = speech.speaker if is_narrator(speech.speaker) else self.cast.display(speech.speaker)
        return ClipLine(speaker, speech.text, speech.manner, speech.delivery)

    def _people(self, read: RowRead, text: str, clip: Clip) -> None:
        before = tuple(zip(clip.cast, clip.parts or ("face",) * len(clip.cast), strict=True))
        unsaid = {name: part for name, part in before if part == "figure" and clip.framing == "establishing"}
        people: dict[str, str] = {}
        for person in read_cast(plain(text)):
            name = self.cast.display(person.name)
            people.setdefault(name, unsaid.get(name, "face") if person.part == "face" else person.part)
        self._edit(read, "cast", before, tuple(people.items()))

    def _status(self, read: RowRead, line: int, text: str, clip: Clip) -> None:
        status = STATUSES.read(half(tidy(text)))
        if status is None:
            self._remark(
                read,
                line,
                f"'{tidy(text)}' is no status; only Omitted and back again are read. Shot {clip.number} stays as it is.",
                f"“{tidy(text)}”不是可用的状态，表格只读取“已删”及其恢复。镜头 {clip.number} 保持不变。",
            )
        else:
            self._edit(read, "omitted", clip.omitted, status == "omitted")

    def _edit(self, read: RowRead, name: str, before: Value, after: Value) -> None:
        if after != before:
            read.edits.append(Edit(name, before, after))

    def _remark(self, read: RowRead, line: int, en: str, zh: str) -> None:
        read.remarks.append(Warned(line, Message(en, zh)))
