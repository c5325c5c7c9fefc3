"""The projection of face embeddings alone."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from kit import TOLERANCES, Compared, case_name, compared
from safetensors.torch import load_file

from studio.engines.sdxl.projection_layers import projection_layers


def resampler(root: Path) -> Iterator[tuple[str, Iterator[Compared]]]:
    """Each projection's case: every input (B, N, 512) that has recorded tokens (B, 16, D)."""
    for weights in sorted(root.rglob("image_proj.safetensors")):
        name = case_name(weights.parent, root)
        yield name, _tokens(name, weights)


def _tokens(name: str, weights: Path) -> Iterator[Compared]:
    module, _ = projection_layers("identity", load_file(weights))
    for given in sorted((weights.parent / "inputs").glob("*.npy")):
        expected = weights.parent / "expected" / given.name
        if not expected.is_file():
            print(f"{name} {given.name}: nothing recorded for it, left out", file=sys.stderr)
            continue
        with torch.inference_mode():
            embeddings = torch.from_numpy(np.load(given))
            made = module(
                embeddings.reshape(-1, *embeddings.shape[-2:]) if embeddings.ndim > 1 else embeddings[None, None]
            )
        yield compared(name, given.stem, made, np.load(expected), TOLERANCES["resampler"])
