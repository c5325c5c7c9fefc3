"""Where words may stand on an upright screen: what the buttons and texts of the platforms leave free."""

from dataclasses import dataclass

TOP, BOTTOM, LEFT, RIGHT = 0.12, 0.22, 0.06, 0.14

# columns of a caption's line (see studio.exports.line_breaks) and lines of a caption
WIDEST, LINES = 32, 2


@dataclass(frozen=True, slots=True)
class SafeArea:
    """left, top, right, bottom in pixels of the picture. letters: the size in pixels that captions are set in."""

    left: int
    top: int
    right: int
    bottom: int
    letters: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


def safe_area(width: int, height: int) -> SafeArea:
    """The safe area of a picture of that size; sixteen Chinese characters fill its width."""
    left, right = round(LEFT * width), round((1 - RIGHT) * width)
    letters = max(6, round(min((right - left) / (WIDEST / 2 + 0.5), 0.06 * height)))
    return SafeArea(left, round(TOP * height), right, round((1 - BOTTOM) * height), letters)
