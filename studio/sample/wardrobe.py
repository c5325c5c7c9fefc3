"""What the cast wears, cut on the table of `tailoring`."""

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np

from studio.sample.face_parts import blob, smoothstep
from studio.sample.features import Features
from studio.sample.raster import Floats
from studio.sample.tailoring import Cloth, Points, Table, curve


def _weave(table: Table, grain: float, seed: int, coarse: float = 1.0) -> Floats:
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal(table.x.shape).astype(np.float32)
    threads = cv2.GaussianBlur(noise, (0, 0), sigmaX=0.6, sigmaY=4 * coarse) + cv2.GaussianBlur(
        noise[:, ::-1], (0, 0), sigmaX=4 * coarse, sigmaY=0.6
    )
    return threads / threads.std() * grain


def _body(top: Points) -> Points:
    """Everything below a neckline that runs from the left of the picture to the right."""
    return [*top, (230, 150), (230, 520), (-230, 520), (-230, 150)]


def waitress(table: Table, features: Features) -> None:
    """A soaked black dress with a white collar, apron straps and a brass badge."""
    w = features.wardrobe
    neck = curve((-84, 150), (-70, 176), (-40, 206), (0, 232), (40, 206), (70, 176), (84, 150))
    dress = table.mask(_body(neck))
    table.lay(dress, w.cloth, 2.5, 0.75)
    table.pattern(
        dress,
        _weave(table, 0.10, 3)
        - 0.22 * blob(table.x, table.y, -70, 260, 60, 50)
        + 0.2 * blob(table.x, table.y, 95, 235, 40, 30),
    )
    for sign in (-1, 1):
        strap = [(sign * x, y) for x, y in [(84, 168), (104, 172), (78, 300), (76, 520), (38, 520), (50, 300)]]
        table.lay(table.mask(strap), w.second, 1.6, 0.5)
    bib = table.mask([*curve((-66, 330), (0, 338), (66, 330)), (72, 520), (-72, 520)])
    table.lay(bib, w.second, 1.8, 0.5)
    for sign in (-1, 1):
        collar = [
            (sign * x, y)
            for x, y in [
                *curve((0, 232), (34, 206), (62, 178), (76, 148)),
                *curve((98, 160), (92, 186), (74, 222)),
                *curve((74, 222), (44, 262), (30, 268)),
                (0, 232),
            ]
        ]
        piece = table.mask(collar)
        table.lay(piece, w.second, 2.2, 0.45, 0.6)
        table.fold([(sign * 70, 170), (sign * 50, 210)], 6, 0.7)
    table.stud(86, 292, 3.2, w.trim)
    badge = table.mask([(92, 284), (132, 280), (133, 292), (93, 296)])
    table.lay(badge, w.trim, 1.5, 1.2)
    table.stud(0, 262, 3.6, w.second)
    table.stud(0, 296, 3.6, w.second)
    for a, b, c in (
        ((-150, 240), (-110, 300), (-96, 380)),
        ((150, 230), (118, 290), (104, 360)),
        ((-40, 290), (-24, 340), (-30, 420)),
        ((30, 300), (16, 350), (24, 430)),
        ((-170, 280), (-140, 340), (-130, 420)),
        ((172, 290), (150, 350), (140, 430)),
    ):
        table.fold(curve(a, b, c), 7, 3.4)
        table.fold(curve((a[0] + 11, a[1]), (b[0] + 12, b[1]), (c[0] + 9, c[1])), 6, -2.4)


