"""Adapter files: every published layout is read, everything else is refused in words."""

import os
import pickle
from copy import deepcopy
from pathlib import Path

import pytest
import tiny_adapters as tiny
import torch
from diffusers import StableDiffusionXLPipeline, UNet2DConditionModel

from storage.errors import InvalidInput, ResourceMissing
from studio.engines.sdxl.adapter_files import check_fit, read_adapter_file
from studio.engines.sdxl.faceid_lora import faceid_lora
from studio.engines.sdxl.image_encoder import ImageEncoder
from studio.engines.sdxl.projections import PictureProjection

KINDS = ("identity", "plain", "plus", "faceid", "faceid-plusv2")


@pytest.fixture(scope="module")
def unet():
    return tiny.tiny_unet()


def same_tensors(one: dict, other: dict) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[key], other[key]) for key in one)


@pytest.mark.parametrize("kind", KINDS)
def test_bin_and_safetensors_give_the_same_bits(kind: str, unet, tmp_path: Path):
    halves = tiny.adapter(kind)
    one = read_adapter_file(tiny.write(halves, tmp_path / "a.bin"), kind)
    other = read_adapter_file(tiny.write(halves, tmp_path / "a.safetensors"), kind)
    for part in ("projection", "to_k", "to_v", "lora"):
        assert same_tensors(getattr(one, part), getattr(other, part)), part
    assert one.kind == other.kind == kind
    assert same_tensors(one.projection, halves["image_proj"])
    crossing = [i for i, name in enumerate(unet.attn_processors) if name.endswith("attn2.processor")]
    assert list(one.to_k) == list(one.to_v) == crossing
    assert bool(one.lora) == kind.startswith("faceid")
    assert one.width == tiny.WIDTH
    check_fit(one, unet)


def test_half_precision_is_kept(tmp_path: Path):
    halves = {half: {k: v.half() for k, v in each.items()} for half, each in tiny.adapter("plus").items()}
    file = read_adapter_file(tiny.write(halves, tmp_path / "a.safetensors"), "plus")
    assert {each.dtype for each in (*file.projection.values(), *file.to_k.values())} == {torch.float16}


@pytest.mark.parametrize("case", ["base", "no_cfg"])
def test_the_recorded_instantid_file(case: str, shared: Path):
    file = read_adapter_file(shared / f"instantid-kit/open/{case}/checkpoints/ip-adapter.bin", "identity")
    assert (file.kind, file.width, len(file.to_k), file.lora) == ("identity", 64, 17, {})


PUBLISHED = {
    "instantid/ip-adapter.bin": "identity",
    "ip-adapter/ip-adapter_sdxl_vit-h.safetensors": "plain",
    "ip-adapter/ip-adapter-plus_sdxl_vit-h.safetensors": "plus",
    "ip-adapter/ip-adapter-plus-face_sdxl_vit-h.safetensors": "plus",
    "ip-adapter/ip-adapter-faceid_sdxl.bin": "faceid",
    "ip-adapter/ip-adapter-faceid-plusv2_sdxl.bin": "faceid-plusv2",
}


def test_every_file_of_tiny_weights_is_read_and_fits(tiny_weights: Path):
    [base] = (each for each in (tiny_weights / "base").iterdir() if each.is_dir())
    unet = UNet2DConditionModel.from_pretrained(base / "unet", local_files_only=True)
    encoder = ImageEncoder(tiny_weights / "ip-adapter/image_encoder")
    for name, kind in PUBLISHED.items():
        file = read_adapter_file(tiny_weights / name, kind)
        check_fit(file, unet)
        assert len(faceid_lora(file, unet).factors) == (4 * len(unet.attn_processors) if "faceid" in kind else 0)
        if kind in ("plain", "plus"):
            PictureProjection(file, encoder)


@pytest.mark.parametrize(("kind", "expected"), [(a, b) for a in KINDS for b in KINDS if a != b])
def test_another_kind_is_refused(kind: str, expected: str, tmp_path: Path):
    path = tiny.write(tiny.adapter(kind), tmp_path / "a.safetensors")
    with pytest.raises(InvalidInput, match="is needed") as caught:
        read_adapter_file(path, expected)
    assert str(path) in caught.value.message.zh


