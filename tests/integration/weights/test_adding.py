"""Weights of one's own: what is taken, under which name, and what is refused without a trace."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from checkpoint_folder import SMALL, write
from safetensors.numpy import save

from storage.errors import Conflict, InvalidInput, NotFound, StudioError
from studio.weights import Weights
from studio.weights.adding import add
from studio.weights.checking import check

POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n"
SINGLE = save(
    {
        name: np.ones((20, 20), np.float32)
        for name in ("model.diffusion_model.a", "conditioner.embedders.1.b", "first_stage_model.c")
    }
)
ADAPTER = save({"image_proj.a": np.ones((20, 20), np.float32), "ip_adapter.1.b": np.ones((20, 20), np.float32)})


@pytest.mark.parametrize("nested", [False, True])
def test_a_folder_becomes_a_checkpoint_with_the_plain_names_of_its_variant(weights, checkpoint, nested):
    add(weights, checkpoint.parent if nested else checkpoint, "base/mine")
    assert weights.bases() == ("mine",)
    base = weights.base("mine")
    assert (base / "unet/diffusion_pytorch_model.safetensors").read_bytes() == SMALL
    assert not (base / "README.md").exists() and (base / "tokenizer/merges.txt").is_file()
    assert not (weights.root / ".pulling").exists()


def test_plain_files_win_over_a_variant_and_shards_stay_together(weights, checkpoint):
    whole = save({"w": np.zeros((40, 40), np.float32)})
    for shard in ("00001-of-00002", "00002-of-00002"):
        write(checkpoint / f"unet/diffusion_pytorch_model-{shard}.safetensors", whole)
    write(checkpoint / "unet/diffusion_pytorch_model.safetensors.index.json", b"{}")
    add(weights, checkpoint, "base/mine")
    assert {path.name for path in (weights.base("mine") / "unet").iterdir()} == {
        "config.json",
        "diffusion_pytorch_model-00001-of-00002.safetensors",
        "diffusion_pytorch_model-00002-of-00002.safetensors",
        "diffusion_pytorch_model.safetensors.index.json",
    }


def test_a_link_copies_nothing(weights, checkpoint):
    add(weights, checkpoint, "base/mine", link=True)
    linked = weights.base("mine") / "vae/diffusion_pytorch_model.safetensors"
    assert linked.is_symlink() and linked.samefile(checkpoint / "vae/diffusion_pytorch_model.fp16.safetensors")
    assert weights.bases() == ("mine",)


def test_a_single_file_becomes_a_checkpoint(weights, tmp_path):
    add(weights, write(tmp_path / "realVis v5 (final).safetensors", SINGLE), "base/realvis")
    assert weights.base() == weights.root / "base/realvis.safetensors"
    assert weights.base().read_bytes() == SINGLE


def test_replacing_a_checkpoint_of_the_other_kind_leaves_one(weights, checkpoint, tmp_path):
    add(weights, checkpoint, "base/mine")
    single = write(tmp_path / "x.safetensors", SINGLE)
    with pytest.raises(Conflict, match="--replace"):
        add(weights, single, "base/mine")
    add(weights, single, "base/mine", replace=True)
    assert [path.name for path in (weights.root / "base").iterdir()] == ["mine.safetensors"]


@pytest.mark.parametrize("name", ["base/../evil", "base/a/b", "base/", "base/.hidden", "base/" + "x" * 65, "base/a b"])
def test_a_name_is_no_path(weights, tmp_path, name):
    with pytest.raises(InvalidInput):
        add(weights, write(tmp_path / "x.safetensors", SINGLE), name)
    assert not weights.root.exists()


def spoil_pointer(folder: Path) -> Path:
    write(folder / "unet/diffusion_pytorch_model.fp16.safetensors", POINTER)
    return folder


def spoil_cut(folder: Path) -> Path:
    write(folder / "vae/diffusion_pytorch_model.fp16.safetensors", SMALL[:-1])
    return folder


def spoil_pickles(folder: Path) -> Path:
    (folder / "unet/diffusion_pytorch_model.fp16.safetensors").rename(folder / "unet/diffusion_pytorch_model.bin")
    return folder


def spoil_older(folder: Path) -> Path:
    write(folder / "unet/config.json", b'{"cross_attention_dim": 768}')
    return folder


def spoil_no_index(folder: Path) -> Path:
    (folder / "model_index.json").unlink()
    return folder


def spoil_no_second(folder: Path) -> Path:
    (folder / "text_encoder_2/config.json").unlink()
    return folder


def lora_for_checkpoint(folder: Path) -> Path:
    return write(folder / "lora.safetensors", save({"lora_unet_a.lora_up.weight": np.ones((20, 20), np.float32)}))


def pickled_single(folder: Path) -> Path:
    return write(folder / "old.ckpt", b"PK\x03\x04" + b"x" * 2000)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (spoil_pointer, "git-lfs pointer"),
        (spoil_cut, "cut short"),
        (spoil_pickles, "can hide programs"),
        (spoil_older, "takes no sizes"),
        (spoil_no_index, "no model_index.json"),
        (spoil_no_second, "text_encoder_2/config.json"),
        (lora_for_checkpoint, "holds nothing called"),
        (pickled_single, "only .safetensors"),
    ],
)
def test_what_is_no_whole_sdxl_checkpoint_is_refused_without_a_trace(weights, checkpoint, spoil, said):
    with pytest.raises(InvalidInput, match=said) as caught:
        add(weights, spoil(checkpoint), "base/mine")
    assert weights.bases() == ()
    assert not weights.root.exists() or list(weights.root.iterdir()) == []
    assert caught.value.message.zh != caught.value.message.en


def test_a_part_is_found_in_whatever_folder_it_lies(weights, tmp_path):
    """As after a git clone, or in another program's folder of models."""
    folder = tmp_path / "clone"
    write(folder / "checkpoints/ip-adapter.safetensors", ADAPTER)
    write(folder / "checkpoints/ControlNetModel/config.json", b"{}")
    write(folder / "checkpoints/ControlNetModel/diffusion_pytorch_model.safetensors", SMALL)
    placed = add(weights, folder, "instantid")
    assert set(placed) == {
        "instantid/ip-adapter.safetensors",
        "instantid/ControlNetModel/config.json",
        "instantid/ControlNetModel/diffusion_pytorch_model.safetensors",
    }
    assert (weights.root / "instantid/ip-adapter.safetensors").read_bytes() == ADAPTER


