"""A real home with a real database; and one with the sample series in it, built once and copied."""

import fcntl
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from studio.settings import Settings
from studio.studio import Studio


@pytest.fixture(scope="session")
def sample_template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A home with the sample cast and both scripts, nothing rendered; made once for all the processes of a run."""
    from studio.sample.series import add_sample

    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    home = shared / "sample-home"
    with (shared / "sample-home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not home.exists():
            studio = Studio(Settings(home=shared / "sample-home.part"))
            with pytest.MonkeyPatch.context() as smaller:  # a third of the time, and faces still wide enough for intake
                smaller.setattr("studio.sample.cast.SIZE", (480, 600))
                add_sample(studio)
            studio.close()
            (shared / "sample-home.part").rename(home)
    return home


@pytest.fixture
def sample_home(sample_template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_template, tmp_path / "home"))


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    """An empty studio."""
    studio = Studio(Settings(home=tmp_path / "empty"))
    yield studio
    studio.close()


@pytest.fixture
def sample(sample_home: Path) -> Iterator[Studio]:
    """A studio with the sample series."""
    studio = Studio(Settings(home=sample_home))
    yield studio
    studio.close()


@pytest.fixture
def castlock() -> Callable[..., Any]:
    """Run a command in this process: castlock(home, "cast", "list") -> its JSON; the exit code must be `code`."""
    from studio.cli import app

    def call(home: Path, *words: str, code: int = 0) -> Any:
        result = CliRunner().invoke(app, [*words, "--home", str(home), "--json"])
        assert result.exit_code == code, result.output + result.stderr
        return json.loads(result.stdout) if result.stdout else None

    return call
