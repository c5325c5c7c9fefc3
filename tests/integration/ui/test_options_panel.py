"""Controls made of any engine's options: whatever they show is what the engine is given."""

from typing import Any, Literal

import gradio as gr
import pytest
from gradio.i18n import I18nData
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from storage.errors import InvalidInput
from studio.catalog import load
from studio.engine_list import EngineListed, choices, listed
from studio.engines import ENGINES
from studio.rendering import validated
from studio.ui import options_panel


class EveryKind(BaseModel):
    model_config = ConfigDict(extra="forbid")

    yes: bool = Field(True, title="Yes", json_schema_extra={"zh": "是"})
    few: int = Field(3, ge=1, le=8, title="Few")
    many: int = Field(100, ge=1, le=5000, title="Many", json_schema_extra={"advanced": True})
    share: float = Field(0.5, gt=0, le=1, title="Share", json_schema_extra={"zh": "份额"})
    free: float = Field(1.0, title="Free")
    left: int | None = Field(None, ge=1, title="Left open", description="Empty: as it comes.")
    word: Literal["a", "b"] = Field("a", title="Word", json_schema_extra={"choices": {"a": {"en": "Ay", "zh": "甲"}}})
    perhaps: Literal["x", "y"] | None = Field(None, title="Perhaps")
    name: str = Field("", title="Name", max_length=5)
    listed: list[int] = Field(default_factory=list, title="A list is for the command line")


class Toy:
    name = "toy"
    generates = True
    Options = EveryKind
    styles = ("ink",)
    abilities = frozenset()


def card_of(engine: Any) -> EngineListed:
    return EngineListed(engine.name, True, tuple(engine.styles), (), None, "1", None, choices(engine))


CLASSES: dict[str, Any] = {"toy": Toy} | {name: load(ENGINES, name, "engine") for name in ENGINES}
CARDS = {name: card_of(engine) for name, engine in CLASSES.items()}


@pytest.fixture(scope="module")
def drawn() -> tuple[gr.Blocks, options_panel.OptionsPanel]:
    with gr.Blocks() as page:
        panel = options_panel.draw(list(CARDS.values()), "toy", {"name": ["Ann", "Bob"], "base": ["mine"]})
    return page, panel


def values_of(panel: options_panel.OptionsPanel) -> dict[Any, Any]:
    return {control: control.value for control in panel.inputs}


@pytest.mark.parametrize("name", CARDS)
def test_what_is_shown_at_first_is_what_the_engine_takes_by_default(drawn, name):
    _, panel = drawn
    engine = CLASSES[name]
    offered = {choice.name for choice in CARDS[name].choices if choice.kind not in ("array", "object")}
    assert set(panel.controls[name]) == offered
    options = panel.given(name, values_of(panel))
    assert validated(engine, options) == engine.Options().model_dump()
    assert panel.kept(name, options) == {}


def test_every_kind_has_the_control_that_suits_it(drawn):
    kinds = {name: type(control) for name, control in drawn[1].controls["toy"].items()}
    assert kinds == {
        "yes": gr.Checkbox,
        "few": gr.Slider,
        "many": gr.Number,
        "share": gr.Slider,
        "free": gr.Number,
        "left": gr.Number,
        "word": gr.Dropdown,
        "perhaps": gr.Dropdown,
        "name": gr.Dropdown,
    }
    assert [value for _, value in drawn[1].controls["toy"]["perhaps"].choices] == ["", "x", "y"]
    assert [value for _, value in drawn[1].controls["instantid"]["base"].choices] == ["", "mine"]


def test_only_the_chosen_engine_is_in_sight_and_advanced_options_are_folded(drawn):
    _, panel = drawn
    assert [name for name, group in panel.groups.items() if group.visible] == ["toy"]
    shown = panel.shown("instantid")
    assert [name for name, group in zip(panel.groups, shown, strict=True) if group.visible] == ["instantid"]

    def folded(control: Any) -> bool:
        around = [control.parent]
        while around[-1] is not None:
            around.append(around[-1].parent)
        return any(isinstance(each, gr.Accordion) for each in around)

    for name, card in CARDS.items():
        for choice in card.choices:
            if choice.name in panel.controls[name]:
                assert folded(panel.controls[name][choice.name]) == bool(choice.extra.get("advanced")), choice.name


