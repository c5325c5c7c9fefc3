"""The canvas: SDXL's sizes, nothing squeezed, and the way back to the frame."""

import math

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import InvalidInput
from studio.engines.sdxl.canvas import BUCKETS, native
from studio.shotlist import CANVASES

sides = st.integers(16, 4096)


@pytest.mark.parametrize(
    ("frame", "canvas"),
    [
        ((1080, 1920), (768, 1344)),
        ((1920, 1080), (1344, 768)),
        ((1080, 1350), (896, 1152)),
        ((1440, 1440), (1016, 1016)),
        ((1024, 1024), (1016, 1016)),
        ((832, 1216), (832, 1216)),
        ((100, 4000), (512, 2048)),
    ],
)
def test_known_frames(frame, canvas):
    made = native(*frame)
    assert (made.width, made.height) == canvas


def test_every_size_is_sdxls():
    assert len(set(BUCKETS)) == len(BUCKETS)
    assert (1024, 1024) not in BUCKETS
    for width, height in BUCKETS:
        assert (height, width) in BUCKETS
        assert width % 8 == height % 8 == 0
        assert abs(width * height / 2**20 - 1) < 0.11
        assert (width % 64 == height % 64 == 0) or width == height


@given(sides, sides)
def test_the_nearest_aspect_is_chosen(width, height):
    canvas = native(width, height)
    error = max(canvas.width * height / (canvas.height * width), canvas.height * width / (canvas.width * height))
    for other in BUCKETS:
        assert error <= max(other[0] * height / (other[1] * width), other[1] * width / (other[0] * height)) * (1 + 1e-9)


@given(sides, sides)
def test_the_frame_is_cut_out_of_the_middle_with_its_own_aspect(width, height):
    canvas = native(width, height)
    x0, y0, x1, y1 = canvas.cut
    assert 0 <= x0 < x1 <= canvas.width and 0 <= y0 < y1 <= canvas.height
    assert x0 == pytest.approx(canvas.width - x1) and y0 == pytest.approx(canvas.height - y1)
    assert (x1 - x0) / (y1 - y0) == pytest.approx(width / height)
    assert min(x0, y0) == pytest.approx(0, abs=1e-9)
    assert canvas.box_to_canvas((0, 0, width, height)) == pytest.approx(canvas.cut, abs=1e-6)


@pytest.mark.parametrize("aspect", CANVASES)
def test_little_is_painted_in_vain(aspect):
    canvas = native(*CANVASES[aspect])
    x0, y0, x1, y1 = canvas.cut
    assert (x1 - x0) * (y1 - y0) > 0.96 * canvas.width * canvas.height


coordinates = st.floats(-4096, 4096, width=32)


@given(sides, sides, st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=5), st.booleans())
def test_points_and_boxes_come_back(width, height, points, small):
    canvas = native(width, height, *((128 * 96, 32) if small else ()))
    given_points = np.array(points, np.float32)
    there = canvas.to_canvas(given_points)
    assert there.dtype == np.float32
    np.testing.assert_allclose(canvas.to_frame(there), given_points, atol=2e-2)
    box = (*points[0], *points[-1])
    assert canvas.box_to_frame(canvas.box_to_canvas(box)) == pytest.approx(box, abs=1e-6)
    corners = canvas.to_canvas(np.array([box[:2], box[2:]]))
    np.testing.assert_allclose(corners.ravel(), canvas.box_to_canvas(box), rtol=1e-5, atol=1e-2)


@given(sides, sides, st.sampled_from([8, 32, 64]), st.integers(64, 1100))
def test_another_area_takes_multiples_and_is_near(width, height, multiple, side):
    canvas = native(width, height, side * side, multiple)
    assert canvas.width % multiple == canvas.height % multiple == 0
    assert min(canvas.width, canvas.height) >= multiple
    assert (canvas.width, canvas.height) != (1024, 1024)
    if max(width, height) / min(width, height) < 2 and side >= 6 * multiple:
        assert abs(math.log(canvas.width * canvas.height / side**2)) < 0.5
        assert abs(math.log(canvas.width / canvas.height * height / width)) < 0.25


