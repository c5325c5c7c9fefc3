"""The drawing tools against plain arithmetic, and the camera against the geometry it stands for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.engines.photoboard.brush import Layer, curve, ellipse, hex_colour, seeded, tube
from studio.engines.photoboard.perspective import EYE_DISTANCE, EYE_HEIGHT, LENSES, Camera, camera_for

SQUARE = [(10, 10), (50, 10), (50, 50), (10, 50)]


def test_a_layer_over_a_picture_is_the_over_operator():
    rng = seeded("over")
    under = rng.integers(0, 256, (64, 64, 3), np.uint8)
    layer = Layer(64, 64)
    layer.glaze(SQUARE, (200, 40, 90), 0.6)
    layer.fill(ellipse(40, 40, 12, 9), (10, 220, 30))
    a = layer.image[..., 3:].astype(float) / 255
    expected = under * (1 - a) + layer.image[..., :3]
    np.testing.assert_allclose(layer.over(under).astype(float), expected, atol=2)
    premultiplied = layer.image.astype(int)
    assert (premultiplied[..., :3] <= premultiplied[..., 3:] + 1).all()


def test_an_empty_layer_changes_nothing():
    under = np.full((20, 30, 3), 77, np.uint8)
    assert np.array_equal(Layer(30, 20).over(under), under)


def test_a_round_shape_is_lighter_towards_the_light():
    layer = Layer(100, 100)
    layer.solid(ellipse(50, 50, 30, 30), (128, 128, 128), 10, light=(-1, 0))
    assert layer.image[50, 26, 0] > layer.image[50, 50, 0] > layer.image[50, 74, 0]


@given(st.floats(-3000, 3000), st.floats(-3000, 3000), st.floats(0.1, 900))
def test_shapes_outside_the_picture_are_harmless(x, y, r):
    layer = Layer(40, 60)
    layer.solid(ellipse(x, y, r, r), (90, 90, 90), r / 3)
    layer.glaze(ellipse(x, y, r, r), (90, 90, 90), 0.5, 2.0)
    layer.line([(x, y), (y, x)], (0, 0, 0), 2)
    assert layer.image.shape == (60, 40, 4)


def test_a_curve_goes_through_its_points():
    points = np.array([(0, 0), (10, 4), (20, -3), (30, 8)], float)
    np.testing.assert_allclose(curve(points, closed=False, steps=5)[::5], points)
    np.testing.assert_allclose(curve(points, steps=5)[::5], points)


def test_a_tube_is_as_wide_as_it_says():
    outline = tube([(0, 0), (50, 0), (100, 0)], [5, 5, 5])
    assert outline[:, 1].min() == pytest.approx(-5) and outline[:, 1].max() == pytest.approx(5)


@pytest.mark.parametrize("text", ["red", "#12", "#gggggg", "123456#"])
def test_only_hex_colours_are_colours(text):
    with pytest.raises(ValueError):
        hex_colour(text)


@pytest.mark.parametrize("size", list(LENSES))
@pytest.mark.parametrize("angle", ["eye-level", "low", "dutch"])
def test_the_set_fits_the_person(size, angle):
    """A person's eyes and soles, put into the world at the camera's own scale, land where the person is."""
    unit = LENSES[size][1]
    camera = camera_for(1080, 1920, size, angle, (540.0, 650.0, unit), 0.0)
    upright = Camera(**{name: getattr(camera, name) for name in Camera.__slots__ if name != "roll"})
    eyes, soles = upright.point(0, EYE_HEIGHT, 0), upright.point(0, 0, 0)
    assert eyes is not None and soles is not None
    assert eyes[2] * EYE_DISTANCE == pytest.approx(unit)
    if -0.45 * 1920 < camera.horizon < 1.3 * 1920:  # held there for extreme close-ups from below
        assert eyes[1] == pytest.approx(650.0, abs=0.5)
        assert soles[1] - eyes[1] == pytest.approx(EYE_HEIGHT / EYE_DISTANCE * unit, rel=1e-6)


def test_a_higher_camera_has_a_higher_horizon():
    heights = {
        angle: camera_for(1080, 1920, "FS", angle, (540.0, 650.0, 34.0), 0).horizon
        for angle in ("high", "eye-level", "low")
    }
    assert heights["high"] < heights["eye-level"] < heights["low"]
