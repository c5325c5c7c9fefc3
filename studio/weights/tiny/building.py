"""Every part of the folder of weights, in its published layout."""

from pathlib import Path

import torch

from studio.weights.tiny.adapters import write_control_nets, write_instantid, write_ip_adapters, write_lora
from studio.weights.tiny.checkpoint import copy_configs, write_checkpoint, write_vae
from studio.weights.tiny.drawing import Draw, write
from studio.weights.tiny.faces import write_face_pack
from studio.weights.tiny.single_file import single_file

_NAME = "tiny"
# as published: Lightning and LCM in half precision, Hyper-SD in full
_FEW_STEP = {
    "lcm": torch.float16,
    "lightning-4": torch.float16,
    "lightning-8": torch.float16,
    "hyper-8": torch.float32,
}
_CONTROLS = ("canny", "depth", "pose")
_IP_ADAPTERS = ("plain", "plus", "plus-face", "faceid", "faceid-plusv2", "image-encoder")


def write_parts(folder: Path, seed: int) -> tuple[str, ...]:
    """Writes into the empty `folder`; returns the names of what it wrote."""
    draw = Draw(seed)
    checkpoint = write_checkpoint(folder / "base" / _NAME, draw)
    write(folder / "base" / f"{_NAME}-single.safetensors", single_file(checkpoint))
    copy_configs(folder / "base" / _NAME, folder / "sdxl-config")
    write_vae(folder / "vae", draw, "vae", force_upcast=False)
    write_instantid(folder / "instantid" / "ip-adapter.bin", draw, checkpoint.shape)
    write_ip_adapters(folder / "ip-adapter", draw, checkpoint.shape)
    write_face_pack(folder / "faces" / "antelopev2", draw, "scrfd_10g_bnkps.onnx", "glintr100.onnx")
    write_face_pack(folder / "faces" / "buffalo_l", draw, "det_10g.onnx", "w600k_r50.onnx")
    for name, dtype in _FEW_STEP.items():
        write_lora(folder / "few-step" / f"{name}.safetensors", draw, checkpoint.shape, dtype)
    controls = [folder / "control" / name for name in _CONTROLS]
    write_control_nets([folder / "instantid" / "ControlNetModel", *controls], draw)
    return (
        f"base/{_NAME}",
        f"base/{_NAME}-single",
        "sdxl-config",
        "vae",
        "instantid",
        *(f"ip-adapter/{name}" for name in _IP_ADAPTERS),
        "antelopev2",
        "buffalo_l",
        *(f"few-step/{name}" for name in _FEW_STEP),
        *(f"control/{name}" for name in _CONTROLS),
    )
