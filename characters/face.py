"""A face as the studio knows it, and what a face analyzer promises."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from storage.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a head points, in degrees.

    yaw > 0: the nose points to the right edge of the picture; pitch > 0: up; roll > 0: clockwise as seen.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One detected face.

    box: (x0, y0, x1, y1) in pixels of the analysed picture.
    keypoints: (5, 2) float32, pixels; left eye, right eye, nose, left mouth corner, right mouth corner as seen.
    pose: degrees. score: detector's confidence, 0..1. sharpness: variance of the Laplacian of the aligned
    112x112 crop (grey, 0..255). brightness: mean of that crop, 0..255.
    space: name of the embedding space. raw: (d,) float32 exactly as the recogniser returned it.
    unit: (d,) float32, length 1, for comparison.
    """

    box: tuple[float, float, float, float]
    keypoints: NDArray[np.float32]
    pose: Pose
    score: float
    sharpness: float
    brightness: float
    space: str
    raw: NDArray[np.float32]
    unit: NDArray[np.float32]

    @property
    def width(self) -> float:
        """Width of the box in pixels."""
        return self.box[2] - self.box[0]


class FaceAnalyzer(Protocol):
    """Finds faces and tells them apart."""

    name: str
    space: str

    def analyze(self, picture: NDArray[np.uint8]) -> list[Face]:
        """All faces in an (H, W, 3) uint8 RGB picture, largest box first; [] where there is none."""
        ...

    def person_mask(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(H, W) float32 in 0..1: how surely each pixel belongs to a person."""
        ...


def unit_vector(raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """`raw` scaled to length 1. Raises InvalidInput for a vector without direction (zero or not finite)."""
    length = float(np.linalg.norm(raw))
    if not np.isfinite(length) or length == 0.0:
        raise InvalidInput(
            "A face embedding has no direction, so it cannot be compared.", "人脸特征向量无效，无法比较。"
        )
    return (raw / length).astype(np.float32)


def similarity(a: NDArray[np.float32], a_space: str, b: NDArray[np.float32], b_space: str) -> float:
    """Cosine of two unit vectors of one space, -1..1. Raises InvalidInput where the spaces differ."""
    if a_space != b_space:
        raise InvalidInput(
            f"Faces measured by two recognisers cannot be compared ({a_space} and {b_space}).",
            f"两个不同识别器的人脸特征不能比较（{a_space} 与 {b_space}）。",
        )
    return float(np.clip(np.dot(a, b), -1.0, 1.0))


def best_match(face: Face, references: Sequence[tuple[NDArray[np.float32], str]]) -> tuple[float, list[float]]:
    """(best, per reference) similarity of a face to reference unit vectors with their spaces. References must not be empty."""
    values = [similarity(face.unit, face.space, unit, space) for unit, space in references]
    return max(values), values
