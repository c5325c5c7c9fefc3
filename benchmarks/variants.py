"""The studio's denoiser with CUDA graphs around its step, or with one of its savings taken away."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from typing import Any

import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor

from studio.engines.sdxl.composition import Composition, Course
from studio.engines.sdxl.denoising import Denoiser
from studio.engines.sdxl.schedule import window

WARM_UPS = 3  # on a stream of their own before a capture, as torch asks for

# (what stays the same over the steps, rows, timestep) -> noise
Step = Callable[[Any, Tensor, Tensor], Tensor]


class VariantDenoiser(Denoiser):
    """graphs: each shape of step is captured once, and replayed over the same memory from then on. keys_kept: keys and
    values of texts and faces are projected once, and not at each step. pictures_kept: likewise the embedded keypoints.

    captures, replays: how many there were.
    """

    def __init__(
        self,
        unet: UNet2DConditionModel,
        graphs: bool = False,
        keys_kept: bool = True,
        pictures_kept: bool = True,
    ):
        super().__init__(unet)
        self._graphs = graphs
        self._keys_kept = keys_kept
        self._pictures_kept = pictures_kept
        # one with guidance, one without
        self._made: deque[tuple[Any, tuple[Any, ...]]] = deque(maxlen=2)
        self._captured: dict[tuple[Any, ...], Captured] = {}
        self._pool: Any = None
        self.replays = 0

    @property
    def captures(self) -> int:
        """Shapes of step that were captured."""
        return len(self._captured)

    def forget(self) -> None:
        """Let go of keys and values, as if no text had been read and nobody seen; what was captured stays."""
        for memory in (self.text, *self.adapters.values(), *(control.memory for control in self.controls.values())):
            memory.forget()

    def _side(self, frames: Sequence[Composition], course: Course, guided: bool, latents: Tensor) -> Any:
        side = super()._side(frames, course, guided, latents)
        self._made.append((side, (frames, course, guided, latents)))
        return side

    def _predicted(
        self, side: Any, course: Course, rows: Tensor, timestep: Tensor, step: int, steps: int, watch: Any
    ) -> Tensor:
        if not (self._keys_kept and self._pictures_kept):
            side = self._again(side)
        if not self._graphs:
            return super()._predicted(side, course, rows, timestep, step, steps, watch)
        on = [window(step, steps, *switch.window) for switch, _ in side.controls]
        faces = window(step, steps, *course.face_attention)
        key = (*on, faces, *(tuple(each.shape) for each in (rows, *_tensors(side))))
        if key not in self._captured:

            def eager(side: Any, rows: Tensor, timestep: Tensor) -> Tensor:
                return Denoiser._predicted(self, side, course, rows, timestep, step, steps, None)

            if self._pool is None and rows.is_cuda:
                self._pool = torch.cuda.graph_pool_handle()
            self._captured[key] = Captured(eager, side, rows, timestep, self._pool)
        self.replays += 1
        return self._captured[key](side, rows, timestep)

    def _again(self, side: Any) -> Any:
        """The same, with what is not kept computed anew."""
        if not self._keys_kept:
            self.forget()
        if not self._pictures_kept:
            self._sides.forget()
        return super()._side(*next(given for made, given in self._made if made is side))


class Captured:
    """A step that reads and writes the same memory each time. Without a card it is run and not replayed."""

    def __init__(self, step: Step, side: Any, rows: Tensor, timestep: Tensor, pool: Any):
        self._side = deepcopy(side)
        for image in self._side.images:  # views that repeat one number cannot be written to
            image.weights = {tokens: weight.contiguous() for tokens, weight in image.weights.items()}
        self._rows, self._timestep = rows.clone(), timestep.clone()
        self._held: Any = side
        self._step = step
        self._graph: Any = None
        if rows.is_cuda:
            aside = torch.cuda.Stream()
            aside.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(aside):
                for _ in range(WARM_UPS):
                    self._run()
            torch.cuda.current_stream().wait_stream(aside)
            self._graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(self._graph, pool=pool):
                self._out = self._run()

    def __call__(self, side: Any, rows: Tensor, timestep: Tensor) -> Tensor:
        """What comes out is overwritten by the next call."""
        if side is not self._held:
            for mine, given in zip(_tensors(self._side), _tensors(side), strict=True):
                mine.copy_(given)
            self._held = side
        self._rows.copy_(rows)
        self._timestep.copy_(timestep)
        if self._graph is None:
            return self._run()
        self._graph.replay()
        return self._out

    def _run(self) -> Tensor:
        return self._step(self._side, self._rows, self._timestep)


def _tensors(side: Any) -> Iterator[Tensor]:
    for pair in side.text:
        yield from pair
    yield from side.added.values()
    for image in side.images:
        for pair in image.layers:
            yield from pair
        yield from image.weights.values()
    for _, seats in side.controls:
        yield from (seats.rows, *seats.turns, seats.pictures, seats.scales)
        for pair in seats.reads:
            yield from pair
        if seats.regions is not None:
            yield seats.regions
