"""Photos that were admitted by one recogniser, looked at by another: an engine may need embeddings of its own space."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from characters.admission import reference_row
from characters.analyzers.boxes import intersection_over_union
from characters.face import Face, FaceAnalyzer
from storage.database import Database
from storage.errors import Message
from storage.files import Assets
from storage.models import Character, Look, Photo

SAME_FACE = 0.4  # shared area over covered area: two detectors' boxes of one face had 0.74 and more


@dataclass(frozen=True, slots=True)
class Unseen:
    """A kept photo that a recogniser cannot use: uids of the character and the photo, and why."""

    character: str
    photo: str
    reason: Message


def embed(
    database: Database,
    assets: Assets,
    characters: Iterable[str],
    space: str,
    recogniser: Callable[[str], FaceAnalyzer],
) -> tuple[Unseen, ...]:
    """See to it that every kept photo of these characters (uids) has its face embedded in `space`.

    recogniser: gives the analyzer of a space; called only where an embedding is missing. In each photo the face is taken
    that lies where the admitted one lies. All that is new is kept in one transaction, and a second call finds nothing to
    do. A photo in which the recogniser does not find that face is left as it is and carries the reason as a warning; the
    next call tries it again. The photos that cannot be used, oldest first. Raises what `recogniser` raises, and NotFound
    or DamagedFile where a photo's file is not what was kept.
    """
    with database.reading() as session:
        waiting = [photo for photo in _photos(session, characters) if not _has(photo, space)]
    if not waiting:
        return ()
    analyzer = recogniser(space)
    seen = {photo.id: _face_in(photo, assets, analyzer) for photo in waiting}
    with database.session() as session:
        _keep(session, space, seen)
    return tuple(
        Unseen(photo.look.character.uid, photo.uid, _not_found(space)) for photo in waiting if seen[photo.id] is None
    )


def _photos(session: Session, characters: Iterable[str]) -> list[Photo]:
    """Photos with a face (references, look and character loaded), oldest first."""
    query = (
        select(Photo)
        .join(Photo.look)
        .join(Look.character)
        .where(Character.uid.in_(set(characters)), Photo.references.any())
        .options(selectinload(Photo.references), joinedload(Photo.look).joinedload(Look.character))
        .order_by(Photo.id)
    )
    return list(session.scalars(query))


def _has(photo: Photo, space: str) -> bool:
    return any(reference.space == space for reference in photo.references)


def _face_in(photo: Photo, assets: Assets, analyzer: FaceAnalyzer) -> Face | None:
    """The photo's admitted face as the analyzer sees it, or None where it sees none there."""
    x0, y0, x1, y1 = photo.references[0].box
    faces = analyzer.analyze(assets.picture(photo.asset_sha256))
    shares = [intersection_over_union(face.box, (x0, y0, x1, y1)) for face in faces]
    best = max(range(len(faces)), key=shares.__getitem__, default=None)
    return faces[best] if best is not None and shares[best] >= SAME_FACE else None


def _keep(session: Session, space: str, seen: dict[int, Face | None]) -> None:
    """Rows of what was seen and warnings of what was not, for the photos that are still there."""
    warning = _not_found(space).as_json()
    for photo in session.scalars(select(Photo).where(Photo.id.in_(seen)).options(selectinload(Photo.references))):
        others = [each for each in photo.warnings if each != warning]
        face = seen[photo.id]
        photo.warnings = [*others, warning] if face is None else others
        if face is not None and not _has(photo, space):  # somebody else may have been quicker
            photo.references.append(reference_row(face, photo.references[0].face))


def _not_found(space: str) -> Message:
    return Message(
        f"The recogniser '{space}' does not find the face in this photo, so engines that need it cannot use the photo. "
        "Add one that shows the face larger or from the front.",
        f"识别器“{space}”在这张照片中找不到人脸，需要它的引擎无法使用这张照片。请再补一张更近或正面的照片。",
    )
