"""Small random adapter files under their published names, and the networks they belong to."""

from functools import cache
from pathlib import Path

import torch
from diffusers import UNet2DConditionModel
from safetensors.torch import save_file
from torch import Tensor
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

WIDTH = 80  # of the text that the UNet reads
PATCH, POOLED = 48, 24  # widths of the image encoder
EMBEDDING = 512

Tensors = dict[str, Tensor]


@cache
def tiny_unet() -> UNet2DConditionModel:
    """One for all: what changes it takes a copy."""
    torch.manual_seed(1)
    return UNet2DConditionModel(
        sample_size=8,
        block_out_channels=(8, 16),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        transformer_layers_per_block=(1, 2),
        attention_head_dim=(1, 2),
        cross_attention_dim=WIDTH,
        norm_num_groups=8,
        use_linear_projection=True,
    ).eval()


def tiny_encoder(folder: Path, image_size: int = 32) -> Path:
    """A CLIP vision encoder's folder, as published: no preprocessor_config.json."""
    torch.manual_seed(2)
    config = CLIPVisionConfig(
        hidden_size=PATCH,
        intermediate_size=64,
        projection_dim=POOLED,
        num_hidden_layers=3,
        num_attention_heads=4,
        image_size=image_size,
        patch_size=8,
        hidden_act="gelu",
    )
    CLIPVisionModelWithProjection(config).save_pretrained(folder)
    return folder


def attention_half(unet: UNet2DConditionModel, lora: bool = False) -> Tensors:
    half: Tensors = {}
    for i, name in enumerate(unet.attn_processors):
        attn = unet.get_submodule(name.removesuffix(".processor"))
        if name.endswith("attn2.processor"):
            for side in ("k", "v"):
                half[f"{i}.to_{side}_ip.weight"] = torch.randn(attn.to_k.weight.shape) / 9
        if lora:
            for side, linear in {"q": attn.to_q, "k": attn.to_k, "v": attn.to_v, "out": attn.to_out[0]}.items():
                out, into = linear.weight.shape
                half[f"{i}.to_{side}_lora.down.weight"] = torch.randn(4, into) / 4
                half[f"{i}.to_{side}_lora.up.weight"] = torch.randn(out, 4) / 4
    return half


def projection_half(kind: str, width: int = WIDTH) -> Tensors:
    if kind == "plain":
        return linear("proj", 4 * width, POOLED) | norm("norm", width)
    if kind in ("identity", "plus"):
        into, dim = (EMBEDDING, 40) if kind == "identity" else (PATCH, 56)
        tokens = {"latents": torch.randn(1, 16, dim) / dim**0.5}
        return tokens | perceiver("", into, dim, width, heads=3, depth=4)
    face = linear("proj.0", 2 * EMBEDDING, EMBEDDING) | linear("proj.2", 4 * width, 2 * EMBEDDING) | norm("norm", width)
    if kind == "faceid":
        return face
    return face | perceiver("perceiver_resampler.", PATCH, width, width, heads=2, depth=4)


def perceiver(prefix: str, into: int, dim: int, out: int, heads: int, depth: int, ratio: int = 4) -> Tensors:
    made = linear("proj_in", dim, into) | linear("proj_out", out, dim) | norm("norm_out", out)
    for layer in range(depth):
        attention, forward = f"layers.{layer}.0", f"layers.{layer}.1"
        made |= norm(f"{attention}.norm1", dim) | norm(f"{attention}.norm2", dim) | norm(f"{forward}.0", dim)
        made |= linear(f"{attention}.to_q", 64 * heads, dim, bias=False)
        made |= linear(f"{attention}.to_kv", 128 * heads, dim, bias=False)
        made |= linear(f"{attention}.to_out", dim, 64 * heads, bias=False)
        made |= linear(f"{forward}.1", ratio * dim, dim, bias=False)
        made |= linear(f"{forward}.3", dim, ratio * dim, bias=False)
    return {prefix + name: tensor for name, tensor in made.items()}


def linear(name: str, out: int, into: int, bias: bool = True) -> Tensors:
    made = {f"{name}.weight": torch.randn(out, into) / into**0.5}
    return made | {f"{name}.bias": torch.randn(out) / 9} if bias else made


def norm(name: str, width: int) -> Tensors:
    return {f"{name}.weight": 1 + torch.randn(width) / 9, f"{name}.bias": torch.randn(width) / 9}


@cache
def adapter(kind: str) -> dict[str, Tensors]:
    """Both halves, as a published .bin holds them. One for all: what changes it takes a copy."""
    torch.manual_seed(3)
    return {"image_proj": projection_half(kind), "ip_adapter": attention_half(tiny_unet(), kind.startswith("faceid"))}


def write(halves: dict[str, Tensors], path: Path) -> Path:
    if path.suffix == ".bin":
        torch.save(halves, path)
    else:
        flat = {f"{half}.{name}": each for half, tensors in halves.items() for name, each in tensors.items()}
        save_file(flat, path)
    return path
