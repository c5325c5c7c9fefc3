"""series pack, series open; cast pack, cast open."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from studio.cli.cast import NameArgument
from studio.cli.outcome import HomeOption, JsonOption, Outcome, run

if TYPE_CHECKING:
    from storage.errors import Language
    from studio.packages.opening import Opened
    from studio.packages.packing import Packed
    from studio.studio import Studio


def register(series: typer.Typer, cast: typer.Typer) -> None:
    series.command("pack")(series_pack)
    series.command("open")(series_open)
    cast.command("pack")(cast_pack)
    cast.command("open")(cast_open)


def series_pack(
    series: Annotated[str, typer.Argument(help="Title of the series")],
    file: Annotated[Path, typer.Argument(help="The file to write, ending in .castlock-series")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a series with its cast and all its takes into one file, for another Castlock. It holds biometric data."""

    def verb(studio: "Studio") -> Outcome:
        return _packed(studio.pack_series(series, file), studio.settings.language)

    run(home, as_json, verb)


def series_open(
    file: Annotated[Path, typer.Argument(help="A file that `series pack` wrote")],
    title: Annotated[str | None, typer.Option("--as", help="Open it under this title [default: its own]")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in a series that another Castlock packed. Opening it again changes nothing."""

    def verb(studio: "Studio") -> Outcome:
        opened = studio.open_series(file, title)
        said = f"{opened.series}: {_counted(opened.counts)}{' (unchanged)' if opened.unchanged else ''}"
        return Outcome({"series": opened.series, **_opened_json(opened)}, [said, *_opened_lines(opened)])

    run(home, as_json, verb)


def cast_pack(
    name: NameArgument,
    file: Annotated[Path, typer.Argument(help="The file to write, ending in .castlock-character")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a character with consent, looks, photos and adapters into one file, without notes. It holds biometric data."""

    def verb(studio: "Studio") -> Outcome:
        return _packed(studio.pack_character(name, file), studio.settings.language)

    run(home, as_json, verb)


def cast_open(
    file: Annotated[Path, typer.Argument(help="A file that `cast pack` wrote")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in a character that another Castlock packed. Opening it again changes nothing."""

    def verb(studio: "Studio") -> Outcome:
        opened = studio.open_character(file)
        (name,) = opened.came or opened.known
        said = f"{name}: {_counted(opened.counts)}{' (unchanged)' if opened.unchanged else ''}"
        return Outcome({"name": name, **_opened_json(opened)}, [said, *_opened_lines(opened)])

    run(home, as_json, verb)


def _packed(packed: "Packed", language: "Language") -> Outcome:
    notice = packed.notice
    return Outcome(
        {
            "file": str(packed.file),
            "bytes": packed.bytes,
            "counts": packed.counts,
            "people": list(packed.people),
            "without_consent": list(packed.without_consent),
            "notice": notice.as_json() if notice else None,
        },
        [
            f"{packed.file} ({packed.bytes} bytes): {_counted(packed.counts)}",
            *([notice.text(language)] if notice else []),
        ],
    )


def _opened_json(opened: "Opened") -> dict[str, object]:
    return {
        "unchanged": opened.unchanged,
        "counts": opened.counts,
        "cast_new": list(opened.came),
        "cast_here": list(opened.known),
        "consent_withdrawn": list(opened.withdrawn),
        "erased_before": list(opened.returned),
    }


def _opened_lines(opened: "Opened") -> list[str]:
    said = (
        ("new in the cast", opened.came),
        ("in the cast already", opened.known),
        ("consent withdrawn, as the file says", opened.withdrawn),
        ("erased here before, and now back: erase again where that is not meant", opened.returned),
    )
    return [f"{what}: {', '.join(names)}" for what, names in said if names]


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items())
