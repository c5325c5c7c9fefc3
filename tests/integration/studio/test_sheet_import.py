"""A sheet goes out by the command line and comes back as another series: the same shots, omitted ones too."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
KEPT = ("number", "scene", "size", "framing", "angle", "movement", "cast", "dialogue", "description", "omitted")


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("script", ["paid-in-full.en.fountain", "seventh-letter.zh.txt"])
def test_a_sheet_of_a_series_makes_the_same_series(castlock, tmp_path, script, suffix):
    home, sheet = tmp_path / "home", tmp_path / f"sheet.{suffix}"
    castlock(home, "script", "import", str(ROOT / "studio/sample" / script), "--series", "One", "--episode", "1")
    one, two = ("--series", "One", "--episode", "1"), ("--series", "Two", "--episode", "1")
    number = castlock(home, "shots", "list", *one)["shots"][2]["number"]
    castlock(home, "shots", "omit", number, *one)
    castlock(home, "export", *one, "--to", str(sheet))
    made = castlock(home, "script", "import", str(sheet), "--series", "Two", "--episode", "1")
    assert made["warnings"] == []

    before, after = (castlock(home, "shots", "list", *place)["shots"] for place in (one, two))
    assert [shot["omitted"] for shot in after].count(True) == 1
    for first, second in zip(before, after, strict=True):
        assert {key: second[key] for key in KEPT} == {key: first[key] for key in KEPT}
        assert first["omitted"] or second["seconds"] == pytest.approx(first["seconds"], abs=0.001)
        # where somebody stands is given anew by the framing; a hand stays a hand and a back a back
        seen = [[(each["name"], each["part"]) for each in shot["staging"]] for shot in (first, second)]
        assert first["framing"] == "establishing" or seen[0] == seen[1]
