"""An engine of a series' own, its styles, the list of engines; one face repainted; a take made again."""

import json

import pytest
import toy_engine
from sqlalchemy import select, update

from characters.analyzers.bundled import Bundled
from storage.errors import Conflict, InvalidInput, NotAllowed, NotFound
from storage.models import Series, Take
from studio.engines import ENGINES
from studio.screenplay.draft import CastDraft

EN = "Paid in Full"
SCRIPT = b"INT. OFFICE - DAY\n\nINSERT - A KEY\n\nA key on a table.\n"


@pytest.fixture(autouse=True)
def _toys(monkeypatch):
    for name in ("toy", "other"):
        monkeypatch.setitem(ENGINES, name, "")
    toy_engine.install()


@pytest.fixture
def one(studio):
    studio.import_script(SCRIPT, "one.fountain", "One")
    with studio.database.session() as session:
        session.execute(update(Series).values(width=64, height=96))
    return studio


def _engine_asked(asked) -> tuple[str, str]:
    (each,) = asked
    return each.job.payload["engine"], each.job.payload["request"]["style"]


def test_the_engine_is_the_one_named_else_the_series_else_the_settings(one):
    assert _engine_asked(one.submit_render("One", 1)) == ("photoboard", "ink")
    one.set_series("One", engine="toy", style="noir")
    assert _engine_asked(one.submit_render("One", 1)) == ("toy", "noir")
    assert _engine_asked(one.submit_render("One", 1, engine="other")) == ("other", "ink")
    row = one.set_series("One", engine="")
    assert (row.engine, row.style, one.engine_of(row)) == ("", "noir", "photoboard")


def test_a_style_must_be_the_engines_and_where_the_series_is_not_that_is_said(one):
    with pytest.raises(InvalidInput, match=r"no style 'noir'.*ink, colour, pencil"):
        one.submit_render("One", 1, style="noir")
    with pytest.raises(InvalidInput, match=r"no style 'pencil'.*photo, noir"):
        one.set_series("One", engine="toy", style="pencil", fps=30)
    with pytest.raises(NotFound, match="no engine called 'paint'"):
        one.set_series("One", engine="paint")
    (row,) = one.shots.series()
    assert (row.engine, row.style, row.fps) == ("", "ink", 24), "nothing was changed by what was refused"
    assert one.queue.jobs() == []
    one.set_series("One", engine="toy")
    (asked,) = one.submit_render("One", 1)
    assert _engine_asked([asked]) == ("toy", "photo")
    assert asked.notice and "'ink'" in asked.notice.en and "“photo”" in asked.notice.zh
    (exact,) = one.submit_render("One", 1, style="noir")
    assert exact.notice is None


def test_engines_are_listed_with_what_they_lack_and_what_there_is_to_choose(castlock, studio):
    listed = {each["name"]: each for each in castlock(studio.home.root, "engines", "list")["engines"]}
    assert set(listed) == set(ENGINES)
    board, toy = listed["photoboard"], listed["toy"]
    assert board["available"] and board["missing"] is None and not board["generates"] and board["abilities"] == []
    grain = next(option for option in board["options"] if option["name"] == "grain")
    assert (grain["kind"], grain["default"], grain["minimum"], grain["maximum"]) == ("number", 0.6, 0.0, 1.0)
    assert toy["abilities"] == ["repaint", "start"] and toy["generates"]
    assert [option["name"] for option in toy["options"]] == list(toy_engine.ToyOptions.model_fields)


def test_the_command_line_says_what_a_take_was_made_with_and_verifies_it(castlock, one):
    home, place = one.home.root, ("--series", "One", "--episode", "1")
    castlock(home, "series", "set", "One", "--engine", "toy")
    said = castlock(home, "render", *place)
    (take,) = said["takes"]
    assert take["provenance"]["random_weights"] and take["notices"] == ["random weights: a test of the machinery"]
    assert len(said["notices"]) == 1 and "'ink'" in said["notices"][0]
    assert castlock(home, "takes", "list", *place)["takes"] == said["takes"]
    verify = ("takes", "verify", *place, "--shot", take["shot"], "--take", "1")
    assert castlock(home, *verify) == {
        "shot": take["shot"],
        "take": 1,
        "engine": "toy",
        "equal": True,
        "difference": 0,
        "version": "1",
        "version_now": "1",
        "batch": 1,
    }
    with one.database.session() as session:
        row = session.scalars(select(Take)).one()
        row.request = row.request | {"seed": row.request["seed"] + 1}
    changed = castlock(home, *verify, code=1)
    assert not changed["equal"] and changed["difference"] > 0
    assert len(castlock(home, "takes", "list", *place)["takes"]) == 1, "nothing was kept"


# -- repaint this face


