"""Locations of the episode: the picture (plate) that every shot of a scene shares, or the drawn set without one."""

from dataclasses import dataclass
from html import escape
from typing import Any

import gradio as gr

from characters.names import name_key
from storage.errors import InvalidInput, Language
from studio.studio import Studio
from studio.ui import cards
from studio.ui.guard import guarded, inform
from studio.ui.links import picture_url
from studio.ui.picker import place
from studio.ui.uploads import taken
from studio.ui.words import WORDS, label, language_of, say


@dataclass(frozen=True, slots=True)
class PlatesPanel:
    gallery: gr.HTML
    location: gr.Dropdown
    upload: gr.File

    @property
    def outputs(self) -> list[Any]:
        return [self.gallery, self.location]


def draw() -> PlatesPanel:
    """Draw the locations, their pictures, and where a picture is given to one."""
    with gr.Accordion(label("locations"), open=False, elem_id="locations"):
        gallery = gr.HTML(elem_id="plates", js_on_load=cards.CLICKS)
        location = gr.Dropdown(label=label("location"), choices=[], elem_id="plate-location")
        upload = gr.File(label=label("drop_plate"), elem_id="plate-file", height=120)
    return PlatesPanel(gallery, location, upload)


def values(
    studio: Studio, series: str | None, episode: int | None, chosen: str | None, language: Language
) -> tuple[Any, Any]:
    """Values of PlatesPanel.outputs; chosen: the location to offer first."""
    if not series or episode is None:
        return "", gr.Dropdown(choices=[], value=None)
    row = studio.shots.episode(series, int(episode))
    plates = studio.plates(row.series.id)
    names = list({name_key(scene.location): scene.location for scene in row.scenes}.values())
    drawn = "".join(_plate(name, plates.get(name_key(name)), language) for name in names)
    first = next((name for name in names if chosen and name_key(name) == name_key(chosen)), next(iter(names), None))
    return f"<div class=plates>{drawn}</div>", gr.Dropdown(choices=names, value=first)


def wire(studio: Studio, panel: PlatesPanel, where: list[Any]) -> None:
    """Wire it to the studio's verb."""

    @guarded
    def picked(event: gr.EventData, request: gr.Request) -> Any:
        return gr.Dropdown(value=event._data["location"])

    @guarded
    def uploaded(series: str, episode: int, location: str | None, file: str | None, request: gr.Request) -> Any:
        language, files = language_of(request), taken(file)
        try:
            title, _ = place(series, episode)
            if not location:
                raise InvalidInput(*WORDS["pick_location"])
            for each in files:
                studio.add_plate(title, location, each.path, each.name)
        finally:
            for each in files:
                each.discard()
        inform("plate_kept", language, location=location)
        return None, *values(studio, series, episode, location, language)

    private: dict[str, Any] = {"api_visibility": "private"}
    panel.gallery.pick_location(picked, None, panel.location, show_progress="hidden", **private)
    panel.upload.upload(
        uploaded,
        [*where, panel.location, panel.upload],
        [panel.upload, *panel.outputs],
        show_progress_on=[panel.gallery],
        **private,
    )


def _plate(location: str, sha256: str | None, language: Language) -> str:
    image = (
        f'<img loading=lazy src="{picture_url(sha256)}" alt="">'
        if sha256
        else f"<i>{escape(say('drawn_set', language))}</i>"
    )
    return (
        f'<button type=button class=plate data-location="{escape(location)}" aria-label="{escape(location)}">'
        f"{image}<span>{escape(location)}</span></button>"
    )
