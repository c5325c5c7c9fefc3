"""One hand for the whole board: the look that is laid over every finished composition.

Lines are differences of Gaussians (after Winnemöller, Kyprianidis & Olsen 2012, XDoG), found at the working scale and
sharpened when they are brought to full size; tones are a smoothed picture in soft steps; then paper.
"""

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from storage.errors import InvalidInput
from studio.engines.photoboard.brush import Floats, Pixels, blurred, seeded

# picture (h, w, 3) and faces (h, w) 0..255 at working scale; full size (w, h); k: work pixels against a 1080x1920
# frame's; seed; grain 0..1 → the finished picture at full size
Style = Callable[[Pixels, Pixels, tuple[int, int], float, int, float], Pixels]

_TILE = 512


@lru_cache(maxsize=2)
def _paper(k100: int) -> tuple[Pixels, Pixels]:
    """Two (512, 512) uint8 tiles that join without a seam: paper tooth, and hatching."""
    rng = seeded("paper")
    k = k100 / 100
    tooth = np.zeros((_TILE, _TILE), np.float32)
    for sigma, weight in ((0.6, 1.0), (1.6, 1.3), (5.0, 1.1)):
        noise = rng.standard_normal((_TILE, _TILE)).astype(np.float32)
        wide = np.tile(noise, (3, 3))
        soft = cv2.GaussianBlur(wide, (0, 0), max(0.4, sigma * k))[_TILE : 2 * _TILE, _TILE : 2 * _TILE]
        tooth += weight * soft / max(float(soft.std()), 1e-6)
    tooth = np.clip(128 + tooth / 2.0 * 34, 0, 255).astype(np.uint8)
    y, x = np.mgrid[0:_TILE, 0:_TILE].astype(np.float32)
    wave = np.tile(rng.standard_normal((_TILE // 32, _TILE // 32)).astype(np.float32), (3, 3))
    wave = cv2.resize(wave, (3 * _TILE, 3 * _TILE), interpolation=cv2.INTER_CUBIC)[_TILE : 2 * _TILE, _TILE : 2 * _TILE]
    lines = 40 if k > 0.6 else 64
    phase = (x + y) * (2 * np.pi * lines / _TILE) + wave * 0.8
    hatch = np.clip((np.cos(phase) - 0.35) / 0.5, 0, 1) * (0.75 + 0.25 * np.clip(wave, -1, 1))
    return tooth, (hatch * 255).astype(np.uint8)


def _spread(tile: Pixels, h: int, w: int, dx: int, dy: int) -> Pixels:
    tile = np.roll(tile, (dy, dx), (0, 1))
    return np.tile(tile, (-(-h // _TILE), -(-w // _TILE)))[:h, :w]


def _lut(x: Pixels, table: NDArray[np.floating]) -> Pixels:
    return cv2.LUT(x, np.clip(table, 0, 255).astype(np.uint8))


def _steps(levels: tuple[float, ...], softness: float) -> NDArray[np.float64]:
    """A tone table with soft steps at `levels` (0..255): washes laid one over the other."""
    x = np.arange(256.0)
    edges = (np.array(levels[:-1]) + np.array(levels[1:])) / 2
    out = np.full(256, levels[0])
    for edge, low, high in zip(edges, levels, levels[1:], strict=False):
        out = out + (high - low) / (1 + np.exp(-(x - edge) / softness))
    return out


def _lines(tone: Pixels, size: tuple[int, int], k: float, start: float, full: float) -> Pixels:
    """Ink 0..255 at full size: where the tone falls against its surroundings, the more so where it is bright."""
    g = tone.astype(np.float32)
    fine = cv2.GaussianBlur(g, (0, 0), max(0.55, 0.95 * k))
    wide = cv2.GaussianBlur(g, (0, 0), max(0.9, 1.65 * k))
    fall = (wide - fine) * (70.0 / (wide * 0.5 + 26.0))
    code = cv2.convertScaleAbs(np.maximum(fall, 0), alpha=12.0)
    large = cv2.resize(code, size, interpolation=cv2.INTER_CUBIC)
    x = np.clip((np.arange(256.0) / 12.0 - start) / (full - start), 0, 1)
    return _lut(large, 255 * x * x * (3 - 2 * x))


def _vignette(h: int, w: int, depth: float) -> Floats:
    y, x = np.mgrid[0:64, 0:64].astype(np.float32) / 63 * 2 - 1
    small = 1 - depth * np.clip(0.5 * (x**4 + y**4) + 0.25 * (x * x * y * y), 0, 1)
    return cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR)


def ink(picture: Pixels, faces: Pixels, size: tuple[int, int], work: float, seed: int, grain: float) -> Pixels:
    """Ink wash: grey-warm washes in soft steps, brush lines, hatching in the darks, one warm spot tone, paper."""
    w, h = size
    k = work * h / picture.shape[0]
    smooth = cv2.bilateralFilter(cv2.medianBlur(picture, 3), 5, 26, 3)
    lab = cv2.cvtColor(smooth, cv2.COLOR_RGB2Lab)
    tone, a, b = cv2.split(lab)
    jitter = seeded("paper", seed)
    dx, dy = (int(v) for v in jitter.integers(0, _TILE, 2))
    tooth, hatch = _paper(round(k * 20) * 5)

    # washes: the steps everywhere, the photo's own tones on faces
    lifted = _lut(tone, 255 * (np.arange(256) / 255.0) ** 0.72)
    blot = _spread(tooth, tone.shape[0], tone.shape[1], dy, dx)
    blotted = cv2.addWeighted(lifted, 1.0, blurred(blot, 14 * work + 0.5), 0.5, -64)
    washed = _lut(blotted, _steps((34, 70, 108, 146, 182, 214, 240, 254), 5.0))
    loose = cv2.addWeighted(washed, 0.62, lifted, 0.38, 0)
    modelled = _lut(tone, 255 * (np.arange(256) / 255.0) ** 0.86)  # a pale face keeps its modelling
    stepped = _mixed(loose, cv2.addWeighted(washed, 0.3, modelled, 0.7, 0), faces)
    large = cv2.resize(stepped, (w, h), interpolation=cv2.INTER_CUBIC)

    lines = _lines(tone, (w, h), work, 0.9, 5.0)
    dark = _lut(large, np.clip((104 - np.arange(256.0)) / 70, 0, 1) * 62)
    calm = cv2.resize(faces, (w, h), interpolation=cv2.INTER_LINEAR)
    dark = cv2.multiply(dark, cv2.subtract(np.full_like(calm, 255), calm), scale=1 / 255)
    large = cv2.subtract(large, cv2.multiply(_spread(hatch, h, w, dx, dy), dark, scale=1 / 255))
    large = cv2.multiply(
        large, cv2.subtract(np.full_like(lines, 255), _lut(lines, np.arange(256) * 0.86)), scale=1 / 255
    )
    paper = _lut(_spread(tooth, h, w, dx, dy), 232 + (np.arange(256.0) - 128) * 0.26 * grain + 14)
    large = cv2.multiply(large, paper, scale=1 / 246)
    large = cv2.multiply(large, _vignette(h, w, 0.16), dtype=cv2.CV_8U)

    # colour: what is warm stays as the one spot tone, the rest sinks into the grey
    fa, fb = a.astype(np.float32) - 128, b.astype(np.float32) - 128
    warm = fa * 0.52 + fb * 0.85
    warm = 26 * np.tanh(np.maximum(warm - 12, 0) / 32) * (1 - 0.25 * faces.astype(np.float32) / 255)
    na = cv2.resize(0.10 * fa + 0.48 * warm, (w, h), interpolation=cv2.INTER_LINEAR)
    nb = cv2.resize(0.10 * fb + 0.70 * warm, (w, h), interpolation=cv2.INTER_LINEAR)
    ramp = np.arange(256.0)
    tint = np.clip((ramp - 40) / 180, 0, 1)
    ta = _lut(large, 128 + 0.6 * tint)
    tb = _lut(large, 126 + 8.0 * tint)
    out = cv2.merge(
        [_lut(large, 20 + ramp * 0.905), cv2.add(ta, na, dtype=cv2.CV_8U), cv2.add(tb, nb, dtype=cv2.CV_8U)]
    )
    return cv2.cvtColor(out, cv2.COLOR_Lab2RGB)


def _mixed(a: Pixels, b: Pixels, weight: Pixels) -> Pixels:
    """a where the weight is 0, b where it is 255."""
    hole = cv2.subtract(np.full_like(weight, 255), weight)
    return cv2.add(cv2.multiply(a, hole, scale=1 / 255), cv2.multiply(b, weight, scale=1 / 255))


def colour(picture: Pixels, faces: Pixels, size: tuple[int, int], work: float, seed: int, grain: float) -> Pixels:
    """Painted colour: flat strokes, soft tone steps, dark coloured lines, a gentle warm grade, canvas paper."""
    w, h = size
    k = work * h / picture.shape[0]
    flat = cv2.bilateralFilter(cv2.medianBlur(picture, 3 if work < 0.8 else 5), 5, 34, 3)
    lab = cv2.cvtColor(flat, cv2.COLOR_RGB2Lab)
    tone, a, b = cv2.split(lab)
    jitter = seeded("paper", seed)
    dx, dy = (int(v) for v in jitter.integers(0, _TILE, 2))
    tooth, _ = _paper(round(k * 20) * 5)
    blot = blurred(_spread(tooth, tone.shape[0], tone.shape[1], dy, dx), 4 * work + 0.5)
    blotted = cv2.addWeighted(tone, 1.0, blot, 0.22, -28)
    stepped = cv2.addWeighted(_lut(blotted, _steps((22, 54, 86, 118, 150, 182, 212, 242), 5.0)), 0.6, tone, 0.4, 0)
    stepped = _mixed(stepped, cv2.addWeighted(stepped, 0.35, tone, 0.65, 0), faces)
    ramp = np.arange(256.0)
    graded = cv2.merge([
        _lut(stepped, 255 * (ramp / 255) ** 0.94),
        _lut(a, 128 + (ramp - 128) * 1.12),
        _lut(b, 130 + (ramp - 128) * 1.08),
    ])  # fmt: skip
    large = cv2.resize(cv2.cvtColor(graded, cv2.COLOR_Lab2RGB), (w, h), interpolation=cv2.INTER_CUBIC)
    lines = _lines(tone, (w, h), work, 1.2, 6.5)
    keep = cv2.merge([_lut(lines, 255 - ramp * f) for f in (0.68, 0.74, 0.74)])
    large = cv2.multiply(large, keep, scale=1 / 255)
    paper = _lut(_spread(tooth, h, w, dx, dy), 246 + (ramp - 128) * 0.16 * grain)
    large = cv2.multiply(large, cv2.merge([paper] * 3), scale=1 / 246)
    return cv2.multiply(large, cv2.merge([_vignette(h, w, 0.14)] * 3), dtype=cv2.CV_8U)


@lru_cache(maxsize=2)
def _strokes(k100: int) -> tuple[Pixels, Pixels, Pixels]:
    """Three (512, 512) uint8 tiles of graphite strokes that join without a seam: a slant, one across it, a flat one.

    Noise of one width and one direction (Gabor noise, Lagae et al. 2009, by its spectrum), so strokes begin and end.
    """
    period = 8.5 if k100 > 60 else 5.0  # pixels from stroke to stroke
    f = np.fft.fftfreq(_TILE)
    tiles = []
    for number, degrees in enumerate((57.0, 118.0, 14.0)):
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        along, across = f[None, :] * c - f[:, None] * s, f[None, :] * s + f[:, None] * c
        band = np.exp(-(((np.abs(across) - 1 / period) * period / 0.2) ** 2) - (along * 9 * period) ** 2)
        noise = seeded("strokes", number).standard_normal((_TILE, _TILE))
        wave = np.fft.ifft2(np.fft.fft2(noise) * band).real
        wave /= wave.std()
        tiles.append((np.clip(0.28 + 0.42 * wave, 0, 1) * 255).astype(np.uint8))
    return tiles[0], tiles[1], tiles[2]


def _inverse(x: Pixels) -> Pixels:
    return cv2.bitwise_not(x)


def pencil(picture: Pixels, faces: Pixels, size: tuple[int, int], work: float, seed: int, grain: float) -> Pixels:
    """Graphite on paper: a rubbed tone, strokes in one, two, three directions as it darkens, contours, white paper."""
    w, h = size
    k = work * h / picture.shape[0]
    k100 = round(k * 20) * 5
    smooth = cv2.bilateralFilter(cv2.medianBlur(picture, 3), 5, 26, 3)
    tone = cv2.cvtColor(smooth, cv2.COLOR_RGB2Lab)[..., 0]
    jitter = seeded("paper", seed)
    dx, dy = (int(v) for v in jitter.integers(0, _TILE, 2))
    tooth, _ = _paper(k100)
    grip = _spread(cv2.addWeighted(tooth, 1.0, cv2.GaussianBlur(tooth, (0, 0), 2.2), -0.7, 90), h, w, dx, dy)

    ramp = np.arange(256.0)
    lifted = _lut(tone, 255 * (ramp / 255) ** 0.62)
    rubbed = _mixed(_lut(lifted, 255 - (255 - ramp) * 0.48), _lut(lifted, 255 - (255 - ramp) * 0.96), faces)
    sheet = cv2.resize(rubbed, (w, h), interpolation=cv2.INTER_CUBIC)
    large = cv2.resize(lifted, (w, h), interpolation=cv2.INTER_CUBIC)
    calm = cv2.resize(_lut(faces, 255 - ramp * 0.72), (w, h), interpolation=cv2.INTER_LINEAR)
    for tile, below, deep in zip(_strokes(k100), (212, 150, 96), (0.5, 0.72, 0.98), strict=True):
        pressed = cv2.multiply(_lut(large, 255 * np.clip((below - ramp) / 80, 0, 1) * deep), calm, scale=1 / 255)
        mark = cv2.multiply(_spread(tile, h, w, dx, dy), pressed, scale=1 / 255)
        sheet = cv2.multiply(sheet, _inverse(mark), scale=1 / 255)

    fine, broad = _lines(tone, (w, h), work, 0.6, 3.2), _lines(tone, (w, h), 2.4 * work, 2.2, 9.0)
    lines = cv2.max(_lut(fine, ramp * 0.88), _lut(broad, ramp * 0.6))
    sheet = cv2.multiply(sheet, _inverse(lines), scale=1 / 255)
    # graphite catches on the tooth: the grain shows where something is drawn, bare paper stays calm
    bite = cv2.multiply(_inverse(sheet), _lut(grip, 128 + (ramp - 128) * 1.5 * grain), scale=1 / 128)
    sheet = _lut(_inverse(bite), 30 + ramp * 0.862)
    paper = _lut(grip, 250 + (ramp - 128) * 0.07 * grain)
    sheet = cv2.multiply(sheet, paper, scale=1 / 250)
    return cv2.merge([_lut(sheet, ramp * f + shift) for f, shift in ((1.0, 0.0), (0.988, 0.6), (0.95, 4.0))])


STYLES: dict[str, Style] = {"ink": ink, "colour": colour, "pencil": pencil}


def style_named(name: str) -> Style:
    """Raises InvalidInput, listing the styles there are."""
    if name not in STYLES:
        there_is = ", ".join(STYLES)
        raise InvalidInput(
            f"The photoboard has no style '{name}'. It has: {there_is}.",
            f"照片分镜没有“{name}”这种画风，可选：{there_is}。",
        )
    return STYLES[name]
