"""A file that was cut anywhere, or is something else altogether, is never taken for whole."""

import io
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from studio.weights.damage import EMPTY, PAGE, POINTER, TRUNCATED, damage, safetensors_header

TENSORS = save({"a": np.arange(300, dtype=np.float32), "b": np.ones((3, 4), np.float16)}, {"who": "me"})


def varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def onnx(graph: bytes = b"g" * 900) -> bytes:
    """ir_version, producer_name, graph, opset_import: the fields of a ModelProto in protobuf's own encoding."""
    return b"\x08\x08\x12\x07pytorch\x3a" + varint(len(graph)) + graph + b"\x42\x02\x10\x0b"


def torch_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("archive/data.pkl", b"\x80\x02.")
        archive.writestr("archive/data/0", b"\0" * 800)
    return buffer.getvalue()


WHOLE = {".safetensors": TENSORS, ".onnx": onnx(), ".bin": torch_zip(), ".json": b'{"a": [1, 2]}'}


def looked_at(folder: Path, suffix: str, content: bytes):
    path = folder / f"file{suffix}"
    path.write_bytes(content)
    return damage(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damage")


@pytest.mark.parametrize("suffix", WHOLE)
def test_a_whole_file_is_whole(folder, suffix):
    assert looked_at(folder, suffix, WHOLE[suffix]) is None


@pytest.mark.parametrize("suffix", [".safetensors", ".bin", ".json"])
@given(data=st.data())
def test_no_beginning_of_a_file_is_taken_for_the_file(folder, suffix, data):
    keep = data.draw(st.integers(0, len(WHOLE[suffix]) - 1))
    assert looked_at(folder, suffix, WHOLE[suffix][:keep]) is not None


@given(st.integers(1, len(onnx()) - 5))
def test_an_onnx_that_ends_inside_its_graph_is_cut(folder, keep):
    """The last four bytes are a field of their own: without it the rest is a whole message."""
    assert looked_at(folder, ".onnx", onnx()[:keep]) is not None


@given(st.binary(min_size=1, max_size=300))
def test_something_else_is_never_safetensors(folder, content):
    assert looked_at(folder, ".safetensors", content) is not None


def test_every_kind_of_damage_has_its_name(folder):
    pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 5135149760\n"
    page = b"\n <!DOCTYPE HTML><html><title>Sign in</title>"
    for suffix in (".safetensors", ".onnx", ".bin", ".json", ".txt", ".spm"):
        assert looked_at(folder, suffix, pointer) is POINTER
        assert looked_at(folder, suffix, page) is PAGE
        assert looked_at(folder, suffix, b"") is EMPTY
    assert looked_at(folder, ".safetensors", TENSORS[:-1]) is TRUNCATED
    assert looked_at(folder, ".onnx", onnx()[:500]) is TRUNCATED
    assert looked_at(folder, ".bin", torch_zip()[:-30]) is TRUNCATED
    assert looked_at(folder, ".safetensors", TENSORS + b"more") not in (None, TRUNCATED)


def test_a_header_that_claims_the_earth_is_not_read(folder):
    assert looked_at(folder, ".safetensors", struct.pack("<Q", 2**62) + b"{}") is not None


def test_the_header_tells_names_and_shapes(folder):
    path = folder / "x.safetensors"
    path.write_bytes(TENSORS)
    header = safetensors_header(path)
    assert header["b"]["shape"] == [3, 4] and header["__metadata__"] == {"who": "me"}
    path.write_bytes(TENSORS[:20])
    with pytest.raises(ValueError, match="cut short"):
        safetensors_header(path)


def test_real_onnx_files_are_whole_and_their_halves_are_not(shared, folder):
    models = sorted((shared / "faces/models").rglob("*.onnx"))
    assert models
    for model in models:
        assert damage(model) is None, model.name
    content = models[0].read_bytes()
    assert looked_at(folder, ".onnx", content[: len(content) // 2]) is TRUNCATED
