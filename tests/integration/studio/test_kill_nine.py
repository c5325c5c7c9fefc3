"""Worker and page die at random points of an episode's render: every shot gets exactly one take for its recipe."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.models import Job, Take
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


def _left(studio: Studio) -> int:
    return studio.queue.active()


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
    asked = [each for series in SERIES for each in studio.submit_render(series, 1)]
    assert all(each.job is not None for each in asked) and len(asked) >= 24
    return {each.job.payload["recipe_key"]: each.shot.id for each in asked if each.job}


@pytest.mark.parametrize("chance", [pytest.param(each, marks=pytest.mark.slow) if each else each for each in range(6)])
def test_worker_killed_again_and_again(sample_home, chance):
    studio = Studio(Settings(home=sample_home, lease_seconds=3))
    recipes = _submit(studio)
    draw, kills, deadline = random.Random(chance), 0, time.monotonic() + 240
    try:
        while _left(studio) and time.monotonic() < deadline:
            worker = _worker(sample_home)
            try:
                worker.wait(draw.uniform(3.0, 7.0) if kills < 4 else 200)
            except subprocess.TimeoutExpired:
                worker.send_signal(signal.SIGKILL)
                worker.wait()
                kills += 1
            if kills >= 4:
                studio.wait(studio.queue.jobs(limit=1000))
        _check(studio, recipes)
        assert kills >= 3
    finally:
        studio.close()


@pytest.mark.slow
def test_page_killed_while_it_renders(sample_home):
    studio = Studio(Settings(home=sample_home, lease_seconds=3))
    recipes = _submit(studio)
    draw = random.Random(5)
    try:
        for _ in range(3):
            page = _page(sample_home)
            time.sleep(draw.uniform(8.0, 14.0))
            page.send_signal(signal.SIGKILL)
            page.wait()
        studio.wait(studio.queue.jobs(limit=1000))
        _check(studio, recipes)
    finally:
        studio.close()
