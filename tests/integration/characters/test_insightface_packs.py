"""What is wrong with a pack's folder is said before anything is opened, and nothing is ever downloaded."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from packs import DETECTOR, RECOGNISER, detector, recogniser

from characters.analyzers import ANALYZERS
from characters.analyzers.insightface import InsightFace, recogniser_of, space_of
from characters.analyzers.pack import PUBLISHED
from storage.errors import InvalidInput, NotFound, ResourceMissing
from studio.catalog import load

COMMAND = "python -m studio weights pull antelopev2"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A whole pack of tiny networks, under the published names."""
    folder = tmp_path / "faces" / "antelopev2"
    detector(folder / DETECTOR)
    recogniser(folder / RECOGNISER)
    return folder


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for a connection fails the test."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("somebody wants to download")

    monkeypatch.setattr("socket.getaddrinfo", refuse)
    monkeypatch.setattr("socket.socket.connect", refuse)


def refusal(folder: Path) -> str:
    """What is said of a folder; the same by whoever asks, in both languages, and nothing is left behind."""
    before = sorted(folder.parent.rglob("*"))
    said = set()
    for ask in (space_of, InsightFace):
        with pytest.raises((ResourceMissing, InvalidInput)) as error:
            ask(folder)
        said.add((str(error.value), error.value.message.zh))
    assert len(said) == 1
    english, chinese = said.pop()
    assert COMMAND in english
    assert COMMAND in chinese
    assert sorted(folder.parent.rglob("*")) == before
    return english


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert "is not there" in refusal(tmp_path / "antelopev2")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "antelopev2").mkdir()
    assert "no model" in refusal(tmp_path / "antelopev2")


def test_a_folder_too_deep(folder: Path) -> None:
    inner = folder / folder.name
    inner.mkdir()
    for file in folder.glob("*.onnx"):
        file.rename(inner / file.name)
    said = refusal(folder)
    assert "too deep" in said
    assert str(inner) in said


def test_a_zip_that_was_not_unpacked(folder: Path) -> None:
    with zipfile.ZipFile(folder.with_suffix(".zip"), "w") as archive:
        for file in sorted(folder.glob("*.onnx")):
            archive.write(file, f"antelopev2/{file.name}")
            file.unlink()
    inside = folder / "antelopev2.zip"
    folder.with_suffix(".zip").rename(inside)
    assert str(inside) in refusal(folder)
    inside.rename(folder.with_suffix(".zip"))
    folder.rmdir()
    assert "not unpacked" in refusal(folder)


@pytest.mark.parametrize(("name", "says"), [(DETECTOR, "no face detector"), (RECOGNISER, "no face recogniser")])
def test_a_missing_network_is_named(folder: Path, name: str, says: str) -> None:
    (folder / name).unlink()
    said = refusal(folder)
    assert says in said
    assert name in said


@pytest.mark.parametrize("name", [DETECTOR, RECOGNISER])
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<!DOCTYPE html><html><body>404 Not Found</body></html>", "web page"),
        (b"\n<html>", "web page"),
        (b'{"message": "rate limit"}', "error message"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 260694151\n", "LFS pointer"),
        (b"PK\x03\x04rest of an archive", "zip archive"),
        (b"", "empty"),
    ],
)
def test_what_is_no_network_under_a_networks_name(folder: Path, name: str, content: bytes, says: str) -> None:
    (folder / name).write_bytes(content)
    said = refusal(folder)
    assert says in said
    assert str(folder / name) in said


@pytest.mark.parametrize("name", [DETECTOR, RECOGNISER])
@pytest.mark.parametrize("part", [0.5, 0.98])
def test_a_network_that_stops_in_the_middle_cannot_be_opened(folder: Path, name: str, part: float) -> None:
    file = folder / name
    whole = file.read_bytes()
    file.write_bytes(whole[: int(part * len(whole))])
    with pytest.raises(InvalidInput, match="damaged or incomplete") as error:
        InsightFace(folder)
    assert str(file) in str(error.value)
    assert COMMAND in str(error.value)


