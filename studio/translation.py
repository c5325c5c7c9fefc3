"""Chinese to English by a MarianMT model on this machine, on the CPU. Imports torch: only when somebody translates."""

import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from pickle import UnpicklingError  # what torch raises at a .bin that holds more than tensors
from typing import Any, Self

import torch
from safetensors import SafetensorError
from transformers import MarianMTModel, MarianTokenizer

from storage.errors import ResourceMissing

LONGEST = 200  # characters that are translated at once; a Chinese character is one token or two, and a model reads 512
BEAMS = 4

_SENTENCE_END = re.compile(r"(?<=[。！？；!?;\n])")
_CLAUSE_END = re.compile(r"(?<=[，、,：:])")


class Translator:
    """One sentence at a time, so that what becomes of it does not depend on what stands beside it."""

    def __init__(self, model: MarianMTModel, tokenizer: MarianTokenizer):
        self._model: Any = model.eval()
        self._tokenizer = tokenizer
        self._reads: int = model.config.max_position_embeddings

    @classmethod
    def open(cls, folder: Path) -> Self:
        """From a model folder in Hugging Face's layout, nothing else being read. Raises ResourceMissing for a broken one.

        The weights are safetensors, or else a .bin of which nothing but tensors is read.
        """
        try:
            with warnings.catch_warnings():
                # a sentencepiece model carries its own normalization; sacremoses would repeat it
                warnings.filterwarnings("ignore", message="Recommended: pip install sacremoses")
                tokenizer = MarianTokenizer.from_pretrained(folder, local_files_only=True)
            loaded: Any = MarianMTModel.from_pretrained(
                folder,
                local_files_only=True,
                use_safetensors=(folder / "model.safetensors").is_file(),
                weights_only=True,
                dtype=torch.float32,
                output_loading_info=True,
            )
        except (OSError, SafetensorError, UnpicklingError, ValueError, KeyError, RuntimeError, TypeError) as error:
            raise _unreadable(folder, str(error)) from error
        model, found = loaded
        if found["missing_keys"]:  # transformers would draw them by chance
            raise _unreadable(folder, f"{len(found['missing_keys'])} weights are missing")
        return cls(model, tokenizer)

    def translate(self, texts: Sequence[str]) -> list[str]:
        """The English of each text; '' for a blank one. Beam search, nothing drawn by chance: the same text, the same English."""
        longest = min(LONGEST, self._reads // 2 - 1)
        return [" ".join(filter(None, map(self._sentence, sentences(text, longest)))) for text in texts]

    def _sentence(self, sentence: str) -> str:
        read = self._tokenizer([sentence], return_tensors="pt")
        most = min(3 * read.input_ids.shape[1] + 20, self._reads - 1)  # a model may not find an end
        with torch.inference_mode():
            said = self._model.generate(**read, num_beams=BEAMS, do_sample=False, max_new_tokens=most, max_length=None)
        return str(self._tokenizer.decode(said[0], skip_special_tokens=True)).strip()


def _unreadable(folder: Path, why: str) -> ResourceMissing:
    why = why.splitlines()[0] if why else "-"
    return ResourceMissing(
        f"The translation model in {folder} cannot be read ({why}). Look at it with `python -m studio weights check`, "
        "or get it again with `python -m studio weights pull translate/zh-en`.",
        f"无法读取 {folder} 中的翻译模型（{why}）。请用 `python -m studio weights check` 检查，"
        "或用 `python -m studio weights pull translate/zh-en` 重新下载。",
    )


def sentences(text: str, longest: int = LONGEST) -> list[str]:
    """The text's sentences, each at most `longest` characters: longer ones are cut between clauses, or else anywhere."""
    return [piece for sentence in _SENTENCE_END.split(text) for piece in _pieces(sentence.strip(), longest) if piece]


def _pieces(sentence: str, longest: int) -> Iterator[str]:
    piece = ""
    for clause in _CLAUSE_END.split(sentence):
        for part in (clause[at : at + longest] for at in range(0, len(clause), longest)):
            if len(piece) + len(part) > longest:
                yield piece.strip()
                piece = ""
            piece += part
    yield piece.strip()
