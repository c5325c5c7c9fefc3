"""A series goes from one studio to another and is the same there: rows, files, exports, and what erasing takes away."""

import hashlib
import json
import re
import zipfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from tiny_series import PLACES, PRIVATE, TITLE, everything, files, people, rows, story

from storage.errors import Conflict, InvalidInput, JobCancelled, NotAllowed, NotFound
from storage.files import Assets
from storage.models import Asset, Base, Character, Consent, Photo, Scene, Series, Shot, Take
from studio.engines import EngineCard
from studio.exports import FORMATS, ExportOptions
from studio.packages import opening, values
from studio.recipe import from_json, recipe_key, to_json
from studio.storyboard import timeline_of
from studio.studio import Studio


def _line(studio: Studio, number: int) -> Any:
    """The episode as exports see it, with hashes in the place of paths, and without the notes on its people."""
    line = timeline_of(studio, TITLE, number)
    return _hashed(asdict(replace(line, cast=tuple(replace(person, notes="") for person in line.cast))))


def _hashed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _hashed(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_hashed(each) for each in value]
    return value.parent.name + value.name if isinstance(value, Path) else value


# -- there and back


def test_a_series_is_the_same_in_another_studio(here: Studio, there: Studio, packed_series: Path, tmp_path: Path):
    opened = there.open_series(packed_series)
    assert (opened.series, opened.unchanged, set(opened.came), opened.known) == (TITLE, False, {"Ann", "Bea"}, ())
    assert opened.counts | {"assets": 0} == {
        "characters": 2, "photos": 4, "episodes": 2, "scenes": 4, "shots": 4, "takes": 8, "assets": 0,
    }  # fmt: skip
    assert story(there) == story(here)
    assert people(there, "Ann", "Bea") == people(here, "Ann", "Bea")
    assert there.shots.series()[0].demands_consent
    for number in (1, 2):
        assert _line(there, number) == _line(here, number)
        takes = [[take.uid for take in shot.takes if take.circled] for shot in there.shots.shots(TITLE, number)]
        assert takes == [[take.uid for take in shot.takes if take.circled] for shot in here.shots.shots(TITLE, number)]
        assert there.review(TITLE, number) == here.review(TITLE, number)
    kept = set(files(there))
    assert kept == {f"assets/{sha256[:2]}/{sha256[2:]}" for sha256 in _hashes(there)} and kept <= set(files(here))
    for space in ("bundled-1", "antelopev2"):
        for name in ("Ann", "Bea"):
            there_units, here_units = (
                [each.unit.tobytes() for each in studio.cast.references(studio.cast.find(name), space)]
                for studio in (there, here)
            )
            assert there_units == here_units and there_units


def _hashes(studio: Studio) -> set[str]:
    with studio.database.reading() as session:
        return set(session.scalars(select(Asset.sha256)))


def test_exports_are_equal_to_the_byte(here: Studio, there: Studio, packed_series: Path, tmp_path: Path):
    there.open_series(packed_series)
    for form in ("csv", "edl", "fcp7", "fcpxml", "srt", "ass"):
        written = []
        for name, studio in (("a", here), ("b", there)):
            folder = tmp_path / form / name
            folder.mkdir(parents=True)
            target = folder / f"E01{FORMATS[form].suffix}"
            studio.export(TITLE, 1, target, ExportOptions("zh"), form)
            written.append(target.read_bytes())
        assert written[0] == written[1], form


def test_the_same_state_is_the_same_file(here: Studio, there: Studio, packed_series: Path, tmp_path: Path):
    again = here.pack_series(TITLE, tmp_path / "again.castlock-series").file
    assert again.read_bytes() == packed_series.read_bytes()
    there.open_series(packed_series)
    back = there.pack_series(TITLE, tmp_path / "back.castlock-series").file
    assert back.read_bytes() == packed_series.read_bytes()


def test_the_file_can_be_read_without_the_studio(here: Studio, packed_series: Path):
    assert packed_series.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(packed_series) as archive:
        assert archive.testzip() is None
        manifest = json.loads(archive.read("manifest.json"))
        assert (manifest["format"], manifest["version"]) == ("castlock-series", 1)
        assert manifest["members"].keys() == set(archive.namelist()) - {"manifest.json"}
        for name, member in manifest["members"].items():
            content = archive.read(name)
            assert (hashlib.sha256(content).hexdigest(), len(content)) == (member["sha256"], member["bytes"])
        assert json.loads(archive.read("episodes/2.json"))["title"] == "第2集"


