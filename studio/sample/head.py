"""The form of a head: a table of anatomical points made smooth, fitted to a person's measures, with relief added."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.sample.face_parts import Expression, blob, both, eye_frame, lids, lips, smoothstep
from studio.sample.features import Features
from studio.sample.raster import Floats, spline

# Rows from crown to throat, columns from the midline to behind the ear; (x, y, z) in millimetres.
ANATOMY = np.array(
    [
        [(0, -126, -92), (14, -126, -93), (28, -124, -95), (42, -120, -98), (54, -114, -101), (62, -106, -104), (66, -100, -112)],
        [(0, -104, -34), (18, -103, -37), (35, -99, -45), (50, -92, -58), (61, -83, -76), (67, -75, -92), (70, -70, -110)],
        [(0, -78, -5), (19, -77, -8), (37, -74, -17), (52, -68, -33), (62, -61, -54), (68, -54, -78), (71, -50, -105)],
        [(0, -50, 8), (18, -49, 6), (36, -47, -1), (51, -43, -16), (61, -39, -38), (67, -34, -66), (71, -32, -98)],
        [(0, -22, 10), (18, -22, 9), (35, -21, 4), (49, -18, -9), (59, -15, -29), (66, -12, -58), (71, -12, -94)],
        [(0, 0, 5), (17, 0, 3), (33, 0, -2), (48, 1, -13), (60, 2, -32), (68, 4, -60), (72, 5, -92)],
        [(0, 25, 6), (17, 25, 5), (33, 24, 2), (47, 23, -8), (59, 22, -28), (67, 22, -58), (71, 22, -90)],
        [(0, 52, 10), (17, 51, 8), (33, 49, 1), (46, 46, -13), (57, 42, -33), (64, 39, -60), (68, 37, -88)],
        [(0, 70, 10), (17, 69, 7), (31, 68, -2), (43, 64, -18), (52, 59, -37), (60, 54, -61), (65, 50, -86)],
        [(0, 86, 7), (16, 85, 4), (29, 83, -6), (39, 77, -22), (48, 69, -41), (56, 60, -64), (61, 53, -85)],
        [(0, 99, 6), (15, 98, 3), (26, 95, -7), (36, 88, -22), (44, 78, -42), (52, 67, -66), (58, 58, -85)],
        [(0, 110, -2), (13, 109, -4), (24, 104, -13), (33, 95, -27), (41, 84, -46), (49, 72, -67), (55, 61, -85)],
        [(0, 113, -18), (11, 112, -20), (20, 107, -27), (28, 99, -38), (36, 88, -53), (43, 76, -70), (49, 65, -86)],
        [(0, 108, -46), (8, 107, -48), (15, 104, -54), (22, 96, -62), (29, 87, -71), (36, 77, -80), (42, 67, -90)],
    ],
    float,
)  # fmt: skip
SCALP = np.array([0.0, -26.0, -94.0])  # centre and half axes of the ellipsoid that hair lies on
RADII = np.array([75.0, 100.0, 96.0])
ROW_STEPS = (3, 4, 5, 8, 12, 14, 18, 14, 11, 9, 9, 6, 4)
COLUMN_STEPS = (9, 9, 7, 6, 4, 3)


def _samples(steps: tuple[int, ...]) -> NDArray[np.float64]:
    return np.concatenate([k + np.arange(n) / n for k, n in enumerate(steps)] + [[float(len(steps))]])


def _fit(features: Features) -> NDArray[np.float64]:
    """The table with this person's breadths and levels."""
    skull, points = features.skull, ANATOMY.copy()
    levels = [-130.0, 0.0, 52.0, 70.0, 111.0]
    own = [-130.0, 0.0, features.nose.tip + 9.0, features.mouth.level, skull.chin_level]
    breadth_at = [-130.0, -45.0, 22.0, 72.0, 106.0]
    ratio = [1.0, skull.forehead / 124.0, skull.cheeks / 138.0, skull.jaw / 112.0, skull.chin / 50.0]
    ratio[0] = (ratio[1] + ratio[2]) / 2
    ratio_at = np.interp(points[..., 1], breadth_at, ratio)
    points[..., 0] *= ratio_at
    points[..., 1] = np.interp(points[..., 1], levels, own)
    return points


