"""The canvas that SDXL paints on, and the way from the asked-for frame to it and back.

SDXL was trained on sizes of about a million pixels (Podell et al. 2023, "SDXL", appendix I) and paints badly off them, so
a frame of 1080 x 1920 is painted on 768 x 1344. The frame keeps its proportions: it is the largest rectangle of its own
aspect in the middle of the canvas, the little that the canvas has beyond it is painted and cut off again, and nothing is
ever squeezed. Coordinates are continuous: (0, 0) is the outer corner of the first pixel, (width, height) that of the last.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from storage.errors import InvalidInput
from studio.engines import Box

# The upright half of the paper's list as (width, height); the lying half is its mirror image.
_UPRIGHT = (
    (512, 2048), (512, 1984), (512, 1920), (512, 1856), (576, 1792), (576, 1728), (576, 1664), (640, 1600), (640, 1536),
    (704, 1472), (704, 1408), (704, 1344), (768, 1344), (768, 1280), (832, 1216), (832, 1152), (896, 1152), (896, 1088),
    (960, 1088), (960, 1024),
)  # fmt: skip
# At exactly 1024 x 1024 SDXL with InstantID tends to paint the watermarks of its training pictures. 1016 (127 latent cells)
# is the nearest square that the VAE takes; the UNet pads its odd grids by itself.
_SQUARE, _MARKED = 1016, 1024
BUCKETS: tuple[tuple[int, int], ...] = (
    *_UPRIGHT,
    (_SQUARE, _SQUARE),
    *((height, width) for width, height in reversed(_UPRIGHT)),
)


@dataclass(frozen=True, slots=True)
class Canvas:
    """What is painted (width x height) for a frame that was asked for (frame_width x frame_height), in pixels."""

    width: int
    height: int
    frame_width: int
    frame_height: int

    @property
    def scale(self) -> float:
        """Canvas pixels to one pixel of the frame; the same in both directions."""
        return min(self.width / self.frame_width, self.height / self.frame_height)

    @property
    def cut(self) -> Box:
        """x0, y0, x1, y1 of the frame on the canvas, in canvas pixels; centred, not always whole pixels."""
        left = max(0.0, (self.width - self.frame_width * self.scale) / 2)
        top = max(0.0, (self.height - self.frame_height * self.scale) / 2)
        return left, top, self.width - left, self.height - top

    def to_canvas(self, points: NDArray[np.floating]) -> NDArray[np.float32]:
        """Points (..., 2) of the frame, on the canvas; float32."""
        left, top, _, _ = self.cut
        return (np.asarray(points, np.float64) * self.scale + (left, top)).astype(np.float32)

    def to_frame(self, points: NDArray[np.floating]) -> NDArray[np.float32]:
        """Points (..., 2) of the canvas, in the frame; float32. The inverse of to_canvas."""
        left, top, _, _ = self.cut
        return ((np.asarray(points, np.float64) - (left, top)) / self.scale).astype(np.float32)

    def box_to_canvas(self, box: Box) -> Box:
        """A box of the frame, on the canvas; may reach past it, as boxes of people do."""
        left, top, _, _ = self.cut
        x0, y0, x1, y1 = (side * self.scale for side in box)
        return x0 + left, y0 + top, x1 + left, y1 + top

    def box_to_frame(self, box: Box) -> Box:
        """A box of the canvas, in the frame. The inverse of box_to_canvas."""
        left, top, _, _ = self.cut
        x0, y0, x1, y1 = box
        return (x0 - left) / self.scale, (y0 - top) / self.scale, (x1 - left) / self.scale, (y1 - top) / self.scale

    def painted_from(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """A picture of the frame as a canvas to start from: (height, width, 3) uint8.

        What the canvas has beyond the frame is the frame's border mirrored, so that no hard edge is handed to the VAE.
        picture: (frame_height, frame_width, 3) uint8, or one channel (frame_height, frame_width).
        """
        self._demand(picture, self.frame_width, self.frame_height)
        left, top, _, _ = self.cut
        across, down = (math.ceil(beyond / self.scale) for beyond in (left, top))
        wide = np.pad(picture, ((down, down), (across, across), *((0, 0),) * (picture.ndim - 2)), "symmetric")
        x0, y0 = across - left / self.scale, down - top / self.scale
        return _resized(wide, self.width, self.height, (x0, y0, wide.shape[1] - x0, wide.shape[0] - y0))

    def framed(self, painted: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The frame cut out of what was painted: (frame_height, frame_width, 3) uint8, by Lanczos, without aliasing.

        painted: (height, width, 3) uint8, or one channel (height, width).
        """
        self._demand(painted, self.width, self.height)
        return _resized(painted, self.frame_width, self.frame_height, self.cut)

    @staticmethod
    def _demand(picture: NDArray[np.uint8], width: int, height: int) -> None:
        if picture.shape[:2] != (height, width) or picture.dtype != np.uint8:
            raise ValueError(f"expected {height} x {width} uint8, not {picture.shape} {picture.dtype}")


def native(width: int, height: int, area: int | None = None, multiple: int = 64) -> Canvas:
    """The canvas for a frame of width x height pixels.

    area None: SDXL's size of the nearest aspect (compared as logarithms, so that lying and upright are treated alike);
    exactly 1024 x 1024 is never among them. With an area, for models that were not trained on those sizes: the sides,
    multiples of `multiple` (8 times 2 for each level of the UNet below the first), that come nearest to the aspect and
    to that many pixels. Raises InvalidInput for a size that is no picture.
    """
    if width < 1 or height < 1:
        raise InvalidInput(
            f"A frame of {width} x {height} pixels cannot be rendered: both sides need at least one pixel.",
            f"无法渲染 {width} x {height} 的画面：宽和高都至少要有 1 像素。",
        )
    aspect = math.log(width / height)
    if area is None:
        chosen = min(BUCKETS, key=lambda size: abs(math.log(size[0] / size[1]) - aspect))
    else:
        chosen = _sides(aspect, area, multiple)
    return Canvas(*chosen, width, height)


def _sides(aspect: float, area: int, multiple: int) -> tuple[int, int]:
    """Nearest sides by |log of the aspect's error| + |log of the area's error| / 2: a wrong shape is cut off, a wrong size is not."""
    ideal = math.sqrt(area) / multiple * math.exp(aspect / 2), math.sqrt(area) / multiple * math.exp(-aspect / 2)
    grid = [
        (columns * multiple, rows * multiple)
        for columns in _about(ideal[0])
        for rows in _about(ideal[1])
        if (columns * multiple, rows * multiple) != (_MARKED, _MARKED)
    ]

    def error(size: tuple[int, int]) -> float:
        return abs(math.log(size[0] / size[1]) - aspect) + abs(math.log(size[0] * size[1] / area)) / 2

    return min(grid, key=error)


def _about(count: float) -> range:
    return range(max(1, math.floor(count) - 1), math.ceil(count) + 2)


def _resized(picture: NDArray[np.uint8], width: int, height: int, box: Box) -> NDArray[np.uint8]:
    if box == (0, 0, width, height) and picture.shape[:2] == (height, width):
        return picture.copy()
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS, box=box))
