"""A tokenizer of CLIP's form with a small vocabulary of our own: bytes, and the words that prompts are made of."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

START, END = "<|startoftext|>", "<|endoftext|>"
_WORD_END = "</w>"
_LENGTH = 77

# the words that get a token of their own, most common first; all others are spelt out
_WORDS = """
a an the of in at on with and to from by for his her their photo film still shot cinematic close up medium
wide long full extreme portrait man woman person people boy girl face eyes hair looking camera light soft hard
dark warm cold day night dawn dusk morning evening interior exterior room street door window table chair
office kitchen hallway rain wearing black white red blue green grey brown coat suit dress shirt standing
sitting walking holding over shoulder low high angle eye level depth field background sharp focus blurry
quality worst best text watermark deformed hands drawing pencil style color colour
"""


def vocabulary() -> tuple[dict[str, int], list[tuple[str, str]]]:
    """Token -> id, and the merges in their order, as CLIP's tokenizer has them.

    The ids: 256 bytes, the same bytes ending a word, the merges, start and end of text (the largest id, as in CLIP).
    """
    bytes_ = [*_byte_symbols(), *(symbol + _WORD_END for symbol in _byte_symbols())]
    merges: dict[tuple[str, str], None] = {}
    for word in _WORDS.split():
        parts = _split(word, list(merges))
        while len(parts) > 1:
            pair = (parts[0], parts[1])
            merges[pair] = None
            parts = ["".join(pair), *parts[2:]]
    tokens = [*bytes_, *dict.fromkeys("".join(pair) for pair in merges), START, END]
    return {token: number for number, token in enumerate(tokens)}, list(merges)


def write_tokenizer(folder: Path, pad: str) -> None:
    """Writes vocab.json, merges.txt, tokenizer_config.json and special_tokens_map.json, as SDXL publishes them.

    pad: the token that fills up to 77; SDXL's first tokenizer has the end token, the second '!'.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tokens, merges = vocabulary()
    special: dict[str, Any] = {
        "bos_token": _added(START),
        "eos_token": _added(END),
        "pad_token": pad,
        "unk_token": _added(END),
    }
    config = {
        "add_prefix_space": False,
        "clean_up_tokenization_spaces": True,
        "do_lower_case": True,
        "errors": "replace",
        "model_max_length": _LENGTH,
        "tokenizer_class": "CLIPTokenizer",
        **{
            name: {"__type": "AddedToken", **token} if isinstance(token, dict) else token
            for name, token in special.items()
        },
    }
    (folder / "vocab.json").write_text(json.dumps(tokens, ensure_ascii=False), "utf-8", newline="\n")
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n", "utf-8", newline="\n")
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=2) + "\n", "utf-8", newline="\n")


def _added(token: str) -> dict[str, Any]:
    return {"content": token, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}


def _byte_symbols() -> list[str]:
    """One printable character for each byte, in CLIP's order: printable Latin-1 stands for itself, the rest follows."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    return [*map(chr, printable), *(chr(256 + each) for each in range(256 - len(printable)))]


def _split(word: str, merges: list[tuple[str, str]]) -> list[str]:
    """What byte-pair encoding with these merges makes of a word of ASCII letters."""
    parts = [*word[:-1], word[-1] + _WORD_END]
    ranks = {pair: rank for rank, pair in enumerate(merges)}
    while pairs := [(ranks[pair], at) for at, pair in enumerate(pairwise(parts)) if pair in ranks]:
        at = min(pairs)[1]
        parts[at : at + 2] = [parts[at] + parts[at + 1]]
    return parts
