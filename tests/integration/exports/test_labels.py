"""What files say of where their pictures come from, read back by other programs than the one that wrote it."""

import json
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pikepdf
import pytest
from PIL import Image
from timelines import episode, exported

from storage.errors import InvalidInput
from studio.exports import ExportOptions, Producer
from studio.exports.frame_files import recipe_in
from studio.exports.labels import MARK_HEIGHT
from studio.exports.timeline import Timeline

CODE = "00191110000MA0000000X100000"
KEYS = ["Label", "ContentProducer", "ProduceID", "ReservedCode1", "ContentPropagator", "PropagateID", "ReservedCode2"]
RECIPE = {
    "prompt": "a woman, rain, 近景",
    "negative_prompt": "lowres",
    "seed": 7,
    "width": 1080,
    "height": 1920,
    "options": {"guidance_scale": 4.5},
    "subjects": [{"name": "林晚", "embeddings": []}],
    "engine": "instantid",
    "version": "1+abc",
    "provenance": {"num_inference_steps": 30, "scheduler": "euler", "weights": [{"sha256": "f" * 64}]},
}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Timeline:
    line = episode("zh", frames=tmp_path_factory.mktemp("frames"))
    clips = tuple(replace(clip, generates=True, recipe=RECIPE) for clip in line.clips)
    return replace(line, clips=clips)


def composited(line: Timeline) -> Timeline:
    return replace(line, clips=tuple(replace(clip, generates=False) for clip in line.clips))


def label_in(path: Path) -> str | None:
    """The label of a file, by somebody else's reader."""
    if path.suffix == ".pdf":
        with pikepdf.open(path) as document:
            return str(document.docinfo["/AIGC"]) if "/AIGC" in document.docinfo else None
    if path.suffix == ".xlsx":
        properties = openpyxl.load_workbook(path).custom_doc_props
        return next((each.value for each in properties.props if each.name == "AIGC"), None)
    with Image.open(path) as picture:
        found = picture.getxmp()["xmpmeta"]["RDF"]["Description"]
    return found.get("AIGC")


def first_frame(target: Path, folder: Path) -> Path:
    with zipfile.ZipFile(target) as archive:
        return Path(archive.extract(archive.namelist()[0], folder))


def written(line: Timeline, folder: Path, form: str, producer: Producer | None) -> Path:
    suffix = {"stills": ".zip"}.get(form, f".{form}")
    target = exported(line, folder / f"out{suffix}", ExportOptions("zh", producer=producer), form)
    return first_frame(target, folder) if form == "stills" else target


@pytest.mark.parametrize("form", ["stills", "pdf", "xlsx"])
def test_generated_pictures_carry_one_label_with_the_user_s_own_code(
    generated: Timeline, tmp_path: Path, form: str
) -> None:
    target = written(generated, tmp_path, form, Producer(CODE))
    label = label_in(target)
    assert label is not None
    fields = json.loads(label)
    assert list(fields) == KEYS
    assert (fields["Label"], fields["ContentProducer"]) == ("1", CODE)
    assert len(fields["ProduceID"]) == 32
    assert all("\x21" <= letter <= "\x7e" and letter != "\\" for value in fields.values() for letter in value)


@pytest.mark.parametrize("form", ["stills", "pdf", "xlsx"])
def test_no_label_without_a_code_and_none_on_composited_pictures(
    generated: Timeline, tmp_path: Path, form: str
) -> None:
    assert label_in(written(generated, tmp_path, form, None)) is None
    assert label_in(written(composited(generated), tmp_path, form, Producer(CODE))) is None


def test_a_photoboard_frame_says_composited_and_a_generated_one_says_so(generated: Timeline, tmp_path: Path) -> None:
    sources = []
    for line in (generated, composited(generated)):
        with Image.open(written(line, tmp_path, "stills", None)) as picture:
            sources.append(picture.getxmp()["xmpmeta"]["RDF"]["Description"]["DigitalSourceType"].rsplit("/")[-1])
    assert sources == ["trainedAlgorithmicMedia", "composite"]


def test_the_mark_that_people_see_is_a_twentieth_high_and_only_where_it_is_asked_for(
    generated: Timeline, tmp_path: Path
) -> None:
    plain, marked = (
        np.asarray(Image.open(written(generated, tmp_path / name, "stills", producer)).convert("L"), int)
        for name, producer in (("a", Producer(CODE, visible=False)), ("b", Producer(CODE)))
        if (tmp_path / name).mkdir() is None
    )
    changed = np.argwhere(np.abs(plain - marked) > 40)
    letters = np.argwhere((marked > 235) & (np.abs(plain - marked) > 40))
    assert len(changed) and changed[:, 0].min() > 0.8 * plain.shape[0]
    assert letters[:, 0].max() - letters[:, 0].min() >= MARK_HEIGHT * min(plain.shape)


@pytest.mark.parametrize("code", ["", "有中文", "a b", "back\\slash", "x" * 65])
def test_a_code_that_the_standard_forbids_is_refused_and_nothing_is_written(
    generated: Timeline, tmp_path: Path, code: str
) -> None:
    with pytest.raises(InvalidInput, match="producer code"):
        exported(generated, tmp_path / "out.pdf", ExportOptions("zh", producer=Producer(code)))
    assert list(tmp_path.iterdir()) == []


def test_a_frame_carries_its_recipe_and_no_embedding(generated: Timeline, tmp_path: Path) -> None:
    frame = written(generated, tmp_path, "stills", None)
    assert recipe_in(frame) == RECIPE
    with Image.open(frame) as picture:
        said = str(picture.text["parameters"])  # type: ignore[attr-defined]
    assert said.startswith(
        "a woman, rain, 近景\nNegative prompt: lowres\nSteps: 30, Sampler: euler, CFG scale: 4.5, Seed: 7"
    )
    stripped = tmp_path / "stripped.png"
    Image.open(frame).resize((54, 96)).save(stripped)
    with pytest.raises(InvalidInput, match="no recipe"):
        recipe_in(stripped)


def test_exiftool_reads_one_label_and_the_source(generated: Timeline, tmp_path: Path) -> None:
    exiftool = shutil.which("exiftool")
    if exiftool is None:
        pytest.skip("exiftool is not installed")
    for form in ("stills", "pdf"):
        target = written(generated, tmp_path, form, Producer(CODE))
        read = subprocess.run(
            [exiftool, "-a", "-AIGC", "-Aigc", "-j", target], capture_output=True, text=True, check=True
        )
        assert read.stdout.count(CODE) == 1
