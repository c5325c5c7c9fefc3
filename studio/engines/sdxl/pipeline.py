"""The networks of one checkpoint on their device, and what has been read beside them. Opened once, used for many frames."""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from studio.device import Card, Plan, Sizes, card, plan, processor, smaller
from studio.engines import AdapterUse
from studio.engines.sdxl.adapter_files import AdapterFile, check_fit, read_adapter_file
from studio.engines.sdxl.attention import Memory, of_adapter
from studio.engines.sdxl.control import Control
from studio.engines.sdxl.decoding import Codec
from studio.engines.sdxl.denoising import Denoiser
from studio.engines.sdxl.faceid_lora import faceid_lora
from studio.engines.sdxl.image_encoder import ImageEncoder
from studio.engines.sdxl.lora import Lora, read_lora
from studio.engines.sdxl.memo import Memo
from studio.engines.sdxl.merging import Merger
from studio.engines.sdxl.networks import read_checkpoint, read_controlnet
from studio.engines.sdxl.projections import (
    FacePictureProjection,
    FaceProjection,
    IdentityProjection,
    PictureProjection,
    Projection,
)
from studio.engines.sdxl.residence import Groups, Residence
from studio.engines.sdxl.sides import IDENTITY
from studio.engines.sdxl.text import TextEncoders
from studio.engines.sdxl.tokens import read_token_file
from studio.weights import Weights
from studio.weights.conversion import as_safetensors

ADAPTER_NAMES = ("ip-adapter.safetensors", "ip-adapter.bin")
# an own trained LoRA weighs 50 to 200 MB
KEPT_LORAS = 8


