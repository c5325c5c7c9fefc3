"""The pencil style: graphite only, strokes that follow the tone, cheap enough for a board."""

import cv2
import numpy as np
import pytest

from studio.engines.photoboard.style import pencil

SIZE = (540, 960)


def drawn(tone: int, seed: int = 1, grain: float = 0.0):
    """A flat grey picture in pencil, without its margins."""
    picture = np.full((960, 540, 3), tone, np.uint8)
    return pencil(picture, np.zeros((960, 540), np.uint8), SIZE, 1.0, seed, grain)[40:-40, 40:-40]


def stroke_directions(image) -> tuple[float, ...]:
    """Spectral energy of strokes at 57, 118 and 14 degrees from the horizontal, within 12 degrees each."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)[:440, :440].astype(float)
    power = np.abs(np.fft.fft2((grey - grey.mean()) * np.outer(np.hanning(440), np.hanning(440)))) ** 2
    f = np.fft.fftfreq(440)
    radius = np.hypot(f[None, :], f[:, None])
    along = (np.degrees(np.arctan2(f[:, None], f[None, :])) - 90) % 180  # a stroke runs across its wave
    strokes = (radius > 0.06) & (radius < 0.3)
    found = []
    for degrees in (57, 118, 14):
        apart = np.abs((180 - along - degrees + 90) % 180 - 90)
        found.append(float(power[strokes & (apart < 12)].sum()))
    return tuple(found)


def test_strokes_follow_the_tone():
    """Lighter tones are lighter, and a darker one is crossed by one direction of strokes more."""
    tones = (245, 150, 60, 20)
    pictures = [drawn(tone) for tone in tones]
    greys = [image.mean() for image in pictures]
    assert greys == sorted(greys, reverse=True) and greys[0] > 225 and greys[-1] < 105
    light, middle, dark, black = (stroke_directions(image) for image in pictures)
    assert max(light) < 0.02 * middle[0]
    assert middle[0] > 5 * middle[1] and middle[0] > 5 * middle[2]
    assert dark[1] > 5 * dark[2] and dark[1] > 10 * middle[1]
    assert black[2] > 10 * dark[2]


def test_it_is_graphite_on_paper():
    colours = np.zeros((960, 540, 3), np.uint8)
    colours[:, :180], colours[:, 180:360], colours[:, 360:] = (200, 40, 40), (40, 160, 60), (60, 60, 200)
    image = pencil(colours, np.zeros((960, 540), np.uint8), SIZE, 1.0, 1, 0.6).astype(int)
    assert np.ptp(image, axis=2).max() < 22  # no hue of the picture is left


def test_a_contour_is_drawn_where_the_tone_breaks():
    picture = np.full((960, 540, 3), 235, np.uint8)
    picture[:, 270:] = 200
    grey = pencil(picture, np.zeros((960, 540), np.uint8), SIZE, 1.0, 1, 0.0)[200:700, :, 0].astype(float).mean(0)
    line = grey[262:280].min()
    assert line < grey[150:250].mean() - 40 and line < grey[290:400].mean() - 25


@pytest.mark.parametrize("grain", [0.0, 1.0])
def test_the_same_seed_draws_the_same_strokes_and_another_moves_them(grain):
    assert np.array_equal(drawn(60, 3, grain), drawn(60, 3, grain))
    assert not np.array_equal(drawn(60, 3, grain), drawn(60, 4, grain))
