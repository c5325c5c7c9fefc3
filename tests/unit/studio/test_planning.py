"""A shot and its cast become one request: the same ones the same request, and everybody in it."""

from dataclasses import replace

from storage.models import Scene, Shot, ShotCast
from studio.engines import Reference
from studio.planning import CastMember, RenderSettings, plan, seed_of, times_of_day

CHOSEN = RenderSettings(1080, 1920, "ink")
PHOTO = Reference("f" * 64, "face", 800, 1000, (0, 0, 10, 10), ((1, 1),) * 5, (0.0, 0.0, 0.0))
ANN = CastMember("a" * 32, (PHOTO,), wardrobe="red coat", colours=("#aa0000",))


def _shot(*cast: ShotCast, size: str = "MS", framing: str = "two-shot") -> Shot:
    scene = Scene(id=1, number="1", int_ext="INT", location="Office", time_of_day="DAY")
    return Shot(
        uid="5" * 32, scene=scene, number="1A", size=size, framing=framing, angle="eye-level", movement="static",
        description="They wait.", seconds=3.0, cast=list(cast), takes=[], dialogue=[],
    )  # fmt: skip


def _member(name: str, placement: str, look: str = "") -> ShotCast:
    return ShotCast(name=name, key=name.casefold(), placement=placement, gaze="camera", part="face", look=look)


def _plan(shot: Shot, chosen: RenderSettings = CHOSEN, **cast: CastMember):
    known = {(name, ""): member for name, member in cast.items()}
    return plan(shot, time_of_day="NIGHT", language="en", cast=known, plate="e" * 64, chosen=chosen)


def test_everybody_is_in_the_request_in_their_places_cast_or_not():
    made = _plan(_shot(_member("Ann", "left"), _member("Bo", "right")), ann=ANN)
    ann, bo = made.subjects
    assert (ann.name, ann.character, ann.references, ann.colours) == ("Ann", ANN.uid, (PHOTO,), ("#aa0000",))
    assert (bo.name, bo.character, bo.references) == ("Bo", "", ())
    assert ann.keypoints[0][0] < bo.keypoints[0][0]
    assert made.staging.time_of_day == "NIGHT" and made.plate == "e" * 64 and made.seed == seed_of(_shot())
    assert "Ann" not in made.prompt and "Bo" not in made.prompt


def test_the_same_shot_gives_the_same_request_and_a_seed_only_changes_the_seed():
    shot = _shot(_member("Ann", "left"), _member("Bo", "right"))
    once, again = _plan(shot, ann=ANN), _plan(shot, ann=ANN)
    assert once == again
    assert replace(_plan(shot, replace(CHOSEN, seed=7), ann=ANN), seed=once.seed) == once


def test_a_look_belongs_to_the_shot():
    wet = replace(ANN, wardrobe="soaked uniform")
    shot = _shot(_member("Ann", "centre", look="wet"), framing="single")
    cast = {("ann", ""): ANN, ("ann", "wet"): wet}
    made = plan(shot, time_of_day="DAY", language="en", cast=cast, plate=None, chosen=CHOSEN)
    assert made.subjects[0].wardrobe == "soaked uniform"


def test_continuous_takes_the_time_of_the_scene_before():
    times = ["NIGHT", "CONTINUOUS", "LATER", "DAY", "SAME"]
    scenes = [Scene(id=index, time_of_day=time) for index, time in enumerate(times)]
    assert list(times_of_day(scenes).values()) == ["NIGHT", "NIGHT", "NIGHT", "DAY", "DAY"]
    assert times_of_day([Scene(id=9, time_of_day="CONTINUOUS")]) == {9: "DAY"}
