"""Worker and page die at random points of an episode's render: every shot gets exactly one take for its recipe."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from storage.models import Job, Series, Take
from studio.settings import Settings
from studio.studio import Studio

ROOT = Path(__file__).parents[3]
SERIES = ("Paid in Full", "第七封信")


def _worker(home: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {"CASTLOCK_LEASE_SECONDS": "3", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "studio", "worker", "--home", str(home)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


def _page(home: Path) -> subprocess.Popen[bytes]:
    environment = os.environ | {"CASTLOCK_LEASE_SECONDS": "3", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "app.py", "--home", str(home), "--port", "0"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _wait_for_more(studio: Studio, done: int, process: subprocess.Popen[bytes]) -> None:
    """Until one more job is done than there were, or the process has ended by itself."""
    deadline = time.monotonic() + 120
    while studio.queue.counts()["done"] <= done and studio.queue.active() and process.poll() is None:
        assert time.monotonic() < deadline, "the worker does nothing"
        time.sleep(0.02)


def _killed_while_it_works(
    studio: Studio, start: Callable[[Path], subprocess.Popen[bytes]], draw: random.Random
) -> int:
    """Start, let it finish one job or more, kill -9 somewhere in the next ones; how many were running then."""
    process = start(studio.home.root)
    try:
        _wait_for_more(studio, studio.queue.counts()["done"], process)
        time.sleep(draw.uniform(0.0, 0.8))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return studio.queue.counts()["running"]


def _check(studio: Studio, recipes: dict[str, int]) -> None:
    with studio.database.reading() as session:
        takes = session.scalars(select(Take)).all()
        made = {take.recipe_key: take.shot_id for take in takes}
        states = set(session.scalars(select(Job.state)))
    assert states == {"done"}
    assert len(takes) == len(made), "no recipe was made twice"
    assert made == recipes, "none is lost"
    for take in takes:
        studio.assets.read(take.asset_sha256)


def _submit(studio: Studio) -> dict[str, int]:
    """Every shot of both episodes, drawn small: the deaths are what counts here."""
    with studio.database.session() as session:
        session.execute(update(Series).values(width=270, height=480))
    asked = [each for series in SERIES for each in studio.submit_render(series, 1)]
    assert all(each.job is not None for each in asked) and len(asked) >= 24
    return {each.job.payload["recipe_key"]: each.shot.id for each in asked if each.job}


@pytest.mark.parametrize(
    ("start", "times", "chance"),
    [
        pytest.param(_worker, 3, 0, id="worker"),
        *(pytest.param(_worker, 8, chance, marks=pytest.mark.slow, id=f"worker-{chance}") for chance in range(1, 6)),
        pytest.param(_page, 4, 9, marks=pytest.mark.slow, id="page"),
    ],
)
def test_every_shot_has_one_take_after_any_number_of_deaths(sample_home, start, times, chance):
    studio = Studio(Settings(home=sample_home, lease_seconds=3))
    recipes, draw = _submit(studio), random.Random(chance)
    try:
        interrupted = sum(_killed_while_it_works(studio, start, draw) for _ in range(times))
        assert interrupted, "no job was in hand at any of the deaths: the test has proved nothing"
        studio.wait(studio.queue.jobs(limit=1000))
        _check(studio, recipes)
    finally:
        studio.close()
