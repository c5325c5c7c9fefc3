"""Scripts out: the studio's own reader makes the same episode of them again, and screenplain agrees with the Fountain."""

import io
import xml.etree.ElementTree as ET
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_timelines import timelines
from screenplain.parsers import fountain
from screenplain.types import Dialog, Slug
from timelines import changed, episode, exported, without

from storage.errors import InvalidInput, Language
from studio.exports import ExportOptions
from studio.exports.timeline import Clip, ClipLine, Timeline
from studio.screenplay import read_script
from studio.screenplay.draft import ScriptDraft, ShotDraft
from studio.screenplay.marks import read_mark
from studio.settings import Settings
from studio.studio import Studio
from studio.vocabulary import ANGLES, FRAMINGS, MOVEMENTS, SIZES

FORMS = ["fountain", "fdx"]
LANGUAGES = ["en", "zh"]


def flat(text: str) -> str:
    """What a line of a script can hold of a text: no line breaks, no control characters."""
    return " ".join("".join(" " if ord(char) < 32 else char for char in text).split())


def apart(text: str) -> str:
    """Without the blanks that keep signs from being read as Fountain's."""
    return "".join(text.split())


def told(clip: Clip, timeline: Timeline) -> dict:
    """What a script keeps of a shot."""
    if clip.omitted:
        return {"number": clip.number, "omitted": True}
    return {
        "number": clip.number,
        "omitted": False,
        "size": clip.size,
        "framing": clip.framing,
        "angle": clip.angle,
        "movement": clip.movement,
        "frames": clip.frames,
        "cast": clip.cast,
        "dialogue": [
            (line.speaker, apart(line.text), line.manner, line.delivery) for line in clip.dialogue if flat(line.text)
        ],
    }


def heard(shot: ShotDraft, timeline: Timeline) -> dict:
    if shot.omitted:
        return {"number": shot.number, "omitted": True}
    return {
        "number": shot.number,
        "omitted": False,
        "size": shot.size,
        "framing": shot.framing,
        "angle": shot.angle,
        "movement": shot.movement,
        "frames": max(1, round(shot.seconds * timeline.fps)),
        "cast": tuple(person.name for person in shot.cast),
        "dialogue": [(line.speaker, apart(line.text), line.manner, line.delivery) for line in shot.dialogue],
    }


def read(timeline: Timeline, folder: Path, form: str, language: Language = "en") -> ScriptDraft:
    target = exported(timeline, folder / f"script.{form}", ExportOptions(language=language))
    return read_script(target.read_bytes(), target.name)


def shots(draft: ScriptDraft) -> list[ShotDraft]:
    return [shot for each in draft.episodes for scene in each.scenes for shot in scene.shots]


def scenes(draft: ScriptDraft) -> list[tuple]:
    return [(s.number, s.int_ext, s.time_of_day, len(s.shots)) for each in draft.episodes for s in each.scenes]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sample_episode_comes_back_whole(language, form, tmp_path):
    timeline = episode(language)
    draft = read(timeline, tmp_path, form, language)
    assert (draft.title, draft.language, draft.warnings) == (timeline.series, language, ())
    assert [(each.number, each.title) for each in draft.episodes] == [(1, timeline.title)]
    assert [
        (scene.number, scene.int_ext, scene.location, scene.time_of_day) for scene in draft.episodes[0].scenes
    ] == list(dict.fromkeys((clip.scene, clip.int_ext, clip.location, clip.time_of_day) for clip in timeline.clips))
    assert [heard(shot, timeline) for shot in shots(draft)] == [told(clip, timeline) for clip in timeline.clips]
    assert [
        (shot.description, shot.notes, shot.sound, shot.lens, shot.transition, shot.equipment) for shot in shots(draft)
    ] == [
        (clip.description, clip.notes, clip.sound, clip.lens, clip.transition, clip.equipment)
        for clip in timeline.clips
    ]


