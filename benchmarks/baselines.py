"""What is compared with: plain loops over one frame after another, written from the published description.

They share no code with the engine but the drawing of the storyboard and the writing of PNG files. `demo` does what the
demonstration of InstantID does, with what is left over in it; `modern` is a careful loop with today's libraries.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
import torch
from diffusers.models.attention_processor import AttnProcessor
from diffusers.models.embeddings import IPAdapterPlusImageProjection
from diffusers.schedulers.scheduling_euler_discrete import EulerDiscreteScheduler
from numpy.typing import NDArray
from peft import LoraConfig
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.shapes import SCHEDULER
from benchmarks.storyboard import ADAPTED, CONTROL_SCALE, FACE_SCALE, GUIDANCE, Shot, Storyboard
from benchmarks.weights import Built
from storage.pictures import encode_png
from studio.engines.sdxl.projection_layers import projection_layers

ATTENTIONS = ["to_q", "to_k", "to_v", "to_out.0"]
# what the LCM-LoRA of SDXL changes
LCM = [
    *ATTENTIONS, "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2", "conv1", "conv2", "conv_shortcut",
    "downsamplers.0.conv", "upsamplers.0.conv", "time_emb_proj",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Frame:
    """latents: (C, h, w). picture: (H, W, 3) uint8 RGB. content: of a PNG file."""

    number: int
    latents: Tensor
    picture: NDArray[np.uint8]
    content: bytes


@dataclass(frozen=True)
class Habits:
    """math: attention as two products and a softmax, with everything between them in memory. leftover: the product of
    queries and image keys that the demonstration computes and nobody reads. idle_lora: LCM's, loaded and switched off.
    upcast: the VAE goes to float32 and back for each frame. pil: the frame is written by Pillow, at its own level.
    worn_lora: the adapted character's, beside the weights and not in them."""

    math: bool = False
    leftover: bool = False
    idle_lora: bool = False
    upcast: bool = False
    pil: bool = False
    worn_lora: bool = False


class FaceAttention(nn.Module):
    """Cross-attention over text followed by face tokens, each with its own keys and values, projected at each call."""

    def __init__(self, to_k: Tensor, to_v: Tensor, tokens: int, habits: Habits):
        super().__init__()
        self.to_k_ip, self.to_v_ip = to_k, to_v
        self.tokens = tokens
        self.habits = habits
        self.attn_map: Tensor | None = None

    def forward(self, attn: Any, hidden_states: Tensor, encoder_hidden_states: Tensor, *_: Any, **__: Any) -> Tensor:
        """hidden_states: (R, L, C); encoder_hidden_states: (R, 77 + T, D)."""
        text, face = encoder_hidden_states[:, : -self.tokens], encoder_hidden_states[:, -self.tokens :]
        query = _heads(attn.to_q(hidden_states), attn.heads)
        key, value = _heads(attn.to_k(text), attn.heads), _heads(attn.to_v(text), attn.heads)
        out = self._attend(query, key, value)
        face_key = _heads(functional.linear(face, self.to_k_ip), attn.heads)
        face_value = _heads(functional.linear(face, self.to_v_ip), attn.heads)
        seen = self._attend(query, face_key, face_value)
        if self.habits.leftover:
            self.attn_map = query @ face_key.transpose(-2, -1).softmax(dim=-1)
        out = (out + FACE_SCALE * seen).transpose(1, 2).reshape(hidden_states.shape)
        return attn.to_out[1](attn.to_out[0](out))

    def _attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        if not self.habits.math:
            return functional.scaled_dot_product_attention(query, key, value)
        logits = query @ key.transpose(-2, -1) * query.shape[-1] ** -0.5
        return logits.softmax(dim=-1) @ value


