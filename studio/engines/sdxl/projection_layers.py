"""diffusers' own projections of the IP-Adapter family, built from the names and shapes of a published file.

Sizes are read from the tensors: width, tokens, heads of 64, depth, feed-forward, output. diffusers' loader fixes some
of them to the published values.
"""

import re
from collections.abc import Mapping

import torch
from diffusers.models.embeddings import (
    ImageProjection,
    IPAdapterFaceIDImageProjection,
    IPAdapterFaceIDPlusImageProjection,
    IPAdapterPlusImageProjection,
)
from torch import Tensor, nn

HEAD_WIDTH = 64

# a name in the file -> its name in diffusers' modules; `layers.L.0` is a block's attention, `layers.L.1` its feed-forward
_BLOCK = (
    (r"layers\.(\d+)\.0\.norm1\.", r"layers.\1.ln0."),
    (r"layers\.(\d+)\.0\.norm2\.", r"layers.\1.ln1."),
    (r"layers\.(\d+)\.0\.to_out\.", r"layers.\1.attn.to_out.0."),
    (r"layers\.(\d+)\.0\.to_", r"layers.\1.attn.to_"),
    (r"layers\.(\d+)\.1\.0\.", r"layers.\1.ff.0."),
    (r"layers\.(\d+)\.1\.1\.", r"layers.\1.ff.1.net.0.proj."),
    (r"layers\.(\d+)\.1\.3\.", r"layers.\1.ff.1.net.2."),
)
_NAMES: dict[str, tuple[tuple[str, str], ...]] = {
    "identity": _BLOCK,
    "plain": ((r"^proj\.", "image_embeds."),),
    "plus": _BLOCK,
    "faceid": ((r"^proj\.0\.", "ff.net.0.proj."), (r"^proj\.2\.", "ff.net.2.")),
    "faceid-plusv2": (
        (r"^proj\.0\.", "proj.net.0.proj."),
        (r"^proj\.2\.", "proj.net.2."),
        (r"^perceiver_resampler\.", ""),
        *_BLOCK,
    ),
}


def projection_layers(kind: str, tensors: Mapping[str, Tensor]) -> tuple[nn.Module, int]:
    """(module, D) of an `image_proj`: frozen, dtype and memory those of the tensors.

    Raises KeyError, IndexError, ZeroDivisionError or RuntimeError where tensors are missing, too many or misshapen.
    """
    with torch.device("meta"):
        module, width = _BUILDERS[kind](tensors)
    module.load_state_dict(_renamed(kind, tensors), strict=True, assign=True)
    return module.requires_grad_(False).eval(), width


def _renamed(kind: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    renamed: dict[str, Tensor] = {}
    for name, tensor in tensors.items():
        for pattern, replacement in _NAMES[kind]:
            name = re.sub(pattern, replacement, name)
        if name.endswith("to_kv.weight"):  # keys first, values second
            keys, values = tensor.chunk(2, dim=0)
            renamed[name.replace("to_kv", "to_k")], renamed[name.replace("to_kv", "to_v")] = keys, values
        else:
            renamed[name] = tensor
    return renamed


def _plain(tensors: Mapping[str, Tensor]) -> tuple[nn.Module, int]:
    out, pooled = tensors["proj.weight"].shape
    width = tensors["norm.weight"].shape[0]
    return ImageProjection(pooled, width, out // width), width


def _resampler(tensors: Mapping[str, Tensor]) -> tuple[nn.Module, int]:
    _, tokens, hidden = tensors["latents"].shape
    width = tensors["proj_out.weight"].shape[0]
    module = IPAdapterPlusImageProjection(
        embed_dims=tensors["proj_in.weight"].shape[1],
        output_dims=width,
        hidden_dims=hidden,
        num_queries=tokens,
        dim_head=HEAD_WIDTH,
        **_blocks(tensors, ""),
    )
    return module, width


def _faceid(tensors: Mapping[str, Tensor]) -> tuple[nn.Module, int]:
    inner, embedding = tensors["proj.0.weight"].shape
    width = tensors["norm.weight"].shape[0]
    tokens = tensors["proj.2.weight"].shape[0] // width
    return IPAdapterFaceIDImageProjection(embedding, width, mult=inner // embedding, num_tokens=tokens), width


def _faceid_plus(tensors: Mapping[str, Tensor]) -> tuple[nn.Module, int]:
    inner, embedding = tensors["proj.0.weight"].shape
    width, patch = tensors["perceiver_resampler.proj_in.weight"].shape
    module = IPAdapterFaceIDPlusImageProjection(
        embed_dims=width,
        output_dims=width,
        hidden_dims=patch,
        id_embeddings_dim=embedding,
        num_tokens=tensors["proj.2.weight"].shape[0] // width,
        ffproj_ratio=inner // embedding,
        dim_head=HEAD_WIDTH,
        **_blocks(tensors, "perceiver_resampler."),
    )
    module.shortcut = True  # which is what makes it version 2
    return module, width


def _blocks(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, int]:
    """Depth, heads and feed-forward ratio of a Perceiver's blocks."""
    numbers = {int(name.removeprefix(prefix).split(".")[1]) for name in tensors if name.startswith(f"{prefix}layers.")}
    inner, width = tensors[f"{prefix}layers.0.1.1.weight"].shape
    return {
        "depth": max(numbers) + 1,
        "heads": tensors[f"{prefix}layers.0.0.to_q.weight"].shape[0] // HEAD_WIDTH,
        "ffn_ratio": inner // width,
    }


_BUILDERS = {
    "identity": _resampler,
    "plain": _plain,
    "plus": _resampler,
    "faceid": _faceid,
    "faceid-plusv2": _faceid_plus,
}
