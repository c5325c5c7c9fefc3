import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from openpyxl import load_workbook
from PIL import Image
from timelines import changed, draw_frame, episode, exported, without

from storage.errors import InvalidInput, Language, NotFound
from studio.exports import ExportOptions
from studio.exports.columns import BY_KEY, COLUMNS, rows
from studio.exports.timeline import DressedAs, Person, Timeline
from studio.exports.xlsx_style import LONGEST
from studio.vocabulary import ANGLES, FRAMINGS, MOVEMENTS, SIZES

LANGUAGES: list[Language] = ["en", "zh"]
WHERE = {column.key: index for index, column in enumerate(COLUMNS)}


def written(timeline: Timeline, folder: Path, language: Language) -> Path:
    target = folder / "sheet.xlsx"
    exported(timeline, target, ExportOptions(language))
    return target


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_holds_every_shot_and_every_frame_in_its_row(
    tmp_path: Path, frames: Path, language: Language
) -> None:
    timeline = episode(language, frames=frames)
    timeline = without(timeline, timeline.clips[4].number)
    book = load_workbook(written(timeline, tmp_path, language))
    sheet = book.worksheets[0]

    for at, row in enumerate(rows(timeline, language), start=2):
        for index, column in enumerate(COLUMNS, start=1):
            cell = sheet.cell(at, index)
            if column.key == "episode":
                assert cell.value == row.clip.episode
            elif column.key == "duration":
                assert cell.value == pytest.approx(row.clip.frames / timeline.fps)
                assert cell.number_format == "0.0"
            elif column.key == "image" and row.clip.picture and not row.clip.omitted:
                assert cell.value is None
            else:
                assert (cell.value or "") == column.text(row)
                assert cell.data_type in ("s", "n") and (cell.value is None or cell.data_type == "s")

    shown = {at: clip for at, clip in enumerate(timeline.clips, start=1) if clip.picture and not clip.omitted}
    anchors = {image.anchor._from.row: image for image in sheet._images}
    assert set(anchors) == set(shown)
    assert len(sheet._images) == len(shown)
    for at, clip in shown.items():
        assert anchors[at].anchor._from.col == WHERE["image"]
        assert anchors[at].anchor.editAs in (None, "twoCell")  # moves and sizes with its cell
        with Image.open(anchors[at].ref) as small, Image.open(clip.picture) as frame:
            assert small.format == "JPEG"
            there = np.asarray(frame.convert("RGB").resize(small.size, Image.Resampling.BOX), dtype=float)
            assert np.abs(np.asarray(small, dtype=float) - there).mean() < 4
        assert sheet.row_dimensions[at + 1].height >= 160 * 0.75


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_only_formulas_are_sums_and_their_values_are_right(
    tmp_path: Path, frames: Path, language: Language
) -> None:
    timeline = without(episode(language, frames=frames), episode(language).clips[0].number)
    target = written(timeline, tmp_path, language)
    formulas = {
        (sheet.title, cell.coordinate): cell.value
        for sheet in load_workbook(target).worksheets
        for line in sheet.iter_rows()
        for cell in line
        if cell.data_type == "f"
    }
    scenes = list(timeline.scenes())
    assert len(formulas) == 1 + len(scenes) + 3
    values = load_workbook(target, data_only=True)
    seconds = timeline.frames / timeline.fps
    assert values.worksheets[0].cell(len(timeline.clips) + 2, WHERE["duration"] + 1).value == pytest.approx(seconds)
    table = list(values.worksheets[1].iter_rows(min_row=2, values_only=True))
    for line, scene in zip(table, scenes, strict=False):
        live = [clip for clip in scene if not clip.omitted]
        assert line[0] == scene[0].scene
        assert line[2] == len(live)
        assert line[3] == sum(clip.picture is not None for clip in live)
        assert line[4] == pytest.approx(sum(clip.frames for clip in live) / timeline.fps)
    assert table[-1][4] == pytest.approx(seconds)
    assert table[-1][2] == len(timeline.clips) - 1


def test_a_hostile_text_stays_text(tmp_path: Path) -> None:
    hostile = {
        "description": '=HYPERLINK("http://example.org")',
        "notes": "{=1+1}",
        "sound": "http://example.org/x",
        "art": "internal:Sheet1!A1",
        "lens": "007",
        "equipment": "+1",
        "transition": "@x",
        "location": "\x07bell",
    }
    sheet = load_workbook(written(changed(episode("en"), "2A", **hostile), tmp_path, "en")).worksheets[0]
    for key, text in hostile.items():
        cell = sheet.cell(5, WHERE[key] + 1)
        assert cell.data_type == "s"
        assert cell.hyperlink is None
        assert cell.value.replace("_x0007_", "\x07") == text


