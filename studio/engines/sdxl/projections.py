"""Faces and pictures become tokens that a UNet's cross-attentions read beside the text.

Each projection gives (2, T, D) float32: row 0 for the unconditional half of guidance, row 1 for the conditional. The
unconditional row is the projection of an absent face or picture, never zero tokens; it is a constant and computed once.
Projections run in float32 wherever they are: tokens cost little, and are kept by what they were made of.
"""

import hashlib
from collections.abc import Hashable
from typing import Any

import torch
from torch import Tensor

from storage.errors import InvalidInput
from studio.engines.sdxl.adapter_files import AdapterFile
from studio.engines.sdxl.image_encoder import ImageEncoder
from studio.engines.sdxl.memo import Memo
from studio.engines.sdxl.projection_layers import projection_layers

KEPT = 512  # sets of tokens: 16 x 2048 floats are 128 KiB


class Projection:
    """What the four have in common. layers: diffusers' module, float32, which may be moved to another device."""

    def __init__(self, file: AdapterFile, kinds: tuple[str, ...], device: torch.device | str):
        if file.kind not in kinds:
            raise ValueError(f"{file.path.name} is of kind {file.kind}, not {' or '.join(kinds)}")
        self.layers: Any = projection_layers(file.kind, file.projection)[0].to(device=device, dtype=torch.float32)
        self._kept: Memo[Hashable, Tensor] = Memo(KEPT)

    def _projected(self, features: Tensor) -> Tensor:
        """(1, T, D) of a batch of one, kept by its numbers."""
        features = features.float()
        return self._kept.get(_digest(features), lambda: self._forward(features))

    @torch.no_grad()
    def _forward(self, features: Tensor) -> Tensor:
        return self.layers(features.to(next(self.layers.parameters()).device))


class IdentityProjection(Projection):
    """InstantID's: face embeddings of one person become 16 tokens, however many photos there are."""

    def __init__(self, file: AdapterFile, device: torch.device | str = "cpu"):
        super().__init__(file, ("identity",), device)

    def tokens(self, embeddings: Tensor, noise: float = 0.0) -> Tensor:
        """(2, 16, D): [projection of an absent face, projection of the face].

        embeddings: (N, 512) RAW rows of one person, as the recogniser returned them; N photos are read as a sequence.
        noise: 0 takes zeros as the absent face, as InstantID does; above 0 uniform numbers in 0..noise, drawn from a
        seed that the embeddings give (0.35 burns less: ComfyUI_InstantID). Raises InvalidInput for another shape, or
        numbers that are not finite.
        """
        rows = _rows(embeddings, self.layers.proj_in.in_features)
        absent = noise * torch.rand(rows.shape, generator=_generator(rows)) if noise else torch.zeros_like(rows)
        return torch.cat([self._projected(absent[None]), self._projected(rows[None])])


class PictureProjection(Projection):
    """Plain, Plus and Plus-face: a picture becomes 4 or 16 tokens, of its pooled embedding or of its patches.

    penultimate: which of the two the encoder is to be asked for. Raises InvalidInput where the encoder is not the one
    that the file was made with.
    """

    def __init__(self, file: AdapterFile, encoder: ImageEncoder, device: torch.device | str = "cpu"):
        super().__init__(file, ("plain", "plus"), device)
        self.penultimate = file.kind == "plus"
        wanted = self.layers.proj_in if self.penultimate else self.layers.image_embeds
        _check_encoder(file, encoder, wanted.in_features, self.penultimate)
        self._encoder = encoder

    def tokens(self, features: Tensor) -> Tensor:
        """(2, n x T, D) of n pictures that are read together, their tokens one after the other.

        features: n of the encoder's, (n, E), or (n, patches + 1, W) where `penultimate`. The unconditional row is of
        an embedding of zeros, and for patches of a picture that is the encoder's mean everywhere.
        """
        absent = self._projected(self._encoder.zeros(self.penultimate))
        present = [self._projected(each[None]) for each in features]
        return torch.cat([absent.repeat(1, len(present), 1), torch.cat(present, dim=1)])


