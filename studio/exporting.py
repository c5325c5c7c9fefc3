"""Exports through the queue: a film takes its time, is seen to come along, and can be called off."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import InvalidInput
from storage.models import Job
from studio.exports import FORMATS, ExportOptions, Producer
from studio.jobs.queue import Claim

if TYPE_CHECKING:
    from studio.jobs.report import Report
    from studio.studio import Studio


def submit(studio: "Studio", series: str, episode: int, form: str, options: ExportOptions) -> Job:
    """Queue an export into the home's own exports. Asked for again with other options it is another job.

    Raises InvalidInput for a format there is not, NotFound.
    """
    if form not in FORMATS:
        there_is = ", ".join(FORMATS)
        raise InvalidInput(
            f"There is no format '{form}'. There is: {there_is}.", f"没有名为“{form}”的格式。可用：{there_is}。"
        )
    row = studio.shots.episode(series, episode)
    payload = {"series": row.series.title, "episode": episode, "format": form, "options": to_json(options)}
    label = f"{row.series.title} · {episode} · {FORMATS[form].title.text(options.language)}"
    return studio.queue.submit("export", f"export:{row.series.uid}:{episode}:{form}", payload, label, priority=1)


def export_task(studio: "Studio", claim: Claim, report: "Report") -> None:
    """In the worker: write the file; after a failure or a cancel the one that was there before still is."""
    wanted = claim.payload
    target = studio.export_path(wanted["series"], wanted["episode"], wanted["format"])
    written = studio.export(
        wanted["series"],
        wanted["episode"],
        target,
        from_json(wanted["options"]),
        wanted["format"],
        lambda fraction: report(fraction, "writing"),
    )
    made = {
        "format": wanted["format"],
        "bytes": written.bytes,
        "shots": written.shots,
        "notices": [notice.as_json() for notice in written.notices],
    }
    with studio.database.session() as session:
        studio.queue.finish(session, claim, made)


def to_json(options: ExportOptions) -> dict[str, Any]:
    """Plain values; paths as text."""
    plain = asdict(options)
    plain["audio"] = str(options.audio) if options.audio else None
    plain["fonts"] = [str(each) for each in options.fonts] if options.fonts is not None else None
    return plain


def from_json(plain: dict[str, Any]) -> ExportOptions:
    """The options that `to_json` wrote."""
    return ExportOptions(
        **plain
        | {
            "columns": tuple(plain["columns"]),
            "fonts": tuple(Path(each) for each in plain["fonts"]) if plain["fonts"] is not None else None,
            "audio": Path(plain["audio"]) if plain["audio"] else None,
            "producer": Producer(**plain["producer"]) if plain["producer"] else None,
        }
    )
