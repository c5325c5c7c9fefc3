"""A .bin adapter becomes safetensors once: the same numbers bit for bit, and nothing in the file is ever executed."""

import os
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from storage.errors import Conflict, InvalidInput
from studio.weights import Weights
from studio.weights.conversion import as_safetensors


def adapter(**changed: object) -> dict[str, object]:
    torch.manual_seed(0)
    shared = torch.randn(6, 6)
    return {
        "image_proj": {"latents": torch.randn(1, 4, 8), "half": torch.randn(3, 3).half(), "view": shared[:3]},
        "ip_adapter": {"1.to_k_ip.weight": torch.randn(4, 8), "turned": torch.randn(4, 5).T, "view": shared[3:]},
        **changed,
    }


def saved(folder: Path, content: object, **how: object) -> Path:
    path = folder / "ip-adapter.bin"
    torch.save(content, path, **how)
    return path


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "older format"])
def test_the_numbers_stay_bit_for_bit(tmp_path, zipped):
    path = saved(tmp_path, adapter(), _use_new_zipfile_serialization=zipped)
    made = as_safetensors(path)
    assert made == tmp_path / "ip-adapter.safetensors"
    expected = {f"{group}.{name}": each for group, inner in adapter().items() for name, each in inner.items()}
    found = load_file(made)
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        assert found[name].dtype == tensor.dtype and torch.equal(found[name], tensor), name
    assert sorted(each.name for each in tmp_path.iterdir()) == ["ip-adapter.bin", "ip-adapter.safetensors"]


def test_it_is_made_once_and_anew_only_when_the_bin_changes(tmp_path):
    path = saved(tmp_path, adapter())
    made = as_safetensors(path)
    first = made.stat().st_mtime_ns
    assert as_safetensors(path) == made == as_safetensors(made) and made.stat().st_mtime_ns == first
    saved(tmp_path, adapter(ip_adapter={"1.to_k_ip.weight": torch.zeros(4, 8)}))
    assert load_file(as_safetensors(path))["ip_adapter.1.to_k_ip.weight"].count_nonzero() == 0


def test_converting_changes_no_fingerprint(tmp_path):
    """Else every frame would count as made with other weights after the first job."""
    weights = Weights(tmp_path)
    (tmp_path / "RANDOM-WEIGHTS.txt").write_text("random")
    folder = tmp_path / "ip-adapter"
    folder.mkdir()
    path = folder / "ip-adapter-faceid_sdxl.bin"
    torch.save(adapter(), path)
    before = weights.fingerprint(["ip-adapter/faceid"]), weights.hashes(["ip-adapter/faceid"])
    assert weights.path("ip-adapter/faceid") == path
    made = as_safetensors(path)
    assert weights.path("ip-adapter/faceid") == made
    assert (weights.fingerprint(["ip-adapter/faceid"]), weights.hashes(["ip-adapter/faceid"])) == before


class Harmful:
    def __init__(self, trace: Path):
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (str(self.trace),)


def test_a_program_in_a_bin_is_not_run(tmp_path):
    trace = tmp_path / "ran"
    for content in (pickle.dumps(Harmful(trace), protocol=2), None):
        path = tmp_path / "ip-adapter.bin"
        path.write_bytes(content) if content else torch.save({"image_proj": Harmful(trace), "ip_adapter": {}}, path)
        with pytest.raises(InvalidInput, match="safely"):
            as_safetensors(path)
        assert not trace.exists() and not path.with_suffix(".safetensors").exists()


@pytest.mark.parametrize(
    "content",
    [
        {"state_dict": {"a": torch.ones(1)}},
        {"image_proj": {"a": torch.ones(1)}},
        {"image_proj": {"a": 1}, "ip_adapter": {"b": torch.ones(1)}},
        {"image_proj": {}, "ip_adapter": {}},
        torch.ones(3),
    ],
)
def test_what_is_no_adapter_is_refused(tmp_path, content):
    path = saved(tmp_path, content)
    with pytest.raises(InvalidInput, match="not an image-prompt adapter"):
        as_safetensors(path)
    assert [each.name for each in tmp_path.iterdir()] == ["ip-adapter.bin"]


@pytest.mark.parametrize("keep", [0, 10, 500, 1500])
def test_a_cut_bin_is_refused(tmp_path, keep):
    path = saved(tmp_path, adapter())
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InvalidInput):
        as_safetensors(path)
    assert not path.with_suffix(".safetensors").exists()


def test_a_full_disk_leaves_no_half_file(tmp_path, monkeypatch):
    path = saved(tmp_path, adapter())

    def full(*args: object, **kwargs: object) -> None:
        Path(args[1]).write_bytes(b"half")  # pyright: ignore[reportArgumentType]
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("safetensors.torch.save_file", full)
    with pytest.raises(Conflict, match="disk is full"):
        as_safetensors(path)
    assert [each.name for each in tmp_path.iterdir()] == ["ip-adapter.bin"]


def test_the_kit_adapter_in_its_published_layout(shared, tmp_path):
    source = shared / "instantid-kit/open/base/checkpoints/ip-adapter.bin"
    path = tmp_path / "ip-adapter.bin"
    path.write_bytes(source.read_bytes())
    found = load_file(as_safetensors(path))
    groups = torch.load(source, weights_only=True)
    assert len(found) == sum(len(inner) for inner in groups.values())
    assert all(
        torch.equal(found[f"{group}.{name}"], each) for group, inner in groups.items() for name, each in inner.items()
    )
