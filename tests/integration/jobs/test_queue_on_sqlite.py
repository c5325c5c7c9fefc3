"""The queue on a real file: races between processes and threads, dead and paused workers, what is left behind."""

import multiprocessing
import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import toy_worker
from sqlalchemy import event, insert
from sqlalchemy.exc import IntegrityError

from storage.database import Database
from storage.errors import Conflict, JobCancelled, Message, NotFound
from storage.models import Job, Worker, now
from studio.jobs.presence import pid_start, surely_dead, this_host
from studio.jobs.queue import ENDED, LeaseLost, Queue


def claim_in_batches(path: Path, start, taken) -> None:
    database = Database.at(path)
    queue = Queue(database)
    start.wait()
    mine = []
    while (claim := queue.claim(f"worker {os.getpid()}")) is not None:
        mine.append([claim, *queue.claim_along(claim, 3)])
    database.close()
    taken.put(mine)


def test_processes_that_claim_batches_at_once_never_share_a_job_or_mix_what_is_not_alike(path, database):
    queue = Queue(database)
    jobs = set()
    for number in range(120):
        together = ("a", "b", "")[number % 3]
        jobs.add(queue.submit(("toy", "other")[number % 2], f"key {number}", {"together": together}).id)
    spawn = multiprocessing.get_context("spawn")
    start, taken = spawn.Barrier(3), spawn.Queue()
    processes = [spawn.Process(target=claim_in_batches, args=(path, start, taken)) for _ in range(3)]
    for process in processes:
        process.start()
    shares = [taken.get(timeout=60) for _ in processes]
    batches = [batch for share in shares for batch in share]
    for process in processes:
        process.join()
    ids = [claim.job_id for batch in batches for claim in batch]
    assert len(ids) == len(jobs) and set(ids) == jobs
    for batch in batches:
        assert len({(claim.kind, claim.together, claim.worker_uid) for claim in batch}) == 1
        assert len(batch) == 1 if not batch[0].together else len(batch) <= 4
    assert sum(bool(share) for share in shares) >= 2, "only one process got anything: nothing was raced for"
    assert sum(len(batch) > 1 for batch in batches) > 10


def test_what_is_warm_goes_first_but_never_keeps_the_oldest_waiting(database):
    """Three kinds of work, in turns: the worker changes over seldom, and the oldest job is never far."""
    queue = Queue(database)
    for number in range(30):
        queue.submit("look", f"key {number:02d}", {"together": "abc"[number % 3]})
    seen, oldest = [], []

    def look(toys, claim, report) -> None:
        oldest.append(min(job.key for job in queue.jobs(states=["queued", "running"])) == claim.key)
        seen.append(claim.together)
        toy_worker.keep(toys, claim)

    toy_worker.Worker(queue, {"look": look}, toy_worker.Toys(database, queue)).run_until_idle()
    changes = sum(one != other for one, other in pairwise(seen))
    assert len(seen) == 30 and changes <= 10, f"in turns it would be 29; it was {changes}: {seen}"
    assert all(oldest[::4]), "every fourth is the oldest there is"


