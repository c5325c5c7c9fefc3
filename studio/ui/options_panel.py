"""The options of an engine as controls: one builder for every engine, from what `studio.engine_list` says of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.i18n import I18nData
from pydantic import ValidationError

from storage.errors import InvalidInput
from studio.engine_list import Choice, EngineListed
from studio.engines import Engine
from studio.ui.guard import guarded
from studio.ui.words import label, say

# bounds of pydantic's errors, as a person reads them in any language
_BOUNDS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "max_length": "≤"}
# an integer of more values than this is typed, not dragged
_DRAGGED = 32


@dataclass(frozen=True, slots=True)
class OptionsPanel:
    """groups: engine -> the column of its controls; controls: engine -> option -> its control."""

    groups: dict[str, gr.Column]
    controls: dict[str, dict[str, Any]]
    engines: dict[str, EngineListed]

    @property
    def inputs(self) -> list[Any]:
        """Every control of every engine."""
        return [each for controls in self.controls.values() for each in controls.values()]

    @property
    def worded(self) -> list[Any]:
        """The controls whose value may ask for other weights: those of choices and names."""
        return [
            self.controls[engine][choice.name]
            for engine, listed in self.engines.items()
            for choice in _offered(listed)
            if choice.kind == "string"
        ]

    def shown(self, engine: str) -> list[gr.Column]:
        """Values of the groups where this engine is the chosen one."""
        return [gr.Column(visible=name == engine) for name in self.groups]

    def given(self, engine: str, values: Mapping[Any, Any]) -> dict[str, Any]:
        """The options of an engine from the values of the controls; what was left open is left out."""
        found = {name: values[control] for name, control in self.controls.get(engine, {}).items()}
        choices = {choice.name: choice for choice in self.engines[engine].choices} if found else {}
        return {name: value for name, value in found.items() if not _open(choices[name], value)}

    def kept(self, engine: str, options: Mapping[str, Any]) -> dict[str, Any]:
        """Those of the options that are not the engine's defaults."""
        usual = {choice.name: choice.default for choice in self.engines[engine].choices}
        return {name: value for name, value in options.items() if value != usual[name]}

    def restored(self, remembered: object) -> list[Any]:
        """Values of `inputs` for what a browser remembers: {engine: {option: value}}; a default for anything else."""
        there = remembered if isinstance(remembered, dict) else {}
        return [
            _restored(choice, there.get(engine)) for engine, each in self.engines.items() for choice in _offered(each)
        ]


def draw(engines: Sequence[EngineListed], chosen: str, suggestions: Mapping[str, Sequence[str]]) -> OptionsPanel:
    """Draw the controls of every engine, those of the chosen one in sight.

    suggestions: option -> values to offer where any string will do.
    """
    groups: dict[str, gr.Column] = {}
    controls: dict[str, dict[str, Any]] = {}
    for engine in engines:
        with gr.Column(visible=engine.name == chosen, elem_id=f"options-{engine.name}") as groups[engine.name]:
            made = controls[engine.name] = {}
            offered = _offered(engine)
            advanced = [choice for choice in offered if choice.extra.get("advanced")]
            made |= _row(engine.name, [choice for choice in offered if choice not in advanced], suggestions)
            if advanced:
                with gr.Accordion(label("advanced"), open=False, elem_id=f"advanced-{engine.name}"):
                    made |= _row(engine.name, advanced, suggestions)
            # in the order of the choices: so are the values that `restored` gives
            controls[engine.name] = {choice.name: made[choice.name] for choice in offered}
            usual = gr.Button(label("usual_options"), elem_id=f"usual-{engine.name}", size="sm", elem_classes="slim")
            values = [_shown(choice, choice.default) for choice in offered]
            usual.click(_giving(values), None, list(controls[engine.name].values()), api_visibility="private")
    return OptionsPanel(groups, controls, {engine.name: engine for engine in engines})


def words(engines: Iterable[EngineListed]) -> dict[str, tuple[str, str]]:
    """Key -> (English, Chinese) of every title, description and choice; English where an engine has no Chinese."""
    said: dict[str, tuple[str, str]] = {}
    for engine in engines:
        for choice in _offered(engine):
            key = _key(engine.name, choice.name)
            said[key] = choice.title, choice.extra.get("zh") or choice.title
            if choice.description:
                said[f"{key}__"] = choice.description, choice.extra.get("zh_description") or choice.description
            for value, named in choice.extra.get("choices", {}).items():
                said[_key(engine.name, choice.name, value)] = named["en"], named["zh"]
    return said


