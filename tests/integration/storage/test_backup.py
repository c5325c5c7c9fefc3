"""A backup is a whole studio in one file; a stranger's file is read as if an enemy had written it."""

import hashlib
import json
import os
import shutil
import sqlite3
import stat
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from uploads import scene

import storage.backup
from storage.backup import backup, restore
from storage.database import Database, head_revision
from storage.errors import Conflict, InvalidInput, NotFound, StudioError
from storage.files import Assets
from storage.home import Home
from storage.models import Asset, Base, Character, Photo
from storage.pictures import encode_png, take_in


@pytest.fixture
def photos(database: Database, assets: Assets, add_photo) -> list[str]:
    """Three photos in the studio, by hash."""
    hashes = []
    with database.session() as session:
        for number in range(3):
            picture = take_in(encode_png(np.roll(scene(), 10 * number, axis=1)), "x")
            hashes.append(assets.write(picture.content))
            assets.record(session, hashes[-1], picture.media_type, picture.width, picture.height)
            add_photo(session, hashes[-1], f"cast {number}")
    return hashes


@pytest.fixture
def saved(database: Database, assets: Assets, photos, tmp_path: Path) -> Path:
    target = tmp_path / "studio.castlock"
    backup(database, assets, target)
    return target


def rows(database: Database) -> dict[str, list]:
    with database.engine.connect() as connection:
        return {
            name: sorted(map(repr, connection.execute(select(table)))) for name, table in Base.metadata.tables.items()
        }


def below(folder: Path) -> list[tuple[str, int, bytes]]:
    """Everything in a folder: path, mode, content."""
    return sorted(
        (str(path.relative_to(folder)), path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    )


def test_a_studio_comes_back_as_it_was(database: Database, assets: Assets, photos, tmp_path: Path):
    report = backup(database, assets, tmp_path / "b.castlock")
    assert report.bytes == report.file.stat().st_size and report.assets == 3 and report.missing == ()
    assert report.file.stat().st_mode & 0o777 == 0o600
    restored = restore(report.file, tmp_path / "another" / "home")
    assert (restored.home, restored.assets, restored.missing) == (tmp_path / "another" / "home", 3, ())
    home = Home(restored.home)
    other = Database.at(home.database_path)
    assert rows(other) == rows(database)
    assert all(Assets(home.assets_root).read(sha256) == assets.read(sha256) for sha256 in photos)
    assert [path.name for path in (tmp_path / "another").iterdir()] == ["home"], "nothing is left beside it"
    assert home.root.stat().st_mode & 0o777 == 0o700
    for path in home.root.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)
    other.close()


def test_the_file_can_be_read_without_the_studio(saved: Path):
    with zipfile.ZipFile(saved) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        assert manifest["schema_revision"] == head_revision()
        assert manifest["members"].keys() == set(archive.namelist()) - {"manifest.json"}
        for name, member in manifest["members"].items():
            content = archive.read(name)
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (member["sha256"], member["bytes"])


def test_a_backup_is_one_moment_while_others_write(
    database: Database, assets: Assets, photos, add_photo, tmp_path: Path
):
    written, stop = [], Event()

    def go_on() -> None:
        while not stop.is_set():
            sha256 = assets.write(b"a photo more %d" % len(written))
            with database.session() as session:
                assets.record(session, sha256, "text/plain")
                add_photo(session, sha256, f"more {len(written)}")
            written.append(sha256)

    writer = Thread(target=go_on)
    writer.start()
    reports = []
    for turn in range(3):
        reports.append(backup(database, assets, tmp_path / f"{turn}.castlock"))
        seen = len(written)
        while len(written) < seen + 2:
            assert writer.is_alive()
            time.sleep(0.01)
    stop.set()
    writer.join()
    assert reports[0].assets < reports[-1].assets
    for turn, report in enumerate(reports):
        assert report.missing == ()
        restored = restore(report.file, tmp_path / f"home{turn}")
        other = Database.at(Home(restored.home).database_path)
        with other.reading() as session:
            assert set(session.scalars(select(Photo.asset_sha256))) == set(session.scalars(select(Asset.sha256)))
        other.close()


