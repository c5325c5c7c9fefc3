"""Prompts of shots: within the budget of the real tokenizer, English only, and without anybody's name."""

import csv
import re
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
from tokenizers.models import BPE

from storage.errors import InvalidInput
from studio import vocabulary
from studio.engines import Staging
from studio.prompt import TOKEN_BUDGET, Prompt, PromptSubject, token_bound, write_prompt
from studio.prompt_words import KNOWN_ENGLISH, TABLE

STYLES = ["ink", "colour", "pencil", "photo"]
CAST = {"Maya", "Vivian", "Adrian", "林晚", "陆沉", "沈玉梅"}
HARD_LIMIT = 75

chinese = st.lists(
    st.sampled_from([*sorted(TABLE), "的", "，", "。", "晚晴", "囧", "没有", "A", "、"]), max_size=14
).map("".join)
english = st.lists(st.sampled_from([*sorted(KNOWN_ENGLISH), "The", "Zorblax", ",", "-", "."]), max_size=14).map(
    " ".join
)
texts = st.one_of(chinese, english, st.tuples(chinese, english).map(" ".join))
subjects = st.builds(
    PromptSubject,
    wardrobe=texts,
    triggers=st.lists(st.sampled_from(["ohwx", "sks woman", "castlock_7"]), max_size=1).map(tuple),
    part=st.sampled_from(vocabulary.PARTS.codes),
    name=st.sampled_from(["", "Maya", "林晚"]),
)
stagings = st.builds(
    Staging,
    size=st.sampled_from(vocabulary.SIZES.codes),
    framing=st.sampled_from(vocabulary.FRAMINGS.codes),
    angle=st.sampled_from(vocabulary.ANGLES.codes),
    movement=st.just("static"),
    int_ext=st.sampled_from(vocabulary.INT_EXT.codes),
    time_of_day=st.sampled_from(vocabulary.TIMES.codes),
    location=texts,
    action=texts,
)


def staging(**changes: str) -> Staging:
    values = {
        "size": "MS",
        "framing": "single",
        "angle": "eye-level",
        "movement": "static",
        "int_ext": "INT",
        "time_of_day": "DAY",
        "location": "客厅",
        "action": "",
    }
    return Staging(**(values | changes))


def person(wardrobe: str = "", *triggers: str, part: str = "face", name: str = "") -> PromptSubject:
    return PromptSubject(wardrobe, triggers, part, name)


def phrases(prompt: Prompt) -> list[str]:
    return prompt.prompt.split(", ")


@pytest.fixture
def tokens(shared: Path):
    """CLIP's own encoding, from its published vocabulary and merges."""
    folder = shared / "sdxl-configs/sdxl-base-1.0/tokenizer"
    clip = Tokenizer(
        BPE.from_file(
            str(folder / "vocab.json"),
            str(folder / "merges.txt"),
            end_of_word_suffix="</w>",
            continuing_subword_prefix="",
            unk_token="<|endoftext|>",
        )
    )
    clip.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    clip.pre_tokenizer = pre_tokenizers.Split(
        Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), behavior="removed", invert=True
    )
    return lambda text: len(clip.encode(text).ids)


def test_our_tokenizer_is_clips(tokens, shared):
    transformers = pytest.importorskip("transformers")
    theirs = transformers.CLIPTokenizer.from_pretrained(str(shared / "sdxl-configs/sdxl-base-1.0/tokenizer"))
    for text in ("over-the-shoulder shot, worm's-eye view", "19 qipao dresses", *list(TABLE.values())[:200]):
        assert tokens(text) == len(theirs(text).input_ids) - 2


def test_every_word_of_the_table_is_counted_as_the_tokenizer_counts_it(tokens):
    assert {word: tokens(word) for word in KNOWN_ENGLISH} == {word: token_bound(word) for word in KNOWN_ENGLISH}


def test_english_is_never_counted_too_low(tokens, shared):
    for sheet in ("paid-in-full.en.shots.csv",):
        for line in (shared / "samples" / sheet).read_text("utf-8-sig").splitlines():
            assert tokens(line) <= token_bound(line)
    assert tokens("chrysanthemum, fluorescent weathered observatory") <= token_bound(
        "chrysanthemum, fluorescent weathered observatory"
    )


@settings(max_examples=200, deadline=None)
@given(stagings, st.lists(subjects, max_size=3), st.sampled_from(STYLES))
def test_whatever_the_shot_the_prompt_is_short_plain_english(shot, cast, style):
    prompt = write_prompt(shot, cast, style)
    assert prompt == write_prompt(shot, cast, style)
    assert token_bound(prompt.prompt) <= TOKEN_BUDGET
    assert re.fullmatch(r"[ -~]+", prompt.prompt) and re.fullmatch(r"[ -~]+", prompt.negative_prompt)
    assert not re.search(r"\bmaya\b|zorblax", prompt.prompt, re.IGNORECASE)
    assert all(phrase == phrase.strip() != "" for phrase in phrases(prompt))
    assert set(prompt.left_out).isdisjoint(phrases(prompt))
    for everybody in permutations(cast):
        assert write_prompt(shot, everybody, style) == prompt


def test_the_real_tokenizer_never_sees_more_than_it_can_read(tokens):
    @settings(max_examples=200, deadline=None)
    @given(stagings, st.lists(subjects, max_size=3), st.sampled_from(STYLES))
    def holds(shot, cast, style):
        assert tokens(write_prompt(shot, cast, style).prompt) <= TOKEN_BUDGET < HARD_LIMIT

    holds()


