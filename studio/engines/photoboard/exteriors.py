"""Drawn exteriors: sky first, then the far, then the near."""

import cv2
import numpy as np

from studio.engines.photoboard.brush import Colour, mix, shade
from studio.engines.photoboard.perspective import Stage

_NEAR = -24.0
_STONE: Colour = (168, 160, 148)


def paint_sky(s: Stage) -> None:
    """Sky from the top of the frame to the horizon, with clouds; a moon at night."""
    h, w = s.layer.image.shape[:2]
    top, low = (np.asarray(c, np.float32) for c in s.light.sky)
    line = max(0.25, s.camera.horizon / s.camera.height_px)
    t = np.clip(np.linspace(0, 1 / line, h), 0, 1)[:, None, None] ** 1.3
    sky = np.broadcast_to(top + (low - top) * t, (h, w, 3)).astype(np.float32)
    cells = s.rng.random((7, 9)).astype(np.float32)
    cloud = cv2.resize(cells, (w, h), interpolation=cv2.INTER_CUBIC)
    cloud = np.clip(cloud * 1.5 - 0.7, 0, 1)[..., None] * (0.35 if not s.light.rain else 0.6)
    tone = low * 0.55 + 90 if s.light.lamps < 0.9 else low * 0.9 + 12
    s.layer.image[..., :3] = np.clip(sky * (1 - cloud) + tone * cloud, 0, 255).astype(np.uint8)
    s.layer.image[..., 3] = 255


def _ground(s: Stage, colour: Colour) -> None:
    s.floor(-80, 80, _NEAR, 120, colour, 0.0, 0.95)


def _paving(s: Stage, half: float, back: float, colour: Colour) -> None:
    """Slabs, row behind row, their joints out of line."""
    joint = shade(colour, 0.74)
    near = -s.camera.distance + 0.6
    for row, z in enumerate(np.arange(back, near, -0.8)):
        s.stroke([(-half, 0.003, z), (half, 0.003, z)], joint, 0.011)
        for x in np.arange(-half + 0.55 * (row % 2), half, 1.1):
            s.stroke([(x, 0.003, z), (x, 0.003, max(z - 0.8, near))], joint, 0.011)


def _panes(s: Stage, x0: float, x1: float, y0: float, y1: float, z: float, step: float, tall: float) -> None:
    """Rows of windows; at night some are lit."""
    lit, dark = s.light.window, s.lit((70, 78, 88), 1.0, 20)
    far = float(z + s.camera.distance)
    if far < 0.5:
        return
    pale = mix(dark, s.haze, 0.2)
    for y in np.arange(y0, y1 - tall, tall * 1.75):
        for x in np.arange(x0, x1 - step * 0.5, step):
            on = s.rng.random() < 0.42 * s.light.lamps
            tone = lit if on else pale
            s.glowing([(x, y, z), (x + step * 0.56, y, z), (x + step * 0.56, y + tall, z), (x, y + tall, z)], tone)
            if on and far < 30:
                s.glow(x + step * 0.28, y + tall / 2, z, step * 0.9, lit, 0.25)


def _house(s: Stage, x0: float, x1: float, top: float, z: float, colour: Colour, deep: float = 6.0) -> None:
    s.box(x0, x1, 0, top, z, z + deep, colour)
    _panes(s, x0 + 0.35, x1 - 0.2, 0.9 if top < 5 else 3.0, top - 0.3, z - 0.02, 1.35, 1.05)
    s.wall(x0 - 0.12, x1 + 0.12, top - 0.22, top, z - 0.05, shade(colour, 0.8))


def _skyline(s: Stage, z: float, low: float, high: float, colour: Colour, base: float = 0.0) -> None:
    x = -34.0
    while x < 34:
        wide = 2.6 + 4.5 * s.rng.random()
        top = low + (high - low) * s.rng.random() ** 1.6
        s.wall(x, x + wide, base, base + top, z, colour, 0.85 + 0.2 * s.rng.random())
        _panes(s, x + 0.3, x + wide - 0.2, base + 0.6, base + top - 0.5, z - 0.05, 0.95, 0.75)
        x += wide + 0.15


