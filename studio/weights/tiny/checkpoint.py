"""An SDXL checkpoint of random weights: SDXL's shape and published layout at widths that a CPU renders in a second."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor
from transformers import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

from studio.weights.tiny.drawing import Draw, shapes_of, write
from studio.weights.tiny.tokens import END, vocabulary, write_tokenizer

# SDXL: 768 and 1280 wide, 12 and 32 layers, both read before their last layer; the second also gives the pooled vector
FIRST_TEXT, SECOND_TEXT = 24, 40
CROSS = FIRST_TEXT + SECOND_TEXT
_TIME = 8

# what the UNet and every ControlNet have in common; SDXL: (320, 640, 1280), heads (5, 10, 20), depth (1, 2, 10)
BLOCKS: dict[str, Any] = {
    "block_out_channels": (16, 32, 32),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "layers_per_block": 2,
    "transformer_layers_per_block": (1, 1, 2),
    "attention_head_dim": (2, 4, 4),
    "cross_attention_dim": CROSS,
    "norm_num_groups": 8,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": _TIME,
    "projection_class_embeddings_input_dim": SECOND_TEXT + 6 * _TIME,
    "use_linear_projection": True,
}
_UNET = BLOCKS | {
    "in_channels": 4,
    "out_channels": 4,
    "sample_size": 32,
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
}
_VAE: dict[str, Any] = {
    "block_out_channels": (8, 16, 16, 16),
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "layers_per_block": 2,
    "norm_num_groups": 4,
    "latent_channels": 4,
    "sample_size": 256,
    "scaling_factor": 0.13025,
}
_SCHEDULER = {
    "_class_name": "EulerDiscreteScheduler",
    "_diffusers_version": "0.19.0.dev0",
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "interpolation_type": "linear",
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "steps_offset": 1,
    "timestep_spacing": "leading",
    "trained_betas": None,
    "use_karras_sigmas": False,
}
_INDEX = {
    "_class_name": "StableDiffusionXLPipeline",
    "_diffusers_version": "0.19.0.dev0",
    "add_watermarker": None,
    "force_zeros_for_empty_prompt": True,
    "scheduler": ["diffusers", "EulerDiscreteScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "tokenizer_2": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The four networks of a checkpoint as state dicts, with the keys of its diffusers folder.

    shape: the UNet on the meta device, for those who fit something to it.
    """

    shape: UNet2DConditionModel
    unet: dict[str, Tensor]
    vae: dict[str, Tensor]
    text_encoder: dict[str, Tensor]
    text_encoder_2: dict[str, Tensor]


def write_checkpoint(folder: Path, draw: Draw) -> Checkpoint:
    """Writes a diffusers folder of SDXL's layout in float32."""
    unet, shape = _write_unet(folder / "unet", draw)
    checkpoint = Checkpoint(
        shape=shape,
        unet=unet,
        vae=write_vae(folder / "vae", draw, "base/vae", force_upcast=True),
        text_encoder=_write_text(
            folder / "text_encoder", draw, CLIPTextModel, _text_config(FIRST_TEXT, 3, "quick_gelu")
        ),
        # ten layers, because loaders know SDXL's single file by the tenth layer of the second encoder
        text_encoder_2=_write_text(
            folder / "text_encoder_2", draw, CLIPTextModelWithProjection, _text_config(SECOND_TEXT, 10, "gelu")
        ),
    )
    _write_texts(folder)
    return checkpoint


def copy_configs(checkpoint: Path, folder: Path) -> None:
    """Copies the folder without its weights: what is needed to load a checkpoint that is a single file."""
    shutil.copytree(checkpoint, folder, ignore=shutil.ignore_patterns("*.safetensors"))


def _write_unet(folder: Path, draw: Draw) -> tuple[dict[str, Tensor], UNet2DConditionModel]:
    with torch.device("meta"):
        shape = UNet2DConditionModel(**_UNET)
    weights = draw.weights("base/unet", shapes_of(shape))
    shape.save_config(folder)
    write(folder / "diffusion_pytorch_model.safetensors", weights)
    return weights, shape


def write_vae(folder: Path, draw: Draw, name: str, force_upcast: bool) -> dict[str, Tensor]:
    """Writes a VAE. force_upcast: whether its config says that it must run in float32, as SDXL's own does."""
    with torch.device("meta"):
        shape = AutoencoderKL(**_VAE, force_upcast=force_upcast)
    weights = draw.weights(name, shapes_of(shape), {"decoder.conv_out": 0.5, "post_quant_conv": 1.0, "quant_conv": 7.0})
    # the encoder's second half is a log-variance: small, so that an encoded picture is its mean more than noise
    half = _VAE["latent_channels"]
    weights["quant_conv.weight"][half:] *= 0.02
    weights["quant_conv.bias"][half:] -= 8
    shape.save_config(folder)
    write(folder / "diffusion_pytorch_model.safetensors", weights)
    return weights


def _text_config(width: int, layers: int, activation: str) -> CLIPTextConfig:
    """SDXL's own ids for start, end and padding: they are not its tokenizer's, and loaders must live with that."""
    tokens, _ = vocabulary()
    return CLIPTextConfig(
        vocab_size=len(tokens),
        hidden_size=width,
        intermediate_size=2 * width,
        projection_dim=width,
        num_hidden_layers=layers,
        num_attention_heads=width // 8,
        hidden_act=activation,
        bos_token_id=0,
        pad_token_id=1,
        eos_token_id=2,
    )


def _write_text(folder: Path, draw: Draw, cls: type[torch.nn.Module], config: CLIPTextConfig) -> dict[str, Tensor]:
    with torch.device("meta"):
        shapes = shapes_of(cls(config))
    # published files have the prefix that the class without projection has dropped
    shapes = {key if key.startswith("text_") else f"text_model.{key}": shape for key, shape in shapes.items()}
    weights = draw.weights(f"base/{folder.name}", shapes)
    config.architectures = [cls.__name__]
    config.save_pretrained(folder)
    write(folder / "model.safetensors", weights)
    return weights


def _write_texts(folder: Path) -> None:
    (folder / "scheduler").mkdir()
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(_SCHEDULER, indent=2) + "\n", "utf-8")
    (folder / "model_index.json").write_text(json.dumps(_INDEX, indent=2) + "\n", "utf-8")
    write_tokenizer(folder / "tokenizer", END)
    write_tokenizer(folder / "tokenizer_2", "!")