def test_submitters_that_race_get_one_job(database):
    queue = Queue(database)
    for turn in range(15):
        start, ids = threading.Barrier(6), []

        def submit(turn=turn, start=start, ids=ids) -> None:
            start.wait()
            ids.append(queue.submit("toy", f"key {turn}", {}).id)

        threads = [threading.Thread(target=submit) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(ids) == 6
        assert len(set(ids)) == 1
    assert queue.counts()["queued"] == 15


def test_a_submitter_who_looked_too_early_gets_the_others_job(database):
    """Under READ COMMITTED a twin may be committed between the look and the insert; here it is put there by hand."""
    queue = Queue(database)

    with database.session() as session:

        def twin(*_) -> None:
            session.execute(insert(Job).values(kind="toy", key="key", active_key="key", payload={}))

        event.listen(Job, "init", twin, once=True)
        job = queue.submit("toy", "key", {"mine": True}, session=session)
        assert job.payload == {}
    assert queue.counts()["queued"] == 1, "and the savepoint took back the second one only"


def test_a_job_that_no_turn_could_store_raises_what_the_database_said(database):
    queue = Queue(database)
    with pytest.raises(IntegrityError):
        queue.submit(None, "key", {})  # type: ignore[arg-type]
    assert queue.jobs() == []


def test_submit_in_a_transaction_that_fails_leaves_no_job(database):
    queue = Queue(database)
    with pytest.raises(RuntimeError), database.session() as session:
        assert queue.submit("toy", "key", {}, session=session).id
        raise RuntimeError
    assert queue.jobs() == []


def test_a_worker_whose_lease_ran_out_cannot_finish_and_leaves_nothing(database):
    queue = Queue(database, lease_seconds=0.05)
    toys = toy_worker.Toys(database, queue)
    job = queue.submit("toy", "key", {})
    late = queue.claim("late")
    time.sleep(0.06)
    assert queue.recover() == 1
    prompt = queue.claim("prompt")
    assert late is not None and prompt is not None and prompt.job_id == job.id
    with pytest.raises(LeaseLost):
        toy_worker.keep(toys, late)
    assert toy_worker.rows(database) == {}
    toy_worker.keep(toys, prompt)
    with pytest.raises(LeaseLost):
        toy_worker.keep(toys, late)
    with pytest.raises(LeaseLost):
        toy_worker.keep(toys, prompt)
    for change in (queue.cancelled, queue.give_back, lambda claim: queue.fail(claim, Message("", ""), "")):
        with pytest.raises(LeaseLost):
            change(late)
    assert toy_worker.rows(database) == {"key": 1}
    assert queue.job(job.id).state == "done"


@pytest.mark.parametrize("end", ENDED)
def test_no_preview_outlives_the_running(database, end):
    queue = Queue(database)
    job = queue.submit("toy", "key", {})
    claim = queue.claim("worker")
    assert claim is not None
    queue.heartbeat(claim, 0.5, "drawing", b"a face")
    assert queue.job(job.id).preview == b"a face"
    if end == "done":
        toy_worker.keep(toy_worker.Toys(database, queue), claim)
    elif end == "failed":
        queue.fail(claim, Message("no", "不行"), "No")
    else:
        queue.cancel(job.id)
        queue.cancelled(claim)
    ended = queue.job(job.id)
    assert (ended.state, ended.preview, ended.lease_until) == (end, None, None)
    assert ended.finished_at is not None


def test_a_cancel_is_taken_back_by_submitting_again(database):
    queue = Queue(database)
    job = queue.submit("toy", "key", {})
    claim = queue.claim("worker")
    assert claim is not None
    queue.cancel(job.id)
    assert queue.submit("toy", "key", {}).id == job.id
    queue.heartbeat(claim)
    queue.cancel(job.id)
    assert queue.submit("toy", "key", {}).id == job.id
    queue.cancelled(claim)  # the worker had heard of the first cancel before
    assert queue.job(job.id).state == "queued"


def test_what_cannot_be_cancelled_or_retried_is_said_in_both_languages(database):
    queue = Queue(database)
    job = queue.submit("toy", "key", {})
    with pytest.raises(Conflict) as queued:
        queue.retry(job.id)
    assert "queued" in queued.value.message.en and "排队中" in queued.value.message.zh
    queue.cancel(job.id)
    queue.cancel(job.id)
    again = queue.submit("toy", "key", {})
    assert again.id != job.id
    with pytest.raises(Conflict, match="already"):
        queue.retry(job.id)
    for verb in (queue.cancel, queue.retry, queue.job):
        with pytest.raises(NotFound, match="999"):
            verb(999)


def test_claim_finds_the_next_job_by_index_alone(database):
    queue = Queue(database)
    queue.submit("toy", "key", {})
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append((args[2], args[3])))
    queue.claim("worker")
    selects = [(statement, values) for statement, values in asked if statement.startswith("SELECT")]
    statement, values = selects[0]
    with database.engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values)]
    assert plan and all("SCAN" not in line and "TEMP B-TREE" not in line for line in plan), plan


def enter(queue: Queue, database: Database, **changes) -> Worker:
    uid = queue.presence.enter()
    with database.session() as session:
        worker = session.get(Worker, uid)
        assert worker is not None
        for name, value in changes.items():
            setattr(worker, name, value)
        return worker


def test_the_job_of_a_process_that_is_gone_does_not_wait_for_its_lease(database):
    queue = Queue(database, lease_seconds=600)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    worker = enter(queue, database, pid=child.pid, pid_started=pid_start(child.pid))
    job = queue.submit("toy", "key", {})
    queue.claim(worker.uid)
    assert queue.recover() == 0
    assert queue.live_worker() is not None
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # a zombie now: dead, not yet reaped
    assert queue.live_worker() is None
    assert queue.recover() == 1
    assert queue.job(job.id).state == "queued"
    assert queue.presence.dead() == [], "its row is swept away"
    child.wait()


