"""Options: told in both languages, resolved to numbers, impossible ones refused, torch never imported."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from storage.errors import InvalidInput
from studio.engines.sdxl.options import (
    LCM_STEPS,
    AdaptersOptions,
    InstantIDOptions,
    IPAdapterOptions,
    SdxlOptions,
    resolved,
)

ROOT = Path(__file__).parents[3]
ENGINES: list[type[SdxlOptions]] = [InstantIDOptions, IPAdapterOptions, AdaptersOptions]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
# names that are the same in both languages
NAMES = {"IdentityNet"}


def words_of(annotation: object) -> tuple[str, ...]:
    """Of a Literal, alone or beside None."""
    for each in (annotation, *get_args(annotation)):
        if get_origin(each) is Literal:
            return get_args(each)
    return ()


@pytest.mark.parametrize("options", ENGINES)
def test_each_field_is_told_in_both_languages_and_bounded(options: type[SdxlOptions]):
    for name, field in options.model_fields.items():
        extra = field.json_schema_extra
        assert isinstance(extra, dict), name
        assert field.title and field.description and not CHINESE.search(field.title + field.description), name
        assert CHINESE.search(str(extra["zh_description"])), name
        assert CHINESE.search(str(extra["zh"])) or extra["zh"] in NAMES, name
        words = words_of(field.annotation)
        if words:
            choices = extra["choices"]
            assert isinstance(choices, dict) and tuple(choices) == words, name
            assert all(set(both) == {"en", "zh"} and all(both.values()) for both in choices.values()), name
        elif field.annotation not in (bool, str):
            bounds = {type(bound).__name__ for bound in field.metadata}
            assert "Le" in bounds and bounds & {"Ge", "Gt"}, name


@pytest.mark.parametrize("options", ENGINES)
def test_they_survive_json(options: type[SdxlOptions]):
    json.dumps(options.model_json_schema())
    written = json.loads(json.dumps(options().model_dump()))
    assert options.model_validate(written) == options()
    assert resolved(options.model_validate(written)) == resolved(options())


def test_the_page_reads_them_without_torch():
    heavy = "import studio.engines.sdxl.options, sys; print([m for m in ('torch', 'diffusers') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", heavy], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_presets_go_from_likeness_to_scene():
    likeness, balanced, scene = (
        resolved(InstantIDOptions(preset=preset)) for preset in ("likeness", "balanced", "scene")
    )
    for name in ("face_scale", "controlnet_conditioning_scale", "control_guidance_end"):
        assert getattr(likeness, name) > getattr(balanced, name) > getattr(scene, name), name
    assert (balanced.face_scale, balanced.controlnet_conditioning_scale) == (0.8, 0.8)  # as published
    assert scene.face_start > balanced.face_start
    assert 4 <= balanced.guidance_scale <= 5


@pytest.mark.parametrize(
    ("speed", "steps", "part", "scheduler", "spacing"),
    [
        ("full", None, "", "euler", "base"),
        ("lcm", None, "few-step/lcm", "lcm", "base"),
        ("lightning", None, "few-step/lightning-8", "euler", "trailing"),
        ("lightning", 4, "few-step/lightning-4", "euler", "trailing"),
        ("hyper", None, "few-step/hyper-8", "ddim", "trailing"),
    ],
)
@pytest.mark.parametrize("options", ENGINES)
def test_speed_sets_scheduler_steps_and_guidance_together(options, speed, steps, part, scheduler, spacing):
    numbers = resolved(options(speed=speed, num_inference_steps=steps))
    assert (numbers.few_step, numbers.scheduler, numbers.spacing) == (part, scheduler, spacing)
    if speed != "full":
        assert numbers.num_inference_steps == (steps or 8)
        assert (numbers.guidance_scale, numbers.guidance_end) == (1.0, 0.0)


own_numbers = st.fixed_dictionaries(
    {},
    optional={
        "num_inference_steps": st.integers(1, LCM_STEPS),
        "guidance_scale": st.floats(1.5, 20),
        "guidance_end": st.floats(0, 1),
        "scheduler": st.sampled_from(["euler", "euler_a", "dpmpp_2m_karras", "unipc", "lcm", "ddim"]),
        "ip_adapter_scale": st.floats(0, 1.5),
        "controlnet_conditioning_scale": st.floats(0, 2),
        "control_guidance_start": st.floats(0, 0.4),
        "control_guidance_end": st.floats(0.5, 1),
        "face_start": st.floats(0, 0.4),
        "face_end": st.floats(0.5, 1),
    },
)


@given(
    own_numbers,
    st.sampled_from(["likeness", "balanced", "scene"]),
    st.sampled_from(["full", "lcm", "lightning", "hyper"]),
)
def test_a_persons_own_numbers_win(own, preset, speed):
    numbers = resolved(InstantIDOptions(preset=preset, speed=speed, **own))
    plain = resolved(InstantIDOptions(preset=preset, speed=speed))
    for name in ("num_inference_steps", "guidance_scale", "scheduler", "controlnet_conditioning_scale",
                 "control_guidance_start", "control_guidance_end", "face_start", "face_end"):  # fmt: skip
        assert getattr(numbers, name) == own.get(name, getattr(plain, name)), name
    assert numbers.face_scale == own.get("ip_adapter_scale", plain.face_scale)
    if numbers.guidance_scale > 1:
        assert numbers.guidance_end == own.get("guidance_end", 1.0)


@pytest.mark.parametrize(
    ("options", "given_numbers", "named"),
    [
        (InstantIDOptions, {"face_start": 0.6, "face_end": 0.4}, "face_start"),
        (InstantIDOptions, {"control_guidance_start": 0.6, "control_guidance_end": 0.5}, "control_guidance_start"),
        (InstantIDOptions, {"preset": "scene", "control_guidance_start": 0.9}, "control_guidance_start"),
        (IPAdapterOptions, {"face_start": 0.6, "face_end": 0.4}, "face_start"),
        (AdaptersOptions, {"speed": "lcm", "num_inference_steps": LCM_STEPS + 1}, "num_inference_steps"),
        (AdaptersOptions, {"scheduler": "lcm", "num_inference_steps": LCM_STEPS + 1}, "num_inference_steps"),
        (AdaptersOptions, {"speed": "lightning", "composition": "photoboard", "strength": 0.1}, "strength"),
    ],
)
def test_impossible_together_is_said_in_both_languages(options, given_numbers, named):
    with pytest.raises(InvalidInput, match=named) as refused:
        options(**given_numbers)
    assert CHINESE.search(refused.value.message.zh) and named in refused.value.message.zh


@pytest.mark.parametrize(
    "wrong",
    [
        {"strenght": 0.5},
        {"strength": 0},
        {"strength": float("nan")},
        {"guidance_scale": -1},
        {"speed": "turbo"},
        {"batch": 99},
    ],
)
def test_what_no_option_takes_is_refused(wrong):
    with pytest.raises(ValidationError):
        InstantIDOptions(**wrong)


def test_no_engine_has_strengths_of_what_it_does_not_have():
    alone = resolved(AdaptersOptions())
    assert (alone.face, alone.face_scale, alone.controlnet_conditioning_scale) == ("none", 0.0, 0.0)
    image = resolved(IPAdapterOptions(face_kind="faceid"))
    assert (image.face, image.controlnet_conditioning_scale) == ("faceid", 0.0)
    assert image.face_scale > 0 and image.look_scale > 0 and image.plate_scale > 0
