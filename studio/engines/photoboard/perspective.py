"""A small camera and a stage to build sets on: metres in, painted polygons out.

World: x to the right, y up, z away from the camera, metres; the front person stands at the origin of x and z.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from studio.engines.photoboard.brush import Colour, Layer, Pixels, mix, shade
from studio.engines.photoboard.light import Light

EYE_DISTANCE = 0.063  # metres between the pupils of an adult
EYE_HEIGHT = 1.56

# size → metres from the camera, and the eye distance in pixels of a 1920-pixel-high frame where nobody is in it
LENSES: dict[str, tuple[float, float]] = {
    "ELS": (17.0, 8.0),
    "LS": (9.0, 22.0),
    "FS": (5.6, 34.0),
    "MLS": (3.7, 60.0),
    "MS": (2.8, 85.0),
    "MCU": (2.1, 125.0),
    "CU": (1.6, 190.0),
    "ECU": (1.3, 330.0),
}
# angle → camera height in metres
ANGLE_HEIGHTS: dict[str, float] = {
    "eye-level": 1.5,
    "high": 2.5,
    "low": 0.75,
    "overhead": 3.6,
    "worms-eye": 0.3,
    "dutch": 1.4,
}
# angle → where the horizon is in a frame without people, shares of its height
_HORIZONS: dict[str, float] = {"high": 0.34, "overhead": 0.2, "low": 0.68, "worms-eye": 0.84}


@dataclass(frozen=True, slots=True)
class Camera:
    """focal, centre, horizon: canvas pixels; height, distance: metres; yaw, roll: degrees."""

    width: int
    height_px: int
    focal: float
    centre: float
    horizon: float
    height: float
    distance: float
    yaw: float = 0.0
    roll: float = 0.0

    def seen(self, points: ArrayLike) -> NDArray[np.float64]:
        """(n, 3) world → (n, 3) camera axes: right, up from the lens, forward."""
        p = np.asarray(points, np.float64).reshape(-1, 3)
        c, s = np.cos(np.radians(self.yaw)), np.sin(np.radians(self.yaw))
        return np.stack(
            [p[:, 0] * c - p[:, 2] * s, p[:, 1] - self.height, p[:, 0] * s + p[:, 2] * c + self.distance], 1
        )

    def screen(self, seen: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 3) camera axes, in front of the lens → (n, 2) canvas pixels."""
        x = self.centre + self.focal * seen[:, 0] / seen[:, 2]
        y = self.horizon - self.focal * seen[:, 1] / seen[:, 2]
        if self.roll:
            c, s = np.cos(np.radians(self.roll)), np.sin(np.radians(self.roll))
            mx, my = self.width / 2, self.height_px / 2
            x, y = mx + (x - mx) * c - (y - my) * s, my + (x - mx) * s + (y - my) * c
        return np.stack([x, y], 1)

    def point(self, x: float, y: float, z: float) -> tuple[float, float, float] | None:
        """Canvas x, y and pixels per metre of a world point; None behind the lens."""
        seen = self.seen([(x, y, z)])
        if seen[0, 2] < 0.2:
            return None
        at = self.screen(seen)[0]
        return float(at[0]), float(at[1]), float(self.focal / seen[0, 2])


def camera_for(
    width: int,
    height: int,
    size: str,
    angle: str,
    eyes: tuple[float, float, float] | None,
    yaw: float,
    wide: bool = False,
) -> Camera:
    """The camera that would have taken the shot. eyes: x, y and eye distance of the front person, canvas pixels.

    wide: a place is shown, not a person: from nearer, through a wider lens, where nobody is in it.
    """
    distance, unit = LENSES.get(size, LENSES["MS"])
    unit *= height / 1920
    tall = ANGLE_HEIGHTS.get(angle, 1.5)
    if eyes is None:
        horizon = _HORIZONS.get(angle, 0.54) * height
        if wide and angle in ("eye-level", "high"):  # a place wants sky over it, not a field of ground before it
            horizon = (0.64 if angle == "eye-level" else 0.5) * height
        unit, distance = (unit * 1.2, distance * 0.6) if wide else (unit, distance)
    else:
        unit = eyes[2]
        horizon = float(np.clip(eyes[1] + unit / EYE_DISTANCE * (EYE_HEIGHT - tall), -0.45 * height, 1.3 * height))
    focal = unit * distance / EYE_DISTANCE
    return Camera(width, height, focal, width / 2, horizon, tall, distance, yaw, 7.0 if angle == "dutch" else 0.0)


