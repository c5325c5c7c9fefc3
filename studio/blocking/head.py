"""A head of average size, turned and projected: where its five points, its face and its skull fall on a canvas.

Millimetres; x to the right edge, y down, z away from the camera; the origin is the middle of the head, level with the
pupils. The numbers are rounded means of adults, women and men together:

- pupils 63 mm apart (N. A. Dodgson, "Variation and extrema of human interpupillary distance", Proc. SPIE 5291, 2004);
- head 195 long, 150 broad, 225 from chin to crown, cheekbones 140 apart, bridge of the nose to chin 118, mouth 50 wide
  (head-and-face surveys of respirator users: Z. Zhuang and B. Bradtmiller, J. Occup. Environ. Hyg. 2, 2005, and
  L. Du et al., Ann. Occup. Hyg. 52, 2008, for Chinese workers; the mouth is a little wider here, as people speak);
- the eyes lie halfway between crown and chin, the mouth two thirds of the way from the eyes to the chin less a little,
  the hairline 181 above the chin (L. G. Farkas, "Anthropometry of the Head and Face", 2nd ed., 1994).

The camera of each head looks straight at it, so a pose means what a face analyzer measures on that face's crop.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from characters.face import Pose

HEAD_HEIGHT = 225.0

# left eye, right eye, nose tip, left mouth corner, right mouth corner as seen in the image; (5, 3) mm
HEAD_POINTS: NDArray[np.float64] = np.array(
    [
        (-31.5, 0.0, -80.0),
        (31.5, 0.0, -80.0),
        (0.0, 38.0, -118.0),
        (-26.0, 66.0, -85.0),
        (26.0, 66.0, -85.0),
    ]
)

# what bounds a face beside the five points: hairline, chin, both cheekbones; (4, 3) mm
_FACE_RIM: NDArray[np.float64] = np.array(
    [(0.0, -68.0, -78.0), (0.0, 113.0, -78.0), (-70.0, 25.0, -25.0), (70.0, 25.0, -25.0)]
)

# half-axes of the skull's ellipsoid: breadth, height, length
_SKULL: NDArray[np.float64] = np.array([75.0, HEAD_HEIGHT / 2, 97.5])

Box = tuple[float, float, float, float]


def rotation(pose: Pose) -> NDArray[np.float64]:
    """(3, 3) matrix that turns a level, frontal head: first pitch, then yaw, then roll in the picture's plane."""
    yaw, pitch, roll = np.radians((pose.yaw, pose.pitch, pose.roll))
    nod = np.array([[1, 0, 0], [0, np.cos(pitch), np.sin(pitch)], [0, -np.sin(pitch), np.cos(pitch)]])
    turn = np.array([[np.cos(yaw), 0, -np.sin(yaw)], [0, 1, 0], [np.sin(yaw), 0, np.cos(yaw)]])
    tilt = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    return tilt @ turn @ nod


def pose_of(matrix: NDArray[np.float64]) -> Pose:
    """The pose of a (3, 3) rotation matrix, the inverse of `rotation` for |yaw| < 90."""
    yaw = np.arcsin(np.clip(matrix[2, 0], -1.0, 1.0))
    pitch = np.arctan2(-matrix[2, 1], matrix[2, 2])
    roll = np.arctan2(matrix[1, 0], matrix[0, 0])
    return Pose(*(float(angle) for angle in np.degrees((yaw, pitch, roll))))


def seen_from(camera: Pose, head: Pose) -> Pose:
    """How a head with pose `head` in the room looks to a camera that makes a level head look like `camera`."""
    return pose_of(rotation(camera) @ rotation(head))


@dataclass(frozen=True, slots=True, eq=False)
class Projection:
    """A head on the canvas, in pixels. keypoints: (5, 2) float64; face: hairline to chin; head: skull and face."""

    keypoints: NDArray[np.float64]
    face: Box
    head: Box


def project(pose: Pose, centre: tuple[float, float], height: float, distance: float) -> Projection:
    """Project the average head.

    centre: pixels, where the middle of the head falls (level with the pupils of a level head).
    height: pixels from chin to crown of a level head. distance: mm from the lens to the middle of the head; a short
    one makes the nose large, as a wide lens close by does.
    """
    matrix = rotation(pose)
    # ellipsoid: the half-extent along an axis is the length of the half-axes turned onto it; seen in weak perspective,
    # because its outline lies about as far away as its middle
    half = np.linalg.norm(matrix[:2] * _SKULL, axis=1) * (height / HEAD_HEIGHT)
    middle = np.array(centre)

    def onto_canvas(points: NDArray[np.float64]) -> NDArray[np.float64]:
        turned = points @ matrix.T
        scale = (height / HEAD_HEIGHT) * distance / (distance + turned[:, 2:])
        return middle + turned[:, :2] * scale

    keypoints = onto_canvas(HEAD_POINTS)
    features = np.vstack([keypoints, onto_canvas(_FACE_RIM)])
    outline = np.vstack([features, middle - half, middle + half])
    return Projection(keypoints, bounds(features), bounds(outline))


def bounds(points: NDArray[np.float64]) -> Box:
    """x0, y0, x1, y1 around (n, 2) points."""
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return (float(x0), float(y0), float(x1), float(y1))
