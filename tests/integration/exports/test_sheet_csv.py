import csv
from pathlib import Path

import pytest
from timelines import changed, episode, exported, without

from storage.errors import Language
from studio.csv_cells import as_written
from studio.exports import ExportOptions
from studio.exports.columns import COLUMNS, rows

LANGUAGES: list[Language] = ["en", "zh"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sheet_reads_back_cell_by_cell(tmp_path: Path, language: Language) -> None:
    timeline = without(episode(language), episode(language).clips[4].number)
    timeline = changed(timeline, timeline.clips[1].number, notes='one\ntwo, “three” "four"', sound="x;y\tz")
    target = tmp_path / "表.csv"
    exported(timeline, target, ExportOptions(language))

    written = target.read_bytes()
    assert written.startswith(b"\xef\xbb\xbf")
    assert written.count(b"\r\n") == len(timeline.clips) + 1
    with target.open(encoding="utf-8-sig", newline="") as stream:
        table = list(csv.reader(stream))
    assert table[0] == [column.heading(language) for column in COLUMNS]
    assert [[as_written(cell) for cell in line] for line in table[1:]] == [
        [column.text(row) for column in COLUMNS] for row in rows(timeline, language)
    ]
    seconds = [float(line[table[0].index(COLUMNS[18].heading(language))]) for line in table[1:]]
    assert sum(seconds) == pytest.approx(timeline.frames / timeline.fps, abs=0.05 * len(seconds))


def test_no_cell_of_a_hostile_script_begins_a_formula(tmp_path: Path) -> None:
    hostile = '=HYPERLINK("http://example.org","x")'
    timeline = changed(
        episode("en"),
        "2A",
        description=hostile,
        notes=" +1",
        sound="\t=1",
        art="＝1",
        location="@SUM(A1)",
        lens="-50mm",
    )
    target = tmp_path / "sheet.csv"
    exported(timeline, target, ExportOptions("en"))
    with target.open(encoding="utf-8-sig", newline="") as stream:
        cells = [cell for line in csv.reader(stream) for cell in line]
    assert not [cell for cell in cells if cell.strip().startswith(tuple("=+-@＝＋－＠"))]
    assert f"'{hostile}" in cells


def _cells(timeline, target: Path, **options) -> list[list[str]]:
    exported(timeline, target, ExportOptions("en", **options))
    with target.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def test_columns_are_chosen_and_ordered(tmp_path: Path) -> None:
    table = _cells(episode("en"), tmp_path / "few.csv", columns=("notes", "shot", "duration"))
    assert table[0] == ["Notes", "Shot", "Dur (s)"]
    assert table[1] == ["Title in the upper third", "1A", "5.0"]


def test_a_number_that_reads_as_a_date_stays_text_and_seconds_stay_numbers(tmp_path: Path) -> None:
    timeline = changed(episode("en"), "2A", number="1-1", lens="1/2", art="2E1", frames=24)
    line = next(line for line in _cells(timeline, tmp_path / "dates.csv") if line[2] == "'1-1")
    assert (line[11], line[17], line[18]) == ("'1/2", "'2E1", "1.0")


def test_raw_cells_are_as_they_are_written(tmp_path: Path) -> None:
    timeline = changed(episode("en"), "2A", description="=1+1", lens="1/2")
    line = next(line for line in _cells(timeline, tmp_path / "raw.csv", raw=True) if line[2] == "2A")
    assert (line[13], line[11]) == ("=1+1", "1/2")
