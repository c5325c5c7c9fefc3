"""The analyzer that comes with the studio: MediaPipe's packaged networks and a descriptor that needs no training."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from characters.analyzers.boxes import area, clipped
from characters.analyzers.descriptor import Descriptor
from characters.analyzers.finding import Finder, Found
from characters.analyzers.geometry import FIVE, pose_of_rotation, sharpness_and_brightness
from characters.analyzers.networks import Mesh, Segmenter
from characters.face import Face, unit_vector

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
        return sorted(faces, key=lambda face: -area(face.box))

    def person_mask(self, picture: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(H, W) float32 in 0..1: how surely each pixel belongs to a person. The network sees 256 x 256 pixels."""
        return self._segmenter.person_mask(picture)

    def _face(self, picture: NDArray[np.uint8], found: Found) -> Face:
        keypoints = found.mesh[FIVE, :2].copy()
        sharpness, brightness = sharpness_and_brightness(picture, keypoints)
        raw = self._descriptor.describe(picture, found.mesh, keypoints)
        return Face(
            box=clipped(found.box, picture),
            keypoints=keypoints,
            pose=pose_of_rotation(self._descriptor.rotation(found.mesh)),
            score=found.score,
            sharpness=sharpness,
            brightness=brightness,
            space=self.space,
            raw=raw,
            unit=unit_vector(raw),
        )


def bundled(_weights: Path) -> Bundled:
    """The analyzer of the catalogue; it needs nothing of the folder of models."""
    return Bundled()
