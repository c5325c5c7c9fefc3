"""The shot sheet as an Excel workbook: a table to filter and edit with the frames in it, and the scenes with their sums.

Text is always text, never a formula; the only formulas are the sums, and each carries its value for programs that
do not compute. Pictures are inserted over their cell and move with it: pictures placed *in* a cell are errors to
LibreOffice and invisible to openpyxl. Same timeline, same bytes.
"""

import unicodedata
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from studio.exports import ExportOptions, OnProgress
from studio.exports.columns import COLUMNS, Column, Row, rows, scene_heading, word
from studio.exports.thumbnail import thumbnail
from studio.exports.timeline import Clip, Timeline
from studio.exports.xlsx_style import BANDS, FADED, INK, RULE, Style

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

THUMB = (90, 160)  # pixels on the sheet: the width of its column, the height of a 9:16 frame so wide
SHARPER = 2  # pictures carry this many pixels per pixel shown
LINE = 14.5  # points per line of text
TALLEST = 409.0  # points; Excel's limit of a row
LONGEST = 32_767  # characters; Excel's limit of a cell
CREATED = datetime(1980, 1, 1)  # fixed, so that bytes are the same; the first day a zip file can name
READ_AS_PROSE = (
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
)
WHERE = {column.key: index for index, column in enumerate(COLUMNS)}
LETTER = {key: chr(ord("A") + index) for key, index in WHERE.items()}


