import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from sqlalchemy import event, func, insert, select
from toy_faces import ANN, BEA, CLEO, SquareFaces, picture, portrait

from characters.registry import Registry, name_key
from storage.database import Database
from storage.errors import BadPicture, Conflict, InvalidInput, NoFace, NotFound
from storage.files import Assets
from storage.models import Asset, Character, CharacterName, Consent, FaceReference, Look, Photo


def counts(database: Database) -> dict[str, int]:
    with database.reading() as session:
        tables = (Character, CharacterName, Look, Photo, FaceReference, Consent, Asset)
        return {table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


def files(assets: Assets) -> list[Path]:
    return [path for path in assets.root.rglob("*") if path.is_file()]


# -- names


def test_a_character_is_found_by_name_and_alias_however_it_is_typed(registry: Registry) -> None:
    made = registry.add_character("Lin Xiaoyu", ["林晓雨", "Xiaoyu"], notes=" lead ")
    for typed in ("lin xiaoyu", "ＬＩＮ  Xiaoyu", "林晓雨", " XIAOYU "):
        assert registry.find(typed).uid == made.uid
    assert made.notes == "lead"
    assert [name.text for name in registry.show("xiaoyu").names] == ["Lin Xiaoyu", "林晓雨", "Xiaoyu"]


def test_an_unknown_name_is_answered_with_those_that_come_near(registry: Registry) -> None:
    registry.add_character("Maya Chen", ["玛雅"])
    registry.add_character("Victor")
    with pytest.raises(NotFound, match="Maya Chen"):
        registry.find("Mya Chen")
    with pytest.raises(NotFound) as error:
        registry.find("Qqqq")
    assert "Did you mean" not in str(error.value)
    assert "Qqqq" in error.value.message.zh


def test_a_name_belongs_to_one_character_only(registry: Registry, database: Database) -> None:
    registry.add_character("Maya", ["M"])
    before = counts(database)
    for attempt in (
        lambda: registry.add_character("maya"),
        lambda: registry.add_character("Vera", ["m"]),
        lambda: registry.rename("maya", ""),
        lambda: registry.add_character(" "),
    ):
        with pytest.raises((Conflict, InvalidInput)):
            attempt()
    assert counts(database) == before
    registry.add_character("Vera", ["vera", "V", "v"])
    assert [name.text for name in registry.show("vera").names] == ["Vera", "V"]
    for attempt in (lambda: registry.add_alias("vera", "MAYA"), lambda: registry.rename("vera", "m")):
        with pytest.raises(Conflict, match=r"Maya|called"):
            attempt()


def test_aliases_come_and_go_and_the_name_stays(registry: Registry) -> None:
    registry.add_character("Maya")
    registry.add_alias("maya", "May")
    registry.add_alias("may", "May")
    assert [name.text for name in registry.find("maya").names] == ["Maya", "May"]
    registry.remove_alias("maya", "MAY")
    with pytest.raises(NotFound):
        registry.find("may")
    with pytest.raises(NotFound):
        registry.remove_alias("maya", "may")
    with pytest.raises(Conflict):
        registry.remove_alias("maya", "MAYA")


def test_a_renamed_character_still_answers_to_the_old_name(registry: Registry) -> None:
    uid = registry.add_character("Mya").uid
    assert registry.rename("mya", "Maya").name == "Maya"
    assert registry.find("maya").uid == registry.find("mya").uid == uid
    registry.remove_alias("Maya", "Mya")
    registry.rename("maya", "MAYA")
    assert [name.text for name in registry.show("maya").names] == ["MAYA"]


def test_names_of_a_script_are_bound_in_a_fixed_number_of_queries(registry: Registry, database: Database) -> None:
    for name in ("Maya", "Victor", "林晓雨"):
        registry.add_character(name, [f"{name} 2"])
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *each: asked.append(each[2]))
    bound = registry.bind(["MAYA", "maya 2", "林晓雨", "nobody", ""])
    assert {key: character.name for key, character in bound.items()} == {
        "maya": "Maya",
        "maya 2": "Maya",
        "林晓雨": "林晓雨",
    }
    assert len([text for text in asked if text.startswith("SELECT")]) == 2  # the characters, and their names
    assert registry.bind([]) == {}