def _lamp_post(s: Stage, x: float, z: float, height: float = 3.6) -> None:
    s.stroke([(x, 0, z), (x, height, z)], (48, 50, 54), 0.09)
    arm = 0.7 if x < 0 else -0.7
    s.stroke([(x, height, z), (x + arm, height + 0.12, z)], (48, 50, 54), 0.06)
    s.lamp(x + arm, height + 0.02, z, 0.13)


def _tree(s: Stage, x: float, z: float, size: float) -> None:
    s.stroke([(x, 0, z), (x + 0.1, 1.7 * size, z)], (84, 68, 54), 0.2 * size)
    for _ in range(6):
        dx, dy = (s.rng.random() - 0.5) * 1.5 * size, s.rng.random() * 1.3 * size
        s.ball(x + dx, 2.0 * size + dy, z, (0.5 + 0.3 * s.rng.random()) * size, (98, 118, 86))


def paint_car(s: Stage) -> None:
    """A dark saloon at the kerb, its nose towards us."""
    paint, glass = (46, 48, 54), (86, 98, 110)
    x0, x1, z0, z1 = -2.9, -1.1, 1.6, 6.0
    s.floor(x0 - 0.2, x1 + 0.2, z0 - 0.1, z1, (64, 66, 70), 0.004, 0.9)
    for z in (z1 - 0.9, z0 + 0.75):
        for x in (x0 + 0.08, x1 - 0.08):
            s.ball(x, 0.32, z, 0.33, (30, 30, 32))
    s.box(x0 + 0.12, x1 - 0.12, 0.85, 1.42, z0 + 1.3, z1 - 0.7, paint)
    s.polygon(
        [
            (x0 + 0.1, 0.86, z0 + 1.0),
            (x1 - 0.1, 0.86, z0 + 1.0),
            (x1 - 0.28, 1.4, z0 + 1.5),
            (x0 + 0.28, 1.4, z0 + 1.5),
        ],
        glass,
    )
    s.polygon(
        [
            (x1 - 0.1, 0.9, z0 + 1.5),
            (x1 - 0.1, 0.9, z1 - 0.9),
            (x1 - 0.22, 1.36, z1 - 1.2),
            (x1 - 0.22, 1.36, z0 + 1.7),
        ],
        glass,
    )
    s.box(x0, x1, 0.28, 0.86, z0, z1, paint)
    s.wall(x0 + 0.45, x1 - 0.45, 0.42, 0.68, z0 - 0.02, (24, 24, 28))
    s.wall(x0 + 0.6, x1 - 0.6, 0.3, 0.4, z0 - 0.03, (186, 188, 190))
    for x in (x0 + 0.26, x1 - 0.26):
        s.lamp(x, 0.62, z0 - 0.04, 0.12, (255, 240, 206))


