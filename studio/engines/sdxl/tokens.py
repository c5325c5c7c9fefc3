"""Learned tokens (textual inversion): a trigger word in a prompt stands for a few trained rows.

A base embedding table is never resized: resizing draws random numbers, costs seconds, and changes the checkpoint. The
rows lie beside the table, under ids from the size of the vocabulary on.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import CLIPTextModel, CLIPTextModelWithProjection

from storage.errors import InvalidInput
from studio.engines.sdxl.tensor_file import read_tensors

MOST_ROWS = 75  # of one trigger: they stay in one piece, and a window of the text encoders holds as many
_NAMES = (("clip_l", "clip_g"), ("text_encoders_0", "text_encoders_1"))
# a letter or a digit of a script that puts spaces between words; Chinese and Japanese do not
_LETTER = r"[^\W\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"


class TokenTable(nn.Embedding):
    """An encoder's own token embedding, with `rows` after it. It shares the base table's parameter: same name in the
    state dict, same address.

    rows: (n, width), in the table's dtype and on its device; not part of the state dict.
    """

    rows: Tensor

    def __init__(self, base: nn.Embedding):
        super().__init__(base.num_embeddings, base.embedding_dim, base.padding_idx, _weight=base.weight.detach())
        self.weight = base.weight
        self.register_buffer("rows", base.weight.detach()[:0].clone(), persistent=False)

    def forward(self, input: Tensor) -> Tensor:
        """(..., n) int64 ids below num_embeddings + len(rows) -> (..., n, width)."""
        if not len(self.rows):
            return super().forward(input)
        learned = input >= self.num_embeddings
        rows = functional.embedding((input - self.num_embeddings).clamp(min=0), self.rows)
        return torch.where(learned[..., None], rows, super().forward(input.masked_fill(learned, 0)))


@dataclass(frozen=True, slots=True)
class Trigger:
    """word: as it was put. start: of its first row among all rows. count: of its rows. digest: of what the rows hold."""

    word: str
    start: int
    count: int
    digest: str


class TokenRows:
    """The learned tokens of both text encoders, by trigger word."""

    def __init__(self, encoders: tuple[CLIPTextModel, CLIPTextModelWithProjection]):
        """Puts a TokenTable in the place of each encoder's token embedding; the tables' numbers are not touched."""
        self.tables = (_table(encoders[0]), _table(encoders[1]))
        self._rows: dict[str, tuple[str, Tensor, Tensor]] = {}
        self._triggers: tuple[Trigger, ...] = ()
        self._pattern = re.compile(r"(?!)")
        self._arrange()

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        return self._triggers

    def put(self, trigger: str, clip_l: Tensor, clip_g: Tensor) -> None:
        """Let `trigger` stand for these rows, in place of what it stood for before.

        trigger: one word without spaces or commas, such as '<lin>' or 'zwxlin'; upper and lower case are one.
        clip_l, clip_g: (n, width) of the first and the second encoder, n from 1 to 75, any float dtype.
        Raises InvalidInput; nothing has changed then.
        """
        _check_trigger(trigger)
        widths = (self.tables[0].embedding_dim, self.tables[1].embedding_dim)
        _check_rows(clip_l, clip_g, widths)
        self._rows[trigger.lower()] = (trigger, clip_l.detach().float().cpu(), clip_g.detach().float().cpu())
        self._arrange()

    def remove(self, trigger: str) -> None:
        """Forget a trigger; one that is not there is no error."""
        if self._rows.pop(trigger.lower(), None):
            self._arrange()

    def clear(self) -> None:
        self._rows.clear()
        self._arrange()

    def split(self, text: str) -> Iterator[str | Trigger]:
        """`text` in its order as pieces of plain text and triggers: whole words, the longest first."""
        end = 0
        for match in self._pattern.finditer(text):
            if match.start() > end:
                yield text[end : match.start()]
            yield self._triggers[(match.lastindex or 0) - 1]
            end = match.end()
        if end < len(text):
            yield text[end:]

    def ids(self, trigger: Trigger) -> tuple[list[int], list[int]]:
        """The ids of a trigger's rows, for the first and the second encoder."""
        rows = range(trigger.start, trigger.start + trigger.count)
        first, second = (table.num_embeddings for table in self.tables)
        return [first + row for row in rows], [second + row for row in rows]

    def _arrange(self) -> None:
        entries = sorted(self._rows.values(), key=lambda entry: (-len(entry[0]), entry[0].lower()))
        triggers: list[Trigger] = []
        for word, clip_l, clip_g in entries:
            digest = hashlib.blake2b(clip_l.numpy().tobytes() + clip_g.numpy().tobytes(), digest_size=16).hexdigest()
            start = triggers[-1].start + triggers[-1].count if triggers else 0
            triggers.append(Trigger(word, start, len(clip_l), digest))
        self._triggers = tuple(triggers)
        self._pattern = re.compile("|".join(_whole_word(entry[0]) for entry in entries) or r"(?!)", re.IGNORECASE)
        for which, table in enumerate(self.tables):
            rows = [entry[1:][which].to(table.weight) for entry in entries]
            table.rows = torch.cat(rows) if rows else table.weight.detach()[:0].clone()


