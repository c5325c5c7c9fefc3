"""Schedulers by their names, the steps that a start picture leaves, and when a window is open."""

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from diffusers.schedulers.scheduling_ddim import DDIMScheduler
from diffusers.schedulers.scheduling_dpmsolver_multistep import DPMSolverMultistepScheduler
from diffusers.schedulers.scheduling_euler_ancestral_discrete import EulerAncestralDiscreteScheduler
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from diffusers.schedulers.scheduling_lcm import LCMScheduler
from diffusers.schedulers.scheduling_unipc_multistep import UniPCMultistepScheduler
from torch import Tensor

from storage.errors import InvalidInput
from studio.engines.sdxl.options import LCM_STEPS, SchedulerName, Spacing

# A name means one thing whatever scheduler the checkpoint was saved with, so what may be left over from another is set.
# DDIM and LCM clip nothing: SDXL's latents reach past 1.
_PLAIN = {"use_karras_sigmas": False, "use_exponential_sigmas": False, "use_beta_sigmas": False}
_NAMED: dict[SchedulerName, tuple[type[Any], dict[str, Any]]] = {
    "euler": (EulerDiscreteScheduler, _PLAIN),
    "euler_a": (EulerAncestralDiscreteScheduler, {}),
    "dpmpp_2m_karras": (
        DPMSolverMultistepScheduler,
        {
            **_PLAIN,
            "use_karras_sigmas": True,
            "algorithm_type": "dpmsolver++",
            "solver_order": 2,
            "solver_type": "midpoint",
        },
    ),
    "unipc": (UniPCMultistepScheduler, {**_PLAIN, "solver_order": 2, "solver_type": "bh2"}),
    "lcm": (LCMScheduler, {"clip_sample": False, "thresholding": False, "original_inference_steps": LCM_STEPS}),
    "ddim": (DDIMScheduler, {"clip_sample": False, "thresholding": False}),
}
_DRAWS_NOISE = (LCMScheduler, EulerAncestralDiscreteScheduler)


def scheduler_named(name: SchedulerName, config: Mapping[str, Any], spacing: Spacing = "base") -> Any:
    """A scheduler of one run's own, from the checkpoint's scheduler config (scheduler_config.json, or `scheduler.config`).

    Betas, prediction type, offsets and, with spacing 'base', timestep spacing are the checkpoint's. Raises InvalidInput
    for a config that is not of SDXL's family of diffusion models.
    """
    if not {"beta_start", "beta_end", "beta_schedule"} <= config.keys():
        found = config.get("_class_name", "?")
        raise InvalidInput(
            f"The checkpoint's scheduler ({found}) has no noise schedule of betas, so it is no SDXL checkpoint: "
            "choose another base.",
            f"底模的采样器（{found}）没有 beta 噪声表，不是 SDXL 底模：请换一个底模。",
        )
    kind, settings = _NAMED[name]
    spaced = {} if spacing == "base" else {"timestep_spacing": spacing}
    return kind.from_config(dict(config), **settings, **spaced)


def timesteps(
    scheduler: Any, num_inference_steps: int, strength: float | None = None, device: torch.device | str | None = None
) -> Tensor:
    """(S,) timesteps to run, in order. Sets them in the scheduler.

    strength None: all of them, for a picture from noise. Else, for one from a start picture, the last
    int(num_inference_steps * strength), as diffusers' img2img pipelines count. Raises InvalidInput where that is none.
    """
    scheduler.set_timesteps(num_inference_steps, device=device)
    if strength is None:
        return scheduler.timesteps
    left_out = num_inference_steps - min(int(num_inference_steps * strength), num_inference_steps)
    if left_out == num_inference_steps:
        raise InvalidInput(
            f"At strength {strength:g} none of the {num_inference_steps} steps would run: "
            "raise strength or num_inference_steps.",
            f"强度为 {strength:g} 时，{num_inference_steps} 步中一步也不会执行：请提高 strength 或 num_inference_steps。",
        )
    begin = left_out * scheduler.order
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(begin)
    return scheduler.timesteps[begin:]


def window(i: int, S: int, start: float, end: float) -> bool:  # noqa: N803
    """Whether step i (from 0) of S lies wholly in start..end, fractions of the steps: diffusers' rule for ControlNets."""
    return i / S >= start and (i + 1) / S <= end


def step_arguments(scheduler: Any, generators: Sequence[torch.Generator | None]) -> dict[str, Any]:
    """What `scheduler.step` is given beside its tensors: a generator for each row, so that a frame's noise is its own.

    Raises ValueError where the scheduler draws noise and a row has no generator: such a frame could not be made again.
    """
    given = [generator for generator in generators if generator is not None]
    if len(given) < len(generators):
        if isinstance(scheduler, _DRAWS_NOISE) or given:
            raise ValueError(f"{type(scheduler).__name__}: every frame of the batch needs a generator, or none does")
        return {}
    return {"generator": given} if "generator" in inspect.signature(scheduler.step).parameters else {}