def test_a_detector_that_gives_no_points_is_refused(folder: Path) -> None:
    detector(folder / DETECTOR, keypoints=False)
    with pytest.raises(InvalidInput, match="no five points"):
        InsightFace(folder)


def test_networks_that_are_not_needed_are_never_opened(folder: Path) -> None:
    for name in ("1k3d68.onnx", "2d106det.onnx", "genderage.onnx"):
        (folder / name).write_bytes(b"this would fail if it were read")
    assert InsightFace(folder).space == space_of(folder)


def test_networks_of_other_names_are_known_by_their_form(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    detector(folder / "zz_finds.onnx")
    recogniser(folder / "aa_attributes.onnx", side=98)
    made = recogniser(folder / "knows.onnx")
    assert space_of(folder).startswith("mine-")
    assert InsightFace(folder).space == space_of(folder)
    made.unlink()
    assert "no face recogniser" in refusal(folder)


def test_random_weights_never_share_a_space_with_the_published_ones(folder: Path) -> None:
    first = space_of(folder)
    assert first.startswith("antelopev2-")
    assert len(first) == len("antelopev2-") + 8
    recogniser(folder / RECOGNISER, seed=1)
    assert space_of(folder) not in {first, "antelopev2"}


def test_the_published_file_is_known_by_name_and_size_and_is_not_read(folder: Path) -> None:
    for name, (space, size) in PUBLISHED.items():
        (folder / RECOGNISER).unlink(missing_ok=True)
        with (folder / name).open("wb") as stream:  # sparse: as large as the real one, and takes no room
            stream.write(b"\x08\x07")
            os.truncate(stream.fileno(), size)
        assert space_of(folder) == space
        os.truncate(folder / name, size // 2)
        assert space_of(folder).startswith(f"{space}-")
        (folder / name).unlink()


def test_the_name_of_a_space_costs_no_heavy_import(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from characters.analyzers.insightface import space_of; "
        f"print(space_of(Path({str(folder)!r}))); "
        "print([name for name in ('onnxruntime', 'insightface', 'mediapipe', 'torch') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.split("\n")[:2] == [space_of(folder), "[]"]


def test_a_recogniser_is_found_by_its_space_among_the_folders(folder: Path) -> None:
    weights = folder.parents[1]
    recogniser(weights / "faces" / "other" / "knows.onnx", seed=3)
    detector(weights / "faces" / "other" / "finds.onnx")
    (weights / "faces" / "broken").mkdir()
    for name in ("antelopev2", "other"):
        wanted = space_of(weights / "faces" / name)
        assert (recogniser_of(wanted, weights).name, recogniser_of(wanted, weights).space) == (name, wanted)
    with pytest.raises(ResourceMissing) as error:
        recogniser_of("antelopev2", weights)
    for part in (COMMAND, space_of(folder), "broken", "no model"):
        assert part in str(error.value)
    with pytest.raises(ResourceMissing, match="none"):
        recogniser_of("antelopev2", weights / "nowhere")


def test_the_catalogue_opens_packs_where_the_weights_lie(folder: Path) -> None:
    weights = folder.parents[1]
    assert load(ANALYZERS, "antelopev2", "face analyzer")(weights).name == "antelopev2"
    with pytest.raises(ResourceMissing, match="pull buffalo_l"):
        load(ANALYZERS, "buffalo_l", "face analyzer")(weights)
    with pytest.raises(NotFound, match="antelopev2, buffalo_l, bundled"):
        load(ANALYZERS, "antelope", "face analyzer")


def test_a_card_that_onnxruntime_cannot_use_is_a_missing_resource(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    assert InsightFace(folder, "auto").space == InsightFace(folder, "cpu").space
    with pytest.raises(ResourceMissing, match="onnxruntime-gpu"):
        InsightFace(folder, "cuda:0")
