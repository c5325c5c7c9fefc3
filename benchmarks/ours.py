"""The studio's own engine over the storyboard, as it is and with one thing more or less."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from diffusers.models.attention import BasicTransformerBlock
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from benchmarks.baselines import Frame
from benchmarks.shapes import SCHEDULER
from benchmarks.storyboard import ADAPTED, CONTROL_SCALE, FACE_SCALE, GUIDANCE, Shot, Storyboard, grouped
from benchmarks.variants import VariantDenoiser
from benchmarks.weights import Built
from storage.pictures import encode_png
from studio.device import Plan
from studio.engines.sdxl.attention import of_adapter
from studio.engines.sdxl.composing import pixels
from studio.engines.sdxl.composition import Composition, Course, Person, Tokens
from studio.engines.sdxl.control import Control
from studio.engines.sdxl.decoding import Codec
from studio.engines.sdxl.memo import Memo
from studio.engines.sdxl.merging import Merger
from studio.engines.sdxl.projections import KEPT, IdentityProjection
from studio.engines.sdxl.residence import Groups, Residence
from studio.engines.sdxl.schedule import scheduler_named
from studio.engines.sdxl.sides import IDENTITY
from studio.engines.sdxl.text import Text

# Hopper's first choice; the others where it does not take a shape
CUDNN = [SDPBackend.CUDNN_ATTENTION, SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]


@dataclass(frozen=True)
class Features:
    """How the engine is used. batch: shots at once; by_lora: shots of one set of LoRAs come together.

    texts_kept: texts and faces are read once for the storyboard, and not for each batch. half_vae: the VAE decodes in
    half precision. adapter_there: the projections of the identity adapter lie on the card in half precision, and are
    not fetched from the processor's memory for each person. worn_lora: the adapted character's, merged. The rest as in
    Course and VariantDenoiser.
    """

    batch: int = 4
    cudnn: bool = False
    graphs: bool = False
    compiled: Literal["", "regional", "full"] = ""
    keys_kept: bool = True
    pictures_kept: bool = True
    texts_kept: bool = True
    half_vae: bool = True
    adapter_there: bool = False
    worn_lora: bool = False
    by_lora: bool = True
    steps: int = 30
    guidance_scale: float = GUIDANCE
    guidance_end: float = 1.0
    control_end: float = 1.0


class Ours:
    """Frames of a storyboard, in batches. plan: how the networks lie on the card; None: they are there already.

    Everything that is kept is let go of when a storyboard begins, and the weights are as they were when it ends.
    """

    def __init__(self, built: Built, storyboard: Storyboard, features: Features, plan: Plan | None = None):
        self.features = features
        self.steps = features.steps
        self.storyboard = storyboard
        self.encoders = built.encoders
        unet, vae = built.own_unet(), built.own_vae()
        self.denoiser = VariantDenoiser(unet, features.graphs, features.keys_kept, features.pictures_kept)
        self.codec = Codec(vae if features.half_vae else vae.to(torch.float32))
        self.projection = IdentityProjection(built.adapter, built.device)
        to_k, to_v = built.adapter.to_k, built.adapter.to_v
        if features.adapter_there:
            to_k, to_v = ({at: each.to(built.device, built.dtype) for at, each in one.items()} for one in (to_k, to_v))
        self.denoiser.adapters[IDENTITY] = of_adapter(self.denoiser.crossing, to_k, to_v)
        control = Control(built.own_identity_net())
        self.denoiser.controls[IDENTITY] = control
        self.groups = Groups(
            reading=[*self.encoders, self.projection.layers],
            denoising=[unet, *control.modules],
            projections=[layer for attn in self.denoiser.crossing.values() for layer in (attn.to_k, attn.to_v)],
            decoding=[vae],
        )
        self._pixels = built.shape.pixels
        self._merger = Merger({"unet": unet})
        self._texts: dict[str, Text] = {}
        self._residence: Residence | None = None
        if plan:
            if plan.tile:
                self.codec.tile(plan.tile)
            self._residence = Residence(plan, self.groups)
        if features.compiled:
            compile_networks(features.compiled, (unet, control.network))

    @torch.inference_mode()
    def frames(self, shots: Sequence[Shot]) -> Iterator[Frame]:
        """Each shot's frame, batch after batch."""
        self._fresh()
        for batch in grouped(shots, self.features.batch, self.features.worn_lora, self.features.by_lora):
            if not self.features.texts_kept:
                self._fresh()
            yield from self._batch(batch)
        self._fresh()
        self._merger.use([])

    def _batch(self, shots: Sequence[Shot]) -> Iterator[Frame]:
        self._enter("reading")
        if self.features.worn_lora:
            self._wear(shots)
        latents = self.denoised(shots)
        self._enter("decoding")
        for shot, each in zip(shots, latents, strict=True):
            picture = self._decoded(each)
            yield Frame(shot.number, each, picture, encode_png(picture))

    @torch.inference_mode()
    def denoised(self, shots: Sequence[Shot]) -> Tensor:
        """(B, C, h, w) latents of shots that go together."""
        features = self.features
        compositions = [self._composition(shot) for shot in shots]
        self._enter("denoising")
        course = Course(
            height=self._pixels,
            width=self._pixels,
            num_inference_steps=self.steps,
            guidance_scale=features.guidance_scale,
            guidance_end=features.guidance_end,
            control_guidance=(0.0, features.control_end),
        )
        with self._attention():
            return self.denoiser.run(compositions, course, scheduler_named("euler", SCHEDULER), lambda *_: None)

    def _composition(self, shot: Shot) -> Composition:
        person = Person(
            tokens=self._tokens(shot.character),
            keypoints=shot.keypoints,
            keypoints_key=str(shot.number),
            ip_adapter_scale=FACE_SCALE,
            controlnet_conditioning_scale=CONTROL_SCALE,
        )
        return Composition(
            text=self._text(f"shot {shot.number}", shot.ids),
            negative=self._text("negative", self.storyboard.negative),
            noise=shot.noise,
            people=(person,),
        )

    def _tokens(self, character: int) -> Tokens:
        negative, given = self.projection.tokens(self.storyboard.embeddings[character])
        return Tokens(given, f"character {character}", negative, "nobody")

    def _text(self, key: str, ids: Tensor) -> Text:
        if key not in self._texts:
            first, second = (encoder(ids.to(encoder.device), output_hidden_states=True) for encoder in self.encoders)
            hidden = [output.hidden_states[-2][0] for output in (first, second)]
            self._texts[key] = Text(torch.cat(hidden, dim=-1), second.text_embeds[0], key)
        return self._texts[key]

    def _decoded(self, latents: Tensor) -> NDArray[np.uint8]:
        return pixels(self.codec.decoded(latents[None])[0])

    def _wear(self, shots: Sequence[Shot]) -> None:
        loras = [("worn", self.storyboard.lora, 1.0)] if shots[0].character == ADAPTED else []
        if self._merger.use(loras):
            self.denoiser.text.forget()

    def _fresh(self) -> None:
        self._texts.clear()
        self.projection._kept = Memo(KEPT)
        self.denoiser.forget()

    def _enter(self, phase: Any) -> None:
        if self._residence:
            self._residence.enter(phase)

    def _attention(self) -> AbstractContextManager[Any]:
        return sdpa_kernel(CUDNN, set_priority=True) if self.features.cudnn else nullcontext()


def compile_networks(how: str, networks: Sequence[nn.Module], backend: Any = "inductor") -> None:
    """how: 'full', or 'regional' for the transformer blocks alone, which are a few shapes in many places."""
    for network in networks:
        blocks = [module for module in network.modules() if isinstance(module, BasicTransformerBlock)]
        for module in [network] if how == "full" else blocks:
            module.compile(backend=backend, dynamic=False)
