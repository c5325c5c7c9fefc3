"""Drawn heads: one without features, the hair that a photo cut off, the back of a head. Lengths as in `figure`."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from studio.engines.photoboard.brush import Layer, curve, shade
from studio.engines.photoboard.figure import Build, Path


def draw_head(layer: Layer, b: Build, down: tuple[float, float]) -> None:
    """A head in tones without features: under a photo whose border cut the face, or a small figure's.

    down: unit vector from the eyes to the mouth, in the picture.
    """

    def on(points: Path) -> NDArray[np.float64]:
        p = np.array(points) * b.unit
        return np.stack([b.x + p[:, 1] * down[0] + p[:, 0] * down[1], b.y + p[:, 1] * down[1] - p[:, 0] * down[0]], 1)

    for sign in (-1, 1):
        ear = [(sign * 1.28, 0.0), (sign * 1.52, 0.1), (sign * 1.45, 0.7), (sign * 1.26, 0.8)]
        layer.solid(curve(on(ear)), shade(b.skin, 0.9), 0.2 * b.unit, b.light)
    jaw = [(0, -1.4), (-0.95, -1.1), (-1.34, 0.0), (-1.22, 0.95), (-0.75, 1.62), (0, 1.92), (0.75, 1.62), (1.22, 0.95), (1.34, 0.0), (0.95, -1.1)]  # fmt: skip
    layer.solid(curve(on(jaw)), b.skin, 0.6 * b.unit, b.light, 0.7)
    sides = 3.6 if b.long_hair else 0.35
    outer = [(-1.5, sides), (-1.58, -0.4), (-1.2, -1.55), (0, -2.02), (1.2, -1.55), (1.58, -0.4), (1.5, sides)]
    line = [(1.3, min(sides, 0.3)), (1.14, -0.5), (0.55, -0.86), (-0.55, -0.86), (-1.14, -0.5), (-1.3, min(sides, 0.3))]
    hair = np.vstack([curve(on(outer), closed=False), curve(on(line), closed=False)])
    layer.solid(hair, b.hair, 0.4 * b.unit, b.light)
    _strands(layer, b, [on([(x * 0.5, -1.95), (x * 0.95, -1.5), (x * 1.05, -1.0)]) for x in np.linspace(-1.2, 1.2, 9)])


def draw_crown(layer: Layer, b: Build, crown: tuple[float, float, float], down: tuple[float, float]) -> None:
    """The hair that a photo's top cut off: an arch over it. crown: left, right, height below the cut, units from the eyes."""
    left, right, low = crown
    middle, half = (left + right) / 2, (right - left) / 2
    high = max(0.62 * half, min(half, low + 2.05))

    def on(points: ArrayLike) -> NDArray[np.float64]:
        p = np.asarray(points, np.float64) * b.unit
        return np.stack([b.x + p[:, 1] * down[0] + p[:, 0] * down[1], b.y + p[:, 1] * down[1] - p[:, 0] * down[0]], 1)

    t = np.linspace(-0.12, np.pi + 0.12, 30)
    arch = np.stack([middle - 0.99 * half * np.cos(t), low - high * np.sin(t)], 1)
    layer.solid(on(arch), b.hair, 0.4 * half * b.unit, b.light, 0.4)
    across = np.linspace(-0.85, 0.85, max(3, round(7 * half)))
    tops = -high * np.sqrt(1 - across**2)
    _strands(
        layer,
        b,
        [
            on([(middle + 0.8 * x * half, low + 0.93 * y), (middle + x * half, low)])
            for x, y in zip(across, tops, strict=True)
        ],
    )


def _strands(layer: Layer, b: Build, paths: list[NDArray[np.float64]]) -> None:
    tone = shade(b.hair, 1.4 if sum(b.hair) < 300 else 0.8)
    for path in paths:
        layer.line(curve(path, closed=False), tone, b.ink * 0.8)


def draw_back_of_head(layer: Layer, b: Build, side: float) -> None:
    """Hair seen from behind, an ear and the edge of a cheek on one side (-1 left, 1 right), the hair line on the neck."""
    for sign in (-side, side):
        reach = 1.0 if sign == side else 0.7
        cheek = [(0.5, -0.5), (1.3, -0.35), (1.52 * reach, 0.3), (1.46 * reach, 1.0), (1.15, 1.65), (0.6, 1.9)]
        layer.solid(curve(b.path([(sign * x, y) for x, y in cheek])), shade(b.skin, 0.94), 0.4 * b.unit, b.light, outline=b.ink)  # fmt: skip
    tuck = 0.34 * side
    if b.long_hair:
        mass = [(0, -1.95), (-1.1, -1.6), (-1.52, -0.5), (-1.5, 0.8), (-1.62, 2.0), (-1.86, 3.1), (-1.5, 3.65), (-0.7, 3.8), (0, 3.7), (0.7, 3.8), (1.5, 3.65), (1.86, 3.1), (1.62, 2.0), (1.5, 0.8), (1.52, -0.5), (1.1, -1.6)]  # fmt: skip
    else:
        mass = [(0, -1.95), (-1.05, -1.6), (-1.5, -0.5), (-1.4, 0.6), (-1.14, 1.5), (-0.9, 2.1), (0, 2.35), (0.9, 2.1), (1.14, 1.5), (1.4, 0.6), (1.5, -0.5), (1.05, -1.6)]  # fmt: skip
    drawn = [(x - tuck * (0.2 < y < 1.9) * (x * side > 0), y) for x, y in mass]
    layer.solid(curve(b.path(drawn)), b.hair, 0.75 * b.unit, b.light, 1.0, outline=b.ink)
    low, wide = (3.5, 1.4) if b.long_hair else (1.9, 0.75)
    fan = np.linspace(-1.2, 1.2, 13)
    _strands(
        layer, b, [b.path([(x * 0.3, -1.75), (x * 0.98 - tuck / 3, -0.4), (x * wide - tuck / 2, low)]) for x in fan]
    )
    if not b.long_hair:
        ear = [(0.95, -0.1), (1.24, -0.22), (1.38, 0.12), (1.26, 0.6), (1.02, 0.75)]
        layer.solid(curve(b.path([(side * x, y) for x, y in ear])), b.skin, 0.2 * b.unit, b.light, outline=b.ink)
