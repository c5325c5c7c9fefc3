"""A person cut out of a photo: coverage with its hair, clean edge colours, and what the photo says of hair, skin, cloth."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from characters.face import FaceAnalyzer
from studio.engines import Pictures, Reference
from studio.engines.photoboard.brush import Colour, Floats, Pixels, seeded
from studio.engines.photoboard.placing import Choice, eye_unit, mirrored_points

_LARGEST_UNIT = (
    130.0  # eye distance in pixels that a close-up's working scale needs; larger photos are made smaller first
)


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """rgb: (h, w, 3) uint8, colours cleaned of the background. alpha: (h, w) float32, faded where the photo ends.

    keypoints: (5, 2) in its own pixels. unit: eye distance, pixels. hair, skin, cloth: RGB sampled from the photo;
    cloth is None where no clothes are seen; inner: in the middle of the chest, None where that is skin;
    open: that differs, as under an open jacket.
    depth: how far the person is usable below the eyes, in units.
    left, right: half widths of the person at the foot of the usable part, in units from the middle of the eyes; 0 where cut.
    slope: how far below the eyes each shoulder passes 2.2 units from the middle; None where the photo does not show it.
    neck: how far its middle is right of the eyes', units. bare: the shoulders are bare.
    crown: where the photo's top cuts the hair: left, right and height in units from the eyes, just below the
    fade, or None.
    open_neck: skin at the foot of what is usable. clipped: the photo cuts the shoulders off; head_cut: it cuts the head. long_hair: hair beside the neck.
    """

    rgb: Pixels
    alpha: Floats
    keypoints: NDArray[np.float64]
    unit: float
    hair: Colour
    skin: Colour
    cloth: Colour | None
    inner: Colour | None
    open: bool
    depth: float
    left: float
    right: float
    slope: tuple[float | None, float | None]
    neck: float
    bare: bool
    crown: tuple[float, float, float] | None
    open_neck: bool
    clipped: bool
    head_cut: bool
    long_hair: bool


def _refined(picture: Pixels, mask: Floats, unit: float) -> Floats:
    """The coarse mask drawn to the picture's own edges by a guided filter (He, Sun & Tang 2013), hair kept."""
    radius = max(2, round(unit * 0.16))
    guide = picture.astype(np.float32) / 255
    fine = cv2.ximgproc.guidedFilter(guide, mask.astype(np.float32), radius, 2e-4)
    soft = cv2.ximgproc.guidedFilter(guide, mask.astype(np.float32), max(1, radius // 3), 1e-4)
    edge = np.clip((0.6 * fine + 0.4 * soft - 0.28) / 0.5, 0, 1)
    return (edge * edge * (3 - 2 * edge)).astype(np.float32)


def _one_person(alpha: Floats, face: NDArray[np.float64], unit: float) -> Floats:
    """Only what hangs together with this face."""
    solid = (alpha > 0.3).astype(np.uint8)
    _, labels = cv2.connectedComponents(solid)
    x, y = (int(v) for v in face)
    r = max(1, int(unit * 0.5))
    near = labels[max(0, y - r) : y + r, max(0, x - r) : x + r]
    own = np.unique(near[near > 0])
    if not len(own):
        return alpha
    keep = cv2.dilate(np.isin(labels, own).astype(np.uint8), np.ones((5, 5), np.uint8))
    return alpha * keep


def _clean_edges(picture: Pixels, alpha: Floats, unit: float) -> Pixels:
    """Colours of half-covered pixels taken from the person next to them, so no background shines through."""
    sure = cv2.erode((alpha > 0.96).astype(np.float32), np.ones((3, 3), np.uint8))
    small = 0.5
    weight = cv2.resize(sure, None, fx=small, fy=small, interpolation=cv2.INTER_AREA)
    colours = cv2.resize(
        picture.astype(np.float32) * sure[..., None], None, fx=small, fy=small, interpolation=cv2.INTER_AREA
    )
    filled = np.zeros_like(colours)
    done = np.zeros_like(weight)
    for reach in (0.05, 0.14, 0.4, 1.2):
        sigma = max(0.8, unit * reach * small)
        w = cv2.GaussianBlur(weight, (0, 0), sigma)
        c = cv2.GaussianBlur(colours, (0, 0), sigma)
        use = (done < 0.5) & (w > 0.02)
        filled[use] = c[use] / w[use, None]
        done[use] = 1
    inner = cv2.resize(filled, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
    have = cv2.resize(done, (picture.shape[1], picture.shape[0]), interpolation=cv2.INTER_LINEAR)
    own = np.maximum(np.clip((alpha - 0.55) / 0.4, 0, 1), 1 - have)[..., None]
    return np.clip(picture * own + inner * (1 - own), 0, 255).astype(np.uint8)


def _median(picture: Pixels, where: NDArray[np.bool_]) -> Colour | None:
    found = picture[where]
    if len(found) < 24:
        return None
    tone = np.median(found, axis=0)
    return float(tone[0]), float(tone[1]), float(tone[2])


def _apart(a: Colour, b: Colour) -> float:
    return float(np.abs(np.subtract(a, b)).max())


def _same_paint(a: Colour, b: Colour) -> bool:
    """One hue in two lights, as skin on a cheek and on a shoulder."""
    pair = cv2.cvtColor(np.array([[a, b]], np.float32).astype(np.uint8), cv2.COLOR_RGB2Lab)[0].astype(float)
    apart = np.abs(pair[0] - pair[1])
    return bool(np.hypot(apart[1], apart[2]) < 10 and apart[0] < 55)


def _like_skin(picture: Pixels, skin: Colour) -> NDArray[np.bool_]:
    """(h, w): pixels of the skin's hue, lit or in shadow."""
    lab = cv2.cvtColor(picture, cv2.COLOR_RGB2Lab).astype(np.float32)
    tone = cv2.cvtColor(np.array([[skin]], np.float32).astype(np.uint8), cv2.COLOR_RGB2Lab)[0, 0].astype(np.float32)
    hue = np.hypot(lab[..., 1] - tone[1], lab[..., 2] - tone[2])
    return (hue < 13) & (np.abs(lab[..., 0] - tone[0]) < 80)


def _slope(
    picture: Pixels,
    alpha: Floats,
    eyes: NDArray[np.float64],
    unit: float,
    sign: int,
    cloth: Colour,
) -> float | None:
    """How far below the eyes a shoulder's outline passes 2.2 units from the middle; None where hair or the border hides it."""
    x = round(eyes[0] + sign * 2.2 * unit)
    if not 0 <= x < alpha.shape[1]:
        return None
    column = alpha[:, x] > 0.5
    first = int(np.argmax(column))
    inside = min(len(column) - 1, first + max(1, int(0.2 * unit)))
    below = (first - eyes[1]) / unit
    seen = column.any() and 1.4 < below < 4.2 and first < len(column) - 0.25 * unit
    return below if seen and _apart(tuple(picture[inside, x].astype(float)), cloth) < 75 else None


def _top_band(eyes: NDArray[np.float64], unit: float) -> float:
    """Over how many pixels a photo whose top cuts the hair is faded."""
    return float(np.clip(0.5 * (eyes[1] / unit - 0.75), 0.16, 0.8)) * unit


def _smooth(x: Floats) -> Floats:
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def cut_out(picture: Pixels, mask: Floats, keypoints: NDArray[np.float64]) -> Cutout:
    """The person of `keypoints` cut out of an (h, w, 3) photo with its (h, w) person mask."""
    h, w = picture.shape[:2]
    unit = eye_unit(keypoints)
    eyes = keypoints[:2].mean(0)
    down = keypoints[3:].mean(0) - eyes
    down = down / max(float(np.linalg.norm(down)), 1e-6)
    alpha = _one_person(_refined(picture, mask, unit), eyes + down * unit * 0.6, unit)
    rgb = _clean_edges(picture, alpha, unit)

    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    v = (ys - eyes[1]) / unit  # below the eyes, upright
    u = (xs - eyes[0]) / unit
    along = (u * down[0] + v * down[1]).astype(np.float32)  # in the head's own axes
    aside = (u * down[1] - v * down[0]).astype(np.float32)
    inside = alpha > 0.9
    skin = _median(picture, inside & (np.abs(aside) < 0.55) & (along > 0.35) & (along < 0.95)) or (196.0, 156.0, 132.0)
    hair_region = inside & (np.abs(aside) < 1.1) & (along < -1.05) & (along > -2.1)
    hair = _median(picture, hair_region) or (52.0, 42.0, 38.0)
    chest = inside & (v > 2.9) & (v < 4.7) & (np.abs(u) > 0.9) & (np.abs(u) < 2.8)
    dressed = chest & ~_like_skin(picture, skin)
    cloth = _median(picture, dressed) if dressed.sum() > 0.12 * chest.sum() else None
    shoulder = _median(picture, inside & (v > 3.1) & (v < 3.9) & (np.abs(u) > 1.2) & (np.abs(u) < 2.4))
    bare = shoulder is not None and _same_paint(shoulder, skin)
    inner = _median(picture, inside & (v > 3.1) & (v < 4.6) & (np.abs(u) < 0.5)) if cloth else None
    if inner and _same_paint(inner, skin):
        inner = None
    opened = inner is not None and cloth is not None and _apart(inner, cloth) > 70
    throat = inside & (np.abs(u - 0.4 * down[0]) < 1.8) & (v > 1.95) & (v < 2.4)
    throat &= np.abs(rgb.astype(np.float32) - np.array(hair, np.float32)).max(-1) > 50
    neck = float(np.clip(u[throat].mean(), -0.9, 0.9)) if throat.sum() > 0.12 * unit * unit else 0.0
    low = 2.0 if cloth is not None and _apart(cloth, hair) < 70 else 2.6  # a dark collar is no hair
    beside = inside & (np.abs(aside) > 1.0) & (np.abs(aside) < 1.9) & (along > 1.5) & (along < low)
    like_hair = np.abs(rgb[beside].astype(np.float32) - np.array(hair, np.float32)).max(-1, initial=0.0) < 55
    long_hair = bool(like_hair.sum() > 0.36 * (low - 1.5) * unit * unit)

    def touched(line: Floats) -> float:
        return float((line > 0.25).mean())

    foot_u = (h - eyes[1]) / unit
    low = alpha[min(h - 1, max(0, round(eyes[1] + 2.6 * unit))) :] if foot_u > 2.6 else alpha[h:]
    left_cut = touched(alpha[:, 0]) > 0.02
    right_cut = touched(alpha[:, -1]) > 0.02
    top_cut = touched(alpha[0]) > 0.02
    shoulders_cut = foot_u < 4.3 or (len(low) > 0 and (touched(low[: max(1, int(unit * 1.6)), 0]) > 0.02 or
                                                       touched(low[: max(1, int(unit * 1.6)), -1]) > 0.02))  # fmt: skip
    left_slope = _slope(picture, alpha, eyes, unit, -1, cloth) if cloth else None
    right_slope = _slope(picture, alpha, eyes, unit, 1, cloth) if cloth else None
    face_rows = alpha[max(0, int(eyes[1] - 1.7 * unit)) : max(1, int(eyes[1] + 1.6 * unit))]
    head_cut = (top_cut and eyes[1] < 1.4 * unit) or touched(face_rows[:, 0]) > 0.1 or touched(face_rows[:, -1]) > 0.1
    whole = alpha
    # the photo's own ends, faded along a wandering line so that no straight edge can be seen
    wander = cv2.resize(seeded("edge", h, w).random((9, 9)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    wander = (wander - 0.5) * 0.5 * unit
    rows = np.nonzero(alpha.max(1) > 0.5)[0]
    last = float(rows.max()) if len(rows) else h - 1.0
    depth = (last - eyes[1]) / unit
    if last > h - 2 - 0.02 * h:
        chin_room = max(0.35, foot_u - 2.0)
        band = min(0.9, 0.4 * chin_room) * unit
        alpha = alpha * _smooth((h - 1 - ys - 0.12 * band + wander * min(1.0, band / unit) * 0.5) / band)
        depth = foot_u - band / unit
    room = {"left": eyes[0] / unit, "right": (w - eyes[0]) / unit}
    for cut, distance, side in ((left_cut, xs, "left"), (right_cut, w - 1 - xs, "right")):
        if cut:
            band = float(np.clip(0.5 * (room[side] - 1.0), 0.16, 1.0)) * unit
            reach = min(1.0, band / unit)
            alpha = alpha * _smooth((distance - 0.1 * band + wander * reach * 0.4) / band)
    if top_cut:
        band = _top_band(eyes, unit)
        alpha = alpha * _smooth((ys - 0.1 * band + wander * min(1.0, band / unit) * 0.4) / band)

    crown = None
    if top_cut:
        row = min(h - 1, round(_top_band(eyes, unit) * 1.1))
        span = np.nonzero(whole[row] > 0.5)[0]
        if len(span):
            crown = float(span[0] - eyes[0]) / unit, float(span[-1] - eyes[0]) / unit, (row - float(eyes[1])) / unit
    foot = _median(rgb, (alpha > 0.3) & (v > depth - 0.5) & (v < depth + 0.1) & (np.abs(u - neck) < 0.6))
    open_neck = foot is None or _same_paint(foot, skin)

    left = right = 0.0
    if not shoulders_cut:
        row = alpha[min(h - 1, max(0, round(eyes[1] + max(depth - 0.15, 3.6) * unit)))]
        span = np.nonzero(row > 0.4)[0]
        if len(span):
            left, right = (eyes[0] - float(span[0])) / unit, (float(span[-1]) - eyes[0]) / unit
    return Cutout(
        rgb, alpha.astype(np.float32), keypoints, unit, hair, skin, cloth, inner, opened, depth, left, right, (left_slope, right_slope),
        neck, bare, crown, open_neck,        shoulders_cut, head_cut, long_hair,
    )  # fmt: skip


class Cutouts:
    """Cut-outs by photo, kept for the next frame: at most `limit`, the least used goes first."""

    def __init__(self, pictures: Pictures, analyzer: FaceAnalyzer, limit: int = 48):
        self._pictures, self._analyzer, self._limit = pictures, analyzer, limit
        self._kept: dict[tuple[str, tuple[float, ...], bool], Cutout] = {}

    def of(self, choice: Choice) -> Cutout:
        reference = choice.reference
        key = reference.asset, tuple(np.ravel(reference.keypoints).tolist()), choice.mirrored
        found = self._kept.pop(key, None)
        if found is None:
            found = self._made(reference, choice.mirrored)
        self._kept[key] = found
        while len(self._kept) > self._limit:
            del self._kept[next(iter(self._kept))]
        return found

    def _made(self, reference: Reference, mirrored: bool) -> Cutout:
        picture: Pixels = self._pictures.picture(reference.asset)
        points = np.asarray(reference.keypoints, np.float64)
        unit = eye_unit(points)
        # the person's own surroundings: nobody is wider than eleven eye distances on each side
        h, w = picture.shape[:2]
        middle = points[:2].mean(0)
        x0, x1 = max(0, int(middle[0] - 7 * unit)), min(w, math.ceil(middle[0] + 7 * unit))
        y0, y1 = max(0, int(middle[1] - 6 * unit)), min(h, math.ceil(middle[1] + 13 * unit))
        picture, points = picture[y0:y1, x0:x1], points - (x0, y0)
        shrink = min(1.0, _LARGEST_UNIT / unit)
        if shrink < 1:
            size = max(2, round(picture.shape[1] * shrink)), max(2, round(picture.shape[0] * shrink))
            points = (points + 0.5) * (size[0] / picture.shape[1], size[1] / picture.shape[0]) - 0.5
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        if mirrored:
            picture = np.ascontiguousarray(picture[:, ::-1])
            points = mirrored_points(points, picture.shape[1])
        picture = np.ascontiguousarray(picture, np.uint8)
        return cut_out(picture, self._analyzer.person_mask(np.asarray(picture, np.uint8)), points)
