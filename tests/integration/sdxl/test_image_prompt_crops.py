"""What of a photo an image prompt is shown. The photo is one that comes with scikit-image."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from skimage import data
from skimage.transform import SimilarityTransform

from characters.analyzers.geometry import ARCFACE
from studio.engines.sdxl.crops import MEAN_COLOUR, aligned_face, face_crop, look_crop, padded_to_square

# read off the picture by eye, to about two pixels
POINTS = ((203, 101), (247, 103), (223, 131), (202, 139), (245, 141))
FACE = (178.0, 68.0, 271.0, 176.0)
CHIN = 176


@pytest.fixture(scope="module")
def astronaut() -> np.ndarray:
    return data.astronaut()


def coordinates(height: int, width: int) -> np.ndarray:
    """A picture whose pixels say where they are: (x, y, 255)."""
    y, x = np.mgrid[:height, :width]
    return np.stack([x, y, np.full_like(x, 255)], axis=-1).astype(np.uint8)


def shown(crop: np.ndarray) -> np.ndarray:
    """(n, 2): x and y of the `coordinates` that a crop shows; the mean colour has no 255."""
    return crop[crop[..., 2] == 255][:, :2].astype(int)


@pytest.mark.parametrize("size", [112, 224])
def test_an_aligned_face_lies_on_arcfaces_template(size: int, astronaut: np.ndarray):
    """As insightface's norm_crop does it."""
    ours = aligned_face(astronaut, POINTS, size)
    turn = SimilarityTransform.from_estimate(np.array(POINTS), ARCFACE * size / 112)
    theirs = cv2.warpAffine(astronaut, turn.params[:2], (size, size))
    assert ours.shape == (size, size, 3)
    off = np.abs(ours.astype(int) - theirs)
    assert off.mean() < 0.5
    assert np.percentile(off, 99) <= 4


def test_an_aligned_face_is_upright_however_it_was_held(astronaut: np.ndarray):
    upside_down = tuple((511 - x, 511 - y) for x, y in POINTS)
    turned = aligned_face(np.ascontiguousarray(astronaut[::-1, ::-1]), upside_down)
    assert np.abs(turned.astype(int) - aligned_face(astronaut, POINTS)).mean() < 1


def test_the_whole_head_is_in_a_face_crop(astronaut: np.ndarray):
    crop = face_crop(astronaut, FACE)
    side = round(1.6 * 108)
    assert crop.shape == (side, side, 3)
    x, y = round((178 + 271 - side) / 2), round((68 + 176 - side) / 2)
    assert np.array_equal(crop, astronaut[y : y + side, x : x + side])
    assert x < 160  # her hair, on both sides
    assert x + side > 295
    assert y < 50


def test_a_margin_is_in_sides_of_the_box():
    crop = face_crop(coordinates(200, 200), (80, 60, 120, 110), margin=2.0)
    assert crop.shape == (100, 100, 3)
    assert shown(crop).min(axis=0).tolist() == [50, 35]
    assert shown(crop).max(axis=0).tolist() == [149, 134]


sides = st.floats(4, 150)
edges = st.floats(-100, 300)


@given(edges, edges, sides, sides)
def test_a_face_crop_past_the_edge_is_the_mean_colour_there(x: float, y: float, width: float, height: float):
    picture = coordinates(180, 220)
    crop = face_crop(picture, (x, y, x + width, y + height))
    side = round(1.6 * max(width, height))
    left, top = round(x + (width - side) / 2), round(y + (height - side) / 2)
    assert crop.shape == (side, side, 3)
    for row in range(0, side, 7):
        for column in range(0, side, 7):
            across, down = left + column, top + row
            inside = 0 <= across < 220 and 0 <= down < 180
            assert tuple(crop[row, column]) == (tuple(picture[down, across]) if inside else MEAN_COLOUR)


def test_a_look_is_what_is_worn(astronaut: np.ndarray):
    crop = look_crop(astronaut, FACE)
    assert crop is not None
    assert crop.shape[0] == crop.shape[1]
    band = crop[(crop != MEAN_COLOUR).any(axis=-1)].astype(int)
    orange = (band[:, 0] > band[:, 2] + 60) & (band[:, 0] > 120)
    assert orange.mean() > 0.25  # her suit
    head = astronaut[68:CHIN, 178:271].reshape(-1, 3).astype(int)
    skin = (np.abs(band[:, None] - np.median(head, axis=0)) < 12).all(axis=-1)
    assert skin.mean() < 0.05  # and not her face


@given(edges, edges, sides, sides)
def test_a_look_never_shows_the_face(x: float, y: float, width: float, height: float):
    crop = look_crop(coordinates(180, 220), (x, y, x + width, y + height))
    if crop is None:
        return
    assert crop.shape[0] == crop.shape[1]
    across, down = shown(crop).T
    assert down.min() == max(0, round(y + height))
    assert down.max() + 1 == min(180, round(y + 6 * height))
    assert across.min() == max(0, round(x + width / 2 - 2 * height))
    assert across.max() + 1 == min(220, round(x + width / 2 + 2 * height))


@pytest.mark.parametrize(("bottom", "there"), [(150, True), (167, True), (178, False), (180, False), (240, False)])
def test_a_photo_that_ends_at_the_neck_shows_no_look(bottom: float, there: bool):
    crop = look_crop(coordinates(180, 220), (100, bottom - 24, 118, bottom))
    assert (crop is not None) == there


@given(st.integers(1, 60), st.integers(1, 60))
def test_padding_keeps_all_of_it_in_the_middle(height: int, width: int):
    picture = coordinates(height, width)
    square = padded_to_square(picture)
    side = max(height, width)
    assert square.shape == (side, side, 3)
    top, left = (side - height) // 2, (side - width) // 2
    assert np.array_equal(square[top : top + height, left : left + width], picture)
    assert (square[..., 2] == 255).sum() == height * width
