"""Portraits drawn by our own code: one modelled head and bust, turned, lit, photographed."""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from studio.sample import bust, face_paint, tailoring, wardrobe
from studio.sample.backdrop import backdrop
from studio.sample.eyes import iris_centre, lashes, paint_eyes
from studio.sample.face_parts import express, lips, smoothstep
from studio.sample.features import Features
from studio.sample.hair import sheets
from studio.sample.head import plan, surface_depth
from studio.sample.jewels import draw_jewels
from studio.sample.light import ShadowMap, develop, illuminate, toward
from studio.sample.raster import Floats, normals
from studio.sample.sitting import Sitting, View, sample
from studio.sample.strands import Sheet, shade_hair


@dataclass(frozen=True, eq=False)
class Portrait:
    """image: (h, w, 3) uint8 RGB. keypoints: (5, 2) float32 pixels, as `characters.face.Face`. mask: (h, w) float32."""

    image: NDArray[np.uint8]
    keypoints: NDArray[np.float32]
    mask: NDArray[np.float32]


def _unit(vectors: Floats) -> Floats:
    return vectors / np.maximum(np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None], 1e-6)


def _bent(normal: Floats, slopes: Floats, turn: NDArray[np.float64], strength: float) -> Floats:
    """Normals (n, 3) tilted against slopes (n, 2) along the plan's axes: bump mapping after Blinn (1978)."""
    return _unit(normal - strength * slopes @ turn[:, :2].T.astype(np.float32))


def _draw_bust(sitting: Sitting, shadows: ShadowMap) -> None:
    light = sitting.view.light
    turned = sitting.turn_body(bust.torso(sitting.features))
    spots = sitting.seen(turned)
    if spots is None:
        return
    cloth = wardrobe.dress(sitting.features)
    normal, place, visible = spots.take(normals(turned), bust.plan()[..., :2], shadows.visible(turned, 7.0, 6.0))
    px, py = tailoring.plan_pixels(place[:, 0], place[:, 1])
    albedo, layers = sample(cloth.albedo, px, py), sample(cloth.layers, px, py)
    bent = _bent(_unit(normal), layers[:, 2:4], sitting.body_turn, 0.85)
    flesh = sample(cloth.flesh, px, py)
    colour = np.empty_like(albedo)
    for skin in (True, False):
        part = (flesh > 0.5) == skin
        colour[part] = illuminate(
            light,
            albedo[part],
            bent[part],
            layers[part, 0],
            visible[part],
            layers[part, 1],
            float(skin),
            22.0 if skin else 14.0,
        )
    sitting.lay(spots, colour)


def _draw_ears(sitting: Sitting, shadows: ShadowMap) -> None:
    features = sitting.features
    if features.skull.ears <= 0:
        return
    base = face_paint.linear(features.skin.colour) * np.array([1.0, 0.80, 0.74], np.float32)
    for sign in (-1.0, 1.0):
        turned = sitting.turn_head(bust.ear(features) * (sign, 1, 1))
        spots = sitting.seen(turned, two_sided=True)
        if spots is None:
            continue
        facing = normals(turned)
        facing *= np.where(facing[..., 2:] < 0, -1, 1)
        normal, visible = spots.take(facing, shadows.visible(turned, 4.0, 6.0))
        hollow = 0.45 + 0.55 * smoothstep(0.15, 0.75, spots.rows / (len(turned) - 1))
        albedo = np.broadcast_to(base, (len(hollow), 3))
        sitting.lay(
            spots,
            illuminate(sitting.view.light, albedo, _unit(normal), hollow, visible, np.full_like(hollow, 0.25), 1.0),
        )


def _draw_face(sitting: Sitting, turned: NDArray[np.float64], shadows: ShadowMap) -> None:
    features, view = sitting.features, sitting.view
    rest, paint = plan(features), face_paint.paint_face(features)
    spots = sitting.seen(turned)
    if spots is None:
        return
    normal, place, visible = spots.take(normals(turned), rest[..., :2], shadows.visible(turned))
    x, y = place[:, 0], place[:, 1]
    px, py = face_paint.plan_pixels(x, y)
    layers = sample(paint.layers, px, py)
    normal = _unit(normal)
    bent = _bent(normal, layers[:, 2:4], sitting.head_turn, 0.6)
    colour = illuminate(view.light, sample(paint.albedo, px, py), bent, layers[:, 0], visible, layers[:, 1], 1.0)

    near = (np.abs(np.abs(x) - features.eyes.spacing / 2) < features.eyes.width * 0.5 + 8) & (np.abs(y) < 15)
    key = toward(view.light.key) @ sitting.head_turn
    mirrored = (float(np.clip(key[0], -0.8, 0.8)), float(np.clip(key[1], -0.8, -0.35)))
    eyes = paint_eyes(features, view.expression, mirrored, x[near], y[near])
    ball = _unit(normal[near] + 0.6 * sitting.head_turn[:, 2].astype(np.float32))
    soft = 0.45 + 0.55 * visible[near]
    lit = illuminate(view.light, eyes.albedo, ball, np.full_like(soft, 0.9), soft, np.zeros_like(soft), 0.6)
    lit += (eyes.glint * (0.4 + 0.6 * view.light.key_strength))[:, None] * np.asarray(view.light.key_colour, np.float32)
    colour[near] += eyes.cover[:, None] * (lit - colour[near])
    sitting.lay(spots, colour)


