"""Six ways to wear hair, each a few sheets of strands over the ground that `cap` lays."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from studio.sample.features import Features
from studio.sample.head import SCALP, surface_depth
from studio.sample.strands import Guide, Sheet, comb, hairline, mirror


def cap(
    features: Features, thick: float = 4.0, end: tuple[float, float, float] = (0, 30, -190), reach: float = 1.0
) -> Sheet:
    """Hair combed straight back from the whole hairline: the ground under every style."""
    guides: list[Guide] = []
    for h in np.linspace(-reach, reach, 15):
        root = hairline(features, h)[0]
        up = root + (root - SCALP) * 0.03
        over = SCALP + (np.array([root[0] * 1.02, root[1] - 30 * (1 - abs(h)) - 6, -100]) - SCALP)
        back = np.array([root[0] * 0.75 + end[0], (root[1] + end[1]) / 2, -165])
        guides.append([tuple(root), tuple(up), tuple(over), tuple(back), (end[0] + root[0] * 0.3, end[1], end[2])])
    return Sheet(comb(features, guides, thick, across=60), strands=60, root=0.025, tip=0.0, edge=0.0)


def _nape(features: Features, low: float = 92.0) -> Sheet:
    """What is seen of the back of the head behind the ears and the neck, down to `low`."""
    guides: list[Guide] = [
        [(x, -60, -120), (x * 1.02, -10, -125), (x * 0.95, 0.4 * low, -130), (x * 0.78, low, -128)]
        for x in np.linspace(-74, 74, 7)
    ]
    return Sheet(comb(features, guides, 3.0), behind=True, shade=0.6, tip=0.2)


def short_quiff(features: Features) -> list[Sheet]:
    """Short sides; the top swept up from the brow and over to one side."""
    volume = features.hair.volume
    top: list[Guide] = []
    for h in np.linspace(-0.62, 0.62, 11):
        r = hairline(features, h)[0]
        crest = np.cos(h / 0.62 * np.pi / 2) ** 1.3
        tall = (0.10 + 0.90 * crest) * volume
        top.append(
            [
                (r[0], r[1] + 3.5, r[2] + 0.8),
                (r[0] + 2, r[1] - 11 * tall, r[2] + 8 * tall),
                (r[0] * 1.0 + 8 * tall, r[1] - 29 * tall - 4, r[2] - 12),
                (r[0] * 0.95 + 11 * tall, -84 - 46 * tall, -66),
                (r[0] * 0.85 + 8 * tall, -78 - 32 * crest, -140),
            ]
        )
    sides: list[Guide] = []
    for h in np.linspace(0.48, 1.0, 6):
        r = hairline(features, h)[0]
        sides.append(
            [
                tuple(r),
                (r[0] + 3, r[1] - 3, r[2] - 16),
                (r[0] + 6, r[1] + 1, r[2] - 45),
                (r[0] + 2, r[1] + 16, r[2] - 80),
            ]
        )
    side = comb(features, sides, 2.5)
    quiff = comb(features, top, 6 * volume, 5 * volume, across=44)
    return [
        _nape(features, 66.0),
        cap(features, 3.0),
        Sheet(side, strands=40, root=0.22, tip=0.0, edge=0.2, shade=0.85),
        Sheet(mirror(side), strands=40, root=0.22, tip=0.0, edge=0.2, shade=0.85, seed=0.4),
        Sheet(quiff, strands=52, root=0.05, tip=0.0, edge=0.14, clump=0.5),
    ]


def short_fringe(features: Features) -> list[Sheet]:
    """Short sides; a textured fringe that falls from the crown over the forehead, parted off-centre."""
    volume, high = features.hair.volume, features.skull.hairline
    k = features.skull.forehead / 124.0
    rng = np.random.default_rng(21)
    sheets = [_nape(features, 66.0), cap(features, 3.0)]
    sides: list[Guide] = []
    for h in np.linspace(0.42, 1.0, 7):
        r = hairline(features, h)[0]
        sides.append(
            [
                (r[0] * 0.9, r[1] - 26, r[2] - 26),
                (r[0] + 5, r[1] - 12, r[2] - 20),
                (r[0] + 9, r[1] + 6, r[2] - 14),
                (r[0] + 4, r[1] + 20, r[2] - 12),
            ]
        )
    side = comb(features, sides, 5.0)
    sheets += [
        Sheet(side, root=0.0, tip=0.35, edge=0.15, shade=0.9),
        Sheet(mirror(side), root=0.0, tip=0.35, edge=0.15, shade=0.9, seed=0.3),
    ]
    for layer, (start, lean, fall, spread) in enumerate(
        ((-0.2, 1.0, 1.0, 1.06), (-0.1, 0.85, 0.86, 1.0), (0.0, 0.7, 0.7, 0.94))
    ):
        guides: list[Guide] = []
        for f in np.linspace(-1, 1, 11):
            x = 58 * k * f * spread
            away = 9 * np.sign(f + 0.34) * min(abs(f + 0.34) * 2.4, 1.0) * lean
            low = (
                -high
                + 10
                + (32 - 22 * np.exp(-(((f + 0.34) / 0.22) ** 2)) + 12 * abs(f) ** 3) * fall
                + rng.normal(0, 2.0)
            )
            z = float(surface_depth(features, np.array([np.clip(x + away, -60, 60)]), np.array([low]))[0])
            top = -128 - 6 * volume + 44 * f**2
            guides.append(
                [
                    (x * 0.86 + 10 * start, -122 - 6 * volume + 36 * f**2, -96),
                    (x * 1.04, top, -48),
                    (x * 1.0 + away * 0.2, top + 22 + 8 * f**2, -2 - 24 * f**2),
                    (x + away * 0.8, (low - high) / 2 - 4, z + 10 * volume),
                    (x + away * 1.5, low, z + 5.0),
                ]
            )
        sheets.append(
            Sheet(
                comb(features, guides, 9 * volume - layer, across=52),
                strands=56,
                root=0.0,
                tip=0.30,
                edge=0.15,
                clump=0.75,
                shade=0.86 + 0.07 * layer,
                seed=layer * 0.31,
            )
        )
    return sheets


def _ball(
    centre: tuple[float, float, float], size: tuple[float, float, float], turns: float, behind: bool
) -> list[Sheet]:
    """A bun: strands wound around a ball."""
    v, u = np.meshgrid(np.linspace(0.06, np.pi - 0.06, 30), np.linspace(0, 2 * np.pi, 44), indexing="ij")
    u = u + turns * v
    ripple = 1 + 0.05 * np.sin(3 * v + 1.5 * u)
    points = (
        np.stack([np.sin(v) * np.cos(u), -np.cos(v), np.sin(v) * np.sin(u)], -1) * ripple[..., None] * size + centre
    )
    return [Sheet(points, strands=22, root=0, tip=0, edge=0, clump=0.55, behind=behind)]


def _parted(
    features: Features,
    part: float,
    thick: float,
    cover: float,
    end: tuple[float, float, float],
    mirrored: bool,
    across: int = 44,
) -> NDArray[np.float64]:
    """One half of parted hair, combed from the parting along the hairline to `end` behind the ear.

    part: x of the parting. cover: millimetres by which the front strand hangs over the forehead's corner.
    """  # fmt: skip
    sign = -1.0 if mirrored else 1.0
    start = part * sign + 0.8
    k = features.skull.forehead / 124.0
    h = np.array([0.30, 0.52, 0.72, 0.9])
    line = hairline(features, h)
    front: list[tuple[float, float, float]] = [
        (start, -features.skull.hairline - 2, float(hairline(features, 0.02)[0, 2]) + 1)
    ]
    front += [
        (p[0] - cover * (0.5 + 0.5 * np.sin(i)), p[1] + cover * 0.55 + 3, p[2] + cover * 0.35 + 2)
        for i, p in enumerate(line)
    ]
    front[0] = (start, front[0][1], front[0][2])
    front.append((73 * k, 2, -82))
    front.append(end)
    guides: list[Guide] = [front]
    for f in np.linspace(0.2, 1.0, 6):
        guides.append(
            [
                (start * (1 - 0.3 * f), -features.skull.hairline - 8 - 46 * f**0.6, -12 - 120 * f),
                (start * 0.3 + 34 * k, -104 - 14 * f, -34 - 100 * f),
                (62 * k, -74 - 6 * f, -58 - 78 * f),
                (74 * k, -40, -76 - 64 * f),
                (76 * k, -12, -90 - 60 * f),
                (74 * k - 18 * f, 14, -104 - 56 * f),
                (end[0] - 16 * f, end[1] + 6 * f, end[2] - 30 * f),
            ]
        )
    return comb(features, guides, thick, across=across, root=0.5) * (sign, 1, 1)


def low_bun(features: Features) -> list[Sheet]:
    """Parted in the middle, drawn smooth over the ears into a knot at the back."""
    end = (52.0, 34.0, -150.0)
    right = _parted(features, 0.0, 5.0 * features.hair.volume, 0.0, end, False)
    left = _parted(features, 0.0, 5.0 * features.hair.volume, 0.0, end, True)
    return [
        *_ball((0, -8, -206), (50, 46, 30), 1.3, True),
        _nape(features),
        cap(features, 0.6),
        Sheet(right, strands=62, root=0.03, tip=0.0, edge=0.05, clump=0.2),
        Sheet(left, strands=62, root=0.03, tip=0.0, edge=0.05, clump=0.2, seed=0.37),
    ]


def top_knot(features: Features) -> list[Sheet]:
    """Loosely gathered into a knot on the crown; light bangs, and a tendril before each ear."""
    volume, high = features.hair.volume, features.skull.hairline
    rng = np.random.default_rng(17)
    guides: list[Guide] = []
    for h in np.linspace(-1, 1, 17):
        r = hairline(features, h)[0]
        side = abs(h) ** 1.5
        mid = ((r[0] * (0.92 + 0.24 * side)), r[1] - 26 + 10 * side - 6, r[2] - 22 - 12 * side)
        high_up = (r[0] * 0.72, -118 + 34 * side, -66 - 40 * side)
        guides.append(
            [
                (r[0], r[1] + 3.0, r[2] + 0.8),
                ((r[0] * 1.03), r[1] - 7 + 4 * side, r[2] - 1),
                mid,
                high_up,
                (r[0] * 0.16, -136, -114),
            ]
        )
    sheets = [
        _nape(features),
        cap(features, 4.0),
        Sheet(
            comb(features, guides, 6 * volume, 7 * volume, across=64),
            strands=60,
            root=0.05,
            tip=0,
            edge=0.0,
            clump=0.4,
        ),
        *_ball((4, -150, -116), (36, 27, 33), 1.1, False),
    ]
    for lock in range(9):
        x = -30 + 60 * lock / 8 + rng.normal(0, 1.5)
        lean = np.sign(x + 4) * (3 + abs(x) * 0.16)
        low = -high + 38 + 10 * (x / 30) ** 2 + rng.normal(0, 3)
        z = float(surface_depth(features, np.array([x + lean]), np.array([low]))[0])
        width = 3.4 + rng.random() * 2.4
        strand = [
            [
                (x * 0.8 + d * width * 0.5, -high - 16, -14),
                (x + d * width, -high + 4, 9),
                (x + lean * 0.6 + d * width, (low - high) / 2, z + 6),
                (x + lean + d * 1.0, low, z + 3),
            ]
            for d in (-1, 0, 1)
        ]
        sheets.append(
            Sheet(
                comb(features, strand, 5.0, across=8),
                strands=8,
                root=0.12,
                tip=0.3,
                edge=0.5,
                clump=0.5,
                seed=lock * 0.13,
            )
        )
    for sign in (-1, 1):
        strand = [
            [
                (58 + d * 2, -48, -28),
                (67 + d * 3, -16, -30),
                (66 + d * 4, 22, -24),
                (70 + d * 4, 58, -26),
                (63 + d * 2, 92, -24),
            ]
            for d in (-1, 0, 1)
        ]
        tendril = comb(features, strand, 3.0, across=8) * (sign, 1, 1)
        sheets.append(Sheet(tendril, strands=8, root=0.3, tip=0.4, edge=0.5, clump=0.6, seed=0.2 * sign))
    return sheets


def side_wave(features: Features) -> list[Sheet]:
    """A coiffure to the jaw: parted at one side, lifted at the crown, one long wave on each side turning in at the end."""
    volume, high = features.hair.volume, features.skull.hairline
    part = -24.0
    sheets: list[Sheet] = []
    back: list[Guide] = [
        [(x * 0.5, -92, -150), (x * 0.98, -56, -146), (x * 1.14, 0, -138), (x * 1.14, 50, -125), (x * 0.92, 88, -112)]
        for x in np.linspace(-78, 78, 7)
    ]
    sheets.append(Sheet(comb(features, back, 10), behind=True, shade=0.55, tip=0.15))
    sheets.append(cap(features, 1.0))
    for sign in (-1.0, 1.0):
        start = part * sign
        wide = 1.0 if sign > 0 else 0.0
        guides: list[Guide] = []
        for f in np.linspace(0, 1, 7):
            low = 84 - 8 * f
            out, back_by = min(1.0, 1.7 * f), max(0.0, f - 0.3) / 0.7  # the wave faces us first, then turns back
            guides.append(
                [
                    (start, -high - 1 - 46 * f**0.7, -4 - 110 * f),
                    (start + 11 + 6 * f, -high + 4 - 7 * wide * f - 44 * f**0.7, 6 - 104 * f),
                    (start * 0.35 + 37 + 6 * wide, -high + 10 - 40 * f, 7 - 96 * f),
                    (60 + 5 * wide, -40 - 18 * f, -16 - 80 * f),
                    (70 + 17 * out, -12, -30 - 12 * out - 52 * back_by),
                    (66 + 21 * out, 22, -24 - 12 * out - 54 * back_by),
                    (72 + 23 * out, 54, -20 - 12 * out - 56 * back_by),
                    (67 + 19 * out, low, -16 - 12 * out - 54 * back_by),
                    (54 + 14 * out, low + 9, -20 - 10 * out - 50 * back_by),
                ]
            )
        wave = comb(features, guides, 9 * volume, across=48, along=56, root=0.4) * (sign, 1, 1)
        sheets.append(Sheet(wave, strands=44, root=0.015, tip=0.12, edge=0.07, clump=0.45, seed=0.3 * wide))
    return sheets


def wet_long(features: Features) -> list[Sheet]:
    """Long hair soaked by rain: flat to the head, in ropes on the shoulders, with locks clinging to brow and cheek."""
    high = features.skull.hairline
    rng = np.random.default_rng(29)
    k = features.skull.forehead / 124.0
    back: list[Guide] = [
        [(x * 0.8, -90, -130), (x * 1.0, -20, -132), (x * 0.98, 60, -128), (x * 0.98, 130, -120), (x * 1.0, 200, -118)]
        for x in np.linspace(-76, 76, 7)
    ]
    sheets = [Sheet(comb(features, back, 2), behind=True, shade=0.5, tip=0.2), cap(features, 0.5)]
    for sign in (-1.0, 1.0):
        part = 9.0 * sign + 0.8
        guides: list[Guide] = []
        for f in np.linspace(0, 1, 8):
            sway = 3 * np.sin(5 * f + sign)
            out, back_by = min(1.0, 1.6 * f), max(0.0, f - 0.35) / 0.65
            guides.append(
                [
                    (part, -high - 2 - 46 * f**0.7, -5 - 112 * f),
                    (part * 0.5 + 26, -high + 7 - 36 * f, -6 - 98 * f),
                    ((51 + 7 * f) * k, -50 - 32 * f, -24 - 80 * f),
                    ((67 + 5 * f) * k, -26 - 4 * f, -44 - 66 * f),
                    ((70 + 8 * f) * k, 10, -50 - 58 * f),
                    (68 + 13 * out + sway, 50, -48 - 8 * out - 42 * back_by),
                    (66 + 22 * out + sway, 100, -44 - 8 * out - 36 * back_by),
                    (64 + 30 * out + sway * 1.5, 160, -28 - 8 * out - 30 * back_by),
                    (60 + 36 * out + sway, 215, 0 - 10 * out - 24 * back_by),
                    (54 + 38 * out, 275 + rng.normal(0, 8), 18 - 12 * out - 16 * back_by),
                ]
            )
        fall = comb(features, guides, 2.8, across=52, along=64, root=0.6)
        ropes = np.sin(np.linspace(0, 9 * np.pi, 52) + sign)[:, None] * np.clip(np.linspace(-0.35, 1, 64), 0, 1) * 1.5
        fall[..., 0] += ropes
        fall[..., 2] += np.roll(ropes, 4, 0) * 1.4
        sheets.append(Sheet(fall * (sign, 1, 1), strands=30, root=0.02, tip=0.3, edge=0.1, clump=1.0, seed=0.21 * sign))
    locks = [
        [(12, -high - 6, 0), (27, -62, 8), (43, -42, 1), (51, -18, -9), (53, 8, -13), (50, 30, -8)],
        [
            (-6, -high - 6, 2),
            (-24, -64, 8),
            (-44, -46, -2),
            (-55, -20, -16),
            (-57, 14, -22),
            (-54, 48, -20),
            (-50, 78, -14),
        ],
        [(16, -high - 6, 0), (38, -62, 2), (54, -34, -16), (60, 0, -26), (60, 40, -24), (56, 74, -14)],
    ]
    for n, path in enumerate(locks):
        strand = [[(x + d * (2.2 - 0.3 * i), y + d * 0.8, z) for i, (x, y, z) in enumerate(path)] for d in (-1, 0, 1)]
        points = comb(features, strand, 1.5, across=8, along=40)
        on_face = surface_depth(features, points[..., 0], points[..., 1]) + 1.8
        points[..., 2] = np.maximum(points[..., 2], on_face)
        sheets.append(Sheet(points, strands=7, root=0.05, tip=0.35, edge=0.35, clump=0.8, seed=0.17 * n))
    return sheets


STYLES: dict[str, Callable[[Features], list[Sheet]]] = {
    "short quiff": short_quiff,
    "short fringe": short_fringe,
    "low bun": low_bun,
    "top knot": top_knot,
    "side wave": side_wave,
    "wet long": wet_long,
}


@lru_cache(maxsize=16)
def sheets(features: Features) -> tuple[Sheet, ...]:
    """The hair of one person, back to front."""
    return tuple(STYLES[features.hair.style](features))
