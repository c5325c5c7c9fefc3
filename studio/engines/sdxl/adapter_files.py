"""Files of the IP-Adapter family, read once: InstantID's, plain, Plus, Plus-face, FaceID and FaceID-PlusV2.

All share one layout: `image_proj` turns a picture or a face into tokens; `ip_adapter` holds, for every cross-attention
of the UNet, a second pair of key and value projections (`{i}.to_k_ip.weight`, `{i}.to_v_ip.weight`), and in FaceID
files a LoRA of all attentions beside them. A `.bin` keeps two dictionaries, a `.safetensors` file two prefixes.
Nothing is ever unpickled but tensors.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from storage.errors import InvalidInput, Message, ResourceMissing
from studio.engines.sdxl.projection_layers import projection_layers
from studio.weights.conversion import GROUPS, read_adapter
from studio.weights.damage import damage

Kind = Literal["identity", "plain", "plus", "faceid", "faceid-plusv2"]

EMBEDDING_WIDTH = 512  # of ArcFace's family; a Resampler that takes this many numbers reads faces, not pictures

WHAT = {
    "identity": Message("InstantID's identity adapter", "InstantID 的身份适配器"),
    "plain": Message("a plain IP-Adapter", "普通 IP-Adapter"),
    "plus": Message("an IP-Adapter Plus or Plus-face", "IP-Adapter Plus 或 Plus-face"),
    "faceid": Message("an IP-Adapter FaceID", "IP-Adapter FaceID"),
    "faceid-plusv2": Message("an IP-Adapter FaceID-PlusV2", "IP-Adapter FaceID-PlusV2"),
}

_KEY = re.compile(r"(\d+)\.(?:(to_[kv])_ip\.weight|to_(?:q|k|v|out)_lora\.(?:down|up)\.weight)")
# widths of the text that other families of base models read: their adapters are told apart by it
_FAMILIES = {768: "Stable Diffusion 1.5", 1024: "Stable Diffusion 2"}


@dataclass(frozen=True, eq=False)
class AdapterFile:
    """An adapter as it lies in its file: tensors on the CPU, dtype as stored, mapped from disk where that is possible.

    kind: 'identity' is a Resampler over (N, 512) face embeddings, 'plus' the same over a picture's patches.
    projection: the tensors of `image_proj`. to_k, to_v: (C, D) by odd position i in the UNet's `attn_processors`
    (down, UP, mid). lora: what FaceID files carry inside, "{i}.to_q_lora.down.weight" and so on; {} otherwise.
    """

    path: Path
    kind: Kind
    projection: dict[str, Tensor]
    to_k: dict[int, Tensor]
    to_v: dict[int, Tensor]
    lora: dict[str, Tensor]

    @property
    def width(self) -> int:
        """D, the width of the tokens: that of the text the UNet reads."""
        return next(iter(self.to_k.values())).shape[1]


def read_adapter_file(path: Path, expected: str) -> AdapterFile:
    """The adapter in a `.bin` or `.safetensors` file, which must be of the `expected` kind.

    Raises ResourceMissing where there is no file, InvalidInput for what is no adapter, another kind, one for another
    family of base models, or a damaged one. Whether it fits a UNet is asked by `check_fit`.
    """
    if expected not in get_args(Kind):
        raise ValueError(f"no kind of adapter: {expected}")
    projection, attention = _halves(path)
    kind = _kind(path, projection)
    if kind != expected:
        raise _refusal(
            path,
            f"is {WHAT[kind].en}, where {WHAT[expected].en} is needed. Put the right file there",
            f"是{WHAT[kind].zh}，而此处需要{WHAT[expected].zh}。请放入正确的文件",
        )
    to_k, to_v, lora = _by_position(path, attention)
    file = AdapterFile(path, kind, projection, to_k, to_v, lora)
    family = _FAMILIES.get(file.width)
    if family:
        raise _refusal(
            path,
            f"was made for {family} ({len(to_k)} layers that read tokens {file.width} wide); "
            "this engine runs SDXL. Put the adapter's SDXL version there",
            f"适用于 {family}（{len(to_k)} 层，词元宽度 {file.width}），而本引擎运行 SDXL。请改用其 SDXL 版本",
        )
    _check_projection(file)
    return file


def check_fit(file: AdapterFile, unet: UNet2DConditionModel) -> None:
    """Raises InvalidInput where the adapter has not exactly one fitting pair for every cross-attention of the UNet."""
    needed = {
        position: tuple(unet.get_parameter(f"{name.removesuffix('.processor')}.to_k.weight").shape)
        for position, name in enumerate(unet.attn_processors)
        if name.endswith("attn2.processor")
    }
    given = {position: tuple(weight.shape) for position, weight in file.to_k.items()}
    if given != needed:
        wrong = next(i for i in sorted(needed.keys() | given.keys()) if needed.get(i) != given.get(i))
        raise _refusal(
            file.path,
            f"does not fit this checkpoint: it has {len(given)} layers, the checkpoint {len(needed)}; at position "
            f"{wrong} it has {given.get(wrong, 'nothing')} where {needed.get(wrong, 'nothing')} is needed. "
            "Use an SDXL checkpoint with an adapter made for SDXL",
            f"与此基础模型不匹配：适配器有 {len(given)} 层，模型有 {len(needed)} 层；位置 {wrong} 处为 "
            f"{given.get(wrong, '空')}，应为 {needed.get(wrong, '空')}。请让 SDXL 模型搭配 SDXL 适配器",
        )


def _halves(path: Path) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """What the file holds of `image_proj` and of `ip_adapter`."""
    if not path.is_file():
        raise ResourceMissing(
            f"The weights file {path.name} is missing from {path.parent}. "
            "`python -m studio weights list` says what is installed and what can be pulled.",
            f"缺少权重文件 {path.name}（应在 {path.parent} 中）。"
            "运行 `python -m studio weights list` 可查看已安装与可下载的内容。",
        )
    suffix = ".safetensors" if path.suffix == ".safetensors" else ".bin"
    wrong = damage(path, suffix)
    if wrong is not None:
        raise _refusal(path, f"cannot be used: {wrong.en}. Download it again", f"无法使用：{wrong.zh}。请重新下载")
    try:
        halves = _by_prefix(path) if suffix == ".safetensors" else read_adapter(path)
    except (SafetensorError, LookupError, TypeError, AttributeError, OSError) as error:
        # a pickle with a bent byte trips the unpickler wherever it happens to be
        raise _damaged(path, type(error).__name__) from error
    for half in GROUPS:
        if not halves[half]:
            raise _refusal(
                path,
                f"lacks its half '{half}', so it is no whole adapter. Download it again",
                f"缺少“{half}”部分，不是完整的适配器。请重新下载",
            )
        if not all(each.is_floating_point() for each in halves[half].values()):
            raise _no_adapter(path, f"something other than numbers in '{half}'")
    return halves[GROUPS[0]], halves[GROUPS[1]]


def _by_prefix(path: Path) -> dict[str, dict[str, Tensor]]:
    halves: dict[str, dict[str, Tensor]] = {half: {} for half in GROUPS}
    for key, tensor in load_file(path).items():
        half, _, name = key.partition(".")
        if half not in halves:
            raise _no_adapter(path, key)
        halves[half][name] = tensor
    return halves


def _kind(path: Path, projection: Mapping[str, Tensor]) -> Kind:
    if "proj.weight" in projection:
        return "plain"
    if "perceiver_resampler.proj_in.weight" in projection:
        return "faceid-plusv2"
    if "latents" in projection and "proj_in.weight" in projection:
        return "identity" if projection["proj_in.weight"].shape[-1] == EMBEDDING_WIDTH else "plus"
    if "proj.2.weight" in projection and "norm.weight" in projection:
        return "faceid"
    raise _no_adapter(path, ", ".join(sorted(projection)[:3]))


def _by_position(
    path: Path, attention: Mapping[str, Tensor]
) -> tuple[dict[int, Tensor], dict[int, Tensor], dict[str, Tensor]]:
    pairs: dict[str, dict[int, Tensor]] = {"to_k": {}, "to_v": {}}
    lora: dict[str, Tensor] = {}
    for key, tensor in attention.items():
        matched = _KEY.fullmatch(key)
        if matched is None or tensor.ndim != 2:
            raise _no_adapter(path, f"ip_adapter.{key} {tuple(tensor.shape)}")
        if matched[2]:
            pairs[matched[2]][int(matched[1])] = tensor
        else:
            lora[key] = tensor
    to_k, to_v = (dict(sorted(side.items())) for side in pairs.values())
    for i in sorted({*range(1, 2 * max(len(to_k), 1), 2), *to_k, *to_v}):
        whole = i in to_k and i in to_v and to_k[i].shape == to_v[i].shape and to_k[i].shape[1] == to_k[1].shape[1]
        if i % 2 == 0 or not whole:
            raise _damaged(path, f"position {i}")
    return to_k, to_v, lora


def _check_projection(file: AdapterFile) -> None:
    try:
        _, width = projection_layers(file.kind, file.projection)
    except (RuntimeError, KeyError, IndexError, ZeroDivisionError) as error:
        raise _damaged(file.path, str(error).strip().splitlines()[-1].strip()) from error
    if width != file.width:
        raise _damaged(file.path, f"tokens {width} wide, layers that read {file.width}")


def _damaged(path: Path, where: str) -> InvalidInput:
    return _refusal(
        path,
        f"has missing tensors or wrong shapes ({where}). Download it again",
        f"张量缺失或形状错误（{where}）。请重新下载",
    )


def _no_adapter(path: Path, holds: str) -> InvalidInput:
    return _refusal(
        path,
        f"is no IP-Adapter for SDXL that is known here: it holds {holds}. "
        "InstantID, plain, Plus, Plus-face, FaceID and FaceID-PlusV2 files can be used",
        f"不是可识别的 SDXL IP-Adapter：其中为 {holds}。可使用 InstantID、普通、Plus、Plus-face、FaceID、FaceID-PlusV2 文件",
    )


def _refusal(path: Path, en: str, zh: str) -> InvalidInput:
    return InvalidInput(f"{path} {en}.", f"{path} {zh}。")
