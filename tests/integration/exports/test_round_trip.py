"""A sheet that the studio wrote, read by the studio: the same shots, in both languages, as CSV and as XLSX.

What a sheet does not carry, and the reader gives by its rules: placement and gaze (by the framing), a face in an
establishing shot (a figure there), which look is worn, and how long an omitted shot was.
"""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from timelines import changed, episode, exported, without

from storage.errors import Language
from studio.exports import ExportOptions
from studio.exports.timeline import Clip, ClipLine, Timeline, frames_of, starts
from studio.screenplay import read_script
from studio.screenplay.cues import read_manner
from studio.screenplay.draft import SceneDraft, ScriptDraft, ShotDraft
from studio.screenplay.headings import place
from studio.vocabulary import ANGLES, FRAMINGS, INT_EXT, MOVEMENTS, SIZES, TIMES

LANGUAGES: list[Language] = ["en", "zh"]
SUFFIXES = [".csv", ".xlsx"]
FIELDS = ("size", "framing", "angle", "movement", "lens", "equipment", "description", "sound", "art", "transition", "notes")  # fmt: skip
# no two of them are spellings of one person
PEOPLE = {
    "en": ["Maya", "Adrian Voss", "Old man", "McCoy", "Dr. Rivera", "O'Brien", "Guard 2", "Li-Na"],
    "zh": ["林晚", "陆沉", "沈玉梅", "李和平", "小卓玛", "Tom", "老板娘", "欧阳明月"],
}


def read_back(timeline: Timeline, folder: Path, suffix: str, language: Language) -> ScriptDraft:
    target = folder / f"sheet{suffix}"
    exported(timeline, target, ExportOptions(language))
    return read_script(target.read_bytes(), target.name)


def placed(draft: ScriptDraft) -> list[tuple[int, SceneDraft, ShotDraft]]:
    return [
        (episode.number, scene, shot) for episode in draft.episodes for scene in episode.scenes for shot in scene.shots
    ]


def expect_same(timeline: Timeline, draft: ScriptDraft) -> None:
    assert draft.warnings == ()
    read = placed(draft)
    assert [shot.number for _, _, shot in read] == [clip.number for clip in timeline.clips]
    for clip, (number, scene, shot) in zip(timeline.clips, read, strict=True):
        assert (number, scene.number, scene.int_ext, scene.location, scene.time_of_day) == (
            clip.episode,
            clip.scene,
            clip.int_ext,
            clip.location,
            clip.time_of_day,
        )
        assert {field: getattr(shot, field) for field in FIELDS} == {field: getattr(clip, field) for field in FIELDS}
        assert [(s.speaker, s.text, s.manner, s.delivery) for s in shot.dialogue] == [
            (line.speaker, line.text, line.manner, line.delivery) for line in clip.dialogue
        ]
        assert [(person.name, person.part) for person in shot.cast] == list(zip(clip.cast, clip.parts, strict=True))
        assert shot.omitted == clip.omitted
        assert clip.omitted or frames_of(shot.seconds, timeline.fps) == clip.frames
        for person in shot.cast:
            if person.part == "back":
                assert person.gaze == "away"


# -- any timeline ------------------------------------------------------------------------------------------------

LETTERS = {"en": "aeinrstlMWéü", "zh": "雨夜她推门看钟表信晚。，！？：“”（）…—"}
SIGNS = "=+-@＝＋－＠'\"/;,:.!?()（）：，。&%#*_<>|\\ 0123456789"


def texts(language: Language, most: int = 24) -> st.SearchStrategy[str]:
    """Words, and what spreadsheets, CSV and XML take for something of theirs."""
    letters = st.text(LETTERS[language] + SIGNS, max_size=most)
    traps = st.sampled_from(
        ["=1+1", "+1", "-50mm", "@home", "'=1", "''+", "'quoted'", "＝HYPERLINK(A1)", "a\nb", "a\n=b", "\tx", "<b>&amp;", "#REF!",
         "TRUE", "1-1", "3.50", "007", "1e5", 'a "b", c', "é", "𠮷野家"]
    )  # fmt: skip
    return st.one_of(letters, traps, st.tuples(traps, letters).map("".join)).map(str.strip)


def lines(language: Language) -> st.SearchStrategy[ClipLine]:
    said = texts(language).map(lambda text: " ".join(text.split())).filter(bool)
    manner = st.one_of(
        st.just(""),
        st.sampled_from(["softly", "低声、哽咽", "slow, then fast", "一字一句！", "to Maya: now", "beat / whisper"]),
        said.filter(lambda text: not set(text) & set("()（）")),
    ).filter(_is_a_manner)
    return st.builds(ClipLine, st.sampled_from(PEOPLE[language]), said, manner, st.sampled_from(["spoken", "OS", "VO"]))


def _is_a_manner(text: str) -> bool:
    """What a reader of scripts would call so: no comma at its ends, no word of it a delivery."""
    pieces = text.replace("，", ",").replace("／", "/").replace("；", ";").replace("、", ",").replace("/", ",")
    return not text or all(piece.strip() and read_manner(piece)[0] for piece in pieces.replace(";", ",").split(","))


