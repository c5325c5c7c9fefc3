import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from characters.analyzers.geometry import (
    ARCFACE,
    HEAD,
    Square,
    apply,
    crop,
    inverse,
    pose_of_keypoints,
    pose_of_rotation,
    shrunk,
    similarity_transform,
    to_template,
    turn_back,
    turned,
)


@given(st.integers(0, 3), st.integers(2, 9), st.integers(2, 9), st.data())
def test_a_point_of_a_turned_picture_is_found_in_the_picture_before(quarters, width, height, data) -> None:
    picture = np.arange(width * height * 3, dtype=np.uint8).reshape(height, width, 3)
    after = turned(picture, quarters)
    x = data.draw(st.integers(0, after.shape[1] - 1))
    y = data.draw(st.integers(0, after.shape[0] - 1))
    back = turn_back(np.array([[x, y]], np.float32), quarters, width, height)[0].astype(int)
    assert (picture[back[1], back[0]] == after[y, x]).all()


@given(st.floats(0.2, 5), st.floats(-3, 3), st.floats(-50, 50), st.floats(-50, 50), st.integers(0, 2**32 - 1))
def test_a_similarity_is_recovered(scale, angle, dx, dy, seed) -> None:
    points = np.random.default_rng(seed).normal(0, 10, (6, 2))
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    found = similarity_transform(points, scale * points @ rotation.T + [dx, dy])
    assert found[0] == pytest.approx(scale, rel=1e-6)
    assert np.allclose(found[1], rotation, atol=1e-6)
    assert np.allclose(found[2], [dx, dy], atol=1e-5)


def test_five_points_reach_the_template_as_opencv_finds_it() -> None:
    random = np.random.default_rng(1)
    points = (ARCFACE * 2.5 + [40, 25] + random.normal(0, 3, (5, 2))).astype(np.float32)
    other, _ = cv2.estimateAffinePartial2D(points, ARCFACE, method=cv2.LMEDS, refineIters=50)
    ours = to_template(points)
    error = np.linalg.norm(apply(ours, points) - ARCFACE, axis=1)
    assert (error**2).sum() <= (np.linalg.norm(apply(other, points) - ARCFACE, axis=1) ** 2).sum() + 1e-3


@given(st.floats(50, 350), st.floats(50, 250), st.floats(20, 600), st.floats(-3.1, 3.1))
def test_a_square_maps_its_corners_to_the_crops_and_back(x, y, side, angle) -> None:
    to_crop = Square(x, y, side, angle).to_crop(256)
    assert np.allclose(apply(to_crop, np.array([[x, y]], np.float32)), [[128, 128]], atol=0.01)
    points = np.array([[10, 20], [300, 5]], np.float32)
    assert np.allclose(apply(inverse(to_crop), apply(to_crop, points)), points, atol=0.01)


def spot(width: int, height: int, x: float, y: float, radius: float) -> np.ndarray:
    """A black picture with one soft white spot."""
    rows, columns = np.mgrid[0:height, 0:width]
    light = 255 * np.exp(-((columns - x) ** 2 + (rows - y) ** 2) / (2 * radius**2))
    return np.repeat(light[..., None], 3, axis=2).round().astype(np.uint8)


def centre_of_light(picture: np.ndarray) -> np.ndarray:
    grey = picture[..., 0].astype(float)
    rows, columns = np.mgrid[0 : grey.shape[0], 0 : grey.shape[1]]
    return np.array([(columns * grey).sum(), (rows * grey).sum()]) / grey.sum()


@pytest.mark.parametrize("side", [100, 200, 500, 1100])
@pytest.mark.parametrize("angle", [0.0, 0.6, -2.0])
def test_a_crop_shows_a_point_where_the_matrix_says_at_every_scale(side: float, angle: float) -> None:
    to_crop = Square(521, 409, side, angle).to_crop(128)
    x, y = 521 + 0.11 * side, 409 - 0.07 * side
    cut = crop(spot(1003, 801, x, y, 0.03 * side), to_crop, 128)
    expected = apply(to_crop, np.array([[x, y]], np.float32))[0]
    assert np.abs(centre_of_light(cut) - expected).max() < 0.06


@settings(deadline=None)
@given(st.integers(60, 400), st.integers(60, 400), st.floats(0.1, 1.0))
def test_shrinking_says_how_far_apart_the_pixels_are(width, height, scale) -> None:
    x, y = 0.6 * width, 0.45 * height
    small, stretch = shrunk(spot(width, height, x, y, min(width, height) / 12), scale)
    assert small.shape[1] == pytest.approx(width * scale, abs=1.6)
    assert small.shape[0] == pytest.approx(height * scale, abs=1.6)
    shown = (centre_of_light(small) + 0.5) * stretch - 0.5
    assert np.abs(shown - [x, y]).max() < 0.15 * stretch.max() + 0.5


angles = st.floats(-80, 80)


@given(angles, angles, st.floats(-179, 179))
def test_a_pose_is_read_as_it_was_turned(yaw: float, pitch: float, roll: float) -> None:
    # scipy's axes and signs, from our words: y down, z away; a nod up turns about -x, a nose to the right about -y
    turn = Rotation.from_euler("ZYX", [roll, -yaw, -pitch], degrees=True).as_matrix()
    pose = pose_of_rotation(turn)
    assert (pose.yaw, pose.pitch, pose.roll) == pytest.approx((yaw, pitch, roll), abs=0.02)
    mirror = np.diag([-1.0, 1.0, 1.0])
    other = pose_of_rotation(mirror @ turn @ mirror)
    assert (other.yaw, other.pitch, other.roll) == pytest.approx((-yaw, pitch, -roll), abs=0.02)
    nose = turn @ [0, 0, -1]
    straight = Rotation.from_euler("z", -roll, degrees=True).as_matrix() @ nose
    assert yaw * straight[0] >= -1e-9, "a positive yaw points right"
    assert pitch * straight[1] <= 1e-9, "a positive pitch points up"


turns = st.floats(-40, 40)


@settings(deadline=None)
@given(turns, st.floats(-30, 30), st.floats(-179, 179), st.floats(0.05, 20), st.floats(-900, 900))
def test_the_pose_of_an_average_head_is_read_from_its_five_points(yaw, pitch, roll, scale, away) -> None:
    turn = Rotation.from_euler("ZYX", [roll, -yaw, -pitch], degrees=True).as_matrix()
    seen = (scale * (HEAD @ turn.T)[:, :2] + [away, -away]).astype(np.float32)
    pose = pose_of_keypoints(seen)
    assert (pose.yaw, pose.pitch) == pytest.approx((yaw, pitch), abs=1.5)
    assert (pose.roll - roll + 180) % 360 - 180 == pytest.approx(0, abs=1.5)


@given(turns, st.integers(0, 2**32 - 1))
def test_a_mirrored_face_is_turned_the_other_way(yaw, seed) -> None:
    turn = Rotation.from_euler("Y", -yaw, degrees=True).as_matrix()
    seen = ((HEAD @ turn.T)[:, :2] + np.random.default_rng(seed).normal(0, 2, (5, 2))).astype(np.float32)
    pose, mirrored = pose_of_keypoints(seen), pose_of_keypoints(seen[[1, 0, 2, 4, 3]] * np.float32([-1, 1]))
    assert (mirrored.yaw, mirrored.pitch, mirrored.roll) == pytest.approx((-pose.yaw, pose.pitch, -pose.roll), abs=0.1)
