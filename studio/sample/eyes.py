"""The living eye: sclera, iris, pupil, catch-light and the dark of the lashes, painted where the face is looking."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.sample.face_paint import linear
from studio.sample.face_parts import Expression, eye_frame, lids, smoothstep
from studio.sample.features import Features
from studio.sample.raster import Floats

_FIBRES = np.random.default_rng(7).standard_normal(256).astype(np.float32)
_FIBRES = (_FIBRES + np.roll(_FIBRES, 1) + np.roll(_FIBRES, -1)) / 1.7


@dataclass(frozen=True)
class EyePaint:
    """Per spot: albedo (..., 3), cover 0..1 of the eyeball and its rims over the skin, glint (...,) of added light."""

    albedo: Floats
    cover: Floats
    glint: Floats


def iris_centre(expression: Expression, side: Floats | float) -> tuple[Floats, float]:
    """Where the iris sits in the eye's frame: (toward the temple, down) in millimetres; side is -1 or +1."""
    return np.asarray(side * expression.gaze[0]), expression.gaze[1] - 0.9


def paint_eyes(
    features: Features,
    expression: Expression,
    glint: tuple[float, float],
    x: Floats,
    y: Floats,
) -> EyePaint:
    """Paint at flat (x, y) (any shape, near the eyes). glint: where on the iris the key light is mirrored, -1..1."""
    eyes = features.eyes
    u, v = eye_frame(eyes, x, y)
    upper, lower = lids(eyes, expression, u)
    half, radius = eyes.width / 2, eyes.iris_size / 2
    within = smoothstep(-half - 0.3, -half + 0.9, u) * smoothstep(half + 0.3, half - 0.9, u)
    opening = smoothstep(-0.22, 0.22, v - upper) * smoothstep(0.22, -0.22, v - lower) * within

    white = np.array([0.74, 0.69, 0.66], np.float32) * (1 - 0.12 * features.skin.age)
    round_off = 1 - 0.42 * np.clip(np.abs(u) / half, 0, 1) ** 2.2 - 0.12 * np.clip(v / 6, 0, 1)
    albedo = white * round_off[..., None]
    pink = smoothstep(-half + 4.6, -half + 1.2, u)[..., None]
    albedo += 0.75 * pink * (np.array([0.42, 0.17, 0.15], np.float32) - albedo)

    cx, cy = iris_centre(expression, np.sign(x))
    du, dv = u - cx, v - cy
    r = np.hypot(du, dv) / radius
    angle = np.arctan2(dv, du * np.sign(x))
    fibre = np.interp(angle % (2 * np.pi), np.linspace(0, 2 * np.pi, 256), _FIBRES)
    colour = linear(eyes.iris)
    collect = np.clip(0.5 - 0.5 * (np.cos(angle) * glint[0] + np.sin(angle) * glint[1]), 0, 1)
    tone = (0.62 + 1.0 * collect * smoothstep(0.25, 0.75, r)) * (1 + 0.26 * fibre * smoothstep(0.3, 0.6, r))
    iris = (
        colour * tone[..., None] + colour[::-1] * 0.05 + 0.16 * colour * np.exp(-(((r - 0.48) / 0.12) ** 2))[..., None]
    )
    iris *= (1 - 0.88 * smoothstep(0.74, 1.0, r))[..., None]
    iris *= smoothstep(0.36, 0.46, r)[..., None]
    iris += 0.004
    disc = smoothstep(1.05, 0.95, r)[..., None]
    albedo = albedo * (1 - disc) + iris * disc
    albedo *= (1 - 0.16 * np.exp(-(((r - 1.08) / 0.12) ** 2)))[..., None]
    lid_shadow = 0.30 + 0.70 * smoothstep(-0.2, 3.8, v - upper)
    albedo *= (lid_shadow * (0.82 + 0.18 * smoothstep(0.0, 1.8, lower - v)))[..., None]

    light = np.exp(-(np.hypot((du * np.sign(x) - glint[0] * 3.0) / 1.05, (dv - glint[1] * 3.0) / 1.15) ** 4))
    fill = 0.16 * np.exp(-(((du * np.sign(x) + glint[0] * 2.6) / 1.5) ** 2) - ((dv + glint[1] * 2.4) / 1.1) ** 2)
    tear = 0.10 * np.exp(-(((v - lower + 0.5) / 0.35) ** 2)) * within
    glints = (1.9 * light + fill * (r < 1) + tear) * opening * smoothstep(-0.1, 0.5, v - upper)

    # Over the ball lie the rims: the wet edge of the lower lid and the dark line of the upper lashes.
    t = np.clip((u + half) / eyes.width, 0, 1.3)
    rim = smoothstep(-0.2, 0.15, v - lower) * smoothstep(1.2, 0.5, v - lower) * within
    skin = linear(features.skin.colour) * np.array([0.94, 0.66, 0.62], np.float32)
    wing = half + 2.0 + 4.0 * eyes.liner
    tail = upper - np.clip(u - half + 2, 0, None) * (0.22 + 0.30 * eyes.liner)
    thick = (0.75 + 1.15 * eyes.liner * smoothstep(0.1, 0.75, t)) * smoothstep(-half - 0.8, -half + 4, u)
    thick = thick * smoothstep(wing, half - 2.0, u)
    line = (
        smoothstep(-thick - 0.35, -thick + 0.1, v - tail)
        * smoothstep(0.75, 0.15, v - np.maximum(upper, tail))
        * (thick > 0.08)
    )
    under = (
        np.exp(-(((v - lower - 1.0) / 0.42) ** 2)) * smoothstep(0.15, 0.7, t) * smoothstep(half + 2.5, half - 1.5, u)
    )
    under = under * (0.16 + 0.4 * eyes.liner)
    dark = np.array([0.012, 0.008, 0.007], np.float32)
    cover = opening
    albedo = albedo * (1 - 0.7 * rim[..., None]) + skin * 0.7 * rim[..., None]
    cover = np.maximum(cover, 0.7 * rim)
    for ink, weight in ((line, 0.94), (under, 0.8)):
        ink = (ink * weight)[..., None]
        total = np.maximum(cover, ink[..., 0])
        albedo = albedo * (1 - ink) + dark * ink
        cover = total
    return EyePaint(albedo.astype(np.float32), cover.astype(np.float32), (glints * (1 - line)).astype(np.float32))


