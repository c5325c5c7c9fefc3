"""One character beside the roster: names, looks, the door for photos, consent, erasure."""

from dataclasses import dataclass
from typing import Any

import gradio as gr

from studio.ui import cards
from studio.ui.words import label


@dataclass(frozen=True, slots=True)
class CastPanel:
    """outputs: what shows the picked character."""

    column: gr.Column
    title: gr.HTML
    aliases: gr.Textbox
    save: gr.Button
    look: gr.Dropdown
    wardrobe: gr.Textbox
    dress: gr.Button
    upload: gr.File
    found: gr.HTML
    photos: gr.HTML
    consents: gr.HTML
    consent: gr.Textbox
    record: gr.Button
    withdraw: gr.Button
    typed: gr.Textbox
    erase: gr.Button

    @property
    def outputs(self) -> list[Any]:
        return [self.column, self.title, self.aliases, self.look, self.photos, self.consents]


def nobody() -> tuple[Any, ...]:
    """Values of CastPanel.outputs where nobody is picked."""
    return gr.Column(visible=False), "", "", gr.Dropdown(choices=[], value=None), "", ""


def draw() -> CastPanel:
    """Draw the panel, hidden until a character is picked."""
    with gr.Column(scale=3, min_width=400, visible=False, elem_id="person") as column:
        title = gr.HTML(elem_id="person-name")
        upload = gr.File(label=label("drop_photos"), file_count="multiple", elem_id="photos", height=140)
        look = gr.Dropdown(
            label=label("look"),
            info=label("look_help"),
            choices=[],
            value=None,
            allow_custom_value=True,
            elem_id="look",
        )
        found = gr.HTML(elem_id="found", js_on_load=cards.CLICKS)
        photos = gr.HTML(elem_id="gallery", js_on_load=cards.CLICKS)
        with gr.Accordion(label("names_and_looks"), open=False, elem_id="names"):
            with gr.Row(equal_height=True, elem_classes="toolbar"):
                aliases = gr.Textbox(label=label("aliases"), elem_id="aliases", max_lines=1, min_width=160)
                save = gr.Button(label("save_aliases"), elem_id="save-aliases", scale=0, min_width=130)
            with gr.Row(equal_height=True, elem_classes="toolbar"):
                wardrobe = gr.Textbox(label=label("wardrobe"), elem_id="wardrobe", max_lines=1, min_width=160)
                dress = gr.Button(label("save_look"), elem_id="save-look", scale=0, min_width=130)
        with gr.Accordion(label("consent"), open=False, elem_id="consent"):
            consents = gr.HTML(elem_id="consents")
            consent = gr.Textbox(label=label("consent_help"), lines=2, elem_id="consent-text")
            with gr.Row():
                record = gr.Button(label("record_consent"), elem_id="record-consent")
                withdraw = gr.Button(label("withdraw_consent"), elem_id="withdraw-consent")
        with gr.Accordion(label("erase"), open=False, elem_id="erasing"):
            typed = gr.Textbox(label=label("erase_help"), elem_id="erase-name", max_lines=1)
            erase = gr.Button(label("erase"), variant="stop", elem_id="erase")
    return CastPanel(
        column,
        title,
        aliases,
        save,
        look,
        wardrobe,
        dress,
        upload,
        found,
        photos,
        consents,
        consent,
        record,
        withdraw,
        typed,
        erase,
    )
