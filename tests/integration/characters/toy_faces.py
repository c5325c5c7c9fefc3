"""An analyzer for pictures of squares: every bright square on black is a face, and its colour is who it is."""

import cv2
import numpy as np
from numpy.typing import NDArray

from characters.face import Face, Pose, unit_vector
from storage.pictures import encode_png

ANN, BEA, CLEO = (250, 40, 40), (40, 250, 40), (40, 40, 250)


def picture(*squares: tuple[int, int, int, tuple[int, int, int]], width: int = 200, height: int = 240) -> bytes:
    """A PNG with squares (x, y, side, colour), and clothes of dark blue at its foot."""
    image = np.zeros((height, width, 3), np.uint8)
    image[height - 20 :] = (10, 10, 60)
    for x, y, side, colour in squares:
        image[y : y + side, x : x + side] = colour
    return encode_png(image)


def portrait(colour: tuple[int, int, int], side: int = 80, x: int = 60, y: int = 50) -> bytes:
    return picture((x, y, side, colour))


class SquareFaces:
    """A FaceAnalyzer; counts how many were made."""

    name = "squares"
    space = "bundled-1"  # so that the marks of a measured space apply
    made = 0

    def __init__(self) -> None:
        type(self).made += 1

    def analyze(self, picture: NDArray[np.uint8]) -> list[Face]:
        bright = (picture.max(axis=2) > 100).astype(np.uint8)
        count, _, boxes, centres = cv2.connectedComponentsWithStats(bright)
        faces = [self._face(picture, boxes[at], centres[at]) for at in range(1, count)]
        return sorted(faces, key=lambda face: -face.width)

    def _face(self, picture: NDArray[np.uint8], box: NDArray[np.integer], centre: NDArray[np.floating]) -> Face:
        x, y, width, height = (float(value) for value in box[:4])
        colour = picture[int(centre[1]), int(centre[0])].astype(np.float32)
        # the exact colour and side are a little of the identity too, so that two photos are not the same vector
        raw = np.append(colour, [width / 2, x / 4]).astype(np.float32)
        points = np.array([[0.3, 0.35], [0.7, 0.35], [0.5, 0.55], [0.35, 0.75], [0.65, 0.75]], np.float32)
        return Face(
            box=(x, y, x + width, y + height),
            keypoints=points * np.float32([width, height]) + np.float32([x, y]),
            pose=Pose(),
            score=0.9,
            sharpness=300.0,
            brightness=128.0,
            space=self.space,
            raw=raw,
            unit=unit_vector(raw),
        )

    def person_mask(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        return (picture.max(axis=2) > 30).astype(np.float32)
