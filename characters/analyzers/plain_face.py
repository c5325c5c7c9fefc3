"""Plain faces, drawn on the mesh's own neutral shape: what every face has in common, so that it can be taken away.

Two descriptors resemble each other mostly because both are of faces. Centring on an average face leaves what differs.
These drawings stand in for that average: no photograph of anybody is behind it, and no number is fitted.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

SIZE = 112
COUNT = 32
_OVER = 3  # drawn so many times larger, then averaged down

# Outlines on MediaPipe's face mesh.
# fmt: off
_OVAL = [
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
]
# fmt: on
_EYES = (
    [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7],
    [362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382],
)
_LIDS = ((159, 145), (386, 374))
_BROWS = ([70, 63, 105, 66, 107, 55, 65, 52, 53, 46], [300, 293, 334, 296, 336, 285, 295, 282, 283, 276])
_LIPS = [61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146]
_MOUTH = [78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95]
_NOSE = [168, 122, 174, 198, 209, 49, 48, 64, 98, 97, 2, 326, 327, 294, 278, 279, 429, 420, 399, 351]
_NOSTRILS = [97, 98, 326, 327]


def plain_faces(neutral: NDArray[np.float64]) -> Iterator[NDArray[np.uint8]]:
    """COUNT grey (112, 112) uint8 drawings of `neutral` (468, 2), its points in pixels of the drawing.

    Skin, hair, background, light and grain vary; the same drawings every time.
    """
    tones = np.random.default_rng(0)
    for _ in range(COUNT):
        yield _draw(neutral * _OVER, tones)


def _draw(points: NDArray[np.float64], tones: np.random.Generator) -> NDArray[np.uint8]:
    side = SIZE * _OVER
    skin, ground, hair = tones.uniform(140, 220), tones.uniform(20, 240), tones.uniform(10, 120)
    canvas = np.full((side, side), ground, np.uint8)
    x, y = points[_OVAL].mean(axis=0)
    cv2.ellipse(
        canvas, (int(x), int(y - 0.06 * side)), (int(0.36 * side), int(0.46 * side)), 0, 0, 360, hair, -1, cv2.LINE_AA
    )
    _fill(canvas, points[_OVAL], skin)
    canvas = _shaded(canvas, points[_NOSE], 0.0, 0.015, 18.0)
    for eye in _EYES:
        canvas = _shaded(canvas, points[eye], 0.02, 0.02, 35.0)
    for brow in _BROWS:
        _fill(canvas, points[brow], min(hair, skin - 50))
    for eye, (upper, lower) in zip(_EYES, _LIDS, strict=True):
        _fill(canvas, points[eye], 225)
        middle = points[eye].mean(axis=0)
        radius = 0.6 * np.linalg.norm(points[upper] - points[lower])
        cv2.circle(canvas, (int(middle[0]), int(middle[1])), int(radius), 60, -1, cv2.LINE_AA)
        _stroke(canvas, points[eye[:9]], 30, 0.012)
    _fill(canvas, points[_LIPS], 0.68 * skin)
    if tones.random() < 0.5:
        _fill(canvas, points[_MOUTH], 225)
    _stroke(canvas, points[_MOUTH[:11]], 50, 0.008)
    for nostril in points[_NOSTRILS]:
        cv2.circle(canvas, (int(nostril[0]), int(nostril[1])), int(0.012 * side), 0.4 * skin, -1, cv2.LINE_AA)
    across, down = np.linspace(-1, 1, side)[None, :], np.linspace(-1, 1, side)[:, None]
    lit = canvas * (1 + 0.3 * tones.uniform(-1, 1) * across + 0.2 * tones.uniform(-1, 1) * down)
    lit = cv2.GaussianBlur(lit, (0, 0), _OVER * tones.uniform(0.3, 0.9))
    small = cv2.resize(lit, (SIZE, SIZE), interpolation=cv2.INTER_AREA)
    return np.clip(small + tones.normal(0, tones.uniform(1, 4), small.shape), 0, 255).astype(np.uint8)


def _sixteenths(outline: NDArray[np.float64]) -> list[NDArray[np.int32]]:
    return [np.round(outline * 16).astype(np.int32)]


def _fill(canvas: NDArray[np.uint8], outline: NDArray[np.float64], tone: float) -> None:
    cv2.fillPoly(canvas, _sixteenths(outline), float(tone), cv2.LINE_AA, 4)


def _stroke(canvas: NDArray[np.uint8], line: NDArray[np.float64], tone: float, width: float) -> None:
    cv2.polylines(canvas, _sixteenths(line), False, float(tone), round(width * canvas.shape[0]), cv2.LINE_AA, 4)


def _shaded(
    canvas: NDArray[np.uint8], outline: NDArray[np.float64], grow: float, blur: float, depth: float
) -> NDArray[np.uint8]:
    """The canvas, darker by `depth` inside the outline, grown and blurred by parts of the canvas' side."""
    side = canvas.shape[0]
    mask = np.zeros_like(canvas)
    _fill(mask, outline, 255)
    if grow:
        mask = cv2.dilate(mask, np.ones((3, 3), np.uint8), iterations=round(grow * side))
    shade = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), blur * side) * depth
    return np.clip(canvas - shade, 0, 255).astype(np.uint8)
