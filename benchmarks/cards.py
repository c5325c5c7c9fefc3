"""Smaller cards, played by one: every plan of studio.device under a limit of memory, whether it fits and how fast."""

import gc
from dataclasses import asdict, dataclass
from typing import Any

import torch

from benchmarks.measuring import GIB, Deadline, Timed, timed
from benchmarks.ours import Features, Ours
from benchmarks.storyboard import Shot, Storyboard
from benchmarks.weights import Built
from storage.errors import InvalidInput
from studio.device import Card, Plan, plan, plans, processor

CARDS = (8, 10, 12, 16, 24)  # GiB


@dataclass(frozen=True)
class Fit:
    """A plan on a card of so many GiB. chosen: the one that the studio takes there. peak: GiB of torch's allocator
    with what lies on the card beside it (CUDA's context); None and why where it ran out of memory."""

    card: float
    plan: str
    batch: int
    chosen: bool
    estimated: float
    fits: bool
    seconds: float | None = None
    peak: float | None = None
    why: str = ""


def smaller_cards(built: Built, storyboard: Storyboard, deadline: Deadline) -> list[Fit]:
    """Every card with every plan, two batches each: the first one warms up. built is moved off the card first."""
    device = built.device
    built.moved("cpu")
    _swept()
    free, total = torch.cuda.mem_get_info(device)
    beside = total - free - torch.cuda.memory_reserved(device)  # context, libraries, and other programs
    name = torch.cuda.get_device_properties(device).name
    sizes = Ours(built, storyboard, Features()).groups.sizes(built.shape.pixels**2 / 1e6)
    found = []
    for gib in CARDS:
        where = Card(f"{name} as one of {gib} GiB", device.index or 0, gib * GIB, gib * GIB - beside)
        chosen = _chosen(where, sizes)
        torch.cuda.set_per_process_memory_fraction(min(1.0, (gib * GIB - beside) / total), device)
        try:
            for each in plans(where, sizes):
                if deadline.over:
                    found.append(
                        Fit(gib, each.name, each.batch, each == chosen, each.needs / GIB, False, why="no time left")
                    )
                else:
                    found.append(_fit(built, storyboard, each, gib, each == chosen, beside))
        finally:
            torch.cuda.set_per_process_memory_fraction(1.0, device)
    return found


def on_the_processor(built: Built, storyboard: Storyboard) -> list[Fit]:
    """The one plan that there is without a card."""
    sizes = Ours(built, storyboard, Features()).groups.sizes(built.shape.pixels**2 / 1e6)
    where = processor()
    return [_fit(built, storyboard, each, where.total / GIB, True, 0) for each in plans(where, sizes)]


def rows(found: list[Fit]) -> list[dict[str, Any]]:
    """For JSON."""
    return [asdict(each) for each in found]


def _fit(built: Built, storyboard: Storyboard, plan: Plan, gib: float, chosen: bool, beside: int) -> Fit:
    said = (gib, plan.name, plan.batch, chosen, plan.needs / GIB)
    shots = list(storyboard.shots[: plan.batch])
    try:
        run = _run(Ours(built, storyboard, Features(batch=plan.batch, steps=built.shape.steps), plan), shots, plan)
    except torch.OutOfMemoryError as error:
        return Fit(*said, False, why=str(error).partition(".")[0])
    finally:
        # its own networks have left the card with it; the encoders are everybody's
        built.moved("cpu")
        _swept()
    peak = None if run.reserved is None else (run.reserved + beside) / GIB
    return Fit(*said, True, run.seconds / len(shots), peak)


def _run(ours: Ours, shots: list[Shot], plan: Plan) -> Timed:
    if plan.device != "cpu":
        list(ours.frames(shots))
    return timed(lambda: ours.frames(shots), torch.device(plan.device))


def _chosen(where: Card, sizes: Any) -> Plan | None:
    try:
        return plan(where, sizes)
    except InvalidInput:
        return None


def _swept() -> None:
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