@pytest.mark.parametrize("form", FORMS)
@given(timeline=timelines(most=60), language=st.sampled_from(LANGUAGES))
def test_any_episode_comes_back(form, timeline, language, tmp_path_factory):
    draft = read(timeline, tmp_path_factory.mktemp("scripts"), form, language)
    assert [heard(shot, timeline) for shot in shots(draft)] == [told(clip, timeline) for clip in timeline.clips]
    kept = [run[0] for run in timeline.scenes()]
    assert scenes(draft) == [
        (clip.scene, clip.int_ext, clip.time_of_day, sum(each.scene == clip.scene for each in timeline.clips))
        for clip in kept
    ]


@given(timeline=timelines(most=30), language=st.sampled_from(LANGUAGES))
def test_screenplain_counts_the_same_scenes_and_cues(timeline, language, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scripts")
    target = exported(timeline, folder / "script.fountain", ExportOptions(language=language))
    parsed = list(fountain.parse(io.StringIO(target.read_text())))
    said = [line for clip in timeline.clips if not clip.omitted for line in clip.dialogue if flat(line.text)]
    assert sum(isinstance(each, Slug) for each in parsed) == len(list(timeline.scenes()))
    assert sum(isinstance(each, Dialog) for each in parsed) == len(said)


@given(timeline=timelines(most=10))
def test_fdx_is_well_formed_and_its_notes_lie_on_their_shots(timeline, tmp_path_factory):
    folder = tmp_path_factory.mktemp("scripts")
    root = ET.parse(exported(timeline, folder / "script.fdx", ExportOptions())).getroot()
    written = "".join(f"{each.findtext('Text') or ''}\n" for each in root.iterfind("Content/Paragraph"))
    units = written.encode("utf-16-le")
    shown = [each.findtext("Text") for each in root.iterfind("Content/Paragraph") if each.get("Number")]
    for note in root.iterfind("ScriptNotes/ScriptNote"):
        start, end = (int(part) * 2 for part in note.attrib["Range"].split(","))
        assert units[start:end].decode("utf-16-le") in shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_every_size_framing_angle_and_movement_comes_back(form, language, tmp_path):
    base = episode(language)
    like = next(clip for clip in base.clips if len(clip.cast) == 2)
    clips = []
    for size in SIZES.terms:
        for framing in FRAMINGS.terms:
            for index, movement in enumerate(MOVEMENTS.terms):
                angle = ANGLES.codes[(index + len(clips)) % len(ANGLES.codes)]
                number = str(len(clips) + 1)
                clips.append(
                    replace(like, number=number, size=size, framing=framing, angle=angle, movement=movement, scene="1")
                )
    timeline = replace(base, clips=tuple(clips))
    back = shots(read(timeline, tmp_path, form, language))
    assert [heard(shot, timeline) for shot in back] == [told(clip, timeline) for clip in clips]


def test_hostile_words_stay_words(tmp_path):
    said = [
        "(laughs)",
        "(laughs) Hello.",
        "INT. KITCHEN - NIGHT",
        "# Episode 9",
        "=1+1",
        ".5 litres",
        "12.",
        "[[a note]]",
        "/* gone */",
        "**bold** _line_ \\*",
        "> CUT TO:",
        "@someone",
        "!",
        "第9集",
        "~la la~",
        "CLOSE ON MAYA #9#",
        "ends with a star *",
        "[[[x]]]",
    ]
    base = episode("en")
    line = next(clip for clip in base.clips if clip.dialogue).dialogue[0]
    for text in said:
        for manner in ("", "low (then up)"):
            number = "2B"
            timeline = changed(
                base, number, dialogue=(replace(line, text=text, manner=manner),), description=text, notes=text
            )
            for form in FORMS:
                back = shots(read(timeline, tmp_path, form))
                shot = next(each for each in back if each.number == number)
                assert len(back) == len(base.clips), (text, form)
                spoken = [(apart(each.text), each.manner) for each in shot.dialogue]
                assert spoken == [(apart(text), manner)], (text, form)
                assert apart(shot.notes) == apart(text)
                if any(char.isalnum() for char in text):
                    assert apart(shot.description).replace("＃", "#") == apart(text), (text, form)


@pytest.mark.parametrize("form", FORMS)
def test_omitted_shots_keep_their_numbers(form, tmp_path):
    timeline = without(episode("en"), "1A", "1B", "1C", "2C")
    back = read(timeline, tmp_path, form)
    assert [shot.number for shot in shots(back) if shot.omitted] == ["1A", "1B", "1C", "2C"]
    assert [scene.number for scene in back.episodes[0].scenes] == ["1", "2", "3", "4"]


def test_a_marking_over_a_shoulder_says_whose(tmp_path):
    mark = read_mark("MEDIUM SHOT - HIGH - OVER VIVIAN'S SHOULDER - MAYA")
    assert mark is not None
    assert (mark.size, mark.framing, mark.angle) == ("MS", "OTS", "high")
    assert (mark.foreground, mark.subject) == ("VIVIAN", "MAYA")
    assert "OVER VIVIAN'S SHOULDER - MAYA #2B#" in (
        exported(episode("en"), tmp_path / "a.fountain", ExportOptions()).read_text()
    )


def test_nothing_to_write_is_said(tmp_path):
    with pytest.raises(InvalidInput):
        exported(replace(episode("en"), clips=()), tmp_path / "a.fdx", ExportOptions())
    assert not (tmp_path / "a.fdx").exists()


# no two of them are spellings of one person
PEOPLE = ["Maya", "Adrian Voss", "Old man", "McCoy", "Dr. Rivera", "O'Brien", "Guard 2", "Li-Na", "林晚", "沈玉梅", "欧阳明月", "老板娘"]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@given(cast=st.permutations(PEOPLE).map(lambda people: people[:4]), language=st.sampled_from(LANGUAGES), how=st.data())
def test_any_names_come_back(form, cast, language, how, tmp_path_factory):
    base = episode(language)
    clips = []
    for clip in base.clips:
        seen = tuple(how.draw(st.permutations(cast))[: how.draw(st.integers(0, 3))])
        heard_too = how.draw(st.sampled_from(cast))
        lines = tuple(ClipLine(heard_too, text, "", "VO") for text in how.draw(st.lists(st.just("Go."), max_size=1)))
        clips.append(replace(clip, cast=seen, looks=(), parts=(), dialogue=lines))
    timeline = replace(base, clips=tuple(clips))
    draft = read(timeline, tmp_path_factory.mktemp("scripts"), form, language)
    assert [heard(shot, timeline) for shot in shots(draft)] == [told(clip, timeline) for clip in clips]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "script",
    ["studio/sample/paid-in-full.en.fountain", "studio/sample/seventh-letter.zh.txt", "tests/samples/noodle-shop.zh.txt", "tests/samples/last-light.en.fountain"],
)  # fmt: skip
def test_a_script_that_went_in_comes_out_and_in_again(form, script, tmp_path):
    file = Path(__file__).parents[3] / script
    with closing(Studio(Settings(home=tmp_path / "home"))) as studio:
        made = studio.import_script(file.read_bytes(), file.name, "One").imported
        number = made.episodes[0]
        before = studio.timeline("One", number)
        target = exported(before, tmp_path / f"out.{form}", ExportOptions(language=before.language))
        again = studio.import_script(target.read_bytes(), target.name, "Two")
        after = studio.timeline("Two", number)
    assert again.warnings == ()
    fields = ("scene", "number", "int_ext", "location", "time_of_day", "size", "framing", "angle", "movement", "description",
              "cast", "dialogue", "sound", "art", "notes", "transition", "frames", "start")  # fmt: skip
    for one, other in zip(before.clips, after.clips, strict=True):
        assert {name: getattr(other, name) for name in fields} == {name: getattr(one, name) for name in fields}
    assert after.title == before.title
