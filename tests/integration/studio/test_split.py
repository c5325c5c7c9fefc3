"""One shot made two: nothing of it is lost, no other number changes, and the episode keeps its length to the frame."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from storage.errors import Conflict, InvalidInput, NotFound
from storage.models import Shot, Take
from studio.exports.timeline import frames_of
from studio.settings import Settings
from studio.shot_edits import split_off
from studio.storyboard import timeline
from studio.studio import Studio

SHEET = """Scene,Shot,I/E,Location,Time,Size,Framing,Description,Cast,Dialogue,Dur (s),Transition
1,1A,INT,Office,DAY,MS,Two-shot,They stand at the window.,"Ann, Ben","ANN (coldly): You knew it.
BEN: I did not know it, and nobody who says so has ever seen the letter that you are holding there.
ANN (O.S.): Liar.",14,
1,1B,INT,Office,DAY,CU,Single,Ann turns away.,Ann,,3,Cut to black
2,2A,EXT,Street,NIGHT,LS,Establishing,Rain.,,,5,
"""
PLACE = ("--series", "Split", "--episode", "1")


@pytest.fixture
def home(castlock, tmp_path: Path) -> Path:
    script = tmp_path / "split.csv"
    script.write_text(SHEET)
    castlock(tmp_path / "home", "script", "import", str(script), "--series", "Split")
    return tmp_path / "home"


@pytest.fixture
def opened(home: Path) -> Iterator[Studio]:
    studio = Studio(Settings(home=home))
    yield studio
    studio.close()


def listed(castlock, home: Path):
    return castlock(home, "shots", "list", *PLACE)["shots"]


def test_both_parts_are_printed_and_nothing_is_lost(castlock, home):
    before = listed(castlock, home)
    talk = before[0]
    castlock(home, "shots", "set", talk["number"], *PLACE, "--look", "Ann=Coat")
    first, second = castlock(home, "shots", "split", talk["number"], *PLACE)["shots"]

    assert (first["uid"], first["number"]) == (talk["uid"], talk["number"])
    assert first["dialogue"] == talk["dialogue"][:2] and second["dialogue"] == talk["dialogue"][2:]
    assert first["seconds"] + second["seconds"] == pytest.approx(talk["seconds"]) and second["seconds"] >= 0.5
    assert first["seconds"] > second["seconds"], "the long line is in the first part"
    assert second["staging"] == first["staging"] and {"Coat"} <= {each["look"] for each in second["staging"]}
    for same in ("scene", "size", "framing", "angle", "movement", "cast", "description", "omitted"):
        assert second[same] == first[same] == talk[same]
    after = listed(castlock, home)
    at = [shot["uid"] for shot in before].index(talk["uid"])
    numbers = [shot["number"] for shot in before]
    assert [shot["number"] for shot in after] == [*numbers[: at + 1], second["number"], *numbers[at + 1 :]]
    assert second["number"] not in numbers

    third, fourth = castlock(home, "shots", "split", second["number"], *PLACE, "--at", "0")["shots"]
    assert third["dialogue"] == [] and fourth["dialogue"] == talk["dialogue"][2:]
    assert len({shot["number"] for shot in listed(castlock, home)}) == len(before) + 2


def test_the_frames_of_the_episode_stay_and_the_transition_moves_to_the_end(opened):
    opened.shots.edit("Split", 1, "1B", {"seconds": 2.3})
    length = timeline(opened.shots.episode("Split", 1), opened.assets, {}).frames
    first, second = opened.shots.split("Split", 1, "1B")
    assert (first.transition, second.transition) == ("", "Cut to black")
    assert timeline(opened.shots.episode("Split", 1), opened.assets, {}).frames == length


def test_takes_stay_with_the_first_part(castlock, home):
    number = listed(castlock, home)[-1]["number"]
    (take,) = castlock(home, "render", *PLACE, "--shots", number)["takes"]
    _, second = castlock(home, "shots", "split", number, *PLACE)["shots"]
    takes = castlock(home, "takes", "list", *PLACE)["takes"]
    assert [(each["shot"], each["uid"]) for each in takes] == [(number, take["uid"])]
    made = castlock(home, "render", *PLACE, "--shots", second["number"])["takes"]
    assert [each["shot"] for each in made] == [second["number"]]


@pytest.mark.parametrize(("words", "said"), [(("--at", "4"), "0 to 3"), (("--at", "-1"), "0 to 3")])
def test_a_line_that_is_not_there_leaves_everything_as_it_was(castlock, home, words, said):
    before = listed(castlock, home)
    talk = before[0]["number"]
    error = castlock(home, "shots", "split", talk, *PLACE, *words, code=1)["error"]
    assert said in error["en"] and error["zh"]
    assert listed(castlock, home) == before


def test_what_cannot_be_split_is_refused(castlock, home):
    number = listed(castlock, home)[-1]["number"]
    castlock(home, "shots", "set", number, *PLACE, "--seconds", "0.9")
    before = listed(castlock, home)
    assert "too short" in castlock(home, "shots", "split", number, *PLACE, code=1)["error"]["en"]
    castlock(home, "shots", "split", "99Z", *PLACE, code=1)
    assert listed(castlock, home) == before
    castlock(home, "shots", "omit", number, *PLACE)
    assert "--restore" in castlock(home, "shots", "split", number, *PLACE, code=1)["error"]["en"]
    assert len(listed(castlock, home)) == len(before)


WORDS = st.lists(st.sampled_from(["wait", "等等", "the letter", "……", "no.", "第七封信"]), max_size=12).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(
    st.floats(0.04, 600),
    st.lists(WORDS, max_size=5),
    st.none() | st.integers(-1, 6),
    st.sampled_from([24, 25, 30, 60, 1]),
)
@example(seconds=1.0, texts=[], at=None, fps=24)
@example(seconds=2.3, texts=["wait"], at=0, fps=25)
@example(seconds=1.75, texts=["", "wait wait"], at=None, fps=30)
def test_any_shot_is_cut_between_two_frames_or_not_at_all(seconds, texts, at, fps):
    dialogue = [{"speaker": "Ann", "text": text, "manner": "", "delivery": "spoken"} for text in texts]
    shot = Shot(
        number="1", size="MS", framing="single", seconds=seconds, dialogue=dialogue, transition="x", takes=[Take()]
    )
    try:
        second = split_off(shot, at, "1A", fps)
    except InvalidInput:
        assert (shot.seconds, shot.dialogue, shot.transition) == (seconds, dialogue, "x")
        beyond = at is not None and not 0 <= at <= len(texts)
        assert beyond or frames_of(seconds, fps) < fps + 2
        return
    assert len(shot.takes) == 1 and second.takes == []
    assert [*shot.dialogue, *second.dialogue] == dialogue
    assert at is None or len(shot.dialogue) == at
    assert shot.seconds + second.seconds == pytest.approx(seconds, abs=1e-6)
    assert min(shot.seconds, second.seconds) >= 0.5 - 1e-9
    assert frames_of(shot.seconds, fps) + frames_of(second.seconds, fps) == frames_of(seconds, fps)
    if not texts:
        assert abs(frames_of(shot.seconds, fps) - frames_of(second.seconds, fps)) <= 1


def test_the_errors_are_those_of_the_house(opened):
    with pytest.raises(NotFound):
        opened.shots.split("Split", 1, "nothing")
    opened.shots.edit("Split", 1, "1A", {"omitted": True})
    with pytest.raises(Conflict):
        opened.shots.split("Split", 1, "1A")
