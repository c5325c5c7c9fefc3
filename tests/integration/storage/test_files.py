"""Assets: whole or not there at all, whatever happens in between."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select
from uploads import hostile, scene

from storage.database import Database
from storage.errors import BadPicture, Conflict, NotFound
from storage.files import Assets, DamagedFile
from storage.home import Home
from storage.models import (
    Adapter,
    Asset,
    Character,
    Episode,
    Job,
    Plate,
    Scene,
    Series,
    Shot,
    Take,
)
from storage.pictures import encode_png, take_in

ROOT = Path(__file__).resolve().parents[3]
CONTENT = b"a photo of Wang Fang" * 1000


def rows(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Asset.sha256)))


def make_old(assets: Assets, database: Database, seconds: float = 7200) -> None:
    then = time.time() - seconds
    for path in assets.root.rglob("*"):
        if path.is_file():
            os.utime(path, (then, then))
    with database.session() as session:
        for asset in session.scalars(select(Asset)):
            asset.created_at = asset.created_at.fromtimestamp(then, asset.created_at.tzinfo)


def test_a_file_lies_under_its_hash_once_and_only_the_owner_reads_it(assets: Assets, files, place):
    sha256 = assets.write(CONTENT)
    assert assets.write(CONTENT) == sha256
    assert files() == [place(CONTENT)]
    assert assets.path(sha256).read_bytes() == CONTENT == assets.read(sha256)
    assert assets.path(sha256).stat().st_mode & 0o777 == 0o600
    assert assets.path(sha256).parent.stat().st_mode & 0o777 == 0o700


def test_the_empty_file_is_a_file(assets: Assets):
    assert assets.read(assets.write(b"")) == b""


@pytest.mark.parametrize(
    "name", ["", "..", "../../etc/passwd", "a" * 63, "A" * 64, "g" * 64, "a" * 64 + "\n", "/" * 64]
)
def test_only_a_hash_names_a_file(assets: Assets, name: str):
    assets.write(CONTENT)
    for ask in (assets.path, assets.read, assets.picture):
        with pytest.raises(NotFound):
            ask(name)


def test_what_is_gone_is_not_found(assets: Assets, database: Database):
    sha256 = assets.write(encode_png(scene()))
    assets.picture(sha256)
    assets.path(sha256).unlink()
    for ask in (assets.path, assets.read, assets.picture):
        with pytest.raises(NotFound) as caught:
            ask(sha256)
        assert sha256[:12] in caught.value.message.zh
    with pytest.raises(NotFound), database.session() as session:
        assets.record(session, sha256, "image/png")
    assert rows(database) == set()


def test_a_damaged_file_is_noticed_and_mended_by_writing_it_again(assets: Assets):
    sha256 = assets.write(CONTENT)
    path = assets.path(sha256)
    path.write_bytes(CONTENT[:-1] + b"\0")
    with pytest.raises(DamagedFile, match="damaged"):
        assets.read(sha256)
    path.write_bytes(CONTENT[:500])
    with pytest.raises(DamagedFile):
        assets.picture(sha256)
    assets.write(CONTENT)
    assert assets.read(sha256) == CONTENT


def test_pictures_are_shared_read_only_and_bounded(home: Home):
    images = [np.random.default_rng(seed).integers(0, 256, (64, 64, 3)).astype(np.uint8) for seed in range(4)]
    assets = Assets(home.assets_root, cached_bytes=2 * images[0].nbytes)
    hashes = [assets.write(encode_png(image)) for image in images]
    for sha256, image in zip(hashes, images, strict=True):
        assert np.array_equal(assets.picture(sha256), image)
    kept = assets.picture(hashes[3])
    assert assets.picture(hashes[3]) is kept, "a picture at hand is not decoded again"
    assert not kept.flags.writeable
    assets.picture(hashes[0])
    assets.picture(hashes[1])
    assert assets.picture(hashes[3]) is not kept, "the least used picture went first"


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_a_failure_before_the_rename_leaves_nothing(assets: Assets, files, monkeypatch, step: str):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*{"write": (os, "open"), "fsync": (os, "fsync"), "replace": (Path, "replace")}[step], fail)
    with pytest.raises(Conflict, match="No space left on device"):
        assets.write(CONTENT)
    assert files() == []


def test_content_is_synced_before_the_rename_and_the_folder_after_it(assets: Assets, monkeypatch):
    steps, fsync, replace = [], os.fsync, Path.replace
    opened = lambda number: Path(f"/proc/self/fd/{number}").readlink().name  # noqa: E731
    monkeypatch.setattr(os, "fsync", lambda number: (steps.append(opened(number)), fsync(number)))
    monkeypatch.setattr(Path, "replace", lambda self, to: (steps.append("rename"), replace(self, to))[1])
    sha256 = assets.write(CONTENT)
    assert [step.split(".")[-1] for step in steps] == ["part", "rename", sha256[:2], "assets"]


KILLED = """
import sys, os, hashlib
from pathlib import Path
from storage.files import Assets
assets = Assets(Path(sys.argv[1]))
print("ready", flush=True)
number = 0
while True:
    assets.write(number.to_bytes(4, "big") * 50_000)
    number += 1
