"""Drawn parts of people: a hand, feet, an artist's mannequin head, an umbrella."""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from studio.engines import Box
from studio.engines.photoboard.brush import Colour, Layer, curve, ellipse, shade, tube
from studio.engines.photoboard.figure import Build
from studio.engines.photoboard.wardrobe import Outfit

WOOD: Colour = (184, 176, 166)
STUFF: Colour = (122, 134, 152)


def draw_hand(
    layer: Layer,
    region: Box,
    size: tuple[int, int],
    skin: Colour,
    outfit: Outfit,
    light: tuple[float, float],
    ink: float,
) -> None:
    """The back of a hand reaching into the frame: in the square at the top of `region`, the arm coming from below."""
    x0, y0, x1, y1 = region
    s = min(x1 - x0, y1 - y0) / 4.6  # half the palm's width is 1
    middle = (x0 + x1) / 2
    sign = 1.0 if middle > size[0] * 0.45 else -1.0
    knuckles = np.array([middle - sign * 0.4 * s, y0 + 2.2 * s])
    way = np.array([-0.5 * sign, -0.87])
    across = np.array([-way[1], way[0]]) * -sign  # towards the thumb

    def on(along: float, aside: float) -> NDArray[np.float64]:
        return knuckles + (way * along + across * aside) * s

    def limb(points: list[tuple[float, float]], radii: list[float], colour: Colour, round_: float) -> None:
        layer.solid(tube([on(*p) for p in points], np.array(radii) * s), colour, round_ * s, light, 1.0, outline=ink)

    def crease(points: list[tuple[float, float]], colour: Colour, wide: float = 1.0) -> None:
        layer.line(curve([on(*p) for p in points], closed=False), colour, ink * wide)

    far = -(math.hypot(*size) / s)
    fold, bare = shade(skin, 0.66), outfit.garment in ("dress", "qipao")
    limb([(-6.0 if not bare else far, -0.1), (-3.4, 0.0), (-2.3, 0.02), (-1.6, 0.04)], [1.15, 0.8, 0.68, 0.74], shade(skin, 0.95), 0.5)  # fmt: skip
    thumb = [(-1.75, 0.5), (-1.0, 1.06), (-0.3, 1.5), (0.3, 1.68), (0.52, 1.7), (0.6, 1.7)]
    limb(thumb, [0.4, 0.38, 0.29, 0.26, 0.2, 0.07], shade(skin, 0.96), 0.25)
    fingers = (
        (-0.74, 1.28, -0.16, 0.215),
        (-0.25, 1.72, -0.04, 0.245),
        (0.25, 1.84, 0.07, 0.25),
        (0.73, 1.62, 0.14, 0.245),
    )
    for aside, long, bend, wide in fingers:
        joints = [(-0.3, aside), (0.5 * long, aside + 0.5 * bend), (0.78 * long, aside + 0.62 * bend), (0.95 * long, aside + 0.55 * bend), (long, aside + 0.52 * bend)]  # fmt: skip
        limb(joints, [wide * 1.08, wide * 1.02, wide * 0.94, wide * 0.74, wide * 0.25], skin, 0.2)
    back = [(-2.0, -0.64), (-1.1, -0.92), (-0.15, -1.0), (0.14, -0.78), (0.06, -0.5), (0.24, -0.25), (0.12, 0.0), (0.27, 0.25), (0.12, 0.5), (0.2, 0.76), (-0.1, 1.0), (-1.0, 0.98), (-2.0, 0.7)]  # fmt: skip
    layer.solid(curve([on(*p) for p in back]), skin, 0.7 * s, light, 1.0)
    crease([back[0], back[1], back[2], back[3]], shade(skin, 0.35))
    for aside, long, bend, wide in fingers:
        crease([(-0.12, aside - 0.6 * wide), (0.1, aside), (-0.12, aside + 0.6 * wide)], fold, 0.8)
        crease([(-0.35, aside * 0.93), (-1.1, aside * 0.72)], shade(skin, 0.86), 1.2)
        at = 0.52 * long
        crease([(at, aside + 0.5 * bend - 0.55 * wide), (at + 0.06, aside + 0.5 * bend), (at, aside + 0.5 * bend + 0.55 * wide)], fold, 0.7)  # fmt: skip
        nail = [(long - 0.34, aside + 0.56 * bend - 0.5 * wide), (long - 0.34, aside + 0.56 * bend + 0.5 * wide), (long - 0.1, aside + 0.53 * bend + 0.45 * wide), (long - 0.03, aside + 0.53 * bend), (long - 0.1, aside + 0.53 * bend - 0.45 * wide)]  # fmt: skip
        layer.solid(curve([on(*p) for p in nail]), shade(skin, 1.12), 0.08 * s, light, 0.6, outline=ink * 0.6)
    if bare:
        return
    limb([(far, -0.6), (-7, -0.25), (-3.3, 0)], [1.75, 1.5, 1.12], outfit.top, 0.8)
    limb([(-3.5, 0), (-2.85, 0.0)], [1.0, 0.96], outfit.inner if outfit.garment in ("suit", "jacket") else shade(outfit.top, 1.15), 0.3)  # fmt: skip
    for along in (-4.4, -5.4):
        crease([(along, 0.9), (along - 0.25, 0.3), (along + 0.1, -0.2)], shade(outfit.top, 0.6))


