"""What counts as installed, how it is told apart, and what is said where it is not there."""

import hashlib
import os
from pathlib import Path

import pytest

from storage.errors import NotFound, ResourceMissing
from studio.weights import PARTS, Weights
from studio.weights.digests import INDEX, sample_of
from studio.weights.licences import OWN
from studio.weights.needs import missing, needed
from studio.weights.published import BASE

BIG = b"x" * 5000


def put(weights: Weights, place: str, content: bytes = BIG) -> Path:
    path = weights.root / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def put_checkpoint(weights: Weights, name: str) -> None:
    for place in (
        "model_index.json",
        "scheduler/scheduler_config.json",
        "tokenizer/vocab.json",
        "tokenizer_2/tokenizer.json",
    ):
        put(weights, f"base/{name}/{place}", b"{}")
    for component in ("unet", "vae", "text_encoder", "text_encoder_2"):
        put(weights, f"base/{name}/{component}/config.json", b"{}")
        put(weights, f"base/{name}/{component}/model.safetensors")


@pytest.fixture
def weights(tmp_path: Path) -> Weights:
    return Weights(tmp_path / "weights")


@pytest.fixture
def random_weights(weights: Weights) -> Weights:
    put(weights, "RANDOM-WEIGHTS.txt", b"random")
    return weights


def test_an_absent_folder_has_nothing_and_is_not_made(weights):
    assert weights.bases() == () and not weights.random and not any(weights.has(part) for part in PARTS)
    assert not weights.root.exists()


@pytest.mark.parametrize("part", sorted(PARTS))
def test_a_missing_part_names_the_command_that_mends_it(weights, part):
    with pytest.raises(ResourceMissing) as caught:
        weights.path(part)
    for said in (caught.value.message.en, caught.value.message.zh):
        assert f"python -m studio weights pull {part}" in said and str(weights.root) in said


def test_a_part_is_there_when_all_of_its_files_are(random_weights):
    files = [file.place for file in PARTS["instantid"].files]
    for place in files[:-1]:
        put(random_weights, place)
        assert not random_weights.has("instantid")
    put(random_weights, files[-1])
    assert random_weights.has("instantid") and random_weights.path("instantid") == random_weights.root / "instantid"


def test_a_file_that_is_far_too_small_is_not_the_file_but_half_precision_is(weights):
    published = PARTS["few-step/lightning-4"].files[0]
    path = put(weights, published.place, b"version https://git-lfs.github.com/spec/v1\n")
    assert not weights.has("few-step/lightning-4")
    os.truncate(path, published.bytes // 10)
    assert not weights.has("few-step/lightning-4")
    os.truncate(path, published.bytes // 2 + 8)
    assert weights.has("few-step/lightning-4") and weights.path("few-step/lightning-4") == path


def test_a_converted_file_is_preferred(random_weights):
    original = put(random_weights, "ip-adapter/ip-adapter-faceid_sdxl.bin")
    assert random_weights.path("ip-adapter/faceid") == original
    converted = put(random_weights, "ip-adapter/ip-adapter-faceid_sdxl.safetensors")
    assert random_weights.path("ip-adapter/faceid") == converted
    original.unlink()
    assert random_weights.path("ip-adapter/faceid") == converted


def test_checkpoints_are_folders_and_single_files_by_name(weights):
    put(weights, "base/zeta.safetensors")
    put(weights, "base/half.safetensors", b"version https://git-lfs")
    put(weights, "base/notes.txt")
    put(weights, "base/empty/model_index.json", b"{}")
    put_checkpoint(weights, "alpha")
    assert weights.bases() == ("alpha", "zeta")
    assert weights.base() == weights.root / "base/alpha" and weights.base("zeta").name == "zeta.safetensors"
    assert weights.has("base/zeta") and not weights.has("base/empty")
    with pytest.raises(NotFound, match="alpha, zeta"):
        weights.base("../alpha")
    with pytest.raises(ResourceMissing, match=f"pull {BASE}"):
        weights.path(BASE)
    (weights.root / "base/alpha/vae/model.safetensors").unlink()
    assert weights.bases() == ("zeta",)


def test_a_single_file_needs_the_configurations_beside_it(weights):
    assert needed(weights, "adapters") == (BASE, "vae") == missing(weights, "adapters")
    put(weights, "base/zeta.safetensors")
    assert missing(weights, "adapters") == ("sdxl-config", "vae")
    put_checkpoint(weights, "alpha")
    assert missing(weights, "adapters") == ("vae",)
    with pytest.raises(NotFound, match="instantid"):
        needed(weights, "photoboard")


@pytest.mark.parametrize("size", [10, 2**20, 3 * 2**20])
def test_a_fingerprint_follows_the_content_and_nothing_else(tmp_path, size):
    first, second = Weights(tmp_path / "a"), Weights(tmp_path / "b")
    for each in (first, second):
        put(each, "RANDOM-WEIGHTS.txt")
        put(each, "few-step/lcm.safetensors", b"\0" * size)
        put(each, "few-step/hyper-8.safetensors", b"\1" * size)
    mark = first.fingerprint(["few-step/lcm", "few-step/hyper-8"])
    assert len(mark) == 16 and int(mark, 16) >= 0
    assert mark == second.fingerprint(["few-step/hyper-8", "few-step/lcm", "few-step/lcm"])
    assert mark != first.fingerprint(["few-step/lcm"])
    for where in (0, size - 1):
        changed = bytearray(b"\0" * size)
        changed[where] = 7
        put(second, "few-step/lcm.safetensors", bytes(changed))
        assert second.fingerprint(["few-step/lcm", "few-step/hyper-8"]) != mark
    with pytest.raises(ResourceMissing):
        first.fingerprint(["vae"])


def test_a_large_file_is_not_read_whole_for_its_fingerprint(tmp_path):
    path = tmp_path / "sparse"
    path.touch()
    os.truncate(path, 50 * 2**30)
    assert len(sample_of(path)) == 32


def test_a_hash_is_worked_out_once_and_again_when_the_file_changes(random_weights, monkeypatch):
    path = put(random_weights, "few-step/lcm.safetensors")
    expected = {"few-step/lcm.safetensors": hashlib.sha256(BIG).hexdigest()}
    assert random_weights.hashes(["few-step/lcm"]) == expected
    assert (random_weights.root / INDEX).is_file()
    again = Weights(random_weights.root)
    with monkeypatch.context() as unread:
        unread.setattr(hashlib, "file_digest", lambda *args: pytest.fail("it was read again"))
        assert again.hashes(["few-step/lcm"]) == expected
    path.write_bytes(b"y" * 5000)
    assert again.hashes(["few-step/lcm"]) == {"few-step/lcm.safetensors": hashlib.sha256(b"y" * 5000).hexdigest()}
    (random_weights.root / INDEX).write_text("{not json")
    assert len(again.hashes(["few-step/lcm"])) == 1


def test_what_must_be_said_is_said_once_and_not_of_random_weights(weights):
    parts = ["base/own", "instantid", "antelopev2", "buffalo_l", "vae"]
    said = weights.licences(parts)
    assert len(said) == 4 and said[0] is OWN and said[1] is PARTS["instantid"].licence
    put(weights, "RANDOM-WEIGHTS.txt")
    assert weights.licences(parts) == ()
