"""What the registry answers: frozen values, nothing of the database in them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from characters.face import Pose
from storage.errors import Message

Box = tuple[float, float, float, float]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PhotoReport:
    """What came of an uploaded photo.

    file: the name it was uploaded under. width, height: of the analysed picture, upright; all coordinates are its
    pixels; 0 where the file could not be read. faces: the box of every face found, largest first; the number of a face
    is its place in there. box, keypoints, face_width, pose: of the face that was examined, None where none was.
    reason: why it was refused; a refused photo has left nothing behind. photo_uid: of an accepted one.
    """

    file: str
    accepted: bool
    reason: Message | None
    warnings: tuple[Message, ...] = ()
    photo_uid: str | None = None
    keypoints: tuple[Point, ...] | None = None
    face_width: float | None = None
    box: Box | None = None
    pose: Pose | None = None
    faces: tuple[Box, ...] = ()
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class PhotoReference:
    """A kept face of a character, with all that an engine or a review needs of it.

    photo, asset: uid of the photo and hash of its picture, width x height pixels; box, keypoints, pose as in
    characters.face.Face. raw, unit: (d,) float32 in `space`.
    """

    photo: str
    look: str
    asset: str
    width: int
    height: int
    face: int
    space: str
    box: Box
    keypoints: tuple[Point, ...]
    pose: Pose
    raw: NDArray[np.float32]
    unit: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ReferenceSimilarity:
    """How much the compared face resembles one kept photo."""

    photo: str
    similarity: float


@dataclass(frozen=True, slots=True)
class FaceSimilarity:
    """How much one face of the compared picture resembles the character; box in that picture's pixels."""

    box: Box
    similarity: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A picture against a character. similarity: of the best face; per_reference: of that face with each photo."""

    space: str
    similarity: float
    per_reference: tuple[ReferenceSimilarity, ...]
    faces: tuple[FaceSimilarity, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lineup:
    """How alike the characters with photos are: matrix (n, n), best match between two people's photos, 1 on the diagonal."""

    space: str
    names: tuple[str, ...]
    matrix: NDArray[np.float64]