def draw_feet(layer: Layer, region: Box, outfit: Outfit, light: tuple[float, float], ink: float, splash: bool) -> None:
    """Two shoes on the ground in the square at the foot of `region`, trouser legs up to its top, one foot a step ahead."""
    x0, y0, x1, y1 = region
    h = min(x1 - x0, y1 - y0)
    s = h / 3.9
    middle = (x0 + x1) / 2
    bare = outfit.skirt
    for sign, ahead in ((1, 0.0), (-1, 0.55)):
        ground = y1 - h * 0.14 + ahead * s * 0.35
        x = middle + sign * s * 0.85
        layer.glaze(ellipse(x - 0.3 * s, ground + 0.08 * s, 1.5 * s, 0.26 * s), (22, 22, 26), 0.5, 0.12 * s)
        leg = [(x + 0.25 * s, y0), (x + 0.22 * s, (y0 + ground) / 2), (x + 0.2 * s, ground - 0.62 * s)]
        colour = (206, 168, 146) if bare else outfit.bottom
        shoe = [(x + 0.72 * s, ground - 0.75 * s), (x + 0.82 * s, ground - 0.2 * s), (x + 0.78 * s, ground),
                (x - 1.45 * s, ground), (x - 1.62 * s, ground - 0.2 * s), (x - 1.2 * s, ground - 0.46 * s),
                (x - 0.4 * s, ground - 0.66 * s), (x - 0.15 * s, ground - 0.95 * s)]  # fmt: skip
        layer.solid(curve(shoe, steps=5), outfit.shoes, 0.28 * s, light, 1.3, outline=ink)
        layer.line(curve([(x - 1.25 * s, ground - 0.36 * s), (x - 0.9 * s, ground - 0.47 * s), (x - 0.5 * s, ground - 0.58 * s)],
                         closed=False), shade(outfit.shoes, 2.6), 0.07 * s)  # fmt: skip
        layer.fill([(x + 0.8 * s, ground - 0.06 * s), (x + 0.8 * s, ground + 0.06 * s), (x - 1.5 * s, ground + 0.06 * s),
                    (x - 1.5 * s, ground - 0.03 * s)], shade(outfit.shoes, 0.5))  # fmt: skip
        radii = [0.42, 0.4, 0.36] if bare else [0.74, 0.68, 0.62]
        layer.solid(tube(leg, np.array(radii) * s), colour, 0.4 * s, light, 0.9, outline=ink)
        if splash:
            for grow in (1.1, 1.7):
                layer.line(
                    ellipse(x - 0.4 * s, ground + 0.1 * s, 1.5 * s * grow, 0.28 * s * grow), (176, 182, 186), ink, True
                )


def draw_mannequin_head(layer: Layer, b: Build, pose: tuple[float, float, float], down: tuple[float, float]) -> None:
    """An egg of wood with the middle line and the eye line turned to the pose (yaw, pitch, roll in degrees)."""
    yaw, pitch = math.radians(pose[0]), math.radians(pose[1])
    rx, ry = 1.38 * b.unit, 1.92 * b.unit
    centre = np.array([b.x - math.sin(yaw) * 0.75 * b.unit * down[1], b.y]) + np.array(down) * 0.05 * b.unit
    turn = math.degrees(math.atan2(-down[0], down[1]))
    t = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    egg = np.stack([rx * np.cos(t) * (1 - 0.14 * np.sin(t)), ry * np.sin(t)], 1)
    spin = np.array([[down[1], down[0]], [-down[0], down[1]]])
    layer.solid(ellipse(*b.at(0, 2.2), 0.74 * b.unit, 0.7 * b.unit, turn), shade(WOOD, 0.86), 0.4 * b.unit, b.light)
    layer.solid(egg @ spin + centre, WOOD, 0.8 * b.unit, b.light, 1.1, outline=b.ink * 1.3)
    turned = np.radians(np.linspace(-82, 82, 25))

    def flat(x: NDArray[np.float64], y: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.float64]:
        """Points of the unit ball, turned by the pose, on the egg; z is towards us."""
        y, z = y * math.cos(pitch) - z * math.sin(pitch), y * math.sin(pitch) + z * math.cos(pitch)
        x, z = x * math.cos(yaw) + z * math.sin(yaw), z * math.cos(yaw) - x * math.sin(yaw)
        return (np.stack([x * rx * (1 - 0.14 * y), y * ry], 1) @ spin + centre)[z > -0.05]

    zero = np.zeros_like(turned)
    lines = (
        flat(zero, np.sin(turned), np.cos(turned)),
        flat(np.sin(turned), zero - 0.02, np.cos(turned)),
        flat(np.sin(turned[6:-6]) * 0.9, zero[6:-6] + 0.48, np.cos(turned[6:-6]) * 0.88),
    )
    for line in lines:
        if len(line) > 1:
            layer.line(line, shade(WOOD, 0.5), b.ink * 1.2)


def draw_umbrella(layer: Layer, b: Build, colour: Colour) -> None:
    """An open umbrella over the head; goes behind the person."""
    dome = [(-6.4, -1.1), (-5.2, -3.9), (-2.6, -5.7), (0.6, -6.2), (3.7, -5.6), (6.2, -3.7), (7.2, -0.9)]
    scallops: list[tuple[float, float]] = []
    edges = np.linspace(7.2, -6.4, 6)
    for a, c in pairwise(edges):
        scallops += [(a, -1.0), ((a + c) / 2, -1.75)]
    outline = np.vstack([curve(b.path(dome), closed=False), curve(b.path([*scallops, (-6.4, -1.05)]), closed=False)])
    layer.line(b.path([(2.9, -1.5), (3.1, 7.4)]), (72, 58, 48), 0.22 * b.unit)
    layer.solid(outline, colour, 1.4 * b.unit, b.light, 1.0, outline=b.ink)
    for x in (-4.0, -1.2, 1.7, 4.5):
        layer.line(curve(b.path([(0.6, -6.1), (x * 0.75, -4.2), (x, -1.5)]), closed=False), shade(colour, 0.6), b.ink)
    layer.line(b.path([(0.6, -6.1), (0.65, -6.9)]), (60, 56, 54), 0.2 * b.unit)