@pytest.mark.parametrize(
    ("sheet", "location", "description"),
    [("paid-in-full.en.shots.csv", "Location", "Description"), ("seventh-letter.zh.shots.csv", "场景", "画面内容")],
)
def test_the_sample_sheets_are_understood(shared, tokens, sheet, location, description):
    cast = [person("black overcoat, grey sweater", "ohwx", name=name) for name in sorted(CAST)[:2]]
    cast += [PromptSubject("", (), "hand", name) for name in sorted(CAST)[2:]]
    with (shared / "samples" / sheet).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    missed = understood = 0
    for row in rows:
        prompt = write_prompt(staging(location=row[location], action=row[description]), cast, "ink")
        assert tokens(prompt.prompt) <= TOKEN_BUDGET
        said = prompt.prompt + " ".join(prompt.left_out)
        assert not any(name.lower() in said for name in CAST)
        read_alone = write_prompt(staging(location="", action=row[description]), cast[2:], "ink")
        missed += sum(map(len, read_alone.untranslated))
        understood += len(row[description])
    assert missed < 0.15 * understood


def test_sizes_framings_angles_places_and_times_are_told_apart():
    def prompts(field: str, codes: list[str]) -> set[str]:
        return {write_prompt(staging(**{field: code}), [person()], "photo").prompt for code in codes}

    for field, terms in (
        ("size", vocabulary.SIZES),
        ("framing", vocabulary.FRAMINGS),
        ("angle", vocabulary.ANGLES),
        ("int_ext", vocabulary.INT_EXT),
    ):
        assert len(prompts(field, terms.codes)) == len(terms.codes)
    assert len(prompts("time_of_day", ["DAY", "NIGHT", "DAWN", "DUSK", "SAME"])) == 5
    assert len({write_prompt(staging(), [person()], style).prompt for style in STYLES}) == len(STYLES)
    drawn, photographed = (write_prompt(staging(), [person()], style).negative_prompt for style in ("ink", "photo"))
    assert "photograph" in drawn and "drawing" in photographed


def test_the_shot_comes_first_and_the_style_last():
    prompt = write_prompt(staging(size="CU", angle="low"), [person("黑色大衣", "ohwx")], "photo")
    assert phrases(prompt) == [
        "close-up",
        "head and shoulders",
        "low angle from below",
        "a person",
        "ohwx",
        "with black overcoat",
        "living room",
        "interior",
        "soft daylight from a window",
        "cinematic film still",
        "realistic photograph",
    ]


def test_what_matters_stays_when_there_is_no_room():
    long_action = "，".join(list(TABLE)[:60])
    prompt = write_prompt(
        staging(location="医院走廊", time_of_day="NIGHT", action=long_action),
        [person("黑色大衣", "ohwx"), person("红色旗袍", "sks woman")],
        "ink",
    )
    for phrase in ("medium shot", "two people", "ohwx", "sks woman", "hospital corridor", "clean lines"):
        assert phrase in phrases(prompt)
    assert "black overcoat" in prompt.prompt and "red qipao dress" in prompt.prompt
    assert prompt.left_out, "and what had no room is told"


@pytest.mark.parametrize(
    ("cast", "says", "does_not_say"),
    [
        ([person(), person()], "two people", "a person"),
        ([person(), person(), person()], "three people", "two people"),
        ([person(part="hand")], "close view of a hand", "a person"),
        ([person(part="feet")], "feet and shoes", "a person"),
        ([person(part="figure")], "a small distant figure", "a person"),
        ([person(part="back")], "a person seen from behind", "in the foreground"),
        ([], "medium shot", "a person"),
    ],
)
def test_who_is_seen(cast, says, does_not_say):
    said = phrases(write_prompt(staging(), cast, "ink"))
    assert says in said and does_not_say not in said


def test_who_is_not_there_is_said_against():
    assert "people" in write_prompt(staging(), [], "ink").negative_prompt.split(", ")
    assert "crowd" in write_prompt(staging(), [person()], "ink").negative_prompt
    assert "crowd" not in write_prompt(staging(framing="group"), [person(), person()], "ink").negative_prompt


def test_the_shoulder_in_front_is_told():
    prompt = write_prompt(staging(framing="OTS"), [person(part="back"), person()], "ink")
    assert "a person seen from behind in the foreground" in phrases(prompt)


def test_what_cannot_be_said_is_reported():
    prompt = write_prompt(
        staging(location="Voss Grand Hotel - Ballroom", action="林晚囧囧地坐在沙发上"),
        [person("魑魅 coat", "触发词", name="林晚")],
        "ink",
    )
    assert prompt.untranslated == ("Voss", "魑魅", "囧囧", "触发词")
    assert "grand hotel" in prompt.prompt and "with coat" in prompt.prompt and "sitting" in prompt.prompt


def test_a_time_that_is_no_code_is_read_as_text():
    assert "late night" in phrases(write_prompt(staging(time_of_day="深夜"), [], "ink"))
    assert write_prompt(staging(time_of_day="三更鼓"), [], "ink").untranslated == ("鼓",)


def test_relative_times_say_nothing_of_the_light():
    said = write_prompt(staging(time_of_day="CONTINUOUS"), [], "ink").prompt
    assert "day" not in said and "night" not in said


@pytest.mark.parametrize("changes", [{"size": "XXL"}, {"framing": "crowd"}, {"angle": "odd"}])
def test_unknown_codes_are_refused(changes):
    with pytest.raises(InvalidInput, match=next(iter(changes.values()))):
        write_prompt(staging(**changes), [], "ink")


def test_an_unknown_style_is_refused_with_the_list():
    with pytest.raises(InvalidInput, match="ink, colour, pencil, photo") as refused:
        write_prompt(staging(), [], "oil")
    assert "画风" in refused.value.message.zh
