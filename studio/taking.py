"""In the worker: draw a frame, score its faces, and keep picture, take and the job's end in one commit."""

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import InvalidInput, NotFound
from storage.models import Character, Shot, Take
from storage.pictures import encode_png, thumbnail
from studio.engines import Engine, Frame, RenderRequest
from studio.jobs.queue import Claim
from studio.recipe import from_json
from studio.review import FaceScore, score
from studio.shotlist import take_number

if TYPE_CHECKING:
    from studio.jobs.report import Report
    from studio.studio import Studio

THUMBNAIL_WIDTH = 360


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A frame with its scores and how long it took, its picture and thumbnail already on disk."""

    frame: Frame
    faces: list[FaceScore]
    seconds: float
    picture: str
    small: str


def render_task(studio: "Studio", claim: Claim, report: "Report") -> None:
    """Draw one take, score it, and keep picture, take and the job's end in one commit.

    Raises InvalidInput for a shot that could not be planned (somebody retries it): it has to be changed first.
    """
    if "problem" in claim.payload:
        raise InvalidInput(**claim.payload["problem"])
    request = from_json(claim.payload["request"])
    engine = studio.engine(claim.payload["engine"])
    began = perf_counter()

    def on_step(_index: int, fraction: float, preview: NDArray[np.uint8] | None) -> None:
        report(0.9 * fraction, "drawing", None if preview is None else thumbnail(preview, preview.shape[1]))

    (frame,) = engine.render([request], on_step)
    seconds = perf_counter() - began
    report(0.92, "checking")
    known = studio.cast.identities(
        {each.character for each in request.subjects if each.references}, studio.analyzer().space
    )
    faces = score(frame.image, request, known, studio.analyzer(), engine.generates)
    drawn = _Drawn(
        frame,
        faces,
        round(seconds, 3),
        studio.assets.write(encode_png(frame.image)),
        studio.assets.write(thumbnail(frame.image, THUMBNAIL_WIDTH)),
    )
    try:
        _keep(studio, claim, request, engine, drawn)
    except NotFound:  # nobody may see a frame whose shot or whose person is gone
        studio.assets.discard(studio.database, (drawn.picture, drawn.small))
        raise


def _keep(studio: "Studio", claim: Claim, request: RenderRequest, engine: Engine, drawn: _Drawn) -> None:
    key = claim.payload["recipe_key"]
    with studio.database.session() as session:
        shot = _shot_with_its_people(session, claim.payload["shot"], request)
        take = session.scalar(select(Take).where(Take.shot_id == shot.id, Take.recipe_key == key))
        if take is None:
            studio.assets.record(session, drawn.picture, "image/png", request.width, request.height)
            studio.assets.record(session, drawn.small, "image/jpeg")
            take = Take(
                shot_id=shot.id,
                number=take_number(session, shot.id),
                recipe_key=key,
                request=claim.payload["request"],
                engine=engine.name,
                engine_version=engine.version,
                seed=request.seed,
                asset_sha256=drawn.picture,
                thumbnail_sha256=drawn.small,
                width=request.width,
                height=request.height,
                seconds=drawn.seconds,
                uncast=bool(drawn.frame.uncast),
                faces=[face.as_json() for face in drawn.faces],
                provenance=drawn.frame.provenance,
            )
            session.add(take)
            session.flush()
        studio.queue.finish(session, claim, {"take": take.uid})


def _shot_with_its_people(session: Session, uid: str, request: RenderRequest) -> Shot:
    shot = session.scalar(select(Shot).where(Shot.uid == uid))
    wanted = {subject.character for subject in request.subjects if subject.character}
    there = session.scalars(select(Character.uid).where(Character.uid.in_(wanted))).all()
    if shot is None or wanted - set(there):
        raise NotFound(
            "The shot, or somebody in it, was removed while it was being rendered.",
            "渲染期间该镜头或其中的人物已被移除。",
        )
    return shot
