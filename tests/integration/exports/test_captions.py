"""Captions read back by pysubs2: every line of dialogue, inside its shot, apart from the others, inside the safe area."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pysubs2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_timelines import texts, timelines
from timelines import changed, episode, exported, without

from storage.errors import InvalidInput
from studio.exports import ExportOptions
from studio.exports.captions import captions
from studio.exports.line_breaks import broken, columns
from studio.exports.timeline import ClipLine, Timeline, frames_of, starts


def letters(text: str) -> str:
    """What is read of a text: no spaces and controls, dashes aside; signs that players take for orders made one."""
    text = re.sub("[\u202e\u200b]", "", "".join(text.split()))
    for sign, order in (("＜", "<"), ("｛", "{"), ("｝", "}"), ("＼", "\\"), ("→", "-->")):
        text = text.replace(sign, order)
    return text


@pytest.mark.parametrize("suffix", ["srt", "ass"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_player_finds_each_line_in_its_shot(tmp_path: Path, language: str, suffix: str) -> None:
    timeline = episode(language)
    events = pysubs2.load(str(exported(timeline, tmp_path / f"E01.{suffix}", ExportOptions(language))))
    spoken = [(clip, line) for clip in timeline.clips for line in clip.dialogue]
    assert len(events) == len(spoken)
    for event, (clip, line) in zip(events, spoken, strict=True):
        read = letters(event.plaintext)
        assert read.endswith(letters(line.text))
        assert (line.speaker.upper() in event.plaintext.upper()) == (line.delivery != "spoken")
        assert ("O.S." in read or "OS" in read) == (line.delivery == "OS")
        assert 1000 * clip.start / 24 - 6 < event.start < event.end < 1000 * (clip.start + clip.frames) / 24
    assert all(one.end < other.start for one, other in pairwise(events))


def test_the_style_keeps_to_the_safe_area_of_the_series(tmp_path: Path) -> None:
    file = pysubs2.load(str(exported(episode("zh"), tmp_path / "E01.ass", ExportOptions("zh"))))
    assert (file.info["PlayResX"], file.info["PlayResY"]) == ("1080", "1920")
    style = file.styles["Default"]
    assert (style.marginl, style.marginr, style.marginv) == (65, 151, 422)
    assert style.alignment == pysubs2.Alignment.BOTTOM_CENTER
    # the widest line there may be, sixteen characters, fits between the margins
    assert 16 * style.fontsize <= 1080 - style.marginl - style.marginr
    assert not file.styles["Away"].italic
    english = pysubs2.load(str(exported(episode("en"), tmp_path / "en.ass", ExportOptions())))
    assert english.styles["Away"].italic
    assert {event.style for event in english if "O.S." in event.plaintext or "V.O." in event.plaintext} == {"Away"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=25)
@given(timelines(most=30))
def test_no_episode_loses_a_line_or_lets_one_out_of_its_shot(timeline: Timeline) -> None:
    said = captions(timeline, timeline.language)
    assert all(one.end <= other.start for one, other in pairwise(said))
    left = list(said)
    for clip in timeline.clips:
        here = [each for each in said if clip.start <= each.start < clip.start + clip.frames]
        assert all(each.start < each.end <= clip.start + clip.frames for each in here)
        if clip.frames > 1:
            assert all(each.end < clip.start + clip.frames for each in here)
            assert all(one.end < other.start for one, other in pairwise(here))
        read = letters("".join("".join(each.lines) for each in here))
        at = 0
        for line in clip.dialogue if not clip.omitted else ():
            at = read.find(letters(line.text), at) if letters(line.text) else at
            assert at >= 0
            at += len(letters(line.text))
        left = [each for each in left if each not in here]
    assert not left


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(timelines(most=12))
def test_both_files_say_what_the_film_shows(tmp_path: Path, timeline: Timeline) -> None:
    said = captions(timeline, timeline.language)
    for suffix in ("srt", "ass"):
        target = tmp_path / f"E01.{suffix}"
        if not said:
            with pytest.raises(InvalidInput):
                exported(timeline, target, ExportOptions(timeline.language))
            continue
        file = pysubs2.load(str(exported(timeline, target, ExportOptions(timeline.language))))
        assert [event.plaintext.split("\n") for event in file] == [list(each.lines) for each in said]
        times = [(event.start, event.end) for event in file]
        assert all(
            abs(start - 1000 * each.start / timeline.fps) <= 6 for (start, _), each in zip(times, said, strict=True)
        )
        assert all(abs(end - 1000 * each.end / timeline.fps) <= 6 for (_, end), each in zip(times, said, strict=True))


@given(texts, st.integers(2, 40))
def test_lines_are_as_few_as_they_can_be_and_never_too_wide(text: str, widest: int) -> None:
    lines = broken(text, widest)
    assert "".join("".join(lines).split()) == "".join(text.split())
    chinese = any("\u4e00" <= letter <= "\u9fff" for letter in text)
    assert all(columns(line, chinese) <= widest for line in lines)


@given(
    st.lists(st.sampled_from(["她", "“", "”", "，", "。", "——", "（", "）", "……", "OK", " "]), max_size=40),
    st.integers(12, 32),
)
def test_no_line_begins_with_a_comma_or_ends_with_an_open_bracket(pieces: list[str], widest: int) -> None:
    """But where marks alone are wider than a line."""
    text = "".join(pieces)
    lines = broken(text, widest)
    if max((columns(run, True) for run in re.findall("[^她 ]+", text)), default=0) <= widest - 2:
        assert not any(line[0] in "，。”）…" for line in lines[1:] if " " not in text)
        assert not any(line[-1] in "“（" for line in lines[:-1] if " " not in text)


def test_chinese_breaks_at_a_pause_and_english_between_words() -> None:
    assert broken("沈玉梅，第七封信，是写给我妈的。", 32) == ["沈玉梅，第七封信，是写给我妈的。"]
    assert broken("林晚（OS）：沈玉梅，第七封信，是写给我妈的。", 32) == [
        "林晚（OS）：沈玉梅，",
        "第七封信，是写给我妈的。",
    ]
    assert broken("Then let me return one last thing.", 32) == ["Then let me return", "one last thing."]


def test_a_long_line_goes_on_in_further_captions_of_two_lines_each() -> None:
    line = "我父亲临终前攥着它，只说了这个地址。" * 4
    timeline = changed(episode("zh"), "7", dialogue=(ClipLine("陆沉", line, "", "spoken"),))
    start = next(clip.start for clip in timeline.clips if clip.number == "7")
    here = [each for each in captions(timeline, "zh") if start <= each.start < start + 6 * 24]
    assert len(here) > 1
    assert "".join("".join(each.lines) for each in here) == line
    assert all(len(each.lines) <= 2 and all(len(row) <= 16 for row in each.lines) for each in here)


def test_a_longer_line_stays_longer() -> None:
    lines = (
        ClipLine("Maya", "No.", "", "spoken"),
        ClipLine("Adrian", "You have been told a hundred times.", "", "spoken"),
    )
    one, other = (
        each for each in captions(changed(episode("en"), "3C", dialogue=lines), "en") if 1128 <= each.start < 1248
    )
    assert 2 * (one.end - one.start) < other.end - other.start


def test_a_shot_too_short_for_two_lines_shows_both_with_dashes() -> None:
    lines = (ClipLine("Maya", "No.", "", "spoken"), ClipLine("Adrian", "Yes.", "", "spoken"))
    timeline = changed(episode("en"), "1C", dialogue=lines)
    lengths = [frames_of(0.5, 24) if clip.number == "1C" else clip.frames for clip in timeline.clips]
    clips = tuple(
        replace(clip, start=start, frames=frames)
        for clip, start, frames in zip(timeline.clips, starts(lengths), lengths, strict=True)
    )
    first = captions(replace(timeline, clips=clips), "en")[0]
    assert first.lines == ("- No.", "- Yes.")
    assert first.speakers == ("Maya", "Adrian")


def test_an_omitted_shot_says_nothing_and_a_silent_episode_has_no_captions(tmp_path: Path) -> None:
    timeline = episode("zh")
    spoken = [clip.number for clip in timeline.clips if clip.dialogue]
    assert len(captions(without(timeline, spoken[0]), "zh")) == len(spoken) - 1
    with pytest.raises(InvalidInput, match="Nobody speaks"):
        exported(without(timeline, *spoken), tmp_path / "E01.srt", ExportOptions("zh"))
    assert list(tmp_path.iterdir()) == []
