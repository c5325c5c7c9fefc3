"""Schedulers by name: what their authors publish, what diffusers' own pipelines do, and a perfect model's way home."""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from diffusers import (
    DPMSolverMultistepScheduler,
    EulerDiscreteScheduler,
    FlowMatchEulerDiscreteScheduler,
    LCMScheduler,
    UniPCMultistepScheduler,
)
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import InvalidInput
from studio.engines.sdxl.options import SCHEDULERS, AdaptersOptions, resolved
from studio.engines.sdxl.schedule import scheduler_named, step_arguments, timesteps, window

SDXL = {
    "_class_name": "EulerDiscreteScheduler",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "set_alpha_to_one": False,
    "steps_offset": 1,
    "timestep_spacing": "leading",
    "use_karras_sigmas": False,
}
SHAPE = (2, 4, 6, 5)


def generators() -> list[torch.Generator | None]:
    return [torch.Generator("cpu").manual_seed(seed) for seed in (11, 12)]


def denoised(scheduler, steps: torch.Tensor, latents: torch.Tensor, picture: torch.Tensor, rows=None) -> torch.Tensor:
    """The run of a model that knows the finished picture: it predicts the very noise that is in its input."""
    arguments = step_arguments(scheduler, rows or generators())
    for step in steps:
        entering = scheduler.scale_model_input(latents, step)
        kept = scheduler.alphas_cumprod[round(float(step))]
        noise = (entering - kept**0.5 * picture) / (1 - kept) ** 0.5
        latents = scheduler.step(noise, step, latents, **arguments).prev_sample
    return latents


@pytest.mark.parametrize("spacing", ["base", "trailing"])
@pytest.mark.parametrize("name", SCHEDULERS)
@pytest.mark.parametrize("strength", [None, 0.5])
def test_a_perfect_model_arrives_at_its_picture(name, spacing, strength):
    scheduler = scheduler_named(name, SDXL, spacing)
    steps = timesteps(scheduler, 20, strength)
    assert len(steps) == (20 if strength is None else 10)
    picture = torch.rand(SHAPE, generator=torch.Generator().manual_seed(1)) * 6 - 3  # past 1, as latents are
    noise = torch.randn(SHAPE, generator=torch.Generator().manual_seed(2))
    if strength is None:
        latents = noise * scheduler.init_noise_sigma
    else:
        latents = scheduler.add_noise(picture, noise, steps[:1].repeat(len(picture)))
    error = (denoised(scheduler, steps, latents, picture) - picture).abs().max()
    assert error < 0.12, error  # DDIM and spacings of whole timesteps leave the noise of timestep 0, 3 % of a unit


@pytest.mark.parametrize(
    ("speed", "steps", "published"),
    [
        ("lcm", 4, [999, 759, 499, 259]),
        ("lightning", 4, [999, 749, 499, 249]),
        ("lightning", 8, [999, 874, 749, 624, 499, 374, 249, 124]),
        ("hyper", 8, [999, 874, 749, 624, 499, 374, 249, 124]),
    ],
)
def test_few_step_schedules_are_the_published_ones(speed, steps, published):
    numbers = resolved(AdaptersOptions(speed=speed, num_inference_steps=steps))
    scheduler = scheduler_named(numbers.scheduler, SDXL, numbers.spacing)
    assert timesteps(scheduler, numbers.num_inference_steps).tolist() == published


def test_the_named_ones_are_diffusers_recipes():
    base = EulerDiscreteScheduler.from_config(SDXL)
    recipes = {
        "euler": EulerDiscreteScheduler.from_config(SDXL),
        "dpmpp_2m_karras": DPMSolverMultistepScheduler.from_config(base.config, use_karras_sigmas=True),
        "unipc": UniPCMultistepScheduler.from_config(base.config),
        "lcm": LCMScheduler.from_config(base.config),
    }
    for name, recipe in recipes.items():
        named = scheduler_named(name, base.config)
        assert type(named) is type(recipe)
        recipe.set_timesteps(9)
        np.testing.assert_array_equal(timesteps(named, 9).numpy(), recipe.timesteps.numpy(), err_msg=name)
        if hasattr(recipe, "sigmas"):
            np.testing.assert_array_equal(named.sigmas, recipe.sigmas, err_msg=name)