def gown(table: Table, features: Features) -> None:
    """A black evening gown, off the shoulder, with satin folds across the bust."""
    w = features.wardrobe
    neck = curve(
        (-216, 262), (-176, 258), (-128, 272), (-70, 304), (0, 326), (70, 304), (128, 272), (176, 258), (216, 262)
    )
    dress = table.mask([*neck, (230, 520), (-230, 520)])
    table.lay(dress, w.cloth, 3.0, 0.9, 0.6)
    for k in range(6):
        dy = 13 + 14 * k
        band = curve(
            (-200, 264 + dy),
            (-128, 276 + dy),
            (-60, 310 + dy * 0.96),
            (0, 330 + dy * 0.9),
            (60, 310 + dy * 0.96),
            (128, 276 + dy),
            (200, 264 + dy),
        )
        table.fold(band, 5, 2.6 - 0.25 * k)
        table.fold([(x, y + 7) for x, y in band], 5, -2.2 + 0.2 * k)
    table.lay(table.mask([*neck, *[(x, y + 7) for x, y in reversed(neck)]]), w.second, 1.4, 1.0, 0.3)


def dinner_jacket(table: Table, features: Features) -> None:
    """Dinner jacket with satin peaks over a white shirt; the bow tie hangs open."""
    w = features.wardrobe
    shirt = table.mask(_body(curve((-70, 150), (-58, 170), (-30, 196), (0, 222), (30, 196), (58, 170), (70, 150))))
    table.lay(shirt, w.second, 1.5, 0.15)
    table.pattern(shirt, 0.05 * np.sin(table.x * 1.15) * (np.abs(table.x) < 46))
    table.seam([(0, 222), (1, 520)], 0.35)
    for sign in (-1, 1):
        wing = [
            (sign * x, y)
            for x, y in [
                (0, 224),
                *curve((34, 192), (58, 164), (66, 140)),
                (82, 158),
                *curve((76, 188), (56, 220)),
                (30, 252),
                (0, 224),
            ]
        ]
        table.lay(table.mask(wing), w.second, 2.4, 0.15, 0.55)
    for y in (272, 318, 364):
        table.stud(0, y, 3.4, (24, 22, 26))
    for sign in (-1, 1):
        band = [
            (sign * x, y)
            for x, y in [
                *curve((86, 156), (72, 196), (52, 226)),
                *curve((30, 262), (26, 300), (30, 344)),
                (52, 338),
                *curve((50, 300), (52, 268), (66, 236)),
                (94, 178),
            ]
        ]
        table.lay(table.mask(band), w.trim, 1.8, 0.5, 0.6)
        table.fold([(sign * 40, 262), (sign * 40, 330)], 4, 0.8)
    for sign in (-1, 1):
        front = [
            (sign * x, y)
            for x, y in [
                (100, 140),
                *curve((94, 186), (74, 260), (46, 350), (14, 452)),
                (0, 520),
                (232, 520),
                (232, 140),
            ]
        ]
        table.lay(table.mask(front), w.cloth, 5.0, 0.10, 0.8)
    table.pattern(1 - table.flesh, _weave(table, 0.05, 9))
    for sign in (-1, 1):
        lapel = [
            (sign * x, y)
            for x, y in [
                (88, 146),
                *curve((88, 186), (66, 262), (40, 350), (12, 448)),
                *curve((58, 400), (96, 336), (126, 262)),
                (146, 236),
                (104, 244),
                *curve((108, 214), (114, 184), (112, 156)),
            ]
        ]
        table.lay(table.mask(lapel), w.cloth, 3.0, 1.1, 0.75)
        table.pattern(table.mask(lapel), np.full(table.x.shape, 0.5, np.float32))
        table.seam([(sign * 104, 244), (sign * 84, 240)], 0.6)
    for a, b, c in (
        ((-168, 250), (-150, 310), (-154, 400)),
        ((168, 250), (150, 310), (154, 400)),
        ((-120, 360), (-104, 400), (-70, 440)),
        ((120, 360), (104, 400), (70, 440)),
    ):
        table.fold(curve(a, b, c), 9, 2.6)


