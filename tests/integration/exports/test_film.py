"""Films decoded by ffmpeg: exactly the timeline's frames and sound, each still where its shot is, words where they may be."""

import subprocess
import time
import wave
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_timelines import timelines
from short_films import HEIGHT, LENGTHS, WIDTH, decoded, header, short, sound, still, with_all
from timelines import changed, exported, without

from storage.errors import BadPicture, Conflict, InvalidInput, JobCancelled, Message, NotFound, ResourceMissing
from studio.exports import ExportOptions, Producer, burning, encoder, format_for
from studio.exports.burning import caption_overlay, number_overlay, opening, opening_overlay
from studio.exports.camera import Still, View, view
from studio.exports.captions import Caption
from studio.exports.plain_text import one_line
from studio.exports.safe_area import BOTTOM, LEFT, RIGHT, TOP
from studio.exports.timeline import ClipLine
from studio.exports.writing import export
from studio.vocabulary import MOVEMENTS

PLAIN = ExportOptions(movement=False)


def tone(path: Path, seconds: float, rate: int = 22050) -> Path:
    """A wave file of one voice."""
    samples = (12000 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return path


def safe(picture: np.ndarray) -> tuple[slice, slice]:
    """The part of a picture where words may stand, with two pixels that a codec smears over."""
    height, width = picture.shape[:2]
    return (
        slice(int(TOP * height) - 2, int((1 - BOTTOM) * height) + 3),
        slice(int(LEFT * width) - 2, int((1 - RIGHT) * width) + 3),
    )


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory, frames: Path) -> Path:
    """The short episode as a film without movement and words."""
    return exported(short("en", frames), tmp_path_factory.mktemp("film") / "E01.mp4", PLAIN)


