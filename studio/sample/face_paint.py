"""Paint on the flat plan of a face: skin tones, lips, brows, creases, the marks of age."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.sample.face_parts import Expression, blob, both, brow_line, eye_frame, lids, lips, smoothstep
from studio.sample.features import Colour, Features
from studio.sample.head import hairline_plan
from studio.sample.raster import Floats, spline

FINE = 4.0  # pixels a millimetre of the plan
LEFT, TOP, WIDTH, HEIGHT = -80.0, -112.0, 160.0, 240.0  # millimetres covered
COARSE = 1.25


def linear(colour: Colour | Floats) -> Floats:
    """sRGB 0..255 → light 0..1 (gamma 2, which is near enough to paint with and cheap to undo)."""
    return (np.asarray(colour, np.float32) / 255.0) ** 2


@dataclass(frozen=True)
class Paint:
    """albedo (h, w, 3) linear light; layers (h, w, 4): open 0..1 (how much sky a spot sees), gloss, slope along x and y."""

    albedo: Floats
    layers: Floats


def slopes(relief: Floats, pixels_per_millimetre: float) -> list[Floats]:
    """How steeply a painted relief (h, w, in millimetres) rises along x and along y."""
    scale = pixels_per_millimetre / 8
    return [cv2.Sobel(relief, cv2.CV_32F, dx, dy, ksize=3, scale=scale) for dx, dy in ((1, 0), (0, 1))]


def plan_pixels(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Flat millimetres → pixels of the paint."""
    return (x - LEFT) * FINE - 0.5, (y - TOP) * FINE - 0.5


def _millimetres(scale: float) -> tuple[Floats, Floats]:
    x = (np.arange(int(WIDTH * scale), dtype=np.float32) + 0.5) / scale + LEFT
    y = (np.arange(int(HEIGHT * scale), dtype=np.float32) + 0.5) / scale + TOP
    return np.meshgrid(x, y)


def _fine(image: Floats) -> Floats:
    size = (int(WIDTH * FINE), int(HEIGHT * FINE))
    return cv2.resize(image.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)


class _Pen:
    """Strokes on a sheet over the plan; the sheet is 0..1 and may be softened before it is used."""

    def __init__(self) -> None:
        self.sheet = np.zeros((int(HEIGHT * FINE), int(WIDTH * FINE)), np.uint8)

    def stroke(self, points: Floats, width: float, strength: float = 1.0) -> None:
        """A line through (n, 2) millimetres, `width` millimetres wide."""
        px = np.stack(plan_pixels(points[:, 0], points[:, 1]), -1)
        cv2.polylines(
            self.sheet,
            [np.round(px * 16).astype(np.int32)],
            False,
            float(strength * 255),
            max(1, round(width * FINE)),
            cv2.LINE_AA,
            4,
        )

    def pair(self, points: Floats, width: float, strength: float = 1.0) -> None:
        self.stroke(points, width, strength)
        self.stroke(points * (-1, 1), width, strength)

    def soft(self, radius: float) -> Floats:
        sheet = self.sheet.astype(np.float32) / 255.0
        return cv2.GaussianBlur(sheet, (0, 0), max(radius * FINE, 0.3))


def arc(*points: tuple[float, float]) -> NDArray[np.float64]:
    """A smooth line through a few points, (n, 2)."""
    control = np.array(points, float)
    return spline(control, np.linspace(0, len(points) - 1, 8 * (len(points) - 1) + 1))


def _tint(albedo: Floats, weight: Floats, colour: Floats) -> None:
    albedo += weight[..., None].astype(np.float32) * (np.asarray(colour, np.float32) - albedo)


