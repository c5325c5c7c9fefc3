"""Surfaces as grids of points: made smooth, turned, projected, and found again pixel by pixel.

A surface is a grid (rows, cols, 3) of points. Model space is in millimetres, x to the right of the picture, y down,
z toward the camera, the origin between the pupils. The screen is in pixels; pixel centres are whole numbers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[Any]  # floats; float32 wherever there is one a pixel (OpenCV's stubs promise less than it does)

CAMERA_DISTANCE = 1500.0  # millimetres: a portrait lens, so that a nose stays a nose
NECK_PIVOT = np.array([0.0, 70.0, -85.0])


def rotation(yaw: float, pitch: float, roll: float) -> NDArray[np.float64]:
    """(3, 3) rotation in degrees, with the signs of `characters.face.Pose`."""
    y, p, r = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    about_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return about_z @ about_x @ about_y


@dataclass(frozen=True)
class Camera:
    """A perspective view: `scale` pixels a millimetre at z = 0, `centre` the pixel that model (0, 0, 0) falls on."""

    scale: float
    centre: tuple[float, float]

    def project(self, points: Floats) -> Floats:
        """(..., 3) millimetres → (..., 3): x and y in pixels, z left in millimetres."""
        shrink = CAMERA_DISTANCE / (CAMERA_DISTANCE - points[..., 2]) * self.scale
        return np.stack(
            [points[..., 0] * shrink + self.centre[0], points[..., 1] * shrink + self.centre[1], points[..., 2]], -1
        ).astype(np.float32)


def spline(control: Floats, at: Floats) -> NDArray[np.float64]:
    """Catmull-Rom through `control` (n, ...) along its first axis, sampled at parameters in 0..n-1."""
    control = np.asarray(control, float)
    padded = np.concatenate([2 * control[:1] - control[1:2], control, 2 * control[-1:] - control[-2:-1]])
    at = np.asarray(at, float)
    left = np.clip(np.floor(at).astype(int), 0, len(control) - 2)
    t = (at - left).reshape((-1,) + (1,) * (control.ndim - 1))
    p0, p1, p2, p3 = (padded[left + k] for k in range(4))
    return 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)


def normals(points: Floats) -> Floats:
    """(rows, cols, 3) unit normals of a grid; toward the camera where columns run right and rows run down."""
    along_rows, along_cols = np.gradient(points.astype(np.float64), axis=(0, 1))
    cross = np.cross(along_cols, along_rows)
    return (cross / np.maximum(np.linalg.norm(cross, axis=-1, keepdims=True), 1e-9)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Hit:
    """Where a surface shows in a window of the picture.

    origin: (x, y) of the window. depth: (h, w), millimetres, -inf where the surface is not seen. span: (h, w), which
    span won the pixel. planes: (spans, 5): first pixel, grid column there and its step, grid row there and its step.
    """

    origin: tuple[int, int]
    depth: Floats
    span: NDArray[np.int32]
    planes: NDArray[np.float64]

    @property
    def window(self) -> tuple[slice, slice]:
        (x, y), (h, w) = self.origin, self.depth.shape
        return slice(y, y + h), slice(x, x + w)

    def grid(self, rows: NDArray[np.int64], cols: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Grid (columns, rows), float32, of what is seen at pixels of the window that the surface covers."""
        first, col, col_step, row, row_step = self.planes[self.span[rows, cols]].T
        along = cols - first
        return (col + col_step * along).astype(np.float32), (row + row_step * along).astype(np.float32)


