"""How much arithmetic a frame is, counted on networks without numbers (torch's meta device), two per multiply-add."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.baselines import FaceAttention, Habits
from benchmarks.ours import Features
from benchmarks.shapes import FULL, TEXT, TINY, Shape, parameters
from studio.engines.sdxl.attention import Prompted, grids, listen
from studio.engines.sdxl.control import Control
from studio.engines.sdxl.schedule import window

# what a frame costs by the published way: 30 steps with guidance, IdentityNet at each, decoding, two prompts
REFERENCE = 596.7


@dataclass(frozen=True)
class Work:
    """TFLOP. unet, identity_net: of a row as diffusers has them. demo_unet: with the demonstration's face attention and
    its left-over product; face_unet: without that product. our_unet, our_identity_net: with keys and values and the
    picture given. text: of both encoders for a prompt; projections by what they make keys and values of."""

    unet: float
    identity_net: float
    decode: float
    text: float
    demo_unet: float
    face_unet: float
    our_unet: float
    our_identity_net: float
    picture: float
    text_projections: float
    face_projections: float
    identity_projections: float

    def of_baseline(self, habits: Habits, steps: int) -> float:
        """A frame."""
        row = (self.demo_unet if habits.leftover else self.face_unet) + self.identity_net
        return 2 * steps * row + 2 * self.text + self.decode

    def of_ours(self, features: Features, characters: int, shots: int) -> float:
        """A frame, of a storyboard of so many. What is not kept is counted as often as it is computed."""
        steps, guided, controlled = features.steps, features.guidance_scale > 1, (0.0, features.control_end)
        total = self.decode
        texts, people = (shots + guided) / shots, (characters + guided) / shots
        if not features.texts_kept:
            batch = min(features.batch, shots)
            texts = people = (batch + guided) / batch
        total += texts * self.text
        again = 1 if features.keys_kept else steps
        total += again * (texts * self.text_projections + people * (self.face_projections + self.identity_projections))
        total += self.picture * (1 if features.pictures_kept else steps)
        for step in range(steps):
            rows = 1 + (guided and window(step, steps, 0.0, features.guidance_end))
            total += rows * (self.our_unet + window(step, steps, *controlled) * self.our_identity_net)
        return total


@cache
def work(tiny: bool = False) -> Work:
    """All of it; some twenty seconds for the full size."""
    shape = TINY if tiny else FULL
    with torch.device("meta"), torch.no_grad():
        unet, identity_net, vae = shape.unet(), shape.identity_net(), shape.autoencoder()
        encoders = shape.encoders()
        rows: Any = torch.empty((1, *shape.latents))
        pictures = torch.empty((1, 3, shape.pixels, shape.pixels))
        ids = torch.zeros((1, TEXT), dtype=torch.long)
        text, face = (torch.empty((1, tokens, shape.width)) for tokens in (TEXT, shape.resampler[0]))
        added = {
            "text_embeds": torch.empty((1, shape.second["projection_dim"])),
            "time_ids": torch.empty((1, 6)),
        }

        def denoise(network: Any, states: Tensor, **more: Any) -> Callable[[], Any]:
            return lambda: network(rows, torch.empty(()), states, added_cond_kwargs=added, **more)

        counted = {
            "unet": _tflop(denoise(unet, text)),
            "identity_net": _tflop(denoise(identity_net, face, controlnet_cond=pictures)),
            "decode": _tflop(lambda: vae.decode(rows)),
            "text": _tflop(lambda: [encoder(ids) for encoder in encoders]),
        }
        for name, leftover in (("demo_unet", True), ("face_unet", False)):
            _hear_faces(unet, face.shape[1], Habits(leftover=leftover))
            counted[name] = _tflop(denoise(unet, torch.cat([text, face], dim=1)))
        control = Control(identity_net)
        reading, crossing = listen(unet)
        own = _projected(crossing, text)
        faces = _projected(crossing, face)
        weights = dict.fromkeys(
            grids(*shape.latents[1:], len(shape.denoiser["block_out_channels"])), torch.empty((1, 1, 1))
        )
        reading.hear(own, [Prompted(faces, weights)])
        counted["our_unet"] = _tflop(denoise(unet, text))
        counted["text_projections"] = _tflop(lambda: _projected(crossing, text))
        counted["face_projections"] = _tflop(lambda: _projected(crossing, face))
        reads = _projected(_crossing(identity_net), face)
        counted["identity_projections"] = _tflop(lambda: _projected(_crossing(identity_net), face))
        counted["picture"] = _tflop(lambda: control.embedded(pictures[0]))
        embedded = control.embedded(pictures[0])[None]
        counted["our_identity_net"] = _tflop(lambda: control.residuals(rows, torch.empty(()), added, embedded, reads))
    return Work(**counted)


def _tflop(run: Callable[[], Any]) -> float:
    with FlopCounterMode(display=False) as counter:
        run()
    return counter.get_total_flops() / 1e12


def _crossing(network: Any) -> dict[int, Any]:
    named = dict(network.named_modules())
    names = [name for name in network.attn_processors if name.endswith("attn2.processor")]
    return {at: named[name.removesuffix(".processor")] for at, name in enumerate(names)}


def _projected(crossing: dict[int, Any], states: Tensor) -> list[tuple[Tensor, Tensor]]:
    """Per layer (1, heads, T, d)."""

    def heads(made: Tensor, count: int) -> Tensor:
        return made.view(1, made.shape[1], count, -1).transpose(1, 2)

    return [(heads(a.to_k(states), a.heads), heads(a.to_v(states), a.heads)) for a in crossing.values()]


def _hear_faces(unet: Any, tokens: int, habits: Habits) -> None:
    crossing = _crossing(unet)
    processors = dict(unet.attn_processors)
    names = [name for name in processors if name.endswith("attn2.processor")]
    for name, attn in zip(names, crossing.values(), strict=True):
        width = attn.to_k.weight
        processors[name] = FaceAttention(torch.empty_like(width), torch.empty_like(width), tokens, habits)
    unet.set_attn_processor(processors)


def table_of(shape: Shape) -> dict[str, int]:
    """Parameters of each network."""
    with torch.device("meta"):
        first, second = shape.encoders()
        networks = {
            "unet": shape.unet(),
            "identity_net": shape.identity_net(),
            "vae": shape.autoencoder(),
            "clip_l": first,
            "clip_g": second,
        }
    return {name: parameters(network) for name, network in networks.items()}
