"""How every command ends: one JSON object or a few plain lines on stdout, one line on stderr where it went wrong."""

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from storage.errors import InvalidInput, StudioError
from studio.settings import Settings

if TYPE_CHECKING:
    from studio.studio import Studio

HomeOption = Annotated[
    Path | None, typer.Option("--home", help="The studio's folder [default: castlock-home, or CASTLOCK_HOME]")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else")]
SeriesOption = Annotated[str, typer.Option("--series", help="Title of the series")]
EpisodeOption = Annotated[int, typer.Option("--episode", help="Number of the episode")]


@dataclass(frozen=True, slots=True)
class Outcome:
    """json: what --json prints; lines: what a person reads instead; exit_code: 0, or 1 where a part went wrong."""

    json: Mapping[str, Any]
    lines: Sequence[str] = field(default_factory=list)
    exit_code: int = 0


def settings_for(home: Path | None, **chosen: Any) -> Settings:
    """The settings of the environment, with what the command line says on top."""
    if home is not None:
        chosen["home"] = home
    return Settings(**chosen)


def run(home: Path | None, as_json: bool, verb: Callable[["Studio"], Outcome]) -> None:
    """Open the studio, do the verb, print its outcome, exit with its code."""
    settings = settings_for(home)

    def opened() -> Outcome:
        from studio.studio import Studio

        studio = Studio(settings)
        try:
            return verb(studio)
        finally:
            studio.close()

    conclude(as_json, settings, opened)


def conclude(as_json: bool, settings: Settings, verb: Callable[[], Outcome]) -> NoReturn:
    """Print what came of `verb`. A StudioError is one line on stderr and its exit code."""
    try:
        outcome = verb()
    except StudioError as error:
        said = error.message.text(settings.language)
        if as_json:
            show_json({"error": error.message.as_json(), "kind": type(error).__name__})
        sys.stderr.write(f"{said}\n")
        sys.exit(error.exit_code)
    if as_json:
        show_json(outcome.json)
    else:
        sys.stdout.write("".join(f"{line}\n" for line in outcome.lines))
    sys.exit(outcome.exit_code)


def content_of(file: Path) -> bytes:
    """The bytes of a file that was named. Raises InvalidInput."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"{file} cannot be read ({error.strerror}).", f"无法读取 {file}（{error.strerror}）。"
        ) from error


def show_json(values: Mapping[str, Any]) -> None:
    sys.stdout.write(json.dumps(values, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()


def table(rows: Iterable[Sequence[Any]]) -> list[str]:
    """Rows as aligned lines; the first row is the heading. Wide (Chinese) characters count as two."""
    shown = [["" if cell is None else str(cell).replace("\n", " / ") for cell in row] for row in rows]
    widths = [max((_width(row[column]) for row in shown), default=0) for column in range(len(shown[0]) if shown else 0)]
    return [
        "  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in shown
    ]


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
