"""Exports through the queue and on the command line: seen to come along, called off, and labelled when asked for."""

from pathlib import Path

import pytest

from storage.errors import InvalidInput, JobCancelled
from studio.exporting import from_json, to_json
from studio.exports import ExportOptions, Producer

EN = "Paid in Full"


def test_options_survive_the_queue():
    options = ExportOptions(
        "zh", 6, columns=("shot", "size"), fonts=(Path("/fonts"),), audio=Path("a.wav"), producer=Producer("X1", False)
    )
    assert from_json(to_json(options)) == options
    assert from_json(to_json(ExportOptions())) == ExportOptions()


def test_a_job_writes_the_file_and_asking_twice_is_one_job(sample):
    options = sample.sheet_options(EN, 1, "en")
    job = sample.submit_export(EN, 1, "otio", options)
    assert sample.submit_export(EN, 1, "otio", options).id == job.id
    (ended,) = sample.wait([job])
    assert ended.state == "done" and ended.result["shots"] == 14
    assert sample.export_path(EN, 1, "otio").stat().st_size == ended.result["bytes"]
    with pytest.raises(InvalidInput, match="no format"):
        sample.submit_export(EN, 1, "doc", options)


def test_a_cancelled_export_leaves_the_file_that_was_there(sample):
    target = sample.export_path(EN, 1, "csv")
    target.write_text("from before")

    def stop(_fraction: float) -> None:
        raise JobCancelled("enough")

    with pytest.raises(JobCancelled):
        sample.export(EN, 1, target, ExportOptions(), "csv", stop)
    assert target.read_text() == "from before"
    assert list(target.parent.iterdir()) == [target]


def test_on_the_command_line(castlock, sample_home, tmp_path):
    names = {each["name"]: each for each in castlock(sample_home, "formats")["formats"]}
    assert {"xlsx", "otio", "edl", "fcp7", "fcpxml", "stills"} <= names.keys()
    written = castlock(
        sample_home, "export", "--series", EN, "--episode", "1", "--to", str(tmp_path / "a.xml"), "--format", "fcp7"
    )
    assert written["shots"] == 14 and written["notices"] == []
    castlock(
        sample_home,
        "export",
        "--series",
        EN,
        "--episode",
        "1",
        "--to",
        str(tmp_path / "a.xml"),
        "--format",
        "edl",
        code=1,
    )