def test_nothing_private_and_nobody_else_is_in_it(here: Studio, packed_series: Path):
    content = packed_series.read_bytes()
    cleo = here.cast.show("Cleo")
    for said in ("private", "is ill", "IMG_", "at her home", "Cleo", cleo.uid, "Another"):
        assert said.encode() not in content
    for photo in (photo for look in cleo.looks for photo in look.photos):
        assert photo.asset_sha256.encode() not in content


def test_every_column_travels_or_is_left_out_on_purpose():
    """A new column asks here to be decided on."""
    told = {"id", "key", "unit", "media_type", "bytes"} | PLACES
    assets = {"asset_sha256": "asset", "thumbnail_sha256": "thumbnail", "script_sha256": "script"}
    for table, value in (
        ("series", values.SeriesValue),
        ("episode", values.EpisodeValue),
        ("scene", values.SceneValue),
        ("shot", values.ShotValue),
        ("shot_cast", values.ShotCastValue),
        ("plate", values.PlateValue),
        ("take", values.TakeValue),
        ("character", values.CharacterValue),
        ("look", values.LookValue),
        ("photo", values.PhotoValue),
        ("face_reference", values.FaceReferenceValue),
        ("consent", values.ConsentValue),
        ("adapter", values.AdapterValue),
    ):
        columns = {assets.get(each.name, each.name) for each in Base.metadata.tables[table].columns}
        assert columns - set(value.model_fields) - told == PRIVATE.get(table, set()), table


# -- twice, and beside others


def test_opening_again_changes_nothing(there: Studio, packed_series: Path):
    there.open_series(packed_series)
    before = everything(there)
    again = there.open_series(packed_series)
    assert again.unchanged and set(again.known) == {"Ann", "Bea"} and again.came == ()
    assert everything(there) == before


def test_the_studio_it_came_from_knows_it(here: Studio, packed_series: Path):
    before = everything(here)
    assert here.open_series(packed_series).unchanged
    assert everything(here) == before


def test_a_copy_under_another_title_has_uids_of_its_own(there: Studio, packed_series: Path):
    there.open_series(packed_series)
    original = story(there)
    copied = there.open_series(packed_series, "  Rain,   again ")
    assert (copied.series, copied.unchanged, copied.came) == ("Rain, again", False, ())
    assert story(there) == original
    copy = story(there, "Rain, again")
    for row, kept in zip(copy, original, strict=True):
        own = {"uid", "title", "created_at"} if "demands_consent" in row else {"uid"}
        assert {k: v for k, v in row.items() if k not in own} == {k: v for k, v in kept.items() if k not in own}
    with there.database.reading() as session:
        for table in (Series, Scene, Shot, Take):
            uids = list(session.scalars(select(table.uid)))
            assert len(uids) == len(set(uids))
        assert len(list(session.scalars(select(Character.uid)))) == 2
        keys = session.scalars(select(Take.recipe_key)).all()
    assert len(keys) == 16 and len(set(keys)) == 8, "nobody's uid has changed, so the recipes are the same"
    before = everything(there)
    again = there.open_series(packed_series, "Rain, again")
    assert (again.series, again.unchanged) == ("Rain, again", True)
    assert everything(there) == before


@pytest.mark.parametrize("title", ["", "   ", "x" * 201])
def test_a_title_is_between_one_and_two_hundred_characters(there: Studio, packed_series: Path, title: str):
    before = everything(there)
    with pytest.raises(InvalidInput, match="title"):
        there.open_series(packed_series, title)
    assert everything(there) == before


def test_a_title_that_is_taken_is_refused_with_the_way_out(there: Studio, packed_series: Path):
    there.open_series(packed_series)
    shot = there.shots.shots(TITLE, 1)[0]
    there.shots.edit(TITLE, 1, shot.number, {"notes": "changed since"})
    before = everything(there)
    with pytest.raises(Conflict, match="--as"):
        there.open_series(packed_series)
    assert everything(there) == before
    assert there.open_series(packed_series, "As it was").counts["shots"] == 4


def _rename(studio: Studio, uid: str, new: str) -> None:
    with studio.database.session() as session:
        session.execute(update(Character).where(Character.uid == uid).values(uid=new))


def test_a_name_that_is_somebody_elses_is_refused(there: Studio, packed_series: Path):
    there.cast.add_character("Dora", ["小安"])
    before = everything(there)
    with pytest.raises(Conflict, match='alias "Dora" "小安" --remove'):
        there.open_series(packed_series)
    assert everything(there) == before
    there.cast.remove_alias("Dora", "小安")
    there.cast.add_character("ann")
    before = everything(there)
    with pytest.raises(Conflict, match="not the one in the file"):
        there.open_series(packed_series)
    assert everything(there) == before


