"""What is rendered: shots of three characters in turn, each with its prompt, face, keypoints and noise; one has a LoRA."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.shapes import EMBEDDING, TEXT, Shape
from studio.engines.sdxl.composing import seeded, tensor
from studio.engines.sdxl.lora import Factors, Lora
from studio.engines.sdxl.points import keypoint_picture

CHARACTERS = 3
ADAPTED = 2  # the character that has a LoRA
FACE_SCALE, CONTROL_SCALE, GUIDANCE = 0.8, 0.8, 5.0
# eyes, nose and mouth of a face one unit wide, from its middle
_FACE = ((-0.19, -0.14), (0.19, -0.14), (0.0, 0.06), (-0.15, 0.25), (0.15, 0.25))


@dataclass(frozen=True, eq=False)
class Shot:
    """number: in the storyboard. ids: (1, 77) tokens. keypoints: (3, H, W) in 0..1, drawn. noise: (C, h, w)."""

    number: int
    character: int
    ids: Tensor
    keypoints: Tensor
    noise: Tensor


@dataclass(frozen=True, eq=False)
class Storyboard:
    """negative: (1, 77) tokens. embeddings: (1, 512) raw, of each character."""

    shots: tuple[Shot, ...]
    negative: Tensor
    embeddings: tuple[Tensor, ...]
    lora: Lora


def storyboard(shape: Shape, unet: Any) -> Storyboard:
    """The same on every machine: all is drawn on the processor, from seeds."""
    draw = seeded(0, "storyboard")
    shots = []
    for number in range(shape.shots):
        where, size = torch.rand(2, generator=draw), 0.2 + 0.3 * float(torch.rand((), generator=draw))
        middle = (0.3 + 0.4 * where) * shape.pixels
        points = (torch.tensor(_FACE) * size * shape.pixels + middle).numpy()
        shots.append(
            Shot(
                number=number,
                character=number % CHARACTERS,
                ids=_ids(shape, draw),
                keypoints=tensor(keypoint_picture([points], shape.pixels, shape.pixels)),
                noise=torch.randn(shape.latents, generator=seeded(number)),
            )
        )
    # a recogniser's raw embeddings are some twenty long
    faces = tuple(torch.randn((1, EMBEDDING), generator=draw) for _ in range(CHARACTERS))
    return Storyboard(tuple(shots), _ids(shape, draw), faces, _lora(shape, unet, draw))


def grouped(shots: Sequence[Shot], most: int, worn_lora: bool, together: bool) -> list[list[Shot]]:
    """Batches of at most so many neighbours that wear the same; together: who wears the same is brought together."""

    def adapted(shot: Shot) -> bool:
        return worn_lora and shot.character == ADAPTED

    ordered = sorted(shots, key=adapted) if together else shots
    groups = [list(group) for _, group in groupby(ordered, key=adapted)]
    return [group[at : at + most] for group in groups for at in range(0, len(group), most)]


def _ids(shape: Shape, draw: torch.Generator) -> Tensor:
    vocabulary = shape.first["vocab_size"]
    words = torch.randint(2, vocabulary - 2, (TEXT - 2,), generator=draw)
    length = int(torch.randint(20, TEXT - 2, (), generator=draw))
    words[length:] = vocabulary - 1  # the end of the text, which also fills up
    return torch.cat([torch.tensor([vocabulary - 2]), words, torch.tensor([vocabulary - 1])])[None]


def _lora(shape: Shape, unet: nn.Module, draw: torch.Generator) -> Lora:
    """Of all attentions, about a tenth as loud as what it is added to."""
    factors = {}
    for name, module in unet.named_modules():
        if name.endswith(("to_q", "to_k", "to_v", "to_out.0")):
            out, into = module.get_parameter("weight").shape
            down = torch.randn((shape.lora_rank, into), generator=draw) / into**0.5
            up = torch.randn((out, shape.lora_rank), generator=draw) * 0.1 / shape.lora_rank**0.5
            factors["unet", name] = Factors(down, up, 1.0)
    return Lora(factors)
