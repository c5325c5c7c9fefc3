"""How fast the engine of InstantID renders a storyboard, against the demonstration and against a careful plain loop.

python -m benchmarks.instantid [--tiny] [--stage build|arms|ablation|memory|all] [--arms GROUP,NAME] [--out DIR] [--rounds 3]

Weights are random, in the published sizes: they cost what real ones do and show nothing. docs/benchmarks.md says what
is measured and how.
"""

import argparse
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import torch
from diffusers.utils import logging as diffusers_logging

from benchmarks import report
from benchmarks.arms import Arm, Renderer, arms, latents_by_number, without
from benchmarks.cards import on_the_processor, rows, smaller_cards
from benchmarks.checking import checks
from benchmarks.counting import table_of, work
from benchmarks.measuring import Deadline, ceilings, clocks, environment, step_cost, timed
from benchmarks.ours import Features
from benchmarks.shapes import FULL, TINY, Shape
from benchmarks.storyboard import Shot, Storyboard, storyboard
from benchmarks.weights import Built, build

STAGES = ("build", "arms", "ablation", "memory")
SECONDS = 520  # a stage begins nothing that would end after this, and so fits a command of ten minutes


class Bench:
    """One run: its weights, its device and where its numbers go."""

    def __init__(self, tiny: bool, out: Path, rounds: int, seconds: float, commit: str):
        self.tiny = tiny
        self.out = out
        self.rounds = rounds
        self.seconds = seconds
        self.commit = commit
        self.deadline = Deadline(seconds)
        self.shape: Shape = TINY if tiny else FULL
        card = torch.cuda.is_available() and not tiny
        self.device = torch.device("cuda", 0) if card else torch.device("cpu")
        self.built: Built = build(self.shape, self.device, torch.float16 if card else torch.float32)
        self.storyboard: Storyboard = storyboard(self.shape, self.built.unet)
        self.work = work(tiny)
        self.capability = torch.cuda.get_device_capability() if card else None

    def stage(self, name: str, measure: Callable[["Bench"], dict[str, Any]], file: str) -> bool:
        """Measures, writes `<file>.json`; False where something that must hold does not."""
        self.deadline = Deadline(self.seconds)
        print(
            f"\n== {name}: {'tiny, on the processor: an example of the form, no figure' if self.tiny else self.device}"
        )
        before = ceilings(self.device, self.shape.gemm)
        content = {
            "stage": name,
            "size": "tiny" if self.tiny else "full",
            "environment": environment(self.device, self.commit),
            "clocks": clocks(self.device),
            **measure(self),
        }
        after = ceilings(self.device, self.shape.gemm)
        moved = report.drift(before, after)
        drifted = moved > report.DRIFT and not self.tiny
        content |= {"ceilings": {"before": before, "after": after}, "drift": moved, "drifted": drifted}
        path = report.write(self.out, file, content)
        print(f"device: {', '.join(f'{k} {v:.3g} TFLOP/s' for k, v in after.items())}, drift {moved:.1%}, in {path}")
        if drifted:
            print(f"DRIFTED by more than {report.DRIFT:.0%}: these times count for nothing")
        return content.get("passed", True)


