"""The database: one file by default, any SQLAlchemy URL if asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session, sessionmaker

from storage.errors import Conflict

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30


def _sqlite_pragmas(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")  # first: the change to WAL may have to wait as well
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin_immediate(connection: Any) -> None:
    # Python's sqlite3 begins late and SQLite upgrades a read lock late: two writers that read first would meet
    # SQLITE_BUSY at once, past any timeout. Taking the write lock at BEGIN makes them queue instead.
    mode = connection.get_execution_options().get("sqlite_begin", "IMMEDIATE")
    connection.exec_driver_sql(f"BEGIN {mode}")


class Database:
    """Opens the database and brings its tables up to date.

    `session()` is one transaction that may write: committed at the end, rolled back on an error.
    `reading()` is one that only looks; it never waits for a writer.
    Rows stay readable after the session is closed (expire_on_commit is off), relations only if they were loaded.
    """

    def __init__(self, url: str):
        self.url = url
        self.engine: Engine = create_engine(url)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", _sqlite_pragmas)
            event.listen(self.engine, "begin", _begin_immediate)
        self._writing = sessionmaker(self.engine, expire_on_commit=False)
        self._reading = sessionmaker(
            self.engine.execution_options(sqlite_begin="DEFERRED"), expire_on_commit=False, autoflush=False
        )

    @classmethod
    def at(cls, path: Path) -> "Database":
        """The SQLite database in the file `path`."""
        return cls(f"sqlite:///{path}")

    @contextmanager
    def session(self) -> Iterator[Session]:
        with self._writing.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self._reading() as session:
            yield session

    def revision(self) -> str | None:
        """The migration the tables are at; None where there are no tables."""
        with self.engine.connect().execution_options(sqlite_begin="DEFERRED") as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def upgrade(self) -> None:
        """Create the tables, or bring older ones up to the newest migration; all of it or nothing.

        Raises Conflict where a newer studio made them, or where rows refer to nothing.
        """
        revision = self.revision()
        if revision == head_revision():
            return
        if revision is not None and not knows_revision(revision):
            raise Conflict(
                f"The database was written by a newer Castlock (schema {revision}). Update Castlock, then try again.",
                f"数据库由更新版本的定妆写入（结构版本 {revision}）。请先更新定妆，再重试。",
            )
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                with _without_foreign_keys(connection):
                    _migrate(connection)
            else:
                _migrate(connection)

    def checkpoint(self) -> None:
        """Move everything from SQLite's log into the database file and empty the log.

        To be called after an erase: the log still holds pages as they were before.
        Raises Conflict where somebody is reading from it for longer than the busy timeout.
        """
        if self.engine.dialect.name != "sqlite":
            return
        with self.engine.connect() as connection:
            busy = _pragma(connection, "wal_checkpoint(TRUNCATE)")[0]
        if busy:
            raise Conflict(
                "The database is busy, so its log could not be emptied. Try again in a moment.",
                "数据库正忙，日志未能清空。请稍后再试。",
            )

    def close(self) -> None:
        self.engine.dispose()


def _pragma(connection: Connection, text: str) -> Any:
    """Run a pragma on SQLite's own connection, outside any transaction; its first row, if it has one."""
    own: Any = connection.connection.driver_connection
    return own.execute(f"PRAGMA {text}").fetchone()


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    # A batch migration of SQLite copies a table and drops the old one; with foreign keys on, the drop would delete
    # every row that refers to it. SQLite hears the pragma only outside a transaction.
    _pragma(connection, "foreign_keys=OFF")
    try:
        yield
    finally:
        _pragma(connection, "foreign_keys=ON")


def _migrate(connection: Connection) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    with connection.begin():
        command.upgrade(config, "head")
        if connection.dialect.name == "sqlite":
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if orphans:
                tables = ", ".join(sorted({row[0] for row in orphans}))
                raise Conflict(
                    f"Rows of the database refer to nothing (in {tables}), so it was left as it was. Restore a backup.",
                    f"数据库中有失去关联的记录（{tables}），因此未作改动。请从备份恢复。",
                )


def alembic_config() -> Config:
    """Alembic's configuration, without an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def head_revision() -> str:
    """The newest migration."""
    head = ScriptDirectory.from_config(alembic_config()).get_current_head()
    assert head is not None
    return head


def knows_revision(revision: str) -> bool:
    """Whether a migration of that name is known here; one that is not was made by a newer studio."""
    return revision in {script.revision for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()}
