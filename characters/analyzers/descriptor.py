"""A face descriptor from what needs no trained recogniser: gradients, local binary patterns and the shape of the mesh.

Fair for a draft; not a face recogniser (figures: tests/bench/bench_bundled.py). Parts, each centred on plain drawn faces
(plain_face.py) and scaled to length 1, so that the dot product of two descriptors is a weighted mean of cosines:

    HOG of the face warped to a frontal mesh · HOG of the crop aligned by five points · LBP histograms of the warped face
    · the mesh itself, pose taken away

Every part is made mirror-symmetric (a face and its mirror image give the same descriptor), which takes away much of
what light from one side and a turned head do; the half that then repeats is left out.

HOG: Dalal and Triggs, "Histograms of oriented gradients for human detection", 2005. Uniform LBP: Ojala, Pietikäinen
and Mäenpää, "Multiresolution gray-scale and rotation invariant texture classification", 2002; on faces: Ahonen, Hadid
and Pietikäinen, "Face description with local binary patterns", 2006. Square-rooted histograms compare by the Hellinger
kernel.
"""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.spatial import Delaunay

from characters.analyzers.geometry import (
    ARCFACE,
    SURFACE,
    Points,
    apply,
    crop,
    grey,
    inverse,
    similarity_transform,
    square_of_mesh,
    to_template,
)
from characters.analyzers.plain_face import SIZE, plain_faces

WEIGHTS = {"warped": 1.0, "aligned": 1.0, "texture": 1.0, "shape": 0.3}
_CHIP, _CHIP_MARGIN = 256, 2.0  # the level crop that both views are cut from
_HOG = cv2.HOGDescriptor((96, 112), (32, 32), (16, 16), (16, 16), 9)
_HOG_COLUMNS, _HOG_ROWS = 5, 6
_CELLS, _CELL = 7, 16
_HALF = np.sqrt(0.5)
# eye middles from their corners, nose tip, mouth corners: five points of the 468 that carry no iris
_FIVE_ON_SURFACE = ([33, 133], [362, 263], [1], [61], [291])


def _uniform_codes() -> NDArray[np.intp]:
    """LBP code → histogram bin: a bin for each of the 58 codes with at most two changes around the circle, one for the rest."""
    bits = (np.arange(256)[:, None] >> np.arange(8)) & 1
    uniform = (bits != np.roll(bits, 1, axis=1)).sum(axis=1) <= 2
    bins = np.full(256, 58)
    bins[uniform] = np.arange(58)
    return bins


_BINS = _uniform_codes()


