"""`weights …` on the command line, and through the environment that people set."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from studio.cli import app
from studio.weights import PARTS
from studio.weights.licences import INSTANTID
from studio.weights.published import BASE

ROOT = Path(__file__).parents[3]
CONFIG = b'{"a": 1}'


@pytest.fixture
def castlock(hub, monkeypatch) -> Callable[..., Any]:
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.url)
    monkeypatch.setattr(
        "huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE", hub.url + "/{repo_id}/resolve/{revision}/{filename}"
    )

    def call(home: Path, *words: str, code: int = 0) -> Any:
        result = CliRunner().invoke(app, ["weights", *words, "--home", str(home), "--json"])
        assert result.exit_code == code, result.output + result.stderr
        return json.loads(result.stdout)

    return call


def test_list_names_every_part_its_licence_and_who_needs_it(castlock, tmp_path):
    said = castlock(tmp_path, "list")
    assert [row["part"] for row in said["parts"]] == list(PARTS) and said["folder"] == str(tmp_path / "weights")
    rows = {row["part"]: row for row in said["parts"]}
    assert rows["instantid"]["commercial"] is False and "research" in rows["instantid"]["notice"]["en"]
    assert rows["antelopev2"]["engines"] == ["instantid"] and rows["vae"]["commercial"] is True
    assert not any(row["installed"] for row in said["parts"])


def test_pull_check_and_list_agree(castlock, tmp_path, make_part, numbers):
    make_part("thing", {"config.json": CONFIG, "model.safetensors": numbers})
    assert castlock(tmp_path, "pull", "thing")["pulled"] == ["thing"]
    assert {row["part"]: row["installed"] for row in castlock(tmp_path, "list")["parts"]}["thing"]
    checked = castlock(tmp_path, "check")
    assert checked["ok"] and {each["state"] for each in checked["files"]} == {"ok"}
    model = tmp_path / "weights/thing/model.safetensors"
    for content, state in (
        (numbers[:-1], "truncated"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "pointer"),
        (numbers[:-1] + b"!", "wrong-hash"),
        (b"z" * 2000, "damaged"),
        (None, "missing"),
    ):
        model.unlink()
        if content is not None:
            model.write_bytes(content)
        found = castlock(tmp_path, "check", "thing", code=1)
        assert {each["file"]: each["state"] for each in found["files"]}["thing/model.safetensors"] == state
        assert castlock(tmp_path, "pull", "thing")["pulled"] == ["thing"], "a pull mends it"
        assert castlock(tmp_path, "check")["ok"]


def test_a_notice_must_be_accepted(castlock, hub, tmp_path, make_part):
    make_part("thing", {"config.json": CONFIG}, licence=INSTANTID)
    said = castlock(tmp_path, "pull", "thing", code=1)
    assert "research purposes only" in said["error"]["en"] and "--accept-licence" in said["error"]["zh"]
    assert hub.asked == []
    assert castlock(tmp_path, "pull", "thing", "--accept-licence")["notices"][0]["en"] in said["error"]["en"]


def test_mistakes_are_told(castlock, tmp_path):
    assert "--engine" in castlock(tmp_path, "pull", code=1)["error"]["en"]
    assert "There are: base/sdxl" in castlock(tmp_path, "pull", "nonsense", code=1)["error"]["en"]
    assert "instantid" in castlock(tmp_path, "pull", "--engine", "photoboard", code=1)["error"]["en"]
    assert "modelscope" in castlock(tmp_path, "pull", "vae", "--from", "nowhere", code=1)["error"]["en"]
    assert castlock(tmp_path, "check") == {"folder": str(tmp_path / "weights"), "files": [], "ok": True}


@pytest.mark.slow
def test_a_mirror_in_the_environment_and_hf_hub_offline(hub, tmp_path, shared):
    """The real command with the real published hashes: SDXL's configurations from a mirror that HF_ENDPOINT names."""
    for file in PARTS["sdxl-config"].files:
        content = (shared / "sdxl-configs/sdxl-base-1.0" / file.source).read_bytes()
        hub.put(PARTS["sdxl-config"].repository, file.source, content)
    command = [sys.executable, "-m", "studio", "weights", "pull", "sdxl-config", "--home", str(tmp_path), "--json"]
    environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path / "hf")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["pulled"] == ["sdxl-config"]
    assert any("462165984030d82259a11f4367a4eed129e94a7b" in path for _, path, _ in hub.asked)


def test_the_environment_is_heard_without_the_reference_material(hub, tmp_path):
    """The same with a small part, in a process of its own."""
    hub.put("owner/thing", "config.json", CONFIG)
    program = f"""
from studio.cli import app
from studio.weights import PARTS, Part, PublishedFile
from studio.weights.licences import MIT
from storage.errors import Message
file = PublishedFile("config.json", "thing/config.json")
PARTS["thing"] = Part("thing", "thing", Message("a", "b"), "owner/thing", "main", MIT, (file,))
app(["weights", "pull", "thing", "--home", {str(tmp_path)!r}])
"""
    environment = {
        **os.environ,
        "HF_ENDPOINT": hub.url,
        "HF_HUB_OFFLINE": "1",
        "HF_HOME": str(tmp_path / "hf"),
        "CASTLOCK_WEIGHTS": str(tmp_path / "elsewhere"),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "elsewhere/thing/config.json").read_bytes() == CONFIG


def test_doctor_names_the_one_command_that_mends_an_engine(castlock, tmp_path, monkeypatch, make_part, checkpoint):
    """And the command does: afterwards nothing is missing, and what must be known is said instead."""
    from studio.doctor import examine
    from studio.settings import Settings
    from studio.studio import Studio

    make_part("small", {"config.json": CONFIG}, licence=INSTANTID)
    for module in ("studio.weights", "studio.weights.needs"):
        monkeypatch.setattr(f"{module}.ENGINE_PARTS", {"instantid": (BASE, "small")})
    castlock(tmp_path, "add", str(checkpoint), "--as", "base/mine")
    studio = Studio(Settings(home=tmp_path))
    try:
        check = next(each for each in examine(studio) if each.name == "weights of instantid")
        assert not check.ok and check.optional and "missing" in check.text and "base" not in check.text
        words = check.text.split("`")[1].split()[4:]
        assert "--accept-licence" in castlock(tmp_path, *words, code=1)["error"]["en"]
        assert castlock(tmp_path, *words, "--accept-licence")["pulled"] == ["small"]
        check = next(each for each in examine(studio) if each.name == "weights of instantid")
        assert check.ok and "research purposes only" in check.text and "put here by hand" in check.text
    finally:
        studio.close()