def test_small_canvases_of_tiny_weights():
    upright = native(1080, 1920, 96 * 160, 32)
    assert (upright.width, upright.height) == (96, 160)
    lying = native(1920, 1080, 96 * 160, 32)
    assert (lying.width, lying.height) == (160, 96)
    square = native(1440, 1440, 1024 * 1024, 64)
    assert (square.width, square.height) != (1024, 1024)


def disc(width: int, height: int, x: float, y: float, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[0:height, 0:width] + 0.5
    inside = np.hypot(columns - x, rows - y) <= radius
    return np.repeat((inside * 255).astype(np.uint8)[..., None], 3, axis=2)


def centre(picture: np.ndarray) -> tuple[float, float]:
    weight = picture[..., 0].astype(float)
    rows, columns = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]] + 0.5
    return (columns * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum()


@pytest.mark.parametrize("frame", [(540, 960), (960, 540), (500, 400), (300, 300), (300, 900)])
def test_pictures_go_where_points_go(frame):
    canvas = native(*frame)
    x, y = frame[0] * 0.3, frame[1] * 0.6
    painted = canvas.painted_from(disc(*frame, x, y, 40))
    assert painted.shape == (canvas.height, canvas.width, 3) and painted.dtype == np.uint8
    assert centre(painted) == pytest.approx(tuple(canvas.to_canvas(np.array([x, y]))), abs=0.2)
    back = canvas.framed(painted)
    assert back.shape == (frame[1], frame[0], 3)
    assert centre(back) == pytest.approx((x, y), abs=0.2)
    # round on the canvas as in the frame: nothing was squeezed
    on = (painted[..., 0] > 127).nonzero()
    assert np.ptp(on[0]) == pytest.approx(np.ptp(on[1]), abs=1)
    assert np.ptp(on[0]) + 1 == pytest.approx(80 * canvas.scale, abs=2)


@pytest.mark.parametrize("frame", [(540, 960), (500, 400), (1016, 1016), (700, 200)])
def test_a_smooth_picture_comes_back(frame):
    rng = np.random.default_rng(3)
    canvas = native(*frame)
    coarse = rng.uniform(0, 255, (6, 6, 3)).astype(np.uint8)
    picture = np.asarray(cv2.resize(coarse, frame, interpolation=cv2.INTER_CUBIC), np.uint8)
    back = canvas.framed(canvas.painted_from(picture))
    assert np.abs(back.astype(int) - picture).mean() < 0.5
    assert np.abs(back.astype(int) - picture).max() <= 6


def test_what_lies_past_the_frame_is_its_mirrored_border():
    canvas = native(1080, 1920)  # 6 pixels of canvas on either side
    picture = np.full((1920, 1080, 3), 200, np.uint8)
    picture[:, :4] = picture[:, -4:] = 20  # a dark rim: dark again on the other side of the border, then light
    painted = canvas.painted_from(picture)
    assert (painted[:, [5, 6, -6, -7]] < 60).all()
    assert (painted[:, [0, 1, -1, -2]] > 180).all()


def test_a_frame_of_its_own_size_is_not_touched():
    rng = np.random.default_rng(4)
    noise = rng.integers(0, 256, (1216, 832, 3), dtype=np.uint8)
    canvas = native(832, 1216)
    np.testing.assert_array_equal(canvas.framed(noise), noise)
    np.testing.assert_array_equal(canvas.painted_from(noise), noise)
    assert not np.shares_memory(canvas.framed(noise), noise)


def test_downsizing_does_not_alias():
    canvas = native(270, 480)  # a canvas 2.8 times as large
    stripes = np.zeros((canvas.height, canvas.width), np.uint8)
    stripes[:, ::2] = 255
    assert np.ptp(canvas.framed(stripes)[4:-4, 4:-4].astype(int)) <= 8


@pytest.mark.parametrize("size", [(0, 100), (100, 0), (-5, 5)])
def test_no_picture_is_no_canvas(size):
    with pytest.raises(InvalidInput) as refused:
        native(*size)
    assert str(size[0]) in refused.value.message.zh


def test_a_picture_of_another_size_is_refused():
    canvas = native(540, 960)
    with pytest.raises(ValueError, match="expected 960 x 540"):
        canvas.painted_from(np.zeros((540, 960, 3), np.uint8))
    with pytest.raises(ValueError, match="expected 1344 x 768"):
        canvas.framed(np.zeros((960, 540, 3), np.uint8))
