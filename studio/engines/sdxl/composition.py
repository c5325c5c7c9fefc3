"""What one frame is denoised from, and the course that a whole batch takes together. Tensors, no file and no name."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from studio.engines.sdxl.text import Text

Window = tuple[float, float]
ALWAYS: Window = (0.0, 1.0)


@dataclass(frozen=True, eq=False)
class Tokens:
    """What a face or a picture says to a cross-attention, and what the unconditional half hears in its place.

    given, negative: (T, D). Each key names its tensor, for the caches: the negative is the same for many.
    """

    given: Tensor
    key: str
    negative: Tensor
    negative_key: str


@dataclass(frozen=True, eq=False)
class Person:
    """A face of the frame, for IdentityNet and for the face attention of the UNet.

    keypoints: (3, H, W) in 0..1, the keypoint picture with this face alone; keypoints_key: names it. region: (H, W) in
    0..1 on the canvas, or None for all of it.
    """

    tokens: Tokens
    keypoints: Tensor
    keypoints_key: str
    ip_adapter_scale: float
    controlnet_conditioning_scale: float
    region: Tensor | None = None


@dataclass(frozen=True, eq=False)
class ImagePrompt:
    """A picture's tokens for the adapter of that name. region: (H, W) in 0..1, or None for all of it.

    face: it speaks within the window of the face attention only.
    """

    adapter: str
    tokens: Tokens
    scale: float
    region: Tensor | None = None
    face: bool = False


@dataclass(frozen=True, eq=False)
class Hint:
    """A picture (3, H, W) in 0..1 for the ControlNet of that name, which reads the text; key: names the picture."""

    control: str
    picture: Tensor
    key: str
    scale: float


@dataclass(frozen=True, eq=False)
class Composition:
    """One frame. noise: (C, h, w) unit normal.

    start: (C, h, w) latents that it is made from, scaled as the VAE has it, or None. repaint: (h, w) in 0..1, where
    the start is made anew (1) and where it stays (0), or None for everywhere. generator: what a scheduler that adds
    noise draws from.
    """

    text: Text
    negative: Text
    noise: Tensor
    people: tuple[Person, ...] = ()
    image_prompts: tuple[ImagePrompt, ...] = ()
    hints: tuple[Hint, ...] = ()
    start: Tensor | None = None
    repaint: Tensor | None = None
    generator: torch.Generator | None = None


@dataclass(frozen=True)
class Course:
    """What the frames of a batch share. height, width: of the canvas, in pixels.

    strength: how much of a start is made anew, 1.0 for frames from noise. guidance_end: the share of the steps that
    are guided; after it only the conditional half is computed. Windows are (start, end) shares of the steps: of
    IdentityNet, of the face attention, of each other ControlNet by its name.
    """

    height: int
    width: int
    num_inference_steps: int
    guidance_scale: float
    guidance_end: float = 1.0
    strength: float | None = None
    control_guidance: Window = ALWAYS
    face_attention: Window = ALWAYS
    hints: Mapping[str, Window] = field(default_factory=dict)