def _complexion(features: Features) -> tuple[Floats, Floats, Floats]:
    """(albedo, openness, gloss) of everything soft, at COARSE."""
    x, y = _millimetres(COARSE)
    skin, nose, mouth, skull = features.skin, features.nose, features.mouth, features.skull
    base = linear(skin.colour)
    albedo = np.broadcast_to(base, (*x.shape, 3)).copy()
    rosy = base * np.array([1.0, 0.60, 0.56], np.float32)
    warm = base * np.array([1.0, 0.90, 0.74], np.float32)
    cool = base * np.array([0.86, 0.90, 0.95], np.float32)
    _tint(albedo, 0.35 * blob(x, y, 0, -55, 50, 24), warm)
    _tint(albedo, skin.blush * 0.95 * both(x, y, 41, 29, 15, 11, -16), rosy)
    _tint(albedo, (0.18 + 0.45 * skin.blush) * blob(x, y, 0, nose.tip, 11, 8), rosy)
    _tint(albedo, (0.1 + 0.3 * skin.blush) * blob(x, y, 0, skull.chin_level - 9, 12, 8), rosy)
    _tint(albedo, 0.16 * both(x, y, 31, 2, 17, 12), rosy)
    _tint(albedo, (0.18 + 0.3 * skin.age) * both(x, y, 24, 13, 10, 5, 22), cool * 0.86)
    _tint(albedo, 0.25 * both(x, y, 60, 75, 16, 30), cool)
    eyes = features.eyes
    u, v = eye_frame(eyes, x, y)
    upper, _ = lids(eyes, Expression(), u)
    above = smoothstep(1.0, -1.0, v - upper) * smoothstep(-15.0, -3.0, v - upper) * np.exp(-((u / 17.0) ** 4))
    _tint(albedo, eyes.shadow_strength * above, linear(eyes.shadow))

    edge = np.vstack([hairline_plan(features), (73, -6), (82, -40)])
    scalp = smoothstep(4.0, -8.0, y - np.interp(np.abs(x), edge[:, 0], edge[:, 1]))
    _tint(albedo, 0.82 * scalp, linear(features.hair.colour) * np.array([0.7, 0.78, 0.84], np.float32))

    shade = 0.50 * both(x, y, 16.5, -5.5, 5.5, 7.5) + 0.22 * both(x, y, 30, -11, 16, 4.5)
    shade += 0.30 * both(x, y, nose.bridge_width + 5.5, nose.tip * 0.45, 4.0, 13.0, 6)
    shade += 0.42 * blob(x, y, 0, nose.tip + 11.5, nose.width * 0.30, 3.0)
    shade += 0.40 * both(x, y, nose.width / 2 + 1.0, nose.tip + 3.5, 1.8, 4.6, -8)
    shade += 0.42 * blob(x, y, 0, mouth.level + mouth.lower + 4.6, 13.0, 3.4)
    shade += 0.45 * both(x, y, mouth.width / 2 + 2.0, mouth.level + 1.0, 3.0, 3.2)
    shade += 0.16 * blob(x, y, 0, (mouth.level + nose.tip + 6) / 2, 2.4, 5.0)
    shade += 0.30 * both(x, y, 49, 50, 10, 18, -14) * (0.6 + skull.hollow)
    shade += 0.75 * smoothstep(-3.0, 14.0, y - skull.chin_level + 0.010 * x**2)
    shade += 0.34 * smoothstep(52.0, 76.0, np.abs(x)) + 0.22 * smoothstep(-skull.hairline + 10, -skull.hairline - 4, y)
    gloss = 0.30 + 0.55 * blob(x, y, 0, nose.tip - 4, 5, 9) + 0.35 * blob(x, y, 0, -45, 30, 18)
    gloss += 0.40 * both(x, y, 40, 17, 13, 6, 20) + 0.25 * blob(x, y, 0, skull.chin_level - 10, 9, 6)
    return albedo, 1.0 - np.clip(shade, 0, 0.82), gloss


