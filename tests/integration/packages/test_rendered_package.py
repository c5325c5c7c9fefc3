"""Real photos and real frames: the other studio measures the same likeness, and makes the same frames again."""

from pathlib import Path

import numpy as np
import pytest

from studio.rendering import conclude
from studio.sample.cast import SAMPLE_CAST, portraits
from studio.sample.series import add_person
from studio.settings import Settings
from studio.studio import Studio

SCRIPT = b"""Title: Two Shots

INT. KITCHEN - DAY

Maya looks up from the letter, close up.

MAYA
Where did you get that?

EXT. ROOF - NIGHT

Maya stands at the edge. Rain.
"""


@pytest.mark.slow
def test_likeness_and_frames_are_the_same_in_another_studio(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("studio.sample.cast.SIZE", (480, 600))
    here, there = Studio(Settings(home=tmp_path / "here")), Studio(Settings(home=tmp_path / "there"))
    maya = next(person for person in SAMPLE_CAST if person.name.startswith("Maya"))
    add_person(here, maya)
    here.import_script(SCRIPT, "two.fountain", "Two Shots")
    asked = here.submit_render("Two Shots", 1, takes=2)
    takes = [each.take for each in conclude(here, asked)]
    assert len(takes) >= 4 and all(takes)
    here.shots.circle(takes[0].uid)
    packed = here.pack_series("Two Shots", tmp_path / "two.castlock-series")
    assert packed.people == (maya.name,)
    there.open_series(packed.file)
    file_name, content = next(iter(portraits(maya)))
    same = [studio.cast.compare(maya.name, content, file_name) for studio in (here, there)]
    assert same[0] == same[1] and same[0].similarity > 0.9
    assert np.array_equal(here.cast.lineup().matrix, there.cast.lineup().matrix)
    for take in takes:
        remade = there.remake(take.uid)
        assert remade.equal and remade.difference == 0 and remade.take.faces == take.faces
    # what is asked for again is there already
    again = there.submit_render("Two Shots", 1, takes=2)
    assert sorted(each.take.uid for each in again if each.take) == sorted(take.uid for take in takes)
    assert there.take(takes[0].uid).circled
    assert there.erase(maya.name).erased["photos"] == len(maya.views)
    here.close()
    there.close()
