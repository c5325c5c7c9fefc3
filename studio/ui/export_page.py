"""Export: choose a format and what belongs to it, watch it being written, take it away."""

from html import escape
from typing import Any

import gradio as gr

from storage.errors import Language, Message
from storage.models import Job
from studio.exports import FORMATS, Producer
from studio.exports.sheet_pdf import LAYOUTS
from studio.jobs.queue import ENDED
from studio.studio import Studio
from studio.ui.guard import guarded
from studio.ui.links import sheet_name, sheet_url
from studio.ui.picker import picker, place, settle, settle_remembered
from studio.ui.words import label, language_of, say

LANGUAGES = [("中文", "zh"), ("English", "en")]
PAPERS = ("A4", "A3")
POLL_SECONDS = 0.4


def build(studio: Studio, page: gr.Blocks) -> None:
    """Draw the page into the current route and wire it to the studio's verbs."""
    with gr.Row(equal_height=True, elem_classes="toolbar"):
        choose = picker()
    with gr.Row(equal_height=True):
        form = gr.Dropdown(label=label("format"), choices=list(FORMATS), value="xlsx", elem_id="format", min_width=260)
        spoken = gr.Radio(label=label("language"), choices=LANGUAGES, value="zh", elem_id="sheet-language")
    with gr.Row(equal_height=True):
        panels = gr.Radio(label=label("panels"), choices=list(LAYOUTS), value=8, visible=False, elem_id="panels")
        paper = gr.Radio(label=label("paper"), choices=list(PAPERS), value=PAPERS[0], elem_id="paper")
        scene = gr.Textbox(label=label("only_scene"), visible=False, elem_id="only-scene", min_width=120)
        numbers = gr.Checkbox(label=label("burn_numbers"), value=False, visible=False, elem_id="burn-numbers")
        captions = gr.Checkbox(label=label("burn_captions"), value=False, visible=False, elem_id="burn-captions")
        movement = gr.Checkbox(label=label("film_movement"), value=True, visible=False, elem_id="film-movement")
        raw = gr.Checkbox(label=label("raw_cells"), value=False, visible=False, elem_id="raw-cells")
    with gr.Row(equal_height=True):
        producer = gr.Textbox(
            label=label("producer_code"), placeholder=label("producer_hint"), elem_id="producer-code", min_width=260
        )
        visible = gr.Checkbox(label=label("visible_mark"), value=True, elem_id="visible-mark")
    with gr.Row(equal_height=True, elem_classes="toolbar"):
        write = gr.Button(label("write_sheet"), variant="primary", elem_id="write-sheet")
        stop = gr.Button(label("cancel"), visible=False, elem_id="stop-export", scale=0, min_width=100)
    said = gr.HTML(elem_id="sheet-said", min_height=90)
    running = gr.Textbox(visible="hidden", elem_id="export-job")
    clock = gr.Timer(POLL_SECONDS, active=False)

    # each control stands for a field of ExportOptions, and is seen where the format reads that field
    fields: dict[str, Any] = {
        "panels": panels,
        "paper": paper,
        "scene": scene,
        "numbers": numbers,
        "captions": captions,
        "movement": movement,
        "raw": raw,
    }
    labelled = [producer, visible]

    def seen(chosen: str) -> list[Any]:
        read = FORMATS[chosen].options
        shown = [type(control)(visible=name in read) for name, control in fields.items()]
        return [*shown, *(type(control)(visible="producer" in read) for control in labelled)]

    def at(found: tuple[Any, Any, Any], request: gr.Request) -> Any:
        series, _, lists = found
        language = language_of(request)
        rows = {row.title: row.language for row in studio.shots.series()}
        names = [(each.title.text(language), each.name) for each in FORMATS.values()]
        return *lists, gr.Dropdown(choices=names), rows.get(series or "", language), ""

    @guarded
    def opened(remembered: Any, request: gr.Request) -> Any:
        return at(settle_remembered(studio, remembered), request)

    @guarded
    def changed_place(series: str | None, episode: int | None, request: gr.Request) -> Any:
        return at(settle(studio, series, episode), request)

    @guarded
    def shaped(chosen: str, request: gr.Request) -> Any:
        return *seen(chosen), ""

    @guarded
    def written(given: dict[Any, Any], request: gr.Request) -> Any:
        """given: every control with its value."""
        title, number = place(given[choose.series], given[choose.episode])
        chosen = {name: given[control] for name, control in fields.items() if name in FORMATS[given[form]].options}
        code = given[producer].strip()
        options = studio.sheet_options(
            title,
            number,
            given[spoken],
            **chosen,
            producer=Producer(code, given[visible]) if code else None,
        )
        job = studio.submit_export(title, number, given[form], options)
        return _progress(job, language_of(request)), str(job.id), gr.Timer(active=True), gr.Button(visible=True)

    @guarded
    def looked(job_id: str, request: gr.Request) -> Any:
        language = language_of(request)
        if not job_id:
            return gr.HTML(), gr.Timer(active=False), gr.Button(visible=False)
        job = studio.queue.job(int(job_id))
        if job.state not in ENDED:
            return _progress(job, language), gr.Timer(), gr.Button()
        return _ended(studio, job, language), gr.Timer(active=False), gr.Button(visible=False)

    @guarded
    def stopped(job_id: str, request: gr.Request) -> None:
        if job_id:
            studio.queue.cancel(int(job_id))

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    whole = [*choose.outputs, form, spoken, said]
    controls = [*fields.values(), *labelled]
    page.load(opened, choose.remembered, whole, **quiet)
    gr.on([choose.series.input, choose.episode.input], changed_place, choose.where, whole, **quiet)
    form.input(shaped, form, [*controls, said], **quiet)
    write.click(written, {*choose.where, form, spoken, *controls}, [said, running, clock, stop], **quiet)
    clock.tick(looked, running, [said, clock, stop], **quiet)
    stop.click(stopped, running, None, **quiet)


def _progress(job: Job, language: Language) -> str:
    text = say("export_waits" if job.state == "queued" else "export_runs", language, percent=round(100 * job.progress))
    track = f'<span class=track><i style="width:{job.progress:.0%}"></i></span>'
    return f'<div class="status busy" role=status><p>{escape(text)}</p>{track}</div>'


def _ended(studio: Studio, job: Job, language: Language) -> str:
    if job.state == "failed":
        reason = job.error.get(language, "") if job.error else ""
        return f"<p class=failed role=alert>{escape(reason)}</p>"
    if job.state == "cancelled" or job.result is None:
        return f"<p role=status>{escape(say('export_stopped', language))}</p>"
    wanted, made = job.payload, job.result
    uid = studio.shots.episode(wanted["series"], wanted["episode"]).series.uid
    name = sheet_name(wanted["series"], wanted["episode"], wanted["format"])
    told = say("sheet_written", language, shots=made["shots"], kilobytes=made["bytes"] // 1024 + 1)
    notices = "".join(
        f"<p class=notice>{escape(Message(each['en'], each['zh']).text(language))}</p>" for each in made["notices"]
    )
    return (
        f"<p class=done role=status>{escape(told)}</p><p><a class=download "
        f'href="{sheet_url(uid, wanted["episode"], wanted["format"])}" download="{escape(name)}">'
        f"{escape(say('download', language, name=name))}</a></p>{notices}"
    )
