"""Dialogue as captions: when each line is read, and SRT and ASS files of it.

A line of dialogue is one caption; one that is longer than two lines of text goes on in further captions of the same
shot. Who speaks is said only of voices from off screen (O.S., V.O.).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import InvalidInput, Language
from studio.exports import ExportOptions, OnProgress
from studio.exports.columns import spoken
from studio.exports.fonts import CJK
from studio.exports.line_breaks import broken
from studio.exports.plain_text import one_line
from studio.exports.safe_area import LINES, WIDEST, safe_area
from studio.exports.timeline import Clip, Timeline, frames_of

if TYPE_CHECKING:
    from pysubs2 import SSAFile

# how fast people read
CHARACTERS_A_SECOND, WORDS_A_SECOND = 4.5, 2.5
# seconds: nobody reads a caption that is there for less; how long one stays after it has been read
SHORTEST, STAYS = 0.5, 1.5
# system fonts of those who get the file
_FONTS: dict[Language, str] = {"en": "Arial", "zh": "Microsoft YaHei"}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
# what is no letter: controls, and what turns the direction of writing
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufffe\uffff]")
# what a player would take for an order: ASS's braces and backslash, SRT's tags and arrows
_ORDERS = (("{", "｛"), ("}", "｝"), ("\\", "＼"), ("-->", "→"))
_TAG = re.compile(r"<(?=\s*/?\s*[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Caption:
    """start, end: frames of the timeline, end exclusive. lines: of text. speakers: who says it. away: off screen."""

    start: int
    end: int
    lines: tuple[str, ...]
    speakers: tuple[str, ...]
    away: bool


@dataclass(frozen=True, slots=True)
class _Page:
    """What one caption has room for. line: which line of the shot's dialogue it is from."""

    line: int
    speaker: str
    away: bool
    text: tuple[str, ...]


def captions(timeline: Timeline, language: Language) -> list[Caption]:
    """Every line of dialogue inside its shot, in order, a frame apart (but in a shot of one frame), never overlapping.

    language: of the marks O.S. and V.O. A shot too short for its lines shows several in one caption, with dashes.
    """
    return [
        each
        for clip in timeline.clips
        if not clip.omitted and clip.frames
        for each in _of_clip(clip, timeline.fps, language)
    ]


