"""Reading the networks of an SDXL checkpoint, and of what goes beside it, from the disk."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from diffusers.models.controlnets.controlnet import ControlNetModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from diffusers.utils import logging as diffusers_logging
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer
from transformers.utils import logging as transformers_logging

from storage.errors import InvalidInput, ResourceMissing


@dataclass(eq=False)
class Networks:
    """An SDXL checkpoint. zeros_for_empty: an empty negative prompt is all zeros and not the encoding of nothing."""

    unet: UNet2DConditionModel
    vae: AutoencoderKL
    tokenizers: tuple[CLIPTokenizer, CLIPTokenizer]
    encoders: tuple[CLIPTextModel, CLIPTextModelWithProjection]
    scheduler: Mapping[str, Any]
    zeros_for_empty: bool


def read_checkpoint(path: Path, dtype: torch.dtype, configs: Path | None, vae: Path | None) -> Networks:
    """The checkpoint at `path`: a diffusers folder, or a single .safetensors with its `configs` folder.

    vae: the folder of another VAE to use in place of the checkpoint's own. A VAE that only works in float32 (SDXL's
    own) is kept in float32. Raises ResourceMissing for a single file without configs, InvalidInput for another model.
    """
    single = path.is_file()
    if single and configs is None:
        raise ResourceMissing(
            f"{path.name} is a single file and needs SDXL's configuration and tokenizers beside it. "
            "Fetch them with `python -m studio weights pull sdxl-config`.",
            f"{path.name} 是单文件模型，还需要 SDXL 的配置和分词器。请运行 `python -m studio weights pull sdxl-config`。",
        )
    diffusers_logging.disable_progress_bar()
    transformers_logging.disable_progress_bar()
    try:
        pipeline = _single(path, configs, dtype) if single and configs else _folder(path, dtype)
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise _unreadable(path, error) from error
    unet = pipeline.unet
    if unet.config.addition_embed_type != "text_time" or pipeline.text_encoder_2 is None:
        raise InvalidInput(
            f"{path.name} is not an SDXL checkpoint. Use one made for SDXL 1.0.",
            f"{path.name} 不是 SDXL 模型。请使用 SDXL 1.0 的模型。",
        )
    own: Any = _vae(vae) if vae else pipeline.vae
    return Networks(
        unet=unet.eval().requires_grad_(False),
        vae=_in(own, torch.float32 if own.config.force_upcast else dtype).eval().requires_grad_(False),
        tokenizers=(pipeline.tokenizer, pipeline.tokenizer_2),
        encoders=(
            pipeline.text_encoder.eval().requires_grad_(False),
            pipeline.text_encoder_2.eval().requires_grad_(False),
        ),
        scheduler=dict(pipeline.scheduler.config),
        zeros_for_empty=bool(pipeline.config.get("force_zeros_for_empty_prompt", True)),
    )


def read_controlnet(folder: Path, dtype: torch.dtype) -> ControlNetModel:
    """A ControlNet in diffusers' layout. Raises InvalidInput."""
    try:
        network = ControlNetModel.from_pretrained(folder, dtype=dtype, local_files_only=True, use_safetensors=True)
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise _unreadable(folder, error) from error
    return network.eval().requires_grad_(False)  # pyright: ignore[reportAttributeAccessIssue]


def _folder(path: Path, dtype: torch.dtype) -> Any:
    halves = (
        any(path.glob("unet/*.fp16.safetensors")) and not (path / "unet/diffusion_pytorch_model.safetensors").exists()
    )
    return StableDiffusionXLPipeline.from_pretrained(
        path,
        dtype=dtype,
        variant="fp16" if halves else None,
        local_files_only=True,
        use_safetensors=True,
        add_watermarker=False,
    )


def _single(path: Path, configs: Path, dtype: torch.dtype) -> Any:
    return StableDiffusionXLPipeline.from_single_file(
        str(path), config=str(configs), dtype=dtype, local_files_only=True, add_watermarker=False
    )


def _in(vae: Any, dtype: torch.dtype) -> Any:
    return vae if vae.dtype == dtype else vae.to(dtype)


def _vae(folder: Path) -> AutoencoderKL:
    try:
        return AutoencoderKL.from_pretrained(folder, local_files_only=True, use_safetensors=True)  # pyright: ignore[reportReturnType]
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        raise _unreadable(folder, error) from error


def _unreadable(path: Path, error: Exception) -> InvalidInput:
    reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
    return InvalidInput(
        f"{path.name} cannot be read as an SDXL model: {reason} `python -m studio weights check` looks at every file.",
        f"无法读取模型 {path.name}：{reason} 可用 `python -m studio weights check` 逐个检查文件。",
    )