@pytest.fixture
def framed(sample, monkeypatch):
    """The sample with one photoboard take of a shot with Maya's face in it, and a toy that needs embeddings."""
    monkeypatch.setattr(toy_engine.Toy, "space", Bundled.space)
    with sample.database.session() as session:
        session.execute(update(Series).values(width=270, height=480))
    shot = next(
        shot
        for shot in sample.shots.shots(EN, 1)
        if [(member.name, member.part) for member in shot.cast] == [("Maya", "face")]
    )
    sample.wait([each.job for each in sample.submit_render(EN, 1, [shot.uid])])
    return sample, shot.number


def _request(studio, take: Take) -> dict:
    with studio.database.reading() as session:
        return session.scalars(select(Take.request).where(Take.id == take.id)).one()


def test_a_repaint_is_the_takes_own_request_from_its_picture_as_the_new_engine_knows_people(framed):
    studio, number = framed
    (take,) = studio.shots.shot(EN, 1, number).takes
    asked = studio.submit_repaint(EN, 1, number, "maya", strength=0.4, engine="toy")
    uid = studio.cast.find("Maya").uid
    before, plain = _request(studio, take), asked.job.payload["request"]
    assert plain["start"] == {"asset": take.asset_sha256, "strength": 0.4, "repaint": uid}
    assert plain["seed"] != take.seed and plain["style"] == "photo" and asked.notice
    for same in ("width", "height", "prompt", "negative_prompt", "staging", "plate"):
        assert plain[same] == before[same]
    (was,), (now,) = before["subjects"], plain["subjects"]
    assert was["embeddings"] == [] and now["embeddings"] and len(now["embeddings"]) == len(now["references"])
    assert now["space"] == Bundled.space
    assert {key: now[key] for key in ("keypoints", "head", "region", "pose", "character")} == {
        key: was[key] for key in ("keypoints", "head", "region", "pose", "character")
    }
    (ended,) = studio.wait([asked.job])
    assert ended.state == "done"
    again = studio.take(ended.result["take"])
    assert (again.number, again.engine) == (2, "toy") and again.provenance["start"]
    assert any(face["character"] == "Maya" for face in again.faces)
    json.dumps(again.provenance)
    # the take's own engine goes on where it can, and each has a seed of its own
    third = studio.submit_repaint(EN, 1, number, "Maya", take=2)
    assert third.job.payload["engine"] == "toy" and third.notice is None
    assert third.job.payload["request"]["start"]["asset"] == again.asset_sha256
    assert len({take.seed, again.seed, third.job.payload["request"]["seed"]}) == 3


def test_what_cannot_be_repainted_is_refused_in_words_and_nothing_is_queued(framed):
    studio, number = framed
    queued = len(studio.queue.jobs())

    def refused(error, words, *asked, **chosen):
        with pytest.raises(error, match=words):
            studio.submit_repaint(EN, 1, *asked, **{"engine": "toy"} | chosen)

    refused(NotFound, "Nobody Known is not in take 1.*In it: Maya", number, "Nobody Known")
    refused(NotFound, "has no take 7", number, "Maya", take=7)
    refused(InvalidInput, "above 0 and at most 1", number, "Maya", strength=0.0)
    refused(InvalidInput, "above 0 and at most 1", number, "Maya", strength=float("nan"))
    refused(InvalidInput, "other cannot repaint.*toy", number, "Maya", engine="other")
    refused(InvalidInput, "photoboard cannot repaint.*toy", number, "Maya", engine=None)
    bare = next(shot for shot in studio.shots.shots(EN, 1) if not shot.takes)
    refused(Conflict, "no take yet", bare.number, "Maya")
    studio.set_series(EN, demands_consent=True)
    studio.cast.withdraw_consent("Maya")
    refused(NotAllowed, "none on record for: Maya", number, "Maya")
    assert len(studio.queue.jobs()) == queued


def test_a_turned_back_has_no_face_to_repaint(framed):
    studio, number = framed
    studio.shots.edit(EN, 1, number, {"cast": [CastDraft("Maya", part="back")]})
    studio.wait([each.job for each in studio.submit_render(EN, 1, [number], engine="toy")])
    with pytest.raises(InvalidInput, match="No face of Maya is seen"):
        studio.submit_repaint(EN, 1, number, "Maya")


def test_a_mannequin_cannot_be_repainted(studio):
    studio.import_script(
        "第1集\n1-1 日 内 面馆\n人物：小雨\n△小雨推门进来。\n小雨：一碗面。\n".encode(), "面馆.txt", "面馆"
    )
    shot = next(shot for shot in studio.shots.shots("面馆", 1) if shot.cast and shot.cast[0].part == "face")
    with studio.database.session() as session:
        session.execute(update(Series).values(width=180, height=320))
    studio.wait([each.job for each in studio.submit_render("面馆", 1, [shot.uid])])
    with pytest.raises(InvalidInput, match="小雨 is not cast"):
        studio.submit_repaint("面馆", 1, shot.number, "小雨", engine="toy")
