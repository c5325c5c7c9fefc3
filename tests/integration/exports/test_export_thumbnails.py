"""The small pictures of a sheet: of the kept thumbnail where it is large enough, else of the frame itself."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from timelines import draw_frame, episode

from studio.exports.thumbnail import thumbnail, thumbnails
from studio.exports.timeline import Clip


def red(path: Path, size: tuple[int, int]) -> Path:
    Image.new("RGB", size, (200, 20, 20)).save(path, "JPEG")
    return path


def is_red(jpeg: bytes) -> bool:
    with Image.open(BytesIO(jpeg)) as picture:
        return bool(np.asarray(picture)[..., 0].min() > 150 and np.asarray(picture)[..., 1].max() < 80)


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    return replace(episode("en").clips[0], picture=draw_frame(tmp_path / "frame.png", "1A", 4, (540, 960)))


@pytest.mark.parametrize(
    ("size", "used"), [((360, 640), True), ((180, 320), True), ((179, 319), False), ((90, 160), False)]
)
def test_a_thumbnail_is_used_where_nothing_is_enlarged(
    tmp_path: Path, clip: Clip, size: tuple[int, int], used: bool
) -> None:
    jpeg, width, height = thumbnail(replace(clip, small=red(tmp_path / "small.jpg", size)), (180, 320))
    assert (width, height) == (180, 320)
    assert is_red(jpeg) == used


@pytest.mark.parametrize("content", [None, b"", b"<html>"])
def test_a_thumbnail_that_is_lost_or_damaged_is_done_without(tmp_path: Path, clip: Clip, content: bytes | None) -> None:
    small = tmp_path / "small.jpg"
    if content is not None:
        small.write_bytes(content)
    assert thumbnail(replace(clip, small=small), (180, 320)) == thumbnail(clip, (180, 320))


def test_they_come_in_order_and_none_for_what_is_not_shown(tmp_path: Path, clip: Clip) -> None:
    clips = [replace(clip, picture=draw_frame(tmp_path / f"{at}.png", str(at), at, (216, 384))) for at in range(6)]
    clips[1], clips[3] = replace(clips[1], picture=None), replace(clips[3], omitted=True)
    made = list(thumbnails(clips, (90, 160)))
    expected = [thumbnail(each, (90, 160)) for each in clips if each.picture and not each.omitted]
    assert [each for each in made if each] == expected
    assert [at for at, each in enumerate(made) if each is None] == [1, 3]


def test_leaving_off_leaves_no_reader_behind(tmp_path: Path, clip: Clip) -> None:
    reading = thumbnails([clip, replace(clip, picture=tmp_path / "gone.png")], (90, 160))
    assert next(reading) is not None
    reading.close()
    assert list(reading) == []
