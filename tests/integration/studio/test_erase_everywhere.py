"""What is left of a person after erasing: nothing, not even of the work that was under way."""

import threading
from pathlib import Path

import pytest

from storage.errors import NotFound
from studio.jobs.report import Report
from studio.taking import render_task

EN = "Paid in Full"


def _files(root: Path) -> set[str]:
    return {path.name for path in root.rglob("*") if path.is_file()}


def _shot_of(studio, name: str) -> str:
    return next(
        shot.number
        for shot in studio.shots.shots(EN, 1)
        if [member.name for member in shot.cast] == [name] and shot.cast[0].part == "face"
    )


def test_a_frame_that_was_being_drawn_is_not_kept(sample):
    (asked,) = sample.submit_render(EN, 1, [_shot_of(sample, "Maya")])
    claim = sample.queue.claim("0" * 32)
    before = _files(sample.home.assets_root)
    photos = {photo.asset_sha256 for look in sample.cast.show("Maya").looks for photo in look.photos}

    class ErasedInBetween(Report):
        def __call__(self, fraction: float, stage: str = "", preview: bytes | None = None) -> None:
            if stage == "checking":
                sample.erase("Maya")

    render_task(sample, claim, ErasedInBetween(sample.queue, claim, threading.Event()))
    assert not sample.queue.holds(claim)
    assert sample.shots.shot(EN, 1, asked.shot.number).takes == []
    left = _files(sample.home.assets_root)
    assert len(left) == len(before) - len(photos) and left <= before


def test_waiting_jobs_and_exported_sheets_go_too(sample, tmp_path):
    number = _shot_of(sample, "Maya")
    jobs = [each.job for each in sample.submit_render(EN, 1, [number])]
    sample.wait(jobs)
    sheet = sample.export(EN, 1, sample.export_path(EN, 1, "xlsx"), sample.sheet_options(EN, 1, None, 8)).file
    waiting = sample.submit_render(EN, 1, [number], seed=7)[0].job
    receipt = sample.erase("Maya")
    assert receipt.erased["takes"] == 1 and not sheet.exists()
    with pytest.raises(NotFound):
        sample.queue.job(jobs[0].id)
    states = {job.id: job.state for job in sample.queue.jobs()}
    assert states.get(waiting.id, "cancelled") == "cancelled"
    raw = b"".join(path.read_bytes() for path in sample.home.root.glob("castlock.db*"))
    assert b"Maya Lin three-quarter" not in raw, "names of her photo files are still in the database file"


def test_options_that_an_engine_does_not_take_are_refused_by_name(castlock, sample_home):
    place = ("--series", EN, "--episode", "1")
    said = castlock(sample_home, "render", *place, "--shots", "1B", "--option", "magic=3", code=1)
    assert "magic" in said["error"]["en"] and "grain" in said["error"]["zh"]
