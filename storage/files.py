"""Content-addressed files: the same bytes are kept once, under their SHA-256, and never half.

A file is written beside its place, synced and renamed, and only then gets its row; it goes the other way round: first
the row, in a committed transaction, then the file. So a row always has its file, whenever the power fails.
"""

import hashlib
import json
import os
import re
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import CompoundSelect, delete, select, union
from sqlalchemy.orm import Session

from storage.database import Database
from storage.errors import Conflict, NotFound, StudioError
from storage.models import Asset, Base, Job
from storage.pictures import decode

_HASH = re.compile(r"[0-9a-f]{64}")
_GROUP = 500
"""Hashes in one IN (...), of which a statement has one for each referring column; SQLite takes 32766 values."""


class DamagedFile(StudioError):
    """A kept file is no longer what was written: a disk or a hand has changed it."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep took away: rows, files, and the bytes of those files."""

    rows: int
    files: int
    bytes: int


class Assets:
    """Files under `root`, named by their SHA-256 alone: `root/ab/cdef...`.

    cached_bytes: how many bytes of decoded pictures `picture` keeps at hand. Threads may share one Assets.
    """

    def __init__(self, root: Path, cached_bytes: int = 256 * 2**20):
        self.root = root
        self._cached_bytes = cached_bytes
        self._pictures: OrderedDict[str, NDArray[np.uint8]] = OrderedDict()
        self._lock = Lock()

    # -- coming in -----------------------------------------------------------------------------------------------

    def write(self, content: bytes) -> str:
        """Keep `content`; its SHA-256. Durable when it returns. What is there already, at full length, is used again."""
        sha256 = hashlib.sha256(content).hexdigest()
        place = self._place(sha256)
        if self._is_there(place, len(content)):
            return sha256
        try:
            self._write(place, content)
        except OSError as error:
            raise Conflict(
                f"A file could not be kept ({error.strerror}). Free some space in '{self.root}', then try again.",
                f"文件无法保存（{error.strerror}）。请清理“{self.root}”所在磁盘后重试。",
            ) from error
        return sha256

    def record(
        self, session: Session, sha256: str, media_type: str, width: int | None = None, height: int | None = None
    ) -> None:
        """Give a written file its row, in the caller's transaction; a second time changes nothing.

        Raises NotFound where the file is not there: it was never written, or a sweep has just taken it.
        """
        size = self.path(sha256).stat().st_size
        if session.get(Asset, sha256) is None:
            session.add(Asset(sha256=sha256, bytes=size, media_type=media_type, width=width, height=height))
            session.flush()

    # -- looking up ----------------------------------------------------------------------------------------------

    def path(self, sha256: str) -> Path:
        """Where the file lies. Raises NotFound for what is no hash, and where there is no such file."""
        place = self._place(sha256)
        if not place.is_file():
            raise _gone(sha256)
        return place

    def read(self, sha256: str) -> bytes:
        """The bytes, checked against their hash. Raises NotFound, and DamagedFile where they have changed."""
        place = self._place(sha256)
        try:
            content = place.read_bytes()
        except FileNotFoundError as error:
            raise _gone(sha256) from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedFile(
                f"The kept file {sha256[:12]}… is damaged: it no longer has the content it was saved with. "
                "Upload or render it again, or restore a backup.",
                f"已保存的文件 {sha256[:12]}… 已损坏，内容与保存时不一致。请重新上传或渲染，或从备份恢复。",
            )
        return content

    def picture(self, sha256: str) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB, upright; read-only, for it is shared: copy it before drawing on it.

        Raises NotFound, DamagedFile, and BadPicture where the file is no picture.
        """
        self.path(sha256)  # another process may have erased it since
        with self._lock:
            if sha256 in self._pictures:
                self._pictures.move_to_end(sha256)
                return self._pictures[sha256]
        image = decode(self.read(sha256))
        image.setflags(write=False)
        with self._lock:
            self._pictures[sha256] = image
            total = sum(kept.nbytes for kept in self._pictures.values())
            while total > self._cached_bytes:
                total -= self._pictures.popitem(last=False)[1].nbytes
        return image

    # -- going out -----------------------------------------------------------------------------------------------

    def forget(self, session: Session, hashes: Iterable[str]) -> frozenset[str]:
        """Take away the rows of those `hashes` that nothing refers to any more, in the caller's transaction.

        The hashes whose rows went: once the transaction is committed, `discard` them.
        """
        session.flush()
        live = _hashes_of_live_jobs(session)
        gone: set[str] = set()
        for group in _groups(set(hashes) - live):
            unused = set(group) - set(session.scalars(_references(group)))
            going = delete(Asset).where(Asset.sha256.in_(unused)).returning(Asset.sha256)
            gone.update(session.scalars(going))
        return frozenset(gone)

    def discard(self, database: Database, hashes: Iterable[str]) -> int:
        """Delete the files of `hashes` that have no row; how many bytes that gave back.

        Holds the database's write lock meanwhile, so that nobody records a file while it goes.
        """
        return self._discard(database, hashes, float("inf")).bytes

    def sweep(self, database: Database, older_than_seconds: float = 3600.0) -> Swept:
        """Delete rows that nothing refers to (nor a job that is queued or running), and files that have no row.

        What came in less than `older_than_seconds` ago is left alone: it may be waiting for its row or its photo.
        Unfinished files of a writer that died are deleted as well.
        """
        before = time.time() - older_than_seconds
        with database.reading() as session:
            used = union(*(select(column).where(column.is_not(None)) for column in _REFERRING))
            past = Asset.created_at < datetime.fromtimestamp(before, UTC)
            unused = list(session.scalars(select(Asset.sha256).where(past, Asset.sha256.not_in(used))))
        old = [sha256 for sha256 in unused if _changed_at(self._place(sha256)) < before]
        with database.session() as session:
            rows = self.forget(session, old)
        swept = self._discard(database, [*rows, *self._hashes_on_disk()], before)
        parts = [part for part in self.root.glob("??/*.part") if _changed_at(part) < before]
        for part in parts:
            part.unlink(missing_ok=True)
        return Swept(len(rows), swept.files + len(parts), swept.bytes)

    # -- the folder ----------------------------------------------------------------------------------------------

    def _place(self, sha256: str) -> Path:
        if not _HASH.fullmatch(sha256):
            raise _gone(sha256)
        return self.root / sha256[:2] / sha256[2:]

    def _is_there(self, place: Path, size: int) -> bool:
        try:
            if place.stat().st_size != size:
                return False
            os.utime(place)  # so that a sweep does not take it before it has its row
        except FileNotFoundError:
            return False
        sync_folder(place.parent)  # whoever renamed it here may not have come to that yet
        return True

    def _write(self, place: Path, content: bytes) -> None:
        folder_is_new = not place.parent.exists()
        for folder in (self.root, place.parent):  # one by one: mkdir gives `mode` to the last of `parents` only
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = place.with_name(f"{place.name}.{uuid4().hex}.part")
        try:
            with open(part, "xb", opener=owner_only) as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(place.parent)
        if folder_is_new:
            sync_folder(self.root)

    def _hashes_on_disk(self) -> list[str]:
        names = (path.parent.name + path.name for path in self.root.glob("??/*"))
        return [name for name in names if _HASH.fullmatch(name)]

    def _discard(self, database: Database, hashes: Iterable[str], before: float) -> Swept:
        files = freed = 0
        for group in _groups(hashes):
            with database.session() as session:
                kept = set(session.scalars(select(Asset.sha256).where(Asset.sha256.in_(group))))
                for sha256 in set(group) - kept:
                    place = self._place(sha256)
                    if place.is_file() and _changed_at(place) < before:
                        freed += place.stat().st_size
                        files += 1
                        place.unlink()
                        with self._lock:
                            self._pictures.pop(sha256, None)
        return Swept(0, files, freed)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable: a renamed file is only safe when its folder has been synced too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def owner_only(path: str, flags: int) -> int:
    """An `opener` for open(): what it creates can be read by nobody else."""
    return os.open(path, flags, 0o600)


def _gone(sha256: str) -> NotFound:
    named = sha256[:12] if _HASH.fullmatch(sha256) else "?"
    return NotFound(
        f"The kept file {named}… is not there (any more). Upload or render it again, or restore a backup.",
        f"已保存的文件 {named}… 不存在。请重新上传或渲染，或从备份恢复。",
    )


def _changed_at(path: Path) -> float:
    """Seconds since 1970; 0 where there is no such file (any more)."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _groups(hashes: Iterable[str]) -> Iterator[list[str]]:
    ordered = sorted(set(hashes))
    for at in range(0, len(ordered), _GROUP):
        yield ordered[at : at + _GROUP]


_REFERRING = [
    column
    for table in Base.metadata.tables.values()
    for column in table.columns
    if any(key.target_fullname == "asset.sha256" for key in column.foreign_keys)
]
"""Every column that refers to an asset, whatever tables may come."""


def _references(hashes: list[str]) -> CompoundSelect[tuple[str]]:
    return union(*(select(column).where(column.in_(hashes)) for column in _REFERRING))


def _hashes_of_live_jobs(session: Session) -> set[str]:
    """A photo that waits for its analysis is named by nothing but the job's payload."""
    payloads = session.scalars(select(Job.payload).where(Job.active_key.is_not(None)))
    return {sha256 for payload in payloads for sha256 in _HASH.findall(json.dumps(payload))}
