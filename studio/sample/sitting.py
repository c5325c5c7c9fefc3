"""One person before the camera: points are turned and projected, and what is seen of them is kept on a canvas."""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.sample.face_parts import Expression, smoothstep
from studio.sample.features import Features
from studio.sample.light import Light
from studio.sample.raster import NECK_PIVOT, Camera, Floats, Hit, rasterise, rotation

FINER = 2  # edges are found on a grid this many times finer than the picture; light is worked out once a pixel
_SHOULDER_PIVOT = np.array([0.0, 200.0, -100.0])
_LINE = 1024


@dataclass(frozen=True)
class View:
    """One photograph. Angles in degrees with the signs of `characters.face.Pose`; `closeness` 1 is head and chest.

    body: yaw of the shoulders, by default a part of the head's. offset: of the face, in shares of the picture.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    body: float | None = None
    expression: Expression = field(default_factory=Expression)
    light: Light = field(default_factory=Light)
    backdrop: str = "studio"
    closeness: float = 1.0
    offset: tuple[float, float] = (0.0, 0.0)
    seed: int = 1


def sample(image: Floats, x: Floats, y: Floats) -> Floats:
    """Bilinear values (n, channels) or (n,) of an image at n places; OpenCV wants them as a rectangle of short lines."""
    count = len(x)
    lines = -(-count // _LINE)
    maps = np.zeros((2, lines * _LINE), np.float32)
    maps[0, :count], maps[1, :count] = x, y
    found = cv2.remap(
        image,
        maps[0].reshape(lines, _LINE),
        maps[1].reshape(lines, _LINE),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return found.reshape(lines * _LINE, *image.shape[2:])[:count]


@dataclass(frozen=True, eq=False)
class Spots:
    """The n pixels where a surface is seen: flat index, covered share 0..1 and grid coordinates, each (n,).

    hit and seen are the fine grid behind them; block is the (rows, cols) of each pixel in the window.
    """

    pixel: NDArray[np.int64]
    share: Floats
    cols: Floats
    rows: Floats
    hit: Hit
    seen: NDArray[np.bool_]
    block: tuple[NDArray[np.int64], NDArray[np.int64]]

    def take(self, *attributes: Floats) -> list[Floats]:
        """Attributes of a grid, each (rows, cols) or (rows, cols, k), at the spots: (n,) or (n, k)."""
        return [sample(np.ascontiguousarray(a, np.float32), self.cols, self.rows) for a in attributes]


class Sitting:
    """Turns points, keeps the depth of what is drawn so far, lays light on the canvas (premultiplied by its mask)."""

    def __init__(self, features: Features, view: View, size: tuple[int, int]):
        self.features, self.view = features, view
        width, height = size
        self.size = size
        self.head_turn = rotation(view.yaw, view.pitch, view.roll)
        self.body_turn = rotation(
            view.yaw * 0.45 if view.body is None else view.body, view.pitch * 0.1, view.roll * 0.15
        )
        scale = 2.7 * view.closeness * min(width / 960, height / 1200)
        shift = self.turn_head(np.zeros(3)) * scale
        centre = (width * (0.5 + view.offset[0]) - 0.72 * shift[0], height * (0.425 + view.offset[1]) - 0.6 * shift[1])
        self.camera = Camera(scale, centre)
        self.canvas = np.zeros((height, width, 3), np.float32)
        self.depth = np.full((height * FINER, width * FINER), -1e4, np.float32)
        self.mask = np.zeros((height, width), np.float32)

    def turn_head(self, points: Floats) -> NDArray[np.float64]:
        return (points - NECK_PIVOT) @ self.head_turn.T + NECK_PIVOT

    def _turn_shoulders(self, points: Floats) -> NDArray[np.float64]:
        return (points - _SHOULDER_PIVOT) @ self.body_turn.T + _SHOULDER_PIVOT

    def turn_body(self, points: Floats) -> NDArray[np.float64]:
        """The shoulders turn less than the head; the neck follows both."""
        follow = smoothstep(195.0, 85.0, points[..., 1])[..., None]
        return self._turn_shoulders(points) * (1 - follow) + self.turn_head(points) * follow

    def turn_hair(self, points: Floats) -> NDArray[np.float64]:
        """Hair goes with the head, and from the shoulders down with the body."""
        follow = smoothstep(190.0, 70.0, points[..., 1])[..., None]
        return self.turn_head(points) * follow + self._turn_shoulders(points) * (1 - follow)

    def seen(self, turned: Floats, two_sided: bool = False, bias: float = 0.0) -> Spots | None:
        """Where a turned grid shows before everything drawn so far; None where it does not show at all."""
        screen = self.camera.project(turned)
        screen[..., :2] = screen[..., :2] * FINER + (FINER - 1) / 2
        hit = rasterise(screen, (self.size[0] * FINER, self.size[1] * FINER), two_sided, FINER)
        if hit is None:
            return None
        seen = hit.depth + bias > self.depth[hit.window]
        share = cv2.resize(seen.view(np.uint8) * 252, None, fx=1 / FINER, fy=1 / FINER, interpolation=cv2.INTER_AREA)
        rows, cols = np.nonzero(share)
        if not len(rows):
            return None
        covered = np.asarray(share[rows, cols], np.float32) / 252
        # One look a pixel is enough for the light: the last fine one, at an edge any that sees the surface.
        look = np.full((2, len(rows)), FINER - 1, np.int64)
        edge = np.flatnonzero(covered < 1)
        for i, j in np.ndindex(FINER, FINER):
            here = edge[seen[rows[edge] * FINER + i, cols[edge] * FINER + j]]
            look[0, here], look[1, here] = i, j
        at_cols, at_rows = hit.grid(rows * FINER + look[0], cols * FINER + look[1])
        x, y = hit.origin[0] // FINER, hit.origin[1] // FINER
        return Spots((rows + y) * self.size[0] + cols + x, covered, at_cols, at_rows, hit, seen, (rows, cols))

    def lay(self, spots: Spots, colour: Floats, cover: Floats | None = None) -> None:
        """Put shaded spots (n, 3) on the canvas; cover (n,) 0..1, all of them by default."""
        canvas, mask = self.canvas.reshape(-1, 3), self.mask.reshape(-1)
        share = spots.share if cover is None else spots.share * cover
        under = canvas[spots.pixel]
        canvas[spots.pixel] = under + share[:, None] * (colour - under)
        behind = mask[spots.pixel]
        mask[spots.pixel] = behind + share * (1 - behind)
        solid = spots.seen
        if cover is not None:
            blocks = np.zeros((solid.shape[0] // FINER, solid.shape[1] // FINER), bool)
            blocks[spots.block] = cover > 0.5
            solid = solid & blocks.repeat(FINER, 0).repeat(FINER, 1)
        np.copyto(self.depth[spots.hit.window], spots.hit.depth, where=solid)

    def depth_at(self, screen: Floats) -> float:
        """Depth of what is drawn at a screen point inside the picture."""
        return float(self.depth[int(screen[1] * FINER), int(screen[0] * FINER)])

    def patch(self, at: Floats, radius: float) -> tuple[slice, slice, Floats, Floats] | None:
        """A small window round a screen point, with (x, y) pixel offsets from it; None where it leaves the picture."""
        x0, y0 = int(at[0] - radius - 2), int(at[1] - radius - 2)
        x1, y1 = int(at[0] + radius + 3), int(at[1] + radius + 3)
        if x0 < 0 or y0 < 0 or x1 > self.size[0] or y1 > self.size[1]:
            return None
        gx, gy = np.meshgrid(np.arange(x0, x1) - at[0], np.arange(y0, y1) - at[1])
        return slice(y0, y1), slice(x0, x1), gx.astype(np.float32), gy.astype(np.float32)