def _draw_lashes(sitting: Sitting) -> None:
    features = sitting.features
    lines, widths = lashes(features, sitting.view.expression)
    roots = surface_depth(features, lines[:, 0, 0], lines[:, 0, 1])
    lines[..., 2] += roots[:, None]
    screen = sitting.camera.project(sitting.turn_head(express(features, sitting.view.expression, lines)))
    x0, y0 = (int(v) for v in np.floor(screen[..., :2].min((0, 1))) - 3)
    x1, y1 = (int(v) for v in np.ceil(screen[..., :2].max((0, 1))) + 4)
    if x0 < 0 or y0 < 0 or x1 > sitting.size[0] or y1 > sitting.size[1]:
        return
    ink = np.zeros(((y1 - y0) * 4, (x1 - x0) * 4), np.uint8)
    for line, width in zip(
        (screen[..., :2] - (x0 - 0.5, y0 - 0.5)) * 4 - 0.5, widths * sitting.camera.scale * 4, strict=True
    ):
        points = [(int(x), int(y)) for x, y in np.round(line * 16)]
        for k, (start, end) in enumerate(pairwise(points)):
            thick = max(1, round(float(width) * (1 - k / (len(points) - 1)) + 0.35))
            cv2.line(ink, start, end, 255, thick, cv2.LINE_AA, 4)
    cover = cv2.resize(ink, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)[..., None].astype(np.float32) * (
        0.9 / 255
    )
    eyes = sitting.canvas[y0:y1, x0:x1]
    eyes += cover * (np.array([0.010, 0.007, 0.006], np.float32) - eyes)


def _draw_sheet(sitting: Sitting, sheet: Sheet, shadows: ShadowMap) -> None:
    turned = sitting.turn_hair(sheet.points)
    spots = sitting.seen(turned, two_sided=True, bias=1.2)
    if spots is None:
        return
    visible = shadows.visible(turned, 5.0, 7.0)
    sitting.lay(spots, *shade_hair(sitting.features, sheet, sitting.view.light, turned, visible, spots))


def _keypoints(sitting: Sitting) -> Floats:
    """Pupils, tip of the nose, corners of the mouth, projected; in pixels of the finished picture."""
    features, expression = sitting.features, sitting.view.expression
    eyes, mouth = features.eyes, features.mouth
    flat: list[tuple[float, float]] = []
    c, s = np.cos(np.radians(eyes.tilt)), np.sin(np.radians(eyes.tilt))
    for side in (-1.0, 1.0):
        u, v = iris_centre(expression, side)
        flat.append((side * (float(u) * c + v * s + eyes.spacing / 2), -float(u) * s + v * c))
    flat.append((0.0, features.nose.tip - features.nose.upturn * 2.0 + 2.6))  # where face meshes put it: under the tip
    half = mouth.width / 2 - 1.0
    _, seam, _, _ = lips(mouth, np.array([half]))
    flat += [(-half, float(seam[0])), (half, float(seam[0]))]
    at = np.array(flat)
    depth = surface_depth(features, at[:, 0], at[:, 1])
    depth[2] = surface_depth(features, np.zeros(1), np.array([features.nose.tip]))[0] + 4.0
    points = np.column_stack([at, depth])
    screen = sitting.camera.project(sitting.turn_head(express(features, expression, points)))
    return screen[:, :2].copy()


def _finish(sitting: Sitting) -> NDArray[np.uint8]:
    """Stand before the backdrop, let highlights bloom, darken the corners, develop, leave a little grain."""
    view, size = sitting.view, sitting.size
    width, height = size
    image = sitting.canvas
    image += backdrop(view.backdrop, size, view.seed) * (1 - sitting.mask[..., None])
    small = cv2.resize(image, (width // 8, height // 8), interpolation=cv2.INTER_AREA)
    bloom = cv2.GaussianBlur(np.clip(small - 0.45, 0, 2), (0, 0), width / 8 * 0.025)
    image += 0.22 * cv2.resize(bloom, size, interpolation=cv2.INTER_LINEAR)
    across, down = np.linspace(-1, 1, width, dtype=np.float32) ** 2, np.linspace(-1, 1, height, dtype=np.float32) ** 2
    image *= (1 - 0.30 * smoothstep(0.5, 1.7, across[None] + down[:, None]))[..., None]
    picture = develop(view.light, image)
    grain = np.random.default_rng(view.seed).standard_normal((height // 2, width // 2), np.float32)
    picture += 0.007 * cv2.resize(grain, size, interpolation=cv2.INTER_LINEAR)[..., None]
    return np.clip(picture * 255 + 0.5, 0, 255).astype(np.uint8)


def draw_portrait(features: Features, view: View, size: tuple[int, int] = (960, 1200)) -> Portrait:
    """Draw one person as seen in one photograph of (width, height) pixels. Pure: the same values give the same bytes."""
    sitting = Sitting(features, view, size)
    head = sitting.turn_head(express(features, view.expression, plan(features)))
    worn = sheets(features)
    casters = [
        head,
        sitting.turn_body(bust.torso(features)),
        *(sitting.turn_hair(s.points) for s in worn if not s.behind),
    ]
    shadows = ShadowMap(view.light, casters)
    for sheet in worn:
        if sheet.behind:
            _draw_sheet(sitting, sheet, shadows)
    _draw_bust(sitting, shadows)
    _draw_ears(sitting, shadows)
    _draw_face(sitting, head, shadows)
    _draw_lashes(sitting)
    for sheet in worn:
        if not sheet.behind:
            _draw_sheet(sitting, sheet, shadows)
    draw_jewels(sitting)
    return Portrait(_finish(sitting), _keypoints(sitting), sitting.mask)
