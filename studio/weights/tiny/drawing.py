"""Random numbers for named weights: each tensor draws from a seed of its own, so that no part moves another."""

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save
from torch import Tensor

Shape = tuple[int, ...]

# learned vectors: of tokens and places, of a whole picture, the queries of a resampler
_VECTORS = ("_embedding.weight", "class_embedding", "latents")


class Draw:
    """Draws the weights of one folder: the same seed and name give the same numbers on every machine.

    seed: of the whole folder.
    """

    def __init__(self, seed: int):
        self.seed = seed

    def normal(self, name: str, shape: Shape, std: float = 1.0, mean: float = 0.0) -> Tensor:
        """float32 of `shape`, normally distributed."""
        digest = hashlib.sha256(f"{self.seed}/{name}".encode()).digest()
        numbers = np.random.default_rng(int.from_bytes(digest[:16])).standard_normal(shape, np.float32)
        return torch.from_numpy(np.float32(mean) + np.float32(std) * numbers)

    def weights(
        self, part: str, shapes: Mapping[str, Shape], gains: Mapping[str, float] | None = None
    ) -> dict[str, Tensor]:
        """A state dict with these keys. Matrices and kernels keep the spread of what they are applied to.

        gains: words of keys -> what their matrices are multiplied with; the first word found counts. No tensor is
        zero, not even where training starts from zeros: every input has an effect.
        """
        gains = gains or {}
        return {
            key: self._weight(f"{part}/{key}", shape, next((gains[word] for word in gains if word in key), 1.0))
            for key, shape in shapes.items()
        }

    def _weight(self, name: str, shape: Shape, gain: float) -> Tensor:
        if name.endswith("bias"):
            return self.normal(name, shape, 0.05)
        if name.endswith(_VECTORS) and len(shape) != 4:
            return self.normal(name, shape, 0.5)
        if len(shape) == 1:  # the scale of a norm
            return self.normal(name, shape, 0.1, 1.0)
        return self.normal(name, shape, gain / math.prod(shape[1:]) ** 0.5)


def shapes_of(module: torch.nn.Module) -> dict[str, Shape]:
    """Keys and shapes of a module's state dict; it may stand on the meta device."""
    return {key: tuple(value.shape) for key, value in module.state_dict().items()}


def write(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """A safetensors file, its folders included."""
    path.parent.mkdir(parents=True, exist_ok=True)
    contiguous = {key: value.contiguous() for key, value in tensors.items()}
    path.write_bytes(save(contiguous, metadata={"format": "pt"}))