@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_name_means_one_thing_whatever_the_checkpoint_was_saved_with(name):
    saved = [
        scheduler_named("dpmpp_2m_karras", SDXL).config,
        {**SDXL, "use_karras_sigmas": True},
        {**SDXL, "clip_sample": True, "original_inference_steps": 30},
        DPMSolverMultistepScheduler.from_config(SDXL, algorithm_type="sde-dpmsolver++", solver_order=3).config,
        UniPCMultistepScheduler.from_config(SDXL, use_exponential_sigmas=True, solver_type="bh1").config,
    ]
    picture = torch.ones(SHAPE) * 2
    noise = torch.randn(SHAPE, generator=torch.Generator().manual_seed(2))

    def painted(config) -> torch.Tensor:
        scheduler = scheduler_named(name, config)
        steps = timesteps(scheduler, 7)
        return denoised(scheduler, steps, noise * scheduler.init_noise_sigma, picture)

    plain = painted(SDXL)
    for config in saved:
        torch.testing.assert_close(painted(config), plain, rtol=0, atol=0)


def test_what_the_checkpoint_knows_is_kept():
    own = {**SDXL, "prediction_type": "v_prediction", "timestep_spacing": "trailing", "beta_end": 0.014}
    for name in SCHEDULERS:
        config = scheduler_named(name, own).config
        for key in ("prediction_type", "beta_end", "num_train_timesteps", "timestep_spacing"):
            assert config[key] == own[key], (name, key)


def test_a_checkpoint_of_another_family_is_refused():
    with pytest.raises(InvalidInput, match="FlowMatchEuler") as refused:
        scheduler_named(
            "euler", {"_class_name": "FlowMatchEulerDiscreteScheduler", **FlowMatchEulerDiscreteScheduler().config}
        )
    assert "底模" in refused.value.message.zh


@pytest.mark.parametrize("case", ["base", "no_cfg"])
def test_recorded_timesteps(shared: Path, case: str):
    folder = shared / "instantid-kit" / "open" / case
    config = json.loads((folder / "inputs" / "scheduler" / "scheduler_config.json").read_text())
    steps = json.loads((folder / "inputs" / "params.json").read_text())["num_inference_steps"]
    made = timesteps(scheduler_named("euler", config), steps)
    np.testing.assert_array_equal(made.numpy(), np.load(folder / "expected" / "timesteps.npy"))


@pytest.mark.slow  # imports diffusers' pipelines
@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_start_picture_leaves_the_steps_that_diffusers_leaves(name):
    from diffusers import StableDiffusionXLControlNetImg2ImgPipeline as Pipeline

    for steps, strength in [(8, 0.6), (30, 0.75), (4, 1.0), (7, 0.29), (10, 0.7), (50, 0.02)]:
        theirs = scheduler_named(name, SDXL)
        theirs.set_timesteps(steps)
        expected, count = Pipeline.get_timesteps(SimpleNamespace(scheduler=theirs), steps, strength, "cpu")
        ours = scheduler_named(name, SDXL)
        made = timesteps(ours, steps, strength)
        assert made.tolist() == expected.tolist() and len(made) == count
        assert getattr(ours, "begin_index", None) == getattr(theirs, "begin_index", None)


def test_no_step_is_no_picture():
    with pytest.raises(InvalidInput, match=r"strength 0.1 .* 8 steps") as refused:
        timesteps(scheduler_named("euler", SDXL), 8, 0.1)
    assert "0.1" in refused.value.message.zh


