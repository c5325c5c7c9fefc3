"""The analyzer that comes with the studio: MediaPipe's packaged networks and a descriptor that needs no training."""

import cv2
import numpy as np
from numpy.typing import NDArray

from characters.analyzers.descriptor import Descriptor
from characters.analyzers.finding import Finder, Found
from characters.analyzers.geometry import FIVE, crop, grey, pose_of_rotation, shrunk, to_template
from characters.analyzers.networks import Mesh, Segmenter
from characters.face import Face, unit_vector

MASK_SIDE = 1024  # longer side, in pixels, of the picture that the segmentation sees
_FLAT = np.full((Mesh.size, Mesh.size, 3), 128, np.uint8)


class Bundled:
    """A characters.face.FaceAnalyzer without a download. May be shared by threads; the same picture, the same answer.

    Finds faces that fill the picture, small ones, several, and pictures turned by quarters. Boxes are clipped to the
    picture; keypoints are not. The embedding (space "bundled-1") is fair for a draft and is no face recogniser.
    """

    name = "bundled"
    space = "bundled-1"

    def __init__(self) -> None:
        self._finder = Finder()
        self._segmenter = Segmenter()
        self._descriptor = Descriptor(Mesh().fit(_FLAT)[0])

    def analyze(self, picture: NDArray[np.uint8]) -> list[Face]:
        """All faces in an (H, W, 3) uint8 RGB picture, largest box first; [] where there is none."""
        faces = [self._face(picture, found) for found in self._finder.find(picture)]
        return sorted(faces, key=lambda face: -(face.box[2] - face.box[0]) * (face.box[3] - face.box[1]))

    def person_mask(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(H, W) float32 in 0..1: how surely each pixel belongs to a person. The network sees 256 x 256 pixels."""
        height, width = picture.shape[:2]
        scale = min(1.0, MASK_SIDE / max(height, width))
        mask = self._segmenter.segment(picture if scale == 1.0 else shrunk(picture, scale)[0])
        return np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)

    def _face(self, picture: NDArray[np.uint8], found: Found) -> Face:
        height, width = picture.shape[:2]
        x0, y0, x1, y1 = found.box
        keypoints = found.mesh[FIVE, :2].copy()
        aligned = grey(crop(picture, to_template(keypoints), 112))
        raw = self._descriptor.describe(picture, found.mesh, keypoints)
        return Face(
            box=(max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))),
            keypoints=keypoints,
            pose=pose_of_rotation(self._descriptor.rotation(found.mesh)),
            score=found.score,
            sharpness=float(cv2.Laplacian(aligned, cv2.CV_64F).var()),
            brightness=float(aligned.mean()),
            space=self.space,
            raw=raw,
            unit=unit_vector(raw),
        )
