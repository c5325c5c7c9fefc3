"""Rows to medians, medians to a table, the table to what was promised: met, missed, or not measured."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks.counting import REFERENCE
from benchmarks.measuring import GIB

DRIFT = 0.03  # of the device's own speed between start and end, above which a run counts for nothing
FASTER_THAN_MODERN, FASTER_THAN_DEMO, TWELVE_GIB = 1.5, 2.5, 10.0
BASELINE = "A'"
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Summary:
    """An arm over its rounds. seconds: median a frame; middle: its interquartile range; least: its best."""

    arm: str
    what: str
    rounds: int
    seconds: float
    middle: float
    least: float
    first: float
    tflop: float
    of_floor: float | None
    normalised: float | None
    peak: float | None
    difference: float | None


def summaries(rows: Sequence[Row], best_tflops: float | None, full: bool) -> list[Summary]:
    """In the order of the rows. best_tflops: the device's own; full: of the published size, to which the reference's
    arithmetic belongs."""
    found = []
    for arm in dict.fromkeys(row["arm"] for row in rows):
        mine = [row for row in rows if row["arm"] == arm]
        seconds = [row["s_per_frame"] for row in mine]
        typical, tflop = median(seconds), mine[0]["tflop_per_frame"]
        lower, upper = np.percentile(seconds, [25, 75])
        found.append(
            Summary(
                arm=arm,
                what=mine[0]["what"],
                rounds=len(mine),
                seconds=typical,
                middle=float(upper - lower),
                least=min(seconds),
                first=median(row["first_frame_s"] for row in mine),
                tflop=tflop,
                of_floor=tflop / best_tflops / typical if best_tflops else None,
                normalised=REFERENCE / typical if full else None,
                peak=None if mine[0]["peak_above"] is None else max(row["peak_above"] for row in mine) / GIB,
                difference=next((row["difference"] for row in mine if row["difference"] is not None), None),
            )
        )
    return found


def table(
    found: Sequence[Summary], costs: Mapping[str, Row], skipped: Mapping[str, str], starts: Mapping[str, float]
) -> str:
    """One line an arm."""
    head = (
        f"{'arm':14} {'s/frame':>8} {'IQR':>7} {'min':>8} {'frames/min':>10} {'first s':>8} {'start s':>8} {'TFLOP':>8} "
        f"{'% floor':>8} {'norm.':>7} {'+GiB':>6} {'ops':>6} {'kernels':>8} {'launches':>8} {'busy':>5} {'max diff':>9}"
    )
    lines = [head]
    for each in found:
        cost = costs.get(each.arm, {})
        lines.append(
            f"{each.arm:14} {each.seconds:8.3f} {each.middle:7.3f} {each.least:8.3f} {60 / each.seconds:10.1f} "
            f"{each.first:8.3f} {_said(starts.get(each.arm), '8.2f')} {each.tflop:8.4g} {_said(each.of_floor, '8.1%')} "
            f"{_said(each.normalised, '7.1f')} {_said(each.peak, '6.2f')} {_said(cost.get('operations'), '6d')} "
            f"{_said(cost.get('kernels'), '8d')} {_said(cost.get('launches'), '8d')} {_said(cost.get('busy'), '5.0%')} "
            f"{_said(each.difference, '9.2g')}  {each.what}"
        )
    lines += [f"{arm:14} not run: {why}" for arm, why in skipped.items()]
    return "\n".join(lines)


def goals(folder: Path) -> list[str]:
    """What was promised, against what the stages in this folder measured. A run that drifted counts for nothing."""
    arms, memory = _on_a_card(folder, "arms*.json"), _on_a_card(folder, "memory.json")
    twelve = [row for run in memory for row in run["plans"] if row["card"] == 12 and row["chosen"]]
    peaks = [row["peak"] if row["fits"] else float("inf") for row in twelve]
    return [
        _goal(f"best B0 at least {FASTER_THAN_MODERN} times as fast as A'", _most(arms, BASELINE), FASTER_THAN_MODERN),
        _goal(f"best B0 at least {FASTER_THAN_DEMO} times as fast as A", _most(arms, "A"), FASTER_THAN_DEMO),
        _goal(f"the plan of a 12 GiB card stays below {TWELVE_GIB:g} GiB", max(peaks, default=None), TWELVE_GIB, True),
    ]


def best(folder: Path) -> str | None:
    """The lossless arm of ours that the runs in this folder found the fastest, each beside its own baseline."""
    found = [_faster(_read(path), BASELINE) for path in sorted(folder.glob("arms*.json"))]
    ratios = {arm: ratio for run in found for arm, ratio in run.items()}
    return max(ratios, key=ratios.__getitem__) if ratios else None


def drift(before: Mapping[str, float], after: Mapping[str, float]) -> float:
    """The largest change of what the device can do, as a share."""
    return max(abs(after[kind] / before[kind] - 1) for kind in before)


def write(folder: Path, stage: str, content: Mapping[str, Any]) -> Path:
    """As JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stage}.json"
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return path


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def _on_a_card(folder: Path, pattern: str) -> list[dict[str, Any]]:
    """Runs of the full size that count."""
    runs = [_read(path) for path in sorted(folder.glob(pattern))]
    return [r for r in runs if r["size"] == "full" and r["environment"]["device"] != "CPU" and not r["drifted"]]


def _faster(run: Mapping[str, Any], baseline: str) -> dict[str, float]:
    """Arm -> how many times as fast as the baseline of the same run, of those of ours that change no frame."""
    seconds = {each["arm"]: each["seconds"] for each in run["summary"]}
    ours = [arm for arm in seconds if arm.startswith("B0") and "lora" not in arm]
    return {arm: seconds[baseline] / seconds[arm] for arm in ours if baseline in seconds}


def _most(runs: Sequence[Mapping[str, Any]], baseline: str) -> float | None:
    return max((ratio for run in runs for ratio in _faster(run, baseline).values()), default=None)


def _goal(name: str, figure: float | None, limit: float, most: bool = False) -> str:
    if figure is None:
        return f"not measured  {name}"
    met = figure < limit if most else figure >= limit
    return f"{'met' if met else 'MISSED':13} {name}: {figure:.2f}"


def _said(figure: float | int | None, how: str) -> str:
    width = how.partition(".")[0].rstrip("d%")
    return format(figure, how) if figure is not None else "-".rjust(int(width))
