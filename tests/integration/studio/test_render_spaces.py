"""An engine that knows people by another recogniser than the registry's: photos are embedded for it when it is asked."""

import base64
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from skimage import data

from characters.analyzers.insightface import InsightFace, space_of
from storage.errors import ResourceMissing
from storage.pictures import encode_png
from studio import doctor
from studio.engines import ENGINES, EngineCard
from studio.engines.photoboard import Photoboard
from studio.settings import Settings
from studio.studio import Studio

SCRIPT = b"""Title: Orbit

INT. LAB - DAY

Close on EILEEN. She looks at NOBODY.

EILEEN
We are late.
"""


class Knowing(Photoboard):
    """Asks for the embeddings of the pack in `faces/antelopev2`, as an engine that generates does."""

    name = "knowing"

    @classmethod
    def card(cls, weights: Path, options: dict[str, Any]) -> EngineCard:
        return EngineCard(cls.name, cls.version, space_of(weights / "faces" / "antelopev2"), cls.generates)


@pytest.fixture
def orbit(studio: Studio, shared: Path, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A studio with one script, one photo of its lead, and a pack of real stand-in networks among its weights."""
    models, folder = shared / "faces" / "models", studio.weights / "faces" / "antelopev2"
    folder.mkdir(parents=True)
    shutil.copy(models / "insightface" / "det_500m.onnx", folder / "scrfd_10g_bnkps.onnx")
    shutil.copy(models / "recognition" / "edgeface_xs_512.onnx", folder / "glintr100.onnx")
    studio.import_script(SCRIPT, "orbit.fountain", episode=1)
    studio.cast.add_character("Eileen")
    assert studio.add_photo("Eileen", encode_png(data.astronaut()), "eileen.png").accepted
    monkeypatch.setitem(ENGINES, "knowing", f"{__name__}:Knowing")
    return studio


def subjects(studio: Studio, engine: str) -> list[dict[str, Any]]:
    asked = studio.submit_render("Orbit", 1, engine=engine)
    assert all(each.job is not None for each in asked)
    return [subject for each in asked for subject in each.job.payload["request"]["subjects"]]


def test_the_request_holds_the_raw_embeddings_of_the_engines_recogniser(orbit: Studio) -> None:
    pack = InsightFace(orbit.weights / "faces" / "antelopev2")
    (face,) = pack.analyze(data.astronaut())
    hers = [each for each in subjects(orbit, "knowing") if each["name"].casefold() == "eileen"]
    assert hers
    for subject in hers:
        assert subject["space"] == pack.space == space_of(orbit.weights / "faces" / "antelopev2")
        (encoded,) = subject["embeddings"]
        raw = np.frombuffer(base64.b64decode(encoded), "<f4")
        assert raw.shape == (512,)
        assert np.array_equal(raw, face.raw)
        (reference,) = subject["references"]
        assert np.allclose(reference["keypoints"], face.keypoints, atol=0.01)
    others = [each for each in subjects(orbit, "knowing") if each["name"].casefold() != "eileen"]
    assert all(each["embeddings"] == [] == each["references"] for each in others)


def test_what_was_embedded_for_one_engine_changes_no_recipe_of_another(orbit: Studio) -> None:
    def keys() -> list[str]:
        return [each.job.key for each in orbit.submit_render("Orbit", 1, engine="photoboard")]

    before = keys()
    subjects(orbit, "knowing")
    assert len(orbit.cast.references(orbit.cast.find("eileen"))) == 2
    assert keys() == before
    assert orbit.cast.lineup().space == "bundled-1"
    assert orbit.cast.compare("eileen", encode_png(data.astronaut()), "same.png").space == "bundled-1"


def test_without_the_pack_nothing_is_queued_and_the_command_is_named(orbit: Studio) -> None:
    space = space_of(orbit.weights / "faces" / "antelopev2")
    (orbit.weights / "faces" / "antelopev2").rename(orbit.weights / "antelopev2")
    with pytest.raises(ResourceMissing, match="weights pull antelopev2"):
        orbit.recogniser(space)
    with pytest.raises(ResourceMissing, match="weights pull antelopev2"):
        orbit.submit_render("Orbit", 1, engine="knowing")
    assert orbit.queue.jobs(kinds=["render"]) == []


def test_a_recogniser_is_opened_once_and_the_settings_own_is_not_opened_again(orbit: Studio) -> None:
    space = space_of(orbit.weights / "faces" / "antelopev2")
    assert orbit.recogniser(space) is orbit.recogniser(space)
    assert orbit.recogniser("bundled-1") is orbit.analyzer()
    same = Studio(Settings(home=orbit.home.root, analyzer="antelopev2"))
    assert same.recogniser(space) is same.analyzer()
    same.close()


def test_the_doctor_says_which_recogniser_is_in_use_and_how_good_it_is(orbit: Studio) -> None:
    def line(analyzer: str) -> doctor.Check:
        studio = Studio(Settings(home=orbit.home.root, analyzer=analyzer))
        (found,) = [check for check in doctor.examine(studio) if check.name == "analyzer"]
        studio.close()
        return found

    drafts, pack, absent, unknown = map(line, ("bundled", "antelopev2", "buffalo_l", "antelope"))
    assert [each.ok for each in (drafts, pack, absent, unknown)] == [True, True, False, False]
    assert "bundled-1" in drafts.text
    assert "AUC" in drafts.text
    assert space_of(orbit.weights / "faces" / "antelopev2") in pack.text
    assert "weights pull buffalo_l" in absent.text
    assert "There is: antelopev2, buffalo_l, bundled" in unknown.text
