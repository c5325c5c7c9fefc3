"""Photos admitted by one recogniser, embedded for another: rows, warnings, order, erasing."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import func, select
from toy_faces import ANN, BEA, SquareFaces, picture, portrait

from characters.embedding import Unseen, embed
from characters.face import Face, unit_vector
from storage.database import Database
from storage.errors import InvalidInput, NotFound, ResourceMissing
from storage.files import Assets
from storage.models import FaceReference, Scene, Shot, ShotCast
from studio.casting import cast_members

OTHER = "squares-2"
SMALLEST = 50  # pixels: the other recogniser sees no smaller face


class OtherFaces(SquareFaces):
    """Sees the same squares in boxes a little larger, the leftmost first, with embeddings of its own; misses small ones."""

    space = OTHER
    looked = 0

    def analyze(self, picture: NDArray[np.uint8]) -> list[Face]:
        type(self).looked += 1
        faces = [face for face in super().analyze(picture) if face.width >= SMALLEST]
        return sorted(faces, key=lambda face: face.box[0])

    def _face(self, picture: NDArray[np.uint8], box: NDArray[np.integer], centre: NDArray[np.floating]) -> Face:
        own = super()._face(picture, box, centre)
        x0, y0, x1, y1 = own.box
        raw = own.raw[::-1].copy() * 2
        return Face(
            (x0 - 3, y0 - 3, x1 + 3, y1 + 5),
            own.keypoints + 1,
            own.pose,
            0.8,
            250.0,
            100.0,
            OTHER,
            raw,
            unit_vector(raw),
        )


@pytest.fixture
def asked() -> list[str]:
    """The spaces that a recogniser was asked for."""
    return []


@pytest.fixture
def other(database: Database, assets: Assets, asked: list[str]) -> Callable[..., tuple[Unseen, ...]]:
    """embed for the other space: other(uids)."""

    def opened(space: str) -> OtherFaces:
        asked.append(space)
        return OtherFaces()

    return lambda *uids: embed(database, assets, uids, OTHER, opened)


def rows(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(FaceReference)) or 0


def test_every_photo_gets_the_face_that_was_admitted(registry, database, other, asked) -> None:
    ann = registry.add_character("Ann")
    registry.add_photo("ann", portrait(ANN), "alone.png")
    # the other recogniser counts the faces in another order, and another photo shows somebody beside her
    two = picture((10, 40, 60, BEA), (110, 50, 80, ANN))
    registry.add_photo("ann", two, "two.png", face=0)
    assert other(ann.uid) == ()
    first, second = registry.references(ann, OTHER)
    admitted = registry.references(ann, "bundled-1")
    for mine, theirs in zip((first, second), admitted, strict=True):
        assert (mine.photo, mine.face, mine.look, mine.asset) == (theirs.photo, theirs.face, theirs.look, theirs.asset)
        assert mine.box == tuple(np.add(theirs.box, (-3, -3, 3, 5)))
        assert np.allclose(mine.keypoints, np.add(theirs.keypoints, 1), atol=0.01)
        assert np.array_equal(mine.raw, theirs.raw[::-1] * 2)
        assert np.allclose(mine.unit, mine.raw / np.linalg.norm(mine.raw))
    assert asked == [OTHER]
    with database.reading() as session:
        kept = session.scalars(select(FaceReference).where(FaceReference.space == OTHER)).first()
        assert kept.quality == {"score": 0.8, "sharpness": 250.0, "brightness": 100.0, "width": 86.0}


def test_a_second_call_finds_nothing_to_do_and_opens_nothing(registry, database, other, asked) -> None:
    ann, bea = registry.add_character("Ann"), registry.add_character("Bea")
    registry.add_photo("ann", portrait(ANN), "ann.png")
    other(ann.uid, bea.uid)
    there, looked = rows(database), OtherFaces.looked
    assert other(ann.uid, bea.uid) == ()
    assert (rows(database), OtherFaces.looked, asked) == (there, looked, [OTHER])
    registry.add_photo("bea", portrait(BEA), "bea.png")
    other(ann.uid, bea.uid)
    assert (rows(database), OtherFaces.looked) == (there + 2, looked + 1)


def test_a_photo_that_cannot_be_used_is_named_carries_a_warning_and_is_tried_again(registry, database, other) -> None:
    ann = registry.add_character("Ann")
    registry.add_photo("ann", portrait(ANN, 40), "small.png")
    registry.add_photo("ann", portrait(ANN), "large.png")
    small, large = (reference.photo for reference in registry.references(ann))
    for _ in range(2):
        (unseen,) = other(ann.uid)
        assert (unseen.character, unseen.photo) == (ann.uid, small)
        assert OTHER in unseen.reason.en
        assert OTHER in unseen.reason.zh
        assert [reference.photo for reference in registry.references(ann, OTHER)] == [large]
        photos = {photo.uid: photo for look in registry.show("ann").looks for photo in look.photos}
        assert photos[small].warnings.count(unseen.reason.as_json()) == 1
        assert unseen.reason.as_json() not in photos[large].warnings
    before = [warning for warning in photos[small].warnings if warning != unseen.reason.as_json()]

    class BetterFaces(SquareFaces):
        space = OTHER

    assert embed(database, registry._assets, [ann.uid], OTHER, lambda _: BetterFaces()) == ()
    assert [reference.photo for reference in registry.references(ann, OTHER)] == [small, large], "oldest photo first"
    photos = {photo.uid: photo for look in registry.show("ann").looks for photo in look.photos}
    assert photos[small].warnings == before


def test_somebody_elses_face_is_not_taken(registry, other) -> None:
    ann = registry.add_character("Ann")
    # her own face is too small for the other recogniser; the large one beside her is Bea's
    registry.add_photo("ann", picture((20, 40, 100, BEA), (150, 60, 40, ANN)), "two.png", face=1)
    (unseen,) = other(ann.uid)
    assert unseen.character == ann.uid
    assert registry.references(ann, OTHER) == []


def test_where_no_recogniser_is_installed_nothing_changes(registry, database, assets) -> None:
    ann = registry.add_character("Ann")
    registry.add_photo("ann", portrait(ANN), "ann.png")

    def missing(space: str) -> SquareFaces:
        raise ResourceMissing(f"no {space}", f"没有 {space}")

    with pytest.raises(ResourceMissing, match=OTHER):
        embed(database, assets, [ann.uid], OTHER, missing)
    assert rows(database) == 1
    assert embed(database, assets, [ann.uid], "bundled-1", missing) == ()


def test_a_photo_that_goes_meanwhile_leaves_nothing(registry, database, assets) -> None:
    ann = registry.add_character("Ann")
    registry.add_photo("ann", portrait(ANN), "ann.png")
    registry.add_photo("ann", portrait(ANN, 90), "other.png")
    first, second = registry.references(ann)

    class WhileSomebodyElse(OtherFaces):
        def analyze(self, picture: NDArray[np.uint8]) -> list[Face]:
            faces = super().analyze(picture)
            if first.photo in {reference.photo for reference in registry.references(ann)}:
                registry.remove_photo(first.photo)
                embed(database, assets, [ann.uid], OTHER, lambda _: OtherFaces())  # and another process is quicker
            return faces

    assert embed(database, assets, [ann.uid], OTHER, lambda _: WhileSomebodyElse()) == ()
    assert [reference.photo for reference in registry.references(ann, OTHER)] == [second.photo]
    assert rows(database) == 2


def test_erasing_takes_the_embeddings_of_every_space(registry, database, other, tmp_path) -> None:
    ann = registry.add_character("Ann")
    registry.add_photo("ann", portrait(ANN), "ann.png")
    other(ann.uid)
    (kept,) = registry.references(ann, OTHER)
    database.checkpoint()
    assert kept.raw.tobytes() in (tmp_path / "castlock.db").read_bytes()
    assert registry.erase("ann").erased["embeddings"] == 2
    assert rows(database) == 0
    for file in tmp_path.glob("castlock.db*"):
        assert kept.raw.tobytes() not in file.read_bytes()


# -- what an engine is given


def shot(*people: tuple[str, str]) -> Shot:
    """A shot with these people, (name, look)."""
    cast = [ShotCast(key=name.casefold(), name=name, look=look) for name, look in people]
    return Shot(scene=Scene(), cast=cast)


def test_an_engine_is_given_references_and_embeddings_of_its_space_in_one_order(registry, other) -> None:
    ann = registry.add_character("Ann")
    for side in (90, 40, 70, 60):
        registry.add_photo("ann", portrait(ANN, side), f"{side}.png", look="coat" if side == 60 else "day")
    other(ann.uid)
    bound = registry.bind(["Ann"])
    members = cast_members(registry, bound, [shot(("Ann", "day"), ("Ann", "coat"))], OTHER)
    kept = {reference.photo: reference for reference in registry.references(ann, OTHER)}
    assert len(kept) == 3
    for look, sides in (("day", [90, 70]), ("coat", [60])):
        member = members["ann", look]
        assert member.space == OTHER
        assert [reference.box[2] - reference.box[0] - 6 for reference in member.references] == sides
        wanted = [reference.raw for reference in kept.values() if reference.look == look]
        decoded = [np.frombuffer(_bytes(text), "<f4") for text in member.embeddings]
        assert all(np.array_equal(a, b) for a, b in zip(decoded, wanted, strict=True))


def test_an_engine_without_a_space_is_given_what_was_admitted_whatever_was_embedded_since(registry, other) -> None:
    ann = registry.add_character("Ann")
    registry.add_photo("ann", portrait(ANN), "a.png")
    registry.add_photo("ann", portrait(ANN, 70), "b.png")
    bound, shots = registry.bind(["Ann"]), [shot(("Ann", ""))]
    before = cast_members(registry, bound, shots, None)
    other(ann.uid)
    assert cast_members(registry, bound, shots, None) == before
    assert before["ann", ""].embeddings == ()


def test_somebody_whose_photos_cannot_be_used_is_named_and_somebody_without_photos_is_uncast(registry, other) -> None:
    ann, bea = registry.add_character("Ann"), registry.add_character("Bea")
    registry.add_photo("ann", portrait(ANN, 40), "small.png")
    other(ann.uid, bea.uid)
    bound = registry.bind(["Ann", "Bea"])
    alone = cast_members(registry, bound, [shot(("Bea", ""))], OTHER)
    assert (alone["bea", ""].references, alone["bea", ""].embeddings) == ((), ())
    with pytest.raises(InvalidInput, match="Ann") as error:
        cast_members(registry, bound, [shot(("Ann", ""), ("Bea", ""))], OTHER)
    assert "Bea" not in str(error.value)
    assert OTHER in error.value.message.zh
    with pytest.raises(NotFound, match="coat"):
        cast_members(registry, bound, [shot(("Bea", "coat"))], OTHER)


def _bytes(text: str) -> bytes:
    from base64 import b64decode

    return b64decode(text, validate=True)
