"""Names to things: a catalogue line is "module:attribute", imported on first use."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from storage.errors import NotFound


def load(catalogue: Mapping[str, str], name: str, kind: str) -> Any:
    """The attribute that `catalogue[name]` points to. Raises NotFound, saying what there is."""
    if name not in catalogue:
        there_is = ", ".join(sorted(catalogue))
        raise NotFound(
            f"There is no {kind} called '{name}'. There is: {there_is}.",
            f"没有名为“{name}”的 {kind}。可用：{there_is}。",
        )
    module, attribute = catalogue[name].split(":")
    return getattr(import_module(module), attribute)
