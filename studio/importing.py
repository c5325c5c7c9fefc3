"""A script draft becomes scenes and shots in the database; what is there already is never overwritten unasked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from characters.names import name_key
from storage.errors import Conflict, NotFound
from storage.models import Episode, Scene, Series, Shot
from studio.numbering import number_between, number_shots
from studio.screenplay.draft import EpisodeDraft, SceneDraft, ScriptDraft, ShotDraft
from studio.shot_edits import cast_rows


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import made. unchanged: this very script was already there, nothing was touched."""

    series: str
    episodes: tuple[int, ...]
    scenes: int
    shots: int
    cast: tuple[str, ...]
    unchanged: bool


def store_script(
    session: Session, draft: ScriptDraft, series: str, episode: int | None, script_sha256: str | None, replace: bool
) -> Imported:
    """Put the episodes of a draft into a series (made if new), in the caller's transaction.

    Raises NotFound where `episode` is not in the script; Conflict where an episode already has shots from another
    script and `replace` is not said (replacing drops its shots and takes).
    """
    wanted = _wanted(draft, episode)
    row = session.scalar(select(Series).where(Series.title == series))
    if row is None:
        row = Series(title=series, language=draft.language, numbering=draft.numbering)
        session.add(row)
        session.flush()
    unchanged = True
    for each in wanted:
        old = session.scalar(select(Episode).where(Episode.series_id == row.id, Episode.number == each.number))
        if old is not None and old.script_sha256 == script_sha256:
            continue
        unchanged = False
        if old is not None:
            if not replace:
                raise Conflict(
                    f"Episode {each.number} of '{series}' already has a shot list from another script. "
                    "Import with --replace (on the page: Replace the shots that are there) to drop its shots and takes, "
                    "or choose another episode number.",
                    f"《{series}》第 {each.number} 集已有来自另一剧本的分镜。"
                    "如需覆盖（原镜头和出图会被删除）请加 --replace（页面上勾选“覆盖已有分镜”），或换一个集号。",
                )
            session.delete(old)
            session.flush()
        session.add(_episode_row(each, row, script_sha256))
    session.flush()
    return Imported(
        series=series,
        episodes=tuple(each.number for each in wanted),
        scenes=sum(len(each.scenes) for each in wanted),
        shots=sum(len(scene.shots) for each in wanted for scene in each.scenes),
        cast=_names(wanted),
        unchanged=unchanged,
    )


def _wanted(draft: ScriptDraft, episode: int | None) -> list[EpisodeDraft]:
    if episode is None:
        return list(draft.episodes)
    found = [each for each in draft.episodes if each.number == episode]
    if found:
        return found
    if len(draft.episodes) == 1:  # a file of one episode is whichever episode it is said to be
        only = draft.episodes[0]
        return [EpisodeDraft(episode, only.title, only.scenes)]
    there_is = ", ".join(str(each.number) for each in draft.episodes)
    raise NotFound(
        f"The script has no episode {episode}. It has: {there_is}.", f"剧本里没有第 {episode} 集。现有：{there_is}。"
    )


def _names(episodes: Iterable[EpisodeDraft]) -> tuple[str, ...]:
    names: dict[str, str] = {}
    for episode in episodes:
        for scene in episode.scenes:
            for name in (*scene.cast, *(member.name for shot in scene.shots for member in shot.cast)):
                names.setdefault(name_key(name), name)
    return tuple(names.values())


def _episode_row(draft: EpisodeDraft, series: Series, script_sha256: str | None) -> Episode:
    style = "episode" if series.numbering == "episode" else "scene"
    given = number_shots(style, [(scene.number, len(scene.shots)) for scene in draft.scenes])
    numbers = _unique(
        [
            [s.number or n for s, n in zip(scene.shots, row, strict=True)]
            for scene, row in zip(draft.scenes, given, strict=True)
        ]
    )
    return Episode(
        series_id=series.id,
        number=draft.number,
        title=draft.title,
        script_sha256=script_sha256,
        scenes=[
            _scene_row(scene, position, row)
            for position, (scene, row) in enumerate(zip(draft.scenes, numbers, strict=True))
        ],
    )


def _unique(scenes: Sequence[Sequence[str]]) -> list[list[str]]:
    """The numbers of an episode; one that a table gave twice becomes an insert behind the shot before it."""
    taken = {number for row in scenes for number in row}
    used: set[str] = set()
    result: list[list[str]] = []
    last: str | None = None
    for row in scenes:
        result.append([])
        for number in row:
            last = number if number not in used else number_between(last, None, taken | used)
            used.add(last)
            result[-1].append(last)
    return result


def _scene_row(draft: SceneDraft, position: int, numbers: Sequence[str]) -> Scene:
    return Scene(
        position=float(position),
        number=draft.number,
        int_ext=draft.int_ext,
        location=draft.location,
        time_of_day=draft.time_of_day,
        shots=[shot_row(shot, at, number) for at, (shot, number) in enumerate(zip(draft.shots, numbers, strict=True))],
    )


def shot_row(draft: ShotDraft, position: int, number: str) -> Shot:
    """The row of a planned shot, not yet in any scene."""
    return Shot(
        position=float(position),
        number=number,
        size=draft.size,
        framing=draft.framing,
        angle=draft.angle,
        movement=draft.movement,
        lens=draft.lens,
        equipment=draft.equipment,
        description=draft.description,
        dialogue=[
            {"speaker": each.speaker, "text": each.text, "manner": each.manner, "delivery": each.delivery}
            for each in draft.dialogue
        ],
        sound=draft.sound,
        art=draft.art,
        seconds=draft.seconds,
        transition=draft.transition,
        notes=draft.notes,
        omitted=draft.omitted,
        cast=cast_rows(draft.cast),
    )