def _paint_lips(features: Features, albedo: Floats, openness: Floats, gloss: Floats) -> None:
    x, y = _millimetres(FINE)
    mouth = features.mouth
    rows = slice(int((mouth.level - 16 - TOP) * FINE), int((mouth.level + 20 - TOP) * FINE))
    x, y = x[rows], y[rows]
    top, seam, bottom, t = lips(mouth, x)
    edge = 0.55 + 0.5 * features.skin.age
    inside = smoothstep(-edge, edge, y - top) * smoothstep(edge, -edge, y - bottom) * smoothstep(1.0, 0.94, t)
    colour = linear(mouth.colour)
    lip = np.broadcast_to(colour, (*x.shape, 3)).copy()
    deep = colour * np.array([0.62, 0.46, 0.46], np.float32)
    _tint(lip, 0.55 * smoothstep(-4.5, 0.0, y - seam) * (y < seam), deep)
    _tint(lip, 0.40 * smoothstep(3.4, 0.0, y - seam) * (y >= seam), deep)
    _tint(lip, 0.30 * smoothstep(0.55, 1.0, t), deep)
    grain = cv2.GaussianBlur(np.random.default_rng(5).standard_normal((1, x.shape[1])).astype(np.float32), (0, 0), 1.6)
    lip *= 1.0 + 0.10 * grain[..., None] * np.exp(-((t[..., None] / 0.8) ** 4))
    _tint(albedo[rows], 0.92 * inside, lip)
    line = np.exp(-(((y - seam) / (0.55 + 0.35 * (1 - t))) ** 2)) * smoothstep(1.06, 0.92, np.abs(x) / mouth.width * 2)
    _tint(albedo[rows], 0.86 * line, colour * np.array([0.20, 0.10, 0.10], np.float32))
    openness[rows] *= 1 - 0.5 * line
    gloss[rows] += inside * mouth.gloss * (0.5 + 1.6 * np.exp(-(((y - bottom + 4.2) / 2.2) ** 2)))


def _paint_brows(features: Features, albedo: Floats) -> None:
    brows = features.brows
    rng = np.random.default_rng(11)
    t = np.linspace(0, 1, 40)
    bx, by, thick = brow_line(brows, t)
    bed, hairs = _Pen(), _Pen()
    for k in range(len(t) - 1):
        bed.pair(np.stack([bx[k : k + 2], by[k : k + 2]], -1), max(thick[k] * 1.5, 0.5))
    count = int(150 + 260 * brows.density)
    at = rng.random(count) ** 0.92
    root_x, root_y, half = brow_line(brows, at)
    ahead_x, ahead_y, _ = brow_line(brows, at + 0.02)
    along = np.arctan2(ahead_y - root_y, ahead_x - root_x)
    across = rng.uniform(-1, 1, count)
    rise = across * (0.12 + 0.3 * at) - 0.95 * (1 - np.minimum(at / 0.5, 1.0)) * rng.uniform(0.6, 1.15, count)
    length = rng.uniform(4.0, 7.0, count) * (0.75 + 0.25 * brows.thickness / 5.5)
    start = np.stack([root_x, root_y + across * half * 0.9 + half * 0.25 * (1 - at)], -1)
    lead = np.stack([np.cos(along + rise), np.sin(along + rise)], -1) * length[:, None]
    trail = np.stack([np.cos(along), np.sin(along)], -1) * length[:, None]
    lines = np.stack([start, start + 0.5 * lead, start + 0.55 * lead + 0.45 * trail], 1)
    for line, strength in zip(lines, rng.uniform(0.45, 1.0, count), strict=True):
        hairs.pair(line, 0.26, float(strength))
    colour = linear(brows.colour)
    _tint(
        albedo, 0.62 * brows.density * np.clip(bed.soft(1.15), 0, 1), colour * 0.6 + linear(features.skin.colour) * 0.22
    )
    _tint(albedo, 0.88 * np.clip(hairs.soft(0.14) * 1.25, 0, 1), colour)


