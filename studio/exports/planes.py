"""Frames as video has them: brightness and two colours at half the size, ITU-R BT.709 in the limited range.

A still is turned into planes once and moved as planes: half the bytes of RGB, and nothing left for ffmpeg to convert.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]

# rows Y, U (Cb), V (Cr) of R, G, B and one, for values 0..255: BT.709, table 3 of Rec. ITU-R BT.709-6
_KR, _KB = 0.2126, 0.0722
_KG = 1 - _KR - _KB
_Y, _C = 219 / 255, 224 / 255
_MATRIX = np.array(
    [
        [_Y * _KR, _Y * _KG, _Y * _KB, 16],
        [-_C * _KR / (2 - 2 * _KB), -_C * _KG / (2 - 2 * _KB), _C / 2, 128],
        [_C / 2, -_C * _KG / (2 - 2 * _KR), -_C * _KB / (2 - 2 * _KR), 128],
    ],
    np.float32,
)


@dataclass(frozen=True, slots=True)
class Planes:
    """y (h, w), u and v (h/2, w/2), uint8. h and w are even."""

    y: Pixels
    u: Pixels
    v: Pixels

    def __iter__(self) -> Iterator[Pixels]:
        return iter((self.y, self.u, self.v))


@dataclass(frozen=True, slots=True)
class Overlay:
    """Something to lay on a frame. x, y: even numbers, of its upper left corner. rgb (h, w, 3), alpha (h, w) 0..255; h and w even."""

    x: int
    y: int
    rgb: Pixels
    alpha: Pixels


def planes_of(rgb: Pixels) -> Planes:
    """RGB (h, w, 3) as planes; an odd row or column at the end is left out."""
    even = rgb[: rgb.shape[0] // 2 * 2, : rgb.shape[1] // 2 * 2]
    y, u, v = cv2.split(cv2.transform(even, _MATRIX))
    half = (even.shape[1] // 2, even.shape[0] // 2)
    u, v = (cv2.resize(plane, half, interpolation=cv2.INTER_AREA) for plane in (u, v))
    return Planes(*(np.asarray(plane, np.uint8) for plane in (y, u, v)))


@dataclass(frozen=True, slots=True, eq=False)
class Burnt:
    """An overlay made ready for planes: each plane's place, its value times coverage, and one less coverage."""

    places: tuple[tuple[slice, slice], ...]
    values: tuple[npt.NDArray[np.float32], ...]
    rest: tuple[npt.NDArray[np.float32], ...]

    def onto(self, frame: Planes) -> None:
        """Lay it on the frame, in place."""
        for plane, place, value, rest in zip(frame, self.places, self.values, self.rest, strict=True):
            plane[place] = (plane[place] * rest + value + 0.5).astype(np.uint8)


def burnt(overlay: Overlay) -> Burnt:
    colours = planes_of(overlay.rgb)
    cover = overlay.alpha.astype(np.float32) / 255
    half = cv2.resize(cover, (cover.shape[1] // 2, cover.shape[0] // 2), interpolation=cv2.INTER_AREA)
    covers = (cover, np.asarray(half, np.float32), np.asarray(half, np.float32))
    h, w = cover.shape
    full = (slice(overlay.y, overlay.y + h), slice(overlay.x, overlay.x + w))
    small = tuple(slice(each.start // 2, each.stop // 2) for each in full)
    return Burnt(
        (full, (small[0], small[1]), (small[0], small[1])),
        tuple(plane * each for plane, each in zip(colours, covers, strict=True)),
        tuple(np.float32(1) - each for each in covers),
    )


def laid(picture: Pixels, overlay: Overlay) -> Pixels:
    """A picture (h, w, 3) RGB with the overlay on it."""
    out = picture.copy()
    h, w = overlay.alpha.shape
    place = (slice(overlay.y, overlay.y + h), slice(overlay.x, overlay.x + w))
    cover = overlay.alpha[..., None].astype(np.float32) / 255
    out[place] = (out[place] * (1 - cover) + overlay.rgb * cover + 0.5).astype(np.uint8)
    return out
