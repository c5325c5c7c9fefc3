"""Pictures for a second ControlNet, from what the shot's blocking knows: edges of the photoboard, depth, poses."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engines import Box, Subject
from studio.engines.sdxl.canvas import Canvas

Picture = NDArray[np.uint8]

# of OpenPose's drawing: limbs as (from, to) of the eighteen points of COCO, each in its colour (RGB), around the wheel
_NOSE, _NECK, _RIGHT_SHOULDER, _LEFT_SHOULDER, _RIGHT_EYE, _LEFT_EYE = 0, 1, 2, 5, 14, 15
_LIMBS = ((_NECK, _RIGHT_SHOULDER), (_NECK, _LEFT_SHOULDER), (_NECK, _NOSE), (_NOSE, _RIGHT_EYE), (_NOSE, _LEFT_EYE))
_LIMB_COLOURS = ((255, 0, 0), (255, 85, 0), (0, 0, 255), (85, 0, 255), (170, 0, 255))
_POINT_COLOURS = {
    _NOSE: (255, 0, 0),
    _NECK: (255, 85, 0),
    _RIGHT_SHOULDER: (255, 170, 0),
    _LEFT_SHOULDER: (85, 255, 0),
    _RIGHT_EYE: (170, 0, 255),
    _LEFT_EYE: (255, 0, 255),
}
_EDGES = (100, 200)  # thresholds of Canny: those of the published training
# in heights of the head: where the neck's base lies below the chin, and how far the shoulders reach from it
_NECK_BELOW, _SHOULDERS = 0.35, 1.0
_FAR, _NEAR = 60, 235  # greys of depth, white is near
_STEP = 40  # between one person and who stands behind


def hint_picture(kind: str, subjects: Sequence[Subject], canvas: Canvas, guide: Picture | None) -> Picture:
    """(H, W, 3) uint8 for a ControlNet of that kind: 'canny', 'depth' or 'pose'.

    guide: the photoboard's frame on the canvas, for the edges. Depth and poses are what blocking knows, and no more:
    who is nearer, where heads and shoulders are.
    """
    if kind == "canny":
        if guide is None:
            raise ValueError("edges are those of a guide picture")
        return _three(np.asarray(cv2.Canny(cv2.cvtColor(guide, cv2.COLOR_RGB2GRAY), *_EDGES), np.uint8))
    if kind == "depth":
        return _depth(subjects, canvas)
    if kind == "pose":
        return _poses(subjects, canvas)
    raise ValueError(f"no picture for a ControlNet of kind {kind}")


def _depth(subjects: Sequence[Subject], canvas: Canvas) -> Picture:
    """A ground that comes nearer towards the lower edge, and people as heads on bodies, the nearest brightest."""
    ramp = np.linspace(_FAR, _FAR + 2 * _STEP, canvas.height)[:, None]
    picture = np.repeat(ramp, canvas.width, axis=1).astype(np.uint8)
    for subject in sorted(subjects, key=lambda each: -each.depth):
        grey = max(_FAR, _NEAR - _STEP * subject.depth)
        head, body = canvas.box_to_canvas(subject.head), canvas.box_to_canvas(subject.region)
        top = (head[1] + 2 * head[3]) / 3  # shoulders begin under the chin
        _ellipse(picture, (body[0], top, body[2], max(body[3], 2 * canvas.height - top)), grey)
        _ellipse(picture, head, grey)
    return _three(np.asarray(cv2.GaussianBlur(picture, (0, 0), max(1.0, canvas.width / 200)), np.uint8))


def _poses(subjects: Sequence[Subject], canvas: Canvas) -> Picture:
    picture = np.zeros((canvas.height, canvas.width, 3), np.uint8)
    for subject in subjects:
        points = _skeleton(subject, canvas)
        wide = max(2, round(canvas.width / 200))
        for (one, other), colour in zip(_LIMBS, _LIMB_COLOURS, strict=True):
            if one in points and other in points:
                cv2.line(picture, points[one], points[other], [int(0.6 * c) for c in colour], 2 * wide, cv2.LINE_AA)
        for point, colour in _POINT_COLOURS.items():
            if point in points:
                cv2.circle(picture, points[point], wide, colour, cv2.FILLED, cv2.LINE_AA)
    return picture


def _skeleton(subject: Subject, canvas: Canvas) -> dict[int, tuple[int, int]]:
    """What is known of a body: eyes and nose from the keypoints, neck and shoulders from the box of the head.

    OpenPose's left and right are the person's own: seen from behind they are ours.
    """
    x0, _, x1, y1 = canvas.box_to_canvas(subject.head)
    height = y1 - canvas.box_to_canvas(subject.head)[1]
    x, y = (x0 + x1) / 2, y1 + _NECK_BELOW * height
    side = -1 if subject.part == "back" else 1
    points = {
        _NECK: (round(x), round(y)),
        _RIGHT_SHOULDER: (round(x - side * _SHOULDERS * height), round(y)),
        _LEFT_SHOULDER: (round(x + side * _SHOULDERS * height), round(y)),
    }
    if len(subject.keypoints) == 5:
        eye, other, nose = canvas.to_canvas(np.array(subject.keypoints))[:3]
        points |= {_RIGHT_EYE: _whole(eye), _LEFT_EYE: _whole(other), _NOSE: _whole(nose)}
    return points


def _ellipse(picture: Picture, box: Box, grey: int) -> None:
    centre = round((box[0] + box[2]) / 2), round((box[1] + box[3]) / 2)
    half = max(1, round((box[2] - box[0]) / 2)), max(1, round((box[3] - box[1]) / 2))
    cv2.ellipse(picture, centre, half, 0, 0, 360, grey, cv2.FILLED, cv2.LINE_AA)


def _three(grey: NDArray[np.uint8]) -> Picture:
    return np.repeat(grey[..., None], 3, axis=2)


def _whole(point: NDArray[np.float32]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))
