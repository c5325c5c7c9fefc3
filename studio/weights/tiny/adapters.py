"""Adapters of random weights: InstantID's file and network, IP-Adapter's five files with their image encoder,
few-step LoRAs and ControlNets, each in its published keys."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor, nn
from transformers import CLIPVisionConfig
from transformers.models.clip.modeling_clip import CLIPVisionModelWithProjection

from studio.weights.tiny.checkpoint import BLOCKS, CROSS
from studio.weights.tiny.drawing import Draw, Shape, shapes_of, write

_EMBEDDING = 512  # what a face recogniser gives: the one width that is not smaller here
_WIDTH, _HEADS, _HEAD = 64, 2, 64  # of the resamplers; published: 1280, 20, 64
_DEPTH, _WIDER = 4, 4
_IMAGE_WIDTH, _IMAGE_PROJECTION, _IMAGE_SIZE, _PATCH = 48, 32, 64, 8  # published: 1280, 1024, 224, 14
_RANK = 4  # published: 64 for few steps, 128 for FaceID

Layers = dict[str, Tensor]


def write_control_nets(folders: Sequence[Path], draw: Draw) -> None:
    """Writes a ControlNet for the checkpoint's UNet into each folder; InstantID's network has the same form.

    The layers that training starts from zeros are as random as the others.
    """
    with torch.device("meta"):
        shape = ControlNetModel(
            **BLOCKS,
            conditioning_embedding_out_channels=(8, 8, 16, 16),
            controlnet_conditioning_channel_order="rgb",
        )
    for folder in folders:
        # the picture that guides it passes eight layers, each of which would leave half of it
        weights = draw.weights("/".join(folder.parts[-2:]), shapes_of(shape), {"controlnet_cond_embedding": 2.0})
        shape.save_config(folder)
        write(folder / "diffusion_pytorch_model.safetensors", weights)


def write_instantid(path: Path, draw: Draw, unet: UNet2DConditionModel) -> None:
    """Writes `ip-adapter.bin`: 16 tokens from a face embedding, and their keys and values for every cross-attention."""
    projection = draw.weights("instantid/image_proj", _resampler(_EMBEDDING, queries=16))
    _save_bin(path, projection, draw.weights("instantid/ip_adapter", _keys_and_values(unet)))


def write_ip_adapters(folder: Path, draw: Draw, unet: UNet2DConditionModel) -> None:
    """Writes the plain, Plus, Plus-face, FaceID and FaceID-Plus-v2 files and the CLIP image encoder of the first three
    and the last."""
    plain = {"proj": (4 * CROSS, _IMAGE_PROJECTION), "norm": (CROSS,)}
    faceid = {"proj.0": (2 * _EMBEDDING, _EMBEDDING), "proj.2": (4 * CROSS, 2 * _EMBEDDING), "norm": (CROSS,)}
    plus = _resampler(_IMAGE_WIDTH, queries=16)
    perceiver = {f"perceiver_resampler.{key}": shape for key, shape in _resampler(_IMAGE_WIDTH, width=CROSS).items()}
    for name, shapes in {
        "ip-adapter_sdxl_vit-h": _with_biases(plain),
        "ip-adapter-plus_sdxl_vit-h": plus,
        "ip-adapter-plus-face_sdxl_vit-h": plus,
    }.items():
        projection = draw.weights(f"{name}/image_proj", shapes)
        layers = draw.weights(f"{name}/ip_adapter", _keys_and_values(unet))
        halves = {"image_proj": projection, "ip_adapter": layers}
        write(
            folder / f"{name}.safetensors",
            {f"{half}.{key}": value for half, tensors in halves.items() for key, value in tensors.items()},
        )
    for name, shapes in {
        "ip-adapter-faceid_sdxl": _with_biases(faceid),
        "ip-adapter-faceid-plusv2_sdxl": _with_biases(faceid) | perceiver,
    }.items():
        projection = draw.weights(f"{name}/image_proj", shapes)
        layers = draw.weights(f"{name}/ip_adapter", _attention_loras(unet) | _keys_and_values(unet), {"lora.up": 0.1})
        _save_bin(folder / f"{name}.bin", _half(projection), _half(layers))  # as published
    _write_image_encoder(folder / "image_encoder", draw)


def write_lora(path: Path, draw: Draw, unet: UNet2DConditionModel, dtype: torch.dtype) -> None:
    """Writes a few-step LoRA in the keys that LCM, Lightning and Hyper-SD are published in: 'lora_unet_', diffusers'
    names with underscores, an alpha for each; on all layers but the outermost and the embeddings of time and size.

    Lightning's and Hyper-SD's published sizes are, to the byte, those of such a file of rank 64 for SDXL.
    """
    tensors: dict[str, Tensor] = {}
    for name, layer in unet.named_modules():
        if not isinstance(layer, nn.Linear | nn.Conv2d) or not name.startswith(("down_", "mid_", "up_")):
            continue
        down, up = _lora_shapes(layer)
        key = f"lora_unet_{name.replace('.', '_')}"
        pair = {f"{key}.lora_down.weight": down, f"{key}.lora_up.weight": up}
        tensors |= draw.weights(f"few-step/{path.stem}", pair, {"lora_up": 0.1})
        tensors[f"{key}.alpha"] = torch.tensor(_RANK / 2)  # not the rank: a reader that forgets alpha is off by two
    write(path, {key: value.to(dtype) for key, value in tensors.items()})


# -- shapes


def _keys_and_values(unet: UNet2DConditionModel) -> dict[str, Shape]:
    """Numbered by place in diffusers' order of attention processors, where every second one is a cross-attention."""
    shapes: dict[str, Shape] = {}
    for place, attention in _attentions(unet):
        if attention.is_cross_attention:
            shape = tuple(attention.to_k.weight.shape)
            shapes |= {f"{place}.to_k_ip.weight": shape, f"{place}.to_v_ip.weight": shape}
    return shapes


