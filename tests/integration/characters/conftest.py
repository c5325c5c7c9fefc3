"""A real SQLite file and a real folder of assets; for the registry's own rules, an analyzer of squares."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from skimage import data
from toy_faces import SquareFaces

from characters.analyzers.bundled import Bundled
from characters.registry import Registry
from storage.database import Database
from storage.files import Assets


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.at(tmp_path / "castlock.db")
    database.upgrade()
    yield database
    database.close()


@pytest.fixture
def assets(tmp_path: Path) -> Assets:
    return Assets(tmp_path / "assets")


@pytest.fixture
def registry(database: Database, assets: Assets) -> Registry:
    return Registry(database, assets, SquareFaces)


@pytest.fixture(scope="session")
def bundled() -> Bundled:
    return Bundled()


@pytest.fixture(scope="session")
def astronaut() -> np.ndarray:
    """(512, 512, 3) uint8 RGB: Eileen Collins, NASA, public domain; comes with scikit-image."""
    return data.astronaut()