def _paint_lids(features: Features, albedo: Floats, openness: Floats, relief: Floats) -> None:
    """The fold above the eye, the rim of the lids and the shadow under the lower lashes."""
    eyes = features.eyes
    x, y = _millimetres(FINE)
    rows = slice(int((-30 - TOP) * FINE), int((30 - TOP) * FINE))
    u, v = eye_frame(eyes, x[rows], y[rows])
    upper, lower = lids(eyes, Expression(), u)
    half = eyes.width / 2
    within = smoothstep(-half - 1.5, -half + 5.0, u) * smoothstep(half + 6.5, half - 4.0, u)
    if eyes.crease > 0:
        t = np.clip((u + half) / eyes.width, 0, 1.15)
        fold = (
            upper - eyes.crease * np.sin(np.pi * np.clip(0.12 + 0.72 * t, 0, 1)) ** 0.8 - 1.3 * smoothstep(0.8, 1.1, t)
        )
        line = np.exp(-(((v - fold) / 0.75) ** 2)) * within
        soft = np.exp(-np.clip(fold - v, 0, None) / 3.0) * (v < fold) * within
        _tint(
            albedo[rows],
            0.62 * line + 0.16 * soft,
            linear(features.skin.colour) * np.array([0.32, 0.2, 0.17], np.float32),
        )
        openness[rows] *= 1 - 0.35 * line
        relief[rows] -= 0.9 * line
    under = np.exp(-(((v - lower - 1.0) / 1.2) ** 2)) * within
    _tint(albedo[rows], 0.30 * under, linear(features.skin.colour) * np.array([0.6, 0.42, 0.38], np.float32))
    pouch = np.exp(-(((v - lower - 5.2) / 0.9) ** 2)) * within * smoothstep(half, half - 8, np.abs(u))
    _tint(albedo[rows], (0.10 + 0.3 * features.skin.age) * pouch, linear(features.skin.colour) * 0.45)


def _paint_age(features: Features, albedo: Floats, relief: Floats) -> None:
    """Nasolabial folds on everyone; on the old also brow lines, crow's feet, marionette lines and bags."""
    age, nose, mouth = features.skin.age, features.nose, features.mouth
    wing, corner = nose.width / 2, mouth.width / 2
    fold, fine = _Pen(), _Pen()
    fold.pair(
        arc((wing + 1.5, nose.tip - 1), (wing + 6.5, nose.tip + 9), (corner + 5.0, mouth.level - 7), (corner + 6.5, mouth.level + 2)),
        1.3,
        min(0.16 + 0.62 * age, 1),
    )  # fmt: skip
    if age > 0.15:
        strength = (age - 0.15) / 0.85
        fold.pair(
            arc((corner + 3, mouth.level + 5), (corner + 4.5, mouth.level + 14), (corner + 2.5, mouth.level + 24)),
            1.0,
            0.5 * strength,
        )
        fold.pair(arc((17, 12), (23, 18.5), (33, 20.0), (40, 17)), 1.2, 0.55 * strength)
        for k, (dy, run) in enumerate(((0, 9), (4, 10), (8, 9), (-4, 7))):
            x0 = features.eyes.spacing / 2 + features.eyes.width / 2 + 4 + k % 2
            fine.pair(
                arc((x0, 0.4 * dy + 1), (x0 + run * 0.6, 0.85 * dy + 1.5), (x0 + run, 1.35 * dy + 1)),
                0.4,
                0.55 * strength,
            )
        for k, level in enumerate((-38, -46, -54)):
            bow = arc(
                (-34 + 4 * k, level + 2.5),
                (-14, level - 1),
                (0, level + 0.6),
                (15, level - 0.8),
                (33 - 3 * k, level + 2),
            )
            fine.stroke(bow, 0.5, (0.46 - 0.08 * k) * strength)
        fine.pair(arc((4.5, -26), (3.6, -19), (4.6, -13)), 0.5, 0.55 * strength)
        for k in range(-3, 4):
            top, _, _, _ = lips(mouth, np.array([k * 5.0]))
            fine.stroke(arc((k * 5.2, float(top[0]) - 4), (k * 5.0, float(top[0]) - 0.5)), 0.3, 0.28 * strength)
    dark = linear(features.skin.colour) * np.array([0.42, 0.27, 0.24], np.float32)
    soft, sharp = fold.soft(1.0), fine.soft(0.28)
    _tint(albedo, np.clip(0.62 * soft + 0.50 * sharp, 0, 1), dark)
    relief -= 1.6 * soft + 0.4 * sharp


