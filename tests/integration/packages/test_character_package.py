"""One character as a file: with the consent, without what is private, and refused without consent."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from forging import Forgery
from sqlalchemy import update
from tiny_series import TITLE, drawing, everything, files, people, safetensors

from storage.errors import BadPicture, Conflict, InvalidInput, NotAllowed, NotFound
from storage.models import Consent
from storage.pictures import encode_png
from studio.studio import Studio


def test_a_character_is_the_same_in_another_studio(here: Studio, there: Studio, packed_ann: Path, tmp_path: Path):
    opened = there.open_character(packed_ann)
    assert (opened.series, opened.unchanged, opened.came, opened.known) == ("", False, ("Ann",), ())
    assert opened.counts == {"characters": 1, "photos": 3, "assets": 4}
    assert people(there, "Ann") == people(here, "Ann")
    ann = there.cast.show("小安")
    assert ann.notes == "" and there.cast.has_consent(ann) and not there.shots.series()
    assert [photo.source_name for look in ann.looks for photo in look.photos] == ["Ann 1", "Ann 2", "Ann 3"]
    assert set(files(there)) <= set(files(here))
    back = there.pack_character("Ann", tmp_path / "back.castlock-character").file
    assert back.read_bytes() == packed_ann.read_bytes()


def test_nothing_private_is_in_it(here: Studio, packed_ann: Path):
    content = packed_ann.read_bytes()
    for said in ("private", "is ill", "IMG_", "at her home", "Bea", "Cleo", TITLE, "老街"):
        assert said.encode() not in content
    with zipfile.ZipFile(packed_ann) as archive:
        character = json.loads(archive.read("character.json"))
    assert [each["text"] for each in character["consents"]] == ["only the pilot", "Ann: 全季, signed"]
    assert character["names"] == ["Ann", "小安", "ANNIE"]


def test_opening_again_changes_nothing_and_a_series_finds_its_cast(
    there: Studio, packed_ann: Path, packed_series: Path
):
    there.open_character(packed_ann)
    before = everything(there)
    again = there.open_character(packed_ann)
    assert (again.unchanged, again.known) == (True, ("Ann",)) and everything(there) == before
    opened = there.open_series(packed_series)
    assert (opened.came, opened.known) == (("Bea",), ("Ann",))
    assert len(there.cast.list_characters()) == 2


def test_no_consent_no_file(here: Studio, tmp_path: Path):
    target = tmp_path / "x.castlock-character"
    here.cast.withdraw_consent("Ann")
    with pytest.raises(NotAllowed, match="Ann"):
        here.pack_character("Ann", target)
    with here.database.session() as session:
        session.execute(update(Consent).values(withdrawn_at=None, expires_at=datetime(2026, 1, 1, tzinfo=UTC)))
    with pytest.raises(NotAllowed, match="Bea"):
        here.pack_character("Bea", target)
    with pytest.raises(NotFound):
        here.pack_character("Nobody", target)
    assert not target.exists()


@pytest.mark.parametrize("ended", [{"expires_at": "2026-01-01T00:00:00Z"}, {"withdrawn_at": "2026-05-01T00:00:00Z"}])
def test_a_consent_that_ended_on_the_way_is_no_consent(there: Studio, packed_ann: Path, tmp_path: Path, ended: Any):
    forgery = Forgery(packed_ann)
    character = forgery.json("character.json")
    for consent in character["consents"]:
        consent.update(ended)
    forgery.put("character.json", character)
    before = everything(there)
    with pytest.raises(NotAllowed, match="not in force"):
        there.open_character(forgery.write(tmp_path / "x.castlock-character"))
    assert everything(there) == before


def test_a_name_that_is_anothers_is_refused(there: Studio, packed_ann: Path):
    there.cast.add_character("Annie")
    before = everything(there)
    with pytest.raises(Conflict, match="another Annie here"):
        there.open_character(packed_ann)
    assert everything(there) == before


def test_each_kind_of_file_is_told_from_the_other(there: Studio, packed_ann: Path, packed_series: Path):
    before = everything(there)
    with pytest.raises(InvalidInput, match="no place in one"):
        there.open_character(packed_series)
    with pytest.raises(InvalidInput, match="no place in one"):
        there.open_series(packed_ann)
    assert everything(there) == before


@pytest.mark.parametrize(
    ("content", "error"),
    [(b"#!/bin/sh", BadPicture), (encode_png(drawing(1, 80, 80)), InvalidInput), (safetensors(8), BadPicture)],
)
def test_a_photo_that_is_none_is_refused(there: Studio, packed_ann: Path, tmp_path: Path, content: bytes, error):
    forgery = Forgery(packed_ann)
    forgery.replace_asset(forgery.json("character.json")["looks"][0]["photos"][0]["asset"], content)
    before = everything(there)
    with pytest.raises(error):
        there.open_character(forgery.write(tmp_path / "x.castlock-character"))
    assert everything(there) == before


def test_the_commands(here: Studio, there: Studio, tmp_path: Path):
    from typer.testing import CliRunner

    from studio.cli import app

    def castlock(studio: Studio, *words: str, code: int = 0) -> Any:
        result = CliRunner().invoke(app, [*words, "--home", str(studio.home.root)])
        assert result.exit_code == code, result.output + result.stderr
        return result.stderr if code else result.stdout

    def as_json(studio: Studio, *words: str) -> Any:
        return json.loads(castlock(studio, *words, "--json"))

    file = str(tmp_path / "x.castlock-series")
    packed = as_json(here, "series", "pack", TITLE, file)
    assert packed["counts"]["shots"] == 4 and set(packed["people"]) == {"Ann", "Bea"}
    assert packed["bytes"] == Path(file).stat().st_size
    assert "biometric" in packed["notice"]["en"] and "生物识别" in packed["notice"]["zh"]
    opened = as_json(there, "series", "open", file, "--as", "New")
    assert (opened["series"], opened["unchanged"], set(opened["cast_new"])) == ("New", False, {"Ann", "Bea"})
    assert "(unchanged)" in castlock(there, "series", "open", file, "--as", "New")
    assert "exists already" in castlock(here, "series", "pack", TITLE, file, code=1)
    assert "no series package file" in castlock(there, "series", "open", str(tmp_path / "none"), code=1)
    alone = str(tmp_path / "ann.castlock-character")
    lines = castlock(here, "cast", "pack", "Ann", alone).splitlines()
    assert len(lines) == 2 and "biometric data (faces) of: Ann" in lines[1]
    assert as_json(there, "cast", "open", alone)["cast_here"] == ["Ann"]
    castlock(there, "cast", "erase", "Ann", "--yes")
    assert as_json(there, "cast", "open", alone)["erased_before"] == ["Ann"]