def lashes(features: Features, expression: Expression) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """((n, 5, 3) points as (x, y, lift toward the camera) on the flat plan, (n,) widths at the root), in millimetres."""
    eyes, rng = features.eyes, np.random.default_rng(13)
    half, count = eyes.width / 2, int(20 + 36 * eyes.lash)
    c, s = np.cos(np.radians(eyes.tilt)), np.sin(np.radians(eyes.tilt))
    k = np.linspace(0, 1, 5)
    lines: list[NDArray[np.float64]] = []
    widths: list[NDArray[np.float64]] = []
    for side in (-1.0, 1.0):
        for upper, number, first in ((True, count, 0.10), (False, count // 2, 0.35)):
            t = np.linspace(first, 0.99, number) + rng.normal(0, 0.008, number)
            u = -half + eyes.width * t
            above, below = lids(eyes, expression, u)
            if upper:
                long = eyes.lash * (2.2 + 5.2 * np.clip(t, 0, 1) ** 1.2) * rng.uniform(0.7, 1.1, number)
                v, rise, width = above - 0.2, -1.0, 0.42
            else:
                long, v, rise, width = eyes.lash * 1.9 * rng.uniform(0.5, 1, number), below + 0.7, 0.7, 0.10
            out = (t - 0.40) * 1.5 + rng.normal(0, 0.08, number)
            uu = u[:, None] + (out * long)[:, None] * k**1.1
            vv = v[:, None] + rise * long[:, None] * (0.10 * k + 0.55 * k**2.2)
            lift = long[:, None] * (0.8 * k - 0.15 * k**2) + 0.5
            lines.append(np.stack([side * (uu * c + vv * s + eyes.spacing / 2), -uu * s + vv * c, lift], -1))
            widths.append(np.full(number, width))
    return np.concatenate(lines), np.concatenate(widths)