def test_a_backup_holds_nothing_that_was_erased(database: Database, assets: Assets, photos, tmp_path: Path):
    with database.session() as session:
        session.delete(session.scalars(select(Character).where(Character.name == "cast 0")).one())
        gone = assets.forget(session, photos)
    assets.discard(database, gone)
    report = backup(database, assets, tmp_path / "b.castlock")
    assert report.assets == 2 and b"cast 0" not in report.file.read_bytes()


def test_lost_and_damaged_files_are_named_and_the_rest_is_saved(
    database: Database, assets: Assets, photos, tmp_path: Path
):
    assets.path(photos[0]).unlink()
    assets.path(photos[1]).write_bytes(b"rot")
    report = backup(database, assets, tmp_path / "b.castlock")
    assert report.assets == 1 and set(report.missing) == set(photos[:2])
    restored = restore(report.file, tmp_path / "new")
    assert set(restored.missing) == set(photos[:2])
    kept = Assets(Home(restored.home).assets_root)
    assert kept.read(photos[2])
    with pytest.raises(NotFound):
        kept.read(photos[0])


def test_an_existing_file_is_never_overwritten(database: Database, assets: Assets, tmp_path: Path):
    target = tmp_path / "script.docx"
    target.write_bytes(b"months of work")
    for place in (target, tmp_path):
        with pytest.raises(Conflict, match="exists already"):
            backup(database, assets, place)
    assert target.read_bytes() == b"months of work"


@pytest.mark.parametrize("step", ["put", "replace"])
def test_a_backup_that_fails_leaves_nothing(
    database: Database, assets: Assets, photos, tmp_path: Path, monkeypatch, step: str
):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((storage.backup, "put") if step == "put" else (Path, "replace")), fail)
    target = tmp_path / "backups"
    target.mkdir()
    with pytest.raises(Conflict, match="No space left on device"):
        backup(database, assets, target / "b.castlock")
    assert list(target.iterdir()) == []
    with pytest.raises(Conflict, match="cannot be written"):
        backup(database, assets, tmp_path / "no such folder" / "b.castlock")


def test_restore_makes_older_tables_new(
    database: Database, assets: Assets, photos, saved: Path, tmp_path: Path, monkeypatch
):
    folder = tmp_path / "migrations"
    shutil.copytree(storage.database.MIGRATIONS, folder)
    (folder / "versions" / "9999_later.py").write_text(
        f'from alembic import op\nrevision = "9999"\ndown_revision = "{head_revision()}"\n\n\n'
        "def upgrade():\n    op.execute(\"UPDATE character SET notes = 'seen by the later migration'\")\n"
    )
    monkeypatch.setattr(storage.database, "MIGRATIONS", folder)
    restored = Database.at(Home(restore(saved, tmp_path / "new").home).database_path)
    assert restored.revision() == "9999"
    with restored.reading() as session:
        assert set(session.scalars(select(Character.notes))) == {"seen by the later migration"}
    restored.close()


# -- where it goes -----------------------------------------------------------------------------------------------


def test_a_home_that_holds_something_is_refused(home: Home, database: Database, saved: Path, tmp_path: Path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "novel.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for place in (home.root, tmp_path / "other", tmp_path / "file"):
        before = below(tmp_path)
        with pytest.raises(Conflict, match="holds something"):
            restore(saved, place)
        assert below(tmp_path) == before


@pytest.mark.parametrize("prepared", [False, True])
def test_an_empty_home_may_be_there_already(saved: Path, tmp_path: Path, photos, prepared: bool):
    """A mounted volume, for example: it cannot be replaced, only filled."""
    place = tmp_path / "volume"
    place.mkdir(mode=0o755)
    if prepared:
        Home(place).prepare()
    inode = place.stat().st_ino
    restore(saved, place)
    assert place.stat().st_ino == inode
    assert sorted(path.name for path in place.iterdir()) == ["assets", "castlock.db", "exports", "scratch"]
    assert Assets(Home(place).assets_root).read(photos[0])


@pytest.mark.parametrize(
    ("prepared", "at"), [(None, 1), (False, 1), (False, 2), (True, 1), (True, 2), (True, 3), (True, 4)]
)
def test_a_restore_that_fails_while_moving_in_leaves_the_home_as_it_was(saved, tmp_path, monkeypatch, prepared, at):
    place = tmp_path / "new"
    if prepared is not None:
        place.mkdir()
    if prepared:
        Home(place).prepare()
    before, moves, rename = below(tmp_path), 0, Path.rename

    def fail_once(self: Path, target: Path) -> Path:
        nonlocal moves
        moves += 1
        if moves == at:
            raise OSError(5, "Input/output error")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", fail_once)
    with pytest.raises(Conflict, match="Input/output error"):
        restore(saved, place)
    assert below(tmp_path) == before


def test_a_full_disk_is_seen_before_anything_is_unpacked(saved: Path, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 99, 1))
    before = below(tmp_path)
    with pytest.raises(Conflict, match="GiB"):
        restore(saved, tmp_path / "new")
    assert below(tmp_path) == before


