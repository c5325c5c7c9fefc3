"""script import and check, series list and set."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from storage.errors import InvalidInput
from studio.cli.outcome import HomeOption, JsonOption, Outcome, conclude, content_of, run, settings_for, table

if TYPE_CHECKING:
    from studio.studio import Studio

app = typer.Typer(no_args_is_help=True)
series_app = typer.Typer(no_args_is_help=True)


@app.command("import")
def script_import(
    file: Annotated[
        Path,
        typer.Argument(help="Fountain, Final Draft, plain Chinese script, .docx, or a shot table as .csv or .xlsx"),
    ],
    series: Annotated[str | None, typer.Option("--series", help="Series [default: the script's title]")] = None,
    episode: Annotated[
        int | None, typer.Option("--episode", help="Only this episode [default: all in the file]")
    ] = None,
    replace: Annotated[bool, typer.Option(help="Drop shots and takes that are there from another script")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read a script into scenes, cast and a first shot breakdown."""

    def verb(studio: "Studio") -> Outcome:
        result = studio.import_script(content_of(file), file.name, series, episode, replace)
        made = result.imported
        language = studio.settings.language
        warnings = [{"line": each.line, "text": each.message.text(language)} for each in result.warnings]
        episodes = ", ".join(str(number) for number in made.episodes)
        return Outcome(
            {
                "series": made.series,
                "episodes": list(made.episodes),
                "scenes": made.scenes,
                "shots": made.shots,
                "cast": list(made.cast),
                "unbound": list(result.unbound),
                "warnings": warnings,
                "unchanged": made.unchanged,
            },
            [
                f"{made.series}, episode {episodes}: {made.scenes} scenes, {made.shots} shots"
                + (" (unchanged)" if made.unchanged else ""),
                f"cast: {', '.join(made.cast) or '-'}",
                f"without a character yet: {', '.join(result.unbound) or '-'}",
                *(f"line {each['line']}: {each['text']}" for each in warnings),
            ],
        )

    run(home, as_json, verb)


@app.command("check")
def script_check(
    file: Annotated[Path, typer.Argument(help="A script or a shot table, as `script import` takes it")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read a script and say what was found and every line that was not understood; nothing is stored."""
    settings = settings_for(home)

    def verb() -> Outcome:
        from studio.screenplay import read_script

        draft = read_script(content_of(file), file.name)
        scenes = [scene for episode in draft.episodes for scene in episode.scenes]
        cast = list(dict.fromkeys(name for scene in scenes for name in scene.cast))
        warnings = [
            {"line": each.line, "lines": list(each.lines or (each.line,)), "text": each.message.text(settings.language)}
            for each in draft.warnings
        ]
        episodes = [
            {
                "number": episode.number,
                "title": episode.title,
                "scenes": len(episode.scenes),
                "shots": sum(len(scene.shots) for scene in episode.scenes),
            }
            for episode in draft.episodes
        ]
        shots = sum(len(scene.shots) for scene in scenes)
        return Outcome(
            {
                "title": draft.title,
                "language": draft.language,
                "episodes": episodes,
                "scenes": len(scenes),
                "shots": shots,
                "cast": cast,
                "warnings": warnings,
            },
            [
                f"{draft.title or file.stem} ({draft.language})",
                *(
                    f"episode {each['number']}{': ' if each['title'] else ''}{each['title']}: "
                    f"{each['scenes']} scenes, {each['shots']} shots"
                    for each in episodes
                ),
                f"{len(scenes)} scenes, {shots} shots, cast of {len(cast)}: {', '.join(cast) or '-'}",
                *(f"line {each['line']}: {each['text']}" for each in warnings),
            ],
        )

    conclude(as_json, settings, verb)


@series_app.command("list")
def series_list(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Every series and its episodes."""

    def verb(studio: "Studio") -> Outcome:
        rows = studio.shots.series()
        return Outcome(
            {
                "series": [
                    {
                        "title": row.title,
                        "language": row.language,
                        "numbering": row.numbering,
                        "engine": studio.engine_of(row),
                        "style": row.style,
                        "fps": row.fps,
                        "width": row.width,
                        "height": row.height,
                        "demands_consent": row.demands_consent,
                        "columns": row.sheet_columns,
                        "episodes": [episode.number for episode in row.episodes],
                    }
                    for row in rows
                ]
            },
            table(
                [
                    ("series", "language", "engine", "style", "canvas", "episodes"),
                    *(
                        (
                            r.title,
                            r.language,
                            studio.engine_of(r),
                            r.style,
                            f"{r.width}x{r.height}",
                            ", ".join(str(e.number) for e in r.episodes),
                        )
                        for r in rows
                    ),
                ]
            ),
        )

    run(home, as_json, verb)


@series_app.command("set")
def series_set(
    series: Annotated[str, typer.Argument(help="Title of the series")],
    engine: Annotated[
        str | None, typer.Option(help='Engine of new takes, one of `engines list`; "" for the usual one')
    ] = None,
    style: Annotated[str | None, typer.Option(help="Style of new takes, one of that engine's")] = None,
    fps: Annotated[int | None, typer.Option(help="Frames a second")] = None,
    aspect: Annotated[str | None, typer.Option(help="9:16, 16:9, 1:1 or 4:5")] = None,
    demand_consent: Annotated[
        bool | None,
        typer.Option("--demand-consent/--no-demand-consent", help="Refuse to render people without consent"),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--columns", help='Columns of its sheets in a format, "xlsx=shot,size,notes"; "xlsx=" for the usual ones'
        ),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a series' settings."""

    def verb(studio: "Studio") -> Outcome:
        for form, keys in [_columns(each) for each in columns or []]:
            studio.set_columns(series, form, keys)
        row = studio.set_series(
            series, engine=engine, style=style, fps=fps, aspect=aspect, demands_consent=demand_consent
        )
        shown = {
            "title": row.title,
            "engine": studio.engine_of(row),
            "style": row.style,
            "fps": row.fps,
            "width": row.width,
            "height": row.height,
            "demands_consent": row.demands_consent,
            "columns": row.sheet_columns,
        }
        return Outcome(shown, [f"{key}: {value}" for key, value in shown.items()])

    run(home, as_json, verb)


def _columns(said: str) -> tuple[str, list[str]]:
    """'xlsx=shot,notes' -> the format and the keys."""
    form, equals, keys = said.partition("=")
    if not equals:
        raise InvalidInput(
            f"'{said}' names no format: write FORMAT=column,column.", f"“{said}”没有指明格式：请写成 格式=列,列。"
        )
    return form.strip(), [key.strip() for key in keys.replace("，", ",").split(",") if key.strip()]