class FaceProjection(Projection):
    """FaceID: the embedding of a face becomes 4 tokens."""

    def __init__(self, file: AdapterFile, device: torch.device | str = "cpu"):
        super().__init__(file, ("faceid",), device)

    def tokens(self, embeddings: Tensor) -> Tensor:
        """(2, N x T, D) of (N, 512) UNIT rows of one person, the tokens of the N photos one after the other.

        Raises InvalidInput for another shape, or numbers that are not finite.
        """
        rows = _rows(embeddings, self.layers.ff.net[0].proj.in_features)
        absent = self._projected(torch.zeros_like(rows[:1]))
        present = [self._projected(row[None]) for row in rows]
        return torch.cat([absent.repeat(1, len(present), 1), torch.cat(present, dim=1)])


class FacePictureProjection(Projection):
    """FaceID-PlusV2: the embedding of a face becomes 4 tokens, and what its aligned crop shows is added to them."""

    penultimate = True

    def __init__(self, file: AdapterFile, encoder: ImageEncoder, device: torch.device | str = "cpu"):
        super().__init__(file, ("faceid-plusv2",), device)
        _check_encoder(file, encoder, self.layers.proj_in.in_features, penultimate=True)
        self._encoder = encoder

    def tokens(self, embeddings: Tensor, features: Tensor, structure: float = 1.0) -> Tensor:
        """(2, N x T, D) of N photos of one person, their tokens one after the other.

        embeddings: (N, 512) UNIT rows. features: (N, patches + 1, W), the encoder's penultimate states of the same N
        photos, each an `aligned_face`. structure: how much of the crop is added to what the embedding says, from 0.
        Raises InvalidInput as FaceProjection does, ValueError where N differs.
        """
        rows = _rows(embeddings, self.layers.proj.net[0].proj.in_features)
        absent = self._seen(torch.zeros_like(rows[:1]), self._encoder.zeros(penultimate=True), structure)
        present = [self._seen(row[None], each[None], structure) for row, each in zip(rows, features, strict=True)]
        return torch.cat([absent.repeat(1, len(present), 1), torch.cat(present, dim=1)])

    def _seen(self, row: Tensor, features: Tensor, structure: float) -> Tensor:
        features = features.float()

        def project() -> Tensor:
            # diffusers' module reads these two beside its one argument
            self.layers.clip_embeds = features[None].to(next(self.layers.parameters()).device)
            self.layers.shortcut_scale = structure
            tokens = self._forward(row)
            self.layers.clip_embeds = None
            return tokens

        return self._kept.get((_digest(row), _digest(features), structure), project)


def _rows(embeddings: Tensor, width: int) -> Tensor:
    if embeddings.ndim != 2 or not len(embeddings) or embeddings.shape[1] != width:
        raise InvalidInput(
            f"Face embeddings must be rows of {width} numbers; these are {tuple(embeddings.shape)}. "
            "Measure the photos with the recogniser that these weights were made for.",
            f"人脸特征应为每行 {width} 个数，实际为 {tuple(embeddings.shape)}。请用与该权重配套的识别器重新提取。",
        )
    if not bool(embeddings.isfinite().all()):
        raise InvalidInput(
            "A face embedding is not finite, so it cannot be used. Add the photo again.",
            "人脸特征含有无效数值，无法使用。请重新添加照片。",
        )
    return embeddings.detach().to("cpu", torch.float32)


def _check_encoder(file: AdapterFile, encoder: ImageEncoder, width: int, penultimate: bool) -> None:
    given = encoder.width(penultimate)
    if given != width:
        raise InvalidInput(
            f"{file.path.name} reads pictures through an image encoder of width {width}; the one installed has {given}. "
            "Install the encoder that the file was made with (CLIP ViT-H for the files named vit-h).",
            f"{file.path.name} 需要宽度为 {width} 的图像编码器，已安装的为 {given}。"
            "请安装与该文件配套的编码器（名称含 vit-h 的文件用 CLIP ViT-H）。",
        )


def _digest(tensor: Tensor) -> tuple[tuple[int, ...], bytes]:
    numbers = tensor.detach().to("cpu", torch.float32).contiguous().numpy().tobytes()
    return tuple(tensor.shape), hashlib.blake2b(numbers, digest_size=16).digest()


def _generator(rows: Tensor) -> torch.Generator:
    return torch.Generator("cpu").manual_seed(int.from_bytes(_digest(rows)[1][:7], "little"))
