"""The list of published weights is whole and sane; importing it brings in no heavy library."""

import re
import subprocess
import sys
from pathlib import PurePosixPath

import pytest

from storage.errors import Message, NotFound
from studio.weights import ENGINE_PARTS, PARTS
from studio.weights.manifest import find
from studio.weights.published import BASE

LAYOUT = {"base", "sdxl-config", "vae", "instantid", "ip-adapter", "faces", "few-step", "control", "translate"}


def test_every_part_says_what_it_is_and_where_it_comes_from():
    for name, part in PARTS.items():
        assert name == part.name and part.files and part.repository.count("/") == 1
        assert re.fullmatch(r"main|[0-9a-f]{40}", part.revision), name
        assert part.purpose.en and any("\u4e00" <= character <= "\u9fff" for character in part.purpose.zh)


def test_a_hash_is_a_whole_hash_and_no_two_files_have_one_place():
    files = [file for part in PARTS.values() for file in (*part.files, *part.downloads)]
    assert all(file.sha256 is None or re.fullmatch(r"[0-9a-f]{64}", file.sha256) for file in files)
    assert all(file.bytes is None or file.bytes > 0 for file in files)
    places = [place for part in PARTS.values() for file in part.files for place in file.places]
    assert len(places) == len(set(places))
    for place in places:
        path = PurePosixPath(place)
        assert path.parts[0] in LAYOUT and not path.is_absolute() and ".." not in path.parts


def test_numbers_come_only_in_forms_that_cannot_hide_programs_or_with_a_known_hash():
    for part in PARTS.values():
        for file in part.files:
            if file.place.endswith(".bin"):
                assert file.instead.endswith(".safetensors"), file.place
            elif not file.is_text:
                assert file.place.endswith((".safetensors", ".onnx")) and file.sha256, file.place


def test_research_only_weights_say_so_in_both_languages():
    said = {name: part.licence for name, part in PARTS.items() if part.licence.commercial is not True}
    assert {"instantid", "antelopev2", "buffalo_l", "ip-adapter/faceid", "ip-adapter/faceid-plusv2"} <= said.keys()
    for licence in said.values():
        assert isinstance(licence.notice, Message)
    for name in ("instantid", "antelopev2", "buffalo_l"):
        assert said[name].commercial is False and said[name].notice
        assert "research" in said[name].notice.en and "研究" in said[name].notice.zh


def test_engines_need_parts_that_there_are():
    assert {part for parts in ENGINE_PARTS.values() for part in parts} <= PARTS.keys()
    assert all(BASE in parts for parts in ENGINE_PARTS.values())


def test_an_unknown_name_is_told_what_there_is():
    with pytest.raises(NotFound, match="few-step/lcm"):
        find(PARTS, "few-step/lcn")


def test_the_page_may_import_the_room_without_torch_or_the_network():
    heavy = ("torch", "diffusers", "transformers", "huggingface_hub", "httpx2", "numpy")
    program = f"import sys, studio.weights, studio.weights.needs; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
