"""A conformance kit on the disk: which cases there are, what each gives, and how near is near enough."""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

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
    """Another shape is an infinite difference."""
    made, recorded = np.asarray(made), np.asarray(recorded)
    if made.shape != recorded.shape:
        return Compared(case, f"{quantity}[{made.shape}!={recorded.shape}]", float("inf"), tolerance)
    error = np.abs(made.astype(np.float64) - recorded.astype(np.float64))
    return Compared(case, quantity, float(error.max()) if error.size else 0.0, tolerance)


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
        return json.loads((self.folder / "inputs" / "scheduler" / "scheduler_config.json").read_text())

    def given(self, name: str) -> np.ndarray | None:
        path = self.folder / "inputs" / f"{name}.npy"
        return np.load(path) if path.exists() else None

    def all_given(self, stem: str) -> list[np.ndarray]:
        """Every input whose name begins so, in the order of names: one face a file, or all in one."""
        return [np.load(path) for path in sorted((self.folder / "inputs").glob(f"{stem}*.npy"))]

    def recorded(self) -> dict[str, Path]:
        """Name without suffix and kind -> file."""
        return {path.name: path for path in sorted((self.folder / "expected").iterdir()) if path.is_file()}

    @property
    def masks(self) -> list[np.ndarray]:
        """(h, w) in 0..1, one a face; [] where faces are not confined."""
        found: list[np.ndarray] = []
        for path in sorted((self.folder / "inputs").glob("*mask*.npy")):
            mask = np.load(path).astype(np.float32)
            mask = mask / 255 if mask.max() > 1 else mask
            if mask.ndim == 3 and mask.shape[-1] == 3 and mask.shape[0] != 3:
                mask = mask[None, ..., 0]
            found += list(mask if mask.ndim == 3 else mask[None])
        return found

    @property
    def faces(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """(embeddings (N, 512), points (5, 2)) of each face: several rows of one face are several photos of it."""
        points = [each for array in self.all_given("kps_points") for each in array.reshape(-1, 5, 2)]
        embeddings = self.all_given("face_embedding")
        if len(points) > 1 and len(embeddings) == 1:
            embeddings = list(embeddings[0])
        return [(rows.reshape(-1, rows.shape[-1]), five) for rows, five in zip(embeddings, points, strict=True)]

    def per_face(self, name: str, faces: int) -> list[float]:
        """A scale that may be one for all."""
        value = self.params[name]
        return [float(each) for each in value][:faces] if isinstance(value, list) else [float(value)] * faces

    def per_control(self, name: str) -> list[float]:
        """A number for IdentityNet and, where there is one, for the second ControlNet."""
        value = self.params[name]
        return [float(each) for each in value] if isinstance(value, list) else [float(value)] * 2


def pipeline_cases(root: Path) -> list[Case]:
    found = [path.parent.parent for path in sorted(root.rglob("inputs/params.json"))]
    return [Case(folder, str(folder.relative_to(root)) if folder != root else folder.name) for folder in found]
