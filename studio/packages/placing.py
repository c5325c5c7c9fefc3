"""Values become rows, in the caller's transaction. What they say has been checked."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from characters.names import name_key
from storage.models import (
    Adapter,
    Character,
    CharacterName,
    Consent,
    Episode,
    FaceReference,
    Look,
    Photo,
    Plate,
    Scene,
    Series,
    Shot,
    ShotCast,
    Take,
    new_uid,
)
from studio.engines import EngineCard
from studio.packages.checking import vectors
from studio.packages.same import renamed
from studio.packages.values import (
    CharacterValue,
    EpisodeValue,
    FaceReferenceValue,
    LookValue,
    PhotoValue,
    SceneValue,
    SeriesValue,
    ShotValue,
    TakeValue,
)
from studio.recipe import from_json, recipe_key


def free_uid(session: Session, column: InstrumentedAttribute[str], uid: str) -> str:
    """The uid itself, or a new one where a row has it already."""
    return uid if session.scalar(select(column).where(column == uid)) is None else new_uid()


# -- the cast


def place_character(session: Session, value: CharacterValue, uid: str) -> Character:
    """The character under `uid`, which must be free, as its names must be."""
    row = Character(uid=uid, name=value.name, created_at=value.created_at)
    row.names = [CharacterName(key=name_key(text), text=text) for text in value.names]
    numbers = iter(range(1, 1 + sum(len(look.photos) for look in value.looks)))
    row.looks = [_look(session, value.name, look, numbers) for look in value.looks]
    row.consents = [Consent(**each.model_dump()) for each in value.consents]
    row.adapters = [Adapter(asset_sha256=each.asset, **each.model_dump(exclude={"asset"})) for each in value.adapters]
    session.add(row)
    session.flush()
    return row


def _look(session: Session, name: str, value: LookValue, numbers: Iterable[int]) -> Look:
    return Look(
        name=value.name,
        wardrobe=value.wardrobe,
        colours=list(value.colours),
        photos=[
            _photo(session, f"{name} {number}", photo) for photo, number in zip(value.photos, numbers, strict=False)
        ],
    )


def _photo(session: Session, source_name: str, value: PhotoValue) -> Photo:
    return Photo(
        uid=free_uid(session, Photo.uid, value.uid),
        asset_sha256=value.asset,
        source_name=source_name,
        width=value.width,
        height=value.height,
        created_at=value.created_at,
        warnings=[],
        references=[_reference(each) for each in value.references],
    )


def _reference(value: FaceReferenceValue) -> FaceReference:
    raw, unit = vectors(value.raw)
    return FaceReference(
        face=value.face,
        space=value.space,
        box=list(value.box),
        keypoints=[list(point) for point in value.keypoints],
        pose=dict(value.pose),
        quality=dict(value.quality),
        raw=raw.tobytes(),
        unit=unit.astype("<f4").tobytes(),
    )


def withdraw(row: Character, value: CharacterValue) -> int:
    """A consent that the package knows as withdrawn is withdrawn here too, never the other way; how many were."""
    withdrawn = {
        (each.text, each.given_at): each.withdrawn_at for each in value.consents if each.withdrawn_at is not None
    }
    found = [each for each in row.consents if each.withdrawn_at is None and (each.text, each.given_at) in withdrawn]
    for consent in found:
        consent.withdrawn_at = withdrawn[consent.text, consent.given_at]
    return len(found)


# -- the story


def place_series(session: Session, value: SeriesValue, title: str) -> Series:
    """The series but for its episodes, under a title that must be free."""
    row = Series(
        uid=free_uid(session, Series.uid, value.uid),
        title=title,
        sheet_columns={form: list(keys) for form, keys in value.sheet_columns.items()},
        **value.model_dump(exclude={"uid", "title", "plates", "sheet_columns"}),
        plates=[
            Plate(key=name_key(each.location), location=each.location, asset_sha256=each.asset) for each in value.plates
        ],
    )
    session.add(row)
    session.flush()
    return row


def place_episode(session: Session, series: Series, value: EpisodeValue, people: Mapping[str, str]) -> None:
    """people: a character's uid in the package -> its uid here, for those that have another."""
    session.add(
        Episode(
            series_id=series.id,
            number=value.number,
            title=value.title,
            script_sha256=value.script,
            scenes=[_scene(session, at, each, people) for at, each in enumerate(value.scenes)],
        )
    )
    session.flush()


def _scene(session: Session, position: int, value: SceneValue, people: Mapping[str, str]) -> Scene:
    return Scene(
        uid=free_uid(session, Scene.uid, value.uid),
        position=float(position),
        number=value.number,
        int_ext=value.int_ext,
        location=value.location,
        time_of_day=value.time_of_day,
        shots=[_shot(session, at, each, people) for at, each in enumerate(value.shots)],
    )


def _shot(session: Session, position: int, value: ShotValue, people: Mapping[str, str]) -> Shot:
    return Shot(
        uid=free_uid(session, Shot.uid, value.uid),
        position=float(position),
        **value.model_dump(exclude={"uid", "dialogue", "cast", "takes"}),
        dialogue=[each.model_dump() for each in value.dialogue],
        cast=[
            ShotCast(position=at, key=name_key(each.name), **each.model_dump()) for at, each in enumerate(value.cast)
        ],
        takes=[_take(session, each, people) for each in value.takes],
    )


def _take(session: Session, value: TakeValue, people: Mapping[str, str]) -> Take:
    request, key = value.request, value.recipe_key
    if people:
        request = renamed(value.request, people)
    if request != value.request:  # somebody's uid is in the key
        card = EngineCard(value.engine, value.engine_version, None, bool(value.provenance.get("generates")))
        key = recipe_key(from_json(request), card)
    return Take(
        uid=free_uid(session, Take.uid, value.uid),
        recipe_key=key,
        request=request,
        faces=renamed(value.faces, people),
        provenance=renamed(value.provenance, people),
        asset_sha256=value.asset,
        thumbnail_sha256=value.thumbnail,
        **value.model_dump(exclude={"uid", "recipe_key", "request", "faces", "provenance", "asset", "thumbnail"}),
    )
