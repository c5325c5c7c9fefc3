"""A checkpoint as people have it on their disks, with next to nothing in it."""

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save

SMALL = save({"w": np.ones((40, 40), np.float32)})
MODELS = {
    "unet": "diffusion_pytorch_model",
    "vae": "diffusion_pytorch_model",
    "text_encoder": "model",
    "text_encoder_2": "model",
}


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def write_checkpoint(folder: Path) -> Path:
    """A diffusers folder of SDXL's shape, as somebody downloaded it: with the variant and files nobody needs."""
    for name, stem in MODELS.items():
        config = {"addition_embed_type": "text_time"} if name == "unet" else {}
        write(folder / name / "config.json", json.dumps(config).encode())
        write(folder / name / f"{stem}.fp16.safetensors", SMALL)
    for name in ("tokenizer", "tokenizer_2"):
        write(folder / name / "vocab.json", b"{}")
        write(folder / name / "merges.txt", b"#version")
    write(folder / "scheduler/scheduler_config.json", b"{}")
    write(folder / "model_index.json", b"{}")
    write(folder / "README.md", b"hello")
    return folder
