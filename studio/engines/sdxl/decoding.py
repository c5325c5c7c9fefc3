"""Between pictures and latents."""

from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor
from torch.nn import functional

PREVIEW_LATENTS = 24  # longer side, in latents, of what a preview is decoded from


class Codec:
    """A VAE with its scaling. factor: pixels a latent; channels: of the latents."""

    def __init__(self, vae: AutoencoderKL):
        self.vae = vae
        config: Any = vae.config
        self.factor = 2 ** (len(config.block_out_channels) - 1)
        self.channels: int = config.latent_channels
        self._scale: float = config.scaling_factor
        mean, std = getattr(config, "latents_mean", None), getattr(config, "latents_std", None)
        self._mean = torch.tensor(mean or [0.0] * self.channels).view(1, -1, 1, 1)
        self._std = torch.tensor(std or [1.0] * self.channels).view(1, -1, 1, 1)

    def tile(self, pixels: int) -> None:
        """Decode in overlapping squares of so many pixels. The VAE's own default is SDXL's whole canvas: it saves nothing."""
        self.vae.tile_sample_min_size = pixels
        self.vae.tile_latent_min_size = pixels // self.factor
        self.vae.enable_tiling()

    @torch.inference_mode()
    def decoded(self, latents: Tensor) -> Tensor:
        """(B, C, h, w) latents -> (B, 3, H, W) float32 in 0..1, RGB."""
        latents = latents.to(self.vae.device, self.vae.dtype)
        latents = latents * self._std.to(latents) / self._scale + self._mean.to(latents)
        picture = self.vae.decode(latents, return_dict=False)[0]  # pyright: ignore[reportArgumentType]
        return (picture.float() / 2 + 0.5).clamp(0, 1)

    @torch.inference_mode()
    def encoded(self, picture: Tensor, generator: torch.Generator) -> Tensor:
        """(3, H, W) in 0..1 -> (C, h, w) latents, drawn from the posterior with this generator."""
        signal = (picture[None] * 2 - 1).to(self.vae.device, self.vae.dtype)
        latents = self.vae.encode(signal).latent_dist.sample(generator=generator)  # pyright: ignore[reportAttributeAccessIssue]
        return ((latents - self._mean.to(latents)) * self._scale / self._std.to(latents))[0]

    def preview(self, latents: Tensor) -> Tensor:
        """(C, h, w) latents -> a small (3, H, W) picture in 0..1: shrunk first, so that it costs a fraction of a frame."""
        height, width = latents.shape[-2:]
        shrink = min(1.0, PREVIEW_LATENTS / max(height, width))
        size = max(1, round(height * shrink)), max(1, round(width * shrink))
        return self.decoded(functional.interpolate(latents[None].float(), size=size, mode="area"))[0]
