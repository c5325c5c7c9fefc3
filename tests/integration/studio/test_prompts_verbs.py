"""A shot's texts on the command line: stored, shown, told to the engine, and part of the recipe."""

import pytest

from storage.errors import InvalidInput, NotFound
from studio.engines import ENGINES
from studio.prompt_styles import STYLES

ZH = ("--series", "第七封信", "--episode", "1")
TEXTS = {"english": "She opens a letter.", "prompt": "A letter, (burning)", "negative_prompt": "cars"}
OPTIONS = [word for name, text in TEXTS.items() for word in (f"--{name.replace('_', '-')}", text)]


def _shots(castlock, home):
    return castlock(home, "shots", "list", *ZH)["shots"]


def _told(castlock, home, *more):
    return castlock(home, "shots", "prompts", *ZH, *more)["shots"]


def test_texts_are_kept_changed_split_and_emptied(castlock, sample_home):
    number = _shots(castlock, sample_home)[2]["number"]
    shown = castlock(sample_home, "shots", "set", number, *ZH, *OPTIONS)
    assert {name: shown[name] for name in TEXTS} == TEXTS
    added = castlock(sample_home, "shots", "add", *ZH, "--after", number, *OPTIONS, "--description", "雨")
    assert {name: added[name] for name in TEXTS} == TEXTS, "a description that comes with its English empties nothing"
    parts = castlock(sample_home, "shots", "split", number, *ZH)["shots"]
    assert all({name: part[name] for name in TEXTS} == TEXTS for part in parts)
    same = castlock(sample_home, "shots", "set", number, *ZH, "--description", shown["description"])
    assert same["english"] == TEXTS["english"]
    emptied = castlock(sample_home, "shots", "set", number, *ZH, "--description", "雨", "--prompt", "")
    assert (emptied["english"], emptied["prompt"], emptied["negative_prompt"]) == ("", "", "cars")


def test_prompts_are_those_that_a_render_is_given(castlock, sample_home, sample):
    number = _shots(castlock, sample_home)[0]["number"]
    castlock(sample_home, "shots", "set", number, *ZH, *OPTIONS)
    asked = sample.submit_render(ZH[1], 1)
    told = _told(castlock, sample_home)
    assert [each["shot"] for each in told] == [each.shot.number for each in asked]
    for each, job in zip(told, (each.job for each in asked), strict=True):
        request = job.payload["request"]
        assert (each["prompt"], each["negative_prompt"]) == (request["prompt"], request["negative_prompt"])
        assert each["problem"] is None
    assert told[0]["prompt"] == TEXTS["prompt"] and told[0]["negative_prompt"] == "cars"


def test_each_text_makes_another_recipe(sample):
    number = sample.shots.shots(ZH[1], 1)[0].number
    keys = {sample.submit_render(ZH[1], 1, [number])[0].job.key}
    for name, text in TEXTS.items():
        sample.shots.edit(ZH[1], 1, number, {name: text})
        keys.add(sample.submit_render(ZH[1], 1, [number])[0].job.key)
    assert len(keys) == 4
    for name in TEXTS:
        sample.shots.edit(ZH[1], 1, number, {name: ""})
    assert sample.submit_render(ZH[1], 1, [number])[0].job.key in keys, "and none of them is the house's again"


def test_engines_that_generate_are_told_more_and_in_their_own_styles(sample):
    told = {
        name: sample.prompts(ZH[1], 1, engine=name)
        for name in ENGINES
        if "long-prompts" in sample.engine_class(name).abilities
    }
    short = sample.prompts(ZH[1], 1, engine="photoboard")
    for long in told.values():
        assert not any(each.words.left_out for each in long)
        assert sum(len(each.words.prompt) for each in long) > sum(len(each.words.prompt) for each in short)
    for name in told:
        (noir,) = sample.prompts(ZH[1], 1, [short[0].shot.number], engine=name, style="noir")
        assert STYLES["noir"].prompt in noir.words.prompt
    with pytest.raises(InvalidInput, match="noir"):
        sample.prompts(ZH[1], 1, engine="photoboard", style="noir")
    with pytest.raises(NotFound):
        sample.prompts(ZH[1], 1, engine="nobody")


def test_what_cannot_be_said_is_shown_and_what_cannot_be_planned_stops_no_other(castlock, sample_home):
    number = _shots(castlock, sample_home)[0]["number"]
    castlock(sample_home, "shots", "set", number, *ZH, "--description", "魑魅囧囧")
    crowd = "甲,乙,丙,丁,戊,己,庚,辛,壬,癸,子,丑"
    other = _shots(castlock, sample_home)[1]["number"]
    castlock(sample_home, "shots", "set", other, *ZH, "--framing", "group", "--cast", crowd)
    first, second, *rest = _told(castlock, sample_home)
    assert "魑魅囧囧" in first["untranslated"]
    assert second["problem"]["zh"] and second["prompt"] is None
    assert rest and all(each["problem"] is None for each in rest)
