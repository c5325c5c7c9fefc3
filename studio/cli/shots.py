"""shots list, set, add, move, omit, split, prompts, translate."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from storage.errors import InvalidInput
from studio.cli.outcome import EpisodeOption, HomeOption, JsonOption, Outcome, SeriesOption, run, table
from studio.cli.shot_words import shots_prompts, shots_translate

if TYPE_CHECKING:
    from storage.models import Shot
    from studio.studio import Studio

app = typer.Typer(no_args_is_help=True)

ShotArgument = Annotated[str, typer.Argument(help="Number of the shot, such as 2A or 12")]


def shot_json(shot: "Shot") -> dict[str, Any]:
    """One shot as `shots list` prints it."""
    return {
        "uid": shot.uid,
        "number": shot.number,
        "scene": shot.scene.number,
        "size": shot.size,
        "framing": shot.framing,
        "angle": shot.angle,
        "movement": shot.movement,
        "cast": [member.name for member in shot.cast],
        "staging": [
            {
                "name": member.name,
                "placement": member.placement,
                "gaze": member.gaze,
                "part": member.part,
                "look": member.look,
            }
            for member in shot.cast
        ],
        "dialogue": shot.dialogue,
        "description": shot.description,
        "english": shot.english,
        "prompt": shot.prompt,
        "negative_prompt": shot.negative_prompt,
        "seconds": shot.seconds,
        "omitted": shot.omitted,
    }


@app.command("list")
def shots_list(
    series: SeriesOption, episode: EpisodeOption, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """The shots of an episode in story order."""

    def verb(studio: "Studio") -> Outcome:
        shots = studio.shots.shots(series, episode)
        return Outcome(
            {"shots": [shot_json(shot) for shot in shots]},
            table(
                [
                    ("shot", "size", "framing", "seconds", "cast", "what"),
                    *(
                        (
                            shot.number,
                            shot.size,
                            shot.framing,
                            "omitted" if shot.omitted else shot.seconds,
                            ", ".join(member.name for member in shot.cast),
                            shot.description[:60],
                        )
                        for shot in shots
                    ),
                ]
            ),
        )

    run(home, as_json, verb)


SizeOption = Annotated[str | None, typer.Option(help="ELS LS FS MLS MS MCU CU ECU, or the word")]
FramingOption = Annotated[str | None, typer.Option(help="single, two-shot, group, OTS, POV, insert, establishing")]
AngleOption = Annotated[str | None, typer.Option(help="eye-level, high, low, overhead, dutch, worms-eye")]
MovementOption = Annotated[str | None, typer.Option(help="static, push-in, pull-out, pan, tilt, track, follow, ...")]
SecondsOption = Annotated[float | None, typer.Option(help="Length in seconds")]
DescriptionOption = Annotated[str | None, typer.Option(help="What is seen")]
CastOption = Annotated[str | None, typer.Option(help="Names, comma separated; '' for nobody")]
NotesOption = Annotated[str | None, typer.Option(help="Notes")]
EnglishOption = Annotated[str | None, typer.Option(help="What is seen, in English; '' for the glossary's reading")]
PromptOption = Annotated[str | None, typer.Option(help="The prompt, word for word; '' for the house's own")]
NegativePromptOption = Annotated[str | None, typer.Option(help="The negative prompt; '' for the house's own")]
LookOption = Annotated[list[str] | None, typer.Option("--look", help="Which look somebody wears here, NAME=LOOK")]


def _changes(cast: str | None, looks: list[str] | None, **fields: Any) -> dict[str, Any]:
    changes = {name: value for name, value in fields.items() if value is not None}
    if cast is not None:
        changes["cast"] = [
            name.strip() for name in cast.replace("，", ",").replace("、", ",").split(",") if name.strip()
        ]
    for pair in looks or []:
        name, equals, look = pair.partition("=")
        if not equals:
            raise InvalidInput(f"'{pair}' is no look: write NAME=LOOK.", f"“{pair}”不是有效造型：请写成 角色=造型。")
        changes.setdefault("looks", {})[name.strip()] = look.strip()
    return changes


@app.command("set")
def shots_set(
    number: ShotArgument,
    series: SeriesOption,
    episode: EpisodeOption,
    size: SizeOption = None,
    framing: FramingOption = None,
    angle: AngleOption = None,
    movement: MovementOption = None,
    seconds: SecondsOption = None,
    description: DescriptionOption = None,
    cast: CastOption = None,
    look: LookOption = None,
    notes: NotesOption = None,
    english: EnglishOption = None,
    prompt: PromptOption = None,
    negative_prompt: NegativePromptOption = None,
    restore: Annotated[bool, typer.Option("--restore", help="Bring an omitted shot back")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a shot; what is not named stays."""
    run(
        home,
        as_json,
        lambda studio: _shown(
            studio.shots.edit(
                series,
                episode,
                number,
                _changes(
                    cast,
                    look,
                    size=size,
                    framing=framing,
                    angle=angle,
                    movement=movement,
                    seconds=seconds,
                    description=description,
                    notes=notes,
                    english=english,
                    prompt=prompt,
                    negative_prompt=negative_prompt,
                    omitted=False if restore else None,
                ),
            )
        ),
    )


