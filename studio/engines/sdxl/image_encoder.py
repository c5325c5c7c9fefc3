"""Pictures as IP-Adapter sees them: through a CLIP vision encoder, each encoded once."""

import hashlib
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors import SafetensorError
from torch import Tensor
from transformers import CLIPVisionModelWithProjection
from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

from storage.errors import InvalidInput, ResourceMissing
from studio.engines.sdxl.crops import padded_to_square
from studio.engines.sdxl.memo import Memo

Fit = Literal["crop", "pad"]

KEPT = 64  # pictures: 257 x 1280 numbers are 1.3 MB in float32


class ImageEncoder:
    """A CLIP vision encoder (ViT-H for IP-Adapter's SDXL files) with its preprocessing.

    The picture is scaled by Pillow, on every machine, so that it is encoded alike whether torchvision is there or not.
    model: may be moved to another device between two calls.
    """

    def __init__(self, folder: Path, device: torch.device | str = "cpu", dtype: torch.dtype = torch.float32):
        """folder: config.json, model.safetensors and, where it has one, preprocessor_config.json.

        Raises ResourceMissing where a file is missing, InvalidInput where the weights are not those of the config.
        """
        self.model = _loaded(folder, dtype).to(device)  # pyright: ignore[reportArgumentType]
        self._size = cast(int, self.model.config.image_size)
        self._preprocess = _preprocessing(folder, self._size)
        self._kept: Memo[tuple[str, Fit], tuple[Tensor, Tensor]] = Memo(KEPT)
        self._zeros: Tensor | None = None

    def width(self, penultimate: bool) -> int:
        """W of the patches' states where `penultimate`, else E of the pooled embedding."""
        config = self.model.config
        return config.hidden_size if penultimate else config.projection_dim

    def encode(self, picture: NDArray[np.uint8], penultimate: bool, key: str = "", fit: Fit = "crop") -> Tensor:
        """(E,) pooled and projected embedding, or (patches + 1, W) states before the last layer where `penultimate`.

        Float32 on the CPU, wherever the model is.
        picture: (H, W, 3) uint8 RGB. key: what it is kept under, the same for the same pixels only (an asset's hash
        and the box cut from it); '' hashes the pixels. fit: what becomes of a picture that is not square, 'crop' keeps
        its middle as CLIP does, 'pad' keeps all of it.
        """
        name = key or hashlib.sha256(repr(picture.shape).encode() + np.ascontiguousarray(picture).data).hexdigest()
        pooled, states = self._kept.get((name, fit), lambda: self._forward(self._pixels(picture, fit)))
        return states if penultimate else pooled

    def zeros(self, penultimate: bool) -> Tensor:
        """What stands for no picture, as a batch of one: (1, E) zeros, or (1, patches + 1, W) states of a picture that
        is the encoder's mean everywhere (zero after normalising). Computed once."""
        if not penultimate:
            return torch.zeros(1, self.width(False))
        if self._zeros is None:
            self._zeros = self._forward(torch.zeros(1, 3, self._size, self._size))[1][None]
        return self._zeros

    def _pixels(self, picture: NDArray[np.uint8], fit: Fit) -> Tensor:
        """(1, 3, S, S) float32, normalised."""
        if fit == "pad":
            picture = padded_to_square(picture)
        return self._preprocess(Image.fromarray(picture), return_tensors="pt")["pixel_values"]

    @torch.no_grad()
    def _forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        out = self.model(pixels.to(self.model.device, self.model.dtype), output_hidden_states=True)
        return out.image_embeds[0].float().cpu(), out.hidden_states[-2][0].float().cpu()


def _loaded(folder: Path, dtype: torch.dtype) -> CLIPVisionModelWithProjection:
    for name in ("config.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise ResourceMissing(
                f"The image encoder lacks {name} (in {folder}). Run "
                "`python -m studio weights pull ip-adapter/image-encoder`.",
                f"图像编码器缺少 {name}（{folder}）。请运行 `python -m studio weights pull ip-adapter/image-encoder`。",
            )
    try:
        loaded: Any = CLIPVisionModelWithProjection.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=dtype, output_loading_info=True
        )
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise _unreadable(folder, type(error).__name__) from error
    model, report = loaded
    # transformers fills what it does not find with random numbers and goes on
    lacking = [*report["missing_keys"], *report["mismatched_keys"]]
    if lacking:
        raise _unreadable(folder, str(sorted(map(str, lacking))[0]))
    return model.requires_grad_(False).eval()


def _preprocessing(folder: Path, size: int) -> CLIPImageProcessorPil:
    square = {"height": size, "width": size}
    if not (folder / "preprocessor_config.json").is_file():
        # the published folder has none: CLIP's own settings at the encoder's size
        return CLIPImageProcessorPil(size={"shortest_edge": size}, crop_size=square)
    try:
        preprocess = CLIPImageProcessorPil.from_pretrained(folder, local_files_only=True)
    except (OSError, ValueError) as error:
        raise _unreadable(folder, "preprocessor_config.json") from error
    if dict(preprocess.crop_size) != square:
        raise _unreadable(folder, "preprocessor_config.json: crop_size")
    return preprocess


def _unreadable(folder: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"The image encoder in {folder} cannot be used: its weights are damaged, or not those of its config ({why}). "
        "Run `python -m studio weights pull ip-adapter/image-encoder` again.",
        f"{folder} 中的图像编码器无法使用：权重损坏，或与其配置不符（{why}）。"
        "请重新运行 `python -m studio weights pull ip-adapter/image-encoder`。",
    )