def test_a_cell_too_long_for_excel_is_cut_and_says_so(tmp_path: Path) -> None:
    timeline = changed(episode("en"), "2A", description="word " * 10_000)
    cell = load_workbook(written(timeline, tmp_path, "en")).worksheets[0].cell(5, WHERE["description"] + 1)
    assert len(cell.value) == LONGEST
    assert cell.value.endswith("the CSV has all of it]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sheet_can_be_filtered_chosen_from_and_printed(tmp_path: Path, frames: Path, language: Language) -> None:
    timeline = episode(language, frames=frames)
    target = written(timeline, tmp_path, language)
    book = load_workbook(target)
    sheet = book.worksheets[0]
    last = len(timeline.clips) + 1
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == f"A1:AB{last}"  # with the uid, which sorting must take along
    assert (sheet.print_title_rows, sheet.print_title_cols) == ("$1:$1", "$A:$C")
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)
    assert sheet.cell(2, WHERE["description"] + 1).alignment.wrap_text

    offered = {str(rule.sqref): rule.formula1.strip('"').split(",") for rule in sheet.data_validations.dataValidation}
    for key, vocabulary in (("size", SIZES), ("framing", FRAMINGS), ("angle", ANGLES), ("movement", MOVEMENTS)):
        letter = chr(ord("A") + WHERE[key])
        assert [vocabulary.read(word) for word in offered[f"{letter}2:{letter}{last}"]] == vocabulary.codes

    assert timeline.series in book.properties.title
    assert book.properties.created == book.properties.modified == datetime(1980, 1, 1)
    with zipfile.ZipFile(target) as archive:
        drawing = archive.read("xl/drawings/drawing1.xml").decode()
    assert all(clip.description in drawing for clip in timeline.clips if clip.picture and '"' not in clip.description)


def test_the_same_timeline_gives_the_same_bytes(tmp_path: Path, frames: Path) -> None:
    timeline = episode("zh", frames=frames)
    first = written(timeline, tmp_path, "zh").read_bytes()
    assert written(timeline, tmp_path, "zh").read_bytes() == first


def test_a_frame_that_lies_down_keeps_its_shape(tmp_path: Path) -> None:
    picture = draw_frame(tmp_path / "wide.png", "W", 3, (960, 540))
    sheet = load_workbook(written(changed(episode("en"), "1A", picture=picture), tmp_path, "en")).worksheets[0]
    (image,) = sheet._images
    assert image.width / image.height == pytest.approx(16 / 9, rel=0.02)


@pytest.mark.parametrize(("paper", "number", "across"), [("A4", 9, 2), ("A3", 8, 1)])
def test_the_paper_is_chosen_and_the_type_stays_legible(tmp_path: Path, paper: str, number: int, across: int) -> None:
    target = exported(episode("en"), tmp_path / "sheet.xlsx", ExportOptions("en", paper=paper))
    setup = [sheet.page_setup for sheet in load_workbook(target).worksheets]
    assert [int(each.paperSize) for each in setup] == [number] * 3
    assert [int(each.fitToWidth or 1) for each in setup] == [across, 1, 1]


