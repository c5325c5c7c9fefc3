"""What of a shot ends up in its request's prompt: a person's words first, then the English, then the description."""

from dataclasses import replace

from storage.models import Scene, Shot, ShotCast
from studio.engines import AdapterUse
from studio.planning import CastMember, RenderSettings, plan, words_for
from studio.prompt import GENERATING, STORYBOARD

CHOSEN = RenderSettings(1080, 1920, "ink")
ANN = CastMember("a" * 32, adapters=(AdapterUse("f" * 64, "lora", 0.8, "ohwx"),), wardrobe="黑色大衣")


def _shot(**texts: str) -> Shot:
    scene = Scene(id=1, number="1", int_ext="INT", location="客厅", time_of_day="DAY")
    cast = [ShotCast(name="林晚", key="林晚", placement="centre", gaze="camera", part="face", look="")]
    return Shot(
        uid="5" * 32, scene=scene, number="1A", size="MS", framing="single", angle="eye-level", movement="static",
        description="林晚打开旧信。", seconds=3.0, cast=cast, takes=[], dialogue=[], **texts,
    )  # fmt: skip


def _asked(shot: Shot) -> dict:
    return {"time_of_day": "NIGHT", "language": "zh", "cast": {("林晚", ""): ANN}, "chosen": CHOSEN}


def _plan(shot: Shot, **more):
    return plan(shot, plate=None, **_asked(shot), **more)


def test_english_is_read_in_place_of_the_description_which_stays_as_it_is():
    plain, told = _plan(_shot()), _plan(_shot(english="林晚 opens an old letter, 林晚's hands tremble."))
    assert "opening old letters" in plain.prompt
    assert "opens an old letter" in told.prompt and "hands tremble" in told.prompt and "opening" not in told.prompt
    assert replace(told, prompt=plain.prompt) == plain


def test_own_words_are_in_the_request_with_the_trigger_words():
    told = _plan(_shot(prompt="A letter, burning", negative_prompt="cars", english="unused"))
    assert told.prompt == "A letter, burning, ohwx" and told.negative_prompt == "cars"
    assert replace(told, prompt="", negative_prompt="") == replace(_plan(_shot()), prompt="", negative_prompt="")


def test_empty_texts_are_the_house_s():
    assert _plan(_shot(english="", prompt="", negative_prompt="")) == _plan(_shot())


def test_a_storyboard_is_told_as_before_unless_an_engine_takes_long_prompts():
    shot = _shot(english=", ".join(f"a very long description of the thing number {n}" for n in range(12)))
    short, long = _plan(shot), _plan(shot, wording=GENERATING)
    assert short == _plan(shot, wording=STORYBOARD)
    assert "number 11" in long.prompt and "number 11" not in short.prompt
    for made, wording in ((short, STORYBOARD), (long, GENERATING)):
        words = words_for(shot, **_asked(shot), wording=wording)
        assert (words.prompt, words.negative_prompt) == (made.prompt, made.negative_prompt)
        assert bool(words.left_out) == (wording is STORYBOARD)
