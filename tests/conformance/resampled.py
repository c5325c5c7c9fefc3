"""The projection of face embeddings alone."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from kit import TOLERANCES, Compared, compared
from safetensors.torch import load_file

from studio.engines.sdxl.projection_layers import projection_layers


def resampler(root: Path) -> Iterator[Compared]:
    """Every input (B, N, 512) of every projection below the folder against its recorded tokens (B, 16, D)."""
    for weights in sorted(root.rglob("image_proj.safetensors")):
        folder = weights.parent
        name = str(folder.relative_to(root)) if folder != root else folder.name
        module, _ = projection_layers("identity", load_file(weights))
        for given in sorted((folder / "inputs").glob("*.npy")):
            with torch.inference_mode():
                made = module(torch.from_numpy(np.load(given)))
            yield compared(name, given.stem, made, np.load(folder / "expected" / given.name), TOLERANCES["resampler"])