def write(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """See `studio.exports.Exporter`. One row a shot, omitted ones struck through; then a sheet of the scenes."""
    from xlsxwriter import Workbook

    no_guessing = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(target, no_guessing) as workbook:
        style = Style(workbook, options.language)
        title = f"{timeline.series} · {style.words['episode'].format(timeline.episode)}"
        workbook.set_properties(
            {
                "title": f"{title} · {timeline.title}" if timeline.title else title,
                "subject": style.words["sheet"],
                "created": CREATED,
            }
        )
        shots, scenes = (workbook.add_worksheet(style.words[key]) for key in ("shots", "scenes"))
        _write_shots(shots, timeline, style)
        _write_scenes(scenes, timeline, style)
        for sheet in (shots, scenes):
            style.paper(sheet, title, timeline.notices(options.language))


def lines_needed(text: str, width: float) -> int:
    """Lines that a text takes when wrapped into a cell `width` characters wide; a wide character counts as two."""
    lines = 0
    for line in text.split("\n"):
        across = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)
        lines += max(1, -int(-across // max(1.0, width - 1)))
    return lines


def fitting(text: str, cut: str) -> str:
    """The text, or what a cell can hold of it, ending in `cut`."""
    return text if len(text) <= LONGEST else text[: LONGEST - len(cut)] + cut


# -- the shots ---------------------------------------------------------------------------------------------------


def _write_shots(sheet: "Worksheet", timeline: Timeline, style: Style) -> None:
    last = len(timeline.clips)
    for index, column in enumerate(COLUMNS):
        sheet.set_column(index, index, column.width)
        if column.choices is not None:
            _offer(sheet, index, column, last, style)
    style.headings(sheet, [column.heading(style.language) for column in COLUMNS])
    band, scene = -1, None
    for at, row in enumerate(rows(timeline, style.language), start=1):
        first = row.clip.scene != scene
        band, scene = band + first, row.clip.scene
        _write_shot(sheet, at, row, style, {"bg_color": BANDS[band % len(BANDS)]}, first)
    total = style.format(bold=True, top=2, align="center", num_format="0.0")
    for index in range(len(COLUMNS)):
        sheet.write_blank(last + 1, index, None, total)
    sheet.write_string(last + 1, WHERE["duration"] - 1, style.words["total"], style.format(bold=True, top=2))
    letter = LETTER["duration"]
    # SUBTOTAL, so that a filtered table shows the seconds of what is seen
    formula = f"=SUBTOTAL(9,{letter}2:{letter}{last + 1})"
    _write_sum(sheet, last + 1, WHERE["duration"], formula, total, timeline.frames / timeline.fps)
    sheet.freeze_panes(1, WHERE["shot"] + 1)
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)


def _write_shot(sheet: "Worksheet", at: int, row: Row, style: Style, look: dict[str, Any], first: bool) -> None:
    clip = row.clip
    look = {**look, "bottom": 4, "bottom_color": RULE} | ({"top": 2, "top_color": INK} if first else {})
    if clip.omitted:
        look |= {"font_strikeout": True, "font_color": FADED}
    texts = {column.key: fitting(column.text(row), style.words["cut"]) for column in COLUMNS}
    shown = None if clip.omitted or clip.picture is None else thumbnail(clip, (THUMB[0] * SHARPER, THUMB[1] * SHARPER))
    lines = max(lines_needed(texts[column.key], column.width) for column in COLUMNS if column.key != "image")
    # the height before the picture, whose anchor is reckoned from it
    sheet.set_row(at, min(TALLEST, max(lines * LINE + 4, shown[2] / SHARPER * 0.75 + 8 if shown else 0)))
    for index, column in enumerate(COLUMNS):
        place = look if column.key in READ_AS_PROSE else {**look, "align": "center"}
        if column.key == "episode":
            sheet.write_number(at, index, clip.episode, style.format(**place))
        elif column.key == "duration":
            sheet.write_number(at, index, row.seconds, style.format(**place, num_format="0.0"))
        elif column.key == "image" and shown:
            sheet.write_blank(at, index, None, style.format(**place))
        else:
            sheet.write_string(at, index, texts[column.key], style.format(**place))
    if shown:
        _insert(sheet, at, row, shown[0], shown[1])


def _insert(sheet: "Worksheet", at: int, row: Row, jpeg: bytes, width: int) -> None:
    column = COLUMNS[WHERE["image"]]
    across = int(column.width * 7 + 5)  # pixels of a column: 7 a character and 5 around
    sheet.insert_image(
        at,
        WHERE["image"],
        column.text(row),
        {
            "image_data": BytesIO(jpeg),
            "x_scale": 1 / SHARPER,
            "y_scale": 1 / SHARPER,
            "x_offset": max(0, int(across - width / SHARPER) // 2),
            "y_offset": 5,
            "object_position": 1,  # moves and sizes with its cell, so that sorting and filtering take it along
            "description": f"{row.clip.number}: {row.clip.description}"[:250],
        },
    )


def _offer(sheet: "Worksheet", index: int, column: Column, last: int, style: Style) -> None:
    """A list to choose from in a whole column; another word is asked about, not refused."""
    assert column.choices is not None
    rule = {
        "validate": "list",
        "source": [word(column.choices, code, style.language) for code in column.choices.codes],
        "error_type": "warning",
        "error_title": column.heading(style.language),
        "error_message": style.words["choose"],
    }
    sheet.data_validation(1, index, last, index, rule)


# -- the scenes --------------------------------------------------------------------------------------------------


def _write_scenes(sheet: "Worksheet", timeline: Timeline, style: Style) -> None:
    for index, width in enumerate((9, 48, 10, 10, 10)):
        sheet.set_column(index, index, width)
    style.headings(sheet, [style.words[key] for key in ("scene", "heading", "count", "rendered", "seconds")])
    by_scene: dict[str, list[Clip]] = {}
    for clip in timeline.clips:
        by_scene.setdefault(clip.scene, []).append(clip)
    column = {
        key: f"'{style.words['shots']}'!${LETTER[key]}$2:${LETTER[key]}${len(timeline.clips) + 1}"
        for key in ("scene", "duration")
    }
    number, whole = (style.format(align="center", num_format=form) for form in ("0.0", "0"))
    for at, (scene, clips) in enumerate(by_scene.items(), start=1):
        live = [clip for clip in clips if not clip.omitted]
        sheet.write_string(at, 0, scene, whole)
        sheet.write_string(at, 1, scene_heading(clips[0], style.language), style.format())
        sheet.write_number(at, 2, len(live), whole)
        sheet.write_number(at, 3, sum(clip.picture is not None for clip in live), whole)
        # EXACT, where SUMIF would read a * or > in a scene's number
        formula = f"=SUMPRODUCT(--EXACT({column['scene']},A{at + 1}),{column['duration']})"
        _write_sum(sheet, at, 4, formula, number, sum(clip.frames for clip in clips) / timeline.fps)
    at = len(by_scene) + 1
    total = {"bold": True, "top": 2}
    sheet.write_blank(at, 0, None, style.format(**total))
    sheet.write_string(at, 1, style.words["total"], style.format(**total))
    live = [clip for clip in timeline.clips if not clip.omitted]
    sums = (len(live), sum(clip.picture is not None for clip in live), timeline.frames / timeline.fps)
    for index, value in enumerate(sums, start=2):
        letter = chr(ord("A") + index)
        form = style.format(**total, align="center", num_format="0.0" if index == 4 else "0")
        _write_sum(sheet, at, index, f"=SUM({letter}2:{letter}{at})", form, value)
    for below, notice in enumerate(timeline.notices(style.language), start=at + 2):
        sheet.write_string(below, 1, fitting(notice, style.words["cut"]), style.format(bold=True))
    sheet.freeze_panes(1, 0)


def _write_sum(sheet: "Worksheet", at: int, index: int, formula: str, form: Any, value: Any) -> None:
    """A formula with its value beside it."""
    sheet.write_formula(at, index, formula, form, value)
