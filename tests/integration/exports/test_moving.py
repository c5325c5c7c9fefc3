"""GIF and WebP opened by Pillow: a scene's pictures, each for its shot's real time, for ever."""

from dataclasses import replace
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image
from random_timelines import timelines
from short_films import short, with_all
from timelines import changed, episode, exported, without

from storage.errors import InvalidInput, JobCancelled, Message
from studio.exports import ExportOptions, Producer, format_for
from studio.exports.timeline import ClipLine
from studio.exports.writing import export

BOTH = pytest.mark.parametrize("suffix", ["gif", "webp"])


def opened(path: Path) -> tuple[list[np.ndarray], list[int]]:
    """Its pictures (h, w, 3) and the milliseconds of each; a WebP of one picture is a still one, without a time."""
    pictures, durations = [], []
    with Image.open(path) as moving:
        if path.suffix == ".webp" and not getattr(moving, "is_animated", False):
            return [np.asarray(moving.convert("RGB")).astype(int)], []
        assert moving.info["loop"] == 0
        for index in range(getattr(moving, "n_frames", 1)):
            moving.seek(index)
            moving.load()
            durations.append(moving.info["duration"])
            pictures.append(np.asarray(moving.convert("RGB")).astype(int))
    return pictures, durations


@BOTH
def test_a_scene_is_its_pictures_for_their_time(tmp_path: Path, frames: Path, suffix: str) -> None:
    timeline = episode("zh", frames=frames)
    pictures, durations = opened(exported(timeline, tmp_path / f"S2.{suffix}", ExportOptions("zh", scene="2")))
    clips = [clip for clip in timeline.clips if clip.scene == "2"]
    assert durations == [1000 * clip.frames // 24 for clip in clips]
    assert {each.shape for each in pictures} == {(640, 360, 3)}
    for picture, clip in zip(pictures, clips, strict=True):
        if clip.picture is not None:
            with Image.open(clip.picture) as still:
                small = np.asarray(still.convert("RGB").resize((360, 640), Image.Resampling.BOX)).astype(int)
            assert np.abs(picture - small).mean() < 6


@BOTH
def test_captions_come_and_go_in_the_midst_of_a_shot(tmp_path: Path, frames: Path, suffix: str) -> None:
    timeline = episode("en", frames=frames)
    line = ClipLine("Adrian", "Mother. That's Dad's key.", "", "spoken")
    timeline = changed(timeline, "3C", dialogue=(line,), frames=240)
    timeline = replace(timeline, clips=tuple(each for each in timeline.clips if each.number == "3C"))
    options = ExportOptions("en", captions=True)
    pictures, durations = opened(exported(timeline, tmp_path / f"S3.{suffix}", options))
    assert sum(durations) == 10000
    assert len(durations) == 2
    differs = np.abs(pictures[0] - pictures[1]).max(axis=2) > 90
    assert differs[400:500].any()
    assert not differs[:380].any()
    assert not differs[510:].any()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=5)
@given(timelines(most=8))
def test_durations_add_up_whatever_the_shots_last(tmp_path: Path, timeline) -> None:
    """Rounding to hundredths of a second does not drift, and no shot is lost."""
    kept = [clip for clip in timeline.clips if not clip.omitted]
    small = replace(timeline, width=90, height=90)
    for suffix, tick in (("gif", 10), ("webp", 1)):
        for scene in {clip.scene for clip in kept}:
            clips = [clip for clip in kept if clip.scene == scene]
            target = exported(
                small, tmp_path / f"S.{suffix}", ExportOptions(timeline.language, scene=scene, numbers=True)
            )
            _, durations = opened(target)
            if not durations:
                assert suffix == "webp"
                assert len(clips) == 1
                continue
            whole = 1000 * sum(clip.frames for clip in clips) / timeline.fps
            assert abs(sum(durations) - whole) <= tick
            ends = list(accumulate(durations))
            for end in accumulate(clip.frames for clip in clips):
                assert min(abs(each - 1000 * end / timeline.fps) for each in ends) <= tick


@BOTH
def test_a_generated_picture_carries_its_mark_and_the_scene_its_notices(
    tmp_path: Path, frames: Path, suffix: str
) -> None:
    timeline = with_all(short("en", frames, (72, 24)), scene="1")
    bare, _ = opened(exported(timeline, tmp_path / f"bare.{suffix}", ExportOptions(scene="1")))
    notice = Message("Random weights: nothing was learned.", "随机权重：未经训练。")
    told = changed(timeline, timeline.clips[0].number, generates=True, notices=(notice,))
    options = ExportOptions(scene="1", producer=Producer("0011"))
    pictures, durations = opened(exported(told, tmp_path / f"told.{suffix}", options))
    assert durations == [2000, 1000, 1000]
    differs = [np.abs(picture - bare[at]).max(axis=2) > 90 for picture, at in zip(pictures, (0, 0, 1), strict=True)]
    assert [each[500:, :150].any() for each in differs] == [True, True, False]  # the mark, at the foot
    assert [each[:300].any() for each in differs] == [True, False, False]  # the notice, two seconds


@BOTH
def test_what_cannot_be_a_picture_for_chat_is_said_and_leaves_nothing(
    tmp_path: Path, frames: Path, suffix: str
) -> None:
    timeline, target = episode("zh"), tmp_path / f"E01.{suffix}"  # 63 seconds
    with pytest.raises(InvalidInput, match="63 seconds") as refused:
        exported(timeline, target, ExportOptions("zh"))
    assert "63 秒" in refused.value.message.zh
    with pytest.raises(InvalidInput, match="there is 1, 2, 3, 4"):
        exported(timeline, target, ExportOptions("zh", scene="9"))
    numbers = [clip.number for clip in timeline.clips if clip.scene == "3"]
    with pytest.raises(InvalidInput, match="no scene '3'"):
        exported(without(timeline, *numbers), target, ExportOptions("zh", scene="3"))

    def cancel(fraction: float) -> None:
        if fraction > 0.3:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        export(timeline, target, format_for(target), ExportOptions("zh", scene="1"), cancel)
    assert list(tmp_path.iterdir()) == []


def test_a_short_episode_goes_whole(tmp_path: Path, frames: Path) -> None:
    _, durations = opened(exported(short("zh", frames), tmp_path / "E01.webp", ExportOptions("zh")))
    assert len(durations) == 6
    assert sum(durations) == round(1000 * 44 / 24)