def checked(engine: type[Engine], choices: Sequence[Choice], options: dict[str, Any]) -> dict[str, Any]:
    """The options, once the engine has found nothing wrong with them. Raises InvalidInput, naming each that is wrong."""
    try:
        engine.Options.model_validate(options)
    except ValidationError as error:
        known = {choice.name: choice for choice in choices}
        wrong = [(known.get(str(each["loc"][0])) if each["loc"] else None, each) for each in error.errors()]
        english = "; ".join(_wrong(choice.title if choice else "", each) for choice, each in wrong)
        chinese = "；".join(
            _wrong(choice.extra.get("zh", choice.title) if choice else "", each) for choice, each in wrong
        )
        raise InvalidInput(
            say("options_wrong", "en", engine=engine.name, wrong=english),
            say("options_wrong", "zh", engine=engine.name, wrong=chinese),
        ) from None
    return options


def _wrong(title: str, error: Any) -> str:
    """One of pydantic's errors: by its bound where it is about one, which needs no language."""
    bounds = [f"{_BOUNDS[name]} {bound:g}" for name, bound in error.get("ctx", {}).items() if name in _BOUNDS]
    return f"{title}: {', '.join(bounds) or error['msg']} ({error['input']})".removeprefix(": ")


def _giving(values: list[Any]) -> Any:
    @guarded
    def give(request: gr.Request) -> Any:
        return values if len(values) != 1 else values[0]

    return give


def _offered(engine: EngineListed) -> list[Choice]:
    """What a control can be made of; lists and tables are left to the command line."""
    return [choice for choice in engine.choices if choice.kind in ("boolean", "integer", "number", "string")]


def _row(engine: str, choices: Sequence[Choice], suggestions: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    with gr.Row(elem_classes="options"):
        return {choice.name: _control(engine, choice, suggestions.get(choice.name, ())) for choice in choices}


def _control(engine: str, choice: Choice, suggestions: Sequence[str]) -> Any:
    shared: dict[str, Any] = {
        "label": I18nData(_key(engine, choice.name)),
        "info": I18nData(f"{_key(engine, choice.name)}__") if choice.description else None,
        "value": _shown(choice, choice.default),
        "elem_id": f"option-{engine}-{choice.name}".replace("_", "-"),
        "min_width": 220,
    }
    if choice.kind == "boolean":
        return gr.Checkbox(**shared)
    if choice.kind == "string":
        return _text(engine, choice, suggestions, shared)
    whole = choice.kind == "integer"
    if choice.optional or choice.minimum is None or choice.maximum is None:
        return gr.Number(precision=0 if whole else None, step=1 if whole else 0.05, **shared)
    if whole and choice.maximum - choice.minimum > _DRAGGED:
        return gr.Number(precision=0, **shared)
    return gr.Slider(choice.minimum, choice.maximum, step=1 if whole else 0.01, **shared)


def _text(engine: str, choice: Choice, suggestions: Sequence[str], shared: dict[str, Any]) -> Any:
    left_open = [(label("left_open"), "")]
    if choice.choices:
        named = [(_named(engine, choice, value), value) for value in choice.choices]
        return gr.Dropdown(choices=[*(left_open if choice.optional else []), *named], **shared)
    if suggestions:
        return gr.Dropdown(choices=[*left_open, *suggestions], allow_custom_value=True, **shared)
    return gr.Textbox(max_lines=1, **shared)


def _named(engine: str, choice: Choice, value: Any) -> Any:
    known = value in choice.extra.get("choices", {})
    return I18nData(_key(engine, choice.name, value)) if known else str(value)


def _key(*parts: str) -> str:
    # two underscores between the parts, none of which has two: no key is another one's
    return "__".join(("option", *parts))


def _open(choice: Choice, value: Any) -> bool:
    return value is None or (value == "" and choice.optional)


def _shown(choice: Choice, value: Any) -> Any:
    """What a control shows of a value; a list shows what is left open as ''."""
    return "" if value is None and choice.kind == "string" else value


def _restored(choice: Choice, remembered: object) -> Any:
    value = remembered.get(choice.name, choice.default) if isinstance(remembered, dict) else choice.default
    python: dict[str, tuple[type, ...]] = {"boolean": (bool,), "string": (str,), "integer": (int,)}
    fits = isinstance(value, python.get(choice.kind, (int, float))) and isinstance(value, bool) == (
        choice.kind == "boolean"
    )
    offered = not choice.choices or value in choice.choices
    bounded = choice.kind not in ("integer", "number") or _within(choice, value)
    return _shown(choice, value if fits and offered and bounded else choice.default)


def _within(choice: Choice, value: Any) -> bool:
    low = choice.minimum is None or not isinstance(value, int | float) or value >= choice.minimum
    high = choice.maximum is None or not isinstance(value, int | float) or value <= choice.maximum
    return low and high
