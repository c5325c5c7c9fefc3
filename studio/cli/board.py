"""render, review, plate."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from storage.errors import InvalidInput
from studio.cli.outcome import EpisodeOption, HomeOption, JsonOption, Outcome, SeriesOption, run, table
from studio.cli.takes import numbers, rendered_outcome

if TYPE_CHECKING:
    from studio.studio import Studio

plate_app = typer.Typer(no_args_is_help=True)


def register(app: typer.Typer) -> None:
    app.command("render")(render)
    app.command("review")(review)


def render(
    series: SeriesOption,
    episode: EpisodeOption,
    shots: Annotated[str | None, typer.Option(help="Shot numbers, comma separated [default: all]")] = None,
    engine: Annotated[str | None, typer.Option(help="Engine, one of `engines list` [default: the series']")] = None,
    takes: Annotated[int, typer.Option(help="Takes of each shot")] = 1,
    seed: Annotated[int | None, typer.Option(help="Seed of the first take [default: the shot's own]")] = None,
    style: Annotated[
        str | None,
        typer.Option(help="Style, such as ink, colour or pencil; one of the engine's [default: the series']"),
    ] = None,
    option: Annotated[list[str] | None, typer.Option("--option", help="An option of the engine, key=value")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Render shots, one after another, and wait for them."""

    def verb(studio: "Studio") -> Outcome:
        from studio.rendering import conclude

        asked = studio.submit_render(
            series,
            episode,
            numbers(shots),
            engine=engine,
            takes=takes,
            seed=seed,
            style=style,
            options=_options(option or []),
        )
        return rendered_outcome(studio, conclude(studio, asked))

    run(home, as_json, verb)


def _options(pairs: list[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise InvalidInput(f"'{pair}' is no option: write key=value.", f"“{pair}”不是有效选项：请写成 key=value。")
        try:
            options[key.strip()] = json.loads(value)
        except json.JSONDecodeError:
            options[key.strip()] = value
    return options


def review(series: SeriesOption, episode: EpisodeOption, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Every face in the chosen takes against its cast member, and what stands out on the board."""

    def verb(studio: "Studio") -> Outcome:
        from studio.shotlist import chosen_take

        shots = [(shot, chosen_take(shot)) for shot in studio.shots.shots(series, episode) if not shot.omitted]
        found = studio.review(series, episode)
        keys = ("character", "box", "face_width", "space", "similarity", "pass_mark", "verdict")
        rows = [(shot, take, face) for shot, take in shots for face in (take.faces if take else [])]
        return Outcome(
            {
                "shots": [
                    {
                        "shot": shot.number,
                        "take": take.number if take else None,
                        "engine": take.engine if take else None,
                        "faces": [{key: face[key] for key in keys} for face in (take.faces if take else [])],
                    }
                    for shot, take in shots
                ],
                "findings": [
                    {
                        "rule": each.rule,
                        "severity": each.severity,
                        "shots": list(each.shots),
                        "message": each.message.text(studio.settings.language),
                        "waived": each.waived,
                    }
                    for each in found
                ],
            },
            [
                *table(
                    [
                        ("shot", "take", "character", "similarity", "verdict"),
                        *(
                            (s.number, t.number if t else "", f["character"], f["similarity"], f["verdict"])
                            for s, t, f in rows
                        ),
                    ]
                ),
                *(
                    f"{each.severity}: {each.message.text(studio.settings.language)} ({', '.join(each.shots)})"
                    for each in found
                ),
            ],
        )

    run(home, as_json, verb)


@plate_app.command("add")
def plate_add(
    series: SeriesOption,
    location: Annotated[str, typer.Option(help="The location, as the scene headings write it")],
    photo: Annotated[Path, typer.Option(help="The picture")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a location its picture; every shot there is composited over it."""

    def verb(studio: "Studio") -> Outcome:
        plate = studio.add_plate(series, location, photo, photo.name)
        return Outcome({"location": plate.location, "asset": plate.asset_sha256}, [f"plate kept for {plate.location}"])

    run(home, as_json, verb)
