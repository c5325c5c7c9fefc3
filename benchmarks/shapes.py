"""The networks' sizes: those of SDXL with InstantID beside it, and very small ones for a processor.

FULL holds the numbers of the published configurations, which is what makes a random network cost what the real one
does; the counts of parameters and operations that follow from them are held by tests.
"""

from dataclasses import dataclass
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from transformers import CLIPTextConfig
from transformers.models.clip.modeling_clip import CLIPTextModel, CLIPTextModelWithProjection

# of a run of SDXL: linear in the square root of beta, predicting noise
SCHEDULER: dict[str, Any] = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "steps_offset": 1,
    "timestep_spacing": "leading",
    "interpolation_type": "linear",
    "use_karras_sigmas": False,
}
EMBEDDING = 512  # numbers of a recogniser's face
TEXT = 77  # tokens


@dataclass(frozen=True)
class Shape:
    """Keyword arguments of diffusers' and transformers' classes. pixels: side of a frame; steps, shots: of a run.

    denoiser: what UNet and IdentityNet share; resampler: tokens, hidden, depth; gemm: side of the product that says
    what the device can do.
    """

    pixels: int
    denoiser: dict[str, Any]
    up_block_types: tuple[str, ...]
    pictures: tuple[int, ...]
    vae: dict[str, Any]
    first: dict[str, Any]
    second: dict[str, Any]
    resampler: tuple[int, int, int]
    shots: int
    steps: int
    lcm_rank: int
    lora_rank: int
    gemm: int

    @property
    def width(self) -> int:
        """Of what cross-attention reads."""
        return self.denoiser["cross_attention_dim"]

    @property
    def latents(self) -> tuple[int, int, int]:
        """(C, h, w)."""
        side = self.pixels // 2 ** (len(self.vae["block_out_channels"]) - 1)
        return self.vae["latent_channels"], side, side

    def unet(self) -> UNet2DConditionModel:
        """On torch's default device, untrained."""
        return UNet2DConditionModel(
            **self.denoiser,
            in_channels=4,
            out_channels=4,
            sample_size=self.latents[1],
            up_block_types=self.up_block_types,
        ).eval()

    def identity_net(self) -> ControlNetModel:
        """Likewise, as all of these."""
        return ControlNetModel(**self.denoiser, conditioning_embedding_out_channels=self.pictures).eval()

    def autoencoder(self) -> AutoencoderKL:
        """SDXL's, without its need of float32: what the 16-bit-safe one is."""
        return AutoencoderKL(**self.vae, force_upcast=False).eval()

    def encoders(self) -> tuple[CLIPTextModel, CLIPTextModelWithProjection]:
        """CLIP L and bigG."""
        first, second = CLIPTextConfig(**self.first), CLIPTextConfig(**self.second)
        return CLIPTextModel(first).eval(), CLIPTextModelWithProjection(second).eval()

    def projection(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of `image_proj` in InstantID's published file."""
        tokens, hidden, depth = self.resampler
        shapes: dict[str, tuple[int, ...]] = {
            "latents": (1, tokens, hidden),
            "proj_in.weight": (hidden, EMBEDDING),
            "proj_in.bias": (hidden,),
            "proj_out.weight": (self.width, hidden),
            "proj_out.bias": (self.width,),
            "norm_out.weight": (self.width,),
            "norm_out.bias": (self.width,),
        }
        for layer in range(depth):
            attention, forward = f"layers.{layer}.0", f"layers.{layer}.1"
            for norm in (f"{attention}.norm1", f"{attention}.norm2", f"{forward}.0"):
                shapes |= {f"{norm}.weight": (hidden,), f"{norm}.bias": (hidden,)}
            shapes |= {
                f"{attention}.to_q.weight": (hidden, hidden),
                f"{attention}.to_kv.weight": (2 * hidden, hidden),
                f"{attention}.to_out.weight": (hidden, hidden),
                f"{forward}.1.weight": (4 * hidden, hidden),
                f"{forward}.3.weight": (hidden, 4 * hidden),
            }
        return shapes


def _clip(width: int, layers: int, heads: int, act: str, vocabulary: int = 49408) -> dict[str, Any]:
    return {
        "hidden_size": width,
        "intermediate_size": 4 * width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "hidden_act": act,
        "projection_dim": width,
        "vocab_size": vocabulary,
        "max_position_embeddings": TEXT,
        # 2 lets the end of the text be found as the highest id, as SDXL's published configurations do
        "bos_token_id": 0,
        "eos_token_id": 2,
        "pad_token_id": 1,
    }


def _denoiser(
    widths: tuple[int, ...], heads: tuple[int, ...], depths: tuple[int, ...], cross: int, pooled: int, time: int
) -> dict[str, Any]:
    return {
        "block_out_channels": widths,
        "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        "layers_per_block": 2,
        "transformer_layers_per_block": depths,
        # diffusers reads this as the number of heads
        "attention_head_dim": heads,
        "cross_attention_dim": cross,
        "use_linear_projection": True,
        "addition_embed_type": "text_time",
        "addition_time_embed_dim": time,
        "projection_class_embeddings_input_dim": pooled + 6 * time,
    }


def _vae(widths: tuple[int, ...], pixels: int) -> dict[str, Any]:
    return {
        "block_out_channels": widths,
        "down_block_types": ("DownEncoderBlock2D",) * len(widths),
        "up_block_types": ("UpDecoderBlock2D",) * len(widths),
        "layers_per_block": 2,
        "latent_channels": 4,
        "sample_size": pixels,
        "scaling_factor": 0.13025,
    }


UP = ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D")
FULL = Shape(
    pixels=1024,
    denoiser=_denoiser((320, 640, 1280), (5, 10, 20), (1, 2, 10), cross=2048, pooled=1280, time=256),
    up_block_types=UP,
    pictures=(16, 32, 96, 256),
    vae=_vae((128, 256, 512, 512), 1024),
    first=_clip(768, 12, 12, "quick_gelu"),
    second=_clip(1280, 32, 20, "gelu"),
    resampler=(16, 1280, 4),
    shots=12,
    steps=30,
    lcm_rank=64,
    lora_rank=16,
    gemm=8192,
)
_SMALL = _denoiser((16, 32, 32), (2, 4, 4), (1, 1, 1), cross=64, pooled=40, time=8) | {
    "layers_per_block": 1,
    "norm_num_groups": 8,
}
TINY = Shape(
    pixels=64,
    denoiser=_SMALL,
    up_block_types=UP,
    pictures=(4, 4, 8, 8),
    vae=_vae((8, 8, 8, 8), 64) | {"norm_num_groups": 4, "layers_per_block": 1},
    first=_clip(24, 2, 2, "quick_gelu", 128),
    second=_clip(40, 2, 4, "gelu", 128),
    resampler=(4, 64, 1),
    shots=6,
    steps=4,
    lcm_rank=4,
    lora_rank=2,
    gemm=512,
)


def parameters(module: torch.nn.Module) -> int:
    """How many numbers it holds."""
    return sum(each.numel() for each in module.parameters())
