"""Which photo stands for the asked pose, and the similarity that brings its face onto the planned keypoints."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from studio.engines import Reference

MOST_TURN = 40.0  # degrees: past this a photo is not turned, whatever the five points say
_MIRROR_GAIN = 14.0  # a mirrored photo must be nearer by this many degrees before it is taken
_SWAPPED = (1, 0, 2, 4, 3)


@dataclass(frozen=True, slots=True)
class Choice:
    """A reference photo, mirrored or not."""

    reference: Reference
    mirrored: bool


def eye_unit(keypoints: ArrayLike) -> float:
    """The size of a face in pixels: its eye distance as it would be seen from the front.

    Turning aside shortens the eye line and nodding shortens eye to mouth; the longer of the two is kept
    (an adult's eyes are 63 mm apart, the mouth 68 mm below them).
    """
    p = np.asarray(keypoints, np.float64)
    across = float(np.linalg.norm(p[1] - p[0]))
    down = float(np.linalg.norm((p[3] + p[4]) / 2 - (p[0] + p[1]) / 2))
    return max(across, 0.92 * down, 1e-3)


def choose(references: tuple[Reference, ...], pose: tuple[float, float, float], unit: float) -> Choice | None:
    """The 'face' reference whose head pose is nearest to the asked one; None where there is none.

    A mirrored photo is still the person, but a parting or a mole changes sides, so it is taken only where it is nearer
    by more than 14 degrees. Photos with too few pixels for the asked size, or with the face cut by
    the border, count as a few degrees further away. Ties go to the earlier photo.
    """
    best: tuple[float, int, Choice] | None = None
    for order, reference in enumerate(r for r in references if r.kind == "face"):
        own = eye_unit(reference.keypoints)
        blur = 5.0 * max(0.0, math.log2(max(unit, 1.0) / own) - 0.5)
        x0, y0, x1, y1 = reference.box
        tight = min(x0, reference.width - x1, y0 - 0.2 * (y1 - y0), 1.6 * (reference.height - y1)) < 0.12 * (x1 - x0)
        for mirrored in (False, True):
            sign = -1 if mirrored else 1
            yaw, pitch, roll = reference.pose
            apart = math.sqrt(
                (sign * yaw - pose[0]) ** 2 + 0.6 * (pitch - pose[1]) ** 2 + 0.15 * (sign * roll - pose[2]) ** 2
            )
            cost = apart + blur + (6.0 if tight else 0.0) + (_MIRROR_GAIN if mirrored else 0.0)
            if best is None or (cost, order) < best[:2]:
                best = cost, order, Choice(reference, mirrored)
    return best[2] if best else None


def mirrored_points(keypoints: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Five points of the mirrored picture, in the usual order."""
    flipped = np.stack([width - 1 - keypoints[:, 0], keypoints[:, 1]], 1)
    return flipped[list(_SWAPPED)]


def similarity(source: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    """The (2, 3) similarity that brings `source` (5, 2) onto `target` with least squares.

    Umeyama 1991 without reflection, in closed form for the plane. Where the points ask for a turn past MOST_TURN
    degrees (a wrong pair of eyes, a profile), the turn is held there and scale and shift are fitted to that.
    """
    a, b = np.asarray(source, np.float64), np.asarray(target, np.float64)
    ma, mb = a.mean(0), b.mean(0)
    p, q = a - ma, b - mb
    along = float((p * q).sum())
    across = float((p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0]).sum())
    turn = math.atan2(across, along)
    most = math.radians(MOST_TURN)
    spread = max(float((p**2).sum()), 1e-9)
    if abs(turn) <= most:
        scale = math.hypot(along, across) / spread
    else:
        turn = math.copysign(most, turn)
        scale = math.sqrt(float((q**2).sum()) / spread)
    c, s = scale * math.cos(turn), scale * math.sin(turn)
    m = np.array([[c, -s], [s, c]])
    return np.hstack([m, (mb - m @ ma)[:, None]])
