"""Which photo is taken, and where its face goes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import least_squares

from studio.engines import Reference
from studio.engines.photoboard.placing import MOST_TURN, choose, eye_unit, mirrored_points, similarity

FACE = np.array([[-0.5, 0.0], [0.5, 0.0], [0.0, 0.62], [-0.4, 1.08], [0.4, 1.08]])


def photo(asset: str, yaw: float, pitch: float = 0.0, *, kind: str = "face", unit: float = 100.0) -> Reference:
    points = tuple((400 + unit * x, 500 + unit * y) for x, y in FACE)
    box = (400 - 1.1 * unit, 500 - 0.8 * unit, 400 + 1.1 * unit, 500 + 1.8 * unit)
    return Reference(asset, kind, 800, 1200, box, points, (yaw, pitch, 0.0))


@given(
    st.floats(0.05, 20), st.floats(-MOST_TURN + 1, MOST_TURN - 1), st.floats(-2000, 2000), st.floats(-2000, 2000)
)  # fmt: skip
def test_a_known_similarity_is_found_again(scale, degrees, x, y):
    c, s = scale * math.cos(math.radians(degrees)), scale * math.sin(math.radians(degrees))
    truth = np.array([[c, -s, x], [s, c, y]])
    target = FACE @ truth[:, :2].T + truth[:, 2]
    np.testing.assert_allclose(similarity(FACE, target), truth, atol=1e-6 * max(1, scale))


@given(st.lists(st.floats(-0.25, 0.25), min_size=10, max_size=10))
def test_it_is_the_least_squares_answer(noise):
    target = FACE * 3 + np.reshape(noise, (5, 2))

    def residual(p):
        m = np.array([[p[0], -p[1]], [p[1], p[0]]])
        return (FACE @ m.T + p[2:] - target).ravel()

    best = least_squares(residual, [1.0, 0.0, 0.0, 0.0])
    ours = similarity(FACE, target)
    np.testing.assert_allclose(ours, [[best.x[0], -best.x[1], best.x[2]], [best.x[1], best.x[0], best.x[3]]], atol=1e-4)


@pytest.mark.parametrize("degrees", [90, 180, -120])
def test_an_absurd_turn_is_held(degrees):
    turn = math.radians(degrees)
    spin = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    placed = similarity(FACE, FACE @ spin.T * 2 + 7)
    assert abs(math.degrees(math.atan2(placed[1, 0], placed[0, 0]))) <= MOST_TURN + 1e-6
    assert math.hypot(placed[0, 0], placed[1, 0]) == pytest.approx(2.0)


def test_the_size_of_a_face_survives_turning_and_nodding():
    turned = FACE * (math.cos(math.radians(50)), 1.0)
    nodding = FACE * (1.0, math.cos(math.radians(40)))
    assert eye_unit(FACE) == pytest.approx(1.0)
    assert eye_unit(turned) == pytest.approx(0.92 * 1.08, rel=0.02)
    assert eye_unit(nodding) == pytest.approx(1.0)


@given(st.floats(-60, 60))
def test_the_nearest_pose_is_taken(yaw):
    poses = [-40.0, 0.0, 40.0]
    chosen = choose(tuple(photo(str(p), p) for p in poses), (yaw, 0, 0), 80)
    assert chosen is not None and not chosen.mirrored
    assert abs(chosen.reference.pose[0] - yaw) == pytest.approx(min(abs(p - yaw) for p in poses))


def test_a_photo_is_mirrored_only_where_that_is_really_nearer():
    slightly, clearly = choose((photo("a", 5),), (-5, 0, 0), 80), choose((photo("a", 30),), (-30, 0, 0), 80)
    assert slightly is not None and not slightly.mirrored
    assert clearly is not None and clearly.mirrored


def test_without_face_photos_there_is_no_choice():
    assert choose((), (0, 0, 0), 80) is None
    assert choose((photo("a", 0, kind="look"),), (0, 0, 0), 80) is None


def test_a_sharp_enough_photo_is_preferred_to_a_tiny_one_of_nearly_the_same_pose():
    chosen = choose((photo("tiny", 0, unit=12), photo("good", 4)), (0, 0, 0), 190)
    assert chosen is not None and chosen.reference.asset == "good"


def test_mirrored_points_keep_their_order():
    points = FACE * 100 + 300
    flipped = mirrored_points(points, 800)
    assert flipped[0, 0] < flipped[1, 0] and flipped[3, 0] < flipped[4, 0]
    np.testing.assert_allclose(mirrored_points(flipped, 800), points)
