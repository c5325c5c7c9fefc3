"""The form of a backup: a sealed file with the database and every asset it names."""

import re
from collections.abc import Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from storage.errors import Message
from storage.home import ASSETS, DATABASE
from storage.sealed import MANIFEST, Hash, Member, Sealed, Sealing, asset_member, put

__all__ = ["ASSET", "MANIFEST", "BackupFile", "Manifest", "Member", "asset_member", "put"]

FORMAT = 1
ASSET = re.compile(rf"{ASSETS}/[0-9a-f]{{2}}/[0-9a-f]{{62}}")


class Manifest(Sealing):
    """What a backup holds. missing: assets that the database names but that were lost or damaged at the time."""

    castlock_backup: int = FORMAT
    schema_revision: Annotated[str, Field(pattern=r"^[0-9A-Za-z_]{1,64}$")]
    made_at: str
    missing: tuple[Hash, ...] = ()


class BackupFile(Sealed[Manifest]):
    """A backup opened for reading."""

    what: ClassVar[Message] = Message("backup", "备份")

    @classmethod
    def belongs(cls, name: str) -> bool:
        return name == DATABASE or ASSET.fullmatch(name) is not None

    def read_manifest(self, content: bytes) -> Manifest:
        manifest = Manifest.model_validate_json(content)
        if manifest.castlock_backup > FORMAT:
            raise self.newer(self.source)
        return manifest

    def check(self, there: Mapping[str, int]) -> None:
        if DATABASE not in there:
            raise self.foreign(self.source, "it has no database", "没有数据库")
