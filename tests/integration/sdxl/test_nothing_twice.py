"""A storyboard through the engine, counted: exact numbers, no clock. What is computed twice shows as a number too large."""

import base64
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_loras
from numpy.typing import NDArray
from torch import Tensor, nn

from storage.errors import NotFound
from studio.engines import AdapterUse, Frame, House, RenderRequest, Staging, Subject
from studio.engines.sdxl.attention import Memory, of_adapter
from studio.engines.sdxl.entries import InstantID
from studio.engines.sdxl.merging import Merger
from studio.engines.sdxl.pipeline import Pipeline
from studio.engines.sdxl.sides import IDENTITY

SOURCES = Path(__file__).resolve().parents[3] / "studio"
WIDTH, HEIGHT = 1080, 1920
FIVE = np.array([(0.3, 0.4), (0.7, 0.4), (0.5, 0.6), (0.35, 0.8), (0.65, 0.8)])
PHOTOS = {"ann": 1, "ben": 1, "cho": 2}

# twelve shots: who is in them, and what is said of them. Two are described alike.
STORY: list[tuple[tuple[str, ...], str]] = [
    (("ann",), "photo of a woman, office, day"),
    (("ben",), "photo of a man, hallway, night"),
    (("ann", "ben"), "woman and man at the table"),
    (("cho",), "close up, rain at the window"),
    (("ann", "cho"), "woman and girl in the kitchen"),
    ((), "street, rain, night"),
    (("ben",), "photo of a man, hallway, night"),
    (("ben", "cho"), "man and girl at the door"),
    (("ann",), "woman walking, street"),
    (("ann", "ben", "cho"), "people at the table, evening"),
    (("cho",), "girl looking at the camera"),
    (("ben",), "man sitting, chair, dark room"),
]
FACES = sum(len(people) for people, _ in STORY)
PROMPTS = len({prompt for _, prompt in STORY})
NEGATIVE = "blurry, watermark"

BATCH, STEPS, GUIDED, CONTROLLED = 4, 4, 3, 2
OPTIONS: dict[str, Any] = {
    "batch": BATCH,
    "num_inference_steps": STEPS,
    "guidance_end": GUIDED / STEPS,
    "control_guidance_end": CONTROLLED / STEPS,
    "second_pass": False,
}


@dataclass
class Counted:
    """Forwards of each network by name, with their rows; key and value projections by whose they are; LoRA merges."""

    rows: dict[str, list[int]] = field(default_factory=dict)
    projected: Counter[str] = field(default_factory=Counter)
    merges: int = 0

    def calls(self, name: str) -> int:
        return len(self.rows[name])

    def samples(self, name: str) -> int:
        return sum(self.rows[name])


@dataclass
class Assets:
    """Adapter files by hash; no pictures, which these requests do without."""

    files: Mapping[str, bytes] = field(default_factory=dict)

    def picture(self, sha256: str) -> NDArray[np.uint8]:
        raise NotFound(f"no picture {sha256}", f"没有图片 {sha256}")

    def read(self, sha256: str) -> bytes:
        return self.files[sha256]


def no_analyzer() -> Any:
    raise AssertionError("embeddings come with the request: no photo is analysed to paint a frame")


def subject(name: str, place: int, adapters: tuple[AdapterUse, ...] = (), head: float = 300.0) -> Subject:
    x, y = 20.0 + 350 * place, 300.0
    draw = np.random.default_rng(list(name.encode()))
    photos = draw.standard_normal((PHOTOS[name], 512)).astype("<f4")
    return Subject(
        character=name,
        name=name,
        part="face",
        keypoints=tuple((float(x + head * u), float(y + head * v)) for u, v in FIVE),
        pose=(0.0, 0.0, 0.0),
        head=(x, y, x + head, y + head),
        region=(x, y, x + head, HEIGHT),
        embeddings=tuple(base64.b64encode(row.tobytes()).decode() for row in photos),
        space="antelopev2",
        adapters=adapters,
    )


def shot(number: int, people: Sequence[Subject], prompt: str, **options: Any) -> RenderRequest:
    staging = Staging("MS", "single", "eye-level", "static", "INT", "DAY", "office", "she waits")
    options = {**OPTIONS, **options}
    return RenderRequest(WIDTH, HEIGHT, prompt, NEGATIVE, number, tuple(people), staging, None, "photo", options)


@pytest.fixture
def storyboard() -> list[RenderRequest]:
    return [
        shot(number, [subject(name, place, head=300.0 + number) for place, name in enumerate(people)], prompt)
        for number, (people, prompt) in enumerate(STORY)
    ]


