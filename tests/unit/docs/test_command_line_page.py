"""The page on the command line names every command there is, and no other."""

import re
from pathlib import Path

import typer.main

from studio.cli import app

PAGE = Path(__file__).parents[3] / "docs/command-line.md"


def _commands() -> dict[str, set[str]]:
    """'cast add' -> its options."""
    found = {}
    root = typer.main.get_command(app)
    for name, command in root.commands.items():
        inner = getattr(command, "commands", None)
        for path, each in [(name, command)] if inner is None else [(f"{name} {k}", v) for k, v in inner.items()]:
            found[path] = {opt for parameter in each.params for opt in (*parameter.opts, *parameter.secondary_opts)}
    return found


def _cells() -> list[str]:
    return re.findall(r"`([a-z]+(?: [^`]*)?)`", PAGE.read_text())


def test_every_command_is_on_the_page():
    named = " · ".join(_cells())
    assert [path for path in _commands() if not re.search(rf"\b{path}\b", named)] == []


def test_every_option_on_the_page_exists():
    commands = _commands()
    for cell in _cells():
        path = next((path for path in sorted(commands, key=len, reverse=True) if re.match(rf"{path}\b", cell)), None)
        for option in re.findall(r"--[a-z-]+", cell):
            assert path is None or option in commands[path] | {"--json"}, f"{path} has no {option}"
