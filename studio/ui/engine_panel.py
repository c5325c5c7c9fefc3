"""Which engine draws, in which style and with which options: beside the series, which remembers the first two."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr

from storage.errors import Language, ResourceMissing
from storage.models import Series
from studio.prompt_styles import STYLES
from studio.studio import Studio
from studio.ui import options_panel
from studio.ui.engine_notes import Standing, lacked, notes, standing
from studio.ui.options_panel import OptionsPanel
from studio.ui.words import label, say
from studio.weights import Weights

# as people call them; an engine that is not here goes by its name
_CALLED = {
    "photoboard": "photoboard",
    "instantid": "instantid",
    "ip-adapter": "ip_adapter",
    "adapters": "adapters",
}
# options are no secret: see picker.remembered_place
_KEY, _SECRET = "castlock-options", "castlock"


@dataclass(frozen=True, slots=True)
class EnginePanel:
    """outputs: what `values` fills; inputs: what `asked` reads."""

    engine: gr.Dropdown
    style: gr.Dropdown
    notes: gr.HTML
    options: OptionsPanel
    remembered: gr.BrowserState

    @property
    def outputs(self) -> list[Any]:
        return [self.engine, self.style, self.notes, *self.options.groups.values()]

    @property
    def inputs(self) -> list[Any]:
        return [self.engine, self.style, *self.options.inputs]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person chose, checked."""

    engine: str
    style: str
    options: dict[str, Any]


def draw_bar(studio: Studio) -> tuple[gr.Dropdown, gr.Dropdown]:
    """Draw the lists of engines and of styles; they have all values from the start, their words when the page opens."""
    engines = studio.engines()
    names = [each.name for each in engines]
    styles = list(dict.fromkeys(style for each in engines for style in each.styles))
    engine = gr.Dropdown(label=label("engine"), choices=names, elem_id="engine", scale=2, min_width=140)
    style = gr.Dropdown(label=label("style"), choices=styles, elem_id="style", scale=2, min_width=130)
    return engine, style


def draw_below(studio: Studio, engine: gr.Dropdown, style: gr.Dropdown) -> EnginePanel:
    """Draw what must be said of the engine, and its options folded up."""
    said = gr.HTML(elem_id="engine-notes")
    with gr.Accordion(label("options"), open=False, elem_id="options"):
        there = {"base": Weights(studio.weights).bases()}
        options = options_panel.draw(studio.engines(), studio.settings.engine, there)
    return EnginePanel(engine, style, said, options, gr.BrowserState(None, storage_key=_KEY, secret=_SECRET))


def values(
    studio: Studio, panel: EnginePanel, series: Series | None, given: Mapping[Any, Any], language: Language
) -> tuple[Any, ...]:
    """Values of EnginePanel.outputs for a series; given: the options as they are chosen, or {} for the defaults."""
    engine = studio.engine_of(series) if series else studio.settings.engine
    choices = [(_listed(studio, name, language), name) for name in panel.options.groups]
    styles = panel.options.engines[engine].styles
    named = [(STYLES[style].name.text(language) if style in STYLES else style, style) for style in styles]
    style = series.style if series and series.style in styles else styles[0]
    return (
        gr.Dropdown(choices=choices, value=engine),
        gr.Dropdown(choices=named, value=style),
        notes(_standing(studio, panel, engine, given), language),
        *panel.options.shown(engine),
    )


def noted(studio: Studio, panel: EnginePanel, given: Mapping[Any, Any], language: Language) -> str:
    """Value of EnginePanel.notes for what is chosen."""
    return notes(_standing(studio, panel, given[panel.engine], given), language)


def asked(studio: Studio, panel: EnginePanel, given: Mapping[Any, Any]) -> Chosen:
    """What is chosen, to render with. Raises InvalidInput for options, ResourceMissing for weights: what and which command."""
    engine = given[panel.engine]
    listed = panel.options.engines[engine]
    lacking = lacked(studio, engine)
    if lacking is not None:
        raise ResourceMissing(lacking.en, lacking.zh)
    options = options_panel.checked(studio.engine_class(engine), listed.choices, panel.options.given(engine, given))
    return Chosen(engine, given[panel.style] or listed.styles[0], options)


def kept(panel: EnginePanel, remembered: object, chosen: Chosen) -> dict[str, Any]:
    """What the browser remembers from now on."""
    before = remembered if isinstance(remembered, dict) else {}
    return before | {chosen.engine: panel.options.kept(chosen.engine, chosen.options)}


def repainter(studio: Studio, series: Series, made_with: str) -> str | None:
    """The engine that repaints a face of a take: the one that made it, else the series', else any that can; None: none."""
    able = [each.name for each in studio.engines() if "repaint" in each.abilities and each.missing is None]
    wanted = [made_with, studio.engine_of(series), *able]
    return next((name for name in wanted if name in able), None)


def _standing(studio: Studio, panel: EnginePanel, engine: str, given: Mapping[Any, Any]) -> Standing:
    options = panel.options.given(engine, given) if given else {}
    return standing(studio, engine, options)


def called(engine: str, language: Language) -> str:
    """What people call an engine."""
    return say(_CALLED[engine], language) if engine in _CALLED else engine


def _listed(studio: Studio, engine: str, language: Language) -> str:
    named = called(engine, language)
    return say("not_installed", language, engine=named) if lacked(studio, engine) else named
