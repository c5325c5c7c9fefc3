"""An episode's shots and chosen takes as the timeline that every export is made from."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from storage.database import Database
from storage.errors import Message, NotFound
from storage.files import Assets
from storage.models import Character, Episode, Scene, Shot, Take
from studio.casting import usual_looks
from studio.exports.timeline import Clip, ClipLine, DressedAs, Likeness, Person, Timeline, frames_of, starts
from studio.planning import shot_names
from studio.provenance import restrictions
from studio.review import findings
from studio.shotlist import chosen_take

if TYPE_CHECKING:
    from studio.studio import Studio


def timeline_of(studio: "Studio", series: str, number: int) -> Timeline:
    """An episode as every export sees it: shots, chosen takes with their recipes, cast, findings. Raises NotFound."""
    episode = studio.shots.episode(series, number)
    shots = [shot for scene in episode.scenes for shot in scene.shots]
    bound = studio.cast.bind(shot_names(shots).values())
    said: dict[str, tuple[Message, ...]] = {}
    for finding in findings(shots):
        for shot in finding.shots:
            said[shot] = (*said.get(shot, ()), finding.message)
    return timeline(
        episode,
        studio.assets,
        usual_looks(studio.cast, shots),
        [studio.cast.show(name) for name in dict.fromkeys(each.name for each in bound.values())],
        said,
        exported_recipes(studio.database, [take for shot in shots if (take := chosen_take(shot)) is not None]),
    )


def timeline(
    episode: Episode,
    assets: Assets,
    looks: Mapping[str, str],
    cast: Sequence[Character] = (),
    said: Mapping[str, tuple[Message, ...]] = MappingProxyType({}),
    recipes: Mapping[int, Mapping[str, Any]] = MappingProxyType({}),
) -> Timeline:
    """The episode (with scenes, shots, cast and takes loaded) as frozen values. Raises NotFound for a lost picture.

    looks: name key -> the look somebody wears where a shot names none. cast: the characters of the episode (names,
    looks and photos loaded). said: shot number -> what a review found. recipes: take id -> see Clip.recipe.
    """
    series = episode.series
    shots = [(scene, shot) for scene in episode.scenes for shot in scene.shots]
    frames = [0 if shot.omitted else frames_of(shot.seconds, series.fps) for _, shot in shots]
    return Timeline(
        series=series.title,
        episode=episode.number,
        title=episode.title,
        language="zh" if series.language == "zh" else "en",
        fps=series.fps,
        width=series.width,
        height=series.height,
        clips=tuple(
            _clip(episode.number, scene, shot, start, count, assets, looks, said, recipes)
            for (scene, shot), start, count in zip(shots, starts(frames), frames, strict=True)
        ),
        series_uid=series.uid,
        cast=tuple(_person(character, assets) for character in cast),
    )


def _clip(
    episode: int,
    scene: Scene,
    shot: Shot,
    start: int,
    frames: int,
    assets: Assets,
    looks: Mapping[str, str],
    said: Mapping[str, tuple[Message, ...]],
    recipes: Mapping[int, Mapping[str, Any]],
) -> Clip:
    take = chosen_take(shot)
    return Clip(
        uid=shot.uid,
        episode=episode,
        scene=scene.number,
        number=shot.number,
        status=status(shot, take),
        int_ext=scene.int_ext,
        location=scene.location,
        time_of_day=scene.time_of_day,
        size=shot.size,
        framing=shot.framing,
        angle=shot.angle,
        movement=shot.movement,
        lens=shot.lens,
        equipment=shot.equipment,
        description=shot.description,
        cast=tuple(member.name for member in shot.cast),
        looks=tuple(member.look or looks.get(member.key, "") for member in shot.cast),
        parts=tuple(member.part for member in shot.cast),
        dialogue=tuple(
            ClipLine(each["speaker"], each["text"], each["manner"], each["delivery"]) for each in shot.dialogue
        ),
        sound=shot.sound,
        art=shot.art,
        transition=shot.transition,
        notes=shot.notes,
        omitted=shot.omitted,
        picture=assets.path(take.asset_sha256) if take else None,
        take=str(take.number) if take else "",
        engine=take.engine if take else "",
        uncast=take.uncast if take else False,
        likeness=_likeness(take),
        start=start,
        frames=frames,
        notices=restrictions(take.provenance) if take else (),
        findings=said.get(shot.number, ()),
        recipe=recipes.get(take.id, {}) if take else {},
        generates=bool(take.provenance.get("generates")) if take else False,
        small=_small(take, assets) if take else None,
    )


def _small(take: Take, assets: Assets) -> Path | None:
    """The take's thumbnail; sheets do without one, from the frame itself."""
    if take.thumbnail_sha256 is None:
        return None
    try:
        return assets.path(take.thumbnail_sha256)
    except NotFound:
        return None


def _person(character: Character, assets: Assets) -> Person:
    names = [character.name, *(each.text for each in character.names if each.text != character.name)]
    looks = tuple(
        DressedAs(
            look.name,
            look.wardrobe,
            tuple(look.colours),
            tuple(assets.path(photo.asset_sha256) for photo in look.photos),
        )
        for look in character.looks
    )
    return Person(character.uid, tuple(names), character.notes, looks)


def status(shot: Shot, take: Take | None) -> str:
    """studio.vocabulary.STATUSES' code: omitted, approved (a circled take), rendered, planned."""
    if shot.omitted:
        return "omitted"
    if take is None:
        return "planned"
    return "approved" if take.circled else "rendered"


def _likeness(take: Take | None) -> tuple[Likeness, ...]:
    return tuple(
        Likeness(
            face["character"], face["similarity"], face["verdict"] == "composited", uncast=face["verdict"] == "uncast"
        )
        for face in (take.faces if take else [])
        if face["character"]
    )


def exported_recipes(database: Database, takes: Sequence[Take]) -> dict[int, dict[str, Any]]:
    """Take id -> its recipe as it may leave the house: without face embeddings, which are biometric."""
    wanted = {take.id: take for take in takes}
    with database.reading() as session:
        rows = session.execute(select(Take.id, Take.request).where(Take.id.in_(wanted))).all()
    return {
        number: {
            **_without_embeddings(request),
            "engine": wanted[number].engine,
            "version": wanted[number].engine_version,
            "provenance": dict(wanted[number].provenance),
        }
        for number, request in rows
    }


def _without_embeddings(request: dict[str, Any]) -> dict[str, Any]:
    return {**request, "subjects": [{**subject, "embeddings": []} for subject in request["subjects"]]}
