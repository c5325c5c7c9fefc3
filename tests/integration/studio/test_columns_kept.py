"""Which columns a series' sheets have is kept with the series, a format at a time."""

import csv
from pathlib import Path

import pytest
from openpyxl import load_workbook

from storage.errors import InvalidInput, NotFound

ROOT = Path(__file__).parents[3]
PLACE = ("--series", "One", "--episode", "1")


@pytest.fixture
def home(castlock, tmp_path: Path) -> Path:
    home = tmp_path / "home"
    castlock(home, "script", "import", str(ROOT / "studio/sample/paid-in-full.en.fountain"), *PLACE)
    return home


def headings(castlock, home: Path, name: str, *options: str) -> list[str]:
    target = home.parent / name
    castlock(home, "export", *PLACE, "--to", str(target), *options)
    if target.suffix == ".csv":
        with target.open(encoding="utf-8-sig", newline="") as stream:
            return next(csv.reader(stream))
    return [cell.value for cell in load_workbook(target).worksheets[0][1]]


def test_kept_columns_are_those_of_every_sheet_of_that_format(castlock, home: Path) -> None:
    usual = headings(castlock, home, "a.csv")
    kept = castlock(home, "series", "set", "One", "--columns", "xlsx=notes, shot", "--columns", "csv=duration,shot")
    assert kept["columns"] == {"xlsx": ["notes", "shot"], "csv": ["duration", "shot"]}
    assert headings(castlock, home, "a.xlsx") == ["Notes", "Shot", "UID"]
    assert headings(castlock, home, "a.csv") == ["Dur (s)", "Shot"]
    assert headings(castlock, home, "a.csv", "--columns", "scene,shot") == ["Scene", "Shot"]

    kept = castlock(home, "series", "set", "One", "--columns", "csv=")
    assert kept["columns"] == {"xlsx": ["notes", "shot"]}
    assert headings(castlock, home, "a.csv") == usual
    assert castlock(home, "series", "list")["series"][0]["columns"] == {"xlsx": ["notes", "shot"]}


@pytest.mark.parametrize("wrong", ["xlsx=colour", "pdf=shot", "nothing"])
def test_what_cannot_be_kept_changes_nothing(castlock, home: Path, wrong: str) -> None:
    assert castlock(home, "series", "set", "One", "--columns", wrong, code=1)["kind"] == "InvalidInput"
    assert castlock(home, "series", "list")["series"][0]["columns"] == {}


def test_a_series_that_is_not_there_has_no_columns(studio) -> None:
    with pytest.raises(NotFound):
        studio.set_columns("Nowhere", "xlsx", ["shot"])
    with pytest.raises(InvalidInput, match="xlsx, csv, docx"):
        studio.set_columns("Nowhere", "otio", ["shot"])
