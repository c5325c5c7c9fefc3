"""Boxes: (x0, y0, x1, y1) in pixels."""

import numpy as np
from numpy.typing import NDArray

Box = tuple[float, float, float, float]


def area(box: Box) -> float:
    """Square pixels."""
    return (box[2] - box[0]) * (box[3] - box[1])


def overlap(a: Box, b: Box) -> float:
    """Shared area over the smaller box's area, 0..1."""
    shared = _shared(a, b)
    return shared / min(area(a), area(b)) if shared else 0.0


def intersection_over_union(a: Box, b: Box) -> float:
    """Shared area over the area that the two cover together, 0..1."""
    shared = _shared(a, b)
    return shared / (area(a) + area(b) - shared) if shared else 0.0


def clipped(box: Box, picture: NDArray[np.uint8]) -> Box:
    """The part of a box that lies in an (H, W, 3) picture."""
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = box
    return max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))


def _shared(a: Box, b: Box) -> float:
    across = min(a[2], b[2]) - max(a[0], b[0])
    down = min(a[3], b[3]) - max(a[1], b[1])
    return max(across, 0.0) * max(down, 0.0)
