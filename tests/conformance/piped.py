"""A whole pipeline case: text, tokens, IdentityNet, UNet, latents at every step, picture. Driven through the engine's parts."""

import hashlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import diffusers
import numpy as np
import torch
from drawn import drawn_points
from kit import TOLERANCES, Case, Compared, compared
from PIL import Image

from studio.engines.sdxl.adapter_files import read_adapter_file
from studio.engines.sdxl.attention import of_adapter
from studio.engines.sdxl.composition import ALWAYS, Composition, Course, Hint, Person, Tokens
from studio.engines.sdxl.control import Control
from studio.engines.sdxl.decoding import Codec
from studio.engines.sdxl.denoising import IDENTITY, Denoiser
from studio.engines.sdxl.networks import Networks, read_checkpoint, read_controlnet
from studio.engines.sdxl.projections import IdentityProjection
from studio.engines.sdxl.schedule import timesteps
from studio.engines.sdxl.text import Text, TextEncoders

RESIDUAL = re.compile(r"(?P<net>controlnet\d?|unet_in)_(?P<part>down|mid)(_residual)?(_(?P<n>\d+))?(_step(?P<step>\d+))?\.npy")
SECOND = "second"


@dataclass
class Heard:
    """What the denoiser said, by name and step."""

    tensors: dict[tuple[str, int], torch.Tensor] = field(default_factory=dict)

    def __call__(self, name: str, step: int, tensor: torch.Tensor) -> None:
        self.tensors[name, step] = tensor.clone()


@dataclass
class Stage:
    """The networks of a case, and what its inputs became."""

    case: Case
    networks: Networks
    texts: TextEncoders
    denoiser: Denoiser
    codec: Codec
    people: tuple[Person, ...]


def pipeline(case: Case) -> Iterator[Compared]:
    """Every recorded quantity of the case against what the engine makes of its inputs."""
    torch.manual_seed(0)
    stage = _stage(case)
    params = case.params
    n = params.get("num_images_per_prompt", 1)
    text, negative = _texts(stage)
    course = _course(case)
    scheduler = getattr(diffusers, case.scheduler["_class_name"]).from_config(case.scheduler)
    seed = params.get("generator_seed")
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
    latents = stage.denoiser.run(frames, course, scheduler, lambda *_: None, heard)
    picture = stage.codec.decoded(latents).permute(0, 2, 3, 1).numpy()
    made = {
        "prompt_embeds.npy": text.embeds.expand(n, -1, -1),
        "negative_prompt_embeds.npy": negative.embeds.expand(n, -1, -1),
        "pooled_prompt_embeds.npy": text.pooled.expand(n, -1),
        "negative_pooled_prompt_embeds.npy": negative.pooled.expand(n, -1),
        "image_tokens.npy": _tokens(stage.people, n, params["guidance_scale"] > 1),
        "latents_final.npy": latents,
        "latents_per_step.npy": torch.stack([t for (name, _), t in heard.tensors.items() if name == "latents"]),
        "image_final.npy": picture,
    }
    yield from _points(case)
    for name, path in case.recorded().items():
        if path.suffix == ".png":
            index = int(path.stem.rsplit("_", 1)[1])
            pixels = (picture[index] * 255).round()
            yield compared(case.name, name, pixels, np.asarray(Image.open(path)), TOLERANCES["image_png"])
            continue
        recorded = np.load(path)
        if name == "timesteps.npy":
            fresh = getattr(diffusers, case.scheduler["_class_name"]).from_config(case.scheduler)
            yield compared(case.name, name, timesteps(fresh, params["num_inference_steps"], None, "cpu"), recorded, 0.0)
        elif name in made:
            yield compared(case.name, name, made[name], recorded, _tolerance(name))
        elif name.startswith("unet_noise_pred_step"):
            step = int(name.removesuffix(".npy").rsplit("step", 1)[1])
            yield compared(case.name, name, heard.tensors["noise_pred", step], recorded, _tolerance(name))
        elif (found := RESIDUAL.fullmatch(name)) is not None:
            yield compared(case.name, name, _residual(found, heard, case), recorded, _tolerance(name))
        else:
            print(f"{case.name} {name}: not a quantity of the pipeline, left out", flush=True, file=sys.stderr)


def _stage(case: Case) -> Stage:
    networks = read_checkpoint(case.folder / "base_model", torch.float32, None, None)
    denoiser = Denoiser(networks.unet)
    checkpoints = case.folder / "checkpoints"
    adapter = read_adapter_file(checkpoints / "ip-adapter.bin", "identity")
    denoiser.adapters[IDENTITY] = of_adapter(denoiser.crossing, adapter.to_k, adapter.to_v)
    denoiser.controls[IDENTITY] = Control(read_controlnet(checkpoints / "ControlNetModel", torch.float32))
    if (second := case.folder / "second_controlnet").is_dir():
        denoiser.controls[SECOND] = Control(read_controlnet(second, torch.float32))
    projection = IdentityProjection(adapter)
    faces = case.faces
    masks = case.masks
    ip = case.per_face("ip_adapter_scale", len(faces))
    control = case.per_face("controlnet_conditioning_scale", len(faces))
    people = []
    for index, (embeddings, points) in enumerate(faces):
        negative, given = projection.tokens(torch.from_numpy(embeddings))
        picture = drawn_points(points, case.params["width"], case.params["height"])
        people.append(
            Person(
                tokens=Tokens(given, f"face {index}", negative, f"nobody, {len(embeddings)} times"),
                keypoints=torch.from_numpy(picture).permute(2, 0, 1).float() / 255,
                keypoints_key=hashlib.sha256(points.tobytes()).hexdigest(),
                ip_adapter_scale=ip[index],
                controlnet_conditioning_scale=control[index],
                region=torch.from_numpy(masks[index]) if masks else None,
            )
        )
    texts = TextEncoders(networks.tokenizers, networks.encoders, networks.zeros_for_empty)
    return Stage(case, networks, texts, denoiser, Codec(networks.vae), tuple(people))


