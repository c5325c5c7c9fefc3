"""The denoising loop: frames with different texts, people and seeds in one batch, nothing computed twice.

Rows of a guided step: the unconditional half first, then the conditional half. A ControlNet that is off at a step is
not called: that is bit for bit what multiplying its residuals by zero gives.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor
from torch.nn import functional

from studio.engines.sdxl.attention import Memory, Pair, Prompted, grids, listen, of_layers, stacked
from studio.engines.sdxl.composition import Composition, Course, Person, Tokens, Window
from studio.engines.sdxl.control import Control, Residuals, added_up, as_unet_takes_them, masked, rows_of, scaled
from studio.engines.sdxl.schedule import step_arguments, timesteps, window
from studio.engines.sdxl.text import Text

# (step, steps, latents (B, C, h, w), what the frames look like so far (B, C, h, w)); raises JobCancelled
OnLatents = Callable[[int, int, Tensor, Tensor], None]
# (name, step, tensor): see `Denoiser.run`
Watch = Callable[[str, int, Tensor], None]

IDENTITY = "identity"


@dataclass(eq=False)
class _Seat:
    """A person in a frame of the batch."""

    frame: int
    person: Person
    picture: Tensor


class Denoiser:
    """A UNet with what conditions it. adapters: name -> memory of that IP-Adapter's keys and values; `identity` is
    InstantID's. controls: name -> ControlNet; `identity` is IdentityNet."""

    def __init__(self, unet: UNet2DConditionModel):
        self.unet = unet
        self._reading, self.crossing = listen(unet)
        self.text: Memory = of_layers(self.crossing)
        self.adapters: dict[str, Memory] = {}
        self.controls: dict[str, Control] = {}
        self._embedded: dict[str, Tensor] = {}
        self._levels = len(unet.config["block_out_channels"])
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
        self._embedded.clear()
        return latents

    def _predicted(
        self, side: "_Side", course: Course, rows: Tensor, timestep: Tensor, step: int, steps: int, watch: Watch | None
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

    def _side(self, frames: Sequence[Composition], course: Course, guided: bool, latents: Tensor) -> "_Side":
        """What stays the same over the steps, for guided rows or for the conditional half alone."""
        texts = [frame.negative for frame in frames] * guided + [frame.text for frame in frames]
        faces = list(self._face_prompts(frames, guided, latents))
        others = list(self._image_prompts(frames, guided, latents))
        return _Side(
            text=stacked([self.text.of(text.key, text.embeds.to(latents)) for text in texts]),
            added=_added(texts, course, latents),
            images=[*faces, *others],
            faces=faces,
            controls=[
                *self._identity(frames, course, guided, latents),
                *self._hints(frames, course, guided, latents),
            ],
        )

    def _face_prompts(self, frames: Sequence[Composition], guided: bool, latents: Tensor) -> Iterator[Prompted]:
        """One Prompted per turn: everybody's first face, everybody's second ..."""
        seats = [
            [p for p in _in_order(frame.people) if p.ip_adapter_scale and not _nowhere(p.region)] for frame in frames
        ]
        for turn in range(max(map(len, seats), default=0)):
            present = [row[turn] if turn < len(row) else None for row in seats]
            yield self._prompted(
                IDENTITY,
                [(p.tokens, p.ip_adapter_scale, p.region) if p else None for p in present],
                guided,
                latents,
            )

    def _image_prompts(self, frames: Sequence[Composition], guided: bool, latents: Tensor) -> Iterator[Prompted]:
        for name in dict.fromkeys(prompt.adapter for frame in frames for prompt in frame.image_prompts):
            seats = [
                [p for p in frame.image_prompts if p.adapter == name and p.scale and not _nowhere(p.region)]
                for frame in frames
            ]
            for turn in range(max(map(len, seats), default=0)):
                present = [row[turn] if turn < len(row) else None for row in seats]
                yield self._prompted(
                    name, [(p.tokens, p.scale, p.region) if p else None for p in present], guided, latents
                )

    def _prompted(
        self,
        adapter: str,
        present: Sequence[tuple[Tokens, float, Tensor | None] | None],
        guided: bool,
        latents: Tensor,
    ) -> Prompted:
        memory = self.adapters[adapter]
        rows: list[list[Pair] | None] = []
        for half in _halves(guided):
            rows += [None if one is None else _of_half(memory, one[0], half, latents) for one in present]
        height, width = latents.shape[-2:]
        scales = torch.tensor([one[1] if one else 0.0 for one in present], dtype=latents.dtype, device=latents.device)
        regions = [one[2] if one else None for one in present]
        weights = {}
        for tokens, grid in grids(height, width, self._levels).items():
            weight = scales.view(-1, 1, 1).expand(-1, tokens, 1)
            if any(region is not None for region in regions):
                weight = weight * torch.stack([_on_grid(region, grid, latents) for region in regions])
            weights[tokens] = torch.cat([weight, weight]) if guided else weight
        return Prompted(stacked(rows), weights)

    def _identity(
        self, frames: Sequence[Composition], course: Course, guided: bool, latents: Tensor
    ) -> Iterator[tuple["_Switch", "_Seats"]]:
        if IDENTITY not in self.controls:
            return
        control = self.controls[IDENTITY]
        there = [
            _Seat(index, person, self._picture(IDENTITY, person.keypoints_key, person.keypoints))
            for index, frame in enumerate(frames)
            for person in _in_order(frame.people)
            if person.controlnet_conditioning_scale and not _nowhere(person.region)
        ]
        if not there:
            return
        reads = [
            _of_half(control.memory, seat.person.tokens, half, latents) for half in _halves(guided) for seat in there
        ]
        regions = None
        if any(seat.person.region is not None for seat in there):
            regions = torch.stack([_whole(seat.person.region, course, latents) for seat in there])
        yield (
            _Switch(IDENTITY, course.control_guidance),
            _seats(
                [seat.frame for seat in there],
                len(frames),
                guided,
                latents,
                pictures=[seat.picture for seat in there],
                reads=stacked(reads),
                scales=[seat.person.controlnet_conditioning_scale for seat in there],
                regions=regions,
            ),
        )

    def _hints(
        self, frames: Sequence[Composition], course: Course, guided: bool, latents: Tensor
    ) -> Iterator[tuple["_Switch", "_Seats"]]:
        for name in dict.fromkeys(hint.control for frame in frames for hint in frame.hints):
            control = self.controls[name]
            there = [
                (index, hint)
                for index, frame in enumerate(frames)
                for hint in frame.hints
                if hint.control == name and hint.scale
            ]
            if not there:
                continue
            texts = [frames[index].negative for index, _ in there] * guided + [frames[index].text for index, _ in there]
            yield (
                _Switch(name, course.hints.get(name, (0.0, 1.0))),
                _seats(
                    [index for index, _ in there],
                    len(frames),
                    guided,
                    latents,
                    pictures=[self._picture(name, hint.key, hint.picture) for _, hint in there],
                    reads=stacked([control.memory.of(text.key, text.embeds.to(latents)) for text in texts]),
                    scales=[hint.scale for _, hint in there],
                    regions=None,
                ),
            )

    def _picture(self, control: str, key: str, picture: Tensor) -> Tensor:
        name = f"{control}/{key}"
        if name not in self._embedded:
            self._embedded[name] = self.controls[control].embedded(picture)
        return self._embedded[name]


@dataclass(eq=False)
class _Switch:
    """A ControlNet by its name, and when it is on."""

    name: str
    window: Window


@dataclass(eq=False)
class _Seats:
    """The rows that a ControlNet works on. rows: which rows of the UNet; turns: parts of them with each UNet row once;
    straight: they are the UNet's own, so that nothing is to be gathered or added up."""

    rows: Tensor
    straight: bool
    turns: list[Tensor]
    pictures: Tensor
    reads: list[Pair]
    scales: Tensor
    regions: Tensor | None


@dataclass(eq=False)
class _Side:
    text: list[Pair]
    added: dict[str, Tensor]
    images: list[Prompted]
    faces: list[Prompted]
    controls: list[tuple[_Switch, _Seats]]


def _seats(
    frames: list[int],
    count: int,
    guided: bool,
    latents: Tensor,
    *,
    pictures: list[Tensor],
    reads: list[Pair],
    scales: list[float],
    regions: Tensor | None,
) -> _Seats:
    halves = 1 + guided
    nth: dict[int, list[int]] = {}
    for seat, frame in enumerate(frames):
        nth.setdefault(frames[:seat].count(frame), []).append(seat)
    stacked_pictures = torch.stack(pictures).to(latents)
    return _Seats(
        rows=rows_of(frames, count, guided).to(latents.device),
        straight=frames == list(range(count)),
        turns=[rows_of(seats, len(frames), guided).to(latents.device) for seats in nth.values()],
        pictures=stacked_pictures.repeat(halves, 1, 1, 1),
        reads=reads,
        scales=torch.tensor(scales * halves, device=latents.device),
        regions=None if regions is None else regions.repeat(halves, 1, 1, 1),
    )


def _halves(guided: bool) -> tuple[str, ...]:
    return ("negative", "given") if guided else ("given",)


def _of_half(memory: Memory, tokens: Tokens, half: str, like: Tensor) -> list[Pair]:
    """Keys and values of what the `negative` (unconditional) or the `given` half reads."""
    if half == "negative":
        return memory.of(tokens.negative_key, tokens.negative.to(like))
    return memory.of(tokens.key, tokens.given.to(like))


def _added(texts: Sequence[Text], course: Course, like: Tensor) -> dict[str, Tensor]:
    """SDXL's further conditions: pooled text; size as it was, corner of the crop, size as it is to be."""
    size = [course.height, course.width, 0, 0, course.height, course.width]
    return {
        "text_embeds": torch.stack([text.pooled for text in texts]).to(like),
        "time_ids": torch.tensor([size] * len(texts), dtype=like.dtype, device=like.device),
    }


def _in_order(people: Sequence[Person]) -> list[Person]:
    """The same order whoever came first, so that sums come out the same to the last bit."""
    return sorted(people, key=lambda person: (person.tokens.key, person.keypoints_key))


def _nowhere(region: Tensor | None) -> bool:
    return region is not None and not bool(region.any())


def _on_grid(region: Tensor | None, grid: tuple[int, int], like: Tensor) -> Tensor:
    """(L, 1) of a region (H, W): the nearest pixel of the canvas for each token, as InstantID's region control does."""
    if region is None:
        return like.new_ones((grid[0] * grid[1], 1))
    return functional.interpolate(region[None, None].to(like), size=grid, mode="nearest").view(-1, 1)


def _whole(region: Tensor | None, course: Course, like: Tensor) -> Tensor:
    """(1, H, W)."""
    return like.new_ones((1, course.height, course.width)) if region is None else region[None].to(like)


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