def write_srt(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """SubRip, UTF-8. Raises InvalidInput where nobody speaks."""
    _events(timeline, options).save(str(target), encoding="utf-8", format_="srt")
    on_progress(1.0)


def write_ass(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """Advanced SubStation Alpha for the series' picture size, captions at the foot of the safe area.

    Raises InvalidInput where nobody speaks.
    """
    _events(timeline, options).save(str(target), encoding="utf-8", format_="ass")
    on_progress(1.0)


def _events(timeline: Timeline, options: ExportOptions) -> "SSAFile":
    from pysubs2 import Alignment, Color, SSAEvent, SSAFile, SSAStyle, make_time

    said = captions(timeline, options.language)
    if not said:
        raise InvalidInput(
            f"Nobody speaks in '{timeline.series}' episode {timeline.episode}: there is nothing to caption.",
            f"《{timeline.series}》第{timeline.episode}集没有台词，无字幕可导出。",
        )
    area = safe_area(timeline.width, timeline.height)
    style = SSAStyle(
        fontname=_FONTS[timeline.language],
        fontsize=area.letters,
        primarycolor=Color(255, 255, 255),
        outlinecolor=Color(0, 0, 0),
        outline=max(1.0, area.letters / 16),
        shadow=0.0,
        alignment=Alignment.BOTTOM_CENTER,
        marginl=area.left,
        marginr=timeline.width - area.right,
        marginv=timeline.height - area.bottom,
    )
    file = SSAFile()
    file.info.update(
        {
            "Title": one_line(f"{timeline.series} E{timeline.episode:02d}"),
            "PlayResX": str(timeline.width),
            "PlayResY": str(timeline.height),
            "WrapStyle": "0",
            "ScaledBorderAndShadow": "yes",
            "YCbCr Matrix": "TV.709",
        }
    )
    # voices from off screen are slanted in the West; Chinese is never
    file.styles = {"Default": style, "Away": replace(style, italic=timeline.language == "en")}
    for each in said:
        file.append(
            SSAEvent(
                start=make_time(frames=each.start, fps=timeline.fps),
                end=make_time(frames=each.end, fps=timeline.fps),
                text=r"\N".join(each.lines),
                style="Away" if each.away else "Default",
                name=one_line(" / ".join(each.speakers)).replace(",", " "),
            )
        )
    return file


def _of_clip(clip: Clip, fps: int, language: Language) -> list[Caption]:
    pages = _pages(clip, language)
    if not pages:
        return []
    least = max(2, frames_of(SHORTEST, fps))
    groups = _gathered(pages, max(1, clip.frames // least))
    reading = [sum(_seconds(text) for page in group for text in page.text) for group in groups]
    # each has the least, and its share of what is left by how long it is to read
    left, whole = max(0, clip.frames - least * len(groups)), sum(reading)
    least = min(least, clip.frames)
    bounds = [0, *(least * n + round(left * read / whole) for n, read in enumerate(accumulate(reading), 1))]
    bounds[-1] = clip.frames
    result = []
    for (begin, end), group, seconds in zip(pairwise(bounds), groups, reading, strict=True):
        shown = min(max(1, end - begin - 1), frames_of(seconds + STAYS, fps))
        speakers = tuple(dict.fromkeys(page.speaker for page in group))
        away = all(page.away for page in group)
        result.append(Caption(clip.start + begin, clip.start + begin + shown, _lines(group), speakers, away))
    return result


def _pages(clip: Clip, language: Language) -> list[_Page]:
    pages = []
    for number, line in enumerate(clip.dialogue):
        if not (said := _plain(line.text)):
            continue
        away = line.delivery in ("OS", "VO")
        if away:
            said = spoken(replace(line, speaker=_plain(line.speaker), text=said, manner=""), language)
        rows = broken(said, WIDEST)
        for at in range(0, len(rows), LINES):
            pages.append(_Page(number, line.speaker, away, tuple(rows[at : at + LINES])))
    return pages


def _plain(text: str) -> str:
    """One line without anything that a player would not show as it stands."""
    text = _UNSEEN.sub("", " ".join(text.split()))
    for order, shown in _ORDERS:
        text = text.replace(order, shown)
    return " ".join(_TAG.sub("＜", text).split())


def _seconds(text: str) -> float:
    """How long the text is to read; never nothing."""
    characters = len(CJK.findall(text))
    words = len(_WORD.findall(CJK.sub(" ", text)))
    return max(0.2, characters / CHARACTERS_A_SECOND + words / WORDS_A_SECOND)


def _gathered(pages: Sequence[_Page], most: int) -> list[list[_Page]]:
    """At most that many captions: the shortest neighbours are joined, those of one line of dialogue first."""
    groups = [[page] for page in pages]
    while len(groups) > most:
        joins = [
            (one[-1].line != other[0].line, sum(len(page.text) for page in one + other), at)
            for at, (one, other) in enumerate(pairwise(groups))
        ]
        at = min(joins)[2]
        groups[at : at + 2] = [groups[at] + groups[at + 1]]
    return groups


def _lines(group: Sequence[_Page]) -> tuple[str, ...]:
    """The text of a caption; where it holds several lines of dialogue, each begins with a dash."""
    lines: list[str] = []
    several = len({page.line for page in group}) > 1
    for _, run in groupby(group, key=lambda page: page.line):
        text = [row for page in run for row in page.text]
        lines += [f"- {text[0]}", *text[1:]] if several else text
    return tuple(lines)
