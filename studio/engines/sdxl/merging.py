"""LoRAs merged into the weights of the networks in place: W = W0 + sum of weight * scale * up @ down.

Merged weights cost nothing at each step; W0 is kept for what was changed, so that the checkpoint comes back bit for bit.
"""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from storage.errors import InvalidInput
from studio.engines.sdxl.adapter_set import adapter_key
from studio.engines.sdxl.lora import Factors, Lora
from studio.engines.sdxl.lora_keys import Module


class Merger:
    """Keeps one set of LoRAs merged into the networks. Addresses of the weights never change.

    key: the adapter_key of the set in place, '' for none. text_key: the same of those that change a text encoder, on
    which encoded prompts depend. merges: how often the weights were changed.
    """

    def __init__(self, nets: Mapping[str, nn.Module]):
        """nets: 'unet', 'text_encoder', 'text_encoder_2', as the LoRAs name them; with their pristine weights."""
        self.nets = dict(nets)
        self.key = ""
        self.text_key = ""
        self.merges = 0
        self._whole = True  # False while weights are being changed, and for good where that was cut short
        self._pristine: dict[Module, Tensor] = {}  # of what differs from the checkpoint now, on the CPU

    @torch.no_grad()
    def use(self, loras: Sequence[tuple[str, Lora, float]]) -> bool:
        """Let exactly these (asset hash, LoRA, weight) be in place; none restores the checkpoint bit for bit.

        Their order does not matter, and one of weight 0 is as good as absent. True where weights were changed, False
        where the set was in place already. Sums are float32, whatever the weights are. Raises InvalidInput where a
        LoRA does not fit, and has changed nothing then.
        """
        used = sorted(((key, weight, lora) for key, lora, weight in loras if weight), key=lambda entry: entry[:2])
        key = adapter_key((asset, weight) for asset, weight, _ in used)
        if self._whole and key == self.key:
            return False
        terms: dict[Module, list[tuple[float, Factors]]] = {}
        for asset, weight, lora in used:
            if not math.isfinite(weight):
                raise InvalidInput(
                    f"A LoRA's weight must be a number, not {weight}.", f"LoRA 的权重须为数字，而不是 {weight}。"
                )
            for module, factors in lora.factors.items():
                self._check_fit(asset, module, factors)
                terms.setdefault(module, []).append((weight, factors))
        self._whole = False
        for module in list(self._pristine.keys() - terms.keys()):
            self._weight(module).copy_(self._pristine[module])
            del self._pristine[module]
        for module, additions in terms.items():
            self._merge(module, additions)
        self.key = key
        self.text_key = adapter_key((asset, weight) for asset, weight, lora in used if lora.nets - {"unet"})
        self.merges += 1
        self._whole = True
        return True

    def _merge(self, module: Module, additions: Sequence[tuple[float, Factors]]) -> None:
        weight = self._weight(module)
        if module not in self._pristine:
            self._pristine[module] = weight.detach().to("cpu", copy=True)
        merged = self._pristine[module].to(weight.device, torch.float32, copy=True)
        for strength, factors in additions:
            down, up = (half.to(weight.device, torch.float32).flatten(1) for half in (factors.down, factors.up))
            merged += (strength * factors.scale * (up @ down)).view_as(merged)
        weight.copy_(merged)

    def _weight(self, module: Module) -> Tensor:
        net, path = module
        root = self.nets[net]
        text_model = getattr(root, "text_model", None)
        inner = root if text_model is None or path.startswith("text_projection") else text_model
        return inner.get_submodule(path).get_parameter("weight")

    def _check_fit(self, asset: str, module: Module, factors: Factors) -> None:
        name = ".".join(module)
        try:
            weight = self._weight(module)
        except (AttributeError, KeyError) as error:
            raise InvalidInput(
                f"LoRA {asset[:12]} does not fit this checkpoint, which has no {name}. Use a LoRA trained on SDXL.",
                f"LoRA {asset[:12]} 与此基础模型不匹配：模型中没有 {name}。请使用在 SDXL 上训练的 LoRA。",
            ) from error
        given = (factors.up.flatten(1).shape[0], factors.up.flatten(1).shape[1], factors.down.flatten(1).shape[1])
        if given != (weight.shape[0], factors.down.shape[0], weight[0].numel()):
            shapes = f"{tuple(factors.up.shape)} x {tuple(factors.down.shape)}"
            raise InvalidInput(
                f"LoRA {asset[:12]} does not fit this checkpoint: {shapes} for {name}, which is {tuple(weight.shape)}. "
                "Use a LoRA trained on SDXL.",
                f"LoRA {asset[:12]} 与此基础模型不匹配：{name} 为 {tuple(weight.shape)}，而 LoRA 为 {shapes}。"
                "请使用在 SDXL 上训练的 LoRA。",
            )
