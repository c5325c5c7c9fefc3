"""XLSX shot tables as people and programs make them: typed numbers, dates, merged and hidden cells; and hostile ones."""

import datetime as dt
import io
import random
import time
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

from storage.errors import ScriptError
from studio.screenplay import read_script
from studio.screenplay.archive import MOST_ELEMENTS
from studio.screenplay.draft import ScriptDraft, ShotDraft

HEADINGS = ("场号", "镜号", "景别", "画面内容", "人物", "台词", "时长(秒)", "服化道")


def workbook(
    rows: Iterable[Iterable[Any]], change: Callable[[Worksheet], None] = lambda sheet: None, title: str = "镜头"
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    change(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def shots(draft: ScriptDraft) -> list[ShotDraft]:
    return [shot for episode in draft.episodes for scene in episode.scenes for shot in scene.shots]


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {entry.filename: archive.read(entry) for entry in archive.infolist()}


def archive_of(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


PLAIN = workbook([HEADINGS, ("1", "1", "特写", "雨", "林晚", "林晚：走。", 3.5, "")])


def test_numbers_texts_and_line_breaks_are_read_as_they_are_shown():
    draft = read_script(
        workbook(
            [
                HEADINGS,
                (1, 12, "特写", "一行\n两行", "林晚、陆沉", "林晚：走。\n陆沉（低声）：不。", 3.5, "黑伞"),
                (1, 12.5, "近景", "=雨", "林晚", "", 0.1 + 0.2, ""),
                (1.0, "13", "全景", "", "", "", "4秒", ""),
            ],
            lambda sheet: setattr(sheet["D3"], "data_type", "s"),
        ),
        "表.xlsx",
    )
    first, second, third = shots(draft)
    assert [shot.number for shot in (first, second, third)] == ["12", "12.5", "13"]
    assert [shot.seconds for shot in (first, second, third)] == [3.5, 0.3, 4]
    assert (first.description, second.description) == ("一行\n两行", "=雨")
    assert [(each.speaker, each.manner, each.text) for each in first.dialogue] == [
        ("林晚", "", "走。"),
        ("陆沉", "低声", "不。"),
    ]
    assert [shot.line for shot in (first, second, third)] == [2, 3, 4] and draft.warnings == ()
    assert [scene.number for episode in draft.episodes for scene in episode.scenes] == ["1"]


def test_rows_keep_their_excel_numbers_past_titles_blank_and_hidden_rows():
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[6].hidden = True
        sheet.column_dimensions["D"].hidden = True

    draft = read_script(
        workbook(
            [("《第七封信》第一集 分镜表",), (), HEADINGS, ("1", "1", "特写", "雨"), (), ("1", "2", "近景", "风"), (), ("1", "3", "全景", "雪")],
            hide,
        ),
        "表.xlsx",
    )  # fmt: skip
    assert [(shot.line, shot.number, shot.description) for shot in shots(draft)] == [
        (4, "1", "雨"),
        (6, "2", "风"),
        (8, "3", "雪"),
    ]
    assert [warned.line for warned in draft.warnings] == [1]


def test_merged_cells_hold_for_every_row_but_a_line_is_said_once():
    rows = [
        ("场号", "镜号", "场景", "时间", "景别", "画面内容", "人物", "台词", "服化道"),
        ("1", "1", "钟表铺", "夜", "特写", "修表", "林晚", "林晚：等等。", "目镜"),
        ("", "2", "", "", "近景", "抬头", "", "", ""),
        ("", "3", "", "", "全景", "起身", "", "", ""),
        ("2", "4", "老街", "日", "远景", "雨", "", "", ""),
    ]

    def merge(sheet: Worksheet) -> None:
        for cells in ("A2:A4", "C2:C4", "D2:D4", "G2:G3", "H2:H4", "I2:I4"):
            sheet.merge_cells(cells)

    draft = read_script(workbook(rows, merge), "表.xlsx")
    (episode,) = draft.episodes
    assert [(scene.number, scene.location, scene.time_of_day, len(scene.shots)) for scene in episode.scenes] == [
        ("1", "钟表铺", "NIGHT", 3),
        ("2", "老街", "DAY", 1),
    ]
    assert [[person.name for person in shot.cast] for shot in shots(draft)] == [["林晚"], ["林晚"], [], []]
    assert [shot.art for shot in shots(draft)] == ["目镜", "目镜", "目镜", ""]
    assert [len(shot.dialogue) for shot in shots(draft)] == [1, 0, 0, 0]


def test_a_number_that_excel_made_a_date_is_read_back_and_said():
    draft = read_script(
        workbook(
            [
                HEADINGS,
                (dt.datetime(2026, 1, 1), "1", "特写", "雨"),
                (dt.datetime(2026, 1, 1), dt.datetime(1900, 1, 12), "特写", "风"),
                (dt.datetime(2026, 1, 2), "3", "特写", dt.datetime(2026, 5, 4)),
            ]
        ),
        "表.xlsx",
    )
    assert [scene.number for episode in draft.episodes for scene in episode.scenes] == ["1-1", "1-2"]
    assert [shot.number for shot in shots(draft)] == ["1", "12", "3"]
    assert shots(draft)[2].description == "2026-05-04"
    assert [warned.line for warned in draft.warnings] == [2, 3, 3, 4]
    assert "Column A" in draft.warnings[0].message.en and "'1-1'" in draft.warnings[0].message.en
    assert "A 列" in draft.warnings[0].message.zh


@pytest.mark.parametrize(
    ("value", "shown", "seconds"),
    [
        (dt.time(0, 4), "h:mm", 4),
        (dt.time(0, 0, 4), "h:mm:ss", 4),
        (dt.time(0, 1, 30), "mm:ss", 90),
        (dt.time(1, 30), "h:mm", 90),
        (dt.timedelta(seconds=12.5), "[h]:mm:ss", 12.5),
        (dt.timedelta(minutes=10), "[h]:mm", 10),
    ],
)
def test_a_length_typed_as_a_time_is_minutes_and_seconds(value, shown, seconds):
    def shape(sheet: Worksheet) -> None:
        sheet["G2"].number_format = shown

    draft = read_script(workbook([HEADINGS, ("1", "1", "特写", "雨", "", "", value)], shape), "表.xlsx")
    assert shots(draft)[0].seconds == seconds and draft.warnings == ()


def test_formulas_give_what_was_computed_and_say_where_nothing_was():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        sheet.write_row(1, 0, ["1", "1", "特写", "雨"])
        sheet.write_formula(1, 6, "=1+2.5", None, 3.5)
        sheet.write_formula(1, 7, '=""', None, "nothing")
        sheet.write_row(2, 0, ["1", "2", "特写"])
        sheet.write_formula(2, 3, "=1/0", None, "#DIV/0!")
    parts = parts_of(stream.getvalue())
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b"<v>nothing</v>", b"<v></v>")
    one, two = shots(draft := read_script(archive_of(parts), "a.xlsx"))
    assert (one.seconds, one.art, two.description) == (3.5, "", "")
    assert [warned.line for warned in draft.warnings] == [3] and "#DIV/0!" in draft.warnings[0].message.en

    draft = read_script(workbook([HEADINGS, ("1", "1", "特写", "雨", "", "", "=1+2")]), "a.xlsx")
    assert [warned.line for warned in draft.warnings] == [2] and "without a computed value" in draft.warnings[
        0
    ].message.en


def test_the_first_sheet_with_a_shot_table_is_read_and_the_others_are_named():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        cover, chart = book.add_worksheet("封面"), book.add_chartsheet("图")
        cover.write_row(0, 0, ["《第七封信》", "导演"])
        for title, weather in (("第1集", "雨"), ("第2集", "雪")):
            sheet = book.add_worksheet(title)
            sheet.write_row(0, 0, HEADINGS)
            sheet.write_row(1, 0, ["1", "1", "特写", weather])
        chart.set_chart(columns := book.add_chart({"type": "column"}))
        columns.add_series({"values": "=第1集!$B$2:$B$2"})
    draft = read_script(stream.getvalue(), "a.xlsx")
    assert [shot.description for shot in shots(draft)] == ["雨"]
    assert ["第2集" in warned.message.zh for warned in draft.warnings] == [True]


def test_a_workbook_without_a_shot_table_says_what_a_heading_row_is():
    with pytest.raises(ScriptError, match="no sheet with a shot table") as error:
        read_script(workbook([("姓名", "电话"), ("林晚", 123)], title="通讯录"), "a.xlsx")
    assert "通讯录" in error.value.message.zh


def test_a_sheet_that_lies_about_its_size_is_read_by_its_cells():
    parts = parts_of(PLAIN)
    sheet = "xl/worksheets/sheet1.xml"
    assert b'<dimension ref="A1:H2"' in parts[sheet]
    for ref in (b"A1", b"A1:XFD1048576"):
        parts[sheet] = parts_of(PLAIN)[sheet].replace(b'ref="A1:H2"', b'ref="%s"' % ref)
        assert len(shots(read_script(archive_of(parts), "a.xlsx"))) == 1


def test_a_stray_formatted_row_at_the_very_end_costs_nothing():
    parts = parts_of(PLAIN)
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</sheetData>", b'<row r="1048576"><c r="A1048576" s="0"/></row></sheetData>')
    start = time.process_time()
    assert len(shots(read_script(archive_of(parts), "a.xlsx"))) == 1
    assert time.process_time() - start < 1


# -- hostile ------------------------------------------------------------------------------------------------------


def _with(part: str, content: bytes) -> bytes:
    return archive_of(parts_of(PLAIN) | {part: content})


def _entities() -> bytes:
    lol = b'<!ENTITY a0 "lol">' + b"".join(b'<!ENTITY a%d "%s">' % (i, b"&a%d;" % (i - 1) * 10) for i in range(1, 10))
    sheet = parts_of(PLAIN)["xl/worksheets/sheet1.xml"]
    start = sheet.index(b"<worksheet")
    return _with("xl/worksheets/sheet1.xml", b"<!DOCTYPE worksheet [" + lol + b"]>" + sheet[start:])


def _external() -> bytes:
    strings = '<!DOCTYPE sst SYSTEM "file:///etc/passwd"><sst/>'.encode("utf-16")
    return _with("xl/sharedStrings.xml", b'<?xml version="1.0"?>' and strings)


def _bomb() -> bytes:
    return _with("xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * (20 << 20) + b"</worksheet>")


def _slow_bomb() -> bytes:
    noise = random.Random(3).randbytes(1 << 16)
    return archive_of(parts_of(PLAIN) | {f"xl/media/{i}.bin": noise * 8 + bytes(3 << 20) for i in range(12)})


def _elements() -> bytes:
    return _with("xl/worksheets/sheet1.xml", b"<worksheet><sheetData>" + b"".join(
        b'<row r="%d">' % i + b"<c/>" * 2048 + b"</row>" for i in range(1, MOST_ELEMENTS // 2048 + 2)) + b"</sheetData></worksheet>")  # fmt: skip


def _far_row() -> bytes:
    sheet = parts_of(PLAIN)["xl/worksheets/sheet1.xml"]
    return _with("xl/worksheets/sheet1.xml", sheet.replace(b'<row r="2"', b'<row r="99999999999"'))


def _encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)


def _locked() -> bytes:
    content = bytearray(PLAIN)
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := content.find(magic, start)) >= 0:
            content[start + at] |= 1
            start += 4
    return bytes(content)


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "entities": (_entities, "XML declarations"),
    "external entity": (_external, "XML declarations"),
    "bomb": (_bomb, "unpacks to far more"),
    "many small bombs": (_slow_bomb, "unpacks to far more"),
    "elements": (_elements, "unpacks to far more"),
    "far row": (_far_row, "99999999999"),
    "password": (_encrypted, "password"),
    "zip password": (_locked, "damaged or protected"),
    "old xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1200), "old Office file"),
    "text": (lambda: "场号,镜号,景别\n1,1,特写".encode(), "no Excel workbook"),
    "page": (lambda: b"<html><table><tr><td>1</td></tr></table></html>", "no Excel workbook"),
    "other archive": (lambda: archive_of({"a.txt": b"a"}), "archive"),
    "binary workbook": (lambda: archive_of({"xl/workbook.bin": b"a"}), "workbook of another kind"),
    "cut": (lambda: PLAIN[: len(PLAIN) // 2], "damaged"),
    "no parts": (lambda: archive_of({"xl/workbook.xml": b"<workbook/>"}), "damaged"),
    "no sheet": (lambda: archive_of({k: v for k, v in parts_of(PLAIN).items() if "worksheets/" not in k}), "."),
    "broken sheet": (lambda: _with("xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>"), "damaged"),
    "too large": (lambda: PLAIN + bytes(33 << 20), "larger than 32 MB"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_workbooks_are_refused_in_both_languages_and_soon(kind):
    make, said = HOSTILE[kind]
    content = make()
    start = time.process_time()
    with pytest.raises(ScriptError, match=said) as error:
        read_script(content, "表.xlsx")
    assert error.value.message.zh.startswith("“表.xlsx”")
    assert time.process_time() - start < 3


def test_any_damage_gives_a_draft_or_a_clear_error():
    draw = random.Random(5)
    for _ in range(150):
        parts = parts_of(PLAIN)
        part = draw.choice(sorted(parts))
        content = bytearray(parts[part])
        for _ in range(draw.randint(1, 4)):
            at = draw.randrange(len(content))
            content[at : at + draw.randint(0, 6)] = draw.choice(
                [b"", b"<", b"9", b'"', b"\xff", b"x=", b"-1", b"/>", b"1e999"]
            )
        try:
            draft = read_script(archive_of(parts | {part: bytes(content)}), "a.xlsx")
        except ScriptError as error:
            assert error.message.en and error.message.zh
        else:
            assert draft.episodes


def test_ten_thousand_rows_are_read_in_seconds():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for row in range(1, 10_001):
            sheet.write_row(row, 0, [row // 12, row, "特写", f"第{row}个画面", "林晚", "林晚：走。", 2.5, ""])
    start = time.process_time()
    assert len(shots(read_script(stream.getvalue(), "a.xlsx"))) == 10_000
    assert time.process_time() - start < 12