def sd15(halves):
    """16 layers that read text 768 wide, as every adapter for Stable Diffusion 1.5."""
    layers = {f"{i}.to_{side}_ip.weight": torch.zeros(32, 768) for i in range(1, 33, 2) for side in "kv"}
    return {"image_proj": tiny.projection_half("plus", width=768), "ip_adapter": layers}


def without(half: str, *names: str):
    def change(halves):
        return halves | {half: {k: v for k, v in halves[half].items() if k not in names}}

    return change


def instead(half: str, name: str, tensor: torch.Tensor):
    return lambda halves: halves | {half: halves[half] | {name: tensor}}


BROKEN = {
    "sd 1.5": (sd15, "Stable Diffusion 1.5"),
    "no projection": (
        lambda halves: {"ip_adapter": halves["ip_adapter"]},
        "lacks its half 'image_proj'|does not hold 'image_proj'",
    ),
    "no layers": (
        lambda halves: {"image_proj": halves["image_proj"]},
        "lacks its half 'ip_adapter'|does not hold 'image_proj'",
    ),
    "neither": (lambda halves: {"unet": halves["ip_adapter"]}, "is no IP-Adapter|does not hold"),
    "no keys at one layer": (without("ip_adapter", "3.to_k_ip.weight"), "position 3"),
    "no values at one layer": (without("ip_adapter", "3.to_v_ip.weight"), "position 3"),
    "no first layer": (without("ip_adapter", "1.to_k_ip.weight", "1.to_v_ip.weight"), "position 1"),
    "an even position": (instead("ip_adapter", "2.to_k_ip.weight", torch.zeros(16, tiny.WIDTH)), "position 2"),
    "keys of another width": (instead("ip_adapter", "3.to_k_ip.weight", torch.zeros(16, 7)), "position 3"),
    "values of another height": (instead("ip_adapter", "3.to_v_ip.weight", torch.zeros(9, tiny.WIDTH)), "position 3"),
    "a stranger": (instead("ip_adapter", "3.to_q_ip.weight", torch.zeros(16, 16)), "to_q_ip"),
    "projection not whole": (without("image_proj", "layers.2.0.to_q.weight"), "layers.2.attn.to_q"),
    "projection with a gap": (without("image_proj", "latents"), "is no IP-Adapter"),
    "projection misshapen": (instead("image_proj", "proj_out.weight", torch.zeros(tiny.WIDTH, 5)), "proj_out"),
    "projection of another width": (
        lambda halves: halves | {"image_proj": tiny.projection_half("plus", width=96)},
        "tokens 96 wide",
    ),
    "whole numbers": (instead("image_proj", "latents", torch.zeros(1, 16, 56, dtype=torch.long)), "other than numbers"),
}


@pytest.mark.parametrize("suffix", [".bin", ".safetensors"])
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_whole_adapter_is_refused(name: str, suffix: str, tmp_path: Path):
    change, message = BROKEN[name]
    path = tiny.write(change(tiny.adapter("plus")), tmp_path / f"a{suffix}")
    with pytest.raises(InvalidInput, match=message) as caught:
        read_adapter_file(path, "plus")
    assert path.name in str(caught.value)
    assert path.name in caught.value.message.zh


@pytest.mark.parametrize("suffix", [".bin", ".safetensors"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:02b3\nsize 1691134141\n", "git-lfs pointer"),
        (b"\n<!DOCTYPE html><html><body>Access denied</body></html>", "web page"),
        (b"", "empty"),
        (b"PK\x03\x04 and no more", "cut short|not a safetensors"),
        (b'\x10\x00\x00\x00\x00\x00\x00\x00{"image_proj": 1', "not a safetensors|not a PyTorch"),
        (b"nothing of the kind", "not a PyTorch|not a safetensors"),
        (pickle.dumps({"image_proj": {}}, protocol=2), "read safely|not a safetensors"),
    ],
)
def test_what_is_no_weights_file_is_refused(content: bytes, message: str, suffix: str, tmp_path: Path):
    path = tmp_path / f"ip-adapter{suffix}"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=message):
        read_adapter_file(path, "identity")


