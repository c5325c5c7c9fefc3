"""Pearls and diamonds."""

import numpy as np
from numpy.typing import NDArray

from studio.sample import bust
from studio.sample.face_parts import smoothstep
from studio.sample.light import toward
from studio.sample.sitting import Sitting


def draw_jewels(sitting: Sitting) -> None:
    """Pearls are small lit balls; diamonds are facets and a star."""
    features, view = sitting.features, sitting.view
    jewels: list[tuple[NDArray[np.float64], float, str, bool]] = []
    worn = features.wardrobe
    lobe = np.array([features.skull.cheeks / 2 + 6.0, 45.0, -82.0])
    for sign in (-1.0, 1.0):
        if worn.earrings == "pearl":
            jewels.append((sitting.turn_head(lobe * (sign, 1, 1) + (0, 0, 4)), 4.6, "pearl", True))
        if worn.earrings == "diamond":
            for drop, size in ((0, 3.4), (9, 2.4), (17, 2.8), (27, 4.6)):
                jewels.append(
                    (sitting.turn_head(lobe * (sign, 1, 1) + (-4.0 * sign, drop - 2, 56)), size, "diamond", True)
                )
    if worn.necklace == "diamond":
        rest = bust.torso(features)
        turned = sitting.turn_body(rest)
        for t in np.linspace(-1, 1, 31):
            x, y = 62 * np.sin(t * 1.25), 158 + 60 * (1 - t**2) ** 0.8
            at = np.argmin((rest[..., 0] - x) ** 2 + (rest[..., 1] - y) ** 2)
            jewels.append((turned.reshape(-1, 3)[at] + (0, 0, 3), 3.2 + 1.8 * (1 - abs(t)), "diamond", False))
            if abs(t) < 0.04:
                jewels.append((turned.reshape(-1, 3)[at] + (0, 13, 5), 7.0, "diamond", False))
    key = toward(view.light.key)
    for n, (point, size, kind, hides) in enumerate(jewels):
        screen = sitting.camera.project(point)
        radius = size * sitting.camera.scale
        spot = sitting.patch(screen, radius * (3.0 if kind == "diamond" else 1.4))
        if spot is None or (hides and sitting.depth_at(screen) > screen[2] + 6):
            continue
        rows, cols, gx, gy = spot
        r = np.hypot(gx, gy) / radius
        cover = smoothstep(1.0 + 1.2 / radius, 1.0 - 1.2 / radius, r)
        nz = np.sqrt(np.clip(1 - r**2, 0, 1))
        if kind == "pearl":
            n3 = np.stack([gx / radius, gy / radius, nz], -1)
            lambert = np.clip(n3 @ key, 0, 1)
            tone = np.array([0.72, 0.68, 0.63], np.float32) * (0.22 + 0.75 * lambert)[..., None]
            colour = (
                tone
                + (lambert**26)[..., None] * 0.9
                + 0.10 * (1 - nz)[..., None] * np.array([1.0, 0.8, 0.85], np.float32)
            )
        else:
            angle = np.arctan2(gy, gx) + n * 0.7
            cut = np.floor(angle / (2 * np.pi) * 8 + np.where(r > 0.62, 0.5, 0.0)) + np.where(r > 0.62, 8, 0)
            facets = np.where(r < 0.34, 0.92, 0.55 + 0.45 * np.sin(cut * 12.9898 + n * 4.1))
            colour = (0.16 + 0.95 * facets**1.4)[..., None] * np.array([0.88, 0.95, 1.0], np.float32)
            star = np.exp(-np.abs(gx) / radius * 7) * np.exp(-np.abs(gy) / radius * 1.5) + np.exp(
                -np.abs(gy) / radius * 7
            ) * np.exp(-np.abs(gx) / radius * 1.5)
            sitting.canvas[rows, cols] += (star * (0.7 if n % 3 == 0 else 0.16))[..., None] * np.array(
                [1, 0.98, 0.94], np.float32
            )
        patch = sitting.canvas[rows, cols]
        patch += cover[..., None] * (colour - patch)
        mask = sitting.mask[rows, cols]
        mask += cover * (1 - mask)
