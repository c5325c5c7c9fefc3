"""A checkpoint as one file, in the keys of SDXL's original code; diffusers reads that form and does not write it.

Source of the map: the block order of the original UNet, autoencoder and OpenCLIP text encoder, which diffusers'
`from_single_file` undoes; the tests load the file with it and find the same numbers.
"""

import re
from collections.abc import Iterable

import torch
from torch import Tensor

from studio.weights.tiny.checkpoint import Checkpoint

# pattern of a diffusers key -> what stands there in the original; {n} are the pattern's groups, numbers as numbers
_Rules = tuple[tuple[str, str], ...]

_UNET: _Rules = (
    (r"conv_in\.", "input_blocks.0.0."),
    (r"time_embedding\.linear_1\.", "time_embed.0."),
    (r"time_embedding\.linear_2\.", "time_embed.2."),
    (r"add_embedding\.linear_1\.", "label_emb.0.0."),
    (r"add_embedding\.linear_2\.", "label_emb.0.2."),
    (r"conv_norm_out\.", "out.0."),
    (r"conv_out\.", "out.2."),
    (r"mid_block\.resnets\.0\.", "middle_block.0."),
    (r"mid_block\.attentions\.0\.", "middle_block.1."),
    (r"mid_block\.resnets\.1\.", "middle_block.2."),
)
_UNET_RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
_VAE_ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
_OPEN_CLIP = {
    "text_model.embeddings.token_embedding.weight": "token_embedding.weight",
    "text_model.embeddings.position_embedding.weight": "positional_embedding",
    "text_model.final_layer_norm.weight": "ln_final.weight",
    "text_model.final_layer_norm.bias": "ln_final.bias",
}
_OPEN_CLIP_LAYER = {
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
    "self_attn.out_proj": "attn.out_proj",
}


def single_file(checkpoint: Checkpoint) -> dict[str, Tensor]:
    """The checkpoint's tensors under the keys of the original layout, in that layout's shapes."""
    layers = checkpoint.shape.config["layers_per_block"]
    return {
        **{f"model.diffusion_model.{_unet(key, layers)}": value for key, value in checkpoint.unet.items()},
        **{f"first_stage_model.{key}": value for key, value in _vae(checkpoint.vae)},
        **{f"conditioner.embedders.0.transformer.{key}": value for key, value in checkpoint.text_encoder.items()},
        **{f"conditioner.embedders.1.model.{key}": value for key, value in _open_clip(checkpoint.text_encoder_2)},
    }


def _unet(key: str, layers: int) -> str:
    """The original numbers its blocks in one row; each level holds its layers and then what changes the size."""
    for pattern, original in _UNET:
        key = re.sub(f"^{pattern}", original, key)
    if found := re.match(r"down_blocks\.(\d+)\.(resnets|attentions)\.(\d+)\.", key):
        level, kind, layer = int(found[1]), found[2], int(found[3])
        key = f"input_blocks.{1 + level * (layers + 1) + layer}.{int(kind == 'attentions')}.{key[found.end() :]}"
    elif found := re.match(r"down_blocks\.(\d+)\.downsamplers\.0\.conv\.", key):
        key = f"input_blocks.{(int(found[1]) + 1) * (layers + 1)}.0.op.{key[found.end() :]}"
    elif found := re.match(r"up_blocks\.(\d+)\.(resnets|attentions)\.(\d+)\.", key):
        level, kind, layer = int(found[1]), found[2], int(found[3])
        key = f"output_blocks.{level * (layers + 1) + layer}.{int(kind == 'attentions')}.{key[found.end() :]}"
    elif found := re.match(r"up_blocks\.(\d+)\.upsamplers\.0\.", key):
        # it follows resnet and attention; SDXL's last level with one has attention too
        key = f"output_blocks.{int(found[1]) * (layers + 1) + layers}.2.{key[found.end() :]}"
    if "transformer_blocks" in key:  # which has a norm1 of its own, called so in both
        return key
    head, _, tail = key.rpartition(".")
    block, _, layer_name = head.rpartition(".")
    return f"{block}.{_UNET_RESNET[layer_name]}.{tail}" if layer_name in _UNET_RESNET else key


def _vae(weights: dict[str, Tensor]) -> Iterable[tuple[str, Tensor]]:
    levels = 1 + max(int(found[1]) for key in weights if (found := re.match(r"decoder\.up_blocks\.(\d+)\.", key)))
    for key, value in weights.items():
        original = re.sub(r"down_blocks\.(\d+)\.resnets\.", r"down.\1.block.", key)
        original = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0\.", r"down.\1.downsample.", original)
        if found := re.match(r"decoder\.up_blocks\.(\d+)\.(resnets\.|upsamplers\.0\.)", original):
            kind = "block." if found[2] == "resnets." else "upsample."
            original = (
                f"decoder.up.{levels - 1 - int(found[1])}.{kind}{original[found.end() :]}"  # counted from the picture
            )
        original = original.replace("mid_block.resnets.0", "mid.block_1").replace("mid_block.resnets.1", "mid.block_2")
        original = original.replace("conv_shortcut", "nin_shortcut").replace("conv_norm_out", "norm_out")
        if "mid_block.attentions.0." in original:
            start, _, rest = original.partition("mid_block.attentions.0.")
            name, _, tail = rest.rpartition(".")
            original = f"{start}mid.attn_1.{_VAE_ATTENTION[name]}.{tail}"
            if value.ndim == 2:  # the original has convolutions of one pixel where diffusers has matrices
                value = value[:, :, None, None]
        yield original, value


def _open_clip(weights: dict[str, Tensor]) -> Iterable[tuple[str, Tensor]]:
    """OpenCLIP's text encoder: queries, keys and values in one matrix, the projection the other way round."""
    yield "text_projection", weights["text_projection.weight"].T
    for key, original in _OPEN_CLIP.items():
        yield original, weights[key]
    for key, value in weights.items():
        found = re.match(r"text_model\.encoder\.layers\.(\d+)\.(.+)\.(weight|bias)$", key)
        if not found:
            continue
        block = f"transformer.resblocks.{found[1]}"
        if found[2] in _OPEN_CLIP_LAYER:
            yield f"{block}.{_OPEN_CLIP_LAYER[found[2]]}.{found[3]}", value
        elif found[2] == "self_attn.q_proj":
            three = [weights[key.replace("q_proj", each)] for each in ("q_proj", "k_proj", "v_proj")]
            yield f"{block}.attn.in_proj_{found[3]}", torch.cat(three)
