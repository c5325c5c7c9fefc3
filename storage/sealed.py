"""A sealed file: one ZIP, nothing compressed, and a manifest that names and hashes every member.

Nothing is compressed because pictures are already; and so no member can be larger than the file it came in, which
leaves a bomb nothing to unfold. One that comes from elsewhere is read as if an enemy had written it.
"""

import hashlib
import stat
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO, Annotated, ClassVar, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storage.errors import Conflict, InvalidInput, Message, NotFound
from storage.home import ASSETS

MANIFEST = "manifest.json"
_MAX_MANIFEST = 256 * 2**20
_MOST_MEMBERS = 1_000_000
_CHUNK = 2**20
_ZIP_ERRORS = (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError, LookupError, struct.error)

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Member(BaseModel):
    """sha256 and length of one file in the ZIP."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    sha256: Hash
    bytes: Annotated[int, Field(ge=0)]


class Sealing(BaseModel):
    """What every manifest says; each kind of file says more."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    members: dict[str, Member]


M = TypeVar("M", bound=Sealing)


def asset_member(sha256: str) -> str:
    """The name of an asset inside the file, which is its path below the home as well."""
    return f"{ASSETS}/{sha256[:2]}/{sha256[2:]}"


def asset_hash(name: str) -> str:
    """The hash that an asset's member has by its name."""
    return name.removeprefix(f"{ASSETS}/").replace("/", "", 1)


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


class Sealed(Generic[M]):
    """A sealed file opened for reading, whose names and sizes have been checked against its manifest.

    what: the word for such a file. A kind of file says which names may be in it (`belongs`), what its manifest is
    (`read_manifest`) and what else must hold of the two (`check`).
    """

    what: ClassVar[Message]

    def __init__(self, source: Path, archive: zipfile.ZipFile):
        self.source = source
        self._archive = archive
        self._entries = self._checked_entries()
        self.manifest = self._checked_manifest()

    @classmethod
    @contextmanager
    def opened(cls, source: Path) -> Iterator[Self]:
        """Raises NotFound, Conflict for the format of a newer studio, and InvalidInput for all that is no such file."""
        what = cls.what
        if not source.is_file():
            raise NotFound(f"There is no {what.en} file '{source}'.", f"没有{what.zh}文件“{source}”。")
        try:
            archive = zipfile.ZipFile(source)
        except (OSError, *_ZIP_ERRORS) as error:
            raise cls.foreign(source, "it is no ZIP file, or its end is missing", "不是 ZIP 文件或结尾缺失") from error
        with archive:
            yield cls(source, archive)

    @classmethod
    def belongs(cls, name: str) -> bool:
        """Whether a member beside the manifest may have this name."""
        raise NotImplementedError

    def read_manifest(self, content: bytes) -> M:
        """Raises ValidationError, and what else speaks against it."""
        raise NotImplementedError

    def check(self, there: Mapping[str, int]) -> None:
        """there: name -> bytes of the members. Raises InvalidInput where a member that must be there is not."""

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

    def read(self, name: str) -> bytes:
        """The bytes of one member. Raises InvalidInput where they are not what the manifest says."""
        out = BytesIO()
        self.extract(name, out)
        return out.getvalue()

    def damaged(self, name: str) -> InvalidInput:
        return InvalidInput(
            f"The {self.what.en} '{self.source}' is damaged: '{name}' is not what was saved. Use another copy of it.",
            f"{self.what.zh}“{self.source}”已损坏：“{name}”与保存时不一致。请使用另一份副本。",
        )

    @classmethod
    def newer(cls, source: Path) -> Conflict:
        return Conflict(
            f"The {cls.what.en} '{source}' was made by a newer Castlock. Update Castlock, then try again.",
            f"{cls.what.zh}“{source}”由更新版本的定妆制作。请先更新定妆，再重试。",
        )

    @classmethod
    def foreign(cls, source: Path, en: str, zh: str) -> InvalidInput:
        return InvalidInput(
            f"'{source}' is not a {cls.what.en} that Castlock made: {en}.",
            f"“{source}”不是定妆制作的{cls.what.zh}：{zh}。",
        )

    def _checked_entries(self) -> dict[str, zipfile.ZipInfo]:
        entries: dict[str, zipfile.ZipInfo] = {}
        listed = self._archive.infolist()
        if len(listed) > _MOST_MEMBERS:
            raise self.foreign(self.source, "it has far too many members", "成员数量过多")
        for entry in listed:
            name, kind = entry.filename, stat.S_IFMT(entry.external_attr >> 16)
            shown = ascii(entry.orig_filename)[:120]
            known = name == MANIFEST or self.belongs(name)
            if not known or name != entry.orig_filename or kind not in (0, stat.S_IFREG):
                raise self.foreign(
                    self.source, f"it holds {shown}, which has no place in one", f"其中的 {shown} 不属于{self.what.zh}"
                )
            if name in entries:
                raise self.foreign(self.source, f"it holds {shown} twice", f"其中的 {shown} 重复")
            if (
                entry.compress_type != zipfile.ZIP_STORED
                or entry.flag_bits & 1
                or entry.file_size != entry.compress_size
            ):
                raise self.foreign(self.source, f"{shown} is compressed or encrypted", f"其中的 {shown} 被压缩或加密")
            entries[name] = entry
        # members that overlap could claim more than the file has
        if sum(entry.file_size for entry in entries.values()) > self.source.stat().st_size:
            raise self.foreign(self.source, "its members claim to be larger than it is", "其成员声明的大小超过文件本身")
        return entries

    def _checked_manifest(self) -> M:
        entry = self._entries.get(MANIFEST)
        if entry is None or entry.file_size > _MAX_MANIFEST:
            raise self.foreign(self.source, "it has no usable manifest", "没有可用的清单")
        try:
            manifest = self.read_manifest(self._archive.read(entry))
        except (ValidationError, *_ZIP_ERRORS) as error:
            raise self.foreign(self.source, "its manifest cannot be read", "清单无法读取") from error
        there = {name: each.file_size for name, each in self._entries.items() if name != MANIFEST}
        self.check(there)
        for name in sorted(there.keys() ^ manifest.members.keys()):
            raise self.foreign(self.source, f"manifest and members disagree on {ascii(name)[:120]}", "清单与内容不一致")
        for name, member in manifest.members.items():
            if there[name] != member.bytes or (name.startswith(f"{ASSETS}/") and asset_hash(name) != member.sha256):
                raise self.damaged(name)
        return manifest
