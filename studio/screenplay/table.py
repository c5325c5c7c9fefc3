"""A shot table (分镜表) as rows: our own sheets' headings and their usual kin, English or Chinese, in any order."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from storage.errors import Language, Message, ScriptError
from studio.csv_cells import as_written
from studio.screenplay.cast import Cast
from studio.screenplay.columns import column_of, read_cast, read_dialogue, read_seconds
from studio.screenplay.cues import is_narrator
from studio.screenplay.draft import CastDraft, EpisodeDraft, SceneDraft, ScriptDraft, ShotDraft, Speech, Warned
from studio.screenplay.headings import place, read_time
from studio.screenplay.lines import find_term, half, language_of, numeral, tidy
from studio.screenplay.pacing import shot_seconds
from studio.screenplay.staging import Axis, alone, over_shoulder, side_by_side
from studio.vocabulary import ANGLES, FRAMINGS, INT_EXT, MOVEMENTS, SIZES, STATUSES, Vocabulary

Row = tuple[int, Sequence[str]]
_CARRIED = ("episode", "scene", "int_ext", "location", "time")
_CONTENT = ("description", "size", "dialogue", "cast", "shot")
_TOTALS = frozenset({"total", "totals", "sum", "合计", "总计", "总时长"})


def rows_of(text: str, name: str) -> list[Row]:
    """(line, cells) of every row that is not blank; the delimiter is the one that the heading row has most of."""
    heading = next((line for line in text.split("\n") if line.strip()), "")
    delimiter = max(",;\t", key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, [as_written(cell) for cell in cells]))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ScriptError(
            f"'{name}' cannot be read as a table at line {line}: {error}; save it again as CSV UTF-8.",
            f"“{name}”第 {line} 行无法按表格读取，请重新另存为 CSV UTF-8。",
            line,
        ) from error
    return rows


def is_shot_table(rows: Sequence[Row]) -> bool:
    """Whether the first row names the columns of a shot table: three known ones, a picture or a line among them; or
    one beside the uid, which only our own sheets have."""
    known = {column for cell in rows[0][1] if (column := column_of(cell))} if rows else set()
    if "uid" in known:
        return len(known) >= 2
    return len(known) >= 3 and bool(known & {"description", "size", "dialogue"})


def is_total(cells: Iterable[str]) -> bool:
    """Whether a row is a table's sum."""
    return any(tidy(cell).casefold() in _TOTALS for cell in cells)


def holds_shot(values: Mapping[str, str]) -> bool:
    """Whether a row's values, by column, say anything of a shot."""
    return any(values.get(column) for column in _CONTENT)


def read_table(rows: Sequence[Row], name: str, warnings: Iterable[Warned] = ()) -> ScriptDraft:
    """The draft of a shot table whose first row names its columns; warnings: what reading the rows met already.

    Raises ScriptError where the first row names none, or the table is empty.
    """
    if not is_shot_table(rows):
        raise ScriptError(
            f"'{name}' is no shot table: its first row must name columns such as Scene, Shot, Size, Description, Dialogue.",
            f"“{name}”不是分镜表：首行应为列名，例如 场号、镜号、景别、画面内容、台词。",
            rows[0][0] if rows else None,
        )
    return _Table(rows, warnings).draft(name)


