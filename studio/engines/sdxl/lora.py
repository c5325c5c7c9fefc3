"""A LoRA file, read: what it adds to which modules, scale * up @ down."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from diffusers.loaders.lora_base import LORA_ADAPTER_METADATA_KEY
from peft.utils.other import get_pattern_key
from torch import Tensor

from storage.errors import InvalidInput
from studio.engines.sdxl.lora_keys import Module, by_module
from studio.engines.sdxl.tensor_file import read_tensors

# peft matches patterns as regular expressions: what a file may ask for is paths, or ends of them
_PATH = re.compile(r"\^?[\w.]+")
# widths of the text that other families of base models read
_FAMILIES = {768: "Stable Diffusion 1.5", 1024: "Stable Diffusion 2"}


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """down: (r, in) or (r, in, k, k); up: (out, r) or (out, r, 1, 1), on the CPU in any float dtype; scale: alpha / r."""

    down: Tensor
    up: Tensor
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Lora:
    """What is added to which modules: (net, path) -> Factors, net one of 'unet', 'text_encoder', 'text_encoder_2'."""

    factors: Mapping[Module, Factors]

    @property
    def nets(self) -> frozenset[str]:
        """The networks it changes."""
        return frozenset(net for net, _ in self.factors)


def read_lora(content: bytes, unet_config: Mapping[str, Any]) -> Lora:
    """The LoRA of a safetensors file. unet_config: of the UNet it is meant for.

    Where a file gives no alpha it is the rank, so that the scale is 1. Whether the modules are there and fit is asked
    by studio.engines.sdxl.merging, before it changes anything. Raises InvalidInput: no whole safetensors file; another kind of adapter
    (DoRA, LoHa, LoKr and so on); made for another family of models; tensors that belong to nothing.
    """
    tensors, metadata = read_tensors(content)
    halves, alphas = by_module(tensors, unet_config)
    configs = _adapter_configs(metadata)
    factors: dict[Module, Factors] = {}
    for module, pair in sorted(halves.items()):
        down, up = pair.get("down"), pair.get("up")
        if down is None or up is None or down.ndim < 2 or up.ndim < 2 or not down.shape[0] == up.shape[1] > 0:
            raise InvalidInput(
                f"The LoRA's two halves for {'.'.join(module)} do not match. The file is damaged: export it again.",
                f"LoRA 中 {'.'.join(module)} 的上下两半不匹配。文件已损坏：请重新导出。",
            )
        rank = down.shape[0]
        scale = alphas[module] / rank if module in alphas else _scale(configs.get(module[0], {}), module[1], rank)
        factors[module] = Factors(down, up, scale)
    _refuse_other_families(factors, int(unet_config["cross_attention_dim"]))
    return Lora(MappingProxyType(factors))


def _adapter_configs(metadata: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """What diffusers and peft write into a file's header: net -> the fields of its LoraConfig."""
    try:
        fields = json.loads(metadata.get(LORA_ADAPTER_METADATA_KEY, "{}"))
        configs: dict[str, dict[str, Any]] = {}
        for name, value in fields.items():
            net, _, field = name.partition(".")
            configs.setdefault(net, {})[field] = value
        for config in configs.values():
            patterns = config.get("alpha_pattern") or {}
            if not all(_PATH.fullmatch(pattern) for pattern in patterns):
                raise ValueError(f"alpha_pattern {list(patterns)}")
            if not all(math.isfinite(float(value)) for value in (config.get("lora_alpha") or 1, *patterns.values())):
                raise ValueError(f"alpha {config}")
    except (ValueError, TypeError, AttributeError) as error:
        raise InvalidInput(
            f"The LoRA's header cannot be read: '{LORA_ADAPTER_METADATA_KEY}' is not what diffusers writes. Export it again.",
            f"无法读取 LoRA 的文件头：“{LORA_ADAPTER_METADATA_KEY}”不是 diffusers 的格式。请重新导出。",
        ) from error
    return configs


def _scale(config: Mapping[str, Any], path: str, rank: int) -> float:
    if config.get("lora_alpha") is None:
        return 1.0
    patterns = config.get("alpha_pattern") or {}
    matched = (get_pattern_key(list(patterns), name) for name in (path, f"text_model.{path}"))
    alpha = next((patterns[name] for name in matched if name in patterns), config["lora_alpha"])
    return float(alpha) / (math.sqrt(rank) if config.get("use_rslora") else rank)


def _refuse_other_families(factors: Mapping[Module, Factors], width: int) -> None:
    for (net, path), module in factors.items():
        given = module.down.flatten(1).shape[1]
        if net == "unet" and path.endswith((".attn2.to_k", ".attn2.to_v")) and given != width:
            raise InvalidInput(
                f"This LoRA was made for {_FAMILIES.get(given, 'another family of models')}: it reads text {given} wide, "
                f"and this checkpoint {width}. Use a LoRA trained on SDXL.",
                f"此 LoRA 适用于 {_FAMILIES.get(given, '其他类型的模型')}：其文本宽度为 {given}，而当前模型为 {width}。"
                "请使用在 SDXL 上训练的 LoRA。",
            )
