"""The same verbs as the page, on the command line: a public interface, kept stable."""

import typer

from studio.cli import board, cast, engines, exports, jobs, machine, packages, script, sheets, shots, takes, weights

app = typer.Typer(
    name="castlock",
    help="Castlock (定妆): cast registry, storyboard and shot sheet for short dramas.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
machine.register(app)
board.register(app)
packages.register(script.series_app, cast.app)
exports.register(app)
app.add_typer(cast.app, name="cast", help="The characters: photos, looks, aliases, consent.")
app.add_typer(cast.look_app, name="look", help="Looks (造型) of a character.")
app.add_typer(script.app, name="script", help="Scripts in.")
app.add_typer(script.series_app, name="series", help="The series and their settings.")
app.add_typer(shots.app, name="shots", help="The shot list.")
app.add_typer(sheets.app, name="sheet", help="An edited sheet comes back.")
app.command("repaint")(takes.repaint)
app.add_typer(takes.app, name="takes", help="Takes: list them, circle one, make one again.")
app.add_typer(engines.app, name="engines", help="What renders.")
app.add_typer(board.plate_app, name="plate", help="Plates: the picture of a location.")
app.add_typer(jobs.app, name="jobs", help="The queue.")
app.add_typer(weights.app, name="weights", help="Models: what is installed, downloads, checks.")


def main() -> None:
    app()
