"""The cutting table: cloth, seams, folds and buttons laid on the flat plan of the bust."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from studio.sample.face_paint import linear, slopes
from studio.sample.face_parts import smoothstep
from studio.sample.features import Colour, Features
from studio.sample.raster import Floats, spline

FINE = 2.0  # pixels a millimetre of the plan
LEFT, TOP, WIDTH, HEIGHT = -216.0, 64.0, 432.0, 440.0
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Cloth:
    """As `face_paint.Paint`, with flesh (h, w): 1 where it is skin."""

    albedo: Floats
    layers: Floats
    flesh: Floats


def plan_pixels(x: Floats | float, y: Floats | float) -> tuple[Any, Any]:
    """Flat millimetres of the cutting table → pixels of the cloth."""
    return (x - LEFT) * FINE - 0.5, (y - TOP) * FINE - 0.5


def curve(*points: tuple[float, float]) -> Points:
    control = np.array(points, float)
    return [
        (float(x), float(y)) for x, y in spline(control, np.linspace(0, len(points) - 1, 10 * (len(points) - 1) + 1))
    ]


def flip(points: Points) -> Points:
    return [(-x, y) for x, y in points]


class Table:
    """The cutting table: pieces are laid one over another, each with its thickness."""

    def __init__(self, features: Features):
        x = (np.arange(int(WIDTH * FINE), dtype=np.float32) + 0.5) / FINE + LEFT
        y = (np.arange(int(HEIGHT * FINE), dtype=np.float32) + 0.5) / FINE + TOP
        self.x, self.y = np.meshgrid(x, y)
        shape = self.x.shape
        base = linear(features.skin.colour) * np.array([0.97, 0.93, 0.91], np.float32)
        self.albedo = np.broadcast_to(base, (*shape, 3)).astype(np.float32)
        self.gloss = np.full(shape, 0.22, np.float32)
        self.relief = np.zeros(shape, np.float32)
        self.flesh = np.ones(shape, np.float32)
        self.open = np.ones(shape, np.float32)

    def mask(self, *outlines: Points, soft: float = 0.0) -> Floats:
        sheet = np.zeros(self.x.shape, np.uint8)
        for outline in outlines:
            px = np.array([plan_pixels(a, b) for a, b in outline])
            cv2.fillPoly(sheet, [np.round(px * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        out = sheet.astype(np.float32) / 255
        return cv2.GaussianBlur(out, (0, 0), soft * FINE) if soft else out

    def line(self, points: Points, width: float, soft: float = 0.3) -> Floats:
        sheet = np.zeros(self.x.shape, np.uint8)
        px = np.array([plan_pixels(a, b) for a, b in points])
        cv2.polylines(
            sheet, [np.round(px * 16).astype(np.int32)], False, 255, max(1, round(width * FINE)), cv2.LINE_AA, 4
        )
        return cv2.GaussianBlur(sheet.astype(np.float32) / 255, (0, 0), max(soft * FINE, 0.3))

    def lay(self, mask: Floats, colour: Colour, thick: float = 2.0, gloss: float = 0.12, shadow: float = 0.45) -> None:
        """A piece of cloth: it darkens what lies round it, covers what lies under it and stands `thick` mm above."""
        rows, cols = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
        if not len(rows):
            return
        margin = int(12 * FINE)  # as far as its shadow falls
        part = (slice(max(rows[0] - margin, 0), rows[-1] + margin), slice(max(cols[0] - margin, 0), cols[-1] + margin))
        mask = mask[part]
        small, size = cv2.resize(mask, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), mask.shape[::-1]
        around, near = (
            cv2.resize(cv2.GaussianBlur(small, (0, 0), radius * FINE), size, interpolation=cv2.INTER_LINEAR)
            for radius in (0.9, 0.6)
        )
        bare = 1 - mask
        self.open[part] *= 1 - shadow * np.clip(around * 1.5, 0, 1) * bare
        self.open[part] += mask * (0.86 + 0.14 * near - self.open[part])
        self.albedo[part] += mask[..., None] * (linear(colour) - self.albedo[part])
        self.gloss[part] += mask * (gloss - self.gloss[part])
        self.flesh[part] *= bare
        self.relief[part] += thick * mask

    def pattern(self, mask: Floats, amount: Floats) -> None:
        """Multiply the cloth under a mask by 1 + amount."""
        self.albedo *= (1 + mask * amount)[..., None].astype(np.float32)

    def fold(self, points: Points, width: float, depth: float) -> None:
        """A soft valley (depth > 0) or ridge across cloth."""
        scale = 0.25
        sheet = np.zeros((int(HEIGHT * FINE * scale), int(WIDTH * FINE * scale)), np.uint8)
        px = np.array([plan_pixels(a, b) for a, b in points]) * scale
        cv2.polylines(
            sheet, [np.round(px * 16).astype(np.int32)], False, 255, max(1, round(width * FINE * scale)), cv2.LINE_AA, 4
        )
        soft = cv2.GaussianBlur(sheet.astype(np.float32) / 255, (0, 0), width * 0.55 * FINE * scale)
        valley = cv2.resize(soft, self.x.shape[::-1], interpolation=cv2.INTER_CUBIC)
        self.relief -= depth * valley * (1 - self.flesh)
        self.open *= 1 - 0.16 * np.clip(depth, 0, 2) / 2 * valley * (1 - self.flesh)

    def seam(self, points: Points, strength: float = 0.5) -> None:
        line = self.line(points, 0.8, 0.2)
        self.open *= 1 - strength * line
        self.relief -= 0.5 * line

    def stud(self, x: float, y: float, radius: float, colour: Colour, gloss: float = 1.2) -> None:
        """A button or a rivet: a small dome."""
        px, py = (int(v) for v in plan_pixels(x, y))
        reach = int((radius + 4) * FINE)
        spot = slice(py - reach, py + reach), slice(px - reach, px + reach)
        dx, dy = self.x[spot] - x, self.y[spot] - y
        disc = smoothstep(radius + 0.3, radius - 0.3, np.hypot(dx, dy))
        self.open[spot] *= 1 - 0.5 * smoothstep(radius + 3, radius, np.hypot(dx - 0.8, dy - 1.4)) * (1 - disc)
        self.albedo[spot] += disc[..., None] * (linear(colour) - self.albedo[spot])
        self.gloss[spot] += disc * (gloss - self.gloss[spot])
        self.relief[spot] += np.sqrt(np.clip(1 - (dx**2 + dy**2) / radius**2, 0, 1)) * radius * 0.8

    def cloth(self) -> Cloth:
        jaw = smoothstep(178.0, 88.0, self.y) * 0.52 * self.flesh
        openness = np.clip(self.open * (1 - jaw), 0.1, 1)
        return Cloth(self.albedo, np.dstack([openness, self.gloss, *slopes(self.relief, FINE)]), self.flesh)
