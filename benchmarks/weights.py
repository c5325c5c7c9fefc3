"""Random weights on the device, and modules that share them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from benchmarks.shapes import Shape
from studio.engines.sdxl.adapter_files import AdapterFile


@dataclass(eq=False)
class Built:
    """diffusers' and transformers' networks of random weights. adapter: as InstantID's file gives it, in float32 in the processor's memory."""

    shape: Shape
    device: torch.device
    dtype: torch.dtype
    unet: Any
    identity_net: Any
    vae: Any
    encoders: tuple[Any, Any]
    adapter: AdapterFile

    def own_unet(self) -> Any:
        """A UNet of its own processors and hooks over the same numbers."""
        return sharing(self.unet, self.shape.unet)

    def own_identity_net(self) -> Any:
        """Likewise."""
        return sharing(self.identity_net, self.shape.identity_net)

    def own_vae(self) -> Any:
        """Likewise."""
        return sharing(self.vae, self.shape.autoencoder)

    def moved(self, device: str) -> None:
        """Everything but the adapter, to another device."""
        for module in (self.unet, self.identity_net, self.vae, *self.encoders):
            module.to(device)
        self.device = torch.device(device)


def build(shape: Shape, device: torch.device, dtype: torch.dtype, seed: int = 0) -> Built:
    """All networks, drawn on the device from one seed.

    Every matrix keeps the spread of what it is applied to, the convolutions that training starts at zero too: a zero
    matrix is multiplied faster than a real one, and would make every condition go unheard.
    """
    generator = torch.Generator(device).manual_seed(seed)
    with device, _defaults(dtype):
        unet, identity_net, vae = shape.unet(), shape.identity_net(), shape.autoencoder()
        encoders = shape.encoders()
    for module in (unet, identity_net, vae, *encoders):
        module.requires_grad_(False)
        for name, tensor in module.named_parameters():
            _draw(name, tensor, generator)
    positions = [i for i, name in enumerate(unet.attn_processors) if name.endswith("attn2.processor")]
    outs = _outs(unet)
    projection = {name: _drawn(name, size, device, generator) for name, size in shape.projection().items()}
    to_k, to_v = (
        {at: _drawn("weight", (out, shape.width), device, generator) for at, out in zip(positions, outs, strict=True)}
        for _ in range(2)
    )
    adapter = AdapterFile(Path("random"), "identity", projection, to_k, to_v, {})
    return Built(shape, device, dtype, unet, identity_net, vae, encoders, adapter)


def sharing(module: nn.Module, make: Callable[[], Any]) -> Any:
    """A new module from `make` over the tensors of another."""
    with torch.device("meta"):
        new = make()
    new.load_state_dict(module.state_dict(), assign=True)
    return new.requires_grad_(False)


def _outs(unet: Any) -> list[int]:
    """Widths of the keys, in the order of `attn_processors`."""
    modules = dict(unet.named_modules())
    names = [name.removesuffix(".processor") for name in unet.attn_processors if name.endswith("attn2.processor")]
    return [modules[name].to_k.out_features for name in names]


def _drawn(name: str, size: tuple[int, ...], device: torch.device, generator: torch.Generator) -> Tensor:
    tensor = torch.empty(size, device=device)
    _draw(name, tensor, generator)
    return tensor.cpu()


@torch.no_grad()
def _draw(name: str, tensor: Tensor, generator: torch.Generator) -> None:
    if tensor.ndim > 1:
        # the keypoints go through eight convolutions, each of which would leave them half as loud
        gain = 1.7 if "cond_embedding" in name else 1.0
        tensor.normal_(0.0, gain * tensor[0].numel() ** -0.5, generator=generator)
    elif name.endswith("weight"):  # of a norm
        tensor.fill_(1.0)
    else:
        tensor.normal_(0.0, 0.02, generator=generator)


@contextmanager
def _defaults(dtype: torch.dtype) -> Iterator[None]:
    before = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        yield
    finally:
        torch.set_default_dtype(before)
