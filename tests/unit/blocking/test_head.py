"""The average head against other implementations: SciPy's rotations, OpenCV's camera and its pose solver."""

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from characters.face import Pose
from studio.blocking.head import HEAD_HEIGHT, HEAD_POINTS, pose_of, project, rotation, seen_from

angle = st.floats(-59, 59)
poses = st.builds(Pose, angle, st.floats(-45, 45), st.floats(-45, 45))


def camera(height: float, distance: float, centre: tuple[float, float]) -> np.ndarray:
    focal = height / HEAD_HEIGHT * distance
    return np.array([[focal, 0, centre[0]], [0, focal, centre[1]], [0, 0, 1.0]])


@given(poses)
def test_rotation_agrees_with_scipy(pose: Pose):
    # in a right-handed frame with y down and z away: yaw to the right turns about -y, pitch up about -x, roll about +z
    other = Rotation.from_euler("ZYX", [pose.roll, -pose.yaw, -pose.pitch], degrees=True).as_matrix()
    np.testing.assert_allclose(rotation(pose), other, atol=1e-12)


@given(poses)
def test_a_pose_survives_its_matrix(pose: Pose):
    back = pose_of(rotation(pose))
    np.testing.assert_allclose((back.yaw, back.pitch, back.roll), (pose.yaw, pose.pitch, pose.roll), atol=1e-6)


@given(poses, st.floats(20, 1600), st.floats(900, 25_000))
def test_projection_agrees_with_opencv(pose: Pose, height: float, distance: float):
    head = project(pose, (300.0, 500.0), height, distance)
    points, _ = cv2.projectPoints(
        HEAD_POINTS,
        cv2.Rodrigues(rotation(pose))[0],
        np.array([0.0, 0.0, distance]),
        camera(height, distance, (300.0, 500.0)),
        None,
    )
    # OpenCV takes the smallest rotations for none
    np.testing.assert_allclose(head.keypoints, points[:, 0], atol=1e-2)


@settings(deadline=None)
@given(poses, st.floats(60, 1600), st.sampled_from([1100.0, 1500.0, 2600.0, 5500.0]))
def test_the_pose_can_be_solved_from_the_five_points(pose: Pose, height: float, distance: float):
    head = project(pose, (400.0, 400.0), height, distance)
    found, turn, move = cv2.solvePnP(
        HEAD_POINTS, head.keypoints, camera(height, distance, (400.0, 400.0)), None, flags=cv2.SOLVEPNP_SQPNP
    )
    assert found
    back = pose_of(np.asarray(cv2.Rodrigues(turn)[0], np.float64))
    for got, asked in zip((back.yaw, back.pitch, back.roll), (pose.yaw, pose.pitch, pose.roll), strict=True):
        assert got == pytest.approx(asked, abs=1.0)
    assert move[2, 0] == pytest.approx(distance, rel=0.02)


@given(st.floats(2, 59), st.floats(-30, 30), st.floats(1000, 25_000))
def test_signs_are_those_of_a_face(amount: float, other: float, distance: float):
    def nose_from_eyes(pose: Pose) -> np.ndarray:
        points = project(pose, (0.0, 0.0), 225.0, distance).keypoints
        return points[2] - points[:2].mean(axis=0)

    assert nose_from_eyes(Pose(yaw=amount, pitch=other))[0] > 0 > nose_from_eyes(Pose(yaw=-amount, pitch=other))[0]
    assert nose_from_eyes(Pose(pitch=amount, yaw=other))[1] < nose_from_eyes(Pose(yaw=other))[1]
    left, right = project(Pose(roll=amount), (0.0, 0.0), 225.0, distance).keypoints[:2]
    assert left[1] < right[1], "clockwise: the eye on the right goes down"


@given(poses, st.floats(1000, 25_000))
def test_the_boxes_enclose_one_another(pose: Pose, distance: float):
    head = project(pose, (0.0, 0.0), 100.0, distance)
    for inner, outer in (((*head.keypoints.min(0), *head.keypoints.max(0)), head.face), (head.face, head.head)):
        assert outer[0] <= inner[0] and outer[1] <= inner[1] and inner[2] <= outer[2] and inner[3] <= outer[3]


@given(poses)
def test_eyes_and_mouth_keep_their_sides(pose: Pose):
    assume(abs(pose.roll) < 20)
    points = project(pose, (0.0, 0.0), 100.0, 1500.0).keypoints
    assert points[0, 0] < points[1, 0] and points[3, 0] < points[4, 0]


def test_a_frontal_head_has_the_proportions_of_the_surveys():
    head = project(Pose(), (0.0, 0.0), HEAD_HEIGHT, 1e7)  # one pixel a millimetre, no perspective
    left_eye, right_eye, nose, left_mouth, right_mouth = head.keypoints
    assert right_eye[0] - left_eye[0] == pytest.approx(63, abs=2)
    assert 45 < right_mouth[0] - left_mouth[0] < 56
    assert 62 < (left_mouth[1] + right_mouth[1]) / 2 < 73
    assert 32 < nose[1] < 45
    assert head.face[2] - head.face[0] == pytest.approx(140, abs=3)
    assert head.face[3] - head.face[1] == pytest.approx(181, abs=6)
    assert head.head[3] - head.head[1] == pytest.approx(225, abs=3)


def test_a_close_lens_makes_the_nose_large():
    near, far = (project(Pose(), (0.0, 0.0), 225.0, distance).keypoints for distance in (800.0, 25_000.0))
    assert near[2, 1] > far[2, 1] > 0


@given(poses)
def test_a_level_camera_changes_nothing_and_a_high_one_looks_down_on_a_head(pose: Pose):
    same = seen_from(Pose(), pose)
    np.testing.assert_allclose((same.yaw, same.pitch, same.roll), (pose.yaw, pose.pitch, pose.roll), atol=1e-6)
    assert seen_from(Pose(pitch=-18.0), Pose(yaw=pose.yaw)).pitch < 0
