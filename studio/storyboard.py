"""An episode's shots and chosen takes as the timeline that every export is made from."""

from collections.abc import Mapping

from storage.files import Assets
from storage.models import Episode, Scene, Shot, Take
from studio.exports.timeline import Clip, ClipLine, Likeness, Timeline, frames_of, starts
from studio.provenance import restrictions
from studio.shotlist import chosen_take


def timeline(episode: Episode, assets: Assets, looks: Mapping[str, str]) -> Timeline:
    """The episode (with scenes, shots, cast and takes loaded) as frozen values. Raises NotFound for a lost picture.

    looks: name key -> the look somebody wears where a shot names none.
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
            _clip(episode.number, scene, shot, start, count, assets, looks)
            for (scene, shot), start, count in zip(shots, starts(frames), frames, strict=True)
        ),
    )


def _clip(
    episode: int, scene: Scene, shot: Shot, start: int, frames: int, assets: Assets, looks: Mapping[str, str]
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
    )


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
