"""Learned tokens against diffusers' textual inversion, and the base tables against themselves."""

import io
from pathlib import Path

import pytest
import torch
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from safetensors.torch import save
from tiny_sdxl import fingerprint, sdxl
from torch import Tensor

from storage.errors import InvalidInput
from studio.engines.sdxl.text import TextEncoders
from studio.engines.sdxl.tokens import TokenRows, Trigger, read_token_file

WIDTHS = (24, 40)


def rows(count: int, seed: int = 3) -> tuple[Tensor, Tensor]:
    draw = torch.Generator().manual_seed(seed)
    return torch.randn(count, WIDTHS[0], generator=draw), torch.randn(count, WIDTHS[1], generator=draw)


def encoders(pipeline: StableDiffusionXLPipeline) -> TextEncoders:
    tokenizers = (pipeline.tokenizer, pipeline.tokenizer_2)
    return TextEncoders(tokenizers, (pipeline.text_encoder, pipeline.text_encoder_2), zeros_for_empty=True)


@pytest.fixture(scope="module")
def table(tiny_weights: Path) -> TokenRows:
    """For what is asked of words alone."""
    return encoders(sdxl(tiny_weights)).tokens


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("prompt", ["photo of <lin> in the rain, night", "<lin>, <lin> wearing a red coat"])
def test_the_same_as_diffusers_textual_inversion(tiny_weights: Path, count: int, prompt: str) -> None:
    reference = sdxl(tiny_weights)
    clip_l, clip_g = rows(count)
    reference.load_textual_inversion({"<lin>": clip_l}, "<lin>", reference.tokenizer, reference.text_encoder)
    reference.load_textual_inversion({"<lin>": clip_g}, "<lin>", reference.tokenizer_2, reference.text_encoder_2)
    # diffusers pools at the highest id, which is the learned token's: where it should, its answer is the same
    reference.text_encoder_2.text_model.eos_token_id = reference.tokenizer_2.eos_token_id
    expected, _, pooled, _ = reference.encode_prompt(prompt)

    texts = encoders(sdxl(tiny_weights))
    texts.tokens.put("<lin>", clip_l, clip_g)
    given = texts.encode(prompt)
    assert torch.equal(given.embeds, expected[0])
    assert torch.equal(given.pooled, pooled[0])


def test_the_checkpoint_is_not_touched(tiny_weights: Path) -> None:
    pipeline = sdxl(tiny_weights)
    before, random = fingerprint(pipeline), torch.get_rng_state()
    texts = encoders(pipeline)
    plain = texts.encode("photo of a woman")
    texts.tokens.put("<lin>", *rows(3))
    texts.encode("photo of <lin>")
    assert fingerprint(pipeline) == before  # the names of the weights too
    texts.tokens.remove("<LIN>")
    assert fingerprint(pipeline) == before
    assert torch.equal(torch.get_rng_state(), random)
    again = encoders(pipeline)  # a second time over the same encoders
    assert torch.equal(again.encode("photo of a woman").embeds, plain.embeds)
    assert fingerprint(pipeline) == before


def test_rows_go_where_the_encoders_go(tiny_weights: Path) -> None:
    pipeline = sdxl(tiny_weights)
    texts = encoders(pipeline)
    texts.tokens.put("<lin>", *rows(1))
    pipeline.text_encoder.double()
    pipeline.text_encoder_2.double()
    assert texts.encode("<lin>").embeds.dtype == torch.float64


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("photo of <lin>", ["photo of ", "<lin>"]),
        ("(<LIN>:1.2)<lin>", ["(", "<lin>", ":1.2)", "<lin>"]),
        ("zwx, zwxlin and zwxlin2", ["zwx", ", ", "zwxlin", " and zwxlin2"]),
        ("superlin ZWXLIN's line zwx_lin", ["superlin ", "zwxlin", "'s line zwx_lin"]),
        ("zwxlin走进来，小美也走进来", ["zwxlin", "走进来，", "小美", "也走进来"]),
        ("nobody", ["nobody"]),
        ("", []),
    ],
)
def test_triggers_are_whole_words_and_the_longest_wins(table: TokenRows, prompt: str, found: list[str]) -> None:
    table.clear()
    for trigger in ("zwx", "<lin>", "zwxlin", "小美"):
        table.put(trigger, *rows(1))
    pieces = list(table.split(prompt))
    assert [piece.word if isinstance(piece, Trigger) else piece for piece in pieces] == found


