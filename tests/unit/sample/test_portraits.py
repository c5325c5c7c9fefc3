"""Drawn portraits: the same values give the same picture, and the points are where the head was turned to."""

from dataclasses import replace

import numpy as np
import pytest

from studio.sample.cast import SAMPLE_CAST
from studio.sample.face_parts import Expression, lids, lips
from studio.sample.features import Eyes, Features, Mouth
from studio.sample.head import plan
from studio.sample.light import Light, ShadowMap, toward
from studio.sample.portraits import draw_portrait
from studio.sample.sitting import View

SMALL = (320, 400)
MAYA = SAMPLE_CAST[0].features


def test_a_portrait_has_the_size_asked_for_and_all_its_parts():
    portrait = draw_portrait(MAYA, View(), SMALL)
    assert portrait.image.shape == (400, 320, 3)
    assert portrait.image.dtype == np.uint8
    assert portrait.keypoints.shape == (5, 2)
    assert portrait.keypoints.dtype == np.float32
    assert portrait.mask.shape == (400, 320)
    assert portrait.mask.min() == 0.0
    assert portrait.mask.max() == pytest.approx(1.0)
    assert portrait.mask[:20].max() == 0.0  # room above the head
    assert portrait.mask[-1, 160] == 1.0  # the chest runs out of the picture


def test_the_same_sitting_gives_the_same_bytes():
    view = SAMPLE_CAST[3].views[1][1]
    first, again = (draw_portrait(SAMPLE_CAST[3].features, view, SMALL) for _ in range(2))
    assert first.image.tobytes() == again.image.tobytes()
    assert np.array_equal(first.keypoints, again.keypoints)


def test_the_head_goes_where_the_pose_says():
    def at(**turn: float) -> np.ndarray:
        return draw_portrait(MAYA, View(**turn), SMALL).keypoints

    straight, right, up, rolled = at(), at(yaw=20), at(pitch=12), at(roll=15)
    middle = (straight[0] + straight[1]) / 2
    assert abs(straight[2][0] - middle[0]) < 0.5
    assert right[2][0] - (right[0] + right[1])[0] / 2 > 5
    assert up[2][1] - (up[0] + up[1])[1] / 2 < straight[2][1] - middle[1]
    angle = np.degrees(np.arctan2(*(rolled[1] - rolled[0])[::-1]))
    assert angle == pytest.approx(15, abs=1.0)


def test_light_from_the_left_is_brighter_on_the_left():
    def cheeks(azimuth: float) -> float:
        portrait = draw_portrait(Features(), View(light=Light(key=(azimuth, 25), rim_strength=0)), SMALL)
        grey = portrait.image.mean(-1)
        (lx, _), (rx, _), (_, ny) = portrait.keypoints[:3].astype(int)
        return grey[ny - 6 : ny + 6, lx - 8 : lx].mean() - grey[ny - 6 : ny + 6, rx : rx + 8].mean()

    assert cheeks(-60) > 15
    assert cheeks(60) < -15


def test_a_smile_moves_the_corners_of_the_mouth_and_nothing_above_the_cheeks():
    calm, smiling = (draw_portrait(MAYA, View(expression=Expression(smile=s)), SMALL).keypoints for s in (0.0, 1.0))
    assert np.allclose(calm[:2], smiling[:2], atol=0.4)
    assert (smiling[3:, 1] < calm[3:, 1] - 1).all()
    assert smiling[4, 0] - smiling[3, 0] > calm[4, 0] - calm[3, 0]


def test_a_head_is_symmetric_and_its_nose_stands_out():
    points = plan(Features())
    assert np.allclose(points[:, ::-1] * (-1, 1, 1), points, atol=1e-6)
    tip = points[points[..., 2].argmax() // points.shape[1], points.shape[1] // 2]
    assert tip[1] == pytest.approx(Features().nose.tip, abs=4)


def test_measures_reach_the_form():
    wide, narrow = (
        plan(replace(Features(), skull=replace(Features().skull, cheeks=breadth))) for breadth in (150.0, 126.0)
    )
    assert np.ptp(wide[..., 0]) > np.ptp(narrow[..., 0]) + 10
    low = plan(replace(Features(), skull=replace(Features().skull, chin_level=122.0)))
    assert low[..., 1].max() == pytest.approx(plan(Features())[..., 1].max() + 12, abs=1.5)


def test_lids_meet_at_the_corners_and_lips_at_theirs():
    eyes, mouth = Eyes(), Mouth()
    upper, lower = lids(eyes, Expression(), np.array([-eyes.width / 2, 0.0, eyes.width / 2]))
    assert np.allclose(upper[[0, 2]], lower[[0, 2]], atol=1e-6)
    assert upper[1] < lower[1] - 6
    top, seam, bottom, _ = lips(mouth, np.linspace(-mouth.width / 2, mouth.width / 2, 41))
    assert (top <= seam + 1e-6).all()
    assert (seam <= bottom + 1e-6).all()
    assert top[[0, 40]] == pytest.approx(bottom[[0, 40]])


def test_what_stands_before_the_lamp_throws_a_shadow():
    y, x = np.meshgrid(np.linspace(-60, 60, 25), np.linspace(-60, 60, 25), indexing="ij")
    wall = np.stack([x, y, 0 * x - 60], -1)
    screen = np.stack([x[:13, :13] / 3, y[:13, :13] / 3, 0 * x[:13, :13]], -1)
    light = Light(key=(0, 0))
    assert np.allclose(toward(light.key), (0, 0, 1), atol=1e-6)
    lit = ShadowMap(light, [wall, screen]).visible(wall)
    assert lit[10, 10] < 0.1
    assert lit[22, 22] > 0.9