def test_a_paper_or_a_column_that_there_is_not_is_refused(tmp_path: Path) -> None:
    for options, named in ((ExportOptions("en", paper="B5"), "A4, A3"), (ExportOptions("en", columns=("x",)), "shot")):
        with pytest.raises(InvalidInput, match=named):
            exported(episode("en"), tmp_path / "sheet.xlsx", options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("columns", [("shot", "notes", "duration"), ("duration", "scene", "image"), ("uid", "notes")])
def test_columns_are_chosen_and_every_row_knows_its_shot(
    tmp_path: Path, frames: Path, columns: tuple[str, ...]
) -> None:
    timeline = episode("en", frames)
    book = load_workbook(exported(timeline, tmp_path / "sheet.xlsx", ExportOptions("en", columns=columns)))
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    expected = [BY_KEY[key].en for key in dict.fromkeys((*columns, "uid"))]
    assert headings == expected
    at = headings.index("UID") + 1
    assert [sheet.cell(row, at).value for row in range(2, 16)] == [clip.uid for clip in timeline.clips]
    hidden = sheet.column_dimensions[sheet.cell(1, at).column_letter].hidden
    assert hidden == ("uid" not in columns)
    assert len(sheet._images) == (7 if "image" in columns else 0)
    seconds = load_workbook(tmp_path / "sheet.xlsx", data_only=True).worksheets[1]["E2"].value
    assert seconds == pytest.approx(sum(clip.frames for clip in timeline.clips if clip.scene == "1") / 24)


def test_the_uid_is_held_by_a_rule_that_lets_rows_be_sorted(tmp_path: Path) -> None:
    sheet = load_workbook(written(episode("en"), tmp_path, "en")).worksheets[0]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    rule = rules["AB2:AB15"]
    assert (rule.type, rule.formula1, rule.errorStyle or "stop") == ("custom", "FALSE", "stop")
    assert not sheet.protection.sheet
    lasting = rules["S2:S15"]
    assert (lasting.type, lasting.formula1, lasting.formula2) == ("decimal", "0", "600")


def test_text_cells_are_text_to_excel_too(tmp_path: Path) -> None:
    sheet = load_workbook(written(episode("en"), tmp_path, "en")).worksheets[0]
    assert {sheet.cell(2, WHERE[key] + 1).number_format for key in ("scene", "shot", "lens", "notes")} == {"@"}


# -- the cast ----------------------------------------------------------------------------------------------------


@pytest.fixture
def dressed(tmp_path: Path) -> Timeline:
    """Maya in two looks, one with photos, one with colours; Vivian without any; Adrian is nobody's character."""
    photo = draw_frame(tmp_path / "photo.png", "M", 1, (600, 800))
    coat = DressedAs("gala", "black coat", ("#102030", "#c0a080"), (photo,))
    wet = DressedAs("rain", "soaked =1+1", (), ())
    timeline = replace(
        episode("en"),
        cast=(Person("p1", ("Maya", "May"), "", (coat, wet)), Person("p2", ("Vivian",), "", ())),
    )
    timeline = changed(timeline, "1A", looks=("Rain",))
    return changed(timeline, "2C", looks=("gala",), cast=("MAY",), parts=("face",))


def test_the_cast_stands_with_looks_photos_colours_and_scenes(tmp_path: Path, dressed: Timeline) -> None:
    sheet = load_workbook(written(dressed, tmp_path, "en")).worksheets[2]
    table = [[cell.value for cell in line] for line in sheet.iter_rows(min_row=2)]
    told = [[line[1], line[2] or "", line[3] or "", line[4] or "", line[8] or "", line[9]] for line in table]
    assert told == [
        ["Maya", "May", "gala", "black coat", "2", 1],
        ["Maya", "May", "rain", "soaked =1+1", "1", 1],
        ["Vivian", "", "", "", "2", 4],
        ["Adrian", "no character of that name yet", "", "", "2, 3", 4],
    ]
    assert [sheet.cell(2, at).fill.fgColor.rgb for at in (6, 7)] == ["FF102030", "FFC0A080"]
    (image,) = sheet._images
    assert (image.anchor._from.row, image.anchor._from.col) == (1, 0)
    assert image.width / image.height == pytest.approx(3 / 4, rel=0.02)
    assert not [cell for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]


def test_a_photo_that_is_gone_names_its_character(tmp_path: Path, dressed: Timeline) -> None:
    (tmp_path / "photo.png").unlink()
    with pytest.raises(NotFound, match="photo of Maya"):
        written(dressed, tmp_path, "en")


@pytest.mark.soffice
def test_libreoffice_computes_the_same_sums_and_no_cell_of_a_csv(tmp_path: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    timeline = changed(without(episode("en"), "2B"), "2A", description="=1+1", notes="+2", sound=" -3", art="@x")
    targets = [tmp_path / "a.xlsx", tmp_path / "b.csv"]
    for target in targets:
        exported(timeline, target, ExportOptions("en"))
    subprocess.run(
        [
            program,
            "--headless",
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--convert-to",
            "ods",
            "--outdir",
            tmp_path / "ods",
            *targets,
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    formulas = {}
    for name in ("a", "b"):
        with zipfile.ZipFile(tmp_path / f"ods/{name}.ods") as archive:
            formulas[name] = archive.read("content.xml").decode()
    assert formulas["b"].count("table:formula=") == 0
    seconds = timeline.frames / timeline.fps
    assert formulas["a"].count("table:formula=") == 1 + 4 + 3
    assert f'office:value="{seconds:g}"' in formulas["a"].split("SUBTOTAL")[1][:400]
    assert "#VALUE!" not in formulas["a"]
