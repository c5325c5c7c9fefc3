"""What this machine has, what it lacks, and what that costs."""

import platform
import shutil
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from characters.analyzers import ANALYZERS
from characters.analyzers.bundled import Bundled
from characters.analyzers.insightface import space_of
from characters.marks import MARKS, UNMEASURED
from storage.errors import ResourceMissing, StudioError
from studio.catalog import load

if TYPE_CHECKING:
    from studio.studio import Studio

PACKAGES = (
    "gradio",
    "sqlalchemy",
    "mediapipe",
    "opencv-python",
    "typst",
    "torch",
    "diffusers",
    "transformers",
    "insightface",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at; optional: the studio works without it, and `text` says what is lost."""

    name: str
    ok: bool
    optional: bool
    text: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def examine(studio: "Studio") -> list[Check]:
    """Every check, the most needed first. Imports no heavy library but torch, for the card."""
    return [
        Check("python", (3, 11) <= sys.version_info[:2] <= (3, 12), False, platform.python_version()),
        Check(
            "home", True, False, f"{studio.home.root} ({shutil.disk_usage(studio.home.root).free / 2**30:.1f} GiB free)"
        ),
        *(_package(name) for name in PACKAGES),
        _analyzer(studio),
        _cjk_font(),
        _card(),
        *_weights(studio),
        _worker(studio),
        _browser(),
    ]


def _package(name: str) -> Check:
    module = {"opencv-python": "cv2"}.get(name, name)
    there = find_spec(module) is not None
    return Check(name, there, False, version(name) if there else "not installed: run `make setup`")


def _analyzer(studio: "Studio") -> Check:
    name = studio.settings.analyzer
    try:
        load(ANALYZERS, name, "face analyzer")
        space = Bundled.space if name == "bundled" else space_of(studio.weights / "faces" / name)
    except StudioError as missing:
        return Check("analyzer", False, False, f"{name}: {missing}")
    known = MARKS[space].known if space in MARKS else UNMEASURED
    return Check("analyzer", True, False, f"{name} (space {space}): {known}")


def _cjk_font() -> Check:
    from studio.exports.fonts import typefaces

    try:
        return Check("Chinese font", True, True, ", ".join(typefaces("中").chinese))
    except ResourceMissing as missing:
        return Check("Chinese font", False, True, f"{missing} Until then Chinese PDFs are refused.")


def _card() -> Check:
    from studio.device import GIB, card

    found = card()
    if found is None or found.index is None:
        return Check("GPU", False, True, "none: the photoboard engine needs none, generating engines are slow without")
    text = f"{found.name}, {found.total / GIB:.0f} GiB, {found.free / GIB:.0f} GiB of them free"
    return Check("GPU", True, True, text)


def _weights(studio: "Studio") -> list[Check]:
    """One line for each engine that needs weights: what is missing and the command that mends it, or what to know."""
    from studio.weights import ENGINE_PARTS, Weights
    from studio.weights.needs import missing, needed

    weights = Weights(studio.weights)
    checks = []
    for engine in ENGINE_PARTS:
        lacking = missing(weights, engine)
        if lacking:
            mend = f"`python -m studio weights pull --engine {engine}`"
            text = f"missing in '{weights.root}': {', '.join(lacking)}. Get them with {mend}"
        elif weights.random:
            text = f"random weights in '{weights.root}': a test of the machinery"
        else:
            notices = [said.notice.en for said in weights.licences(needed(weights, engine)) if said.notice]
            text = " ".join([f"all in '{weights.root}'.", *notices])
        checks.append(Check(f"weights of {engine}", not lacking, True, text))
    return checks


def _worker(studio: "Studio") -> Check:
    worker = studio.queue.live_worker()
    text = f"process {worker.pid}" if worker else "none at the moment: the page starts one, and `render` becomes one"
    return Check("worker", worker is not None, True, text)


def _browser() -> Check:
    found = next((path for path in map(shutil.which, BROWSERS) if path), None)
    return Check("Chromium", found is not None, True, found or "none: only the project's own browser tests need it")