def street(s: Stage) -> None:
    """An old street of shop fronts, the named shop in the middle."""
    _ground(s, (134, 136, 136))
    _skyline(s, 42, 5, 13, (150, 154, 160))
    for z in np.arange(17, -14, -4.2):
        for sign in (-1, 1):
            x = 4.6 * sign
            wall = ((152, 132, 112), (132, 122, 116), (170, 152, 126), (118, 104, 94))[int(s.rng.random() * 4)]
            top = 4.6 + 2.2 * s.rng.random()
            s.side(x, 0, top, z, z + 4.1, wall)
            s.side(x * 0.995, 0.2, 2.4, z + 0.5, z + 3.6, (78, 70, 64))
            s.polygon([(x * 0.8, 2.6, z + 0.2), (x * 0.8, 2.6, z + 3.9), (x, 3.15, z + 3.9), (x, 3.15, z + 0.2)], (124, 66, 54))  # fmt: skip
            if s.light.lamps > 0.3:
                s.glow(x * 0.9, 1.6, z + 2, 1.5, (255, 206, 138), 0.45 * s.light.lamps)
    front = (148, 118, 88)
    s.box(-3.4, 3.4, 0, 5.4, 7.6, 11, front)
    s.wall(-3.6, 3.6, 2.65, 3.3, 7.45, (74, 52, 40))
    s.wall(-3.0, 3.0, 2.76, 3.18, 7.42, (196, 164, 104))
    for x0, x1 in ((-3.0, -0.75), (0.75, 3.0)):
        s.wall(x0, x1, 0.75, 2.5, 7.5, (92, 68, 50))
        pane = s.light.window if s.light.lamps > 0.3 else (108, 118, 120)
        s.glowing(
            [(x0 + 0.12, 0.9, 7.48), (x1 - 0.12, 0.9, 7.48), (x1 - 0.12, 2.4, 7.48), (x0 + 0.12, 2.4, 7.48)], pane
        )
        s.stroke([((x0 + x1) / 2, 0.9, 7.46), ((x0 + x1) / 2, 2.4, 7.46)], (74, 54, 40), 0.06)
    s.door(-0.55, 0.55, 2.3, 7.46, (96, 64, 44))
    _panes(s, -2.8, 2.8, 3.6, 5.2, 7.5, 1.5, 0.95)
    for x in (-2.3, 2.3):
        s.ball(x, 2.25, 7.0, 0.2, (178, 66, 52), 1.25)
        s.glow(x, 2.25, 7.0, 0.9, (255, 150, 96), 0.6 * s.light.lamps)
    for x, z in ((-3.7, 3.0), (3.7, 0.4)):
        _lamp_post(s, x, z)
    _paving(s, 4.6, 7.2, (134, 136, 136))


def tower(s: Stage) -> None:
    """The foot of a large building: stone, a steel door under a canopy, lit windows up to the sky."""
    _ground(s, (118, 120, 124))
    _skyline(s, 50, 8, 26, (140, 146, 156))
    wall = (150, 138, 122)
    s.box(-8.5, 8.5, 0, 74, 9.5, 18, wall)
    for x in np.arange(-8.2, 8.3, 2.05):
        s.wall(x - 0.2, x + 0.2, 3.6, 74, 9.4, shade(wall, 1.14))
    _panes(s, -7.85, 8.2, 4.2, 46, 9.38, 2.05, 1.6)
    s.wall(-8.8, 8.8, 3.3, 3.75, 9.3, shade(wall, 1.2))
    s.wall(-8.6, 8.6, 0, 0.8, 9.35, shade(wall, 0.72))
    s.door(-0.75, 0.75, 2.35, 9.3, (104, 112, 120))
    s.box(-1.6, 1.6, 2.75, 2.95, 8.0, 9.4, (74, 70, 68))
    s.lamp(0, 2.7, 8.6, 0.13)
    s.glow(0, 1.8, 8.8, 2.2, (255, 216, 150), 0.8 * s.light.lamps)
    for x in (-3.6, 3.6):
        s.lamp(x, 2.4, 9.0, 0.12)
    s.box(2.3, 3.2, 0, 0.95, 8.3, 9.1, (88, 96, 92))
    _lamp_post(s, -4.4, 4.5)


def rooftop(s: Stage) -> None:
    for z, low, high in ((75, -8, 16), (48, -13, 5)):
        _skyline(s, z, 16 + low, 16 + high, (150, 160, 172), -16)
    s.floor(-14, 14, _NEAR, 12, (146, 144, 138), 0.0, 0.98)
    _paving(s, 14, 7.0, (146, 144, 138))
    s.box(-14, 14, 0, 0.95, 11.4, 12, (160, 152, 142))
    s.wall(-14, 14, 0.95, 1.08, 11.35, (182, 176, 166))
    s.box(-2.6, 2.4, 0, 3.1, 7.2, 10.5, (172, 162, 148))
    s.wall(-2.8, 2.6, 3.0, 3.22, 7.1, (140, 132, 122))
    s.door(-0.75, 0.45, 2.2, 7.15, (116, 96, 84))
    s.lamp(-0.15, 2.6, 7.1, 0.1)
    s.box(-6.4, -4.2, 0, 1.7, 6.8, 8.6, (136, 140, 142))
    for y in (0.4, 0.8, 1.2):
        s.stroke([(-6.3, y, 6.78), (-4.3, y, 6.78)], (92, 96, 100), 0.05)
    for x in (4.1, 5.6):
        s.stroke([(x, 0, 8), (x, 2.4, 8)], (120, 116, 110), 0.08)
    s.ball(4.85, 3.0, 8.0, 1.15, (130, 122, 114), 0.75)
    s.stroke([(3.2, 1.08, 11), (3.2, 4.6, 11)], (70, 72, 76), 0.06)
    s.stroke([(2.5, 4.0, 11), (3.9, 4.0, 11)], (70, 72, 76), 0.04)


