"""A local hub, an empty folder of weights, and small parts in the place of the published ones."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from checkpoint_folder import write_checkpoint
from local_hub import LocalHub, local_hub
from safetensors.numpy import save

from storage.errors import Message
from studio.weights import PARTS, Part, PublishedFile, Weights
from studio.weights.licences import MIT, Licence

MakePart = Callable[..., Part]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    # huggingface_hub waits a second before it tries again
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda seconds: None)
    monkeypatch.setattr("studio.weights.fetching._CHUNK", 1000)
    with local_hub() as running:
        yield running


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    return Weights(tmp_path / "weights")


@pytest.fixture
def numbers() -> bytes:
    """A safetensors file of some 160 kB."""
    return save({"w": np.random.default_rng(0).standard_normal((200, 200)).astype(np.float32)})


@pytest.fixture
def make_part(monkeypatch: pytest.MonkeyPatch, hub: LocalHub) -> MakePart:
    """make_part(name, {source: content}, hashes=True): a part of the local hub, known by its name while the test runs."""

    def make(name: str, contents: dict[str, bytes], hashes: bool = True, licence: Licence = MIT) -> Part:
        for source, content in contents.items():
            hub.put("owner/thing", source, content)
        files = tuple(
            PublishedFile(
                source, f"{name}/{source}", len(content), hashlib.sha256(content).hexdigest() if hashes else None
            )
            for source, content in contents.items()
        )
        part = Part(name, name, Message("a small part", "小部件"), "owner/thing", "main", licence, files)
        monkeypatch.setitem(PARTS, name, part)
        return part

    return make


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    return write_checkpoint(tmp_path / "downloads/my-xl")
