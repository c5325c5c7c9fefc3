"""The command line's public shapes, on the sample series and on broken input."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[3]
EN, ZH = "Paid in Full", "第七封信"


def test_a_script_becomes_shots_and_names_that_are_bound_or_listed(castlock, tmp_path):
    script = ROOT / "studio/sample/paid-in-full.en.fountain"
    made = castlock(tmp_path, "script", "import", str(script), "--series", "Mine", "--episode", "1")
    assert {"series", "episodes", "scenes", "shots", "cast", "unbound", "warnings"} <= made.keys()
    assert made["series"] == "Mine" and made["episodes"] == [1] and made["scenes"] == 4
    assert set(made["cast"]) == set(made["unbound"]) >= {"Maya", "Vivian", "Adrian"}
    again = castlock(tmp_path, "script", "import", str(script), "--series", "Mine", "--episode", "1")
    assert again["unchanged"] and again["shots"] == made["shots"]
    shots = castlock(tmp_path, "shots", "list", "--series", "Mine", "--episode", "1")["shots"]
    wanted = {
        "uid",
        "number",
        "scene",
        "size",
        "framing",
        "angle",
        "movement",
        "cast",
        "dialogue",
        "seconds",
        "omitted",
    }
    assert len(shots) == made["shots"] and all(wanted <= shot.keys() for shot in shots)


def test_another_script_for_an_episode_is_refused_and_nothing_is_lost(castlock, sample_home, tmp_path):
    other = tmp_path / "other.fountain"
    other.write_text("INT. OFFICE - DAY\n\nANN\nHello.\n")
    before = castlock(sample_home, "shots", "list", "--series", EN, "--episode", "1")
    said = castlock(sample_home, "script", "import", str(other), "--series", EN, "--episode", "1", code=1)
    assert "--replace" in said["error"]["en"] and "--replace" in said["error"]["zh"]
    assert castlock(sample_home, "shots", "list", "--series", EN, "--episode", "1") == before
    castlock(sample_home, "script", "import", str(other), "--series", EN, "--episode", "1", "--replace")
    after = castlock(sample_home, "shots", "list", "--series", EN, "--episode", "1")
    assert {shot["uid"] for shot in after["shots"]}.isdisjoint(shot["uid"] for shot in before["shots"])


def test_shots_are_added_moved_and_omitted_without_renumbering(castlock, sample_home):
    place = ("--series", ZH, "--episode", "1")

    def numbers():
        return [shot["number"] for shot in castlock(sample_home, "shots", "list", *place)["shots"]]

    before = numbers()
    third, fourth = before[2], before[3]
    added = castlock(
        sample_home,
        "shots",
        "add",
        *place,
        "--after",
        third,
        "--size",
        "特写",
        "--cast",
        "林晚、陆沉",
        "--framing",
        "two-shot",
    )
    assert added["size"] == "CU" and added["cast"] == ["林晚", "陆沉"]
    assert {each["placement"] for each in added["staging"]} == {"left", "right"}
    assert numbers() == [*before[:3], added["number"], *before[3:]]
    second = castlock(sample_home, "shots", "add", *place, "--after", third)
    assert second["number"] not in [*before, added["number"]]
    castlock(sample_home, "shots", "move", before[0], *place, "--after", before[-1])
    assert numbers()[-1] == before[0] and sorted(numbers()) == sorted([*before, added["number"], second["number"]])
    castlock(sample_home, "shots", "omit", fourth, *place)
    assert fourth in numbers()
    assert "omitted" in castlock(sample_home, "render", *place, "--shots", fourth, code=1)["error"]["en"]
    assert castlock(sample_home, "shots", "set", fourth, *place, "--restore")["omitted"] is False


@pytest.mark.parametrize(
    "change", [("--size", "HUGE"), ("--seconds", "-1"), ("--framing", "sideways"), ("--look", "nobody")]
)
def test_a_change_that_cannot_be_leaves_the_shot_as_it_was(castlock, sample_home, change):
    place = ("--series", EN, "--episode", "1")
    before = castlock(sample_home, "shots", "list", *place)
    number = before["shots"][0]["number"]
    said = castlock(sample_home, "shots", "set", number, *place, *change, code=1)
    assert said["error"]["en"] and said["error"]["zh"]
    assert castlock(sample_home, "shots", "list", *place) == before


def test_frames_reviews_takes_and_sheets(castlock, sample_home, tmp_path):
    place = ("--series", EN, "--episode", "1")
    listed = castlock(sample_home, "shots", "list", *place)["shots"]
    speaking = next(shot for shot in listed if shot["size"] == "CU" and len(shot["cast"]) == 1)
    made = castlock(sample_home, "render", *place, "--shots", speaking["number"], "--takes", "2")
    assert made["failed"] == [] and len(made["takes"]) == 2
    first, second = made["takes"]
    wanted = {"shot", "take", "engine", "file", "width", "height", "seed", "seconds", "recipe_key", "similarity"}
    assert wanted <= first.keys() and first["recipe_key"] != second["recipe_key"]
    with Image.open(first["file"]) as picture:
        assert picture.format == "PNG" and picture.size == (first["width"], first["height"]) == (1080, 1920)
    assert set(first["similarity"]) == set(speaking["cast"])
    again = castlock(sample_home, "render", *place, "--shots", speaking["number"], "--takes", "2")
    assert [take["uid"] for take in again["takes"]] == [first["uid"], second["uid"]], (
        "the same recipe is not made twice"
    )

    castlock(sample_home, "takes", "circle", *place, "--shot", speaking["number"], "--take", "1")
    circled = {take["take"]: take["circled"] for take in castlock(sample_home, "takes", "list", *place)["takes"]}
    assert circled == {1: True, 2: False}

    review = castlock(sample_home, "review", *place)
    (face,) = next(each for each in review["shots"] if each["shot"] == speaking["number"])["faces"]
    assert {"character", "box", "face_width", "space", "similarity", "pass_mark", "verdict"} <= face.keys()
    assert face["verdict"] == "composited" and face["pass_mark"] is None and face["similarity"] > 0
    assert {"rule", "severity", "shots", "message", "waived"} <= review["findings"][0].keys()

    for suffix in ("csv", "xlsx", "pdf"):
        target = tmp_path / f"sheet.{suffix}"
        written = castlock(sample_home, "export", *place, "--to", str(target))
        assert written == {"file": str(target), "bytes": target.stat().st_size, "shots": len(listed), "notices": []}
    with (tmp_path / "sheet.csv").open(encoding="utf-8-sig", newline="") as sheet:
        rows = list(csv.reader(sheet))
    assert [row[2] for row in rows[1:]] == [shot["number"] for shot in listed]
    said = castlock(sample_home, "export", *place, "--to", str(tmp_path / "sheet.doc"), code=1)
    assert ".xlsx" in said["error"]["en"]


def test_people_without_photos_are_drawn_and_marked_uncast(castlock, tmp_path):
    script = tmp_path / "one.fountain"
    script.write_text("INT. OFFICE - DAY\n\nCLOSE ON ANN\n\nANN (30) looks up.\n\nANN\nHello.\n")
    castlock(tmp_path / "home", "script", "import", str(script), "--series", "One")
    made = castlock(tmp_path / "home", "render", "--series", "One", "--episode", "1")
    assert made["failed"] == [] and made["takes"]
    close = [take for take in made["takes"] if "Ann" in take["similarity"]]
    assert close and all(take["uncast"] and take["similarity"]["Ann"] is None for take in close)
    findings = castlock(tmp_path / "home", "review", "--series", "One", "--episode", "1")["findings"]
    assert "uncast" in {each["rule"] for each in findings}


def test_consent_that_is_demanded_is_asked_for_before_anything_is_rendered(castlock, sample_home):
    place = ("--series", EN, "--episode", "1")
    castlock(sample_home, "series", "set", EN, "--demand-consent")
    shot = next(s for s in castlock(sample_home, "shots", "list", *place)["shots"] if s["cast"] == ["Maya"])
    castlock(sample_home, "cast", "consent", "Maya", "--withdraw")
    said = castlock(sample_home, "render", *place, "--shots", shot["number"], code=1)
    assert "Maya" in said["error"]["en"] and castlock(sample_home, "takes", "list", *place)["takes"] == []
    castlock(sample_home, "cast", "consent", "Maya", "--text", "agreed on 1 May, for this title")
    assert castlock(sample_home, "render", *place, "--shots", shot["number"])["takes"]


def test_a_person_is_compared_and_erased_with_a_receipt(castlock, sample_home, tmp_path):
    from studio.sample.cast import SAMPLE_CAST, portraits

    maya = next(person for person in SAMPLE_CAST if person.name.startswith("Maya"))
    photo = tmp_path / "maya.jpg"
    photo.write_bytes(portraits(maya)[1][1])
    compared = castlock(sample_home, "cast", "compare", "Maya", str(photo))
    assert {"space", "similarity", "per_reference", "faces"} <= compared.keys()
    assert compared["similarity"] == max(face["similarity"] for face in compared["faces"]) > 0.9
    stranger = castlock(sample_home, "cast", "compare", "Vivian", str(photo))
    assert stranger["similarity"] < compared["similarity"]

    place = ("--series", EN, "--episode", "1")
    shots = castlock(sample_home, "shots", "list", *place)["shots"]
    hers = next(shot["number"] for shot in shots if shot["cast"] == ["Maya"] and shot["staging"][0]["part"] == "face")
    take = castlock(sample_home, "render", *place, "--shots", hers)["takes"][0]
    receipt = castlock(sample_home, "cast", "erase", "Maya", "--yes")
    assert receipt["receipt"] and receipt["erased"]["photos"] >= 4 and receipt["erased"]["takes"] == 1
    assert not Path(take["file"]).exists()
    assert castlock(sample_home, "takes", "list", *place)["takes"] == []
    assert "Maya" not in {each["name"] for each in castlock(sample_home, "cast", "list")["characters"]}
    castlock(sample_home, "cast", "show", "Maya", code=1)


def test_photos_are_added_refused_and_named(castlock, tmp_path):
    from studio.sample.cast import SAMPLE_CAST, portraits

    home = tmp_path / "home"
    good = tmp_path / "good.jpg"
    good.write_bytes(portraits(SAMPLE_CAST[0])[0][1])
    empty, page = tmp_path / "wall.png", tmp_path / "page.jpg"
    Image.fromarray(np.full((400, 300, 3), 128, np.uint8)).save(empty)
    page.write_text("<html>no picture</html>")
    photos = [word for path in (good, empty, page) for word in ("--photo", str(path))]
    made = castlock(home, "cast", "add", "Ann", *photos, "--consent", "agreed", code=1)
    assert made["name"] == "Ann" and [photo["accepted"] for photo in made["photos"]] == [True, False, False]
    wanted = {"file", "accepted", "reason", "warnings", "keypoints", "face_width"}
    assert all(wanted <= photo.keys() for photo in made["photos"])
    assert len(made["photos"][0]["keypoints"]) == 5 and made["photos"][0]["face_width"] > 200
    assert all(photo["reason"] for photo in made["photos"][1:])
    shown = castlock(home, "cast", "show", "Ann")
    assert len(shown["photos"]) == 1 and shown["consent"]


def test_mistakes_have_a_line_and_an_exit_code(castlock, tmp_path):
    said = castlock(tmp_path, "shots", "list", "--series", "No", "--episode", "1", code=1)
    assert "No" in said["error"]["en"] and said["error"]["zh"]
    castlock(tmp_path, "cast", "show", "Nobody", code=1)
    castlock(tmp_path, "script", "import", str(tmp_path / "missing.txt"), code=1)
    castlock(tmp_path, "jobs", "cancel", "7", code=1)


def test_the_program_itself_prints_one_json_object_and_nothing_else(tmp_path):
    command = [sys.executable, "-m", "studio"]
    ran = subprocess.run(
        [*command, "cast", "list", "--home", str(tmp_path / "home"), "--json"], cwd=ROOT, capture_output=True, text=True
    )
    assert ran.returncode == 0 and json.loads(ran.stdout) == {"characters": []}
    usage = subprocess.run([*command, "render"], cwd=ROOT, capture_output=True, text=True)
    assert usage.returncode == 2
    wrong = subprocess.run(
        [*command, "shots", "list", "--series", "No", "--episode", "1", "--home", str(tmp_path / "home")],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert wrong.returncode == 1 and wrong.stdout == "" and len(wrong.stderr.splitlines()) == 1
