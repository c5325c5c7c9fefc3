"""The shot sheet as an Excel workbook: a table to filter and edit with the frames in it, the scenes with their sums,
the cast with their looks.

Text is always text, never a formula; the only formulas are the sums, and each carries its value for programs that
do not compute. Pictures are inserted over their cell and move with it: pictures placed *in* a cell are errors to
LibreOffice and invisible to openpyxl. Every shot's uid stands in a hidden last column, by which an edited sheet comes
back. Same timeline, same bytes.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.exports import ExportOptions, OnProgress
from studio.exports.columns import BY_KEY, NUMERIC, Column, Row, chosen_columns, rows, word
from studio.exports.thumbnail import Small, thumbnails
from studio.exports.timeline import Timeline
from studio.exports.xlsx_cast import write_cast
from studio.exports.xlsx_scenes import write_scenes
from studio.exports.xlsx_style import (
    BANDS,
    FADED,
    INK,
    LINE,
    RULE,
    TALLEST,
    Style,
    fitting,
    lines_needed,
    paper_of,
    pixels_of,
    write_sum,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

THUMB = (90, 160)  # pixels on the sheet: the width of its column, the height of a 9:16 frame so wide
SHARPER = 2  # pictures carry this many pixels per pixel shown
CREATED = datetime(1980, 1, 1)  # fixed, so that bytes are the same; the first day a zip file can name
FROZEN = 5  # columns at most that stay in sight, of which the last is the shot's number
READ_AS_PROSE = frozenset(
    {
        "location",
        "equipment",
        "description",
        "cast",
        "dialogue",
        "sound",
        "art",
        "notes",
        "look",
        "identity",
        "engine",
        "findings",
        "uid",
    }
)


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of the shots' sheet. hidden: the uid stands last and is not shown; it was not asked for."""

    columns: tuple[Column, ...]
    hidden: bool

    def where(self, key: str) -> int | None:
        """The index of a column, None where it was not chosen."""
        return next((index for index, column in enumerate(self.columns) if column.key == key), None)

    def cells(self, sheet: str, key: str, last: int) -> str | None:
        """The cells of a column in rows 2 to `last`, as a formula on another sheet writes them."""
        from xlsxwriter.utility import xl_range_abs

        index = self.where(key)
        return None if index is None else f"'{sheet}'!{xl_range_abs(1, index, last - 1, index)}"

    @property
    def widths(self) -> list[float]:
        """Of the columns that are seen."""
        return [column.width for column in self.columns[: -1 if self.hidden else None]]


def table_of(keys: Sequence[str]) -> Table:
    """The columns of those keys, all where there are none, with the uid last. Raises InvalidInput."""
    shown = tuple(column for column in chosen_columns(keys) if keys or column.key != "uid")
    hidden = BY_KEY["uid"] not in shown
    return Table((*shown, BY_KEY["uid"]) if hidden else shown, hidden)


