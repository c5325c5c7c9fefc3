"""Where on the canvas each person, and the place behind them, is spoken for: soft masks that never overrule each other.

Masks are (H, W) float32 in 0..1 on the canvas. People's masks sum to at most 1 at every pixel, and where heads or bodies
overlap the nearer one has the greater part, so that two identities are not blended into a third. What belongs to nobody
is left to the words.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from studio.engines import Box

Mask = NDArray[np.float32]

# A box of the head is tight, and hair, ears and chin belong to the likeness: the ellipse in a box 1.45 times as large
# just takes in the corners of the head's own (the square root of 2 is 1.41).
_HEAD = 1.45
# Beyond the shape the mask falls to nothing over this part of its half-size.
_HEAD_FEATHER, _BODY_FEATHER = 0.25, 0.1
# The coarsest grid of SDXL has a token to 32 pixels. A shape is never so small that it may fall between four of them:
# feather included its radius is more than half their diagonal of 45 pixels.
_LEAST_HALF = 20.0
# Where two shapes overlap the change from one to the other takes about a tenth of their half-size.
_SHARPNESS = 12.0


def head_regions(heads: Sequence[Box], width: int, height: int) -> NDArray[np.float32]:
    """(N, height, width) masks of heads, for faces: ellipses around the boxes (x0, y0, x1, y1), which may reach past the canvas.

    1 over all of a head's box that is nobody else's. Raises ValueError for a box without area.
    """
    boxes = _boxes(heads, _HEAD)
    across, down = _distances(boxes, width, height)
    return _shared(np.hypot(across[:, None, :], down[:, :, None]), _HEAD_FEATHER)


def body_regions(bodies: Sequence[Box], width: int, height: int) -> NDArray[np.float32]:
    """(N, height, width) masks of whole persons, for looks: their boxes, feathered outward. Raises as head_regions."""
    boxes = _boxes(bodies, 1.0)
    across, down = _distances(boxes, width, height)
    return _shared(np.maximum(across[:, None, :], down[:, :, None]), _BODY_FEATHER)


def background(people: NDArray[np.float32]) -> Mask:
    """(H, W): what the masks of people (N, H, W) leave over, for the plate; 1 everywhere where N is 0."""
    return np.clip(1.0 - people.sum(axis=0), 0.0, 1.0).astype(np.float32)


def _boxes(boxes: Sequence[Box], enlarged: float) -> NDArray[np.float64]:
    """(N, 4): centre x, centre y, half width, half height."""
    sides = np.asarray(boxes, np.float64).reshape(-1, 4)
    low, high = sides[:, :2], sides[:, 2:]
    if not (np.isfinite(sides).all() and (low < high).all()):
        raise ValueError(f"a box is x0, y0, x1, y1 with x0 < x1 and y0 < y1, not {sides.tolist()}")
    return np.hstack([(low + high) / 2, np.maximum((high - low) / 2 * enlarged, _LEAST_HALF)])


def _distances(boxes: NDArray[np.float64], width: int, height: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of each pixel's centre from each box's, in half-sizes: (N, width) and (N, height)."""
    x, y = np.arange(width) + 0.5, np.arange(height) + 0.5
    return (
        np.abs(x - boxes[:, 0, None]) / boxes[:, 2, None],
        np.abs(y - boxes[:, 1, None]) / boxes[:, 3, None],
    )


def _shared(distance: NDArray[np.float64], feather: float) -> NDArray[np.float32]:
    """Masks from each shape's own distance (1 at its edge): together they cover the union, each pixel once.

    A pixel's share of shape i is its cover times exp(-sharpness * distance squared), normalised over the shapes.
    """
    if not len(distance):
        return np.zeros(distance.shape, np.float32)
    beyond = np.clip((distance - 1) / feather, 0, 1)
    cover = 1 - beyond * beyond * (3 - 2 * beyond)
    # relative to the nearest shape, so that its own weight is 1; that shape covers most, so the sum is 0 only off them all
    nearness = np.exp(-_SHARPNESS * (distance**2 - distance.min(axis=0) ** 2))
    weight = cover * nearness
    # sorted, so that the sum is the same to the last bit whoever comes first
    total = np.sort(weight, axis=0).sum(axis=0)
    return (cover.max(axis=0) * weight / np.where(total > 0, total, 1.0)).astype(np.float32)
