"""Where the networks lie while they work, by the plan: all on the card, or in turns, or brought in layer by layer."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch
from diffusers.hooks.group_offloading import apply_group_offloading
from torch import nn

from studio.device import Plan, Sizes

Phase = Literal["reading", "denoising", "decoding"]


@dataclass(eq=False)
class Groups:
    """Modules by when they work.

    reading: what makes tokens of texts and pictures. denoising: UNet and ControlNets. projections: the parts of those
    that make keys and values, which `attention.Memory` fetches by itself. decoding: the VAE.
    """

    reading: list[nn.Module] = field(default_factory=list)
    denoising: list[nn.Module] = field(default_factory=list)
    projections: list[nn.Module] = field(default_factory=list)
    decoding: list[nn.Module] = field(default_factory=list)

    def sizes(self, megapixels: float) -> Sizes:
        """In half precision."""
        projections = _bytes(self.projections)
        return Sizes(
            reading=_bytes(self.reading),
            denoising=_bytes(self.denoising) - projections,
            projections=projections,
            vae=_bytes(self.decoding),
            megapixels=megapixels,
        )


class Residence:
    """Moves modules as the plan says. Phases follow one another for each batch: reading, denoising, decoding."""

    def __init__(self, plan: Plan, groups: Groups):
        self.plan = plan
        self._groups = groups
        self._device = torch.device(plan.device)
        self._here: Phase | None = None
        self._fetch(groups.decoding)
        if plan.streamed:
            for module in groups.denoising:
                apply_group_offloading(
                    module,
                    self._device,
                    torch.device("cpu"),
                    offload_type="block_level",
                    num_blocks_per_group=1,
                    use_stream=True,
                )
        elif not plan.in_turns:
            self._fetch([*groups.reading, *groups.denoising])

    def enter(self, phase: Phase) -> None:
        """Bring in what this phase works with, and send away what the plan has no room for beside it."""
        if not self.plan.in_turns or self._here == phase:
            return
        streamed = self.plan.streamed
        if phase == "decoding":
            if self.plan.evicted and not streamed:
                self._send_away(self._groups.denoising)
        elif phase == "reading":
            if not streamed:
                self._send_away(self._groups.denoising)
            self._fetch(self._groups.reading)
        else:
            self._send_away(self._groups.reading)
            if not streamed:
                self._fetch(self._groups.denoising)
                self._send_away(self._groups.projections)
        self._here = phase

    def _fetch(self, modules: Sequence[nn.Module]) -> None:
        for module in modules:
            module.to(self._device)

    def _send_away(self, modules: Sequence[nn.Module]) -> None:
        for module in modules:
            module.to("cpu")


def _bytes(modules: Sequence[nn.Module]) -> int:
    return sum(2 * parameter.numel() for module in modules for parameter in module.parameters())
