"""The workbook's second sheet: every scene with its shots and seconds, and the sums of the episode."""

from typing import TYPE_CHECKING

from studio.exports.columns import scene_heading
from studio.exports.timeline import Clip, Timeline
from studio.exports.xlsx_style import Style, fitting, write_sum

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

WIDTHS = (9.0, 48.0, 10.0, 10.0, 10.0)


def write_scenes(
    sheet: "Worksheet", timeline: Timeline, style: Style, scenes: str | None, seconds: str | None
) -> tuple[float, ...]:
    """Write the sheet; the widths of its columns.

    scenes, seconds: the cells of those columns on the sheet of shots, from which the seconds of a scene are computed;
    None for one that was not chosen: then they are plain numbers.
    """
    for index, width in enumerate(WIDTHS):
        sheet.set_column(index, index, width)
    style.headings(sheet, [style.words[key] for key in ("scene", "heading", "count", "rendered", "seconds")])
    by_scene: dict[str, list[Clip]] = {}
    for clip in timeline.clips:
        by_scene.setdefault(clip.scene, []).append(clip)
    number, whole = (style.format(align="center", num_format=form) for form in ("0.0", "0"))
    for at, (scene, clips) in enumerate(by_scene.items(), start=1):
        live = [clip for clip in clips if not clip.omitted]
        sheet.write_string(at, 0, scene, style.format(align="center", num_format="@"))
        sheet.write_string(at, 1, fitting(scene_heading(clips[0], style.language), style.words["cut"]), style.format())
        sheet.write_number(at, 2, len(live), whole)
        sheet.write_number(at, 3, sum(clip.picture is not None for clip in live), whole)
        lasting = sum(clip.frames for clip in clips) / timeline.fps
        if scenes and seconds:
            # EXACT, where SUMIF would read a * or > in a scene's number
            write_sum(sheet, (at, 4), f"=SUMPRODUCT(--EXACT({scenes},A{at + 1}),{seconds})", number, lasting)
        else:
            sheet.write_number(at, 4, lasting, number)
    at = len(by_scene) + 1
    _write_sums(sheet, at, timeline, style)
    for below, notice in enumerate(timeline.notices(style.language), start=at + 2):
        sheet.write_string(below, 1, fitting(notice, style.words["cut"]), style.format(bold=True))
    sheet.freeze_panes(1, 0)
    return WIDTHS


def _write_sums(sheet: "Worksheet", at: int, timeline: Timeline, style: Style) -> None:
    total = {"bold": True, "top": 2}
    sheet.write_blank(at, 0, None, style.format(**total))
    sheet.write_string(at, 1, style.words["total"], style.format(**total))
    live = [clip for clip in timeline.clips if not clip.omitted]
    sums = (len(live), sum(clip.picture is not None for clip in live), timeline.frames / timeline.fps)
    for index, value in enumerate(sums, start=2):
        letter = chr(ord("A") + index)
        shape = style.format(**total, align="center", num_format="0.0" if index == 4 else "0")
        write_sum(sheet, (at, index), f"=SUM({letter}2:{letter}{at})", shape, value)
