"""A safetensors file that a person gave, as tensors. Nothing is ever unpickled."""

import json

import torch
from safetensors import SafetensorError
from safetensors.torch import load

from storage.errors import InvalidInput


def read_tensors(content: bytes) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """name -> tensor on the CPU, in the dtype of the file; and the file's metadata, {} without any.

    Raises InvalidInput for what is no safetensors file, is cut short or empty, or holds numbers that are not finite, or
    whole ones (a single one may be: kohya writes some alphas so).
    """
    try:
        tensors = load(content)
    except SafetensorError as error:
        raise InvalidInput(_NOT_SAFETENSORS[0].format(error=error), _NOT_SAFETENSORS[1].format(error=error)) from error
    if not tensors:
        raise InvalidInput(
            "The file holds no tensors. Export the adapter again.",
            "文件中没有任何张量。请重新导出该适配器。",
        )
    for name, tensor in tensors.items():
        if not (tensor.is_floating_point() or tensor.numel() == 1) or not torch.isfinite(tensor.float()).all():
            raise InvalidInput(
                f"'{name}' holds numbers that cannot be used (not finite, or whole numbers). Export the adapter again.",
                f"“{name}”中含有无法使用的数值（非有限值或整数）。请重新导出该适配器。",
            )
    length = int.from_bytes(content[:8], "little")  # the header has just been read by safetensors: it is sound
    return tensors, json.loads(content[8 : 8 + length]).get("__metadata__", {})


_NOT_SAFETENSORS = (
    "This is not a whole .safetensors file ({error}). Give the adapter as .safetensors, downloaded completely; "
    ".pt, .bin and .ckpt files are not read, for they may run code.",
    "这不是完整的 .safetensors 文件（{error}）。请提供下载完整的 .safetensors 适配器；"
    ".pt、.bin、.ckpt 文件可能执行代码，因此不予读取。",
)
