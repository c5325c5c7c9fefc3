"""The styles of a series: what each is called, and the words that ask for it. A table only."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from storage.errors import Message


@dataclass(frozen=True, slots=True)
class Style:
    """name: for people. prompt: ASCII English at the end of a prompt; negative_prompt: what it is not."""

    name: Message
    prompt: str
    negative_prompt: str


_NOT_FILMED = "drawing, painting, cartoon, 3d render"
_NOT_DRAWN = "photograph, 3d render"


def _filmed(en: str, zh: str, prompt: str, against: str = "") -> Style:
    return Style(Message(en, zh), prompt, ", ".join(filter(None, (_NOT_FILMED, against))))


def _drawn(en: str, zh: str, prompt: str, against: str) -> Style:
    return Style(Message(en, zh), prompt, ", ".join((_NOT_DRAWN, against)))


# code -> style, in the order in which they are offered; engines that generate offer all of them, the first by default
STYLES: Mapping[str, Style] = MappingProxyType(
    {
        "photo": _filmed("Film still", "电影实拍", "cinematic film still, realistic photograph"),
        "city": _filmed(
            "Modern city", "都市", "cinematic film still, modern urban drama, clean contemporary light, soft city bokeh"
        ),
        "period": _filmed(
            "Period drama",
            "古装",
            "cinematic film still, ancient chinese costume drama, silk robes, warm candlelight, ornate set",
            "modern clothes, modern objects",
        ),
        "republic": _filmed(
            "1930s China",
            "民国",
            "cinematic film still, 1930s shanghai period drama, muted warm film colours",
            "modern clothes, modern objects",
        ),
        "xianxia": _filmed(
            "Chinese fantasy",
            "仙侠",
            "cinematic film still, xianxia fantasy drama, flowing robes, drifting mist, ethereal light",
            "modern clothes, modern objects",
        ),
        "youth": _filmed("School days", "青春校园", "cinematic film still, bright airy youth drama, soft sunlight"),
        "countryside": _filmed(
            "Countryside", "乡村", "cinematic film still, rural drama, earthy natural colours, plain daylight"
        ),
        "suspense": _filmed(
            "Suspense",
            "悬疑",
            "cinematic film still, suspense thriller, low-key lighting, deep shadows, cold colour grading",
            "bright cheerful colours",
        ),
        "noir": _filmed(
            "Film noir",
            "黑色电影",
            "black and white film noir still, hard side light, deep shadows, film grain",
            "colour, colourful",
        ),
        "anime": _drawn("Anime", "动漫", "anime key visual, clean line art, cel shading", "realistic, live action"),
        "ink": _drawn("Ink wash", "水墨", "monochrome ink wash storyboard drawing, clean lines", "colourful"),
        "colour": _drawn("Colour", "彩色", "colour storyboard illustration, soft shading", "monochrome"),
        "pencil": _drawn("Pencil", "铅笔", "storyboard sketch, graphite pencil on paper", "colourful"),
    }
)