@app.command("add")
def shots_add(
    series: SeriesOption,
    episode: EpisodeOption,
    after: Annotated[str, typer.Option(help="The shot it comes behind")],
    size: SizeOption = None,
    framing: FramingOption = None,
    angle: AngleOption = None,
    movement: MovementOption = None,
    seconds: SecondsOption = None,
    description: DescriptionOption = None,
    cast: CastOption = None,
    look: LookOption = None,
    notes: NotesOption = None,
    english: EnglishOption = None,
    prompt: PromptOption = None,
    negative_prompt: NegativePromptOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Insert a shot; no other number changes."""
    run(
        home,
        as_json,
        lambda studio: _shown(
            studio.shots.add(
                series,
                episode,
                after,
                _changes(
                    cast,
                    look,
                    size=size,
                    framing=framing,
                    angle=angle,
                    movement=movement,
                    seconds=seconds,
                    description=description,
                    notes=notes,
                    english=english,
                    prompt=prompt,
                    negative_prompt=negative_prompt,
                ),
            )
        ),
    )


@app.command("move")
def shots_move(
    number: ShotArgument,
    series: SeriesOption,
    episode: EpisodeOption,
    after: Annotated[str, typer.Option(help="The shot it comes behind")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Move a shot; every number stays."""
    run(home, as_json, lambda studio: _shown(studio.shots.move(series, episode, number, after)))


@app.command("omit")
def shots_omit(
    number: ShotArgument,
    series: SeriesOption,
    episode: EpisodeOption,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Omit a shot; its number stays and is not given again."""
    run(home, as_json, lambda studio: _shown(studio.shots.edit(series, episode, number, {"omitted": True})))


@app.command("split")
def shots_split(
    number: ShotArgument,
    series: SeriesOption,
    episode: EpisodeOption,
    at: Annotated[
        int | None, typer.Option(help="Lines of dialogue that stay with the first part [default: half of them]")
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Split a shot in two; the second part gets a number behind it, takes stay with the first."""

    def verb(studio: "Studio") -> Outcome:
        parts = studio.shots.split(series, episode, number, at)
        return Outcome({"shots": [shot_json(shot) for shot in parts]}, [_line(shot) for shot in parts])

    run(home, as_json, verb)


def _shown(shot: "Shot") -> Outcome:
    return Outcome(shot_json(shot), [_line(shot)])


def _line(shot: "Shot") -> str:
    return f"{shot.number}  {shot.size}  {shot.framing}  {shot.seconds:g} s  {shot.description}"


app.command("prompts")(shots_prompts)
app.command("translate")(shots_translate)
