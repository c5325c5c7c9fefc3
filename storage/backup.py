"""One file that holds a whole studio, and a studio made again from it on another machine."""

import os
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from uuid import uuid4

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from storage.archive import MANIFEST, BackupFile, Manifest, Member, asset_member, put
from storage.database import Database, knows_revision
from storage.errors import Conflict, NotFound
from storage.files import Assets, DamagedFile, owner_only, sync_folder
from storage.home import ASSETS, DATABASE, Home
from storage.models import Base


@dataclass(frozen=True, slots=True)
class BackupReport:
    """file, its bytes, how many assets it holds, and which assets were lost or damaged before and are not in it."""

    file: Path
    bytes: int
    assets: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """The home that was made, how many assets it holds, and which were missing from the backup already."""

    home: Path
    assets: int
    missing: tuple[str, ...]


def backup(database: Database, assets: Assets, target: Path) -> BackupReport:
    """Write the database as of now, and every asset it names, into the one new file `target`.

    The studio may go on working meanwhile. The file appears under its name only when it is whole and on the disk.
    Raises Conflict where `target` exists, cannot be written, or the database is no SQLite file (a server has its own
    tools).
    """
    if database.engine.dialect.name != "sqlite":
        raise Conflict(
            "This studio keeps its database on a server: back that up with the server's own tools.",
            "本工作室的数据库在服务器上，请使用该服务器自带的备份工具。",
        )
    if target.exists():
        raise Conflict(
            f"'{target}' exists already and is left as it is. Choose another name for the backup.",
            f"“{target}”已存在，未作改动。请为备份另取文件名。",
        )
    try:
        # beside the target, so that the last step is a rename; a folder only the owner can open
        with tempfile.TemporaryDirectory(prefix=".castlock-backup-", dir=target.parent) as work:
            snapshot, part = Path(work, DATABASE), Path(work, "part")
            _take_snapshot(database, snapshot)
            report = _write(snapshot, assets, part)
            part.replace(target)
        sync_folder(target.parent)
    except (OSError, sqlite3.OperationalError) as error:  # the latter: SQLite's way to say that the disk is full
        raise Conflict(
            f"The backup '{target}' cannot be written ({error}). Choose another place for it.",
            f"备份“{target}”无法写入（{error}）。请换一个位置。",
        ) from error
    return BackupReport(target, target.stat().st_size, *report)


def _take_snapshot(database: Database, snapshot: Path) -> None:
    connection = database.engine.raw_connection()
    try:
        connection.cursor().execute("VACUUM INTO ?", (str(snapshot),))
    finally:
        connection.close()


def _write(snapshot: Path, assets: Assets, part: Path) -> tuple[int, tuple[str, ...]]:
    with _looked_at(snapshot) as connection:
        revision = _revision(connection)
        hashes = [row[0] for row in connection.execute("SELECT sha256 FROM asset ORDER BY sha256")]
    members: dict[str, Member] = {}
    missing: list[str] = []
    with open(part, "xb", opener=owner_only) as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            with snapshot.open("rb") as source:
                members[DATABASE] = put(archive, DATABASE, source)
            for sha256 in hashes:
                try:
                    content = assets.read(sha256)
                except (NotFound, DamagedFile):
                    missing.append(sha256)
                    continue
                members[asset_member(sha256)] = put(archive, asset_member(sha256), BytesIO(content))
            manifest = Manifest(
                schema_revision=revision,
                made_at=datetime.now(UTC).isoformat(timespec="seconds"),
                members=members,
                missing=tuple(missing),
            )
            put(archive, MANIFEST, BytesIO(manifest.model_dump_json(indent=1).encode()))
        stream.flush()
        os.fsync(stream.fileno())
    return len(members) - 1, tuple(missing)


