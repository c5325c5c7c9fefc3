"""Clocks, memory and what the device can do. Nothing here sets anything on the card."""

import platform
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils._python_dispatch import TorchDispatchMode

from benchmarks.baselines import Frame

GIB = 2**30
LIBRARIES = ("torch", "diffusers", "transformers", "peft", "accelerate")
_QUERY = ("clocks.sm", "clocks.mem", "power.draw", "temperature.gpu", "utilization.gpu")


@dataclass(frozen=True)
class Timed:
    """One storyboard. seconds: by the wall; first: until its first frame; events: milliseconds between frames by the
    card's own clock. peak, reserved: bytes of torch's allocator; above: of the peak, what was not there before. None
    without a card."""

    frames: list[Frame]
    seconds: float
    first: float
    events: list[float]
    peak: int | None = None
    reserved: int | None = None
    above: int | None = None


def timed(frames: Callable[[], Iterable[Frame]], device: torch.device) -> Timed:
    """Runs a storyboard; waits for the card before it and after it, and nowhere between."""
    card = device.type == "cuda"
    before = torch.cuda.memory_allocated() if card else 0
    if card:
        torch.cuda.reset_peak_memory_stats()
        torch.cuda.synchronize()
    marks = [_mark()] if card else []
    first, made = 0.0, []
    began = time.perf_counter()
    for frame in frames():
        made.append(frame)
        first = first or time.perf_counter() - began
        marks += [_mark()] if card else []
    if card:
        torch.cuda.synchronize()
    seconds = time.perf_counter() - began
    if not card:
        return Timed(made, seconds, first, [])
    events = [one.elapsed_time(other) for one, other in pairwise(marks)]
    peak = torch.cuda.max_memory_allocated()
    return Timed(made, seconds, first, events, peak, torch.cuda.max_memory_reserved(), peak - before)


def ceiling(device: torch.device, dtype: torch.dtype, side: int) -> float:
    """TFLOP/s of a product of two random square matrices: the median of ten, after three that are not counted."""
    one, other = (torch.randn((side, side), device=device, dtype=dtype) for _ in range(2))
    seconds = []
    for turn in range(13):
        _wait(device)
        began = time.perf_counter()
        torch.matmul(one, other)
        _wait(device)
        if turn >= 3:
            seconds.append(time.perf_counter() - began)
    return 2 * side**3 / sorted(seconds)[len(seconds) // 2] / 1e12


def ceilings(device: torch.device, side: int) -> dict[str, float]:
    """By dtype, the ones that the device is good at."""
    kinds = (torch.bfloat16, torch.float16) if device.type == "cuda" else (torch.float32,)
    return {str(kind).removeprefix("torch."): ceiling(device, kind, side) for kind in kinds}


def clocks(device: torch.device) -> dict[str, str]:
    """What nvidia-smi reads just now; {} without a card."""
    if device.type != "cuda":
        return {}
    line = _said("nvidia-smi", f"--query-gpu={','.join(_QUERY)}", "--format=csv,noheader", f"--id={device.index or 0}")
    return dict(zip(_QUERY, (each.strip() for each in line.split(",")), strict=False))


def environment(device: torch.device, commit: str = "") -> dict[str, Any]:
    """The commit, the versions and the machine that the numbers belong to. commit: where git does not know it."""
    card = torch.cuda.get_device_properties(device) if device.type == "cuda" else None
    changed = _said("git", "status", "--porcelain", "--untracked-files=no", "--", "studio", "benchmarks")
    return {
        "commit": commit or _said("git", "rev-parse", "HEAD") + ("-changed" if changed else ""),
        "versions": {name: version(name) for name in LIBRARIES},
        "python": platform.python_version(),
        "device": card.name if card else "CPU",
        "capability": list(torch.cuda.get_device_capability(device)) if card else None,
        "memory": card.total_memory if card else None,
        "cuda": torch.version.cuda if card else None,
        "cudnn": torch.backends.cudnn.version() if card else None,
        "driver": _said("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader").partition("\n")[0]
        if card
        else None,
        "threads": torch.get_num_threads(),
    }


@dataclass(frozen=True)
class StepCost:
    """Of one denoising step. operations: aten's, without views, None for what is compiled. The others are None without
    a card; busy: the share of the step's seconds in which a kernel runs, 0..1."""

    operations: int | None
    seconds: float | None = None
    kernels: int | None = None
    launches: int | None = None
    busy: float | None = None


def step_cost(arm: Any, shots: Sequence[Any], device: torch.device, compiled: bool = False) -> StepCost:
    """By differences between runs of so many steps, so that what comes before and after them cancels out."""

    def run(steps: int) -> None:
        kept, arm.steps = arm.steps, steps
        try:
            arm.denoised(shots)
            _wait(device)
        finally:
            arm.steps = kept

    run(2)  # what is kept between runs is there from now on
    operations = None
    if not compiled:
        counts = []
        for steps in (2, 3):
            with _Operations() as mode:
                run(steps)
            counts.append(mode.count)
        operations = counts[1] - counts[0]
    if device.type != "cuda":
        return StepCost(operations)
    spent = [_seconds(lambda steps=steps: run(steps)) for steps in (2, 6)]
    seconds = (spent[1] - spent[0]) / 4
    seen = []
    for steps in (2, 3):
        with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiled:
            run(steps)
        events = profiled.events() or []
        kernels = [event for event in events if event.device_type.name == "CUDA"]
        launches = sum(event.name.startswith(("cudaLaunch", "cuLaunch", "cudaGraphLaunch")) for event in events)
        seen.append((len(kernels), launches, sum(event.time_range.elapsed_us() for event in kernels)))
    kernels, launches, microseconds = (after - before for before, after in zip(*seen, strict=True))
    return StepCost(operations, seconds, kernels, launches, microseconds / 1e6 / seconds)


class _Operations(TorchDispatchMode):
    """Counts what is dispatched and is not only another view of the same numbers."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += not func.is_view
        return func(*args, **(kwargs or {}))


class Deadline:
    """When to begin nothing more, so that a stage ends inside its command."""

    def __init__(self, seconds: float):
        self._end = time.monotonic() + seconds

    @property
    def over(self) -> bool:
        """Whether it has passed."""
        return self.leaves_less_than(0)

    def leaves_less_than(self, seconds: float) -> bool:
        """Whether something that takes so long would end after it."""
        return time.monotonic() + seconds > self._end


def _seconds(run: Callable[[], None]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def _mark() -> torch.cuda.Event:
    event = torch.cuda.Event(enable_timing=True)
    event.record()
    return event


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize()


def _said(*command: str) -> str:
    """What a program prints; '' where it is not here or fails, as git does outside a checkout."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parent, check=False)  # noqa: S603
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
