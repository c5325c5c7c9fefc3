"""A .bin of an image-prompt adapter becomes safetensors once, next to it, so that nothing is ever unpickled again.

torch is imported when a file is really converted.
"""

import os
import pickle
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from storage.errors import InvalidInput
from storage.files import sync_folder
from studio.weights.damage import safetensors_header
from studio.weights.digests import sample_of
from studio.weights.disk import refused

GROUPS = ("image_proj", "ip_adapter")


def as_safetensors(path: Path) -> Path:
    """The adapter as a .safetensors file with keys 'image_proj.…' and 'ip_adapter.…', converted if that is still to do.

    The numbers stay bit for bit, in their dtype. A conversion is made anew when the .bin has changed since; a
    .safetensors that was not converted here is taken as it is. Raises InvalidInput where the .bin is no such adapter,
    and Conflict where it cannot be written.
    """
    if path.suffix == ".safetensors":
        return path
    target = path.with_suffix(".safetensors")
    origin = {"converted_from": path.name, "origin": f"{path.stat().st_size}-{sample_of(path).hex()}"}
    if target.is_file() and _is_of(target, origin):
        return target
    tensors = {
        f"{group}.{name}": tensor for group, inner in read_adapter(path).items() for name, tensor in inner.items()
    }
    from safetensors.torch import save_file

    part = target.with_name(f".{target.name}.{uuid4().hex}.part")
    try:
        save_file(_apart(tensors), part, metadata={"format": "pt", **origin})
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise refused(error) from error
    finally:
        part.unlink(missing_ok=True)
    return target


def read_adapter(path: Path) -> dict[str, dict[str, Any]]:
    """The two groups of tensors of a .bin, on the CPU; nothing in the file is executed. Raises InvalidInput."""
    import torch

    try:
        loaded = torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except (
        pickle.UnpicklingError,
        RuntimeError,
        EOFError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
    ) as error:
        raise _no_adapter(path, str(error).splitlines()[0] if str(error) else type(error).__name__) from error
    if not isinstance(loaded, dict) or set(loaded) != set(GROUPS):
        raise _no_adapter(path, "it does not hold 'image_proj' and 'ip_adapter'")
    for group in GROUPS:
        inner = loaded[group]
        if (
            not isinstance(inner, dict)
            or not inner
            or not all(isinstance(each, torch.Tensor) for each in inner.values())
        ):
            raise _no_adapter(path, f"'{group}' is not a table of tensors")
    return loaded


def _is_of(target: Path, origin: dict[str, str]) -> bool:
    try:
        said = safetensors_header(target).get("__metadata__", {})
    except ValueError:
        return False
    return "converted_from" not in said or all(said.get(key) == value for key, value in origin.items())


def _apart(tensors: dict[str, Any]) -> dict[str, Any]:
    """Contiguous, and no two in one storage, which the format does not allow."""
    seen: set[int] = set()
    apart = {}
    for name, tensor in tensors.items():
        place = tensor.untyped_storage().data_ptr()
        apart[name] = tensor.clone().contiguous() if place in seen else tensor.contiguous()
        seen.add(place)
    return apart


def _no_adapter(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        f"'{path.name}' is not an image-prompt adapter that can be read safely: {why}. Get it again from its "
        "publisher, or use a .safetensors file.",
        f"“{path.name}”不是可安全读取的图像提示适配器：{why}。请从发布者处重新下载，或使用 .safetensors 文件。",
    )
