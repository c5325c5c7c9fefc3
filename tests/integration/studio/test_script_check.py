"""`script check` reads and says; nothing is stored."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from studio.cli import app

SAMPLE = Path(__file__).parents[3] / "studio/sample"


def check(*words: object):
    return CliRunner().invoke(app, ["script", "check", *map(str, words)])


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("CASTLOCK_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_sample_has_nothing_to_say(home):
    result = check(SAMPLE / "seventh-letter.zh.txt", "--json")
    said = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (said["title"], said["language"], said["warnings"]) == ("第七封信", "zh", [])
    assert {"陆沉", "林晚"} <= set(said["cast"])
    assert said["scenes"] == sum(each["scenes"] for each in said["episodes"])
    assert said["shots"] == sum(each["shots"] for each in said["episodes"]) > 10
    assert not home.exists()


def test_every_line_that_was_not_understood_is_listed(tmp_path, home):
    script = tmp_path / "雨.txt"
    script.write_text("1-1 日 内 客厅\n△雨。\n一行没有任何标记的文字\n第 1 页\n林晚：走吧。\n第 2 页\n", encoding="gbk")
    said = json.loads(check(script, "--json").stdout)
    assert [(each["line"], each["lines"]) for each in said["warnings"]] == [(3, [3]), (4, [4, 6])]
    lines = check(script).stdout.splitlines()
    assert lines[1:3] == ["episode 1: 1 scenes, 2 shots", "1 scenes, 2 shots, cast of 1: 林晚"]
    assert [line.split(":")[0] for line in lines[3:]] == ["line 3", "line 4"]
    assert not home.exists()


def test_what_is_no_script_ends_with_one_line(tmp_path):
    page = tmp_path / "script.fdx"
    page.write_text("<!DOCTYPE html><html></html>")
    result = check(page)
    assert result.exit_code == 1
    assert "web page" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert check(tmp_path / "none.txt").exit_code == 1