class Pipeline:
    """A checkpoint with what goes beside it.

    denoiser, codec, texts: the rooms that do the work. projections: kind of adapter ('identity', 'plus', ...) -> what
    makes its tokens. where: the card, or the processor. area: pixels of the canvas it was made for.
    """

    def __init__(self, weights: Weights, parts: Sequence[str], device: str):
        self.weights = weights
        self.where: Card = card(device) or processor()
        half = self.where.index is not None
        self.dtype = torch.float16 if half else torch.float32
        base = weights.path(parts[0])
        configs = weights.path("sdxl-config") if "sdxl-config" in parts else None
        vae = weights.path("vae") if "vae" in parts else None
        networks = read_checkpoint(base, self.dtype, configs, vae)
        self.denoiser = Denoiser(networks.unet)
        self.codec = Codec(networks.vae)
        self.texts = TextEncoders(networks.tokenizers, networks.encoders, networks.zeros_for_empty)
        self.scheduler_config = networks.scheduler
        self.projections: dict[str, Any] = {}
        self.encoder: ImageEncoder | None = None
        self.parts: tuple[str, ...] = ()
        self._merger = Merger(
            {"unet": networks.unet, "text_encoder": networks.encoders[0], "text_encoder_2": networks.encoders[1]}
        )
        self._loras: Memo[str, Lora] = Memo(KEPT_LORAS)
        self._adapters: list[dict[int, Tensor]] = []
        self._groups = Groups(
            reading=list(networks.encoders),
            denoising=[networks.unet],
            projections=[layer for attn in self.denoiser.crossing.values() for layer in (attn.to_k, attn.to_v)],
            decoding=[networks.vae],
        )
        config: Any = networks.unet.config
        self.area = (config.sample_size * self.codec.factor) ** 2
        self.multiple = self.codec.factor * 2 ** (len(config.block_out_channels) - 1)
        self._read(parts)
        self.residence = self._settled(plan(self.where, self._sizes()))

    def require(self, parts: Sequence[str]) -> None:
        """Read what is not there yet, and plan anew where something was. Raises ResourceMissing, InvalidInput."""
        if self._read([part for part in parts if part not in self.parts]):
            self.residence = self._settled(plan(self.where, self._sizes()))

    def takes_more(self, parts: Sequence[str]) -> bool:
        """Whether `require` may be asked: networks whose layers are brought in one by one stay as they were opened."""
        return not self.plan.streamed or set(parts) <= set(self.parts)

    def shrink(self) -> bool:
        """Lie as the next smaller plan says, after memory ran out; False where there is none."""
        found = smaller(self.plan, self.where, self._sizes())
        if found is None:
            return False
        for module in (*self._groups.reading, *self._groups.denoising):
            module.to("cpu")
        torch.cuda.empty_cache()
        self.residence = self._settled(found)
        return True

    @property
    def plan(self) -> Plan:
        """How it lies on its device."""
        return self.residence.plan

    def _read(self, parts: Sequence[str]) -> int:
        for part in parts:
            kind, _, name = part.partition("/")
            if part == "instantid":
                self._read_instantid()
            elif kind == "ip-adapter" and name != "image-encoder":
                self._read_ip_adapter(name)
            elif kind == "control":
                control = Control(read_controlnet(self.weights.path(part), self.dtype))
                self.denoiser.controls[name] = control
                self._groups.denoising += control.modules
            self.parts += (part,)
        return len(parts)

    @property
    def adapted(self) -> str:
        """The key of those LoRAs in place that change what the text encoders make of a prompt."""
        return self._merger.text_key

    def wear(self, uses: Sequence[AdapterUse], few_step: str, read: Callable[[str], bytes], faceid: str = "") -> None:
        """Put exactly these adapters in: LoRAs merged into the weights, learned tokens into the vocabulary.

        few_step: a part of the weights, or ''. read: an asset's bytes. faceid: the kind of a FaceID file, whose LoRA
        goes in too, or ''. What was in and is not named comes out; the base is then what it was, bit for bit. Raises
        InvalidInput for a file that is not for this checkpoint; the next call puts everything right.
        """
        config: Any = self.denoiser.unet.config
        loras = [
            (use.asset, self._loras.get(use.asset, lambda use=use: read_lora(read(use.asset), config)), use.weight)
            for use in uses
            if use.kind == "lora"
        ]
        if few_step:
            path = self.weights.path(few_step)
            loras.append((few_step, self._loras.get(few_step, lambda: read_lora(path.read_bytes(), config)), 1.0))
        if faceid:
            loras.append((faceid, self._loras.get(faceid, lambda: self._faceid_lora(faceid)), 1.0))
        widths = tuple(encoder.config.hidden_size for encoder in self.texts.encoders)
        rows = [
            (use.trigger, *read_token_file(read(use.asset), (widths[0], widths[1])))
            for use in uses
            if use.kind == "textual-inversion"
        ]
        if self._merger.use(loras):
            self.denoiser.text.forget()
        self.texts.tokens.clear()
        for trigger, clip_l, clip_g in rows:
            self.texts.tokens.put(trigger, clip_l, clip_g)

    def _heard(self, file: AdapterFile) -> Memory:
        """The memory of an adapter's own key and value projections, which lie where the plan has room for them."""
        self._adapters += [file.to_k, file.to_v]
        return of_adapter(self.denoiser.crossing, file.to_k, file.to_v)

    def _sizes(self) -> Sizes:
        sizes = self._groups.sizes(self.area / 1e6)
        own = sum(2 * weight.numel() for weights in self._adapters for weight in weights.values())
        return replace(sizes, projections=sizes.projections + own)

    def _settled(self, plan: Plan) -> Residence:
        if plan.tile:
            self.codec.tile(plan.tile)
        # once here and in this precision, so that a new person costs no cast and no way across the bus
        place = "cpu" if plan.in_turns else plan.device
        for weights in self._adapters:
            for position, weight in weights.items():
                weights[position] = weight.to(place, self.dtype)
        return Residence(plan, self._groups)

    def _read_instantid(self) -> None:
        folder = self.weights.path("instantid")
        there = [path for name in ADAPTER_NAMES if (path := folder / name).is_file()]
        file = read_adapter_file(_unpickled(there[0]), "identity")
        check_fit(file, self.denoiser.unet)
        projection = IdentityProjection(file)
        self.projections[IDENTITY] = projection
        self._groups.reading.append(projection.layers)
        self.denoiser.adapters[IDENTITY] = self._heard(file)
        control = Control(read_controlnet(folder / "ControlNetModel", self.dtype))
        self.denoiser.controls[IDENTITY] = control
        self._groups.denoising += control.modules

    def _read_ip_adapter(self, kind: str) -> None:
        file = read_adapter_file(_unpickled(self.weights.path(f"ip-adapter/{kind}")), _KIND_OF_FILE[kind])
        check_fit(file, self.denoiser.unet)
        projection: Projection
        if kind == "faceid":
            projection = FaceProjection(file)
        elif kind == "faceid-plusv2":
            projection = FacePictureProjection(file, self._image_encoder())
        else:
            projection = PictureProjection(file, self._image_encoder())
        self.projections[kind] = projection
        self._groups.reading.append(projection.layers)
        self.denoiser.adapters[kind] = self._heard(file)

    def _image_encoder(self) -> ImageEncoder:
        if self.encoder is None:
            self.encoder = ImageEncoder(self.weights.path("ip-adapter/image-encoder"), dtype=self.dtype)
            self._groups.reading.append(self.encoder.model)
        return self.encoder

    def _faceid_lora(self, kind: str) -> Lora:
        file = read_adapter_file(_unpickled(self.weights.path(f"ip-adapter/{kind}")), _KIND_OF_FILE[kind])
        return faceid_lora(file, self.denoiser.unet)


_KIND_OF_FILE = {
    "plain": "plain",
    "plus": "plus",
    "plus-face": "plus",
    "faceid": "faceid",
    "faceid-plusv2": "faceid-plusv2",
}


def _unpickled(path: Path) -> Path:
    """The file as safetensors: a .bin is converted once, beside it, where its folder may be written to."""
    return as_safetensors(path) if path.suffix == ".bin" and os.access(path.parent, os.W_OK) else path
