"""A face painted again: cut out large, made anew in its own place, put back. For small faces, and for one that is wrong.

The crop is a square around the head on a canvas of the checkpoint's own size, so that a face of 60 pixels is painted
with 400; only the head inside it is made anew, and only that is put back, feathered.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from studio.engines import Box, RenderRequest, Subject
from studio.engines.sdxl.canvas import Canvas
from studio.engines.sdxl.composing import Composer, Picture, seeded, seen
from studio.engines.sdxl.composition import Composition
from studio.engines.sdxl.options import Resolved
from studio.engines.sdxl.regions import head_regions

AROUND = 2.4  # side of the crop in longer sides of the head: enough around it to match its light
# of SDXL's own pixels: a face needs no megapixel, and a crop of 1024 x 1024 exactly would bring watermarks
SHARE_OF_AREA = 0.5625  # 768 x 768


@dataclass(frozen=True, slots=True)
class Repaint:
    """One face to be painted again. box: the square of the canvas that is cut out, whole pixels; strength: 0..1."""

    subject: Subject
    box: tuple[int, int, int, int]
    strength: float


def repaints(request: RenderRequest, canvas: Canvas, options: Resolved) -> list[Repaint]:
    """Whose faces are painted again: the one that was asked for, or all that are small. In the order of the request."""
    wanted = request.start.repaint if request.start else ""
    found = []
    for subject in seen(request, options):
        head = canvas.box_to_canvas(subject.head)
        if wanted and request.start is not None:
            if subject.character == wanted:
                found.append(Repaint(subject, _square(head, canvas), request.start.strength))
        elif options.second_pass and head[2] - head[0] < options.second_pass_below and _is_within(head, canvas):
            found.append(Repaint(subject, _square(head, canvas), options.second_pass_strength))
    return found


def crop_side(area: int, multiple: int) -> int:
    """Pixels of a side of the canvas that a crop is painted on."""
    return max(multiple, round(math.sqrt(area * SHARE_OF_AREA) / multiple) * multiple)


def crop_composition(
    composer: Composer,
    request: RenderRequest,
    picture: Picture,
    repaint: Repaint,
    canvas: Canvas,
    side: int,
    windows: int,
) -> Composition:
    """The crop as a frame of its own: the same texts, one person, and the picture to start from."""
    x0, y0, x1, y1 = repaint.box
    scale = side / (x1 - x0)
    generator = seeded(request.seed, "face", repaint.subject.character, repaint.subject.name)
    square = Canvas(side, side, side, side)
    start = composer.encoded(
        np.asarray(cv2.resize(picture[y0:y1, x0:x1], (side, side), interpolation=cv2.INTER_CUBIC), np.uint8), generator
    )
    keypoints = (canvas.to_canvas(np.array(repaint.subject.keypoints)) - (x0, y0)) * scale
    mask = torch.from_numpy(head_regions([_head_in(repaint, canvas, scale)], side, side)[0])
    text, negative = composer.texts(request, windows)
    alone = composer.identity_of(repaint.subject, keypoints.astype(np.float32), square)
    return Composition(
        text=text,
        negative=negative,
        noise=composer.noise(square, generator),
        people=alone,
        image_prompts=tuple(composer.face_prompts([repaint.subject], [None])),
        start=start,
        repaint=_latent_mask(mask, start),
        generator=generator,
    )


def put_back(picture: Picture, painted: Picture, repaint: Repaint, canvas: Canvas) -> Picture:
    """The picture with the crop's head in it, feathered; everything else is untouched."""
    x0, y0, x1, y1 = repaint.box
    side = x1 - x0
    how = cv2.INTER_AREA if painted.shape[0] > side else cv2.INTER_CUBIC
    small = np.asarray(cv2.resize(painted, (side, side), interpolation=how), np.float32)
    mask = head_regions([_head_in(repaint, canvas, 1.0)], side, side)[0][..., None]
    out = picture.copy()
    there = out[y0:y1, x0:x1].astype(np.float32)
    out[y0:y1, x0:x1] = np.clip(np.round(there + mask * (small - there)), 0, 255).astype(np.uint8)
    return out


def _square(head: Box, canvas: Canvas) -> tuple[int, int, int, int]:
    """A square around the head, pushed inside the canvas."""
    side = round(min(AROUND * max(head[2] - head[0], head[3] - head[1]), canvas.width, canvas.height))
    x = round((head[0] + head[2] - side) / 2)
    y = round((head[1] + head[3] - side) / 2)
    x = min(max(x, 0), canvas.width - side)
    y = min(max(y, 0), canvas.height - side)
    return x, y, x + side, y + side


def _is_within(head: Box, canvas: Canvas) -> bool:
    x, y = (head[0] + head[2]) / 2, (head[1] + head[3]) / 2
    return 0 <= x <= canvas.width and 0 <= y <= canvas.height


def _head_in(repaint: Repaint, canvas: Canvas, scale: float) -> Box:
    x0, y0 = repaint.box[:2]
    head = canvas.box_to_canvas(repaint.subject.head)
    left, top, right, bottom = ((side - corner) * scale for side, corner in zip(head, (x0, y0, x0, y0), strict=True))
    return left, top, right, bottom


def _latent_mask(mask: Tensor, start: Tensor) -> Tensor:
    return functional.interpolate(mask[None, None], size=start.shape[-2:], mode="area")[0, 0]


def by_strength(found: Sequence[tuple[int, Repaint]]) -> dict[float, list[tuple[int, Repaint]]]:
    """(request, face) by strength: crops of one strength take the same steps."""
    grouped: dict[float, list[tuple[int, Repaint]]] = {}
    for index, repaint in found:
        grouped.setdefault(repaint.strength, []).append((index, repaint))
    return grouped
