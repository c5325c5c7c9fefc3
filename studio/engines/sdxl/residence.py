"""Where the networks lie while they work, by the plan: all on the card, or in turns, or brought in layer by layer."""

from collections.abc import Sequence
from typing import Any, Literal

import torch
from torch import nn

from studio.device import Plan, Sizes

Phase = Literal["reading", "denoising", "decoding"]


class Residence:
    """Moves modules as the plan says. Phases follow one another for each batch: reading, denoising, decoding.

    reading: what makes tokens of texts and pictures. denoising: UNet and ControlNets. projections: their key and value
    projections, which `attention.Memory` fetches by itself. decoding: the VAE.
    """

    def __init__(self, plan: Plan):
        self.plan = plan
        self._modules: dict[Phase, list[nn.Module]] = {"reading": [], "denoising": [], "decoding": []}
        self._projections: list[nn.Module] = []
        self._here: Phase | None = None

    @property
    def device(self) -> torch.device:
        return torch.device(self.plan.device)

    def add(self, phase: Phase, modules: Sequence[nn.Module], projections: Sequence[nn.Module] = ()) -> None:
        """Take modules in. projections: parts of them that stay away where the plan is in turns."""
        self._modules[phase] += modules
        self._projections += projections
        if self.plan.streamed and phase == "denoising":
            for module in modules:
                self._stream(module)
        elif not self.plan.in_turns or phase == "decoding":
            self._fetch(modules)
        if self._here == phase:
            self._here = None

    def enter(self, phase: Phase) -> None:
        """Bring in what this phase works with, and send away what the plan has no room for beside it."""
        if not self.plan.in_turns or self._here == phase:
            return
        if phase == "decoding":
            if self.plan.evicted:
                self._send_away("denoising")
                self._here = phase
            return
        self._send_away("denoising" if phase == "reading" else "reading")
        if not (self.plan.streamed and phase == "denoising"):
            self._fetch(self._modules[phase])
        self._here = phase

    def sizes(self, megapixels: float) -> Sizes:
        """What has been taken in, in half precision."""
        projections = _bytes(self._projections)
        return Sizes(
            reading=_bytes(self._modules["reading"]),
            denoising=_bytes(self._modules["denoising"]) - projections,
            projections=projections,
            vae=_bytes(self._modules["decoding"]),
            megapixels=megapixels,
        )

    def replan(self, plan: Plan) -> None:
        """Lie as another plan says from now on."""
        modules, projections = self._modules, self._projections
        self.plan, self._here = plan, None
        self._modules, self._projections = {"reading": [], "denoising": [], "decoding": []}, []
        for phase in modules:
            for module in modules[phase]:
                module.to("cpu")
            self.add(phase, modules[phase], projections if phase == "denoising" else ())
        if plan.device != "cpu":
            torch.cuda.empty_cache()

    def _fetch(self, modules: Sequence[nn.Module]) -> None:
        for module in modules:
            module.to(self.device)
        if self.plan.in_turns:
            for projection in self._projections:
                projection.to("cpu")

    def _send_away(self, phase: Phase) -> None:
        if self.plan.streamed and phase == "denoising":
            return  # its layers are away unless they work
        for module in self._modules[phase]:
            module.to("cpu")

    def _stream(self, module: Any) -> None:
        from diffusers.hooks import apply_group_offloading

        apply_group_offloading(
            module, self.device, torch.device("cpu"), offload_type="block_level", num_blocks_per_group=1, use_stream=True
        )


def _bytes(modules: Sequence[nn.Module]) -> int:
    return sum(2 * parameter.numel() for module in modules for parameter in module.parameters())
