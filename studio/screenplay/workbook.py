"""XLSX: the rows of a workbook's shot table as text, numbered as Excel numbers them. The only reader that knows openpyxl."""

import io
import re
import struct
import warnings
import zipfile
import zlib
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import iterparse

from storage.errors import Message, ScriptError
from studio.screenplay.archive import check_archive
from studio.screenplay.columns import column_of
from studio.screenplay.decode import MOST_LINES, check_size
from studio.screenplay.draft import Warned
from studio.screenplay.lines import word_set
from studio.screenplay.table import Row, is_shot_table

if TYPE_CHECKING:
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

MOST_BYTES = 32 * 1024 * 1024  # packed; pictures pasted into the sheet are most of it
MOST_COLUMNS = 100
HEADING_WITHIN = 20  # rows that a title and the like may take above the headings

# what one merged cell may say for all the rows it spans; a line of dialogue is not said in every one of them
_SHARED = word_set(
    "episode scene int_ext location time status size framing angle movement lens equipment cast art sound"
)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    SyntaxError,  # of XML, from both parsers
    EOFError,
    OSError,
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    RuntimeError,
)


@dataclass(frozen=True, slots=True)
class ShotTable:
    """rows: (row number, cells) from the heading row on, blank ones left out. warnings: what reading them met.

    unread: (row number, column from 0) of cells that say something which could not be read, and stand here as ''.
    """

    rows: tuple[Row, ...]
    warnings: tuple[Warned, ...]
    unread: frozenset[tuple[int, int]] = frozenset()


def is_workbook(content: bytes) -> bool:
    """Whether the bytes are a zip archive with an Excel workbook inside."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError):
        return b"xl/w" in content


def read_workbook(content: bytes, name: str) -> ShotTable:
    """The first sheet that holds a shot table: computed values, hidden rows too, merged cells in every row they span.

    Raises ScriptError where the file is damaged, protected, larger than any shot table when unpacked, or where no
    sheet has a heading row among its first twenty.
    """
    check_size(content, name, MOST_BYTES)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            check_archive(archive, name)
        return _shot_table(content, name)
    except _BROKEN as error:
        raise ScriptError(
            f"'{name}' is a damaged or protected workbook; open it in Excel or WPS and save it again as .xlsx, or as CSV.",
            f"“{name}”已损坏或受保护，请用 Excel 或 WPS 打开后另存为 .xlsx，或另存为 CSV。",
        ) from error


def _shot_table(content: bytes, name: str) -> ShotTable:
    from openpyxl import load_workbook
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

    warnings.filterwarnings("ignore", module="openpyxl")  # they are about what it would not keep when saving
    with closing(load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)) as workbook:
        sheets = [sheet for sheet in workbook.worksheets if isinstance(sheet, ReadOnlyWorksheet)]
        found: list[tuple[ReadOnlyWorksheet, int]] = []
        for sheet in sheets:
            sheet.reset_dimensions()  # what a sheet says of its size may be anything
            if heading := _heading_row(sheet):
                found.append((sheet, heading))
        if not found:
            there_is = ", ".join(sheet.title for sheet in sheets)
            raise ScriptError(
                f"'{name}' has no sheet with a shot table ({there_is}): a row near the top must name columns such as "
                "Scene, Shot, Size, Description, Dialogue.",
                f"“{name}”的工作表（{there_is}）中没有分镜表：靠上的一行应为列名，例如 场号、镜号、景别、画面内容、台词。",
            )
        sheet, heading = found[0]
        reading = _Sheet(sheet, heading, name)
        rows = reading.rows()
        for other, line in found[1:]:
            reading.warn(
                heading,
                f"The sheet '{other.title}' holds a shot table too (row {line}); only '{sheet.title}' was read.",
                f"工作表“{other.title}”也有分镜表（第 {line} 行），只读取了“{sheet.title}”。",
            )
        return ShotTable(tuple(rows), tuple(reading.warnings), frozenset(reading.unread))


def _heading_row(sheet: "ReadOnlyWorksheet") -> int:
    """The number of the row that names a shot table's columns, among the first ones; 0 where there is none."""
    values = sheet.iter_rows(min_row=1, max_row=HEADING_WITHIN, max_col=MOST_COLUMNS, values_only=True)
    for number, row in enumerate(values, 1):
        if is_shot_table([(number, ["" if value is None else str(value) for value in row])]):
            return number
    return 0


