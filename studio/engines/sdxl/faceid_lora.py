"""The LoRA that FaceID files carry inside: a face asks for attentions that were trained along with it."""

from types import MappingProxyType

from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from torch import Tensor

from storage.errors import InvalidInput
from studio.engines.sdxl.adapter_files import AdapterFile
from studio.engines.sdxl.lora import Factors, Lora


def faceid_lora(file: AdapterFile, unet: UNet2DConditionModel) -> Lora:
    """The LoRA inside a FaceID file; it changes nothing for a file without one.

    The file names attentions by their position in `attn_processors` and knows no alpha: up @ down is added as it is.
    Raises InvalidInput for a missing half and for attentions that the UNet has not; whether the rest fits is asked by
    Merger.use.
    """
    attentions = [name.removesuffix(".processor") for name in unet.attn_processors]
    halves: dict[tuple[int, str], dict[str, Tensor]] = {}
    for key, tensor in file.lora.items():
        position, layer, half, _ = key.split(".")
        halves.setdefault((int(position), layer), {})[half] = tensor
    factors: dict[tuple[str, str], Factors] = {}
    for (position, layer), pair in sorted(halves.items()):
        matching = pair.keys() == {"down", "up"} and pair["down"].shape[0] == pair["up"].shape[1]
        if not matching or position >= len(attentions):
            raise InvalidInput(
                f"{file.path} carries a LoRA that is damaged or made for another family of base models "
                f"(at '{position}.{layer}'). Download it again.",
                f"{file.path} 内含的 LoRA 已损坏，或适用于其他系列的基础模型（“{position}.{layer}”处）。请重新下载。",
            )
        linear = "to_out.0" if layer == "to_out_lora" else layer.removesuffix("_lora")
        factors["unet", f"{attentions[position]}.{linear}"] = Factors(pair["down"], pair["up"], 1.0)
    return Lora(MappingProxyType(factors))