def restore(source: Path, home: Path) -> RestoreReport:
    """Make the studio of the backup `source` in the empty or new folder `home`, and bring its tables up to date.

    Everything is unpacked and checked in a folder of its own and moved in at the end: a restore that fails leaves
    `home` as it was. Raises Conflict where `home` holds something, is too small, or a newer studio made the backup;
    NotFound; InvalidInput where the file is damaged or no backup.
    """
    place = Home(home)
    if not place.is_empty():
        raise Conflict(
            f"The home '{place.root}' holds something already. Restore into a new or empty folder.",
            f"主目录“{place.root}”不是空的。请恢复到新的或空的文件夹。",
        )
    with BackupFile.opened(source) as archive:
        if not knows_revision(archive.manifest.schema_revision):
            raise Conflict(
                f"The backup '{source}' was made by a newer Castlock. Update Castlock, then try again.",
                f"备份“{source}”由更新版本的定妆制作。请先更新定妆，再重试。",
            )
        try:
            with _workplace(place.root) as work:
                _unpack(archive, work)
                _move_in(work, place.root)
        except OSError as error:
            raise Conflict(
                f"The home '{place.root}' cannot be written ({error.strerror}). Choose another with --home.",
                f"主目录“{place.root}”无法写入（{error.strerror}）。请用 --home 指定其他目录。",
            ) from error
    place.prepare()
    return RestoreReport(place.root, len(archive.manifest.members) - 1, archive.manifest.missing)


@contextmanager
def _workplace(root: Path) -> Iterator[Path]:
    """Beside a home that is not there yet; inside one that is, for that may be a mounted volume."""
    parent = root if root.exists() else root.parent
    parent.mkdir(parents=True, exist_ok=True)
    work = parent / f".{root.name}.restoring-{uuid4().hex[:8]}"
    work.mkdir(mode=0o700)
    try:
        yield work
    finally:
        if work.exists():
            shutil.rmtree(work)


def _unpack(archive: BackupFile, work: Path) -> None:
    free = shutil.disk_usage(work).free
    if archive.size > free:
        raise Conflict(
            f"The backup needs {archive.size / 2**30:.1f} GiB and the disk has {free / 2**30:.1f} GiB left.",
            f"备份需要 {archive.size / 2**30:.1f} GiB，磁盘只剩 {free / 2**30:.1f} GiB。",
        )
    (work / ASSETS).mkdir(mode=0o700)
    for name in archive.manifest.members:
        target = work / name
        target.parent.mkdir(mode=0o700, exist_ok=True)
        with open(target, "xb", opener=owner_only) as out:
            archive.extract(name, out)
    _check_database(archive, work / DATABASE)
    database = Database.at(work / DATABASE)
    try:
        database.upgrade()
        with database.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            if compare_metadata(context, Base.metadata):
                raise archive.damaged(DATABASE)
        database.checkpoint()
    finally:
        database.close()
    os.sync()


def _check_database(archive: BackupFile, path: Path) -> None:
    manifest = archive.manifest
    try:
        with _looked_at(path) as connection:
            whole = connection.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
            orphans = connection.execute("PRAGMA foreign_key_check").fetchone()
            # triggers, views and virtual tables would be a stranger's code, and the studio has none
            foreign = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE type NOT IN ('table', 'index') OR sql LIKE '%VIRTUAL%TABLE%'"
            ).fetchone()
            revision = _revision(connection)
            named = {asset_member(str(row[0])) for row in connection.execute("SELECT sha256 FROM asset")}
    except sqlite3.Error as error:
        raise archive.damaged(DATABASE) from error
    there = manifest.members.keys() - {DATABASE} | {asset_member(sha256) for sha256 in manifest.missing}
    if not whole or orphans or foreign or revision != manifest.schema_revision or named != there:
        raise archive.damaged(DATABASE)


@contextmanager
def _looked_at(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        yield connection
    finally:
        connection.close()


def _revision(connection: sqlite3.Connection) -> str:
    rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    return str(rows[0][0]) if len(rows) == 1 else ""


def _move_in(work: Path, root: Path) -> None:
    if not root.exists():
        work.rename(root)
        sync_folder(root.parent)
        return
    moved: list[str] = []
    try:
        for name in sorted(entry.name for entry in work.iterdir()):  # assets, then castlock.db, which makes it a home
            if (root / name).exists():  # empty, or this would have been refused
                (root / name).rename(work / f"{name}.empty")
            moved.append(name)
            (work / name).rename(root / name)
        sync_folder(root)
    except OSError:
        for name in reversed(moved):
            if not (work / name).exists():
                (root / name).rename(work / name)
            if (work / f"{name}.empty").exists():
                (work / f"{name}.empty").rename(root / name)
        raise