class Baseline:
    """Frames of a storyboard, one at a time."""

    def __init__(self, built: Built, storyboard: Storyboard, habits: Habits, steps: int):
        self.habits = habits
        self.steps = steps
        self.storyboard = storyboard
        self.device, self.dtype = built.device, built.dtype
        self.unet = built.own_unet()
        self.identity_net = built.own_identity_net()
        self.vae = built.own_vae()
        self.encoders = built.encoders
        self._scale: float = self.vae.config["scaling_factor"]
        self._pixels = built.shape.pixels
        self._resampler: IPAdapterPlusImageProjection = self._projection(built)
        self._processors(built)
        if habits.idle_lora:
            self.unet.add_adapter(LoraConfig(r=built.shape.lcm_rank, target_modules=LCM), "lcm")
            self.unet.disable_adapters()
        if habits.worn_lora:
            self._add_lora(built.shape.lora_rank)

    @torch.inference_mode()
    def frames(self, shots: Sequence[Shot]) -> Iterator[Frame]:
        """Each shot's frame, when it is done."""
        for shot in shots:
            if self.habits.worn_lora:
                (self.unet.enable_adapters if shot.character == ADAPTED else self.unet.disable_adapters)()
            latents = self.denoised([shot])[0]
            picture = self._picture(latents)
            yield Frame(shot.number, latents, picture, self._written(picture))

    @torch.inference_mode()
    def denoised(self, shots: Sequence[Shot]) -> Tensor:
        """(B, C, h, w) latents of shots that go together."""
        negative = [self._text(self.storyboard.negative) for _ in shots]
        text = [self._text(shot.ids) for shot in shots]
        embeds, pooled = (torch.cat(each) for each in zip(*negative, *text, strict=True))
        nobody, faces = self._faces(shots)
        tokens = torch.cat([nobody, faces])
        size = [self._pixels, self._pixels, 0, 0, self._pixels, self._pixels]
        added = {
            "text_embeds": pooled,
            "time_ids": torch.tensor([size] * 2 * len(shots), dtype=self.dtype, device=self.device),
        }
        pictures = torch.stack([shot.keypoints for shot in shots] * 2).to(self.device, self.dtype)
        scheduler: Any = EulerDiscreteScheduler.from_config(SCHEDULER)
        scheduler.set_timesteps(self.steps, device=self.device)
        latents = torch.stack([shot.noise for shot in shots]).to(self.device, self.dtype) * scheduler.init_noise_sigma
        for timestep in scheduler.timesteps:
            rows = scheduler.scale_model_input(torch.cat([latents] * 2), timestep)
            down, middle = self.identity_net(
                rows, timestep, tokens, pictures, CONTROL_SCALE, added_cond_kwargs=added, return_dict=False
            )
            predicted = self.unet(
                rows,
                timestep,
                torch.cat([embeds, tokens], dim=1),
                added_cond_kwargs=added,
                down_block_additional_residuals=down,
                mid_block_additional_residual=middle,
                return_dict=False,
            )[0]
            unconditional, conditional = predicted.chunk(2)
            guided = unconditional + GUIDANCE * (conditional - unconditional)
            latents = scheduler.step(guided, timestep, latents, return_dict=False)[0]
        return latents

    def _text(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        first, second = (encoder(ids.to(self.device), output_hidden_states=True) for encoder in self.encoders)
        return torch.cat([first.hidden_states[-2], second.hidden_states[-2]], dim=-1), second.text_embeds

    def _faces(self, shots: Sequence[Shot]) -> tuple[Tensor, Tensor]:
        like = next(self._resampler.parameters())
        rows = torch.stack([self.storyboard.embeddings[shot.character] for shot in shots]).to(like)
        both = self._resampler(torch.cat([torch.zeros_like(rows), rows])).to(self.dtype)
        return both[: len(shots)], both[len(shots) :]

    def _picture(self, latents: Tensor) -> NDArray[np.uint8]:
        if self.habits.upcast:
            self.vae.to(dtype=torch.float32)
        picture = self.vae.decode(latents[None].to(self.vae.dtype) / self._scale, return_dict=False)[0][0]
        if self.habits.upcast:
            self.vae.to(dtype=self.dtype)
        picture = (picture.float() / 2 + 0.5).clamp(0, 1)
        return (picture.permute(1, 2, 0) * 255).round().byte().cpu().numpy()

    def _written(self, picture: NDArray[np.uint8]) -> bytes:
        if not self.habits.pil:
            return encode_png(picture)
        content = BytesIO()
        Image.fromarray(picture).save(content, "PNG")
        return content.getvalue()

    def _projection(self, built: Built) -> Any:
        # the demonstration runs it in half precision, where the careful loop loses nothing
        layers, _ = projection_layers("identity", built.adapter.projection)
        return layers.to(self.device, self.dtype if self.habits.idle_lora else torch.float32)

    def _processors(self, built: Built) -> None:
        adapter, tokens = built.adapter, built.shape.resampler[0]
        plain = dict(self.unet.attn_processors)
        for position, name in enumerate(plain):
            if position in adapter.to_k:
                to_k, to_v = (each[position].to(self.device, self.dtype) for each in (adapter.to_k, adapter.to_v))
                plain[name] = FaceAttention(to_k, to_v, tokens, self.habits)  # pyright: ignore
            elif self.habits.math:
                plain[name] = AttnProcessor()
        self.unet.set_attn_processor(plain)
        if self.habits.math:
            self.identity_net.set_attn_processor(AttnProcessor())

    def _add_lora(self, rank: int) -> None:
        self.unet.add_adapter(LoraConfig(r=rank, lora_alpha=rank, target_modules=ATTENTIONS), "worn")
        for (_, name), factors in self.storyboard.lora.factors.items():
            layer: Any = self.unet.get_submodule(name)
            layer.lora_A["worn"].weight.data = factors.down.to(self.device, self.dtype)
            layer.lora_B["worn"].weight.data = factors.up.to(self.device, self.dtype)


def _heads(states: Tensor, heads: int) -> Tensor:
    rows, tokens, width = states.shape
    return states.view(rows, tokens, heads, width // heads).transpose(1, 2)
