"""What the page draws itself: the wall of frames, a shot, its takes, photos. Pure: values in, escaped HTML out."""

import base64
from collections.abc import Iterable, Mapping
from html import escape

from storage.errors import Language
from storage.models import Episode, Scene, Shot, Take
from studio.rendering import Progress
from studio.shotlist import chosen_take
from studio.ui.frames import picture_url
from studio.ui.words import say
from studio.vocabulary import ANGLES, FRAMINGS, INT_EXT, MOVEMENTS, SIZES, TIMES

# one listener for the whole component: what was clicked says what it is
CLICKS = """
element.addEventListener('click', (event) => {
    const shot = event.target.closest('[data-shot]');
    if (shot) trigger('pick_shot', {uid: shot.dataset.shot});
    const take = event.target.closest('[data-take]');
    if (take) trigger('pick_take', {uid: take.dataset.take});
    const photo = event.target.closest('[data-photo]');
    if (photo) trigger('pick_photo', {uid: photo.dataset.photo});
    const face = event.target.closest('[data-face]');
    if (face) trigger('pick_face', {file: face.dataset.file, face: Number(face.dataset.face)});
    const character = event.target.closest('[data-character]');
    if (character) trigger('pick_character', {name: character.dataset.character});
});
"""


def data_url(content: bytes) -> str:
    """A small JPEG inside the page itself."""
    return "data:image/jpeg;base64," + base64.b64encode(content).decode()


def wall(episode: Episode, progress: Mapping[str, Progress], picked: str | None, language: Language) -> str:
    """Every shot in story order, grouped by scene."""
    scenes = "".join(_scene(scene, progress, picked, language) for scene in episode.scenes)
    return f'<div class="board" style="--aspect:{episode.series.width}/{episode.series.height}">{scenes}</div>'


def _scene(scene: Scene, progress: Mapping[str, Progress], picked: str | None, language: Language) -> str:
    where = " · ".join([INT_EXT.text(scene.int_ext, language), scene.location, TIMES.text(scene.time_of_day, language)])
    cards = "".join(_card(shot, progress.get(shot.uid), shot.uid == picked, language) for shot in scene.shots)
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


def _card(shot: Shot, job: Progress | None, picked: bool, language: Language) -> str:
    take = chosen_take(shot)
    state = shot_state(shot, take, job)
    image = ""
    if job is not None and job.preview and job.state == "running":
        image = f'<img src="{data_url(job.preview)}" alt="">'
    elif take is not None and take.thumbnail_sha256:
        image = f'<img loading=lazy src="{picture_url(take.thumbnail_sha256)}" alt="">'
    title = f"{say('shot_of', language, number=shot.number)} {shot.description}"
    reason = job.error.get(language, "") if job is not None and state == "failed" and job.error else ""
    bar = f'<i class=done style="width:{job.fraction:.0%}"></i>' if job is not None and state == "rendering" else ""
    badge = f"<em>{escape(say(state, language))}</em>" if state else ""
    return (
        f'<button type=button class="card {state}{" picked" if picked else ""}" data-shot="{shot.uid}" '
        f'title="{escape(reason or title)}" aria-label="{escape(title)}">'
        f"<span class=frame>{image}{badge}{bar}</span>"
        f"<span class=facts><b>{escape(shot.number)}</b> {escape(SIZES.text(shot.size, language))} "
        f"<s>{shot.seconds:g}s</s></span>"
        f"<span class=people>{_people(shot, take, language)}</span></button>"
    )


def _people(shot: Shot, take: Take | None, language: Language) -> str:
    faces = {face["character"]: face for face in (take.faces if take else [])}
    return escape(" · ".join(member.name + _mark(faces.get(member.name), language) for member in shot.cast))


def _mark(face: Mapping[str, object] | None, language: Language) -> str:
    if face is None:
        return ""
    if face["verdict"] in ("uncast", "composited"):
        return f" ({say(str(face['verdict']), language)})"
    return f" {face['similarity']:.2f}" if face["similarity"] is not None else ""


def shot_sheet(shot: Shot, take: Take | None, language: Language) -> str:
    """One shot large: the frame and what the sheet says of it."""
    picture = (
        f'<img src="{picture_url(take.asset_sha256)}" alt="{escape(shot.description)}">'
        if take
        else f"<p class=empty>{escape(say('no_takes', language))}</p>"
    )
    facts = " · ".join(
        [
            SIZES.text(shot.size, language),
            FRAMINGS.text(shot.framing, language),
            ANGLES.text(shot.angle, language),
            MOVEMENTS.text(shot.movement, language),
            f"{shot.seconds:g} s",
        ]
    )
    lines = "".join(
        f"<p class=line><b>{escape(each['speaker'])}</b> {escape(each['text'])}</p>" for each in shot.dialogue
    )
    note = (
        f"<p class=note>{escape(say('composited_note', language))}</p>" if take and take.engine == "photoboard" else ""
    )
    return (
        f"<article class=shot><h3>{escape(say('shot_of', language, number=shot.number))}</h3>{picture}"
        f"<p class=facts>{escape(facts)}</p><p>{escape(shot.description)}</p>{lines}{note}</article>"
    )


def takes(all_takes: Iterable[Take], picked: str | None, language: Language) -> str:
    """The takes of a shot as a strip."""
    cards = "".join(
        f'<button type=button class="take{" picked" if take.uid == picked else ""}{" circled" if take.circled else ""}" '
        f'data-take="{take.uid}"><img loading=lazy src="{picture_url(take.thumbnail_sha256 or take.asset_sha256)}" alt="">'
        f"<span>{escape(say('take', language, number=take.number))}{' ◎' if take.circled else ''}</span></button>"
        for take in all_takes
    )
    return f"<div class=takes>{cards}</div>"
