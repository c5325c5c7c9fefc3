"""Finding characters in the database by name, alias or uid."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from characters.face import Pose
from characters.names import name_key
from characters.reports import PhotoReference
from storage.errors import NotFound
from storage.models import Character, CharacterName, FaceReference, Look, Photo

_GROUP = 500  # names in one IN (...)


def character_called(session: Session, name: str, *load: ORMOption) -> Character:
    """The character with this name or alias. Raises NotFound, with the names that come near."""
    found = session.scalar(
        select(Character).join(Character.names).where(CharacterName.key == name_key(name)).options(*load)
    )
    if found is None:
        raise _unknown(session, name)
    return found


def characters_called(session: Session, names: Iterable[str], *load: ORMOption) -> dict[str, Character]:
    """Name key → character, for those of `names` that somebody answers to."""
    found: dict[str, Character] = {}
    for keys in _groups({name_key(name) for name in names}):
        query = (
            select(CharacterName.key, Character)
            .join(CharacterName.character)
            .where(CharacterName.key.in_(keys))
            .options(*load)
        )
        found.update(session.execute(query).all())
    return found


def names_loaded() -> list[ORMOption]:
    return [selectinload(Character.names)]


def photos_loaded() -> list[ORMOption]:
    return [*names_loaded(), selectinload(Character.looks).selectinload(Look.photos)]


def all_loaded() -> list[ORMOption]:
    return [
        *names_loaded(),
        selectinload(Character.looks).selectinload(Look.photos).selectinload(Photo.references),
        selectinload(Character.consents),
        selectinload(Character.adapters),
    ]


def references_of(session: Session, uids: Iterable[str], space: str | None = None) -> dict[str, list[PhotoReference]]:
    """Character uid → its kept faces, oldest photo first. space: only of this one."""
    kept: dict[str, list[PhotoReference]] = {}
    for group in _groups(set(uids)):
        query = (
            select(Character.uid, FaceReference)
            .join(FaceReference.photo)
            .join(Photo.look)
            .join(Look.character)
            .where(Character.uid.in_(group))
            .options(joinedload(FaceReference.photo).joinedload(Photo.look))
            .order_by(Photo.id, FaceReference.id)
        )
        if space is not None:
            query = query.where(FaceReference.space == space)
        for uid, row in session.execute(query):
            kept.setdefault(uid, []).append(photo_reference(row))
    return kept


def _groups(words: set[str]) -> Iterator[list[str]]:
    ordered = sorted(words)
    for start in range(0, len(ordered), _GROUP):
        yield ordered[start : start + _GROUP]


def photo_reference(row: FaceReference) -> PhotoReference:
    """The row, with its photo and look loaded, as a value."""
    x0, y0, x1, y1 = row.box
    return PhotoReference(
        photo=row.photo.uid,
        look=row.photo.look.name,
        asset=row.photo.asset_sha256,
        width=row.photo.width,
        height=row.photo.height,
        face=row.face,
        space=row.space,
        box=(x0, y0, x1, y1),
        keypoints=tuple((x, y) for x, y in row.keypoints),
        pose=Pose(**row.pose),
        raw=np.frombuffer(row.raw, "<f4"),
        unit=np.frombuffer(row.unit, "<f4"),
    )


def _unknown(session: Session, name: str) -> NotFound:
    shown = " ".join(name.split())[:60]
    keys: dict[str, Any] = dict(session.execute(select(CharacterName.key, CharacterName.text)).all())
    near = [keys[key] for key in get_close_matches(name_key(name), keys, n=3, cutoff=0.5)]
    if not near:
        return NotFound(
            f"There is no character called '{shown}'. Add it first, or see who there is in the cast list.",
            f"没有名为“{shown}”的角色。请先添加，或查看角色列表。",
        )
    return NotFound(
        f"There is no character called '{shown}'. Did you mean {' or '.join(near)}?",
        f"没有名为“{shown}”的角色。是不是：{'、'.join(near)}？",
    )
