"""Laying photos, drawings and shadows over each other, at working scale."""

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.engines.photoboard.brush import Colour, Floats, Layer, Pixels, blurred, ellipse
from studio.engines.photoboard.cutout import Cutout
from studio.engines.photoboard.light import Light


def warped(
    cutout: Cutout, placed: NDArray[np.float64], size: tuple[int, int], scale: float
) -> tuple[Pixels | None, NDArray[np.float64]]:
    """The cut-out on a canvas of `size` at working scale: (h, w, 4) uint8, not premultiplied, and its corner there."""
    m = placed * scale
    rgb, alpha = cutout.rgb, cutout.alpha
    h, w = alpha.shape
    grow = float(np.hypot(m[0, 0], m[1, 0]))
    if grow < 0.7:  # shrink by area first: a warp alone would skip pixels
        fewer = max(1, round(w * grow)), max(1, round(h * grow))
        rgb = cv2.resize(rgb, fewer, interpolation=cv2.INTER_AREA)
        alpha = cv2.resize(alpha, fewer, interpolation=cv2.INTER_AREA)
        m = m.copy()
        m[:, 0] *= w / fewer[0]
        m[:, 1] *= h / fewer[1]
        h, w = alpha.shape
    corners = (m[:, :2] @ np.array([[0, w, w, 0], [0, 0, h, h]], np.float64)).T + m[:, 2]
    full = round(size[0] * scale), round(size[1] * scale)
    low = np.maximum(np.floor(corners.min(0)), 0)
    high = np.minimum(np.ceil(corners.max(0)), full)
    if (high - low < 1).any():
        return None, low
    m = m.copy()
    m[:, 2] -= low
    box = int(high[0] - low[0]), int(high[1] - low[1])
    tones = cv2.warpAffine(rgb, m, box, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    cover = cv2.warpAffine(alpha, m, box, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.dstack([tones, np.clip(cover * 255 + 0.5, 0, 255).astype(np.uint8)]), low


def through(image: Pixels, cover: Pixels) -> Pixels:
    """What is left of premultiplied (h, w, 4) under something with this cover."""
    hole = cv2.subtract(np.full_like(cover, 255), np.ascontiguousarray(cover))
    return cv2.multiply(image, cv2.merge([hole] * 4), scale=1 / 255)


def lay_photo(layer: Layer, photo: Pixels, corner: NDArray[np.float64]) -> None:
    x, y = int(corner[0]), int(corner[1])
    h, w = min(photo.shape[0], layer.image.shape[0] - y), min(photo.shape[1], layer.image.shape[1] - x)
    part = photo[:h, :w]
    cover = np.ascontiguousarray(part[..., 3])
    opaque = np.dstack([part[..., :3], np.full((h, w), 255, np.uint8)])
    over = cv2.multiply(opaque, cv2.merge([cover] * 4), scale=1 / 255)
    under = layer.image[y : y + h, x : x + w]
    layer.image[y : y + h, x : x + w] = cv2.add(through(under, cover), over)


def until(photo: Pixels, y: float, band: float) -> None:
    """Fade a placed photo out below y (its own pixels) over `band`."""
    ramp = np.clip((y + band - np.arange(photo.shape[0], dtype=np.float32)) / max(band, 1e-3), 0, 1)
    photo[..., 3] = (photo[..., 3] * ramp[:, None]).astype(np.uint8)


def below(layer: Layer, y: float, band: float) -> None:
    """Keep of a layer only what lies below y (canvas pixels), coming in over `band`."""
    rows = (np.arange(layer.image.shape[0]) + 0.5) / layer.scale
    ramp = np.clip((rows - y) / max(band, 1e-3), 0, 1)
    keep = np.round(ramp * 255).astype(np.uint8)
    first = int(np.searchsorted(rows, y))
    last = min(len(rows), int(np.searchsorted(rows, y + band)) + 1)
    layer.image[:first] = 0
    part = layer.image[first:last]
    cover = np.repeat(np.repeat(keep[first:last, None, None], part.shape[1], 1), 4, 2)
    if part.size:
        layer.image[first:last] = cv2.multiply(part, cover, scale=1 / 255)


def recoloured(rgb: Pixels, tones: tuple[Colour, Colour, Colour], wanted: Colour, below: float, unit: float) -> Pixels:
    """The photo's clothes drawn towards the look's colour, so that every photo of a look wears the same.

    tones: cloth, skin and hair as they are in `rgb`. A pixel is cloth as far as it is nearer to the cloth's colour than
    to skin and hair, and below the chin (`below`, pixels).
    """
    top = max(0, int(below))
    if top >= rgb.shape[0] - 1:
        return rgb
    lab = cv2.cvtColor(rgb[top:], cv2.COLOR_RGB2Lab).astype(np.float32)
    four = np.array([[*tones, wanted]], np.float32).astype(np.uint8)
    cloth, skin, hair, target = cv2.cvtColor(four, cv2.COLOR_RGB2Lab)[0].astype(np.float32)
    weigh = np.array([0.6, 1.5, 1.5], np.float32)

    def apart(tone: Floats) -> Floats:
        return np.sqrt((((lab - tone) * weigh) ** 2).sum(-1))

    to_cloth = apart(cloth)
    other = np.minimum(apart(skin), apart(hair) * 1.25)
    w = 1 / (1 + np.exp(np.clip((to_cloth - other) / 9.0, -30, 30)))
    ramp = np.clip((np.arange(lab.shape[0], dtype=np.float32) / unit - 0.2) / 0.9, 0, 1)
    w = blurred(w * ramp[:, None], max(0.6, 0.06 * unit))[..., None] * 0.85
    changed = target + (lab - cloth) * np.array([0.8, 0.5, 0.5], np.float32)
    lab = np.clip(lab * (1 - w) + changed * w, 0, 255).astype(np.uint8)
    out = rgb.copy()
    out[top:] = cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)
    return out


def shadowed(picture: Pixels, layer: Layer, unit: float, foot: tuple[float, float] | None, light: Light) -> Pixels:
    """The shadow a person throws on what is behind, and on the ground at the feet.

    unit: eye distance; foot: x, y of the soles, or None; canvas pixels.
    """
    scale = layer.scale
    h, w = picture.shape[:2]
    cover = cv2.resize(layer.image[..., 3], (max(1, w // 4), max(1, h // 4)), interpolation=cv2.INTER_AREA)
    reach = unit * scale / 4
    soft = blurred(cover, max(0.5, 0.75 * reach))
    shift = np.array([[1, 0, -0.55 * light.side * reach], [0, 1, 0.35 * reach]], np.float64)
    soft = cv2.warpAffine(soft, shift, (soft.shape[1], soft.shape[0]))
    dark = cv2.resize(soft, (w, h), interpolation=cv2.INTER_LINEAR)
    keep = cv2.subtract(np.full_like(dark, 255), cv2.convertScaleAbs(dark, alpha=0.34))
    out = cv2.multiply(picture, cv2.merge([keep] * 3), scale=1 / 255)
    if foot is not None and foot[1] * scale < h + 2 * unit:
        ground = Layer(round(w / scale), round(h / scale), scale)
        spot = ellipse(foot[0] - 0.8 * light.side * unit, foot[1], 4.2 * unit, 0.75 * unit)
        ground.glaze(spot, (18, 18, 22), 0.55, 0.35 * unit)
        out = ground.over(out)
    return out
