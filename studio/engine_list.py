"""What engines there are, whether they can be used here, and what there is to choose: for the page and the command line."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.errors import Message, ResourceMissing
from studio.engines import Engine


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of an engine.

    kind: JSON schema's word (boolean, integer, number, string, array, object). optional: may be null, which leaves it
    to the engine. choices: the values there are, or (). minimum, maximum: its bounds, or None. extra: what the engine
    says besides, such as words in Chinese.
    """

    name: str
    kind: str
    default: Any
    optional: bool
    title: str
    description: str
    choices: tuple[Any, ...]
    minimum: float | None
    maximum: float | None
    extra: dict[str, Any]


@dataclass(frozen=True, slots=True)
class EngineListed:
    """missing: None where the engine can be used, else what it lacks and the command that mends it."""

    name: str
    generates: bool
    styles: tuple[str, ...]
    abilities: tuple[str, ...]
    missing: Message | None
    version: str
    space: str | None
    choices: tuple[Choice, ...]


def listed(engine: type[Engine], weights: Path) -> EngineListed:
    """The engine as it could be used with its default options."""
    version, space, missing = "", None, None
    try:
        card = engine.card(weights, engine.Options().model_dump())
    except ResourceMissing as error:
        missing = error.message
    else:
        version, space = card.version, card.space
    return EngineListed(
        engine.name,
        engine.generates,
        engine.styles,
        tuple(sorted(engine.abilities)),
        missing,
        version,
        space,
        choices(engine),
    )


def choices(engine: type[Engine]) -> tuple[Choice, ...]:
    """The engine's options, read from the JSON schema of its `Options`."""
    schema = engine.Options.model_json_schema()
    shared = schema.get("$defs", {})
    return tuple(_choice(name, each, shared) for name, each in schema.get("properties", {}).items())


# the words of JSON schema that a Choice has fields for; the rest is the engine's own
_READ = {"type", "default", "title", "description", "enum", "const", "anyOf", "allOf", "$ref"} | {
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
}


def _choice(name: str, schema: dict[str, Any], shared: dict[str, Any]) -> Choice:
    kinds = [_resolved(each, shared) for each in schema.get("anyOf", [schema])]
    chosen = next((each for each in kinds if each.get("type") != "null"), {})
    return Choice(
        name,
        chosen.get("type", "string"),
        schema.get("default"),
        any(each.get("type") == "null" for each in kinds),
        schema.get("title", name),
        schema.get("description", ""),
        tuple(chosen.get("enum", [chosen["const"]] if "const" in chosen else [])),
        chosen.get("minimum", chosen.get("exclusiveMinimum")),
        chosen.get("maximum", chosen.get("exclusiveMaximum")),
        {key: value for key, value in schema.items() if key not in _READ},
    )


def _resolved(schema: dict[str, Any], shared: dict[str, Any]) -> dict[str, Any]:
    reference = schema.get("$ref")
    return shared[reference.rpartition("/")[2]] if reference else schema