def test_what_is_known_of_a_worker_by_its_pid(database):
    queue = Queue(database)
    alive = enter(queue, database)
    assert not surely_dead(alive)
    assert surely_dead(enter(queue, database, pid_started="another boot 1"))
    assert not surely_dead(enter(queue, database, pid=2**22 + 1, host="elsewhere"))
    assert surely_dead(enter(queue, database, pid=2**22 + 1)), "past the largest pid there can be"
    assert alive.host == this_host()


def test_a_worker_is_live_while_it_was_seen_within_the_lease(database):
    queue = Queue(database, lease_seconds=5)
    worker = enter(queue, database, seen_at=now() - timedelta(seconds=6))
    assert queue.live_worker() is None
    queue.presence.seen(worker.uid)
    live = queue.live_worker()
    assert live is not None and live.uid == worker.uid
    queue.presence.leave(worker.uid)
    assert queue.live_worker() is None
    queue.presence.seen(worker.uid)  # swept away while it was paused, and back
    assert queue.live_worker() is not None


def lose(queue: Queue, *keys: str) -> None:
    """A worker dies on each of these jobs, in this order."""
    for key in keys:
        claim = queue.claim("worker", keys=[key])
        assert claim is not None
        time.sleep(queue.lease_seconds * 1.5)
        assert queue.recover() == 1


def test_a_job_waits_behind_those_that_lost_fewer_workers(database):
    queue = Queue(database, lease_seconds=0.01)
    for key in ("a", "b", "c"):
        queue.submit("toy", key, {})
    queue.submit("toy", "urgent", {}, priority=1)
    lose(queue, "a", "a", "b", "urgent", "urgent", "urgent")
    claims = [queue.claim("worker") for _ in range(4)]
    assert [claim and claim.key for claim in claims] == ["urgent", "c", "b", "a"]


def test_a_claim_never_fits_a_later_job_whatever_was_pruned(database):
    queue = Queue(database)
    toys = toy_worker.Toys(database, queue)
    old = []
    for key in ("a", "b", "c"):
        queue.submit("toy", key, {})
        claim = queue.claim("worker")
        assert claim is not None
        toy_worker.keep(toys, claim)
        queue.prune(timedelta(0))
        old.append(claim)
    assert len(queue.jobs()) == 1, "all but the newest were pruned"
    queue.submit("toy", "d", {})
    assert queue.claim("another") is not None
    for claim in old:
        assert not queue.holds(claim)
        with pytest.raises(LeaseLost):
            toy_worker.keep(toys, claim)


def test_a_task_that_stops_unasked_is_not_run_for_ever(database):
    def gives_up(toys, claim, report) -> None:
        raise JobCancelled

    queue = Queue(database)
    job = queue.submit("gives up", "a", {})
    toy_worker.Worker(queue, {"gives up": gives_up}, toy_worker.Toys(database, queue)).run_until_idle(poll=0.01)
    ended = queue.job(job.id)
    assert (ended.state, ended.attempts) == ("cancelled", queue.max_attempts)


def test_work_that_cannot_begin_is_a_failed_job_until_its_reason_is_gone(database):
    queue = Queue(database)
    crowd, empty = Message("Four people.", "四个人。"), Message("Nobody.", "没有人。")
    first = queue.refuse("toy", "shot 1", {"shot": 1}, crowd, "InvalidInput")
    second = queue.refuse("toy", "shot 1", {"shot": 1}, empty, "InvalidInput")
    other = queue.refuse("toy", "shot 2", {"shot": 2}, crowd, "InvalidInput")
    assert [queue.job(each.id).state for each in (first, second, other)] == ["cancelled", "failed", "failed"]
    assert queue.job(second.id).error == {"kind": "InvalidInput", "en": "Nobody.", "zh": "没有人。"}
    assert queue.claim("worker") is None
    assert queue.withdraw(["shot 1", "shot 3"]) == 1
    assert queue.jobs(states=["failed"])[0].key == "shot 2"
    queue.retry(other.id)
    assert queue.claim("worker").payload == {"shot": 2}


def test_a_revoked_job_is_over_for_its_worker_too(database):
    queue = Queue(database)
    running, waiting = queue.submit("toy", "running", {}), queue.submit("toy", "waiting", {})
    claim = queue.claim("w" * 32)
    assert claim is not None and claim.job_id == running.id
    assert queue.revoke(["running", "waiting"]) == 2
    assert {queue.job(job.id).state for job in (running, waiting)} == {"cancelled"}
    with pytest.raises(LeaseLost):
        queue.heartbeat(claim)
    with pytest.raises(LeaseLost), database.session() as session:
        queue.finish(session, claim, {})
    assert queue.claim("v" * 32) is None
    assert queue.submit("toy", "running", {}).id not in (running.id, waiting.id), "the same work can be asked for again"
