"""What a case recorded, by its file names, against what the engine made and what its denoiser said on the way."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from kit import TOLERANCES, Case, Compared, compared
from PIL import Image

from studio.engines.sdxl.sides import IDENTITY

SECOND = "second"

_RESIDUAL = re.compile(
    r"(?P<net>controlnet_?(?P<index>\d)?|unet_in)_(?:face_?(?P<face>\d)_)?(?P<part>down|mid)(?:_block)?(?:_residual|_res)?"
    r"(?:_(?P<n>\d+))?(?:_step_?(?P<step>\d+))?"
)
_OF_STEP = re.compile(r"(?P<name>unet_noise_pred|latents)(?:_step_?(?P<step>\d+))?")
_NUMBERED = re.compile(r"(?P<name>image_tokens|image_final)_(?:face_?)?(?P<n>\d+)")


@dataclass
class Heard:
    """What the denoiser said, by name and step."""

    tensors: dict[tuple[str, int], torch.Tensor] = field(default_factory=dict)

    def __call__(self, name: str, step: int, tensor: torch.Tensor) -> None:
        self.tensors[name, step] = tensor.clone()

    def of_step(self, prefix: str, step: int) -> list[torch.Tensor]:
        """Tensors named prefix/0, prefix/1, ... of a step; [] where that control was off."""
        said = {name: tensor for (name, at), tensor in self.tensors.items() if at == step}
        return [said[f"{prefix}{n}"] for n in range(sum(name.startswith(prefix) for name in said))]


def against_records(case: Case, heard: Heard, made: Mapping[str, Any]) -> Iterator[Compared]:
    """Each recorded array and picture. made: by the record's name, for what is not of a step."""
    made = {**made, "latents_per_step": torch.stack([t for (name, _), t in heard.tensors.items() if name == "latents"])}
    for name, path in case.recorded().items():
        if path.suffix in (".npy", ".png"):
            recorded = np.load(path) if path.suffix == ".npy" else np.asarray(Image.open(path))
            ours = _of_name(case, heard, made, path, recorded)
            if ours is not None:
                yield compared(case.name, name, ours, recorded, _tolerance(name))
                continue
        print(f"{case.name} {name}: nothing that the runner knows, left out", flush=True, file=sys.stderr)


def _of_name(case: Case, heard: Heard, made: Mapping[str, Any], path: Path, recorded: np.ndarray) -> Any:
    if path.suffix == ".png":
        pictures = np.asarray(made["image_final"])
        return (pictures[_number(path)] * 255).round() if path.stem.startswith("image_final") else None
    if path.stem in made:
        return made[path.stem]
    of_step = _of_step(case, heard, path.stem, recorded)
    return _one_of(made, path.stem) if of_step is None else of_step


def _of_step(case: Case, heard: Heard, name: str, recorded: np.ndarray) -> Any:
    if (found := _OF_STEP.fullmatch(name)) is not None:
        said = "noise_pred" if found["name"] == "unet_noise_pred" else "latents"
        return heard.tensors[said, int(found["step"] or case.record_step)]
    if (found := _RESIDUAL.fullmatch(name)) is not None:
        return _residual(found, heard, case, recorded)
    return None


def _residual(found: re.Match[str], heard: Heard, case: Case, recorded: np.ndarray) -> Any:
    """A residual's rows: both halves of all pictures. Where each face has an IdentityNet of its own, that face's."""
    step = int(found["step"] or case.record_step)
    net = int(found["index"] or 0)
    faces = len(case.faces)
    if found["net"] == "unet_in":
        prefix = "unet_residuals/"
    else:
        prefix = f"residuals/{SECOND if case.second_control_image is not None and net == faces else IDENTITY}/"
    all_ = heard.of_step(prefix, step)
    if not all_:
        return np.zeros_like(recorded)  # off, which is times zero
    tensor = all_[-1 if found["part"] == "mid" else int(found["n"] or 0)]
    if faces == 1 or prefix != f"residuals/{IDENTITY}/":
        return tensor
    # rows: half by half, of each picture every face
    halves = 1 + case.guided
    by_face = tensor.reshape(halves, -1, faces, *tensor.shape[1:])
    if found["index"] or found["face"]:
        return by_face[:, :, int(found["face"] or net)].flatten(0, 1)
    return by_face.squeeze(1).reshape(recorded.shape) if by_face.numel() == recorded.size else by_face


def _one_of(made: Mapping[str, Any], name: str) -> Any:
    """One face's tokens, or one picture, where each has a file of its own."""
    found = _NUMBERED.fullmatch(name)
    if found is None:
        return None
    whole, n = np.asarray(made[found["name"]]), int(found["n"])
    return whole[:, n] if whole.ndim == 4 and found["name"] == "image_tokens" else whole[n]


def _number(path: Path) -> int:
    digits = path.stem.rsplit("_", 1)[-1]
    return int(digits) if digits.isdigit() else 0


def _tolerance(name: str) -> float:
    kind = "exact" if name == "timesteps.npy" else "image_png" if name.endswith(".png") else name
    return next(value for stem, value in TOLERANCES.items() if stem in kind)