def _clipped(seen: NDArray[np.float64], near: float = 0.12) -> NDArray[np.float64]:
    """The part of a polygon in front of the lens (Sutherland-Hodgman against one plane)."""
    kept: list[NDArray[np.float64]] = []
    for a, b in zip(seen, np.roll(seen, -1, 0), strict=True):
        if a[2] >= near:
            kept.append(a)
        if (a[2] >= near) != (b[2] >= near):
            kept.append(a + (b - a) * (near - a[2]) / (b[2] - a[2]))
    return np.array(kept).reshape(-1, 3)


class Stage:
    """Where a set is built, back to front. Colours are those of paint in white light; the stage lights them."""

    def __init__(self, camera: Camera, light: Light, layer: Layer, rng: np.random.Generator, haze: Colour):
        self.camera, self.light, self.layer, self.rng, self.haze = camera, light, layer, rng, haze
        self.glows: list[tuple[float, float, float, Colour, float]] = []
        self.ink = max(1.0, 2.2 * camera.height_px / 1920)

    def lit(self, colour: Colour, factor: float, far: float) -> Colour:
        """Paint in this light, `far` metres away: distance takes it towards the haze."""
        return mix(shade(shade(colour, self.light.ambient), factor), self.haze, float(np.clip((far - 4) / 60, 0, 0.6)))

    def _flat(self, points: ArrayLike) -> tuple[NDArray[np.float64], float] | None:
        """A face on the canvas and how far it is; None where nothing of it is in the frame."""
        seen = _clipped(self.camera.seen(points))
        if len(seen) < 3:
            return None
        flat = self.camera.screen(seen)
        low, high = flat.min(0), flat.max(0)
        if low[0] > self.camera.width or low[1] > self.camera.height_px or high[0] < 0 or high[1] < 0:
            return None
        return flat, float(seen[:, 2].mean())

    def polygon(self, points: ArrayLike, colour: Colour, factor: float = 1.0, ink: bool = True) -> None:
        """A flat face in the world, (n, 3)."""
        found = self._flat(points)
        if found is None:
            return
        flat, far = found
        tone = self.lit(colour, factor, far)
        self.layer.fill(flat, tone)
        if ink:
            self.layer.line(flat, shade(tone, 0.55), self.ink, closed=True)

    def glowing(self, points: ArrayLike, colour: Colour, frame: Colour | None = None) -> None:
        """A face that gives light: a pane, a tube, a sign. Its colour is shown as it is."""
        found = self._flat(points)
        if found is None:
            return
        flat, far = found
        self.layer.fill(flat, colour)
        if frame is not None:
            self.layer.line(flat, self.lit(frame, 0.6, far), self.ink * 1.6, closed=True)

    def stroke(self, points: ArrayLike, colour: Colour, metres: float, factor: float = 1.0) -> None:
        """A thin thing: a rail, a wire, a rope; `metres` thick."""
        seen = self.camera.seen(points)
        if (seen[:, 2] < 0.2).any():
            return
        thick = metres * self.camera.focal / float(seen[:, 2].mean())
        self.layer.line(self.camera.screen(seen), self.lit(colour, factor, float(seen[:, 2].mean())), thick)

    def wall(self, x0: float, x1: float, y0: float, y1: float, z: float, colour: Colour, factor: float = 1.0) -> None:
        """A face towards the camera."""
        self.polygon([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], colour, factor)

    def side(self, x: float, y0: float, y1: float, z0: float, z1: float, colour: Colour, factor: float = 1.0) -> None:
        """A face along the depth, as a corridor's wall."""
        key = 0.80 if x * self.light.side > 0 else 0.93
        self.polygon([(x, y0, z0), (x, y0, z1), (x, y1, z1), (x, y1, z0)], colour, factor * key)

    def floor(self, x0: float, x1: float, z0: float, z1: float, colour: Colour, y: float = 0.0, f: float = 0.9) -> None:
        """A level face: ground, table top, ceiling."""
        self.polygon([(x0, y, z0), (x1, y, z0), (x1, y, z1), (x0, y, z1)], colour, f)

    def box(self, x0: float, x1: float, y0: float, y1: float, z0: float, z1: float, colour: Colour) -> None:
        """A block: the faces that can be seen."""
        eye_x = float(self.camera.distance * -np.sin(np.radians(self.camera.yaw)))
        if x1 < eye_x:
            self.side(x1, y0, y1, z0, z1, colour, 0.72)
        elif x0 > eye_x:
            self.side(x0, y0, y1, z0, z1, colour, 0.72)
        if y1 < self.camera.height:
            self.floor(x0, x1, z0, z1, colour, y1, 1.12)
        elif y0 > self.camera.height:
            self.floor(x0, x1, z0, z1, colour, y0, 0.5)
        self.wall(x0, x1, y0, y1, z0, colour, 0.92)

    def ball(self, x: float, y: float, z: float, radius: float, colour: Colour, squash: float = 1.0) -> None:
        """Something round: foliage, a vase, a lamp."""
        at = self.camera.point(x, y, z)
        if at is None:
            return
        t = np.linspace(0, 2 * np.pi, 28, endpoint=False)
        r = radius * at[2]
        tone = self.lit(colour, 1.0, self.camera.focal / at[2])
        outline = np.stack([at[0] + r * np.cos(t), at[1] + r * squash * np.sin(t)], 1)
        self.layer.solid(outline, tone, r * 0.5, self.light.towards)

    def lamp(self, x: float, y: float, z: float, radius: float, colour: Colour = (255, 226, 168)) -> None:
        """A bulb or shade that gives light as the hour asks."""
        at = self.camera.point(x, y, z)
        if at is None:
            return
        on = self.light.lamps
        t = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        r = radius * at[2]
        tone = mix(self.lit((190, 182, 168), 1.0, 5), colour, min(1.0, on * 1.2))
        self.layer.fill(np.stack([at[0] + r * np.cos(t), at[1] + r * np.sin(t)], 1), tone)
        if on > 0:
            self.glow(x, y, z, radius * 7, colour, 0.75 * on)

    def glow(self, x: float, y: float, z: float, radius: float, colour: Colour, strength: float) -> None:
        """Light in the air around a world point; laid on when the set is finished."""
        at = self.camera.point(x, y, z)
        if at is not None:
            self.glows.append((at[0], at[1], radius * at[2], colour, strength))

    def window(self, x0: float, x1: float, y0: float, y1: float, z: float, bars: int = 1) -> None:
        """A window in a wall towards the camera, seen from inside."""
        frame = (206, 198, 184)
        self.wall(x0 - 0.08, x1 + 0.08, y0 - 0.08, y1 + 0.08, z, frame)
        self.glowing([(x0, y0, z), (x1, y0, z), (x1, y1, z), (x0, y1, z)], self.light.window, frame)
        roofs, edge = [(x0, y0, z)], np.linspace(x0, x1, 5)
        for a, b in pairwise(edge):
            top = y0 + (y1 - y0) * (0.22 + 0.26 * self.rng.random())
            roofs += [(float(a), top, z), (float(b), top, z)]
        self.glowing([*roofs, (x1, y0, z)], shade(self.light.window, 0.84))
        for i in range(1, bars + 1):
            x = x0 + (x1 - x0) * i / (bars + 1)
            self.stroke([(x, y0, z), (x, y1, z)], frame, 0.05)
        self.stroke([(x0, y0 + (y1 - y0) * 0.62, z), (x1, y0 + (y1 - y0) * 0.62, z)], frame, 0.05)
        if self.light.window[0] > 150:
            self.glow((x0 + x1) / 2, (y0 + y1) / 2, z, (y1 - y0) * 1.1, self.light.window, 0.28)

    def door(self, x0: float, x1: float, top: float, z: float, colour: Colour) -> None:
        """A door in a wall towards the camera, with panels and a knob."""
        self.wall(x0 - 0.1, x1 + 0.1, 0, top + 0.1, z, shade(colour, 1.25))
        self.wall(x0, x1, 0, top, z, colour)
        wide = x1 - x0
        for low, high in ((0.08, 0.42), (0.5, 0.94)):
            self.wall(x0 + wide * 0.16, x1 - wide * 0.16, top * low, top * high, z, shade(colour, 0.86))
        at = self.camera.point(x1 - wide * 0.08, top * 0.46, z)
        if at is not None:
            t = np.linspace(0, 2 * np.pi, 12)
            r = 0.035 * at[2]
            self.layer.fill(np.stack([at[0] + r * np.cos(t), at[1] + r * np.sin(t)], 1), (206, 176, 110))

    def finished(self) -> Pixels:
        """The set with its light laid on: (h, w, 3) uint8 at the layer's scale."""
        picture = np.ascontiguousarray(self.layer.image[..., :3])
        h, w = picture.shape[:2]
        k = 8 / self.layer.scale  # canvas pixels per cell of the light map
        gh, gw = max(2, round(h / 8)), max(2, round(w / 8))
        y, x = np.mgrid[0:gh, 0:gw].astype(np.float32)
        x, y = (x + 0.5) * k, (y + 0.5) * k
        glow = np.zeros((gh, gw, 3), np.float32)
        for gx, gy, r, colour, strength in self.glows:
            far2 = ((x - gx) ** 2 + (y - gy) ** 2) / max(r, 1.0) ** 2
            glow += np.exp(-1.6 * far2)[..., None] * (np.asarray(colour, np.float32) * strength * 0.42)
        glow = 150 * np.tanh(glow / 150)
        large = cv2.resize(glow, (w, h), interpolation=cv2.INTER_LINEAR)
        return cv2.add(picture, large.astype(np.uint8))
