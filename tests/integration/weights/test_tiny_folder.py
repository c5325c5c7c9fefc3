"""The folder that `weights tiny` makes: always the same, complete, known again, and never at the cost of other files."""

import errno
import subprocess
import sys
from pathlib import Path
from shutil import copytree

import pytest

from storage.errors import Conflict, InvalidInput
from studio.weights import PARTS, Weights
from studio.weights.conversion import as_safetensors
from studio.weights.folder import RANDOM_MARK
from studio.weights.published import BASE
from studio.weights.tiny import build

Contents = dict[str, bytes]


def contents(folder: Path) -> Contents:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def entries(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


@pytest.fixture
def copy(tiny_weights: Path, tmp_path: Path) -> Path:
    return copytree(tiny_weights, tmp_path / "copy")


@pytest.fixture
def few_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build of two small files, where it does not matter what is built."""

    def write_parts(folder: Path, seed: int) -> tuple[str, ...]:
        (folder / "vae").mkdir()
        (folder / "vae" / "config.json").write_text(f"{seed}")
        (folder / "vae" / "new.bin").write_text("new")
        return ("vae",)

    monkeypatch.setattr("studio.weights.tiny.building.write_parts", write_parts)


def test_every_published_part_but_the_translator_is_there(tiny_weights: Path) -> None:
    weights = Weights(tiny_weights)
    assert [name for name in PARTS if not weights.has(name)] == [BASE, "translate/zh-en"]
    assert weights.bases() == ("tiny", "tiny-single")
    assert weights.random
    assert sum(path.stat().st_size for path in tiny_weights.rglob("*")) < 40e6


def test_the_same_seed_gives_the_same_bytes_over_an_earlier_build_of_another(
    tiny_weights: Path, tmp_path: Path
) -> None:
    parts = build(tmp_path / "again", seed=1)
    other = contents(tmp_path / "again")
    assert parts == build(tmp_path / "again")
    here = contents(tmp_path / "again")
    there = {name: content for name, content in contents(tiny_weights).items() if name in here}
    assert here == there
    assert all(Weights(tiny_weights).has(part) for part in parts)
    numbers = [name for name in here if name.endswith((".safetensors", ".bin"))]
    assert numbers
    assert not [name for name in numbers if here[name] == other[name]]


def test_the_mark_says_in_both_languages_what_it_is(tiny_weights: Path) -> None:
    said = (tiny_weights / RANDOM_MARK).read_text("utf-8")
    assert "a test of the machinery. Nothing that is rendered with them means anything" in said
    assert "随机权重" in said
    assert "没有意义" in said


@pytest.mark.parametrize("name", ["holiday.jpg", "vae/notes.txt", "base/own.safetensors", "ip-adapter/other.bin"])
def test_a_foreign_file_is_refused_and_all_stays(copy: Path, name: str) -> None:
    (copy / name).write_bytes(b"somebody's")
    before = contents(copy)
    with pytest.raises(InvalidInput, match=name):
        build(copy, seed=3)
    assert contents(copy) == before


def test_a_file_that_was_put_in_place_of_ours_is_refused(copy: Path) -> None:
    (copy / "vae" / "diffusion_pytorch_model.safetensors").write_bytes(b"a real one")
    with pytest.raises(InvalidInput, match="vae/diffusion_pytorch_model"):
        build(copy)
    assert (copy / "vae" / "diffusion_pytorch_model.safetensors").read_bytes() == b"a real one"


def test_a_link_to_weights_elsewhere_is_refused(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "weights.safetensors").write_bytes(b"real")
    (copy / "base" / "linked").symlink_to(tmp_path / "real", target_is_directory=True)
    with pytest.raises(InvalidInput, match="base/linked"):
        build(copy)
    assert (tmp_path / "real" / "weights.safetensors").is_file()


def test_a_folder_of_other_things_without_a_mark_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("chapter 1")
    with pytest.raises(InvalidInput, match="thesis") as refusal:
        build(tmp_path)
    assert "thesis.odt" in refusal.value.message.zh
    assert entries(tmp_path) == ["thesis.odt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("text")
    with pytest.raises(InvalidInput, match="is a file"):
        build(tmp_path / "file")


def test_an_empty_folder_will_do(tmp_path: Path, few_parts: None) -> None:
    assert build(tmp_path) == ("vae",)
    assert entries(tmp_path) == [RANDOM_MARK, "vae", "vae/config.json", "vae/new.bin"]


def test_what_the_studio_adds_is_not_foreign_and_goes_with_the_old_weights(copy: Path, few_parts: None) -> None:
    as_safetensors(copy / "instantid" / "ip-adapter.bin")
    Weights(copy).hashes(["vae"])
    (copy / ".unfinished-killed").mkdir()
    (copy / ".unfinished-killed" / "half").write_text("half")
    build(copy, seed=5)
    assert entries(copy) == [RANDOM_MARK, "vae", "vae/config.json", "vae/new.bin"]


def test_a_safetensors_file_that_was_not_converted_here_is_foreign(copy: Path) -> None:
    own = copy / "vae" / "diffusion_pytorch_model.safetensors"
    (copy / "instantid" / "ip-adapter.safetensors").write_bytes(own.read_bytes())
    with pytest.raises(InvalidInput, match="instantid/ip-adapter"):
        build(copy)


@pytest.mark.parametrize("there", [True, False])
def test_a_full_disk_leaves_what_was_there(copy: Path, monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    def full(folder: Path, seed: int) -> tuple[str, ...]:
        (folder / "base").mkdir()
        raise OSError(errno.ENOSPC, "No space left on device", "x")

    monkeypatch.setattr("studio.weights.tiny.building.write_parts", full)
    folder = copy if there else copy / "new"
    before = contents(copy)
    with pytest.raises(Conflict, match="full"):
        build(folder, seed=2)
    assert contents(copy) == before
    assert not (copy / "new").exists()
    assert not list(copy.glob(".*"))


def test_cut_short_while_the_parts_change_places_it_is_still_known(
    copy: Path, few_parts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(path: Path, target: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", stop)
        with pytest.raises(KeyboardInterrupt):
            build(copy, seed=2)
    assert entries(copy) == [RANDOM_MARK]
    assert build(copy) == ("vae",)


def test_to_refuse_takes_no_torch(tmp_path: Path) -> None:
    (tmp_path / "thesis.odt").write_text("chapter 1")
    code = (
        "import sys; from pathlib import Path; from storage.errors import InvalidInput; "
        "from studio.weights.tiny import build\n"
        f"try: build(Path({str(tmp_path)!r}))\n"
        "except InvalidInput: print('torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
