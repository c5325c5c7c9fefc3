"""Places out of focus: broad light, and lamps that the lens spreads into discs."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from studio.sample.face_paint import linear
from studio.sample.features import Colour
from studio.sample.raster import Floats

WIDTH, HEIGHT = 240, 300


@dataclass
class _Plate:
    """A small linear picture that is blurred as the lens would."""

    image: Floats
    rng: np.random.Generator

    def rectangle(self, x0: float, y0: float, x1: float, y1: float, colour: Colour, gain: float = 1.0) -> None:
        a, b = (int(x0 * WIDTH), int(y0 * HEIGHT)), (int(x1 * WIDTH), int(y1 * HEIGHT))
        cv2.rectangle(self.image, a, b, tuple(float(c) for c in linear(colour) * gain), -1, cv2.LINE_8)

    def blur(self, radius: float) -> None:
        self.image = cv2.GaussianBlur(self.image, (0, 0), radius)

    def glow(self, x: float, y: float, radius: float, colour: Colour, gain: float) -> None:
        gx, gy = np.meshgrid(np.arange(WIDTH) / WIDTH - x, (np.arange(HEIGHT) / HEIGHT - y) * HEIGHT / WIDTH)
        self.image += (np.exp(-(gx**2 + gy**2) / (2 * radius**2)) * gain)[..., None].astype(np.float32) * linear(colour)

    def lamps(
        self, count: int, y: tuple[float, float], size: tuple[float, float], colours: list[Colour], gain: float = 0.5
    ) -> None:
        """Discs of confusion, brighter at the rim."""
        for _ in range(count):
            cx, cy = self.rng.random() * WIDTH, self.rng.uniform(*y) * HEIGHT
            radius = self.rng.uniform(*size) * WIDTH
            colour = linear(colours[int(self.rng.integers(len(colours)))]) * gain * self.rng.uniform(0.25, 1.0)
            reach = int(radius) + 4
            x0, y0 = int(cx) - reach, int(cy) - reach
            rows = slice(max(y0, 0), min(y0 + 2 * reach, HEIGHT))
            cols = slice(max(x0, 0), min(x0 + 2 * reach, WIDTH))
            gx, gy = np.meshgrid(np.arange(cols.start, cols.stop) - cx, np.arange(rows.start, rows.stop) - cy)
            away = np.hypot(gx, gy).astype(np.float32) - np.float32(radius)
            disc = 0.75 * np.clip(0.5 - away / 2.2, 0, 1) + 0.25 * np.exp(-((away / 1.3) ** 2))
            self.image[rows, cols] += disc[..., None] * colour.astype(np.float32)


def _plate(top: Colour, bottom: Colour, seed: int) -> _Plate:
    ramp = np.linspace(0, 1, HEIGHT, dtype=np.float32)[:, None, None]
    image = linear(top) * (1 - ramp) + linear(bottom) * ramp
    return _Plate(
        np.ascontiguousarray(np.broadcast_to(image, (HEIGHT, WIDTH, 3)), np.float32), np.random.default_rng(seed)
    )


def studio(seed: int) -> Floats:
    """Warm grey paper, lit from behind."""
    plate = _plate((150, 142, 136), (104, 97, 93), seed)
    plate.glow(0.5, 0.42, 0.42, (226, 214, 200), 0.55)
    return plate.image


def pale_studio(seed: int) -> Floats:
    plate = _plate((204, 208, 208), (160, 164, 166), seed)
    plate.glow(0.4, 0.4, 0.5, (250, 250, 246), 0.4)
    return plate.image


def ballroom(seed: int) -> Floats:
    """Gold light and chandeliers."""
    plate = _plate((98, 66, 40), (70, 42, 28), seed)
    for x in (0.02, 0.24, 0.74, 0.94):
        plate.rectangle(x, 0.1, x + 0.07, 0.9, (170, 124, 74))
    plate.blur(9)
    plate.glow(0.2, 0.16, 0.22, (255, 206, 130), 0.7)
    plate.glow(0.86, 0.22, 0.2, (255, 196, 120), 0.6)
    plate.lamps(38, (0.02, 0.5), (0.012, 0.04), [(255, 214, 150), (255, 184, 104), (255, 236, 200)], 0.75)
    return plate.image


def rain_night(seed: int) -> Floats:
    """A street at night in the rain."""
    plate = _plate((48, 60, 84), (60, 70, 90), seed)
    plate.rectangle(0.0, 0.1, 0.2, 0.8, (70, 84, 108))
    plate.rectangle(0.78, 0.0, 1.0, 0.8, (80, 84, 102))
    plate.blur(11)
    plate.lamps(
        30,
        (0.1, 0.72),
        (0.02, 0.06),
        [(255, 176, 92), (120, 190, 255), (255, 96, 84), (180, 220, 255), (255, 220, 170)],
        0.62,
    )
    return plate.image


def corridor(seed: int) -> Floats:
    """Fluorescent tubes and painted walls."""
    plate = _plate((132, 150, 142), (98, 112, 108), seed)
    plate.rectangle(0.3, 0.18, 0.7, 0.78, (166, 182, 172))
    plate.rectangle(0.0, 0.62, 0.3, 1.0, (84, 98, 96))
    for x in (0.34, 0.56):
        plate.rectangle(x, 0.02, x + 0.09, 0.12, (244, 255, 248), 1.6)
    plate.blur(8)
    return plate.image


def rooftop(seed: int) -> Floats:
    """Morning over the city."""
    plate = _plate((150, 182, 214), (232, 208, 180), seed)
    for _ in range(16):
        x, h = plate.rng.random(), plate.rng.uniform(0.1, 0.36)
        plate.rectangle(x, 0.86 - h, x + plate.rng.uniform(0.05, 0.12), 1.0, (142, 152, 168))
    plate.rectangle(0, 0.86, 1, 1, (152, 146, 142))
    plate.blur(7)
    plate.glow(0.82, 0.3, 0.25, (255, 232, 196), 0.4)
    return plate.image


def clock_shop(seed: int) -> Floats:
    """Shelves, brass, dials, a lamp."""
    plate = _plate((82, 60, 44), (62, 44, 34), seed)
    for y in (0.2, 0.46, 0.74):
        plate.rectangle(0, y, 1, y + 0.025, (118, 80, 50))
    for _ in range(13):
        x, y = plate.rng.random(), plate.rng.choice([0.1, 0.36, 0.63])
        r = int(plate.rng.uniform(0.035, 0.07) * WIDTH)
        centre = (int(x * WIDTH), int(y * HEIGHT))
        cv2.circle(plate.image, centre, r + 3, tuple(float(c) for c in linear((182, 132, 66))), -1)
        cv2.circle(plate.image, centre, r, tuple(float(c) for c in linear((226, 212, 182))), -1)
    plate.blur(5.5)
    plate.glow(0.85, 0.18, 0.2, (255, 198, 116), 0.55)
    plate.lamps(12, (0.05, 0.8), (0.01, 0.03), [(255, 206, 130), (255, 226, 170)], 0.5)
    return plate.image


def old_street(seed: int) -> Floats:
    """Grey brick, wet stone, one red lantern."""
    plate = _plate((196, 204, 206), (120, 126, 126), seed)
    plate.rectangle(0, 0.12, 0.32, 0.84, (128, 132, 130))
    plate.rectangle(0.66, 0.2, 1, 0.84, (146, 142, 134))
    plate.rectangle(0.72, 0.34, 0.9, 0.84, (104, 76, 60))
    plate.blur(8)
    plate.glow(0.17, 0.3, 0.05, (230, 60, 44), 0.8)
    return plate.image


def old_house(seed: int) -> Floats:
    """A dark parlour with a fire somewhere low."""
    plate = _plate((48, 42, 42), (70, 46, 34), seed)
    for x in (0.04, 0.72):
        plate.rectangle(x, 0.12, x + 0.24, 0.66, (84, 66, 54))
        plate.rectangle(x + 0.03, 0.15, x + 0.21, 0.63, (52, 54, 64))
    plate.blur(7)
    plate.glow(0.9, 0.85, 0.3, (255, 138, 60), 0.6)
    plate.glow(0.1, 0.8, 0.25, (255, 150, 76), 0.35)
    return plate.image


def garden(seed: int) -> Floats:
    """Leaves and a moon gate, out of focus."""
    plate = _plate((164, 184, 160), (98, 122, 92), seed)
    cv2.circle(
        plate.image, (int(0.78 * WIDTH), int(0.42 * HEIGHT)), 62, tuple(float(c) for c in linear((226, 228, 214))), -1
    )
    plate.blur(8)
    plate.lamps(46, (0.0, 0.8), (0.015, 0.05), [(126, 160, 96), (206, 222, 160), (84, 124, 78), (236, 240, 206)], 0.28)
    return plate.image


BACKDROPS: dict[str, Callable[[int], Floats]] = {
    place.__name__.replace("_", " "): place
    for place in (
        studio,
        pale_studio,
        ballroom,
        rain_night,
        corridor,
        rooftop,
        clock_shop,
        old_street,
        old_house,
        garden,
    )
}


def backdrop(name: str, size: tuple[int, int], seed: int) -> Floats:
    """(height, width, 3) linear light of a place, for a picture of (width, height)."""
    image = cv2.GaussianBlur(BACKDROPS[name](seed), (0, 0), 2.2)
    return cv2.resize(image, size, interpolation=cv2.INTER_CUBIC)
