"""A random checkpoint in SDXL's layout as diffusers' own pipeline, which is the second implementation in these tests."""

import copy
from functools import cache
from pathlib import Path

import torch
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from torch import Tensor, nn

NETS = ("unet", "text_encoder", "text_encoder_2")


@cache
def _read(folder: Path) -> StableDiffusionXLPipeline:
    return StableDiffusionXLPipeline.from_pretrained(folder, local_files_only=True)


def sdxl(weights: Path) -> StableDiffusionXLPipeline:
    """A pipeline that nobody else has."""
    parts = dict(_read(weights / "base" / "tiny").components)
    own = {name: copy.deepcopy(parts[name]) for name in (*NETS, "tokenizer", "tokenizer_2")}
    pipeline = StableDiffusionXLPipeline(**parts | own, force_zeros_for_empty_prompt=True)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def nets(pipeline: StableDiffusionXLPipeline) -> dict[str, nn.Module]:
    return {name: getattr(pipeline, name) for name in NETS}


def fingerprint(pipeline: StableDiffusionXLPipeline) -> dict[str, tuple[int, bytes]]:
    """name -> address and bytes of every weight."""
    return {
        f"{net}.{name}": (tensor.data_ptr(), tensor.numpy().tobytes())
        for net, module in nets(pipeline).items()
        for name, tensor in module.state_dict().items()
    }


@torch.no_grad()
def noise_of(pipeline: StableDiffusionXLPipeline) -> Tensor:
    """What the UNet says for one fixed input; unlike the weights, it shows what a frame would become."""
    draw = torch.Generator().manual_seed(5)
    config = pipeline.unet.config
    pooled = pipeline.text_encoder_2.config.projection_dim
    added = {
        "text_embeds": torch.randn(1, pooled, generator=draw),
        "time_ids": torch.tensor([[64.0, 64.0, 0, 0, 64, 64]]),
    }
    text = torch.randn(1, 77, config.cross_attention_dim, generator=draw)
    latents = torch.randn(1, config.in_channels, 8, 8, generator=draw)
    return pipeline.unet(latents, 500, text, added_cond_kwargs=added).sample
