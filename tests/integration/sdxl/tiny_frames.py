"""People, texts and frames for the denoiser on random weights. Everything is made of a seed and its arguments."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from studio.engines.sdxl.composition import Composition, Course, Person, Tokens
from studio.engines.sdxl.pipeline import Pipeline
from studio.engines.sdxl.points import keypoint_picture
from studio.engines.sdxl.schedule import scheduler_named
from studio.engines.sdxl.sides import IDENTITY
from studio.weights import Weights

HEIGHT, WIDTH = 96, 128
# as wide as the left, and the right half of the canvas
LEFT, RIGHT = (0, 64), (64, 128)
_FIVE = np.array([(0.35, 0.35), (0.65, 0.36), (0.5, 0.5), (0.38, 0.66), (0.62, 0.67)])


def opened(weights: Path, *parts: str) -> Pipeline:
    return Pipeline(Weights(weights), ("base/tiny", "instantid", *parts), "cpu")


def region(columns: tuple[int, int]) -> Tensor:
    mask = torch.zeros(HEIGHT, WIDTH)
    mask[:, slice(*columns)] = 1
    return mask


@dataclass
class Seen:
    """What a denoiser said of a run, by (name, step); `latents` of every step."""

    said: dict[tuple[str, int], Tensor] = field(default_factory=dict)

    def __call__(self, name: str, step: int, tensor: Tensor) -> None:
        self.said[name, step] = tensor.clone()


@dataclass
class Frames:
    """Makes frames for one pipeline, and runs them."""

    pipeline: Pipeline

    def person(
        self,
        face: int,
        where: Tensor | None = None,
        *,
        ip: float = 0.8,
        control: float = 0.8,
        columns: tuple[int, int] = (0, WIDTH),
    ) -> Person:
        """face: the seed of an embedding; columns: where on the canvas the five points lie."""
        embedding = torch.randn(1, 512, generator=torch.Generator().manual_seed(face))
        negative, given = self.pipeline.projections[IDENTITY].tokens(embedding)
        points = (np.array([columns[0], 0]) + _FIVE * [columns[1] - columns[0], HEIGHT]).astype(np.float32)
        picture = torch.tensor(keypoint_picture([points], WIDTH, HEIGHT)).permute(2, 0, 1).float() / 255
        return Person(
            tokens=Tokens(given, f"face {face}", negative, "nobody"),
            keypoints=picture,
            keypoints_key=str(columns),
            ip_adapter_scale=ip,
            controlnet_conditioning_scale=control,
            region=where,
        )

    def frame(self, *people: Person, seed: int = 1, prompt: str = "photo of a man, night", **more: Any) -> Composition:
        windows = self.pipeline.texts.chunks(prompt)
        generator = torch.Generator().manual_seed(seed)
        return Composition(
            text=self.pipeline.texts.encode(prompt, windows),
            negative=self.pipeline.texts.encode("blurry, watermark", windows),
            noise=torch.randn(4, HEIGHT // 8, WIDTH // 8, generator=generator),
            people=people,
            generator=generator,
            **more,
        )

    def run(self, *frames: Composition, scheduler: Any = "euler", seen: Seen | None = None, **course: Any) -> Tensor:
        """(B, C, h, w) latents."""
        given = {"num_inference_steps": 2, "guidance_scale": 5.0, **course}
        return self.pipeline.denoiser.run(
            frames,
            Course(height=HEIGHT, width=WIDTH, **given),
            scheduler_named(scheduler, self.pipeline.scheduler_config),
            lambda *_: None,
            seen,
        )
