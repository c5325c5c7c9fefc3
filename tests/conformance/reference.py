"""The second implementation: diffusers' stock pipelines make what a kit's case records.

InstantID needs one thing beyond them, a ControlNet that reads face tokens in place of the text. People in a frame are
the sum that a kit states: text + sum_i s_i * mask_i * face_attention_i, residuals sum_i c_i * mask_i * IdentityNet_i.
"""

import copy
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import diffusers
import numpy as np
import torch
from diffusers.image_processor import IPAdapterMaskProcessor
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.controlnets.multicontrolnet import MultiControlNetModel
from diffusers.pipelines.controlnet.pipeline_controlnet_sd_xl import StableDiffusionXLControlNetPipeline
from diffusers.pipelines.controlnet.pipeline_controlnet_sd_xl_img2img import StableDiffusionXLControlNetImg2ImgPipeline
from PIL import Image
from torch import Tensor
from torch.nn import functional

Arrays = dict[str, np.ndarray]


class FaceReading(ControlNetModel):
    """A ControlNet whose cross-attention reads `tokens`, (1 or 2, 16, D), whatever the pipeline hands it.

    region: (1, 1, H, W) that its residuals are multiplied with. heard: its residuals of every call, before the region.
    """

    tokens: Tensor
    region: Tensor | None = None
    heard: list[list[Tensor]]

    def forward(self, sample: Tensor, timestep: Any, encoder_hidden_states: Tensor, *args: Any, **kwargs: Any) -> Any:
        faces = self.tokens.repeat_interleave(len(sample) // len(self.tokens), 0)
        down, middle = super().forward(sample, timestep, faces, *args, **kwargs)
        self.heard.append([each.clone() for each in (*down, middle)])  # pipelines add to them in place
        if self.region is None:
            return down, middle
        return tuple(_shrunk(each, self.region) for each in down), _shrunk(middle, self.region)


@dataclass
class Made:
    """What one run recorded. controls: per net and call its residuals; entering: those that the UNet was given."""

    latents: list[Tensor] = field(default_factory=list)
    noise_pred: list[Tensor] = field(default_factory=list)
    entering: list[list[Tensor]] = field(default_factory=list)
    controls: list[list[list[Tensor]]] = field(default_factory=list)


@torch.no_grad()
def recorded(networks: Path, inputs: Arrays, params: dict[str, Any], scheduler: dict[str, Any]) -> Arrays:
    """The arrays of `expected`, by name without suffix.

    inputs: as in a case, `control_mask` of one face or (F, h, w) of several, whose points and embeddings have a first
    axis F then.
    """
    points = inputs["kps_image"]
    pictures = [Image.fromarray(each) for each in points.reshape(-1, *points.shape[-3:])]
    embeddings = torch.from_numpy(inputs["face_embedding"]).reshape(len(pictures), -1, 512)
    guided = params["guidance_scale"] > 1
    n = params["num_images_per_prompt"]
    stock = _pipeline(networks, "init_image" in inputs)
    stock.scheduler = getattr(diffusers, scheduler["_class_name"]).from_config(scheduler)
    embeds = torch.stack([torch.zeros_like(embeddings), embeddings]) if guided else embeddings[None]
    stock.set_ip_adapter_scale([_scales(params["ip_adapter_scale"])])
    tokens = stock.unet.encoder_hid_proj([embeds])[0]
    masks = _masks(inputs, len(pictures))
    nets: list[Any] = _faces(networks, tokens, masks)
    if "second_control_image" in inputs:
        nets.append(_second(networks))
        pictures.append(Image.fromarray(inputs["second_control_image"]))
    stock.controlnet = nets[0] if len(nets) == 1 else MultiControlNetModel(nets)
    text = _texts(stock, inputs, params, guided)
    seed = params.get("generator_seed")
    made = Made()
    with _listening(stock, nets, made):
        picture = stock(
            **text,
            **_pictured(inputs, params, pictures if len(nets) > 1 else pictures[0]),
            ip_adapter_image_embeds=[embeds],
            cross_attention_kwargs={} if masks is None else {"ip_adapter_masks": [masks[None]]},
            num_inference_steps=params["num_inference_steps"],
            guidance_scale=params["guidance_scale"],
            controlnet_conditioning_scale=params["controlnet_conditioning_scale"],
            control_guidance_start=params["control_guidance_start"],
            control_guidance_end=params["control_guidance_end"],
            num_images_per_prompt=n,
            height=params["height"],
            width=params["width"],
            original_size=(params["height"], params["width"]),
            target_size=(params["height"], params["width"]),
            generator=None if seed is None else torch.Generator("cpu").manual_seed(seed),
            callback_on_step_end=_step(made),
            output_type="np",
        ).images
    return _expected(params, stock, text, tokens, made, picture, masks is not None)


def _expected(
    params: dict[str, Any], stock: Any, text: dict[str, Any], tokens: Tensor, made: Made, picture: Any, masked: bool
) -> Arrays:
    n, at = params["num_images_per_prompt"], params.get("record_step", 0)
    found: dict[str, Any] = {
        "image_tokens": tokens[:, 0].repeat_interleave(n, 0) if tokens.shape[1] == 1 else tokens,
        "latents_per_step": torch.stack(made.latents),
        "latents_final": made.latents[-1],
        f"unet_noise_pred_step{at}": made.noise_pred[at],
        "image_final": picture,
        "timesteps": stock.scheduler.timesteps,
    }
    if not params.get("text_from_arrays"):
        found |= {name: value.repeat_interleave(n, 0) for name, value in text.items() if value is not None}
    for index, calls in enumerate(made.controls):
        net = "controlnet" if len(made.controls) == 1 else f"controlnet{index}"
        found |= _named(calls[at], f"{net}_down", f"{net}_mid", at)
    if masked or len(made.controls) > 1:
        found |= _named(made.entering[at], "unet_in_down_residual", "unet_in_mid_residual", at)
    return {name: np.asarray(value) for name, value in found.items()}


def _named(residuals: list[Tensor], down: str, middle: str, step: int) -> dict[str, Tensor]:
    named = {f"{down}_{n:02}_step{step}": each for n, each in enumerate(residuals[:-1])}
    return named | {f"{middle}_step{step}": residuals[-1]}


@cache
def _read(networks: Path) -> Any:
    """One for all cases of these networks: each sets what it needs anew."""
    read = StableDiffusionXLControlNetPipeline.from_pretrained(
        networks / "base_model", controlnet=_identity_net(networks), add_watermarker=False, local_files_only=True
    )
    read.load_ip_adapter(
        str(networks / "checkpoints"), subfolder="", weight_name="ip-adapter.bin", image_encoder_folder=None
    )
    return read


def _pipeline(networks: Path, from_picture: bool) -> Any:
    kind = StableDiffusionXLControlNetImg2ImgPipeline if from_picture else StableDiffusionXLControlNetPipeline
    own = kind(**_read(networks).components, add_watermarker=False)
    own.set_progress_bar_config(disable=True)
    return own


@cache
def _identity_net(networks: Path) -> FaceReading:
    return FaceReading.from_pretrained(networks / "checkpoints" / "ControlNetModel", local_files_only=True)


@cache
def _second(networks: Path) -> ControlNetModel:
    return ControlNetModel.from_pretrained(networks / "second_controlnet", local_files_only=True)


def _faces(networks: Path, tokens: Tensor, masks: Tensor | None) -> list[FaceReading]:
    """IdentityNet once a face, all with the same weights."""
    nets = []
    for face in range(tokens.shape[1]):
        net = copy.copy(_identity_net(networks))
        net.tokens, net.heard = tokens[:, face], []
        net.region = None if masks is None else masks[face][None, None]
        nets.append(net)
    return nets


def _masks(inputs: Arrays, faces: int) -> Tensor | None:
    """(F, h, w) in 0..1."""
    if "control_mask" not in inputs:
        return None
    masks = inputs["control_mask"]
    return torch.from_numpy(masks if faces > 1 else masks[None, ..., 0]).float() / 255


def _scales(given: float | list[float]) -> float | list[float]:
    return given[0] if isinstance(given, list) and len(given) == 1 else given


def _texts(stock: Any, inputs: Arrays, params: dict[str, Any], guided: bool) -> dict[str, Any]:
    names = ("prompt_embeds", "negative_prompt_embeds", "pooled_prompt_embeds", "negative_pooled_prompt_embeds")
    if params.get("text_from_arrays"):
        return {name: torch.from_numpy(inputs[name]) for name in names if name in inputs}
    made = stock.encode_prompt(
        params["prompt"], do_classifier_free_guidance=guided, negative_prompt=params["negative_prompt"]
    )
    return dict(zip(names, made, strict=True))


def _pictured(inputs: Arrays, params: dict[str, Any], pictures: Any) -> dict[str, Any]:
    if "init_image" in inputs:
        init = Image.fromarray(inputs["init_image"])
        return {"image": init, "control_image": pictures, "strength": params["strength"]}
    return {"image": pictures, "latents": torch.from_numpy(inputs["latents_init"])}


def _step(made: Made) -> Any:
    def each(_pipe: Any, _step: int, _timestep: Any, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
        made.latents.append(tensors["latents"].clone())
        return tensors

    return each


@contextmanager
def _listening(stock: Any, nets: list[Any], made: Made) -> Iterator[None]:
    def entering(_: Any, __: Any, given: dict[str, Any]) -> None:
        residuals = (*given["down_block_additional_residuals"], given["mid_block_additional_residual"])
        made.entering.append([each.clone() for each in residuals])

    def leaving(_: Any, __: Any, out: Any) -> None:
        made.noise_pred.append(out[0].clone())

    def of_second(_: Any, __: Any, out: Any) -> None:
        seen.append([each.clone() for each in (*out[0], out[1])])

    with ExitStack() as hooks:
        for handle in (
            stock.unet.register_forward_pre_hook(entering, with_kwargs=True),
            stock.unet.register_forward_hook(leaving),
        ):
            hooks.callback(handle.remove)
        for net in nets:
            if isinstance(net, FaceReading):
                made.controls.append(net.heard)
            else:
                seen: list[list[Tensor]] = []
                made.controls.append(seen)
                hooks.callback(net.register_forward_hook(of_second).remove)
        # InstantID's region control looks at the nearest pixel, where diffusers' masks are bicubic
        hooks.enter_context(patch.object(IPAdapterMaskProcessor, "downsample", staticmethod(_nearest)))
        yield


def _nearest(mask: Tensor, batch_size: int, num_queries: int, value_embed_dim: int) -> Tensor:
    """(B, L, C) of a mask (1, H, W): each of the layer's tokens looks at the pixel at its upper left corner."""
    _, height, width = mask.shape
    across = round((num_queries * width / height) ** 0.5)
    down = num_queries // across
    rows = torch.arange(down) * height // down
    columns = torch.arange(across) * width // across
    return mask[:, rows][:, :, columns].reshape(1, -1, 1).expand(batch_size, -1, value_embed_dim)


def _shrunk(residual: Tensor, region: Tensor) -> Tensor:
    return residual * functional.interpolate(region, size=residual.shape[-2:], mode="bilinear", align_corners=False)
