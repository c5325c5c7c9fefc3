"""export, formats."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.outcome import EpisodeOption, HomeOption, JsonOption, Outcome, SeriesOption, run, table

if TYPE_CHECKING:
    from studio.studio import Studio


def register(app: typer.Typer) -> None:
    app.command("export")(export)
    app.command("formats")(formats)


def export(
    series: SeriesOption,
    episode: EpisodeOption,
    to: Annotated[Path, typer.Option("--to", help="The file to write; its suffix chooses the format")],
    form: Annotated[
        str, typer.Option("--format", help="The format, where several have that suffix: see `formats`")
    ] = "",
    language: Annotated[str | None, typer.Option(help="en or zh [default: the series']")] = None,
    panels: Annotated[int, typer.Option(help="Panels on a PDF page: 1, 2, 3, 6 or 8")] = 8,
    paper: Annotated[str, typer.Option(help="A4 or A3")] = "A4",
    columns: Annotated[str | None, typer.Option(help="Keys of columns in order, comma separated")] = None,
    raw: Annotated[bool, typer.Option(help="CSV for machines: cells as they are, formulas too")] = False,
    scene: Annotated[str, typer.Option(help="Only this scene's number")] = "",
    numbers: Annotated[bool, typer.Option(help="Burn shot numbers into the film")] = False,
    movement: Annotated[bool, typer.Option(help="A slow push or pan per shot of the film")] = True,
    captions: Annotated[bool, typer.Option(help="Burn the dialogue into the film")] = False,
    audio: Annotated[Path | None, typer.Option(help="A sound file to lie under the film")] = None,
    height: Annotated[int, typer.Option(help="Height of the film's picture in pixels [default: the series']")] = 0,
    producer: Annotated[
        str | None, typer.Option(help="Your own producer code: generated pictures are labelled with it (GB 45438)")
    ] = None,
    visible_label: Annotated[bool, typer.Option(help="Put the mark that people see on generated pictures too")] = True,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write an episode as a sheet, a timeline, a film or a script; `formats` lists them."""

    def verb(studio: "Studio") -> Outcome:
        from studio.exports import Producer

        options = studio.sheet_options(
            series,
            episode,
            language,
            panels,
            paper=paper,
            columns=tuple(key.strip() for key in (columns or "").replace("，", ",").split(",") if key.strip()),
            raw=raw,
            scene=scene,
            numbers=numbers,
            movement=movement,
            captions=captions,
            audio=audio,
            height=height,
            producer=Producer(producer, visible_label) if producer else None,
        )
        written = studio.export(series, episode, to, options, form)
        spoken = studio.settings.language
        return Outcome(
            {
                "file": str(written.file),
                "bytes": written.bytes,
                "shots": written.shots,
                "notices": [notice.text("en") for notice in written.notices],
            },
            [
                f"{written.file} ({written.bytes} bytes, {written.shots} shots)",
                *(notice.text(spoken) for notice in written.notices),
            ],
        )

    run(home, as_json, verb)


def formats(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Every format that `export` writes, with the options each of them reads."""

    def verb(studio: "Studio") -> Outcome:
        from studio.exports import FORMATS

        language = studio.settings.language
        return Outcome(
            {
                "formats": [
                    {
                        "name": each.name,
                        "suffix": each.suffix,
                        "title": each.title.as_json(),
                        "options": sorted(each.options),
                    }
                    for each in FORMATS.values()
                ]
            },
            table(
                [
                    ("format", "suffix", "what it is", "options"),
                    *(
                        (f.name, f.suffix, f.title.text(language), ", ".join(sorted(f.options)))
                        for f in FORMATS.values()
                    ),
                ]
            ),
        )

    run(home, as_json, verb)
