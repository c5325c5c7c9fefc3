"""Finding every face of a picture with MediaPipe's detectors and mesh: large, small, several, turned, dark.

A detector proposes, the mesh disposes: a proposal counts once the mesh, fitted to it three times over, still says that
there is a face, and stayed where the proposal was. Thresholds were measured on photos with known faces.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from characters.analyzers.boxes import overlap
from characters.analyzers.geometry import (
    SURFACE,
    Square,
    apply,
    crop,
    inverse,
    lit,
    shrunk,
    square_of_box,
    square_of_mesh,
    turn_back,
    turned,
)
from characters.analyzers.networks import Detection, Detector, Mesh

WORKING_SIDE = 1280  # longer side, in pixels, of the picture that the detectors see
LEAST_SCORE = 0.5  # of a proposal
LEAST_PRESENCE = 0.5  # of a fitted mesh
SURE_SCORE = 0.8  # below this an upright find may be a turned face misread
MOST_TILT = 60.0  # degrees; the same for a find that lies on its side
BESIDE_SURE = 0.75  # of a face beside a surer one: wall patterns and folds of cloth came to 0.69
UPRIGHT_BONUS = 0.05  # what a turned reading must be better by
SMALL = 0.15  # of the longer side: where the largest face is narrower, fine tiles are looked at too
COARSE, FINE = 0.5, 0.25  # side of a tile, of the longer side
OVERLAP = 0.35  # of neighbouring tiles, so that a face on a seam is whole in one of them
FITS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """score: the detector's, 0..1. mesh: (478, 3) float32 in pixels of the picture, z growing away from us."""

    score: float
    mesh: NDArray[np.float32]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Bounds of the face's surface; may reach past the picture."""
        x0, y0 = self.mesh[:SURFACE, :2].min(axis=0)
        x1, y1 = self.mesh[:SURFACE, :2].max(axis=0)
        return float(x0), float(y0), float(x1), float(y1)

    @property
    def width(self) -> float:
        return self.box[2] - self.box[0]

    @property
    def tilt(self) -> float:
        """Degrees from the left eye to the right, clockwise as seen."""
        return float(np.degrees(square_of_mesh(self.mesh).angle))


