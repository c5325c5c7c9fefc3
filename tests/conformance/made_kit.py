"""A kit of our own making, in the layout of InstantID's: every way to run a pipeline, its record by the stock pipelines.

python -m tests.conformance.made_kit FOLDER writes it; python -m tests.conformance FOLDER then holds the engine to it.
"""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from made_parts import drawn, write_parts
from numpy.typing import NDArray
from PIL import Image
from reference import Arrays, recorded
from tiny_archs import EMBEDDING, A, Arch, B, C, write_networks

_BETAS = {
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "num_train_timesteps": 1000,
    "prediction_type": "epsilon",
    "steps_offset": 1,
    "timestep_spacing": "leading",
}
EULER = {"_class_name": "EulerDiscreteScheduler", **_BETAS}
DPMPP = {"_class_name": "DPMSolverMultistepScheduler", **_BETAS, "use_karras_sigmas": True}
LCM = {"_class_name": "LCMScheduler", **_BETAS}

# left eye, right eye, nose, mouth's corners, in parts of the canvas
_FRONTAL = ((0.38, 0.4), (0.63, 0.41), (0.5, 0.55), (0.4, 0.68), (0.61, 0.7))
_DEFAULTS: dict[str, Any] = {
    "prompt": "photo of a man, film still, the rain",
    "negative_prompt": "lowres, watermark",
    "num_inference_steps": 4,
    "guidance_scale": 5.0,
    "ip_adapter_scale": 0.8,
    "controlnet_conditioning_scale": 0.8,
    "control_guidance_start": 0.0,
    "control_guidance_end": 1.0,
    "num_images_per_prompt": 1,
    "generator_seed": None,
}


@dataclass(frozen=True)
class Wanted:
    """A case to be made. canvas: height, width. boxes: y0, y1, x0, x1 of each face's region; photos: of one person."""

    name: str
    arch: Arch
    canvas: tuple[int, int]
    params: Mapping[str, Any] = field(default_factory=dict)
    scheduler: Mapping[str, Any] = field(default_factory=lambda: EULER)
    photos: int = 1
    faces: int = 1
    boxes: Sequence[tuple[int, int, int, int]] = ()
    init: bool = False
    second: bool = False
    text_from_arrays: bool = False


CASES = (
    Wanted("base", A, (128, 96)),
    Wanted("no_cfg", A, (128, 96), {"guidance_scale": 1.0}),
    Wanted("scales", B, (96, 128), {"ip_adapter_scale": 0.3, "controlnet_conditioning_scale": 1.0}),
    Wanted("batch2", C, (96, 96), {"num_images_per_prompt": 2}),
    Wanted("dpmpp_2m_karras", B, (128, 128), {"num_inference_steps": 5, "guidance_scale": 4.0}, DPMPP),
    Wanted("lcm", C, (96, 128), {"guidance_scale": 1.5, "generator_seed": 4242}, LCM),
    Wanted(
        "guidance_window",
        A,
        (128, 96),
        {
            "num_inference_steps": 6,
            "control_guidance_start": 0.2,
            "control_guidance_end": 0.8,
            "record_step": 2,
            "negative_prompt": None,
        },
    ),
    Wanted("multi_embedding", A, (96, 96), photos=3),
    Wanted("img2img", C, (128, 96), {"num_inference_steps": 8, "strength": 0.6, "generator_seed": 99}, init=True),
    Wanted("region_mask", B, (128, 96), boxes=[(32, 96, 0, 64)]),
    Wanted("region_mask_unaligned", A, (128, 96), boxes=[(21, 83, 13, 70)]),
    Wanted(
        "second_controlnet",
        C,
        (96, 96),
        {
            "controlnet_conditioning_scale": [0.8, 0.5],
            "control_guidance_start": [0.0, 0.25],
            "control_guidance_end": [1.0, 0.75],
            "record_step": 1,
        },
        second=True,
    ),
    Wanted("second_controlnet_alike", B, (96, 96), {"controlnet_conditioning_scale": 0.7}, second=True),
    Wanted("text_from_arrays", B, (96, 96), text_from_arrays=True),
    Wanted(
        "two_faces",
        C,
        (96, 128),
        {"ip_adapter_scale": [0.8, 0.6], "controlnet_conditioning_scale": [0.8, 0.9]},
        faces=2,
        boxes=[(0, 64, 0, 32), (32, 96, 64, 128)],
    ),
)


