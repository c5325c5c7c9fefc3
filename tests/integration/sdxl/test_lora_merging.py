"""LoRAs of every dialect against diffusers' own loading and fusing; the checkpoint against itself."""

import math
import re
from pathlib import Path
from typing import Any

import pytest
import tiny_loras
import torch
from diffusers.models.unets.unet_2d_condition import UNet2DConditionModel
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from safetensors.torch import save
from tiny_loras import ATTENTION, TEXT, WITH_CONVOLUTIONS, kohya, old_diffusers, pairs, peft
from tiny_sdxl import NETS, fingerprint, nets, noise_of, sdxl

from storage.errors import InvalidInput
from studio.engines.sdxl.lora import Factors, Lora, read_lora
from studio.engines.sdxl.merging import Merger


@pytest.fixture
def ours(tiny_weights: Path) -> StableDiffusionXLPipeline:
    return sdxl(tiny_weights)


@pytest.fixture(scope="module")
def config(tiny_weights: Path) -> dict[str, Any]:
    return dict(sdxl(tiny_weights).unet.config)


def fused(weights: Path, folder: Path, *files: tuple[bytes, float]) -> StableDiffusionXLPipeline:
    """What diffusers makes of the same files."""
    reference = sdxl(weights)
    names = [f"file{place}" for place in range(len(files))]
    for name, (content, _) in zip(names, files, strict=True):
        (folder / f"{name}.safetensors").write_bytes(content)
        reference.load_lora_weights(str(folder), weight_name=f"{name}.safetensors", adapter_name=name)
    reference.set_adapters(names, [weight for _, weight in files])
    reference.fuse_lora(adapter_names=names)
    reference.unload_lora_weights()
    return reference


def use(pipeline: StableDiffusionXLPipeline, *files: tuple[bytes, float]) -> Merger:
    merger = Merger(nets(pipeline))
    loras = [(f"asset{place}", read_lora(content, pipeline.unet.config), w) for place, (content, w) in enumerate(files)]
    assert merger.use(loras)
    return merger


def assert_same(ours: StableDiffusionXLPipeline, reference: StableDiffusionXLPipeline) -> None:
    for net in NETS:
        expected = nets(reference)[net].state_dict()
        for name, weight in nets(ours)[net].state_dict().items():
            torch.testing.assert_close(weight, expected[name], rtol=0, atol=1e-6)
    torch.testing.assert_close(noise_of(ours), noise_of(reference), rtol=0, atol=1e-6)
    said, _, pooled, _ = ours.encode_prompt("photo of a woman")
    expected_said, _, expected_pooled, _ = reference.encode_prompt("photo of a woman")
    torch.testing.assert_close(said, expected_said, rtol=0, atol=1e-6)
    torch.testing.assert_close(pooled, expected_pooled, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    "dialect",
    [
        pytest.param("peft", marks=pytest.mark.slow),
        "peft with alphas in the header",
        pytest.param("old diffusers", marks=pytest.mark.slow),
        pytest.param("kohya", marks=pytest.mark.slow),
        pytest.param("kohya in Stability's names", marks=pytest.mark.slow),
        pytest.param("kohya with convolutions", marks=pytest.mark.slow),
        "kohya with convolutions in Stability's names",
        pytest.param("text encoders alone", marks=pytest.mark.slow),
    ],
)
def test_the_same_as_diffusers(
    tiny_weights: Path, tmp_path: Path, ours: StableDiffusionXLPipeline, dialect: str
) -> None:
    attention = pairs(nets(ours), NETS, ATTENTION)
    convolutions = pairs(nets(ours), ["unet"], WITH_CONVOLUTIONS)
    content = {
        "peft": lambda: peft(attention),
        "peft with alphas in the header": lambda: peft(attention, dict.fromkeys(NETS, 10.0) | {"unet": 1.5}),
        "old diffusers": lambda: old_diffusers(attention),
        "kohya": lambda: kohya(attention, 1.0),
        "kohya in Stability's names": lambda: kohya(attention, 1.0, stability=True),
        "kohya with convolutions": lambda: kohya(convolutions, 8.0),
        "kohya with convolutions in Stability's names": lambda: kohya(convolutions, 8.0, stability=True),
        "text encoders alone": lambda: kohya(pairs(nets(ours), NETS[1:], TEXT), 2.0),
    }[dialect]()
    before = noise_of(ours), ours.encode_prompt("photo of a woman")[0]
    use(ours, (content, 0.7))
    reference = fused(tiny_weights, tmp_path, (content, 0.7))
    assert_same(ours, reference)
    after = noise_of(ours), ours.encode_prompt("photo of a woman")[0]
    assert any((one - other).abs().max() > 1e-3 for one, other in zip(before, after, strict=True))


