"""Several people in a frame and several frames in a batch: who is heard where, and that nobody is heard elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers.pipelines.stable_diffusion_xl.pipeline_stable_diffusion_xl import StableDiffusionXLPipeline
from tiny_frames import HEIGHT, LEFT, RIGHT, WIDTH, Frames, Seen, opened, region
from torch import Tensor

from studio.engines.sdxl.adapter_files import read_adapter_file
from studio.engines.sdxl.composition import Composition, ImagePrompt, Person, Tokens
from studio.engines.sdxl.schedule import scheduler_named
from studio.engines.sdxl.sides import IDENTITY

NEAR = 2e-4  # of latents as large as 15
ALONE = 2e-5  # the same frame in another batch: other sizes of matrices, other orders of summation


@pytest.fixture(scope="module")
def frames(tiny_weights: Path) -> Frames:
    return Frames(opened(tiny_weights, "ip-adapter/plus"))


def farthest(one: Tensor, other: Tensor) -> float:
    return float((one - other).abs().max())


@contextmanager
def forwards(module: torch.nn.Module) -> Iterator[list[int]]:
    """Rows of each forward."""
    rows: list[int] = []
    hook = module.register_forward_pre_hook(lambda _, given: rows.append(len(given[0])))
    try:
        yield rows
    finally:
        hook.remove()


@contextmanager
def passing(modules: Mapping[int, torch.nn.Module]) -> Iterator[dict[int, tuple[Tensor, Tensor]]]:
    """What each module was given first, and what it made of it."""
    passed: dict[int, tuple[Tensor, Tensor]] = {}

    def listen(key: int, given: Any, made: Any) -> None:
        passed.setdefault(key, (given[0].clone(), made.clone()))

    hooks = [
        module.register_forward_hook(lambda _, given, made, key=key: listen(key, given, made))
        for key, module in modules.items()
    ]
    try:
        yield passed
    finally:
        for hook in hooks:
            hook.remove()


# -- people


def test_one_face_in_two_halves_is_one_face(frames: Frames) -> None:
    whole = frames.run(frames.frame(frames.person(1)))
    halves = frames.run(frames.frame(frames.person(1, region(LEFT)), frames.person(1, region(RIGHT))))
    assert farthest(whole, halves) < NEAR
    assert farthest(whole, frames.run(frames.frame(frames.person(1, region(LEFT))))) > 100 * NEAR


@pytest.mark.parametrize(
    "absent",
    [
        pytest.param({"where": torch.zeros(HEIGHT, WIDTH)}, id="nowhere"),
        pytest.param({"ip": 0.0, "control": 0.0}, id="at no strength"),
    ],
)
def test_who_is_nowhere_is_not_there_at_all(frames: Frames, absent: dict[str, Any]) -> None:
    one = frames.run(frames.frame(frames.person(1)))
    control = frames.pipeline.denoiser.controls[IDENTITY].network
    with forwards(control) as rows:
        both = frames.run(frames.frame(frames.person(1), frames.person(2, **absent)))
    assert torch.equal(one, both)
    assert rows == [2, 2]  # two steps, both halves of the one who is there


def test_at_no_strength_the_frame_is_the_checkpoints_own(frames: Frames) -> None:
    silent = frames.run(frames.frame(frames.person(1, ip=0.0, control=0.0)))
    assert torch.equal(silent, frames.run(frames.frame()))
    assert farthest(silent, frames.run(frames.frame(frames.person(1, ip=0.8, control=0.0)))) > 100 * NEAR
    assert farthest(silent, frames.run(frames.frame(frames.person(1, ip=0.0, control=0.8)))) > 100 * NEAR


def test_the_order_of_people_does_not_matter(frames: Frames) -> None:
    people = [
        frames.person(1, region(LEFT), columns=LEFT),
        frames.person(2, region(RIGHT), columns=RIGHT, ip=0.6, control=0.9),
        frames.person(3, region((32, 96)), columns=(32, 96)),
    ]
    latents = frames.run(frames.frame(*people))
    for turned in ([2, 0, 1], [1, 0, 2], [2, 1, 0]):
        assert torch.equal(latents, frames.run(frames.frame(*(people[n] for n in turned))))
    exchanged = [replace(people[0], region=people[1].region), replace(people[1], region=people[0].region), people[2]]
    assert farthest(latents, frames.run(frames.frame(*exchanged))) > 100 * NEAR


def test_a_face_is_heard_in_its_own_region_alone(frames: Frames) -> None:
    ours, theirs = frames.person(1, region(LEFT), columns=LEFT), frames.person(2, region(RIGHT), columns=RIGHT)
    stranger = replace(theirs, tokens=frames.person(9).tokens)
    first = dict(list(frames.pipeline.denoiser.crossing.items())[:1])
    heard: list[tuple[Tensor, Seen]] = []
    for other in (theirs, stranger):
        seen = Seen()
        with passing(first) as passed:
            frames.run(frames.frame(ours, other), seen=seen)
        heard.append((passed[1][1], seen))
    (attention, seen), (with_stranger, seen_with_stranger) = heard
    grid = attention.view(2, HEIGHT // 16, WIDTH // 16, -1) - with_stranger.view(2, HEIGHT // 16, WIDTH // 16, -1)
    middle = WIDTH // 32
    assert not grid[:, :, :middle].any()
    assert grid[1, :, middle:].abs().min(dim=-1).values.max() > 0
    assert not grid[0].any()  # the unconditional half hears nobody in either
    for n in range(10):
        mine = [each.said[f"residuals/{IDENTITY}/{n}", 0][0::2] for each in (seen, seen_with_stranger)]
        assert farthest(*mine) < 1e-5
        entering = [each.said[f"unet_residuals/{n}", 0] for each in (seen, seen_with_stranger)]
        columns = entering[0].shape[-1] // 2
        assert farthest(entering[0][..., :columns], entering[1][..., :columns]) < 1e-5
        if n > 3:  # the first level has no cross-attention
            assert farthest(entering[0][1, ..., columns:], entering[1][1, ..., columns:]) > 1e-3


def test_every_cross_attention_is_a_sum_of_softmaxes(frames: Frames, tiny_weights: Path) -> None:
    """By the formula: matrices and a softmax each, no fused attention, no kept keys, every layer and both halves."""
    draw = torch.Generator().manual_seed(3)
    pictured = [torch.randn(16, 64, generator=draw) for _ in range(2)]
    left, right = frames.person(1, region(LEFT), ip=0.8), frames.person(2, region(RIGHT), ip=0.5)
    looks = ImagePrompt("plus", Tokens(pictured[1], "picture", pictured[0], "no picture"), 0.7)
    frame = frames.frame(left, right, image_prompts=(looks,))
    instantid = read_adapter_file(tiny_weights / "instantid" / "ip-adapter.bin", "identity")
    plus = read_adapter_file(tiny_weights / "ip-adapter" / "ip-adapter-plus_sdxl_vit-h.safetensors", "plus")
    crossing = frames.pipeline.denoiser.crossing
    with passing(crossing) as passed:
        frames.run(frame, num_inference_steps=1)
    assert passed.keys() == crossing.keys() == instantid.to_k.keys()
    for position, (hidden, made) in passed.items():
        attn: Any = crossing[position]
        sides = [(left.tokens, 0.8, LEFT, instantid), (right.tokens, 0.5, RIGHT, instantid)]
        for row, (text, half) in enumerate(((frame.negative, "negative"), (frame.text, "given"))):
            query = attn.to_q(hidden[row])
            out = attended(query, attn.to_k(text.embeds), attn.to_v(text.embeds), attn.heads)
            for tokens, scale, columns, file in [*sides, (looks.tokens, 0.7, (0, WIDTH), plus)]:
                said = getattr(tokens, half)
                keys, values = said @ file.to_k[position].T, said @ file.to_v[position].T
                out = out + scale * on_tokens(columns, len(query)) * attended(query, keys, values, attn.heads)
            assert farthest(attn.to_out[0](out), made[row]) < 1e-5


def attended(query: Tensor, keys: Tensor, values: Tensor, heads: int) -> Tensor:
    """softmax(Q K^T / sqrt d) V of each head, side by side."""
    out = []
    for q, k, v in zip(query.chunk(heads, 1), keys.chunk(heads, 1), values.chunk(heads, 1), strict=True):
        out.append((q @ k.T / q.shape[1] ** 0.5).softmax(dim=1) @ v)
    return torch.cat(out, dim=1)


def on_tokens(columns: tuple[int, int], tokens: int) -> Tensor:
    """(L, 1): whether a layer's token lies in these columns of the canvas."""
    side = round((HEIGHT * WIDTH / tokens) ** 0.5)
    across = torch.arange(tokens) % (WIDTH // side) * side
    return ((across >= columns[0]) & (across < columns[1])).float()[:, None]


# -- windows


def test_a_control_that_is_off_is_not_called_and_that_is_times_zero(
    frames: Frames, monkeypatch: pytest.MonkeyPatch
) -> None:
    control = frames.pipeline.denoiser.controls[IDENTITY]
    frame = frames.frame(frames.person(1))
    with forwards(control.network) as rows:
        skipped = frames.run(frame, num_inference_steps=5, control_guidance=(0.2, 0.8))
    assert rows == [2, 2, 2]  # steps 1, 2 and 3
    made, calls = control.residuals, iter(range(5))

    def silenced(*args: Any) -> Any:
        on = 0.0 if next(calls) in (0, 4) else 1.0
        return tuple(each * on for each in made(*args))

    monkeypatch.setattr(control, "residuals", silenced)
    assert torch.equal(skipped, frames.run(frame, num_inference_steps=5))
    assert next(calls, None) is None


def test_the_face_attention_has_a_window_of_its_own(frames: Frames) -> None:
    steps = {"num_inference_steps": 4}
    frame = frames.frame(frames.person(1, control=0.0))
    seen, without, throughout = Seen(), Seen(), Seen()
    frames.run(frame, face_attention=(0.5, 1.0), seen=seen, **steps)
    frames.run(frames.frame(), seen=without, **steps)
    frames.run(frame, seen=throughout, **steps)
    for step, same in enumerate((True, True, False, False)):
        assert torch.equal(seen.said["latents", step], without.said["latents", step]) is same
    assert not torch.equal(seen.said["latents", 0], throughout.said["latents", 0])


def test_of_image_prompts_only_faces_keep_to_that_window(frames: Frames) -> None:
    tokens = Tokens(torch.randn(4, 64, generator=torch.Generator().manual_seed(2)), "a", torch.zeros(4, 64), "b")
    of_face, of_plate = (ImagePrompt("plus", tokens, 0.8, face=face) for face in (True, False))
    said = []
    for prompts in ((), (of_face,), (of_plate,)):
        said.append(Seen())
        frames.run(frames.frame(image_prompts=prompts), face_attention=(0.5, 1.0), seen=said[-1])
    nobody, face, plate = ([each.said["latents", step] for step in (0, 1)] for each in said)
    assert torch.equal(nobody[0], face[0]) and not torch.equal(nobody[1], face[1])
    assert not torch.equal(nobody[0], plate[0])


def test_where_guidance_ends_half_the_rows_go(frames: Frames) -> None:
    steps = {"num_inference_steps": 4}
    pair = [frames.frame(frames.person(1)), frames.frame(frames.person(2), seed=2)]
    network = frames.pipeline.denoiser.controls[IDENTITY].network
    seen, throughout = Seen(), Seen()
    with forwards(frames.pipeline.denoiser.unet) as rows, forwards(network) as control_rows:
        frames.run(*pair, guidance_end=0.5, seen=seen, **steps)
    assert rows == control_rows == [4, 4, 2, 2]
    frames.run(*pair, seen=throughout, **steps)
    for step in (0, 1):
        assert torch.equal(seen.said["latents", step], throughout.said["latents", step])
    # the third step begins from the same latents: what is foreseen without the other half is the conditional half's
    third, guided = seen.said["noise_pred", 2], throughout.said["noise_pred", 2]
    assert farthest(third, guided[2:]) < ALONE
    assert farthest(seen.said["latents", 2], throughout.said["latents", 2]) > 100 * NEAR


def test_without_guidance_there_is_one_half_and_no_negative(frames: Frames) -> None:
    frame = frames.frame(frames.person(1))
    with forwards(frames.pipeline.denoiser.unet) as rows:
        latents = frames.run(frame, guidance_scale=1.0)
    assert rows == [1, 1]
    assert torch.equal(latents, frames.run(replace(frame, negative=frame.text), guidance_scale=1.0))


# -- batches


def different(frames: Frames) -> list[Composition]:
    """Shots with nobody, one, two and one confined."""
    return [
        frames.frame(frames.person(1), seed=11),
        frames.frame(seed=12, prompt="street, rain, night"),
        frames.frame(
            frames.person(2, region(LEFT), columns=LEFT), frames.person(1, region(RIGHT), columns=RIGHT), seed=13
        ),
        frames.frame(frames.person(3, region(LEFT), ip=0.5, control=0.0), seed=14, prompt="woman, office"),
    ]


@pytest.mark.parametrize("scheduler", ["euler", "lcm", "euler_a", "dpmpp_2m_karras"])
def test_a_batch_is_each_frame_alone(frames: Frames, scheduler: str) -> None:
    together = frames.run(*different(frames), scheduler=scheduler)
    for row, frame in zip(together, different(frames), strict=True):
        (alone,) = frames.run(frame, scheduler=scheduler)
        assert farthest(row, alone) < ALONE * max(1.0, float(alone.abs().max()))


def test_frames_of_a_batch_do_not_hear_each_other(frames: Frames) -> None:
    def neighbour(face: int, prompt: str) -> Composition:
        return frames.frame(frames.person(face, region(RIGHT)), seed=face, prompt=prompt)

    ours = frames.frame(frames.person(1, region(LEFT)), seed=5)
    first = frames.run(ours, neighbour(2, "office, day"))
    second = frames.run(ours, neighbour(3, "street, rain"))
    assert torch.equal(first[0], second[0])
    assert not torch.equal(first[1], second[1])
    assert torch.equal(frames.run(neighbour(2, "office, day"), ours)[1], first[0])


def test_a_start_is_kept_where_nothing_is_made_anew(frames: Frames) -> None:
    start = torch.randn(4, HEIGHT // 8, WIDTH // 8, generator=torch.Generator().manual_seed(8))
    course = {"strength": 0.75, "num_inference_steps": 4}
    left = torch.zeros(HEIGHT // 8, WIDTH // 8)
    left[:, : WIDTH // 16] = 1
    frame, seen = frames.frame(frames.person(1), start=start), Seen()
    (anew,) = frames.run(frame, **course)
    (partly,) = frames.run(replace(frame, repaint=left), seen=seen, **course)
    (everywhere,) = frames.run(replace(frame, repaint=torch.ones_like(left)), **course)
    assert torch.equal(partly[..., WIDTH // 16 :], start[..., WIDTH // 16 :])
    assert farthest(partly[..., : WIDTH // 16], start[..., : WIDTH // 16]) > 0.1
    assert torch.equal(anew, everywhere)
    # on the way it is as noisy as what is made anew: Euler's latents are the picture and sigma times the noise
    scheduler = scheduler_named("euler", frames.pipeline.scheduler_config)
    scheduler.set_timesteps(4)
    for step, sigma in enumerate(scheduler.sigmas[-3:]):
        kept = seen.said["latents", step][0, ..., WIDTH // 16 :]
        assert farthest(kept, (start + sigma * frame.noise)[..., WIDTH // 16 :]) < 1e-5


# -- longer texts


def test_a_prompt_of_two_windows_is_read_whole(frames: Frames, tiny_weights: Path) -> None:
    prompt = "photo of a man in a dark room, rain at the window, " * 8
    assert frames.pipeline.texts.chunks(prompt) == 2
    frame = frames.frame(prompt=prompt)
    assert frame.text.embeds.shape[0] == frame.negative.embeds.shape[0] == 154
    seen = frames.run(frame)
    stock: Any = StableDiffusionXLPipeline.from_pretrained(
        tiny_weights / "base" / "tiny", add_watermarker=False, local_files_only=True
    )
    stock.set_progress_bar_config(disable=True)
    made = stock(
        prompt_embeds=frame.text.embeds[None],
        negative_prompt_embeds=frame.negative.embeds[None],
        pooled_prompt_embeds=frame.text.pooled[None],
        negative_pooled_prompt_embeds=frame.negative.pooled[None],
        latents=frame.noise[None],
        num_inference_steps=2,
        guidance_scale=5.0,
        height=HEIGHT,
        width=WIDTH,
        output_type="latent",
    ).images
    assert farthest(seen, made) < NEAR
    shorter = replace(frame, text=frames.frame().text, negative=frames.frame().negative)
    assert farthest(seen, frames.run(shorter)) > 100 * NEAR


def test_people_keep_their_places_beside_long_prompts(frames: Frames) -> None:
    """A batch of long prompts: the face attention knows nothing of how long the text is."""
    people: list[Person] = [frames.person(1, region(LEFT)), frames.person(2, region(RIGHT))]
    prompt = "photo of a man in a dark room, rain at the window, " * 8
    together = frames.run(frames.frame(*people, prompt=prompt), frames.frame(people[0], prompt=prompt, seed=3))
    (alone,) = frames.run(frames.frame(*people, prompt=prompt))
    assert farthest(together[0], alone) < ALONE * float(alone.abs().max())
