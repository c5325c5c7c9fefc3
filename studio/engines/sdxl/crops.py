"""What of a photo an image prompt is shown: the face, or the clothes below it. Pure numpy and OpenCV.

Pictures are (H, W, 3) uint8 RGB, boxes (x0, y0, x1, y1) and points (x, y) in their pixels.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from characters.analyzers.geometry import crop, to_template
from studio.engines import Box, Point

Picture = NDArray[np.uint8]

# CLIP's mean colour: it is zero after normalising, as the picture that stands for no picture is
MEAN_COLOUR = (123, 117, 104)

FACE_MARGIN = 1.6  # side of the face crop in longer sides of the box: the whole head and a little air
# of the clothes, in heights of the face box: a person is about seven and a half heads tall, two shoulders wide
CLOTHES_DOWN = 5.0
CLOTHES_ACROSS = 4.0
LEAST_CLOTHES = 0.5  # less than this below the chin is neck and collar: nothing to prompt with


def face_crop(picture: Picture, box: Box, margin: float = FACE_MARGIN) -> Picture:
    """The square around a face, `margin` longer sides of its box wide, as Plus-face wants it.

    What lies past the picture's edge is the mean colour.
    """
    x0, y0, x1, y1 = box
    side = max(1, round(margin * max(x1 - x0, y1 - y0)))
    left, top = round((x0 + x1 - side) / 2), round((y0 + y1 - side) / 2)
    square = np.full((side, side, 3), MEAN_COLOUR, np.uint8)
    height, width = picture.shape[:2]
    rows, columns = np.arange(top, top + side), np.arange(left, left + side)
    inside = np.ix_((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
    square[inside] = picture[max(0, top) : max(0, top + side), max(0, left) : max(0, left + side)]
    return square


def aligned_face(picture: Picture, keypoints: tuple[Point, ...], size: int = 224) -> Picture:
    """(size, size, 3): the face turned and scaled so that its five keypoints lie on ArcFace's template, for FaceID-PlusV2."""
    to_crop = to_template(np.array(keypoints, np.float32)) * (size / 112)
    return crop(picture, to_crop, size)


def look_crop(picture: Picture, box: Box) -> Picture | None:
    """The clothes of the person whose face box this is, padded to a square; None where the photo ends at the neck.

    From the chin five face heights down and four across, so that an image prompt carries what is worn, and not the
    face, which has tokens of its own.
    """
    x0, y0, x1, y1 = box
    face = y1 - y0
    height, width = picture.shape[:2]
    middle = (x0 + x1) / 2
    top, bottom = max(0, round(y1)), min(height, round(y1 + CLOTHES_DOWN * face))
    left = max(0, round(middle - CLOTHES_ACROSS / 2 * face))
    right = min(width, round(middle + CLOTHES_ACROSS / 2 * face))
    if bottom - top < LEAST_CLOTHES * face or right <= left:
        return None
    return padded_to_square(picture[top:bottom, left:right])


def padded_to_square(picture: Picture) -> Picture:
    """The whole picture in the middle of a square of the mean colour; itself where it is square."""
    height, width = picture.shape[:2]
    if height == width:
        return picture
    side = max(height, width)
    top, left = (side - height) // 2, (side - width) // 2
    return np.asarray(
        cv2.copyMakeBorder(
            picture, top, side - height - top, left, side - width - left, cv2.BORDER_CONSTANT, value=MEAN_COLOUR
        ),
        np.uint8,
    )
