"""An edited sheet against the shots as they stand: what it changes, by uid, before anything is written.

Rows are known by the uid in the sheet's hidden column. A row without one is a new shot. A shot without a row is only
said, never dropped. The scene cell says which scene a shot is in, the order of the rows where in it. Numbers stay.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from storage.errors import Message, ScriptError
from studio.exports.timeline import Clip, Timeline
from studio.screenplay.columns import column_of
from studio.screenplay.decode import decode
from studio.screenplay.draft import ShotDraft, Warned
from studio.screenplay.lines import half, tidy
from studio.screenplay.table import Row, holds_shot, is_total, read_table, rows_of
from studio.screenplay.workbook import ShotTable, is_workbook, read_workbook
from studio.sheet_cells import Edit, RowReader, plain


@dataclass(frozen=True, slots=True)
class EditedShot:
    """A shot whose row says something else. row: of the sheet, counted as the spreadsheet counts."""

    uid: str
    number: str
    row: int
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class NewShot:
    """A row that is no shot yet. key: names it in `Place`. draft.number: a free one that the row asks for, or ''."""

    key: str
    row: int
    draft: ShotDraft


@dataclass(frozen=True, slots=True)
class Place:
    """Where a shot, or a new one's key, goes: into the scene of the shot `home`, behind `behind`; '': to its front.

    behind is a uid or the key of a new shot; was, now: the numbers before it, for people ('' at the front of a scene,
    'row 12' for a new shot).
    """

    shot: str
    number: str
    row: int
    scene: str
    home: str
    behind: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Changes:
    """All that a sheet would change. shots: the uids of the episode when it was compared, in order.

    places: moved shots and new ones, in the order in which to put them. missing: numbers of shots without a row, which
    stay. remarks: what was not understood or not taken, by row.
    """

    shots: tuple[str, ...]
    edited: tuple[EditedShot, ...]
    new: tuple[NewShot, ...]
    places: tuple[Place, ...]
    missing: tuple[str, ...]
    remarks: tuple[Warned, ...]

    @property
    def nothing(self) -> bool:
        """Whether applying them would leave every shot as it is."""
        return not (self.edited or self.new or self.places)

    @property
    def moved(self) -> tuple[Place, ...]:
        """The places of shots that are there already."""
        return tuple(place for place in self.places if place.shot in self.shots)


def read_changes(content: bytes, file_name: str, timeline: Timeline) -> Changes:
    """What a sheet of ours (XLSX or CSV, in either language, columns in any order) changes in the episode.

    Raises ScriptError where the file cannot be read, holds no shot table, or has no uid column.
    """
    if is_workbook(content):
        table = read_workbook(content, file_name)
    else:
        table = ShotTable(tuple(rows_of(decode(content, file_name), file_name)), ())
    columns: dict[str, int] = {}
    for index, heading in enumerate(table.rows[0][1] if table.rows else ()):
        if (column := column_of(heading)) is not None:
            columns.setdefault(column, index)
    if "uid" not in columns:
        raise ScriptError(
            f"'{file_name}' has no column UID, by which its rows are known: it is no sheet that was exported here, or "
            "the hidden column was deleted. Export a new one and edit that, or import the file as a script.",
            f"“{file_name}”没有用来识别镜头的 UID 列：不是从这里导出的表格，或隐藏列已被删除。"
            "请重新导出后再编辑，或将该文件作为剧本导入。",
        )
    return _Comparison(timeline, table, columns).changes()


class _Comparison:
    def __init__(self, timeline: Timeline, table: ShotTable, columns: Mapping[str, int]):
        self.timeline, self.columns = timeline, columns
        self.rows, self.unread, self.remarks = table.rows, table.unread, list(table.warnings)
        self.clips = {clip.uid: clip for clip in timeline.clips}
        self.reader = RowReader(timeline)
        self.runs = [run[0].uid for run in timeline.scenes()]  # a scene is named by its first shot
        self.run_of = {clip.uid: run[0].uid for run in timeline.scenes() for clip in run}
        self.scene_of = {run[0].uid: run[0].scene for run in timeline.scenes()}

    def changes(self) -> Changes:
        own = self._own_rows()
        edited: list[EditedShot] = []
        fresh: list[Row] = []
        order: dict[str, list[tuple[str, int]]] = {home: [] for home in self.runs}
        above = self.runs[0]
        for row in self.rows[1:]:
            line, cells = row
            values = self._values(line, cells)
            clip = own.get(line)
            if clip is not None:
                read = self.reader.read(line, values, clip)
                self.remarks.extend(read.remarks)
                if read.edits:
                    edited.append(EditedShot(clip.uid, clip.number, line, tuple(read.edits)))
                above = self._run(line, values, self.run_of[clip.uid], clip.number)
                order[above].append((clip.uid, line))
            elif self._is_new(line, cells, values):
                home = self._run(line, values, above, "")
                if home:
                    above = home
                    fresh.append(row)
                    order[home].append((key_of(line), line))
        drafts = self._drafts(fresh)
        order = {
            home: [(key, line) for key, line in keys if key in self.clips or key in drafts]
            for home, keys in order.items()
        }
        present = {key for keys in order.values() for key, _ in keys}
        return Changes(
            shots=tuple(self.clips),
            edited=tuple(edited),
            new=tuple(drafts.values()),
            places=tuple(place for home, keys in order.items() for place in self._places(home, keys)),
            missing=tuple(clip.number for uid, clip in self.clips.items() if uid not in present),
            remarks=tuple(sorted(self.remarks, key=lambda each: each.line)),
        )

    # -- which row is which shot ---------------------------------------------------------------------------------

    def _values(self, line: int, cells: Sequence[str]) -> dict[str, str]:
        """Column -> text, for the cells of a row that could be read; the uid is always among them."""
        return {
            column: cells[at].strip() if at < len(cells) else ""
            for column, at in self.columns.items()
            if (line, at) not in self.unread or column == "uid"
        }

    def _own_rows(self) -> dict[int, Clip]:
        """Row -> its shot. A row that was copied stands twice: the one that differs least from the shot is the shot."""
        standing: dict[str, list[tuple[int, int]]] = {}
        for line, cells in self.rows[1:]:
            values = self._values(line, cells)
            clip = self.clips.get(plain(values["uid"]).lower())
            if clip is not None:
                read = self.reader.read(line, values, clip)
                standing.setdefault(clip.uid, []).append((len(read.edits) + len(read.remarks), line))
        found: dict[int, Clip] = {}
        for uid, rows in standing.items():
            _, first = min(rows)
            found[first] = self.clips[uid]
            for _, line in rows:
                if line != first:
                    number = self.clips[uid].number
                    self._remark(
                        line,
                        f"This row is a copy of shot {number} (row {first}); it is taken as a new shot.",
                        f"该行是镜头 {number}（第 {first} 行）的副本，按新镜头处理。",
                    )
        return found

    def _is_new(self, line: int, cells: Sequence[str], values: dict[str, str]) -> bool:
        uid = plain(values["uid"]).lower()
        if uid and uid not in self.clips:
            self._remark(
                line,
                "This row's uid is of no shot of this episode; it was left out. Clear the uid to make it a new shot.",
                "该行的 UID 不属于本集任何镜头，未读取。如要作为新镜头，请清空 UID。",
            )
            return False
        if is_total(cells) and not uid:
            # its sum may be gone where a program that does not compute saved the sheet; that matters to nobody
            self.remarks = [each for each in self.remarks if each.line != line]
            return False
        if holds_shot(values):
            return True
        self._remark(line, "This row holds no shot; it was left out.", "该行没有镜头内容，未读取。")
        return False

    def _run(self, line: int, values: Mapping[str, str], present: str, number: str) -> str:
        """The scene of a row, by its first shot; '' where a new shot asks for one that there is not."""
        said = tidy(half(plain(values.get("scene", ""))))
        if not said or said.casefold() == tidy(half(plain(self.scene_of[present]))).casefold():
            return present
        for home, scene in self.scene_of.items():
            if said.casefold() == tidy(half(plain(scene))).casefold():
                return home
        what = f"Shot {number} stays where it is" if number else "The new shot was left out"
        what_zh = f"镜头 {number} 保持原位" if number else "该新镜头未读取"
        self._remark(
            line,
            f"There is no scene '{said}' in this episode, and a sheet makes none. {what}.",
            f"本集没有场号“{said}”，表格不能新建场次。{what_zh}。",
        )
        return present if number else ""

    # -- new shots -----------------------------------------------------------------------------------------------

    def _drafts(self, fresh: Sequence[Row]) -> dict[str, NewShot]:
        """The new rows, read as a shot table is."""
        if not fresh:
            return {}
        draft = read_table([self.rows[0], *fresh], "")
        lines = {line for line, _ in fresh}
        self.remarks.extend(warned for warned in draft.warnings if warned.line in lines)
        taken = {clip.number.casefold() for clip in self.timeline.clips}
        made = {}
        for shot in (shot for each in draft.episodes for scene in each.scenes for shot in scene.shots):
            number = shot.number if shot.number.casefold() not in taken and len(shot.number) <= 16 else ""
            taken.add(number.casefold())
            made[key_of(shot.line)] = NewShot(key_of(shot.line), shot.line, _with_number(shot, number))
        return made

    # -- order ---------------------------------------------------------------------------------------------------

    def _places(self, home: str, keys: Sequence[tuple[str, int]]) -> list[Place]:
        """Moves that give the scene the order of the rows, as few as can be; shots without a row are not moved."""
        standing = [uid for uid in self.clips if self.run_of[uid] == home]
        at = {uid: index for index, uid in enumerate(standing)}
        staying = _longest_rise([(at[key], key) for key, _ in keys if key in at])
        places, behind = [], ""
        for key, line in keys:
            if key not in staying:
                clip = self.clips.get(key)
                was = "" if clip is None else self._before(clip)
                number = clip.number if clip else ""
                scene = self.scene_of[home]
                places.append(Place(key, number, line, scene, home, behind, was, self._called(behind)))
            behind = key
        return places

    def _before(self, clip: Clip) -> str:
        run = [each for each in self.timeline.clips if self.run_of[each.uid] == self.run_of[clip.uid]]
        index = run.index(clip)
        return run[index - 1].number if index else ""

    def _called(self, key: str) -> str:
        return self.clips[key].number if key in self.clips else key

    def _remark(self, line: int, en: str, zh: str) -> None:
        self.remarks.append(Warned(line, Message(en, zh)))


def key_of(row: int) -> str:
    """How a new shot is called until it has a uid."""
    return f"row {row}"


def _with_number(shot: ShotDraft, number: str) -> ShotDraft:
    return replace(shot, number=number)


def _longest_rise(pairs: Sequence[tuple[int, str]]) -> set[str]:
    """Of (position, key) in their new order, the most keys whose positions rise: those that need not be moved."""
    tails: list[int] = []
    ends: list[int] = []  # index into pairs of the end of the best rise of each length
    before: list[int] = []
    for index, (position, _) in enumerate(pairs):
        length = bisect_left(tails, position)
        before.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(position)
            ends.append(index)
        else:
            tails[length], ends[length] = position, index
    kept, index = set(), ends[-1] if ends else -1
    while index >= 0:
        kept.add(pairs[index][1])
        index = before[index]
    return kept