def test_ids_mean_the_same_rows_when_others_come_and_go(table: TokenRows) -> None:
    table.clear()
    given = {"<a>": rows(2, 1), "<longer>": rows(1, 2), "<bb>": rows(3, 3)}
    for trigger, pair in given.items():
        table.put(trigger, *pair)
    table.remove("<longer>")
    table.put("<A>", *rows(1, 4))
    given = {"<A>": rows(1, 4), "<bb>": given["<bb>"]}
    assert {trigger.word for trigger in table.triggers} == given.keys()
    for trigger in table.triggers:
        for which, ids in enumerate(table.ids(trigger)):
            assert min(ids) >= table.tables[which].num_embeddings
            assert torch.equal(table.tables[which](torch.tensor(ids)), given[trigger.word][which])


def test_a_token_of_many_rows_stays_in_one_window(tiny_weights: Path) -> None:
    texts = encoders(sdxl(tiny_weights))
    texts.tokens.put("<lin>", *rows(75))
    assert texts.chunks("<lin>") == 1
    assert texts.chunks("a photo of <lin>, rain") == 3


@pytest.mark.parametrize("trigger", ["", "two words", "a,b", "<|endoftext|>", "x" * 65])
def test_a_trigger_that_cannot_be_found_is_refused(table: TokenRows, trigger: str) -> None:
    table.clear()
    with pytest.raises(InvalidInput, match="trigger"):
        table.put(trigger, *rows(1))
    assert table.triggers == ()


@pytest.mark.parametrize(
    "pair",
    [
        (torch.zeros(1, 24), torch.zeros(2, 40)),
        (torch.zeros(1, 40), torch.zeros(1, 24)),
        (torch.zeros(0, 24), torch.zeros(0, 40)),
        (torch.zeros(76, 24), torch.zeros(76, 40)),
        (torch.zeros(24), torch.zeros(40)),
    ],
)
def test_rows_that_do_not_fit_leave_what_was_there(table: TokenRows, pair: tuple[Tensor, Tensor]) -> None:
    table.clear()
    table.put("<lin>", *rows(2))
    before = table.triggers
    with pytest.raises(InvalidInput, match=r"\(n, 24\) and \(n, 40\)"):
        table.put("<lin>", *pair)
    assert table.triggers == before


@pytest.mark.parametrize("names", [("clip_l", "clip_g"), ("text_encoders_0", "text_encoders_1")])
def test_a_file_of_rows(names: tuple[str, str]) -> None:
    pair = rows(2)
    half = dict(zip(names, (tensor.half() for tensor in pair), strict=True))
    for given, tensor in zip(read_token_file(save(half), WIDTHS), pair, strict=True):
        assert torch.equal(given, tensor.half().float())
    single = {name: tensor[0].contiguous() for name, tensor in zip(names, pair, strict=True)}
    assert [tuple(given.shape) for given in read_token_file(save(single), WIDTHS)] == [(1, 24), (1, 40)]


def pickled() -> bytes:
    stream = io.BytesIO()
    torch.save({"string_to_param": {"*": torch.zeros(1, 768)}}, stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (save({"emb_params": torch.zeros(2, 768)}), "one text encoder .*768 wide"),
        (save({"<lin>": torch.zeros(1024)}), "one text encoder .*1024 wide"),
        (save({"clip_l": torch.zeros(2, 768)}), "one text encoder"),
        (save({"clip_l": torch.zeros(2, 768), "clip_g": torch.zeros(1, 1280)}), "same n"),
        (save({"clip_l": torch.zeros(2, 768), "clip_g": torch.zeros(2, 1024)}), r"\(2, 1024\)"),
        (save({"clip_l": torch.full((2, 768), torch.nan), "clip_g": torch.zeros(2, 1280)}), "not finite"),
        (save({"clip_l": torch.zeros(2, 768, dtype=torch.int32), "clip_g": torch.zeros(2, 1280)}), "whole numbers"),
        (save({"clip_l": torch.zeros(2, 768), "t5xxl": torch.zeros(2, 4096)}), "clip_l, t5xxl"),
        (save({"clip_l": torch.zeros(2, 768), "clip_g": torch.zeros(2, 1280)})[:-9], "not a whole"),
        (pickled(), "not a whole"),
        (b"version https://git-lfs.github.com/spec/v1\n", "not a whole"),
        (save({}), "no tensors"),
        (b"", "not a whole"),
    ],
)
def test_other_files_are_refused_with_the_reason(content: bytes, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as refused:
        read_token_file(content)
    assert refused.value.message.zh != refused.value.message.en
