"""What interiors are made of: the room's shell, boards, curtains, tables, chairs, guests; metres on a stage."""

from itertools import pairwise

import numpy as np

from studio.engines.photoboard.brush import Colour, ellipse, shade
from studio.engines.photoboard.perspective import Stage

NEAR = -24.0  # where walls and floors end, behind every camera


def shell(s: Stage, half: float, back: float, top: float, wall: Colour, floor: Colour, ceiling: Colour) -> None:
    """Floor, ceiling, three walls and a skirting; half: half the breadth, back: how deep behind the front person."""
    s.floor(-half, half, NEAR, back, ceiling, top, 0.78)
    s.floor(-half, half, NEAR, back, floor, 0.0, 0.9)
    s.side(-half, 0, top, NEAR, back, wall)
    s.side(half, 0, top, NEAR, back, wall)
    s.wall(-half, half, 0, top, back, wall)
    skirting = shade(wall, 0.7)
    s.wall(-half, half, 0, 0.14, back - 0.02, skirting)
    s.side(-half, 0, 0.14, NEAR, back, skirting)
    s.side(half, 0, 0.14, NEAR, back, skirting)


def boards(s: Stage, half: float, back: float, colour: Colour, step: float) -> None:
    """Joints of a floor that run away from us."""
    for x in np.arange(-half, half + 0.01, step):
        s.stroke([(x, 0.002, -s.camera.distance + 0.8), (x, 0.002, back)], shade(colour, 0.72), 0.012)


def picture(s: Stage, x: float, y: float, w: float, h: float, z: float, colour: Colour) -> None:
    """A framed picture on a wall."""
    s.wall(x - w / 2 - 0.05, x + w / 2 + 0.05, y - h / 2 - 0.05, y + h / 2 + 0.05, z, (92, 70, 50))
    s.wall(x - w / 2, x + w / 2, y - h / 2, y + h / 2, z, colour)
    s.wall(x - w / 2, x + w / 2, y - h / 2, y - h * 0.1, z, shade(colour, 0.7))


def curtain(s: Stage, x0: float, x1: float, y0: float, y1: float, z: float, colour: Colour) -> None:
    """A drawn-back curtain in folds."""
    edges = np.linspace(x0, x1, 6)
    for i, (a, b) in enumerate(pairwise(edges)):
        s.polygon([(a, y0, z), (b, y0, z), (b, y1, z), (a, y1, z)], colour, 1.0 if i % 2 else 0.8)


def table(s: Stage, x: float, z: float, w: float, d: float, h: float, colour: Colour) -> None:
    """Four legs and a top."""
    for lx in (x - w / 2, x + w / 2 - 0.07):
        s.wall(lx, lx + 0.07, 0, h, z + d, shade(colour, 0.6))
    s.box(x - w / 2 - 0.04, x + w / 2 + 0.04, h - 0.06, h, z, z + d, colour)
    for lx in (x - w / 2, x + w / 2 - 0.07):
        s.wall(lx, lx + 0.07, 0, h - 0.06, z, shade(colour, 0.75))


def chair(s: Stage, x: float, z: float, colour: Colour) -> None:
    """A plain chair, its back away from us."""
    s.wall(x - 0.22, x + 0.22, 0.5, 0.98, z + 0.4, shade(colour, 0.85))
    s.box(x - 0.24, x + 0.24, 0.42, 0.5, z, z + 0.42, colour)
    for lx in (x - 0.22, x + 0.17):
        s.wall(lx, lx + 0.05, 0, 0.42, z, shade(colour, 0.6))


def guest(s: Stage, x: float, z: float, dark: float) -> None:
    """Somebody of the crowd: a tone, nobody in particular."""
    at = s.camera.point(x, 0, z)
    if at is None:
        return
    tall = (1.58 + 0.22 * s.rng.random()) * at[2]
    wide = tall * (0.125 + 0.03 * s.rng.random())
    gown = s.rng.random() < 0.5
    cx, foot = at[0], at[1]
    tone = s.lit((66 + 40 * dark, 60 + 34 * dark, 66 + 30 * dark), 0.9, 9)
    hem = 1.6 if gown else 0.72
    body = [
        (cx - wide * 0.35, foot - tall * 0.85),
        (cx - wide, foot - tall * 0.78),
        (cx - wide * 0.85, foot - tall * 0.5),
        (cx - wide * hem, foot),
        (cx + wide * hem, foot),
        (cx + wide * 0.85, foot - tall * 0.5),
        (cx + wide, foot - tall * 0.78),
        (cx + wide * 0.35, foot - tall * 0.85),
    ]
    s.layer.solid(body, tone, wide * 0.5, s.light.towards, 0.7)
    if not gown:
        s.layer.fill([(cx - wide * 0.16, foot - tall * 0.84), (cx + wide * 0.16, foot - tall * 0.84),
                      (cx, foot - tall * 0.66)], s.lit((226, 222, 214), 0.95, 9))  # fmt: skip
    s.layer.solid(ellipse(cx, foot - tall * 0.92, tall * 0.052, tall * 0.068), s.lit((176, 142, 118), 0.9, 9), wide / 3)
    s.layer.fill(ellipse(cx, foot - tall * 0.952, tall * 0.058, tall * 0.045), s.lit((52, 42, 38), 0.9, 9))
