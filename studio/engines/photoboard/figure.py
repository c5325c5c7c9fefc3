"""The drawn body: proportions of an adult, dressed, lit, standing or walking; seen from the front or from behind.

Lengths are in units of the eye distance (63 mm): an adult is about 27 of them tall, the eyes 1.8 below the crown
(Loomis' eight-head figure brought to 7.5 heads).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.engines.photoboard.brush import Colour, Layer, curve, ellipse, shade, tube
from studio.engines.photoboard.wardrobe import Outfit

SOLES = 24.9  # below the eyes
TALL = 26.8  # crown to soles

Path = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Build:
    """Where a body stands and what it looks like.

    x, y: middle of the eyes, canvas pixels; unit: eye distance, pixels; yaw: of the body, degrees; lean: x shift of the
    neck against the eyes, units. shoulder_left, shoulder_right: half widths, units; rise: of the shoulders, units upwards; collar: its lowest point
    below the eyes; neckline: neck and collar are drawn, no photo shows them; neck_top: where it begins; bare: bare
    shoulders. soles: y of the ground under it.
    light: towards the key, in the picture. stride: walking. long_hair: falls on the shoulders.
    """

    x: float
    y: float
    unit: float
    yaw: float
    lean: float
    skin: Colour
    hair: Colour
    outfit: Outfit
    soles: float
    light: tuple[float, float]
    shoulder_left: float = 2.95
    shoulder_right: float = 2.95
    rise: float = 0.0
    collar: float = 4.2
    neckline: bool = True
    neck_top: float = 1.0
    bare: bool = False
    stride: bool = False
    behind: bool = False
    long_hair: bool = False
    ink: float = 2.0

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Units from the neck's axis and below the eyes → canvas pixels. Legs are fitted to the ground."""
        long = 1.0
        if y > 11.8:
            natural = (SOLES - 11.8) * self.unit
            long = max(0.4, (self.soles - self.y - 11.8 * self.unit) / natural)
            return self.x + (self.lean + x) * self.unit, self.y + (11.8 + (y - 11.8) * long) * self.unit
        return self.x + (self.lean + x) * self.unit, self.y + y * self.unit

    def path(self, points: Path) -> NDArray[np.float64]:
        return np.array([self.at(*p) for p in points])


_HEMS = {"coat": 18.6, "dress": 18.0, "qipao": 20.5, "suit": 13.0, "jacket": 12.6, "shirt": 12.1, "apron": 12.1}


def draw_body(layer: Layer, b: Build) -> None:
    """Everything below the head."""
    _legs(layer, b)
    bare = b.outfit.garment == "dress" or b.bare
    for part in (_arms, _torso) if bare else (_torso, _arms):  # a sleeve lies on the coat, a bare arm grows from it
        part(layer, b)
    if b.neckline:
        _neck(layer, b)
    if not b.behind:
        _dressing(layer, b)


def _solid(
    layer: Layer, b: Build, outline: NDArray[np.float64], colour: Colour, round_: float, depth: float = 0.9
) -> None:
    layer.solid(outline, colour, round_ * b.unit, b.light, depth, outline=b.ink)


def _legs(layer: Layer, b: Build) -> None:
    height = layer.image.shape[0] / layer.scale
    if b.at(0, 11.8)[1] > height:
        return
    bare = b.outfit.skirt
    colour = b.skin if bare else b.outfit.bottom
    step = 0.95 if b.stride else 0.0
    for sign in (-1, 1):
        forward = step * sign
        knee = (sign * 1.25 + forward * 0.5, 17.8)
        ankle = (sign * 1.2 + forward * 0.9, 23.7 - (0.9 if b.stride and sign < 0 else 0))
        foot = b.at(ankle[0] + sign * 0.25, ankle[1] + 0.75)
        _solid(layer, b, ellipse(*foot, 0.82 * b.unit, 0.46 * b.unit, 12 * sign), b.outfit.shoes, 0.3)
        limb = tube(b.path([(sign * 1.1, 11.2), knee, ankle]), np.array([1.2, 0.84, 0.42 if bare else 0.6]) * b.unit)
        _solid(layer, b, limb, shade(colour, 0.9 if sign > 0 else 1.0), 0.6)


