"""What must be said of a take, and how it was made. Pure HTML."""

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from storage.errors import Language
from storage.models import Take
from studio.provenance import COMPOSITED, notices
from studio.ui.words import say

# digits of a hash: enough to tell two files of a folder apart
_SHORT = 12


def noticed(take: Take, language: Language) -> str:
    """Notices under the frame, the gravest first."""
    verdicts = {face["verdict"] for face in take.faces}
    # where faces were composited, the note on their similarity says so already
    messages = [each for each in notices(take) if each != COMPOSITED or "composited" not in verdicts]
    said = "".join(f"<p class=notice>{escape(each.text(language))}</p>" for each in messages)
    notes = [key for key in ("composited", "uncast") if key in verdicts]
    return said + "".join(f"<p class=note>{escape(say(f'{key}_note', language))}</p>" for key in notes)


def made(take: Take, language: Language) -> str:
    """How the take was made, folded up."""
    rows = "".join(
        f"<dt>{escape(say(key, language))}</dt><dd>{value}</dd>"
        for key, value in _facts(take, take.provenance, language)
    )
    return f"<details class=made><summary>{escape(say('made', language))}</summary><dl>{rows}</dl></details>"


def _facts(take: Take, kept: Mapping[str, Any], language: Language) -> Iterator[tuple[str, str]]:
    """(key of the words table, HTML); a take from an older version has fewer."""
    yield "engine", escape(f"{take.engine} {take.engine_version}")
    if "scheduler" in kept:
        yield "scheduler", escape(kept["scheduler"])
    if "num_inference_steps" in kept:
        yield "steps", escape(str(kept["num_inference_steps"]))
    yield "seed", escape(str(take.seed))
    if "native_size" in kept:
        yield "native_size", escape("×".join(map(str, kept["native_size"])))
    yield "frame_size", f"{take.width}×{take.height}"
    if kept.get("repainted"):
        yield "painted_again", escape(str(len(kept["repainted"])))
    if kept.get("weights"):
        yield "weights", "".join(_file(each) for each in kept["weights"])
    if kept.get("licences"):
        yield "licences", "".join(f"<span>{escape(each['name'])}</span>" for each in kept["licences"])
    if "device" in kept:
        yield "device", escape(" · ".join(filter(None, (kept["device"], kept.get("dtype")))))
    if "plan" in kept:
        yield "plan", escape(kept["plan"])
    if kept.get("versions"):
        yield "libraries", escape(" · ".join(f"{name} {version}" for name, version in kept["versions"].items()))
    if "batch" in kept:
        yield "batch", escape(str(kept["batch"]))
    yield "took", escape(say("seconds_of", language, seconds=f"{take.seconds:.1f}"))


def _file(used: Mapping[str, str]) -> str:
    sha256 = used["sha256"]
    return f'<span title="{escape(sha256)}">{escape(used["file"])} <code>{escape(sha256[:_SHORT])}</code></span>'
