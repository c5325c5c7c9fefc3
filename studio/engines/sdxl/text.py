"""Prompts as SDXL reads them: what the UNet's cross-attention hears, and the pooled vector beside it."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from storage.errors import InvalidInput
from studio.engines.sdxl.tokens import TokenRows
from studio.engines.sdxl.windows import Window, windows

MOST_WINDOWS = 8
_KEPT = 128  # windows kept encoded; SDXL's weigh 0.3 MB each in float16


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A prompt as the UNet reads it, in the encoders' dtype and on their device.

    embeds: (77 * k, D), k windows; pooled: (P,). key: the same for two texts only where both are bit for bit the same:
    it covers tokens, the rows of learned ones, and the adapters in place.
    """

    embeds: Tensor
    pooled: Tensor
    key: str


class TextEncoders:
    """SDXL's two text encoders. `tokens` holds the learned tokens that prompts may name."""

    def __init__(
        self,
        tokenizers: tuple[CLIPTokenizer, CLIPTokenizer],
        encoders: tuple[CLIPTextModel, CLIPTextModelWithProjection],
        zeros_for_empty: bool,
    ):
        """zeros_for_empty: an empty prompt is all zeros (`force_zeros_for_empty_prompt` of model_index.json)."""
        self.tokenizers = tokenizers
        self.encoders = encoders
        self.zeros_for_empty = zeros_for_empty
        self.tokens = TokenRows(encoders)
        self._length: int = min(encoder.config.max_position_embeddings for encoder in encoders)
        self._encoded: OrderedDict[str, Text] = OrderedDict()
        for tokenizer, encoder in zip(tokenizers, encoders, strict=True):
            # SDXL's published configs say eos_token_id 2, on which transformers pools at the highest id: a learned
            # token's, as soon as there is one
            text_model: Any = getattr(encoder, "text_model", encoder)
            text_model.eos_token_id = tokenizer.eos_token_id

    def chunks(self, prompt: str) -> int:
        """How many windows of 77 tokens the prompt needs: 1 to 8. Raises InvalidInput for a longer one."""
        return len(self._windows(prompt))

    def encode(self, prompt: str, at_least: int = 1, adapted: str = "") -> Text:
        """The prompt's conditioning: the second-to-last hidden states of both encoders side by side, window after
        window, and the second encoder's projection of the first window's end of text.

        Up to 75 tokens this is what diffusers' SDXL pipeline gives for `prompt`, and for no prompt at all where it is
        empty and `zeros_for_empty`. at_least: windows to have, filled up with the encoding of nothing, so that two
        prompts have one length. adapted: the key of the LoRA set in place on the encoders. Each window is encoded once
        and kept. Raises InvalidInput for a prompt that needs more than 8 windows.
        """
        if self.zeros_for_empty and not prompt.strip():
            return self._zeros(at_least)
        parts = self._windows(prompt)
        parts += [Window()] * (at_least - len(parts))
        texts = [self._encode(part, adapted) for part in parts]
        if len(texts) == 1:
            return texts[0]
        return Text(torch.cat([text.embeds for text in texts]), texts[0].pooled, _digest([text.key for text in texts]))

    def _windows(self, prompt: str) -> list[Window]:
        parts = windows(prompt, self.tokenizers, self.tokens, self._length - 2)
        if len(parts) > MOST_WINDOWS:
            most = MOST_WINDOWS * (self._length - 2)
            raise InvalidInput(
                f"The prompt needs {len(parts)} windows of the text encoders, and {MOST_WINDOWS} are read "
                f"({most} tokens, some {most * 3 // 4} English words). Shorten it: '{prompt[:60]}…'.",
                f"提示词需要 {len(parts)} 段文本编码，最多可用 {MOST_WINDOWS} 段（{most} 个词元，约 {most * 3 // 4} 个英文单词）。"
                f"请缩短：“{prompt[:60]}…”。",
            )
        return parts

    @torch.no_grad()
    def _encode(self, window: Window, adapted: str) -> Text:
        key = _digest([window.first, window.second, [(t.start, t.digest) for t in window.triggers], adapted])
        if key in self._encoded:
            self._encoded.move_to_end(key)
            return self._encoded[key]
        first, second = (
            encoder(self._ids(tokenizer, ids).to(encoder.device), output_hidden_states=True)
            for tokenizer, encoder, ids in zip(
                self.tokenizers, self.encoders, (window.first, window.second), strict=True
            )
        )
        hidden = [output.hidden_states[-2][0] for output in (first, second)]
        text = Text(torch.cat(hidden, dim=-1), second.text_embeds[0], key)
        self._encoded[key] = text
        if len(self._encoded) > _KEPT:
            self._encoded.popitem(last=False)
        return text

    def _ids(self, tokenizer: CLIPTokenizer, ids: tuple[int, ...]) -> Tensor:
        """(1, 77) int64: BOS, the ids, EOS, then what this tokenizer pads with (the two of SDXL differ in that)."""
        row = [tokenizer.bos_token_id, *ids, tokenizer.eos_token_id]
        return torch.tensor([row + [tokenizer.pad_token_id] * (self._length - len(row))])

    def _zeros(self, at_least: int) -> Text:
        first, second = self.encoders
        width = first.config.hidden_size + second.config.hidden_size
        like = second.text_projection.weight.detach()
        return Text(like.new_zeros(self._length * at_least, width), like.new_zeros(len(like)), f"zeros-{at_least}")


def _digest(parts: object) -> str:
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()