class Descriptor:
    """Describes faces. Built from the mesh network's neutral face, (468, 3): the shape it gives where it sees nothing."""

    def __init__(self, neutral: Points):
        centred = neutral[:SURFACE].astype(np.float64) - neutral[:SURFACE].mean(axis=0)
        mirrored = centred * [-1, 1, 1]
        distances = ((centred[:, None] - mirrored[None]) ** 2).sum(axis=2)
        self._mirror = linear_sum_assignment(distances)[1]
        symmetric = (centred + mirrored[self._mirror]) / 2
        self.neutral = symmetric / np.sqrt((symmetric**2).sum(axis=1).mean())
        own, other = np.arange(SURFACE), self._mirror
        self._one_side = np.flatnonzero(own <= other)
        self._side_weight = np.where(own == other, _HALF, 1.0)[self._one_side, None]

        five = np.array([self.neutral[points, :2].mean(axis=0) for points in _FIVE_ON_SURFACE])
        scale, rotation, shift = similarity_transform(five, ARCFACE.astype(np.float64))
        frontal = scale * self.neutral[:, :2] @ rotation.T + shift
        self._corners, self._shares, self._covered = _triangulated(frontal)

        drawings = [_levelled(drawing) for drawing in plain_faces(frontal)]
        self._plain_gradients = np.mean([_gradients(drawing) for drawing in drawings], axis=0)
        self._plain_texture = np.mean([_texture(drawing) for drawing in drawings], axis=0)

    def rotation(self, mesh: Points) -> NDArray[np.float64]:
        """(3, 3): how the head in a (478, 3) mesh is turned from looking straight at us."""
        return similarity_transform(self.neutral, mesh[:SURFACE].astype(np.float64))[1]

    def describe(self, picture: NDArray[np.uint8], mesh: Points, keypoints: Points) -> NDArray[np.float32]:
        """(d,) float32 of a face in an (H, W, 3) uint8 RGB picture: its (478, 3) mesh and (5, 2) keypoints, in pixels."""
        to_chip = square_of_mesh(mesh, _CHIP_MARGIN).to_crop(_CHIP)
        chip = grey(crop(picture, to_chip, _CHIP))
        in_chip, five = apply(to_chip, mesh[:SURFACE, :2]), apply(to_chip, keypoints)
        aligned = _levelled(crop(chip, to_template(five), SIZE))
        warped = _levelled(self._frontal(chip, in_chip, five))
        parts = {
            "warped": _gradients(warped) - self._plain_gradients,
            "aligned": _gradients(aligned) - self._plain_gradients,
            "texture": _texture(warped) - self._plain_texture,
            "shape": self._shape(mesh),
        }
        return np.concatenate(
            [np.sqrt(WEIGHTS[name]) * part / max(float(np.linalg.norm(part)), 1e-9) for name, part in parts.items()]
        ).astype(np.float32)

    def _frontal(self, chip: NDArray[np.uint8], mesh: Points, keypoints: Points) -> NDArray[np.uint8]:
        """The face warped, triangle by triangle, to the neutral mesh seen from the front; around it, merely aligned."""
        rows, columns = np.mgrid[0:SIZE, 0:SIZE]
        grid = np.column_stack([columns.ravel(), rows.ravel()]).astype(np.float32)
        source = apply(inverse(to_template(keypoints)), grid)
        inside = np.einsum("nk,nkd->nd", self._shares, mesh[self._corners])
        source = np.where(self._covered[:, None], inside, source).astype(np.float32).reshape(SIZE, SIZE, 2)
        across, down = source[..., 0], source[..., 1]
        return np.asarray(cv2.remap(chip, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8)

    def _shape(self, mesh: Points) -> NDArray[np.float64]:
        """How the mesh, laid on the neutral face and made symmetric, differs from it."""
        scale, rotation, shift = similarity_transform(mesh[:SURFACE].astype(np.float64), self.neutral)
        laid = scale * mesh[:SURFACE] @ rotation.T + shift
        symmetric = (laid + laid[self._mirror] * [-1, 1, 1]) / 2
        return ((symmetric - self.neutral)[self._one_side] * self._side_weight).ravel()


def _triangulated(
    points: NDArray[np.float64],
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.bool_]]:
    """For each pixel of the template: its triangle's corners (n, 3), its barycentric shares (n, 3), whether it has one (n,)."""
    triangles = Delaunay(points)
    rows, columns = np.mgrid[0:SIZE, 0:SIZE]
    grid = np.column_stack([columns.ravel(), rows.ravel()]).astype(np.float64)
    which = triangles.find_simplex(grid)
    two = np.einsum("nij,nj->ni", triangles.transform[which, :2], grid - triangles.transform[which, 2])
    return triangles.simplices[which].astype(np.intp), np.column_stack([two, 1 - two.sum(axis=1)]), which >= 0


def _levelled(view: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Local contrast evened out, so that light says less than the face."""
    return np.asarray(cv2.createCLAHE(2.0, (8, 8)).apply(view), np.uint8)


def _gradients(view: NDArray[np.uint8]) -> NDArray[np.float64]:
    """HOG of the middle 96 x 112 pixels, symmetric, one half of it."""
    middle = np.ascontiguousarray(view[:, 8:104])
    mirrored = np.ascontiguousarray(middle[:, ::-1])
    both = np.asarray(_HOG.compute(middle), np.float64) + np.asarray(_HOG.compute(mirrored), np.float64)
    blocks = both.reshape(_HOG_COLUMNS, _HOG_ROWS, -1)  # OpenCV goes down the columns
    return _left_half(blocks).ravel()


def _texture(view: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Square roots of uniform-LBP histograms over 7 x 7 cells, symmetric, one half of it."""
    both = _cell_histograms(view) + _cell_histograms(view[:, ::-1])
    return _left_half(both.transpose(1, 0, 2)).ravel()


def _cell_histograms(view: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(7, 7, 59): rows, columns, bins."""
    soft = cv2.GaussianBlur(view, (0, 0), 0.7)  # grain and JPEG blocks would otherwise fill the histograms
    wide = np.pad(soft, 1, mode="edge")
    codes = np.zeros(soft.shape, np.uint8)
    ring = [(0, 0), (0, 1), (0, 2), (1, 2), (2, 2), (2, 1), (2, 0), (1, 0)]
    for bit, (dy, dx) in enumerate(ring):
        codes |= (wide[dy : dy + SIZE, dx : dx + SIZE] >= soft).astype(np.uint8) << bit
    rows, columns = np.mgrid[0:SIZE, 0:SIZE] // _CELL
    cell = (rows * _CELLS + columns) * 59 + _BINS[codes]
    counts = np.bincount(cell.ravel(), minlength=_CELLS * _CELLS * 59)
    return np.sqrt(counts / _CELL**2).reshape(_CELLS, _CELLS, 59)


def _left_half(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of an odd number of mirror-symmetric columns (first axis): the left ones and the middle, which counts half."""
    middle = columns.shape[0] // 2
    half = columns[: middle + 1].copy()
    half[middle] *= _HALF
    return half
