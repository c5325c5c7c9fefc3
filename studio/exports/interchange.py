"""Timelines for edit rooms through OpenTimelineIO: .otio, .otioz (with its media), EDL (CMX 3600), FCP7 XML.

One track of stills, each as long as its shot; pictures are named relative to the file, in `frames/`, as the stills
export lays them out. Findings are markers on their clips. Shots without a picture keep their place as missing media.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from storage.errors import Language
from studio.exports import ExportOptions, OnProgress
from studio.exports.columns import picture_name, scene_heading, spoken
from studio.exports.frame_files import frame_file
from studio.exports.plain_text import one_line, xml_text
from studio.exports.timeline import Clip, Timeline

OWN = "castlock"  # our key in every `metadata`


def write_otio(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """OpenTimelineIO's own JSON. See `studio.exports.Exporter`."""
    import opentimelineio as otio

    otio.adapters.write_to_file(_edit(timeline, options.language), str(target), adapter_name="otio_json")
    on_progress(1.0)


def write_otioz(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """The same with the pictures in it, as one file. Raises NotFound for a picture that is gone."""
    import opentimelineio as otio

    with TemporaryDirectory(prefix="castlock-otioz-") as name:
        folder = Path(name)
        (folder / "frames").mkdir()
        media = {}
        shown = [clip for clip in timeline.clips if clip.picture is not None and not clip.omitted]
        for done, clip in enumerate(shown):
            media[clip.uid] = (folder / picture_name(clip)).absolute()
            media[clip.uid].write_bytes(frame_file(timeline, clip, options.producer))
            on_progress(0.8 * done / len(shown))
        # the adapter insists on a file that is not there yet, and takes media by address only
        bundle = folder / "bundle.otioz"
        otio.adapters.write_to_file(
            _edit(timeline, options.language, media),
            str(bundle),
            adapter_name="otioz",
            media_policy=otio.adapters.file_bundle_utils.MediaReferencePolicy.MissingIfNotFile,
        )
        target.write_bytes(bundle.read_bytes())


def write_edl(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """CMX 3600: cuts, names and comments; one video track from 00:00:00:00. Comments are plain ASCII where they can be."""
    import opentimelineio as otio

    edit = _edit(timeline, options.language)
    for clip in edit.find_clips():
        clip.metadata["cmx_3600"] = {"reel": "AX", "comments": _comments(clip)}
    text = otio.adapters.write_to_string(edit, adapter_name="cmx_3600", rate=timeline.fps, reelname_len=None)
    target.write_text(text, encoding="utf-8")
    on_progress(1.0)


def write_fcp7(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """Final Cut Pro 7 XML (xmeml), the way into Premiere and Resolve, in the size of the series."""
    import opentimelineio as otio

    edit = _edit(timeline, options.language)
    size = {"width": str(timeline.width), "height": str(timeline.height), "pixelaspectratio": "square"}
    edit.metadata["fcp_xml"] = {"media": {"video": {"format": {"samplecharacteristics": size}}}}
    for clip in edit.find_clips():
        own = clip.metadata[OWN]
        clip.metadata["fcp_xml"] = {
            "logginginfo": {"scene": own["scene"], "shottake": own["take"], "description": own["description"]},
            "comments": {"mastercomment1": own["dialogue"], "mastercomment2": own["notes"]},
        }
        for marker in clip.markers:
            marker.metadata["fcp_xml"] = {"comment": marker.comment}
    otio.adapters.write_to_file(edit, str(target), adapter_name="fcp_xml")
    on_progress(1.0)


def _edit(timeline: Timeline, language: Language, media: dict[str, Path] | None = None) -> Any:
    """The OTIO timeline. media: clip's uid -> file, for a bundle; else pictures by their relative names."""
    import opentimelineio as otio

    timeline.require_kept()
    rate = timeline.fps
    title = one_line(f"{timeline.series} E{timeline.episode:02d}")
    edit = otio.schema.Timeline(name=title, global_start_time=otio.opentime.RationalTime(0, rate))
    edit.metadata[OWN] = {
        "series": timeline.series,
        "series_uid": timeline.series_uid,
        "episode": timeline.episode,
        "width": timeline.width,
        "height": timeline.height,
        "notices": timeline.notices(language),
    }
    track = otio.schema.Track(name="V1", kind=otio.schema.TrackKind.Video)
    edit.tracks.append(track)
    for clip in timeline.clips:
        if not clip.omitted:
            track.append(_clip(timeline, clip, language, media))
    return edit


def _clip(timeline: Timeline, clip: Clip, language: Language, media: dict[str, Path] | None) -> Any:
    import opentimelineio as otio

    rate = timeline.fps
    whole = otio.opentime.TimeRange(otio.opentime.RationalTime(0, rate), otio.opentime.RationalTime(clip.frames, rate))
    if clip.picture is None:
        reference: Any = otio.schema.MissingReference(name=clip.number, available_range=whole)
    else:
        url = media[clip.uid].as_uri() if media else picture_name(clip)
        reference = otio.schema.ExternalReference(target_url=url, available_range=whole)
        reference.name = picture_name(clip).rsplit("/", 1)[1]
    made = otio.schema.Clip(name=clip.number, media_reference=reference, source_range=whole)
    made.metadata[OWN] = {
        "uid": clip.uid,
        "scene": clip.scene,
        "heading": xml_text(scene_heading(clip, language)),
        "size": clip.size,
        "movement": clip.movement,
        "description": xml_text(clip.description),
        "dialogue": xml_text("\n".join(spoken(line, language) for line in clip.dialogue)),
        "sound": xml_text(clip.sound),
        "notes": xml_text(clip.notes),
        "cast": [xml_text(name) for name in clip.cast],
        "take": clip.take,
        "engine": clip.engine,
        "notices": [notice.text(language) for notice in clip.notices],
    }
    for finding in clip.findings:
        text = one_line(finding.text(language))
        marker = otio.schema.Marker(name=text[:60], marked_range=whole, color=otio.schema.MarkerColor.RED)
        marker.comment = text
        made.markers.append(marker)
    return made


def _comments(clip: Any) -> list[str]:
    own = clip.metadata[OWN]
    said = [own["heading"], own["description"], *own["dialogue"].split("\n"), own["notes"]]
    return [line for text in said if (line := one_line(text))]
