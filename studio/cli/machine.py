"""demo, serve, worker, doctor, backup, restore."""

import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.outcome import HomeOption, JsonOption, Outcome, conclude, run, settings_for, table

if TYPE_CHECKING:
    from studio.studio import Studio


def register(app: typer.Typer) -> None:
    for command in (demo, serve, worker, doctor):
        app.command(command.__name__)(command)
    app.command("backup")(backup_home)
    app.command("restore")(restore_home)


def demo(
    methods: Annotated[
        bool, typer.Option(help="One episode by every engine, side by side; without weights, by random ones")
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build the sample series, render their first episodes and write the shot sheets, in both languages."""

    def side_by_side(studio: "Studio") -> Outcome:
        from studio.sample.methods import compare

        compared = compare(studio)
        language = studio.settings.language
        rows = [
            (m.engine, m.frames, m.seconds_per_frame or "", "" if m.similarity is None else m.similarity)
            for m in compared.methods
        ]
        said = [f"{m.engine}: {m.missing.text(language)}" for m in compared.methods if m.missing]
        said += [
            f"FAILED {m.engine} {number}: {why.text(language)}" for m in compared.methods for number, why in m.failed
        ]
        said += [f"{m.engine}: {notice.text(language)}" for m in compared.methods for notice in m.notices]
        return Outcome(
            {
                "series": compared.series,
                "random_weights": compared.random,
                "sheet": str(compared.sheet),
                "methods": [
                    {
                        "engine": m.engine,
                        "frames": m.frames,
                        "seconds_per_frame": m.seconds_per_frame,
                        "similarity": m.similarity,
                        "missing": m.missing.text("en") if m.missing else None,
                        "notices": [notice.text("en") for notice in m.notices],
                        "failed": [{"shot": number, "reason": why.text("en")} for number, why in m.failed],
                    }
                    for m in compared.methods
                ],
            },
            [*table([("engine", "frames", "s/frame", "similarity"), *rows]), *said, str(compared.sheet)],
            1 if any(m.failed for m in compared.methods) else 0,
        )

    def verb(studio: "Studio") -> Outcome:
        if methods:
            return side_by_side(studio)
        from studio.sample.series import demo as whole_job

        began = perf_counter()
        made = whole_job(studio)
        seconds = round(perf_counter() - began, 2)
        return Outcome(
            {
                "series": list(made.series),
                "frames": made.frames,
                "exports": [str(path) for path in made.exports],
                "seconds": seconds,
                "failed": [{"shot": number, "reason": reason.text("en")} for number, reason in made.failed],
            },
            [
                f"{made.frames} frames of {', '.join(made.series)} in {seconds} s",
                *(str(path) for path in made.exports),
                *(f"FAILED {number}: {reason.text(studio.settings.language)}" for number, reason in made.failed),
            ],
            1 if made.failed else 0,
        )

    run(home, as_json, verb)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on [default: 127.0.0.1, this machine only]")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port [default: 7860; 0 takes a free one]")] = None,
    sample: Annotated[bool, typer.Option(help="Put the sample series in first")] = False,
    home: HomeOption = None,
) -> None:
    """Open the page."""
    from app import serve as open_page

    chosen = {key: value for key, value in {"host": host, "port": port}.items() if value is not None}
    settings = settings_for(home, **chosen)

    def verb() -> Outcome:
        open_page(settings, sample)
        return Outcome({})

    conclude(False, settings, verb)


def worker(
    lifeline: Annotated[
        bool, typer.Option(help="End when standard input ends (how the page starts its worker)")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Work on the queue of this home until stopped."""
    import logging

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s", stream=sys.stderr)

    def verb(studio: "Studio") -> Outcome:
        from studio.jobs.service import serve as serve_worker

        studio.tidy()
        serve_worker(studio.worker(), 0 if lifeline else None)
        return Outcome({})

    run(home, False, verb)


def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """What this machine has, what is missing, and what that costs."""

    def verb(studio: "Studio") -> Outcome:
        from studio.doctor import examine

        checks = examine(studio)
        return Outcome(
            {
                "checks": [check.as_json() for check in checks],
                "ok": all(check.ok or check.optional for check in checks),
            },
            [f"{'ok  ' if c.ok else 'none' if c.optional else 'BAD '} {c.name}: {c.text}" for c in checks],
            0 if all(check.ok or check.optional for check in checks) else 1,
        )

    run(home, as_json, verb)


def backup_home(
    file: Annotated[Path, typer.Argument(help="The file to write")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write everything this home holds into one file."""

    def verb(studio: "Studio") -> Outcome:
        from storage.backup import backup

        report = backup(studio.database, studio.assets, file)
        return Outcome(
            {"file": str(file), "bytes": file.stat().st_size, "assets": report.assets},
            [f"{file}: {report.assets} pictures and the database, {file.stat().st_size} bytes"],
        )

    run(home, as_json, verb)


def restore_home(
    file: Annotated[Path, typer.Argument(help="A file that `backup` wrote")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fill an empty home from a backup."""
    settings = settings_for(home)

    def verb() -> Outcome:
        from storage.backup import restore

        report = restore(file, settings.home)
        return Outcome(
            {"home": str(settings.home), "assets": report.assets},
            [f"{settings.home}: {report.assets} pictures restored"],
        )

    conclude(as_json, settings, verb)
