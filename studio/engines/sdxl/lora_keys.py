"""Names of tensors in LoRA files: every dialect in which SDXL LoRAs are published, as modules of diffusers' networks.

- diffusers and peft: `unet.down_blocks.1....to_q.lora_A.weight`, and the older `.lora.down.weight` and
  `.processor.to_q_lora.down.weight`; files for the UNet alone may leave the first word out;
- kohya, which A1111 and ComfyUI share: `lora_unet_..._to_q.lora_down.weight` with `.alpha`, the blocks named as in
  diffusers or as in Stability's own code (`input_blocks_4_1`). These are translated by diffusers' own converter.
"""

import re
from collections.abc import Mapping
from typing import Any, Literal

import torch
from diffusers.configuration_utils import FrozenDict
from diffusers.loaders.lora_pipeline import StableDiffusionXLLoraLoaderMixin
from torch import Tensor

from storage.errors import InvalidInput

# a net ('unet', 'text_encoder', 'text_encoder_2') and the path of a module in it. The paths of text encoders start at
# `encoder` or `text_projection`: transformers has, and has not, a `text_model` around them
Module = tuple[str, str]
Half = Literal["down", "up"]

_SUFFIXES: dict[str, Half] = {
    ".lora_A.weight": "down",
    ".lora_B.weight": "up",
    ".lora.down.weight": "down",
    ".lora.up.weight": "up",
    ".lora_linear_layer.down.weight": "down",
    ".lora_linear_layer.up.weight": "up",
    "_lora.down.weight": "down",
    "_lora.up.weight": "up",
}
_CLIP_NAMES = {"to_q": "q_proj", "to_k": "k_proj", "to_v": "v_proj", "to_out": "out_proj"}
_UNET_PARTS = ("down_blocks.", "mid_block.", "up_blocks.", "conv_", "time_embedding.", "add_embedding.")
_STABILITY_BLOCKS = re.compile("input_blocks|middle_block|output_blocks")
_OTHER_KINDS = {
    "DoRA": re.compile(r"dora_scale|lora_magnitude_vector"),
    "LoHa": re.compile(r"\.hada_"),
    "LoKr": re.compile(r"\.lokr_"),
    "OFT/BOFT": re.compile(r"\.(oft|boft)_"),
    "LoCon/CP": re.compile(r"\.lora_mid\."),
    "GLoRA": re.compile(r"\.(a1|a2|b1|b2)\.weight$"),
    "LyCORIS full/norm": re.compile(r"\.(diff|diff_b|w_norm|b_norm)$"),
}
_TRANSFORMERS = re.compile(
    r"double_blocks|single_blocks|joint_blocks|single_transformer_blocks|^transformer\.|^lora_transformer_"
)


def by_module(
    tensors: Mapping[str, Tensor], unet_config: Mapping[str, Any]
) -> tuple[dict[Module, dict[Half, Tensor]], dict[Module, float]]:
    """The halves, and the alphas where there are any, of every module that a LoRA file names.

    Raises InvalidInput for another kind of adapter, another family of models, and tensors that belong to nothing.
    """
    _refuse_others(tensors)
    halves: dict[Module, dict[Half, Tensor]] = {}
    alphas: dict[Module, float] = {}
    kohya = {key: tensor for key, tensor in tensors.items() if key.startswith(("lora_unet_", "lora_te1_", "lora_te2_"))}
    named = {key: tensor for key, tensor in tensors.items() if key not in kohya} | _translated(
        kohya, FrozenDict(unet_config)
    )
    for key, tensor in named.items():
        stem = key.removesuffix(".alpha")
        # the converter names the alpha of an attention after its lower half
        suffix = next((suffix for suffix in _SUFFIXES if stem.endswith(suffix)), "")
        if stem != key:
            alphas[_module(stem.removesuffix(suffix), key)] = float(tensor)
        elif suffix:
            halves.setdefault(_module(stem.removesuffix(suffix), key), {})[_SUFFIXES[suffix]] = tensor
        else:
            raise _strange(key)
    for module in alphas.keys() - halves.keys():
        raise _strange(f"{'.'.join(module)}.alpha")
    return halves, alphas


def _translated(kohya: Mapping[str, Tensor], unet_config: FrozenDict) -> dict[str, Tensor]:
    # where one file names a module in both ways the diffusers name holds, as in diffusers; the converter itself would
    # drop every block in Stability's names, whether or not the other name is there
    stability = {key: tensor for key, tensor in kohya.items() if _STABILITY_BLOCKS.search(key)}
    named: dict[str, Tensor] = {}
    for part in (stability, {key: tensor for key, tensor in kohya.items() if key not in stability}):
        if not part:
            continue
        try:
            translated: Any = StableDiffusionXLLoraLoaderMixin.lora_state_dict(dict(part), unet_config=unet_config)
        except (KeyError, IndexError, ValueError) as error:
            raise _strange(str(error.args[0] if error.args else error)) from error
        state_dict, alphas = translated
        named |= {**state_dict, **{name: torch.tensor(alpha) for name, alpha in alphas.items()}}
    return named


def _module(path: str, key: str) -> Module:
    net, _, rest = path.partition(".")
    if path.startswith(_UNET_PARTS):
        net, rest = "unet", path
    rest = rest.replace(".processor.", ".")
    if net == "unet":
        return net, f"{rest}.0" if rest.endswith(".to_out") else rest
    if net not in ("text_encoder", "text_encoder_2"):
        raise _strange(key)
    rest = rest.removeprefix("text_model.")
    parent, _, last = rest.rpartition(".")
    return net, f"{parent}.{_CLIP_NAMES[last]}" if last in _CLIP_NAMES else rest


def _refuse_others(tensors: Mapping[str, Tensor]) -> None:
    for key, tensor in tensors.items():
        if key.endswith(".alpha") and tensor.numel() != 1:
            raise _strange(key)
        kind = next((kind for kind, pattern in _OTHER_KINDS.items() if pattern.search(key)), None)
        if kind:
            raise InvalidInput(
                f"This adapter is a {kind} ('{key}'); LoRA and LoCon are read. Export it as a plain LoRA.",
                f"此适配器为 {kind}（“{key}”），目前只读取 LoRA 与 LoCon。请导出为普通 LoRA。",
            )
        if _TRANSFORMERS.search(key):
            raise InvalidInput(
                f"This LoRA was made for FLUX, SD3 or another transformer ('{key}'). Use one trained on SDXL.",
                f"此 LoRA 适用于 FLUX、SD3 等 Transformer 模型（“{key}”）。请使用在 SDXL 上训练的 LoRA。",
            )
        if key.startswith("lora_te_"):
            raise InvalidInput(
                f"This LoRA was made for one text encoder ('{key}'): Stable Diffusion 1.5 or 2. Use one trained on SDXL.",
                f"此 LoRA 只含一个文本编码器（“{key}”），适用于 Stable Diffusion 1.5 或 2。请使用在 SDXL 上训练的 LoRA。",
            )


def _strange(key: str) -> InvalidInput:
    return InvalidInput(
        f"This is not a LoRA for SDXL that can be read: '{key[:200]}' belongs to no module. "
        "Give a LoRA of diffusers, peft, kohya, A1111 or ComfyUI.",
        f"无法作为 SDXL 的 LoRA 读取：“{key[:200]}”不属于任何模块。请提供 diffusers、peft、kohya、A1111 或 ComfyUI 格式的 LoRA。",
    )