def test_ten_thousand_characters_are_looked_up_in_under_five_milliseconds(
    registry: Registry, database: Database
) -> None:
    with database.session() as session:
        session.execute(insert(Character), [{"id": at, "name": f"角色{at}"} for at in range(1, 10_001)])
        session.execute(
            insert(CharacterName),
            [
                {"key": name_key(text), "text": text, "character_id": at}
                for at in range(1, 10_001)
                for text in (f"角色{at}", f"Alias {at}")
            ],
        )
    times = []
    for at in range(37, 10_000, 199):
        began = time.perf_counter()
        found = registry.find(f"ALIAS  {at}")
        times.append(time.perf_counter() - began)
        assert found.name == f"角色{at}"
    assert median(times) < 0.005
    with pytest.raises(NotFound, match="Alias 77"):
        registry.find("Alyas 77")


ADD = """
import sys
from pathlib import Path
from characters.registry import Registry
from storage.database import Database
from storage.errors import Conflict
from storage.files import Assets

home = Path(sys.argv[1])
registry = Registry(Database.at(home / "castlock.db"), Assets(home / "assets"), lambda: None)
taken = 0
for at in range(15):
    try:
        registry.add_character(f"Name {at}")
    except Conflict:
        taken += 1
print(15 - taken)
"""


def test_two_processes_that_add_the_same_names_share_them_without_a_traceback(
    registry: Registry, tmp_path: Path
) -> None:
    command = [sys.executable, "-c", ADD, str(tmp_path)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    outcome = [process.communicate(timeout=60) for process in running]
    assert [said for _, said in outcome] == ["", ""]
    assert sum(int(out) for out, _ in outcome) == 15
    assert len(registry.list_characters()) == 15


# -- photos


def test_a_good_photo_is_kept_with_its_face(registry: Registry, database: Database, assets: Assets) -> None:
    registry.add_character("Ann")
    report = registry.add_photo("ann", portrait(ANN), "ann.png")
    assert report.accepted
    assert (report.reason, report.warnings) == (None, ())
    assert (report.width, report.height, report.face_width) == (200, 240, 80.0)
    assert report.box == (60.0, 50.0, 140.0, 130.0)
    assert report.faces == (report.box,)
    (look,) = registry.show("ann").looks
    (photo,) = look.photos
    assert (photo.uid, photo.source_name) == (report.photo_uid, "ann.png")
    assert look.colours == ["#0a0a3c"]
    assert len(files(assets)) == 1
    (reference,) = registry.references(registry.find("ann"))
    assert reference.keypoints == report.keypoints
    assert reference.asset == photo.asset_sha256
    kept, face = assets.picture(photo.asset_sha256), SquareFaces().analyze(assets.picture(photo.asset_sha256))[0]
    assert kept.shape == (240, 200, 3)
    assert np.array_equal(reference.raw, face.raw)
    assert np.array_equal(reference.unit, face.unit)
    assert np.linalg.norm(reference.unit) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (picture(), "No face"),
        (picture((20, 20, 60, ANN), (110, 20, 60, BEA)), "2 faces"),
        (portrait(ANN, side=20), "20 pixels"),
        (b"<html>not a picture</html>", "not a picture"),
        (b"", "empty"),
    ],
)
def test_a_refused_photo_leaves_nothing_behind(
    registry: Registry, database: Database, assets: Assets, content: bytes, says: str
) -> None:
    registry.add_character("Ann")
    before = counts(database)
    report = registry.add_photo("ann", content, "upload.png", look="Office")
    assert not report.accepted
    assert report.photo_uid is None
    assert says in report.reason.en
    assert counts(database) == before
    assert files(assets) == []


def test_of_several_faces_the_chosen_one_is_kept_and_no_bystander(registry: Registry, database: Database) -> None:
    registry.add_character("Bea")
    both = picture((20, 20, 80, ANN), (120, 20, 60, BEA))
    undecided = registry.add_photo("bea", both, "both.png")
    assert len(undecided.faces) == 2
    assert undecided.box is None
    report = registry.add_photo("bea", both, "both.png", face=1)
    assert report.accepted
    assert report.box == undecided.faces[1]
    assert counts(database)["face_reference"] == 1
    assert not registry.add_photo("bea", both, "both.png", face=7).accepted


