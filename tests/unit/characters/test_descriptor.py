import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from characters.analyzers.descriptor import _BINS, _cell_histograms, _gradients, _left_half, _texture


def view(seed: int) -> np.ndarray:
    """A grey picture with some structure."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (14, 14)).astype(np.uint8)
    return np.clip(np.kron(small, np.ones((8, 8))) + random.normal(0, 6, (112, 112)), 0, 255).astype(np.uint8)


@given(st.integers(0, 2**32 - 1))
def test_a_mirror_image_describes_the_same(seed: int) -> None:
    picture = view(seed)
    for part in (_gradients, _texture):
        assert np.allclose(part(picture), part(np.ascontiguousarray(picture[:, ::-1])), atol=2e-3)


@given(st.integers(0, 2**32 - 1))
def test_half_of_what_is_symmetric_gives_half_the_dot_product(seed: int) -> None:
    random = np.random.default_rng(seed)
    a, b = random.normal(size=(2, 7, 5))
    a, b = a + a[::-1], b + b[::-1]
    assert (_left_half(a) * _left_half(b)).sum() == pytest.approx((a * b).sum() / 2)


def test_every_pixel_is_counted_in_its_cell_under_its_pattern() -> None:
    flat = np.full((112, 112), 77, np.uint8)
    counts = _cell_histograms(flat) ** 2
    assert np.allclose(counts.sum(axis=2), 1)
    assert np.allclose(counts[..., _BINS[255]], 1)  # every neighbour is as bright as the middle
    assert np.allclose((_cell_histograms(view(1)) ** 2).sum(axis=2), 1)


def test_there_are_59_patterns_and_the_uneven_share_one() -> None:
    assert set(_BINS) == set(range(59))
    uneven = [code for code in range(256) if bin(code ^ ((code >> 1) | (code & 1) << 7)).count("1") > 2]
    assert len(uneven) == 198
    assert all(_BINS[code] == 58 for code in uneven)


def test_brightness_and_contrast_do_not_change_the_patterns() -> None:
    steps = np.kron(np.random.default_rng(2).integers(0, 8, (14, 14)), np.ones((8, 8))).astype(np.uint8)
    assert np.allclose(_texture(steps * 30), _texture(steps * 30 + 20), atol=0.02)
