"""Hashes of large files, worked out once: kept by size and time of change in an index in the folder of weights."""

import errno
import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path
from threading import Lock
from uuid import uuid4

INDEX = ".hashes.json"
_BLOCK = 64 * 2**10
_BLOCKS = 16
# (path, bytes, nanoseconds of its last change) -> its sample: a folder is looked at anew for every card of an engine
_samples: dict[tuple[Path, int, int], bytes] = {}


class Digests:
    """SHA-256 and fingerprints of files below `root`. Threads may share one."""

    def __init__(self, root: Path):
        self.root = root
        self._lock = Lock()

    def sha256(self, path: Path) -> str:
        """64 hex digits. Reads the file only if its size or time of change is not the one in the index."""
        name, stamp = self._stamp(path)
        with self._lock:
            known = self._index().get(name)
        if known is not None and known[:2] == list(stamp):
            return str(known[2])
        with path.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
        if self._stamp(path)[1] == stamp:  # else it is being written
            self._keep(name, [*stamp, found])
        return found

    def remember(self, path: Path, sha256: str) -> None:
        """Put a hash into the index that somebody has just worked out."""
        name, stamp = self._stamp(path)
        self._keep(name, [*stamp, sha256])

    def fingerprint(self, paths: Iterable[Path]) -> str:
        """16 hex digits from name, size and sampled blocks of every file; small files are read whole."""
        whole = hashlib.sha256()
        for path in paths:
            name, (size, changed) = self._stamp(path)
            key = (path.absolute(), size, changed)
            if key not in _samples:
                _samples[key] = sample_of(path)
            whole.update(f"{name}\0{size}\0".encode() + _samples[key])
        return whole.hexdigest()[:16]

    def _stamp(self, path: Path) -> tuple[str, tuple[int, int]]:
        status = path.stat()
        return path.relative_to(self.root).as_posix(), (status.st_size, status.st_mtime_ns)

    def _index(self) -> dict[str, list[int | str]]:
        try:
            index = json.loads((self.root / INDEX).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}  # the index is only a memory: without it the files are read again
        return index if isinstance(index, dict) else {}

    def _keep(self, name: str, line: list[int | str]) -> None:
        with self._lock:
            index = {known: value for known, value in self._index().items() if (self.root / known).is_file()} | {
                name: line
            }
            part = self.root / f"{INDEX}.{uuid4().hex}.part"
            try:
                part.write_text(json.dumps(index, indent=1, sort_keys=True))
                part.replace(self.root / INDEX)
            except OSError as error:
                # a folder of weights may be shared and read-only: then hashes are worked out again next time
                if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
                    raise
            finally:
                if os.access(self.root, os.W_OK):
                    part.unlink(missing_ok=True)


def sample_of(path: Path) -> bytes:
    """SHA-256 over evenly spread blocks, the first and the last among them; over everything where that is less."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        if size <= _BLOCK * _BLOCKS:
            return hashlib.file_digest(stream, "sha256").digest()
        sampled = hashlib.sha256()
        for each in range(_BLOCKS):
            stream.seek((size - _BLOCK) * each // (_BLOCKS - 1))
            sampled.update(stream.read(_BLOCK))
        return sampled.digest()