class _Sheet:
    """One sheet's cells as the text a person sees, with a word on each that is not what was typed."""

    def __init__(self, sheet: "ReadOnlyWorksheet", heading: int, name: str):
        self.sheet, self.heading, self.name = sheet, heading, name
        self.warnings: list[Warned] = []
        self.unread: set[tuple[int, int]] = set()
        self.last, self.merged, self.uncomputed = _survey(sheet)

    def warn(self, line: int, en: str, zh: str) -> None:
        self.warnings.append(Warned(line, Message(en, zh)))

    def rows(self) -> list[Row]:
        from openpyxl.cell.read_only import EMPTY_CELL

        rows: list[Row] = []
        spanning: dict[int, tuple[int, str]] = {}  # column -> last row and text of the merged cell that reaches down
        columns: list[str | None] = []
        if self.last > MOST_LINES:
            raise ScriptError(
                f"'{self.name}' has cells in row {self.last}, past {MOST_LINES} rows; delete what is below the table.",
                f"“{self.name}”第 {self.last} 行还有内容，超过 {MOST_LINES} 行，请删除表格下方的多余内容。",
            )
        for number, cells in enumerate(self.sheet.iter_rows(1, self.last, 1, MOST_COLUMNS), 1):
            if all(cell is EMPTY_CELL for cell in cells):
                continue
            named = columns or [None] * MOST_COLUMNS
            texts = [
                self._text(number, index, cell, named[index] if index < len(named) else None)
                for index, cell in enumerate(cells)
            ]
            while texts and not texts[-1].strip():
                texts.pop()
            if number < self.heading:
                if texts:
                    self.warn(
                        number, "This row stands above the headings; it was left out.", "该行在表头之上，未读取。"
                    )
                continue
            if number == self.heading:
                columns = [column_of(text) for text in texts]
            blank = not texts
            for column, (last, text) in spanning.items():
                if number <= last and not blank:
                    texts.extend("" for _ in range(len(texts), column + 1))
                    texts[column] = texts[column] or text
            for column, last in self.merged.get(number, ()):
                if column < len(columns) and columns[column] in _SHARED and column < len(texts):
                    spanning[column] = last, texts[column]
            if not blank:
                rows.append((number, texts))
        return rows

    def _text(self, row: int, column: int, cell: Any, meaning: str | None) -> str:
        value = cell.value
        if value is None:
            if (row, column) in self.uncomputed:
                self.unread.add((row, column))
                self.warn(
                    row,
                    f"Column {_letter(column)}: a formula without a computed value was left out; open the file in Excel "
                    "or WPS and save it.",
                    f"{_letter(column)} 列的公式没有计算结果，未读取；请用 Excel 或 WPS 打开并保存一次。",
                )
            return ""
        if cell.data_type == "e":
            self.unread.add((row, column))
            self.warn(
                row,
                f"Column {_letter(column)} shows the error {value}; it was left out.",
                f"{_letter(column)} 列为错误值 {value}，未读取。",
            )
            return ""
        if isinstance(value, date):
            return self._date(row, column, value, meaning)
        if isinstance(value, (time, timedelta)):
            return _clock(value, cell.number_format)
        if isinstance(value, float):
            return f"{value:.9f}".rstrip("0").rstrip(".")
        return re.sub(r"_x000D_\n?", "\n", str(value)) if isinstance(value, str) else str(value).upper()

    def _date(self, row: int, column: int, value: date, meaning: str | None) -> str:
        """`1-1`, typed into a cell that is not text, is the first of January to Excel; 12, the twelfth of 1900."""
        from openpyxl.utils.datetime import to_excel

        shown = value.date() if isinstance(value, datetime) else value
        if meaning not in ("episode", "scene", "shot", "duration"):
            return str(shown)
        text = f"{to_excel(value):.10g}" if value.year <= 1900 else f"{value.month}-{value.day}"
        self.warn(
            row,
            f"Column {_letter(column)} holds the date {shown}, which Excel makes of {text}; '{text}' was read. "
            "If that is not what was meant, format the column as text and type it again.",
            f"{_letter(column)} 列是日期 {shown}，Excel 会把 {text} 变成日期；已按“{text}”读取。"
            "如不是原意，请将该列设为文本后重新输入。",
        )
        return text


def _clock(value: time | timedelta, shown: str) -> str:
    """What was typed: Excel takes 0:04 for hours and minutes, and shows seconds only where they were typed too."""
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    units = value.total_seconds() if "s" in shown.lower() else value.total_seconds() / 60
    whole, rest = divmod(round(units, 3), 60)
    return f"{int(whole)}:{rest:06.3f}".rstrip("0").rstrip(".") if rest else f"{int(whole)}:00"


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(column + 1)


def _survey(sheet: "ReadOnlyWorksheet") -> tuple[int, dict[int, list[tuple[int, int]]], set[tuple[int, int]]]:
    """What openpyxl's reading of rows does not say: the last row with anything in it; cells merged downwards, as first
    row -> (column from 0, last row); formulas that no program has computed, as (row, column from 0)."""
    from openpyxl.utils import coordinate_to_tuple, range_boundaries

    last, row = 0, 0
    merged: dict[int, list[tuple[int, int]]] = {}
    uncomputed: set[tuple[int, int]] = set()
    with sheet._get_source() as part:  # pyright: ignore[reportAttributeAccessIssue]
        for event, element in iterparse(part, ("start", "end")):  # noqa: S314 - check_archive let no doctype through
            tag = element.tag.rpartition("}")[2]
            if tag == "row" and event == "start":
                row = int(element.get("r", row + 1))
            elif event == "start":
                continue
            elif tag == "mergeCell":
                left, top, _, bottom = range_boundaries(element.get("ref", ""))
                if left and top and bottom and bottom > top:
                    merged.setdefault(top, []).append((left - 1, bottom))
            elif tag == "c":
                parts = {child.tag.rpartition("}")[2]: child.text for child in element}
                last = max(last, row) if parts else last
                computed = parts.get("v") or element.get("t") == "str"  # a text may be computed to be empty
                if "f" in parts and not computed and (place := element.get("r")):
                    uncomputed.add((row, coordinate_to_tuple(place)[1] - 1))
            elif tag == "row":
                element.clear()
    return last, merged, uncomputed