def rasterise(screen: Floats, size: tuple[int, int], two_sided: bool = False, align: int = 1) -> Hit | None:
    """Visible part of a projected grid (rows, cols, 3) inside a picture of (width, height); None where it is outside.

    Each quad is two triangles; each triangle is cut into spans, and the nearest span wins the pixel. The window starts
    and ends at multiples of `align`.
    """
    width, height = size
    n_rows, n_cols = screen.shape[:2]
    x0 = max(int(np.floor(screen[..., 0].min())), 0)
    y0 = max(int(np.floor(screen[..., 1].min())), 0)
    x1 = min(int(np.ceil(screen[..., 0].max())) + 1, width)
    y1 = min(int(np.ceil(screen[..., 1].max())) + 1, height)
    if x1 <= x0 or y1 <= y0:
        return None
    x0, y0, x1, y1 = x0 - x0 % align, y0 - y0 % align, x1 + -x1 % align, y1 + -y1 % align
    w, h = x1 - x0, y1 - y0
    flat = screen.reshape(-1, 3).astype(np.float64) - (x0, y0, 0)
    quad = (np.arange(n_rows - 1)[:, None] * n_cols + np.arange(n_cols - 1)).ravel()
    corner = np.concatenate([quad, quad + n_cols + 1])
    right = np.concatenate([quad + 1, quad + n_cols])
    below = np.concatenate([quad + n_cols, quad + 1])
    step = np.repeat([1.0, -1.0], len(quad))
    p0, p1, p2 = flat[corner], flat[right], flat[below]
    area = (p1[:, 0] - p0[:, 0]) * (p2[:, 1] - p0[:, 1]) - (p1[:, 1] - p0[:, 1]) * (p2[:, 0] - p0[:, 0])
    top = np.ceil(np.minimum(np.minimum(p0[:, 1], p1[:, 1]), p2[:, 1]) - 1e-3)
    bottom = np.floor(np.maximum(np.maximum(p0[:, 1], p1[:, 1]), p2[:, 1]) + 1e-3)
    top, bottom = np.maximum(top, 0), np.minimum(bottom, h - 1)
    seen = (np.abs(area) > 1e-6) & (bottom >= top) & ((area > 0) | two_sided)
    if not seen.any():
        return None
    corner, step, p0, p1, p2, area = (a[seen] for a in (corner, step, p0, p1, p2, area))
    top, bottom = top[seen].astype(np.int64), bottom[seen].astype(np.int64)
    ax, bx = (p2[:, 1] - p0[:, 1]) / area, -(p2[:, 0] - p0[:, 0]) / area
    ay, by = -(p1[:, 1] - p0[:, 1]) / area, (p1[:, 0] - p0[:, 0]) / area
    az = ax * (p1[:, 2] - p0[:, 2]) + ay * (p2[:, 2] - p0[:, 2])

    count = bottom - top + 1
    of = np.repeat(np.arange(len(top)), count)
    y = np.repeat(top - np.concatenate([[0], np.cumsum(count)[:-1]]), count) + np.arange(count.sum())
    cx = -ax[of] * p0[of, 0] + bx[of] * (y - p0[of, 1])
    cy = -ay[of] * p0[of, 0] + by[of] * (y - p0[of, 1])
    low, high = np.full(len(of), 0.0), np.full(len(of), w - 1.0)
    slack = 1e-4
    for slope, offset in ((ax[of], cx), (ay[of], cy), (-(ax + ay)[of], 1 - cx - cy)):
        with np.errstate(divide="ignore", invalid="ignore"):
            edge = -(offset + slack) / slope
        np.maximum(low, np.where(slope > 1e-12, edge, low), out=low)
        np.minimum(high, np.where(slope < -1e-12, edge, high), out=high)
        high[(np.abs(slope) <= 1e-12) & (offset < -slack)] = -1
    low, high = np.ceil(low).astype(np.int64), np.floor(high).astype(np.int64)
    keep = high >= low
    of, y, cx, cy, low, high = (a[keep] for a in (of, y, cx, cy, low, high))

    wx, wy = cx + ax[of] * low, cy + ay[of] * low
    first = p0[of, 2] + wx * (p1 - p0)[of, 2] + wy * (p2 - p0)[of, 2]
    planes = np.column_stack(
        [
            low,
            corner[of] % n_cols + step[of] * wx,
            step[of] * ax[of],
            corner[of] // n_cols + step[of] * wy,
            step[of] * ay[of],
        ]
    )
    count = high - low + 1
    start = np.cumsum(count) - count
    span = np.repeat(np.arange(len(count), dtype=np.int32), count)
    along = np.arange(len(span), dtype=np.int32) - np.repeat(start.astype(np.int32), count)
    pixel = np.repeat(y * w + low, count) + along
    zed = np.repeat(first.astype(np.float32), count)
    zed += np.repeat(az[of].astype(np.float32), count) * along.astype(np.float32)
    depth = np.full(h * w, -np.inf, np.float32)
    np.maximum.at(depth, pixel, zed)
    winner = np.zeros(h * w, np.int32)
    winner[pixel] = span
    lost = zed < depth[pixel]
    if lost.any():  # where sheets overlap the last span written is not always the nearest
        contested = np.zeros(h * w, bool)
        contested[pixel[lost]] = True
        again = np.flatnonzero(contested[pixel] & ~lost)
        winner[pixel[again]] = span[again]
    return Hit((x0, y0), depth.reshape(h, w), winner.reshape(h, w), planes.astype(np.float64))
