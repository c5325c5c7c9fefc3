"""Face packs come as zips from strangers: nested folders are flattened, and nothing a zip claims is believed."""

import hashlib
import io
import struct
import zipfile
from pathlib import Path

import pytest

from storage.errors import InvalidInput, Message
from studio.weights import PARTS, Part, PublishedFile
from studio.weights.adding import add
from studio.weights.licences import INSIGHTFACE
from studio.weights.pulling import pull
from studio.weights.sources import hub as hub_at


def onnx(size: int) -> bytes:
    """The outermost fields of an ONNX file: version 8, and a graph of `size` bytes."""
    length = bytes([size & 0x7F | 0x80, size >> 7 & 0x7F | 0x80, size >> 14])
    return b"\x08\x08\x3a" + length + b"\x07" * size


DETECTOR, RECOGNISER = onnx(300_000), onnx(400_000)


def pack(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


GOOD = pack(**{"pack/pack/det.onnx": DETECTOR, "pack/pack/rec.onnx": RECOGNISER, "pack/pack/age.onnx": b"unwanted"})


@pytest.fixture
def make_pack(hub, monkeypatch):
    """Publishes a zip as the part 'pack' of the local hub."""

    def make(content: bytes) -> Part:
        hub.put("owner/tools", "pack.zip", content)
        files = tuple(
            PublishedFile(name, f"faces/pack/{name}", len(inner), hashlib.sha256(inner).hexdigest())
            for name, inner in (("det.onnx", DETECTOR), ("rec.onnx", RECOGNISER))
        )
        zipped = PublishedFile("pack.zip", "faces/pack.zip", len(content), hashlib.sha256(content).hexdigest())
        part = Part("pack", "faces/pack", Message("a", "一"), "owner/tools", "main", INSIGHTFACE, files, zipped)
        monkeypatch.setitem(PARTS, "pack", part)
        return part

    return make


def test_a_pack_is_unpacked_flat_and_the_zip_is_not_kept(hub, weights, make_pack):
    make_pack(GOOD)
    pull(weights, ["pack"], accept_licence=True, source=hub_at(hub.url))
    there = {path.relative_to(weights.root).as_posix() for path in weights.root.rglob("*") if path.is_file()}
    assert there == {"faces/pack/det.onnx", "faces/pack/rec.onnx", ".hashes.json"}
    assert (weights.path("pack") / "rec.onnx").read_bytes() == RECOGNISER


def _lying() -> bytes:
    """A bomb: its directory says that det.onnx has as many bytes as it should, and 50 MB come out."""
    bomb = bytearray(pack(**{"det.onnx": b"\0" * 50_000_000, "rec.onnx": RECOGNISER}))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        struct.pack_into("<I", bomb, bomb.index(signature) + offset, len(DETECTOR))
    return bytes(bomb)


def _link() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        link = zipfile.ZipInfo("det.onnx")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("rec.onnx", RECOGNISER)
    return buffer.getvalue()


def _twice() -> bytes:
    return pack(**{"a/det.onnx": DETECTOR, "b/det.onnx": RECOGNISER, "rec.onnx": RECOGNISER})


HOSTILE = {
    "climbs out": (pack(**{"../../det.onnx": DETECTOR, "rec.onnx": RECOGNISER}), "outside of itself"),
    "absolute": (pack(**{"/tmp/det.onnx": DETECTOR, "rec.onnx": RECOGNISER}), "outside of itself"),
    "backslashes": (pack(**{"..\\..\\det.onnx": DETECTOR, "rec.onnx": RECOGNISER}), "outside of itself"),
    "a link": (_link(), "outside of itself"),
    "a bomb": (pack(**{"det.onnx": b"\0" * 50_000_000, "rec.onnx": RECOGNISER}), "more than the"),
    "a bomb that lies": (_lying(), "not a whole zip|more than the|hash is wrong"),
    "twice the same": (_twice(), "more than once"),
    "a zip in a zip": (pack(**{"pack.zip": GOOD}), "another zip"),
    "one is missing": (pack(**{"det.onnx": DETECTOR}), "does not hold rec.onnx"),
    "other content": (pack(**{"det.onnx": DETECTOR, "rec.onnx": RECOGNISER[:-1] + b"!"}), "hash is wrong"),
    "no zip": (b"x" * 5000, "not a whole zip"),
    "half a zip": (GOOD[: len(GOOD) // 2], "not a whole zip"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_or_broken_pack_installs_nothing(hub, weights, make_pack, tmp_path, name):
    content, said = HOSTILE[name]
    make_pack(content)
    with pytest.raises(InvalidInput, match=said):
        pull(weights, ["pack"], accept_licence=True, source=hub_at(hub.url))
    assert not weights.has("pack") and not (weights.root / "faces").exists()
    assert [path.name for path in tmp_path.rglob("*") if path.is_file() and path.name != "lock"] == []
    assert not Path("/tmp/det.onnx").exists()


def test_a_zip_of_ones_own_is_added_by_the_same_rules(weights, make_pack, tmp_path):
    make_pack(GOOD)
    mine = tmp_path / "mine.zip"
    mine.write_bytes(GOOD)
    assert set(add(weights, mine, "pack")) == {"faces/pack/det.onnx", "faces/pack/rec.onnx"}
    assert weights.has("pack") and mine.read_bytes() == GOOD
    mine.write_bytes(HOSTILE["climbs out"][0])
    with pytest.raises(InvalidInput, match="outside of itself"):
        add(weights, mine, "pack", replace=True)
    assert (weights.root / "faces/pack/det.onnx").read_bytes() == DETECTOR
    assert not (weights.root / ".pulling").exists()
