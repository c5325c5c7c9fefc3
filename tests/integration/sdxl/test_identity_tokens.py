"""Identity tokens: the recorded outputs of the reference, and nothing projected twice."""

from pathlib import Path

import numpy as np
import pytest
import tiny_adapters as tiny
import torch
from safetensors.torch import load_file

from storage.errors import InvalidInput
from studio.engines.sdxl.adapter_files import AdapterFile, read_adapter_file
from studio.engines.sdxl.projection_layers import projection_layers
from studio.engines.sdxl.projections import FaceProjection, IdentityProjection

NEAR = 1e-4  # the kit allows 1e-3; the same sums in another order differ by 3e-5


def counted(layers: torch.nn.Module) -> list[int]:
    """Grows by the rows of every forward."""
    calls: list[int] = []
    layers.register_forward_hook(lambda module, given, out: calls.append(len(out)))
    return calls


@pytest.fixture
def projection(tmp_path: Path) -> IdentityProjection:
    path = tiny.write(tiny.adapter("identity"), tmp_path / "ip-adapter.bin")
    return IdentityProjection(read_adapter_file(path, "identity"))


def photos(count: int, seed: int = 5) -> torch.Tensor:
    return torch.randn(count, 512, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("name", ["single", "zeros", "unit_norm", "sequence3", "batch4"])
def test_the_recorded_resampler(name: str, shared: Path):
    kit = shared / "instantid-kit/open/resampler"
    weights = load_file(kit / "image_proj.safetensors")
    width = weights["proj_out.weight"].shape[0]
    layer = torch.zeros(8, width)
    projection = IdentityProjection(AdapterFile(kit, "identity", weights, {1: layer}, {1: layer}, {}))
    people = torch.from_numpy(np.load(kit / f"inputs/{name}.npy"))
    tokens = torch.stack([projection.tokens(embeddings)[1] for embeddings in people])
    expected = torch.from_numpy(np.load(kit / f"expected/{name}.npy"))
    torch.testing.assert_close(tokens, expected, atol=NEAR, rtol=0)


@pytest.mark.parametrize("case", ["base", "no_cfg"])
def test_the_recorded_tokens_of_a_frame(case: str, shared: Path):
    kit = shared / "instantid-kit/open" / case
    projection = IdentityProjection(read_adapter_file(kit / "checkpoints/ip-adapter.bin", "identity"))
    tokens = projection.tokens(torch.from_numpy(np.load(kit / "inputs/face_embedding.npy"))[None])
    expected = torch.from_numpy(np.load(kit / "expected/image_tokens.npy"))
    torch.testing.assert_close(tokens[2 - len(expected) :], expected, atol=NEAR, rtol=0)


@pytest.mark.parametrize(
    ("depth", "heads", "dim", "ratio", "out"), [(4, 3, 80, 4, 120), (2, 1, 24, 4, 32), (6, 2, 32, 2, 48)]
)
def test_every_size_is_read_from_the_tensors(depth: int, heads: int, dim: int, ratio: int, out: int):
    """Against the Perceiver written out: LN, softmax(q k / 8) v over face and latents, LN, GELU, each added."""
    torch.manual_seed(depth)
    tensors = {"latents": torch.randn(1, 7, dim)} | tiny.perceiver("", 512, dim, out, heads, depth, ratio)
    layers, width = projection_layers("identity", tensors)
    assert width == out
    faces = photos(3)

    def normed(x: torch.Tensor, name: str) -> torch.Tensor:
        return torch.nn.functional.layer_norm(x, x.shape[-1:], tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    def split(x: torch.Tensor) -> torch.Tensor:
        return x.reshape(len(x), heads, 64).transpose(0, 1)

    x = faces @ tensors["proj_in.weight"].T + tensors["proj_in.bias"]
    z = tensors["latents"][0]
    for i in range(depth):
        face, latent = normed(x, f"layers.{i}.0.norm1"), normed(z, f"layers.{i}.0.norm2")
        keys, values = (torch.cat([face, latent]) @ tensors[f"layers.{i}.0.to_kv.weight"].T).chunk(2, dim=-1)
        query = split(latent @ tensors[f"layers.{i}.0.to_q.weight"].T)
        seen = torch.softmax(query @ split(keys).mT / 8, dim=-1) @ split(values)
        z = z + seen.transpose(0, 1).reshape(len(z), -1) @ tensors[f"layers.{i}.0.to_out.weight"].T
        inner = torch.nn.functional.gelu(normed(z, f"layers.{i}.1.0") @ tensors[f"layers.{i}.1.1.weight"].T)
        z = z + inner @ tensors[f"layers.{i}.1.3.weight"].T
    z = normed(z @ tensors["proj_out.weight"].T + tensors["proj_out.bias"], "norm_out")
    torch.testing.assert_close(layers(faces[None])[0], z, atol=1e-4, rtol=1e-4)


def test_the_absent_face_is_the_projection_of_zeros(projection: IdentityProjection):
    tokens = projection.tokens(photos(2))
    assert tokens.shape == (2, 16, tiny.WIDTH)
    assert torch.equal(tokens[0], projection.layers(torch.zeros(1, 2, 512))[0])
    assert tokens[0].abs().max() > 0.1
    assert not torch.equal(projection.tokens(photos(1))[0], tokens[0])  # a constant of N


def test_nothing_is_projected_twice(projection: IdentityProjection):
    calls = counted(projection.layers)
    first = projection.tokens(photos(1, seed=1))
    projection.tokens(photos(1, seed=2))
    assert len(calls) == 3  # the absent face, and two people
    again = projection.tokens(photos(1, seed=1))
    assert len(calls) == 3
    assert torch.equal(first, again)
    projection.tokens(photos(3))
    assert len(calls) == 5


def test_tokens_do_not_depend_on_what_was_asked_before(projection: IdentityProjection, tmp_path: Path):
    alone = projection.tokens(photos(1, seed=9))
    for seed in range(4):
        projection.tokens(photos(1, seed=seed), noise=0.35)
    assert torch.equal(projection.tokens(photos(1, seed=9)), alone)


def test_noise_stands_for_the_absent_face(projection: IdentityProjection):
    plain, noisy = projection.tokens(photos(1)), projection.tokens(photos(1), noise=0.35)
    assert torch.equal(plain[1], noisy[1])
    assert not torch.allclose(plain[0], noisy[0], atol=1e-3)
    torch.manual_seed(99)
    assert torch.equal(projection.tokens(photos(1), noise=0.35), noisy)
    assert not torch.equal(projection.tokens(photos(1, seed=6), noise=0.35)[0], noisy[0])


def test_the_noise_is_as_loud_as_asked(projection: IdentityProjection):
    given: list[torch.Tensor] = []
    projection.layers.register_forward_pre_hook(lambda module, features: given.append(features[0]))
    projection.tokens(photos(4), noise=0.35)
    absent = given[0]
    assert 0 <= absent.min() < 0.01
    assert 0.34 < absent.max() <= 0.35


def test_the_seed_of_the_world_is_left_alone(projection: IdentityProjection):
    torch.manual_seed(1)
    expected = torch.rand(3)
    torch.manual_seed(1)
    projection.tokens(photos(1), noise=0.35)
    assert torch.equal(torch.rand(3), expected)


@pytest.mark.parametrize(
    "embeddings", [torch.zeros(512), torch.zeros(0, 512), torch.zeros(1, 128), torch.full((1, 512), torch.nan)]
)
def test_what_is_no_face_is_refused(embeddings: torch.Tensor, projection: IdentityProjection):
    with pytest.raises(InvalidInput):
        projection.tokens(embeddings)


def test_half_precision_files_are_projected_in_full(tmp_path: Path):
    halves = {half: {k: v.half() for k, v in each.items()} for half, each in tiny.adapter("identity").items()}
    file = read_adapter_file(tiny.write(halves, tmp_path / "half.safetensors"), "identity")
    whole = {half: {k: v.float() for k, v in each.items()} for half, each in halves.items()}
    same = read_adapter_file(tiny.write(whole, tmp_path / "whole.safetensors"), "identity")
    tokens = IdentityProjection(file).tokens(photos(2))
    assert tokens.dtype == torch.float32
    assert torch.equal(tokens, IdentityProjection(same).tokens(photos(2)))


def test_a_projection_wants_a_file_of_its_kind(projection: IdentityProjection, tmp_path: Path):
    file = read_adapter_file(tmp_path / "ip-adapter.bin", "identity")
    with pytest.raises(ValueError, match="of kind identity"):
        FaceProjection(file)