@dataclass
class Painted:
    """Opens an engine with everything counted from before its first frame, and renders."""

    weights: Path
    monkeypatch: pytest.MonkeyPatch
    files: Mapping[str, bytes] = field(default_factory=dict)
    hooks: list[Any] = field(default_factory=list)

    def render(self, requests: Sequence[RenderRequest]) -> tuple[list[Frame], Counted, Pipeline]:
        engine = InstantID.open(House(Assets(self.files), no_analyzer, self.weights, "cpu"))
        faces: list[Tensor] = []

        def remembered(crossing: Any, to_k: dict[int, Tensor], to_v: dict[int, Tensor]) -> Memory:
            faces.extend((*to_k.values(), *to_v.values()))
            return of_adapter(crossing, to_k, to_v)

        self.monkeypatch.setattr("studio.engines.sdxl.pipeline.of_adapter", remembered)
        pipeline = engine._painter.opened(InstantID._resolved(requests[0].options))
        counted = Counted()
        self._count(pipeline, faces, counted)
        frames = list(engine.render(requests, lambda *_: None))
        return frames, counted, pipeline

    def _count(self, pipeline: Pipeline, faces: Sequence[Tensor], counted: Counted) -> None:
        network, embedding = pipeline.denoiser.controls[IDENTITY].modules
        first, second = pipeline.texts.encoders
        for name, module in {
            "unet": pipeline.denoiser.unet,
            "identity net": network,
            "keypoint pictures": embedding,
            "first text": first,
            "second text": second,
            "resampler": pipeline.projections[IDENTITY].layers,
            "decoder": pipeline.codec.vae.decoder,
            "encoder": pipeline.codec.vae.encoder,
        }.items():
            self._forwards(module, counted.rows.setdefault(name, []))
        crossing = pipeline.denoiser.crossing.values()
        controlling: list[Any] = [module for name, module in network.named_modules() if name.endswith("attn2")]
        whose = {id(layer.weight): "text" for attn in crossing for layer in (attn.to_k, attn.to_v)}
        whose |= {id(layer.weight): "identity net" for attn in controlling for layer in (attn.to_k, attn.to_v)}
        whose |= {id(weight): "adapter" for weight in faces}
        assert Counter(whose.values())["adapter"] == 2 * len(crossing)
        linear = nn.functional.linear

        def counting(states: Tensor, weight: Tensor, *bias: Any) -> Tensor:
            if id(weight) in whose:
                counted.projected[whose[id(weight)]] += 1
            return linear(states, weight, *bias)

        self.monkeypatch.setattr(nn.functional, "linear", counting)
        use: Callable[..., bool] = Merger.use

        def merging(*given: Any) -> bool:
            changed = use(*given)
            counted.merges += changed
            return changed

        self.monkeypatch.setattr(Merger, "use", merging)

    def _forwards(self, module: nn.Module, rows: list[int]) -> None:
        def count(_: nn.Module, given: Any, named: dict[str, Any]) -> None:
            rows.append(len(given[0] if given else next(iter(named.values()))))

        self.hooks.append(module.register_forward_pre_hook(count, with_kwargs=True))


@pytest.fixture
def painted(tiny_weights: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Painted]:
    monkeypatch.setattr("studio.engines.sdxl.painting.PREVIEW_EVERY", inf)  # by the clock
    made = Painted(tiny_weights, monkeypatch)
    yield made
    for hook in made.hooks:
        hook.remove()


def layers(module: nn.Module) -> int:
    return sum(name.endswith("attn2") for name, _ in module.named_modules())


def test_a_storyboard_computes_nothing_twice(painted: Painted, storyboard: list[RenderRequest]) -> None:
    frames, counted, pipeline = painted.render(storyboard)
    shots = len(storyboard)
    batches = shots // BATCH
    assert len(frames) == shots and FACES == 16 and PROMPTS == 11

    assert counted.calls("unet") == batches * STEPS
    assert counted.samples("unet") == shots * (2 * GUIDED + (STEPS - GUIDED))
    assert counted.calls("identity net") == batches * CONTROLLED
    assert counted.samples("identity net") == 2 * CONTROLLED * FACES
    assert counted.rows["keypoint pictures"] == [1] * FACES

    assert counted.calls("first text") == counted.calls("second text") == PROMPTS + 1
    unet, control = layers(pipeline.denoiser.unet), layers(pipeline.denoiser.controls[IDENTITY].network)
    assert (unet, control) == (17, 8)
    assert counted.projected["text"] == 2 * unet * (PROMPTS + 1)
    # three faces, and nobody: once for one photo, once for two
    identities = len(PHOTOS) + len(set(PHOTOS.values()))
    assert counted.projected["adapter"] == 2 * unet * identities
    assert counted.projected["identity net"] == 2 * control * identities
    assert counted.calls("resampler") == identities

    assert counted.rows["decoder"] == [1] * shots
    assert counted.rows["encoder"] == []
    assert counted.merges == 0


