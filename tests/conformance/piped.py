"""A whole pipeline case: text, tokens, IdentityNet, UNet, latents at every step, picture. Driven through the engine's parts."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import diffusers
import numpy as np
import torch
from kit import Case, Compared, compared
from records import SECOND, Heard, against_records

from studio.engines.sdxl.adapter_files import read_adapter_file
from studio.engines.sdxl.attention import of_adapter
from studio.engines.sdxl.composition import ALWAYS, Composition, Course, Hint, Person, Tokens
from studio.engines.sdxl.control import Control
from studio.engines.sdxl.decoding import Codec
from studio.engines.sdxl.denoising import Denoiser
from studio.engines.sdxl.networks import Networks, read_checkpoint, read_controlnet
from studio.engines.sdxl.points import keypoint_picture
from studio.engines.sdxl.projections import IdentityProjection
from studio.engines.sdxl.schedule import timesteps
from studio.engines.sdxl.sides import IDENTITY
from studio.engines.sdxl.text import Text, TextEncoders


@dataclass
class Stage:
    """The networks of a case, and what its inputs became."""

    case: Case
    networks: Networks
    denoiser: Denoiser
    codec: Codec
    people: tuple[Person, ...]


def pipeline(case: Case) -> Iterator[Compared]:
    """Every recorded quantity of the case against what the engine makes of its inputs."""
    stage = _stage(case)
    n = case.pictures
    text, negative = _texts(stage)
    seed = case.param("generator_seed", None)
    generator = None if seed is None else torch.Generator("cpu").manual_seed(seed)
    frames = [
        Composition(
            text=text,
            negative=negative,
            noise=noise,
            people=stage.people,
            hints=_hints(case),
            start=start,
            generator=generator,
        )
        for noise, start in _beginnings(stage, n, generator)
    ]
    heard = Heard()
    latents = stage.denoiser.run(frames, _course(case), _scheduler(case), lambda *_: None, heard)
    yield from _points(case)
    yield from against_records(
        case,
        heard,
        {
            "prompt_embeds": text.embeds.expand(n, -1, -1),
            "negative_prompt_embeds": negative.embeds.expand(n, -1, -1),
            "pooled_prompt_embeds": text.pooled.expand(n, -1),
            "negative_pooled_prompt_embeds": negative.pooled.expand(n, -1),
            "image_tokens": _tokens(stage.people, n, case.guided),
            "latents_final": latents,
            "image_final": stage.codec.decoded(latents).permute(0, 2, 3, 1),
            "timesteps": timesteps(_scheduler(case), case.steps, None, "cpu"),
        },
    )


def _stage(case: Case) -> Stage:
    networks = read_checkpoint(case.folder / "base_model", torch.float32, None, None)
    denoiser = Denoiser(networks.unet)
    checkpoints = case.folder / "checkpoints"
    adapter = read_adapter_file(next(iter(sorted(checkpoints.glob("ip-adapter.*")))), "identity")
    denoiser.adapters[IDENTITY] = of_adapter(denoiser.crossing, adapter.to_k, adapter.to_v)
    denoiser.controls[IDENTITY] = Control(read_controlnet(checkpoints / "ControlNetModel", torch.float32))
    if case.second_control_image is not None:
        denoiser.controls[SECOND] = Control(read_controlnet(case.folder / "second_controlnet", torch.float32))
    projection = IdentityProjection(adapter)
    masks = case.masks
    scales = case.per_control("controlnet_conditioning_scale")
    height, width = case.canvas
    people = []
    for index, (embeddings, points) in enumerate(case.faces):
        negative, given = projection.tokens(torch.from_numpy(embeddings))
        people.append(
            Person(
                tokens=Tokens(given, f"face {index}", negative, f"nobody, {len(embeddings)} times"),
                keypoints=_picture(keypoint_picture([points], width, height)),
                keypoints_key=hashlib.sha256(points.tobytes()).hexdigest(),
                ip_adapter_scale=case.ip_scales[index],
                controlnet_conditioning_scale=scales[index],
                region=torch.from_numpy(masks[index]) if masks else None,
            )
        )
    return Stage(case, networks, denoiser, Codec(networks.vae), tuple(people))


def _texts(stage: Stage) -> tuple[Text, Text]:
    """Text, and what stands against it: given as arrays, or as prompts."""
    case, networks = stage.case, stage.networks
    names = ("prompt_embeds", "pooled_prompt_embeds")
    embeds, pooled = (case.text(name) for name in names)
    if embeds is not None and pooled is not None:
        against = [case.text(f"negative_{name}") for name in names]
        none = np.zeros_like(embeds), np.zeros_like(pooled)
        rows = [torch.from_numpy(one if one is not None else zero) for one, zero in zip(against, none, strict=True)]
        return Text(torch.from_numpy(embeds), torch.from_numpy(pooled), "given"), Text(*rows, key="against")
    texts = TextEncoders(networks.tokenizers, networks.encoders, networks.zeros_for_empty)
    against = case.params.get("negative_prompt")
    if against == "" and _empty_is_encoded(case):
        # diffusers' pipelines encode an empty negative prompt, and make zeros only of none at all
        texts.zeros_for_empty = False
    return texts.encode(case.params["prompt"]), texts.encode(against or "")


def _empty_is_encoded(case: Case) -> bool:
    """Whether '' was given as it is, and not for no negative prompt: the record of the text shows it."""
    path = case.folder / "expected" / "negative_prompt_embeds.npy"
    return not path.is_file() or bool(np.load(path).any())


def _scheduler(case: Case) -> object:
    return getattr(diffusers, case.scheduler["_class_name"]).from_config(case.scheduler)


def _course(case: Case) -> Course:
    height, width = case.canvas
    windows = {case.window(face) for face in range(len(case.faces))}
    if len(windows) > 1:
        raise ValueError(f"one window for IdentityNet, not {sorted(windows)}")
    second = {} if case.second_control_image is None else {SECOND: case.window(len(case.faces))}
    return Course(
        height=height,
        width=width,
        num_inference_steps=case.steps,
        guidance_scale=case.guidance_scale,
        strength=None if case.init_image is None else float(case.param("strength")),
        control_guidance=windows.pop(),
        face_attention=ALWAYS,
        hints=second,
    )


def _hints(case: Case) -> tuple[Hint, ...]:
    picture = case.second_control_image
    if picture is None:
        return ()
    return (Hint(SECOND, _picture(picture), "second", case.per_control("controlnet_conditioning_scale")[-1]),)


def _beginnings(
    stage: Stage, n: int, generator: torch.Generator | None
) -> list[tuple[torch.Tensor, torch.Tensor | None]]:
    """(noise, start) of each picture; with an init image the posterior is drawn first, then the noise."""
    noise, init = stage.case.latents, stage.case.init_image
    if init is None:
        if noise is None:
            raise KeyError("neither initial latents nor an init image")
        return [(torch.from_numpy(each), None) for each in noise]
    if generator is None:
        raise KeyError("an init image, and no seed to draw its latents with")
    start = stage.codec.encoded(_picture(init), generator)
    drawn = torch.randn((n, *start.shape), generator=generator)
    return [(each, start) for each in drawn]


def _tokens(people: tuple[Person, ...], n: int, guided: bool) -> torch.Tensor:
    """(halves * n, T, D) of one face, (halves, F, T, D) of several."""
    halves = [torch.stack([p.tokens.given for p in people])]
    if guided:
        halves.insert(0, torch.stack([p.tokens.negative for p in people]))
    return torch.stack(halves) if len(people) > 1 else torch.cat([half.expand(n, -1, -1) for half in halves])


def _picture(pixels: np.ndarray) -> torch.Tensor:
    """(3, h, w) in 0..1."""
    picture = torch.tensor(pixels).permute(2, 0, 1).float()
    return picture / 255 if pixels.dtype == np.uint8 else picture


def _points(case: Case) -> Iterator[Compared]:
    """The keypoint picture of each face, or the one with all of them, pixel by pixel."""
    height, width = case.canvas
    given, points = case.keypoint_pictures, [five for _, five in case.faces]
    drawn = [points] if len(given) == 1 else [[five] for five in points]
    for index, (faces, picture) in enumerate(zip(drawn, given, strict=False)):
        made = keypoint_picture(faces, width, height)
        yield compared(case.name, f"kps_image_{index}", made.astype(int), picture.astype(int), 0.0)
