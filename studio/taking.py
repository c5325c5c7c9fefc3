"""In the worker: draw frames, score their faces, and keep picture, take and the job's end in one commit a take."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import InvalidInput, JobCancelled, NotFound, StudioError
from storage.models import Character, Shot, Take
from storage.pictures import encode_png, thumbnail
from studio.engines import Engine, Frame, RenderRequest
from studio.jobs.ending import ended, seen_to
from studio.jobs.queue import Claim, LeaseLost, Queue
from studio.recipe import from_json, recipe_key
from studio.review import FaceScore, score
from studio.shotlist import take_number

if TYPE_CHECKING:
    from studio.jobs.report import Report
    from studio.studio import Studio

THUMBNAIL_WIDTH = 360

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A frame with its scores, its picture and thumbnail already on disk.

    seconds: from when the batch began until the frame was there. batch: how many frames were begun together.
    """

    frame: Frame
    faces: list[FaceScore]
    seconds: float
    batch: int
    picture: str
    small: str


class _Waiting:
    """The jobs of a batch that still wait for their frame.

    One that is cancelled, or lost, has its end at the next step, and its frame is dropped when it comes: to begin anew
    without it would cost the others more than its share of the steps that are left. Where nobody waits any more, the
    engine is stopped.
    """

    def __init__(self, queue: Queue, batch: Sequence["Report"]):
        self._queue = queue
        self._reports = dict(enumerate(batch))

    def on_step(self, index: int, fraction: float, preview: NDArray[np.uint8] | None) -> None:
        """See studio.engines.OnStep. Raises JobCancelled where nobody waits, Stopping."""
        for at, report in tuple(self._reports.items()):
            try:
                if at == index:
                    report(0.9 * fraction, "drawing", None if preview is None else thumbnail(preview, preview.shape[1]))
                else:
                    report.heed()
            except JobCancelled:
                del self._reports[at]
                ended(report.claim, self._queue.cancelled)
            except LeaseLost as lost:
                del self._reports[at]
                log.warning("%s; what is being made is dropped", lost)
        if not self._reports:
            raise JobCancelled("nobody waits for these frames")

    def served(self, index: int) -> bool:
        """The frame is there: whether anybody waited for it."""
        return self._reports.pop(index, None) is not None


def render_task(studio: "Studio", claim: Claim, report: "Report") -> None:
    """Draw one take, or several in one go where the engine likes that; score each, keep each in a commit of its own.

    Where drawing them together fails, each is drawn by itself, and fails or not for its own reasons. Raises InvalidInput
    for a shot that could not be planned (somebody retries it): it has to be changed first.
    """
    if "problem" in claim.payload:
        raise InvalidInput(**claim.payload["problem"])
    engine = studio.engine(claim.payload["engine"])
    # an engine that batches has an option of that name, for who knows better than its plan
    wanted = claim.payload["request"]["options"].get("batch") or engine.batch
    batch = (report, *report.take_along(wanted - 1))
    try:
        _draw(studio, engine, batch)
    except StudioError as error:
        if len(batch) == 1:
            raise
        log.warning("%d frames could not be drawn in one go, now each by itself: %s", len(batch), error)
        for each in batch:
            if studio.queue.holds(each.claim):
                with seen_to(studio.queue, lambda each=each: [each.claim]):
                    _draw(studio, engine, (each,))


def _draw(studio: "Studio", engine: Engine, batch: Sequence["Report"]) -> None:
    requests = [from_json(each.claim.payload["request"]) for each in batch]
    waiting = _Waiting(studio.queue, batch)
    frames = engine.render(requests, waiting.on_step)
    seconds, since = 0.0, perf_counter()
    for index, frame in enumerate(frames):
        seconds += perf_counter() - since
        if waiting.served(index):
            with seen_to(studio.queue, lambda claim=batch[index].claim: [claim]):
                batch[index](0.92, "checking")
                drawn = _checked(studio, engine, requests[index], frame, seconds, len(batch))
                _keep_or_discard(studio, batch[index].claim, requests[index], engine, drawn)
        since = perf_counter()


def _checked(
    studio: "Studio", engine: Engine, request: RenderRequest, frame: Frame, seconds: float, batch: int
) -> _Drawn:
    known = studio.cast.identities(
        {each.character for each in request.subjects if each.references}, studio.analyzer().space
    )
    return _Drawn(
        frame,
        score(frame.image, request, known, studio.analyzer(), engine.generates),
        round(seconds, 3),
        batch,
        studio.assets.write(encode_png(frame.image)),
        studio.assets.write(thumbnail(frame.image, THUMBNAIL_WIDTH)),
    )


def _keep_or_discard(studio: "Studio", claim: Claim, request: RenderRequest, engine: Engine, drawn: _Drawn) -> None:
    try:
        _keep(studio, claim, request, engine, drawn)
    except NotFound:  # nobody may see a frame whose shot or whose person is gone
        studio.assets.discard(studio.database, (drawn.picture, drawn.small))
        raise


def _keep(studio: "Studio", claim: Claim, request: RenderRequest, engine: Engine, drawn: _Drawn) -> None:
    # asked anew: the weights may be others than when the job was queued
    card = studio.engine_card(engine.name, request.options)
    key = recipe_key(request, card)
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
                engine_version=card.version,
                seed=request.seed,
                asset_sha256=drawn.picture,
                thumbnail_sha256=drawn.small,
                width=request.width,
                height=request.height,
                seconds=drawn.seconds,
                uncast=bool(drawn.frame.uncast),
                faces=[face.as_json() for face in drawn.faces],
                provenance={"generates": engine.generates, "batch": drawn.batch, **drawn.frame.provenance},
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
