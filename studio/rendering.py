"""From shots to takes: plan, submit, and (in the worker) draw, score and keep, exactly once per recipe."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from characters.names import name_key
from storage.errors import InvalidInput, Message, NotAllowed, NotFound, StudioError
from storage.models import Episode, Job, Shot, Take
from storage.pictures import encode_png, thumbnail
from studio.casting import cast_members
from studio.jobs.queue import Claim
from studio.planning import RenderSettings, plan, seed_of, shot_names, times_of_day
from studio.recipe import from_json, recipe_key, to_json
from studio.review import score
from studio.shotlist import take_number

if TYPE_CHECKING:
    from studio.jobs.worker import Report
    from studio.studio import Studio

THUMBNAIL_WIDTH = 360


@dataclass(frozen=True, slots=True)
class Asked:
    """One take that was asked for: it is there already (take), on its way (job), or cannot be made (problem)."""

    shot: Shot
    take: Take | None = None
    job: Job | None = None
    problem: Message | None = None


def submit(
    studio: "Studio", episode: Episode, shots: Sequence[Shot], engine_name: str, chosen: RenderSettings, takes: int
) -> list[Asked]:
    """Plan each shot `takes` times (seeds counting up) and queue what is not there yet. A shot that cannot be planned

    is a problem of its own, kept as a failed job, and stops no other. Raises NotAllowed where the series demands
    consent that is not there.
    """
    engine = studio.engine(engine_name)
    options = engine.Options.model_validate(chosen.options).model_dump()
    bound = studio.cast.bind(shot_names(shots).values())
    if episode.series.demands_consent:
        _demand_consent(studio, bound.values())
    cast = cast_members(studio.cast, bound, shots, engine.space)
    plates = studio.plates(episode.series.id)
    times = times_of_day(episode.scenes)
    asked: list[Asked] = []
    studio.queue.withdraw([_unplanned(shot) for shot in shots])
    for shot in shots:
        base = chosen.seed if chosen.seed is not None else seed_of(shot)
        for step in range(takes):
            try:
                request = plan(
                    shot,
                    time_of_day=times[shot.scene.id],
                    language=episode.series.language,
                    cast=cast,
                    plate=plates.get(name_key(shot.scene.location)),
                    chosen=replace(chosen, seed=base + step, options=options),
                )
            except StudioError as error:
                label = _label(episode, shot)
                refused = {"shot": shot.uid, "engine": engine_name, "problem": error.message.as_json()}
                studio.queue.refuse("render", _unplanned(shot), refused, error.message, type(error).__name__, label)
                asked.append(Asked(shot, problem=error.message))
                break
            key = recipe_key(request, engine)
            there = next((take for take in shot.takes if take.recipe_key == key), None)
            if there is not None:
                asked.append(Asked(shot, take=there))
                continue
            job = studio.queue.submit(
                "render",
                f"render:{shot.uid}:{key}",
                {"shot": shot.uid, "engine": engine_name, "recipe_key": key, "request": to_json(request)},
                label=_label(episode, shot),
            )
            asked.append(Asked(shot, job=job))
    return asked


def _unplanned(shot: Shot) -> str:
    """The key under which a shot that cannot be planned is kept among the jobs."""
    return f"render:{shot.uid}:unplanned"


def _label(episode: Episode, shot: Shot) -> str:
    return f"{episode.series.title} · {episode.number} · {shot.number}"


def _demand_consent(studio: "Studio", characters: Iterable[Any]) -> None:
    without = [character.name for character in characters if not studio.cast.has_consent(character)]
    if without:
        names = ", ".join(without)
        raise NotAllowed(
            f"This series demands consent, and there is none on record for: {names}. "
            'Record it with `cast consent NAME --text "..."` or on the Cast page.',
            f"本剧要求肖像授权，以下角色没有有效授权：{names}。请用 `cast consent` 命令或在“定妆”页登记。",
        )


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
    picture, small = encode_png(frame.image), thumbnail(frame.image, THUMBNAIL_WIDTH)
    hashes = studio.assets.write(picture), studio.assets.write(small)
    with studio.database.session() as session:
        shot = session.scalar(select(Shot).where(Shot.uid == claim.payload["shot"]))
        if shot is None:
            raise NotFound("The shot was removed while it was being rendered.", "渲染期间该镜头已被移除。")
        take = _take_of(session, shot.id, claim.payload["recipe_key"])
        if take is None:
            studio.assets.record(session, hashes[0], "image/png", request.width, request.height)
            studio.assets.record(session, hashes[1], "image/jpeg")
            take = Take(
                shot_id=shot.id,
                number=take_number(session, shot.id),
                recipe_key=claim.payload["recipe_key"],
                request=claim.payload["request"],
                engine=engine.name,
                engine_version=engine.version,
                seed=request.seed,
                asset_sha256=hashes[0],
                thumbnail_sha256=hashes[1],
                width=request.width,
                height=request.height,
                seconds=round(seconds, 3),
                uncast=bool(frame.uncast),
                faces=[face.as_json() for face in faces],
            )
            session.add(take)
            session.flush()
        studio.queue.finish(session, claim, {"take": take.uid})


@dataclass(frozen=True, slots=True)
class Progress:
    """The newest job of a shot. preview: a small encoded picture while it runs; error: {"en", "zh"} where it failed."""

    job_id: int
    state: str
    fraction: float
    preview: bytes | None
    error: dict[str, str] | None


def progress(studio: "Studio", shots: Sequence[Shot]) -> dict[str, Progress]:
    """Shot uid -> its newest render job, for the shots that have one."""
    columns = (Job.id, Job.state, Job.progress, Job.preview, Job.error)
    # a key is "render:<32 digits of the shot's uid>:<recipe key>"
    uid = func.substr(Job.key, 8, 32)
    wanted = uid.in_([shot.uid for shot in shots])
    newest = select(func.max(Job.id)).where(Job.kind == "render", wanted).group_by(uid)
    with studio.database.reading() as session:
        rows = session.execute(select(uid, *columns).where(Job.id.in_(newest))).all()
    return {row[0]: Progress(*row[1:]) for row in rows}


def _take_of(session: Session, shot_id: int, key: str) -> Take | None:
    return session.scalar(select(Take).where(Take.shot_id == shot_id, Take.recipe_key == key))
