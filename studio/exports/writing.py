"""One way out for every export: written beside its place, labelled last, then renamed into it."""

from pathlib import Path

from studio.exports import ExportOptions, Format, OnProgress
from studio.exports.labels import stamp_for
from studio.exports.replacing import replacing
from studio.exports.stamping import stamp_file
from studio.exports.timeline import Timeline

WRITTEN = 0.97  # of the whole way; the rest is labelling and the disk


def export(timeline: Timeline, target: Path, form: Format, options: ExportOptions, on_progress: OnProgress) -> None:
    """Write the timeline as `target`; after a failure or a cancel `target` is what it was, and nothing else is there.

    Raises what the format's exporter raises, and InvalidInput or Conflict where `target` cannot be written.
    """
    timeline.require_shots()
    write = form.exporter()
    with replacing(target) as part:
        write(timeline, part, options, lambda fraction: on_progress(WRITTEN * fraction))
        stamp_file(part, stamp_for(timeline, options.producer, part.read_bytes()))
    on_progress(1.0)