def _texts(stage: Stage) -> tuple[Text, Text]:
    case = stage.case
    arrays = [case.given(name) for name in ("prompt_embeds", "pooled_prompt_embeds")]
    if arrays[0] is not None and arrays[1] is not None:
        against = [case.given(name) for name in ("negative_prompt_embeds", "negative_pooled_prompt_embeds")]
        given = [torch.from_numpy(a.reshape(-1, *a.shape[-1 - (i == 0) :])[0]) for i, a in enumerate(arrays) if a is not None]
        none = [torch.zeros_like(each) for each in given]
        negative = [
            torch.from_numpy(a.reshape(-1, *a.shape[-1 - (i == 0) :])[0]) if a is not None else none[i]
            for i, a in enumerate(against)
        ]
        return Text(given[0], given[1], "given"), Text(negative[0], negative[1], "against")
    return stage.texts.encode(case.params["prompt"]), stage.texts.encode(case.params.get("negative_prompt") or "")


def _course(case: Case) -> Course:
    params = case.params
    starts, ends = case.per_control("control_guidance_start"), case.per_control("control_guidance_end")
    return Course(
        height=params["height"],
        width=params["width"],
        num_inference_steps=params["num_inference_steps"],
        guidance_scale=params["guidance_scale"],
        strength=params.get("strength"),
        control_guidance=(starts[0], ends[0]),
        face_attention=ALWAYS,
        hints={SECOND: (starts[1], ends[1])},
    )


def _hints(case: Case) -> tuple[Hint, ...]:
    picture = case.given("second_control_image")
    if picture is None:
        return ()
    scales = case.per_control("controlnet_conditioning_scale")
    return (Hint(SECOND, torch.from_numpy(picture).permute(2, 0, 1).float() / 255, "second", scales[1]),)


def _beginnings(stage: Stage, n: int, generator: torch.Generator | None) -> list[tuple[torch.Tensor, torch.Tensor | None]]:
    """(noise, start) of each picture; with an init image the posterior is drawn first, then the noise."""
    noise = stage.case.given("latents_init")
    init = stage.case.given("init_image")
    if init is None:
        assert noise is not None
        return [(torch.from_numpy(each), None) for each in noise]
    assert generator is not None
    picture = torch.from_numpy(init).permute(2, 0, 1).float() / 255
    start = stage.codec.encoded(picture, generator)
    drawn = torch.randn((n, *start.shape), generator=generator)
    return [(each, start) for each in drawn]


def _tokens(people: tuple[Person, ...], n: int, guided: bool) -> torch.Tensor:
    halves = [torch.stack([p.tokens.given for p in people])]
    if guided:
        halves.insert(0, torch.stack([p.tokens.negative for p in people]))
    if len(people) > 1:
        return torch.stack(halves)
    return torch.cat([half.expand(n, -1, -1) for half in halves])


def _residual(found: re.Match[str], heard: Heard, case: Case) -> Any:
    params = case.params
    step = int(found["step"] or params.get("record_step", 0))
    nets = {"controlnet": IDENTITY, "controlnet0": IDENTITY, "controlnet1": SECOND}
    faces = len(case.faces)
    name = f"residuals/{nets.get(found['net'], '')}" if found["net"] != "unet_in" else "unet_residuals"
    if faces > 1 and found["net"] != "unet_in":
        name = f"residuals/{IDENTITY}"
    parts = [key for key, at in heard.tensors if key.startswith(f"{name}/") and at == step]
    n = len(parts) - 1 if found["part"] == "mid" else int(found["n"] or 0)
    if (f"{name}/{n}", step) not in heard.tensors:
        return np.float32(0)  # the control was off: a shape that no record has
    tensor = heard.tensors[f"{name}/{n}", step]
    if faces > 1 and found["net"] != "unet_in":
        # rows: both faces without, then both faces with their condition
        return tensor[int(found["net"].removeprefix("controlnet") or 0) :: faces]
    return tensor


def _tolerance(name: str) -> float:
    return next(value for stem, value in TOLERANCES.items() if stem in name)


def _points(case: Case) -> Iterator[Compared]:
    """The keypoint picture of each face, pixel by pixel."""
    pictures = [each for array in case.all_given("kps_image") for each in array.reshape(-1, *array.shape[-3:])]
    for index, ((_, points), picture) in enumerate(zip(case.faces, pictures, strict=False)):
        made = drawn_points(points, case.params["width"], case.params["height"])
        yield compared(case.name, f"kps_image_{index}", made.astype(int), picture.astype(int), 0.0)
