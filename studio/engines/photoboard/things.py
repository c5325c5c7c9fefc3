"""The things that inserts show, each drawn on an easel in units of half its width."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from studio.engines.photoboard.brush import Colour, Layer, curve, ellipse, seeded, shade, tube


@dataclass(frozen=True, slots=True)
class Easel:
    """Where a thing is drawn: its middle, half its width, canvas pixels; the light; an ink width."""

    layer: Layer
    x: float
    y: float
    r: float
    light: tuple[float, float]
    ink: float
    tone: Colour | None

    def on(self, points: list[tuple[float, float]]) -> NDArray[np.float64]:
        return np.array(points, np.float64) * self.r + (self.x, self.y)

    def solid(self, outline: NDArray[np.float64], colour: Colour, round_: float = 0.1, depth: float = 1.1) -> None:
        self.layer.solid(outline, colour, round_ * self.r, self.light, depth, outline=self.ink)

    def disc(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, round_: float = 0.1, turn: float = 0.0
    ) -> None:
        self.solid(
            ellipse(self.x + x * self.r, self.y + y * self.r, rx * self.r, ry * self.r, turn, 64), colour, round_
        )

    def line(self, points: list[tuple[float, float]], colour: Colour, wide: float) -> None:
        self.layer.line(self.on(points), colour, max(self.ink, wide * self.r))

    def shadow(self, x: float, y: float, rx: float, ry: float) -> None:
        self.layer.glaze(ellipse(self.x + x * self.r, self.y + y * self.r, rx * self.r, ry * self.r), (20, 18, 20), 0.5, 0.1 * self.r)  # fmt: skip


def key(e: Easel) -> None:
    brass = e.tone or (190, 148, 72)
    e.shadow(0.1, 0.16, 1.05, 0.3)
    shaft = tube(e.on([(-0.35, -0.06), (0.3, 0.06), (0.95, 0.2)]), np.array([0.075, 0.07, 0.065]) * e.r)
    e.solid(shaft, brass, 0.05, 1.5)
    for x, y, long in ((0.66, 0.2, 0.24), (0.8, 0.23, 0.17), (0.92, 0.26, 0.26)):
        e.solid(
            e.on([(x - 0.05, y), (x + 0.05, y + 0.02), (x + 0.02, y + long), (x - 0.08, y + long - 0.02)]), brass, 0.04
        )
    t = np.linspace(0, 2 * np.pi, 60)
    ring = np.stack([-0.62 + 0.32 * np.cos(t), -0.12 + 0.27 * np.sin(t)], 1)
    for wide, tone in ((0.16, shade(brass, 0.4)), (0.12, brass), (0.04, shade(brass, 1.3))):
        e.line([tuple(p) for p in ring], tone, wide)
    e.solid(e.on([(-1.05, 0.2), (-0.62, 0.08), (-0.5, 0.5), (-0.95, 0.62)]), (222, 204, 166), 0.1)
    e.line([(-0.86, 0.05), (-0.8, 0.2)], (90, 70, 50), 0.02)


def sheet(e: Easel, paper: Colour, lines: int) -> None:
    e.shadow(0.05, 0.2, 1.0, 0.75)
    corners = [(-0.75, -0.62), (0.62, -0.78), (0.86, 0.58), (-0.55, 0.78)]
    e.solid(e.on(corners), paper, 0.5, 0.5)
    a, b, c, d = (np.array(p) for p in corners)
    for i in range(lines):
        t = 0.14 + 0.74 * i / max(1, lines - 1)
        left, right = a + (d - a) * t, b + (c - b) * t
        start, end = left + (right - left) * 0.12, left + (right - left) * (0.88 - 0.3 * ((i * 7) % 3 == 2))
        n = 26
        s = np.linspace(0, 1, n)
        wiggle = 0.018 * np.sin(s * 74 + i * 2.1) * (0.4 + 0.6 * (np.sin(s * 17 + i) > -0.4))
        path = [(float(p[0]), float(p[1] + q)) for p, q in zip(start + (end - start) * s[:, None], wiggle, strict=True)]
        e.line(path, (72, 66, 74), 0.014)
    fold = [(float(p[0]), float(p[1])) for p in ((a + d) / 2, (b + c) / 2)]
    e.line(fold, shade(paper, 0.82), 0.012)


def letter(e: Easel) -> None:
    sheet(e, e.tone or (228, 212, 176), 7)


def contract(e: Easel) -> None:
    sheet(e, e.tone or (232, 230, 224), 11)


def photo(e: Easel) -> None:
    e.shadow(0.05, 0.2, 0.9, 0.8)
    e.solid(e.on([(-0.7, -0.6), (0.55, -0.75), (0.75, 0.65), (-0.5, 0.8)]), (234, 230, 220), 0.4, 0.4)
    e.solid(e.on([(-0.58, -0.48), (0.46, -0.61), (0.61, 0.4), (-0.43, 0.53)]), (122, 112, 100), 0.5, 0.4)
    for x in (-0.15, 0.2):
        e.disc(x, -0.12, 0.11, 0.14, (176, 156, 138))
        e.solid(e.on([(x - 0.2, 0.42), (x - 0.15, 0.1), (x + 0.13, 0.08), (x + 0.22, 0.38)]), (74, 70, 72))


def envelope(e: Easel) -> None:
    paper = e.tone or (214, 190, 146)
    e.shadow(0.05, 0.15, 1.05, 0.6)
    e.solid(e.on([(-0.95, -0.42), (0.85, -0.58), (1.0, 0.45), (-0.8, 0.6)]), paper, 0.4, 0.5)
    e.line([(-0.95, -0.42), (0.04, 0.12), (0.85, -0.58)], shade(paper, 0.6), 0.014)
    e.disc(0.04, 0.1, 0.12, 0.11, (140, 44, 40))


def watch(e: Easel) -> None:
    """A pocket watch, its lid open, on its chain."""
    metal = e.tone or (182, 148, 86)
    chain = curve(e.on([(0.1, -0.75), (0.5, -1.15), (1.1, -0.95), (1.5, -1.3)]), closed=False, steps=13)
    for i, p in enumerate(chain[::2]):
        rx, ry = (0.055, 0.036) if i % 2 else (0.036, 0.036)
        e.layer.line(ellipse(p[0], p[1], rx * e.r, ry * e.r, -30, 16), shade(metal, 0.55), 0.022 * e.r, True)
    e.shadow(0.08, 0.22, 0.86, 0.72)
    e.disc(0.0, -0.76, 0.11, 0.1, metal)
    e.disc(0, 0, 0.76, 0.74, metal, 0.14)
    e.disc(0, 0, 0.62, 0.6, (232, 224, 202), 0.4)
    for i in range(12):
        a = i * np.pi / 6
        e.line([(0.5 * np.sin(a), -0.49 * np.cos(a)), (0.57 * np.sin(a), -0.56 * np.cos(a))], (46, 40, 38), 0.02 + 0.015 * (i % 3 == 0))  # fmt: skip
    e.line([(0, 0), (-0.24, -0.2)], (36, 32, 32), 0.045)
    e.line([(0, 0), (0.12, -0.46)], (36, 32, 32), 0.03)
    e.disc(0, 0, 0.045, 0.045, metal, 0.02)
    e.disc(0, 0.32, 0.13, 0.13, (216, 206, 182), 0.1)


def clock(e: Easel) -> None:
    e.disc(0, 0, 0.95, 0.95, (96, 66, 46), 0.12)
    e.disc(0, 0, 0.8, 0.8, (232, 224, 204), 0.4)
    for i in range(12):
        a = i * np.pi / 6
        e.line([(0.62 * np.sin(a), -0.62 * np.cos(a)), (0.73 * np.sin(a), -0.73 * np.cos(a))], (40, 36, 34), 0.035)
    e.line([(0, 0), (-0.3, -0.26)], (34, 30, 30), 0.06)
    e.line([(0, 0), (0.16, -0.6)], (34, 30, 30), 0.04)


def phone(e: Easel) -> None:
    e.shadow(0.06, 0.1, 0.62, 1.05)
    e.solid(e.on([(-0.5, -1.0), (0.4, -1.06), (0.52, 0.96), (-0.4, 1.04)]), (38, 40, 46), 0.08)
    e.layer.fill(e.on([(-0.44, -0.92), (0.35, -0.97), (0.46, 0.88), (-0.35, 0.95)]), (196, 214, 226))
    for y, wide in ((-0.5, 0.5), (-0.25, 0.3), (0.05, 0.55), (0.3, 0.4)):
        left = -0.34 + y * 0.04
        e.solid(e.on([(left, y), (left + wide, y - 0.03), (left + wide, y + 0.13), (left, y + 0.16)]), (238, 242, 244), 0.05, 0.3)  # fmt: skip


def lock(e: Easel) -> None:
    brass = e.tone or (176, 140, 78)
    e.solid(e.on([(-0.36, -0.95), (0.36, -0.95), (0.36, 0.95), (-0.36, 0.95)]), brass, 0.14)
    for y in (-0.8, 0.8):
        e.disc(0, y, 0.06, 0.06, shade(brass, 0.7), 0.04)
    e.disc(0, -0.36, 0.3, 0.3, shade(brass, 1.15), 0.16)
    e.layer.fill(ellipse(e.x, e.y + 0.28 * e.r, 0.1 * e.r, 0.1 * e.r), (26, 22, 20))
    e.layer.fill(e.on([(-0.05, 0.3), (0.05, 0.3), (0.09, 0.58), (-0.09, 0.58)]), (26, 22, 20))


def reader(e: Easel) -> None:
    e.shadow(0.08, 0.1, 0.74, 1.1)
    e.solid(e.on([(-0.62, -0.95), (0.62, -0.95), (0.62, 0.95), (-0.62, 0.95)]), (62, 66, 72), 0.14)
    e.solid(e.on([(-0.46, -0.78), (0.46, -0.78), (0.46, -0.1), (-0.46, -0.1)]), (32, 26, 28), 0.06, 0.4)
    red = (226, 62, 48)
    e.layer.glaze(ellipse(e.x, e.y - 0.44 * e.r, 0.7 * e.r, 0.55 * e.r), red, 0.4, 0.2 * e.r)
    for y, wide in ((-0.58, 0.28), (-0.36, 0.34)):
        e.layer.fill(e.on([(-wide, y - 0.05), (wide, y - 0.05), (wide, y + 0.05), (-wide, y + 0.05)]), red)
    e.disc(0.42, 0.1, 0.06, 0.06, red, 0.03)
    for row in range(3):
        for column in range(3):
            e.disc(-0.26 + column * 0.26, 0.24 + row * 0.22, 0.08, 0.07, (112, 118, 124), 0.04)


def fire(e: Easel) -> None:
    e.layer.glaze(ellipse(e.x, e.y - 0.2 * e.r, 1.5 * e.r, 1.3 * e.r), (255, 150, 60), 0.42, 0.45 * e.r)
    rng = seeded("fire")
    for colour, size in (((206, 74, 34), 1.0), ((240, 134, 46), 0.74), ((255, 206, 104), 0.44)):
        for i in range(7):
            x = -0.6 + 0.2 * i
            tall = (1.0 - abs(x) * 0.9) * (0.8 + 0.5 * rng.random()) * size
            sway = 0.24 * (rng.random() - 0.5)
            x *= 0.55 + 0.45 * size
            flame = [(x - 0.16 * size, 0.25), (x - 0.17 * size, -0.1 * tall), (x + sway, -1.05 * tall), (x + 0.15 * size, -0.15 * tall), (x + 0.17 * size, 0.25)]  # fmt: skip
            e.layer.fill(curve(e.on(flame)), colour)
    bowl = [(-1.0, 0.18), (1.0, 0.18), (0.8, 0.66), (0.4, 0.86), (-0.4, 0.86), (-0.8, 0.66)]
    e.solid(e.on(bowl), (74, 66, 62), 0.3)
    e.solid(
        tube(e.on([(-1.05, 0.18), (0, 0.26), (1.05, 0.18)]), np.array([0.07, 0.08, 0.07]) * e.r), (92, 82, 76), 0.05
    )


def cup(e: Easel) -> None:
    china = e.tone or (226, 220, 208)
    e.shadow(0.1, 0.72, 1.0, 0.22)
    e.disc(0, 0.66, 0.98, 0.26, shade(china, 0.95), 0.1)
    t = np.linspace(-1.2, 1.5, 24)
    e.line([(0.66 + 0.28 * float(np.cos(a)), 0.06 + 0.27 * float(np.sin(a))) for a in t], shade(china, 0.8), 0.11)
    e.solid(e.on([(-0.68, -0.34), (0.68, -0.34), (0.6, 0.25), (0.36, 0.62), (-0.36, 0.62), (-0.6, 0.25)]), china, 0.3)
    e.disc(0, -0.34, 0.68, 0.2, shade(china, 1.05), 0.05)
    e.layer.fill(ellipse(e.x, e.y - 0.31 * e.r, 0.58 * e.r, 0.15 * e.r), (92, 60, 40))


def knife(e: Easel) -> None:
    e.shadow(0.05, 0.14, 1.1, 0.22)
    e.solid(e.on([(-0.2, -0.1), (0.75, -0.3), (1.15, -0.28), (0.9, -0.08), (-0.15, 0.14)]), (196, 202, 206), 0.08, 1.5)
    e.solid(
        tube(e.on([(-1.0, 0.2), (-0.6, 0.11), (-0.18, 0.02)]), np.array([0.13, 0.14, 0.12]) * e.r), (74, 52, 40), 0.08
    )


def ring(e: Easel) -> None:
    gold = e.tone or (206, 162, 76)
    e.shadow(0.05, 0.5, 0.8, 0.22)
    t = np.linspace(0, 2 * np.pi, 60)
    for wide, tone in ((0.24, shade(gold, 0.4)), (0.19, gold), (0.06, shade(gold, 1.35))):
        e.line([(0.6 * float(np.cos(a)), 0.08 + 0.5 * float(np.sin(a))) for a in t], tone, wide)
    e.disc(0, -0.48, 0.3, 0.24, gold, 0.1)
    e.disc(0, -0.5, 0.2, 0.15, (150, 60, 62), 0.08)


def umbrella(e: Easel) -> None:
    cloth = e.tone or (54, 54, 62)
    e.line([(0.05, -0.3), (0.12, 1.2)], (84, 64, 48), 0.05)
    dome = curve(e.on([(-1.2, 0.1), (-0.9, -0.5), (-0.1, -0.85), (0.8, -0.6), (1.25, 0.05)]), closed=False)
    edge = curve(e.on([(1.25, 0.05), (0.85, -0.1), (0.45, 0.1), (0.05, -0.08), (-0.4, 0.12), (-0.8, -0.05), (-1.2, 0.1)]), closed=False)  # fmt: skip
    e.solid(np.vstack([dome, edge]), cloth, 0.35)
    for x in (-0.4, 0.05, 0.45):
        e.line([(-0.1, -0.82), (x * 0.8, -0.4), (x, 0.0)], shade(cloth, 0.6), 0.014)


def door(e: Easel) -> None:
    metal = e.tone or (186, 150, 92)
    e.solid(e.on([(-0.24, -0.7), (0.24, -0.7), (0.24, 0.8), (-0.24, 0.8)]), shade(metal, 0.85), 0.1)
    e.solid(
        tube(e.on([(0.0, -0.25), (0.45, -0.27), (1.05, -0.22)]), np.array([0.14, 0.1, 0.11]) * e.r), metal, 0.08, 1.5
    )
    e.disc(0, -0.25, 0.19, 0.19, shade(metal, 1.1), 0.1)
    e.layer.fill(ellipse(e.x, e.y + 0.42 * e.r, 0.07 * e.r, 0.07 * e.r), (28, 24, 22))
    e.layer.fill(e.on([(-0.03, 0.44), (0.03, 0.44), (0.06, 0.62), (-0.06, 0.62)]), (28, 24, 22))


def bottle(e: Easel) -> None:
    glass = e.tone or (164, 104, 58)
    e.shadow(0.1, 0.92, 0.6, 0.16)
    e.solid(e.on([(-0.4, -0.5), (-0.2, -0.72), (0.2, -0.72), (0.4, -0.5), (0.4, 0.95), (-0.4, 0.95)]), glass, 0.22)
    e.solid(e.on([(-0.26, -1.0), (0.26, -1.0), (0.26, -0.7), (-0.26, -0.7)]), (232, 230, 224), 0.1)
    e.solid(e.on([(-0.4, -0.15), (0.4, -0.15), (0.4, 0.6), (-0.4, 0.6)]), (230, 226, 214), 0.22)
    for y in (0.05, 0.2, 0.35):
        e.line([(-0.28, y), (0.24, y)], (90, 86, 84), 0.02)


def book(e: Easel) -> None:
    cover = e.tone or (112, 52, 46)
    e.shadow(0.06, 0.3, 1.1, 0.6)
    e.solid(e.on([(-0.95, 0.38), (0.75, 0.52), (0.98, 0.3), (-0.7, 0.16)]), (230, 222, 204), 0.1, 0.6)
    e.solid(e.on([(-0.95, 0.26), (0.75, 0.4), (1.0, -0.62), (-0.6, -0.76)]), cover, 0.2)
    e.line([(-0.82, 0.27), (-0.48, -0.74)], shade(cover, 0.6), 0.03)


def glass(e: Easel) -> None:
    e.shadow(0.05, 1.0, 0.6, 0.14)
    e.disc(0, 0.98, 0.5, 0.13, (206, 212, 214), 0.06)
    e.solid(tube(e.on([(0, 0.2), (0, 0.6), (0, 0.96)]), np.array([0.05, 0.04, 0.06]) * e.r), (212, 218, 220), 0.03)
    e.solid(
        curve(e.on([(-0.46, -0.9), (-0.5, -0.2), (-0.2, 0.2), (0.2, 0.2), (0.5, -0.2), (0.46, -0.9)])),
        (196, 206, 210),
        0.2,
    )
    e.solid(curve(e.on([(-0.48, -0.4), (-0.46, -0.12), (-0.18, 0.15), (0.18, 0.15), (0.46, -0.12), (0.48, -0.4)])), (134, 40, 50), 0.2)  # fmt: skip