def _paint_marks(features: Features, albedo: Floats) -> None:
    skin = features.skin
    shape = albedo.shape[:2]
    rng = np.random.default_rng(3)
    mottle = cv2.resize(
        rng.standard_normal((shape[0] // 6, shape[1] // 6)).astype(np.float32),
        shape[::-1],
        interpolation=cv2.INTER_CUBIC,
    )
    pores = cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), 1.2)
    albedo *= (1.0 + 0.014 * mottle + 0.03 * pores)[..., None] + mottle[..., None] * np.array(
        [0.006, -0.006, -0.006], np.float32
    )
    dots = _Pen()
    if skin.freckles > 0:
        for _ in range(int(260 * skin.freckles)):
            x, y = rng.normal(0, 27), rng.normal(22, 10)
            dots.stroke(np.array([[x, y], [x + 0.05, y]]), rng.uniform(0.5, 1.1), rng.uniform(0.15, 0.5))
    for x, y in skin.moles:
        dots.stroke(np.array([[x, y], [x + 0.05, y]]), 1.9, 1.0)
    if dots.sheet.any():
        _tint(albedo, 0.8 * dots.soft(0.16), linear(skin.colour) * np.array([0.22, 0.12, 0.1], np.float32))
    if skin.stubble > 0:
        x, y = _millimetres(COARSE)
        mouth, chin = features.mouth, features.skull.chin_level
        bare = blob(x, y, 0, mouth.level + 1, 22, 6.5)
        beard = smoothstep(44, 66, y + 0.012 * x**2) * smoothstep(74, 60, np.abs(x)) * (1 - bare)
        beard = beard + 0.6 * both(x, y, 66, 40, 7, 20) + 0.5 * blob(x, y, 0, mouth.level - 10, 17, 4)
        beard = _fine(np.clip(beard * smoothstep(chin + 20, chin + 6, y), 0, 1)) * skin.stubble
        bristle = np.clip(cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), 0.6) * 1.4, 0, 1)
        shade = linear(features.hair.colour) * 0.6 + linear(skin.colour) * np.array([0.22, 0.25, 0.29], np.float32)
        _tint(albedo, np.clip(beard * (0.40 + 0.36 * bristle), 0, 0.9), shade)


def _paint_nostrils(features: Features, albedo: Floats, openness: Floats) -> None:
    nose, pen = features.nose, _Pen()
    inner = 0.5 * nose.width / 2 - 2.6
    pen.pair(
        arc(
            (inner, nose.tip + 8.0),
            (inner + 2.6, nose.tip + 6.6),
            (inner + 5.0, nose.tip + 6.9),
            (inner + 6.0, nose.tip + 8.2),
        ),
        2.4,
    )
    sheet = pen.soft(0.5)
    wing, crease = nose.width / 2, _Pen()
    crease.pair(
        arc(
            (wing - 2.6, nose.tip - 4.5),
            (wing + 0.6, nose.tip - 1.5),
            (wing + 1.2, nose.tip + 3.5),
            (wing - 1.4, nose.tip + 7.6),
            (wing - 4.4, nose.tip + 7.2),
        ),
        0.9,
        0.62,
    )
    crease.stroke(
        arc(
            (-6.4, nose.tip + 8.6),
            (-2.6, nose.tip + 9.8),
            (0, nose.tip + 10.2),
            (2.6, nose.tip + 9.8),
            (6.4, nose.tip + 8.6),
        ),
        0.9,
        0.35,
    )
    _tint(albedo, 0.55 * crease.soft(0.55), linear(features.skin.colour) * np.array([0.36, 0.2, 0.17], np.float32))
    _tint(
        albedo,
        0.95 * np.clip(sheet * 1.2, 0, 1),
        linear(features.skin.colour) * np.array([0.07, 0.025, 0.02], np.float32),
    )
    openness *= 1 - 0.5 * sheet


@lru_cache(maxsize=16)
def paint_face(features: Features) -> Paint:
    """The whole plan of one face, at FINE pixels a millimetre; the eyes themselves are painted when they look somewhere."""
    albedo, openness, gloss = (_fine(layer) for layer in _complexion(features))
    relief = np.zeros(openness.shape, np.float32)
    _paint_marks(features, albedo)
    _paint_age(features, albedo, relief)
    _paint_lids(features, albedo, openness, relief)
    _paint_nostrils(features, albedo, openness)
    _paint_lips(features, albedo, openness, gloss)
    _paint_brows(features, albedo)
    return Paint(albedo, np.dstack([openness, gloss, *slopes(relief, FINE)]))
