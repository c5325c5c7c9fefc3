"""The frames are right: no NaN, the engine agrees with the plain loop as well as the loop agrees with itself, and a
frame is the same whatever stands beside it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from benchmarks.arms import latents_by_number
from benchmarks.baselines import Baseline, Habits
from benchmarks.ours import Features, Ours
from benchmarks.storyboard import CHARACTERS, Storyboard
from benchmarks.weights import Built

Latents = Mapping[int, Tensor]
BATCHES = (1, 2, 4)


@dataclass(frozen=True)
class Check:
    """figure, limit: what was measured and what it may be at most, or None where there is only a yes or no."""

    name: str
    passed: bool
    figure: float | None = None
    limit: float | None = None


def checks(built: Built, storyboard: Storyboard) -> list[Check]:
    """All of them, over the whole storyboard and all steps."""
    shape, shots = built.shape, list(storyboard.shots)
    plain = Baseline(built, storyboard, Habits(), shape.steps)
    frames = list(plain.frames(shots))
    reference = latents_by_number(frames)
    largest = max(float(each.abs().max()) for each in reference.values())
    found = [
        Check("latents are finite", all(bool(each.isfinite().all()) for each in reference.values())),
        Check("decoded frames are not of one colour", all(frame.picture.std() > 1 for frame in frames)),
    ]
    noise = max(
        float((plain.denoised([shot, shot])[0].float().cpu() - reference[shot.number]).abs().max())
        for shot in shots[:4]
    )
    # a processor multiplies one row as it does two, so that its noise is nothing: what rounding can do stands for it
    floor = noise if built.device.type == "cuda" else max(noise, 32 * torch.finfo(built.dtype).eps * largest)
    stands = "batch 1 against 2" if floor == noise else "rounding, as batch 1 and 2 differ by less"
    found.append(Check(f"noise floor: {stands}", floor > 0, floor))
    features = Features(steps=shape.steps)
    made: dict[int, Latents] = {}
    for batch in BATCHES:
        made[batch] = latents_by_number(Ours(built, storyboard, replace(features, batch=batch)).frames(shots))
        found.append(_within(f"B0-{batch} agrees with A'", reference, made[batch], 2 * floor))
    shuffled = [shots[at] for at in torch.randperm(len(shots), generator=torch.Generator().manual_seed(1)).tolist()]
    again = latents_by_number(Ours(built, storyboard, replace(features, batch=4)).frames(shuffled))
    found.append(_within("shots in another order", made[4], again, 2 * floor))
    graphs = Ours(built, storyboard, replace(features, batch=4, graphs=True))
    captured = latents_by_number(graphs.frames(shots))
    equal = all(torch.equal(captured[number], each) for number, each in made[4].items())
    how = "CUDA graphs" if built.device.type == "cuda" else "static buffers of a step (graphs need a card)"
    replayed = graphs.denoiser.replays > graphs.denoiser.captures
    found.append(Check(f"{how} give the same bits", equal and replayed))
    found += _heard(built, storyboard, reference, floor)
    if built.dtype == torch.float32:  # half precision rounds a merged weight, so that only this tells a mistake
        worn = latents_by_number(Baseline(built, storyboard, Habits(worn_lora=True), shape.steps).frames(shots))
        merged = latents_by_number(Ours(built, storyboard, replace(features, worn_lora=True)).frames(shots))
        found.append(_within("a merged LoRA is one beside the weights", worn, merged, 2 * floor))
    return found


def _heard(built: Built, storyboard: Storyboard, reference: Latents, floor: float) -> list[Check]:
    """Other faces, keypoints or texts move a frame by far more than the tolerance: the comparison can fail."""
    shot = storyboard.shots[0]
    other = storyboard.shots[1]
    changed: dict[str, Any] = {
        "face": replace(shot, character=(shot.character + 1) % CHARACTERS),
        "keypoints": replace(shot, keypoints=other.keypoints),
        "text": replace(shot, ids=other.ids),
    }
    plain = Baseline(built, storyboard, Habits(), built.shape.steps)
    found = []
    for name, each in changed.items():
        moved = float((plain.denoised([each])[0].float().cpu() - reference[shot.number]).abs().max())
        found.append(Check(f"another {name} is seen", moved > 10 * floor, moved))
    return found


def _within(name: str, wanted: Latents, given: Latents, limit: float) -> Check:
    worst = max(float((given[number] - each).abs().max()) for number, each in wanted.items())
    return Check(name, worst <= limit, worst, limit)
