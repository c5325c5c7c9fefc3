import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from characters.analyzers.boxes import area, clipped, intersection_over_union, overlap

edges = st.integers(-8, 20)
boxes = st.tuples(edges, edges, st.integers(1, 12), st.integers(1, 12)).map(
    lambda box: (float(box[0]), float(box[1]), float(box[0] + box[2]), float(box[1] + box[3]))
)


def pixels(box: tuple[float, float, float, float]) -> set[tuple[int, int]]:
    x0, y0, x1, y1 = map(int, box)
    return {(x, y) for x in range(x0, x1) for y in range(y0, y1)}


@given(boxes, boxes)
def test_shares_are_those_of_counted_pixels(a, b) -> None:
    one, other = pixels(a), pixels(b)
    assert area(a) == len(one)
    assert overlap(a, b) == pytest.approx(len(one & other) / min(len(one), len(other)))
    assert intersection_over_union(a, b) == pytest.approx(len(one & other) / len(one | other))


def test_boxes_without_area_share_nothing() -> None:
    line = (3.0, 3.0, 3.0, 9.0)
    assert overlap(line, line) == intersection_over_union(line, (0.0, 0.0, 9.0, 9.0)) == 0.0


@given(boxes)
def test_a_clipped_box_holds_the_pixels_that_are_in_the_picture(box) -> None:
    inside = {(x, y) for x, y in pixels(box) if 0 <= x < 12 and 0 <= y < 9}
    x0, y0, x1, y1 = clipped(box, np.zeros((9, 12, 3), np.uint8))
    assert pixels((x0, y0, x1, y1)) == inside