def _relief(features: Features, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """What stands out of (or sinks into) the plain form at flat (x, y), in millimetres of depth."""
    nose, mouth, skull, skin = features.nose, features.mouth, features.skull, features.skin
    ax = np.abs(x)
    out = skull.cheekbones * both(x, y, 47.0, 19.0, 15.0, 11.0, 20.0)
    out -= (1.0 + 4.5 * skull.hollow + 2.0 * skin.age) * both(x, y, 45.0, 52.0, 11.0, 17.0, -12.0)
    out += skull.brow_ridge * 2.2 * both(x, y, 26.0, -19.0, 17.0, 5.0, 4.0)
    out += skull.chin_ball * blob(x, y, 0, skull.chin_level - 11, 12.5, 8.0)
    out -= 3.4 * both(x, y, 24.0, -6.0, 14.0, 9.0) + 2.2 * both(x, y, 15.0, -2.0, 5.0, 8.0)
    out -= (0.8 + 2.4 * skin.age) * both(x, y, 26.0, 15.0, 11.0, 3.5, 24.0)
    out += 1.6 * skin.age * (both(x, y, 29.0, 11.0, 10.0, 3.2, 8.0) + 2.6 * both(x, y, 36.0, 88.0, 9.0, 10.0))
    out += 1.6 * both(x, y, 30.0, 40.0, 11.0, 11.0)  # the fat of the cheek, whose edge is the nasolabial fold

    at = np.array(
        [-60.0, -24.0, -7.0, nose.tip * 0.42, nose.tip - 11, nose.tip, nose.tip + 6, nose.tip + 10, nose.tip + 16]
    )
    high = np.array([0.0, 1.2, nose.root, nose.bridge + nose.hump, nose.height - 4.6, nose.height - 3.4, nose.height * 0.62, 2.8, 0.0])  # fmt: skip
    index = np.interp(y, at, np.arange(len(at), dtype=float))
    ridge = np.maximum(spline(high, index.ravel()).reshape(y.shape), 0.0)
    wide = np.interp(y, [-24, -4, nose.tip - 16, nose.tip - 2, nose.tip + 8], [12.0, nose.bridge_width, nose.bridge_width + 1.5, nose.tip_width, nose.tip_width - 1])  # fmt: skip
    out += ridge * np.exp(-((ax / (wide * 1.3)) ** 2))
    out += 4.6 * blob(x, y, 0, nose.tip - nose.upturn * 2.0, nose.tip_width * 0.68, 5.2)
    wing = nose.width / 2 - 5.6
    out += 6.8 * np.exp(-(((ax - wing) / 5.6) ** 2) - ((y - nose.tip - 3.0) / 5.6) ** 2)
    out -= 1.6 * np.exp(-(((ax - nose.width / 2 - 1.0) / 2.4) ** 2) - ((y - nose.tip - 3.0) / 6.0) ** 2)

    top, seam, bottom, t = lips(mouth, x)
    fade = np.clip(1 - t**2, 0, 1)
    upper = np.clip((y - top) / np.maximum(seam - top, 0.8), 0, 1)
    lower = np.clip((y - seam) / np.maximum(bottom - seam, 0.8), 0, 1)
    out += 3.4 * fade * blob(x, y, 0, mouth.level, 20.0, 12.0)
    out += (1.0 + 0.16 * mouth.upper) * fade**0.7 * np.sin(np.pi * np.clip(upper, 0, 0.999)) ** 0.8 * (upper > 0)
    out += (1.2 + 0.17 * mouth.lower) * fade**0.7 * np.sin(np.pi * np.clip(lower, 0, 0.999)) ** 0.8 * (lower > 0)
    out -= 1.5 * np.exp(-(((y - seam) / 1.3) ** 2)) * (ax < mouth.width / 2 + 2)
    out -= 1.8 * both(x, y, mouth.width / 2 + 2, mouth.level + 1, 3.4, 4.0)
    out -= 0.9 * blob(x, y, 0, (top.min() + nose.tip + 9) / 2, 2.6, 5.0)
    out -= 1.3 * blob(x, y, 0, mouth.level + mouth.lower + 7.0, 15.0, 4.0)
    return out


def _eyes(features: Features, points: NDArray[np.float64]) -> None:
    """Lay the lids over the eyeballs: where the ball stands proud of the socket, the surface follows the ball."""
    eyes = features.eyes
    x, y = points[..., 0], points[..., 1]
    u, v = eye_frame(eyes, x, y)
    ball = 1.2 - 0.17 * u - u**2 / 42.0 - v**2 / 24.0
    upper, lower = lids(eyes, Expression(), u)
    ball += 1.3 * smoothstep(0.0, 2.2, upper - v) + 0.8 * smoothstep(0.0, 2.0, v - lower)
    near = smoothstep(22.0, 12.0, np.abs(u)) * smoothstep(19.0, 8.0, np.abs(v))
    soft, z = 2.2, points[..., 2]
    blend = soft * np.logaddexp(z / soft, ball / soft)
    points[..., 2] = z + (np.maximum(blend, z) - z) * near
    if eyes.hood > 0:
        points[..., 2] += eyes.hood * 2.4 * both(x, y, eyes.spacing / 2 + 5, -10.5, 14.0, 4.0, 8.0)


@lru_cache(maxsize=16)
def plan(features: Features) -> NDArray[np.float64]:
    """(rows, cols, 3) of the head at rest, before any expression; its x and y are the flat plan that is painted on."""
    table = _fit(features)
    table = np.concatenate([table[:, :0:-1] * (-1, 1, 1), table], axis=1)
    points = spline(table, _samples(ROW_STEPS)).transpose(1, 0, 2)
    points = spline(points, _samples((*COLUMN_STEPS[::-1], *COLUMN_STEPS))).transpose(1, 0, 2)
    front = smoothstep(-62.0, -26.0, points[..., 2])
    points[..., 2] += front * _relief(features, points[..., 0], points[..., 1])
    _eyes(features, points)
    own = radii(features)
    out = np.linalg.norm((points - SCALP) / own, axis=-1)
    haired = smoothstep(-48.0, -80.0, points[..., 1]) + smoothstep(-40.0, -70.0, points[..., 2]) * (points[..., 1] < 10)
    inward = 1 - np.clip(haired, 0, 1) * (1 - np.minimum(0.985 / out, 1))
    points = SCALP + (points - SCALP) * inward[..., None]
    points.setflags(write=False)
    return points


def radii(features: Features) -> NDArray[np.float64]:
    """Half axes of this person's scalp."""
    return RADII * (features.skull.forehead / 124.0, 1.0, 1.0)


def hairline_plan(features: Features) -> NDArray[np.float64]:
    """(8, 2) flat points of the right half of the hairline, from the middle of the forehead to the sideburn."""
    k, high = features.skull.forehead / 124.0, features.skull.hairline
    return np.array(
        [
            (0, -high),
            (20 * k, -high - 0.5),
            (38 * k, -high + 6),
            (51 * k, -high + 20),
            (56 * k, -36),
            (62 * k, -20),
            (65.5 * k, -2),
            (68.5 * k, 14),
        ]
    )


def surface_depth(features: Features, x: Floats, y: Floats) -> NDArray[np.float64]:
    """z of the resting face at flat (x, y) of any shape: the nearest grid point, with its slope."""
    grid = plan(features)
    flat = grid.reshape(-1, 3)
    slope_y = np.gradient(grid[..., 2], axis=0) / np.gradient(grid[..., 1], axis=0)
    slope_x = np.gradient(grid[..., 2], axis=1) / np.gradient(grid[..., 0], axis=1)
    xs, ys = np.ravel(x), np.ravel(y)
    near = ((flat[:, 0] - xs[:, None]) ** 2 + (flat[:, 1] - ys[:, None]) ** 2).argmin(1)
    depth = flat[near, 2] + (xs - flat[near, 0]) * np.clip(slope_x.ravel()[near], -3, 3)
    depth += (ys - flat[near, 1]) * np.clip(slope_y.ravel()[near], -3, 3)
    return depth.reshape(np.shape(x))