def test_every_word_of_a_control_is_known_in_both_languages(drawn):
    page, _ = drawn
    known = options_panel.words(CARDS.values())
    asked = set()
    for block in page.blocks.values():
        named = [label for label, _ in getattr(block, "choices", None) or []]
        asked |= {
            each.key
            for each in (getattr(block, "label", None), getattr(block, "info", None), *named)
            if isinstance(each, I18nData) and each.key.startswith("option_")
        }
    assert asked == set(known)
    assert all(english and chinese for english, chinese in known.values())
    # svelte-i18n takes a dot for a path, and braces for a value
    assert not any("." in key for key in known)
    assert not any("{" in text for pair in known.values() for text in pair)


@pytest.mark.parametrize("name", ENGINES)
def test_the_engines_of_the_house_speak_chinese(name):
    untranslated = [
        choice.name
        for choice in CARDS[name].choices
        if not choice.extra.get("zh") or (choice.description and not choice.extra.get("zh_description"))
    ]
    assert untranslated == []


def test_what_is_left_open_is_left_out(drawn):
    _, panel = drawn
    values = values_of(panel) | {panel.controls["toy"]["left"]: None, panel.controls["toy"]["few"]: None}
    assert not {"left", "few", "perhaps"} & set(panel.given("toy", values))
    assert panel.given("toy", values)["name"] == ""


def test_what_will_not_do_is_named_in_both_languages_with_its_bounds():
    wrong = {"few": 9, "share": 0, "word": "c", "name": "longer than five"}
    with pytest.raises(InvalidInput) as caught:
        options_panel.checked(CLASSES["toy"], CARDS["toy"].choices, wrong)
    said = caught.value.message
    assert "Few: ≤ 8 (9)" in said.en and "Share: > 0 (0)" in said.en and "Word: " in said.en
    assert "Name: ≤ 5 (longer than five)" in said.en
    assert "份额: > 0 (0)" in said.zh
    assert options_panel.checked(CLASSES["toy"], CARDS["toy"].choices, {"few": 8}) == {"few": 8}


def test_numbers_that_do_not_go_together_are_the_engines_own_error():
    engine = CLASSES["instantid"]
    with pytest.raises(InvalidInput, match="LCM"):
        options_panel.checked(engine, CARDS["instantid"].choices, {"scheduler": "lcm", "num_inference_steps": 80})


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3), st.sampled_from(["a", "x"])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.sampled_from([*EveryKind.model_fields, "gone"]), inner)
    ),
    max_leaves=8,
)


@given(remembered=st.one_of(JUNK, st.fixed_dictionaries({"toy": JUNK, "instantid": JUNK})))
def test_whatever_a_browser_remembers_the_controls_can_show_it(drawn, remembered):
    _, panel = drawn
    values = panel.restored(remembered)
    assert len(values) == len(panel.inputs)
    for control, value in zip(panel.inputs, values, strict=True):
        control.preprocess(control.postprocess(value))  # raises for what it cannot take


def test_what_was_chosen_is_there_again(drawn):
    _, panel = drawn
    wanted = {"yes": False, "few": 7, "share": 0.25, "left": 4, "word": "b", "perhaps": "y", "name": "Bob"}
    values = values_of(panel) | {panel.controls["toy"][name]: value for name, value in wanted.items()}
    kept = panel.kept("toy", panel.given("toy", values))
    assert kept == wanted
    again = dict(zip(panel.inputs, panel.restored({"toy": kept}), strict=True))
    assert panel.given("toy", again) == panel.given("toy", values)


def test_the_list_says_what_the_builder_reads(tiny_weights):
    assert all(listed(CLASSES[name], tiny_weights).choices == CARDS[name].choices for name in ENGINES)
