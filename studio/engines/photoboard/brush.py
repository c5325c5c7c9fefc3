"""Drawing tools: curves, flat and rounded shapes on a premultiplied RGBA layer, projected or not.

Everything is drawn in canvas pixels; a layer may hold them at a smaller scale.
"""

import zlib
from typing import Any

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Colour = tuple[float, float, float]
Pixels = NDArray[Any]  # uint8 pictures and coverages; OpenCV's stubs do not keep the dtype
Floats = NDArray[Any]  # float32 maps

_SHIFT = 4
_FAR = 30000.0  # OpenCV's drawing overflows far outside the picture


def seeded(*words: object) -> np.random.Generator:
    """A generator that depends on the words alone, on every machine and in every run."""
    return np.random.default_rng(zlib.crc32("\x1f".join(map(str, words)).encode()))


def hex_colour(text: str) -> Colour:
    """'#rrggbb' → RGB 0..255. Raises ValueError for anything else."""
    if len(text) != 7 or text[0] != "#":
        raise ValueError(text)
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def mix(a: Colour, b: Colour, t: float) -> Colour:
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t


def shade(colour: Colour, factor: float | Colour) -> Colour:
    """The colour times a factor (or a factor per channel), kept in 0..255."""
    f = (factor, factor, factor) if isinstance(factor, int | float) else factor
    return min(255.0, colour[0] * f[0]), min(255.0, colour[1] * f[1]), min(255.0, colour[2] * f[2])