def test_two_at_once(tiny_weights: Path, tmp_path: Path, ours: StableDiffusionXLPipeline) -> None:
    files = (
        (peft(pairs(nets(ours), NETS, ATTENTION, rank=3, seed=1)), 0.8),
        (kohya(pairs(nets(ours), ["unet"], WITH_CONVOLUTIONS, seed=2), 2.0), -0.4),
    )
    use(ours, *files)
    assert_same(ours, fused(tiny_weights, tmp_path, *files))


def test_a_few_step_file(tiny_weights: Path, tmp_path: Path, ours: StableDiffusionXLPipeline) -> None:
    content = (tiny_weights / "few-step" / "lcm.safetensors").read_bytes()
    use(ours, (content, 1.0))
    assert_same(ours, fused(tiny_weights, tmp_path, (content, 1.0)))


def test_a_file_for_the_unet_alone_without_its_name(ours: StableDiffusionXLPipeline) -> None:
    given = pairs(nets(ours), ["unet"], ATTENTION)
    named = read_lora(peft(given), ours.unet.config)
    bare = read_lora(peft(given, prefixed=False), ours.unet.config)
    assert bare.factors.keys() == named.factors.keys() == {("unet", pair.path) for pair in given}


def test_each_module_has_its_own_alpha_and_without_one_it_is_the_rank(ours: StableDiffusionXLPipeline) -> None:
    given = pairs(nets(ours), NETS, ATTENTION)
    alphas = {
        pair.path: place for place, pair in enumerate(given) if place % 3
    }  # whole numbers, as some files have them
    for stability in (False, True):
        lora = read_lora(kohya(given, alphas, stability), ours.unet.config)
        assert len(lora.factors) == len(given)
        for pair in given:
            factors = lora.factors[pair.net, pair.path.removeprefix("text_model.")]
            assert factors.scale == alphas.get(pair.path, 4.0) / 4
            assert torch.equal(factors.down, pair.down)
            assert torch.equal(factors.up, pair.up)


def test_alphas_of_the_header_by_pattern(ours: StableDiffusionXLPipeline) -> None:
    given = pairs(nets(ours), ["text_encoder", "text_encoder_2"], ATTENTION)
    header = (
        '{"text_encoder.lora_alpha": 2, "text_encoder.alpha_pattern": {"text_model.encoder.layers.0.self_attn.q_proj": 12},'
        '"text_encoder_2.lora_alpha": 6, "text_encoder_2.use_rslora": true, "text_encoder_2.alpha_pattern": {"v_proj": 8}}'
    )
    tensors = {f"{pair.net}.{tiny_loras.in_files(pair)}": pair for pair in given}
    content = save(
        {f"{key}.lora_A.weight": pair.down for key, pair in tensors.items()}
        | {f"{key}.lora_B.weight": pair.up for key, pair in tensors.items()},
        {"lora_adapter_metadata": header},
    )
    factors = read_lora(content, ours.unet.config).factors
    layer = "encoder.layers.0.self_attn"
    assert factors["text_encoder", f"{layer}.q_proj"].scale == 12 / 4
    assert factors["text_encoder", f"{layer}.k_proj"].scale == 2 / 4
    assert factors["text_encoder_2", f"{layer}.v_proj"].scale == 8 / 2
    assert factors["text_encoder_2", f"{layer}.q_proj"].scale == 6 / 2


SDXL: dict[str, Any] = {
    "block_out_channels": (320, 640, 1280),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "transformer_layers_per_block": (1, 2, 10),
    "attention_head_dim": (5, 10, 20),
    "cross_attention_dim": 2048,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816,
    "use_linear_projection": True,
}


def test_every_module_of_the_real_unet_has_its_name() -> None:
    with torch.device("meta"):
        unet = UNet2DConditionModel(**SDXL)
    modules = {
        path: module for path, module in unet.named_modules() if isinstance(module, torch.nn.Linear | torch.nn.Conv2d)
    }
    assert len(modules) == 794
    for stability in (False, True):
        # diffusers' converter does not know the size embedding in diffusers' own spelling; no published file trains it
        named = [path for path in modules if stability or not path.startswith("add_embedding")]
        given = [
            tiny_loras.Pair("unet", path, torch.zeros(1, modules[path].weight.shape[1]), torch.zeros(1, 1))
            for path in named
        ]
        lora = read_lora(kohya(given, 1.0, stability), unet.config)
        assert lora.factors.keys() == {("unet", path) for path in named}