def test_a_file_of_the_wrong_kind_is_refused(weights, tmp_path):
    with pytest.raises(InvalidInput, match="not one for 'ip-adapter/plus'"):
        add(weights, write(tmp_path / "x.safetensors", SMALL), "ip-adapter/plus")
    with pytest.raises(InvalidInput, match="not one for 'few-step/lcm'"):
        add(weights, write(tmp_path / "x.safetensors", ADAPTER), "few-step/lcm")
    with pytest.raises(InvalidInput, match="give the folder"):
        add(weights, write(tmp_path / "x.safetensors", ADAPTER), "instantid")
    with pytest.raises(InvalidInput, match="does not hold"):
        add(weights, tmp_path, "vae")
    with pytest.raises(InvalidInput, match="no file or folder"):
        add(weights, tmp_path / "nowhere", "vae")
    with pytest.raises(NotFound, match="no published weights"):
        add(weights, tmp_path / "x.safetensors", "nonsense")
    assert not weights.root.exists() or list(weights.root.iterdir()) == []


def test_random_weights_and_real_ones_do_not_mix(tmp_path):
    weights = Weights(tmp_path / "tiny")
    write(weights.root / "RANDOM-WEIGHTS.txt", b"random")
    with pytest.raises(Conflict, match="random weights"):
        add(weights, write(tmp_path / "x.safetensors", SINGLE), "base/mine")


def test_a_check_sees_checkpoints_that_are_not_whole(weights, checkpoint):
    """As after a git clone straight into the folder: what is not taken for a checkpoint is still looked at."""
    shutil.copytree(checkpoint, weights.root / "base/cloned")
    shutil.copytree(checkpoint, weights.root / "base/partly")
    write(weights.root / "base/cloned/vae/diffusion_pytorch_model.fp16.safetensors", POINTER)
    (weights.root / "base/partly/model_index.json").unlink()
    write(weights.root / "base/single.safetensors", SINGLE[:-1])
    found = {(each.part, each.state) for each in check(weights) if each.state != "ok"}
    assert found == {("base/cloned", "pointer"), ("base/partly", "missing"), ("base/single", "truncated")}
    assert {each.state for each in check(weights, ["base/cloned"])} == {"ok", "pointer"}
    with pytest.raises(StudioError):
        check(weights, ["base/nowhere"])
