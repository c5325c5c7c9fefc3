"""Practicals: lights that are seen in the shot. A fire stands beside whoever sits at it, and lights them from below."""

import cv2
import numpy as np

from studio.engines import RenderRequest
from studio.engines.photoboard.brush import Layer, Pixels
from studio.engines.photoboard.light import Light
from studio.engines.photoboard.people import Drawn
from studio.engines.photoboard.perspective import EYE_DISTANCE
from studio.engines.photoboard.things import Easel, fire

_BOWL = 0.27  # metres, half the breadth of a brazier
_ASIDE = 0.46
_WIDE = frozenset({"ELS", "LS", "FS", "MLS"})
_WARM = np.array((255, 142, 58), np.float32)


def by_firelight(picture: Pixels, request: RenderRequest, people: list[Drawn], light: Light, scale: float) -> Pixels:
    """`picture` with the fire's glow on it, and the fire itself where the size shows the ground; unchanged without one.

    The fire burns beside the nearest person, on the side where the key light comes from.
    """
    if not light.fire:
        return picture
    width, height = request.width, request.height
    at = width * (0.5 + 0.3 * light.side), 1.08 * height
    standing = next((p for p in reversed(people) if p.foot is not None), None)
    if standing is not None and standing.foot is not None and request.staging.size in _WIDE:
        metre = standing.unit / EYE_DISTANCE
        r = _BOWL * metre
        x = standing.foot[0] + light.side * _ASIDE * metre
        at = min(max(x, 1.2 * r), width - 1.2 * r), standing.foot[1] + 0.1 * metre - 0.86 * r
        layer = Layer(width, height, scale)
        fire(Easel(layer, *at, r, light.towards, max(1.0, 2.4 * height / 1920), None))
        return layer.over(_warmed(picture, (at[0] * scale, at[1] * scale), 1.4 * metre * scale))
    return _warmed(picture, (at[0] * scale, at[1] * scale), 0.75 * height * scale)


def _warmed(picture: Pixels, at: tuple[float, float], reach: float) -> Pixels:
    h, w = picture.shape[:2]
    y, x = np.mgrid[0 : max(2, h // 8), 0 : max(2, w // 8)].astype(np.float32) * 8
    near = np.exp(-1.3 * ((x - at[0]) ** 2 + (y - at[1]) ** 2) / max(reach, 1.0) ** 2)
    glow = (near[..., None] * _WARM * 0.25).astype(np.uint8)
    return cv2.add(picture, cv2.resize(glow, (w, h), interpolation=cv2.INTER_LINEAR))
