"""The database keeps its promises on every connection, under other processes, and through migrations."""

import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

import storage.database
from storage.database import Database, alembic_config, head_revision
from storage.errors import Conflict
from storage.home import Home
from storage.models import Asset, Base, Character, Consent, Series

ROOT = Path(__file__).resolve().parents[3]


def test_migrations_have_one_head_and_one_beginning():
    scripts = ScriptDirectory.from_config(alembic_config())
    assert len(scripts.get_heads()) == 1 and len(scripts.get_bases()) == 1


def test_migrations_make_the_tables_of_the_models(database: Database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_first_migration_can_be_undone(database: Database):
    from alembic import command

    config = alembic_config()
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert sa.inspect(database.engine).get_table_names() == ["alembic_version"]


@pytest.mark.parametrize("way", ["session", "reading"])
def test_every_connection_has_its_pragmas(database: Database, way: str):
    opened = [getattr(database, way)() for _ in range(1 if way == "session" else 4)]
    sessions = [context.__enter__() for context in opened]
    pragmas = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 30_000, "synchronous": 2, "secure_delete": 1}
    for session in sessions:
        assert {name: session.scalar(text(f"PRAGMA {name}")) for name in pragmas} == pragmas
    for context in opened:
        context.__exit__(None, None, None)


def test_a_row_cannot_refer_to_nothing(database: Database):
    with pytest.raises(sa.exc.IntegrityError), database.session() as session:
        session.add(Consent(character_id=77, text="yes"))


def test_an_error_takes_back_the_whole_session(database: Database):
    with pytest.raises(RuntimeError), database.session() as session:
        session.add(Character(name="Wang Fang"))
        session.flush()
        raise RuntimeError
    with database.reading() as session:
        assert session.scalars(select(Character)).all() == []


COUNTER = """
import sys
from pathlib import Path
from sqlalchemy import select
from storage.database import Database
from storage.models import Series
database = Database.at(Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
for _ in range(30):
    with database.session() as session:
        series = session.scalars(select(Series)).one()
        series.fps = series.fps + 1
"""


def test_processes_that_read_and_then_write_lose_nothing(database: Database, home: Home):
    with database.session() as session:
        session.add(Series(title="Seventh Letter", fps=0))
    command = [sys.executable, "-c", COUNTER, str(home.database_path)]
    workers = [subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, stderr=-1, text=True) for _ in range(2)]
    for worker in workers:
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        _, errors = worker.communicate(timeout=60)
        assert worker.returncode == 0, errors
    with database.reading() as session:
        assert session.scalars(select(Series.fps)).one() == 60


OPENER = """
import sys
from pathlib import Path
from storage.database import Database
sys.stdin.readline()
database = Database.at(Path(sys.argv[1]))
database.upgrade()
"""


def test_processes_may_all_make_the_tables_at_once(tmp_path: Path):
    path = tmp_path / "new.db"
    command = [sys.executable, "-c", OPENER, str(path)]
    openers = [subprocess.Popen(command, cwd=ROOT, stdin=-1, stdout=-1, stderr=-1, text=True) for _ in range(2)]
    time.sleep(0.8)
    for opener in openers:
        _, errors = opener.communicate("go\n", timeout=60)
        assert opener.returncode == 0, errors
    assert Database.at(path).revision() == head_revision()


def test_reading_never_waits_for_a_writer(database: Database):
    with database.session() as session:
        session.add(Character(name="before"))
    writing, read = Event(), Event()

    def write() -> None:
        with database.session() as session:
            session.add(Character(name="after"))
            session.flush()
            writing.set()
            assert read.wait(20)

    writer = Thread(target=write)
    writer.start()
    assert writing.wait(20)
    started = time.monotonic()
    with database.reading() as session:
        assert [character.name for character in session.scalars(select(Character))] == ["before"]
    assert time.monotonic() - started < 5 < storage.database.BUSY_SECONDS
    assert database.revision() == head_revision(), "opening a studio does not wait for a writer either"
    read.set()
    writer.join()
    with database.reading() as session:
        assert len(session.scalars(select(Character)).all()) == 2


def on_disk(home: Home) -> bytes:
    return b"".join(path.read_bytes() for path in home.root.glob(f"{home.database_path.name}*"))


