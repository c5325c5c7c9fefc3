"""The engine's core against diffusers' stock pipelines, over every way to run a pipeline; and the runner that holds it."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conformance.__main__ import every_case, main
from kit import Compared  # pyright: ignore[reportMissingImports]
from made_kit import CASES, write_case  # pyright: ignore[reportMissingImports]
from made_parts import write_parts  # pyright: ignore[reportMissingImports]
from tiny_archs import write_networks, write_projection  # pyright: ignore[reportMissingImports]

BY_NAME = {wanted.name: wanted for wanted in CASES}
# the kit beside the checkout, where it is, covers the first two; the others are covered by one that holds them too
SLOW = {"base", "no_cfg", "scales", "batch2", "region_mask", "second_controlnet_alike", "text_from_arrays"}


@pytest.fixture(scope="session")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("archs")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory, networks: Path) -> Any:
    """name -> the folder of that case, made when first asked for."""
    kit = tmp_path_factory.mktemp("kit")

    def case(name: str) -> Path:
        if not (kit / name).is_dir():
            wanted = BY_NAME[name]
            if not (networks / wanted.arch.name).is_dir():
                write_networks(networks / wanted.arch.name, wanted.arch, seed=ord(wanted.arch.name))
            write_case(kit / name, networks / wanted.arch.name, wanted, seed=len(name))
        return kit / name

    return case


@pytest.fixture
def copied(made: Any, tmp_path: Path) -> Any:
    """The same, to be changed."""

    def case(name: str) -> Path:
        shutil.copytree(made(name), tmp_path / name, symlinks=True)
        return tmp_path / name

    return case


def wrong(folder: Path) -> list[str]:
    compared = list(every_case(folder))
    assert len(compared) > 15
    return [str(each) for each in compared if not each.ok]


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.slow] if n in SLOW else []) for n in BY_NAME])
def test_every_quantity_is_what_the_stock_pipelines_make(made: Any, name: str) -> None:
    assert wrong(made(name)) == []


def test_parts_of_other_widths_and_sizes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_parts(tmp_path)
    assert main([str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {case: sum(line.startswith(case) for line in lines) for case in ("resampler", "draw_kps", "resize_img")} == {
        "resampler": 4, "draw_kps": 9, "resize_img": 4
    }  # fmt: skip


# -- the same inputs under other names


def _split(folder: Path, stem: str, names: tuple[str, ...]) -> None:
    whole = np.load(folder / "inputs" / f"{stem}.npy")
    for name, part in zip(names, whole, strict=True):
        np.save(folder / "inputs" / f"{name}.npy", part)
    (folder / "inputs" / f"{stem}.npy").unlink()


def _params(folder: Path, **changed: Any) -> None:
    path = folder / "inputs" / "params.json"
    params = {**json.loads(path.read_text()), **changed}
    path.write_text(json.dumps({name: value for name, value in params.items() if value != "gone"}))


def test_faces_may_lie_in_a_file_each(copied: Any) -> None:
    folder = copied("two_faces")
    for stem in ("face_embedding", "kps_points", "kps_image", "control_mask"):
        _split(folder, stem, (f"{stem}_0", f"{stem}_1"))
    for path in list((folder / "expected").glob("controlnet?_*")):
        path.rename(path.with_name(path.name.replace("controlnet", "controlnet_face")))
    _params(folder, ip_adapter_scale="gone", ip_adapter_scales=[[0.8, 0.6]], height="gone", width="gone")
    assert wrong(folder) == []


def test_masks_may_be_of_any_number_of_channels_and_twice_the_same(copied: Any) -> None:
    folder = copied("region_mask_unaligned")
    mask = np.load(folder / "inputs" / "control_mask.npy")
    (folder / "inputs" / "control_mask.npy").unlink()
    np.save(folder / "inputs" / "masks.npy", mask[None, ..., 0] // 255)
    np.save(folder / "inputs" / "ip_mask.npy", mask)
    assert wrong(folder) == []


def test_residuals_of_both_faces_may_be_in_one_file(copied: Any) -> None:
    folder = copied("two_faces")
    for path in sorted((folder / "expected").glob("controlnet0_*")):
        other = path.with_name(path.name.replace("controlnet0", "controlnet1"))
        both = np.stack([np.load(path), np.load(other)], axis=1)
        np.save(path.with_name(path.name.replace("controlnet0", "controlnet")), both)
        path.unlink()
        other.unlink()
    assert wrong(folder) == []


def test_numbers_of_the_second_net_may_have_names_of_their_own(copied: Any) -> None:
    folder = copied("second_controlnet")
    _params(
        folder,
        controlnet_conditioning_scale=0.8,
        second_controlnet_conditioning_scale=0.5,
        control_guidance_start=0.0,
        control_guidance_end=1.0,
        second_control_guidance_start=0.25,
        second_control_guidance_end=0.75,
    )
    assert wrong(folder) == []


def test_what_a_case_leaves_out_is_taken_from_elsewhere(copied: Any) -> None:
    folder = copied("img2img")
    shutil.rmtree(folder / "inputs" / "scheduler")  # the checkpoint's is the same
    (folder / "inputs" / "kps_image.npy").unlink()
    for name in ("prompt_embeds", "image_tokens", "latents_final"):
        (folder / "expected" / f"{name}.npy").unlink()
    _params(folder, strength="gone", img2img_strength=0.6, generator_seed="gone", seed=99)
    assert wrong(folder) == []


@pytest.mark.slow
@pytest.mark.parametrize("given", [None, "", "gone"])
def test_an_empty_negative_prompt_is_none_where_the_record_says_so(copied: Any, given: str | None) -> None:
    folder = copied("guidance_window")
    _params(folder, negative_prompt=given)
    assert wrong(folder) == []


@pytest.mark.slow
def test_an_empty_negative_prompt_is_encoded_where_the_record_says_so(networks: Path, tmp_path: Path) -> None:
    wanted = replace(BY_NAME["base"], params={"negative_prompt": ""})
    write_networks(tmp_path / "A", wanted.arch, seed=1)
    write_case(tmp_path / "kit" / "empty", tmp_path / "A", wanted, seed=1)
    assert np.load(tmp_path / "kit" / "empty" / "expected" / "negative_prompt_embeds.npy").any()
    assert wrong(tmp_path / "kit") == []


# -- what it must notice


def _input(folder: Path, name: str, change: Any) -> None:
    path = folder / "inputs" / f"{name}.npy"
    np.save(path, change(np.load(path)))


def _mistakes() -> Iterator[Any]:
    yield pytest.param("two_faces", lambda f: _params(f, ip_adapter_scale=[0.8, 0.65]), id="ip scale of one face")
    slow = pytest.mark.slow
    yield pytest.param("two_faces", lambda f: _input(f, "control_mask", lambda m: m[::-1]), id="boxes", marks=slow)
    yield pytest.param("two_faces", lambda f: _input(f, "kps_points", lambda p: p[::-1]), id="points", marks=slow)
    yield pytest.param("lcm", lambda f: _params(f, generator_seed=4243), id="seed of the noise")
    yield pytest.param(
        "multi_embedding", lambda f: _input(f, "face_embedding", lambda e: e[:1]), id="first photo alone"
    )
    yield pytest.param("guidance_window", lambda f: _params(f, control_guidance_end=0.6), id="window", marks=slow)
    yield pytest.param(
        "second_controlnet", lambda f: _params(f, controlnet_conditioning_scale=[0.8, 0.55]), id="second scale"
    )


@pytest.mark.parametrize(("name", "mistake"), list(_mistakes()))
def test_a_small_mistake_is_noticed_in_the_latents(copied: Any, name: str, mistake: Any) -> None:
    folder = copied(name)
    mistake(folder)
    assert any("latents_final" in line for line in wrong(folder))


def test_one_case_that_breaks_off_does_not_keep_the_others(
    copied: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_projection(tmp_path / "zz" / "image_proj.safetensors", 64, 1, 40, seed=3)
    broken = copied("lcm")
    (broken / "checkpoints").unlink()
    whole = copied("batch2")
    np.save(whole / "expected" / "attention_maps.npy", np.zeros(3))
    (whole / "expected" / "notes.txt").write_text("seen by nobody")

    assert main([str(tmp_path)]) == 1

    said = capsys.readouterr()
    lines = said.out.splitlines()
    assert "lcm error inf 0 FAIL" in lines
    assert [line for line in lines if line.endswith("FAIL")] == ["lcm error inf 0 FAIL"]
    assert sum(line.startswith("batch2 ") for line in lines) > 15
    assert "lcm broke off" in said.err and "ip-adapter" in said.err
    assert "batch2 attention_maps.npy: nothing that the runner knows" in said.err
    assert "batch2 notes.txt: nothing that the runner knows" in said.err


def test_a_case_may_be_the_whole_kit(made: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(made("batch2"))]) == 0
    assert all(line.startswith("batch2 ") for line in capsys.readouterr().out.splitlines())


def test_nothing_to_compare_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert main([str(tmp_path / "absent")]) == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(("error", "ok"), [(0.5, True), (1.0, True), (1.5, False), (float("nan"), False)])
def test_a_quantity_is_as_near_as_its_tolerance(error: float, ok: bool) -> None:
    assert Compared("case", "quantity", error, 1.0).ok is ok
