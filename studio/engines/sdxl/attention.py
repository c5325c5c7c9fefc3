"""Cross-attention that reads keys and values which were computed once, of text and of image prompts beside it.

At each cross-attention: out = Attn(q, K_text, V_text) + sum_i s_i * m_i * Attn(q, K_i, V_i), one query, every image
prompt with a softmax of its own, all before the layer's output projection (IP-Adapter, arXiv 2308.06721, eq. 5, with a
mask per prompt). Text, face tokens and image prompts stay the same through all steps of a frame, so their keys and
values are projected once per text, person and picture, and not once per step.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

# keys and values of one layer
Pair = tuple[Tensor, Tensor]


@dataclass(eq=False)
class Prompted:
    """One image prompt per row. layers: (R, heads, T, d) keys and values; weights: tokens of a layer -> (R, L, 1)."""

    layers: Sequence[Pair]
    weights: Mapping[int, Tensor]


@dataclass(eq=False)
class Heard:
    """What one cross-attention reads in its next forward. text: (R, heads, T, d) keys and values; images: those of image
    prompts, each with its weights."""

    text: Pair | None = None
    images: list[tuple[Pair, Mapping[int, Tensor]]] = field(default_factory=list)


class Reading:
    """What the cross-attentions of one network read.

    Each has its own place and knows no number of itself: compiled, the blocks of a network are then one and the same.
    """

    def __init__(self, layers: int):
        self.places = [Heard() for _ in range(layers)]

    def hear(self, layers: Sequence[Pair], images: Sequence[Prompted] = ()) -> None:
        """layers: per layer (R, heads, T, d) keys and values of the text, or of what is read in its stead."""
        for layer, (place, pair) in enumerate(zip(self.places, layers, strict=True)):
            place.text = pair
            place.images = [(image.layers[layer], image.weights) for image in images]


class CrossAttention:
    """The attention processor of one layer."""

    def __init__(self, heard: Heard):
        self._heard = heard

    def __call__(self, attn: Any, hidden_states: Tensor, *_: Any, **__: Any) -> Tensor:
        """hidden_states: (R, L, C). What the network was called with as text is not looked at."""
        query = _heads(attn.to_q(hidden_states), attn.heads)
        if self._heard.text is None:
            raise RuntimeError("the network was told nothing to read")
        keys, values = self._heard.text
        out = _together(functional.scaled_dot_product_attention(query, keys, values))
        for (keys, values), weights in self._heard.images:
            seen = _together(functional.scaled_dot_product_attention(query, keys, values))
            out = torch.addcmul(out, weights[hidden_states.shape[1]], seen)
        return attn.to_out[1](attn.to_out[0](out))


def listen(network: nn.Module) -> tuple[Reading, dict[int, Any]]:
    """Make every cross-attention of a UNet or ControlNet read from the Reading that is returned.

    Also its cross-attentions (diffusers' Attention) by position in `attn_processors` (down, up, mid: the order of IP-Adapter files).
    """
    modules = dict(network.named_modules())
    processors: dict[str, Any] = dict(network.attn_processors)  # pyright: ignore
    crossing: dict[int, Any] = {
        position: modules[name.removesuffix(".processor")]
        for position, name in enumerate(processors)
        if name.endswith("attn2.processor")
    }
    reading = Reading(len(crossing))
    names = list(processors)
    for position, place in zip(crossing, reading.places, strict=True):
        processors[names[position]] = CrossAttention(place)
    network.set_attn_processor(processors)  # pyright: ignore[reportCallIssue]
    return reading, crossing


class Memory:
    """Keys and values of every layer, per key, the least lately used leaving first when `limit` bytes are full.

    project: (states (T, D)) -> per layer (K, V), each (T, C); heads: of each layer. Each set of states is projected by
    itself, so what comes out does not depend on what else is in the batch.
    """

    def __init__(self, project: Callable[[Tensor], Sequence[Pair]], heads: Sequence[int], limit: int = 1 << 30):
        self._project = project
        self._heads = heads
        self._limit = limit
        self._kept: OrderedDict[str, list[Pair]] = OrderedDict()
        self._bytes = 0

    def of(self, key: str, states: Tensor) -> list[Pair]:
        """Per layer (K, V), each (heads, T, d), of states (T, D). The same key must mean the same states."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        pairs = [
            (_heads(k[None], heads)[0].contiguous(), _heads(v[None], heads)[0].contiguous())
            for (k, v), heads in zip(self._project(states), self._heads, strict=True)
        ]
        self._kept[key] = pairs
        self._bytes += _bytes(pairs)
        while self._bytes > self._limit and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= _bytes(gone)
        return pairs

    def forget(self) -> None:
        """Drop everything: the weights that project have changed, or their room is needed."""
        self._kept.clear()
        self._bytes = 0


def of_layers(crossing: Mapping[int, Any], limit: int = 1 << 30) -> Memory:
    """What the network's own to_k and to_v make of text (or, in IdentityNet, of face tokens).

    The projections may lie elsewhere than what they project: they are fetched for it, layer by layer.
    """
    layers = list(crossing.values())

    def project(states: Tensor) -> list[Pair]:
        return [(_linear(states, attn.to_k), _linear(states, attn.to_v)) for attn in layers]

    return Memory(project, [attn.heads for attn in layers], limit)


def of_adapter(
    crossing: Mapping[int, Any], to_k: Mapping[int, Tensor], to_v: Mapping[int, Tensor], limit: int = 1 << 30
) -> Memory:
    """What an IP-Adapter's own projections make of image tokens. to_k, to_v: position -> (C, D), fetched likewise."""

    def project(states: Tensor) -> list[Pair]:
        return [
            (functional.linear(states, to_k[position].to(states)), functional.linear(states, to_v[position].to(states)))
            for position in crossing
        ]

    return Memory(project, [attn.heads for attn in crossing.values()], limit)


def stacked(rows: Sequence[Sequence[Pair] | None]) -> list[Pair]:
    """Per layer (R, heads, T, d), of the rows' own; a row without any (None) gets zeros, which attend to nothing."""
    there = next(row for row in rows if row is not None)
    blank = [(torch.zeros_like(k), torch.zeros_like(v)) for k, v in there]
    filled = [row if row is not None else blank for row in rows]
    return [
        (torch.stack([row[layer][0] for row in filled]), torch.stack([row[layer][1] for row in filled]))
        for layer in range(len(there))
    ]


def grids(height: int, width: int, levels: int) -> dict[int, tuple[int, int]]:
    """Tokens of a layer -> its grid, for latents of this size in a UNet with so many levels (each halves, rounding up)."""
    sizes = {}
    for _ in range(levels):
        sizes[height * width] = (height, width)
        height, width = (height + 1) // 2, (width + 1) // 2
    return sizes


def _linear(states: Tensor, layer: nn.Module) -> Tensor:
    bias: Tensor | None = layer.bias  # pyright: ignore[reportAssignmentType]
    return functional.linear(states, layer.weight.to(states), None if bias is None else bias.to(states))  # pyright: ignore


def _heads(states: Tensor, heads: int) -> Tensor:
    """(R, T, C) -> (R, heads, T, d)."""
    rows, tokens, width = states.shape
    return states.view(rows, tokens, heads, width // heads).transpose(1, 2)


def _together(states: Tensor) -> Tensor:
    """(R, heads, T, d) -> (R, T, C)."""
    rows, heads, tokens, width = states.shape
    return states.transpose(1, 2).reshape(rows, tokens, heads * width)


def _bytes(pairs: Sequence[Pair]) -> int:
    return sum(k.nbytes + v.nbytes for k, v in pairs)