# -- what comes from elsewhere -----------------------------------------------------------------------------------


def entry(name: str, mode: int = stat.S_IFREG | 0o600) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    return made


class Forgery:
    """A backup taken apart, to be changed and put together again."""

    def __init__(self, source: Path):
        with zipfile.ZipFile(source) as archive:
            self.members = {name: archive.read(name) for name in archive.namelist()}
        self.manifest = json.loads(self.members.pop("manifest.json"))
        self.extra: list[tuple[zipfile.ZipInfo, bytes]] = []

    def asset(self) -> str:
        return next(name for name in self.members if name.startswith("assets/"))

    def hash_again(self) -> None:
        for name, content in self.members.items():
            self.manifest["members"][name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}

    def change_database(self, folder: Path, *statements: str) -> None:
        path = folder / "forged.db"
        path.write_bytes(self.members["castlock.db"])
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA writable_schema=ON")
            for statement in statements:
                connection.execute(statement)
        connection.close()
        self.members["castlock.db"] = path.read_bytes()
        path.unlink()
        self.hash_again()

    def write(self, target: Path, compression: int = zipfile.ZIP_STORED) -> Path:
        with zipfile.ZipFile(target, "w", compression) as archive:
            for name, content in self.members.items():
                archive.writestr(name, content)
            for made, content in self.extra:
                archive.writestr(made, content)
            archive.writestr("manifest.json", json.dumps(self.manifest))
        return target


def stowaway(name: str, mode: int = stat.S_IFREG | 0o600, content: bytes = b"x"):
    def change(forgery: Forgery, folder: Path) -> None:
        forgery.extra.append((entry(name, mode), content))
        forgery.manifest["members"][name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}

    return change


def in_manifest(**fields):
    return lambda forgery, folder: forgery.manifest.update(fields)


def in_database(*statements: str):
    return lambda forgery, folder: forgery.change_database(folder, *statements)


def drop_database(forgery: Forgery, folder: Path) -> None:
    del forgery.members["castlock.db"], forgery.manifest["members"]["castlock.db"]


def lose_asset(forgery: Forgery, folder: Path) -> None:
    del forgery.members[forgery.asset()]


def lose_asset_cleverly(forgery: Forgery, folder: Path) -> None:
    del forgery.manifest["members"][forgery.asset()]
    del forgery.members[forgery.asset()]


def swap_asset(forgery: Forgery, folder: Path) -> None:
    forgery.members[forgery.asset()] = b"another face" * 50
    forgery.hash_again()


def rot_asset(forgery: Forgery, folder: Path) -> None:
    content = forgery.members[forgery.asset()]
    forgery.members[forgery.asset()] = content[:-1] + bytes([content[-1] ^ 1])


def unknown_asset(forgery: Forgery, folder: Path) -> None:
    content = b"nobody's"
    digest = hashlib.sha256(content).hexdigest()
    forgery.members[f"assets/{digest[:2]}/{digest[2:]}"] = content
    forgery.hash_again()


def no_database_at_all(forgery: Forgery, folder: Path) -> None:
    forgery.members["castlock.db"] = b"SQLite format 3\0" + bytes(5000)
    forgery.hash_again()