def test_a_second_storyboard_of_the_same_cast_projects_nobody_again(
    painted: Painted, storyboard: list[RenderRequest]
) -> None:
    twice = [*storyboard[:4], *(replace(each, seed=each.seed + 100) for each in storyboard[:4])]
    _, counted, pipeline = painted.render(twice)
    prompts = len({each.prompt for each in twice}) + 1
    assert counted.calls("unet") == 2 * STEPS
    assert counted.calls("first text") == prompts == 5
    assert counted.projected["text"] == 2 * layers(pipeline.denoiser.unet) * prompts
    assert counted.calls("resampler") == 5
    assert len(counted.rows["keypoint pictures"]) == 2 * 5  # kept for a batch: a storyboard's would fill the card


def test_small_faces_cost_a_crop_each(painted: Painted) -> None:
    requests = [
        shot(1, [subject("ann", 0, head=90.0), subject("ben", 1, head=90.0)], "far away", second_pass=True),
        shot(2, [subject("ann", 0)], "close up", second_pass=True),
        shot(3, [subject("cho", 1, head=90.0)], "far away", second_pass=True),
    ]
    # ninety of 1080 pixels are sixteen on this checkpoint's canvas, three hundred are fifty-three
    requests = [replace(each, options={**each.options, "second_pass_below": 30}) for each in requests]
    frames, counted, _ = painted.render(requests)
    crops = 3
    assert [len(frame.provenance["repainted"]) for frame in frames] == [2, 0, 1]
    assert counted.rows["decoder"] == [1] * (len(requests) + crops)
    assert counted.rows["encoder"] == [1] * crops
    # 0.55 of four steps are two; of those the window of guidance leaves one guided, and that of IdentityNet one
    assert counted.calls("unet") == STEPS + 2
    assert counted.samples("unet") == 3 * (2 * GUIDED + 1) + crops * (2 + 1)
    assert counted.samples("identity net") == 2 * CONTROLLED * 4 + 2 * crops
    assert counted.calls("resampler") == 5


def test_adapters_are_merged_once_for_each_set_in_the_order_of_the_shots(painted: Painted) -> None:
    """Neighbours with one set share a batch; a set that comes again after another is merged again."""
    nets = {"unet": InstantID.open(House(Assets(), no_analyzer, painted.weights, "cpu"))._painter.opened(
        InstantID._resolved(OPTIONS)
    ).denoiser.unet}  # fmt: skip
    painted.files = {
        name: tiny_loras.peft(tiny_loras.pairs(nets, ["unet"], tiny_loras.ATTENTION, seed=seed))
        for seed, name in enumerate(("a" * 64, "b" * 64))
    }
    ann, ben = (AdapterUse(asset, "lora", 0.8, "") for asset in painted.files)
    worn: list[tuple[AdapterUse, ...]] = [(), (), (ann,), (ann,), (ann, ben), (ben, ann), (), (ann,)]
    requests = [shot(n, [subject("ann", 0, uses)], "photo of a woman, night") for n, uses in enumerate(worn)]
    frames, counted, pipeline = painted.render(requests)
    assert counted.merges == 4  # ann; ann and ben; none; ann
    assert counted.calls("unet") == 5 * STEPS
    # the texts are read anew by a changed UNet, the encoders are not asked again, and faces have layers of their own
    unet = layers(pipeline.denoiser.unet)
    assert counted.projected["text"] == 2 * unet * 2 * 5
    assert counted.projected["adapter"] == 2 * unet * 2
    assert counted.calls("first text") == 2
    assert not np.array_equal(frames[0].image, frames[2].image)


# -- what is not to be found in the source


@pytest.mark.parametrize(
    "name",
    [
        "fuse_qkv_projections",  # it drops IP-Adapter's own keys and values
        "set_attention_backend",  # it takes the place of the processors that read what was kept
        "enable_xformers_memory_efficient_attention",
        "enable_attention_slicing",
        "set_default_attn_processor",
    ],
)
def test_nothing_replaces_the_attention(name: str) -> None:
    assert [path.name for path in sorted(SOURCES.rglob("*.py")) if name in path.read_text()] == []


def test_the_decoder_is_tiled_only_where_a_plan_says_so(painted: Painted) -> None:
    tiling = [path.name for path in SOURCES.rglob("*.py") if "enable_tiling" in path.read_text()]
    asking = [path.name for path in SOURCES.rglob("*.py") if "codec.tile(" in path.read_text()]
    assert (tiling, asking) == (["decoding.py"], ["pipeline.py"])
    painter = InstantID.open(House(Assets(), no_analyzer, painted.weights, "cpu"))._painter
    pipeline = painter.opened(InstantID._resolved(OPTIONS))
    assert pipeline.plan.tile is None and not pipeline.codec.vae.use_tiling
