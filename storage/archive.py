"""The form of a backup: one ZIP file, nothing compressed, and a manifest that names and hashes every member.

Nothing is compressed because pictures are already; and so no member can be larger than the file it came in, which
leaves a bomb nothing to unfold. A backup that comes from elsewhere is read as if an enemy had written it.
"""

import hashlib
import re
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storage.errors import Conflict, InvalidInput, NotFound
from storage.home import ASSETS, DATABASE

FORMAT = 1
MANIFEST = "manifest.json"
_MAX_MANIFEST = 256 * 2**20
_CHUNK = 2**20
_ASSET = re.compile(rf"{ASSETS}/([0-9a-f]{{2}})/([0-9a-f]{{62}})")
_ZIP_ERRORS = (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError, LookupError, struct.error)

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Member(BaseModel):
    """sha256 and length of one file in the backup."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    sha256: Hash
    bytes: Annotated[int, Field(ge=0)]


class Manifest(BaseModel):
    """What a backup holds. missing: assets that the database names but that were lost or damaged at the time."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    castlock_backup: int = FORMAT
    schema_revision: Annotated[str, Field(pattern=r"^[0-9A-Za-z_]{1,64}$")]
    made_at: str
    members: dict[str, Member]
    missing: tuple[Hash, ...] = ()


def asset_member(sha256: str) -> str:
    """The name of an asset inside the backup, which is its path below the home as well."""
    return f"{ASSETS}/{sha256[:2]}/{sha256[2:]}"


def put(archive: zipfile.ZipFile, name: str, source: IO[bytes]) -> Member:
    """Copy `source` into the archive, under a time and a mode that tell nothing."""
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFREG | 0o600) << 16
    digest, copied = hashlib.sha256(), 0
    with archive.open(entry, "w", force_zip64=True) as out:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            copied += len(chunk)
            out.write(chunk)
    return Member(sha256=digest.hexdigest(), bytes=copied)


class BackupFile:
    """A backup opened for reading, whose names and sizes have been checked against its manifest."""

    def __init__(self, source: Path, archive: zipfile.ZipFile):
        self.source = source
        self._archive = archive
        self._entries = self._checked_entries()
        self.manifest = self._checked_manifest()

    @classmethod
    @contextmanager
    def opened(cls, source: Path) -> Iterator["BackupFile"]:
        """Raises NotFound, Conflict for the format of a newer studio, and InvalidInput for all that is no backup."""
        if not source.is_file():
            raise NotFound(f"There is no backup file '{source}'.", f"没有备份文件“{source}”。")
        try:
            archive = zipfile.ZipFile(source)
        except (OSError, *_ZIP_ERRORS) as error:
            raise _not_a_backup(
                source, "it is no ZIP file, or its end is missing", "不是 ZIP 文件或结尾缺失"
            ) from error
        with archive:
            yield cls(source, archive)

    @property
    def size(self) -> int:
        """How much room the members need."""
        return sum(member.bytes for member in self.manifest.members.values())

    def extract(self, name: str, out: IO[bytes]) -> None:
        """Copy one member to the empty file `out`. Raises InvalidInput where it is not what the manifest says."""
        expected = self.manifest.members[name]
        digest = hashlib.sha256()
        try:
            with self._archive.open(self._entries[name]) as member:
                while chunk := member.read(_CHUNK):
                    digest.update(chunk)
                    out.write(chunk)
        except _ZIP_ERRORS as error:
            raise self.damaged(name) from error
        if digest.hexdigest() != expected.sha256:
            raise self.damaged(name)

    def damaged(self, name: str) -> InvalidInput:
        return InvalidInput(
            f"The backup '{self.source}' is damaged: '{name}' is not what was saved. Use another copy of it.",
            f"备份“{self.source}”已损坏：“{name}”与保存时不一致。请使用另一份副本。",
        )

    def _checked_entries(self) -> dict[str, zipfile.ZipInfo]:
        entries: dict[str, zipfile.ZipInfo] = {}
        for entry in self._archive.infolist():
            name, kind = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
            shown = ascii(entry.orig_filename)[:120]
            known = name in (MANIFEST, DATABASE) or _ASSET.fullmatch(name)
            if not known or name != entry.orig_filename or kind not in (0, stat.S_IFREG):
                raise _not_a_backup(
                    self.source, f"it holds {shown}, which has no place in one", f"其中的 {shown} 不属于备份"
                )
            if name in entries:
                raise _not_a_backup(self.source, f"it holds {shown} twice", f"其中的 {shown} 重复")
            if (
                entry.compress_type != zipfile.ZIP_STORED
                or entry.flag_bits & 1
                or entry.file_size != entry.compress_size
            ):
                raise _not_a_backup(self.source, f"{shown} is compressed or encrypted", f"其中的 {shown} 被压缩或加密")
            entries[name] = entry
        # members that overlap could claim more than the file has
        if sum(entry.file_size for entry in entries.values()) > self.source.stat().st_size:
            raise _not_a_backup(
                self.source, "its members claim to be larger than it is", "其成员声明的大小超过文件本身"
            )
        return entries

    def _checked_manifest(self) -> Manifest:
        entry = self._entries.get(MANIFEST)
        if entry is None or entry.file_size > _MAX_MANIFEST:
            raise _not_a_backup(self.source, "it has no usable manifest", "没有可用的清单")
        try:
            manifest = Manifest.model_validate_json(self._archive.read(entry))
        except (ValidationError, *_ZIP_ERRORS) as error:
            raise _not_a_backup(self.source, "its manifest cannot be read", "清单无法读取") from error
        if manifest.castlock_backup > FORMAT:
            raise Conflict(
                f"The backup '{self.source}' was made by a newer Castlock. Update Castlock, then try again.",
                f"备份“{self.source}”由更新版本的定妆制作。请先更新定妆，再重试。",
            )
        there = self._entries.keys() - {MANIFEST}
        if DATABASE not in there:
            raise _not_a_backup(self.source, "it has no database", "没有数据库")
        for name in sorted(there ^ manifest.members.keys()):
            raise _not_a_backup(
                self.source, f"manifest and members disagree on {ascii(name)[:120]}", "清单与内容不一致"
            )
        for name, member in manifest.members.items():
            asset = _ASSET.fullmatch(name)
            if self._entries[name].file_size != member.bytes or (asset and asset[1] + asset[2] != member.sha256):
                raise self.damaged(name)
        return manifest


def _not_a_backup(source: Path, en: str, zh: str) -> InvalidInput:
    return InvalidInput(
        f"'{source}' is not a backup that Castlock made: {en}.", f"“{source}”不是定妆制作的备份：{zh}。"
    )