def test_somebody_who_has_changed_since_is_not_changed_back(there: Studio, packed_series: Path):
    there.open_series(packed_series)
    photo = there.cast.show("Ann").looks[0].photos[0]
    there.cast.remove_photo(photo.uid)
    before = everything(there)
    with pytest.raises(Conflict, match="photos differ"):
        there.open_series(packed_series, "Other")
    assert everything(there) == before


def test_somebody_of_whom_more_is_known_here_stays_so(there: Studio, packed_series: Path):
    there.open_series(packed_series)
    there.cast.add_alias("Ann", "Anna")
    there.cast.record_consent("Ann", "a second season")
    before = people(there, "Ann")
    assert set(there.open_series(packed_series, "Other").known) == {"Ann", "Bea"}
    assert people(there, "Ann") == before


def test_uids_that_are_anothers_here_become_new_ones(here: Studio, there: Studio, packed_series: Path):
    ann = here.cast.find("Ann")
    _rename(there, there.cast.add_character("Zoe").uid, ann.uid)
    shot = here.shots.shots(TITLE, 1)[0]
    with there.database.session() as session:
        series = Series(title="Zoe's", uid=here.shots.series()[0].uid)
        session.add(series)
    there.open_series(packed_series)
    came = there.cast.find("Ann")
    assert came.uid != ann.uid and there.cast.find("Zoe").uid == ann.uid
    with there.database.reading() as session:
        takes = list(session.scalars(select(Take)))
        requests = list(session.scalars(select(Take.request)))
    assert ann.uid not in json.dumps(requests) and came.uid in json.dumps(requests)
    for take, request in zip(takes, requests, strict=True):
        assert ann.uid not in json.dumps([take.faces, take.provenance])
        assert to_json(from_json(request)) == request
        assert take.recipe_key == recipe_key(from_json(request), EngineCard("photoboard", "3", None, generates=False))
    assert shot.uid in {each.uid for each in there.shots.shots(TITLE, 1)}
    before = everything(there)
    assert there.open_series(packed_series).unchanged, "the copy of Ann is known by her photos"
    assert everything(there) == before
    receipt = there.erase("Ann")
    assert receipt.erased["takes"] == 4 and receipt.erased["photos"] == 3


# -- people


def test_erasing_after_opening_leaves_nothing(here: Studio, there: Studio, packed_series: Path):
    there.open_series(packed_series)
    for name in ("Ann", "Bea"):
        person = there.cast.show(name)
        faces = [ref for look in person.looks for photo in look.photos for ref in photo.references]
        photos = [photo.asset_sha256 for look in person.looks for photo in look.photos]
        frames = [
            take.asset_sha256
            for number in (1, 2)
            for shot in there.shots.shots(TITLE, number)
            for take in shot.takes
            if take.faces[0]["uid"] == person.uid
        ]
        assert there.erase(name).erased["takes"] == 4 == len(frames)
        raw = b"".join(path.read_bytes() for path in there.home.root.rglob("*") if path.is_file())
        for face in faces:
            assert face.raw not in raw and face.unit not in raw
        assert person.uid.encode() not in raw
        for sha256 in {*photos, *frames}:
            with pytest.raises(NotFound):
                there.assets.path(sha256)
    left = {row["media_type"] for row in rows(there.database)["asset"]}
    assert left == {"text/plain", "image/png"}, "the scripts, and the plate"
    back = there.open_series(packed_series, "Again")
    assert set(back.returned) == set(back.came) == {"Ann", "Bea"}


def test_a_package_in_the_home_goes_with_the_person(here: Studio):
    inside = here.pack_series(TITLE, here.home.exports / "x.castlock-series").file
    here.erase("Ann")
    assert not inside.exists()


def test_a_withdrawal_travels_and_consent_never_comes_back(here: Studio, there: Studio, packed_series: Path, tmp_path):
    there.open_series(packed_series)
    here.set_series(TITLE, demands_consent=False)
    here.cast.withdraw_consent("Ann")
    later = here.pack_series(TITLE, tmp_path / "later.castlock-series")
    assert later.without_consent == ("Ann",)
    assert later.notice and "in force for: Ann." in later.notice.en and "没有有效授权：Ann" in later.notice.zh
    opened = there.open_series(later.file, "Later")
    assert opened.withdrawn == ("Ann",)
    assert not there.cast.has_consent(there.cast.find("Ann")) and there.cast.has_consent(there.cast.find("Bea"))
    assert there.open_series(packed_series).withdrawn == ()
    assert not there.cast.has_consent(there.cast.find("Ann"))


