"""From a request to a composition: tokens of faces, looks and plate, regions, keypoint pictures, noise or a start."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from studio.engines import House, RenderRequest, Subject
from studio.engines.photoboard import Photoboard
from studio.engines.sdxl.canvas import Canvas
from studio.engines.sdxl.composition import Composition, Hint, ImagePrompt, Person, Tokens
from studio.engines.sdxl.crops import aligned_face, face_crop, look_crop, padded_to_square
from studio.engines.sdxl.hints import hint_picture
from studio.engines.sdxl.image_encoder import ImageEncoder
from studio.engines.sdxl.options import Resolved
from studio.engines.sdxl.parts import PICTURES
from studio.engines.sdxl.pipeline import Pipeline
from studio.engines.sdxl.points import keypoint_picture
from studio.engines.sdxl.regions import background, body_regions, head_regions
from studio.engines.sdxl.sides import IDENTITY
from studio.engines.sdxl.text import Text

NOISE_FOR_NOBODY = 0.35  # of the negative identity, where it is asked for: ComfyUI_InstantID's figure
GUIDE_STYLE = "colour"
WHOLE = ("face", "back", "figure")  # parts of a person that stand in front of the plate
PORTRAIT = 0.3  # a head of at least this part of the canvas' width is one

Picture = NDArray[np.uint8]


class Composer:
    """Composes the frames of one batch. What is the same for several of them is read once, in the pipeline's caches."""

    def __init__(self, pipeline: Pipeline, house: House, options: Resolved):
        self._pipeline = pipeline
        self._house = house
        self._options = options

    def composition(self, request: RenderRequest, canvas: Canvas, windows: int) -> Composition:
        """The whole frame. windows: of 77 tokens that every text of the batch has."""
        generator = seeded(request.seed)
        start = self._start(request, canvas, generator)
        people = seen(request, self._options)
        text, negative = self.texts(request, windows)
        return Composition(
            text=text,
            negative=negative,
            noise=self.noise(canvas, generator),
            people=self.people(people, canvas),
            image_prompts=self.image_prompts(request, people, canvas),
            hints=self._hints(request, canvas),
            start=start,
            generator=generator,
        )

    def windows(self, request: RenderRequest) -> int:
        """How many windows of 77 tokens the request's texts need. Raises InvalidInput for more than there are."""
        return max(self._pipeline.texts.chunks(request.prompt), self._pipeline.texts.chunks(request.negative_prompt))

    def texts(self, request: RenderRequest, windows: int) -> tuple[Text, Text]:
        """The prompt and the negative prompt, of one length."""
        encode, adapted = self._pipeline.texts.encode, self._pipeline.adapted
        return encode(request.prompt, windows, adapted), encode(request.negative_prompt, windows, adapted)

    def noise(self, canvas: Canvas, generator: torch.Generator) -> Tensor:
        """(C, h, w) of the canvas, from the processor's generator: the same on every device."""
        codec = self._pipeline.codec
        return torch.randn(
            (codec.channels, canvas.height // codec.factor, canvas.width // codec.factor), generator=generator
        )

    def people(self, subjects: Sequence[Subject], canvas: Canvas) -> tuple[Person, ...]:
        """Everybody whose face the identity adapter hears; () in the engines without it."""
        if not subjects:
            return ()
        return tuple(
            person
            for subject, region in zip(subjects, self._head_regions(subjects, canvas), strict=True)
            for person in self.identity_of(subject, canvas.to_canvas(np.array(subject.keypoints)), canvas, region)
        )

    def identity_of(
        self, subject: Subject, keypoints: NDArray[np.float32], canvas: Canvas, region: Tensor | None = None
    ) -> tuple[Person, ...]:
        """One face of a canvas, as IdentityNet and the face attention hear it; () in the engines without them.

        keypoints: (5, 2) on the canvas.
        """
        if self._options.face != "instantid":
            return ()
        picture = keypoint_picture([keypoints], canvas.width, canvas.height)
        person = Person(
            tokens=self._identity(subject),
            keypoints=tensor(picture),
            keypoints_key=_digest(keypoints.tobytes(), str((canvas.width, canvas.height)).encode()),
            ip_adapter_scale=self._options.face_scale,
            controlnet_conditioning_scale=self._options.controlnet_conditioning_scale,
            region=region,
        )
        return (person,)

    def image_prompts(
        self, request: RenderRequest, subjects: Sequence[Subject], canvas: Canvas
    ) -> tuple[ImagePrompt, ...]:
        """Pictures that speak: faces (in the engine that has no IdentityNet), looks, the plate."""
        options = self._options
        prompts = self.face_prompts(subjects, self._head_regions(subjects, canvas) if subjects else [])
        whole = [subject for subject in request.subjects if subject.part in WHOLE]
        bodies = body_regions([canvas.box_to_canvas(s.region) for s in whole], canvas.width, canvas.height)
        if options.look_scale:
            for subject, region in zip(whole, bodies, strict=True):
                tokens = self._look(subject)
                if tokens is not None:
                    alone = len(request.subjects) == 1 and request.plate is None
                    where = None if alone else torch.from_numpy(region)
                    prompts.append(ImagePrompt(PICTURES, tokens, options.look_scale, where))
        if options.plate_scale and request.plate is not None:
            where = torch.from_numpy(background(bodies)) if len(bodies) else None
            tokens = self._pictured(PICTURES, [(padded_to_square(self._picture(request.plate)), request.plate)])
            prompts.append(ImagePrompt(PICTURES, tokens, options.plate_scale, where))
        return tuple(prompts)

    def face_prompts(self, subjects: Sequence[Subject], regions: Sequence[Tensor | None]) -> list[ImagePrompt]:
        """Faces as image prompts, in the engine that has no IdentityNet; [] in the others."""
        kind, scale = self._options.face, self._options.face_scale
        if kind in ("none", "instantid") or not scale:
            return []
        return [
            ImagePrompt(kind, self._face(subject), scale, region, face=True)
            for subject, region in zip(subjects, regions, strict=True)
        ]

    def given(self, request: RenderRequest, canvas: Canvas) -> Picture:
        """The picture that the request starts from, on its canvas."""
        if request.start is None:
            raise ValueError("the request starts from no picture")
        picture = self._picture(request.start.asset)
        size = request.width, request.height
        if picture.shape[1::-1] != size:
            picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        return canvas.painted_from(picture)

    def encoded(self, picture: Picture, generator: torch.Generator) -> Tensor:
        """(C, h, w) latents of a picture of a canvas."""
        return self._pipeline.codec.encoded(tensor(picture), generator).cpu()

    def _start(self, request: RenderRequest, canvas: Canvas, generator: torch.Generator) -> Tensor | None:
        if request.start is not None:
            return self.encoded(self.given(request, canvas), generator)
        if self._options.composition == "photoboard":
            return self.encoded(canvas.painted_from(self._guide(request)), generator)
        return None

    def _guide(self, request: RenderRequest) -> Picture:
        """The photoboard's frame of this shot."""
        board = Photoboard(self._house.pictures, self._house.analyzer())
        plain = replace(request, style=GUIDE_STYLE, options={"lettering": False, "grain": 0.0}, start=None)
        (frame,) = board.render([plain], lambda *_: None)
        return frame.image

    def _hints(self, request: RenderRequest, canvas: Canvas) -> tuple[Hint, ...]:
        kind = self._options.second_control
        if kind == "none" or not self._options.second_control_scale:
            return ()
        guide = canvas.painted_from(self._guide(request)) if kind == "canny" else None
        picture = hint_picture(kind, request.subjects, canvas, guide)
        return (Hint(kind, tensor(picture), _digest(picture.tobytes()), self._options.second_control_scale),)

    def _head_regions(self, subjects: Sequence[Subject], canvas: Canvas) -> list[Tensor | None]:
        """None for a portrait of somebody alone, as InstantID was trained; a small head, or one in company, has a place.

        Where the whole picture hears a face, the picture becomes its portrait.
        """
        heads = [canvas.box_to_canvas(subject.head) for subject in subjects]
        if len(heads) == 1 and heads[0][2] - heads[0][0] >= PORTRAIT * canvas.width:
            return [None]
        return [torch.from_numpy(each) for each in head_regions(heads, canvas.width, canvas.height)]

    def _identity(self, subject: Subject) -> Tokens:
        rows = embeddings_of(subject, self._options.references)
        noise = NOISE_FOR_NOBODY if self._options.negative_identity == "noise" else 0.0
        negative, given = self._pipeline.projections[IDENTITY].tokens(torch.from_numpy(rows), noise)
        key = _digest(rows.tobytes())
        return Tokens(given, key, negative, f"nobody/{key}" if noise else f"nobody/{len(rows)}")

    def _face(self, subject: Subject) -> Tokens:
        """A face for an IP-Adapter: as a picture, as a recogniser's embedding, or both."""
        kind = self._options.face
        references = subject.references[: self._options.references]
        if kind in ("plus-face", "plus", "plain"):
            crops = [(face_crop(self._picture(r.asset), r.box), f"face/{r.asset}/{r.box}") for r in references]
            return self._pictured(kind, crops)
        rows = embeddings_of(subject, self._options.references)
        unit = torch.from_numpy(rows / np.linalg.norm(rows, axis=1, keepdims=True))
        projection = self._pipeline.projections[kind]
        if kind == "faceid":
            negative, given = projection.tokens(unit)
        else:
            aligned = [
                self._encoder.encode(
                    aligned_face(self._picture(r.asset), r.keypoints), True, f"aligned/{r.asset}/{r.box}"
                )
                for r in references
            ]
            negative, given = projection.tokens(unit, torch.stack(aligned))
        seen = "".join(f"{each.asset}/{each.box}" for each in references)
        return Tokens(given, f"{kind}/{_digest(rows.tobytes(), seen.encode())}", negative, f"{kind}/nobody/{len(rows)}")

    def _look(self, subject: Subject) -> Tokens | None:
        """The clothes of the look's first photo that shows them; None where none does."""
        for reference in subject.references:
            worn = look_crop(self._picture(reference.asset), reference.box)
            if worn is not None:
                return self._pictured(PICTURES, [(worn, f"look/{reference.asset}/{reference.box}")])
        return None

    def _pictured(self, kind: str, pictures: Sequence[tuple[Picture, str]]) -> Tokens:
        projection = self._pipeline.projections[kind]
        features = [self._encoder.encode(picture, projection.penultimate, key) for picture, key in pictures]
        negative, given = projection.tokens(torch.stack(features))
        key = _digest(kind.encode(), *(key.encode() for _, key in pictures))
        return Tokens(given, key, negative, f"{kind}/nothing/{len(pictures)}")

    @property
    def _encoder(self) -> ImageEncoder:
        if self._pipeline.encoder is None:
            raise RuntimeError("the options named no part that needs an image encoder")
        return self._pipeline.encoder

    def _picture(self, asset: str) -> Picture:
        return self._house.pictures.picture(asset)


def seen(request: RenderRequest, options: Resolved) -> list[Subject]:
    """Whose faces the engine is told of: seen from the front, and known by what the engine hears."""
    fronts = [s for s in request.subjects if s.part == "face" and len(s.keypoints) == 5]
    if options.face in ("instantid", "faceid", "faceid-plusv2"):
        return [subject for subject in fronts if subject.embeddings]
    return [subject for subject in fronts if subject.references]


def embeddings_of(subject: Subject, most: int) -> NDArray[np.float32]:
    """(n, d) float32 RAW rows."""
    rows = [np.frombuffer(base64.b64decode(each), "<f4") for each in subject.embeddings[:most]]
    return np.stack(rows).astype(np.float32)


def seeded(seed: int, *what: str) -> torch.Generator:
    """The processor's generator for a seed, and for what is drawn with it beside the frame itself."""
    if not what:
        return torch.Generator("cpu").manual_seed(seed)
    digest = hashlib.sha256("\0".join((str(seed), *what)).encode()).digest()
    return torch.Generator("cpu").manual_seed(int.from_bytes(digest[:7], "little"))


def tensor(picture: Picture) -> Tensor:
    """(3, H, W) float32 in 0..1 of an (H, W, 3) uint8 picture."""
    return torch.tensor(picture).permute(2, 0, 1).float() / 255


def pixels(picture: Tensor) -> Picture:
    """(H, W, 3) uint8 of a (3, H, W) picture in 0..1."""
    return (picture.float().clamp(0, 1) * 255).round().byte().permute(1, 2, 0).cpu().numpy()


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()
