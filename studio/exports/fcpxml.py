"""FCPXML 1.10, written by ourselves: OpenTimelineIO's adapter knows landscape video only and loses notes.

Stills by Apple's rules: an asset of duration 0s with a format without a frame rate, and a `video` element in the spine,
whose rational times are whole frames. Pictures are named relative to the file, in `frames/`, as the stills export lays
them out. Read by Final Cut Pro and by DaVinci Resolve.
"""

from fractions import Fraction
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

from storage.errors import Language
from studio.exports import ExportOptions, OnProgress
from studio.exports.columns import picture_name, scene_heading, spoken
from studio.exports.plain_text import xml_text
from studio.exports.timeline import Clip, Timeline

VERSION = "1.10"
SEQUENCE, STILL = "r1", "r2"


def write(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """See `studio.exports.Exporter`. A shot without a picture is a gap of its length, with its number and notes."""
    timeline.require_kept()
    root = ET.Element("fcpxml", version=VERSION)
    resources = ET.SubElement(root, "resources")
    size = {"width": str(timeline.width), "height": str(timeline.height)}
    ET.SubElement(resources, "format", {"id": SEQUENCE, "frameDuration": _seconds(1, timeline.fps), **size})
    ET.SubElement(resources, "format", {"id": STILL, "name": "FFVideoFormatRateUndefined", **size})
    clips = [clip for clip in timeline.clips if not clip.omitted]
    assets = {clip.uid: f"r{number}" for number, clip in enumerate(clips, 3) if clip.picture is not None}
    for clip in clips:
        if clip.uid in assets:
            _asset(resources, assets[clip.uid], clip)
    event = ET.SubElement(ET.SubElement(root, "library"), "event", name=xml_text(timeline.series))
    project = ET.SubElement(event, "project", name=xml_text(f"{timeline.series} E{timeline.episode:02d}"))
    sequence = ET.SubElement(
        project,
        "sequence",
        format=SEQUENCE,
        duration=_seconds(timeline.frames, timeline.fps),
        tcStart="0s",
        tcFormat="NDF",
    )
    spine = ET.SubElement(sequence, "spine")
    for clip in clips:
        _element(spine, timeline, clip, assets.get(clip.uid), options.language)
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    target.write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{body}\n', encoding="utf-8")
    on_progress(1.0)


def _asset(resources: ET.Element, identifier: str, clip: Clip) -> None:
    asset = ET.SubElement(
        resources,
        "asset",
        id=identifier,
        name=xml_text(clip.number),
        uid=clip.uid.upper(),
        start="0s",
        duration="0s",
        hasVideo="1",
        format=STILL,
    )
    ET.SubElement(asset, "media-rep", kind="original-media", src=f"./{quote(picture_name(clip))}")


def _element(spine: ET.Element, timeline: Timeline, clip: Clip, asset: str | None, language: Language) -> None:
    times = {
        "offset": _seconds(clip.start, timeline.fps),
        "start": "0s",
        "duration": _seconds(clip.frames, timeline.fps),
    }
    if asset is None:
        element = ET.SubElement(spine, "gap", {"name": xml_text(clip.number), **times})
    else:
        element = ET.SubElement(spine, "video", {"ref": asset, "name": xml_text(clip.number), **times})
    said = [
        scene_heading(clip, language),
        clip.description,
        *(spoken(line, language) for line in clip.dialogue),
        clip.notes,
    ]
    ET.SubElement(element, "note").text = xml_text("\n".join(text for text in said if text))
    for finding in clip.findings:
        text = xml_text(finding.text(language))
        ET.SubElement(element, "marker", start="0s", duration=_seconds(1, timeline.fps), value=text, completed="0")


def _seconds(frames: int, fps: int) -> str:
    """A rational time in whole frames: '5/24s', '3s'."""
    time = Fraction(frames, fps)
    return f"{time.numerator}s" if time.denominator == 1 else f"{time.numerator}/{time.denominator}s"
