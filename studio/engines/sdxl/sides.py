"""What stays the same over all steps of a batch: what each row reads, whose regions are where, what controls look at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from studio.engines.sdxl.attention import Memory, Pair, Prompted, grids, stacked
from studio.engines.sdxl.composition import Composition, Course, ImagePrompt, Person, Tokens, Window
from studio.engines.sdxl.control import Control, rows_of
from studio.engines.sdxl.text import Text

IDENTITY = "identity"


@dataclass(eq=False)
class _Seat:
    """A person in a frame of the batch."""

    frame: int
    person: Person
    picture: Tensor


@dataclass(eq=False)
class Switch:
    """A ControlNet by its name, and when it is on."""

    name: str
    window: Window


@dataclass(eq=False)
class Seats:
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
class Side:
    text: list[Pair]
    added: dict[str, Tensor]
    images: list[Prompted]
    faces: list[Prompted]
    controls: list[tuple[Switch, Seats]]


class Sides:
    """Makes the sides of a batch from the memories of a UNet, of its adapters and of its controls."""

    def __init__(self, text: Memory, adapters: Mapping[str, Memory], controls: Mapping[str, Control], levels: int):
        self._text = text
        self._adapters = adapters
        self._controls = controls
        self._levels = levels
        self._embedded: dict[str, Tensor] = {}

    def forget(self) -> None:
        """Drop the embedded pictures: the next batch has others."""
        self._embedded.clear()

    def side(self, frames: Sequence[Composition], course: Course, guided: bool, latents: Tensor) -> Side:
        """What stays the same over the steps, for guided rows or for the conditional half alone."""
        texts = [frame.negative for frame in frames] * guided + [frame.text for frame in frames]
        faces = [*self._identities(frames, guided, latents), *self._image_prompts(frames, guided, latents, face=True)]
        others = list(self._image_prompts(frames, guided, latents, face=False))
        return Side(
            text=stacked([self._text.of(text.key, text.embeds.to(latents)) for text in texts]),
            added=_added(texts, course, latents),
            images=[*faces, *others],
            faces=faces,
            controls=[
                *self._identity(frames, course, guided, latents),
                *self._hints(frames, course, guided, latents),
            ],
        )

    def _identities(self, frames: Sequence[Composition], guided: bool, latents: Tensor) -> Iterator[Prompted]:
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

    def _image_prompts(
        self, frames: Sequence[Composition], guided: bool, latents: Tensor, face: bool
    ) -> Iterator[Prompted]:
        for name in dict.fromkeys(prompt.adapter for frame in frames for prompt in frame.image_prompts):

            def speaks(prompt: ImagePrompt, name: str = name) -> bool:
                there = bool(prompt.scale) and not _nowhere(prompt.region)
                return there and prompt.adapter == name and prompt.face == face

            seats = [[prompt for prompt in frame.image_prompts if speaks(prompt)] for frame in frames]
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
        memory = self._adapters[adapter]
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
    ) -> Iterator[tuple[Switch, Seats]]:
        if IDENTITY not in self._controls:
            return
        control = self._controls[IDENTITY]
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
            Switch(IDENTITY, course.control_guidance),
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
    ) -> Iterator[tuple[Switch, Seats]]:
        for name in dict.fromkeys(hint.control for frame in frames for hint in frame.hints):
            control = self._controls[name]
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
                Switch(name, course.hints.get(name, (0.0, 1.0))),
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
            self._embedded[name] = self._controls[control].embedded(picture)
        return self._embedded[name]


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
) -> Seats:
    halves = 1 + guided
    nth: dict[int, list[int]] = {}
    for seat, frame in enumerate(frames):
        nth.setdefault(frames[:seat].count(frame), []).append(seat)
    stacked_pictures = torch.stack(pictures).to(latents)
    return Seats(
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
