"""The worker inside the test's own process: how each kind of ending becomes the job's end."""

import logging
import threading
import time
from contextlib import contextmanager

import pytest
import toy_worker

from storage.errors import JobCancelled
from storage.models import Job, now
from studio.jobs.queue import LeaseLost, Queue
from studio.jobs.report import Report, Stopping


@contextmanager
def working(database, lease_seconds: float = 15.0):
    """A worker in a thread, and the event that stops it."""
    stop = threading.Event()
    worker = toy_worker.toy_worker(database, lease_seconds)
    thread = threading.Thread(target=worker.run_forever, args=(stop, 0.01))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive()


def wait_until(true, seconds: float = 8.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.01)


def state(queue: Queue, job: Job) -> str:
    return queue.job(job.id).state


def test_each_ending_of_a_task_becomes_the_jobs_end(database, caplog):
    queue = Queue(database)
    steps = queue.submit("steps", "a", {"steps": 2, "seconds": 0.0})
    picture = queue.submit("picture", "b", {})
    bug = queue.submit("bug", "c", {})
    forgets = queue.submit("forgets", "d", {})
    unknown = queue.submit("not of this worker", "e", {})
    toy_worker.toy_worker(database).run_until_idle()
    assert toy_worker.rows(database) == {"a": 1}
    assert (state(queue, steps), state(queue, unknown)) == ("done", "queued")
    assert queue.job(picture.id).error == {
        "kind": "BadPicture",
        "en": "'cat.png' is not a picture.",
        "zh": "“cat.png”不是图片。",
    }
    error = queue.job(bug.id).error
    assert error is not None and error["kind"] == "ZeroDivisionError"
    assert "ZeroDivisionError: by nought" in error["en"] and "ZeroDivisionError: by nought" in error["zh"]
    tracebacks = [record for record in caplog.records if record.exc_info]
    assert len(tracebacks) == 1 and f"job {bug.id}" in tracebacks[0].getMessage()
    assert state(queue, forgets) == "failed"
    assert "without storing a result" in queue.job(forgets.id).error["en"]
    assert queue.live_worker() is None, "the worker's row goes with it"


def test_an_error_after_finish_does_not_undo_it(database, caplog):
    def finishes_and_falls(toys, claim, report) -> None:
        toy_worker.keep(toys, claim)
        raise ZeroDivisionError

    queue = Queue(database)
    job = queue.submit("falls", "a", {})
    worker = toy_worker.Worker(queue, {"falls": finishes_and_falls}, toy_worker.Toys(database, queue))
    with caplog.at_level(logging.WARNING):
        worker.run_until_idle()
    assert state(queue, job) == "done"
    assert toy_worker.rows(database) == {"a": 1}
    assert any(record.exc_info for record in caplog.records)


def test_a_running_job_is_cancelled_at_its_next_report(database):
    queue = Queue(database)
    job = queue.submit("steps", "a", {"steps": 500, "seconds": 0.02})
    with working(database):
        wait_until(lambda: queue.job(job.id).preview is not None)
        seen = queue.job(job.id)
        assert seen.state == "running" and 0 < seen.progress < 1 and seen.stage.startswith("step")
        queue.cancel(job.id)
        wait_until(lambda: state(queue, job) == "cancelled", 2.0)
        queue.retry(job.id)
        wait_until(lambda: state(queue, job) == "running", 2.0)
    assert state(queue, job) == "queued", "stopping gives it back"
    assert queue.job(job.id).attempts == 0
    assert toy_worker.rows(database) == {}


def test_a_long_silent_step_keeps_its_lease(database):
    queue = Queue(database, lease_seconds=0.4)
    job = queue.submit("one step", "a", {"seconds": 1.0})
    with working(database, lease_seconds=0.4):
        wait_until(lambda: state(queue, job) == "running")
        while state(queue, job) == "running":
            assert queue.recover() == 0
            assert queue.live_worker() is not None
            time.sleep(0.05)
    done = queue.job(job.id)
    assert (done.state, done.attempts, done.token) == ("done", 1, 1)


def test_another_worker_takes_over_from_one_that_stands_still(database, monkeypatch):
    """The same step without a sign of life: it loses the job, and what it made late is dropped."""
    monkeypatch.setattr(Report, "beat", lambda self: None)
    queue = Queue(database, lease_seconds=0.3)
    job = queue.submit("one step", "a", {"seconds": 0.6})
    with working(database, lease_seconds=0.3):
        wait_until(lambda: queue.recover() == 1)
        claim = queue.claim("other")
        assert claim is not None
        toy_worker.keep(toy_worker.Toys(database, queue), claim)
        time.sleep(0.6)
    assert toy_worker.rows(database) == {"a": 1}
    assert queue.job(job.id).worker_uid == "other"


