"""The shots in the database: from a script, then edited by hand. Numbers already given never change by themselves."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from storage.database import Database
from storage.errors import Conflict, InvalidInput, NotFound
from storage.models import Episode, Scene, Series, Shot, Take
from studio.numbering import number_between
from studio.sheet_applying import apply_sheet
from studio.sheet_changes import Changes
from studio.shot_edits import apply_changes, split_off

CANVASES = {"9:16": (1080, 1920), "16:9": (1920, 1080), "1:1": (1440, 1440), "4:5": (1080, 1350)}


class ShotList:
    """Reads return rows with scene, cast and takes loaded; writes are one transaction each."""

    def __init__(self, database: Database):
        self._database = database

    # -- reading

    def series(self) -> list[Series]:
        """Every series with its episodes, by title."""
        with self._database.reading() as session:
            query = select(Series).options(selectinload(Series.episodes)).order_by(Series.title)
            return list(session.scalars(query))

    def episode(self, series: str, number: int) -> Episode:
        """The episode with series, scenes, shots, cast and takes loaded, in story order. Raises NotFound."""
        with self._database.reading() as session:
            return _episode(session, series, number)

    def shots(self, series: str, number: int) -> list[Shot]:
        """Every shot of the episode in story order, omitted ones too. Raises NotFound."""
        return [shot for scene in self.episode(series, number).scenes for shot in scene.shots]

    @staticmethod
    def chosen(episode: Episode, numbers: Sequence[str] | None) -> list[Shot]:
        """The shots that are asked for by number, or all that are not omitted. Raises NotFound, Conflict (omitted)."""
        shots = _all_shots(episode)
        if numbers is None:
            return [shot for shot in shots if not shot.omitted]
        asked = [_by_number(shots, each) for each in numbers]
        for shot in asked:
            _refuse_omitted(shot)
        return asked

    def shot(self, series: str, number: int, shot_number: str) -> Shot:
        """One shot by its number. Raises NotFound."""
        return _by_number(self.shots(series, number), shot_number)

    # -- by hand

    def edit(self, series: str, number: int, shot_number: str, changes: dict[str, Any]) -> Shot:
        """Change fields of a shot: size, framing, angle, movement (code or word), texts, seconds, cast, omitted.

        cast: a list of CastDraft or of names; names alone are placed by the framing. Raises InvalidInput, NotFound.
        """
        with self._database.session() as session:
            shot = _by_number(_all_shots(_episode(session, series, number)), shot_number)
            apply_changes(shot, changes)
            session.flush()
        return shot

    def add(self, series: str, number: int, after: str, changes: dict[str, Any]) -> Shot:
        """Insert a shot behind shot `after`, in its scene, with a number between its neighbours. Raises as `edit`."""
        with self._database.session() as session:
            shots = _all_shots(_episode(session, series, number))
            previous = _by_number(shots, after)
            number_given = _number_after(shots, previous)
            shot = Shot(position=0.0, number=number_given, size="MS", framing="single", seconds=3.0, cast=[], takes=[])
            apply_changes(shot, changes)
            _insert_after(shot, previous)
            session.add(shot)
            session.flush()
        return shot

    def move(self, series: str, number: int, shot_number: str, after: str) -> Shot:
        """Put a shot behind another one (into its scene); every number stays. Raises NotFound, InvalidInput."""
        with self._database.session() as session:
            shots = _all_shots(_episode(session, series, number))
            shot, previous = _by_number(shots, shot_number), _by_number(shots, after)
            if shot is previous:
                raise InvalidInput(
                    f"Shot {shot.number} cannot be moved behind itself.", f"镜头 {shot.number} 不能移到自己后面。"
                )
            _insert_after(shot, previous)
            session.flush()
        return shot

    def split(self, series: str, number: int, shot_number: str, at: int | None = None) -> tuple[Shot, Shot]:
        """Split a shot in two, the second part with the next free number behind it; takes stay with the first.

        at: index of the dialogue line that the second part begins with (None: half of them). See `split_off` for what
        goes where. Raises NotFound, Conflict (omitted), InvalidInput (no such line, too short).
        """
        with self._database.session() as session:
            episode = _episode(session, series, number)
            shots = _all_shots(episode)
            shot = _by_number(shots, shot_number)
            _refuse_omitted(shot)
            second = split_off(shot, at, _number_after(shots, shot), episode.series.fps)
            _insert_after(second, shot)
            session.add(second)
            session.flush()
        return shot, second

    def apply_sheet(self, series: str, number: int, changes: Changes) -> list[Shot]:
        """Make the changes that a sheet asks for, all or none; the new shots. Raises NotFound, Conflict, InvalidInput."""
        with self._database.session() as session:
            made = apply_sheet(_episode(session, series, number), changes)
            session.add_all(made)
            session.flush()
        return made

    def set_series(
        self,
        series: str,
        style: str | None = None,
        fps: int | None = None,
        aspect: str | None = None,
        demands_consent: bool | None = None,
        engine: str | None = None,
    ) -> Series:
        """Change what is given, leave the rest; engine '': the settings' own. Raises InvalidInput, NotFound.

        Whether there is such an engine and such a style is for the caller to see to: see Studio.set_series.
        """
        with self._database.session() as session:
            row = find_series(session, series)
            if fps is not None and not 1 <= fps <= 120:
                raise InvalidInput(
                    f"{fps} frames a second cannot be: give 1 to 120.", f"帧率 {fps} 无效：请给 1 到 120。"
                )
            if aspect is not None and aspect not in CANVASES:
                there_is = ", ".join(CANVASES)
                raise InvalidInput(
                    f"'{aspect}' is no canvas. There is: {there_is}.", f"“{aspect}”不是可用画幅。可用：{there_is}。"
                )
            row.style = row.style if style is None else style
            row.engine = row.engine if engine is None else engine
            row.fps = row.fps if fps is None else fps
            row.demands_consent = row.demands_consent if demands_consent is None else demands_consent
            if aspect is not None:
                row.width, row.height = CANVASES[aspect]
        return row

    def set_columns(self, series: str, form: str, columns: Sequence[str]) -> Series:
        """Keep the columns of a series' sheets in one format; (): the format's own choice again. Raises NotFound.

        Whether there are such columns is for the caller to see to: see Studio.set_columns.
        """
        with self._database.session() as session:
            row = find_series(session, series)
            others = {name: kept for name, kept in row.sheet_columns.items() if name != form}
            row.sheet_columns = {**others, form: list(columns)} if columns else others
        return row

    def circle(self, take_uid: str) -> Take:
        """Make this take the chosen one of its shot. Raises NotFound."""
        with self._database.session() as session:
            take = session.scalar(
                select(Take).where(Take.uid == take_uid).options(selectinload(Take.shot).selectinload(Shot.takes))
            )
            if take is None:
                raise NotFound(f"There is no take '{take_uid}'.", f"没有编号为“{take_uid}”的镜次。")
            for other in take.shot.takes:
                other.circled = other is take
        return take


def take_numbered(shot: Shot, number: int) -> Take:
    """The take of that number. Raises NotFound."""
    for take in shot.takes:
        if take.number == number:
            return take
    there_is = ", ".join(str(take.number) for take in shot.takes)
    raise NotFound(
        f"Shot {shot.number} has no take {number}. It has: {there_is or 'none yet'}.",
        f"镜头 {shot.number} 没有第 {number} 条。现有：{there_is or '无'}。",
    )


def chosen_take(shot: Shot) -> Take | None:
    """The circled take, else the newest; None where nothing was rendered."""
    return next((take for take in shot.takes if take.circled), shot.takes[-1] if shot.takes else None)


# -- rows ----------------------------------------------------------------------------------------------------------


def find_series(session: Session, title: str) -> Series:
    """The series of that title. Raises NotFound, saying which there are."""
    row = session.scalar(select(Series).where(Series.title == title))
    if row is None:
        there_is = ", ".join(session.scalars(select(Series.title).order_by(Series.title)))
        raise NotFound(
            f"There is no series called '{title}'. There is: {there_is or 'none yet'}.",
            f"没有名为《{title}》的剧。现有：{there_is or '无'}。",
        )
    return row


def _episode(session: Session, series: str, number: int) -> Episode:
    row = find_series(session, series)
    episode = session.scalar(
        select(Episode)
        .where(Episode.series_id == row.id, Episode.number == number)
        .options(
            selectinload(Episode.series),
            selectinload(Episode.scenes).selectinload(Scene.shots).selectinload(Shot.cast),
            selectinload(Episode.scenes).selectinload(Scene.shots).selectinload(Shot.takes),
        )
    )
    if episode is None:
        there_is = ", ".join(str(n) for n in session.scalars(select(Episode.number).where(Episode.series_id == row.id)))
        raise NotFound(
            f"'{series}' has no episode {number}. It has: {there_is or 'none yet'}.",
            f"《{series}》没有第 {number} 集。现有：{there_is or '无'}。",
        )
    for scene in episode.scenes:  # so that shot.scene and scene.episode can be read after the session is closed
        scene.episode = episode
        for shot in scene.shots:
            shot.scene = scene
    return episode


def _refuse_omitted(shot: Shot) -> None:
    if shot.omitted:
        raise Conflict(
            f"Shot {shot.number} is omitted; bring it back with `shots set {shot.number} --restore` first.",
            f"镜头 {shot.number} 已删除；请先用 `shots set {shot.number} --restore` 恢复。",
        )


def _all_shots(episode: Episode) -> list[Shot]:
    return [shot for scene in episode.scenes for shot in scene.shots]


def _by_number(shots: Iterable[Shot], number: str) -> Shot:
    asked = number.strip().casefold()
    for shot in shots:
        if asked in (shot.number.casefold(), shot.uid):
            return shot
    raise NotFound(
        f"There is no shot '{number}' in this episode. `shots list` shows the numbers.",
        f"本集没有镜号“{number}”。用 `shots list` 查看镜号。",
    )


def _insert_after(shot: Shot, previous: Shot) -> None:
    """Put the shot behind `previous` and space the scene's positions anew (they order; nobody reads them)."""
    scene = previous.scene
    run = [each for each in scene.shots if each is not shot]
    run.insert(run.index(previous) + 1, shot)
    shot.scene = scene
    for position, each in enumerate(run):
        each.position = float(position)


def _number_after(shots: Sequence[Shot], previous: Shot) -> str:
    at = shots.index(previous)
    following = shots[at + 1].number if at + 1 < len(shots) else None
    return number_between(previous.number, following, {shot.number for shot in shots})


def take_number(session: Session, shot_id: int) -> int:
    """The number the next take of this shot gets."""
    return (session.scalar(select(func.max(Take.number)).where(Take.shot_id == shot_id)) or 0) + 1
