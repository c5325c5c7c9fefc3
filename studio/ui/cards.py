"""What the page draws itself: one shot large, its takes, tables. Pure: values in, escaped HTML out."""

import base64
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from storage.errors import Language
from storage.models import Shot, Take
from studio.ui.links import picture_url
from studio.ui.take_notes import made, noticed
from studio.ui.words import say
from studio.vocabulary import ANGLES, FRAMINGS, INT_EXT, MOVEMENTS, SIZES, TIMES

HERE = Path(__file__).parent
# one listener for a whole component: what was clicked says what it is
CLICKS = (HERE / "clicks.js").read_text()
WALL = (HERE / "wall.js").read_text()


def data_url(content: bytes) -> str:
    """A small JPEG inside the page itself."""
    return "data:image/jpeg;base64," + base64.b64encode(content).decode()


def hint(key: str, language: Language) -> str:
    """A quiet line that says what to do here."""
    return f"<p class=hint>{escape(say(key, language))}</p>"


def face_note(face: Mapping[str, Any] | None, language: Language) -> str:
    """What the review says of a cast member, to stand behind the name: never a number for a composited face."""
    if face is None:
        return ""
    if face["similarity"] is not None and face["verdict"] != "composited":
        return f" {face['similarity']:.2f}"
    notes = {"uncast": "uncast", "composited": "composited", "not-found": "not_found", "too-small": "too_small"}
    key = notes.get(face["verdict"])
    return f" ({say(key, language)})" if key else ""


def shot_sheet(shot: Shot, take: Take | None, stamp: str, reason: str, language: Language) -> str:
    """One shot large: the frame and what the sheet says of it. stamp: of the state it shows; reason: why it failed."""
    scene = shot.scene
    title = say("shot_of", language, number=shot.number)
    where = [
        say("scene", language, number=scene.number),
        INT_EXT.text(scene.int_ext, language),
        scene.location,
        TIMES.text(scene.time_of_day, language),
    ]
    facts = [
        SIZES.text(shot.size, language),
        FRAMINGS.text(shot.framing, language),
        ANGLES.text(shot.angle, language),
        MOVEMENTS.text(shot.movement, language),
        say("seconds_of", language, seconds=f"{shot.seconds:g}"),
    ]
    picture = (
        f'<a href="{picture_url(take.asset_sha256)}" target=_blank rel=noopener title="{escape(say("full_size", language))}">'
        f'<img src="{picture_url(take.asset_sha256)}" alt="{escape(shot.description or title)}" '
        f'style="aspect-ratio:{take.width}/{take.height}"></a>'
        if take
        else f"<p class=empty>{escape(say('no_takes', language))}</p>"
    )
    # the style marks the card on the wall, which is not drawn anew for it
    return (
        f'<style>.card[data-shot="{shot.uid}"]{{border-color:var(--mark);box-shadow:0 0 0 2px var(--mark)}}</style>'
        f'<article class=shot data-sheet="{shot.uid}" data-stamp="{stamp}" aria-live=polite>'
        f"<h3>{escape(title)} <small>{escape(' · '.join(where))}</small></h3>"
        f"{_trouble(reason, language)}{picture}<div class=words><p class=facts>{escape(' · '.join(facts))}</p>"
        f"<p>{escape(shot.description)}</p>{_lines(shot)}{_take_note(shot, take, language)}</div>"
        f"{made(take, language) if take else ''}</article>"
    )


def _trouble(reason: str, language: Language) -> str:
    return (
        f"<p class=trouble role=alert><b>{escape(say('failed', language))}</b> {escape(reason)}</p>" if reason else ""
    )


def _lines(shot: Shot) -> str:
    return "".join(
        f"<p class=line><b>{escape(each['speaker'])}</b> {escape(each['text'])}</p>" for each in shot.dialogue
    )


def _take_note(shot: Shot, take: Take | None, language: Language) -> str:
    if take is None:
        return ""
    faces = {face["character"]: face for face in take.faces}
    said = [
        say("take", language, number=take.number),
        take.engine,
        say("seed_of", language, seed=take.seed),
        *(member.name + face_note(faces.get(member.name), language) for member in shot.cast),
    ]
    return f"<p class=facts>{escape(' · '.join(said))}</p>{noticed(take, language)}"


def takes(all_takes: Sequence[Take], picked: str | None, language: Language) -> str:
    """The takes of a shot as a strip."""
    return f"<div class=takes>{''.join(_take(take, take.uid == picked, language) for take in all_takes)}</div>"


def _take(take: Take, picked: bool, language: Language) -> str:
    name = say("take", language, number=take.number)
    circled = say("circled", language) if take.circled else ""
    return (
        f'<button type=button class="take{" picked" if picked else ""}{" circled" if take.circled else ""}" '
        f'data-take="{take.uid}" aria-pressed={"true" if picked else "false"} '
        f'aria-label="{escape(", ".join(filter(None, (name, circled))))}">'
        f'<img loading=lazy src="{picture_url(take.thumbnail_sha256 or take.asset_sha256)}" alt="">'
        f"<span>{escape(name)}{' ◎' if take.circled else ''}</span></button>"
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of plain text."""
    head = "".join(f"<th scope=col>{escape(each)}</th>" for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<div class=sheet><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
