import numpy as np
import pytest

from characters.colours import clothes_colours

SKIN, NAVY, WHITE, BROWN = (224, 172, 135), (30, 40, 90), (240, 240, 240), (120, 80, 40)
POINTS = np.array([[90, 80], [110, 80], [100, 92], [92, 104], [108, 104]], np.float32)  # eyes to mouth: 24 pixels


def person(shirt: tuple[int, int, int], trousers: tuple[int, int, int], height: int = 480) -> tuple[np.ndarray, ...]:
    """(picture, mask): a head, a shirt down to the belt, trousers; a red wall behind."""
    picture = np.full((height, 200, 3), (200, 20, 20), np.uint8)
    mask = np.zeros((height, 200), np.float32)
    picture[50:130, 70:130] = SKIN
    picture[130:250, 40:160] = shirt
    picture[250:, 60:140] = trousers
    mask[50:130, 70:130] = mask[130:250, 40:160] = mask[250:, 60:140] = 1
    grain = np.random.default_rng(0).normal(0, 3, picture.shape)
    return np.clip(picture + grain, 0, 255).astype(np.uint8), mask


def near(code: str, colour: tuple[int, int, int]) -> bool:
    return max(abs(int(code[at : at + 2], 16) - want) for at, want in zip((1, 3, 5), colour, strict=True)) < 12


def test_shirt_first_then_trousers_and_never_the_wall() -> None:
    colours = clothes_colours(*person(NAVY, BROWN), POINTS)
    assert len(colours) == 2
    assert near(colours[0], NAVY)
    assert near(colours[1], BROWN)


def test_one_colour_all_over_is_named_once() -> None:
    (only,) = clothes_colours(*person(WHITE, WHITE), POINTS)
    assert near(only, WHITE)


def test_bare_shoulders_are_not_clothes() -> None:
    picture, mask = person(SKIN, NAVY)
    (only,) = clothes_colours(picture, mask, POINTS)
    assert near(only, NAVY)


@pytest.mark.parametrize("height", [110, 125])
def test_a_close_up_shows_no_clothes(height: int) -> None:
    picture, mask = person(NAVY, BROWN)
    assert clothes_colours(picture[:height], mask[:height], POINTS) == ()


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_turned_picture_wears_the_same(quarters: int) -> None:
    picture, mask = person(NAVY, BROWN)
    x, y = POINTS.T
    height, width = mask.shape
    places = {1: (y, width - 1 - x), 2: (width - 1 - x, height - 1 - y), 3: (height - 1 - y, x)}[quarters]
    turned = np.ascontiguousarray(np.rot90(picture, quarters)), np.ascontiguousarray(np.rot90(mask, quarters))
    colours = clothes_colours(*turned, np.stack(places, axis=1).astype(np.float32))
    assert near(colours[0], NAVY)
    assert near(colours[1], BROWN)


def test_a_large_picture_gives_the_same_as_a_small_one() -> None:
    picture, mask = person(NAVY, BROWN)
    large = np.repeat(np.repeat(picture, 4, axis=0), 4, axis=1), np.repeat(np.repeat(mask, 4, axis=0), 4, axis=1)
    top, bottom = clothes_colours(*large, POINTS * 4)
    assert near(top, NAVY)
    assert near(bottom, BROWN)


def test_nobody_in_the_mask_wears_nothing() -> None:
    picture, mask = person(NAVY, BROWN)
    assert clothes_colours(picture, mask * 0, POINTS) == ()
