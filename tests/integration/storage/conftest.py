import hashlib
import shutil
from pathlib import Path

import pytest

from storage.database import Database
from storage.files import Assets
from storage.home import Home
from storage.models import Character, Look, Photo


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


@pytest.fixture(scope="session")
def new_tables(tmp_path_factory) -> Path:
    """A database file with tables and no rows: migrating for every test would take most of the time."""
    path = tmp_path_factory.mktemp("tables") / "castlock.db"
    database = Database.at(path)
    database.upgrade()
    database.close()
    return path


@pytest.fixture
def database(home: Home, new_tables: Path):
    shutil.copyfile(new_tables, home.database_path)
    database = Database.at(home.database_path)
    yield database
    database.close()


@pytest.fixture
def assets(home: Home) -> Assets:
    return Assets(home.assets_root)


@pytest.fixture
def files(home: Home):
    """What lies in the asset folder, by name below it."""
    return lambda: sorted(
        str(path.relative_to(home.assets_root)) for path in home.assets_root.rglob("*") if path.is_file()
    )


@pytest.fixture
def place():
    """Where a content has to lie, worked out anew."""

    def below(content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        return f"{digest[:2]}/{digest[2:]}"

    return below


@pytest.fixture
def add_photo():
    """A character with one photo of the given hash."""

    def add(session, sha256: str, name: str = "Wang Fang") -> Photo:
        photo = Photo(asset_sha256=sha256, source_name="a.jpg", width=128, height=96)
        session.add(Character(name=name, looks=[Look(name="default", photos=[photo])]))
        session.flush()
        return photo

    return add
