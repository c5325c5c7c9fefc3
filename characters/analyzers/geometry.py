"""Points, turns, crops and light of faces. Pure numpy and OpenCV; pictures are (H, W, 3) uint8 RGB, points (x, y) in pixels."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from characters.analyzers.boxes import Box
from characters.face import Pose

Points = NDArray[np.float32]
Matrix = NDArray[np.float64]

# The five points of a 112x112 crop that ArcFace's family of recognisers is trained with (insightface, face_align.py).
ARCFACE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float32
)

# MediaPipe's mesh: the two irises, the nose tip and the corners of the mouth; then the outer corners of the eyes.
FIVE = [468, 473, 1, 61, 291]
LEFT_EYE_CORNER, RIGHT_EYE_CORNER = 33, 263
SURFACE = 468  # the points of the face itself; the ten after them are the irises

# The five points of an average head in millimetres, (5, 3), x right, y down, z away from us. Pupils 63 apart (Dodgson,
# "Variation and extrema of human interpupillary distance", 2004); the rest was chosen so that the poses of detectors'
# points agree best with those of MediaPipe's mesh on 55 press photos: on average within 1.6 (yaw), 4.1 (pitch) and 1.5
# degrees (roll).
HEAD = np.array([[-31.5, 0, 0], [31.5, 0, 0], [0, 36, -42], [-25, 58, 0], [25, 58, 0]], np.float64)
DARK = 40.0  # mean grey: below it, a picture is looked at with the light turned up


@dataclass(frozen=True, slots=True)
class Square:
    """A turned square in a picture: centre, side in pixels, angle in radians, clockwise as seen."""

    x: float
    y: float
    side: float
    angle: float

    def to_crop(self, size: int) -> Matrix:
        """The (2, 3) matrix that maps picture pixels to a `size` x `size` crop of the square."""
        scale = size / self.side
        c, s = np.cos(self.angle) * scale, np.sin(self.angle) * scale
        return np.array(
            [[c, s, size / 2 - c * self.x - s * self.y], [-s, c, size / 2 + s * self.x - c * self.y]], np.float64
        )


def square_of_box(box: Box, left_eye: Points, right_eye: Points) -> Square:
    """Where MediaPipe's mesh wants to look, from a detector's box and eyes: 1.5 times the box, turned level."""
    x0, y0, x1, y1 = box
    across = right_eye - left_eye
    return Square((x0 + x1) / 2, (y0 + y1) / 2, 1.5 * max(x1 - x0, y1 - y0), float(np.arctan2(across[1], across[0])))


def square_of_mesh(mesh: Points, margin: float = 1.5) -> Square:
    """A level square around a (478, 3) mesh, `margin` times its longer side."""
    across = mesh[RIGHT_EYE_CORNER, :2] - mesh[LEFT_EYE_CORNER, :2]
    angle = float(np.arctan2(across[1], across[0]))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    level = mesh[:SURFACE, :2] @ turn
    low, high = level.min(axis=0), level.max(axis=0)
    x, y = turn @ ((low + high) / 2)
    return Square(float(x), float(y), margin * float((high - low).max()), angle)


def crop(picture: NDArray[np.uint8], to_crop: Matrix, size: int) -> NDArray[np.uint8]:
    """The `size` x `size` crop that the similarity `to_crop` (2, 3) cuts out; the border repeats past the picture's edge.

    Where the crop is much smaller than what it shows, the picture is first averaged down, so that nothing aliases.
    """
    scale = float(np.hypot(to_crop[0, 0], to_crop[1, 0]))
    corners = np.array([[0, 0], [size, 0], [0, size], [size, size]], np.float64)
    back = inverse(to_crop)
    seen = corners @ back[:, :2].T + back[:, 2]
    height, width = picture.shape[:2]
    x0, y0 = np.clip(np.floor(seen.min(axis=0)).astype(int) - 2, 0, [width - 1, height - 1])
    x1, y1 = np.clip(np.ceil(seen.max(axis=0)).astype(int) + 2, [x0 + 1, y0 + 1], [width, height])
    part = picture[y0:y1, x0:x1]
    inner = to_crop.copy()
    inner[:, 2] += to_crop[:, :2] @ [x0, y0]
    if scale < 0.75:
        part, stretch = shrunk(part, scale)
        # a pixel's middle is at +0.5: the shrunk picture's middles are not the big one's
        inner[:, 2] += inner[:, :2] @ (0.5 * stretch - 0.5)
        inner[:, :2] = inner[:, :2] * stretch
    return np.asarray(
        cv2.warpAffine(part, inner, (size, size), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


def shrunk(picture: NDArray[np.uint8], scale: float) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """The picture averaged down to about `scale` (0..1), and how many old pixels a new one spans, across and down.

    Halves first, which is several times faster than one step by an odd factor. A last odd row or column is dropped.
    """
    halvings = np.ones(2)
    while scale <= 0.5 and min(picture.shape[:2]) >= 2:
        height, width = picture.shape[0] // 2, picture.shape[1] // 2
        even = picture[: 2 * height, : 2 * width]
        picture = np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
        halvings *= 2
        scale *= 2
    height, width = picture.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    stretch = halvings * [width / size[0], height / size[1]]
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8), stretch


def inverse(matrix: Matrix) -> Matrix:
    """The (2, 3) matrix that undoes a (2, 3) matrix."""
    back = np.linalg.inv(matrix[:, :2]).astype(np.float64)
    return np.column_stack([back, -back @ matrix[:, 2]])


def grey(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) uint8 luma of an (H, W, 3) RGB picture."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)


def apply(matrix: Matrix, points: Points) -> Points:
    """(n, 2) points through a (2, 3) matrix."""
    return (points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)


def similarity_transform(source: NDArray[np.floating], target: NDArray[np.floating]) -> tuple[float, Matrix, Matrix]:
    """(scale, rotation (d, d), shift (d,)) that takes source (n, d) nearest to target (n, d) in the least squares.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns", 1991.
    """
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    a, b = source - source_mean, target - target_mean
    u, singular, vt = np.linalg.svd(b.T @ a)
    sign = np.ones(source.shape[1])
    sign[-1] = np.sign(np.linalg.det(u @ vt))
    rotation = (u * sign) @ vt
    scale = float((singular * sign).sum() / (a**2).sum())
    return scale, rotation, target_mean - scale * rotation @ source_mean


def to_template(keypoints: Points) -> Matrix:
    """The (2, 3) similarity that brings five keypoints onto the 112x112 ArcFace template."""
    scale, rotation, shift = similarity_transform(keypoints.astype(np.float64), ARCFACE.astype(np.float64))
    return np.column_stack([scale * rotation, shift])


def pose_of_rotation(rotation: Matrix) -> Pose:
    """The pose of a head whose frame (x right, y down, z away from us) was turned by `rotation` (3, 3).

    rotation = turn in the picture (roll) · about the vertical (yaw) · nod (pitch), signs as in characters.face.Pose.
    """
    nose = -rotation[:, 2]
    across = rotation[:, 0]
    roll = np.arctan2(across[1], across[0])
    level = np.array(
        [np.cos(roll) * nose[0] + np.sin(roll) * nose[1], -np.sin(roll) * nose[0] + np.cos(roll) * nose[1]]
    )
    yaw = np.arctan2(level[0], -nose[2])
    pitch = np.arcsin(np.clip(-level[1], -1.0, 1.0))
    return Pose(*(round(float(np.degrees(angle)), 2) for angle in (yaw, pitch, roll)))


def pose_of_keypoints(keypoints: Points) -> Pose:
    """The pose of a head from its (5, 2) keypoints, as a camera far away sees them; (5, 2) in pixels.

    An average head (`HEAD`) is turned until its points, seen from the front, fall on the keypoints: a projection
    Procrustes problem, solved by guessing the depths that the picture lacks, fitting, and taking the fit's depths for
    the next guess (Gower and Dijksterhuis, "Procrustes Problems", 2004). A nose longer than the average reads as a head
    turned further: good for sorting photos, within several degrees.
    """
    places = keypoints.astype(np.float64)
    depths = similarity_transform(HEAD[:, :2], places)[0] * HEAD[:, 2]
    rotation = np.eye(3)
    for _ in range(15):
        scale, rotation, shift = similarity_transform(HEAD, np.column_stack([places, depths]))
        depths = (scale * HEAD @ rotation.T + shift)[:, 2]
    return pose_of_rotation(rotation)


def lit(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture as it is, or, where its mean lies below `DARK`, with its brightest hundredth brought up to white."""
    if picture.mean() >= DARK:
        return picture
    brightest = max(1.0, float(np.percentile(picture, 99)))
    return np.clip(picture.astype(np.float32) * (235.0 / brightest), 0, 255).astype(np.uint8)


def sharpness_and_brightness(picture: NDArray[np.uint8], keypoints: Points) -> tuple[float, float]:
    """Variance of the Laplacian, and mean (0..255), of the grey 112x112 crop that (5, 2) keypoints are aligned to."""
    aligned = grey(crop(picture, to_template(keypoints), 112))
    return float(cv2.Laplacian(aligned, cv2.CV_64F).var()), float(aligned.mean())


def turned(picture: NDArray[np.uint8], quarters: int) -> NDArray[np.uint8]:
    """The picture turned counter-clockwise by so many quarters."""
    return np.ascontiguousarray(np.rot90(picture, quarters))


def turn_back(points: Points, quarters: int, width: int, height: int) -> Points:
    """(n, 2 or more) points of a picture that was `turned`, as points of the picture before, which was width x height."""
    back = points.copy()
    for quarter in range(quarters, 0, -1):
        width_before = width if quarter % 2 == 1 else height
        back[:, 0], back[:, 1] = width_before - 1 - back[:, 1], back[:, 0].copy()
    return back
