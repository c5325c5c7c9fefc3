"""Letters on a frame: an insert's slate, a mannequin's name. Chinese only where a font can write it, never as boxes."""

import os
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from studio.engines.photoboard.brush import Pixels

_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
# file name → face inside a collection (the Simplified Chinese one), best first
_CHINESE = (
    ("NotoSansCJK-Regular.ttc", 2),
    ("NotoSansCJKsc-Regular.otf", 0),
    ("NotoSansSC-Regular.otf", 0),
    ("NotoSansSC-Regular.ttf", 0),
    ("SourceHanSansSC-Regular.otf", 0),
    ("SourceHanSans.ttc", 2),
    ("wqy-microhei.ttc", 0),
    ("wqy-zenhei.ttc", 0),
    ("PingFang.ttc", 0),
    ("Hiragino Sans GB.ttc", 0),
    ("msyh.ttc", 0),
    ("simhei.ttf", 0),
)


@lru_cache(maxsize=1)
def chinese_font() -> tuple[Path, int] | None:
    """(file, face) of the best Chinese font on this machine, or None."""
    there: dict[str, Path] = {}
    for folder in _FOLDERS:
        for where, _, names in os.walk(Path(folder).expanduser()):
            for name in names:
                there.setdefault(name, Path(where) / name)
    return next(((there[name], face) for name, face in _CHINESE if name in there), None)


def _is_chinese(text: str) -> bool:
    return any(ord(letter) > 0x2E7F for letter in text)


def font_for(text: str, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont | None:
    """A font that can write `text` at `size` pixels; None where there is none."""
    if not _is_chinese(text):
        return ImageFont.load_default(size)
    found = chinese_font()
    return ImageFont.truetype(str(found[0]), size, index=found[1]) if found else None


def lettered(
    picture: Pixels,
    text: str,
    at: tuple[float, float],
    size: float,
    ink: tuple[int, int, int] = (34, 32, 32),
    slate: tuple[int, int, int] | None = None,
    centred: bool = False,
    longest: float = 0.0,
) -> Pixels:
    """`picture` (h, w, 3) with `text` written on it; unchanged where no font has its letters.

    at: top left (or top middle) in pixels; size: letter height in pixels; slate: RGB of a label under it;
    longest: the text is cut with an ellipsis to this many pixels.
    """
    font = font_for(text, max(6, round(size)))
    if font is None or not text:
        return picture
    image = Image.fromarray(picture)
    draw = ImageDraw.Draw(image)
    if longest and draw.textlength(text, font=font) > longest:
        while len(text) > 1 and draw.textlength(text + "…", font=font) > longest:
            text = text[:-1]
        text = text.rstrip() + "…"
    x0, y0, x1, y1 = draw.textbbox((0, 0), text, font=font)
    x = at[0] - (x1 - x0) / 2 if centred else at[0]
    if slate is not None:
        pad = size * 0.45
        corner = (x - pad, at[1] - pad, x + (x1 - x0) + pad, at[1] + size * 1.05 + pad)
        draw.rounded_rectangle(corner, radius=size * 0.22, fill=slate, outline=ink, width=max(1, round(size * 0.06)))
    middle = at[1] + size * 0.525 - (y0 + y1) / 2 if slate is not None else at[1] - y0
    draw.text((x - x0, middle), text, font=font, fill=ink)
    return np.asarray(image)