def _attention_loras(unet: UNet2DConditionModel) -> dict[str, Shape]:
    """FaceID files carry a LoRA for every attention, self-attention too."""
    shapes: dict[str, Shape] = {}
    for place, attention in _attentions(unet):
        layers = {"to_q": attention.to_q, "to_k": attention.to_k, "to_v": attention.to_v, "to_out": attention.to_out[0]}
        for name, layer in layers.items():
            down, up = _lora_shapes(layer)
            shapes |= {f"{place}.{name}_lora.down.weight": down, f"{place}.{name}_lora.up.weight": up}
    return shapes


def _attentions(unet: UNet2DConditionModel) -> Iterator[tuple[int, Any]]:
    """Every attention with its place; Any, because a module's layers have no types."""
    for place, name in enumerate(unet.attn_processors):
        yield place, unet.get_submodule(name.removesuffix(".processor"))


def _lora_shapes(layer: nn.Linear | nn.Conv2d) -> tuple[Shape, Shape]:
    if isinstance(layer, nn.Linear):
        return (_RANK, layer.in_features), (layer.out_features, _RANK)
    return (_RANK, layer.in_channels, *layer.kernel_size), (layer.out_channels, _RANK, 1, 1)


def _resampler(embedding: int, width: int = _WIDTH, queries: int = 0) -> dict[str, Shape]:
    """The Perceiver resampler of IP-Adapter Plus and InstantID.

    embedding: width of what it reads. queries: learned ones; 0 where they are given, as in FaceID-Plus.
    """
    inner = _HEADS * _HEAD
    shapes: dict[str, Shape] = {"latents": (1, queries, width)} if queries else {}
    shapes |= _with_biases({"proj_in": (width, embedding), "proj_out": (CROSS, width), "norm_out": (CROSS,)})
    for layer in range(_DEPTH):
        attention, forward = f"layers.{layer}.0", f"layers.{layer}.1"
        shapes |= _with_biases(
            {f"{attention}.norm1": (width,), f"{attention}.norm2": (width,), f"{forward}.0": (width,)}
        )
        shapes |= {
            f"{attention}.to_q.weight": (inner, width),
            f"{attention}.to_kv.weight": (2 * inner, width),
            f"{attention}.to_out.weight": (width, inner),
            f"{forward}.1.weight": (_WIDER * width, width),
            f"{forward}.3.weight": (width, _WIDER * width),
        }
    return shapes


def _with_biases(weights: Mapping[str, Shape]) -> dict[str, Shape]:
    return {
        key: each
        for layer, shape in weights.items()
        for key, each in ((f"{layer}.weight", shape), (f"{layer}.bias", shape[:1]))
    }


# -- files


def _save_bin(path: Path, projection: Layers, layers: Layers) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        torch.save({"image_proj": projection, "ip_adapter": layers}, stream)


def _half(tensors: Layers) -> Layers:
    return {key: value.half() for key, value in tensors.items()}


def _write_image_encoder(folder: Path, draw: Draw) -> None:
    config = CLIPVisionConfig(
        hidden_size=_IMAGE_WIDTH,
        intermediate_size=2 * _IMAGE_WIDTH,
        projection_dim=_IMAGE_PROJECTION,
        num_hidden_layers=4,
        num_attention_heads=3,
        image_size=_IMAGE_SIZE,
        patch_size=_PATCH,
        hidden_act="gelu",
    )
    with torch.device("meta"):
        shapes = shapes_of(CLIPVisionModelWithProjection(config))
    config.architectures = ["CLIPVisionModelWithProjection"]
    config.save_pretrained(folder)
    write(folder / "model.safetensors", draw.weights("image_encoder", shapes))
    preprocessor = {
        "crop_size": {"height": _IMAGE_SIZE, "width": _IMAGE_SIZE},
        "do_center_crop": True,
        "do_convert_rgb": True,
        "do_normalize": True,
        "do_rescale": True,
        "do_resize": True,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_processor_type": "CLIPImageProcessor",
        "image_std": [0.26862954, 0.26130258, 0.27577711],
        "resample": 3,
        "rescale_factor": 1 / 255,
        "size": {"shortest_edge": _IMAGE_SIZE},
    }
    (folder / "preprocessor_config.json").write_text(json.dumps(preprocessor, indent=2) + "\n", "utf-8")
