"""A photo's way into the registry: the picture door, the analyzer, the examination, then rows and file, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from characters.colours import clothes_colours
from characters.face import Face, FaceAnalyzer
from characters.intake import Examination, duplicate_of, examine, odd_one_out
from characters.lookup import references_of
from characters.names import clean_name
from characters.reports import PhotoReport
from storage.database import Database
from storage.errors import BadPicture, Conflict, Message
from storage.files import Assets
from storage.models import Character, FaceReference, Look, Photo
from storage.pictures import Picture, take_in

DEFAULT_LOOK = "default"
_PLACES = 2  # of a pixel


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A photo that was looked at and found good enough: the picture, the face that is meant, and what is worn."""

    picture: Picture
    face: Face
    face_index: int
    colours: tuple[str, ...]
    report: PhotoReport


def look_at(
    analyzer: FaceAnalyzer, content: bytes | Path, file_name: str, chosen: int | None
) -> Candidate | PhotoReport:
    """The photo as a candidate, or the report that says why it is refused. Keeps nothing, changes nothing."""
    try:
        picture = take_in(content, file_name)
    except BadPicture as error:
        return PhotoReport(file_name, accepted=False, reason=error.message)
    faces = analyzer.analyze(picture.image)
    verdict = examine(faces, picture.width, picture.height, chosen)
    report = _reported(file_name, picture, faces, verdict)
    if verdict.face_index is None or not verdict.accepted:
        return report
    face = faces[verdict.face_index]
    colours = clothes_colours(picture.image, analyzer.person_mask(picture.image), face.keypoints)
    return Candidate(picture, face, verdict.face_index, colours, report)


def keep(
    database: Database, assets: Assets, character_id: int, candidate: Candidate, source_name: str, look: str | None
) -> PhotoReport:
    """Keep file and rows of a candidate, in one transaction; the report of it. Refused where the photo is there already.

    Raises Conflict where the character is gone meanwhile. A file without a row is not left behind.
    """
    picture = candidate.picture
    sha256 = assets.write(picture.content)
    kept = False
    try:
        with database.session() as session:
            character = session.get(Character, character_id)
            if character is None:
                raise Conflict(
                    "The character was erased while the photo was being looked at.", "处理照片期间，该角色已被删除。"
                )
            if _is_there(session, character, sha256):
                return replace(candidate.report, accepted=False, reason=ALREADY_THERE, warnings=())
            into = look_called(session, character, look)
            warnings = (
                *candidate.report.warnings,
                *_elsewhere(session, character, sha256, candidate.face_index),
                *_among_the_others(session, character, candidate.face),
            )
            assets.record(session, sha256, picture.media_type, picture.width, picture.height)
            photo = Photo(
                look=into,
                asset_sha256=sha256,
                source_name=source_name,
                width=picture.width,
                height=picture.height,
                warnings=[warning.as_json() for warning in warnings],
                references=[reference_row(candidate.face, candidate.face_index)],
            )
            session.add(photo)
            if not into.colours:
                into.colours = list(candidate.colours)
            session.flush()
            uid = photo.uid
        kept = True
    finally:
        if not kept:
            assets.discard(database, [sha256])
    return replace(candidate.report, photo_uid=uid, warnings=warnings)


def look_called(session: Session, character: Character, name: str | None) -> Look:
    """The character's look of that name, made if need be; without a name its first, or a 'default' one."""
    looks = list(session.scalars(select(Look).where(Look.character_id == character.id).order_by(Look.id)))
    if name is None and looks:
        return looks[0]
    wanted = clean_name(name if name is not None else DEFAULT_LOOK)
    for look in looks:
        if look.name.casefold() == wanted.casefold():
            return look
    made = Look(character_id=character.id, name=wanted, colours=[])
    session.add(made)
    session.flush()
    return made


ALREADY_THERE = Message(
    "This very photo is in the cast already, for this character.", "这张照片已经登记在这个角色名下。"
)


def _is_there(session: Session, character: Character, sha256: str) -> bool:
    same = select(Photo.id).join(Photo.look).where(Look.character_id == character.id, Photo.asset_sha256 == sha256)
    return session.scalar(same.limit(1)) is not None


def _elsewhere(session: Session, character: Character, sha256: str, face: int) -> list[Message]:
    """Whether the same face of the same photo stands for somebody else already."""
    owners = session.scalars(
        select(Character.name)
        .join(Character.looks)
        .join(Look.photos)
        .join(Photo.references)
        .where(Photo.asset_sha256 == sha256, FaceReference.face == face, Character.id != character.id)
        .distinct()
    )
    return [
        Message(
            f"The same face of this very photo is registered as {owner}. One of the two must be wrong.",
            f"这张照片里的同一张脸已登记为 {owner}，其中必有一个是错的。",
        )
        for owner in owners
    ]


def _among_the_others(session: Session, character: Character, face: Face) -> tuple[Message, ...]:
    """What the character's other photos say about a new one."""
    others = references_of(session, [character.uid], face.space).get(character.uid, [])
    units = [other.unit for other in others]
    found: list[Message] = []
    twin = duplicate_of(face.unit, face.space, units)
    if twin is not None:
        name = session.scalar(select(Photo.source_name).where(Photo.uid == others[twin].photo))
        found.append(
            Message(
                f"It is practically the same picture as '{name}'; one with another expression or light tells more.",
                f"与“{name}”几乎是同一张照片；换一张不同表情或光线的更有用。",
            )
        )
    odd = odd_one_out([*units, face.unit], face.space)
    if odd == len(units):
        found.append(
            Message(
                "It does not look like this character's other photos. Check that it is the same person.",
                "与该角色的其他照片不太像。请确认是同一个人。",
            )
        )
    elif odd is not None and odd_one_out(units, face.space) != odd:
        name = session.scalar(select(Photo.source_name).where(Photo.uid == others[odd].photo))
        found.append(
            Message(
                f"Beside it, '{name}' does not look like this character. Check that it is the same person.",
                f"加入这张后，“{name}”看起来不像该角色。请确认是同一个人。",
            )
        )
    return tuple(found)


def _reported(file_name: str, picture: Picture, faces: Sequence[Face], verdict: Examination) -> PhotoReport:
    face = None if verdict.face_index is None else faces[verdict.face_index]
    return PhotoReport(
        file=file_name,
        accepted=verdict.accepted,
        reason=verdict.reason,
        warnings=verdict.warnings,
        keypoints=None if face is None else tuple((_round(x), _round(y)) for x, y in face.keypoints),
        face_width=None if face is None else round(face.width, 1),
        box=None if face is None else _box(face),
        pose=None if face is None else face.pose,
        faces=tuple(_box(each) for each in faces),
        width=picture.width,
        height=picture.height,
    )


def reference_row(face: Face, number: int) -> FaceReference:
    """What is kept of a face. number: which face of its photo it is, in the order of the analyzer that admitted it."""
    return FaceReference(
        face=number,
        space=face.space,
        box=list(_box(face)),
        keypoints=[[_round(x), _round(y)] for x, y in face.keypoints],
        pose={"yaw": face.pose.yaw, "pitch": face.pose.pitch, "roll": face.pose.roll},
        quality={
            "score": round(face.score, 4),
            "sharpness": round(face.sharpness, 2),
            "brightness": round(face.brightness, 2),
            "width": round(face.width, 1),
        },
        raw=face.raw.astype("<f4").tobytes(),
        unit=face.unit.astype("<f4").tobytes(),
    )


def _box(face: Face) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = face.box
    return _round(x0), _round(y0), _round(x1), _round(y1)


def _round(value: float | np.floating) -> float:
    return round(float(value), _PLACES)