def write_kit(folder: Path, cases: Sequence[Wanted] = CASES) -> None:
    """Every case below `folder`; networks are written once and linked."""
    for number, wanted in enumerate(cases):
        networks = folder.parent / f"{folder.name}-networks" / wanted.arch.name
        if not networks.is_dir():
            write_networks(networks, wanted.arch, seed=ord(wanted.arch.name))
        write_case(folder / wanted.name, networks, wanted, seed=number)


def write_case(folder: Path, networks: Path, wanted: Wanted, seed: int) -> None:
    """base_model, checkpoints, second_controlnet where there is one, inputs, expected."""
    height, width = wanted.canvas
    params = {**_DEFAULTS, "scheduler": wanted.name, "height": height, "width": width, **wanted.params}
    params |= {"text_from_arrays": True} if wanted.text_from_arrays else {}
    inputs = _inputs(wanted, params, np.random.default_rng(seed))
    expected = recorded(networks, inputs, params, dict(wanted.scheduler))
    (folder / "inputs" / "scheduler").mkdir(parents=True)
    (folder / "expected").mkdir()
    for part in ("base_model", "checkpoints", *(["second_controlnet"] if wanted.second else [])):
        (folder / part).symlink_to(networks / part, target_is_directory=True)
    (folder / "inputs" / "params.json").write_text(json.dumps(params))
    (folder / "inputs" / "scheduler" / "scheduler_config.json").write_text(json.dumps(dict(wanted.scheduler)))
    for name, array in inputs.items():
        np.save(folder / "inputs" / f"{name}.npy", array)
    for name, array in expected.items():
        np.save(folder / "expected" / f"{name}.npy", array)
    for index, picture in enumerate(expected["image_final"]):
        Image.fromarray((picture * 255).round().astype(np.uint8)).save(folder / "expected" / f"image_final_{index}.png")


def _inputs(wanted: Wanted, params: Mapping[str, Any], draw: np.random.Generator) -> Arrays:
    height, width = wanted.canvas
    points = [_points(wanted, face, draw) for face in range(wanted.faces)]
    pictures = [drawn(each, width, height) for each in points]
    embeddings = draw.standard_normal((wanted.faces, wanted.photos, EMBEDDING), np.float32)
    inputs: Arrays = {
        "face_embedding": embeddings.reshape(*(k for k in embeddings.shape[:2] if k > 1), EMBEDDING),
        "kps_points": np.stack(points) if wanted.faces > 1 else points[0],
        "kps_image": np.stack(pictures) if wanted.faces > 1 else pictures[0],
    }
    if wanted.boxes:
        masks = np.zeros((wanted.faces, height, width), np.uint8)
        for mask, (y0, y1, x0, x1) in zip(masks, wanted.boxes, strict=True):
            mask[y0:y1, x0:x1] = 255
        inputs["control_mask"] = masks if wanted.faces > 1 else masks[0][..., None].repeat(3, 2)
    if wanted.init:
        inputs["init_image"] = draw.integers(0, 256, (height, width, 3), np.uint8)
    else:
        n = params["num_images_per_prompt"]
        inputs["latents_init"] = draw.standard_normal((n, 4, height // 8, width // 8), np.float32)
    if wanted.second:
        inputs["second_control_image"] = draw.integers(0, 256, (height, width, 3), np.uint8)
    if wanted.text_from_arrays:
        for half in ("", "negative_"):
            inputs[f"{half}prompt_embeds"] = draw.standard_normal((1, 77, wanted.arch.cross), np.float32)
            inputs[f"{half}pooled_prompt_embeds"] = draw.standard_normal((1, wanted.arch.pooled), np.float32)
    return inputs


def _points(wanted: Wanted, face: int, draw: np.random.Generator) -> NDArray[np.float32]:
    """(5, 2) in the face's own box, or on the whole canvas."""
    height, width = wanted.canvas
    y0, y1, x0, x1 = wanted.boxes[face] if wanted.boxes else (0, height, 0, width)
    size = np.array([x1 - x0, y1 - y0])
    return (np.array([x0, y0]) + size * (np.array(_FRONTAL) + draw.uniform(-0.04, 0.04, (5, 2)))).astype(np.float32)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.conformance.made_kit FOLDER")
    write_kit(Path(sys.argv[1]))
    write_parts(Path(sys.argv[1]))
