"""Cases of a kit that are no pipeline: the projection alone by its formula, keypoint pictures, sizes worked out by hand."""

import json
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from safetensors.torch import load_file
from tiny_archs import EMBEDDING, write_projection
from torch import Tensor
from torch.nn import functional

# left eye, right eye, nose, mouth's corners, in parts of the canvas: turned far, half outside, very small
_FACES = {
    "rolled": ((0.3, 0.55), (0.52, 0.3), (0.5, 0.52), (0.55, 0.74), (0.72, 0.55)),
    "half_outside": ((-0.1, 0.2), (0.15, 0.22), (0.0, 0.35), (-0.08, 0.5), (0.13, 0.52)),
    "small": ((0.48, 0.49), (0.5, 0.49), (0.49, 0.5), (0.482, 0.512), (0.499, 0.511)),
}
_CANVASES = ((512, 512), (832, 1216), (1216, 640))
_SIZES = [
    {"input": [800, 600], "output": [1280, 960]},
    # 768 / 1000: 768 x 1152; 1024 / 1152: 683 x 1024; multiples of 32
    {"input": [1000, 1500], "max_side": 1024, "min_side": 768, "base_pixel_number": 32, "output": [672, 1024]},
    {"input": [1000, 1500], "max_side": 1024, "min_side": 768, "pad_to_max_side": True, "output": [1024, 1024]},
    {"input": [1000, 1500], "size": [640, 960], "output": [640, 960]},
]


def write_parts(folder: Path) -> None:
    """resampler (80 wide, three heads), draw_kps and resize_img below `folder`."""
    _write_resampler(folder / "resampler")
    _write_drawings(folder / "draw_kps")
    (folder / "resize_img").mkdir()
    defaults = {"max_side": 1280, "min_side": 1024, "base_pixel_number": 64, "resample": "bilinear"}
    (folder / "resize_img" / "sizes.json").write_text(json.dumps({"defaults": defaults, "cases": _SIZES}))


def _write_resampler(folder: Path) -> None:
    write_projection(folder / "image_proj.safetensors", width=80, heads=3, out=120, seed=5)
    weights = load_file(folder / "image_proj.safetensors")
    draw = np.random.default_rng(5)
    for name, shape in {"single": (1, 1), "sequence3": (1, 3), "batch4": (4, 1)}.items():
        _write_tokens(folder, name, weights, draw.standard_normal((*shape, EMBEDDING), np.float32))
    _write_tokens(folder, "zeros", weights, np.zeros((1, 1, EMBEDDING), np.float32))


def _write_tokens(folder: Path, name: str, weights: Mapping[str, Tensor], embeddings: NDArray[np.float32]) -> None:
    for part, array in {"inputs": embeddings, "expected": resampled(weights, torch.from_numpy(embeddings))}.items():
        (folder / part).mkdir(exist_ok=True)
        np.save(folder / part / f"{name}.npy", array)


def resampled(weights: Mapping[str, Tensor], embeddings: Tensor) -> Tensor:
    """(B, 16, out) of (B, N, 512): Flamingo's Perceiver resampler as IP-Adapter Plus has it, written out."""
    read = _linear(weights, "proj_in", embeddings)
    said = weights["latents"].expand(len(embeddings), -1, -1)
    for n in range(4):
        attention, forward = f"layers.{n}.0", f"layers.{n}.1"
        seen, own = _normed(weights, f"{attention}.norm1", read), _normed(weights, f"{attention}.norm2", said)
        keys, values = (torch.cat([seen, own], 1) @ weights[f"{attention}.to_kv.weight"].T).chunk(2, -1)
        query = own @ weights[f"{attention}.to_q.weight"].T
        heads = [
            ((q @ k.transpose(1, 2)) / 8).softmax(-1) @ v
            for q, k, v in zip(*(each.split(64, -1) for each in (query, keys, values)), strict=True)
        ]
        said = said + torch.cat(heads, -1) @ weights[f"{attention}.to_out.weight"].T
        wide = _normed(weights, f"{forward}.0", said) @ weights[f"{forward}.1.weight"].T
        said = said + functional.gelu(wide) @ weights[f"{forward}.3.weight"].T
    return _normed(weights, "norm_out", _linear(weights, "proj_out", said))


def _linear(weights: Mapping[str, Tensor], name: str, states: Tensor) -> Tensor:
    return states @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]


def _normed(weights: Mapping[str, Tensor], name: str, states: Tensor) -> Tensor:
    centred = states - states.mean(-1, keepdim=True)
    spread = (centred.square().mean(-1, keepdim=True) + 1e-5).sqrt()
    return centred / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def _write_drawings(folder: Path) -> None:
    folder.mkdir(parents=True)
    rows = []
    for width, height in _CANVASES:
        for name, face in _FACES.items():
            points = (np.array(face) * [width, height]).astype(np.float32)
            stem = f"{name}_{width}x{height}"
            np.save(folder / f"{stem}_kps.npy", points)
            Image.fromarray(drawn(points, width, height)).save(folder / f"{stem}.png")
            rows.append({"width": width, "height": height, "kps": f"{stem}_kps.npy", "expected": f"{stem}.png"})
    (folder / "manifest.json").write_text(json.dumps(rows))


def drawn(points: NDArray[np.float32], width: int, height: int) -> NDArray[np.uint8]:
    """A face's keypoint picture: each stick on a canvas of its own, at 0.6 brightness; dots over them."""
    colours = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (255, 0, 255))
    canvas = np.zeros((height, width, 3), np.uint8)
    nose = points[2]
    for outer in (0, 1, 3, 4):
        x, y = points[outer]
        centre = int((x + nose[0]) / 2), int((y + nose[1]) / 2)
        half = int(((x - nose[0]) ** 2 + (y - nose[1]) ** 2) ** 0.5 / 2)
        turned = int(np.degrees(np.arctan2(float(y - nose[1]), float(x - nose[0]))))
        stick = np.zeros((height, width), np.uint8)
        cv2.fillConvexPoly(stick, np.asarray(cv2.ellipse2Poly(centre, (half, 4), turned, 0, 360, 1)), 255)
        canvas[stick > 0] = [int(0.6 * channel) for channel in colours[outer]]
    for (x, y), colour in zip(points, colours, strict=True):
        dot = np.zeros((height, width), np.uint8)
        cv2.circle(dot, (int(x), int(y)), 10, 255, cv2.FILLED)
        canvas[dot > 0] = colour
    return canvas
