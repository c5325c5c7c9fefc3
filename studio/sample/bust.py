"""Neck, shoulders, chest and ears: the rest of the form."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.sample.features import Features
from studio.sample.raster import spline

# Rows from under the jaw to below the chest, columns from the midline to the back; (x, y, z) in millimetres.
TORSO = np.array(
    [
        [(0, 66, -72), (17, 63, -74), (31, 58, -79), (43, 50, -88), (49, 44, -99), (49, 42, -113), (43, 42, -130)],
        [(0, 92, -48), (18, 90, -52), (34, 86, -61), (46, 81, -76), (52, 75, -93), (52, 71, -112), (45, 69, -130)],
        [(0, 130, -42), (19, 129, -45), (36, 127, -55), (49, 122, -72), (55, 118, -92), (55, 114, -114), (46, 112, -132)],
        [(0, 163, -38), (20, 162, -42), (38, 160, -54), (52, 154, -74), (60, 148, -96), (61, 143, -118), (52, 140, -138)],
        [(0, 188, -32), (24, 186, -36), (46, 180, -50), (66, 170, -76), (80, 162, -98), (82, 157, -122), (72, 155, -145)],
        [(0, 205, -22), (32, 202, -25), (64, 195, -38), (97, 185, -67), (120, 178, -98), (124, 174, -125), (110, 172, -150)],
        [(0, 226, -8), (42, 224, -10), (84, 216, -24), (131, 203, -57), (163, 195, -96), (167, 193, -128), (150, 192, -155)],
        [(0, 254, 4), (48, 252, 4), (97, 246, -8), (150, 234, -44), (188, 226, -94), (190, 228, -130), (168, 230, -160)],
        [(0, 294, 16), (50, 292, 17), (100, 287, 4), (153, 284, -38), (199, 282, -94), (200, 288, -132), (174, 292, -162)],
        [(0, 345, 22), (50, 344, 24), (100, 341, 10), (150, 344, -36), (204, 354, -94), (205, 362, -132), (178, 362, -162)],
        [(0, 430, 20), (50, 430, 23), (99, 428, 8), (148, 430, -38), (206, 440, -94), (208, 446, -132), (180, 446, -162)],
        [(0, 540, 12), (50, 540, 15), (98, 540, 2), (146, 540, -42), (204, 550, -96), (206, 556, -132), (180, 556, -162)],
    ],
    float,
)  # fmt: skip
ROW_STEPS = (5, 12, 11, 9, 7, 6, 6, 6, 6, 6, 5)
RAISED = 20.0  # millimetres that the shoulders stand above the table: necks are short before a long lens
COLUMN_STEPS = (9, 8, 7, 6, 5, 3)


def _samples(steps: tuple[int, ...]) -> NDArray[np.float64]:
    return np.concatenate([k + np.arange(n) / n for k, n in enumerate(steps)] + [[float(len(steps))]])


@lru_cache(maxsize=1)
def plan() -> NDArray[np.float64]:
    """(rows, cols, 3) of the average bust; clothes are cut for its x and y and then fit everybody."""
    table = np.concatenate([TORSO[:, :0:-1] * (-1, 1, 1), TORSO], axis=1)
    points = spline(table, _samples(ROW_STEPS)).transpose(1, 0, 2)
    points = spline(points, _samples((*COLUMN_STEPS[::-1], *COLUMN_STEPS))).transpose(1, 0, 2)
    x, y = points[..., 0], points[..., 1]
    # The two cords of the neck run from behind the ear to the pit between the collar bones; the bones run outward.
    for side in (-1, 1):
        t = np.clip((y - 95) / 100, 0, 1)
        cord = side * (44 - 34 * t)
        points[..., 2] += (
            3.4 * np.exp(-(((x - cord) / 6.5) ** 2)) * np.clip(np.sin(np.pi * np.clip((y - 92) / 108, 0, 1)), 0, 1)
        )
        bone = 203 - 0.10 * (np.abs(x) - 20)
        points[..., 2] += 3.6 * np.exp(-(((y - bone) / 5.5) ** 2)) * np.exp(-((((side * x) - 62) / 40) ** 4))
        points[..., 2] -= 2.6 * np.exp(-(((y - bone + 13) / 7) ** 2)) * np.exp(-((((side * x) - 62) / 34) ** 4))
    points[..., 2] -= 4.5 * np.exp(-((x / 9) ** 2) - ((y - 198) / 8) ** 2)
    points.setflags(write=False)
    return points


@lru_cache(maxsize=16)
def torso(features: Features) -> NDArray[np.float64]:
    """(rows, cols, 3) of one person's neck and shoulders at rest."""
    points = plan().copy()
    x, y = plan()[..., 0], plan()[..., 1]
    neck, shoulders = features.neck / 112.0, features.shoulders / 390.0
    points[..., 0] = x * (
        neck + (shoulders - neck) * np.clip((y - 165.0) / 50.0 + (np.abs(x) - 60) / 120.0 * (y > 150), 0, 1)
    )
    points[..., 1] += features.skull.chin_level - 110.0 - RAISED * np.clip((y - 95) / 70, 0, 1)
    if features.skin.stubble > 0:
        points[..., 2] += 5.0 * np.exp(-((x / 8) ** 2) - ((y - 138) / 9) ** 2)
    points.setflags(write=False)
    return points


@lru_cache(maxsize=16)
def ear(features: Features) -> NDArray[np.float64]:
    """(rings, around, 3): the ear at the right of the picture; mirror it for the other."""
    r, a = np.meshgrid(np.linspace(0.02, 1, 16), np.linspace(0, 2 * np.pi, 40), indexing="ij")
    down = np.sin(a)
    p = r * np.cos(a) * (14.0 - 4.0 * np.clip(down, 0, 1)) + 3.0 * r * np.clip(-down, 0, 1)
    q = r * down * 31.0
    rim = 4.2 * np.exp(-(((r - 0.86) / 0.10) ** 2)) * np.clip(1.1 - 0.9 * np.clip(down - 0.35, 0, 1) * 2, 0.15, 1)
    inner = 2.6 * np.exp(-((((np.hypot(p - 1.5, q + 3) / 11.0) - 1) / 0.22) ** 2)) - 5.5 * np.exp(
        -(((p + 2) / 6.0) ** 2) - ((q - 3) / 9.0) ** 2
    )
    tragus = 3.4 * np.exp(-(((p + 10.5) / 3.2) ** 2) - ((q - 4) / 5.0) ** 2)
    lobe = 1.8 * np.exp(-(((p + 1) / 7) ** 2) - ((q - 25) / 6.0) ** 2)
    height = rim + inner + tragus + lobe - 2.5 * r**6
    scale, flare = features.skull.ears, np.radians(27.0)
    back = np.array([np.sin(flare), 0.0, -np.cos(flare)])
    outward = np.array([np.cos(flare), 0.0, np.sin(flare)])
    lean = np.array([-0.16, 1.0, 0.10])
    root = np.array([features.skull.cheeks / 2 - 2.5, 13.0, -82.0])
    return root + scale * ((p + 14)[..., None] * back + q[..., None] * lean + height[..., None] * outward)
