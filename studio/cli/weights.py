"""weights: list, pull, check, add, tiny."""

import sys
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Annotated

import typer

from storage.home import Home
from studio.cli.outcome import HomeOption, JsonOption, Outcome, conclude, settings_for, table
from studio.settings import Settings

if TYPE_CHECKING:
    from studio.weights import Weights

app = typer.Typer(no_args_is_help=True)

_SECONDS_BETWEEN_LINES = 0.5
_COMMERCIAL = {True: "yes", False: "no", None: "ask"}


def _weights(settings: Settings) -> "Weights":
    from studio.weights import Weights

    return Weights(settings.weights or Home(settings.home).root / "weights")


@app.command("list")
def list_parts(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Every part there is: installed or not, size, licence, commercial use, and for which engine it is needed."""
    settings = settings_for(home)

    def verb() -> Outcome:
        from studio.weights import PARTS
        from studio.weights.needs import engines_for

        weights = _weights(settings)
        language = settings.language
        own = [name for name in weights.bases() if f"base/{name}" not in PARTS]
        rows = [
            {
                "part": part.name,
                "installed": weights.has(part.name),
                "bytes": part.bytes,
                "licence": part.licence.name,
                "commercial": part.licence.commercial,
                "notice": part.licence.notice.as_json() if part.licence.notice else None,
                "engines": list(engines_for(part.name)),
                "purpose": part.purpose.as_json(),
                "repository": part.repository,
                "revision": part.revision,
            }
            for part in PARTS.values()
        ]
        heading = ("part", "there", "size", "licence", "commercial", "needed for", "what it is")
        cells = [
            (
                row["part"],
                "yes" if row["installed"] else "no",
                _size(row["bytes"]),
                row["licence"],
                _COMMERCIAL[row["commercial"]],
                ", ".join(row["engines"]) or "-",
                row["purpose"][language],
            )
            for row in rows
        ]
        return Outcome(
            {
                "folder": str(weights.root),
                "random": weights.random,
                "parts": rows,
                "checkpoints": list(weights.bases()),
            },
            [
                f"{weights.root}" + (" (random weights: a test of the machinery)" if weights.random else ""),
                *table([heading, *cells]),
                *(f"base/{name}: a checkpoint of your own" for name in own),
            ],
        )

    conclude(as_json, settings, verb)


@app.command("pull")
def pull_parts(
    parts: Annotated[list[str] | None, typer.Argument(help="Names of `weights list`")] = None,
    engine: Annotated[str | None, typer.Option("--engine", help="All that this engine lacks")] = None,
    accept_licence: Annotated[
        bool, typer.Option("--accept-licence", help="I have read the notices and accept them")
    ] = False,
    source: Annotated[str, typer.Option("--from", help="hub (Hugging Face, or HF_ENDPOINT) or modelscope")] = "hub",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Download parts; what was cut goes on where it was."""
    settings = settings_for(home)

    def verb() -> Outcome:
        from storage.errors import InvalidInput
        from studio.weights import PARTS
        from studio.weights.manifest import find
        from studio.weights.needs import missing
        from studio.weights.pulling import notices, pull
        from studio.weights.sources import source_named

        weights = _weights(settings)
        if not parts and engine is None:
            raise InvalidInput(
                "Say which part to pull, or --engine. `python -m studio weights list` names them.",
                "请指定要下载的部分，或使用 --engine。可用 `python -m studio weights list` 查看名称。",
            )
        wanted = [*(parts or ()), *(missing(weights, engine) if engine else ())]
        said = notices(find(PARTS, part) for part in wanted)
        if accept_licence:
            for part in said:
                sys.stderr.write(f"{part.licence.notice.text(settings.language)}\n" if part.licence.notice else "")
        meter = None if as_json or not sys.stderr.isatty() else _meter()
        pulled = pull(weights, wanted, accept_licence, meter, source_named(source))
        return Outcome(
            {
                "folder": str(weights.root),
                "pulled": list(pulled),
                "notices": [part.licence.notice.as_json() for part in said if part.licence.notice],
            },
            [f"{part}: in place" for part in pulled]
            or [f"nothing to do: {', '.join(wanted) or 'all'} already in '{weights.root}'"],
        )

    conclude(as_json, settings, verb)


@app.command("check")
def check_parts(
    parts: Annotated[list[str] | None, typer.Argument(help="Names of parts [default: all that are installed]")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at every file: missing, cut short, a git-lfs pointer, damaged, not the published one, or right."""
    settings = settings_for(home)

    def verb() -> Outcome:
        from studio.weights import PARTS
        from studio.weights.checking import check

        weights = _weights(settings)
        found = check(weights, parts or None)
        wrong = sorted({each.part for each in found if each.state != "ok"})
        lines = [f"{each.state:10} {each.file}: {each.message.text(settings.language)}" for each in found]
        published = [part for part in wrong if part in PARTS]
        mend = [f"Mend with `python -m studio weights pull {' '.join(published)}`."] if published else []
        return Outcome(
            {"folder": str(weights.root), "files": [each.as_json() for each in found], "ok": not wrong},
            [*(lines or [f"nothing is installed in '{weights.root}'"]), *mend],
            1 if wrong else 0,
        )

    conclude(as_json, settings, verb)


@app.command("add")
def add_own(
    path: Annotated[Path, typer.Argument(help="A file, a folder or a zip")],
    part: Annotated[str, typer.Option("--as", help="A part's name, or base/NAME for an SDXL checkpoint")],
    link: Annotated[bool, typer.Option("--link", help="Point to the files where they are, copy nothing")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Take the place of what is there")] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put in weights that you have already: any SDXL checkpoint, or a part that was got by other means."""
    settings = settings_for(home)

    def verb() -> Outcome:
        from studio.weights.adding import add

        weights = _weights(settings)
        places = add(weights, path, part, link, replace)
        said = [licence.notice for licence in weights.licences([part]) if licence.notice]
        return Outcome(
            {
                "folder": str(weights.root),
                "part": part,
                "files": list(places),
                "notices": [notice.as_json() for notice in said],
            },
            [*(f"{place}: in place" for place in places), *(notice.text(settings.language) for notice in said)],
        )

    conclude(as_json, settings, verb)


@app.command("tiny")
def build_tiny(
    folder: Annotated[Path, typer.Argument(help="The folder to fill")],
    seed: Annotated[int, typer.Option("--seed", help="Of the random numbers")] = 0,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Random weights in every published layout: for trying the machinery, not for pictures."""
    settings = settings_for(home)

    def verb() -> Outcome:
        from studio.weights.tiny import build

        made = build(folder, seed)
        return Outcome(
            {"folder": str(folder), "parts": list(made)},
            [
                f"{folder}: {len(made)} parts of random weights: a test of the machinery",
                f"use them with CASTLOCK_WEIGHTS={folder}",
            ],
        )

    conclude(as_json, settings, verb)


def _size(count: int | None) -> str:
    if count is None:
        return "?"
    return f"{count / 1e9:.2f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _meter():
    """Says on stderr, in one line that is written over, how far a download has come."""
    last = [0.0]

    def show(part: str, here: int, total: int) -> None:
        if monotonic() - last[0] < _SECONDS_BETWEEN_LINES and here < total:
            return
        last[0] = monotonic()
        sys.stderr.write(f"\r{part}: {_size(here)} of {_size(total or None)}   " + ("\n" if here >= total else ""))
        sys.stderr.flush()

    return show
