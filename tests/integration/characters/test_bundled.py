"""The bundled analyzer on a photograph that comes with scikit-image, and on pictures without anybody."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest

from characters.analyzers import ANALYZERS
from characters.analyzers.bundled import Bundled
from characters.analyzers.descriptor import WEIGHTS
from characters.face import Face, similarity
from studio.catalog import load

# read off the picture by eye, to about two pixels
POINTS = [(203, 101), (247, 103), (223, 131), (202, 139), (245, 141)]


def resized(picture: np.ndarray, scale: float) -> np.ndarray:
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=way), np.uint8)


def only(faces: list[Face]) -> Face:
    assert len(faces) == 1
    return faces[0]


@pytest.fixture(scope="module")
def her(bundled: Bundled, astronaut: np.ndarray) -> Face:
    return only(bundled.analyze(astronaut))


def test_the_catalogue_knows_it(tmp_path: Path) -> None:
    assert isinstance(load(ANALYZERS, "bundled", "face analyzer")(tmp_path), Bundled)


def test_a_face_with_everything_that_is_promised(her: Face) -> None:
    assert np.abs(her.keypoints - POINTS).max() < 3
    assert her.keypoints.dtype == her.raw.dtype == her.unit.dtype == np.float32
    x0, y0, x1, y1 = her.box
    assert x0 < 203 < 247 < x1
    assert y0 < 101 < 141 < y1
    assert 80 < her.width < 110
    assert 0.8 < her.score <= 1
    assert her.space == "bundled-1"
    assert np.linalg.norm(her.unit) == pytest.approx(1, abs=1e-6)
    assert np.linalg.norm(her.raw) == pytest.approx(np.sqrt(sum(WEIGHTS.values())), rel=1e-5)
    assert max(abs(her.pose.yaw), abs(her.pose.pitch), abs(her.pose.roll)) < 8


def test_the_same_picture_gives_the_same_answer_in_any_analyzer_and_thread(her, bundled, astronaut) -> None:
    other = Bundled()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda at: (bundled, other)[at % 2].analyze(astronaut), range(8)))
    for faces in answers:
        face = only(faces)
        assert np.array_equal(face.raw, her.raw)
        assert np.array_equal(face.keypoints, her.keypoints)
        assert (face.box, face.pose, face.score, face.sharpness) == (her.box, her.pose, her.score, her.sharpness)


def test_a_picture_in_between_changes_nothing(her, bundled, astronaut) -> None:
    bundled.analyze(np.ascontiguousarray(astronaut[:, ::-1]))  # a tracker would now look in the wrong place
    assert np.array_equal(only(bundled.analyze(astronaut)).raw, her.raw)


def test_a_read_only_picture_is_left_as_it_was(her, bundled, astronaut) -> None:
    picture = astronaut.copy()
    picture.setflags(write=False)
    assert np.array_equal(only(bundled.analyze(picture)).raw, her.raw)
    assert (picture == astronaut).all()


def test_a_mirror_turns_yaw_and_roll_around_and_leaves_pitch(her, bundled, astronaut) -> None:
    mirrored = only(bundled.analyze(np.ascontiguousarray(astronaut[:, ::-1])))
    assert mirrored.pose.yaw == pytest.approx(-her.pose.yaw, abs=2)
    assert mirrored.pose.roll == pytest.approx(-her.pose.roll, abs=2)
    assert mirrored.pose.pitch == pytest.approx(her.pose.pitch, abs=2)
    swapped = her.keypoints[[1, 0, 2, 4, 3]] * [-1, 1] + [511, 0]
    assert np.abs(mirrored.keypoints - swapped).max() < 2
    assert similarity(mirrored.unit, mirrored.space, her.unit, her.space) > 0.95


@pytest.mark.parametrize("degrees", [-40, -15, 20, 45])
def test_roll_counts_clockwise_as_seen(her, bundled, astronaut, degrees) -> None:
    about = (223.0, 120.0)
    turn = cv2.getRotationMatrix2D(about, -degrees, 1.0)  # OpenCV counts the other way
    face = only(bundled.analyze(cv2.warpAffine(astronaut, turn, (512, 512), borderMode=cv2.BORDER_REPLICATE)))
    assert face.pose.roll == pytest.approx(her.pose.roll + degrees, abs=3)
    assert face.pose.yaw == pytest.approx(her.pose.yaw, abs=4)
    assert face.pose.pitch == pytest.approx(her.pose.pitch, abs=4)
    assert np.abs(face.keypoints - (her.keypoints @ turn[:, :2].T + turn[:, 2])).max() < 3


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_picture_is_read_upright_and_answered_in_its_own_pixels(her, bundled, astronaut, quarters) -> None:
    face = only(bundled.analyze(np.ascontiguousarray(np.rot90(astronaut, quarters))))
    x, y = her.keypoints.T
    expected = {1: (y, 511 - x), 2: (511 - x, 511 - y), 3: (511 - y, x)}[quarters]
    assert np.abs(face.keypoints - np.stack(expected, axis=1)).max() < 2
    assert similarity(face.unit, face.space, her.unit, her.space) > 0.97
    roll = {1: -90, 2: 180, 3: 90}[quarters] + her.pose.roll
    assert (face.pose.roll - roll + 180) % 360 - 180 == pytest.approx(0, abs=3)


@pytest.mark.parametrize("margin", [0.0, 0.08, 0.3])
def test_a_face_that_fills_the_picture_is_found(her, bundled, astronaut, margin) -> None:
    x0, y0, x1, y1 = her.box
    gap = margin * her.width
    top, left = round(y0 - gap), round(x0 - gap)
    tight = np.ascontiguousarray(astronaut[top : round(y1 + gap), left : round(x1 + gap)])
    face = only(bundled.analyze(resized(tight, 4)))
    assert np.abs(face.keypoints / 4 + [left, top] - her.keypoints).max() < 3
    assert 0 <= face.box[0] < face.box[2] <= 4 * tight.shape[1]


@pytest.mark.parametrize(("width", "least"), [(64, 0.9), (40, 0.85), (24, 0.75)])
def test_a_small_face_is_found_and_still_known(her, bundled, astronaut, width, least) -> None:
    scale = width / her.width
    face = only(bundled.analyze(resized(astronaut, scale)))
    assert face.width == pytest.approx(width, rel=0.1)
    assert np.abs(face.keypoints / scale - her.keypoints).max() < 5
    assert similarity(face.unit, face.space, her.unit, her.space) > least


@pytest.mark.parametrize("at", [(40, 60), (1500, 30), (900, 1000)])
def test_a_small_face_is_found_anywhere_in_a_large_picture(her, bundled, astronaut, at) -> None:
    scene = np.full((1200, 1700, 3), (120, 140, 110), np.uint8)
    small = resized(astronaut[:260, 90:350], 0.45)  # a face of 41 pixels in a picture of 1700
    x, y = at
    scene[y : y + small.shape[0], x : x + small.shape[1]] = small
    face = only(bundled.analyze(scene))
    expected = (her.keypoints - [90, 0]) * 0.45 + [x, y]
    assert np.abs(face.keypoints - expected).max() < 3


def test_two_people_are_two_faces_largest_first(bundled, astronaut) -> None:
    small = resized(astronaut, 0.6)
    scene = np.zeros((512, 900, 3), np.uint8)
    scene[:, :512] = astronaut
    scene[100 : 100 + small.shape[0], 540 : 540 + small.shape[1]] = small
    faces = bundled.analyze(scene)
    assert len(faces) == 2
    assert faces[0].width > faces[1].width
    assert faces[0].keypoints[:, 0].max() < 512 < faces[1].keypoints[:, 0].min()


def test_a_face_in_the_dark_is_found_and_measured_dark(her, bundled, astronaut) -> None:
    face = only(bundled.analyze((astronaut * 0.04).astype(np.uint8)))
    assert face.brightness < 10
    assert np.abs(face.keypoints - her.keypoints).max() < 6


def test_large_and_small_copies_agree_in_place_and_identity(her, bundled, astronaut) -> None:
    large = only(bundled.analyze(resized(astronaut, 5)))  # 2560 pixels: the detectors see it shrunk
    assert np.abs((large.keypoints + 0.5) / 5 - 0.5 - her.keypoints).max() < 1.5
    assert similarity(large.unit, large.space, her.unit, her.space) > 0.9


def nobody() -> dict[str, np.ndarray]:
    random = np.random.default_rng(0)
    rows, columns = np.mgrid[0:480, 0:640]
    return {
        "black": np.zeros((480, 640, 3), np.uint8),
        "noise": random.integers(0, 256, (480, 640, 3), dtype=np.uint8),
        "ramp": np.stack([columns % 256, rows % 256, (rows + columns) % 256], axis=-1).astype(np.uint8),
        "boxes": np.repeat((((rows // 40 + columns // 40) % 2) * 200)[..., None], 3, axis=2).astype(np.uint8),
    }


@pytest.mark.parametrize("what", list(nobody()))
def test_nobody_is_found_where_nobody_is(bundled: Bundled, what: str) -> None:
    assert bundled.analyze(nobody()[what]) == []


def test_the_mask_covers_the_person_and_spares_the_wall(bundled: Bundled, astronaut: np.ndarray, her: Face) -> None:
    mask = bundled.person_mask(resized(astronaut, 2.5))
    assert mask.shape == (1280, 1280)
    assert mask.dtype == np.float32
    assert 0 <= mask.min() <= mask.max() <= 1
    x, y = (her.keypoints.mean(axis=0) * 2.5).astype(int)
    assert mask[y - 40 : y + 40, x - 40 : x + 40].min() > 0.9
    assert mask[:60, 700:900].max() < 0.3
    assert 0.25 < (mask > 0.5).mean() < 0.75


SAY_NOTHING = """
import numpy as np
from characters.analyzers.bundled import Bundled
Bundled().analyze(np.zeros((100, 100, 3), np.uint8))
"""

STILL_HEARD = """
import os
from characters.analyzers.networks import _without_chatter
with _without_chatter():
    os.write(2, b"INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\\n")
    os.write(2, b"something is really wrong\\n")
"""


@pytest.mark.parametrize(("script", "heard"), [(SAY_NOTHING, ""), (STILL_HEARD, "something is really wrong\n")])
def test_start_up_chatter_is_kept_off_stderr_and_nothing_else(script: str, heard: str) -> None:
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stderr == heard
    assert ran.stdout == ""
