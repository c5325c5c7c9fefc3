"""Image prompts: the tokens of diffusers' own pipeline, each picture encoded once, and what the encoder is shown."""

from copy import deepcopy
from pathlib import Path

import numpy as np
import pytest
import tiny_adapters as tiny
import torch
from diffusers import StableDiffusionXLPipeline
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import CLIPVisionModelWithProjection

from storage.errors import InvalidInput, ResourceMissing
from studio.engines.sdxl.adapter_files import read_adapter_file
from studio.engines.sdxl.image_encoder import ImageEncoder
from studio.engines.sdxl.projections import FacePictureProjection, FaceProjection, PictureProjection

NEAR = {"atol": 2e-5, "rtol": 0}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny.tiny_encoder(tmp_path_factory.mktemp("image_encoder"))


@pytest.fixture
def encoder(folder: Path) -> ImageEncoder:
    return ImageEncoder(folder)


def picture(seed: int, height: int = 40, width: int = 40) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def counted(module: torch.nn.Module) -> list[None]:
    calls: list[None] = []
    module.register_forward_hook(lambda *_: calls.append(None))
    return calls


def stock(kind: str, folder: Path, place: Path) -> StableDiffusionXLPipeline:
    """diffusers' pipeline with the same adapter and encoder."""
    model = CLIPVisionModelWithProjection.from_pretrained(folder, local_files_only=True)
    pipe = StableDiffusionXLPipeline(
        None, None, None, None, None, deepcopy(tiny.tiny_unet()), None, image_encoder=model
    )
    pipe.load_ip_adapter(str(place), subfolder="", weight_name=f"{kind}.bin", image_encoder_folder=None)
    return pipe


def written(kind: str, place: Path):
    return read_adapter_file(tiny.write(tiny.adapter(kind), place / f"{kind}.bin"), kind)


def faces(count: int) -> torch.Tensor:
    rows = torch.randn(count, 512, generator=torch.Generator().manual_seed(8))
    return rows / rows.norm(dim=-1, keepdim=True)


def side_by_side(embeds: torch.Tensor) -> torch.Tensor:
    """diffusers' (2, n, T, D) as the attention reads it."""
    return embeds.flatten(1, 2)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("kind", ["plain", "plus"])
def test_pictures_as_diffusers_projects_them(
    kind: str, count: int, folder: Path, encoder: ImageEncoder, tmp_path: Path
):
    projection = PictureProjection(written(kind, tmp_path), encoder)
    pictures = [picture(seed, 50, 50 - 3 * seed) for seed in range(count)]
    tokens = projection.tokens(torch.stack([encoder.encode(each, projection.penultimate) for each in pictures]))
    pipe = stock(kind, folder, tmp_path)
    shown = [[Image.fromarray(each) for each in pictures]]
    with torch.no_grad():
        embeds = pipe.prepare_ip_adapter_image_embeds(shown, None, "cpu", 1, True)
        expected = side_by_side(pipe.unet.encoder_hid_proj(embeds)[0])
    assert tokens.shape == (2, count * (4 if kind == "plain" else 16), tiny.WIDTH)
    torch.testing.assert_close(tokens, expected, **NEAR)


@pytest.mark.parametrize("count", [1, 3])
def test_faces_as_diffusers_projects_them(count: int, folder: Path, tmp_path: Path):
    tokens = FaceProjection(written("faceid", tmp_path)).tokens(faces(count))
    pipe = stock("faceid", folder, tmp_path)
    embeds = torch.stack([torch.zeros(count, 512), faces(count)])
    with torch.no_grad():
        expected = side_by_side(pipe.unet.encoder_hid_proj([embeds])[0])
    torch.testing.assert_close(tokens, expected, **NEAR)


@pytest.mark.parametrize(("count", "structure"), [(1, 0.4), (2, 1.0)])
def test_faces_and_pictures_as_diffusers_projects_them(
    count: int, structure: float, folder: Path, encoder: ImageEncoder, tmp_path: Path
):
    projection = FacePictureProjection(written("faceid-plusv2", tmp_path), encoder)
    pictures = [picture(seed) for seed in range(count)]
    features = torch.stack([encoder.encode(each, penultimate=True) for each in pictures])
    tokens = projection.tokens(faces(count), features, structure)
    pipe = stock("faceid-plusv2", folder, tmp_path)
    layer = pipe.unet.encoder_hid_proj.image_projection_layers[0]
    with torch.no_grad():
        layer.clip_embeds = pipe.prepare_ip_adapter_image_embeds(
            [[Image.fromarray(each) for each in pictures]], None, "cpu", 1, True
        )[0]
        layer.shortcut, layer.shortcut_scale = True, structure
        embeds = torch.stack([torch.zeros(count, 512), faces(count)])
        expected = side_by_side(pipe.unet.encoder_hid_proj([embeds])[0])
    torch.testing.assert_close(tokens, expected, **NEAR)
    assert projection.layers.clip_embeds is None


def test_the_picture_tells_in_plusv2(encoder: ImageEncoder, tmp_path: Path):
    projection = FacePictureProjection(written("faceid-plusv2", tmp_path), encoder)
    one, other = (encoder.encode(picture(seed), penultimate=True)[None] for seed in (1, 2))
    assert not torch.equal(projection.tokens(faces(1), one), projection.tokens(faces(1), other))
    assert torch.equal(projection.tokens(faces(1), one, 0.0), projection.tokens(faces(1), other, 0.0))


def test_each_picture_is_encoded_once(encoder: ImageEncoder):
    calls = counted(encoder.model)
    shots = [picture(1), picture(2), picture(1)]
    features = [encoder.encode(shot, penultimate) for penultimate in (True, False) for shot in shots]
    assert len(calls) == 2
    assert torch.equal(features[0], features[2])
    assert not torch.equal(features[0], features[1])


