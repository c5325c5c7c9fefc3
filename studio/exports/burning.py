"""Words on the frames of a film: captions, shot numbers, what must be said at the start, and slates for missing pictures."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from storage.errors import Language, ResourceMissing
from studio.engines.photoboard.lettering import chinese_font
from studio.exports import ExportOptions
from studio.exports.captions import Caption
from studio.exports.columns import NOT_RENDERED, scene_heading
from studio.exports.fonts import CJK
from studio.exports.labels import MARK_HEIGHT, MARKS
from studio.exports.line_breaks import broken
from studio.exports.plain_text import one_line
from studio.exports.planes import Overlay, Pixels
from studio.exports.safe_area import safe_area
from studio.exports.timeline import Clip, Timeline

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

# seconds that the words at the start stay
OPENING = 2.0
_LINE = 1.3  # from one line to the next, in sizes of the letters
_WHITE, _BLACK, _GREY, _PAPER = (255, 255, 255), (0, 0, 0), (150, 156, 165), (44, 48, 54)
_PER_SHOT: dict[Language, str] = {"en": "Sc {} / {} / {:.1f} s", "zh": "第{}场 / {} / {:.1f} 秒"}


@dataclass(frozen=True, slots=True)
class Words:
    """A line to be burnt in. size: of its letters, of the short side of the picture."""

    text: str
    size: float


def opening(timeline: Timeline, options: ExportOptions) -> tuple[Words, ...]:
    """What must be said in the first two seconds: the mark of generated pictures where it is wanted, and notices."""
    return (*mark(timeline, options), *notices(timeline, options))


def mark(timeline: Timeline, options: ExportOptions) -> tuple[Words, ...]:
    """The visible mark, where the user labels his films and somebody's picture is generated; its letters are high enough."""
    shown = any(clip.generates and clip.picture is not None and not clip.omitted for clip in timeline.clips)
    if options.producer is None or not options.producer.visible or not shown:
        return ()
    # letters fill about three quarters of their size
    return (Words(MARKS[options.language], 1.4 * MARK_HEIGHT),)


def notices(timeline: Timeline, options: ExportOptions) -> tuple[Words, ...]:
    """Random weights, licences: each once, with the shots it is about."""
    return tuple(Words(text, 0.028) for text in timeline.notices(options.language))


def opening_overlay(words: Sequence[Words], width: int, height: int) -> Overlay | None:
    """The words under each other at the top of the safe area, on a dark ground; all of them, smaller where need be."""
    if not words:
        return None
    area = safe_area(width, height)
    room = area.height - 3 * area.letters
    shrink = 1.0
    while True:
        # a mark keeps its height: only what is smaller shrinks
        sizes = [each.size * min(width, height) * (shrink if each.size < MARK_HEIGHT else 1.0) for each in words]
        rows = [
            (line, size)
            for each, size in zip(words, sizes, strict=True)
            for line in broken(one_line(each.text, 2000), max(2, int(2 * area.width / size)))
        ]
        if sum(_LINE * size for _, size in rows) <= room or shrink < 0.3:
            break
        shrink *= 0.9
    page = _Page(width, height)
    top = area.top + 2.4 * area.letters  # under the shot's number
    for line, size in rows:
        page.write(line, size, (area.left, top), area.width, ground=True)
        top += _LINE * size
    return page.overlay()


def caption_overlay(caption: Caption, width: int, height: int) -> Overlay | None:
    """The caption at the foot of the safe area, white with a black edge; None where no font has any of its letters."""
    area = safe_area(width, height)
    page = _Page(width, height)
    size = min(area.letters, area.height / (_LINE * len(caption.lines)))
    top = area.bottom - _LINE * size * len(caption.lines)
    for number, line in enumerate(caption.lines):
        page.write(line, size, (area.left + area.width / 2, top + _LINE * size * number), area.width, centred=True)
    return page.overlay()


def number_overlay(clip: Clip, fps: int, language: Language, width: int, height: int) -> Overlay | None:
    """Scene, shot and its seconds, in the upper left corner of the safe area."""
    area = safe_area(width, height)
    page = _Page(width, height)
    text = _PER_SHOT[language].format(one_line(clip.scene, 20), one_line(clip.number, 20), clip.frames / fps)
    page.write(text, 0.7 * area.letters, (area.left, area.top), area.width, ground=True)
    return page.overlay()


