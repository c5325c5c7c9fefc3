"""The values of blocking: what goes in, what comes out, and the setting both are read in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from characters.face import Pose
from studio.blocking.grammar import AngleRule, SizeRule
from studio.blocking.head import Box

FOREGROUND = {"foreground-left": -1, "foreground-right": 1}


@dataclass(frozen=True, slots=True)
class Placed:
    """Somebody in a shot, in studio.vocabulary's codes."""

    name: str
    placement: str = "centre"
    gaze: str = "camera"
    part: str = "face"


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """Where one person is in the frame, in canvas pixels.

    part: what is seen of them: a 'face' that is turned away becomes 'back', one that is too far to know 'figure'.
    keypoints: (5, 2) float32 in the order of characters.face.Face, or (0, 2) where no face is seen.
    pose: as the camera sees the head, in the signs of characters.face.Pose; |yaw| above 90 is from behind.
    face: hairline to chin, or None where no face is seen. head: skull and face without hair; above the canvas for a
    hand or feet. region: the whole person, crown to soles (may reach past the canvas); for a hand: the hand in a square
    at its top and the forearm down to the bottom edge; for feet: both shoes in a square at its bottom and the legs up
    to the top edge (the shoes alone where somebody else is in the frame). depth: 0 is nearest; no two people share one.
    """

    name: str
    part: str
    keypoints: NDArray[np.float32]
    pose: Pose
    face: Box | None
    head: Box
    region: Box
    depth: int


@dataclass(frozen=True, slots=True)
class Setting:
    """What everybody in one frame shares: the size's name and numbers, the camera, the canvas in pixels."""

    size: str
    framing: str
    rule: SizeRule
    view: AngleRule
    width: int
    height: int


def no_keypoints() -> NDArray[np.float32]:
    return np.empty((0, 2), np.float32)
