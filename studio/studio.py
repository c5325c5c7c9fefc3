"""class Studio: the user's verbs. It joins the rooms; page, command line and worker call nothing else."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select

from characters.names import name_key
from characters.registry import Registry
from characters.reports import PhotoReport
from storage.database import Database
from storage.errors import InvalidInput, Message, NotFound
from storage.files import Assets
from storage.home import Home
from storage.models import Job, Plate, Receipt, Series, Shot, Take
from storage.pictures import take_in
from studio import exporting, prompting, rendering, repainting
from studio.catalog import load
from studio.equipment import Equipment
from studio.exports import FORMATS, ExportOptions, OnProgress, format_for
from studio.exports.columns import chosen_columns
from studio.exports.labels import unlabelled
from studio.exports.timeline import Timeline
from studio.exports.writing import export
from studio.importing import Imported, store_script
from studio.jobs.queue import ACTIVE, Queue
from studio.jobs.tasks import TASKS
from studio.jobs.worker import Worker
from studio.packages import opening, packing
from studio.planning import RenderSettings, seed_of
from studio.remaking import Remade, remake
from studio.review import Finding, findings
from studio.screenplay import read_script
from studio.screenplay.draft import Warned
from studio.settings import Settings
from studio.sheet_changes import Changes, read_changes
from studio.shotlist import ShotList, find_series
from studio.storyboard import timeline_of


@dataclass(frozen=True, slots=True)
class ScriptImport:
    """What came of a script; unbound: names that no character answers to yet."""

    imported: Imported
    unbound: tuple[str, ...]
    warnings: tuple[Warned, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """notices: what must be said of the file, such as that generated pictures in it carry no label."""

    file: Path
    bytes: int
    shots: int
    notices: tuple[Message, ...] = ()


class Studio(Equipment):
    """Opens (and makes, the first time) the home that the settings name.

    cast: the registry of characters; shots: the shot list; queue: the jobs; assets: the pictures.
    """

    def __init__(self, settings: Settings):
        self.home = Home(settings.home).prepare()
        super().__init__(settings, Assets(self.home.assets_root), settings.weights or self.home.root / "weights")
        self.database = Database.at(self.home.database_path)
        self.database.upgrade()
        self.queue = Queue(self.database, settings.lease_seconds)
        self.shots = ShotList(self.database)
        self.cast = Registry(self.database, self.assets, self.analyzer)

    def tidy(self) -> None:
        """Forget jobs that ended a week ago, and files that nothing refers to; a worker does so when it starts."""
        self.queue.prune(timedelta(days=7))
        self.assets.sweep(self.database)

    def close(self) -> None:
        self.database.close()

    def engine_of(self, series: Series) -> str:
        """The engine that a series' shots are rendered with where nobody names one."""
        return series.engine or self.settings.engine

    def set_series(
        self,
        series: str,
        *,
        engine: str | None = None,
        style: str | None = None,
        fps: int | None = None,
        aspect: str | None = None,
        demands_consent: bool | None = None,
    ) -> Series:
        """Change what is given, leave the rest. aspect: see studio.shotlist.CANVASES.

        engine: what its shots are rendered with; '': the settings' own. style: one that this engine has. Raises
        InvalidInput, NotFound.
        """
        with self.database.reading() as session:
            own = find_series(session, series).engine if engine is None else engine
        drawn_by = self.engine_class(own or self.settings.engine)
        if style is not None:
            style, _ = rendering.style_for(drawn_by, style, drawn_by.styles[0])
        return self.shots.set_series(series, style, fps, aspect, demands_consent, engine)

    def set_columns(self, series: str, form: str, columns: Sequence[str]) -> Series:
        """Keep which columns a series' sheets have in one format, and their order; (): the format's own choice again.

        They are used by every export of that format that names none. columns: keys of studio.exports.columns. Raises
        InvalidInput, listing what there is, and NotFound.
        """
        with_columns = [each.name for each in FORMATS.values() if "columns" in each.options]
        if form not in with_columns:
            there_is = ", ".join(with_columns)
            raise InvalidInput(
                f"A '{form}' file has no columns to choose. Sheets with columns: {there_is}.",
                f"“{form}”格式没有可选的列。可选列的格式：{there_is}。",
            )
        keys = [column.key for column in chosen_columns(columns)] if columns else []
        return self.shots.set_columns(series, form, keys)

    # -- the cast

    def add_photo(
        self, name: str, content: bytes | Path, file_name: str, look: str | None = None, face: int | None = None
    ) -> PhotoReport:
        """Let a photo of a character in, if it is good enough; a refused one leaves nothing behind. Raises NotFound."""
        return self.cast.add_photo(name, content, file_name, look=look, face=face)

    def erase(self, name: str) -> Receipt:
        """Erase a person: from the work that waits, from the sheets that were exported, from the registry.

        Sheets and packages show everybody's frames, so all that lie in the home go; they can be written again. Raises
        NotFound.
        """
        uid = self.cast.find(name).uid
        showing = [job for job in self.queue.jobs(states=ACTIVE, limit=100_000) if _shows(job, uid)]
        self.queue.revoke([job.key for job in showing])
        for written in self.home.exports.iterdir():
            if written.is_dir():
                shutil.rmtree(written)
            else:
                written.unlink()
        return self.cast.erase(name)

    # -- scripts and plates

    def import_script(
        self,
        content: bytes,
        file_name: str,
        series: str | None = None,
        episode: int | None = None,
        replace: bool = False,
    ) -> ScriptImport:
        """Read a script and keep its shots; series None: the script's own title. Raises ScriptError, Conflict, NotFound."""
        draft = read_script(content, file_name)
        title = (series or draft.title or Path(file_name).stem).strip()
        sha256 = self.assets.write(content)
        with self.database.session() as session:
            self.assets.record(session, sha256, "text/plain")
            imported = store_script(session, draft, title, episode, sha256, replace)
        bound = self.cast.bind(imported.cast)
        unbound = tuple(name for name in imported.cast if name_key(name) not in bound)
        return ScriptImport(imported, unbound, draft.warnings)

    def unbound(self, series: str, episode: int) -> tuple[str, ...]:
        """Names in an episode's shots that no character answers to, in the order they appear. Raises NotFound."""
        shots = self.shots.shots(series, episode)
        names = {member.key: member.name for shot in shots for member in shot.cast}
        bound = self.cast.bind(names.values())
        return tuple(name for key, name in names.items() if key not in bound)

    def add_plate(self, series: str, location: str, content: bytes | Path, file_name: str) -> Plate:
        """Keep the picture of a location; one a location, a newer one replaces it. Raises BadPicture, NotFound."""
        picture = take_in(content, file_name, max_bytes=self.settings.upload_megabytes * 2**20)
        sha256 = self.assets.write(picture.content)
        with self.database.session() as session:
            row = find_series(session, series)
            self.assets.record(session, sha256, picture.media_type, picture.width, picture.height)
            key = name_key(location)
            plate = session.scalar(select(Plate).where(Plate.series_id == row.id, Plate.key == key))
            if plate is None:
                plate = Plate(series_id=row.id, key=key, location=location.strip(), asset_sha256=sha256)
                session.add(plate)
            plate.asset_sha256 = sha256
            session.flush()
        return plate

    def plates(self, series_id: int) -> dict[str, str]:
        """Folded location -> asset hash of its plate."""
        with self.database.reading() as session:
            rows = session.scalars(select(Plate).where(Plate.series_id == series_id))
            return {plate.key: plate.asset_sha256 for plate in rows}

    def prompts(
        self,
        series: str,
        episode: int,
        shots: Sequence[str] | None = None,
        *,
        engine: str | None = None,
        style: str | None = None,
    ) -> list[prompting.ShotWords]:
        """What an engine would be told of an episode's shots (all that are not omitted, or those named by number).

        engine, style: see `submit_render`. Raises InvalidInput, NotFound.
        """
        row = self.shots.episode(series, episode)
        chosen = self.shots.chosen(row, shots)
        return prompting.prompts(self, row, chosen, engine or self.engine_of(row.series), style or "")

    def translate(
        self, series: str, episode: int, shots: Sequence[str] | None = None, *, again: bool = False
    ) -> list[prompting.ShotEnglish]:
        """Write the English of descriptions that have none; again: and anew where they have. Takes a second a sentence.

        Raises ResourceMissing, naming the command that mends it, and NotFound.
        """
        return prompting.translate(self, self.shots.chosen(self.shots.episode(series, episode), shots), again)

    # -- takes

    def submit_render(
        self,
        series: str,
        episode: int,
        shots: Sequence[str] | None = None,
        *,
        engine: str | None = None,
        takes: int = 1,
        seed: int | None = None,
        style: str | None = None,
        options: dict[str, Any] | None = None,
    ) -> list[rendering.Asked]:
        """Queue takes of an episode's shots (all that are not omitted, or those named by number).

        engine: by name, else the series' own, else the settings'. style: by name, else the series', where the engine
        knows it.
        """
        if not 1 <= takes <= 16:
            raise InvalidInput(
                f"Ask for 1 to 16 takes of a shot, not {takes}.", f"每个镜头可出 1 到 16 条，不能是 {takes}。"
            )
        row = self.shots.episode(series, episode)
        chosen = RenderSettings(
            width=row.series.width,
            height=row.series.height,
            style=style or "",
            seed=seed,
            options=options or {},
        )
        return rendering.submit(
            self, row, self.shots.chosen(row, shots), engine or self.engine_of(row.series), chosen, takes
        )

    def submit_another(
        self,
        series: str,
        episode: int,
        shot: str,
        *,
        engine: str | None = None,
        style: str | None = None,
        options: dict[str, Any] | None = None,
    ) -> list[rendering.Asked]:
        """Queue one more take of a shot (number or uid), with a seed that none of its takes has yet."""
        row = self.shots.shot(series, episode, shot)
        used = {take.seed for take in row.takes}
        seed = next(seed for step in count() if (seed := (seed_of(row) + step) % 2**32) not in used)
        return self.submit_render(series, episode, [row.uid], engine=engine, seed=seed, style=style, options=options)

    def submit_repaint(
        self,
        series: str,
        episode: int,
        shot: str,
        person: str,
        *,
        take: int | None = None,
        strength: float = 0.6,
        seed: int | None = None,
        engine: str | None = None,
    ) -> rendering.Asked:
        """Queue a take that is another (take None: the chosen one) but for one person's face. See studio.repainting."""
        row = self.shots.episode(series, episode)
        (shown,) = self.shots.chosen(row, [shot])
        return repainting.submit(self, row, shown, person, take, strength, seed, engine)

    def cancel_renders(self, series: str, episode: int) -> int:
        """Stop every queued or running render of the episode; how many there were."""
        uids = {shot.uid for shot in self.shots.shots(series, episode)}
        active = self.queue.jobs(states=ACTIVE, kinds=["render"], limit=100_000)
        return self.queue.cancel_all(keys=[job.key for job in active if job.payload["shot"] in uids])

    def wait(self, jobs: Sequence[Job]) -> list[Job]:
        """Until these jobs have ended: a live worker does them, or else this process becomes one."""
        if jobs:
            self.worker().run_until_idle({job.key for job in jobs})
        return [self.queue.job(job.id) for job in jobs]

    def worker(self) -> Worker["Studio"]:
        """A worker for this home that knows every task."""
        return Worker(self.queue, {kind: load(TASKS, kind, "task") for kind in TASKS}, self)

    def remake(self, uid: str) -> Remade:
        """Render a take's request again, here and now, keep nothing, and compare. Raises NotFound, ResourceMissing."""
        return remake(self, self.take(uid))

    def take(self, uid: str) -> Take:
        """The take of that uid. Raises NotFound."""
        with self.database.reading() as session:
            take = session.scalar(select(Take).where(Take.uid == uid))
        if take is None:
            raise NotFound(f"There is no take '{uid}'.", f"没有编号为“{uid}”的镜次。")
        return take

    # -- what leaves the building

    def review(self, series: str, episode: int) -> list[Finding]:
        """What a script supervisor would say of the episode's board as it stands."""
        return findings(self.shots.shots(series, episode))

    def sheet_options(
        self, series: str, episode: int, language: str | None, panels: int = 8, **chosen: Any
    ) -> ExportOptions:
        """Options of an export; language None: the series' own. chosen: further fields. Raises InvalidInput, NotFound."""
        spoken = language or self.shots.episode(series, episode).series.language
        if spoken not in ("en", "zh"):
            raise InvalidInput(f"A sheet is in en or zh, not '{spoken}'.", f"分镜表语言为 en 或 zh，不能是“{spoken}”。")
        return ExportOptions(language="zh" if spoken == "zh" else "en", panels=panels, **chosen)

    def export_path(self, series: str, episode: int, form: str) -> Path:
        """Where the home keeps an export: exports/<uid of the series>/E01-bible.pdf; no path is made of user text.

        form: the name of a format.
        """
        folder = self.home.exports / self.shots.episode(series, episode).series.uid
        folder.mkdir(exist_ok=True)
        suffix = FORMATS[form].suffix
        return folder / f"E{episode:02d}{'' if suffix == f'.{form}' else f'-{form}'}{suffix}"

    def compare_sheet(self, series: str, episode: int, content: bytes, file_name: str) -> Changes:
        """What an edited sheet (XLSX or CSV) would change; nothing is changed yet. Raises ScriptError, NotFound."""
        return read_changes(content, file_name, self.timeline(series, episode))

    def apply_changes(self, series: str, episode: int, changes: Changes) -> list[Shot]:
        """Make the changes of `compare_sheet`, all or none; the new shots.

        Raises Conflict where the shots are not any more what they were then, InvalidInput, NotFound.
        """
        return self.shots.apply_sheet(series, episode, changes)

    def submit_export(self, series: str, episode: int, form: str, options: ExportOptions) -> Job:
        """Queue an export into the home's own exports; see `export_path`. Raises InvalidInput, NotFound."""
        return exporting.submit(self, series, episode, form, options)

    def timeline(self, series: str, episode: int) -> Timeline:
        """The episode as every export sees it: shots, chosen takes with their recipes, cast, findings. Raises NotFound."""
        return timeline_of(self, series, episode)

    def export(
        self,
        series: str,
        episode: int,
        target: Path,
        options: ExportOptions,
        form: str = "",
        on_progress: OnProgress = lambda _: None,
    ) -> Exported:
        """Write the episode as `target`, in the format of that name, else the one that its suffix chooses.

        options.columns (): those that the series keeps for the format (`set_columns`), else the format's own. Raises InvalidInput, ResourceMissing, NotFound; what on_progress raises passes through.
        """
        chosen = format_for(target, form)
        if not target.parent.is_dir():
            raise InvalidInput(
                f"There is no folder {target.parent} to export into.", f"导出目录 {target.parent} 不存在。"
            )
        if "columns" in chosen.options and not options.columns:
            kept = self.shots.episode(series, episode).series.sheet_columns.get(chosen.name, ())
            options = replace(options, columns=tuple(kept))
        line = self.timeline(series, episode)
        export(line, target, chosen, options, on_progress)
        return Exported(
            target,
            target.stat().st_size,
            len(line.clips),
            unlabelled(line, options) if "producer" in chosen.options else (),
        )

    # -- from studio to studio

    def pack_series(self, series: str, target: Path, on_progress: OnProgress = lambda _: None) -> packing.Packed:
        """Write a series, with its cast and takes, into the one new file `target`. See studio.packages.packing."""
        return packing.pack_series(self, series, target, on_progress)

    def open_series(
        self, source: Path, title: str | None = None, on_progress: OnProgress = lambda _: None
    ) -> opening.Opened:
        """Keep the series of a file that `pack_series` wrote, all or nothing. See studio.packages.opening."""
        return opening.open_series(self, source, title, on_progress)

    def pack_character(self, name: str, target: Path, on_progress: OnProgress = lambda _: None) -> packing.Packed:
        """Write one character, whose consent must be in force, into the one new file `target`."""
        return packing.pack_character(self, name, target, on_progress)

    def open_character(self, source: Path, on_progress: OnProgress = lambda _: None) -> opening.Opened:
        """Keep the character of a file that `pack_character` wrote, all or nothing."""
        return opening.open_character(self, source, on_progress)


def _shows(job: Job, uid: str) -> bool:
    return any(subject["character"] == uid for subject in job.payload.get("request", {}).get("subjects", ()))
