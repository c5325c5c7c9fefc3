"""The sample cast as the studio will meet it: found by the detectors, cut out well, kept apart."""

from itertools import combinations
from typing import NamedTuple

import cv2
import numpy as np
import pytest

from characters.analyzers.bundled import Bundled
from characters.face import Face
from studio.sample.cast import SAMPLE_CAST, SIZE, portraits, print_photo
from studio.sample.portraits import Portrait, draw_portrait

FIVE = [468, 473, 1, 61, 291]  # iris centres, tip of the nose, corners of the mouth, in MediaPipe's mesh
NAMES = [person.name for person in SAMPLE_CAST]


class Shot(NamedTuple):
    person: str
    file: str
    picture: np.ndarray
    drawn: Portrait


@pytest.fixture(scope="module")
def shots() -> list[Shot]:
    taken = []
    for person in SAMPLE_CAST:
        for name, view in person.views:
            drawn = draw_portrait(person.features, view, SIZE)
            picture = cv2.imdecode(np.frombuffer(print_photo(drawn), np.uint8), cv2.IMREAD_COLOR)[..., ::-1].copy()
            taken.append(Shot(person.name, f"{person.name} {name}.jpg", picture, drawn))
    return taken


@pytest.fixture(scope="module")
def faces(shots: list[Shot]) -> list[list[Face]]:
    analyzer = Bundled()
    return [analyzer.analyze(shot.picture) for shot in shots]


def test_who_is_in_it():
    assert len(SAMPLE_CAST) == 6
    assert len(set(NAMES)) == 6
    assert {person.language for person in SAMPLE_CAST} == {"en", "zh"}
    for person in SAMPLE_CAST:
        assert len(person.views) >= 4
        assert {"front", "three-quarter-left", "three-quarter-right"} <= {name for name, _ in person.views}
        assert len({view.backdrop for _, view in person.views}) >= 2
        assert 1 <= len(person.colours) <= 3
        assert all(len(c) == 7 and int(c[1:], 16) >= 0 for c in person.colours)


def test_files_are_photographs_of_the_size_said(shots: list[Shot]):
    assert len({shot.file for shot in shots}) == len(shots)
    for shot in shots:
        assert shot.picture.shape == (SIZE[1], SIZE[0], 3)
        assert np.abs(shot.picture.astype(int) - shot.drawn.image).mean() < 3  # what the file keeps of the drawing


def test_each_shows_one_face_large_enough_and_posed_as_asked(shots: list[Shot], faces: list[list[Face]]):
    asked = [view for person in SAMPLE_CAST for _, view in person.views]
    for shot, found, view in zip(shots, faces, asked, strict=True):
        assert len(found) == 1, shot.file
        assert found[0].width >= 250, shot.file
        assert abs(found[0].pose.yaw - view.yaw) < 8, shot.file


def test_the_points_are_where_we_drew_them(shots: list[Shot], faces: list[list[Face]]):
    errors = []
    for shot, (face,) in zip(shots, faces, strict=True):
        drawn = shot.drawn.keypoints
        errors.append(np.linalg.norm(face.keypoints - drawn, axis=1) / np.linalg.norm(drawn[1] - drawn[0]))
    assert np.mean(errors) < 0.03
    assert np.max(errors) < 0.10


def test_the_person_is_cut_out_well(shots: list[Shot]):
    analyzer = Bundled()
    for shot in shots:
        ours, theirs = shot.drawn.mask > 0.5, analyzer.person_mask(shot.picture) > 0.5
        assert (ours & theirs).sum() / (ours | theirs).sum() > 0.9, shot.file


def test_the_six_are_kept_apart(shots: list[Shot], faces: list[list[Face]]):
    units = np.array([face.unit for (face,) in faces])
    alike = units @ units.T
    same, other = [], []
    for i, j in combinations(range(len(shots)), 2):
        (same if shots[i].person == shots[j].person else other).append(alike[i, j])
    area = (np.array(same)[:, None] > np.array(other)).mean()
    assert area > 0.95
    assert np.mean(same) > np.mean(other) + 0.1
    np.fill_diagonal(alike, -1)
    assert [shots[k].person for k in alike.argmax(1)] == [shot.person for shot in shots]


def test_media_pipe_itself_sees_one_face_near_and_far(shots: list[Shot]):
    import mediapipe as mp

    with (
        mp.solutions.face_detection.FaceDetection(model_selection=0) as near,
        mp.solutions.face_detection.FaceDetection(model_selection=1) as far,
        mp.solutions.face_mesh.FaceMesh(static_image_mode=True, refine_landmarks=True, max_num_faces=3) as mesh,
    ):
        for shot in shots:
            for detector in (near, far):
                assert len(detector.process(shot.picture).detections or []) == 1, shot.file
            found = mesh.process(shot.picture).multi_face_landmarks or []
            assert len(found) == 1, shot.file
            points = np.array([(found[0].landmark[k].x * SIZE[0], found[0].landmark[k].y * SIZE[1]) for k in FIVE])
            drawn = shot.drawn.keypoints
            away = np.linalg.norm(points - 0.5 - drawn, axis=1) / np.linalg.norm(drawn[1] - drawn[0])
            assert away.max() < 0.10, shot.file


def test_the_same_bytes_every_time(shots: list[Shot]):
    person = SAMPLE_CAST[4]
    mine = [(shot.file, print_photo(shot.drawn)) for shot in shots if shot.person == person.name]
    assert portraits(person) == mine