def test_a_key_stands_for_its_picture(encoder: ImageEncoder):
    calls = counted(encoder.model)
    first = encoder.encode(picture(1), penultimate=False, key="asset 0,0,40,40")
    assert torch.equal(encoder.encode(picture(1), penultimate=False, key="asset 0,0,40,40"), first)
    encoder.encode(picture(2), penultimate=False, key="asset 1,0,40,40")
    assert len(calls) == 2


def test_the_same_bytes_in_another_shape_are_another_picture(encoder: ImageEncoder):
    tall = picture(1, 80, 20)
    tokens = [encoder.encode(shape, penultimate=False) for shape in (tall, tall.reshape(20, 80, 3))]
    assert not torch.equal(*tokens)


def test_the_absent_picture_is_encoded_once(encoder: ImageEncoder, tmp_path: Path):
    calls = counted(encoder.model)
    projections = [PictureProjection(written(kind, tmp_path), encoder) for kind in ("plain", "plus")]
    projected = [counted(each.layers) for each in projections]
    assert encoder.zeros(penultimate=False).count_nonzero() == 0
    for seed in range(3):
        for projection in projections:
            projection.tokens(encoder.encode(picture(seed), projection.penultimate)[None])
    assert len(calls) == 4  # three pictures, and none
    assert [len(each) for each in projected] == [4, 4]


def test_a_tall_picture_is_cropped_or_padded(encoder: ImageEncoder):
    tall = np.full((120, 40, 3), 255, np.uint8)
    tall[40:80] = picture(4)
    middle, whole = (encoder._pixels(tall, fit) for fit in ("crop", "pad"))
    assert middle.shape == whole.shape == (1, 3, 32, 32)
    torch.testing.assert_close(middle, encoder._pixels(tall[40:80], "crop"), atol=0.35, rtol=0)  # but for the seam
    assert whole[..., :9].abs().max() < 0.01  # the mean: nothing to see
    assert (whole[..., 11:21] > 1).any()
    square = picture(5)
    assert torch.equal(encoder._pixels(square, "crop"), encoder._pixels(square, "pad"))


def test_fits_are_kept_apart(encoder: ImageEncoder):
    tall = picture(1, 80, 30)
    assert not torch.equal(encoder.encode(tall, False), encoder.encode(tall, False, fit="pad"))


def test_settings_of_its_own_are_followed(tmp_path: Path):
    folder = tiny.tiny_encoder(tmp_path / "encoder")
    before = ImageEncoder(folder)._pixels(picture(1), "crop")
    settings = (
        '{"size": 32, "crop_size": 32, "image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5], "resample": 3}'
    )
    (folder / "preprocessor_config.json").write_text(settings)
    after = ImageEncoder(folder)._pixels(picture(1), "crop")
    mean, std = (torch.tensor(each)[:, None, None] for each in _clip())
    torch.testing.assert_close(after, (before * std + mean - 0.5) / 0.5, atol=1e-5, rtol=0)


def _clip():
    from transformers.image_utils import OPENAI_CLIP_MEAN, OPENAI_CLIP_STD

    return OPENAI_CLIP_MEAN, OPENAI_CLIP_STD


def test_an_encoder_of_another_size_is_refused(tmp_path: Path):
    other = tmp_path / "other"
    tiny.tiny_encoder(other)
    encoder = ImageEncoder(other)
    for kind, name in (
        ("plain", "proj.weight"),
        ("plus", "proj_in.weight"),
        ("faceid-plusv2", "perceiver_resampler.proj_in.weight"),
    ):
        halves = tiny.adapter(kind)
        narrow = torch.zeros(len(halves["image_proj"][name]), 36)
        halves = halves | {"image_proj": halves["image_proj"] | {name: narrow}}
        file = read_adapter_file(tiny.write(halves, tmp_path / f"{kind}.bin"), kind)
        made = FacePictureProjection if kind == "faceid-plusv2" else PictureProjection
        with pytest.raises(InvalidInput, match="width 36"):
            made(file, encoder)


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_missing_file_names_the_command(name: str, tmp_path: Path):
    folder = tiny.tiny_encoder(tmp_path)
    (folder / name).unlink()
    with pytest.raises(ResourceMissing, match="weights pull ip-adapter/image-encoder"):
        ImageEncoder(folder)


def test_damaged_encoders_are_refused(tmp_path: Path):
    weights = tiny.tiny_encoder(tmp_path) / "model.safetensors"
    whole = weights.read_bytes()
    tensors = {name: each.clone() for name, each in load_file(weights).items()}  # not mapped: the file is cut next
    weights.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidInput, match="pull"):
        ImageEncoder(tmp_path)
    lacking = {name: each for name, each in tensors.items() if name != "visual_projection.weight"}
    save_file(lacking, weights, metadata={"format": "pt"})
    with pytest.raises(InvalidInput, match=r"visual_projection\.weight"):
        ImageEncoder(tmp_path)
    weights.write_bytes(whole)
    (tmp_path / "config.json").write_text("{ not json")
    with pytest.raises(InvalidInput, match="pull"):
        ImageEncoder(tmp_path)
    tiny.tiny_encoder(tmp_path)
    (tmp_path / "preprocessor_config.json").write_text('{"size": 64, "crop_size": 64}')
    with pytest.raises(InvalidInput, match="crop_size"):
        ImageEncoder(tmp_path)
    (tmp_path / "preprocessor_config.json").unlink()
    assert ImageEncoder(tmp_path).width(penultimate=True) == tiny.PATCH
