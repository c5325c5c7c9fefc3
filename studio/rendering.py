"""From shots to jobs: plan each take, queue what is not there yet, tell how far it has come."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import func, select

from characters.embedding import embed
from characters.names import name_key
from storage.errors import InvalidInput, Message, NotAllowed, StudioError
from storage.models import Episode, Job, Shot, Take
from studio.casting import cast_members
from studio.engines import Engine, EngineCard, RenderRequest
from studio.planning import CastMember, RenderSettings, plan, seed_of, shot_names, times_of_day
from studio.prompt import wording_for
from studio.recipe import recipe_key, to_json

if TYPE_CHECKING:
    from studio.studio import Studio


@dataclass(frozen=True, slots=True)
class Asked:
    """One take that was asked for: it is there already (take), on its way (job), or cannot be made (problem).

    notice: where it is made otherwise than the series says.
    """

    shot: Shot
    take: Take | None = None
    job: Job | None = None
    problem: Message | None = None
    notice: Message | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """What became of a take that was asked for: the take, or why there is none."""

    shot: Shot
    take: Take | None = None
    problem: Message | None = None
    notice: Message | None = None


CANCELLED = Message("cancelled", "已取消")


def conclude(studio: "Studio", asked: Sequence[Asked]) -> list[Rendered]:
    """Wait for the jobs, then say of each take what became of it, in the order asked."""
    ended = {job.id: job for job in studio.wait([each.job for each in asked if each.job is not None])}
    return [_concluded(studio, each, ended.get(each.job.id) if each.job is not None else None) for each in asked]


def _concluded(studio: "Studio", asked: Asked, job: Job | None) -> Rendered:
    if job is None:
        return Rendered(asked.shot, asked.take, asked.problem, asked.notice)
    if job.state != "done":
        problem = Message(job.error["en"], job.error["zh"]) if job.error else CANCELLED
        return Rendered(asked.shot, problem=problem, notice=asked.notice)
    return Rendered(asked.shot, studio.take((job.result or {})["take"]), notice=asked.notice)


def submit(
    studio: "Studio",
    episode: Episode,
    shots: Sequence[Shot],
    engine_name: str,
    chosen: RenderSettings,
    takes: int,
) -> list[Asked]:
    """Plan each shot `takes` times (seeds counting up) and queue what is not there yet.

    A shot that cannot be planned is a problem of its own, kept as a failed job, and stops no other. Raises InvalidInput
    for an option or a style that the engine does not know, NotAllowed where the series demands consent that is not there.
    """
    engine = studio.engine_class(engine_name)
    options = validated(engine, chosen.options)
    style, notice = style_for(engine, chosen.style, episode.series.style)
    card = studio.engine_card(engine_name, options)
    cast = cast_of(studio, episode, shots, card.space)
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
                    chosen=replace(chosen, style=style, seed=base + step, options=options),
                    wording=wording_for(engine.abilities),
                )
            except StudioError as error:
                label = _label(episode, shot)
                refused = {"shot": shot.uid, "engine": engine_name, "problem": error.message.as_json()}
                studio.queue.refuse("render", _unplanned(shot), refused, error.message, type(error).__name__, label)
                asked.append(Asked(shot, problem=error.message))
                break
            asked.append(replace(queued(studio, episode, shot, engine, card, request), notice=notice))
    return asked


def cast_of(
    studio: "Studio", episode: Episode, shots: Sequence[Shot], space: str | None
) -> dict[tuple[str, str], CastMember]:
    """(name key, look) -> everybody who is cast in these shots, as the recogniser of `space` knows them.

    Raises NotAllowed where the series demands consent that is not there, NotFound, InvalidInput, ResourceMissing.
    """
    bound = studio.cast.bind(shot_names(shots).values())
    if episode.series.demands_consent:
        _demand_consent(studio, bound.values())
    if space is not None:
        people = [character.uid for character in bound.values()]
        embed(studio.database, studio.assets, people, space, studio.recogniser)  # the photos carry what is said
    return cast_members(studio.cast, bound, shots, space)


def queued(
    studio: "Studio", episode: Episode, shot: Shot, engine: type[Engine], card: EngineCard, request: RenderRequest
) -> Asked:
    """The take of exactly this request where there is one, else the job that makes it."""
    key = recipe_key(request, card)
    there = next((take for take in shot.takes if take.recipe_key == key), None)
    if there is not None:
        return Asked(shot, take=there)
    shared = engine.together(request)
    job = studio.queue.submit(
        "render",
        f"render:{shot.uid}:{key}",
        {
            "shot": shot.uid,
            "engine": card.name,
            "recipe_key": key,
            "together": f"{card.name}:{shared}" if shared else "",
            "request": to_json(request),
        },
        label=_label(episode, shot),
    )
    return Asked(shot, job=job)


def style_for(engine: type[Engine], asked: str, usual: str) -> tuple[str, Message | None]:
    """The style of a render and, where it is not the one that is usual in the series, what to say about it.

    asked: by name, or '' for the usual one; where the engine does not know that, its own first style is taken.
    Raises InvalidInput for a style asked for that it does not know.
    """
    if asked and asked not in engine.styles:
        there_is = ", ".join(engine.styles)
        raise InvalidInput(
            f"The engine {engine.name} has no style '{asked}'. It has: {there_is}.",
            f"引擎 {engine.name} 没有“{asked}”风格。可用：{there_is}。",
        )
    style = asked or usual
    if style in engine.styles:
        return style, None
    first = engine.styles[0]
    return first, Message(
        f"The series' style '{usual}' is not one of the engine {engine.name}: its '{first}' was taken.",
        f"引擎 {engine.name} 没有本剧的“{usual}”风格，已改用“{first}”。",
    )


def validated(engine: type[Engine], options: dict[str, Any]) -> dict[str, Any]:
    """The options with defaults filled in."""
    try:
        return engine.Options.model_validate(options).model_dump()
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        there_is = ", ".join(engine.Options.model_fields) or "-"
        raise InvalidInput(
            f"The engine {engine.name} does not take these options ({wrong}). It has: {there_is}.",
            f"引擎 {engine.name} 不接受这些选项（{wrong}）。可用：{there_is}。",
        ) from None


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
