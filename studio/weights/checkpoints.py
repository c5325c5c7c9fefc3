"""SDXL checkpoints as people have them: a diffusers folder in one of its variants, or a single safetensors file."""

import json
from pathlib import Path

from storage.errors import InvalidInput
from studio.weights.damage import damage, safetensors_header

COMPONENTS = ("text_encoder", "text_encoder_2", "unet", "vae")
_TEXTS = ("scheduler", "tokenizer", "tokenizer_2", *COMPONENTS)


def files_of_checkpoint(path: Path) -> dict[str, Path]:
    """What of a checkpoint is wanted: place below 'base/<name>' -> file; '.safetensors' is the place of a single one.

    Where a folder holds a variant (fp16) only, that gets the plain name, which loaders ask for. Raises InvalidInput.
    """
    if path.is_file():
        _demand_sdxl_file(path)
        return {".safetensors": path}
    folder = _folder(path)
    files = {"/model_index.json": folder / "model_index.json"}
    for name in _TEXTS:
        files |= {f"/{name}/{each.name}": each for each in sorted((folder / name).glob("*.json")) if _plain(each)}
        files |= {f"/{name}/{each.name}": each for each in sorted((folder / name).glob("*.txt"))}
    for name in COMPONENTS:
        files |= _numbers(folder, name)
    for needed in ("unet/config.json", "vae/config.json", "text_encoder/config.json", "text_encoder_2/config.json"):
        if f"/{needed}" not in files:
            raise _not_sdxl(path, f"it lacks {needed}", f"缺少 {needed}")
    config = _json(files["/unet/config.json"])
    if config.get("addition_embed_type") != "text_time":
        raise _not_sdxl(path, "its UNet takes no sizes, as SDXL's does", "其 UNet 不是 SDXL 的结构")
    return files


def _folder(path: Path) -> Path:
    """The folder that holds model_index.json: this one, or the only one in it."""
    if (path / "model_index.json").is_file():
        return path
    inner = [each.parent for each in path.glob("*/model_index.json")]
    if len(inner) != 1:
        raise _not_sdxl(path, "it holds no model_index.json", "其中没有 model_index.json")
    return inner[0]


def _numbers(folder: Path, name: str) -> dict[str, Path]:
    there = sorted((folder / name).glob("*.safetensors"))
    plain = [each for each in there if _plain(each)]
    if plain:
        return {f"/{name}/{each.name}": each for each in plain}
    half = [each for each in there if each.name.endswith(".fp16.safetensors")]
    if len(half) == 1:
        return {f"/{name}/{half[0].name.replace('.fp16.', '.')}": half[0]}
    if list((folder / name).glob("*.bin")):
        raise _not_sdxl(
            folder,
            f"{name} holds .bin files only, which can hide programs: save it again as safetensors",
            f"{name} 中只有可能夹带程序的 .bin 文件：请另存为 safetensors",
        )
    raise _not_sdxl(folder, f"{name} holds no safetensors file", f"{name} 中没有 safetensors 文件")


def _plain(file: Path) -> bool:
    """'model.safetensors', 'x-00001-of-00002.safetensors', 'x.safetensors.index.json'; but not 'model.fp16.safetensors'."""
    stem = file.name.replace(".safetensors.index", "")
    return stem.count(".") == 1


def _demand_sdxl_file(path: Path) -> None:
    if path.suffix != ".safetensors":
        raise _not_sdxl(
            path, "only .safetensors is taken, or a diffusers folder", "只接受 .safetensors 文件或 diffusers 文件夹"
        )
    wrong = damage(path)
    if wrong is not None:
        raise _not_sdxl(path, wrong.en, wrong.zh)
    names = safetensors_header(path)
    for prefix in ("model.diffusion_model.", "conditioner.embedders.1.", "first_stage_model."):
        if not any(name.startswith(prefix) for name in names):
            raise _not_sdxl(path, f"it holds nothing called {prefix}…", f"其中没有 {prefix}…")


def _json(path: Path) -> dict[str, object]:
    try:
        read = json.loads(path.read_bytes())
    except ValueError as error:
        raise _not_sdxl(path, "it is not valid JSON", "不是有效的 JSON") from error
    return read if isinstance(read, dict) else {}


def _not_sdxl(path: Path, en: str, zh: str) -> InvalidInput:
    return InvalidInput(f"'{path}' is not an SDXL checkpoint: {en}.", f"“{path}”不是 SDXL 底模：{zh}。")
