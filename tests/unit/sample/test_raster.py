"""The renderer's ground: surfaces projected and found again."""

import numpy as np
import pytest

from studio.sample.raster import CAMERA_DISTANCE, Camera, normals, rasterise, rotation, spline


def bumpy(rows: int = 24, cols: int = 31) -> np.ndarray:
    y, x = np.meshgrid(np.linspace(-40, 40, rows), np.linspace(-50, 50, cols), indexing="ij")
    return np.stack([x, y, 18 * np.exp(-(x**2 + y**2) / 300)], -1)


def test_every_pixel_found_lies_on_the_surface_it_names():
    screen = Camera(2.0, (120.3, 99.6)).project(bumpy() @ rotation(30, -12, 8).T)
    hit = rasterise(screen, (240, 200))
    assert hit is not None
    rows, cols = np.nonzero(np.isfinite(hit.depth))
    at_cols, at_rows = hit.grid(rows, cols)
    j, i = np.clip(at_cols.astype(int), 0, 29), np.clip(at_rows.astype(int), 0, 22)
    a, b = at_cols - j, at_rows - i
    p00, p01, p10, p11 = screen[i, j], screen[i, j + 1], screen[i + 1, j], screen[i + 1, j + 1]
    lower = (a + b <= 1)[:, None]
    point = np.where(
        lower,
        p00 + a[:, None] * (p01 - p00) + b[:, None] * (p10 - p00),
        p11 + (1 - a)[:, None] * (p10 - p11) + (1 - b)[:, None] * (p01 - p11),
    )
    pixel = np.stack([cols + hit.origin[0], rows + hit.origin[1]], -1)
    assert len(pixel) > 5000
    assert np.abs(point[:, :2] - pixel).max() < 0.05
    assert np.abs(point[:, 2] - hit.depth[rows, cols]).max() < 0.05


def test_the_nearer_of_two_sheets_wins():
    y, x = np.meshgrid(np.linspace(0, 60, 4), np.linspace(0, 60, 4), indexing="ij")
    folded = np.concatenate([np.stack([x, y, 0 * x], -1), np.stack([x, y[::-1], 0 * x + 25], -1)])
    hit = rasterise(folded.astype(np.float32), (61, 61), two_sided=True)
    assert hit is not None
    assert np.median(hit.depth) == pytest.approx(25)


def test_a_sheet_seen_from_behind_does_not_show():
    y, x = np.meshgrid(np.linspace(0, 20, 4), np.linspace(20, 0, 4), indexing="ij")
    back = np.stack([x, y, 0 * x], -1).astype(np.float32)
    assert rasterise(back, (30, 30)) is None
    assert rasterise(back, (30, 30), two_sided=True) is not None


def test_outside_the_picture_there_is_nothing_and_windows_keep_to_the_grid():
    flat = bumpy()
    assert rasterise(Camera(1.0, (-500.0, 20.0)).project(flat), (64, 64)) is None
    hit = rasterise(Camera(1.0, (33.3, 21.7)).project(flat), (64, 64), align=2)
    assert hit is not None
    assert all(n % 2 == 0 for n in (*hit.origin, *hit.depth.shape))


def test_turns_follow_the_signs_of_pose():
    nose, ear = np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])
    assert (rotation(30, 0, 0) @ nose)[0] > 0  # to the right edge
    assert (rotation(0, 30, 0) @ nose)[1] < 0  # up
    assert (rotation(0, 0, 30) @ ear)[1] > 0  # clockwise as seen
    turn = rotation(20, -14, 33)
    assert np.allclose(turn @ turn.T, np.eye(3))


def test_the_camera_shrinks_what_is_far():
    camera = Camera(3.0, (10.0, 20.0))
    near, far = camera.project(np.array([[10.0, 0.0, 100.0], [10.0, 0.0, -100.0]]))
    assert near[0] - 10 == pytest.approx(30 * CAMERA_DISTANCE / (CAMERA_DISTANCE - 100), rel=1e-5)
    assert near[0] > far[0]


def test_the_spline_goes_through_its_points_and_keeps_straight_lines():
    control = np.random.default_rng(0).normal(size=(6, 3))
    assert np.allclose(spline(control, np.arange(6.0)), control)
    line = np.arange(5.0)[:, None] * (2.0, -1.0)
    at = np.linspace(0, 4, 33)
    assert np.allclose(spline(line, at), at[:, None] * (2.0, -1.0))


def test_normals_of_a_ball_point_outward():
    v, u = np.meshgrid(np.linspace(0.6, 2.5, 60), np.linspace(-1.2, 1.2, 60), indexing="ij")
    ball = np.stack([np.sin(v) * np.sin(u), -np.cos(v), np.sin(v) * np.cos(u)], -1)
    inner = normals(ball * 50)[2:-2, 2:-2]
    assert np.abs(inner - ball[2:-2, 2:-2]).max() < 0.01
