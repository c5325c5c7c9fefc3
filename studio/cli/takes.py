"""takes list, circle, verify; repaint; and how takes are printed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.outcome import EpisodeOption, HomeOption, JsonOption, Outcome, SeriesOption, run, table

if TYPE_CHECKING:
    from storage.models import Shot, Take
    from studio.rendering import Rendered
    from studio.studio import Studio

app = typer.Typer(no_args_is_help=True)

ShotOption = Annotated[str, typer.Option(help="Number of the shot")]


def take_json(studio: "Studio", shot: "Shot", take: "Take") -> dict[str, Any]:
    """One take as `render` and `takes list` print it."""
    from studio.provenance import notices

    return {
        "shot": shot.number,
        "take": take.number,
        "uid": take.uid,
        "engine": take.engine,
        "file": str(studio.assets.path(take.asset_sha256)),
        "width": take.width,
        "height": take.height,
        "seed": take.seed,
        "seconds": take.seconds,
        "recipe_key": take.recipe_key,
        "uncast": take.uncast,
        "circled": take.circled,
        "similarity": {face["character"]: face["similarity"] for face in take.faces if face["character"]},
        "provenance": take.provenance,
        "notices": [each.text(studio.settings.language) for each in notices(take)],
    }


def numbers(shots: str | None) -> list[str] | None:
    """'2A, 3' -> its shot numbers; None for all."""
    return [number.strip() for number in shots.replace("，", ",").split(",") if number.strip()] if shots else None


def rendered_outcome(studio: "Studio", rendered: Sequence["Rendered"]) -> Outcome:
    """What became of a render: the takes, what is to be said of them, what failed."""
    made = [(each.shot, each.take) for each in rendered if each.take]
    language = studio.settings.language
    failed = [(each.shot.number, each.problem.text(language)) for each in rendered if each.problem]
    said = list(dict.fromkeys(each.notice.text(language) for each in rendered if each.notice))
    return Outcome(
        {
            "takes": [take_json(studio, shot, take) for shot, take in made],
            "failed": [{"shot": number, "reason": reason} for number, reason in failed],
            "notices": said,
        },
        [
            *table(
                [
                    ("shot", "take", "seed", "seconds", "file"),
                    *((s.number, t.number, t.seed, t.seconds, studio.assets.path(t.asset_sha256)) for s, t in made),
                ]
            ),
            *said,
            *_told(studio, made),
            *(f"FAILED {number}: {reason}" for number, reason in failed),
        ],
        1 if failed else 0,
    )


def _told(studio: "Studio", takes: Sequence[tuple["Shot", "Take"]]) -> list[str]:
    """A line a notice, with the shots it is about."""
    from studio.provenance import gathered, notices

    return gathered(((shot.number, notices(take)) for shot, take in takes), studio.settings.language)


@app.command("list")
def takes_list(
    series: SeriesOption,
    episode: EpisodeOption,
    shots: Annotated[str | None, typer.Option(help="Shot numbers, comma separated [default: all]")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every take of an episode's shots."""

    def verb(studio: "Studio") -> Outcome:
        rows = [
            (shot, take)
            for shot in studio.shots.chosen(studio.shots.episode(series, episode), numbers(shots))
            for take in shot.takes
        ]
        return Outcome(
            {"takes": [take_json(studio, shot, take) for shot, take in rows]},
            [
                *table(
                    [
                        ("shot", "take", "circled", "engine", "seed", "uid"),
                        *((s.number, t.number, "◎" if t.circled else "", t.engine, t.seed, t.uid) for s, t in rows),
                    ]
                ),
                *_told(studio, rows),
            ],
        )

    run(home, as_json, verb)


@app.command("circle")
def takes_circle(
    series: SeriesOption,
    episode: EpisodeOption,
    shot: ShotOption,
    take: Annotated[int, typer.Option(help="Number of the take")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a take the chosen one of its shot."""

    def verb(studio: "Studio") -> Outcome:
        from studio.shotlist import take_numbered

        row = studio.shots.shot(series, episode, shot)
        circled = studio.shots.circle(take_numbered(row, take).uid)
        return Outcome(
            {"shot": row.number, "take": circled.number, "uid": circled.uid, "circled": True},
            [f"take {circled.number} of shot {row.number} is circled"],
        )

    run(home, as_json, verb)


@app.command("verify")
def takes_verify(
    series: SeriesOption,
    episode: EpisodeOption,
    shot: ShotOption,
    take: Annotated[int, typer.Option(help="Number of the take")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Render a take's request again, keep nothing, and say whether the same picture comes out."""

    def verb(studio: "Studio") -> Outcome:
        from studio.shotlist import take_numbered

        row = studio.shots.shot(series, episode, shot)
        remade = studio.remake(take_numbered(row, take).uid)
        shown = {
            "shot": row.number,
            "take": take,
            "engine": remade.take.engine,
            "equal": remade.equal,
            "difference": remade.difference,
            "version": remade.version,
            "version_now": remade.now,
            "batch": remade.batch,
        }
        return Outcome(shown, [f"{key}: {value}" for key, value in shown.items()], 0 if remade.equal else 1)

    run(home, as_json, verb)


def repaint(
    series: SeriesOption,
    episode: EpisodeOption,
    shot: ShotOption,
    person: Annotated[str, typer.Option(help="Whose face, by the name in the script or any other of theirs")],
    take: Annotated[int | None, typer.Option(help="Number of the take [default: the chosen one]")] = None,
    strength: Annotated[float, typer.Option(help="How much of the face is made anew, above 0 and at most 1")] = 0.6,
    seed: Annotated[int | None, typer.Option(help="Seed [default: one that no take of the shot has yet]")] = None,
    engine: Annotated[
        str | None, typer.Option(help="An engine that can repaint [default: the take's own, else the series']")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make one person's face in a take anew; all else stays. The result is another take of the shot."""

    def verb(studio: "Studio") -> Outcome:
        from studio.rendering import conclude

        asked = studio.submit_repaint(
            series, episode, shot, person, take=take, strength=strength, seed=seed, engine=engine
        )
        return rendered_outcome(studio, conclude(studio, [asked]))

    run(home, as_json, verb)
