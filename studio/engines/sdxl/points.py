"""The keypoint picture that IdentityNet sees: five dots on four sticks, as InstantID (arXiv 2401.07519) was trained on it.

Stick and dot sizes are pixels whatever the canvas: the network knows them so. The same numbers are truncated, not
rounded, as in the pictures of its training.
"""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

# RGB: left eye, right eye, nose, left mouth corner, right mouth corner, as seen in the picture
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255))
_NOSE = 2
_OUTER = (0, 1, 3, 4)
_STICK = 4  # half-width
_DOT = 10  # radius
_DIMMED = 0.6


def keypoint_picture(faces: Sequence[ArrayLike], width: int, height: int) -> NDArray[np.uint8]:
    """(height, width, 3) uint8 RGB; black where there is no face.

    faces: (5, 2) each, x and y in pixels; points may lie past the canvas. All sticks are drawn, then dimmed once, then
    all dots: a face is drawn alike whoever is drawn beside it. Raises ValueError for points that are not five or not
    finite.
    """
    canvas = np.zeros((height, width, 3), np.uint8)
    points = [_checked(face) for face in faces]
    for face in points:
        for outer in _OUTER:
            cv2.fillConvexPoly(canvas, _stick(face[outer], face[_NOSE]), COLOURS[outer])
    canvas = (canvas * _DIMMED).astype(np.uint8)
    for face in points:
        for (x, y), colour in zip(face, COLOURS, strict=True):
            cv2.circle(canvas, (int(x), int(y)), _DOT, colour, cv2.FILLED)
    return canvas


def _stick(outer: NDArray[np.float32], nose: NDArray[np.float32]) -> NDArray[np.int32]:
    """The ellipse that lies between two points, as a polygon with a corner per degree."""
    across, down = outer - nose
    middle = (outer + nose) / 2
    return np.asarray(
        cv2.ellipse2Poly(
            center=(int(middle[0]), int(middle[1])),
            axes=(int((across**2 + down**2) ** 0.5 / 2), _STICK),
            angle=int(math.degrees(math.atan2(down, across))),
            arcStart=0,
            arcEnd=360,
            delta=1,
        ),
        np.int32,
    )


def _checked(face: ArrayLike) -> NDArray[np.float32]:
    points = np.asarray(face, np.float32)
    if points.shape != (5, 2) or not np.isfinite(points).all():
        raise ValueError(f"a face has five finite points (5, 2), not {points.tolist()}")
    return points