def grey(colour: Colour) -> float:
    """Luma, 0..255."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


def curve(points: ArrayLike, closed: bool = True, steps: int = 7) -> NDArray[np.float64]:
    """A Catmull-Rom curve through (n, 2) points: (n * steps, 2), or one more where it is open."""
    p = np.asarray(points, np.float64)
    if closed:
        a, b, c, d = np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0)
    else:
        q = np.vstack([2 * p[0] - p[1], p, 2 * p[-1] - p[-2]])
        a, b, c, d = q[:-3], q[1:-2], q[2:-1], q[3:]
    t = (np.arange(steps) / steps)[None, :, None]
    a, b, c, d = (x[:, None, :] for x in (a, b, c, d))
    path = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    path = path.reshape(-1, 2)
    return path if closed else np.vstack([path, p[-1]])


def blurred(picture: Pixels, sigma: float) -> Pixels:
    """A Gaussian blur whose cost does not grow with sigma: a wide one is done on fewer pixels. Any dtype, 1 to 4 channels."""
    if sigma < 0.3:
        return picture
    h, w = picture.shape[:2]
    step = max(1, int(sigma / 2.5))
    if step == 1:
        return cv2.GaussianBlur(picture, (0, 0), sigma)
    fewer = max(1, w // step), max(1, h // step)
    small = cv2.GaussianBlur(cv2.resize(picture, fewer, interpolation=cv2.INTER_AREA), (0, 0), sigma / step)
    return cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)


def ellipse(x: float, y: float, rx: float, ry: float, turn: float = 0.0, steps: int = 40) -> NDArray[np.float64]:
    """(steps, 2) points of an ellipse; turn in degrees, clockwise as seen."""
    t = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    px, py = rx * np.cos(t), ry * np.sin(t)
    c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    return np.stack([x + px * c - py * s, y + px * s + py * c], 1)


def tube(path: ArrayLike, radii: ArrayLike) -> NDArray[np.float64]:
    """The outline of a limb: (n, 2) joints with a half-width each → a closed smooth outline."""
    spine = curve(path, closed=False, steps=6)
    given = np.asarray(radii, np.float64)
    r = np.interp(np.linspace(0, len(given) - 1, len(spine)), np.arange(len(given)), given)[:, None]
    way = np.gradient(spine, axis=0)
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-6)
    side = np.stack([-way[:, 1], way[:, 0]], 1)
    start, end = spine[0] - way[0] * r[0] * 0.5, spine[-1] + way[-1] * r[-1] * 0.6
    return np.vstack([start, spine + side * r, end, (spine - side * r)[::-1]])


class Layer:
    """(h, w, 4) uint8 premultiplied RGBA. `scale` = layer pixels per canvas pixel."""

    def __init__(self, width: int, height: int, scale: float = 1.0):
        self.scale = scale
        self.image = np.zeros((max(1, round(height * scale)), max(1, round(width * scale)), 4), np.uint8)

    def _fixed(self, points: ArrayLike) -> NDArray[np.int32]:
        p = np.clip(np.asarray(points, np.float64) * self.scale - 0.5, -_FAR, _FAR)
        return np.round(p * (1 << _SHIFT)).astype(np.int32)

    def fill(self, points: ArrayLike, colour: Colour) -> None:
        """A flat shape."""
        cv2.fillPoly(self.image, [self._fixed(points)], (*colour, 255), cv2.LINE_AA, _SHIFT)

    def line(self, points: ArrayLike, colour: Colour, width: float, closed: bool = False) -> None:
        """A stroke of constant width in canvas pixels, never thinner than a layer pixel."""
        thick = max(1, round(width * self.scale))
        cv2.polylines(self.image, [self._fixed(points)], closed, (*colour, 255), thick, cv2.LINE_AA, _SHIFT)

    def _stencil(self, points: ArrayLike, margin: float) -> tuple[slice, slice, Floats] | None:
        """The part of the layer under a shape, and its coverage there, 0..1."""
        p = np.asarray(points, np.float64) * self.scale - 0.5
        h, w = self.image.shape[:2]
        m = margin * self.scale + 2
        x0, y0 = (int(max(0, v)) for v in np.floor(p.min(0) - m))
        x1, y1 = int(min(w, np.ceil(p[:, 0].max() + m))), int(min(h, np.ceil(p[:, 1].max() + m)))
        if x1 <= x0 or y1 <= y0:
            return None
        mask = np.zeros((y1 - y0, x1 - x0), np.uint8)
        fixed = np.round(np.clip(p - (x0, y0), -_FAR, _FAR) * (1 << _SHIFT)).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, _SHIFT)
        return slice(y0, y1), slice(x0, x1), mask.astype(np.float32) / 255

    def _lay(self, ys: slice, xs: slice, colour: Floats, cover: Floats) -> None:
        under = self.image[ys, xs].astype(np.float32)
        a = cover[..., None]
        over = np.dstack([np.broadcast_to(colour, (*cover.shape, 3)), np.full(cover.shape, 255, np.float32)])
        self.image[ys, xs] = np.clip(under * (1 - a) + over * a + 0.5, 0, 255).astype(np.uint8)

    def glaze(self, points: ArrayLike, colour: Colour, opacity: float, soft: float = 0.0) -> None:
        """A see-through shape; `soft`: how far its edge is spread, canvas pixels."""
        found = self._stencil(points, soft * 3)
        if found is None:
            return
        ys, xs, mask = found
        self._lay(ys, xs, np.asarray(colour, np.float32), blurred(mask, soft * self.scale) * opacity)

    def solid(
        self,
        points: ArrayLike,
        colour: Colour,
        roundness: float,
        light: tuple[float, float] = (-0.6, -0.8),
        depth: float = 0.9,
        outline: float = 0.0,
    ) -> None:
        """A shape that looks round.

        Its coverage is blurred by `roundness` canvas pixels; the slope of that hill stands for the surface and is lit
        from `light` (a direction in the picture, towards the light). `depth` 0..2: how strong; `outline`: ink width.
        """
        found = self._stencil(points, 2.0)
        if found is None:
            return
        ys, xs, mask = found
        sigma = max(0.6, roundness * self.scale)
        step = max(1, int(sigma / 3))  # a wide hill needs few pixels
        shrunk = max(1, mask.shape[1] // step), max(1, mask.shape[0] // step)
        small = cv2.resize(mask, shrunk, interpolation=cv2.INTER_AREA) if step > 1 else mask
        hill = cv2.GaussianBlur(small, (0, 0), sigma / step, borderType=cv2.BORDER_REPLICATE)
        gx, gy = cv2.Sobel(hill, cv2.CV_32F, 1, 0) / 8, cv2.Sobel(hill, cv2.CV_32F, 0, 1) / 8
        slope = -(gx * light[0] + gy * light[1]) * (sigma / step) * 2.5
        lit = 1 + depth * np.clip(slope, -0.55, 0.4) - depth * 0.16 * (1 - np.clip(hill * 1.4 - 0.4, 0, 1))
        if step > 1:
            lit = cv2.resize(lit, (mask.shape[1], mask.shape[0]), interpolation=cv2.INTER_LINEAR)
        self._lay(ys, xs, np.asarray(colour, np.float32) * lit[..., None].astype(np.float32), mask)
        if outline > 0:
            self.line(points, shade(colour, 0.35), outline, closed=True)

    def over(self, picture: Pixels) -> Pixels:
        """This layer laid over an (h, w, 3) picture of the canvas' size: a new picture."""
        box = cv2.boundingRect(np.ascontiguousarray(self.image[..., 3]))
        if not box[2]:
            return picture
        h, w = picture.shape[:2]
        fx, fy = w / self.image.shape[1], h / self.image.shape[0]
        x0, y0 = max(0, int((box[0] - 2) * fx)), max(0, int((box[1] - 2) * fy))
        x1, y1 = min(w, int((box[0] + box[2] + 2) * fx)), min(h, int((box[1] + box[3] + 2) * fy))
        image = self.image
        if image.shape[:2] != (h, w):
            image = cv2.resize(image, (w, h), interpolation=cv2.INTER_LINEAR)
        out = picture.copy()
        part = image[y0:y1, x0:x1]
        out[y0:y1, x0:x1] = lay(out[y0:y1, x0:x1], part[..., :3], part[..., 3])
        return out

    def soften(self, sigma: float) -> None:
        """Out of focus by `sigma` canvas pixels."""
        self.image = blurred(self.image, sigma * self.scale)


def lay(under: Pixels, premultiplied: Pixels, alpha: Pixels) -> Pixels:
    """(h, w, 3) under * (1 - alpha) + premultiplied; alpha (h, w) 0..255."""
    hole = cv2.merge([255 - alpha] * 3)
    return cv2.add(cv2.multiply(under, hole, scale=1 / 255), np.ascontiguousarray(premultiplied))