@pytest.mark.parametrize("suffix", [".bin", ".safetensors"])
def test_a_file_cut_anywhere_is_refused(suffix: str, tmp_path: Path):
    content = tiny.write(tiny.adapter("plain"), tmp_path / f"whole{suffix}").read_bytes()
    cut = tmp_path / f"cut{suffix}"
    for length in [*range(1, 200, 13), *range(200, len(content), len(content) // 60), len(content) - 1]:
        cut.write_bytes(content[:length])
        with pytest.raises(InvalidInput):
            read_adapter_file(cut, "plain")


def test_a_damaged_pickle_is_refused_or_harmless(tmp_path: Path):
    """Any byte of the names and shapes may be wrong: then the file is refused, or still reads as an adapter."""
    content = tiny.write(tiny.adapter("plain"), tmp_path / "whole.bin").read_bytes()
    start = content.index(b"image_proj")
    refused = 0
    for at in range(start, start + 1200, 9):
        (tmp_path / "bent.bin").write_bytes(content[:at] + bytes([content[at] ^ 0x2D]) + content[at + 1 :])
        try:
            read_adapter_file(tmp_path / "bent.bin", "plain")
        except InvalidInput:
            refused += 1
    assert refused > 60


class Bomb:
    def __init__(self, trace: Path):
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (str(self.trace),)


def test_a_pickle_with_code_is_not_run(tmp_path: Path):
    trace = tmp_path / "it ran"
    torch.save({"image_proj": Bomb(trace), "ip_adapter": {}}, tmp_path / "a.bin")
    with pytest.raises(InvalidInput, match="read safely"):
        read_adapter_file(tmp_path / "a.bin", "identity")
    assert not trace.exists()


def test_a_missing_file_names_the_command(tmp_path: Path):
    with pytest.raises(ResourceMissing, match="studio weights"):
        read_adapter_file(tmp_path / "ip-adapter.bin", "identity")


def test_an_adapter_of_another_unet_is_refused(unet, tmp_path: Path):
    halves = tiny.adapter("plain")
    last = max(int(name.split(".")[0]) for name in halves["ip_adapter"])
    shorter = without("ip_adapter", f"{last}.to_k_ip.weight", f"{last}.to_v_ip.weight")(halves)
    file = read_adapter_file(tiny.write(shorter, tmp_path / "a.bin"), "plain")
    with pytest.raises(InvalidInput, match=f"at position {last} it has nothing"):
        check_fit(file, unet)


def test_the_lora_inside_is_what_diffusers_adds(unet, tmp_path: Path):
    path = tiny.write(tiny.adapter("faceid"), tmp_path / "faceid.bin")
    ours = faceid_lora(read_adapter_file(path, "faceid"), unet).factors
    pipe = StableDiffusionXLPipeline(None, None, None, None, None, deepcopy(tiny.tiny_unet()), None)
    pipe.load_ip_adapter(str(tmp_path), subfolder="", weight_name="faceid.bin", image_encoder_folder=None)
    theirs = {name: each for name, each in pipe.unet.named_modules() if hasattr(each, "get_delta_weight")}
    assert ours.keys() == {("unet", name) for name in theirs}
    assert len(ours) == 4 * len(unet.attn_processors)
    for (_, name), lora in ours.items():
        torch.testing.assert_close(lora.scale * lora.up @ lora.down, theirs[name].get_delta_weight("faceid_0"))


LORA_KEY = "2.to_q_lora"
STRANGERS = {
    "no lower half": without("ip_adapter", f"{LORA_KEY}.down.weight"),
    "no upper half": without("ip_adapter", f"{LORA_KEY}.up.weight"),
    "another rank": instead("ip_adapter", f"{LORA_KEY}.down.weight", torch.zeros(7, 16)),
    "no such attention": lambda halves: instead("ip_adapter", "900.to_q_lora.up.weight", torch.zeros(16, 4))(
        instead("ip_adapter", "900.to_q_lora.down.weight", torch.zeros(4, 16))(halves)
    ),
}


@pytest.mark.parametrize("name", STRANGERS)
def test_a_lora_that_does_not_belong_is_refused(name: str, unet, tmp_path: Path):
    halves = STRANGERS[name](tiny.adapter("faceid"))
    file = read_adapter_file(tiny.write(halves, tmp_path / "a.bin"), "faceid")
    with pytest.raises(InvalidInput, match=r"'(2|900)\.to_q_lora'"):
        faceid_lora(file, unet)


def test_a_file_without_a_lora_gives_none(unet, tmp_path: Path):
    file = read_adapter_file(tiny.write(tiny.adapter("plain"), tmp_path / "a.bin"), "plain")
    assert not faceid_lora(file, unet).factors
