"""The benchmark of InstantID: the full-size networks cost what is published, and a very small run does everything."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import report
from benchmarks.baselines import Habits
from benchmarks.counting import table_of, work
from benchmarks.ours import Features
from benchmarks.shapes import FULL

ROOT = Path(__file__).resolve().parents[3]


def test_parameters_of_the_full_size():
    """SDXL's and InstantID's own numbers: a wrong width or depth anywhere shows."""
    assert table_of(FULL) == {
        "unet": 2_567_463_684,
        "identity_net": 1_251_014_160,
        "vae": 83_653_863,
        "clip_l": 123_060_480,
        "clip_g": 694_659_840,
    }
    sizes = FULL.projection().values()
    assert sum(_product(size) for size in sizes) == 81_978_624  # the projection of InstantID's file


@pytest.mark.slow
def test_operations_of_the_full_size():
    counted = work()
    assert (round(counted.unet, 3), round(counted.identity_net, 3), round(counted.decode, 2)) == (6.761, 2.988, 10.47)
    assert counted.text == pytest.approx(0.111, abs=5e-4)
    assert counted.picture == pytest.approx(0.0589, abs=5e-5)
    assert counted.text_projections == pytest.approx(0.0525, abs=5e-5)
    assert counted.of_baseline(Habits(), 30) == pytest.approx(report.REFERENCE, abs=0.1)
    ours = Features()
    assert counted.of_ours(ours, 3, 12) == pytest.approx(588.9, abs=0.2)
    # nothing kept costs what the plain loop costs, but for the two halves of one picture being embedded once
    nothing = Features(batch=1, keys_kept=False, pictures_kept=False, texts_kept=False)
    assert counted.of_ours(nothing, 3, 12) == pytest.approx(
        counted.of_baseline(Habits(), 30) - 30 * counted.picture, abs=0.01
    )


@pytest.mark.slow
def test_a_tiny_run_from_end_to_end(tmp_path: Path):
    out = tmp_path / "results"
    done = _run("--tiny", "--rounds", "1", "--out", str(out))
    assert done.returncode == 0, done.stdout + done.stderr
    found = {
        stage: json.loads((out / f"{stage}.json").read_text()) for stage in ("build", "arms", "ablation", "memory")
    }
    checks = {check["name"]: check["passed"] for check in found["build"]["checks"]}
    assert len(checks) >= 10
    assert all(checks.values())
    arms = {row["arm"]: row for row in found["arms"]["rows"]}
    assert {"A0", "A", "A'", "B0-1", "B0-12", "B4", "A'-lora", "B0-lora"} <= arms.keys()
    assert all(row["s_per_frame"] > 0 and row["frames"] in (2, 6) for row in arms.values())
    # where pictures should be the same they are: six decimals below the size of the latents
    assert all(row["difference"] < 2e-4 for name, row in arms.items() if name.startswith("B0"))
    assert arms["B4"]["tflop_per_frame"] < arms["B3"]["tflop_per_frame"] < arms["B0-4"]["tflop_per_frame"]
    # what needs a card says so, and is not quietly left out
    assert found["arms"]["skipped"]["B0g-4"] == "needs a card"
    assert found["arms"]["skipped"]["B0a-4"] == "needs a Hopper card"
    # fewer operations in a step than the plain loop, and more again without what is kept
    steps = found["arms"]["steps"]
    assert steps["B0-4"]["operations"] < steps["A'"]["operations"]
    operations = {
        row["what"]: found["ablation"]["steps"][row["arm"]]["operations"] for row in found["ablation"]["rows"]
    }
    assert operations["without keys and values kept"] > operations["the best"]
    assert [plan["plan"] for plan in found["memory"]["plans"]] == ["processor"]
    # no goal is met or missed by what a processor did
    assert done.stdout.count("not measured") == 3


def test_the_full_size_asks_for_a_card(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    from benchmarks import instantid

    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    assert instantid.main(["--out", str(tmp_path / "results")]) == 2
    assert "needs a CUDA card" in capsys.readouterr().err
    assert not (tmp_path / "results").exists()


def test_goals_are_met_missed_or_not_measured(tmp_path: Path):
    where = {"size": "full", "environment": {"device": "a card"}, "drifted": False}
    summary = [
        {"arm": arm, "seconds": s}
        for arm, s in (("A", 3.0), ("A'", 2.0), ("B0-4", 1.25), ("B0-lora", 0.1), ("B4", 0.2))
    ]
    report.write(tmp_path, "arms", {**where, "summary": summary})
    twelve = {"card": 12, "chosen": True, "fits": True, "peak": 9.1}
    report.write(tmp_path, "memory", {**where, "plans": [{**twelve, "card": 16, "peak": 15.0}, twelve]})
    # 2.0 / 1.25 and 3.0 / 1.25: neither the arm that cuts steps nor the one with a LoRA counts
    words = [line.split()[0] for line in report.goals(tmp_path)]
    assert words == ["met", "MISSED", "met"]
    assert report.best(tmp_path) == "B0-4"
    graphs = [{"arm": "A'", "seconds": 4.0}, {"arm": "B0g-4", "seconds": 2.0}]  # on a slower day
    report.write(tmp_path, "arms-kernels", {**where, "summary": graphs})
    assert report.goals(tmp_path)[0].endswith("2.00")
    assert report.best(tmp_path) == "B0g-4"
    (tmp_path / "arms-kernels.json").unlink()
    report.write(tmp_path, "arms", {**where, "summary": summary, "drifted": True})
    report.write(tmp_path, "memory", {**where, "plans": [{**twelve, "fits": False, "peak": None}]})
    assert [line.split()[0] for line in report.goals(tmp_path)] == ["not", "not", "MISSED"]


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.instantid", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=500, check=False)


def _product(size: tuple[int, ...]) -> int:
    product = 1
    for each in size:
        product *= each
    return product
