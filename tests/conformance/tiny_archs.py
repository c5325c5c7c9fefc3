"""Networks of random weights in three shapes of SDXL at toy widths, as a kit's case has them on the disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from studio.weights.tiny.drawing import Draw, Shape, shapes_of, write
from studio.weights.tiny.tokens import END, vocabulary, write_tokenizer

EMBEDDING = 512
_TIME = 8
_DOWN = ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D")
_UP = ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D")
_EULER = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "steps_offset": 1,
    "timestep_spacing": "leading",
}


@dataclass(frozen=True)
class Arch:
    """Widths, heads and transformer depth of the three levels; widths of the two texts; pooled; the resampler's own."""

    name: str
    widths: tuple[int, int, int]
    heads: tuple[int, int, int]
    depth: tuple[int, int, int]
    texts: tuple[int, int]
    pooled: int
    resampler: tuple[int, int]  # width, heads of 64

    @property
    def cross(self) -> int:
        return sum(self.texts)

    @property
    def blocks(self) -> dict[str, Any]:
        """What the UNet and the ControlNets have in common."""
        return {
            "block_out_channels": self.widths,
            "down_block_types": _DOWN,
            "layers_per_block": 2,
            "transformer_layers_per_block": self.depth,
            "attention_head_dim": self.heads,
            "cross_attention_dim": self.cross,
            "norm_num_groups": 8,
            "addition_embed_type": "text_time",
            "addition_time_embed_dim": _TIME,
            "projection_class_embeddings_input_dim": self.pooled + 6 * _TIME,
            "use_linear_projection": True,
        }


A = Arch("A", (8, 16, 24), (1, 2, 3), (1, 1, 2), (32, 32), 32, (64, 2))
B = Arch("B", (16, 16, 24), (2, 4, 2), (1, 2, 1), (24, 40), 48, (80, 3))
C = Arch("C", (8, 24, 16), (1, 3, 4), (1, 1, 1), (48, 32), 40, (64, 1))


def write_networks(folder: Path, arch: Arch, seed: int) -> None:
    """base_model, checkpoints/ip-adapter.bin, checkpoints/ControlNetModel and second_controlnet, float32."""
    draw = Draw(seed)
    unet = _filled(UNet2DConditionModel(in_channels=4, out_channels=4, sample_size=16, up_block_types=_UP, **arch.blocks), draw, "unet")  # fmt: skip
    write_tokenizer(folder / "base_model" / "tokenizer", END)
    write_tokenizer(folder / "base_model" / "tokenizer_2", "!")
    StableDiffusionXLPipeline(
        vae=_filled(_vae(), draw, "vae"),
        text_encoder=_filled(CLIPTextModel(_text(arch.texts[0], 3, arch.texts[0])), draw, "text_encoder"),
        text_encoder_2=_filled(
            CLIPTextModelWithProjection(_text(arch.texts[1], 4, arch.pooled)), draw, "text_encoder_2"
        ),
        tokenizer=CLIPTokenizer.from_pretrained(folder / "base_model" / "tokenizer"),
        tokenizer_2=CLIPTokenizer.from_pretrained(folder / "base_model" / "tokenizer_2"),
        unet=unet,
        scheduler=EulerDiscreteScheduler(**_EULER),  # pyright: ignore[reportArgumentType]
        force_zeros_for_empty_prompt=True,
        add_watermarker=False,
    ).save_pretrained(folder / "base_model")
    for name in ("checkpoints/ControlNetModel", "second_controlnet"):
        _filled(_controlnet(arch), draw, name, {"controlnet_cond_embedding": 2.0}).save_pretrained(folder / name)
    torch.save(
        {
            "image_proj": draw.weights("image_proj", resampler_shapes(*arch.resampler, arch.cross)),
            "ip_adapter": draw.weights("ip_adapter", _keys_and_values(unet)),
        },
        folder / "checkpoints" / "ip-adapter.bin",
    )


def write_projection(path: Path, width: int, heads: int, out: int, seed: int) -> None:
    """A projection alone, as the cases of the resampler have it."""
    write(path, Draw(seed).weights("image_proj", resampler_shapes(width, heads, out)))


def resampler_shapes(width: int, heads: int, out: int) -> dict[str, Shape]:
    """Of `image_proj` in InstantID's file: 16 tokens, depth 4, heads of 64."""
    inner = 64 * heads
    shapes: dict[str, Shape] = {"latents": (1, 16, width)}
    for name, shape in {"proj_in": (width, EMBEDDING), "proj_out": (out, width)}.items():
        shapes |= {f"{name}.weight": shape, f"{name}.bias": shape[:1]}
    norms = ["norm_out", *(f"layers.{n}.{part}" for n in range(4) for part in ("0.norm1", "0.norm2", "1.0"))]
    for name in norms:
        long = out if name == "norm_out" else width
        shapes |= {f"{name}.weight": (long,), f"{name}.bias": (long,)}
    for n in range(4):
        shapes |= {
            f"layers.{n}.0.to_q.weight": (inner, width),
            f"layers.{n}.0.to_kv.weight": (2 * inner, width),
            f"layers.{n}.0.to_out.weight": (width, inner),
            f"layers.{n}.1.1.weight": (4 * width, width),
            f"layers.{n}.1.3.weight": (width, 4 * width),
        }
    return shapes


def _filled(network: Any, draw: Draw, name: str, gains: Mapping[str, float] | None = None) -> Any:
    network.load_state_dict(draw.weights(name, shapes_of(network), gains))
    return network.eval()


def _controlnet(arch: Arch) -> ControlNetModel:
    return ControlNetModel(
        **arch.blocks,
        conditioning_embedding_out_channels=(8, 8, 16, 16),
        controlnet_conditioning_channel_order="rgb",
    )


def _vae() -> AutoencoderKL:
    blocks: dict[str, Any] = {
        "block_out_channels": (8, 8, 8, 8),
        "down_block_types": ("DownEncoderBlock2D",) * 4,
        "up_block_types": ("UpDecoderBlock2D",) * 4,
    }
    return AutoencoderKL(
        **blocks,
        layers_per_block=1,
        norm_num_groups=4,
        latent_channels=4,
        sample_size=128,
        scaling_factor=0.13025,
        force_upcast=True,
    )


def _text(width: int, layers: int, projection: int) -> CLIPTextConfig:
    tokens, _ = vocabulary()
    return CLIPTextConfig(
        vocab_size=len(tokens),
        hidden_size=width,
        intermediate_size=2 * width,
        projection_dim=projection,
        num_hidden_layers=layers,
        num_attention_heads=width // 8,
        hidden_act="quick_gelu",
        bos_token_id=len(tokens) - 2,
        eos_token_id=len(tokens) - 1,
        pad_token_id=len(tokens) - 1,
    )


def _keys_and_values(unet: UNet2DConditionModel) -> dict[str, Shape]:
    """By the place among the attention processors: down, up, mid."""
    shapes: dict[str, Shape] = {}
    for place, name in enumerate(unet.attn_processors):
        if "attn2" in name:
            weight: Tensor = unet.get_parameter(name.replace(".processor", ".to_k.weight"))
            shapes |= {f"{place}.{side}_ip.weight": tuple(weight.shape) for side in ("to_k", "to_v")}
    return shapes
