"""The keypoint picture: pixel for pixel the recorded ones, and the same for a face whoever is beside it."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from studio.engines.sdxl.points import COLOURS, keypoint_picture

FACE = np.array([[60.2, 80.7], [120.9, 78.1], [91.5, 115.3], [66.4, 150.8], [117.7, 149.2]], np.float32)


def moved(right: float, down: float) -> np.ndarray:
    return np.add(FACE, (right, down))


def test_recorded_drawings_to_the_pixel(shared: Path):
    folder = shared / "instantid-kit" / "open" / "draw_kps"
    rows = json.loads((folder / "manifest.json").read_text())
    assert len(rows) == 9
    for row in rows:
        made = keypoint_picture([np.load(folder / row["kps"])], row["width"], row["height"])
        np.testing.assert_array_equal(made, np.asarray(Image.open(folder / row["expected"])), err_msg=row["expected"])


@pytest.mark.parametrize("case", ["base", "no_cfg"])
def test_the_pictures_of_recorded_cases(shared: Path, case: str):
    inputs = shared / "instantid-kit" / "open" / case / "inputs"
    recorded = np.load(inputs / "kps_image.npy")
    made = keypoint_picture([np.load(inputs / "kps_points.npy")], recorded.shape[1], recorded.shape[0])
    np.testing.assert_array_equal(made, recorded)
    np.testing.assert_array_equal(made, np.asarray(Image.open(inputs / "kps_image.png").convert("RGB")))


def test_nobody_is_black():
    nobody = keypoint_picture([], 40, 30)
    assert nobody.shape == (30, 40, 3) and nobody.dtype == np.uint8 and not nobody.any()


@given(st.integers(0, 200), st.integers(0, 200))
def test_dots_lie_on_the_points_and_sticks_are_dimmed(right, down):
    points = moved(right, down)
    picture = keypoint_picture([points], 400, 400)
    for (x, y), colour in zip(points, COLOURS, strict=True):
        assert tuple(picture[int(y), int(x)]) == colour
    assert set(np.unique(picture)) <= {0, 153, 255}
    # a face moved by whole pixels is the same drawing moved
    there = np.roll(keypoint_picture([FACE], 400, 400), (down, right), axis=(0, 1))
    np.testing.assert_array_equal(picture, there)


def test_a_stick_joins_each_point_to_the_nose_in_its_points_colour():
    picture = keypoint_picture([FACE], 200, 200)
    for outer in (0, 1, 3, 4):
        x, y = (FACE[outer] * 0.55 + FACE[2] * 0.45).astype(int)
        assert tuple(picture[y, x]) == tuple(int(part * 0.6) for part in COLOURS[outer])


@given(st.integers(0, 3), st.integers(0, 3))
def test_two_faces_apart_are_the_two_drawings(first, second):
    one, other = moved(0, first), moved(200, 40 * second)
    both = keypoint_picture([one, other], 400, 400)
    alone = np.maximum(keypoint_picture([one], 400, 400), keypoint_picture([other], 400, 400))
    np.testing.assert_array_equal(both, alone)
    np.testing.assert_array_equal(both, keypoint_picture([other, one], 400, 400))


def test_the_second_face_does_not_dim_the_first_and_dots_lie_over_every_stick():
    beside = moved(25, 0)  # its left eye's stick crosses the first face's right half
    both = keypoint_picture([FACE, beside], 300, 300)
    for points in (FACE, beside):
        alone = keypoint_picture([points], 300, 300)
        dots = (alone == 255).any(axis=2)
        assert (both[dots] == 255).any(axis=1).all()


def test_a_face_half_off_the_canvas():
    even = np.round(FACE / 2) * 2  # truncation goes toward zero: it does not move with other numbers
    picture = keypoint_picture([even - (96, 0)], 200, 200)
    np.testing.assert_array_equal(picture[:, :104], keypoint_picture([even], 200, 200)[:, 96:])
    assert picture.any() and not keypoint_picture([FACE - 5000], 200, 200).any()


@pytest.mark.parametrize("wrong", [FACE[:4], FACE.T, np.full((5, 2), np.nan), moved(np.inf, 0)])
def test_what_is_no_face_is_refused(wrong):
    with pytest.raises(ValueError, match="five finite points"):
        keypoint_picture([FACE, wrong], 100, 100)
