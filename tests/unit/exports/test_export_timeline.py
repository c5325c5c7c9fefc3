import pytest
from hypothesis import given
from hypothesis import strategies as st
from timelines import episode, without

from storage.errors import InvalidInput
from studio.exports.timeline import frames_of, starts, timecode

RATES = st.sampled_from([24, 25, 30, 50, 60])


@given(st.integers(1, 200_000), RATES)
def test_whole_frames_survive_seconds(count: int, fps: int) -> None:
    assert frames_of(count / fps, fps) == count


@given(st.integers(1, 20_000), RATES)
def test_half_a_frame_is_rounded_up(count: int, fps: int) -> None:
    assert frames_of((count + 0.5) / fps, fps) == count + 1


@given(st.floats(-10, 1000), RATES)
def test_a_shot_is_never_further_from_its_seconds_than_half_a_frame(seconds: float, fps: int) -> None:
    frames = frames_of(seconds, fps)
    assert frames >= 1
    assert frames == 1 or abs(frames - seconds * fps) <= 0.5 + 1e-6


@pytest.mark.parametrize("seconds", [float("nan"), float("inf"), float("-inf")])
def test_a_duration_that_is_no_number_is_refused(seconds: float) -> None:
    with pytest.raises(InvalidInput, match="seconds"):
        frames_of(seconds, 24)


@given(st.lists(st.integers(0, 1000), max_size=30))
def test_clips_follow_each_other_without_gap(frames: list[int]) -> None:
    ends = [start + count for start, count in zip(starts(frames), frames, strict=True)]
    assert starts(frames)[1:] == ends[:-1]
    assert (ends[-1] if ends else 0) == sum(frames)


@given(st.integers(0, 10_000_000), RATES)
def test_a_timecode_counts_every_frame_once(frames: int, fps: int) -> None:
    hours, minutes, seconds, rest = map(int, timecode(frames, fps).split(":"))
    assert rest < fps
    assert seconds < 60
    assert minutes < 60
    assert ((hours * 60 + minutes) * 60 + seconds) * fps + rest == frames


def test_scenes_cover_the_clips_in_order() -> None:
    timeline = without(episode("en"), "2A", "4A", "4B")
    assert [clip for scene in timeline.scenes() for clip in scene] == list(timeline.clips)
    assert [scene[0].scene for scene in timeline.scenes()] == ["1", "2", "3", "4"]
    assert timeline.frames == timeline.clips[-1].start + timeline.clips[-1].frames
