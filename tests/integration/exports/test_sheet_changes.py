"""An edited sheet held against the shots: exactly what was edited, and nothing where nothing was."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from random_timelines import timelines
from timelines import changed, episode, exported, without

from storage.errors import Language, ScriptError
from studio.exports import ExportOptions
from studio.exports.columns import BY_KEY, COLUMNS
from studio.exports.timeline import ClipLine, Timeline
from studio.sheet_changes import Changes, read_changes

LANGUAGES: list[Language] = ["en", "zh"]
QUIET = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def written(timeline: Timeline, folder: Path, language: Language = "en", suffix: str = ".xlsx", **options) -> Path:
    return exported(timeline, folder / f"sheet{suffix}", ExportOptions(language, **options))


def compared(timeline: Timeline, target: Path) -> Changes:
    return read_changes(target.read_bytes(), target.name, timeline)


class Edited:
    """A sheet opened as Excel would, edited, and saved."""

    def __init__(self, timeline: Timeline, folder: Path, language: Language = "en", **options):
        self.timeline = timeline
        self.book = load_workbook(written(timeline, folder, language, **options))
        self.sheet: Worksheet = self.book.worksheets[0]
        headings = {column.heading(language): column.key for column in COLUMNS}
        self.at = {headings[cell.value]: cell.column for cell in self.sheet[1]}
        self.row = {clip.number: row for row, clip in enumerate(timeline.clips, start=2)}

    def put(self, number: str, **cells: object) -> "Edited":
        for key, value in cells.items():
            self.sheet.cell(self.row[number], self.at[key]).value = value
        return self

    def order(self, *rows: int) -> "Edited":
        """The rows of shots in another order (from 2), some left out or twice."""
        lines = {row: [cell.value for cell in self.sheet[row]] for row in self.row.values()}
        self.sheet.delete_rows(2, len(lines))
        self.sheet.insert_rows(2, len(rows))
        for at, row in enumerate(rows, start=2):
            for column, value in enumerate(lines[row], start=1):
                self.sheet.cell(at, column).value = value
        return self

    def changes(self) -> Changes:
        stream = BytesIO()
        self.book.save(stream)
        return read_changes(stream.getvalue(), "edited.xlsx", self.timeline)


def edits(changes: Changes) -> dict[tuple[str, str], object]:
    return {(shot.number, edit.field): edit.after for shot in changes.edited for edit in shot.edits}


# -- nothing edited, nothing changed -----------------------------------------------------------------------------


@QUIET
@given(timelines(most=20), st.sampled_from(LANGUAGES), st.sampled_from([".xlsx", ".csv"]))
def test_any_sheet_of_ours_changes_nothing(tmp_path: Path, timeline: Timeline, language: Language, suffix: str) -> None:
    changes = compared(timeline, written(timeline, tmp_path, language, suffix))
    assert changes == Changes(tuple(clip.uid for clip in timeline.clips), (), (), (), (), ())
    assert changes.nothing


@pytest.mark.soffice
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_lost_where_libreoffice_saved_it_again(tmp_path: Path, frames: Path, language: Language) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    timeline = episode(language, frames)
    first, third, fourth = (timeline.clips[at].number for at in (0, 2, 3))
    hostile = {
        "notes": "=1+1",
        "art": "'=1",
        "lens": "1/2",
        "sound": "007",
        "equipment": "2E1",
        "transition": " a\nb \x0b",
    }
    timeline = without(changed(changed(timeline, first, **hostile), fourth, description="“x” <b>&amp; 🎬𠮷"), third)
    target = written(timeline, tmp_path, language)
    out = tmp_path / "saved"
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program, "--headless", profile, "--convert-to", "xlsx", "--outdir", str(out), str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    saved = out / target.name
    changes = compared(timeline, saved)
    assert (changes.nothing, changes.missing, changes.remarks) == (True, (), ())
    sheet = load_workbook(saved).worksheets[0]
    assert len(sheet._images) == len([clip for clip in timeline.clips if clip.picture and not clip.omitted])
    assert sheet.column_dimensions["AB"].hidden
    assert not [cell for line in sheet.iter_rows(max_row=15) for cell in line if cell.data_type == "f"]
    # and edited after that, it still says just that
    sheet.cell(2, COLUMNS.index(BY_KEY["notes"]) + 1).value = "=2+2, said the sheet"
    sheet.cell(2, COLUMNS.index(BY_KEY["notes"]) + 1).data_type = "s"
    stream = BytesIO()
    sheet.parent.save(stream)
    assert edits(read_changes(stream.getvalue(), "a.xlsx", timeline)) == {(first, "notes"): "=2+2, said the sheet"}


# -- fields ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", LANGUAGES)
def test_every_field_is_read_in_either_language(tmp_path: Path, sheet: Language) -> None:
    edited = Edited(episode("en"), tmp_path, sheet)
    edited.put("2A", size="特写", framing="Over the shoulder", angle="high", movement="跟拍", duration=7.25)
    edited.put("2B", description="She waits.", notes="", sound="钟声", dialogue="MAYA (V.O., softly): No.\nVIVIAN: Go.")
    edited.put("2C", status="已删", lens="85mm", cast="Maya (back), Vivian")
    changes = edited.changes()
    assert edits(changes) == {
        ("2A", "size"): "CU",
        ("2A", "framing"): "OTS",
        ("2A", "angle"): "high",
        ("2A", "movement"): "follow",
        ("2A", "seconds"): 7.25,
        ("2B", "description"): "She waits.",
        ("2B", "sound"): "钟声",
        ("2B", "dialogue"): (ClipLine("Maya", "No.", "softly", "VO"), ClipLine("Vivian", "Go.", "", "spoken")),
        ("2C", "omitted"): True,
        ("2C", "lens"): "85mm",
        ("2C", "cast"): (("Maya", "back"), ("Vivian", "face")),
    }
    assert {shot.number: shot.row for shot in changes.edited} == {"2A": 5, "2B": 6, "2C": 7}
    before = next(edit.before for shot in changes.edited for edit in shot.edits if edit.field == "seconds")
    assert (before, changes.remarks, changes.new, changes.places, changes.missing) == (5.0, (), (), (), ())


def test_an_omitted_shot_comes_back_and_keeps_its_length(tmp_path: Path) -> None:
    timeline = without(episode("en"), "2B")
    changes = Edited(timeline, tmp_path).put("2B", status="Planned").changes()
    assert edits(changes) == {("2B", "omitted"): False}


def test_a_line_that_was_left_alone_stays_as_it_was_written(tmp_path: Path) -> None:
    odd = ClipLine("McCoy", "Wait:  here", "（低声）", "spoken")
    timeline = changed(episode("en"), "2B", dialogue=(odd, ClipLine("Maya", "Why?", "", "spoken")))
    edited = Edited(timeline, tmp_path)
    cell = edited.sheet.cell(edited.row["2B"], edited.at["dialogue"])
    edited.put("2B", dialogue=str(cell.value).replace("Why?", "Why not?"))
    assert edits(edited.changes()) == {("2B", "dialogue"): (odd, ClipLine("Maya", "Why not?", "", "spoken"))}


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"size": "enormous"}, "no known size"),
        ({"size": ""}, "no known size"),
        ({"duration": "soon"}, "no length"),
        ({"duration": 0}, "no length"),
        ({"duration": 900}, "no length"),
        ({"shot": "9Z"}, "Numbers do not change"),
        ({"location": "Moon"}, "'Location' is not read"),
        ({"status": "done?"}, "no status"),
        ({"scene": "9"}, "no scene '9'"),
        ({"dialogue": "Just words."}, "who speaks"),
    ],
)
def test_what_is_not_understood_is_said_with_its_row_and_changes_nothing(
    tmp_path: Path, cells: dict[str, object], told: str
) -> None:
    changes = Edited(episode("en"), tmp_path).put("2F", **cells).changes()
    assert changes.nothing
    (remark,) = changes.remarks
    assert remark.line == 10
    assert told in remark.message.en
    assert remark.message.zh != remark.message.en


@pytest.mark.parametrize("cell", ["=A1", "#REF!"])
def test_a_cell_that_cannot_be_read_empties_no_field(tmp_path: Path, cell: str) -> None:
    changes = Edited(episode("en"), tmp_path).put("2A", description=cell, size=cell, notes="kept").changes()
    assert edits(changes) == {("2A", "notes"): "kept"}
    assert [remark.line for remark in changes.remarks] == [5, 5]


def test_what_machines_write_is_not_compared(tmp_path: Path) -> None:
    cells = {"take": "9", "identity": "x", "engine": "y", "findings": "z", "image": "w"}
    changes = Edited(episode("en"), tmp_path).put("2F", **cells).changes()
    assert (changes.nothing, changes.remarks) == (True, ())


def test_a_text_that_was_cut_is_not_read_back(tmp_path: Path) -> None:
    timeline = changed(episode("en"), "2A", description="word " * 10_000)
    edited = Edited(timeline, tmp_path)
    assert edited.changes().nothing
    changes = edited.put("2A", description="shorter").changes()
    assert changes.nothing and "too long for a cell" in changes.remarks[0].message.en


@pytest.mark.parametrize("columns", [("notes",), ("duration", "shot"), ("dialogue", "uid", "notes")])
def test_a_sheet_of_few_columns_changes_those(tmp_path: Path, columns: tuple[str, ...]) -> None:
    edited = Edited(episode("en"), tmp_path, columns=columns)
    assert edited.changes().nothing
    key = columns[0]
    value = {"notes": "n", "duration": 2, "dialogue": "MAYA: Hm."}[key]
    assert len(edits(edited.put("2A", **{key: value}).changes())) == 1


# -- rows --------------------------------------------------------------------------------------------------------


def numbers(timeline: Timeline, changes: Changes) -> list[str]:
    """The order that the places give, put one after another as they say."""
    clips = {clip.uid: clip for clip in timeline.clips}
    runs = {run[0].uid: [clip.uid for clip in run] for run in timeline.scenes()}
    home = {uid: first for first, run in runs.items() for uid in run}
    for place in changes.places:
        if place.shot in home:
            runs[home[place.shot]].remove(place.shot)
        to = home[place.behind] if place.behind else place.home
        run = runs[to]
        run.insert(run.index(place.behind) + 1 if place.behind else 0, place.shot)
        home[place.shot] = to
    return [clips[uid].number if uid in clips else uid for run in runs.values() for uid in run]


def test_a_moved_row_is_one_move(tmp_path: Path) -> None:
    timeline = episode("en")
    rows = list(range(2, 16))
    rows.insert(4, rows.pop(9 - 2))  # 2E up behind 2A
    changes = Edited(timeline, tmp_path).order(*rows).changes()
    (place,) = changes.places
    assert (place.number, place.was, place.now, place.scene) == ("2E", "2D", "2A", "2")
    assert [number for number in numbers(timeline, changes) if number[0] == "2"] == ["2A", "2E", "2B", "2C", "2D", "2F"]


@QUIET
@given(st.permutations(range(2, 16)), st.sets(st.integers(2, 15), max_size=4))
def test_rows_in_any_order_give_their_scenes_that_order(tmp_path: Path, rows: list[int], gone: set[int]) -> None:
    timeline = episode("zh")
    kept = [row for row in rows if row not in gone]
    changes = Edited(timeline, tmp_path, "zh").order(*kept).changes()
    assert changes.missing == tuple(timeline.clips[row - 2].number for row in sorted(gone))
    assert not changes.edited and not changes.new
    present = [number for number in numbers(timeline, changes) if number not in changes.missing]
    by_row = [timeline.clips[row - 2] for row in kept]
    scenes = list(dict.fromkeys(clip.scene for clip in timeline.clips))
    assert present == [clip.number for scene in scenes for clip in by_row if clip.scene == scene]
    if not gone:
        assert len(changes.places) <= 13


def test_a_scene_cell_moves_a_shot_into_that_scene(tmp_path: Path) -> None:
    timeline = episode("en")
    changes = Edited(timeline, tmp_path).put("1C", scene="2").changes()
    (place,) = changes.places
    assert (place.number, place.scene, place.was, place.now) == ("1C", "2", "1B", "")
    assert numbers(timeline, changes)[:4] == ["1A", "1B", "1C", "2A"]


def test_a_copied_row_is_a_new_shot_and_the_one_that_differs_least_is_the_old(tmp_path: Path) -> None:
    timeline = episode("en")
    rows = [2, 3, 3, *range(4, 16)]
    edited = Edited(timeline, tmp_path).order(*rows)
    edited.sheet.cell(3, edited.at["description"]).value = "The umbrella again."
    changes = edited.changes()
    (new,) = changes.new
    assert (new.row, new.draft.description, new.draft.size, new.draft.number) == (3, "The umbrella again.", "MCU", "")
    assert (changes.edited, changes.missing) == ((), ())
    assert "copy of shot 1B" in changes.remarks[0].message.en
    assert numbers(timeline, changes)[:4] == ["1A", "row 3", "1B", "1C"]


def test_rows_without_uid_are_new_shots_where_they_stand(tmp_path: Path) -> None:
    timeline = episode("en")
    edited = Edited(timeline, tmp_path)
    edited.sheet.insert_rows(5)
    for key, value in {"description": "The key turns.", "size": "ECU", "dialogue": "ADRIAN: No.", "shot": "2a"}.items():
        edited.sheet.cell(5, edited.at[key]).value = value
    edited.sheet.cell(40, edited.at["description"]).value = "Far below."
    edited.sheet.cell(40, edited.at["scene"]).value = "1"
    edited.sheet.cell(41, edited.at["notes"]).value = "no shot"
    edited.sheet.cell(42, edited.at["description"]).value = "Nowhere."
    edited.sheet.cell(42, edited.at["scene"]).value = "77"
    changes = edited.changes()
    assert [(new.row, new.draft.size, new.draft.number) for new in changes.new] == [(5, "ECU", ""), (40, "MS", "")]
    assert changes.new[0].draft.dialogue[0].speaker == "Adrian"
    assert numbers(timeline, changes)[:6] == ["1A", "1B", "1C", "row 5", "row 40", "2A"]
    assert {remark.line for remark in changes.remarks} == {41, 42}
    assert not changes.edited


def test_an_emptied_row_is_kept(tmp_path: Path) -> None:
    edited = Edited(episode("en"), tmp_path)
    edited.put("2B", **dict.fromkeys(key for key in edited.at if key != "uid"))
    changes = edited.changes()
    assert (changes.nothing, changes.missing) == (True, ())
    assert "is empty" in changes.remarks[0].message.en


def test_a_uid_of_another_episode_is_left_out(tmp_path: Path) -> None:
    edited = Edited(episode("en"), tmp_path).put("2B", uid="f" * 32)
    changes = edited.changes()
    assert (changes.nothing, changes.missing) == (True, ("2B",))
    assert "no shot of this episode" in changes.remarks[0].message.en


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: b"PK\x03\x04" + content[200:],
        lambda content: b"scene,shot,size,description\n1,1,MS,x\n",
        lambda content: b"",
    ],
)
def test_a_file_that_is_no_sheet_of_ours_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    content = spoil(written(episode("en"), tmp_path).read_bytes())
    with pytest.raises(ScriptError):
        read_changes(content, "sheet.xlsx", episode("en"))


def test_two_scenes_of_one_number_keep_their_shots(tmp_path: Path) -> None:
    timeline = episode("en")
    clips = tuple(replace(clip, scene="2") if clip.scene == "4" else clip for clip in timeline.clips)
    timeline = replace(timeline, clips=clips)
    assert Edited(timeline, tmp_path).changes().nothing
