"""A conformance kit on the disk: which cases there are, what each gives, and how near is near enough.

Inputs are known by their shapes and by the words in their names, so that `face_embedding.npy` with two rows and
`face_embedding_0.npy` beside `face_embedding_1.npy` are the same two faces.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

EMBEDDING = 512

# largest absolute difference that counts as equal, per quantity; the README of the kit says where they come from
TOLERANCES = {
    "prompt_embeds": 1e-5,
    "image_tokens": 1e-3,
    "controlnet": 5e-4,
    "unet_in": 5e-4,
    "unet_noise_pred": 5e-4,
    "latents": 5e-3,
    "image_final": 1e-3,
    "image_png": 1.0,
    "resampler": 1e-3,
    "exact": 0.0,
}

# what a parameter may be called
_NAMES = {
    "num_inference_steps": ("steps", "num_steps"),
    "guidance_scale": ("cfg", "cfg_scale", "guidance"),
    "ip_adapter_scale": ("ip_adapter_scales", "ip_scale", "ip_scales", "scale", "scales"),
    "controlnet_conditioning_scale": (
        "controlnet_conditioning_scales", "controlnet_scale", "controlnet_scales", "identitynet_scale",
        "identitynet_strength_ratio", "control_scale", "control_scales",
    ),
    "second_controlnet_conditioning_scale": ("second_controlnet_scale", "second_control_scale"),
    "control_guidance_start": ("control_guidance_starts",),
    "control_guidance_end": ("control_guidance_ends",),
    "second_control_guidance_start": ("second_controlnet_guidance_start", "second_control_start"),
    "second_control_guidance_end": ("second_controlnet_guidance_end", "second_control_end"),
    "num_images_per_prompt": ("num_images", "n"),
    "generator_seed": ("seed",),
    "strength": ("img2img_strength", "denoising_strength"),
    "record_step": ("recorded_step",),
}  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """One quantity of a case against its record."""

    case: str
    quantity: str
    error: float
    tolerance: float

    @property
    def ok(self) -> bool:
        return self.error <= self.tolerance  # a NaN is not

    def __str__(self) -> str:
        return f"{self.case} {self.quantity} {self.error:.3g} {self.tolerance:g} {'ok' if self.ok else 'FAIL'}"


def compared(case: str, quantity: str, made: Any, recorded: Any, tolerance: float) -> Compared:
    """Another shape is an infinite difference; leading axes of one are none."""
    made, recorded = np.asarray(made), np.asarray(recorded)
    if _core(made.shape) != _core(recorded.shape):
        return Compared(case, f"{quantity}[{_written(made)}!={_written(recorded)}]", float("inf"), tolerance)
    error = np.abs(made.astype(np.float64).reshape(recorded.shape) - recorded.astype(np.float64))
    return Compared(case, quantity, float(error.max()) if error.size else 0.0, tolerance)


def case_name(folder: Path, root: Path) -> str:
    return str(folder.relative_to(root)) if folder != root else folder.resolve().name


@dataclass(frozen=True)
class Case:
    """One case of the pipeline: weights, inputs and what was recorded."""

    folder: Path
    name: str

    @cached_property
    def params(self) -> dict[str, Any]:
        return json.loads((self.folder / "inputs" / "params.json").read_text())

    @cached_property
    def scheduler(self) -> dict[str, Any]:
        """Its own scheduler, or else the checkpoint's."""
        own = self.folder / "inputs" / "scheduler" / "scheduler_config.json"
        base = self.folder / "base_model" / "scheduler" / "scheduler_config.json"
        return json.loads((own if own.is_file() else base).read_text())

    @cached_property
    def inputs(self) -> dict[str, np.ndarray]:
        """Arrays by name without suffix, in the order of names; pictures that are there only as PNG too."""
        folder = self.folder / "inputs"
        found = {path.stem: np.load(path) for path in folder.glob("*.npy")}
        for path in folder.glob("*.png"):
            if path.stem not in found:
                found[path.stem] = np.asarray(Image.open(path).convert("RGB"))
        return dict(sorted(found.items()))

    def param(self, name: str, *default: Any) -> Any:
        """A parameter by its name, or another that it may have. Without a default it must be there."""
        for known in (name, *_NAMES.get(name, ())):
            if self.params.get(known) is not None:
                return self.params[known]
        if default:
            return default[0]
        raise KeyError(f"params.json has no {name}")

    @property
    def steps(self) -> int:
        return int(self.param("num_inference_steps"))

    @property
    def guidance_scale(self) -> float:
        return float(self.param("guidance_scale"))

    @property
    def guided(self) -> bool:
        return self.guidance_scale > 1

    @property
    def pictures(self) -> int:
        """n."""
        return int(self.param("num_images_per_prompt", 1))

    @property
    def record_step(self) -> int:
        return int(self.param("record_step", 0))

    @cached_property
    def canvas(self) -> tuple[int, int]:
        """Height and width: given, or those of the condition image."""
        if "height" in self.params and "width" in self.params:
            return int(self.params["height"]), int(self.params["width"])
        height, width = next(iter(self._named("kps", "face", but=("mask", "points", "embed")))).shape[-3:-1]
        return height, width

    def recorded(self) -> dict[str, Path]:
        """Name -> file."""
        return {path.name: path for path in sorted((self.folder / "expected").iterdir()) if path.is_file()}

    @cached_property
    def faces(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """(embeddings (N, 512), points (5, 2)) of each face: several rows of one face are several photos of it."""
        points = [five for each in self.inputs.values() if each.shape[-2:] == (5, 2) for five in each.reshape(-1, 5, 2)]
        embeddings = [
            each
            for name, each in self.inputs.items()
            if each.shape[-1] == EMBEDDING and "prompt" not in name and np.issubdtype(each.dtype, np.floating)
        ]
        if len(points) == 1:
            embeddings = [np.concatenate([each.reshape(-1, EMBEDDING) for each in embeddings])]
        elif len(embeddings) == 1:
            embeddings = list(embeddings[0])
        return [(rows.reshape(-1, EMBEDDING), five) for rows, five in zip(embeddings, points, strict=True)]

    @property
    def keypoint_pictures(self) -> list[np.ndarray]:
        """(h, w, 3) uint8 as they were given, which what is drawn from the points must be."""
        return [picture for each in self._named("kps", but=("mask", "points")) for picture in _split(each)]

    @property
    def masks(self) -> list[np.ndarray]:
        """(h, w) in 0..1, one a face; [] where faces are not confined."""
        found: list[np.ndarray] = []
        for given in self._named("mask", "region"):
            mask = given.astype(np.float32) / (255 if given.max() > 1 else 1)
            if mask.ndim > 2 and mask.shape[-1] == 3 and mask.shape[-3:-1] == self.canvas:
                mask = mask[..., 0]
            found += list(mask.reshape(-1, *self.canvas))
        if len(found) > len(self.faces):  # one for the attention and one for the residuals, which are the same
            found = [mask for n, mask in enumerate(found) if not any(np.array_equal(mask, each) for each in found[:n])]
        if found and len(found) != len(self.faces):
            raise ValueError(f"{len(found)} masks for {len(self.faces)} faces")
        return found

    @property
    def latents(self) -> np.ndarray | None:
        """(n, C, h, w) unit normal."""
        return next(iter(self._named("latents", "noise")), None)

    @property
    def init_image(self) -> np.ndarray | None:
        """(h, w, 3) uint8, or float in 0..1."""
        found = self._named("init", "start", but=("latents", "mask")) or self._named("image", but=_NO_INIT)
        return _split(found[0])[0] if found else None

    @property
    def second_control_image(self) -> np.ndarray | None:
        """(h, w, 3) uint8 of the ordinary ControlNet."""
        found = self._named("second", "control", "depth", "canny", "pose", but=("mask", "kps", "init"))
        return _split(found[0])[0] if found else None

    def text(self, name: str) -> np.ndarray | None:
        """An array of the text encoders, given in place of a prompt: its first row. (77, D) or (P,)."""
        given = self.inputs.get(name)
        return None if given is None else given.reshape(-1, *given.shape[-1 - ("pooled" not in name) :])[0]

    @property
    def ip_scales(self) -> list[float]:
        return self._one_each("ip_adapter_scale", len(self.faces), 0)[: len(self.faces)]

    def per_control(self, name: str, *default: float) -> list[float]:
        """A number for IdentityNet of each face, then for the second ControlNet where there is one."""
        second = int(self.second_control_image is not None)
        values = self._one_each(name, len(self.faces), second, *default)
        apart = self.param(f"second_{name}", None) if second else None
        return values if apart is None else [*values[: len(self.faces)], float(apart)]

    def window(self, net: int) -> tuple[float, float]:
        """Shares of the steps at which a net is on, counted as in per_control."""
        return (
            self.per_control("control_guidance_start", 0.0)[net],
            self.per_control("control_guidance_end", 1.0)[net],
        )

    def _one_each(self, name: str, faces: int, further: int, *default: float) -> list[float]:
        """One value may stand for all, and one for all faces."""
        values = [float(each) for each in np.ravel(self.param(name, *default))]
        if len(values) == 1:
            return values * (faces + further)
        if len(values) == 1 + further:
            return [values[0]] * faces + values[1:]
        if len(values) not in (faces, faces + further):
            raise ValueError(f"{name}: {len(values)} values for {faces} faces and {further} further ControlNets")
        return values + values[-1:] * (faces + further - len(values))

    def _named(self, *words: str, but: Sequence[str] = ()) -> list[np.ndarray]:
        return [
            array
            for name, array in self.inputs.items()
            if any(word in name for word in words) and not any(word in name for word in but)
        ]


_NO_INIT = ("latents", "mask", "kps", "second", "control", "depth", "canny", "pose", "face", "embed", "prompt")


def pipeline_cases(root: Path) -> list[Case]:
    found = [path.parent.parent for path in sorted(root.rglob("inputs/params.json"))]
    return [Case(folder, case_name(folder, root)) for folder in found]


def _split(pictures: np.ndarray) -> list[np.ndarray]:
    return list(pictures.reshape(-1, *pictures.shape[-3:]))


def _core(shape: tuple[int, ...]) -> tuple[int, ...]:
    while shape[:1] == (1,):
        shape = shape[1:]
    return shape


def _written(array: np.ndarray) -> str:
    return "x".join(map(str, array.shape))
