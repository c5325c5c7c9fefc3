"""Light on drawn surfaces: a soft key, sky and floor, a rim from behind; skin lets red light wander under it."""

from dataclasses import dataclass

import cv2
import numpy as np

from studio.sample.raster import Camera, Floats, rasterise, rotation

_BATCH = 16384  # spots lit at once: what fits the processor's cache


@dataclass(frozen=True)
class Light:
    """Directions are (azimuth, elevation) in degrees from the camera axis: azimuth > 0 to the right, elevation > 0 up.

    Colours are linear RGB, 1 is white. `exposure` scales everything before the film curve.
    """

    key: tuple[float, float] = (-38.0, 34.0)
    key_colour: tuple[float, float, float] = (1.0, 0.93, 0.84)
    key_strength: float = 1.0
    sky: tuple[float, float, float] = (0.30, 0.33, 0.40)
    floor: tuple[float, float, float] = (0.20, 0.16, 0.14)
    rim: tuple[float, float] = (130.0, 25.0)
    rim_colour: tuple[float, float, float] = (0.9, 0.95, 1.0)
    rim_strength: float = 0.5
    exposure: float = 1.0


def toward(direction: tuple[float, float]) -> Floats:
    """Unit vector from the subject toward a light."""
    azimuth, elevation = np.radians(direction)
    return np.array(
        [np.sin(azimuth) * np.cos(elevation), -np.sin(elevation), np.cos(azimuth) * np.cos(elevation)], np.float32
    )


def shine(light: Light, normal: Floats) -> tuple[Floats, Floats, Floats]:
    """(N·L, half-vector cosine, rim weight) of unit normals (..., 3) for a camera on the z axis."""
    key = toward(light.key)
    half = key + np.array([0, 0, 1], np.float32)
    half = (half / np.linalg.norm(half)).astype(np.float32)
    edge = np.clip(1.0 - normal[..., 2], 0, 1)
    rim = edge * edge * np.clip(normal @ toward(light.rim) * 0.75 + 0.45, 0, 1)
    return normal @ key, np.clip(normal @ half, 0, 1), rim


def illuminate(
    light: Light,
    albedo: Floats,
    normal: Floats,
    open_sky: Floats,
    visible: Floats,
    gloss: Floats,
    flesh: float,
    sharp: float = 22.0,
) -> Floats:
    """Light leaving n spots of a surface, (n, 3) linear.

    albedo and normal (n, 3); open_sky, visible (of the key) and gloss (n,). flesh 0..1: how far red light wanders past
    the shadow's edge, the cheap form of pre-integrated skin (Penner, 2011). sharp: Blinn exponent.
    """
    out = np.empty_like(normal)
    for start in range(0, len(out), _BATCH):
        part = slice(start, start + _BATCH)
        out[part] = _illuminate(
            light, albedo[part], normal[part], open_sky[part], visible[part], gloss[part], flesh, sharp
        )
    return out


def _illuminate(
    light: Light,
    albedo: Floats,
    normal: Floats,
    open_sky: Floats,
    visible: Floats,
    gloss: Floats,
    flesh: float,
    sharp: float,
) -> Floats:
    lambert, half, rim = shine(light, normal)
    wander = np.array([0.36, 0.23, 0.17], np.float32) * flesh + 0.14
    lit = np.clip((lambert[..., None] + wander) / (1.0 + wander), 0.0, 1.0)
    lit *= lit * 0.35 + 0.65
    passed = visible[..., None] ** np.array([1.0 - 0.42 * flesh, 1.0, 1.0 + 0.12 * flesh], np.float32)
    up = (0.5 - 0.5 * normal[..., 1])[..., None]
    ambient = np.asarray(light.floor, np.float32) * (1 - up) + np.asarray(light.sky, np.float32) * up
    key = np.asarray(light.key_colour, np.float32) * light.key_strength
    out = albedo * (ambient * open_sky[..., None] + key * (0.30 + 0.70 * open_sky[..., None]) * lit * passed * 1.15)
    spark = (0.10 * half**sharp + 0.05 * half ** (sharp * 4)) * gloss * np.clip(visible, 0.15, 1)
    out += spark[..., None] * key
    back = np.asarray(light.rim_colour, np.float32) * light.rim_strength
    out += (rim * (0.35 + 0.65 * open_sky))[..., None] * back * (0.60 * albedo + 0.02)
    return out


class ShadowMap:
    """What the key light sees of a set of surfaces, at one pixel a millimetre."""

    def __init__(self, light: Light, surfaces: list[Floats]):
        self.turn = rotation(0, -light.key[1], 0) @ rotation(-light.key[0], 0, 0)
        self.camera = Camera(1.0, (260.0, 240.0))
        self.depth = np.full((560, 520), -1e4, np.float32)
        for points in surfaces:
            hit = rasterise(self._view(points), (520, 560), two_sided=True)
            if hit is not None:
                window = self.depth[hit.window]
                np.maximum(window, hit.depth, out=window)

    def _view(self, points: Floats) -> Floats:
        seen = points @ self.turn.T
        seen = seen[..., :3].astype(np.float32)
        seen[..., 0] += self.camera.centre[0]
        seen[..., 1] += self.camera.centre[1]
        return seen

    def visible(self, points: Floats, softness: float = 3.0, bias: float = 5.0) -> Floats:
        """0..1 for each point (rows, cols, 3): the share of a soft lamp that reaches it."""
        seen = self._view(points)
        total = np.zeros(seen.shape[:-1], np.float32)
        taps = [
            (0.0, 0.0),
            *((r * np.cos(a), r * np.sin(a)) for r in (0.55, 1.0) for a in np.arange(6) * np.pi / 3 + r),
        ]
        for dx, dy in taps:
            near = cv2.remap(
                self.depth,
                seen[..., 0] + np.float32(dx * softness),
                seen[..., 1] + np.float32(dy * softness),
                cv2.INTER_LINEAR,
            )
            total += np.clip((seen[..., 2] - near + bias + 2.5) / 2.5, 0, 1)
        return cv2.GaussianBlur(total / len(taps), (0, 0), 0.9)


def develop(light: Light, linear: Floats) -> Floats:
    """Linear light → 0..1 on screen, with a film's shoulder."""
    exposed = 1.0 - np.exp(-1.45 * light.exposure * linear)
    return np.sqrt(np.clip(exposed * 1.08, 0, 1))
