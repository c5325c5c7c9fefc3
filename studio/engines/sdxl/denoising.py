"""The denoising loop: frames with different texts, people and seeds in one batch, nothing computed twice.

Rows of a guided step: the unconditional half first, then the conditional half. A ControlNet that is off at a step is
not called: that is bit for bit what multiplying its residuals by zero gives.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor

from studio.engines.sdxl.attention import Memory, listen, of_layers
from studio.engines.sdxl.composition import Composition, Course
from studio.engines.sdxl.control import Control, Residuals, added_up, as_unet_takes_them, masked, scaled
from studio.engines.sdxl.schedule import step_arguments, timesteps, window
from studio.engines.sdxl.sides import Side, Sides

# (step, steps, latents (B, C, h, w), what the frames look like so far (B, C, h, w)); raises JobCancelled
OnLatents = Callable[[int, int, Tensor, Tensor], None]
# (name, step, tensor): see `Denoiser.run`
Watch = Callable[[str, int, Tensor], None]


class Denoiser:
    """A UNet with what conditions it. adapters: name -> memory of that IP-Adapter's keys and values; `identity` is
    InstantID's. controls: name -> ControlNet; `identity` is IdentityNet."""

    def __init__(self, unet: UNet2DConditionModel):
        self.unet = unet
        self._reading, self.crossing = listen(unet)
        self.text: Memory = of_layers(self.crossing)
        self.adapters: dict[str, Memory] = {}
        self.controls: dict[str, Control] = {}
        levels = len(unet.config["block_out_channels"])
        self._sides = Sides(self.text, self.adapters, self.controls, levels)
        self._width: int = unet.config["cross_attention_dim"]

    @torch.inference_mode()
    def run(
        self,
        frames: Sequence[Composition],
        course: Course,
        scheduler: Any,
        on_latents: OnLatents,
        watch: Watch | None = None,
    ) -> Tensor:
        """(B, C, h, w) latents of the finished frames. scheduler: one of this run's own.

        watch hears of `residuals/<control>/<n>` (scaled, before any mask; rows as the control saw them),
        `unet_residuals/<n>` (masked, summed), `noise_pred` (before guidance) and `latents` (after each step).
        """
        device, dtype = self.unet.device, self.unet.dtype
        steps = timesteps(scheduler, course.num_inference_steps, course.strength, device)
        noise = torch.stack([frame.noise for frame in frames]).to(device, dtype)
        starts = [frame.start for frame in frames]
        start = None if None in starts else torch.stack([each for each in starts if each is not None]).to(device, dtype)
        latents = noise * scheduler.init_noise_sigma
        if start is not None:
            latents = scheduler.add_noise(start, noise, steps[:1].repeat(len(frames)))
        repaint = _repaint(frames, latents)
        guided = course.guidance_scale > 1.0
        sides = {True: self._side(frames, course, True, latents)} if guided else {}
        extra = step_arguments(scheduler, [frame.generator for frame in frames])
        for step, timestep in enumerate(steps):
            both = guided and window(step, len(steps), 0.0, course.guidance_end)
            if both not in sides:
                sides[both] = self._side(frames, course, both, latents)
            entering = scheduler.scale_model_input(latents, timestep)
            rows = torch.cat([entering, entering]) if both else entering
            predicted = self._predicted(sides[both], course, rows, timestep, step, len(steps), watch)
            if watch:
                watch("noise_pred", step, predicted)
            if both:
                unconditional, conditional = predicted.chunk(2)
                predicted = unconditional + course.guidance_scale * (conditional - unconditional)
            out = scheduler.step(predicted, timestep, latents, **extra)
            latents = out.prev_sample
            if repaint is not None and start is not None:
                later = steps[step + 1 : step + 2]
                kept = scheduler.add_noise(start, noise, later.repeat(len(frames))) if len(later) else start
                latents = repaint * latents + (1 - repaint) * kept
            if watch:
                watch("latents", step, latents)
            on_latents(step, len(steps), latents, _foreseen(out, scheduler, latents))
        self._sides.forget()
        return latents

    def _side(self, frames: Sequence[Composition], course: Course, guided: bool, latents: Tensor) -> Side:
        return self._sides.side(frames, course, guided, latents)

    def _predicted(
        self, side: Side, course: Course, rows: Tensor, timestep: Tensor, step: int, steps: int, watch: Watch | None
    ) -> Tensor:
        residuals: Residuals | None = None
        for control, seats in side.controls:
            if not window(step, steps, *control.window):
                continue
            made = self.controls[control.name].residuals(
                rows[seats.rows], timestep, {name: each[seats.rows] for name, each in side.added.items()},
                seats.pictures, seats.reads,
            )  # fmt: skip
            made = scaled(made, seats.scales)
            if watch:
                for n, each in enumerate(made):
                    watch(f"residuals/{control.name}/{n}", step, each)
            if seats.regions is not None:
                made = masked(made, seats.regions)
            if seats.straight and len(side.controls) == 1:
                residuals = made
                continue
            for turn in seats.turns:
                residuals = added_up(residuals, tuple(each[turn] for each in made), seats.rows[turn], len(rows))
        if watch:
            for n, each in enumerate(residuals or ()):
                watch(f"unet_residuals/{n}", step, each)
        faces = window(step, steps, *course.face_attention)
        images = side.images if faces else [each for each in side.images if each not in side.faces]
        self._reading.hear(side.text, images)
        return self.unet(
            rows,
            timestep,
            encoder_hidden_states=rows.new_zeros((len(rows), 1, self._width)),
            added_cond_kwargs=side.added,
            return_dict=False,
            **as_unet_takes_them(residuals),
        )[0]


def _repaint(frames: Sequence[Composition], latents: Tensor) -> Tensor | None:
    if all(frame.repaint is None for frame in frames):
        return None
    height, width = latents.shape[-2:]
    masks = [torch.ones(height, width) if frame.repaint is None else frame.repaint for frame in frames]
    return torch.stack(masks)[:, None].to(latents)


def _foreseen(out: Any, scheduler: Any, latents: Tensor) -> Tensor:
    """The scheduler's own idea of the finished latents, where it has one."""
    foreseen = getattr(out, "pred_original_sample", None)
    if foreseen is None:
        foreseen = getattr(out, "denoised", None)
    if foreseen is None:
        kept: Mapping[int, Any] | Sequence[Any] | None = getattr(scheduler, "model_outputs", None)
        foreseen = kept[-1] if kept and scheduler.config.get("algorithm_type", "").startswith("dpmsolver++") else None
    return latents if foreseen is None else foreseen
