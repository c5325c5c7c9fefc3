"""What every test may ask for. OMP_NUM_THREADS must be set before torch or numpy is imported."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("GLOG_minloglevel", "2")

from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

# The same examples every time, so that a change is judged by what it changes; `make test-full` explores others.
settings.register_profile("steady", derandomize=True, deadline=None, max_examples=40)
settings.register_profile("explore", derandomize=False, deadline=None)
settings.load_profile("steady")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture
def shared() -> Path:
    """Reference material beside the checkout; tests that need it skip where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the reference material beside the checkout (../shared) is not here")
    return SHARED


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of weights made by `weights tiny`, one for all tests and all their processes: copy it to change it."""
    from studio.weights.tiny import build

    base = tmp_path_factory.getbasetemp()
    together = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = together / "tiny-weights"
    with FileLock(together / "tiny-weights.lock"):
        if not (together / "tiny-weights.built").exists():
            build(folder)
            (together / "tiny-weights.built").touch()
    return folder
