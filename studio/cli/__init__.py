"""The same verbs as the page, on the command line: a public interface, kept stable."""

import typer

from studio.cli import board, cast, jobs, machine, script, shots

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
app.add_typer(cast.app, name="cast", help="The characters: photos, looks, aliases, consent.")
app.add_typer(cast.look_app, name="look", help="Looks (造型) of a character.")
app.add_typer(script.app, name="script", help="Scripts in.")
app.add_typer(script.series_app, name="series", help="The series and their settings.")
app.add_typer(shots.app, name="shots", help="The shot list.")
app.add_typer(board.takes_app, name="takes", help="Takes: list them, circle one.")
app.add_typer(board.plate_app, name="plate", help="Plates: the picture of a location.")
app.add_typer(jobs.app, name="jobs", help="The queue.")


def main() -> None:
    app()
