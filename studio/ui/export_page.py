"""Export: choose a format, write the sheet, take it away."""

from html import escape
from typing import Any

import gradio as gr

from studio.exports import FORMATS
from studio.exports.sheet_pdf import LAYOUTS
from studio.studio import Studio
from studio.ui.guard import guarded
from studio.ui.links import sheet_name, sheet_url
from studio.ui.picker import picker, place, settle, settle_remembered
from studio.ui.words import label, language_of, say

LANGUAGES = [("中文", "zh"), ("English", "en")]


def build(studio: Studio, page: gr.Blocks) -> None:
    """Draw the page into the current route and wire it to the studio's verbs."""
    with gr.Row(equal_height=True, elem_classes="toolbar"):
        choose = picker()
    with gr.Row(equal_height=True):
        suffix = gr.Radio(
            label=label("format"),
            choices=[(each.upper(), each) for each in FORMATS],
            value="xlsx",
            elem_id="format",
        )
        spoken = gr.Radio(label=label("language"), choices=LANGUAGES, value="zh", elem_id="sheet-language")
        panels = gr.Radio(label=label("panels"), choices=list(LAYOUTS), value=8, visible=False, elem_id="panels")
    write = gr.Button(label("write_sheet"), variant="primary", elem_id="write-sheet")
    said = gr.HTML(elem_id="sheet-said", min_height=90)

    def at(found: tuple[Any, Any, Any], request: gr.Request) -> Any:
        series, _, lists = found
        rows = {row.title: row.language for row in studio.shots.series()}
        return *lists, rows.get(series or "", language_of(request)), ""

    @guarded
    def opened(remembered: Any, request: gr.Request) -> Any:
        return at(settle_remembered(studio, remembered), request)

    @guarded
    def changed_place(series: str | None, episode: int | None, request: gr.Request) -> Any:
        return at(settle(studio, series, episode), request)

    @guarded
    def shaped(chosen: str, request: gr.Request) -> Any:
        return gr.Radio(visible=chosen == "pdf"), ""

    @guarded
    def written(
        series: str | None, episode: int | None, chosen: str, wanted: str, count: int, request: gr.Request
    ) -> str:
        title, number = place(series, episode)
        target = studio.export_path(title, number, chosen)
        made = studio.export(title, number, target, studio.sheet_options(title, number, wanted, count), chosen)
        uid = studio.shots.episode(title, number).series.uid
        told = say("sheet_written", language_of(request), shots=made.shots, kilobytes=made.bytes // 1024 + 1)
        name = sheet_name(title, number, chosen)
        return (
            f'<p class=done role=status>{escape(told)}</p><p><a class=download href="{sheet_url(uid, number, chosen)}" '
            f'download="{escape(name)}">{escape(say("download", language_of(request), name=name))}</a></p>'
        )

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    whole = [*choose.outputs, spoken, said]
    page.load(opened, choose.remembered, whole, **quiet)
    gr.on([choose.series.input, choose.episode.input], changed_place, choose.where, whole, **quiet)
    suffix.input(shaped, suffix, [panels, said], **quiet)
    write.click(
        written, [*choose.where, suffix, spoken, panels], said, show_progress_on=[said], api_visibility="private"
    )
