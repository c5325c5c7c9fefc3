"""What of a text is understood, and what is told to be not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio import prompt_glossary
from studio.prompt_lexicon import FIRST, FULL
from studio.prompt_reading import Reading, read


@pytest.mark.parametrize(
    ("text", "phrases", "untranslated"),
    [
        ("陆家老宅·客厅", ("old family mansion", "living room"), ("陆",)),
        ("黑色大衣，墨绿旗袍", ("black overcoat", "dark green qipao dress"), ()),
        ("大雨，林晚撑黑伞站在铁门外", ("heavy rain", "holding black umbrella", "standing", "iron gate"), ()),
        # one character is a word only where it stands alone
        ("雨", ("rain",), ()),
        ("晚晴相信", (), ("晚晴相信",)),
        ("旧信", ("old letters",), ()),
        ("一封信", ("letter",), ()),
        # the longest entry wins
        ("地下停车场", ("underground parking lot",), ()),
        ("停车场", ("parking lot",), ()),
        # a text encoder does not hear "no"
        ("没有下雨", (), ("没有下雨",)),
        ("没有开灯的客厅", ("unlit dark room", "living room"), ()),
        ("不哭", (), ("不哭",)),
        ("她没有", (), ()),
        # English
        ("VOSS GRAND HOTEL - STAFF ENTRANCE", ("grand hotel", "staff entrance"), ("VOSS",)),
        ("Zelda's apartment", ("apartment",), ("Zelda's",)),
        ("Over Zelda's shoulder onto Quim, one step away.", ("over shoulder", "one step away"), ("Zelda's", "Quim")),
        ("ZELDA LIN (26), waitress's uniform soaked", ("waitress's uniform soaked",), ("ZELDA", "LIN")),
        ("Chandeliers. Boxes", ("chandeliers", "boxes"), ()),
        ("a café at night", ("a cafe at night",), ()),
        ("black-and-white photos", ("black-and-white photos",), ()),
        ("晚晴Cafe 内", ("cafe",), ("晚晴",)),
        ("Ｃａｆｅ", ("cafe",), ()),
        ("(sex:1.5) <lora:x:1> --n {a|b}", ("lora", "x", "1", "n", "b"), ()),
        ("", (), ()),
        (" ，。 - ", (), ()),
    ],
)
def test_reading(text, phrases, untranslated):
    assert read(text, ["林晚"]) == Reading(phrases, untranslated)


def test_names_are_taken_out_before_anything_is_read():
    # 玉梅 would else be jade and plum, and 林晚 the evening woods; the longer name goes first
    assert read("沈玉梅站在窗前", ["沈玉梅"]) == Reading(("standing", "by a window"), ())
    assert read("Rose steps into ROSE's shadow", ["Rose"]) == Reading(("steps into shadow",), ())
    assert read("Ann Lee and Annette", ["Ann", "Ann Lee"]) == Reading((), ("Annette",))


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=6), max_size=3))
def test_any_text_gives_plain_words_only(text, names):
    reading = read(text, names)
    for phrase in reading.phrases:
        assert phrase.isascii() and phrase == phrase.lower().strip() and phrase
        assert set(phrase) <= set("abcdefghijklmnopqrstuvwxyz0123456789'- ")
    assert len(set(reading.phrases)) == len(reading.phrases)


@given(
    st.lists(st.sampled_from("天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往门雨信的了在"), max_size=20).map("".join),
    st.sampled_from([FIRST, FULL]),
)
def test_every_chinese_character_is_said_passed_over_or_reported(text, lexicon):
    reading = read(text, (), lexicon)
    left = "".join(reading.untranslated)
    for character in text:
        assert (
            character in left
            or character in lexicon.silent
            or any(character in word for word in [*lexicon.table, *lexicon.negations, *lexicon.silent] if word in text)
        )


@pytest.mark.parametrize("lexicon", [FIRST, FULL])
def test_the_table_is_sound(lexicon):
    assert len(lexicon.table) > 1000
    for chinese, english in lexicon.table.items():
        assert not any(letter.isascii() for letter in chinese), chinese
        assert english.isascii() and english == english.lower().strip() and english, chinese
    assert not (lexicon.silent | lexicon.negations) & set(lexicon.table)
    assert not lexicon.silent & lexicon.negations and lexicon.modifiers < set(lexicon.table)


@pytest.mark.parametrize("lexicon", [FIRST, FULL])
def test_every_entry_can_be_reached(lexicon):
    for word, english in lexicon.table.items():
        assert read(word, (), lexicon) == Reading((english,), ()), word
    for word in lexicon.silent:
        assert read(word, (), lexicon) == Reading((), ()), word


def test_the_full_lexicon_says_all_that_the_first_one_says():
    assert FIRST.table.items() <= FULL.table.items() and FIRST.english <= FULL.english
    assert FIRST.silent <= FULL.silent | set(FULL.table) and FIRST.negations <= FULL.negations


def test_the_glossary_is_sorted():
    for table in (prompt_glossary._PLACES, prompt_glossary._DEEDS, prompt_glossary._CLOTHES, prompt_glossary.MODIFIERS):
        assert list(table) == sorted(table)


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("总裁抱臂站在落地窗前，面无表情", ("company president", "arms crossed", "standing", "floor-to-ceiling window", "expressionless")),
        ("新娘提着婚纱冲出教堂，泪流满面", ("bride", "carrying wedding dress", "rushing out", "church", "face covered with tears")),
        ("保镖单膝跪地，捧着宝蓝锦袍", ("bodyguards", "kneeling on one knee", "holding in both hands royal blue brocade robe")),
        ("特写镜头：她缓缓睁开眼睛，侧逆光", ("opening the eyes", "side backlight")),
    ],
)  # fmt: skip
def test_the_trade_s_words(text, phrases):
    assert read(text, (), FULL) == Reading(phrases, ())