"""


def test_kill_9_at_any_moment_leaves_no_half_file(assets: Assets, database: Database):
    for turn in range(4):
        writer = subprocess.Popen([sys.executable, "-c", KILLED, str(assets.root)], cwd=ROOT, stdout=subprocess.PIPE)
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(0.05 + 0.037 * turn)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
    whole = [path for path in assets.root.glob("*/*") if path.suffix != ".part"]
    assert whole
    for path in whole:
        assert assets.read(path.parent.name + path.name)[:4] * 50_000 == path.read_bytes()
    assets.sweep(database, older_than_seconds=0)
    assert not list(assets.root.glob("*/*")), "without rows, all of it is swept, parts included"


def test_many_writers_of_the_same_content(assets: Assets, files, place):
    contents = [bytes([number]) * 200_000 for number in range(6)]
    with ThreadPoolExecutor(8) as pool:
        hashes = list(pool.map(assets.write, contents * 8))
    assert files() == sorted(place(content) for content in contents)
    assert all(assets.read(sha256) == content for sha256, content in zip(hashes, contents * 8, strict=True))


def test_a_row_is_made_once_and_goes_with_its_transaction(assets: Assets, database: Database):
    sha256 = assets.write(CONTENT)
    with database.session() as session:
        assets.record(session, sha256, "image/png", 128, 96)
        assets.record(session, sha256, "image/png", 128, 96)
    with database.session() as session:
        assets.record(session, sha256, "image/png", 128, 96)
        asset = session.get(Asset, sha256)
        assert (asset.bytes, asset.media_type, asset.width, asset.height) == (len(CONTENT), "image/png", 128, 96)
    with pytest.raises(RuntimeError), database.session() as session:
        assets.record(session, assets.write(b"another"), "text/plain")
        raise RuntimeError("the caller changed its mind")
    assert rows(database) == {sha256}


def referred(database: Database, assets: Assets, add_photo) -> set[str]:
    """One asset for every column that can refer to one."""
    names = ("photo", "plate", "frame", "thumbnail", "adapter", "script", "waiting")
    hashes = {name: assets.write(name.encode()) for name in names}
    with database.session() as session:
        for sha256 in hashes.values():
            assets.record(session, sha256, "application/octet-stream")
        add_photo(session, hashes["photo"])
        shot = Shot(position=1, number="1", size="MS", framing="single", seconds=2)
        episode = Episode(number=1, script_sha256=hashes["script"])
        episode.scenes = [Scene(position=1, number="1", location="hall", shots=[shot])]
        plate = Plate(key="hall", location="hall", asset_sha256=hashes["plate"])
        session.add(Series(title="Seventh Letter", episodes=[episode], plates=[plate]))
        take = Take(
            number=1,
            recipe_key="k",
            request={},
            engine="photoboard",
            engine_version="1",
            seed=1,
            width=1,
            height=1,
            seconds=1,
        )
        take.asset_sha256, take.thumbnail_sha256 = hashes["frame"], hashes["thumbnail"]
        shot.takes = [take]
        character = session.scalars(select(Character)).one()
        character.adapters = [Adapter(kind="lora", asset_sha256=hashes["adapter"])]
        payload = {"photos": [{"asset": hashes["waiting"]}]}
        session.add(Job(kind="intake", key="a", active_key="a", payload=payload))
        session.add(Job(kind="intake", key="b", active_key=None, payload={"asset": assets.write(b"done with")}))
        assets.record(session, assets.write(b"done with"), "text/plain")
    return set(hashes.values())


def test_a_sweep_keeps_what_anything_refers_to(assets: Assets, database: Database, add_photo, files):
    kept = referred(database, assets, add_photo)
    with database.session() as session:
        for number in range(3):
            assets.record(session, assets.write(b"nobody's %d" % number), "text/plain")
    assets.write(b"a file without a row")
    make_old(assets, database)
    swept = assets.sweep(database, older_than_seconds=3600)
    assert (swept.rows, swept.files) == (4, 5)
    assert swept.bytes == 3 * len("nobody's 0") + len("done with") + len("a file without a row")
    assert rows(database) == kept == {path.replace("/", "") for path in files()}
    assert assets.sweep(database, older_than_seconds=0) == type(swept)(0, 0, 0)


def test_every_column_that_refers_to_an_asset_was_tried(assets: Assets, database: Database, add_photo):
    referred(database, assets, add_photo)
    with database.reading() as session:
        for table in Asset.metadata.sorted_tables:
            for column in table.columns:
                if "sha256" in column.name and table.name != "asset":
                    assert session.scalar(select(column).where(column.is_not(None))), f"{table.name}.{column.name}"


def test_a_sweep_leaves_alone_what_has_just_come_in(assets: Assets, database: Database, files):
    waiting = assets.write(b"a write in flight")
    with database.session() as session:
        assets.record(session, assets.write(b"a row whose photo comes next"), "image/png")
    assert assets.sweep(database, older_than_seconds=3600).files == 0
    make_old(assets, database)
    assets.write(b"a write in flight")
    assets.write(b"a row whose photo comes next")
    assert assets.sweep(database, older_than_seconds=3600).files == 0, "used again just now"
    assert len(files()) == 2 and assets.path(waiting)


def test_forgetting_takes_the_row_first_and_the_file_after(assets: Assets, database: Database, add_photo):
    photo, shared = assets.write(b"one photo"), assets.write(b"in two looks")
    with database.session() as session:
        for sha256 in (photo, shared):
            assets.record(session, sha256, "image/png")
        first, second = add_photo(session, photo), add_photo(session, shared)
        add_photo(session, shared, "somebody else")
        first_id, second_id = first.id, second.id
    with database.session() as session:
        for photo_id in (first_id, second_id):
            session.delete(session.get(type(first), photo_id))
        gone = assets.forget(session, [photo, shared, "0" * 64])
        assert assets.path(photo), "the file stays until the transaction is committed"
    assert gone == {photo} and rows(database) == {shared}
    assert assets.discard(database, [photo, shared]) == len(b"one photo")
    assert not assets.path(shared).samefile(assets.root) and not (assets.root / photo[:2] / photo[2:]).exists()


def test_a_forgotten_row_comes_back_with_the_transaction(assets: Assets, database: Database):
    sha256 = assets.write(CONTENT)
    with database.session() as session:
        assets.record(session, sha256, "image/png")
    with pytest.raises(RuntimeError), database.session() as session:
        assert assets.forget(session, [sha256]) == {sha256}
        raise RuntimeError("no")
    assert assets.discard(database, [sha256]) == 0
    assert assets.read(sha256) == CONTENT and rows(database) == {sha256}


def test_sweeping_ten_thousand_rows_asks_few_questions(assets: Assets, database: Database):
    from sqlalchemy import event

    with database.session() as session:
        session.add_all(Asset(sha256=f"{n:064x}", bytes=1, media_type="x") for n in range(10_000))
    make_old(assets, database)
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    assert assets.sweep(database, 3600).rows == 10_000
    assert len(asked) < 120


@pytest.mark.filterwarnings("ignore::UserWarning:PIL.TiffImagePlugin")  # remarks about the broken TIFFs
def test_no_hostile_upload_leaves_a_file_or_a_row(assets: Assets, database: Database, home: Home, tmp_path: Path):
    """As the studio takes a photo in: door, then file, then row; from memory and from disk."""
    assert rows(database) == set()
    before = sorted(tmp_path.rglob("*"))
    count = 0
    for upload in hostile():
        with pytest.raises(BadPicture):
            picture = take_in(upload.content, upload.name)
            sha256 = assets.write(picture.content)
            with database.session() as session:
                assets.record(session, sha256, picture.media_type, picture.width, picture.height)
        count += 1
    assert count >= 60
    assert rows(database) == set() and sorted(tmp_path.rglob("*")) == before


def test_paths_that_are_no_picture_files(tmp_path: Path):
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "secret.jpg").write_bytes(b"x")
    (tmp_path / "loop.jpg").symlink_to("loop.jpg")
    cases = {
        tmp_path: "folder",
        tmp_path / "nowhere.jpg": "cannot be read",
        tmp_path / "pipe.jpg": "not an ordinary file",
        Path("/dev/zero"): "not an ordinary file",
        tmp_path / "loop.jpg": "cannot be read",
        tmp_path / "a\0b.jpg": "cannot be read",
        tmp_path / ("long" * 100): "cannot be read",
    }
    for path, reason in cases.items():
        with pytest.raises(BadPicture, match=reason):
            take_in(path, path.name)
    if os.geteuid():
        (tmp_path / "secret.jpg").chmod(0)
        with pytest.raises(BadPicture, match="cannot be read"):
            take_in(tmp_path / "secret.jpg", "secret.jpg")


def test_a_picture_comes_in_from_disk_as_from_memory(tmp_path: Path):
    content = encode_png(scene())
    (tmp_path / "wang.png").write_bytes(content)
    assert take_in(tmp_path / "wang.png", "wang.png").content == take_in(content, "wang.png").content
