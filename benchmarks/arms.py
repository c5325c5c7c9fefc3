"""What is measured against what."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal, Protocol

from torch import Tensor

from benchmarks.baselines import Baseline, Frame, Habits
from benchmarks.counting import Work
from benchmarks.ours import Features, Ours
from benchmarks.shapes import Shape
from benchmarks.storyboard import CHARACTERS, Shot, Storyboard
from benchmarks.weights import Built

Group = Literal["core", "kernels", "trades", "lora"]
Needs = Literal["", "a card", "a Hopper card"]


class Renderer(Protocol):
    """What every arm gives. steps may be set for a shorter run."""

    steps: int

    def frames(self, shots: list[Shot]) -> Iterable[Frame]: ...

    def denoised(self, shots: list[Shot]) -> Tensor: ...


@dataclass(frozen=True)
class Arm:
    """shots: how many of the storyboard are rendered, None for all; once: in the first round alone. needs: a card, for what no processor does.

    lossless: the same frames as the baseline, up to rounding.
    """

    name: str
    what: str
    how: Habits | Features
    group: Group = "core"
    needs: Needs = ""
    shots: int | None = None
    lossless: bool = True
    once: bool = False

    @property
    def batch(self) -> int:
        """Shots at once."""
        return self.how.batch if isinstance(self.how, Features) else 1

    @property
    def compiled(self) -> bool:
        """Whether its operations are other ones than aten's."""
        return isinstance(self.how, Features) and bool(self.how.compiled)

    @property
    def worn_lora(self) -> bool:
        """Whether one character wears its LoRA."""
        return self.how.worn_lora

    def opened(self, built: Built, storyboard: Storyboard) -> Renderer:
        """Ready to render."""
        if isinstance(self.how, Features):
            return Ours(built, storyboard, self.how)
        return Baseline(built, storyboard, self.how, built.shape.steps)

    def tflop(self, work: Work, shape: Shape) -> float:
        """Of a frame, on average."""
        if isinstance(self.how, Features):
            return work.of_ours(self.how, CHARACTERS, shape.shots)
        return work.of_baseline(self.how, shape.steps)

    def lacks(self, capability: tuple[int, int] | None) -> str:
        """What it needs and is not here; '' where it can run. capability: of the card, or None."""
        if self.needs == "a Hopper card" and capability is not None and capability[0] == 9:
            return ""
        return self.needs if capability is None or self.needs == "a Hopper card" else ""


def arms(shape: Shape) -> list[Arm]:
    """All of them, in the order in which they take turns. Steps are shares of what the shape says."""
    full = Features(steps=shape.steps)
    four = replace(full, batch=4)
    control = replace(four, control_end=0.8)
    interval = replace(control, guidance_end=0.7)
    demo = Habits(leftover=True, idle_lora=True, upcast=True, pil=True)
    return [
        Arm("A", "the demonstration", demo, shots=6),
        Arm("A'", "a careful loop of today", Habits()),
        Arm("A0", "math attention, one frame at a time", replace(demo, math=True, leftover=False), shots=2, once=True),
        *(Arm(f"B0-{n}", f"ours, {n} at once", replace(full, batch=n)) for n in (1, 2, 4, 6, 12)),
        Arm("B0a-4", "ours, 4, cuDNN attention", replace(four, cudnn=True), "kernels", "a Hopper card"),
        Arm("B0g-1", "ours, 1, CUDA graphs", replace(full, batch=1, graphs=True), "kernels", "a card"),
        Arm("B0g-4", "ours, 4, CUDA graphs", replace(four, graphs=True), "kernels", "a card"),
        Arm("B0ag-4", "ours, 4, both", replace(four, graphs=True, cudnn=True), "kernels", "a Hopper card"),
        Arm("B0k-4", "ours, 4, the adapter on the card", replace(four, adapter_there=True), "kernels", "a card"),
        Arm("B0c-4r", "ours, 4, blocks compiled", replace(four, compiled="regional"), "kernels", "a card"),
        Arm("B0c-4f", "ours, 4, networks compiled", replace(four, compiled="full"), "kernels", "a card"),
        Arm("B1", "B0-4, control until 80 %", control, "trades", lossless=False),
        Arm("B2", "B1, guidance until 70 %", interval, "trades", lossless=False),
        Arm(
            "B3", "B2, two thirds of the steps", replace(interval, steps=shape.steps * 2 // 3), "trades", lossless=False
        ),
        Arm(
            "B4",
            "B0-4, 8 of 30 steps, no guidance: speed only",
            replace(four, steps=max(2, shape.steps * 8 // 30), guidance_scale=1.0),
            "trades",
            lossless=False,
        ),
        Arm("A'-lora", "A', a LoRA beside the weights", Habits(worn_lora=True), "lora"),
        Arm("B0-lora", "B0-4, the LoRA merged", replace(four, worn_lora=True), "lora"),
        Arm("B0-lora-mixed", "the same, shots as they come", replace(four, worn_lora=True, by_lora=False), "lora"),
    ]


def without(best: Features) -> dict[str, Features]:
    """The best way with each of its savings taken away, by name."""
    fewer: dict[str, Features] = {
        "shots at once": replace(best, batch=1),
        "texts and faces kept": replace(best, texts_kept=False),
        "keys and values kept": replace(best, keys_kept=False),
        "keypoint pictures kept": replace(best, pictures_kept=False),
        "VAE in half precision": replace(best, half_vae=False),
        "CUDA graphs": replace(best, graphs=False),
        "the adapter on the card": replace(best, adapter_there=False),
        "cuDNN attention": replace(best, cudnn=False),
        "compiling": replace(best, compiled=""),
    }
    return {name: features for name, features in fewer.items() if features != best}


def latents_by_number(frames: Iterable[Frame]) -> dict[int, Any]:
    """Of each shot, on the processor, in float32."""
    return {frame.number: frame.latents.float().cpu() for frame in frames}
