"""shots prompts, shots translate: what engines are told of the shots."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from studio.cli.outcome import EpisodeOption, HomeOption, JsonOption, Outcome, SeriesOption, run
from studio.cli.takes import numbers

if TYPE_CHECKING:
    from studio.prompting import ShotWords
    from studio.studio import Studio

ShotsOption = Annotated[str | None, typer.Option("--shots", help="Numbers, comma separated [default: all]")]


def shots_prompts(
    series: SeriesOption,
    episode: EpisodeOption,
    shots: ShotsOption = None,
    engine: Annotated[str | None, typer.Option(help="As this engine would be told [default: the series' own]")] = None,
    style: Annotated[str | None, typer.Option(help="In this style [default: the series' own]")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What an engine would be told of each shot, and what could not be said in English."""

    def verb(studio: "Studio") -> Outcome:
        told = studio.prompts(series, episode, numbers(shots), engine=engine, style=style)
        return Outcome({"shots": [_json(each) for each in told]}, [line for each in told for line in _lines(each)])

    run(home, as_json, verb)


def _json(told: "ShotWords") -> dict[str, Any]:
    words = told.words
    return {
        "shot": told.shot.number,
        "prompt": words.prompt if words else None,
        "negative_prompt": words.negative_prompt if words else None,
        "untranslated": words.untranslated if words else [],
        "left_out": words.left_out if words else [],
        "problem": told.problem.as_json() if told.problem else None,
    }


def _lines(told: "ShotWords") -> list[str]:
    if told.words is None:
        return [f"{told.shot.number}  {told.problem.en if told.problem else ''}"]
    parts = {
        "not": told.words.negative_prompt,
        "untranslated": ", ".join(told.words.untranslated),
        "left out": ", ".join(told.words.left_out),
    }
    return [
        f"{told.shot.number}  {told.words.prompt}",
        *(f"    {title}: {text}" for title, text in parts.items() if text),
    ]


def shots_translate(
    series: SeriesOption,
    episode: EpisodeOption,
    shots: ShotsOption = None,
    again: Annotated[bool, typer.Option("--again", help="Also where there is English already: it is replaced")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the English of the descriptions that have none, by the translation model among the weights."""

    def verb(studio: "Studio") -> Outcome:
        done = studio.translate(series, episode, numbers(shots), again=again)
        return Outcome(
            {"shots": [{"shot": each.shot.number, "outcome": each.outcome, "english": each.english} for each in done]},
            [f"{each.shot.number}  {each.outcome}  {each.english}".rstrip() for each in done],
        )

    run(home, as_json, verb)
