import numpy as np
import pytest
from faces import GOOD, face, narrow
from hypothesis import given
from hypothesis import strategies as st

from characters.face import Pose, unit_vector
from characters.intake import duplicate_of, examine, odd_one_out
from characters.marks import MARKS

SPACE = "bundled-1"


def test_a_good_photo_passes_without_a_word() -> None:
    verdict = examine([GOOD], 400, 400)
    assert verdict.accepted
    assert (verdict.face_index, verdict.reason, verdict.warnings) == (0, None, ())


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (narrow(23.5), "24"),
        (face(keypoints=GOOD.keypoints - np.float32(150)), "edge"),
        (face(keypoints=GOOD.keypoints + np.float32(220)), "edge"),
        (face(brightness=5.0), "black"),
        (face(brightness=245.0), "burnt"),
        (face(sharpness=4.0), "blurred"),
        (face(pose=Pose(yaw=-70)), "turned"),
        (face(pose=Pose(pitch=55)), "turned"),
    ],
)
def test_an_unusable_face_is_refused_with_its_reason(bad, says) -> None:
    verdict = examine([bad], 400, 400)
    assert not verdict.accepted
    assert verdict.face_index == 0
    assert verdict.reason is not None
    assert says in verdict.reason.en
    assert verdict.reason.zh


@pytest.mark.parametrize(
    ("weak", "says"),
    [
        (narrow(40), "small"),
        (face(sharpness=30.0), "sharp"),
        (face(box=(0.0, 80.0, 220.0, 240.0)), "edge"),
        (face(brightness=30.0, sharpness=30.0), "dark"),
        (face(brightness=215.0, sharpness=900.0), "over-exposed"),
        (face(pose=Pose(yaw=45)), "turned"),
        (face(pose=Pose(roll=180)), "upside down"),
    ],
)
def test_a_weak_face_is_accepted_with_one_warning(weak, says) -> None:
    verdict = examine([weak], 400, 400)
    assert verdict.accepted
    assert verdict.reason is None
    assert len(verdict.warnings) == 1
    assert says in verdict.warnings[0].en


def test_no_face_is_refused() -> None:
    assert examine([], 400, 400).reason is not None
    assert examine([], 400, 400, chosen=0).face_index is None


def test_several_faces_need_a_choice() -> None:
    verdict = examine([GOOD, narrow(100), narrow(30)], 400, 400)
    assert not verdict.accepted
    assert verdict.face_index is None
    assert "3 faces" in verdict.reason.en
    for chosen in range(3):
        assert examine([GOOD, narrow(100), narrow(30)], 400, 400, chosen).face_index == chosen
    for beyond in (3, -1):
        assert not examine([GOOD, narrow(100), narrow(30)], 400, 400, beyond).accepted


def test_a_bystander_too_small_to_serve_needs_no_choice() -> None:
    verdict = examine([GOOD, narrow(20), narrow(15)], 400, 400)
    assert verdict.accepted
    assert verdict.face_index == 0


@given(st.floats(1, 300), st.floats(0, 255), st.floats(0, 2000), st.floats(-90, 90), st.floats(-90, 90))
def test_whatever_comes_is_either_refused_with_a_reason_or_accepted(width, brightness, sharpness, yaw, pitch) -> None:
    size = narrow(width)
    verdict = examine(
        [
            face(
                box=size.box,
                keypoints=size.keypoints,
                brightness=brightness,
                sharpness=sharpness,
                pose=Pose(yaw, pitch),
            )
        ],
        2000,
        2000,
    )
    assert verdict.accepted == (verdict.reason is None)
    assert verdict.accepted or not verdict.warnings


def unit(*numbers: float) -> np.ndarray:
    return unit_vector(np.array(numbers, np.float32))


def test_the_same_picture_again_is_told() -> None:
    mark = MARKS[SPACE].duplicate
    others = [unit(0, 1), unit(mark + 0.01, np.sqrt(1 - (mark + 0.01) ** 2))]
    assert duplicate_of(unit(1, 0), SPACE, others) == 1
    assert duplicate_of(unit(1, 0), SPACE, others[:1]) is None
    assert duplicate_of(unit(1, 0), SPACE, []) is None
    assert duplicate_of(unit(1, 0), "a space nobody measured", [unit(1, 0)]) is None


@given(st.integers(3, 8), st.integers(0, 7), st.integers(0, 2**32 - 1))
def test_a_stranger_among_friends_is_found_wherever_it_stands(count: int, place: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    person, stranger = np.eye(64)[:2]
    crowd = [unit(*(person + random.normal(0, 0.03, 64))) for _ in range(count)]
    assert odd_one_out(crowd, SPACE) is None
    place %= count
    crowd[place] = unit(*(stranger + random.normal(0, 0.03, 64)))
    assert odd_one_out(crowd, SPACE) == place


def test_two_photos_or_an_unmeasured_space_accuse_nobody() -> None:
    assert odd_one_out([unit(1, 0), unit(0, 1)], SPACE) is None
    assert odd_one_out([unit(1, 0), unit(1, 0), unit(0, 1)], "a space nobody measured") is None