def test_run_until_idle_does_the_asked_jobs_only(database):
    queue = Queue(database)
    queue.submit("one step", "first", {"seconds": 0.0}, priority=9)
    for key in ("mine", "mine too"):
        queue.submit("one step", key, {"seconds": 0.0})
    toy_worker.toy_worker(database).run_until_idle({"mine", "mine too", "never submitted"})
    assert toy_worker.rows(database) == {"mine": 1, "mine too": 1}
    assert queue.counts()["queued"] == 1


def test_run_until_idle_leaves_the_work_to_a_live_worker_until_that_is_gone(database):
    queue = Queue(database, lease_seconds=600)
    other = queue.presence.enter()
    queue.submit("one step", "a", {"seconds": 0.0})
    waiter = threading.Thread(target=toy_worker.toy_worker(database).run_until_idle, args=({"a"}, 0.01))
    waiter.start()
    time.sleep(0.3)
    assert toy_worker.rows(database) == {}
    queue.presence.leave(other)
    waiter.join(timeout=5)
    assert toy_worker.rows(database) == {"a": 1}


def test_ctrl_c_gives_the_job_back_and_goes_on_up(database):
    def interrupted(toys, claim, report) -> None:
        raise KeyboardInterrupt

    queue = Queue(database)
    job = queue.submit("interrupted", "a", {})
    worker = toy_worker.Worker(queue, {"interrupted": interrupted}, toy_worker.Toys(database, queue))
    with pytest.raises(KeyboardInterrupt):
        worker.run_until_idle()
    back = queue.job(job.id)
    assert (back.state, back.attempts) == ("queued", 0)
    assert queue.live_worker() is None


def test_a_job_that_kills_its_workers_fails_after_five_and_lets_the_others_pass(database):
    queue = Queue(database, lease_seconds=0.01)
    killer = queue.submit("killer", "a", {})
    queue.submit("innocent", "b", {})
    order = []
    while (claim := queue.claim("worker")) is not None:
        order.append(claim.key)
        if claim.key == "b":
            toy_worker.keep(toy_worker.Toys(database, queue), claim)
        else:
            time.sleep(0.015)
        queue.recover()
    assert order == ["a", "b", "a", "a", "a", "a"]
    error = queue.job(killer.id).error
    assert state(queue, killer) == "failed" and error is not None
    assert "5 times" in error["en"] and "5 次" in error["zh"]
    queue.retry(killer.id)
    assert queue.job(killer.id).attempts == 0


class Counting(Queue):
    """Counts heartbeats."""

    beats = 0

    def heartbeat(self, *args, **kwargs) -> None:
        self.beats += 1
        super().heartbeat(*args, **kwargs)


def test_reports_are_written_at_most_four_times_a_second_and_the_last_one_is_not_lost(database):
    queue = Counting(database)
    queue.submit("steps", "a", {})
    claim = queue.claim("worker")
    assert claim is not None
    report = Report(queue, claim, threading.Event())
    began = time.monotonic()
    while time.monotonic() - began < 1.0:
        report(0.25, "early", b"picture")
    report(7.0, "late")
    assert 2 <= queue.beats <= 4
    time.sleep(0.3)
    report.beat()
    job = queue.job(claim.job_id)
    assert (job.progress, job.stage, job.preview) == (1.0, "late", b"picture")
    written = queue.beats
    report.beat()
    assert queue.beats == written, "nothing new to say, and the lease is young"
    assert job.lease_until is not None and job.lease_until > now()


@pytest.mark.parametrize("end", [JobCancelled, LeaseLost, Stopping])
def test_a_report_says_when_to_end_even_between_writes(database, end):
    queue = Queue(database)
    job = queue.submit("steps", "a", {})
    claim = queue.claim("worker")
    assert claim is not None
    stop = threading.Event()
    report = Report(queue, claim, stop, interval=0.05)
    report(0.1)
    if end is Stopping:
        stop.set()
    elif end is JobCancelled:
        queue.cancel(job.id)
    else:
        queue.give_back(claim)
    time.sleep(0.06)
    report.beat()  # it is the other thread that hears of it
    with pytest.raises(end):
        report(0.2)
