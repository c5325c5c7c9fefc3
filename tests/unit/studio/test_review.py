"""Who is scored against whom in a frame; the analyzer is a double that finds what a test puts there."""

from dataclasses import replace

import numpy as np
import pytest
from made_requests import request, subject

from characters.face import Face, Pose, unit_vector
from characters.identity import Identity
from studio.review import score

SPACE = "bundled-1"
ANN, BO = "a" * 32, "b" * 32
IMAGE = np.zeros((1920, 1080, 3), np.uint8)


def _vector(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


def _face(x: float, width: float, raw: np.ndarray) -> Face:
    box = (x, 300.0, x + width, 300.0 + width)
    return Face(box, np.zeros((5, 2), np.float32), Pose(), 0.9, 100.0, 120.0, SPACE, raw, unit_vector(raw))


class Finds:
    name, space = "double", SPACE

    def __init__(self, *faces: Face):
        self.faces, self.asked = list(faces), 0

    def analyze(self, picture):
        self.asked += 1
        return self.faces

    def person_mask(self, picture):
        raise AssertionError("a review needs no mask")


def _identity(uid: str, *rows: np.ndarray) -> Identity:
    return Identity(uid, SPACE, tuple(unit_vector(row) for row in rows), tuple(f"{uid}{i}" for i in range(len(rows))))


KNOWN = {ANN: _identity(ANN, _vector(1, 0, 0), _vector(0.8, 0.6, 0)), BO: _identity(BO, _vector(0, 0, 1))}


def test_each_gets_the_face_that_makes_the_best_whole_whatever_the_order():
    people = subject("Ann", ANN, 100.0), subject("Bo", BO, 700.0)
    faces = _face(690, 200, _vector(0.1, 0, 1)), _face(110, 200, _vector(1, 0.5, 0.1))
    for found in (faces, faces[::-1]):
        ann, bo = score(IMAGE, request(*people), KNOWN, Finds(*found), generates=True)
        assert (ann.character, ann.box[0], bo.character, bo.box[0]) == ("Ann", 110, "Bo", 690)
        assert ann.similarity > 0.9 and bo.similarity > 0.9 and ann.verdict == bo.verdict == "passed"


def test_a_composited_frame_is_never_passed_or_failed():
    (ann,) = score(IMAGE, request(subject("Ann", ANN, 100.0)), KNOWN, Finds(_face(100, 200, _vector(0, 1, 0))), False)
    assert ann.verdict == "composited" and ann.pass_mark is None and ann.similarity == pytest.approx(0.6, abs=1e-3)


def test_a_generated_stranger_is_below_the_mark():
    (ann,) = score(IMAGE, request(subject("Ann", ANN, 100.0)), KNOWN, Finds(_face(100, 200, _vector(0, 0, 1))), True)
    assert ann.verdict == "below" and ann.similarity < ann.pass_mark


def test_a_recogniser_that_nobody_measured_gives_a_number_and_no_judgement():
    other = "antelopev2"
    known = {ANN: Identity(ANN, other, (_vector(1, 0, 0),), ("a",))}
    found = Finds(replace(_face(100, 200, _vector(0, 0, 1)), space=other))
    found.space = other
    (ann,) = score(IMAGE, request(subject("Ann", ANN, 100.0)), known, found, True)
    assert ann.verdict == "unmarked" and ann.pass_mark is None and ann.similarity == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize(
    ("person", "verdict"),
    [
        (subject("Ann", ANN, 100.0, part="back"), "not-shown"),
        (subject("Old man", "", 100.0, part="hand"), "not-shown"),
        (subject("Ann", ANN, 100.0, width=12.0), "too-small"),
        (subject("Cy", "", 100.0), "uncast"),
        (subject("Cy", "c" * 32, 100.0), "uncast"),
    ],
)
def test_nobody_is_judged_who_cannot_be(person, verdict):
    finds = Finds(_face(700, 200, _vector(1, 0, 0)))
    (scored,) = score(IMAGE, request(person), KNOWN, finds, generates=False)
    assert scored.verdict == verdict and scored.similarity is None and finds.asked == 0


def test_a_missing_face_is_said_and_an_extra_one_too():
    people = subject("Ann", ANN, 100.0), subject("Bo", BO, 700.0)
    ann, bo = score(IMAGE, request(*people), KNOWN, Finds(_face(100, 200, _vector(1, 0, 0))), generates=True)
    assert ann.verdict == "passed" and bo.verdict == "not-found" and bo.similarity is None
    *_, extra = score(
        IMAGE, request(people[0]), KNOWN,
        Finds(_face(100, 200, _vector(1, 0, 0)), _face(600, 150, _vector(0, 1, 1)), _face(900, 10, _vector(0, 1, 1))),
        generates=True,
    )  # fmt: skip
    assert extra.verdict == "extra" and extra.box[0] == 600, "a speck is nobody"


def test_the_face_drawn_on_a_mannequin_is_not_somebody_extra():
    people = subject("Ann", ANN, 100.0), subject("Cy", "", 700.0)
    faces = _face(100, 200, _vector(1, 0, 0)), _face(710, 180, _vector(0, 1, 0))
    scores = score(IMAGE, request(*people), KNOWN, Finds(*faces), generates=False)
    assert [each.verdict for each in scores] == ["composited", "uncast"]
