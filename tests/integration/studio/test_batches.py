"""Several shots in one render: who is drawn with whom, and that each keeps its own cancel, failure and single take."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
import toy_engine
from sqlalchemy import select, update

from storage.models import Series, Take
from studio.engines import ENGINES

SCRIPT = b"INT. OFFICE - DAY\n\nINSERT - A KEY\n\nA key on a table.\n"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def toy(studio, monkeypatch):
    """A studio with the toy engines and one shot, drawn very small."""
    for name in ("toy", "other"):
        monkeypatch.setitem(ENGINES, name, "")
    toy_engine.install()
    studio.import_script(SCRIPT, "one.fountain", "One")
    with studio.database.session() as session:
        session.execute(update(Series).values(width=64, height=96, engine="toy"))
    return studio


def ask(studio, count: int, seed: int = 0, engine: str | None = None, **options):
    asked = studio.submit_render("One", 1, engine=engine, takes=count, seed=seed, options=options)
    assert all(each.job for each in asked)
    return [each.job for each in asked]


def states(studio, jobs) -> list[str]:
    return [studio.queue.job(job.id).state for job in jobs]


def takes(studio) -> dict[int, Take]:
    """Seed -> take; a seed that has two fails here."""
    with studio.database.reading() as session:
        rows = session.scalars(select(Take)).all()
    assert len({take.recipe_key for take in rows}) == len({take.seed for take in rows}) == len(rows)
    return {take.seed: take for take in rows}


def wait_until(true, seconds: float = 15.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.005)


@contextmanager
def working(studio):
    stop = threading.Event()
    thread = threading.Thread(target=studio.worker().run_forever, args=(stop, 0.01))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive()


def test_as_many_as_the_engine_likes_are_drawn_in_one_go_and_each_take_knows(toy):
    jobs = ask(toy, 7)
    assert [job.state for job in toy.wait(jobs)] == ["done"] * 7
    assert [call["seeds"] for call in toy_engine.calls(toy)] == [[0, 1, 2], [3, 4, 5], [6]]
    made = takes(toy)
    assert [made[seed].provenance["batch"] for seed in range(7)] == [3, 3, 3, 3, 3, 3, 1]
    assert all(take.provenance["generates"] and take.provenance["random_weights"] for take in made.values())
    for job in jobs:
        ended = toy.queue.job(job.id)
        assert ended.result == {"take": made[ended.payload["request"]["seed"]].uid} and ended.progress == 1.0
    pictures = {seed: toy.assets.picture(take.asset_sha256)[0, 0].tolist() for seed, take in made.items()}
    for seed, colour in pictures.items():
        assert toy_engine.np.random.default_rng(seed).integers(0, 256, 3, "uint8").tolist() == colour
    assert toy.remake(made[4].uid).equal


def test_neither_engines_nor_groups_are_mixed_and_what_is_warm_goes_first(toy):
    jobs = []
    for seed in range(4):
        jobs += ask(toy, 1, seed, group="a") + ask(toy, 1, seed + 10, group="b")
        jobs += ask(toy, 1, seed + 20, engine="other", group="a") + ask(toy, 1, seed + 30, group="")
    assert {job.state for job in toy.wait(jobs)} == {"done"}
    calls = toy_engine.calls(toy)
    assert Counter(seed for call in calls for seed in call["seeds"]) == dict.fromkeys(
        [tens + seed for tens in (0, 10, 20, 30) for seed in range(4)], 1
    )
    for call in calls:
        assert len({(seed // 10) for seed in call["seeds"]}) == 1
        assert len(call["seeds"]) == 1 if call["groups"] == [""] else len(set(call["groups"])) == 1
    shared = [call["seeds"] for call in calls if call["groups"][0]]
    assert shared == [[0, 1, 2], [3], [10, 11, 12], [13], [20, 21, 22], [23]]


def test_companions_are_of_the_same_priority_and_of_those_asked_for(toy):
    mine, others = ask(toy, 2), ask(toy, 2, seed=50)
    toy.wait(mine)
    assert [call["seeds"] for call in toy_engine.calls(toy)] == [[0, 1]]
    assert states(toy, others) == ["queued"] * 2


def test_a_cancelled_one_ends_at_once_and_the_others_go_on(toy):
    jobs = ask(toy, 3, steps=30, seconds=0.05)
    with working(toy):
        wait_until(lambda: all(toy.queue.job(job.id).preview for job in jobs))
        assert all(0 < toy.queue.job(job.id).progress < 0.5 for job in jobs), "each has a progress of its own"
        toy.queue.cancel(jobs[0].id)
        wait_until(lambda: states(toy, jobs)[0] == "cancelled", 2.0)
        assert states(toy, jobs)[1:] == ["running"] * 2
        toy.queue.revoke([jobs[1].key])
        wait_until(lambda: states(toy, jobs)[2] == "done")
    assert states(toy, jobs) == ["cancelled", "cancelled", "done"]
    assert len(toy_engine.calls(toy)) == 1 and toy_engine.steps(toy) == 30
    assert set(takes(toy)) == {2}
    toy.queue.retry(jobs[0].id)
    toy.wait(jobs[:1])
    assert set(takes(toy)) == {0, 2}


def test_where_nobody_waits_any_more_the_engine_is_stopped(toy):
    jobs = ask(toy, 3, steps=200, seconds=0.05)
    with working(toy):
        wait_until(lambda: states(toy, jobs) == ["running"] * 3)
        toy.queue.cancel_all()
        wait_until(lambda: states(toy, jobs) == ["cancelled"] * 3, 3.0)
        after = ask(toy, 1, seed=9)
        wait_until(lambda: states(toy, after) == ["done"])
    assert toy_engine.steps(toy) < 100
    assert set(takes(toy)) == {9}


@pytest.mark.parametrize("trouble", ["missing", "bug"])
def test_what_stops_the_engine_fails_every_one(toy, trouble):
    jobs = toy.wait(ask(toy, 3, trouble=trouble))
    expected = {"missing": ("ResourceMissing", "weights pull toy"), "bug": ("ZeroDivisionError", "by nought")}[trouble]
    assert [job.state for job in jobs] == ["failed"] * 3
    assert all(job.error["kind"] == expected[0] and expected[1] in job.error["en"] for job in jobs)
    assert takes(toy) == {}
    assert toy.queue.counts()["running"] == 0


def test_one_that_cannot_be_drawn_does_not_fail_its_neighbours(toy):
    jobs = toy.wait(ask(toy, 3, trouble="bad", at=1))
    assert [job.state for job in jobs] == ["done", "failed", "done"]
    assert jobs[1].error["en"] == "That one cannot be drawn."
    assert set(takes(toy)) == {0, 2}
    assert [len(call["seeds"]) for call in toy_engine.calls(toy)] == [3, 1, 1, 1]


def test_what_has_no_room_together_is_drawn_one_by_one(toy):
    jobs = toy.wait(ask(toy, 3, trouble="too many"))
    assert [job.state for job in jobs] == ["done"] * 3
    assert {take.provenance["batch"] for take in takes(toy).values()} == {1}


def _worker(studio) -> subprocess.Popen[bytes]:
    code = (
        f"import runpy, sys; sys.path[:0] = [{str(ROOT)!r}]; sys.argv = sys.argv[1:]; "
        "runpy.run_path(sys.argv[0], run_name='__main__')"
    )
    command = [sys.executable, "-c", code, toy_engine.__file__, str(studio.home.root)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=os.environ | {"OMP_NUM_THREADS": "1"})


def test_a_worker_killed_in_a_batch_loses_nothing_and_each_is_then_drawn_alone(toy):
    jobs = ask(toy, 4, steps=8, seconds=0.05)
    process = _worker(toy)
    try:
        wait_until(lambda: toy.queue.counts()["running"] == 3 and toy.queue.job(jobs[0].id).progress > 0, 60)
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
    assert takes(toy) == {}
    assert [job.state for job in toy.wait(jobs)] == ["done"] * 4
    assert [toy.queue.job(job.id).attempts for job in jobs] == [2, 2, 2, 1]
    assert set(takes(toy)) == {0, 1, 2, 3}
    assert [call["seeds"] for call in toy_engine.calls(toy)] == [[0, 1, 2], [3], [0], [1], [2]]


def test_a_worker_that_is_asked_to_end_gives_all_of_them_back(toy):
    jobs = ask(toy, 3, steps=400, seconds=0.05)
    with _worker(toy) as process:
        wait_until(lambda: toy.queue.counts()["running"] == 3 and toy.queue.job(jobs[0].id).progress > 0, 60)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
    back = [toy.queue.job(job.id) for job in jobs]
    assert [(job.state, job.attempts, job.worker_uid) for job in back] == [("queued", 0, None)] * 3