def apron(table: Table, features: Features) -> None:
    """A watchmaker's leather apron over a linen shirt with a small stand collar."""
    w = features.wardrobe
    neck = curve((-66, 146), (-57, 164), (-34, 190), (0, 216), (34, 190), (57, 164), (66, 146))
    shirt = table.mask(_body(neck))
    table.lay(shirt, w.second, 1.8, 0.08)
    table.pattern(shirt, _weave(table, 0.07, 5, 1.6))
    for sign in (-1, 1):
        band = [
            (sign * x, y)
            for x, y in [
                (0, 222),
                *curve((34, 192), (57, 164), (64, 140)),
                *curve((82, 152), (74, 176), (46, 208)),
                (6, 240),
            ]
        ]
        table.lay(table.mask(band), w.second, 2.2, 0.08, 0.5)
    table.seam([(2, 228), (2, 520)], 0.4)
    for y in (254, 288):
        table.stud(5, y, 3.0, (120, 96, 70), 0.7)
    for a, b, c in (
        ((-160, 226), (-128, 270), (-118, 330)),
        ((158, 226), (128, 270), (120, 330)),
        ((-46, 226), (-30, 262), (-28, 300)),
        ((56, 222), (34, 262), (30, 304)),
        ((-184, 270), (-166, 330), (-164, 400)),
        ((184, 270), (166, 330), (164, 400)),
    ):
        table.fold(curve(a, b, c), 6, 2.8)
        table.fold(curve((a[0] + 9, a[1]), (b[0] + 10, b[1]), (c[0] + 8, c[1])), 5, -1.8)
    bib = table.mask(
        [
            *curve((-88, 322), (-50, 316), (0, 314), (50, 316), (88, 322)),
            (112, 400),
            (140, 520),
            (-140, 520),
            (-112, 400),
        ]
    )
    leather = cv2.GaussianBlur(np.random.default_rng(8).standard_normal(table.x.shape).astype(np.float32), (0, 0), 5)
    for sign in (-1, 1):
        strap = [(sign * x, y) for x, y in [(72, 166), (94, 172), (92, 250), (84, 332), (62, 330), (74, 250)]]
        piece = table.mask(strap)
        table.lay(piece, w.cloth, 3.0, 0.5, 0.6)
        table.pattern(piece, leather / leather.std() * 0.10)
    table.lay(bib, w.cloth, 3.2, 0.45, 0.65)
    table.pattern(bib, leather / leather.std() * 0.12)
    table.seam(curve((-82, 329), (0, 321), (82, 329)), 0.45)
    for sign in (-1, 1):
        table.stud(sign * 73, 336, 4.2, w.trim)
    pocket = [(-40, 372), (44, 372), (44, 520), (-40, 520)]
    table.seam([*pocket[:2]], 0.6)
    table.seam([pocket[0], pocket[3]], 0.5)


def overcoat(table: Table, features: Features) -> None:
    """A black wool coat, its collar broad, over a charcoal roll-neck."""
    w = features.wardrobe
    roll = table.mask(_body(curve((-72, 128), (-50, 142), (-26, 150), (0, 153), (26, 150), (50, 142), (72, 128))))
    table.lay(roll, w.second, 4.0, 0.05, 0.7)
    table.pattern(roll, 0.16 * np.sin((table.x + 0.0012 * table.x * table.y) * 1.35).astype(np.float32))
    for y0, depth in ((170, 1.8), (184, 2.6), (200, 2.2)):
        table.fold(curve((-76, y0 - 22), (-40, y0 - 6), (0, y0), (40, y0 - 6), (76, y0 - 22)), 5, depth)
    for sign in (-1, 1):
        front = [
            (sign * x, y)
            for x, y in [
                (84, 120),
                *curve((92, 168), (84, 230), (58, 320), (18, 430)),
                (0, 520),
                (232, 520),
                (232, 120),
            ]
        ]
        table.lay(table.mask(front), w.cloth, 6.0, 0.05, 0.8)
    wool = _weave(table, 0.10, 12)
    table.pattern(1 - table.flesh, wool)
    for sign in (-1, 1):
        lapel = [
            (sign * x, y)
            for x, y in [
                *curve((88, 196), (80, 250), (52, 340), (16, 436)),
                *curve((64, 396), (112, 340), (146, 280)),
                (160, 246),
                (116, 236),
            ]
        ]
        table.lay(table.mask(lapel), w.cloth, 4.5, 0.07, 0.85)
        collar = [
            (sign * x, y)
            for x, y in [
                (72, 130),
                *curve((86, 168), (90, 200), (88, 232)),
                (122, 250),
                (162, 226),
                *curve((140, 184), (116, 156), (98, 138)),
            ]
        ]
        table.lay(table.mask(collar), w.cloth, 6.0, 0.07, 0.8)
        for piece in (lapel, collar):
            table.pattern(table.mask(piece), np.full(table.x.shape, 0.28, np.float32) + wool)
    for a, b, c in (((-180, 250), (-166, 320), (-170, 420)), ((180, 250), (166, 320), (170, 420))):
        table.fold(curve(a, b, c), 10, 3.0)


