"""An edited sheet is applied by the command line: all of it or none, and numbers stay."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from storage.errors import Conflict
from studio.exports.columns import COLUMNS
from studio.settings import Settings
from studio.studio import Studio

ROOT = Path(__file__).parents[3]
PLACE = ("--series", "One", "--episode", "1")
AT = {column.key: index for index, column in enumerate(COLUMNS, start=1)}


@pytest.fixture
def home(castlock, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    castlock(home, "script", "import", str(ROOT / "studio/sample/paid-in-full.en.fountain"), *PLACE)
    return home


def edited(castlock, home: Path, *cells: tuple[int, str, object]) -> Path:
    """A sheet of the episode with cells (row, column, value) changed."""
    target = home.parent / "sheet.xlsx"
    castlock(home, "export", *PLACE, "--to", str(target))
    book = load_workbook(target)
    for row, key, value in cells:
        book.worksheets[0].cell(row, AT[key]).value = value
    book.save(target)
    return target


def shots(castlock, home: Path) -> list[dict]:
    return castlock(home, "shots", "list", *PLACE)["shots"]


def test_an_edited_sheet_says_what_it_would_change_then_changes_just_that(castlock, home: Path) -> None:
    before = shots(castlock, home)
    last = len(before) + 3
    sheet = edited(
        castlock,
        home,
        (2, "description", "Rain, and a door."),
        (2, "duration", 4.5),
        (3, "size", "特写"),
        (3, "dialogue", "MAYA (V.O.): Not again."),
        (4, "status", "Omitted"),
        (5, "notes", "keep"),
        (6, "size", "enormous"),
        (last, "scene", before[0]["scene"]),
        (last, "description", "One shot more."),
    )
    told = castlock(home, "sheet", "diff", str(sheet), *PLACE)
    assert shots(castlock, home) == before
    assert {each["shot"]: [edit["field"] for edit in each["edits"]] for each in told["edited"]} == {
        before[0]["number"]: ["description", "seconds"],
        before[1]["number"]: ["size", "dialogue"],
        before[2]["number"]: ["omitted"],
        before[3]["number"]: ["notes"],
    }
    assert (told["nothing"], told["missing"], len(told["new"]), [each["row"] for each in told["remarks"]]) == (
        False,
        [],
        1,
        [6],
    )

    done = castlock(home, "sheet", "apply", str(sheet), *PLACE)
    assert {key: done[key] for key in told} == told
    after = shots(castlock, home)
    (made,) = done["made"]
    in_scene = [shot for shot in before if shot["scene"] == before[0]["scene"]]
    expected = [shot["uid"] for shot in before]
    expected.insert(len(in_scene), made["uid"])
    assert [shot["uid"] for shot in after] == expected
    assert [shot["number"] for shot in after if shot["uid"] != made["uid"]] == [shot["number"] for shot in before]
    by_uid = {shot["uid"]: shot for shot in after}
    first, second, third, fifth = (by_uid[before[at]["uid"]] for at in (0, 1, 2, 4))
    assert (first["description"], first["seconds"]) == ("Rain, and a door.", 4.5)
    assert second["size"] == "CU"
    assert second["dialogue"] == [{"speaker": "Maya", "text": "Not again.", "manner": "", "delivery": "VO"}]
    assert third == before[2] | {"omitted": True}
    assert fifth == before[4]
    assert castlock(home, "sheet", "diff", str(edited(castlock, home)), *PLACE)["nothing"]


def test_rows_that_moved_move_their_shots_and_a_missing_one_stays(castlock, home: Path) -> None:
    before = shots(castlock, home)
    sheet = edited(castlock, home)
    book = load_workbook(sheet)
    page = book.worksheets[0]
    rows = [[cell.value for cell in page[row]] for row in range(2, len(before) + 2)]
    gone, front = rows.pop(1), rows.pop(2)
    front[AT["scene"] - 1] = before[0]["scene"]
    for row, values in enumerate([front, *rows], start=2):
        for column, value in enumerate(values, start=1):
            page.cell(row, column).value = value
    page.delete_rows(len(before) + 1)
    book.save(sheet)
    told = castlock(home, "sheet", "apply", str(sheet), *PLACE)
    assert told["missing"] == [gone[AT["shot"] - 1]]
    (moved,) = told["moved"]
    assert (moved["shot"], moved["now"]) == (front[AT["shot"] - 1], "")
    after = shots(castlock, home)
    uids = [shot["uid"] for shot in before]
    uids.insert(0, uids.pop(3))
    assert [shot["uid"] for shot in after] == uids
    assert after[0]["number"] == before[3]["number"]


def test_what_was_compared_before_an_edit_is_not_applied_and_nothing_of_it_is(castlock, home: Path) -> None:
    sheet = edited(castlock, home, (2, "notes", "new"), (3, "notes", "new"))
    studio = Studio(Settings(home=home))
    try:
        changes = studio.compare_sheet("One", 1, sheet.read_bytes(), sheet.name)
        second = studio.shots.shots("One", 1)[1]
        studio.shots.edit("One", 1, second.number, {"notes": "meanwhile"})
        with pytest.raises(Conflict, match=f"Shot {second.number} was changed"):
            studio.apply_changes("One", 1, changes)
        assert [shot.notes for shot in studio.shots.shots("One", 1)[:2]] == ["", "meanwhile"]
        changes = studio.compare_sheet("One", 1, sheet.read_bytes(), sheet.name)
        studio.shots.add("One", 1, second.number, {})
        with pytest.raises(Conflict, match="since the sheet was compared"):
            studio.apply_changes("One", 1, changes)
    finally:
        studio.close()


def test_people_who_stay_stand_where_they_stood(castlock, home: Path) -> None:
    before = shots(castlock, home)
    row, shot = next((row, shot) for row, shot in enumerate(before, start=2) if len(shot["staging"]) == 2)
    names = shot["cast"]
    sheet = edited(castlock, home, (row, "cast", f"{names[0]} (hand), {names[1]}"))
    castlock(home, "sheet", "apply", str(sheet), *PLACE)
    after = shots(castlock, home)[row - 2]["staging"]
    assert after == [shot["staging"][0] | {"part": "hand"}, shot["staging"][1] | {"part": "face"}]
    sheet = edited(castlock, home, (row, "cast", f"{names[0]}, Old man (back)"))
    castlock(home, "sheet", "apply", str(sheet), *PLACE)
    after = shots(castlock, home)[row - 2]["staging"]
    assert [(each["name"], each["part"]) for each in after] == [(names[0], "face"), ("Old man", "back")]


def test_a_sheet_of_another_series_changes_nothing(castlock, home: Path, tmp_path: Path) -> None:
    other = ("--series", "Two", "--episode", "1")
    castlock(home, "script", "import", str(ROOT / "studio/sample/seventh-letter.zh.txt"), *other)
    sheet = edited(castlock, home, (2, "notes", "new"))
    told = castlock(home, "sheet", "apply", str(sheet), *other)
    assert told["nothing"] and len(told["remarks"]) == len(shots(castlock, home))
    answer = castlock(home, "sheet", "diff", str(ROOT / "pyproject.toml"), *other, code=1)
    assert answer["kind"] == "ScriptError"