def broken_page(forgery: Forgery, folder: Path) -> None:
    content = bytearray(forgery.members["castlock.db"])
    content[4096:8192] = os.urandom(4096)
    forgery.members["castlock.db"] = bytes(content)
    forgery.hash_again()


FORGERIES: dict[str, Callable[[Forgery, Path], None]] = {
    "a path that climbs out": stowaway("../evil.txt"),
    "a path that climbs out of the assets": stowaway("assets/../../evil.txt"),
    "an absolute path": stowaway("/tmp/evil.txt"),
    "a Windows path": stowaway("C:\\evil.txt"),
    "backslashes": stowaway("..\\evil.txt"),
    "a member nobody knows": stowaway("startup.py"),
    "SQLite's own log": stowaway("castlock.db-wal"),
    "a folder": stowaway("assets/", stat.S_IFDIR | 0o700, b""),
    "a name that is nearly a hash": stowaway("assets/ab/" + "G" * 62),
    "a symbolic link": stowaway("assets/ab/" + "0" * 62, stat.S_IFLNK | 0o777, b"/etc/passwd"),
    "a device": stowaway("assets/ab/" + "0" * 62, stat.S_IFCHR | 0o600),
    "a member twice": lambda forgery, folder: forgery.extra.append((entry("castlock.db"), b"x")),
    "no database": drop_database,
    "an asset that is not there": lose_asset,
    "an asset that is not there nor in the manifest": lose_asset_cleverly,
    "an asset under another's hash": swap_asset,
    "an asset with one bit changed": rot_asset,
    "an asset without a row": unknown_asset,
    "a database that is none": no_database_at_all,
    "a database with a broken page": broken_page,
    "a trigger": in_database("CREATE TRIGGER t AFTER UPDATE ON character BEGIN DELETE FROM photo; END"),
    "a view": in_database("CREATE VIEW v AS SELECT 1"),
    "a virtual table": in_database("CREATE VIRTUAL TABLE v USING fts5(x)"),
    "a table more": in_database("CREATE TABLE extra (x TEXT)"),
    "a table less": in_database("DROP TABLE worker"),
    "a column less": in_database("ALTER TABLE job DROP COLUMN stage"),
    "a row that refers to nothing": in_database(
        "INSERT INTO consent (character_id, text, given_at) VALUES (99, '', '')"
    ),
    "another schema than the manifest says": in_database("UPDATE alembic_version SET version_num = 'f00d'"),
    "two schemas": in_database("INSERT INTO alembic_version VALUES ('f00d')"),
    "no schema": in_database("DELETE FROM alembic_version"),
    "an asset row that climbs out": in_database("UPDATE asset SET sha256 = '../../../../etc/passwd' WHERE rowid = 1"),
    "a manifest without members": in_manifest(members={}),
    "a manifest with a field more": in_manifest(run="me"),
    "a manifest with a wrong hash": in_manifest(members={"castlock.db": {"sha256": "no", "bytes": 1}}),
    "a manifest with a negative size": in_manifest(members={"castlock.db": {"sha256": "0" * 64, "bytes": -1}}),
    "a manifest of no format": in_manifest(castlock_backup="1"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning:zipfile")  # the forger's own tool notices
@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_backup_is_refused_and_nothing_is_left(saved: Path, tmp_path: Path, name: str):
    forgery = Forgery(saved)
    FORGERIES[name](forgery, tmp_path)
    forged = forgery.write(tmp_path / "forged.castlock")
    before = below(tmp_path)
    with pytest.raises(InvalidInput) as caught:
        restore(forged, tmp_path / "new")
    assert "forged.castlock" in caught.value.message.en and "forged.castlock" in caught.value.message.zh
    assert caught.value.message.en.isprintable()
    assert below(tmp_path) == before


def test_the_forgers_tools_work(saved: Path, tmp_path: Path):
    """Taken apart and put together unchanged, a backup is a good one: so the others are refused for what they are."""
    forgery = Forgery(saved)
    forgery.change_database(tmp_path, "UPDATE character SET notes = 'x'")
    assert restore(forgery.write(tmp_path / "same.castlock"), tmp_path / "new").assets == 3


@pytest.mark.parametrize("fields", [{"castlock_backup": 2}, {"schema_revision": "f00d"}])
def test_a_backup_of_a_newer_studio_is_refused(saved: Path, tmp_path: Path, fields: dict):
    forgery = Forgery(saved)
    forgery.manifest.update(fields)
    with pytest.raises(Conflict, match="newer Castlock"):
        restore(forgery.write(tmp_path / "newer.castlock"), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_bomb_is_refused_before_it_unfolds(saved: Path, tmp_path: Path):
    forgery = Forgery(saved)
    forgery.members["castlock.db"] = bytes(40 * 2**20)
    forgery.hash_again()
    bomb = forgery.write(tmp_path / "bomb.castlock", zipfile.ZIP_DEFLATED)
    assert bomb.stat().st_size < 2**20
    with pytest.raises(InvalidInput, match="compressed"):
        restore(bomb, tmp_path / "new")


def test_a_name_with_a_null_byte_is_refused(saved: Path, tmp_path: Path):
    """Python's zipfile stops reading a name there, so that two names look like one."""
    forgery = Forgery(saved)
    stowaway("castlock.db#.txt")(forgery, tmp_path)
    forged = forgery.write(tmp_path / "forged.castlock")
    forged.write_bytes(forged.read_bytes().replace(b"castlock.db#", b"castlock.db\0"))
    with pytest.raises(InvalidInput, match="no place"):
        restore(forged, tmp_path / "new")


def test_members_that_overlap_are_refused(saved: Path, tmp_path: Path):
    """A bomb without compression: one long member, claimed by many entries of the directory."""
    forgery = Forgery(saved)
    name = forgery.asset()
    with zipfile.ZipFile(tmp_path / "overlap.castlock", "w") as archive:
        for member, content in forgery.members.items():
            archive.writestr(member, content)
        archive.writestr("manifest.json", json.dumps(forgery.manifest))
        original = archive.getinfo(name)
        for number in range(500):
            again = entry(f"assets/ab/{number:062x}")
            again.header_offset, again.CRC = original.header_offset, original.CRC
            again.file_size = again.compress_size = original.file_size
            archive.filelist.append(again)
        archive._didModify = True
    with pytest.raises(InvalidInput, match="claim to be larger"):
        restore(tmp_path / "overlap.castlock", tmp_path / "new")


def test_what_is_no_backup(tmp_path: Path):
    (tmp_path / "empty.zip").write_bytes(b"PK\x05\x06" + bytes(18))
    (tmp_path / "text.zip").write_bytes(b"not a zip")
    (tmp_path / "nothing.zip").write_bytes(b"")
    with zipfile.ZipFile(tmp_path / "nested.zip", "w") as archive:
        archive.writestr("manifest.json", "[" * 100_000)
        archive.writestr("castlock.db", "x")
    for name in ("empty.zip", "text.zip", "nothing.zip", "nested.zip"):
        with pytest.raises(InvalidInput, match="not a backup"):
            restore(tmp_path / name, tmp_path / "new")
    for missing in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(NotFound):
            restore(missing, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_to_a_backup_goes_unnoticed(saved: Path, tmp_path: Path, data):
    """Bytes changed or lost anywhere: a clear error, or, where nothing depends on them, the same studio."""
    content = bytearray(saved.read_bytes())
    if data.draw(st.booleans()):
        content = content[: data.draw(st.integers(0, len(content) - 1))]
    else:
        for _ in range(data.draw(st.integers(1, 3))):
            content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    damaged, place = tmp_path / "damaged.castlock", tmp_path / "new"
    damaged.write_bytes(content)
    try:
        restore(damaged, place)
    except StudioError as error:
        assert "damaged.castlock" in error.message.zh
        assert not place.exists()
        return
    with zipfile.ZipFile(saved) as archive:
        for name in archive.namelist():
            if name.startswith("assets/"):
                assert (place / name).read_bytes() == archive.read(name)
    shutil.rmtree(place)