def test_every_shot_is_there_for_its_frames_with_its_own_still(plain: Path, frames: Path) -> None:
    timeline = short("en", frames)
    film = decoded(plain).astype(int)
    assert len(film) == timeline.frames == sum(LENGTHS)
    for clip in timeline.clips:
        if clip.picture is not None:
            for at in (clip.start, clip.start + clip.frames // 2, clip.start + clip.frames - 1):
                assert np.abs(film[at] - still(clip.picture)).mean() < 3.5
    # OpenCV counts the same, frame by frame
    reader = cv2.VideoCapture(str(plain))
    assert reader.get(cv2.CAP_PROP_FPS) == 24
    assert sum(1 for _ in iter(lambda: reader.read()[0], False)) == timeline.frames


def test_the_file_is_what_players_and_platforms_take(plain: Path) -> None:
    said = header(plain)
    assert "h264" in said
    assert "yuv420p(tv, bt709, progressive)" in said
    assert f"{WIDTH}x{HEIGHT}" in said
    assert "24 fps" in said
    assert "aac (LC)" in said
    assert "48000 Hz, stereo" in said
    content = plain.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat"), "the index comes first, so that it plays while it loads"


def test_a_shot_without_a_picture_is_a_slate_of_its_own(plain: Path, frames: Path) -> None:
    timeline = short("en", frames)
    film = decoded(plain).astype(int)
    slates = [film[clip.start] for clip in timeline.clips if clip.picture is None]
    grounds = [np.median(each.reshape(-1, 3), axis=0) for each in slates]
    assert all(np.abs(ground - (44, 48, 54)).max() <= 3 for ground in grounds)
    assert all((each.max(axis=2) > 200).any() for each in slates)  # letters
    assert np.abs(slates[0] - slates[1]).max() > 100  # other ones


def test_a_slate_says_that_nothing_was_rendered_and_what_the_shot_is(
    monkeypatch: pytest.MonkeyPatch, frames: Path
) -> None:
    written: list[str] = []
    write = burning._Page.write
    monkeypatch.setattr(
        burning._Page, "write", lambda self, text, *rest, **how: (written.append(text), write(self, text, *rest, **how))
    )
    clip = short("zh", frames).clips[3]
    burning.slate(clip, "zh", 1080, 1920)
    assert clip.number in written
    assert "未出图" in written
    assert clip.description in "".join(written)


@pytest.mark.parametrize("seconds", [None, 0.5, 5.0])
def test_sound_is_as_long_as_the_picture_whatever_is_given(tmp_path: Path, frames: Path, seconds: float | None) -> None:
    timeline = short("en", frames)
    audio = tone(tmp_path / "scratch: 配音.wav", seconds) if seconds else None
    film = exported(timeline, tmp_path / "E01.mp4", replace(PLAIN, audio=audio))
    heard = sound(film)
    # 44 frames of 24 a second are 88 000 samples
    assert len(heard) == timeline.frames * 2000
    assert len(decoded(film)) == timeline.frames
    loud = [np.abs(heard[at : at + 4800].astype(int)).mean() > 500 for at in range(0, len(heard) - 4800, 4800)]
    until = min(seconds or 0.0, timeline.frames / 24)
    assert [at for at, each in enumerate(loud) if each] == [at for at in range(len(loud)) if at * 0.1 < until - 0.05]


def test_what_is_no_sound_is_refused_before_any_work(tmp_path: Path, frames: Path) -> None:
    timeline, target = short("en", frames), tmp_path / "E01.mp4"
    (tmp_path / "notes.mp3").write_text("not a sound")
    tone(tmp_path / "real.wav", 1.0)
    (tmp_path / "list.m3u8").write_text(f"#EXTM3U\n#EXTINF:1,\n{tmp_path / 'real.wav'}\n#EXT-X-ENDLIST\n")
    (tmp_path / "list.txt").write_text(f"ffconcat version 1.0\nfile {tmp_path / 'real.wav'}\n")
    there = set(tmp_path.iterdir())
    for name in ("notes.mp3", "list.m3u8", "list.txt"):
        with pytest.raises(InvalidInput, match=name) as refused:
            exported(timeline, target, replace(PLAIN, audio=tmp_path / name))
        assert name in refused.value.message.zh
    with pytest.raises(NotFound, match=r"away\.wav"):
        exported(timeline, target, replace(PLAIN, audio=tmp_path / "away.wav"))
    assert set(tmp_path.iterdir()) == there


def test_a_picture_is_no_sound(tmp_path: Path, plain: Path, frames: Path) -> None:
    """A file that ffmpeg reads, but in which nothing can be heard."""
    silent = tmp_path / "silent.mp4"
    command = [encoder.executable(), "-v", "error", "-i", str(plain), "-map", "0:v", "-c", "copy", str(silent)]
    subprocess.run(command, check=True)
    with pytest.raises(InvalidInput, match=r"silent\.mp4"):
        encoder.require_sound(silent)


def test_a_cancel_in_the_middle_leaves_nothing_and_nobody(
    tmp_path: Path, frames: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    running: list[subprocess.Popen[bytes]] = []
    begin = subprocess.Popen
    monkeypatch.setattr(
        encoder.subprocess, "Popen", lambda *args, **how: running.append(begin(*args, **how)) or running[-1]
    )
    target = tmp_path / "E01.mp4"
    target.write_bytes(b"what was there")
    seen: list[float] = []

    def cancel(fraction: float) -> None:
        seen.append(fraction)
        if fraction > 0.5:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        export(short("en", frames), target, format_for(target), PLAIN, cancel)
    assert seen == sorted(seen)
    assert len(seen) > 2
    assert [each.poll() is not None for each in running] == [True]
    assert [each.name for each in tmp_path.iterdir()] == ["E01.mp4"]
    assert target.read_bytes() == b"what was there"


def test_ffmpegs_own_reason_is_passed_on(tmp_path: Path) -> None:
    shape = encoder.Shape(WIDTH, HEIGHT, 24, 500)
    frame = np.zeros((HEIGHT, WIDTH), np.uint8)
    colour = np.zeros((HEIGHT // 2, WIDTH // 2), np.uint8)
    with (
        pytest.raises(Conflict, match="No such file or directory"),
        encoding_into(tmp_path / "nowhere" / "E01.mp4", shape) as send,
    ):
        for _ in range(500):
            send((frame, colour, colour))


def encoding_into(target: Path, shape: encoder.Shape):
    return encoder.encoding(target, shape, None, lambda: time.sleep(0))


def test_a_push_in_begins_with_the_still_and_ends_nearer(tmp_path: Path, frames: Path) -> None:
    timeline = with_all(short("en", frames, (120, 2, 24)), movement="push-in")
    film = decoded(exported(timeline, tmp_path / "E01.mp4", ExportOptions())).astype(int)
    whole = still(timeline.clips[0].picture)
    assert np.abs(film[0] - whole).mean() < 3.5
    zoom = view("push-in", 5.0, 1.0).zoom
    inner = whole[
        round(HEIGHT * (1 - 1 / zoom) / 2) : round(HEIGHT * (1 + 1 / zoom) / 2),
        round(WIDTH * (1 - 1 / zoom) / 2) : round(WIDTH * (1 + 1 / zoom) / 2),
    ]
    nearer = cv2.resize(inner.astype(np.uint8), (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC).astype(int)
    assert np.abs(film[119] - nearer).mean() < 3.5 < np.abs(film[119] - whole).mean()
    assert np.abs(film[120] - film[121]).mean() < 1  # a slate does not move


@given(st.sampled_from(list(MOVEMENTS.terms)), st.floats(0.04, 60), st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_the_camera_never_leaves_the_still_and_never_jumps(movement: str, seconds: float, when: list[float]) -> None:
    one, other = (view(movement, seconds, at) for at in when)
    for seen in (one, other):
        assert 1 <= seen.zoom <= 1.08 + 1e-9
        assert max(abs(seen.x), abs(seen.y)) <= (1 - 1 / seen.zoom) / 2 + 1e-9
    # slow: per second of the shot no more than a few percent of the picture (a whip pan is over in a third of the shot)
    most = 0.001 + (0.3 if movement == "whip-pan" else 0.06) * seconds * abs(when[0] - when[1])
    assert abs(one.zoom - other.zoom) <= most
    assert max(abs(one.x - other.x), abs(one.y - other.y)) <= most


def test_a_slow_camera_moves_a_little_in_every_frame(frames: Path) -> None:
    """Less than a pixel a frame is seen too: nothing sticks and jumps."""
    ramp = np.broadcast_to(np.linspace(16, 235, WIDTH), (HEIGHT, WIDTH))
    still_ = Still(np.dstack([ramp] * 3).astype(np.uint8), WIDTH, HEIGHT, True)
    middles = [still_.frame(View(1.08, x)).y[HEIGHT // 2, :].astype(float).mean() for x in np.linspace(-0.03, 0.03, 40)]
    steps = np.diff(middles)
    assert (steps > 0).all()
    assert steps.max() < 3 * steps.mean()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_captions_and_numbers_are_burnt_into_the_safe_area_of_their_own_shots(
    tmp_path: Path, frames: Path, language: str
) -> None:
    said = "Where did you get that?" if language == "en" else "你从哪儿来的？"
    timeline = short(language, frames, (24, 3, 24))
    timeline = changed(timeline, timeline.clips[2].number, dialogue=(ClipLine("Maya", said, "", "spoken"),))
    bare = decoded(exported(timeline, tmp_path / "bare.mp4", replace(PLAIN, language=language))).astype(int)
    for options, shots in (
        (replace(PLAIN, language=language, captions=True), (2,)),
        (replace(PLAIN, language=language, numbers=True), (0, 1, 2)),
    ):
        film = decoded(exported(timeline, tmp_path / "E01.mp4", options)).astype(int)
        for index, clip in enumerate(timeline.clips):
            differs = np.abs(film[clip.start] - bare[clip.start]).max(axis=2) > 60
            assert differs.any() == (index in shots)
            assert not differs.any() or differs[safe(differs)].sum() == differs.sum()


@given(
    st.lists(st.text(min_size=1, max_size=40).map(one_line).filter(bool), min_size=1, max_size=6),
    st.sampled_from([(1080, 1920), (144, 256), (1920, 1080), (720, 720)]),
)
@settings(max_examples=15)
def test_no_word_leaves_the_safe_area(lines: list[str], size: tuple[int, int]) -> None:
    width, height = size
    laid = caption_overlay(Caption(0, 1, tuple(lines), ("?",), False), width, height)
    if laid is not None:
        edge = max(4, width // 100)  # of the letters, and what goes below their line
        assert laid.x >= LEFT * width - edge
        assert laid.x + laid.alpha.shape[1] <= (1 - RIGHT) * width + edge
        assert laid.y >= TOP * height - edge
        assert laid.y + laid.alpha.shape[0] <= (1 - BOTTOM) * height + edge


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_must_be_said_is_said_in_the_first_two_seconds(tmp_path: Path, frames: Path, language: str) -> None:
    warning = Message("Random weights: nothing was learned.", "随机权重：未经训练。")
    timeline = short(language, frames, (40, 30, 2))
    first = timeline.clips[0].number
    options = replace(PLAIN, language=language, producer=Producer("0011"))
    assert opening(timeline, options) == ()  # nothing was generated
    told = changed(timeline, first, generates=True, notices=(warning,))
    words = [each.text for each in opening(told, options)]
    assert words[0] == {"en": "AI generated", "zh": "AI 生成"}[language]
    assert warning.text(language).rstrip("。.") in words[1]
    # without a mark the notices stay
    assert [each.text for each in opening(told, replace(options, producer=None))] == words[1:]
    bare = decoded(exported(timeline, tmp_path / "bare.mp4", options)).astype(int)
    film = decoded(exported(told, tmp_path / "E01.mp4", options)).astype(int)
    differs = np.abs(film - bare).max(axis=3) > 60
    assert differs[:48].any(axis=(1, 2)).all()
    assert not differs[48:].any()
    assert all(each[safe(each)].sum() == each.sum() for each in differs[:48])


@pytest.mark.parametrize("size", [(1080, 1920), (720, 1280), (1920, 1080)])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_mark_is_a_twentieth_of_the_short_side_high_however_much_else_is_said(
    frames: Path, language: str, size: tuple[int, int]
) -> None:
    """GB 45438-2025 on the height of its characters."""
    timeline = changed(short(language, frames), short(language, frames).clips[0].number, generates=True)
    words = opening(timeline, ExportOptions(language, producer=Producer("0011")))
    many = (*words, *(replace(words[0], text="Licence " * 30, size=0.028) for _ in range(12)))
    laid = opening_overlay(many, *size)
    alone = opening_overlay(words, *size)
    assert laid is not None
    assert alone is not None
    letters = (alone.rgb.min(axis=2) > 200) & (alone.alpha == 255)
    rows = np.flatnonzero(letters.any(axis=1))
    assert rows[-1] - rows[0] + 1 >= 0.05 * min(size)
    again = (laid.rgb.min(axis=2) > 200) & (laid.alpha == 255)
    assert (again[: rows[-1] + 1].any(axis=1) == letters[: rows[-1] + 1].any(axis=1)).all()
    assert laid.y + laid.alpha.shape[0] <= (1 - BOTTOM) * size[1]


def test_a_film_may_be_smaller_and_is_even(tmp_path: Path, frames: Path) -> None:
    timeline = short("en", frames, (3, 2))
    film = exported(timeline, tmp_path / "E01.mp4", replace(PLAIN, height=99))
    assert "56x100" in header(film)
    assert len(decoded(film, 56, 100)) == 5
    for height in (10, 9000, -4):
        with pytest.raises(InvalidInput, match=str(height)):
            exported(timeline, tmp_path / "no.mp4", replace(PLAIN, height=height))


def test_a_picture_of_another_shape_keeps_all_of_itself_between_bars(tmp_path: Path, frames: Path) -> None:
    from PIL import Image

    wide = tmp_path / "wide.png"
    Image.new("RGB", (300, 200), (200, 60, 60)).save(wide)
    timeline = with_all(short("en", frames, (4,)), picture=wide)
    film = decoded(exported(timeline, tmp_path / "E01.mp4", PLAIN)).astype(int)[2]
    assert np.abs(film[HEIGHT // 2] - (200, 60, 60)).max() < 12
    assert film[: HEIGHT // 4].max() < 12
    assert film[-HEIGHT // 4 :].max() < 12


def test_what_cannot_be_shown_is_said_and_leaves_nothing(tmp_path: Path, frames: Path) -> None:
    timeline, target = short("en", frames), tmp_path / "films" / "E01.mp4"
    target.parent.mkdir()
    with pytest.raises(InvalidInput, match="omitted"):
        exported(without(timeline, *(clip.number for clip in timeline.clips)), target, PLAIN)
    with pytest.raises(NotFound, match=timeline.clips[2].number):
        exported(changed(timeline, timeline.clips[2].number, picture=tmp_path / "gone.png"), target, PLAIN)
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    with pytest.raises(BadPicture, match=timeline.clips[2].number):
        exported(changed(timeline, timeline.clips[2].number, picture=tmp_path / "broken.png"), target, PLAIN)
    assert list(target.parent.iterdir()) == []


def test_chinese_words_without_a_chinese_font_are_refused_and_not_boxes(
    tmp_path: Path, frames: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(burning, "chinese_font", lambda: None)
    burning._font.cache_clear()
    try:
        with pytest.raises(ResourceMissing, match="fonts-noto-cjk"):
            exported(short("zh", frames), tmp_path / "E01.mp4", replace(PLAIN, language="zh"))
    finally:
        burning._font.cache_clear()
    assert list(tmp_path.iterdir()) == []


def test_omitted_shots_take_no_time(tmp_path: Path, frames: Path) -> None:
    timeline = without(short("en", frames), "1C")
    film = decoded(exported(timeline, tmp_path / "E01.mp4", replace(PLAIN, numbers=True)))
    assert len(film) == sum(LENGTHS) - LENGTHS[2]


def test_a_number_names_scene_shot_and_seconds(monkeypatch: pytest.MonkeyPatch, frames: Path) -> None:
    written: list[str] = []
    monkeypatch.setattr(burning._Page, "write", lambda self, text, *rest, **how: written.append(text))
    clip = replace(short("en", frames).clips[3], frames=60)
    number_overlay(clip, 24, "en", 1080, 1920)
    number_overlay(clip, 24, "zh", 1080, 1920)
    assert written == ["Sc 2 / 2A / 2.5 s", "第2场 / 2A / 2.5 秒"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=4)
@given(timelines(most=6))
def test_any_episode_is_a_film_of_its_frames(tmp_path: Path, timeline) -> None:
    small = replace(timeline, width=72, height=128)
    if not small.frames:
        return
    options = ExportOptions(timeline.language, numbers=True, captions=True)
    film = exported(small, tmp_path / "E01.mp4", options)
    assert len(decoded(film, 72, 128)) == small.frames
    assert len(sound(film)) == small.frames * 48000 // small.fps
