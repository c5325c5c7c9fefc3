"""engines list."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from studio.cli.outcome import HomeOption, JsonOption, Outcome, run

if TYPE_CHECKING:
    from studio.engine_list import Choice
    from studio.studio import Studio

app = typer.Typer(no_args_is_help=True)


@app.callback()
def _group() -> None:
    """What renders."""


@app.command("list")
def engines_list(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Every engine: whether it can be used here, its styles, what it can do, its options."""

    def verb(studio: "Studio") -> Outcome:
        language = studio.settings.language
        found = studio.engines()
        lines = []
        for each in found:
            makes = "generates" if each.generates else "composites photos"
            lines.append(f"{each.name}: {makes}; {each.missing.text(language) if each.missing else 'ready'}")
            lines.append(f"  styles: {', '.join(each.styles)}")
            lines.append(f"  can: {', '.join(each.abilities) or '-'}")
            lines += [f"  --option {_option(choice)}" for choice in each.choices]
        shown = [
            {
                "name": each.name,
                "available": each.missing is None,
                "missing": each.missing.as_json() if each.missing else None,
                "version": each.version,
                "space": each.space,
                "generates": each.generates,
                "styles": each.styles,
                "abilities": each.abilities,
                "options": [asdict(choice) for choice in each.choices],
            }
            for each in found
        ]
        return Outcome({"engines": shown}, lines)

    run(home, as_json, verb)


def _option(choice: "Choice") -> str:
    bounds = [
        f"{sign} {bound:g}" for sign, bound in ((">=", choice.minimum), ("<=", choice.maximum)) if bound is not None
    ]
    kinds = "|".join(str(each) for each in choice.choices) or " ".join([choice.kind, *bounds])
    default = "left open" if choice.default is None else choice.default
    return f"{choice.name}={kinds} [default: {default}] {choice.description or choice.title}"