def _torso(layer: Layer, b: Build) -> None:
    left, right = b.shoulder_left, b.shoulder_right
    gown = b.outfit.skirt and b.outfit.garment != "qipao"
    hem = _HEMS["dress" if gown else b.outfit.garment]
    flare = 3.3 if gown else {"coat": 2.9, "qipao": 1.9}.get(b.outfit.garment, 2.4)
    waist = {"dress": 1.75, "qipao": 1.7, "coat": 2.25}.get(b.outfit.garment, 2.0)
    half: list[tuple[float, float, float]] = [  # share of the shoulder, fixed part, below the eyes
        (0.0, 0.9, 2.6 - b.rise * 0.7),
        (0.48, 0.0, 2.95 - b.rise),
        (0.88, 0.0, 3.32 - b.rise),
        (1.0, 0.0, 3.9 - b.rise * 0.8),
        (0.92, 0.0, 4.7),
        (0.72, 0.0, 6.2),
        (0.0, waist, 9.0),
        (0.0, 2.3, 11.6),
        (0.0, flare, hem),
    ]

    def between(first: int, neckline: Path) -> NDArray[np.float64]:
        """The outline from that point of the side down to the hem, round, but for the hem's corners."""
        sides = [
            curve(b.path([(sign * (share * wide + fixed), y) for share, fixed, y in half[first:]]), closed=False)
            for sign, wide in ((-1, left), (1, right))
        ]
        top = curve(b.path(neckline), closed=False) if neckline else np.empty((0, 2))
        return np.vstack([sides[0], sides[1][::-1], top])

    if b.bare:
        _solid(layer, b, between(0, []), b.skin, 1.1, 0.7)
        heart = [(0.92 * right, 4.7), (0.5 * right, 4.3), (0, 4.9), (-0.5 * left, 4.3), (-0.92 * left, 4.7)]
        _solid(layer, b, between(4, heart), b.outfit.top, 1.0)
    else:
        _solid(layer, b, between(0, []), b.outfit.top, 1.1)
    fold = shade(b.outfit.top, 0.72)
    for path in (
        [(-left * 0.8, 5.6), (-1.2, 6.9), (-0.5, 7.3)],
        [(right * 0.8, 5.8), (1.5, 7.4), (0.9, 8.2)],
        [(-1.9, 9.4), (-0.9, 9.9), (-0.2, 9.8)],
        [(1.9, 10.2), (1.0, 10.9), (0.4, 11.0)],
    ):
        layer.line(curve(b.path(path), closed=False), fold, b.ink * 0.9)


def _neck(layer: Layer, b: Build) -> None:
    tone = shade(b.skin, 0.92)
    up = -0.4 if b.behind else b.neck_top
    if b.behind or b.outfit.garment == "qipao":
        outline = [(-0.92, up + 0.6), (-0.96, 2.5), (-1.2, 3.05), (0, 3.3), (1.2, 3.05), (0.96, 2.5), (0.92, up + 0.6)]
    else:
        outline = [
            (-0.86, up),
            (-0.88, max(2.3, up)),
            (-1.15, 2.95 - b.rise * 0.6),
            (0, 3.3 if b.bare else b.collar),
            (1.15, 2.95 - b.rise * 0.6),
            (0.88, max(2.3, up)),
            (0.86, up),
        ]
    layer.solid(b.path([(x - b.lean * 0.5 if y < 1.5 else x, y) for x, y in outline]), tone, 0.5 * b.unit, b.light, 0.8)
    # the chin's shadow
    layer.glaze(b.path([(-0.9, 1.5), (0.9, 1.5), (0.85, 2.3), (0, 2.7), (-0.85, 2.3)]), shade(b.skin, 0.6), 0.4, 0.2 * b.unit)  # fmt: skip


