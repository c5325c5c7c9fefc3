"""The shot sheet as CSV: UTF-8 with a byte order mark and CRLF, which is what spreadsheets open without asking."""

import csv
from pathlib import Path

from studio.csv_cells import text_safe
from studio.exports import ExportOptions, OnProgress
from studio.exports.columns import NUMERIC, Column, Row, chosen_columns, rows
from studio.exports.timeline import Timeline


def write(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """One row a shot, omitted ones too, in the order of the timeline; options.raw: every cell as it is, for machines.

    See `studio.exports.Exporter`. Raises InvalidInput for a column that there is not.
    """
    columns = chosen_columns(options.columns)
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        sheet = csv.writer(stream, lineterminator="\r\n")
        sheet.writerow([column.heading(options.language) for column in columns])
        for row in rows(timeline, options.language):
            sheet.writerow([_cell(column, row, options.raw) for column in columns])
    on_progress(1.0)


def _cell(column: Column, row: Row, raw: bool) -> str:
    text = column.text(row)
    return text if raw or column.key in NUMERIC else text_safe(text)