def test_the_same_photo_twice_is_refused_and_a_near_copy_is_told(registry: Registry, database: Database) -> None:
    registry.add_character("Ann")
    registry.add_photo("ann", portrait(ANN), "one.png")
    before = counts(database)
    again = registry.add_photo("ann", portrait(ANN), "again.png", look="Other")
    assert not again.accepted
    assert "already" in again.reason.en
    assert counts(database) == before
    near = registry.add_photo("ann", portrait(ANN, side=82), "near.png")
    assert near.accepted
    assert any("'one.png'" in warning.en for warning in near.warnings)
    with database.reading() as session:
        (kept,) = session.scalars(select(Photo.warnings).where(Photo.uid == near.photo_uid))
    assert kept == [warning.as_json() for warning in near.warnings]


def test_somebody_else_among_the_photos_is_told(registry: Registry) -> None:
    registry.add_character("Ann")
    for side in (80, 70, 60):
        registry.add_photo("ann", portrait(ANN, side), f"{side}.png")
    stranger = registry.add_photo("ann", portrait(BEA), "bea.png")
    assert stranger.accepted
    assert any("same person" in warning.en for warning in stranger.warnings)


def test_one_face_under_two_names_is_told(registry: Registry) -> None:
    registry.add_character("Ann")
    registry.add_character("Bea")
    registry.add_photo("ann", portrait(ANN), "ann.png")
    report = registry.add_photo("bea", portrait(ANN), "ann.png")
    assert report.accepted
    assert any("Ann" in warning.en for warning in report.warnings)


def test_a_photo_of_nobody_we_know_is_refused_before_it_is_looked_at(registry: Registry, assets: Assets) -> None:
    made = SquareFaces.made
    with pytest.raises(NotFound):
        registry.add_photo("ann", portrait(ANN), "ann.png")
    assert SquareFaces.made == made
    registry.add_character("Ann")
    with pytest.raises(InvalidInput):
        registry.add_photo("ann", portrait(ANN), "ann.png", look="   ")
    assert files(assets) == []


def test_the_analyzer_is_made_once_and_late(registry: Registry) -> None:
    made = SquareFaces.made
    registry.add_character("Ann")
    assert SquareFaces.made == made
    registry.add_photo("ann", portrait(ANN), "1.png")
    registry.add_photo("ann", portrait(ANN, 60), "2.png")
    assert SquareFaces.made == made + 1


def test_a_file_without_its_rows_does_not_stay(registry: Registry, database: Database, assets: Assets) -> None:
    registry.add_character("Ann")
    real = registry.analyzer

    class ErasesMeanwhile(SquareFaces):
        def person_mask(self, picture):
            registry.erase("Ann")
            return real.person_mask(picture)

    other = Registry(database, assets, ErasesMeanwhile)
    with pytest.raises(Conflict):
        other.add_photo("ann", portrait(ANN), "ann.png")
    assert files(assets) == []
    assert counts(database)["asset"] == 0


def test_looks_are_made_filled_in_and_moved_between(registry: Registry) -> None:
    registry.add_character("Ann")
    look = registry.add_look("ann", "Wedding", "white dress", ["#FFFFFF"])
    assert (look.wardrobe, look.colours) == ("white dress", ["#ffffff"])
    assert registry.add_look("ann", "wedding", colours=["#eeeeee", "#ff0000"]).wardrobe == "white dress"
    uid = registry.add_photo("ann", portrait(ANN), "ann.png").photo_uid
    assert uid is not None
    (only,) = registry.show("ann").looks
    assert only.colours == ["#eeeeee", "#ff0000"], "colours that were given are not overwritten by a photo's"
    assert registry.move_photo(uid, "Office").look.name == "Office"
    assert [(look.name, len(look.photos)) for look in registry.show("ann").looks] == [("Wedding", 0), ("Office", 1)]
    for colours in (["red"], ["#12345"], ["#000000"] * 4):
        with pytest.raises(InvalidInput):
            registry.add_look("ann", "Other", colours=colours)
    assert len(registry.show("ann").looks) == 2


