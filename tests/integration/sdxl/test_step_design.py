"""The engine's step can be captured and compiled: nothing in it changes from shot to shot but numbers."""

import pytest
import torch

from benchmarks.arms import latents_by_number
from benchmarks.ours import Features, Ours, compile_networks
from benchmarks.shapes import TINY
from benchmarks.storyboard import Storyboard, storyboard
from benchmarks.weights import Built, build


@pytest.fixture(scope="module")
def built() -> Built:
    return build(TINY, torch.device("cpu"), torch.float32)


@pytest.fixture(scope="module")
def story(built: Built) -> Storyboard:
    return storyboard(TINY, built.unet)


def test_one_static_step_serves_every_batch(built: Built, story: Storyboard):
    """Other shots, people and windows are copied into the memory of the first capture, and the bits are the same."""
    how = {"batch": 2, "steps": 4, "control_end": 0.5, "guidance_end": 0.75}
    eager = latents_by_number(Ours(built, story, Features(**how)).frames(story.shots))
    captured = Ours(built, story, Features(**how, graphs=True))
    static = latents_by_number(captured.frames(story.shots))
    assert all(torch.equal(static[number], each) for number, each in eager.items())
    # guided with control, guided without, unguided: three batches of four steps share them
    assert captured.denoiser.captures == 3
    assert captured.denoiser.replays == 12


@pytest.mark.slow
@pytest.mark.parametrize("how", ["full", "regional"])
def test_a_second_storyboard_compiles_nothing(built: Built, story: Storyboard, how: str):
    from diffusers.models.attention import BasicTransformerBlock
    from torch._dynamo.testing import CompileCounter

    torch._dynamo.reset()
    counter = CompileCounter()
    ours = Ours(built, story, Features(batch=2, steps=2))
    networks = [ours.denoiser.unet, ours.denoiser.controls["identity"].network]
    blocks = sum(isinstance(each, BasicTransformerBlock) for network in networks for each in network.modules())
    compile_networks(how, networks, counter)
    list(ours.frames(story.shots[:2]))
    graphs = counter.frame_count
    # whole networks: one each. Blocks: one for each width and network, not one for each block
    assert graphs == (2 if how == "full" else 4) < blocks
    list(ours.frames(story.shots[2:4]))
    assert counter.frame_count == graphs