@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_frame_of_a_batch_is_the_frame_alone(name):
    """Each row draws its own noise, from its own generator."""
    picture = torch.rand(SHAPE, generator=torch.Generator().manual_seed(5))
    noise = torch.randn(SHAPE, generator=torch.Generator().manual_seed(6))

    def painted(rows: slice) -> torch.Tensor:
        scheduler = scheduler_named(name, SDXL)
        steps = timesteps(scheduler, 6)
        start = noise[rows] * scheduler.init_noise_sigma
        return denoised(scheduler, steps, start, picture[rows] * 2, generators()[rows])

    both = painted(slice(0, 2))
    torch.testing.assert_close(both[:1], painted(slice(0, 1)), rtol=0, atol=0)
    torch.testing.assert_close(both[1:], painted(slice(1, 2)), rtol=0, atol=0)


def test_generators_are_given_to_those_that_take_them():
    own = generators()
    assert step_arguments(scheduler_named("lcm", SDXL), own) == {"generator": own}
    assert step_arguments(scheduler_named("unipc", SDXL), own) == {}
    assert step_arguments(scheduler_named("euler", SDXL), [None, None]) == {}


@pytest.mark.parametrize(
    ("name", "rows"), [("lcm", [None, None]), ("euler_a", [None]), ("euler", [None, torch.Generator()])]
)
def test_noise_that_could_not_be_drawn_again_is_refused(name, rows):
    with pytest.raises(ValueError, match="generator"):
        step_arguments(scheduler_named(name, SDXL), rows)


def open_steps(steps: int, start: float, end: float) -> list[int]:
    return [i for i in range(steps) if window(i, steps, start, end)]


def test_recorded_windows():
    assert open_steps(6, 0.2, 0.8) == [2, 3]
    assert open_steps(30, 0.0, 1.0) == list(range(30))
    assert open_steps(30, 0.0, 0.8) == list(range(24))
    assert open_steps(8, 0.0, 0.5) == [0, 1, 2, 3]
    assert open_steps(5, 0.4, 0.4) == []


@given(st.integers(1, 60), st.floats(0, 1), st.floats(0, 1))
def test_an_open_window_is_one_run_of_steps_inside_it(count, start, end):
    steps = open_steps(count, start, end)
    assert steps == list(range(steps[0], steps[-1] + 1)) if steps else True
    assert len(steps) <= max(0.0, end - start) * count + 1e-9
    assert len(steps) >= (end - start) * count - 2


@pytest.mark.slow
@pytest.mark.parametrize(("steps", "start", "end"), [(6, 0.2, 0.8), (5, 0.0, 0.6), (10, 0.3, 0.7), (7, 0.0, 1.0)])
def test_a_window_is_open_where_diffusers_pipeline_has_it_open(shared: Path, steps, start, end):
    """The scale that the pipeline itself hands its ControlNet at each step: 0 is closed."""
    from diffusers import ControlNetModel, StableDiffusionXLControlNetPipeline
    from PIL import Image

    case = shared / "instantid-kit" / "open" / "base"
    heard: list[float] = []

    class Heard(ControlNetModel):
        def forward(self, *arguments, conditioning_scale, **named):
            heard.append(conditioning_scale)
            return super().forward(*arguments, conditioning_scale=conditioning_scale, **named)

    net = Heard.from_pretrained(case / "checkpoints" / "ControlNetModel")
    pipeline = StableDiffusionXLControlNetPipeline.from_pretrained(case / "base_model", controlnet=net)
    pipeline.set_progress_bar_config(disable=True)
    pipeline(
        "a face", image=Image.new("RGB", (32, 32)), height=32, width=32, num_inference_steps=steps, guidance_scale=1.0,
        controlnet_conditioning_scale=0.8, control_guidance_start=start, control_guidance_end=end, output_type="latent",
    )  # fmt: skip
    assert [i for i, scale in enumerate(heard) if scale] == open_steps(steps, start, end)
    assert len(heard) == steps
