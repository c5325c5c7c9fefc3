"""Repaint this face: a take's own request once more, begun from its picture, with one person's face made anew."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from sqlalchemy import select

from characters.names import name_key
from storage.errors import Conflict, InvalidInput, NotFound
from storage.models import Episode, Shot, Take
from studio.engines import ENGINES, Engine, RenderRequest, Start, Subject
from studio.planning import CastMember
from studio.recipe import from_json
from studio.rendering import Asked, cast_of, queued, style_for, validated
from studio.shotlist import chosen_take, take_numbered

if TYPE_CHECKING:
    from studio.studio import Studio


def submit(
    studio: "Studio",
    episode: Episode,
    shot: Shot,
    person: str,
    number: int | None,
    strength: float,
    seed: int | None,
    engine_name: str | None,
) -> Asked:
    """Queue the take. number None: the chosen take. seed None: one that no take of the shot has yet.

    engine_name None: the one that made the take, if it can repaint, else the series'. Prompt, staging and places stay
    the take's; options too where the engine is the same. Raises NotFound, Conflict (no take yet), InvalidInput (a
    strength outside 0..1, an engine that cannot, somebody who is not in the take, not cast, or shows no face),
    NotAllowed as `rendering.submit`.
    """
    if not 0.0 < strength <= 1.0:
        raise InvalidInput(
            f"The strength says how much of the face is made anew, above 0 and at most 1; not {strength}.",
            f"重绘强度须大于 0 且不超过 1，不能是 {strength}。",
        )
    take = chosen_take(shot) if number is None else take_numbered(shot, number)
    if take is None:
        raise Conflict(
            f"Shot {shot.number} has no take yet; render it first.", f"镜头 {shot.number} 还没有出图，请先渲染。"
        )
    engine = _engine(studio, episode, take, engine_name)
    with studio.database.reading() as session:
        request = from_json(session.scalars(select(Take.request).where(Take.id == take.id)).one())
    subject = _subject(studio, request, shot, take, person)
    options = validated(engine, request.options if engine.name == take.engine else {})
    card = studio.engine_card(engine.name, options)
    style, notice = style_for(engine, "", request.style)
    if seed is None:
        used = {each.seed for each in shot.takes}
        seed = next(free for step in count(1) if (free := (take.seed + step) % 2**32) not in used)
    again = replace(
        request,
        seed=seed,
        style=style,
        options=options,
        subjects=_known_in(card.space, request.subjects, shot, cast_of(studio, episode, [shot], card.space)),
        start=Start(take.asset_sha256, strength, subject.character),
    )
    return replace(queued(studio, episode, shot, engine, card, again), notice=notice)


def _engine(studio: "Studio", episode: Episode, take: Take, name: str | None) -> type[Engine]:
    """Who repaints. Raises InvalidInput where that engine cannot, naming those that can."""
    engine = studio.engine_class(name or take.engine)
    if name is None and "repaint" not in engine.abilities:
        engine = studio.engine_class(studio.engine_of(episode.series))
    if "repaint" not in engine.abilities:
        able = ", ".join(each for each in ENGINES if "repaint" in studio.engine_class(each).abilities)
        raise InvalidInput(
            f"The engine {engine.name} cannot repaint a face. Name one that can with --engine: {able or 'none here'}.",
            f"引擎 {engine.name} 不能重绘人脸。请用 --engine 指定可以的引擎：{able or '目前没有'}。",
        )
    return engine


def _subject(studio: "Studio", request: RenderRequest, shot: Shot, take: Take, person: str) -> Subject:
    """The person in the request, by the script's name or any other they answer to."""
    bound = studio.cast.bind([person])
    uids = {character.uid for character in bound.values()}
    for subject in request.subjects:
        if name_key(subject.name) != name_key(person) and subject.character not in uids:
            continue
        if not subject.character:
            raise InvalidInput(
                f"{subject.name} is not cast in take {take.number} of shot {shot.number}: add photos with `cast add` "
                "and render the shot again.",
                f"镜头 {shot.number} 第 {take.number} 条中的 {subject.name} 没有定角：请用 `cast add` 添加照片后重新渲染。",
            )
        if not subject.keypoints:
            raise InvalidInput(
                f"No face of {subject.name} is seen in shot {shot.number}: there is nothing to repaint.",
                f"镜头 {shot.number} 中看不到 {subject.name} 的脸，无法重绘。",
            )
        return subject
    there_is = ", ".join(subject.name for subject in request.subjects)
    raise NotFound(
        f"{person} is not in take {take.number} of shot {shot.number}. In it: {there_is or 'nobody'}.",
        f"{person} 不在镜头 {shot.number} 第 {take.number} 条中。其中有：{there_is or '无人'}。",
    )


def _known_in(
    space: str | None, subjects: tuple[Subject, ...], shot: Shot, members: Mapping[tuple[str, str], CastMember]
) -> tuple[Subject, ...]:
    """The subjects as the recogniser of `space` knows them; they stay as they are where that is how they are kept."""
    if all(subject.space == (space or "") for subject in subjects if subject.character):
        return subjects
    looks = {member.key: member.look for member in shot.cast}
    known = []
    for subject in subjects:
        member = members.get((name_key(subject.name), looks.get(name_key(subject.name), "")))
        if subject.character and (member is None or member.uid != subject.character):
            raise Conflict(
                f"The cast of shot {shot.number} is another than in the take; render the shot again first.",
                f"镜头 {shot.number} 的人物与该条不同；请先重新渲染该镜头。",
            )
        if member is not None and subject.character:
            subject = replace(subject, references=member.references, embeddings=member.embeddings, space=member.space)
        known.append(subject)
    return tuple(known)
