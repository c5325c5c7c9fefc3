"""Names in a translation: what a model makes of them is watched, whatever the model does."""

from collections.abc import Sequence

import pytest

from studio.prompting import english_of

NAMES = ["林晚", "林晚晚", "陆沉", "Tom", "沈玉梅"]


class Toy:
    """Says the text back in capitals' place; `does` may spoil it. Remembers what it was asked."""

    def __init__(self, does=lambda text: text):
        self.does, self.asked = does, []

    def __call__(self, texts: Sequence[str]) -> list[str]:
        self.asked.append(list(texts))
        return [self.does(text) for text in texts]


def test_a_model_never_sees_a_chinese_name_and_the_names_come_back():
    toy = Toy(lambda text: text.replace("看着", " looks at ").replace("。", "."))
    assert english_of(["林晚看着陆沉。", "沈玉梅看着林晚晚。", "看着。"], NAMES, toy) == [
        "林晚 looks at 陆沉.",
        "沈玉梅 looks at 林晚晚.",
        " looks at .",
    ]
    assert not any(name in text for text in toy.asked[0] for name in ("林", "陆沉", "沈"))


def test_a_name_already_there_in_english_is_nobody_s_stand_in():
    toy = Toy()
    assert english_of(["林晚和Tom，mary"], NAMES, toy) == ["林晚和Tom，mary"]
    assert "Tom" in toy.asked[0][0] and toy.asked[0][0].count("Tom") == 1 and "Mary" not in toy.asked[0][0]


@pytest.mark.parametrize("spoilt", [lambda text: text.replace("Tom", "Thomas"), lambda text: text.replace("Tom", "")])
def test_where_a_stand_in_is_lost_the_text_is_translated_without_names(spoilt):
    toy = Toy(spoilt)
    assert english_of(["林晚看着雨", "雨", "陆沉和林晚"], NAMES, toy) == ["看着雨", "雨", "和"]
    assert toy.asked[1] == ["看着雨", "和"], "only what was spoilt is asked again"


def test_a_word_that_only_begins_like_a_stand_in_is_no_name():
    toy = Toy(lambda text: "Tomorrow" if "Tom" in text else "later")
    assert english_of(["林晚走"], NAMES, toy) == ["later"]


def test_more_people_than_stand_ins():
    people = [f"阿{letter}" for letter in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰"]
    text = "、".join(people)
    assert english_of([text], people, Toy()) == [text]