def write(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """One row a shot, omitted ones struck through; then a sheet of the scenes, and one of the cast.

    See `studio.exports.Exporter`. Raises InvalidInput for a column or a paper that there is not.
    """
    from xlsxwriter import Workbook

    table = table_of(options.columns)
    paper_of(options.paper)
    no_guessing = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(target, no_guessing) as workbook:
        style = Style(workbook, options.language, options.paper)
        title = f"{timeline.series} · {style.words['episode'].format(timeline.episode)}"
        workbook.set_properties(
            {
                "title": f"{title} · {timeline.title}" if timeline.title else title,
                "subject": style.words["sheet"],
                "created": CREATED,
            }
        )
        shots, scenes, cast = (workbook.add_worksheet(style.words[key]) for key in ("shots", "scenes", "cast"))
        _write_shots(shots, timeline, table, style, on_progress)
        last = len(timeline.clips) + 1
        in_shots = {key: table.cells(style.words["shots"], key, last) for key in ("scene", "duration")}
        of_sheets = (
            (shots, table.widths),
            (scenes, write_scenes(scenes, timeline, style, in_shots["scene"], in_shots["duration"])),
            (cast, write_cast(cast, timeline, style)),
        )
        for sheet, widths in of_sheets:
            style.paper(sheet, title, timeline.notices(options.language), widths)
    on_progress(1.0)


# -- the shots ---------------------------------------------------------------------------------------------------


def _write_shots(sheet: "Worksheet", timeline: Timeline, table: Table, style: Style, on_progress: OnProgress) -> None:
    last = len(timeline.clips)
    for index, column in enumerate(table.columns):
        sheet.set_column(index, index, column.width, None, {"hidden": table.hidden and column.key == "uid"})
        if (rule := _rule(column, style)) is not None:
            sheet.data_validation(1, index, last, index, rule)
    style.headings(sheet, [column.heading(style.language) for column in table.columns])
    band, scene = -1, None
    pictured = timeline.clips if table.where("image") is not None else ()
    with closing(thumbnails(pictured, (THUMB[0] * SHARPER, THUMB[1] * SHARPER))) as pictures:
        for at, row in enumerate(rows(timeline, style.language), start=1):
            first = row.clip.scene != scene
            band, scene = band + first, row.clip.scene
            shown = next(pictures, None)
            _write_shot(sheet, at, row, table, style, {"bg_color": BANDS[band % len(BANDS)]}, first, shown)
            on_progress(0.9 * at / last)
    _write_total(sheet, timeline, table, style)
    shot = table.where("shot")
    frozen = shot + 1 if shot is not None and shot < FROZEN else 0
    sheet.freeze_panes(1, frozen)
    if frozen:
        sheet.repeat_columns(0, frozen - 1)
    sheet.autofilter(0, 0, last, len(table.columns) - 1)  # with the uid, so that sorting takes it along


def _write_total(sheet: "Worksheet", timeline: Timeline, table: Table, style: Style) -> None:
    from xlsxwriter.utility import xl_range

    below = len(timeline.clips) + 1
    total = style.format(bold=True, top=2, align="center", num_format="0.0")
    for index in range(len(table.columns)):
        sheet.write_blank(below, index, None, total)
    at = table.where("duration")
    if at is None:
        return
    sheet.write_string(below, at - 1 if at else 1, style.words["total"], style.format(bold=True, top=2))
    # SUBTOTAL, so that a filtered table shows the seconds of what is seen
    formula = f"=SUBTOTAL(9,{xl_range(1, at, below - 1, at)})"
    write_sum(sheet, (below, at), formula, total, timeline.frames / timeline.fps)


def _write_shot(
    sheet: "Worksheet",
    at: int,
    row: Row,
    table: Table,
    style: Style,
    look: dict[str, Any],
    first: bool,
    shown: Small | None,
) -> None:
    clip = row.clip
    look = {**look, "bottom": 4, "bottom_color": RULE} | ({"top": 2, "top_color": INK} if first else {})
    if clip.omitted:
        look |= {"font_strikeout": True, "font_color": FADED}
    texts = {column.key: fitting(column.text(row), style.words["cut"]) for column in table.columns}
    wrapped = [column for column in table.columns if column.key not in ("image", "uid")]
    lines = max((lines_needed(texts[column.key], column.width) for column in wrapped), default=1)
    # the height before the picture, whose anchor is reckoned from it
    sheet.set_row(at, min(TALLEST, max(lines * LINE + 4, shown[2] / SHARPER * 0.75 + 8 if shown else 0)))
    for index, column in enumerate(table.columns):
        place = look if column.key in READ_AS_PROSE else {**look, "align": "center"}
        if column.key in NUMERIC:
            number, shape = (row.seconds, "0.0") if column.key == "duration" else (clip.episode, "0")
            sheet.write_number(at, index, number, style.format(**place, num_format=shape))
        elif column.key == "image" and shown:
            sheet.write_blank(at, index, None, style.format(**place))
            _insert(sheet, (at, index), row, shown)
        else:
            # text to Excel too, so that what is typed over it stays as typed: 1-1 is no date
            sheet.write_string(at, index, texts[column.key], style.format(**place, num_format="@"))


def _insert(sheet: "Worksheet", cell: tuple[int, int], row: Row, shown: Small) -> None:
    column = BY_KEY["image"]
    jpeg, width, _ = shown
    sheet.insert_image(
        *cell,
        column.text(row),
        {
            "image_data": BytesIO(jpeg),
            "x_scale": 1 / SHARPER,
            "y_scale": 1 / SHARPER,
            "x_offset": max(0, int(pixels_of(column.width) - width / SHARPER) // 2),
            "y_offset": 5,
            "object_position": 1,  # moves and sizes with its cell, so that sorting and filtering take it along
            "description": f"{row.clip.number}: {row.clip.description}"[:250],
        },
    )


def _rule(column: Column, style: Style) -> dict[str, Any] | None:
    """What may be typed into a column: another word than the list's is asked about, another uid refused.

    The uid is held by a rule and not by protecting the sheet, which would forbid to sort it and to move rows.
    """
    said = {"error_title": column.heading(style.language)[:32]}
    if column.choices is not None:
        words = [word(column.choices, code, style.language) for code in column.choices.codes]
        return said | {
            "validate": "list",
            "source": words,
            "error_type": "warning",
            "error_message": style.words["choose"],
        }
    if column.key == "duration":
        limits = {"criteria": "between", "minimum": 0, "maximum": 600}
        return said | limits | {"validate": "decimal", "error_type": "stop", "error_message": style.words["length"]}
    if column.key == "uid":
        never = {"validate": "custom", "value": "=FALSE", "ignore_blank": False}
        return said | never | {"error_type": "stop", "error_message": style.words["uid"]}
    return None
