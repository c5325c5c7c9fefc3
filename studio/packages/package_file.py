"""The sealed file of a package: which members it may have, and how it is written."""

import json
import os
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, ClassVar, TypeVar

from pydantic import BaseModel, ValidationError

from storage.archive import ASSET
from storage.errors import Conflict, InvalidInput, Message
from storage.files import Assets, owner_only, sync_folder
from storage.sealed import MANIFEST, Sealed, asset_hash, asset_member, put
from studio.packages.checking import Contents, contradiction, unread
from studio.packages.values import VERSION, CharacterValue, EpisodeValue, Manifest, SeriesMember

SERIES, CHARACTER = "series.json", "character.json"
_EPISODE = re.compile(r"episodes/(0|[1-9][0-9]{0,5})\.json")
_MOST_JSON_BYTES = 256 * 2**20

Value = TypeVar("Value", bound=BaseModel)


def episode_member(number: int) -> str:
    return f"episodes/{number}.json"


class PackageFile(Sealed[Manifest]):
    """A package opened for reading. A kind of package has a format and a member that it begins with."""

    format: ClassVar[str]
    suffix: ClassVar[str]
    head: ClassVar[str]

    @classmethod
    def belongs(cls, name: str) -> bool:
        return name == cls.head or ASSET.fullmatch(name) is not None

    def read_manifest(self, content: bytes) -> Manifest:
        manifest = Manifest.model_validate_json(content)
        if manifest.format != self.format:
            raise self.foreign(self.source, f"it is a {manifest.format} file", f"它是 {manifest.format} 文件")
        if manifest.version > VERSION:
            raise self.newer(self.source)
        if manifest.version < 1:
            raise self.foreign(self.source, "no such version of the form was ever made", "没有这个版本的格式")
        return manifest

    def check(self, there: Mapping[str, int]) -> None:
        if self.head not in there:
            raise self.foreign(self.source, f"it has no {self.head}", f"缺少 {self.head}")
        for name, size in there.items():
            if not ASSET.fullmatch(name) and size > _MOST_JSON_BYTES:
                raise self.foreign(self.source, f"{name} is far too large", f"{name} 过大")

    @property
    def assets(self) -> frozenset[str]:
        """Hashes of the assets that are in it."""
        return frozenset(asset_hash(name) for name in self.manifest.members if ASSET.fullmatch(name))

    def asset(self, sha256: str) -> bytes:
        """Raises InvalidInput where the content is not what its hash says."""
        return self.read(asset_member(sha256))

    def value(self, name: str, kind: type[Value]) -> Value:
        """A member as what it says. Raises InvalidInput."""
        try:
            return kind.model_validate_json(self.read(name))
        except ValidationError as error:
            raise unread(name, error) from error


class SeriesFile(PackageFile):
    what: ClassVar[Message] = Message("series package", "剧集包")
    format: ClassVar[str] = "castlock-series"
    suffix: ClassVar[str] = ".castlock-series"
    head: ClassVar[str] = SERIES

    @classmethod
    def belongs(cls, name: str) -> bool:
        return super().belongs(name) or _EPISODE.fullmatch(name) is not None

    def series(self) -> SeriesMember:
        return self.value(SERIES, SeriesMember)

    def episodes(self) -> Iterable[EpisodeValue]:
        """One at a time, by number: their requests may be large."""
        for number in sorted(int(found[1]) for name in self.manifest.members if (found := _EPISODE.fullmatch(name))):
            episode = self.value(episode_member(number), EpisodeValue)
            if episode.number != number:
                raise contradiction(f"{episode_member(number)} is another episode")
            yield episode


class CharacterFile(PackageFile):
    what: ClassVar[Message] = Message("character file", "角色文件")
    format: ClassVar[str] = "castlock-character"
    suffix: ClassVar[str] = ".castlock-character"
    head: ClassVar[str] = CHARACTER

    def character(self) -> CharacterValue:
        return self.value(CHARACTER, CharacterValue)


def write_package(
    kind: type[PackageFile],
    target: Path,
    values: Iterable[tuple[str, BaseModel]],
    contents: Contents,
    assets: Assets,
    on_progress: Callable[[float], None],
) -> None:
    """Write the one new file `target`; it appears under its name only when it is whole and on the disk.

    values: (name of a member, what it says). contents: of the values, when all of them have been given. Raises InvalidInput for
    another suffix, Conflict where `target` exists or cannot be written, NotFound and DamagedFile for a lost asset.
    """
    if target.suffix != kind.suffix:
        raise InvalidInput(
            f"A {kind.what.en} ends in {kind.suffix}: write it to '{target.stem}{kind.suffix}'.",
            f"{kind.what.zh}应以 {kind.suffix} 结尾：请写到“{target.stem}{kind.suffix}”。",
        )
    if target.exists():
        raise Conflict(
            f"'{target}' exists already and is left as it is. Choose another name.",
            f"“{target}”已存在，未作改动。请另取文件名。",
        )
    if not target.parent.is_dir():
        raise InvalidInput(
            f"There is no folder '{target.parent}' to write '{target.name}' into; make it first.",
            f"文件夹“{target.parent}”不存在，无法写入“{target.name}”，请先创建。",
        )
    try:
        # beside the target, so that the last step is a rename; a folder only the owner can open
        with TemporaryDirectory(prefix=".castlock-package-", dir=target.parent) as work:
            part = Path(work, "part")
            with open(part, "xb", opener=owner_only) as stream:
                _write(stream, kind, values, contents, assets, on_progress)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise Conflict(
            f"'{target}' cannot be written ({error.strerror}). Choose another place for it.",
            f"“{target}”无法写入（{error.strerror}）。请换一个位置。",
        ) from error


def _write(
    stream: IO[bytes],
    kind: type[PackageFile],
    values: Iterable[tuple[str, BaseModel]],
    contents: Contents,
    assets: Assets,
    on_progress: Callable[[float], None],
) -> None:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        members = {name: put(archive, name, BytesIO(_json(value))) for name, value in values}
        hashes = sorted(contents.roles)
        for done, sha256 in enumerate(hashes):
            on_progress(done / len(hashes))
            members[asset_member(sha256)] = put(archive, asset_member(sha256), BytesIO(assets.read(sha256)))
        manifest = Manifest.model_validate(
            {"format": kind.format, "version": VERSION, "counts": contents.counted(), "members": members}
        )
        put(archive, MANIFEST, BytesIO(_json(manifest)))
    on_progress(1.0)


def _json(value: BaseModel) -> bytes:
    return json.dumps(value.model_dump(mode="json"), ensure_ascii=False, indent=1).encode()