@st.composite
def clips(draw: st.DrawFn, language: Language, number: str, scene: tuple[str, str, str, str]) -> Clip:
    framing = draw(st.sampled_from(FRAMINGS.codes))
    cast = tuple(draw(st.lists(st.sampled_from(PEOPLE[language]), unique=True, max_size=4)))
    seen = ["hand", "feet", "back", "figure"] + ([] if framing == "establishing" else ["face"])
    parts = tuple(draw(st.sampled_from(seen)) for _ in cast)
    people = [index for index, part in enumerate(parts) if part in ("face", "back")]
    if framing == "OTS" and len(people) == 2:  # over one shoulder, onto one face
        behind = draw(st.sampled_from(people))
        parts = tuple("back" if i == behind else "face" if i in people else part for i, part in enumerate(parts))
    return Clip(
        uid=number,
        episode=7,
        scene=scene[0],
        number=number,
        status=draw(st.sampled_from(["planned", "rendered", "approved"])),
        int_ext=scene[1],
        location=scene[2],
        time_of_day=scene[3],
        size=draw(st.sampled_from(SIZES.codes)),
        framing=framing,
        angle=draw(st.sampled_from(ANGLES.codes)),
        movement=draw(st.sampled_from(MOVEMENTS.codes)),
        lens=draw(texts(language, 6)),
        equipment=draw(texts(language, 6)),
        description=draw(texts(language)),
        cast=cast,
        looks=(),
        parts=parts,
        dialogue=tuple(draw(st.lists(lines(language), max_size=3))),
        sound=draw(texts(language, 8)),
        art=draw(texts(language, 8)),
        transition=draw(texts(language, 8)),
        notes=draw(texts(language)),
        omitted=draw(st.integers(0, 5)) == 0,
        picture=None,
        take=draw(st.sampled_from(["", "1", "12"])),
        engine="",
        uncast=False,
        likeness=(),
        start=0,
        frames=0,
    )


@st.composite
def timelines(draw: st.DrawFn) -> tuple[Timeline, Language, str]:
    language = draw(st.sampled_from(LANGUAGES))
    fps = draw(st.sampled_from([24, 25, 30, 60]))
    made: list[Clip] = []
    for scene in draw(st.lists(st.sampled_from(["1", "2", "2A", "10", "A3"]), unique=True, min_size=1, max_size=3)):
        location = place(draw(texts(language, 12))) or {"en": "Roof", "zh": "钟表铺"}[language]
        assume(place(location) == location)
        where = (scene, draw(st.sampled_from(INT_EXT.codes)), location, draw(st.sampled_from(TIMES.codes)))
        for index in range(draw(st.integers(1, 3))):
            number = (
                f"{scene}{draw(st.sampled_from(['', '.', 'ZZ', '-']))}{'ABC'[index]}"
                if language == "en"
                else str(len(made) + 1)
            )
            made.append(draw(clips(language, number, where)))
    counts = [0 if clip.omitted else draw(st.integers(1, 20 * fps)) for clip in made]
    clips_ = tuple(
        replace(clip, start=start, frames=count)
        for clip, start, count in zip(made, starts(counts), counts, strict=True)
    )
    timeline = Timeline("Title", 7, "", language, fps, 1080, 1920, clips_)
    return timeline, language, draw(st.sampled_from(SUFFIXES))


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(timelines())
def test_any_sheet_of_ours_comes_back(tmp_path: Path, made: tuple[Timeline, Language, str]) -> None:
    timeline, language, suffix = made
    expect_same(timeline, read_back(timeline, tmp_path, suffix, language))


# -- the sample episodes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("written_in", LANGUAGES)
def test_the_sample_episodes_come_back_whichever_language_the_sheet_is_in(
    tmp_path: Path, language: Language, written_in: Language, suffix: str
) -> None:
    timeline = episode(language, tmp_path)
    first, third = timeline.clips[0].number, timeline.clips[2].number
    timeline = without(changed(timeline, first, notes="=1+1", art="'=1", lens="-50mm"), third)
    by_rule = {"OTS": ("back", "face"), "establishing": ("figure",) * 9}
    timeline = replace(
        timeline,
        clips=tuple(
            replace(clip, parts=by_rule.get(clip.framing, clip.parts)[: len(clip.cast)]) for clip in timeline.clips
        ),
    )
    expect_same(timeline, read_back(timeline, tmp_path, suffix, written_in))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_who_is_over_whose_shoulder_is_kept(tmp_path: Path, suffix: str) -> None:
    timeline = changed(episode("en"), "2B", cast=("Maya", "Vivian"), looks=(), parts=("face", "back"))
    draft = read_back(timeline, tmp_path, suffix, "en")
    (shot,) = (shot for _, _, shot in placed(draft) if shot.number == "2B")
    people = {person.name: person for person in shot.cast}
    assert people["Vivian"].placement.startswith("foreground") and people["Maya"].part == "face"
    assert [person.name for person in shot.cast] == ["Maya", "Vivian"]