def test_a_removed_photo_takes_its_file_unless_somebody_needs_it(registry: Registry, assets: Assets) -> None:
    registry.add_character("Ann")
    registry.add_character("Bea")
    anns = registry.add_photo("ann", portrait(ANN), "ann.png").photo_uid
    beas = registry.add_photo("bea", portrait(ANN), "ann.png").photo_uid
    assert len(files(assets)) == 1
    registry.remove_photo(anns)
    assert len(files(assets)) == 1
    assert registry.references(registry.find("ann")) == []
    registry.remove_photo(beas)
    assert files(assets) == []
    with pytest.raises(NotFound):
        registry.remove_photo(beas)


# -- who is it


def test_a_picture_is_compared_with_every_photo_and_every_face(registry: Registry, assets: Assets) -> None:
    registry.add_character("Ann")
    with pytest.raises(InvalidInput):
        registry.compare("ann", portrait(ANN), "x.png")
    first = registry.add_photo("ann", portrait(ANN, 80), "1.png").photo_uid
    second = registry.add_photo("ann", portrait(ANN, 50), "2.png").photo_uid
    before = files(assets)
    result = registry.compare("ann", picture((20, 20, 50, BEA), (110, 20, 50, ANN)), "two.png")
    assert result.space == "bundled-1"
    assert [each.photo for each in result.per_reference] == [first, second]
    assert result.similarity == max(each.similarity for each in result.per_reference)
    assert result.similarity == max(each.similarity for each in result.faces) > 0.95
    by_place = {face.box[0]: face.similarity for face in result.faces}
    assert by_place[110.0] > by_place[20.0]
    assert files(assets) == before
    with pytest.raises(NoFace):
        registry.compare("ann", picture(), "x.png")
    with pytest.raises(BadPicture):
        registry.compare("ann", b"no", "x.png")


def test_the_line_up_shows_who_looks_alike(registry: Registry) -> None:
    for name, colour in (("Ann", ANN), ("Anna", ANN), ("Cleo", CLEO)):
        registry.add_character(name)
        registry.add_photo(name, portrait(colour, side=60 + 2 * len(name)), "x.png")
    registry.add_character("Nobody yet")
    lineup = registry.lineup()
    assert lineup.names == ("Ann", "Anna", "Cleo")
    assert np.allclose(lineup.matrix, lineup.matrix.T)
    assert lineup.matrix[0, 1] > 0.95 > 0.6 > lineup.matrix[0, 2]


# -- consent


def test_consent_counts_until_it_is_withdrawn_or_runs_out(registry: Registry, database: Database) -> None:
    ann = registry.add_character("Ann")
    assert not registry.has_consent(ann)
    registry.record_consent("ann", " signed on paper ")
    assert registry.has_consent(ann)
    assert registry.withdraw_consent("ann") == 1
    assert not registry.has_consent(ann)
    assert registry.withdraw_consent("ann") == 0
    soon = datetime.now(UTC) + timedelta(hours=1)
    registry.record_consent("ann", "for today", soon)
    assert registry.has_consent(ann)
    with database.session() as session:
        session.scalars(select(Consent).where(Consent.expires_at.is_not(None))).one().expires_at = soon - timedelta(
            hours=2
        )
    assert not registry.has_consent(ann)
    for text, end in (("  ", None), ("x", datetime.now(UTC) - timedelta(1)), ("x", datetime(2999, 1, 1))):
        with pytest.raises(InvalidInput):
            registry.record_consent("ann", text, end)
    assert len(registry.show("ann").consents) == 2


# -- the real analyzer, once


def test_a_real_photo_goes_all_the_way(database: Database, assets: Assets, bundled, astronaut: np.ndarray) -> None:
    from storage.pictures import encode_png

    registry = Registry(database, assets, lambda: bundled)
    registry.add_character("Eileen")
    report = registry.add_photo("eileen", encode_png(astronaut), "astronaut.png")
    assert report.accepted
    assert report.warnings == ()
    (look,) = registry.show("eileen").looks
    red, green, blue = (int(look.colours[0][at : at + 2], 16) for at in (1, 3, 5))
    assert red > 180 > 140 > green > blue, "the suit is orange"
    mirrored = registry.compare("eileen", encode_png(np.ascontiguousarray(astronaut[:, ::-1])), "mirror.png")
    assert mirrored.similarity > 0.95