def gate(s: Stage) -> None:
    """The iron gate of an old house: pillars, bars, the house behind."""
    _ground(s, (126, 124, 120))
    _tree(s, -7.5, 16, 2.1)
    _tree(s, 7.8, 18, 2.4)
    _house(s, -6.5, 6.5, 7.2, 15, (142, 128, 114), 8)
    s.polygon([(-7.2, 7.2, 14.9), (7.2, 7.2, 14.9), (5.0, 9.6, 16), (-5.0, 9.6, 16)], (88, 82, 80))
    s.polygon([(-1.1, 0, 6), (1.1, 0, 6), (1.6, 0, 14.5), (-1.6, 0, 14.5)], (150, 144, 134))
    for x0, x1 in ((-20, -2.3), (2.3, 20)):
        s.box(x0, x1, 0, 2.3, 5.2, 5.6, (150, 142, 130))
        s.wall(x0, x1, 2.3, 2.5, 5.1, (110, 102, 94))
    for x in (-2.05, 2.05):
        s.box(x - 0.36, x + 0.36, 0, 3.0, 4.9, 5.6, _STONE)
        s.box(x - 0.46, x + 0.46, 3.0, 3.2, 4.8, 5.7, shade(_STONE, 1.1))
        s.lamp(x, 3.45, 5.2, 0.2)
    iron = (44, 44, 48)
    for x in np.arange(-1.6, 1.61, 0.267):
        s.stroke([(x, 0.1, 5.2), (x, 2.35 + 0.35 * np.cos(x * 0.9), 5.2)], iron, 0.045)
    for y in (0.35, 1.5, 2.2):
        s.stroke([(-1.68, y, 5.2), (1.68, y, 5.2)], iron, 0.06)
    s.box(-2.16, -1.98, 1.25, 1.5, 4.86, 4.9, (70, 66, 64))


def park(s: Stage) -> None:
    _ground(s, (138, 148, 116))
    _skyline(s, 60, 4, 9, (160, 168, 174))
    for x, z, size in ((-9, 24, 2.6), (7, 26, 2.8), (-4.5, 15, 1.9), (5.6, 13, 2.0), (-7, 8, 1.8), (1.5, 22, 2.0)):
        _tree(s, x, z, size)
    s.polygon([(-1.3, 0.004, _NEAR), (1.3, 0.004, _NEAR), (3.5, 0.004, 34), (1.2, 0.004, 34)], (190, 180, 160))
    for y in (0.45, 0.75):
        s.box(2.4, 4.3, y, y + 0.08, 6.0, 6.1, (124, 92, 66))
    _lamp_post(s, -2.2, 7)


def plain_exterior(s: Stage) -> None:
    _ground(s, (140, 140, 136))
    _skyline(s, 48, 6, 16, (152, 158, 166))
    _house(s, -9.5, -3.2, 6.5, 11, (160, 146, 128))
    _house(s, 2.6, 9.8, 8.2, 13, (140, 136, 132))
    _tree(s, -1.6, 17, 1.9)
    s.floor(-3.0, 2.4, _NEAR, 40, (120, 122, 124), 0.003, 0.95)
    for x in (-3.0, 2.4):
        s.floor(x - 0.12, x + 0.12, _NEAR, 40, (176, 172, 164), 0.05, 1.0)
    _lamp_post(s, 3.2, 5.0)