def test_the_checkpoint_comes_back_bit_for_bit(ours: StableDiffusionXLPipeline) -> None:
    before = fingerprint(ours)
    addresses = {name: address for name, (address, _) in before.items()}
    config = ours.unet.config
    one = read_lora(peft(pairs(nets(ours), NETS, ATTENTION, seed=1)), config)
    other = read_lora(kohya(pairs(nets(ours), ["unet"], WITH_CONVOLUTIONS, seed=2), 2.0), config)
    merger = Merger(nets(ours))
    assert not merger.use([])
    for loras in ([("one", one, 0.8)], [("one", one, 0.8), ("other", other, 1.0)], [("other", other, -2.5)], []):
        assert merger.use(loras)
        now = fingerprint(ours)
        assert {name: address for name, (address, _) in now.items()} == addresses
        assert (now == before) is (not loras)
    assert merger.key == merger.text_key == ""


def test_half_precision_comes_back_and_is_summed_in_single(ours: StableDiffusionXLPipeline) -> None:
    ours.unet.half()
    given = pairs(nets(ours), ["unet"], ATTENTION)
    pristine = {path: weight.clone() for path, weight in ours.unet.state_dict().items()}
    merger = use(ours, (peft(given), 0.3), (peft(given), 1e-4))
    for pair in given:
        exact = pristine[f"{pair.path}.weight"].double() + (0.3 + 1e-4) * (pair.up.double() @ pair.down.double())
        weight = ours.unet.get_submodule(pair.path).weight
        torch.testing.assert_close(weight.double(), exact, rtol=2**-11 + 1e-6, atol=2**-25)  # rounded once, not thrice
    merger.use([])
    assert all(torch.equal(weight, pristine[path]) for path, weight in ours.unet.state_dict().items())


def test_a_set_in_place_is_not_merged_again(ours: StableDiffusionXLPipeline) -> None:
    config = ours.unet.config
    one = read_lora(peft(pairs(nets(ours), ["unet"], ATTENTION, seed=1)), config)
    other = read_lora(peft(pairs(nets(ours), NETS, ATTENTION, seed=2)), config)
    merger = Merger(nets(ours))
    assert merger.use([("one", one, 0.5), ("other", other, 1.0)])
    first, key = fingerprint(ours), merger.key
    assert not merger.use([("other", other, 1.0), ("unused", one, 0.0), ("one", one, 0.5)])
    assert merger.merges == 1
    assert merger.use([("one", one, 0.6)])
    assert merger.text_key == ""  # only the UNet is changed: encoded prompts hold
    assert merger.use([("other", other, 1.0), ("one", one, 0.5)])
    assert fingerprint(ours) == first  # whatever the order, and whatever was there before
    assert (merger.key, merger.merges) == (key, 3)
    assert "one" in key
    assert "one" not in merger.text_key
    assert "other" in merger.text_key


def test_a_set_that_does_not_fit_changes_nothing(ours: StableDiffusionXLPipeline) -> None:
    config = ours.unet.config
    fitting = read_lora(peft(pairs(nets(ours), NETS, ATTENTION)), config)
    merger = Merger(nets(ours))
    merger.use([("fitting", fitting, 1.0)])
    before, key = fingerprint(ours), merger.key
    path = next(path for net, path in fitting.factors if net == "unet")
    factors = fitting.factors["unet", path]
    for wrong, says in (
        (Lora({("unet", path): Factors(factors.down[:, :-1], factors.up, 1.0)}), "fit this checkpoint: "),
        (Lora({("unet", path): Factors(factors.down, factors.up[:-1], 1.0)}), "fit this checkpoint: "),
        (Lora({("unet", "down_blocks.9.conv"): factors}), "has no unet.down_blocks.9.conv"),
        (Lora({("unet", "mid_block"): factors}), "has no unet.mid_block"),
        (Lora({("text_encoder_3", "encoder"): factors}), "has no text_encoder_3.encoder"),
    ):
        with pytest.raises(InvalidInput, match=says):
            merger.use([("fitting", fitting, 0.5), ("wrong", wrong, 1.0)])
    with pytest.raises(InvalidInput, match="must be a number"):
        merger.use([("fitting", fitting, math.nan)])
    assert fingerprint(ours) == before
    assert merger.key == key
    assert not merger.use([("fitting", fitting, 1.0)])


