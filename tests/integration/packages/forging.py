"""A package taken apart and sealed again."""

import hashlib
import json
import warnings
import zipfile
from pathlib import Path
from typing import Any


class Forgery:
    """A package taken apart, to be changed and sealed again: hashes, lengths and counts are right unless said otherwise."""

    def __init__(self, source: Path):
        with zipfile.ZipFile(source) as archive:
            self.members = {name: archive.read(name) for name in archive.namelist()}
        self.manifest = json.loads(self.members.pop("manifest.json"))
        self.extra: list[tuple[zipfile.ZipInfo, bytes]] = []
        self.sealed = True

    def json(self, name: str) -> Any:
        return json.loads(self.members[name])

    def put(self, name: str, value: Any) -> None:
        self.members[name] = json.dumps(value).encode()

    def replace_asset(self, old: str, content: bytes) -> None:
        """Another file in the place of an asset, under its own hash, wherever it is named."""
        del self.members[f"assets/{old[:2]}/{old[2:]}"]
        new = self.add_asset(content)
        for name in self.members:
            if name.endswith(".json"):
                self.members[name] = self.members[name].replace(old.encode(), new.encode())

    def add_asset(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        self.members[f"assets/{sha256[:2]}/{sha256[2:]}"] = content
        return sha256

    def write(self, target: Path, compression: int = zipfile.ZIP_STORED) -> Path:
        if self.sealed:
            self.manifest["members"] = {
                name: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
                for name, content in self.members.items()
            }
        with zipfile.ZipFile(target, "w", compression) as archive:
            for name, content in self.members.items():
                archive.writestr(name, content)
            for made, content in self.extra:
                with warnings.catch_warnings(action="ignore", category=UserWarning):  # of a name that is there already
                    archive.writestr(made, content)
            if self.manifest is not None:
                archive.writestr("manifest.json", json.dumps(self.manifest))
        return target
