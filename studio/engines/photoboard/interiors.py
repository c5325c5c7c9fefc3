"""Drawn interiors, built from the back wall towards the camera."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from studio.engines.photoboard.brush import Colour, ellipse, shade
from studio.engines.photoboard.perspective import Stage

Builder = Callable[[Stage], None]

_NEAR = -24.0
_WOOD: Colour = (120, 84, 58)
_CREAM: Colour = (218, 206, 184)


def _shell(s: Stage, half: float, back: float, top: float, wall: Colour, floor: Colour, ceiling: Colour) -> None:
    s.floor(-half, half, _NEAR, back, ceiling, top, 0.78)
    s.floor(-half, half, _NEAR, back, floor, 0.0, 0.9)
    s.side(-half, 0, top, _NEAR, back, wall)
    s.side(half, 0, top, _NEAR, back, wall)
    s.wall(-half, half, 0, top, back, wall)
    skirting = shade(wall, 0.7)
    s.wall(-half, half, 0, 0.14, back - 0.02, skirting)
    s.side(-half, 0, 0.14, _NEAR, back, skirting)
    s.side(half, 0, 0.14, _NEAR, back, skirting)


def _boards(s: Stage, half: float, back: float, colour: Colour, step: float) -> None:
    for x in np.arange(-half, half + 0.01, step):
        s.stroke([(x, 0.002, -s.camera.distance + 0.8), (x, 0.002, back)], shade(colour, 0.72), 0.012)


def _picture(s: Stage, x: float, y: float, w: float, h: float, z: float, colour: Colour) -> None:
    s.wall(x - w / 2 - 0.05, x + w / 2 + 0.05, y - h / 2 - 0.05, y + h / 2 + 0.05, z, (92, 70, 50))
    s.wall(x - w / 2, x + w / 2, y - h / 2, y + h / 2, z, colour)
    s.wall(x - w / 2, x + w / 2, y - h / 2, y - h * 0.1, z, shade(colour, 0.7))


def _curtain(s: Stage, x0: float, x1: float, y0: float, y1: float, z: float, colour: Colour) -> None:
    edges = np.linspace(x0, x1, 6)
    for i, (a, b) in enumerate(pairwise(edges)):
        s.polygon([(a, y0, z), (b, y0, z), (b, y1, z), (a, y1, z)], colour, 1.0 if i % 2 else 0.8)


def _table(s: Stage, x: float, z: float, w: float, d: float, h: float, colour: Colour) -> None:
    for lx in (x - w / 2, x + w / 2 - 0.07):
        s.wall(lx, lx + 0.07, 0, h, z + d, shade(colour, 0.6))
    s.box(x - w / 2 - 0.04, x + w / 2 + 0.04, h - 0.06, h, z, z + d, colour)
    for lx in (x - w / 2, x + w / 2 - 0.07):
        s.wall(lx, lx + 0.07, 0, h - 0.06, z, shade(colour, 0.75))


def _chair(s: Stage, x: float, z: float, colour: Colour) -> None:
    s.wall(x - 0.22, x + 0.22, 0.5, 0.98, z + 0.4, shade(colour, 0.85))
    s.box(x - 0.24, x + 0.24, 0.42, 0.5, z, z + 0.42, colour)
    for lx in (x - 0.22, x + 0.17):
        s.wall(lx, lx + 0.05, 0, 0.42, z, shade(colour, 0.6))


def _guest(s: Stage, x: float, z: float, dark: float) -> None:
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


def corridor(s: Stage) -> None:
    wall, floor = (196, 202, 196), (142, 148, 146)
    _shell(s, 1.35, 14, 2.5, wall, floor, (206, 210, 206))
    for x in (-1.34, 1.34):
        s.side(x, 0, 1.05, _NEAR, 14, (150, 166, 160))
        s.side(x, 1.05, 1.12, _NEAR, 14, (92, 104, 102))
        for z in np.arange(1.2 if x < 0 else 2.6, 13, 3.4):
            s.side(x * 0.995, 0, 2.06, z, z + 0.95, (128, 108, 88), 0.8)
    s.door(-0.95, -0.02, 2.1, 13.9, (124, 110, 96))
    s.door(0.02, 0.95, 2.1, 13.9, (124, 110, 96))
    for z in (11.5, 8.5, 5.5, 2.5, -0.5, -3.5, -6.5):
        s.glowing([(-0.32, 2.46, z), (0.32, 2.46, z), (0.32, 2.46, z + 1.5), (-0.32, 2.46, z + 1.5)], (240, 246, 240))
        s.glow(0, 2.3, z + 0.7, 1.3, (214, 236, 228), 0.28)
    for x, z in ((-0.98, 6.2), (0.96, 3.2)):
        s.box(x - 0.26, x + 0.26, 0.2, 0.95, z, z + 0.8, (188, 190, 186))
        s.wall(x - 0.22, x + 0.22, 0.72, 1.12, z + 0.1, (232, 230, 224))


def ballroom(s: Stage) -> None:
    _shell(s, 7.5, 12, 6.2, (198, 172, 136), (150, 116, 84), (206, 188, 158))
    _boards(s, 7.5, 12, (150, 116, 84), 1.25)
    for x in (-5.2, -1.75, 1.75, 5.2):
        s.wall(x - 1.05, x + 1.05, 0.7, 4.6, 11.9, (168, 140, 108))
        s.window(x - 0.8, x + 0.8, 0.9, 4.1, 11.85, 2)
        _curtain(s, x - 1.25, x - 0.75, 0.2, 4.7, 11.8, (132, 58, 52))
        _curtain(s, x + 0.75, x + 1.25, 0.2, 4.7, 11.8, (132, 58, 52))
    for x in (-6.9, -3.5, 3.5, 6.9):
        s.box(x - 0.28, x + 0.28, 0, 5.8, 10.4, 11, (226, 208, 176))
        s.box(x - 0.42, x + 0.42, 5.4, 5.9, 10.3, 11.1, (236, 220, 188))
    for x in np.linspace(-6.4, 6.4, 15):
        _guest(s, x + 0.5 * s.rng.random(), 7.5 + 2.2 * s.rng.random(), s.rng.random())
    for x, z in ((-2.9, 6.0), (3.1, 5.4), (-4.2, 3.0), (4.3, 2.4)):
        s.polygon([(x - 0.75, 0.02, z), (x + 0.75, 0.02, z), (x + 0.68, 0.76, z), (x - 0.68, 0.76, z)], (236, 230, 216))
        s.floor(x - 0.72, x + 0.72, z, z + 0.9, (246, 240, 228), 0.77, 1.0)
        s.ball(x, 0.95, z + 0.4, 0.17, (186, 96, 88))
        s.lamp(x + 0.3, 0.93, z + 0.4, 0.035)
    for x, y, z in ((0.0, 4.1, 7.0), (-3.6, 4.5, 9.0), (3.6, 4.5, 9.0), (0.2, 3.3, 3.4)):
        s.stroke([(x, 6.2, z), (x, y, z)], (120, 96, 60), 0.03)
        for ring, drop, n in ((0.75, 0.0, 9), (0.42, -0.3, 6)):
            for i in range(n):
                a = 2 * np.pi * i / n
                s.stroke([(x, y + drop + 0.35, z), (x + ring * np.cos(a), y + drop, z + ring * np.sin(a))], (176, 142, 84), 0.022)  # fmt: skip
                s.lamp(x + ring * np.cos(a), y + drop + 0.05, z + ring * np.sin(a), 0.055)
        s.glow(x, y, z, 2.2, (255, 220, 160), 0.6)


def living_room(s: Stage) -> None:
    wall = (172, 164, 148)
    _shell(s, 3.3, 3.6, 2.9, wall, (124, 92, 66), (204, 198, 184))
    _boards(s, 3.3, 3.6, (124, 92, 66), 0.3)
    s.floor(-1.7, 1.7, -1.2, 2.3, (122, 62, 56), 0.006, 0.95)
    s.floor(-1.5, 1.5, -1.0, 2.1, (158, 116, 88), 0.008, 0.95)
    flip = 1 if s.rng.random() < 0.5 else -1
    a, b = sorted((-0.5 * flip, -2.1 * flip))
    s.window(a, b, 0.95, 2.35, 3.55, 2)
    _curtain(s, a - 0.45, a + 0.05, 0.1, 2.6, 3.5, (96, 84, 82))
    _curtain(s, b - 0.05, b + 0.45, 0.1, 2.6, 3.5, (96, 84, 82))
    _picture(s, 0.75 * flip, 1.75, 0.8, 0.6, 3.55, (142, 138, 116))
    s.box(1.5 * flip - 0.55, 1.5 * flip + 0.55, 0, 1.95, 3.1, 3.55, (88, 60, 44))
    for y in (0.5, 0.95, 1.4):
        s.wall(1.5 * flip - 0.5, 1.5 * flip + 0.5, y, y + 0.38, 3.09, (58, 40, 32))
        for i in range(8):
            x = 1.5 * flip - 0.46 + i * 0.115
            tall = 0.2 + 0.13 * s.rng.random()
            s.wall(x, x + 0.09, y, y + tall, 3.08, ((130, 70, 56), (86, 96, 92), (176, 152, 108), (70, 62, 74))[i % 4])
    sofa = (92, 88, 86)
    s.box(-2.0, 0.1, 0.4, 0.92, 2.7, 2.95, sofa)
    s.box(-2.0, 0.1, 0.12, 0.46, 1.95, 2.75, shade(sofa, 1.12))
    for x in (-2.2, 0.05):
        s.box(x, x + 0.22, 0.1, 0.66, 1.95, 2.9, sofa)
    for x in (-1.6, -0.4):
        s.box(x, x + 0.42, 0.46, 0.82, 2.55, 2.7, (152, 84, 66))
    s.stroke([(0.75 * flip, 0, 2.9), (0.75 * flip, 1.42, 2.9)], (70, 58, 48), 0.03)
    s.polygon([(0.5 * flip, 1.36, 2.9), (1.0 * flip, 1.36, 2.9), (0.89 * flip, 1.72, 2.9), (0.61 * flip, 1.72, 2.9)], (228, 208, 168), 1.2)  # fmt: skip
    s.glow(0.75 * flip, 1.5, 2.9, 1.5, (255, 206, 138), 0.9 * s.light.lamps)
    _table(s, 1.15, 1.1, 1.0, 0.6, 0.45, _WOOD)
    s.ball(1.2, 0.58, 1.4, 0.11, (150, 164, 160), 1.2)


def bedroom(s: Stage) -> None:
    _shell(s, 2.7, 3.4, 2.7, (176, 178, 184), (140, 112, 88), (212, 212, 212))
    s.window(0.75, 2.0, 0.95, 2.2, 3.35, 1)
    _curtain(s, 0.35, 0.8, 0.1, 2.4, 3.3, (196, 186, 176))
    _curtain(s, 1.95, 2.4, 0.1, 2.4, 3.3, (196, 186, 176))
    s.box(-1.75, 0.3, 0.3, 1.2, 3.2, 3.35, (104, 76, 60))
    s.box(-1.65, 0.2, 0.18, 0.5, 1.3, 3.2, (222, 216, 206))
    s.floor(-1.65, 0.2, 1.3, 2.5, (112, 122, 142), 0.51, 1.0)
    for x in (-1.5, -0.6):
        s.box(x, x + 0.7, 0.5, 0.72, 2.7, 3.1, (238, 234, 226))
    s.box(0.4, 0.85, 0, 0.52, 2.9, 3.3, (122, 92, 70))
    s.polygon([(0.5, 0.78, 3.1), (0.78, 0.78, 3.1), (0.72, 1.02, 3.1), (0.56, 1.02, 3.1)], (236, 216, 176), 1.15)
    s.glow(0.64, 0.9, 3.1, 1.1, (255, 208, 146), 0.9 * s.light.lamps)
    _picture(s, -0.7, 1.85, 0.95, 0.5, 3.35, (150, 140, 132))


def office(s: Stage) -> None:
    _shell(s, 3.6, 4.2, 2.8, (188, 192, 194), (110, 114, 120), (220, 222, 222))
    for x in (-3.0, -1.5, 0.0, 1.5):
        s.window(x, x + 1.4, 0.7, 2.45, 4.15, 0)
        for y in np.arange(0.95, 2.4, 0.14):
            s.stroke([(x, y, 4.1), (x + 1.4, y, 4.1)], (206, 208, 206), 0.018)
    for z in (3.0, 1.0, -1.0):
        for x in (-1.6, 1.0):
            s.glowing([(x, 2.78, z), (x + 0.6, 2.78, z), (x + 0.6, 2.78, z + 1.1), (x, 2.78, z + 1.1)], (244, 246, 242))
    s.glow(0, 2.5, 2.0, 2.0, (226, 236, 238), 0.35)
    s.box(2.55, 3.5, 0, 1.9, 3.2, 4.1, (126, 132, 136))
    for y in (0.55, 1.1, 1.6):
        s.stroke([(2.6, y, 3.19), (3.45, y, 3.19)], (80, 84, 88), 0.03)
    _table(s, -0.9, 2.1, 1.9, 0.8, 0.74, (138, 112, 88))
    s.wall(-1.25, -0.55, 0.88, 1.32, 2.5, (40, 44, 50))
    s.wall(-1.21, -0.59, 0.92, 1.28, 2.49, (112, 136, 152))
    s.wall(-0.94, -0.86, 0.74, 0.9, 2.5, (60, 62, 66))
    _chair(s, -0.9, 3.0, (66, 70, 78))
    s.box(1.5, 1.95, 0, 0.5, 3.0, 3.4, (164, 154, 142))
    for dx, dy in ((0, 1.0), (-0.18, 0.82), (0.2, 0.86), (0.05, 1.22)):
        s.ball(1.72 + dx, dy, 3.2, 0.24, (92, 120, 88))


def shop(s: Stage) -> None:
    """A small old shop or workshop: counter, shelves, and clocks where it is a clockmaker's."""
    _shell(s, 2.6, 3.2, 2.8, (142, 116, 90), (98, 74, 56), (126, 104, 84))
    _boards(s, 2.6, 3.2, (98, 74, 56), 0.26)
    for y in (0.55, 1.05):
        s.wall(-2.4, 2.4, y, y + 0.05, 2.95, (84, 58, 40))
    for i in range(13):
        x = -2.2 + i * 0.36
        s.wall(
            x, x + 0.22, 0.6, 0.78 + 0.2 * s.rng.random(), 2.96, ((122, 88, 60), (156, 132, 96), (92, 98, 92))[i % 3]
        )
    for i in range(17):
        x = -2.3 + (i % 6) * 0.9 + 0.28 * s.rng.random()
        y = 1.35 + (i // 6) * 0.5 + 0.12 * s.rng.random()
        r = 0.13 + 0.1 * s.rng.random()
        at = s.camera.point(x, y, 3.1)
        if at is None:
            continue
        px = r * at[2]
        rim = s.lit(((86, 56, 38), (170, 132, 74), (60, 54, 50))[i % 3], 1.0, 3)
        if i % 3 == 0:
            s.wall(x - r * 1.25, x + r * 1.25, y - r * 2.6, y + r * 1.4, 3.12, (92, 62, 42))
        s.layer.solid(ellipse(at[0], at[1], px * 1.16, px * 1.16), rim, px * 0.3, s.light.towards)
        s.layer.fill(ellipse(at[0], at[1], px, px), s.lit((236, 228, 206), 1.0, 3))
        for turn, long in ((s.rng.random() * 6.3, 0.55), (s.rng.random() * 6.3, 0.8)):
            tip = (at[0] + px * long * np.sin(turn), at[1] - px * long * np.cos(turn))
            s.layer.line([(at[0], at[1]), tip], s.lit((40, 34, 30), 1.0, 3), px * 0.09)
    s.box(-2.5, 1.3, 0, 0.92, 1.3, 1.9, (112, 76, 50))
    s.floor(-2.55, 1.35, 1.2, 1.95, (142, 100, 66), 0.93, 1.05)
    s.stroke([(-0.9, 2.8, 1.5), (-0.9, 1.86, 1.5)], (50, 44, 40), 0.02)
    s.polygon([(-1.14, 1.66, 1.5), (-0.66, 1.66, 1.5), (-0.82, 1.9, 1.5), (-0.98, 1.9, 1.5)], (72, 92, 80), 1.0)
    s.lamp(-0.9, 1.65, 1.5, 0.06)
    s.glow(-0.9, 1.4, 1.5, 1.4, (255, 214, 150), 0.75)
    s.window(1.55, 2.45, 0.9, 2.3, 3.15, 1)


def hospital(s: Stage) -> None:
    _shell(s, 2.7, 3.4, 2.7, (204, 214, 212), (166, 176, 174), (226, 230, 228))
    s.side(-2.69, 0, 1.1, _NEAR, 3.4, (160, 190, 184))
    s.wall(-2.7, 2.7, 0, 1.1, 3.38, (166, 194, 188))
    s.window(0.9, 2.3, 1.15, 2.3, 3.35, 1)
    s.box(-1.5, 0.4, 0.45, 0.7, 1.5, 3.3, (236, 238, 236))
    s.box(-1.5, 0.4, 0.3, 0.45, 1.5, 3.3, (150, 160, 164))
    s.wall(-1.5, 0.4, 0.4, 1.15, 3.36, (196, 202, 202))
    s.box(-1.0, -0.1, 0.7, 0.86, 2.8, 3.2, (246, 246, 244))
    s.stroke([(0.65, 0, 3.0), (0.65, 1.95, 3.0)], (150, 158, 162), 0.03)
    s.wall(0.57, 0.73, 1.6, 1.92, 2.98, (206, 222, 222))
    _curtain(s, -2.6, -1.8, 0.3, 2.3, 3.0, (176, 200, 198))
    s.box(0.8, 1.35, 0.5, 1.05, 2.9, 3.3, (190, 196, 198))
    s.wall(0.86, 1.29, 0.66, 0.98, 2.89, (52, 70, 72))
    s.glow(0, 2.5, 2.0, 1.8, (224, 240, 238), 0.35)


def restaurant(s: Stage) -> None:
    _shell(s, 4.2, 5.5, 3.0, (134, 92, 74), (92, 70, 58), (96, 76, 64))
    for x in (-3.2, -0.6, 2.0):
        s.window(x, x + 1.4, 0.9, 2.3, 5.45, 1)
    for x, z in ((-1.9, 3.9), (1.3, 4.1), (-2.4, 1.9), (2.2, 2.1)):
        _chair(s, x - 0.65, z + 0.2, (84, 58, 46))
        _chair(s, x + 0.65, z + 0.2, (84, 58, 46))
        s.box(x - 0.45, x + 0.45, 0.02, 0.72, z, z + 0.7, (206, 196, 180))
        s.floor(x - 0.52, x + 0.52, z - 0.05, z + 0.8, (236, 228, 212), 0.74, 1.0)
        s.lamp(x, 0.84, z + 0.3, 0.04)
        s.stroke([(x, 3.0, z + 0.3), (x, 2.12, z + 0.3)], (48, 40, 36), 0.02)
        s.polygon([(x - 0.22, 1.92, z + 0.3), (x + 0.22, 1.92, z + 0.3), (x + 0.1, 2.14, z + 0.3), (x - 0.1, 2.14, z + 0.3)], (196, 108, 70))  # fmt: skip
        s.glow(x, 1.8, z + 0.3, 1.0, (255, 196, 126), 0.7 * max(0.4, s.light.lamps))


def kitchen(s: Stage) -> None:
    _shell(s, 2.6, 3.0, 2.6, (206, 202, 192), (158, 150, 138), (224, 222, 216))
    s.wall(-2.6, 2.6, 0.9, 1.5, 2.98, (188, 200, 198))
    s.window(-0.6, 0.7, 1.1, 2.0, 2.95, 1)
    for x in (-2.5, 0.9):
        s.box(x, x + 1.6, 1.5, 2.25, 2.6, 2.98, (168, 132, 100))
    s.box(-2.5, 2.5, 0, 0.86, 2.35, 2.95, (176, 140, 108))
    s.floor(-2.55, 2.55, 2.3, 2.95, (214, 210, 202), 0.87, 1.05)
    s.box(1.6, 2.4, 0.87, 1.2, 2.5, 2.9, (90, 92, 96))
    s.lamp(0, 2.2, 1.8, 0.09)


def car(s: Stage) -> None:
    """Seen from the windscreen: back seat, rear window, pillars."""
    glass = s.light.window if s.light.window[0] > 150 else (40, 48, 76)
    s.wall(-9, 9, -2, 6, 6.0, (120, 126, 132))
    s.glowing([(-9, 0.9, 5.9), (9, 0.9, 5.9), (9, 6, 5.9), (-9, 6, 5.9)], glass)
    for i in range(9):
        x = -5 + i * 1.25
        s.wall(x, x + 0.9, 0.8, 1.6 + 1.5 * s.rng.random(), 5.8, (96, 102, 112))
        s.lamp(x + 0.4, 1.3 + s.rng.random() * 0.5, 5.7, 0.06)
    cloth = (58, 56, 58)
    s.wall(-1.4, 1.4, 1.78, 2.6, 1.0, (118, 114, 108))
    s.wall(-1.4, 1.4, -0.2, 1.22, 1.0, cloth)
    for x in (-1.4, 0.98):
        s.polygon([(x, 1.1, 0.98), (x + 0.42, 1.1, 0.98), (x + 0.25, 1.85, 0.98), (x + 0.1, 1.85, 0.98)], (74, 72, 72))
    for x in (-0.75, 0.35):
        s.box(x, x + 0.42, 1.1, 1.36, 0.7, 0.9, shade(cloth, 1.25))
    s.box(-1.2, 1.2, 0.2, 1.12, 0.75, 0.95, shade(cloth, 1.15))


def plain_interior(s: Stage) -> None:
    _shell(s, 2.9, 3.4, 2.75, _CREAM, (136, 112, 90), (226, 220, 208))
    flip = 1 if s.rng.random() < 0.5 else -1
    a, b = sorted((0.45 * flip, 1.75 * flip))
    s.window(a, b, 0.95, 2.25, 3.35, 1)
    a, b = sorted((-0.75 * flip, -1.7 * flip))
    s.door(a, b, 2.1, 3.35, (132, 100, 74))
    _table(s, 1.1 * flip, 2.4, 1.2, 0.6, 0.76, _WOOD)
    s.ball(1.1 * flip, 0.95, 2.7, 0.14, (152, 142, 124), 1.3)
    _picture(s, -0.05 * flip, 1.7, 0.5, 0.7, 3.35, (150, 144, 130))
    s.stroke([(0, 2.75, 2.2), (0, 2.3, 2.2)], (70, 64, 58), 0.02)
    s.lamp(0, 2.2, 2.2, 0.12)
