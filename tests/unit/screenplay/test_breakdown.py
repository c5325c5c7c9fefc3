"""What must hold for the breakdown of any script: two originals of other genres, and generated ones."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.screenplay import read_script
from studio.screenplay.draft import SceneDraft, ScriptDraft, ShotDraft
from studio.screenplay.pacing import shot_seconds, speech_seconds
from studio.screenplay.staging import Axis
from studio.vocabulary import ANGLES, FRAMINGS, GAZES, INT_EXT, MOVEMENTS, PARTS, PLACEMENTS, SIZES, TIMES

ROOT = Path(__file__).resolve().parents[3]
SCRIPTS = [
    *sorted((ROOT / "studio" / "sample").glob("*.fountain")),
    *sorted((ROOT / "studio" / "sample").glob("*.txt")),
    ROOT / "tests" / "samples" / "last-light.en.fountain",
    ROOT / "tests" / "samples" / "noodle-shop.zh.txt",
]


def scenes_of(draft: ScriptDraft) -> list[SceneDraft]:
    return [scene for episode in draft.episodes for scene in episode.scenes]


def shots_of(draft: ScriptDraft) -> list[ShotDraft]:
    return [shot for scene in scenes_of(draft) for shot in scene.shots]


def assert_sound(draft: ScriptDraft) -> None:
    for scene in scenes_of(draft):
        spoken = [element.speech for element in scene.elements if element.speech]
        assert [speech for shot in scene.shots for speech in shot.dialogue] == spoken
        assert scene.int_ext in INT_EXT
        assert scene.time_of_day in TIMES
        lines = [shot.line for shot in scene.shots]
        assert lines == sorted(lines)
        marks = [element.line for element in scene.elements if element.kind == "shot"]
        assert [shot.line for shot in scene.shots if shot.marked] == marks
        actions = "".join(e.text for e in scene.elements if e.kind == "action")
        described = "".join(shot.description for shot in scene.shots)
        assert _letters(actions) in _letters(described) or all(
            _letters(e.text) in _letters(described) for e in scene.elements if e.kind == "action"
        )
        assert_sides_kept(scene)
        for shot in scene.shots:
            assert_whole(shot, scene)


def _letters(text: str) -> str:
    return "".join(re.findall(r"\w", text))


def assert_whole(shot: ShotDraft, scene: SceneDraft) -> None:
    assert shot.size in SIZES
    assert shot.framing in FRAMINGS
    assert shot.angle in ANGLES
    assert shot.movement in MOVEMENTS
    assert shot.description.strip()
    assert shot.seconds >= 2
    assert (shot.seconds * 2).is_integer()
    names = [person.name for person in shot.cast]
    assert len(set(names)) == len(names)
    assert set(names) <= set(scene.cast)
    for person in shot.cast:
        assert person.placement in PLACEMENTS
        assert person.gaze in GAZES
        assert person.part in PARTS
    for speech in shot.dialogue:
        assert speech.delivery != "spoken" or speech.speaker in names, (speech, names)
    if shot.framing == "OTS" and len(names) == 2:
        front, other = shot.cast
        side = front.placement.removeprefix("foreground-")
        assert front.part == "back"
        assert {side, other.placement} == {"left", "right"}
        assert other.gaze == side


def assert_sides_kept(scene: SceneDraft) -> None:
    """Nobody jumps the axis: for any two people, who is left of whom never changes within a scene."""
    order: dict[frozenset[str], str] = {}
    for shot in scene.shots:
        sides = {p.name: p.placement.removeprefix("foreground-") for p in shot.cast if p.part in ("face", "back")}
        left = [name for name, side in sides.items() if side == "left"]
        right = [name for name, side in sides.items() if side == "right"]
        for one in left:
            for other in right:
                assert order.setdefault(frozenset((one, other)), one) == one


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_any_script_breaks_down_soundly(path):
    draft = read_script(path.read_bytes(), path.name)
    assert_sound(draft)
    for episode in draft.episodes:
        total = sum(shot.seconds for scene in episode.scenes for shot in scene.shots)
        words = sum(speech_seconds(s.text) for scene in episode.scenes for shot in scene.shots for s in shot.dialogue)
        count = sum(len(scene.shots) for scene in episode.scenes)
        assert words < total < words + 6 * count


def test_the_english_original():
    draft = read_script((ROOT / "tests/samples/last-light.en.fountain").read_bytes(), "last-light.en.fountain")
    inside, outside = scenes_of(draft)
    assert inside.cast == ("Ruiz", "Bell", "Tomas")
    assert (outside.time_of_day, outside.location) == ("CONTINUOUS", "Orbital Station")
    assert inside.shots[0].framing == "establishing"
    hand = next(shot for shot in inside.shots if "white around the key" in shot.description)
    assert (hand.framing, [(p.name, p.part) for p in hand.cast], hand.marked) == ("insert", [("Ruiz", "hand")], True)
    assert {shot.framing for shot in inside.shots if shot.dialogue} >= {"OTS", "single", "two-shot"}
    wide = next(shot for shot in inside.shots if shot.size == "LS" and shot.marked)
    assert {p.name for p in wide.cast} == {"Ruiz", "Bell", "Tomas"}
    assert wide.transition == "Dissolve to"
    assert outside.shots[0].dialogue[0].delivery == "VO"
    assert outside.shots[0].cast == ()
    assert outside.shots[0].notes == "Hold for the title card."
    assert draft.warnings[0].line == 4


def test_the_chinese_original():
    draft = read_script((ROOT / "tests/samples/noodle-shop.zh.txt").read_bytes(), "noodle-shop.zh.txt")
    assert [(e.number, e.title) for e in draft.episodes] == [(1, "多加一个蛋"), (2, "")]
    shop, alley, hospital = scenes_of(draft)
    assert (shop.number, shop.cast) == ("1", ("老周", "小满"))
    assert (alley.number, alley.int_ext, alley.location) == ("2", "EXT", "面馆后巷")
    assert hospital.cast == ("老周", "护士")
    assert "旁白" not in {name for scene in scenes_of(draft) for name in scene.cast}
    marked = next(shot for shot in alley.shots if shot.marked)
    assert (marked.size, marked.angle) == ("FS", "high")
    assert any(shot.sound == "音效：煤气灶点火" for shot in shop.shots)
    assert any("字幕：三年前" in shot.notes for shot in alley.shots)
    assert alley.shots[-1].transition == "切黑"
    assert [warned.line for warned in draft.warnings] == [42]


NAMES_EN = ["MAYA", "ADRIAN", "DR. BELL", "OLD TOM"]
NAMES_ZH = ["林晚", "陆沉", "沈玉梅", "小满"]
WORDS_EN = st.lists(
    st.sampled_from(["the", "door", "opens", "slowly", "Maya", "Adrian", "she", "looks", "at", "him", "again", "no"]),
    min_size=1,
    max_size=9,
).map(lambda words: " ".join(words).capitalize() + ".")
WORDS_ZH = st.lists(
    st.sampled_from(["林晚", "陆沉", "她", "推开门", "看着", "走进", "手机", "，", "雨"]), min_size=1, max_size=7
).map(lambda words: "雨里" + "".join(words) + "。")


def english(words):
    cue = st.sampled_from([*NAMES_EN, "MAYA (V.O.)", "ADRIAN (O.S.)"])
    marks = ["CLOSE ON MAYA", "WIDE", "TWO SHOT - MAYA AND ADRIAN", "INSERT - THE KEY", "OVER ADRIAN'S SHOULDER", "BACK TO SCENE", "MAYA'S POV", "ANGLE ON OLD TOM", "OTS", "GROUP SHOT"]  # fmt: skip
    block = st.one_of(
        words,
        st.builds("{}\n{}".format, cue, words),
        st.sampled_from([*marks, "CUT TO:", "[[a note]]"]),
    )
    return st.lists(block, min_size=1, max_size=14).map(lambda blocks: "INT. ROOM - DAY\n\n" + "\n\n".join(blocks))


def chinese(words):
    cue = st.sampled_from([*NAMES_ZH, "林晚OS", "旁白", "陆沉（画外音）", "小满（低声）"])
    marks = [
        "△（特写）",
        "△（过林晚肩）",
        "△（双人）",
        "△（全景，俯拍）",
        "【闪回】",
        "（切黑）",
        "【切回】",
        "△空镜",
        "△（主观）",
        "【音效：雷】",
    ]
    line = st.one_of(
        words.map("△{}".format), words, st.builds("{}：{}".format, cue, words), st.sampled_from(marks),
        st.builds("{}{}".format, st.sampled_from(["△（特写）", "△（近景）"]), words),
    )  # fmt: skip
    return st.lists(line, min_size=1, max_size=14).map(lambda lines: "1-1 日 内 客厅\n" + "\n".join(lines))


@settings(max_examples=200, deadline=None)
@given(st.one_of(english(WORDS_EN), chinese(WORDS_ZH)))
def test_generated_scenes_break_down_soundly(text):
    assert_sound(read_script(text.encode(), "generated.txt"))


def test_seconds_follow_the_pace_of_speech():
    assert speech_seconds("一二三四五六七八九") == pytest.approx(2)
    assert speech_seconds("one two three four five six seven eight nine ten eleven twelve thirteen") == pytest.approx(5)
    assert speech_seconds("don't go") == pytest.approx(2 / 2.6)
    assert speech_seconds("这表……你从哪儿来的？") > speech_seconds("这表你从哪儿来的？")
    assert shot_seconds("CU", (), "") == 3
    assert shot_seconds("ELS", (), "") > shot_seconds("MS", (), "") > shot_seconds("ECU", (), "")


@given(st.lists(st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=4, unique=True), max_size=20))
def test_an_axis_is_one_order_for_ever(groups):
    axis = Axis()
    order: dict[frozenset[str], str] = {}
    for people in groups:
        standing = axis.from_left(people)
        assert sorted(standing) == sorted(people)
        for place, one in enumerate(standing):
            for other in standing[place + 1 :]:
                assert order.setdefault(frozenset((one, other)), one) == one
