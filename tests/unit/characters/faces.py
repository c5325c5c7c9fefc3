"""Faces out of thin air, for rules that concern numbers."""

from dataclasses import replace
from typing import Any

import numpy as np

from characters.face import Face, Pose, unit_vector

GOOD = Face(
    box=(100.0, 80.0, 220.0, 240.0),
    keypoints=np.array([[130, 140], [190, 140], [160, 175], [138, 205], [182, 205]], np.float32),
    pose=Pose(),
    score=0.95,
    sharpness=300.0,
    brightness=128.0,
    space="bundled-1",
    raw=np.array([3.0, 4.0], np.float32),
    unit=np.array([0.6, 0.8], np.float32),
)


def face(**changes: Any) -> Face:
    """A good face in a picture of 400 x 400, but for the changes."""
    return replace(GOOD, **changes)


def narrow(width: float) -> Face:
    """A face that wide, everything else in proportion."""
    scale = width / GOOD.width
    x0, y0, x1, y1 = (value * scale for value in GOOD.box)
    return face(box=(x0, y0, x1, y1), keypoints=GOOD.keypoints * np.float32(scale))


def seen(direction: list[float], space: str = "bundled-1") -> Face:
    """A face whose embedding points that way."""
    raw = np.array(direction, np.float32)
    return face(raw=raw, unit=unit_vector(raw), space=space)
