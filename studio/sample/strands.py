"""Strands of hair: a few guides combed over the scalp or hanging from it, made smooth, and lit along the strand."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.sample.face_paint import linear
from studio.sample.features import Features
from studio.sample.head import SCALP, hairline_plan, radii, surface_depth
from studio.sample.light import Light, toward
from studio.sample.raster import Floats, normals, spline
from studio.sample.sitting import Spots, sample

Guide = Sequence[tuple[float, float, float]]


@dataclass(frozen=True, eq=False)
class Sheet:
    """points: (across, along, 3) millimetres. root, tip, edge: how much of the sheet frays away at each border, 0..1."""

    points: NDArray[np.float64]
    strands: float = 34.0
    root: float = 0.05
    tip: float = 0.1
    edge: float = 0.08
    clump: float = 0.35
    behind: bool = False
    shade: float = 1.0
    seed: float = 0.0


def comb(
    features: Features,
    guides: Sequence[Guide],
    thick: float = 6.0,
    lift: float = 0.0,
    across: int = 34,
    along: int = 40,
    root: float = 0.12,
) -> NDArray[np.float64]:
    """Guides (any number of points each) → (across, along, 3); no strand sinks below `thick` mm over the scalp.

    root: the share of `thick` that a strand has where it grows.
    lift: millimetres that the middle of each strand is raised by.
    """  # fmt: skip
    each = np.stack([spline(np.array(g, float), np.linspace(0, len(g) - 1, along)) for g in guides])
    points = spline(each, np.linspace(0, len(guides) - 1, across))
    own = radii(features)
    depth = np.linalg.norm((points - SCALP) / own, axis=-1)
    s = np.linspace(0, 1, along)
    floor = 1.0 + (thick * np.clip(s / 0.22, root, 1.0) + lift * np.sin(np.pi * s**0.7)) / 95.0
    push = np.maximum(floor / depth, 1.0)
    return SCALP + (points - SCALP) * push[..., None]


def mirror(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points * (-1, 1, 1)


@lru_cache(maxsize=16)
def _hairline(features: Features) -> NDArray[np.float64]:
    flat = hairline_plan(features)
    depth = surface_depth(features, flat[:, 0], flat[:, 1])
    return np.column_stack([flat, depth + 0.6])


def hairline(features: Features, h: Floats | float) -> NDArray[np.float64]:
    """Points of the hairline, (..., 3): h from -1 (sideburn at the left of the picture) over 0 (middle) to 1."""
    h = np.atleast_1d(np.asarray(h, float))
    half = _hairline(features)
    points = spline(half, np.abs(h) * (len(half) - 1))
    points[:, 0] *= np.where(h < 0, -1, 1)
    return points


@lru_cache(maxsize=1)
def _streaks() -> Floats:
    """(256, 64, 3) noise that runs along the strands: threads, broad locks, single hairs; mean 0."""
    rng = np.random.default_rng(31)
    layers = []
    for across, along in ((0.7, 9.0), (3.2, 12.0), (0.42, 6.0)):
        noise = rng.standard_normal((256, 64)).astype(np.float32)
        noise = cv2.GaussianBlur(noise, (0, 0), sigmaX=along, sigmaY=across, borderType=cv2.BORDER_REFLECT)
        layers.append(noise / noise.std())
    return np.stack(layers, -1)


def shade_hair(
    features: Features, sheet: Sheet, light: Light, turned: Floats, visible: Floats, spots: Spots
) -> tuple[Floats, Floats]:
    """(linear colour (n, 3), cover (n,)) of the n spots where a sheet is seen.

    turned: the sheet's grid in view space. visible: the key light per grid point. Two lobes along the tangent after
    Kajiya and Kay (1989), shifted apart as in Marschner et al. (2003).
    """
    hair = features.hair
    n, m = turned.shape[:2]
    along = np.gradient(turned, axis=1)
    along /= np.maximum(np.linalg.norm(along, axis=-1, keepdims=True), 1e-6)
    facing = normals(turned)
    facing *= np.where(facing[..., 2:] < 0, -1, 1)
    tangent, normal, lit = spots.take(along, facing, visible)
    s, f = spots.cols / (m - 1), spots.rows / (n - 1)
    noise = sample(_streaks(), s * 60 + 1, (f * sheet.strands * 3.2 + sheet.seed * 256) % 250 + 2)
    fine, broad, single = noise[:, 0], noise[:, 1], noise[:, 2]

    key, colours = toward(light.key), np.asarray(light.key_colour, np.float32) * light.key_strength
    half = key + np.array([0, 0, 1], np.float32)
    half /= np.linalg.norm(half)
    shift = 0.10 * fine + 0.16 * broad * (0.4 + sheet.clump)
    t_half, t_key, n_key = tangent @ half, tangent @ key, normal @ key
    diffuse = np.sqrt(np.clip(1 - t_key**2, 0, 1)) * np.clip((n_key + 0.5) / 1.5, 0, 1)
    first = np.clip(1 - (t_half + shift - 0.08) ** 2, 0, 1) ** (34 + 40 * hair.wet) * (1 + 1.2 * hair.wet)
    second = np.clip(1 - (t_half + shift * 1.6 + 0.16) ** 2, 0, 1) ** 12

    base, bright = linear(hair.colour), linear(hair.shine)
    if hair.grey > 0:
        silver = np.clip(0.55 * fine + 0.9 * broad + 2.4 * (hair.grey - 0.5), 0, 1)[:, None] * min(1.0, hair.grey * 1.6)
        base = base * (1 - silver) + np.array([0.42, 0.41, 0.40], np.float32) * silver
    up = (0.5 - 0.5 * normal[:, 1])[:, None]
    ambient = np.asarray(light.floor, np.float32) * (1 - up) + np.asarray(light.sky, np.float32) * up
    reach = 0.25 + 0.75 * lit
    tone = np.clip(1 + 0.20 * fine + 0.12 * single + sheet.clump * 0.42 * broad, 0.25, 2)
    out = base * tone[:, None] * (ambient * 1.1 + colours * (diffuse * 1.25 * reach)[:, None])
    strength = hair.gloss * reach * np.clip(n_key * 0.7 + 0.42, 0, 1) * np.clip(0.75 + 0.5 * fine, 0.1, 2)
    out += (bright * colours) * (strength * (0.62 * second + 0.4 * first))[:, None] + (0.06 * colours) * (
        strength * first
    )[:, None]
    edge = np.clip(1 - normal[:, 2], 0, 1) ** 2 * np.clip(normal @ toward(light.rim) + 0.3, 0, 1)
    edge *= light.rim_strength * np.clip(0.8 + 0.5 * fine, 0, 2)
    out += edge[:, None] * (np.asarray(light.rim_colour, np.float32) * (0.35 * base + 0.30 * bright))
    sky = np.clip(0.18 - normal[:, 1] * 0.25, 0, 1) * second * 0.35
    out += sky[:, None] * (np.asarray(light.sky, np.float32) * bright)
    out *= (sheet.shade * (0.78 + 0.22 * np.clip(s / 0.10, 0, 1)))[:, None]

    locks = 0.5 + 0.16 * fine + 0.30 * single + 0.18 * broad
    hairs = 0.5 + 0.40 * single + 0.10 * fine
    cover = np.clip(np.abs(normal[:, 2]) * 14.0 - 0.3, 0, 1)  # a sheet seen from its edge is a thread too thin to draw
    for border, distance, thread in (
        (sheet.root, s, hairs),
        (sheet.tip, 1 - s, locks),
        (sheet.edge, np.minimum(f, 1 - f), locks),
    ):
        if border > 0:
            cover *= np.clip((distance / border - thread * 0.9) * 3.0 + 0.9 * (distance / border), 0, 1)
    return out, cover