class _Table:
    def __init__(self, rows: Sequence[Row], warnings: Iterable[Warned]):
        self.warnings = list(warnings)
        self.heading_line, headings = rows[0]
        self.columns: dict[str, int] = {}
        for index, heading in enumerate(headings):
            column = column_of(heading)
            if column is None or column in self.columns:
                if heading.strip():
                    self._warn(
                        self.heading_line,
                        f"The column '{tidy(heading)}' is not known or stands twice; it was left out.",
                        f"列“{tidy(heading)}”无法识别或重复，未读取。",
                    )
            else:
                self.columns[column] = index
        self.rows = rows[1:]
        self.width = len(headings)
        self.language: Language = language_of(" ".join(headings))
        self.cast = self._people()

    def _warn(self, line: int, en: str, zh: str) -> None:
        self.warnings.append(Warned(line, Message(en, zh)))

    def _cell(self, cells: Sequence[str], column: str) -> str:
        index = self.columns.get(column)
        return cells[index].strip() if index is not None and index < len(cells) else ""

    def _people(self) -> Cast:
        """Cast names first: a dialogue cell's VIVIAN is then the Vivian of the cast column."""
        listed = [
            person.name for _, cells in self.rows for person in read_cast(self._cell(cells, "cast")) if person.name
        ]
        return Cast((), dict.fromkeys(listed), ())

    def draft(self, name: str) -> ScriptDraft:
        episodes: dict[int, list[list[tuple[int, dict[str, str]]]]] = {}
        before: dict[str, str] = {}
        for line, cells in self.rows:
            values = {column: self._cell(cells, column) for column in self.columns}
            if len(cells) > self.width and any(cell.strip() for cell in cells[self.width :]):
                self._warn(
                    line,
                    "This row has more cells than the heading row; the rest was left out.",
                    "该行单元格多于表头，多出的未读取。",
                )
            if not holds_shot(values):
                if not is_total(cells):
                    self._warn(line, "This row holds no shot; it was left out.", "该行没有镜头内容，未读取。")
                continue
            for column in _CARRIED:
                values[column] = values.get(column) or before.get(column, "")
            if not self._same_scene(values, before):
                episodes.setdefault(self._episode(line, values), []).append([])
            episodes[self._episode(line, values)][-1].append((line, values))
            before = values
        if not episodes:
            raise ScriptError(f"'{name}' holds no shots below its heading row.", f"“{name}”的表头之下没有任何镜头。")
        drafts = tuple(
            EpisodeDraft(number, "", tuple(self._scene(index, rows) for index, rows in enumerate(scenes, 1)))
            for number, scenes in sorted(episodes.items())
        )
        numbers = [shot.number for episode in drafts for scene in episode.scenes for shot in scene.shots if shot.number]
        by_episode = all(number.isdigit() for number in numbers) if numbers else self.language == "zh"
        numbering: Literal["scene", "episode"] = "episode" if by_episode else "scene"
        return ScriptDraft(
            "", self.language, numbering, drafts, tuple(sorted(self.warnings, key=lambda warned: warned.line))
        )

    def _same_scene(self, values: dict[str, str], before: dict[str, str]) -> bool:
        compared = ("episode", "scene") if values["scene"] else ("episode", "int_ext", "location", "time")
        return bool(before) and all(values[column] == before[column] for column in compared)

    def _episode(self, line: int, values: dict[str, str]) -> int:
        said = values["episode"]
        number = numeral(re.sub(r"(?i)^(?:episode|ep\.?|e|第)\s?|\s?集$", "", tidy(half(said)))) if said else 1
        if number is None:
            self._warn(line, f"'{said}' is no episode number; 1 is taken.", f"“{said}”不是集数，按第 1 集读取。")
        return number or 1

    # -- a scene and its shots ----------------------------------------------------------------------------------

    def _scene(self, index: int, rows: Sequence[tuple[int, dict[str, str]]]) -> SceneDraft:
        line, first = rows[0]
        axis = Axis()
        shots = tuple(self._shot(row_line, values, axis) for row_line, values in rows)
        people = [person.name for shot in shots for person in shot.cast]
        number = tidy(half(first["scene"])).upper() or str(index)
        time = read_time(first["time"])
        if first["time"] and not time:
            self._warn(
                line, f"'{first['time']}' is no time of day; DAY is taken.", f"“{first['time']}”不是时间，按日景读取。"
            )
        inside = find_term(INT_EXT, first["int_ext"]) if first["int_ext"] else None
        if first["int_ext"] and not inside:
            self._warn(
                line,
                f"'{first['int_ext']}' is neither INT nor EXT; INT is taken.",
                f"“{first['int_ext']}”不是内景或外景，按内景读取。",
            )
        location = place(first["location"]) or (f"第{number}场" if self.language == "zh" else f"Scene {number}")
        return SceneDraft(
            number, inside or "INT", location, time or "DAY", line, tuple(dict.fromkeys(people)), (), shots
        )

    def _shot(self, line: int, values: dict[str, str], axis: Axis) -> ShotDraft:
        framing_cell = values.get("framing", "")
        persons = [CastDraft(self.cast.display(p.name), part=p.part) for p in read_cast(values.get("cast", ""))]
        persons = list({person.name: person for person in persons}.values())
        dialogue, unread = read_dialogue(values.get("dialogue", ""), [person.name for person in persons])
        if unread:
            self._warn(line, "It is not clear who speaks in this row's dialogue.", "该行台词无法确定说话人。")
        dialogue = tuple(
            Speech(s.speaker if is_narrator(s.speaker) else self.cast.display(s.speaker), s.text, s.manner, s.delivery)
            for s in dialogue
        )
        size = self._term(SIZES, values, "size", line) or ("ECU" if "insert" in framing_cell.casefold() else "MS")
        framing = self._term(FRAMINGS, values, "framing", line) or find_term(FRAMINGS, values.get("size", ""))
        movement = self._term(MOVEMENTS, values, "movement", line) or self._inside(MOVEMENTS, framing_cell)
        if not framing:
            framing = {0: "insert" if size == "ECU" else "establishing", 1: "single", 2: "two-shot"}.get(
                len(persons), "group"
            )
        description = values.get("description", "")
        omitted = STATUSES.read(values.get("status", "")) == "omitted"
        seconds = read_seconds(values.get("duration", ""))
        if seconds is None:
            seconds = shot_seconds(size, dialogue, description)
            if values.get("duration") and not omitted:  # an omitted shot lasts no time in a sheet
                said = values["duration"]
                self._warn(
                    line, f"'{said}' is no duration; {seconds} s is taken.", f"“{said}”不是时长，按 {seconds} 秒读取。"
                )
        return ShotDraft(
            size=size,
            framing=framing,
            seconds=seconds,
            description=description,
            cast=self._placed(persons, framing, framing_cell, axis),
            dialogue=dialogue,
            angle=self._term(ANGLES, values, "angle", line) or "eye-level",
            movement=movement or "static",
            lens=values.get("lens", ""),
            equipment=values.get("equipment", ""),
            sound=values.get("sound", ""),
            art=values.get("art", ""),
            transition=values.get("transition", ""),
            notes=values.get("notes", ""),
            number=tidy(half(values.get("shot", ""))).upper(),
            marked=True,
            line=line,
            omitted=omitted,
        )

    def _term(self, vocabulary: Vocabulary, values: dict[str, str], column: str, line: int) -> str | None:
        said = tidy(values.get(column, ""))
        if not said:
            return None
        bare = tidy(re.sub(r"[(（][^()（）]*[)）]", " ", said))
        code = vocabulary.read(half(said)) or find_term(vocabulary, bare) or find_term(vocabulary, said)
        if code is None:
            self._warn(
                line,
                f"The {column} '{said}' is not a known term; the usual one is taken.",
                f"“{said}”不是已知的术语，按常规读取。",
            )
        return code

    def _inside(self, vocabulary: Vocabulary, text: str) -> str | None:
        """A term in the second half of a cell such as `Single / follow`."""
        return find_term(vocabulary, text.split("/", 1)[1]) if "/" in text else None

    def _placed(self, persons: Sequence[CastDraft], framing: str, cell: str, axis: Axis) -> tuple[CastDraft, ...]:
        faces = [person for person in persons if person.part in ("face", "back")]
        names = [person.name for person in faces]
        placed: Iterable[CastDraft] = ()
        if framing == "OTS" and len(names) == 2:
            said = self.cast.named_in(cell)
            backs = [person.name for person in faces if person.part == "back"]
            behind = next((name for name in (*said[:1], *backs) if name in names), names[0])
            facing = next(name for name in names if name != behind)
            placed = over_shoulder(behind, facing, axis)
        elif framing == "establishing":
            placed = [CastDraft(name, part="figure") for name in names]
        elif len(names) == 1:
            placed = alone(names[0], axis.partner(names[0]), axis)
        elif names:
            placed = side_by_side(names, axis)
        where = {person.name: person for person in placed}
        return tuple(_as_listed(person, where[person.name]) if person in faces else person for person in persons)


def _as_listed(person: CastDraft, placed: CastDraft) -> CastDraft:
    """Where the framing puts somebody, from behind where the table says so."""
    return replace(placed, part="back", gaze="away") if person.part == "back" else placed


def looks_like_table(text: str, name: str) -> bool:
    """Whether the first line that is not blank is a shot table's heading row."""
    heading = next((line for line in text[:4000].split("\n") if line.strip()), "")
    return any(mark in heading for mark in ",;\t") and is_shot_table(rows_of(heading, name))
