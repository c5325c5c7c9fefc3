"""The curves of a face in its flat plan: lids, lips and brows, as functions of x (millimetres, pupils at y = 0).

Both the relief of the head and the paint upon it are made from these, so that they always agree.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.sample.features import Brows, Eyes, Features, Mouth
from studio.sample.raster import Floats


@dataclass(frozen=True)
class Expression:
    """smile -1..1, brows -1..1 (raised), lids 0..1.3 (open), frown 0..1, gaze in millimetres on the eye."""

    smile: float = 0.0
    brows: float = 0.0
    frown: float = 0.0
    lids: float = 1.0
    gaze: tuple[float, float] = (0.0, 0.0)


def smoothstep(low: float | Floats, high: float | Floats, value: Floats) -> Floats:
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def blob(x: Floats, y: Floats, cx: float, cy: float, rx: float, ry: float, turn: float = 0.0) -> Floats:
    """A Gaussian of radii (rx, ry) at (cx, cy), turned by degrees."""
    c, s = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    u, v = (x - cx) * c + (y - cy) * s, -(x - cx) * s + (y - cy) * c
    return np.exp(-0.5 * ((u / rx) ** 2 + (v / ry) ** 2))


def both(x: Floats, y: Floats, cx: float, cy: float, rx: float, ry: float, turn: float = 0.0) -> Floats:
    """`blob` on either side of the face: x is mirrored."""
    return blob(np.abs(x), y, cx, cy, rx, ry, turn)


def eye_frame(eyes: Eyes, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """(toward the temple, down) in millimetres from the pupil, along the axis of the eye."""
    c, s = math.cos(math.radians(eyes.tilt)), math.sin(math.radians(eyes.tilt))
    u, v = np.abs(x) - eyes.spacing / 2, y
    return u * c - v * s, u * s + v * c


def lids(eyes: Eyes, expression: Expression, u: Floats) -> tuple[Floats, Floats]:
    """Edges of the upper and the lower lid at `u` of the eye's frame; both meet at the corners."""
    t = np.clip((u + eyes.width * 0.5) / eyes.width, 0.0, 1.0)
    inner = 0.9 * (1 - t) ** 2
    upper = inner - eyes.upper * expression.lids * np.clip(np.sin(np.pi * t**0.88), 0, 1) ** 0.72
    lower = (
        inner + eyes.lower * (1 - 0.22 * max(expression.smile, 0.0)) * np.clip(np.sin(np.pi * t**1.12), 0, 1) ** 0.85
    )
    return upper, lower


def lips(mouth: Mouth, x: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """(top of the upper lip, seam, bottom of the lower lip, t) at x; t is |x| over half the mouth, 1 at its corner."""
    half = mouth.width / 2
    t = np.clip(np.abs(x) / half, 0.0, 1.0)
    corner = -mouth.corners * t**3
    seam = mouth.level + corner + 0.7 * np.exp(-((t / 0.22) ** 2)) - 0.5 * np.exp(-(((t - 0.45) / 0.2) ** 2))
    bow = np.exp(-(((t - 0.2) / 0.16) ** 2)) * mouth.cupid * 0.55 - np.exp(-((t / 0.1) ** 2)) * mouth.cupid * 0.45
    full = np.sqrt(np.clip(1 - t**2.2, 0, 1))
    top = seam - (mouth.upper * 0.9 * (1 - t**1.25) + bow * full)
    bottom = seam + mouth.lower * np.clip(1 - t**2.4, 0, 1) ** 0.8
    return top, seam, bottom, t


def brow_line(brows: Brows, t: Floats) -> tuple[Floats, Floats, Floats]:
    """(x, y, half thickness) along a brow, t from 0 at its inner end to 1 at its tail."""
    x = brows.inner + (brows.outer - brows.inner) * t
    rise = brows.arch * np.sin(np.pi * np.clip(t, 0, 1) ** 1.25 * 0.86) ** 1.2
    y = -brows.height + brows.arch * 0.45 - rise - math.tan(math.radians(brows.slope)) * (x - 31.0)
    thick = brows.thickness / 2 * (0.62 + 0.38 * smoothstep(0.0, 0.22, t)) * (1 - 0.86 * smoothstep(0.45, 1.0, t))
    return x, y, thick


def express(features: Features, expression: Expression, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """The points of a head (..., 3) moved by the muscles."""
    x, y = points[..., 0], points[..., 1]
    side, mouth = np.sign(x), features.mouth
    front = smoothstep(-60.0, -20.0, points[..., 2])
    smile = expression.smile
    at_corner = both(x, y, mouth.width / 2, mouth.level, 13.0, 11.0) * front
    cheek = both(x, y, 38.0, 34.0, 15.0, 15.0) * front * max(smile, 0.0)
    centre = blob(x, y, 0.0, mouth.level, 16.0, 9.0) * front
    brow = both(x, y, 32.0, -features.brows.height, 26.0, 11.0) * front
    inner_brow = both(x, y, 13.0, -features.brows.height, 9.0, 9.0) * front
    moved = points.copy()
    moved[..., 0] += side * (smile * 3.6 * at_corner - expression.frown * 1.8 * inner_brow)
    moved[..., 1] += -smile * 4.2 * at_corner + smile * 0.9 * centre - 2.0 * cheek
    moved[..., 1] += -expression.brows * 4.0 * brow + expression.frown * 2.6 * inner_brow
    moved[..., 2] += 2.6 * cheek - smile * 2.0 * at_corner
    return moved
