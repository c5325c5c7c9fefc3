"""Regions: soft, exclusive, the same whoever comes first."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.engines.sdxl.regions import background, body_regions, head_regions

WIDTH, HEIGHT = 96, 160
KINDS = [head_regions, body_regions]

boxes = st.builds(
    lambda x, y, w, h: (x, y, x + w, y + h),
    st.floats(-60, WIDTH), st.floats(-60, HEIGHT), st.floats(1, 150), st.floats(1, 200),
)  # fmt: skip
crowds = st.lists(boxes, min_size=1, max_size=4)


@pytest.mark.parametrize("regions", KINDS)
@given(people=crowds)
def test_masks_never_add_up_to_more_than_one(regions, people):
    masks = regions(people, WIDTH, HEIGHT)
    assert masks.shape == (len(people), HEIGHT, WIDTH) and masks.dtype == np.float32
    assert masks.min() >= 0 and masks.max() <= 1
    assert masks.sum(axis=0).max() <= 1 + 1e-6


@pytest.mark.parametrize("regions", KINDS)
@given(people=crowds, seed=st.randoms(use_true_random=False))
def test_the_order_of_people_changes_no_bit(regions, people, seed):
    order = list(range(len(people)))
    seed.shuffle(order)
    np.testing.assert_array_equal(
        regions(people, WIDTH, HEIGHT)[order], regions([people[i] for i in order], WIDTH, HEIGHT)
    )


@pytest.mark.parametrize("regions", KINDS)
@given(people=crowds)
def test_together_they_cover_what_each_would_cover_alone(regions, people):
    together = regions(people, WIDTH, HEIGHT)
    alone = np.stack([regions([person], WIDTH, HEIGHT)[0] for person in people])
    np.testing.assert_allclose(together.sum(axis=0), alone.max(axis=0), atol=1e-6)
    assert (together <= alone + 1e-6).all()
    np.testing.assert_allclose(background(together), 1 - alone.max(axis=0), atol=1e-6)


@pytest.mark.parametrize("regions", KINDS)
@given(person=boxes)
def test_a_person_alone_has_all_of_their_box_and_nothing_far_from_it(regions, person):
    x0, y0, x1, y1 = person
    mask = regions([person], WIDTH, HEIGHT)[0]
    x, y = np.arange(WIDTH) + 0.5, np.arange(HEIGHT) + 0.5
    inside = ((y >= y0) & (y <= y1))[:, None] & ((x >= x0) & (x <= x1))
    assert (mask[inside] == 1).all()
    reach = [max(0.91 * (high - low), 26) for low, high in ((x0, x1), (y0, y1))]
    far = (np.abs(x - (x0 + x1) / 2) > reach[0]) | (np.abs(y - (y0 + y1) / 2) > reach[1])[:, None]
    assert (mask[far] == 0).all()


def test_it_falls_off_softly_and_steadily():
    row = head_regions([(300, 300, 500, 560)], 900, 900)[0][430]
    rising, falling = np.diff(row[:400]), np.diff(row[400:])
    assert (rising >= 0).all() and (falling <= 0).all()
    assert max(np.abs(rising).max(), np.abs(falling).max()) < 0.06
    assert rising[rising > 0][0] < rising.max() / 4 and rising[rising > 0][-1] < rising.max() / 4  # no edge to be seen
    assert row[0] == 0 and row[400] == 1 and row[-1] == 0
    np.testing.assert_allclose(row, row[799::-1].tolist() + [0] * 100, atol=1e-6)  # the head's middle is x = 400


def test_two_heads_that_overlap_share_by_nearness():
    masks = head_regions([(200, 200, 320, 360), (330, 200, 450, 360)], 650, 560)
    row = masks[:, 280]
    assert row[0, 260] > 0.999 and row[1, 390] > 0.999  # at their middles
    assert row[0, 324] == pytest.approx(row[1, 325], abs=1e-5)  # mirrored about the point between them
    assert 0.4 < row[0, 324] < 0.6
    between = row[0, 260:391]
    assert (np.diff(between) <= 1e-6).all()
    mixed = ((between > 0.1) & (between < 0.9)).sum()
    assert 4 <= mixed <= 20  # a seam, neither a cut nor a blend


def test_a_small_head_before_a_large_one_keeps_its_middle():
    _, small = head_regions([(100, 100, 500, 620), (260, 320, 340, 420)], 600, 720)[:, 370, 300]
    assert small > 0.45
    _, aside = head_regions([(100, 100, 500, 620), (380, 480, 440, 560)], 600, 720)[:, 520, 410]
    assert aside > 0.9


@pytest.mark.parametrize("regions", KINDS)
@given(st.floats(40, 250), st.floats(40, 250))
def test_the_smallest_face_is_heard_on_the_coarsest_grid(regions, x, y):
    mask = regions([(x - 2, y - 2, x + 2, y + 2)], 320, 320)[0]
    assert mask[::32, ::32].max() > 0  # where a nearest-neighbour grid of 32 pixels looks


@pytest.mark.parametrize("regions", KINDS)
def test_nobody(regions):
    nobody = regions([], 30, 20)
    assert nobody.shape == (0, 20, 30)
    np.testing.assert_array_equal(background(nobody), np.ones((20, 30), np.float32))


@pytest.mark.parametrize("regions", KINDS)
def test_somebody_off_the_canvas_has_no_pixel(regions):
    assert not regions([(5000, 0, 5100, 100)], 64, 64).any()


@pytest.mark.parametrize(
    ("regions", "wrong"), list(itertools.product(KINDS, [(5, 5, 5, 9), (9, 1, 5, 9), (0, 0, float("nan"), 4)]))
)
def test_a_box_without_area_is_refused(regions, wrong):
    with pytest.raises(ValueError, match="x0 < x1"):
        regions([(1, 1, 9, 9), wrong], 20, 20)
