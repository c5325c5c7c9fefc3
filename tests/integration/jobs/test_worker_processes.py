"""Real worker processes, ended in every way there is: SIGKILL at random, SIGTERM, SIGSTOP, the death of the parent."""

import multiprocessing
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
import toy_worker

from storage.database import Database
from storage.models import Job
from studio.jobs.presence import pid_start
from studio.jobs.queue import Queue
from studio.jobs.supervisor import Supervisor

TOY = str(Path(toy_worker.__file__))
ROOT = Path(__file__).resolve().parents[3]


def command(path: Path, lease_seconds: float = 15.0) -> list[str]:
    # the project is put on the path, for a worker knows it whatever folder it is started in
    code = (
        f"import runpy, sys; sys.path[:0] = [{str(ROOT)!r}]; sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    return [sys.executable, "-c", code, TOY, str(path), str(lease_seconds)]


def wait_until(true, seconds: float = 10.0) -> float:
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it did not come about in time"
        time.sleep(0.01)
    return time.monotonic() - began


def state(queue: Queue, job: Job) -> str:
    return queue.job(job.id).state


def gone(pid: int) -> bool:
    return pid_start(pid) is None


@contextmanager
def toy_process(path: Path, lease_seconds: float = 15.0):
    """A worker process; its standard input is the lifeline."""
    process = subprocess.Popen(command(path, lease_seconds), stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdin is not None
        process.stdin.close()


def kill_at_random(path: Path, database: Database, kills: int, jobs: int, start) -> None:
    """Kill workers one after another while they do the jobs; then every key has exactly one row."""
    queue = Queue(database)
    chance = random.Random(kills)
    keys = {f"key {number}" for number in range(jobs)}
    for key in sorted(keys):
        queue.submit("steps", key, {"steps": 3, "seconds": 0.004})
    for _ in range(kills):
        process = start()
        if chance.random() < 0.8:  # the others may be killed before they have begun
            worked = queue.counts()["done"]
            wait_until(lambda worked=worked: queue.counts()["done"] > worked, 20)
        time.sleep(chance.uniform(0.0, 0.06))
        os.kill(process.pid, signal.SIGKILL)
        wait_until(lambda process=process: gone(process.pid))
    assert queue.counts()["done"] < jobs, "the jobs were over before the kills were: nothing was tried"
    toy_worker.toy_worker(database).run_until_idle()
    assert queue.counts() == {"queued": 0, "running": 0, "done": jobs, "failed": 0, "cancelled": 0}
    assert toy_worker.rows(database) == dict.fromkeys(keys, 1)
    claims = sum(job.token for job in queue.jobs(limit=jobs))
    assert claims > jobs + kills / 4, "hardly a kill met a job"


def test_kill_9_at_random_moments_gives_each_job_exactly_one_result(path, database):
    # A fork server keeps the imports, so that a process is there in a moment and the kills meet work, not imports.
    fork = multiprocessing.get_context("forkserver")
    fork.set_forkserver_preload(["pytest", "alembic.command", "sqlalchemy.orm", "studio.jobs.service"])
    processes = []

    def start():
        processes.append(fork.Process(target=toy_worker.work, args=(path, 15.0, None)))
        processes[-1].start()
        return processes[-1]

    kill_at_random(path, database, kills=24, jobs=160, start=start)
    for process in processes:
        process.join()


@pytest.mark.slow
def test_kill_9_of_whole_new_processes_many_times(path, database):
    processes = []

    def start():
        processes.append(subprocess.Popen(command(path), stdin=subprocess.PIPE))
        return processes[-1]

    kill_at_random(path, database, kills=50, jobs=300, start=start)
    for process in processes:
        process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_gives_the_job_back_uncounted(path, database, number):
    queue = Queue(database)
    job = queue.submit("steps", "a", {"steps": 1000, "seconds": 0.05})
    with toy_process(path) as process:
        wait_until(lambda: state(queue, job) == "running")
        process.send_signal(number)
        assert process.wait(timeout=5) == 0
    back = queue.job(job.id)
    assert (back.state, back.attempts, back.worker_uid, back.preview) == ("queued", 0, None, None)
    assert queue.live_worker() is None
    assert queue.presence.dead() == [], "it took its row away itself"


@pytest.mark.slow
def test_a_signal_in_a_long_silent_step_gives_the_job_back_in_time(path, database):
    queue = Queue(database)
    job = queue.submit("one step", "a", {"seconds": 60})
    with toy_process(path) as process:
        wait_until(lambda: state(queue, job) == "running")
        process.terminate()
        assert wait_until(lambda: process.poll() is not None, 4.0) < 3.0
        assert process.returncode == 0
    back = queue.job(job.id)
    assert (back.state, back.attempts) == ("queued", 0)


def test_a_worker_stopped_past_its_lease_drops_what_it_made_and_goes_on(path, database):
    queue = Queue(database, lease_seconds=0.5)
    job = queue.submit("one step", "a", {"seconds": 0.4})
    with toy_process(path, lease_seconds=0.5) as process:
        wait_until(lambda: state(queue, job) == "running")
        process.send_signal(signal.SIGSTOP)
        wait_until(lambda: queue.recover() == 1)
        claim = queue.claim("prompt")
        assert claim is not None and claim.job_id == job.id
        toy_worker.keep(toy_worker.Toys(database, queue), claim)
        process.send_signal(signal.SIGCONT)
        after = queue.submit("one step", "b", {"seconds": 0.0})
        wait_until(lambda: state(queue, after) == "done")
    assert toy_worker.rows(database) == {"a": 1, "b": 1}
    result = queue.job(job.id).result
    assert result == {"pid": os.getpid()}


def page(path: Path, home: Path) -> str:
    """The program of a process that supervises a worker and does nothing else."""
    return (
        f"import sys, time; sys.path[:0] = [{str(ROOT)!r}]\n"
        "from pathlib import Path\n"
        "from studio.jobs.supervisor import Supervisor\n"
        f"supervisor = Supervisor({command(path)!r}, Path({str(home)!r}))\n"
        "supervisor.start()\n"
        "time.sleep(60)\n"
    )


@pytest.mark.parametrize("busy", ["idle", "steps", "one step"])
def test_the_worker_ends_within_three_seconds_after_its_parent_was_killed(path, database, tmp_path, busy):
    queue = Queue(database)
    if busy != "idle":
        queue.submit(busy, "a", {"steps": 1000, "seconds": 0.05 if busy == "steps" else 60})
    parent = subprocess.Popen([sys.executable, "-c", page(path, tmp_path)])
    try:
        wait_until(lambda: queue.live_worker() is not None and (busy == "idle" or queue.counts()["running"]))
        worker = queue.live_worker()
        assert worker is not None and worker.pid != parent.pid
    finally:
        parent.kill()
        parent.wait()
    try:
        assert wait_until(lambda: gone(worker.pid)) < 3.0
    finally:
        if not gone(worker.pid):
            os.kill(worker.pid, signal.SIGKILL)
    assert queue.counts()["queued"] == (busy != "idle")
    assert all(job.attempts == 0 for job in queue.jobs())
    assert queue.presence.dead() == []


def test_the_supervisor_restarts_a_killed_worker_and_ends_it_at_stop(path, database, tmp_path):
    queue = Queue(database)
    job = queue.submit("steps", "a", {"steps": 6, "seconds": 0.05})
    supervisor = Supervisor(command(path), tmp_path, log_file=tmp_path / "worker.log")
    supervisor.start()
    supervisor.start()
    try:
        wait_until(lambda: state(queue, job) == "running")
        first = supervisor.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: state(queue, job) == "done")
        second = supervisor.pid
        assert second not in (None, first)
    finally:
        supervisor.stop()
    assert second is not None and gone(first) and gone(second)
    assert supervisor.pid is None and queue.live_worker() is None
    assert queue.job(job.id).attempts == 2
    assert toy_worker.rows(database) == {"a": 1}
    supervisor.start()
    try:
        wait_until(lambda: queue.live_worker() is not None)
    finally:
        supervisor.stop()


def test_two_supervisors_of_a_home_have_one_worker_and_the_second_takes_over(path, database, tmp_path):
    queue = Queue(database)
    first, second = (Supervisor(command(path), tmp_path) for _ in range(2))
    first.start()
    try:
        wait_until(lambda: queue.live_worker() is not None)
        second.start()
        time.sleep(0.8)
        assert first.pid is not None and second.pid is None
        first.stop()
        wait_until(lambda: second.pid is not None)
    finally:
        first.stop()
        second.stop()
    assert second.pid is None


def test_a_worker_that_cannot_start_is_tried_again_ever_more_slowly(tmp_path):
    supervisor = Supervisor(
        [sys.executable, "-S", "-c", "print('tried', flush=True); raise SystemExit(7)"], tmp_path, tmp_path / "log"
    )
    supervisor.start()
    time.sleep(1.3)
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 1.0, "a pause does not hold up the stop"
    assert 2 <= (tmp_path / "log").read_text().count("tried") <= 4


def test_a_worker_that_does_not_heed_is_killed_after_the_grace(tmp_path):
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    supervisor = Supervisor([sys.executable, "-S", "-c", deaf], tmp_path, tmp_path / "log")
    supervisor.start()
    wait_until(lambda: (tmp_path / "log").exists() and "up" in (tmp_path / "log").read_text())
    pid = supervisor.pid
    assert pid is not None
    supervisor.stop(grace=0.2)
    assert gone(pid)
