"""Finding every face of a picture with SCRFD: large, small, several, turned, dark.

SCRFD: Guo et al., "Sample and Computation Redistribution for Efficient Face Detection", 2021; run by insightface's own
class. It knows faces by their size in the picture it is given, so a picture is looked at in several sizes; of a head
that lies on its side or upside down it makes a face with wrong points and a lower score, so a picture without a sure
face is looked at in four turns. Thresholds were measured on photos with known faces.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from insightface.model_zoo.scrfd import SCRFD
from numpy.typing import NDArray

from characters.analyzers.boxes import Box, overlap
from characters.analyzers.geometry import Points, lit, shrunk, turn_back, turned

WORKING_SIDE = 1920  # longer side, in pixels, of the largest picture that is looked at
SIZES = ((640, 640), (320, 320), (128, 128))  # the last two see what is too large for the first
LEAST_SCORE = 0.5
SURE_SCORE = 0.8  # heads on their side or upside down came to 0.79 at most
MOST_TILT = 60.0  # degrees; a sure face is not tilted further
BESIDE_SURE = 0.6  # of a face beside a surer one: a raised hand came to 0.56
UPRIGHT_BONUS = 0.05  # what a turned reading must be better by
SMALL = 0.15  # of the longer side: where the largest face is narrower, the picture is looked at in full size
SAME_PLACE = 0.4
THINNEST = 100  # times longer than broad: what no face fits into
_STRIDE = 32


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A face. score: 0..1. box: pixels, may reach past the picture. keypoints: (5, 2) float32 pixels, in the head's order:
    left eye, right eye, nose, left and right corner of the mouth as seen when the head is upright."""

    score: float
    box: Box
    keypoints: Points

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def sure(self) -> bool:
        """Whether this is surely no turned face misread, in the picture as it was looked at."""
        across = self.keypoints[1] - self.keypoints[0]
        return self.score >= SURE_SCORE and abs(np.degrees(np.arctan2(across[1], across[0]))) <= MOST_TILT


class Scrfd:
    """Finds faces with the network in `file`, opened as `session` (onnxruntime's). May be shared by threads."""

    def __init__(self, file: Path, session: Any):
        # one session for every size: the library would otherwise load the network once more for each
        self._network = SCRFD(str(file), session=session, static_shape_sessions=False)

    @property
    def gives_keypoints(self) -> bool:
        return bool(self._network.use_kps)

    def find(self, picture: NDArray[np.uint8]) -> list[Seen]:
        """All faces in an (H, W, 3) uint8 RGB picture, in its pixels, the surest first."""
        view, stretch = lit(picture), np.ones(2)
        longest = max(view.shape[:2])
        if longest > WORKING_SIDE:
            view, stretch = shrunk(view, WORKING_SIDE / longest)
        readings = [self._read(view)]
        if not readings[0] or not all(face.sure for face in readings[0]):
            readings += [self._read(turned(view, quarters)) for quarters in (1, 2, 3)]
        best = max(range(len(readings)), key=lambda at: _best(readings[at]) + (0.0 if at else UPRIGHT_BONUS))
        height, width = view.shape[:2]
        found = [
            _in_picture(face, quarters, width, height, stretch)
            for quarters, faces in enumerate(readings)
            for face in faces
            if quarters == best or face.sure
        ]
        return _believed(_distinct(found))

    def _read(self, view: NDArray[np.uint8]) -> list[Seen]:
        """What is seen in the picture as a whole; small faces in its full size, one that fills it with air around it."""
        found = self._detect(view, SIZES)
        height, width = view.shape[:2]
        if max(height, width) > SIZES[0][0] and not _has_large(found, view):
            found += self._detect(view, [(_STRIDE * -(-width // _STRIDE), _STRIDE * -(-height // _STRIDE))])
        if not found:
            air = max(height, width) // 2
            padded = np.pad(view, ((air, air), (air, air), (0, 0)), constant_values=128)
            found = [_moved(face, -air) for face in self._detect(padded, SIZES)]
        return _distinct(found)

    def _detect(self, view: NDArray[np.uint8], sizes: Any) -> list[Seen]:
        if max(view.shape[:2]) > THINNEST * min(view.shape[:2]):
            return []  # the library would scale it down to nothing
        bgr = np.ascontiguousarray(view[..., ::-1])
        found: Any = self._network.detect(bgr, input_size=sizes, det_thresh=LEAST_SCORE)
        return [
            Seen(float(score), (float(x0), float(y0), float(x1), float(y1)), np.asarray(points, np.float32))
            for (x0, y0, x1, y1, score), points in zip(*found, strict=True)
        ]


def _in_picture(face: Seen, quarters: int, width: int, height: int, stretch: NDArray[np.float64]) -> Seen:
    """A face of the turned view in the pixels of the picture, of which the upright view (width x height) was shrunk."""
    corners = np.array([face.box[:2], face.box[2:]], np.float32)
    low, high = np.sort(_stretched(turn_back(corners, quarters, width, height), stretch), axis=0)
    points = _stretched(turn_back(face.keypoints, quarters, width, height), stretch)
    return Seen(face.score, (float(low[0]), float(low[1]), float(high[0]), float(high[1])), points)


def _stretched(points: Points, stretch: NDArray[np.float64]) -> Points:
    return ((points + 0.5) * stretch - 0.5).astype(np.float32)


def _moved(face: Seen, by: int) -> Seen:
    x0, y0, x1, y1 = face.box
    return Seen(face.score, (x0 + by, y0 + by, x1 + by, y1 + by), face.keypoints + np.float32(by))


def _best(found: list[Seen]) -> float:
    return max((face.score for face in found), default=0.0)


def _has_large(found: list[Seen], view: NDArray[np.uint8]) -> bool:
    return any(face.width >= SMALL * max(view.shape[:2]) for face in found)


def _distinct(found: list[Seen]) -> list[Seen]:
    """One find for every face: the surest reading of it."""
    kept: list[Seen] = []
    for face in sorted(found, key=lambda face: -face.score):
        if all(overlap(face.box, other.box) < SAME_PLACE for other in kept):
            kept.append(face)
    return kept


def _believed(found: list[Seen]) -> list[Seen]:
    """What is left once less sure finds beside a sure one are taken away."""
    least = BESIDE_SURE if _best(found) >= SURE_SCORE else LEAST_SCORE
    return [face for face in found if face.score >= least]
