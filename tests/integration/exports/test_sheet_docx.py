"""The Word sheet, read by python-docx, by its XML and, where Writer is installed, as pages."""

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from pypdf import PdfReader
from random_timelines import timelines
from timelines import changed, episode, exported, without

from storage.errors import InvalidInput, Language
from studio.exports import ExportOptions
from studio.exports.columns import BY_KEY, PRINTED, chosen_columns, rows
from studio.exports.timeline import Timeline

LANGUAGES: list[Language] = ["en", "zh"]


def written(timeline: Timeline, folder: Path, language: Language = "en", **options) -> Path:
    return exported(timeline, folder / "sheet.docx", ExportOptions(language, **options))


def shot_rows(target: Path, columns: int) -> list:
    """The rows of shots: without the heading row and those of scenes."""
    (table,) = Document(str(target)).tables
    return [row for row in table.rows[1:] if len(row._tr.tc_lst) == columns]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shot_has_its_row_with_its_words_and_its_frame(tmp_path: Path, frames: Path, language: Language) -> None:
    timeline = without(episode(language, frames), episode(language).clips[4].number)
    target = written(timeline, tmp_path, language)
    (table,) = Document(str(target)).tables
    assert [cell.text for cell in table.rows[0].cells] == [BY_KEY[key].heading(language) for key in PRINTED]
    found = shot_rows(target, len(PRINTED))
    assert len(found) == len(timeline.clips)
    for row, shown in zip(found, rows(timeline, language), strict=True):
        pictured = shown.clip.picture is not None and not shown.clip.omitted
        for cell, column in zip(row.cells, chosen_columns(PRINTED), strict=True):
            if column.key == "image" and pictured:
                assert len(cell._tc.findall(f".//{qn('pic:pic')}")) == 1
                assert shown.clip.description in cell._tc.find(f".//{qn('wp:docPr')}").get("descr")
            else:
                assert cell.text == column.text(shown)
        struck = [run.font.strike for cell in row.cells for each in cell.paragraphs for run in each.runs if run.text]
        assert all(struck) == shown.clip.omitted
    scenes = [row for row in table.rows[1:] if len(row._tr.tc_lst) == 1]
    assert len(scenes) == len(list(timeline.scenes()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("paper", "sides"), [("A4", (297, 210)), ("A3", (420, 297))])
def test_it_lies_down_repeats_its_headings_and_splits_no_row(
    tmp_path: Path, language: Language, paper: str, sides: tuple[int, int]
) -> None:
    document = Document(str(written(episode(language), tmp_path, language, paper=paper)))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == sides
    (table,) = document.tables
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows] == [True] + [False] * 18
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    widths = [column.width.mm for column in table.columns]
    assert sum(widths) == pytest.approx(sides[0] - 22, abs=1)
    assert [cell.width.mm for cell in table.rows[2].cells] == pytest.approx(widths)
    fonts = document.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "Microsoft YaHei"


def test_the_parts_of_a_cell_stand_in_the_order_of_the_schema(tmp_path: Path, frames: Path) -> None:
    order = ["tcW", "gridSpan", "vMerge", "tcBorders", "shd", "noWrap", "tcMar", "textDirection", "tcFitText", "vAlign"]
    (table,) = Document(str(written(episode("en", frames), tmp_path))).tables
    for properties in table._tbl.iter(qn("w:tcPr")):
        names = [child.tag.rpartition("}")[2] for child in properties]
        assert names == sorted(names, key=order.index)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(timelines(most=12))
def test_any_episode_can_be_opened_again_with_all_its_rows(tmp_path: Path, timeline: Timeline) -> None:
    assert len(shot_rows(written(timeline, tmp_path), len(PRINTED))) == len(timeline.clips)


def test_columns_are_chosen_and_the_same_timeline_gives_the_same_bytes(tmp_path: Path, frames: Path) -> None:
    timeline = changed(episode("en", frames), "2A", notes="a\x0bb\nc")
    target = written(timeline, tmp_path, columns=("shot", "notes"))
    first = target.read_bytes()
    assert [cell.text for cell in shot_rows(target, 2)[3].cells] == ["2A", "a b\nc"]
    assert written(timeline, tmp_path, columns=("shot", "notes")).read_bytes() == first
    with zipfile.ZipFile(target) as archive:
        assert not [name for name in archive.namelist() if name.endswith(".jpg")]
    for options, told in ({"columns": ("x",)}, "no column 'x'"), ({"paper": "B5"}, "A4, A3"):
        with pytest.raises(InvalidInput, match=told):
            written(timeline, tmp_path, **options)
    assert target.read_bytes() == first


@pytest.mark.soffice
def test_libreoffice_lays_out_its_pages(tmp_path: Path, frames: Path) -> None:
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    timeline = episode("zh", frames)
    target = written(timeline, tmp_path, "zh")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [program, "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path), str(target)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    made = target.with_suffix(".pdf")
    if not made.exists():
        pytest.skip("LibreOffice Writer is not installed")
    pages = PdfReader(made).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    for clip in timeline.clips:
        for line in clip.dialogue:
            assert "".join(line.text.split()) in text
    assert len(pages) >= 2
    assert all("镜号" in "".join(page.extract_text().split()) for page in pages)
