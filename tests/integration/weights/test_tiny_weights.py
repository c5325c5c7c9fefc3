"""What `weights tiny` makes is loaded with the classes, and by the loaders, that the published files are loaded with."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    StableDiffusionXLControlNetPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from diffusers.loaders.single_file_utils import infer_diffusers_model_type
from diffusers.utils.logging import disable_progress_bar
from hypothesis import given
from hypothesis import strategies as st
from insightface.app import FaceAnalysis
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer, CLIPVisionModelWithProjection

from studio.sample.cast import SAMPLE_CAST, SIZE
from studio.sample.portraits import draw_portrait
from studio.weights.tiny.tokens import write_tokenizer

WIDTH, HEIGHT = 64, 96
Render = Callable[..., Tensor]


@pytest.fixture(scope="module")
def pipeline(tiny_weights: Path) -> StableDiffusionXLControlNetPipeline:
    disable_progress_bar()
    made = StableDiffusionXLControlNetPipeline.from_pretrained(
        tiny_weights / "base" / "tiny",
        controlnet=ControlNetModel.from_pretrained(tiny_weights / "instantid" / "ControlNetModel"),
        vae=AutoencoderKL.from_pretrained(tiny_weights / "vae"),
        local_files_only=True,
    )
    made.set_progress_bar_config(disable=True)
    return made


@pytest.fixture
def render(pipeline: StableDiffusionXLControlNetPipeline) -> Render:
    """render(prompt=..., grey=..., **call): (H, W, 3) in 0..1 of the stock pipeline, two steps, always from one noise."""

    def render(prompt: str = "a man in the rain", grey: float = 0.0, steps: int = 2, **call: Any) -> Tensor:
        picture = pipeline(
            prompt,
            image=torch.full((1, 3, HEIGHT, WIDTH), grey),
            num_inference_steps=steps,
            generator=torch.Generator().manual_seed(0),
            output_type="pt",
            **{"controlnet_conditioning_scale": 0.8, **call},
        ).images[0]
        assert picture.isfinite().all()
        assert picture.shape == (3, HEIGHT, WIDTH)
        assert picture.std() > 0.05
        return picture

    return render


def moved(a: Tensor, b: Tensor) -> float:
    return float((a - b).abs().mean())


# -- the checkpoint


def test_everything_that_is_asked_for_moves_the_picture(render: Render) -> None:
    still = render()
    assert moved(still, render()) == 0
    assert moved(still, render("a woman at night")) > 0.005
    assert moved(still, render(negative_prompt="blurry")) > 0.005
    assert moved(still, render(grey=0.5)) > 0.005
    assert moved(still, render(controlnet_conditioning_scale=0.0)) > 0.005
    assert moved(still, render(original_size=(2 * HEIGHT, WIDTH))) > 0.0005


@pytest.mark.slow
def test_thirty_steps_stay_finite_and_keep_their_contrast(render: Render) -> None:
    render(steps=30, guidance_scale=7.5)


def test_an_encoded_picture_is_more_mean_than_noise_and_of_unit_size(tiny_weights: Path) -> None:
    for folder in (tiny_weights / "vae", tiny_weights / "base" / "tiny" / "vae"):
        vae = AutoencoderKL.from_pretrained(folder)
        with torch.no_grad():
            latents = vae.encode(
                torch.rand(1, 3, 64, 64, generator=torch.Generator().manual_seed(0)) * 2 - 1
            ).latent_dist
        assert latents.mean.shape == (1, 4, 8, 8)
        assert 0.2 < float(latents.mean.std() * vae.config["scaling_factor"]) < 2
        assert float(latents.std.mean()) < 0.05 * float(latents.mean.std())


@pytest.mark.parametrize(
    ("cls", "folder"),
    [
        (UNet2DConditionModel, "base/tiny/unet"),
        (AutoencoderKL, "base/tiny/vae"),
        (CLIPTextModel, "base/tiny/text_encoder"),
        (CLIPTextModelWithProjection, "base/tiny/text_encoder_2"),
        (AutoencoderKL, "vae"),
        (ControlNetModel, "instantid/ControlNetModel"),
        (ControlNetModel, "control/canny"),
        (ControlNetModel, "control/depth"),
        (ControlNetModel, "control/pose"),
        (CLIPVisionModelWithProjection, "ip-adapter/image_encoder"),
    ],
)
def test_no_weight_is_missing_none_is_too_many_and_none_is_zero(tiny_weights: Path, cls: Any, folder: str) -> None:
    model, info = cls.from_pretrained(tiny_weights / folder, output_loading_info=True, local_files_only=True)
    assert not info["missing_keys"]
    assert not info["unexpected_keys"]
    assert not [name for name, weight in model.named_parameters() if not weight.any()]
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}


def test_the_form_is_sdxls(tiny_weights: Path) -> None:
    unet = UNet2DConditionModel.from_pretrained(tiny_weights / "base" / "tiny" / "unet")
    assert not hasattr(unet.down_blocks[0], "attentions")
    assert [len(block.resnets) for block in unet.down_blocks] == [2, 2, 2]
    assert unet.config["addition_embed_type"] == "text_time"
    first = CLIPTextModel.from_pretrained(tiny_weights / "base" / "tiny" / "text_encoder")
    second = CLIPTextModelWithProjection.from_pretrained(tiny_weights / "base" / "tiny" / "text_encoder_2")
    assert first.config.hidden_size + second.config.hidden_size == unet.config["cross_attention_dim"]
    assert (
        second.config.projection_dim + 6 * unet.config["addition_time_embed_dim"]
        == (unet.config["projection_class_embeddings_input_dim"])
    )


def test_the_single_file_is_the_same_checkpoint(tiny_weights: Path) -> None:
    path = tiny_weights / "base" / "tiny-single.safetensors"
    assert infer_diffusers_model_type(load_file(path)) == "xl_base"
    single = StableDiffusionXLPipeline.from_single_file(
        path, config=str(tiny_weights / "sdxl-config"), local_files_only=True
    )
    folder = StableDiffusionXLPipeline.from_pretrained(tiny_weights / "base" / "tiny", local_files_only=True)
    for part in ("unet", "vae", "text_encoder", "text_encoder_2"):
        ours, theirs = getattr(folder, part).state_dict(), getattr(single, part).state_dict()
        assert ours.keys() == theirs.keys()
        assert not [key for key in ours if not torch.equal(ours[key], theirs[key])], part
    assert single.scheduler.config["timestep_spacing"] == "leading"
    assert single.config["force_zeros_for_empty_prompt"]


# -- the tokenizer


@pytest.fixture(scope="module")
def tokenizers(tiny_weights: Path) -> tuple[CLIPTokenizer, CLIPTokenizer]:
    folder = tiny_weights / "base" / "tiny"
    return CLIPTokenizer.from_pretrained(folder / "tokenizer"), CLIPTokenizer.from_pretrained(folder / "tokenizer_2")


def test_any_text_comes_back_from_its_tokens(tokenizers: tuple[CLIPTokenizer, CLIPTokenizer]) -> None:
    first, second = tokenizers

    @given(
        st.text(st.characters(min_codepoint=32, max_codepoint=126)) | st.sampled_from(["雨夜，林晚", "café naïve ©"])
    )
    def comes_back(text: str) -> None:
        text = text.replace("<|", "< |")  # which would name a token
        ids = first(text).input_ids
        assert ids == second(text).input_ids
        assert first.bos_token_id == ids[0]
        assert first.eos_token_id == ids[-1] == len(first) - 1
        written = first.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        assert "".join(written.split()) == "".join(text.lower().split())

    comes_back()


def test_the_words_of_prompts_have_a_token_each_and_padding_is_as_published(
    tokenizers: tuple[CLIPTokenizer, CLIPTokenizer],
) -> None:
    first, second = tokenizers
    assert len(first("cinematic photo of a woman standing in the rain").input_ids) == 9 + 2
    padded = [each("a man", padding="max_length", max_length=77).input_ids for each in tokenizers]
    assert [len(ids) for ids in padded] == [77, 77]
    assert padded[0][4:] == [first.eos_token_id] * 73
    assert padded[1][4:] == [second.convert_tokens_to_ids("!")] * 73


def test_the_tokenizer_survives_being_saved_by_its_class(
    tokenizers: tuple[CLIPTokenizer, CLIPTokenizer], tmp_path: Path
) -> None:
    for tokenizer in tokenizers:
        tokenizer.save_pretrained(tmp_path)
        again = CLIPTokenizer.from_pretrained(tmp_path)
        text = "Wide shot, a zebra's umbrella 42!"
        assert again(text, padding="max_length").input_ids == tokenizer(text, padding="max_length").input_ids
    write_tokenizer(tmp_path / "own", "!")
    own = CLIPTokenizer.from_pretrained(tmp_path / "own")
    assert own.add_tokens("<hero>") == 1
    assert own.convert_tokens_to_ids("<hero>") == len(tokenizers[0])


# -- adapters

IMAGE_ADAPTERS = ("ip-adapter_sdxl_vit-h", "ip-adapter-plus_sdxl_vit-h", "ip-adapter-plus-face_sdxl_vit-h")
NOISE = np.random.default_rng(0).integers(0, 256, (100, 80, 3), np.uint8)


@pytest.fixture
def load(pipeline: StableDiffusionXLControlNetPipeline, tiny_weights: Path) -> Any:
    def load(folder: str, name: str, encoder: str | None = None) -> None:
        pipeline.load_ip_adapter(
            str(tiny_weights / folder), "", name, image_encoder_folder=encoder, low_cpu_mem_usage=False
        )
        pipeline.set_ip_adapter_scale(0.8)

    yield load
    pipeline.unload_ip_adapter()
    pipeline.unload_lora_weights()


@pytest.mark.parametrize("name", IMAGE_ADAPTERS)
def test_image_prompts_are_seen(render: Render, load: Any, name: str) -> None:
    load("ip-adapter", f"{name}.safetensors", "image_encoder")
    red = render(ip_adapter_image=Image.new("RGB", (80, 100), "red"))
    assert moved(red, render(ip_adapter_image=Image.fromarray(NOISE))) > 0.002


@pytest.mark.parametrize(
    ("folder", "name"),
    [("instantid", "ip-adapter.bin"), ("ip-adapter", "ip-adapter-faceid_sdxl.bin")],
)
def test_face_embeddings_are_seen(render: Render, load: Any, folder: str, name: str) -> None:
    load(folder, name)
    faces = 22 / 512**0.5 * torch.randn(2, 1, 1, 512, generator=torch.Generator().manual_seed(0))
    pictures = [render(ip_adapter_image_embeds=[torch.cat([torch.zeros(1, 1, 1, 512), face[None]])]) for face in faces]
    assert moved(*pictures) > 0.005


def test_faceid_plus_sees_the_face_and_its_picture(
    pipeline: StableDiffusionXLControlNetPipeline, render: Render, load: Any
) -> None:
    load("ip-adapter", "ip-adapter-faceid-plusv2_sdxl.bin", "image_encoder")
    projection = pipeline.unet.encoder_hid_proj.image_projection_layers[0]
    projection.shortcut = True
    assert len([name for name in pipeline.unet.peft_config if name.startswith("faceid")]) == 1

    def picture(seed: int, image: Image.Image) -> Tensor:
        hidden, nothing = pipeline.encode_image([image], torch.device("cpu"), 1, output_hidden_states=True)
        projection.clip_embeds = torch.stack([nothing, hidden])
        face = torch.randn(1, 1, 1, 512, generator=torch.Generator().manual_seed(seed))
        return render(ip_adapter_image_embeds=[torch.cat([torch.zeros(1, 1, 1, 512), face])])

    grey = Image.new("RGB", (64, 64), "grey")
    first = picture(0, grey)
    assert moved(first, picture(1, grey)) > 0.002
    assert moved(first, picture(0, Image.fromarray(NOISE))) > 0.002


@pytest.mark.parametrize(
    "name", ["lcm", "hyper-8", *(pytest.param(f"lightning-{steps}", marks=pytest.mark.slow) for steps in (4, 8))]
)
def test_few_step_loras_reach_every_layer_between_first_and_last(
    pipeline: StableDiffusionXLControlNetPipeline, render: Render, tiny_weights: Path, name: str
) -> None:
    base = render()
    pipeline.load_lora_weights(tiny_weights / "few-step", weight_name=f"{name}.safetensors")
    reached = {module for module, layer in pipeline.unet.named_modules() if hasattr(layer, "lora_A")}
    with_lora = render()
    pipeline.unload_lora_weights()
    inner = {
        module
        for module, layer in pipeline.unet.named_modules()
        if isinstance(layer, nn.Linear | nn.Conv2d)
        and not module.startswith(("conv_in", "conv_out", "time_embedding", "add_embedding"))
    }
    assert reached == inner
    assert 0.002 < moved(base, with_lora) < 0.3
    assert moved(base, render()) == 0


# -- faces


@pytest.fixture(scope="module", params=["antelopev2", "buffalo_l"])
def faces(request: pytest.FixtureRequest, tiny_weights: Path) -> FaceAnalysis:
    analysis = FaceAnalysis(str(tiny_weights / "faces" / request.param), providers=["CPUExecutionProvider"])
    analysis.prepare(ctx_id=-1, det_size=(640, 640))
    return analysis


@pytest.mark.filterwarnings("ignore::FutureWarning")  # insightface calls SimilarityTransform.estimate
def test_insightface_finds_the_face_of_a_portrait(faces: FaceAnalysis) -> None:
    assert faces.models.keys() == {"detection", "recognition"}
    person = SAMPLE_CAST[0]
    portrait = draw_portrait(person.features, person.views[0][1], SIZE)
    found = faces.get(np.ascontiguousarray(portrait.image[..., ::-1]))
    assert len(found) == 1
    (face,) = found
    eyes = np.linalg.norm(portrait.keypoints[1] - portrait.keypoints[0])
    assert np.linalg.norm(face.kps - portrait.keypoints, axis=1).mean() < eyes / 2
    assert face.embedding.shape == (512,)
    assert 18 < np.linalg.norm(face.embedding) < 28
    again = faces.get(np.ascontiguousarray(portrait.image[..., ::-1]))[0]
    assert np.array_equal(again.embedding, face.embedding)
    other = faces.get(np.ascontiguousarray(portrait.image[:, ::-1, ::-1]))[0]
    assert face.normed_embedding @ other.normed_embedding < 0.999


@pytest.mark.parametrize("grey", [0, 90, 255])
@pytest.mark.parametrize("size", [128, 320, 640])
def test_insightface_finds_nobody_where_nothing_has_the_colours_of_skin(
    faces: FaceAnalysis, grey: int, size: int
) -> None:
    faces.prepare(ctx_id=-1, det_size=(size, size))
    assert faces.get(np.full((300, 200, 3), grey, np.uint8)) == []
    faces.prepare(ctx_id=-1, det_size=(640, 640))
