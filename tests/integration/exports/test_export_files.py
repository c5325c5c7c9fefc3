"""What every exporter keeps to: a whole file or none, and a clear word."""

from dataclasses import replace
from pathlib import Path

import pytest
from timelines import changed, draw_frame, episode, exported

from storage.errors import BadPicture, InvalidInput, NotFound
from studio.exports import FORMATS, ExportOptions, format_for
from studio.exports.replacing import replacing

SUFFIXES = sorted({each.suffix for each in FORMATS.values()})
WITH_PICTURES = [".xlsx", ".pdf"]


def export(timeline, target: Path) -> None:
    exported(timeline, target, ExportOptions("en", height=128))  # a film takes its time by the pixel


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_that_is_there_is_replaced_and_nothing_else_is_written(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, suffix: str
) -> None:
    target = tmp_path / f"sheet{suffix}"
    target.write_bytes(b"old")
    export(episode("en", frames=tmp_path_factory.mktemp("frames")), target)
    assert target.stat().st_size > 500
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("suffix", WITH_PICTURES)
@pytest.mark.parametrize("fault", ["gone", "cut short", "no picture"])
def test_a_frame_that_cannot_be_read_names_its_shot_and_leaves_the_old_file(
    tmp_path: Path, suffix: str, fault: str
) -> None:
    frame = draw_frame(tmp_path / "frame.png", "2F", 5, (216, 384))
    if fault == "gone":
        frame.unlink()
    elif fault == "cut short":
        frame.write_bytes(frame.read_bytes()[:400])
    else:
        frame.write_text("<html>")
    target = tmp_path / f"sheet{suffix}"
    target.write_bytes(b"old")
    before = set(tmp_path.iterdir())
    with pytest.raises(NotFound if fault == "gone" else BadPicture, match="shot 2F"):
        export(changed(episode("en"), "2F", picture=frame), target)
    assert target.read_bytes() == b"old"
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_episode_without_shots_is_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(InvalidInput, match="no shots"):
        export(replace(episode("en"), clips=()), tmp_path / f"sheet{suffix}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(InvalidInput, match="no folder"):
        export(episode("en"), tmp_path / "nowhere" / f"sheet{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_is_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sheet.csv").mkdir()
    with pytest.raises(InvalidInput, match="is a folder"):
        export(episode("en"), tmp_path / "sheet.csv")


def test_an_error_of_any_kind_takes_the_part_file_along(tmp_path: Path) -> None:
    target = tmp_path / ("名" * 80 + ".csv")  # 244 bytes: no room for a longer name beside it
    with pytest.raises(KeyboardInterrupt), replacing(target) as part:
        part.write_bytes(b"half")
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []
    with replacing(target) as part:
        part.write_bytes(b"whole")
    assert target.read_bytes() == b"whole"


def test_a_suffix_nobody_writes_lists_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"\.xlsx.*\.csv.*\.pdf"):
        format_for(tmp_path / "sheet.doc")
