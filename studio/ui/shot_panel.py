"""One shot large, beside the wall: its frame, its takes, and the fields in which it is changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from storage.errors import Language
from storage.models import Shot, Take
from studio.studio import Studio
from studio.ui import cards, prompts_panel
from studio.ui.engine_panel import called, repainter
from studio.ui.prompts_panel import PromptsPanel
from studio.ui.words import label, say
from studio.vocabulary import ANGLES, FRAMINGS, MOVEMENTS, SIZES, Vocabulary


@dataclass(frozen=True, slots=True)
class ShotPanel:
    """picture: what `pictured` fills; repainting: what `repaintable` fills; fields: what `changes` reads; outputs: what `values` fills."""

    column: gr.Column
    sheet: gr.HTML
    takes: gr.HTML
    circle: gr.Button
    again: gr.Button
    faces: gr.Row
    person: gr.Dropdown
    strength: gr.Slider
    repaint: gr.Button
    words: PromptsPanel
    fields: tuple[Any, ...]
    save: gr.Button
    insert: gr.Button
    omit: gr.Button
    behind: gr.Dropdown
    move: gr.Button

    @property
    def picture(self) -> list[Any]:
        return [self.sheet, self.takes, *self.repainting]

    @property
    def repainting(self) -> list[Any]:
        return [self.faces, self.person, self.repaint]

    @property
    def outputs(self) -> list[Any]:
        return [self.column, *self.fields, self.omit, self.behind, *self.words.outputs]


def draw() -> ShotPanel:
    """Draw the panel; what acts on a shot is hidden until one is picked."""
    sheet = gr.HTML(elem_id="shot-sheet")
    takes = gr.HTML(elem_id="takes", js_on_load=cards.CLICKS)
    with gr.Column(visible=False, elem_id="shot-actions") as column:
        with gr.Row():
            circle = gr.Button(label("circle"), variant="primary", elem_id="circle", min_width=120)
            again = gr.Button(label("render_again"), elem_id="render-again", min_width=120)
        with gr.Row(equal_height=True, elem_classes="toolbar", visible=False, elem_id="repaint") as faces:
            person = gr.Dropdown(label=label("repaint_whom"), choices=[], elem_id="repaint-person", min_width=110)
            strength = gr.Slider(
                0.05,
                1,
                value=0.6,
                step=0.05,
                label=label("repaint_strength"),
                elem_id="repaint-strength",
                min_width=130,
            )
            repaint = gr.Button(label("repaint"), elem_id="repaint-face", scale=0, min_width=170)
        words = prompts_panel.draw()
        with gr.Accordion(label("edit_shot"), open=False, elem_id="edit-shot"):
            with gr.Row():
                size = gr.Dropdown(label=label("size"), choices=[], elem_id="shot-size", min_width=120)
                framing = gr.Dropdown(label=label("framing"), choices=[], elem_id="shot-framing", min_width=120)
            with gr.Row():
                angle = gr.Dropdown(label=label("angle"), choices=[], elem_id="shot-angle", min_width=120)
                movement = gr.Dropdown(label=label("movement"), choices=[], elem_id="shot-movement", min_width=120)
            seconds = gr.Number(
                label=label("seconds"), minimum=0.04, maximum=600, step=0.5, value=None, elem_id="shot-seconds"
            )
            cast = gr.Dropdown(
                label=label("in_frame"), choices=[], multiselect=True, allow_custom_value=True, elem_id="shot-cast"
            )
            description = gr.Textbox(label=label("description"), lines=2, elem_id="shot-description")
            save = gr.Button(label("save"), variant="primary", elem_id="save-shot")
            with gr.Row():
                insert = gr.Button(label("insert_after"), elem_id="insert-shot", min_width=120)
                omit = gr.Button(label("omit"), elem_id="omit-shot", min_width=120)
            with gr.Row(equal_height=True, elem_classes="toolbar"):
                behind = gr.Dropdown(label=label("move_behind"), choices=[], elem_id="move-behind", min_width=120)
                move = gr.Button(label("move"), elem_id="move-shot", scale=0, min_width=90)
    fields = (size, framing, angle, movement, seconds, cast, description)
    return ShotPanel(
        column,
        sheet,
        takes,
        circle,
        again,
        faces,
        person,
        strength,
        repaint,
        words,
        fields,
        save,
        insert,
        omit,
        behind,
        move,
    )


def values(studio: Studio, shot: Shot, shots: Sequence[Shot], language: Language) -> tuple[Any, ...]:
    """Values of ShotPanel.outputs for a shot of these shots."""
    named = [member.name for member in shot.cast]
    known = [character.name for character in studio.cast.list_characters()]
    others = [(f"{each.number} · {SIZES.text(each.size, language)}", each.uid) for each in shots if each is not shot]
    return (
        gr.Column(visible=True),
        _coded(SIZES, shot.size, language),
        _coded(FRAMINGS, shot.framing, language),
        _coded(ANGLES, shot.angle, language),
        _coded(MOVEMENTS, shot.movement, language),
        shot.seconds,
        gr.Dropdown(choices=list(dict.fromkeys([*named, *known])), value=named),
        shot.description,
        gr.Button(say("restore" if shot.omitted else "omit", language)),
        gr.Dropdown(choices=[each for each in others if each[1] != shot.uid], value=None),
        *prompts_panel.values(studio, shot, language),
    )


def pictured(
    studio: Studio, shot: Shot, take: Take | None, stamp: str, reason: str, language: Language
) -> tuple[Any, ...]:
    """Values of ShotPanel.picture. stamp: of the state that is shown; reason: why the newest render failed."""
    return (
        cards.shot_sheet(shot, take, stamp, reason, language),
        cards.takes(shot.takes, take.uid if take else None, language),
        *repaintable(studio, shot, take, language),
    )


def repaintable(studio: Studio, shot: Shot, take: Take | None, language: Language) -> tuple[Any, ...]:
    """Values of ShotPanel.repainting: whose face can be made anew in a take, and by which engine."""
    # whose face is seen in the take, and known
    faces = take.faces if take else []
    people = [face["character"] for face in faces if face["uid"] and face["verdict"] not in ("not-shown", "uncast")]
    able = repainter(studio, shot.scene.episode.series, take.engine) if take and people else None
    return (
        gr.Row(visible=able is not None),
        gr.Dropdown(choices=people, value=next(iter(people), None)),
        gr.Button(say("repaint_with", language, engine=called(able, language)) if able else say("repaint", language)),
    )


def changes(before: Shot, fields: Sequence[Any]) -> dict[str, Any]:
    """The fields as ShotList.edit takes them. The cast only where it is another: names alone are placed anew."""
    size, framing, angle, movement, seconds, cast, description = fields
    wanted: dict[str, Any] = {"size": size, "framing": framing, "angle": angle, "movement": movement}
    wanted |= {"seconds": seconds, "description": description}
    if framing != before.framing or list(cast) != [member.name for member in before.cast]:
        wanted["cast"] = list(cast)
    return wanted


def _coded(vocabulary: Vocabulary, code: str, language: Language) -> Any:
    return gr.Dropdown(choices=[(term.text(language), term.code) for term in vocabulary.terms.values()], value=code)