def qipao(table: Table, features: Features) -> None:
    """A dark green silk qipao: stand collar, piping, and knotted buttons from the throat to the side."""
    w = features.wardrobe
    collar_top = curve((-66, 120), (-48, 142), (-24, 156), (0, 164), (24, 156), (48, 142), (66, 120))
    dress = table.mask(_body(collar_top))
    table.lay(dress, w.cloth, 2.6, 0.65, 0.7)
    x, y = table.x, table.y
    cell = np.stack([(x / 34.0) % 1 - 0.5, ((y + 17 * (np.floor(x / 34.0) % 2)) / 34.0) % 1 - 0.5])
    r, a = np.hypot(*cell), np.arctan2(cell[1], cell[0])
    blossom = smoothstep(0.04, 0.0, np.abs(r - (0.20 + 0.09 * np.cos(5 * a)))) + 0.7 * smoothstep(
        0.03, 0.0, np.abs(r - 0.08)
    )
    table.pattern(dress, 0.62 * blossom)
    table.gloss += 0.30 * blossom * dress
    base = curve((-84, 158), (-60, 180), (-30, 196), (0, 203), (30, 196), (60, 180), (84, 158))
    table.fold([(px, py + 2) for px, py in base], 3.5, 1.6)
    for path in (
        collar_top,
        base,
        curve((0, 203), (36, 226), (76, 240), (118, 244), (152, 262)),
    ):
        table.lay(table.line(path, 3.4, 0.15), w.trim, 1.6, 0.8, 0.4)
    table.lay(table.line([(0, 164), (1, 203)], 3.0, 0.15), w.trim, 1.4, 0.8, 0.4)
    for bx, by, turn in ((0, 196, 0.0), (54, 233, 20.0), (108, 243, 8.0)):
        c, s = np.cos(np.radians(turn)), np.sin(np.radians(turn))
        for k in (-1, 1):
            loop = [
                (bx + k * (5 + 8 * t) * c - q * s, by + k * (5 + 8 * t) * s + q * c)
                for t, q in ((0, 0), (0.6, -3.6), (1.3, -3.2), (1.6, 0), (1.3, 3.2), (0.6, 3.6), (0, 0))
            ]
            table.lay(table.line(curve(*loop), 2.2, 0.12), w.trim, 1.8, 0.8, 0.5)
        table.stud(bx, by, 3.6, w.trim, 1.0)
    for p, q, r3 in (
        ((-158, 240), (-120, 290), (-110, 360)),
        ((160, 250), (128, 300), (112, 370)),
        ((-60, 300), (-30, 330), (10, 340)),
        ((-176, 280), (-160, 330), (-160, 420)),
        ((178, 280), (160, 330), (160, 420)),
    ):
        table.fold(curve(p, q, r3), 9, 2.6)


GARMENTS: dict[str, Callable[[Table, Features], None]] = {
    "waitress": waitress,
    "gown": gown,
    "dinner jacket": dinner_jacket,
    "apron": apron,
    "overcoat": overcoat,
    "qipao": qipao,
}


@lru_cache(maxsize=16)
def dress(features: Features) -> Cloth:
    """The bust of one person, dressed."""
    table = Table(features)
    GARMENTS[features.wardrobe.garment](table, features)
    return table.cloth()
