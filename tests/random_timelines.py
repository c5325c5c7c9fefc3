"""Random episodes for every exporter: many shots or one, odd durations, every script, emoji, formulas, line breaks."""

from dataclasses import replace

from hypothesis import strategies as st
from timelines import episode

from storage.errors import Message
from studio.exports.timeline import Clip, ClipLine, Timeline, frames_of, starts
from studio.vocabulary import MOVEMENTS, SIZES

_PIECES = st.sampled_from(
    [
        "=cmd|' /C calc'!A0",
        "+1",
        "-2",
        "@x",
        "雨后老街，青石板泛光。",
        "Maya",
        "🎬👩🏽‍🦰",
        "\n",
        "\t",
        " ",
        "“第七封”",
        "a" * 40,
        "<b>&amp;</b>",
        "\u2028",
        "100%",
        "ＡＢＣ",
        "#[typst]",
        "\\alpha",
        "é",
        "ß",
        "；",
        "——",
        "\u202e",
        "\x0b",
    ]
)
texts = st.lists(_PIECES, max_size=12).map("".join).map(lambda text: text[:300])
words = st.sampled_from(["Maya", "林晚", "Adrian Voss", "沈玉梅", "=Eve", "O'Neil"])
seconds = st.one_of(st.sampled_from([0.04, 0.5, 1 / 3, 2.5, 7.0, 59.99]), st.floats(0.04, 20.0))


@st.composite
def lines(draw: st.DrawFn) -> ClipLine:
    return ClipLine(
        draw(words),
        draw(texts),
        draw(st.sampled_from(["", "low", "低声"])),
        draw(st.sampled_from(["spoken", "OS", "VO"])),
    )


@st.composite
def timelines(draw: st.DrawFn, most: int = 120, pictures: tuple = (None,)) -> Timeline:
    """An episode of 1 to `most` shots. pictures: files that shots may show, None among them where some show none."""
    fps = draw(st.sampled_from([24, 25, 30]))
    count = draw(st.one_of(st.integers(1, min(6, most)), st.integers(1, most)))
    base = episode(draw(st.sampled_from(["en", "zh"])), fps=fps)
    frames = [frames_of(draw(seconds), fps) for _ in range(count)]
    omitted = [draw(st.booleans()) and draw(st.booleans()) for _ in range(count)]
    omitted[draw(st.integers(0, count - 1))] = False  # an episode keeps at least one shot
    frames = [0 if gone else each for each, gone in zip(frames, omitted, strict=True)]
    like = base.clips[0]
    clips: list[Clip] = []
    for index, (start, length) in enumerate(zip(starts(frames), frames, strict=True)):
        clips.append(
            replace(
                like,
                uid=f"{index:032x}",
                scene=str(1 + index // 5),
                number=f"{1 + index // 5}{chr(65 + index % 5)}",
                size=draw(st.sampled_from(list(SIZES.terms))),
                movement=draw(st.sampled_from(list(MOVEMENTS.terms))),
                location=draw(texts) or "?",
                description=draw(texts),
                dialogue=tuple(draw(st.lists(lines(), max_size=2))),
                notes=draw(texts),
                cast=tuple(draw(st.lists(words, max_size=3, unique=True))),
                looks=(),
                parts=(),
                likeness=(),
                omitted=omitted[index],
                picture=draw(st.sampled_from(pictures)),
                findings=tuple(Message(each, each) for each in draw(st.lists(texts.filter(str.strip), max_size=1))),
                start=start,
                frames=length,
            )
        )
    return replace(base, title=draw(texts), clips=tuple(clips))
