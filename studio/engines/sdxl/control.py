"""IdentityNet, and ordinary ControlNets beside it: what they add to the UNet, with their picture embedded once.

InstantID's IdentityNet (arXiv 2401.07519) is an SDXL ControlNet whose cross-attention reads the face tokens where
another ControlNet reads the text. Here that is no subclass: both read what their `reading` holds.
"""

import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from torch import Tensor, nn
from torch.nn import functional

from storage.errors import InvalidInput
from studio.engines.sdxl.attention import Memory, Pair, listen, of_layers

Residuals = tuple[Tensor, ...]


class Control:
    """A ControlNet that is told what it reads, and whose picture is embedded apart from its steps.

    memory: keys and values of what it reads, text or face tokens.
    """

    def __init__(self, network: ControlNetModel):
        if network.config["controlnet_conditioning_channel_order"] != "rgb":
            raise InvalidInput(
                "This ControlNet takes its picture in BGR order, which no SDXL one does. Use an SDXL ControlNet.",
                "该 ControlNet 使用 BGR 顺序，不是 SDXL 的 ControlNet。请换用 SDXL 版本。",
            )
        self.network = network
        self._embedding: nn.Module = network.controlnet_cond_embedding
        # the forward of a ControlNet embeds its picture at every step and for both halves of the guidance
        network.controlnet_cond_embedding = nn.Identity()  # pyright: ignore[reportAttributeAccessIssue]
        self._reading, crossing = listen(network)
        self.memory: Memory = of_layers(crossing)
        self._width: int = network.config["cross_attention_dim"]

    @property
    def modules(self) -> tuple[nn.Module, nn.Module]:
        """What must lie on the device while it works: the network, and what embeds its picture."""
        return self.network, self._embedding

    def embedded(self, picture: Tensor) -> Tensor:
        """(C, h, w) of a picture (3, H, W) in 0..1, RGB."""
        return self._embedding(picture[None].to(next(self._embedding.parameters())))[0]

    def residuals(
        self, latents: Tensor, timestep: Tensor, added: dict[str, Tensor], pictures: Tensor, reads: list[Pair]
    ) -> Residuals:
        """What it adds to the UNet's skip connections, then to its middle, unscaled.

        latents: (R, C, h, w); added: the UNet's own text_embeds and time_ids; pictures: (R, C, h, w) embedded; reads:
        per layer (R, heads, T, d).
        """
        self._reading.hear(reads)
        down, middle = self.network(
            latents,
            timestep,
            encoder_hidden_states=latents.new_zeros((len(latents), 1, self._width)),
            controlnet_cond=pictures,
            conditioning_scale=1.0,
            added_cond_kwargs=added,
            return_dict=False,
        )
        return (*down, middle)


def masked(residuals: Residuals, regions: Tensor) -> Residuals:
    """Each residual times its rows' regions (R, 1, H, W) in 0..1, shrunk to its grid (bilinear, as InstantID does)."""
    sizes = {each.shape[-2:] for each in residuals}
    shrunk = {
        size: functional.interpolate(regions, size=size, mode="bilinear", align_corners=False, antialias=False)
        for size in sizes
    }
    return tuple(each * shrunk[each.shape[-2:]] for each in residuals)


def added_up(sums: Residuals | None, residuals: Residuals, rows: Tensor, count: int) -> Residuals:
    """`sums` with `residuals` added at `rows`, each row once; sums None: zeros for `count` rows.

    Row by row and not by index_add, whose order of summation differs from run to run on a card.
    """
    if sums is None:
        sums = tuple(each.new_zeros((count, *each.shape[1:])) for each in residuals)
    for total, each in zip(sums, residuals, strict=True):
        total[rows] = total[rows] + each
    return sums


def scaled(residuals: Residuals, scales: Tensor) -> Residuals:
    """Each row times its own scale (R,)."""
    return tuple(each * scales.to(each).view(-1, 1, 1, 1) for each in residuals)


def as_unet_takes_them(residuals: Residuals | None) -> dict[str, Tensor | tuple[Tensor, ...]]:
    """Keyword arguments of the UNet's forward; none where no control is on."""
    if residuals is None:
        return {}
    return {
        "down_block_additional_residuals": residuals[:-1],
        "mid_block_additional_residual": residuals[-1],
    }


def rows_of(frames: list[int], count: int, guided: bool) -> Tensor:
    """Rows of these frames in a batch of `count` frames: with guidance the unconditional half comes first."""
    return torch.tensor(frames + [count + frame for frame in frames] if guided else frames)
