"""Timelines for edit rooms, read back by OpenTimelineIO and by an XML parser: the same shots, to the frame."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest
from hypothesis import HealthCheck, given, settings
from random_timelines import timelines
from timelines import episode, exported

from storage.errors import Message
from studio.exports import ExportOptions
from studio.exports.columns import picture_name
from studio.exports.timeline import Timeline

THROUGH_OTIO = ("otio", "otioz", "edl", "fcp7")
FOUND = Message("Maya's face was not found.", "没有找到 Maya 的脸。")


def read_back(target: Path, fps: int) -> Any:
    arguments = {"rate": fps} if target.suffix == ".edl" else {}
    edit = otio.adapters.read_from_file(str(target), **arguments)
    if isinstance(edit, otio.schema.Timeline):
        return edit
    return next(each for each in edit if isinstance(each, otio.schema.Timeline))


def suffix_of(form: str) -> str:
    return {"fcp7": ".xml"}.get(form, f".{form}")


def kept(timeline: Timeline) -> list[tuple[str, int]]:
    return [(clip.number, clip.frames) for clip in timeline.clips if not clip.omitted]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Timeline]:
    """Both episodes with every second frame drawn, an omitted shot and a finding."""
    frames = tmp_path_factory.mktemp("frames")
    made = {}
    for language in ("en", "zh"):
        line = episode(language, frames=frames)
        clips = list(line.clips)
        clips[3] = replace(clips[3], findings=(FOUND,))
        made[language] = replace(line, clips=tuple(clips))
    return made


@pytest.mark.parametrize("form", THROUGH_OTIO)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_editor_finds_the_same_shots_names_lengths_and_marks(
    told: dict[str, Timeline], tmp_path: Path, language: str, form: str
) -> None:
    timeline = told[language]
    target = exported(timeline, tmp_path / f"E01{suffix_of(form)}", ExportOptions(language), form)
    edit = read_back(target, timeline.fps)
    clips = list(edit.find_clips())
    assert [(clip.name, clip.duration().to_frames()) for clip in clips] == kept(timeline)
    at = 0
    for clip, length in zip(clips, (frames for _, frames in kept(timeline)), strict=True):
        assert clip.range_in_parent().start_time.to_frames() == at
        at += length
    markers = [(clip.name, marker) for clip in clips for marker in clip.markers]
    assert [name for name, _ in markers] == [timeline.clips[3].number]
    mark = markers[0][1]
    said = f"{mark.name} {getattr(mark, 'comment', '')} {mark.metadata}"
    assert FOUND.text(language)[:12].casefold() in said.casefold()  # locators of an EDL come back in capitals


@pytest.mark.parametrize("form", ["otio", "edl", "fcp7"])
def test_pictures_are_named_beside_the_file_as_the_stills_are(
    told: dict[str, Timeline], tmp_path: Path, form: str
) -> None:
    timeline = told["en"]
    edit = read_back(exported(timeline, tmp_path / f"E01{suffix_of(form)}", ExportOptions(), form), timeline.fps)
    for clip, shot in zip(edit.find_clips(), timeline.clips, strict=True):
        if shot.picture is not None:
            assert unquote(clip.media_reference.target_url).endswith(picture_name(shot))


def test_a_bundle_brings_its_pictures(told: dict[str, Timeline], tmp_path: Path) -> None:
    import zipfile

    timeline = told["zh"]
    target = exported(timeline, tmp_path / "E01.otioz", ExportOptions("zh"))
    with zipfile.ZipFile(target) as bundle:
        there = [name for name in bundle.namelist() if name.endswith(".png")]
        assert len(there) == sum(clip.picture is not None for clip in timeline.clips)
        assert bundle.testzip() is None


def test_premiere_is_told_the_size_of_the_series(told: dict[str, Timeline], tmp_path: Path) -> None:
    target = exported(told["en"], tmp_path / "E01.xml", ExportOptions())
    size = ET.parse(target).find(".//sequence/media/video/format/samplecharacteristics")
    assert size is not None and (size.findtext("width"), size.findtext("height")) == ("1080", "1920")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_final_cut_gets_every_shot_at_its_time_with_its_note(
    told: dict[str, Timeline], tmp_path: Path, language: str
) -> None:
    timeline = told[language]
    root = ET.parse(exported(timeline, tmp_path / "E01.fcpxml", ExportOptions(language))).getroot()
    assert root.get("version") == "1.10"
    spine = root.find("./library/event/project/sequence/spine")
    assert spine is not None
    at = Fraction(0)
    for element, clip in zip(spine, timeline.clips, strict=True):
        assert element.tag == ("gap" if clip.picture is None else "video")
        assert (time(element, "offset"), time(element, "duration")) == (at, Fraction(clip.frames, timeline.fps))
        assert element[0].tag == "note" and clip.description in (element[0].text or "")
        at += time(element, "duration")
    assert time(root.find(".//sequence"), "duration") == at
    assert [each.get("value") for each in root.iter("marker")] == [FOUND.text(language)]


def test_final_cut_s_rules_for_stills(told: dict[str, Timeline], tmp_path: Path) -> None:
    root = ET.parse(exported(told["en"], tmp_path / "E01.fcpxml", ExportOptions())).getroot()
    formats = {each.get("id"): each for each in root.iter("format")}
    identifiers = [each.get("id") for each in root.find("resources") or ()]
    assert len(set(identifiers)) == len(identifiers)
    assets = {each.get("id"): each for each in root.iter("asset")}
    for asset in assets.values():
        assert asset.get("duration") == "0s" and asset.get("hasVideo") == "1"
        assert formats[asset.get("format")].get("frameDuration") is None
        (media,) = asset
        assert media.tag == "media-rep" and (media.get("src") or "").startswith("./frames/")
    used = [each.get("ref") for each in root.iter("video")]
    assert set(used) == set(assets)
    assert formats[root.find(".//sequence").get("format")].get("frameDuration") == "1/24s"  # type: ignore[union-attr]


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(timeline=timelines())
@pytest.mark.parametrize("form", ["otio", "edl", "fcp7", "fcpxml"])
def test_no_episode_breaks_a_timeline(tmp_path: Path, form: str, timeline: Timeline) -> None:
    target = exported(timeline, tmp_path / f"any{suffix_of(form)}", ExportOptions("zh"), form)
    if form == "fcpxml":
        spine = ET.parse(target).getroot().find(".//spine")
        assert spine is not None
        found = [(each.get("name"), time(each, "duration") * timeline.fps) for each in spine]
    else:
        found = [(clip.name, clip.duration().to_frames()) for clip in read_back(target, timeline.fps).find_clips()]
    assert found == kept(timeline)


def time(element: Any, name: str) -> Fraction:
    return Fraction(element.get(name).removesuffix("s"))