class Finder:
    """Finds faces. The networks lock themselves, so one Finder may serve several threads."""

    def __init__(self) -> None:
        self._short = Detector(full_range=False, least_score=LEAST_SCORE)
        self._full = Detector(full_range=True, least_score=LEAST_SCORE)
        self._mesh = Mesh()

    def find(self, picture: NDArray[np.uint8]) -> list[Found]:
        """All faces in an (H, W, 3) uint8 RGB picture, in its pixels, widest first."""
        found = self._find(lit(picture))
        return sorted(found, key=lambda face: -face.width)

    def _find(self, picture: NDArray[np.uint8]) -> list[Found]:
        height, width = picture.shape[:2]
        scale = min(1.0, WORKING_SIDE / max(height, width))
        small, stretch = (picture, np.ones(2)) if scale == 1.0 else shrunk(picture, scale)
        quarters, found = self._best_reading(small)
        upright = turned(small, quarters)
        found = _distinct(found + self._in_tiles(upright, COARSE, self._short))
        if not _has_large(found, small):
            found = _distinct(found + self._in_tiles(upright, FINE, self._full))
        found = _believed(found)
        found = [Found(face.score, turn_back(face.mesh, quarters, small.shape[1], small.shape[0])) for face in found]
        return [self._refined(picture, face, stretch) for face in found] if scale < 1.0 else found

    def _best_reading(self, picture: NDArray[np.uint8]) -> tuple[int, list[Found]]:
        """How many quarters to turn the picture by, and what was seen in it then, in its turned pixels."""
        readings = [self._whole(picture)]
        if _convincing(readings[0]):
            return 0, readings[0]
        readings += [self._whole(turned(picture, quarters)) for quarters in (1, 2, 3)]
        if max(map(_best, readings)) < SURE_SCORE and not _has_large(readings[0], picture):  # whoever is there is small
            for quarters in range(4):
                view = turned(picture, quarters)
                readings[quarters] = _distinct(readings[quarters] + self._in_tiles(view, COARSE, self._short))
                if quarters == 0 and not _convincing(readings[0]):  # tiny ones are looked for upright only
                    readings[0] = _distinct(readings[0] + self._in_tiles(view, FINE, self._full))
                if quarters == 0 and _convincing(readings[0]):
                    return 0, readings[0]
        best = max(range(4), key=lambda quarters: _best(readings[quarters]) + (0.0 if quarters else UPRIGHT_BONUS))
        return best, readings[best]

    def _whole(self, picture: NDArray[np.uint8]) -> list[Found]:
        """What the detectors see in the picture as a whole."""
        found = self._fitted(picture, _best_proposals(self._short.detect(picture) + self._full.detect(picture)))
        if _best(found) < SURE_SCORE:  # a face that fills the picture is found with air around it
            found += self._fitted(picture, list(self._with_air(picture)))
        return _distinct(found)

    def _with_air(self, picture: NDArray[np.uint8]) -> Iterator[Detection]:
        height, width = picture.shape[:2]
        air = max(height, width) // 3
        padded = np.pad(picture, ((air, air), (air, air), (0, 0)), constant_values=128)
        for seen in self._short.detect(padded):
            yield _moved(seen, -air, -air)

    def _in_tiles(self, picture: NDArray[np.uint8], part: float, detector: Detector) -> list[Found]:
        side = round(part * max(picture.shape[:2]))
        proposals = [
            _moved(seen, x, y)
            for x, y in _tiles(picture.shape[1], picture.shape[0], side)
            for seen in detector.detect(picture[y : y + side, x : x + side])
        ]
        return self._fitted(picture, _best_proposals(proposals))

    def _fitted(self, picture: NDArray[np.uint8], proposals: list[Detection]) -> list[Found]:
        found = []
        for seen in proposals:
            square = square_of_box(seen.box, seen.left_eye, seen.right_eye)
            mesh, presence = self._fit(picture, square)
            if presence < LEAST_PRESENCE:
                continue
            face = Found(seen.score, mesh)
            if overlap(face.box, seen.box) > 0.3:
                found.append(face)
        return found

    def _fit(self, picture: NDArray[np.uint8], square: Square) -> tuple[NDArray[np.float32], float]:
        """The mesh, fitted to the square, then to the square around the fit, and so on; and its last presence."""
        mesh, presence = np.zeros((0, 3), np.float32), 0.0
        for _ in range(FITS):
            to_crop = square.to_crop(Mesh.size)
            in_crop, presence = self._mesh.fit(crop(picture, to_crop, Mesh.size))
            mesh = in_crop * np.float32(square.side / Mesh.size)
            mesh[:, :2] = apply(inverse(to_crop), in_crop[:, :2])
            square = square_of_mesh(mesh)
        return mesh, presence

    def _refined(self, picture: NDArray[np.uint8], face: Found, stretch: NDArray[np.float64]) -> Found:
        """The face in the pixels of the full picture; fitted again there if the smaller one showed less than the mesh sees."""
        mesh = face.mesh * np.append(stretch, stretch.mean()).astype(np.float32)
        mesh[:, :2] += (0.5 * stretch - 0.5).astype(np.float32)
        if square_of_mesh(face.mesh).side < Mesh.size:
            mesh = self._fit(picture, square_of_mesh(mesh))[0]
        return Found(face.score, mesh)


def _convincing(found: list[Found]) -> bool:
    """Whether what was seen is surely not a turned picture misread."""
    return any(face.score >= SURE_SCORE and abs(face.tilt) <= MOST_TILT for face in found)


def _has_large(found: list[Found], picture: NDArray[np.uint8]) -> bool:
    return any(face.width >= SMALL * max(picture.shape[:2]) for face in found)


def _believed(found: list[Found]) -> list[Found]:
    """The finds that stand beside the surest one: a pattern on a wall is found too, but with less conviction."""
    least = min(BESIDE_SURE, _best(found) - 0.1)
    return [face for face in found if face.score >= least]


def _best(found: list[Found]) -> float:
    return max((face.score for face in found), default=0.0)


def _moved(seen: Detection, x: float, y: float) -> Detection:
    x0, y0, x1, y1 = seen.box
    shift = np.array([x, y], np.float32)
    return Detection(seen.score, (x0 + x, y0 + y, x1 + x, y1 + y), seen.left_eye + shift, seen.right_eye + shift)


def _tiles(width: int, height: int, side: int) -> Iterator[tuple[int, int]]:
    """Upper left corners of overlapping square tiles that cover the picture."""
    for y in _starts(height, side):
        for x in _starts(width, side):
            yield x, y


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    count = 1 + int(np.ceil((length - side) / (side * (1.0 - OVERLAP))))
    return [round(start) for start in np.linspace(0, length - side, count)]


def _best_proposals(proposals: list[Detection]) -> list[Detection]:
    """One proposal for every place: the surest. Saves fitting the mesh to a face once for each tile that shows it."""
    kept: list[Detection] = []
    for seen in sorted(proposals, key=lambda seen: -seen.score):
        if all(overlap(seen.box, other.box) < 0.5 for other in kept):
            kept.append(seen)
    return kept


def _distinct(found: list[Found]) -> list[Found]:
    """One find for every face: the surest reading of it."""
    kept: list[Found] = []
    for face in sorted(found, key=lambda face: -face.score):
        if all(overlap(face.box, other.box) < 0.4 for other in kept):
            kept.append(face)
    return kept
