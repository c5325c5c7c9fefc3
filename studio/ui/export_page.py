"""Export: choose a format, write the sheet, take it away."""

from pathlib import Path
from typing import Any

import gradio as gr

from studio.exports import EXPORTERS
from studio.exports.sheet_pdf import LAYOUTS
from studio.studio import Studio
from studio.ui.guard import guarded
from studio.ui.picker import picker, place
from studio.ui.words import label, language_of, say


def build(studio: Studio, page: gr.Blocks) -> None:
    """Draw the page into the current route and wire it to the studio's verbs."""
    with gr.Row(equal_height=True, elem_classes="toolbar"):
        choose = picker()
    with gr.Row():
        suffix = gr.Radio(
            label=label("format"),
            choices=[(each[1:].upper(), each) for each in EXPORTERS],
            value=".xlsx",
            elem_id="format",
        )
        language = gr.Radio(
            label=label("language"), choices=[("中文", "zh"), ("English", "en")], value="zh", elem_id="sheet-language"
        )
        panels = gr.Radio(label=label("panels"), choices=list(LAYOUTS), value=8)
    write = gr.Button(label("write_sheet"), variant="primary", elem_id="write-sheet")
    said = gr.HTML(elem_id="sheet-said")
    sheet = gr.File(label=label("sheet"), interactive=False, elem_id="sheet")

    @guarded
    def opened(remembered: Any, request: gr.Request) -> Any:
        return choose.choices(studio, remembered)

    @guarded
    def another_series(series: str | None, request: gr.Request) -> Any:
        return choose.episodes(studio, series)

    @guarded
    def spoken(series: str | None, episode: int | None, request: gr.Request) -> Any:
        rows = {row.title: row.language for row in studio.shots.series()}
        return [series, episode], rows.get(series or "", language_of(request))

    @guarded
    def written(
        series: str | None, episode: int | None, chosen: str, spoken: str, count: int, request: gr.Request
    ) -> Any:
        title, number = place(series, episode)
        target = studio.export_path(title, number, chosen)
        made = studio.export(title, number, target, studio.sheet_options(title, number, spoken, count))
        told = say("sheet_written", language_of(request), shots=made.shots, kilobytes=made.bytes // 1024 + 1)
        return f"<p class=status>{told}</p>", str(Path(made.file))

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    page.load(opened, choose.remembered, [choose.series, choose.episode], **quiet)
    choose.series.input(another_series, choose.series, choose.episode, **quiet)
    choose.episode.change(spoken, [choose.series, choose.episode], [choose.remembered, language], **quiet)
    write.click(
        written,
        [choose.series, choose.episode, suffix, language, panels],
        [said, sheet],
        show_progress_on=[sheet],
        api_visibility="private",
    )
