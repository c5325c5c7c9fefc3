"""Taking a person out of the studio: from the database, from the disk, and from what the database remembers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, delete, or_, select
from sqlalchemy.orm import Session, undefer

from characters.lookup import all_loaded, character_called
from characters.names import clean_name
from storage.database import Database
from storage.files import Assets
from storage.models import Character, Job, Receipt, Take

_LIVE = ("queued", "running")


@dataclass(frozen=True, slots=True)
class _Gone:
    """What went with the rows: hashes of files that may be theirs alone, and what the receipt counts."""

    hashes: frozenset[str]
    counts: dict[str, int]


def erase(database: Database, assets: Assets, name: str) -> Receipt:
    """Erase the character called `name`: names, looks, photos, embeddings, adapters, consents, every take that shows
    them, and the jobs that ended and name them. Files that nobody else needs go too; a Receipt stays.

    Jobs that are queued or running are the caller's to cancel first: a live job keeps the files that it names.
    Raises NotFound; Conflict where the database's log cannot be emptied because somebody keeps reading from it.
    """
    with database.session() as session:
        character = character_called(session, name, *all_loaded())
        gone = _erase_rows(session, character)
        receipt = Receipt(name=clean_name(name), erased=gone.counts)
        session.add(receipt)
        unused = assets.forget(session, gone.hashes)
        receipt.erased = {**gone.counts, "files": len(unused)}
    assets.discard(database, unused)
    database.checkpoint()
    return receipt


def _erase_rows(session: Session, character: Character) -> _Gone:
    photos = [photo for look in character.looks for photo in look.photos]
    takes = takes_of(session, character.uid)
    hashes = {photo.asset_sha256 for photo in photos} | {adapter.asset_sha256 for adapter in character.adapters}
    hashes |= {take.asset_sha256 for take in takes}
    hashes |= {take.thumbnail_sha256 for take in takes if take.thumbnail_sha256 is not None}
    ended = _ended_jobs_of(session, character.uid)
    counts = {
        "looks": len(character.looks),
        "photos": len(photos),
        "embeddings": sum(len(photo.references) for photo in photos),
        "adapters": len(character.adapters),
        "consents": len(character.consents),
        "takes": len(takes),
        "jobs": len(ended),
    }
    for take in takes:
        session.delete(take)
    session.execute(delete(Job).where(Job.id.in_(ended)))
    session.delete(character)
    session.flush()
    return _Gone(frozenset(hashes), counts)


def takes_of(session: Session, uid: str) -> list[Take]:
    """Every take whose request has the character among its subjects, or whose scores name them."""
    # the uid is 32 random hex digits: where the text does not hold it, the JSON does not name it
    marked = or_(cast(Take.request, Text).contains(uid), cast(Take.faces, Text).contains(uid))
    near = session.scalars(select(Take).where(marked).options(undefer(Take.request)))
    return [take for take in near if _names(take.request, uid) or _names(take.faces, uid)]


def _ended_jobs_of(session: Session, uid: str) -> Sequence[int]:
    """Ids of the jobs that are over and name the character: what they were asked to do carries embeddings."""
    marked = or_(cast(Job.payload, Text).contains(uid), cast(Job.result, Text).contains(uid))
    return list(session.scalars(select(Job.id).where(Job.state.not_in(_LIVE), marked)))


def _names(value: Any, uid: str) -> bool:
    """Whether a JSON value holds the uid anywhere, as a value or a key."""
    if isinstance(value, dict):
        return any(_names(each, uid) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return any(_names(each, uid) for each in value)
    return value == uid
