"""sheet diff, sheet apply: an edited sheet comes back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from storage.errors import Language
from studio.cli.outcome import EpisodeOption, HomeOption, JsonOption, Outcome, SeriesOption, content_of, run

if TYPE_CHECKING:
    from studio.sheet_cells import Value
    from studio.sheet_changes import Changes
    from studio.studio import Studio

app = typer.Typer(no_args_is_help=True)

FileArgument = Annotated[Path, typer.Argument(help="A sheet that `export` wrote, edited: .xlsx or .csv")]


@app.command("diff")
def sheet_diff(
    file: FileArgument,
    series: SeriesOption,
    episode: EpisodeOption,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What an edited sheet would change in the episode; nothing is changed yet."""

    def verb(studio: "Studio") -> Outcome:
        changes = studio.compare_sheet(series, episode, content_of(file), file.name)
        language = studio.settings.language
        return Outcome(changes_json(changes, language), changes_lines(changes, language))

    run(home, as_json, verb)


@app.command("apply")
def sheet_apply(
    file: FileArgument,
    series: SeriesOption,
    episode: EpisodeOption,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an edited sheet's changes, all or none; numbers stay, and a shot without a row stays too."""

    def verb(studio: "Studio") -> Outcome:
        changes = studio.compare_sheet(series, episode, content_of(file), file.name)
        made = studio.apply_changes(series, episode, changes)
        language = studio.settings.language
        return Outcome(
            {**changes_json(changes, language), "made": [{"uid": shot.uid, "number": shot.number} for shot in made]},
            [*changes_lines(changes, language), *(f"new shot {shot.number}" for shot in made)],
        )

    run(home, as_json, verb)


def changes_json(changes: "Changes", language: Language) -> dict[str, Any]:
    """The changes as `sheet diff --json` prints them."""
    scenes = {place.shot: place for place in changes.places}
    return {
        "edited": [
            {
                "shot": each.number,
                "row": each.row,
                "edits": [
                    {"field": edit.field, "before": _json(edit.before), "after": _json(edit.after)}
                    for edit in each.edits
                ],
            }
            for each in changes.edited
        ],
        "moved": [
            {"shot": each.number, "row": each.row, "scene": each.scene, "was": each.was, "now": each.now}
            for each in changes.moved
        ],
        "new": [
            {
                "row": each.row,
                "scene": scenes[each.key].scene,
                "after": scenes[each.key].now,
                "size": each.draft.size,
                "description": each.draft.description,
                "seconds": each.draft.seconds,
            }
            for each in changes.new
        ],
        "missing": list(changes.missing),
        "remarks": [{"row": each.line, "text": each.message.text(language)} for each in changes.remarks],
        "nothing": changes.nothing,
    }


def changes_lines(changes: "Changes", language: Language) -> list[str]:
    """The changes as a person reads them."""
    scenes = {place.shot: place for place in changes.places}
    lines = []
    for each in changes.edited:
        for edit in each.edits:
            lines.append(f"{each.number}  {edit.field}: {_line(edit.before)} -> {_line(edit.after)}")
    for each in changes.moved:
        lines.append(
            f"{each.number}  moves behind {each.now or '-'} in scene {each.scene} (was behind {each.was or '-'})"
        )
    for each in changes.new:
        place = scenes[each.key]
        told = f"{each.draft.size}  {each.draft.seconds:g} s  {_line(each.draft.description)}"
        lines.append(f"row {each.row}: new shot in scene {place.scene} behind {place.now or '-'}: {told}")
    if changes.missing:
        lines.append(f"without a row, kept: {', '.join(changes.missing)}")
    lines.extend(f"row {each.line}: {each.message.text(language)}" for each in changes.remarks)
    return lines if not changes.nothing else [*lines, "no changes"]


def _json(value: "Value") -> Any:
    from dataclasses import asdict

    from studio.exports.timeline import ClipLine

    if not isinstance(value, tuple):
        return value
    return [asdict(each) if isinstance(each, ClipLine) else {"name": each[0], "part": each[1]} for each in value]


def _line(value: "Value") -> str:
    from studio.exports.columns import spoken
    from studio.exports.timeline import ClipLine

    if isinstance(value, tuple):
        said = [
            spoken(each, "en")
            if isinstance(each, ClipLine)
            else each[0] + (f" ({each[1]})" if each[1] != "face" else "")
            for each in value
        ]
        return " / ".join(said) or "-"
    return f"{value:g}" if isinstance(value, float) else str(value).replace("\n", " / ") or "-"
