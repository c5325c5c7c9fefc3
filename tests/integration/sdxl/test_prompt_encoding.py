"""Prompts against diffusers' own pipeline and the recorded reference; long ones against their own rules."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from hypothesis import given
from hypothesis import strategies as st
from tiny_sdxl import sdxl
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from storage.errors import InvalidInput
from studio.engines.sdxl.text import MOST_WINDOWS, TextEncoders
from studio.engines.sdxl.windows import windows


def encoders(pipeline: StableDiffusionXLPipeline, zeros_for_empty: bool = True) -> TextEncoders:
    tokenizers = (pipeline.tokenizer, pipeline.tokenizer_2)
    return TextEncoders(tokenizers, (pipeline.text_encoder, pipeline.text_encoder_2), zeros_for_empty)


@pytest.fixture(scope="module")
def texts(tiny_weights: Path) -> TextEncoders:
    return encoders(sdxl(tiny_weights), zeros_for_empty=False)


def count_runs(texts: TextEncoders) -> Counter[str]:
    runs: Counter[str] = Counter()
    for encoder in texts.encoders:
        encoder.register_forward_hook(lambda module, *_: runs.update([type(module).__name__]))
    return runs


@pytest.mark.parametrize("case", ["base", "no_cfg"])
def test_the_recorded_reference(shared: Path, case: str) -> None:
    folder = shared / "instantid-kit" / "open" / case
    params = json.loads((folder / "inputs" / "params.json").read_text())
    base = folder / "base_model"
    texts = TextEncoders(
        (CLIPTokenizer.from_pretrained(base / "tokenizer"), CLIPTokenizer.from_pretrained(base / "tokenizer_2")),
        (
            CLIPTextModel.from_pretrained(base / "text_encoder"),
            CLIPTextModelWithProjection.from_pretrained(base / "text_encoder_2"),
        ),
        zeros_for_empty=True,
    )
    for prompt, prefix in (params["prompt"], ""), (params["negative_prompt"], "negative_"):
        recorded = folder / "expected" / f"{prefix}prompt_embeds.npy"
        if recorded.exists():
            text = texts.encode(prompt)
            pooled = np.load(folder / "expected" / f"{prefix}pooled_prompt_embeds.npy")
            np.testing.assert_allclose(text.embeds, np.load(recorded)[0], rtol=0, atol=1e-5)
            np.testing.assert_allclose(text.pooled, pooled[0], rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    "prompt",
    [
        "cinematic film still, medium close-up of a woman in a red coat",
        "IT'S 1,000 yen!! (neon:1.2), rain ... f/1.8,85mm — “noir”",
        "夜，一个穿红色外套的女人站在雨里",
        "  spaces\tand\nlines ,, and  , commas,",
        "a <|endoftext|> b",
        "woman " * 75,
    ],
)
def test_up_to_75_tokens_are_diffusers_bit_for_bit(tiny_weights: Path, texts: TextEncoders, prompt: str) -> None:
    embeds, negative, pooled, negative_pooled = sdxl(tiny_weights).encode_prompt(
        prompt, negative_prompt="worst quality"
    )
    for text, (expected, expected_pooled) in {
        prompt: (embeds, pooled),
        "worst quality": (negative, negative_pooled),
    }.items():
        assert texts.chunks(text) == 1
        given = texts.encode(text)
        assert torch.equal(given.embeds, expected[0])
        assert torch.equal(given.pooled, expected_pooled[0])


def test_an_empty_prompt_is_zeros_where_the_checkpoint_says_so(tiny_weights: Path, texts: TextEncoders) -> None:
    pipeline = sdxl(tiny_weights)
    zeros = encoders(pipeline)
    runs = count_runs(zeros)
    _, negative, _, negative_pooled = pipeline.encode_prompt("a photo", negative_prompt=None)
    runs.clear()
    given = zeros.encode(" ")
    assert negative is not None
    assert negative_pooled is not None
    assert torch.equal(given.embeds, negative[0])
    assert torch.equal(given.pooled, negative_pooled[0])
    assert zeros.encode("", at_least=3).embeds.shape == (3 * 77, negative.shape[2])
    assert not runs
    said = texts.encode("")
    expected, _, pooled, _ = pipeline.encode_prompt("")
    assert torch.equal(said.embeds, expected[0])
    assert torch.equal(said.pooled, pooled[0])


def parts_of(texts: TextEncoders, prompt: str) -> list[tuple[int, ...]]:
    return [part.first for part in windows(prompt, texts.tokenizers, texts.tokens, 75)]


def said(texts: TextEncoders, prompt: str) -> list[str]:
    """The windows in words."""
    return [
        str(texts.tokenizers[0].decode(list(part))).replace("</w>", " ").strip() for part in parts_of(texts, prompt)
    ]


def tokens_of(texts: TextEncoders, prompt: str) -> tuple[int, ...]:
    return tuple(texts.tokenizers[0](prompt, add_special_tokens=False, verbose=False).input_ids)


@given(st.text(alphabet=st.sampled_from("ab ,，。.(')-é1女人\n"), max_size=600))
def test_nothing_is_lost_whatever_the_length(texts: TextEncoders, prompt: str) -> None:
    parts = parts_of(texts, prompt)
    assert all(len(part) <= 75 for part in parts)
    assert "".join(said(texts, prompt)).replace(" ", "") == "".join(prompt.split())
    if all(len(tokens_of(texts, word)) <= 75 for word in prompt.split()):
        assert sum(parts, ()) == tokens_of(texts, " ".join(prompt.split()))


def test_a_phrase_that_fits_a_window_stays_whole(texts: TextEncoders) -> None:
    phrase = "a man in a black suit and a white shirt by the window,"
    assert 75 % len(tokens_of(texts, phrase))
    shown = said(texts, " ".join([phrase] * 12))
    assert len(shown) > 2
    assert all(part.startswith("a man") and part.endswith(",") for part in shown)
    assert sum(part.count("a man") for part in shown) == 12


def test_a_longer_phrase_is_divided_between_words(texts: TextEncoders) -> None:
    shown = said(texts, "red dress, " + "photographer " * 30 + ", warm light")
    assert len(shown) > 2
    assert all(
        word in ("red", "dress", "photographer", "warm", "light", ",") for part in shown for word in part.split()
    )
    assert sum(part.count("photographer") for part in shown) == 30


def test_a_word_longer_than_a_window_keeps_all_its_characters(texts: TextEncoders) -> None:
    sentence = "她在雨夜里独自走过长街看见橱窗里的自己忽然停下脚步想起很多年前的那个傍晚也是这样的雨"
    shown = parts_of(texts, sentence)
    assert len(shown) > 1
    assert "".join(said(texts, sentence)) == sentence


def test_padding_gives_two_prompts_one_length(texts: TextEncoders) -> None:
    long = texts.encode("a man in the rain, " * 14)
    short = texts.encode("worst quality", at_least=long.embeds.shape[0] // 77)
    assert short.embeds.shape == long.embeds.shape
    assert torch.equal(short.embeds[:77], texts.encode("worst quality").embeds)
    assert torch.equal(short.embeds[77:154], texts.encode("").embeds)
    assert torch.equal(short.pooled, texts.encode("worst quality").pooled)
    assert short.key != texts.encode("worst quality").key


def test_the_first_window_gives_the_pooled_vector(texts: TextEncoders) -> None:
    first = "woman, " * 37
    assert torch.equal(texts.encode(first + "night, rain").pooled, texts.encode(first).pooled)


def test_too_many_windows_are_refused_unread(tiny_weights: Path) -> None:
    texts = encoders(sdxl(tiny_weights))
    runs = count_runs(texts)
    most = MOST_WINDOWS * 75
    assert texts.chunks("woman " * most) == MOST_WINDOWS
    with pytest.raises(InvalidInput, match=f"{most} tokens") as refused:
        texts.encode("woman " * (most + 1))
    assert str(most) in refused.value.message.zh
    assert not runs


def test_each_text_is_encoded_once(tiny_weights: Path) -> None:
    texts = encoders(sdxl(tiny_weights))
    runs = count_runs(texts)
    first = texts.encode("a woman, rain")
    for _ in range(3):
        assert texts.encode("a woman, rain") is first
    assert runs == {"CLIPTextModel": 1, "CLIPTextModelWithProjection": 1}
    texts.encode("a woman, rain", at_least=4)  # three more windows, all of nothing
    texts.encode("a man", at_least=3)
    assert runs["CLIPTextModel"] == 3
    adapted = texts.encode("a woman, rain", adapted="lora@1.0")
    assert runs["CLIPTextModel"] == 4
    assert adapted.key != first.key


def test_learned_rows_are_part_of_what_a_text_is(tiny_weights: Path) -> None:
    texts = encoders(sdxl(tiny_weights))
    runs = count_runs(texts)
    rows = torch.randn(2, 24), torch.randn(2, 40)
    texts.tokens.put("<lin>", *rows)
    with_token, plain = texts.encode("photo of <lin>"), texts.encode("photo of a man")
    texts.tokens.put("<lin>", rows[0] + 1, rows[1])
    again = texts.encode("photo of <lin>")
    assert again.key != with_token.key
    assert not torch.equal(again.embeds, with_token.embeds)
    assert texts.encode("photo of a man") is plain
    assert runs["CLIPTextModel"] == 3
    texts.tokens.put("<lin>", *rows)
    assert texts.encode("photo of <lin>") is with_token


def test_pooling_stays_at_the_end_of_text_beside_learned_tokens(tiny_weights: Path) -> None:
    """Pooled at the highest id, the two prompts, the same up to the token, would give one vector."""
    pipeline = sdxl(tiny_weights)
    assert pipeline.text_encoder_2.config.eos_token_id == 2  # as published, and wrong
    texts = encoders(pipeline)
    texts.tokens.put("<lin>", torch.randn(1, 24), torch.randn(1, 40))
    rain, night = texts.encode("photo of <lin> in the rain"), texts.encode("photo of <lin> at night")
    assert not torch.allclose(rain.pooled, night.pooled, atol=1e-3)
    encoder = pipeline.text_encoder_2
    ids = [*texts.tokenizers[1]("photo of").input_ids[:-1], texts.tokens.tables[1].num_embeddings]
    ids += texts.tokenizers[1]("in the rain").input_ids[1:]
    with torch.no_grad():
        last = encoder(torch.tensor([ids + [0] * (77 - len(ids))])).last_hidden_state
        expected = encoder.text_projection(last[:, len(ids) - 1])
    assert torch.equal(rain.pooled, expected[0])
