"""A real SQLite file with the studio's tables and one more, where toy tasks put what they make."""

from pathlib import Path

import pytest
import toy_worker

from storage.database import Database
from storage.models import Base


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "studio.db"


@pytest.fixture
def database(path: Path):
    database = Database.at(path)
    Base.metadata.create_all(database.engine)
    toy_worker.metadata.create_all(database.engine)
    yield database
    database.close()
