"""What must be said of an engine before it is used: what it lacks, what its weights may be used for. Pure HTML."""

from dataclasses import dataclass
from html import escape
from typing import Any

from storage.errors import InvalidInput, Language, Message, NotFound, ResourceMissing
from studio.provenance import RANDOM_WEIGHTS
from studio.studio import Studio
from studio.ui.words import say
from studio.weights import ENGINE_PARTS, Weights
from studio.weights.needs import missing


@dataclass(frozen=True, slots=True)
class Standing:
    """problem: why it cannot be started with these options, or None; notices: what a person must have read."""

    problem: Message | None
    notices: tuple[Message, ...] = ()


def standing(studio: Studio, engine: str, options: dict[str, Any]) -> Standing:
    """Of an engine with these options. Raises NotFound for an engine that there is not."""
    studio.engine_class(engine)
    lacking = lacked(studio, engine)
    if lacking is not None:
        return Standing(lacking)
    try:
        card = studio.engine_card(engine, options)
    except (ResourceMissing, InvalidInput, NotFound) as error:
        return Standing(error.message)
    weights = Weights(studio.weights)
    if card.parts and weights.random:
        return Standing(None, (RANDOM_WEIGHTS,))
    return Standing(None, tuple(each.notice for each in weights.licences(card.parts) if each.notice))


def lacked(studio: Studio, engine: str) -> Message | None:
    """The weights that the engine cannot do without and the one command that brings them; None where all are there."""
    parts = missing(Weights(studio.weights), engine) if engine in ENGINE_PARTS else ()
    if not parts:
        return None
    command = f"`python -m studio weights pull --engine {engine}`"
    return Message(
        say("weights_lacking", "en", engine=engine, parts=", ".join(parts), command=command),
        say("weights_lacking", "zh", engine=engine, parts="、".join(parts), command=command),
    )


def notes(found: Standing, language: Language) -> str:
    """As it stands beside the list of engines; '' where there is nothing to say."""
    trouble = f"<p class=trouble role=alert>{code(found.problem.text(language))}</p>" if found.problem else ""
    said = "".join(f"<p class=notice>{escape(each.text(language))}</p>" for each in found.notices)
    return f"{trouble}{said}"


def code(text: str) -> str:
    """Text, with what stands between backquotes as something to be typed."""
    parts = escape(text).split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    return "".join(f"<code>{part}</code>" if at % 2 else part for at, part in enumerate(parts))
