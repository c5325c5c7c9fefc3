"""The shot sheet as CSV: UTF-8 with a byte order mark and CRLF, which is what spreadsheets open without asking."""

import csv
from pathlib import Path

from studio.csv_cells import formula_safe
from studio.exports import ExportOptions, OnProgress
from studio.exports.columns import COLUMNS, rows
from studio.exports.timeline import Timeline


def write(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """One row a shot, omitted ones too, in the order of the timeline. See `studio.exports.Exporter`."""
    with target.open("w", encoding="utf-8-sig", newline="") as stream:
        sheet = csv.writer(stream, lineterminator="\r\n")
        sheet.writerow([column.heading(options.language) for column in COLUMNS])
        for row in rows(timeline, options.language):
            sheet.writerow([formula_safe(column.text(row)) for column in COLUMNS])