def slate(clip: Clip, language: Language, width: int, height: int) -> Pixels:
    """What stands for a shot without a picture: (height, width, 3) RGB with its number, heading and description."""
    area = safe_area(width, height)
    page = _Page(width, height)
    letters, middle = area.letters, area.left + area.width / 2
    top = area.top + 0.12 * area.height
    page.write(one_line(clip.number, 20) or "?", 3.2 * letters, (middle, top), area.width, centred=True, edge=False)
    top += 4.6 * letters
    page.write(NOT_RENDERED[language], 1.2 * letters, (middle, top), area.width, _GREY, centred=True, edge=False)
    top += 2.2 * letters
    text = [*broken(one_line(scene_heading(clip, language)), 32), "", *broken(one_line(clip.description, 600), 32)]
    fits = max(1, int((area.bottom - top) / (_LINE * 0.9 * letters)))
    if len(text) > fits:
        text = [*text[: fits - 1], f"{text[fits - 1]}…"]
    for line in text:
        page.write(line, 0.9 * letters, (middle, top), area.width, centred=True, edge=False)
        top += _LINE * 0.9 * letters
    ground = Image.new("RGB", (width, height), _PAPER)
    ground.paste(page.image, (0, 0), page.image)
    return np.asarray(ground)


class _Page:
    """Words on nothing, in the size of the frame."""

    def __init__(self, width: int, height: int):
        self.image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
        self._pencil = ImageDraw.Draw(self.image)

    def write(
        self,
        text: str,
        size: float,
        at: tuple[float, float],
        widest: float,
        ink: tuple[int, int, int] = _WHITE,
        centred: bool = False,
        ground: bool = False,
        edge: bool = True,
    ) -> None:
        """One line in letters of `size` pixels, smaller where it would be wider than `widest`.

        at: its left (or middle) and top. ground: a dark one under it, else, with `edge`, an edge around the letters.
        """
        text = _writable(text)
        if not text.strip():
            return
        font = font_for(text, max(5, round(size)))
        if (length := self._pencil.textlength(text, font=font)) > widest:
            font = font_for(text, max(5, math.floor(size * widest / length)))
        x, y = at[0] - (self._pencil.textlength(text, font=font) / 2 if centred else 0), at[1] + size * _LINE / 2
        if ground:
            left, top, right, bottom = self._pencil.textbbox((x, y), text, font=font, anchor="lm")
            pad = size * 0.2
            self._pencil.rectangle((left - pad, top - pad, right + pad, bottom + pad), fill=(*_BLACK, 150))
        around = 0 if ground or not edge else max(1, round(size / 14))
        self._pencil.text(
            (x, y), text, font=font, fill=(*ink, 255), anchor="lm", stroke_width=around, stroke_fill=(*_BLACK, 255)
        )

    def overlay(self) -> Overlay | None:
        """What was written, cut out at even places; None where nothing was."""
        box = self.image.getbbox()
        if box is None:
            return None
        left, top = box[0] // 2 * 2, box[1] // 2 * 2
        cut = np.asarray(self.image)[top : (box[3] + 1) // 2 * 2, left : (box[2] + 1) // 2 * 2]
        return Overlay(left, top, np.ascontiguousarray(cut[..., :3]), np.ascontiguousarray(cut[..., 3]))


def font_for(text: str, size: int) -> Font:
    """A font of this machine for the text, at that size in pixels. Raises ResourceMissing for Chinese without a font."""
    return _font(not text.isascii(), CJK.search(text) is not None, size)


@lru_cache(maxsize=64)
def _font(foreign: bool, chinese: bool, size: int) -> Font:
    found = chinese_font() if foreign else None
    if found is not None:
        return ImageFont.truetype(str(found[0]), size, index=found[1])
    if chinese:
        raise ResourceMissing(
            "Chinese words on a film need a Chinese font, and none was found. "
            "Linux: apt-get install fonts-noto-cjk. Then export again.",
            "影片上的中文需要中文字体，但没有找到。Linux：apt-get install fonts-noto-cjk。然后重新导出。",
        )
    return ImageFont.load_default(size)


def _writable(text: str) -> str:
    """The text without what its font has no letter for (emoji): no box is shown for it."""
    foreign, chinese = not text.isascii(), CJK.search(text) is not None
    return "".join(letter for letter in text if letter.isascii() or _has(foreign, chinese, letter))


@lru_cache(maxsize=4096)
def _has(foreign: bool, chinese: bool, letter: str) -> bool:
    # a font draws its box for whatever it lacks, a character that never was among it
    def drawn(each: str) -> bytes:
        page = Image.new("L", (48, 48))
        ImageDraw.Draw(page).text((4, 4), each, font=_font(foreign, chinese, 24), fill=255)
        return page.tobytes()

    return drawn(letter) != drawn("\U0010fffe")
