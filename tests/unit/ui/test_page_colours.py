"""Our own colours can be read: WCAG AA, 4.5 to 1, in light and dark, on what they stand on."""

import re
from pathlib import Path

import pytest

import studio.ui

CSS = (Path(studio.ui.__file__).parent / "page.css").read_text()
# Gradio's stone theme: page and block backgrounds
GROUNDS = {":root": ("#ffffff", "#fafaf9"), ".dark": ("#0c0a09", "#292524")}


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", GROUNDS)
def test_words_in_our_colours_can_be_read(scheme):
    block = re.search(rf"^{re.escape(scheme)} {{(.*?)}}", CSS, re.M | re.S)
    assert block
    colours = dict(re.findall(r"--(\w+): (#\w{6})", block.group(1)))
    assert set(colours) == {"mark", "bad", "good", "quiet"}
    for name, colour in colours.items():
        for ground in GROUNDS[scheme]:
            assert contrast(colour, ground) >= 4.5, f"{name} on {ground}"


def test_words_on_our_badges_and_buttons_can_be_read():
    for ground in ("#1c1917", "#7a4a00", "#a11d16"):
        assert ground in CSS
        assert contrast("#ffffff", ground) >= 4.5
    assert contrast("#1c1917", "#fbbf24") >= 4.5  # the primary button: page.theme
