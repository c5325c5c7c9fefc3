"""The words of a shot: its English, what a person would rather say, and what the engine will be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from storage.errors import Language
from storage.models import Shot
from studio.prompting import ShotWords
from studio.studio import Studio
from studio.ui.words import label, say
from studio.weights import Weights

TRANSLATOR = "translate/zh-en"


@dataclass(frozen=True, slots=True)
class PromptsPanel:
    """fields: english, prompt, negative_prompt, as ShotList.edit names them; outputs: what `values` fills."""

    fields: tuple[gr.Textbox, gr.Textbox, gr.Textbox]
    translate: gr.Button
    told: gr.HTML
    take_over: gr.Button
    save: gr.Button

    @property
    def outputs(self) -> list[Any]:
        return [*self.fields, self.translate, self.told]


def draw() -> PromptsPanel:
    """Draw the fields, folded up."""
    with gr.Accordion(label("engine_words"), open=False, elem_id="engine-words"):
        told = gr.HTML(elem_id="told")
        english = gr.Textbox(
            label=label("in_english"), placeholder=label("in_english_empty"), lines=2, elem_id="shot-english"
        )
        translate = gr.Button(label("translate"), elem_id="translate", size="sm", elem_classes="slim", visible=False)
        prompt = gr.Textbox(label=label("own_prompt"), placeholder=label("by_house"), lines=3, elem_id="shot-prompt")
        negative = gr.Textbox(
            label=label("own_negative"), placeholder=label("by_house"), lines=2, elem_id="shot-negative"
        )
        with gr.Row():
            take_over = gr.Button(label("take_over"), elem_id="take-over", min_width=120)
            save = gr.Button(label("save"), variant="primary", elem_id="save-words", min_width=120)
    return PromptsPanel((english, prompt, negative), translate, told, take_over, save)


def values(studio: Studio, shot: Shot, language: Language) -> tuple[Any, ...]:
    """Values of PromptsPanel.outputs."""
    translates = Weights(studio.weights).has(TRANSLATOR)
    return (
        shot.english,
        shot.prompt,
        shot.negative_prompt,
        gr.Button(visible=translates),
        told(said_of(studio, shot), shot, language),
    )


def said_of(studio: Studio, shot: Shot, style: str | None = None) -> ShotWords | None:
    """What the series' engine would be told of a shot; None for one that is omitted."""
    if shot.omitted:
        return None
    episode = shot.scene.episode
    return studio.prompts(episode.series.title, episode.number, [shot.uid], style=style)[0]


def told(words: ShotWords | None, shot: Shot, language: Language) -> str:
    """The texts as the engine will be given them, and what could not be said; '' for an omitted shot."""
    if words is None:
        return ""
    if words.words is None:
        return f"<p class=trouble>{escape(words.problem.text(language) if words.problem else '')}</p>"
    comma = "、" if language == "zh" else ", "
    found = words.words
    rows = [
        ("untranslated", comma.join(found.untranslated), "trouble"),
        ("told_own" if shot.prompt else "told", found.prompt, ""),
        ("told_negative_own" if shot.negative_prompt else "told_negative", found.negative_prompt, ""),
        ("left_out", ", ".join(found.left_out), "note"),
    ]
    said = "".join(
        f'<p class="said {kind}"><b>{escape(say(key, language))}</b> {escape(text)}</p>'
        for key, text, kind in rows
        if text
    )
    return f"<div class=told>{said}</div>"


def changes(before: Shot, fields: Sequence[str]) -> dict[str, str]:
    """The fields that are others than they were: English that nobody touched must go with its description."""
    given = dict(zip(("english", "prompt", "negative_prompt"), fields, strict=True))
    return {name: text for name, text in given.items() if text != getattr(before, name)}
