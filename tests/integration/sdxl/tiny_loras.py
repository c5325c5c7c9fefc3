"""One random LoRA, written in every dialect in which SDXL LoRAs are published."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from diffusers.loaders.lora_base import LORA_ADAPTER_METADATA_KEY
from safetensors.torch import save
from torch import Tensor, nn

ATTENTION = re.compile(r"\.to_(q|k|v|out\.0)$|\.(q|k|v|out)_proj$")
WITH_CONVOLUTIONS = re.compile(
    r"\.to_(q|k|v|out\.0)$|\.conv[12]$|samplers\.0\.conv$|conv_shortcut$|time_emb_proj$|\.proj_(in|out)$"
)
TEXT = re.compile(r"\.(q|k|v|out)_proj$|\.fc[12]$")


@dataclass(frozen=True)
class Pair:
    net: str
    path: str
    down: Tensor
    up: Tensor


def pairs(
    nets: Mapping[str, nn.Module], which: Iterable[str], pattern: re.Pattern[str], rank: int = 4, seed: int = 0
) -> list[Pair]:
    """A LoRA of `rank` for the modules of those nets whose path matches."""
    draw = torch.Generator().manual_seed(seed)
    found: list[Pair] = []
    for net in which:
        for path, module in nets[net].named_modules():
            if not isinstance(module, nn.Linear | nn.Conv2d) or not pattern.search(path):
                continue
            shape = module.weight.shape
            down = torch.randn(rank, *shape[1:], generator=draw) / shape[1:].numel() ** 0.5
            up = torch.randn(shape[0], rank, *([1] * (len(shape) - 2)), generator=draw) * 0.1
            found.append(Pair(net, path, down, up))
    assert found
    return found


def in_files(pair: Pair) -> str:
    """A text encoder's path as files have it, which were written when both had a `text_model` around them."""
    outer = pair.net == "text_encoder" and not pair.path.startswith("text_")
    return f"text_model.{pair.path}" if outer else pair.path


def peft(pairs: Iterable[Pair], alphas: Mapping[str, float] | None = None, prefixed: bool = True) -> bytes:
    """alphas: net -> lora_alpha, as diffusers writes it into the header."""
    tensors: dict[str, Tensor] = {}
    config: dict[str, object] = {}
    for pair in pairs:
        key = f"{pair.net}.{in_files(pair)}" if prefixed else pair.path
        tensors |= {f"{key}.lora_A.weight": pair.down, f"{key}.lora_B.weight": pair.up}
        if alphas:
            config |= {f"{pair.net}.r": pair.down.shape[0], f"{pair.net}.lora_alpha": alphas[pair.net]}
            modules = config.setdefault(f"{pair.net}.target_modules", [])
            assert isinstance(modules, list)
            modules.append(pair.path)
    return save(tensors, {LORA_ADAPTER_METADATA_KEY: json.dumps(config)} if alphas else None)


def old_diffusers(pairs: Iterable[Pair]) -> bytes:
    tensors: dict[str, Tensor] = {}
    for pair in pairs:
        path = in_files(pair)
        if pair.net == "unet":
            path = re.sub(r"\.to_(q|k|v|out)(?:\.0)?$", r".processor.to_\1_lora", path)
        else:
            path = re.sub(r"\.(q|k|v|out)_proj$", r".to_\1_lora", path)
        key = f"{pair.net}.{path}" if path.endswith("_lora") else f"{pair.net}.{path}.lora"
        key = key if pair.net == "unet" or "_lora" in path else key.replace(".lora", ".lora_linear_layer")
        tensors |= {f"{key}.down.weight": pair.down, f"{key}.up.weight": pair.up}
    return save(tensors)


def kohya(pairs: Iterable[Pair], alpha: float | Mapping[str, float] | None, stability: bool = False) -> bytes:
    """alpha: for all, or by the path of the module. stability: the UNet's blocks in Stability's names."""
    tensors: dict[str, Tensor] = {}
    for pair in pairs:
        prefix = {"unet": "lora_unet", "text_encoder": "lora_te1", "text_encoder_2": "lora_te2"}[pair.net]
        path = stability_name(pair.path) if stability and pair.net == "unet" else in_files(pair)
        key = f"{prefix}_{path.replace('.', '_')}"
        tensors |= {f"{key}.lora_down.weight": pair.down, f"{key}.lora_up.weight": pair.up}
        value = alpha.get(pair.path) if isinstance(alpha, Mapping) else alpha
        if value is not None:
            tensors[f"{key}.alpha"] = torch.tensor(value)
    return save(tensors)


# SDXL's UNet has two layers a level, and three in each level of the way up
_BLOCKS = {
    r"down_blocks\.(\d)\.resnets\.(\d)": lambda m: f"input_blocks.{3 * int(m[1]) + int(m[2]) + 1}.0",
    r"down_blocks\.(\d)\.attentions\.(\d)": lambda m: f"input_blocks.{3 * int(m[1]) + int(m[2]) + 1}.1",
    r"down_blocks\.(\d)\.downsamplers\.0\.conv": lambda m: f"input_blocks.{3 * int(m[1]) + 3}.0.op",
    r"mid_block\.resnets\.(\d)": lambda m: f"middle_block.{2 * int(m[1])}",
    r"mid_block\.attentions\.0": lambda m: "middle_block.1",
    r"up_blocks\.(\d)\.resnets\.(\d)": lambda m: f"output_blocks.{3 * int(m[1]) + int(m[2])}.0",
    r"up_blocks\.(\d)\.attentions\.(\d)": lambda m: f"output_blocks.{3 * int(m[1]) + int(m[2])}.1",
    r"up_blocks\.(\d)\.upsamplers\.0": lambda m: f"output_blocks.{3 * int(m[1]) + 2}.2",
}
_INNER = {
    "conv1": "in_layers.2",
    "conv2": "out_layers.3",
    "time_emb_proj": "emb_layers.1",
    "conv_shortcut": "skip_connection",
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0",
    "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0",
    "conv_out": "out.2",
}


def stability_name(path: str) -> str:
    """A module of diffusers' SDXL UNet as Stability's code names it, and with it kohya, A1111 and ComfyUI."""
    for pattern, name in _BLOCKS.items():
        path = re.sub(f"^{pattern}(?=\\.|$)", name, path)
    for diffusers, name in _INNER.items():
        path = re.sub(f"(^|(?<=\\.)){re.escape(diffusers)}$", name, path)
    return path