def read_token_file(content: bytes, widths: tuple[int, int] = (768, 1280)) -> tuple[Tensor, Tensor]:
    """The rows of a textual-inversion file: (n, widths[0]) and (n, widths[1]) float32.

    content: one safetensors file with `clip_l` and `clip_g` (A1111, ComfyUI, kohya, OneTrainer, diffusers), or
    `text_encoders_0` and `text_encoders_1`. widths: of the two text encoders in use; SDXL's are the default.
    Raises InvalidInput: no safetensors file, a token for another family of models, other widths.
    """
    tensors, _ = read_tensors(content)
    for first, second in _NAMES:
        if tensors.keys() == {first, second}:
            rows = [tensors[name].float() for name in (first, second)]
            clip_l, clip_g = (row[None] if row.ndim == 1 else row for row in rows)
            _check_rows(clip_l, clip_g, widths)
            return clip_l, clip_g
    if len(tensors) == 1:
        name, rows = next(iter(tensors.items()))
        raise InvalidInput(
            f"This token was made for one text encoder ('{name}', {rows.shape[-1]} wide): Stable Diffusion 1.5 or 2. "
            "SDXL reads two, clip_l and clip_g. Use a token trained on SDXL.",
            f"该词元只含一个文本编码器（“{name}”，宽 {rows.shape[-1]}），适用于 Stable Diffusion 1.5 或 2。"
            "SDXL 需要 clip_l 与 clip_g 两个。请使用在 SDXL 上训练的词元。",
        )
    names = ", ".join(sorted(tensors)[:4])
    raise InvalidInput(
        f"This is no textual-inversion file for SDXL: it holds {names}, where clip_l and clip_g are needed.",
        f"这不是 SDXL 的文本反演文件：其中为 {names}，而需要 clip_l 与 clip_g。",
    )


def _table(encoder: CLIPTextModel | CLIPTextModelWithProjection) -> TokenTable:
    base = encoder.get_input_embeddings()
    if isinstance(base, TokenTable):
        return base
    table = TokenTable(base)  # pyright: ignore[reportArgumentType]  # both encoders keep an nn.Embedding there
    encoder.set_input_embeddings(table)
    return table


def _whole_word(trigger: str) -> str:
    # '<lin>' ends where it ends; 'lin' is not found in 'superlin' or 'line'
    before = f"(?<!{_LETTER})" if re.match(_LETTER, trigger[0]) else ""
    after = f"(?!{_LETTER})" if re.match(_LETTER, trigger[-1]) else ""
    return f"{before}({re.escape(trigger)}){after}"


def _check_trigger(trigger: str) -> None:
    if not trigger or len(trigger) > 64 or re.search(r"[\s,，]|<\|", trigger):
        raise InvalidInput(
            f"'{trigger[:80]}' cannot be a trigger. Use one word of up to 64 letters, without spaces or commas, "
            "such as <lin> or zwxlin.",
            f"“{trigger[:80]}”不能用作触发词。请使用 64 个字符以内、不含空格和逗号的一个词，例如 <lin> 或 zwxlin。",
        )


def _check_rows(clip_l: Tensor, clip_g: Tensor, widths: tuple[int, int]) -> None:
    shapes = (tuple(clip_l.shape), tuple(clip_g.shape))
    count = len(clip_l) if clip_l.ndim == 2 else 0
    if shapes != ((count, widths[0]), (count, widths[1])) or not 1 <= count <= MOST_ROWS:
        raise InvalidInput(
            f"The token's rows are {shapes[0]} and {shapes[1]}; this model needs (n, {widths[0]}) and (n, {widths[1]}) "
            f"with the same n from 1 to {MOST_ROWS}. Use a token trained on this family of models.",
            f"词元的向量为 {shapes[0]} 和 {shapes[1]}；当前模型需要 (n, {widths[0]}) 与 (n, {widths[1]})，"
            f"两者 n 相同且在 1 至 {MOST_ROWS} 之间。请使用为同类模型训练的词元。",
        )