def main(arguments: Sequence[str] | None = None) -> int:
    """0; 1 where a check does not hold. A goal that is missed is said, and is no error."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instantid", description=__doc__)
    parser.add_argument("--tiny", action="store_true", help="very small networks on the processor: proves that it runs")
    parser.add_argument("--stage", choices=(*STAGES, "all"), default="all")
    parser.add_argument(
        "--arms", default="", help="of stage arms: groups (core, kernels, trades, lora) or names, by comma"
    )
    parser.add_argument("--out", type=Path, default=Path("benchmark-results"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="a stage begins nothing that would end later")
    parser.add_argument("--commit", default="", help="what is measured, where there is no git to ask")
    given = parser.parse_args(arguments)
    if not given.tiny and not torch.cuda.is_available():
        print("The full size needs a CUDA card; --tiny runs here.", file=sys.stderr)
        return 2
    diffusers_logging.set_verbosity_error()
    bench = Bench(given.tiny, given.out, given.rounds, given.seconds, given.commit)
    wanted = [name for name in given.arms.split(",") if name]
    measures: dict[str, Callable[[Bench], dict[str, Any]]] = {
        "build": built_right,
        "arms": lambda bench: arms_in_turn(bench, _wanted(bench.shape, wanted)),
        "ablation": ablation,
        "memory": memory,
    }
    stages = STAGES if given.stage == "all" else (given.stage,)
    files = {"arms": "-".join(["arms", *(name.replace("'", "+") for name in wanted)])}
    passed = [bench.stage(stage, measures[stage], files.get(stage, stage)) for stage in stages]
    print("\n".join(["", "== goals", *report.goals(given.out)]))
    return 0 if all(passed) else 1


def built_right(bench: Bench) -> dict[str, Any]:
    """Sizes, arithmetic and agreement."""
    parameters, found = table_of(bench.shape), checks(bench.built, bench.storyboard)
    for each in found:
        figure = "" if each.figure is None else f" {each.figure:.3g}"
        limit = "" if each.limit is None else f" (at most {each.limit:.3g})"
        print(f"{'ok' if each.passed else 'WRONG':6} {each.name}{figure}{limit}")
    print(", ".join(f"{name} {count:,}" for name, count in parameters.items()))
    print(", ".join(f"{name} {tflop:.4g}" for name, tflop in asdict(bench.work).items()), "TFLOP")
    return {
        "parameters": parameters,
        "tflop": asdict(bench.work),
        "checks": [asdict(each) for each in found],
        "passed": all(each.passed for each in found),
    }


def arms_in_turn(bench: Bench, wanted: Sequence[Arm]) -> dict[str, Any]:
    """Every arm warmed up, then every arm in every round. An arm that breaks is told, and the others go on."""
    skipped = {arm.name: f"needs {lack}" for arm in wanted if (lack := arm.lacks(bench.capability))}
    ready: dict[str, tuple[Arm, Renderer]] = {}
    starts: dict[str, float] = {}
    costs: dict[str, Any] = {}
    broken: list[str] = []
    for arm in wanted:
        if arm.name in skipped:
            continue
        if bench.deadline.over:
            skipped[arm.name] = "no time left"
            continue
        try:
            renderer = arm.opened(bench.built, bench.storyboard)
            starts[arm.name] = _warmed(bench, arm, renderer)
            cost = step_cost(renderer, _shots(bench, arm)[: arm.batch], bench.device, arm.compiled)
        except RuntimeError as error:  # out of memory, or what a compiler or a driver does not take
            traceback.print_exc()
            broken.append(arm.name)
            skipped[arm.name] = f"broke: {str(error).partition(chr(10))[0]}"
            continue
        costs[arm.name] = asdict(cost)
        ready[arm.name] = arm, renderer
    found: list[dict[str, Any]] = []
    reference: dict[bool, dict[int, Any]] = {}
    last: dict[str, float] = {}
    for turn in range(bench.rounds):
        for name, (arm, renderer) in ready.items():
            if arm.once and turn:
                continue
            if bench.deadline.leaves_less_than(last.get(name, 0.0)):
                skipped.setdefault(name, f"no time left after {turn} rounds")
                continue
            run = timed(lambda r=renderer, a=arm: r.frames(_shots(bench, a)), bench.device)
            last[name] = run.seconds
            latents = latents_by_number(run.frames)
            if arm.name in (report.BASELINE, f"{report.BASELINE}-lora"):
                reference.setdefault(arm.worn_lora, latents)
            beside = reference.get(arm.worn_lora, {}) if arm.lossless else {}
            found.append(
                {
                    "arm": name,
                    "what": arm.what,
                    "round": turn,
                    "frames": len(run.frames),
                    "seconds": run.seconds,
                    "s_per_frame": run.seconds / len(run.frames),
                    "first_frame_s": run.first,
                    "event_ms": run.events,
                    "tflop_per_frame": arm.tflop(bench.work, bench.shape),
                    "peak_allocated": run.peak,
                    "peak_reserved": run.reserved,
                    "peak_above": run.above,
                    "difference": _difference(latents, beside),
                    "clocks": clocks(bench.device),
                }
            )
    best_tflops = max(ceilings(bench.device, bench.shape.gemm).values())
    summary = report.summaries(found, best_tflops, full=not bench.tiny)
    print(report.table(summary, costs, skipped, starts))
    print("B4 and every frame here come from random weights: they say how fast, and nothing about likeness.")
    return {
        "summary": [asdict(each) for each in summary],
        "steps": costs,
        "starts": starts,
        "skipped": skipped,
        "rows": found,
        "passed": not broken,
    }


def ablation(bench: Bench) -> dict[str, Any]:
    """The fastest lossless way that was measured, and it again with each of its savings taken away."""
    named = {arm.name: arm for arm in arms(bench.shape)}
    name = report.best(bench.out) or "B0-4"
    how = named[name].how
    if not isinstance(how, Features):
        raise ValueError(f"{name} is no arm of ours")
    lora = replace(how, worn_lora=True)
    wanted = [
        named[report.BASELINE],
        Arm(name, "the best", how),
        *(Arm(f"-{i}", f"without {what}", fewer) for i, (what, fewer) in enumerate(without(how).items(), 1)),
        named["A'-lora"],
        Arm(f"{name}-lora", "the best, a LoRA merged", lora, "lora"),
        Arm(f"{name}-mixed", "without bringing its shots together", replace(lora, by_lora=False), "lora"),
    ]
    return {"best": name, **arms_in_turn(bench, wanted)}


def memory(bench: Bench) -> dict[str, Any]:
    """The plans of studio.device on smaller cards."""
    if bench.device.type == "cuda":
        found = smaller_cards(bench.built, bench.storyboard, bench.deadline)
        bench.built.moved(str(bench.device))
    else:
        print("smaller cards: needs a card")
        found = on_the_processor(bench.built, bench.storyboard)
    for each in found:
        how = f"{each.seconds:.3f} s/frame" if each.fits and each.seconds else f"does not fit: {each.why}"
        peak = f", {each.peak:.2f} GiB" if each.peak else ""
        print(
            f"{each.card:5.0f} GiB {each.plan:16} {each.batch} at once, {each.estimated:6.2f} GiB estimated: {how}{peak}"
            f"{'   <- taken' if each.chosen else ''}"
        )
    return {"plans": rows(found)}


def _wanted(shape: Shape, named: Sequence[str]) -> list[Arm]:
    every = arms(shape)
    unknown = set(named) - {arm.name for arm in every} - {arm.group for arm in every}
    if unknown:
        raise SystemExit(f"no such arm: {', '.join(sorted(unknown))}")
    # the baseline is always there: what the others are compared with
    return [arm for arm in every if not named or {arm.name, arm.group} & {*named} or arm.name == report.BASELINE]


def _shots(bench: Bench, arm: Arm) -> list[Shot]:
    return list(bench.storyboard.shots[: arm.shots])


def _warmed(bench: Bench, arm: Arm, renderer: Renderer) -> float:
    """Two frames at least, a whole batch where it has more; seconds, with what is compiled or captured in them."""
    shots = _shots(bench, arm)[: max(2, arm.batch)]
    return timed(lambda: renderer.frames(shots), bench.device).seconds


def _difference(latents: dict[int, Any], beside: dict[int, Any]) -> float | None:
    both = latents.keys() & beside.keys()
    return max((float((latents[number] - beside[number]).abs().max()) for number in both), default=None)


if __name__ == "__main__":
    sys.exit(main())
