"""The wall of an episode as it stands: every shot in story order with its frame, its job and its people. Pure HTML."""

from collections.abc import Mapping
from hashlib import sha1
from html import escape

from storage.errors import Language
from storage.models import Episode, Job, Scene, Shot, Take
from studio.jobs.queue import ACTIVE
from studio.jobs.tasks import TASKS
from studio.rendering import Progress, progress
from studio.shotlist import chosen_take
from studio.studio import Studio
from studio.ui.cards import data_url, face_note
from studio.ui.links import board_url, picture_url
from studio.ui.words import say
from studio.vocabulary import INT_EXT, SIZES, TIMES

OTHER_KINDS = tuple(kind for kind in TASKS if kind != "render")


def draw(studio: Studio, series: str, number: int, language: Language) -> tuple[str, str]:
    """The wall as HTML, and a tag that is another one as soon as anything on it is. Raises NotFound."""
    episode = studio.shots.episode(series, number)
    jobs = progress(studio, [shot for scene in episode.scenes for shot in scene.shots])
    other = next(iter(studio.queue.jobs(ACTIVE, OTHER_KINDS, limit=1)), None)
    inside = _status(episode, jobs, other, language) + "".join(
        _scene(scene, jobs, language) for scene in episode.scenes
    )
    tag = sha1(f"{board_url(series, number)} {inside}".encode(), usedforsecurity=False).hexdigest()
    busy = other is not None or any(job.state in ACTIVE for job in jobs.values())
    html = (
        f'<div class=board data-url="{escape(board_url(series, number))}" data-tag="{tag}" data-busy="{int(busy)}" '
        f'style="--aspect:{episode.series.width}/{episode.series.height}">'
        f"<p class=lost role=alert hidden>{escape(say('lost', language))}</p>{inside}</div>"
    )
    return html, tag


def _status(episode: Episode, jobs: Mapping[str, Progress], other: Job | None, language: Language) -> str:
    """How far the episode is; where no frame is on its way, what else the worker is at."""
    shots = [shot for scene in episode.scenes for shot in scene.shots if not shot.omitted]
    states = [jobs[shot.uid].state for shot in shots if shot.uid in jobs]
    running, queued, failed = (states.count(state) for state in ("running", "queued", "failed"))
    drawn = sum(bool(shot.takes) for shot in shots)
    if running or queued:
        done = len(shots) - running - queued
        said = say("running", language, done=done, all=len(shots), running=running, queued=queued)
        track = _track(done / len(shots) if shots else 1.0)
    elif other is not None:
        said = say("preparing", language, what=f"{other.label} {other.stage}".strip())
        track = _track(other.progress)
    else:
        said, track = say("nothing_running", language, drawn=drawn, all=len(shots)), ""
    trouble = f" <b>{escape(say('failed_count', language, count=failed))}</b>" if failed else ""
    return f'<div class="status{" busy" if track else ""}" role=status><p>{escape(said)}{trouble}</p>{track}</div>'


def _track(share: float) -> str:
    return f'<span class=track><i style="width:{share:.0%}"></i></span>'


def _scene(scene: Scene, jobs: Mapping[str, Progress], language: Language) -> str:
    where = " · ".join([INT_EXT.text(scene.int_ext, language), scene.location, TIMES.text(scene.time_of_day, language)])
    cards = "".join(_card(shot, jobs.get(shot.uid), language) for shot in scene.shots)
    heading = escape(say("scene", language, number=scene.number))
    return f"<section><h3>{heading} <small>{escape(where)}</small></h3><div class=wall>{cards}</div></section>"


def shot_state(shot: Shot, take: Take | None, job: Progress | None) -> str:
    """A key of the words table: omitted, rendering, queued, failed, circled, planned, or '' for a frame that is there."""
    if shot.omitted:
        return "omitted"
    if job is not None and job.state in ("running", "queued", "failed"):
        return "rendering" if job.state == "running" else job.state
    if take is None:
        return "planned"
    return "circled" if take.circled else ""


def stamp(shot: Shot) -> str:
    """Changes when a take comes or another is circled: by it a shot shown large knows that it is out of date."""
    circled = next((take.number for take in shot.takes if take.circled), 0)
    return f"{len(shot.takes)}.{circled}"


def _card(shot: Shot, job: Progress | None, language: Language) -> str:
    take = chosen_take(shot)
    state = shot_state(shot, take, job)
    inside = _picture(take, job, state)
    if state:
        inside += f"<em>{escape(say(state, language))}</em>"
    random = take is not None and take.provenance.get("random_weights")
    if random:
        inside += f"<small class=mark>{escape(say('random_mark', language))}</small>"
    if job is not None and state == "rendering":
        inside += f'<i class=done style="width:{job.fraction:.0%}"></i>'
    reason = reason_of(job, language) if state == "failed" else ""
    if reason:
        inside += f"<q>{escape(reason)}</q>"
    named = ", ".join(
        part
        for part in (
            say("shot_of", language, number=shot.number),
            SIZES.text(shot.size, language),
            say(state, language) if state else "",
            say("random_mark", language) if random else "",
            reason,
            shot.description,
        )
        if part
    )
    return (
        f'<button type=button class="card {state}" data-shot="{shot.uid}" data-stamp="{stamp(shot)}" '
        f'title="{escape(reason or shot.description)}" aria-label="{escape(named)}">'
        f"<span class=frame>{inside}</span>"
        f"<span class=facts><b>{escape(shot.number)}</b> {escape(SIZES.text(shot.size, language))} "
        f"<small>{shot.seconds:g}s</small></span>"
        f"<span class=people>{_people(shot, take, language)}</span></button>"
    )


def reason_of(job: Progress | None, language: Language) -> str:
    """Why the newest render of a shot failed; '' where it did not."""
    return job.error.get(language, "") if job is not None and job.state == "failed" and job.error else ""


def _picture(take: Take | None, job: Progress | None, state: str) -> str:
    if job is not None and job.preview and state == "rendering":
        return f'<img src="{data_url(job.preview)}" alt="">'
    if take is not None:
        return f'<img loading=lazy src="{picture_url(take.thumbnail_sha256 or take.asset_sha256)}" alt="">'
    return ""


def _people(shot: Shot, take: Take | None, language: Language) -> str:
    faces = {face["character"]: face for face in (take.faces if take else [])}
    return escape(" · ".join(member.name + face_note(faces.get(member.name), language) for member in shot.cast))