def test_what_was_erased_is_nowhere_on_the_disk(database: Database, home: Home):
    secret = "身份证 31010119900101 Wang Fang's own words"
    with database.session() as session:
        for number in range(50):
            character = Character(name=f"cast {number}", consents=[Consent(text=f"{secret} {number} " * 40)])
            session.add(character)
    assert secret.encode() in on_disk(home), "the test must begin with something to erase"
    with database.session() as session:
        for character in session.scalars(select(Character)):
            session.delete(character)
    database.checkpoint()
    assert secret.encode() not in on_disk(home)


def test_a_reader_in_the_way_of_the_checkpoint_is_said_so(database: Database, monkeypatch):
    monkeypatch.setattr(storage.database, "BUSY_SECONDS", 0)
    hasty = Database(database.url)
    with database.reading() as session:
        session.scalars(select(Character)).all()
        with hasty.session() as writer:
            writer.add(Character(name="x"))
        with pytest.raises(Conflict, match="busy"):
            hasty.checkpoint()
    hasty.checkpoint()
    hasty.close()


@pytest.fixture
def later_migration(tmp_path: Path, monkeypatch):
    """Put one more migration behind those there are."""
    import shutil

    folder = tmp_path / "migrations"
    shutil.copytree(storage.database.MIGRATIONS, folder)
    head = head_revision()

    def write(body: str) -> None:
        head_line = f'import sqlalchemy as sa\nfrom alembic import op\nrevision = "9999"\ndown_revision = "{head}"\n'
        (folder / "versions" / "9999_later.py").write_text(f"{head_line}\n\ndef upgrade():\n    {body}\n")
        monkeypatch.setattr(storage.database, "MIGRATIONS", folder)

    return write


def test_a_migration_that_copies_a_table_keeps_the_rows_that_refer_to_it(database: Database, later_migration):
    with database.session() as session:
        session.add(Character(name="Wang Fang", consents=[Consent(text="yes")]))
    later_migration(
        'op.batch_alter_table("character", recreate="always").__enter__().add_column(sa.Column("x", sa.Text()))'
    )
    later_migration(
        'with op.batch_alter_table("character", recreate="always") as table: table.add_column(sa.Column("x", sa.Text()))'
    )
    database.upgrade()
    assert database.revision() == "9999"
    with database.reading() as session:
        assert session.scalars(select(Consent.text)).all() == ["yes"]
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


@pytest.mark.parametrize("body", ["op.execute('DELETE FROM character')", "op.execute('nonsense')"])
def test_a_migration_that_goes_wrong_changes_nothing(database: Database, later_migration, body: str):
    with database.session() as session:
        session.add(Character(name="Wang Fang", consents=[Consent(text="yes")]))
    later_migration(f"op.create_table('extra', sa.Column('x', sa.Text())); {body}")
    with pytest.raises((Conflict, sa.exc.OperationalError)):
        database.upgrade()
    assert database.revision() != "9999" and "extra" not in sa.inspect(database.engine).get_table_names()
    with database.session() as session:
        assert session.scalars(select(Character.name)).all() == ["Wang Fang"]
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_a_database_of_a_newer_studio_is_left_alone(database: Database, home: Home):
    with database.session() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'f00d'"))
    database.checkpoint()
    before = home.database_path.read_bytes()
    with pytest.raises(Conflict, match="newer Castlock") as caught:
        database.upgrade()
    assert "更新" in caught.value.message.zh
    assert home.database_path.read_bytes() == before


def test_times_come_back_as_utc(database: Database):
    from datetime import UTC, datetime, timedelta, timezone

    shanghai = datetime(2026, 3, 1, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    with database.session() as session:
        session.add(Asset(sha256="0" * 64, bytes=1, media_type="x", created_at=shanghai))
    with database.reading() as session:
        assert session.scalars(select(Asset.created_at)).one() == datetime(2026, 3, 1, 0, 0, tzinfo=UTC)


def test_the_home_is_the_owners_alone(tmp_path: Path):
    home = Home(tmp_path / "a" / "home")
    assert home.is_empty()
    home.prepare()
    assert home.is_empty() and home.prepare().is_empty()
    database = Database.at(home.database_path)
    database.upgrade()
    assert not home.is_empty()
    for path in (home.root, home.assets_root, home.scratch, home.exports):
        assert path.stat().st_mode & 0o777 == 0o700
    for path in home.root.glob("castlock.db*"):
        assert path.stat().st_mode & 0o777 == 0o600
    database.close()
    with sqlite3.connect(home.database_path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_home_that_cannot_be_made_is_said_so(tmp_path: Path):
    from storage.errors import InvalidInput

    (tmp_path / "file").write_text("x")
    with pytest.raises(InvalidInput, match="--home"):
        Home(tmp_path / "file" / "home").prepare()
