"""What a still can show of a camera movement: slowly nearer, farther, along or up, eased at both ends.

A still has no depth, so that track, crane and orbit are only hinted at, and rack focus stays still.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np

from studio.exports.planes import Pixels, Planes, planes_of

# of the picture: how much is moved a second, and at most in a shot
RATE, MOST = 0.016, 0.08
# stills are kept this much larger than the frame, so that sub-pixel steps between their pixels are not seen
LARGER = 1.25
# the movements that a still stays still under
STILL = frozenset({"", "static", "rack-focus"})


@dataclass(frozen=True, slots=True)
class View:
    """What the frame shows of a still. zoom: 1 shows all of it. x, y: how far its middle is off, in widths and heights."""

    zoom: float
    x: float = 0.0
    y: float = 0.0


def view(movement: str, seconds: float, at: float) -> View:
    """The view in a shot of that length when `at` (0..1) of it is over; inside the still for every movement."""
    if movement in STILL:
        return View(1.0)
    amount = min(MOST, RATE * seconds)
    eased = at * at * (3 - 2 * at)
    near = 1 + amount
    side = (1 - 1 / near) / 2  # how far the view may be off at that zoom
    match movement:
        case "push-in" | "zoom":
            return View(1 + amount * eased)
        case "pull-out":
            return View(near - amount * eased)
        case "pan" | "track":
            return View(near, side * (2 * eased - 1))
        case "tilt":
            return View(near, 0.0, side * (1 - 2 * eased))
        case "whip-pan":
            swift = min(1.0, max(0.0, (at - 0.35) / 0.3))
            return View(near, side * (2 * swift * swift * (3 - 2 * swift) - 1))
        case "crane":
            return View(near - amount / 2 * eased, 0.0, (1 - 1 / (1 + amount / 2)) / 2 * (1 - 2 * eased))
        case "orbit":
            return View(near - amount / 2 * math.sin(math.pi * eased), (1 - 1 / (1 + amount / 2)) / 2 * (2 * eased - 1))
        case "follow":
            return View(1 + amount / 2 + amount / 2 * eased, side / 2 * (2 * eased - 1))
        case "handheld":
            time = at * seconds
            return View(
                1.03,
                0.006 * math.sin(2.1 * time) + 0.003 * math.sin(5.3 * time + 1.0),
                0.005 * math.sin(1.7 * time + 2.0) + 0.003 * math.sin(4.1 * time),
            )
        case _:
            return View(1.0)


class Still:
    """A picture under a camera that gives frames of `width` x `height` (even numbers)."""

    def __init__(self, picture: Pixels, width: int, height: int, moves: bool):
        """picture: RGB in the frame's shape, of any size."""
        self.size = (width, height)
        scale = LARGER if moves else 1.0
        self._planes = planes_of(resized(picture, 2 * round(width * scale / 2), 2 * round(height * scale / 2)))

    def frame(self, seen: View) -> Planes:
        """The frame under that view; the planes are the caller's own."""
        return Planes(*(self._moved(plane, seen, 1 if at == 0 else 2) for at, plane in enumerate(self._planes)))

    def _moved(self, plane: Pixels, seen: View, share: int) -> Pixels:
        width, height = self.size[0] // share, self.size[1] // share
        if plane.shape == (height, width) and seen == View(1.0):
            return plane.copy()
        # pixel centres are at halves: source + 1/2 = scale * (middle + (frame + 1/2 - middle) / zoom + off)
        sizes, sources, offs = (width, height), plane.shape[::-1], (seen.x, seen.y)
        rows = []
        for axis in range(2):
            scale = sources[axis] / sizes[axis]
            step = scale / seen.zoom
            first = scale * sizes[axis] * (0.5 + offs[axis] - 0.5 / seen.zoom) + step / 2 - 0.5
            rows.append([step if axis == 0 else 0.0, step if axis == 1 else 0.0, first])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        moved = cv2.warpAffine(plane, np.array(rows), (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(moved, np.uint8)


def resized(picture: Pixels, width: int, height: int) -> Pixels:
    """The picture (h, w, 3) at that size: averaged where it becomes smaller, cubic where it becomes larger."""
    if picture.shape[:2] == (height, width):
        return picture
    smaller = picture.shape[0] * picture.shape[1] > width * height
    method = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (width, height), interpolation=method), np.uint8)
