import csv
from dataclasses import replace
from pathlib import Path

import pytest
from timelines import changed, episode, without

from storage.errors import InvalidInput, Language, Message
from studio.exports.columns import COLUMNS, PRINTED, chosen_columns, picture_name, rows, spoken
from studio.exports.timeline import ClipLine, Likeness, Timeline
from studio.vocabulary import ANGLES, FRAMINGS, MOVEMENTS, SIZES

LANGUAGES: list[Language] = ["en", "zh"]
BY_KEY = {column.key: column for column in COLUMNS}


def said(timeline: Timeline, number: str, key: str, language: Language) -> str:
    (row,) = (row for row in rows(timeline, language) if row.clip.number == number)
    return BY_KEY[key].text(row)


@pytest.mark.parametrize(("language", "sheet"), [("en", "paid-in-full.en"), ("zh", "seventh-letter.zh")])
def test_the_headings_are_those_of_the_ideal_sheets(shared: Path, language: Language, sheet: str) -> None:
    with (shared / f"samples/{sheet}.shots.csv").open(encoding="utf-8-sig", newline="") as stream:
        ideal = next(csv.reader(stream))
    assert [column.heading(language) for column in COLUMNS][: len(ideal)] == ideal


def test_every_key_is_there_once_and_the_print_profile_is_eleven_of_them() -> None:
    assert len(BY_KEY) == len(COLUMNS) == 28
    assert len(set(PRINTED)) == 11
    assert set(PRINTED) <= set(BY_KEY)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("key", "vocabulary"), [("size", SIZES), ("framing", FRAMINGS), ("angle", ANGLES), ("movement", MOVEMENTS)]
)
def test_the_words_of_a_sheet_are_read_back_as_their_codes(language: Language, key: str, vocabulary) -> None:
    for code in vocabulary.codes:
        timeline = changed(episode(language), episode(language).clips[0].number, **{key: code})
        assert vocabulary.read(said(timeline, timeline.clips[0].number, key, language)) == code


@pytest.mark.parametrize(
    ("line", "en", "zh"),
    [
        (ClipLine("Maya", "Wait.", "", "spoken"), "MAYA: Wait.", "Maya：Wait."),
        (ClipLine("Maya", "Wait.", "softly", "spoken"), "MAYA (softly): Wait.", "Maya（softly）：Wait."),
        (ClipLine("Maya", "Wait.", "", "VO"), "MAYA (V.O.): Wait.", "Maya（VO）：Wait."),
        (ClipLine("林晚", "等等。", "低声", "OS"), "林晚 (O.S., 低声): 等等。", "林晚（OS，低声）：等等。"),
        (ClipLine("林晚", "等等。", "（低声）", "spoken"), "林晚 (低声): 等等。", "林晚（低声）：等等。"),
    ],
)
def test_a_line_of_dialogue_is_written_as_the_language_does(line: ClipLine, en: str, zh: str) -> None:
    assert spoken(line, "en") == en
    assert spoken(line, "zh") == zh


def test_identity_tells_a_measured_face_from_a_photo_and_from_nobody(tmp_path: Path) -> None:
    likeness = (
        Likeness("Maya", 0.5249, False),
        Likeness("Vivian", 0.98, True),
        Likeness("Adrian", None, False, uncast=True),
        Likeness("Guest", None, False),
    )
    timeline = changed(episode("en"), "2A", likeness=likeness, uncast=True)
    assert said(timeline, "2A", "identity", "en").split("\n") == [
        "Maya 0.52",
        "Vivian composited",
        "Adrian uncast",
        "Guest not measured",
    ]
    assert said(timeline, "2A", "identity", "zh").split("\n") == [
        "Maya 0.52",
        "Vivian 合成",
        "Adrian 未定角",
        "Guest 未测",
    ]
    nobody_named = changed(timeline, "2A", likeness=(Likeness("Maya", 0.5, False),), uncast=True)
    assert said(nobody_named, "2A", "identity", "en") == "Maya 0.50\nuncast"


def test_a_picture_is_named_after_episode_scene_and_shot_and_never_leaves_its_folder() -> None:
    clip = replace(episode("en").clips[3], picture=Path("ab") / "12f0")  # kept by its hash, without a suffix
    assert picture_name(clip) == "frames/E01_S02_2A.png"
    assert picture_name(replace(clip, number="../../2A", scene="A/2")).count("/") == 1


@pytest.mark.parametrize(("language", "word"), [("en", "not rendered"), ("zh", "未出图")])
def test_a_shot_without_picture_says_so(language: Language, word: str) -> None:
    timeline = episode(language)
    number = timeline.clips[2].number
    assert said(timeline, number, "image", language) == word
    assert said(without(timeline, number), number, "image", language) == ""
    assert said(without(timeline, number), number, "duration", language) == "0.0"


def test_looks_go_by_name() -> None:
    timeline = changed(episode("en"), "2A", looks=("", "gala"))
    assert said(timeline, "2A", "look", "en") == "Vivian: gala"
    assert said(timeline, "2A", "look", "zh") == "Vivian：gala"


def test_a_sheet_says_what_is_seen_of_somebody_and_never_more_decimals_than_its_frames_need() -> None:
    timeline = changed(episode("zh"), "3", parts=("hand", "back"), frames=55)
    assert said(timeline, "3", "cast", "zh") == "林晚（手部）、陆沉（背影）"
    assert said(timeline, "3", "cast", "en") == "林晚 (hand), 陆沉 (back)"
    assert said(changed(timeline, "3", frames=56), "3", "duration", "zh") == "2.33"
    assert said(timeline, "3", "duration", "zh") == "2.3"


def test_capitals_that_say_something_are_kept() -> None:
    assert spoken(ClipLine("Old Man", "No.", "", "spoken"), "en") == "OLD MAN: No."
    assert spoken(ClipLine("McCoy", "No.", "", "OS"), "en") == "McCoy (O.S.): No."


def test_columns_come_in_the_order_asked_for_each_once() -> None:
    assert [column.key for column in chosen_columns(("notes", "shot", "notes", "uid"))] == ["notes", "shot", "uid"]
    assert chosen_columns(()) == COLUMNS
    assert [column.key for column in chosen_columns((), PRINTED)] == list(PRINTED)


def test_a_column_that_there_is_not_lists_those_there_are() -> None:
    with pytest.raises(InvalidInput, match=r"'colour'.*duration") as refused:
        chosen_columns(("shot", "colour"))
    assert "uid" in refused.value.message.zh


def test_findings_stand_in_their_shot_one_a_line() -> None:
    timeline = changed(
        episode("en"), "2A", findings=(Message("Crossed the line.", "越轴。"), Message("Long.", "过长。"))
    )
    assert said(timeline, "2A", "findings", "en") == "Crossed the line.\nLong."
    assert said(timeline, "2A", "findings", "zh") == "越轴。\n过长。"
    assert said(timeline, "2B", "findings", "en") == ""