def _dressing(layer: Layer, b: Build) -> None:
    """Collar, lapels, tie, apron: what tells the garment."""
    top, dark = b.outfit.top, shade(b.outfit.top, 0.74)
    kind = b.outfit.garment
    if kind in ("suit", "coat", "jacket"):
        shirt = b.outfit.inner
        layer.solid(
            b.path([(-1.15, 3.0 - b.rise * 0.6), (0, 7.6), (1.15, 3.0 - b.rise * 0.6), (0, b.collar - 0.1)]),
            shirt,
            0.4 * b.unit,
            b.light,
            0.5,
        )
        if b.outfit.tie:
            layer.solid(b.path([(-0.28, b.collar), (0.28, b.collar), (0.42, 7.0), (0, 7.5), (-0.42, 7.0)]), (96, 44, 44), 0.3 * b.unit, b.light)  # fmt: skip
        for sign in (-1, 1):
            lapel = [
                (sign * 1.2, 2.85 - b.rise * 0.6),
                (sign * 1.95, 4.5),
                (sign * 1.55, 4.9),
                (sign * 1.7, 5.3),
                (0, 7.9),
                (sign * 0.55, 5.2),
            ]
            layer.solid(b.path(lapel), shade(top, 1.08), 0.4 * b.unit, b.light, 0.8, outline=b.ink)
        layer.line(b.path([(0, 7.8), (0.15, _HEMS[kind])]), dark, b.ink)
        for y in (8.6, 10.2):
            layer.fill(ellipse(*b.at(0.4, y), 0.14 * b.unit, 0.14 * b.unit, steps=12), shade(top, 0.5))
    elif b.bare:
        return
    elif kind == "qipao":
        for sign in (-1, 1) if b.neckline else ():
            collar = [(sign * 0.05, 3.35), (sign * 1.1, 2.95), (sign * 1.02, 2.3), (sign * 0.05, 2.75)]
            layer.solid(b.path(collar), shade(top, 1.1), 0.3 * b.unit, b.light, 0.7, outline=b.ink)
        layer.line(curve(b.path([(0, 3.3), (0.9, 4.2), (2.3, 5.6)]), closed=False), shade(top, 1.45), b.ink * 1.6)
    else:
        for sign in (-1, 1) if b.neckline else ():
            collar = [(sign * 1.1, 2.75 - b.rise * 0.6), (sign * 1.6, 3.5 - b.rise * 0.5), (sign * 0.75, b.collar + 0.2), (sign * 0.05, b.collar)]  # fmt: skip
            layer.solid(b.path(collar), shade(top, 1.12), 0.3 * b.unit, b.light, 0.7, outline=b.ink)
        layer.line(b.path([(0, 4.4), (0.1, 12.0)]), dark, b.ink)
    if kind == "apron":
        cloth = b.outfit.apron
        bib = [(-1.3, 5.4), (1.3, 5.4), (1.7, 8.8), (2.6, 9.4), (2.5, 15.5), (-2.5, 15.5), (-2.6, 9.4), (-1.7, 8.8)]
        layer.solid(b.path(bib), cloth, 0.8 * b.unit, b.light, 0.7, outline=b.ink)
        for sign in (-1, 1):
            strap = [(0.98, 5.6), (1.26, 5.6), (1.52, 3.5 - b.rise), (1.24, 3.35 - b.rise)]
            outline = b.path([(sign * x, y) for x, y in strap])
            layer.solid(outline, cloth, 0.2 * b.unit, b.light, 0.6, outline=b.ink * 0.7)


def _arms(layer: Layer, b: Build) -> None:
    bare = b.outfit.garment == "dress" or b.bare
    for sign, wide in ((-1, b.shoulder_left), (1, b.shoulder_right)):
        swing = 0.8 * sign if b.stride else 0.0
        shoulder = (sign * (wide - 1.0), 3.85 - b.rise * 0.85)
        upper = (sign * (wide - 0.58) + swing * 0.1, 5.3 - b.rise * 0.7)
        elbow = (sign * (wide - 0.22) + swing * 0.3, 8.0 - b.rise * 0.4)
        wrist = (sign * (wide - 0.62) + swing * 0.3, 11.5 - abs(swing) * 0.7 - b.rise * 0.3)
        palm = (wrist[0] - sign * 0.05, wrist[1] + 0.7)
        tips = (wrist[0] - sign * 0.25, wrist[1] + 1.75)
        skin = shade(b.skin, 0.9)
        _solid(layer, b, tube(b.path([wrist, palm, tips]), np.array([0.3, 0.42, 0.2]) * b.unit), skin, 0.3)
        limb = tube(b.path([shoulder, upper, elbow, wrist]), np.array([0.5, 0.66, 0.54, 0.38]) * b.unit)
        tone = shade(b.skin if bare else b.outfit.top, 0.95)
        layer.solid(limb, tone, 0.45 * b.unit, b.light, 0.9)
        layer.line(limb[5:-4], shade(tone, 0.35), b.ink)  # open at the top: no seam on the shoulder
        if not bare:
            layer.line(
                b.path([(wrist[0] - 0.42, wrist[1] - 0.3), (wrist[0] + 0.4, wrist[1] - 0.3)]),
                shade(b.outfit.top, 0.6),
                b.ink,
            )