def test_a_merge_that_was_cut_short_is_made_good(
    ours: StableDiffusionXLPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint(ours)
    lora = read_lora(peft(pairs(nets(ours), NETS, ATTENTION)), ours.unet.config)
    merger = Merger(nets(ours))
    merge, left = Merger._merge, iter(range(5))

    def short_of_memory(self: Merger, *given: Any) -> None:
        if next(left, None) is None:
            raise torch.cuda.OutOfMemoryError
        merge(self, *given)

    monkeypatch.setattr(Merger, "_merge", short_of_memory)
    with pytest.raises(torch.cuda.OutOfMemoryError):
        merger.use([("lora", lora, 1.0)])
    assert fingerprint(ours) != before
    monkeypatch.undo()
    assert merger.use([])
    assert fingerprint(ours) == before


KOHYA = "lora_unet_mid_block_attentions_0_transformer_blocks_0_attn2_to_k"
PEFT = "unet.mid_block.attentions.0.transformer_blocks.0.attn2.to_k"


@pytest.mark.parametrize(
    ("tensors", "says"),
    [
        ({f"{KOHYA}.lora_down.weight": (4, 768), f"{KOHYA}.lora_up.weight": (32, 4)}, "Stable Diffusion 1.5"),
        ({f"{PEFT}.lora_A.weight": (4, 1024), f"{PEFT}.lora_B.weight": (32, 4)}, "Stable Diffusion 2"),
        ({"lora_te_text_model_encoder_layers_0_mlp_fc1.lora_down.weight": (4, 768)}, "one text encoder"),
        ({"transformer.single_transformer_blocks.0.attn.to_q.lora_A.weight": (4, 64)}, "FLUX"),
        ({"lora_unet_double_blocks_0_img_attn_proj.lora_down.weight": (4, 64)}, "FLUX"),
        ({f"{KOHYA}.lora_down.weight": (4, 64), f"{KOHYA}.dora_scale": (32, 1)}, "DoRA"),
        ({f"{PEFT}.lora_A.weight": (4, 64), f"{PEFT}.lora_magnitude_vector": (32,)}, "DoRA"),
        ({f"{KOHYA}.hada_w1_a": (32, 4)}, "LoHa"),
        ({f"{KOHYA}.lokr_w1": (4, 4)}, "LoKr"),
        ({f"{KOHYA}.lora_down.weight": (4, 64), f"{KOHYA}.lora_mid.weight": (4, 4, 3, 3)}, "LoCon/CP"),
        ({f"{KOHYA}.lora_down.weight": (4, 64)}, "belongs to no module"),
        ({f"{PEFT}.lora_A.weight": (4, 64)}, "halves"),
        ({f"{PEFT}.lora_A.weight": (4, 64), f"{PEFT}.lora_B.weight": (32, 5)}, "halves"),
        ({f"{PEFT}.lora_A.weight": (4,), f"{PEFT}.lora_B.weight": (32, 4)}, "halves"),
        ({f"{PEFT}.weight": (32, 64)}, "belongs to no module"),
        ({f"{PEFT}.lora_A.weight": (4, 64), f"{PEFT}.alpha": (2,)}, "to_k.alpha"),
        ({"clip_l": (1, 768), "clip_g": (1, 1280)}, "belongs to no module"),
        ({f"{PEFT}.lora_A.weight": (4, 64), f"{PEFT}.lora_B.weight": (32, 4), "unet.x.alpha": ()}, "x.alpha"),
    ],
)
def test_what_is_no_lora_for_sdxl_is_refused_with_the_reason(
    config: dict[str, Any], tensors: dict[str, tuple[int, ...]], says: str
) -> None:
    content = save({name: torch.ones(shape) for name, shape in tensors.items()})
    with pytest.raises(InvalidInput, match=re.escape(says)) as refused:
        read_lora(content, config)
    assert refused.value.message.zh != refused.value.message.en


@pytest.mark.parametrize(
    "header",
    [
        "[1, 2]",
        "{",
        '{"unet.lora_alpha": "much"}',
        '{"unet.lora_alpha": 1e999}',
        '{"unet.alpha_pattern": {"to_k": null}, "unet.lora_alpha": 4}',
        '{"unet.alpha_pattern": {"(a+)+$": 4}, "unet.lora_alpha": 4}',
    ],
)
def test_a_header_that_cannot_be_followed(config: dict[str, Any], header: str) -> None:
    tensors = {f"{PEFT}.lora_A.weight": torch.ones(4, 64), f"{PEFT}.lora_B.weight": torch.ones(32, 4)}
    with pytest.raises(InvalidInput, match="header"):
        read_lora(save(tensors, {"lora_adapter_metadata": header}), config)


def test_a_file_cut_short(config: dict[str, Any]) -> None:
    content = save({f"{PEFT}.lora_A.weight": torch.ones(4, 64), f"{PEFT}.lora_B.weight": torch.ones(32, 4)})
    for wrong in (content[:-1], content[:5], b"\x80\x02}q\x00." * 9):
        with pytest.raises(InvalidInput, match="not a whole"):
            read_lora(wrong, config)