def test_nobody_without_consent_leaves_with_a_series_that_demands_it(here: Studio, tmp_path: Path):
    here.cast.withdraw_consent("Bea")
    with pytest.raises(NotAllowed, match="Bea"):
        here.pack_series(TITLE, tmp_path / "x.castlock-series")
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


# -- failures leave nothing


def _fail(*_args, **_kwargs):
    raise RuntimeError("the power went")


def test_a_failure_among_the_rows_leaves_nothing(there: Studio, packed_series: Path, monkeypatch):
    before = everything(there)
    real, calls = opening.place_episode, []

    def second_fails(*arguments):
        calls.append(arguments)
        (real if len(calls) < 2 else _fail)(*arguments)

    monkeypatch.setattr(opening, "place_episode", second_fails)
    with pytest.raises(RuntimeError):
        there.open_series(packed_series)
    assert len(calls) == 2 and everything(there) == before


def test_a_cancel_leaves_nothing_and_takes_nothing_that_was_there(there: Studio, packed_series: Path):
    with zipfile.ZipFile(packed_series) as archive:
        name = sorted(each for each in archive.namelist() if each.startswith("assets/"))[0]
        waiting = there.assets.write(archive.read(name))  # somebody else's upload, waiting for its row
    before = everything(there)

    def cancel(fraction: float) -> None:
        if fraction > 0.4:
            raise JobCancelled("enough")

    with pytest.raises(JobCancelled):
        there.open_series(packed_series, on_progress=cancel)
    assert everything(there) == before and there.assets.read(waiting)


def test_a_disk_that_refuses_leaves_nothing(there: Studio, packed_series: Path, monkeypatch):
    before, write, count = everything(there), Assets._write, []

    def full(self, place, content):
        count.append(place)
        if len(count) > 5:
            raise OSError(28, "No space left on device")
        write(self, place, content)

    monkeypatch.setattr(Assets, "_write", full)
    with pytest.raises(Conflict, match="No space"):
        there.open_series(packed_series)
    monkeypatch.undo()
    assert everything(there) == before


def test_a_package_that_does_not_fit_is_refused_first(there: Studio, packed_series: Path, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(Conflict, match="GiB are free"):
        there.open_series(packed_series)


def test_progress_goes_up_to_one(here: Studio, there: Studio, tmp_path: Path):
    for verb in (
        lambda said: here.pack_series(TITLE, tmp_path / "x.castlock-series", said.append),
        lambda said: there.open_series(tmp_path / "x.castlock-series", on_progress=said.append),
    ):
        said: list[float] = []
        verb(said)
        assert said == sorted(said) and said[-1] == 1.0 and len(said) > 10


def test_packing_writes_only_a_new_whole_file(here: Studio, tmp_path: Path, monkeypatch):
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "there.castlock-series").write_text("mine")
    for name, kind, said in (
        ("x.zip", InvalidInput, ".castlock-series"),
        ("there.castlock-series", Conflict, "exists already"),
        ("none/x.castlock-series", InvalidInput, "no folder"),
    ):
        with pytest.raises(kind, match=re.escape(said)):
            here.pack_series(TITLE, folder / name)
    with pytest.raises(NotFound):
        here.pack_series("No such series", folder / "x.castlock-series")

    def cancel(fraction: float) -> None:
        if fraction > 0.4:
            raise JobCancelled("enough")

    with pytest.raises(JobCancelled):
        here.pack_series(TITLE, folder / "x.castlock-series", cancel)
    place = here.assets.path(here.cast.show("Ann").looks[0].photos[0].asset_sha256)
    place.write_bytes(b"bits have rotted")
    with pytest.raises(Exception, match="damaged"):
        here.pack_series(TITLE, folder / "x.castlock-series")
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("there.castlock-series", "mine")]


def test_a_row_that_no_package_may_hold_is_named(here: Studio, tmp_path: Path):
    with here.database.session() as session:
        session.execute(update(Shot).values(size="HUGE"))
    with pytest.raises(Conflict, match=r"ShotValue: size.*no size"):
        here.pack_series(TITLE, tmp_path / "x.castlock-series")
    with here.database.session() as session:
        session.execute(update(Consent).values(text=""))
        session.execute(update(Photo).values(source_name=""))
    with pytest.raises(Conflict, match="ConsentValue: text"):
        here.pack_character("Ann", tmp_path / "x.castlock-character")
