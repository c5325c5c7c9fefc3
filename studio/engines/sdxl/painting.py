"""From requests to frames: adapters in, compose, denoise, decode, paint small faces again, say how it was made."""

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from itertools import groupby
from time import monotonic
from typing import Any

import torch
from torch import Tensor

from storage.errors import ResourceMissing
from studio.engines import AdapterUse, Frame, House, OnStep, RenderRequest
from studio.engines.photoboard.lettering import lettered
from studio.engines.sdxl.adapter_set import adapter_key
from studio.engines.sdxl.canvas import Canvas, native
from studio.engines.sdxl.composing import Composer, Picture, pixels, seen
from studio.engines.sdxl.composition import Composition, Course
from studio.engines.sdxl.options import Resolved
from studio.engines.sdxl.parts import licence_parts, parts_of
from studio.engines.sdxl.pipeline import Pipeline
from studio.engines.sdxl.schedule import scheduler_named
from studio.engines.sdxl.second_pass import by_strength, crop_composition, crop_side, put_back, repaints
from studio.provenance import RANDOM_WEIGHTS, UsedFile, licence
from studio.weights import Weights

# SDXL's own number of pixels: a checkpoint of another size paints on a canvas of its own
SDXL_AREA = 1024 * 1024
# of a frame's way: where its denoising ends if faces may be painted again, and where that ends
DENOISED, FINISHED = 0.8, 0.97
PREVIEW_EVERY = 0.3  # seconds
NUMBERS = (".safetensors", ".bin")  # files of weights, not of their configuration
LIBRARIES = ("torch", "diffusers", "transformers")

# (step's share of this run, index in the run, latents of what the frame looks like so far)
OnShare = Callable[[int, float, Tensor], None]


class Painter:
    """Renders requests of the three engines. One checkpoint is kept open; another one takes its place."""

    def __init__(self, house: House):
        self._house = house
        self._weights = Weights(house.weights)
        self._pipeline: Pipeline | None = None

    @property
    def batch(self) -> int:
        """How many shots the plan takes at once; 1 as long as none was made."""
        return self._pipeline.plan.batch if self._pipeline else 1

    def render(self, requests: Sequence[tuple[RenderRequest, Resolved]], on_step: OnStep) -> Iterator[Frame]:
        """Frames in the order of the requests; neighbours that share adapters, options and size go together.

        Raises InvalidInput, ResourceMissing; what on_step raises passes through.
        """
        numbered = list(enumerate(requests))
        for _, group in groupby(numbered, key=lambda one: _shared(*one[1])):
            batch = list(group)
            yield from self._group([request for _, (request, _) in batch], batch[0][1][1], batch[0][0], on_step)

    def opened(self, options: Resolved) -> Pipeline:
        """The pipeline with everything that these options need. Raises ResourceMissing, NotFound, InvalidInput."""
        parts = parts_of(options, self._weights)
        there = self._pipeline
        if there is not None and there.parts[0] == parts[0] and there.takes_more(parts):
            there.require(parts)
            return there
        known = there.parts if there is not None and there.parts[0] == parts[0] else ()
        self._pipeline = there = None  # its memory goes first
        self._pipeline = Pipeline(self._weights, tuple(dict.fromkeys((*parts, *known))), self._house.device)
        return self._pipeline

    def _group(
        self, requests: Sequence[RenderRequest], options: Resolved, first: int, on_step: OnStep
    ) -> Iterator[Frame]:
        """Requests that take one course: as many at once as the plan allows, and as have texts of one length."""
        pipeline = self.opened(options)
        faceid = options.face if options.face.startswith("faceid") else ""
        pipeline.residence.enter("reading")
        pipeline.wear(adapters_of(requests[0], options), options.few_step, self._house.pictures.read, faceid)
        composer = Composer(pipeline, self._house, options)
        windows = [composer.windows(request) for request in requests]
        at = 0
        while at < len(requests):
            most = options.batch or pipeline.plan.batch
            end = at + 1
            while end < min(len(requests), at + most) and windows[end] == windows[at]:
                end += 1
            shift = first + at

            def shifted(index: int, fraction: float, preview: Picture | None, shift: int = shift) -> None:
                on_step(shift + index, fraction, preview)

            yield from self._fitting(_Batch(pipeline, composer, options, requests[at:end], windows[at], shifted))
            at = end

    def _fitting(self, batch: "_Batch") -> list[Frame]:
        """The batch's frames; where memory runs out, once more by the next smaller plan, each by itself."""
        try:
            return [self._framed(batch, *one) for one in batch.painted()]
        except torch.OutOfMemoryError as error:
            pipeline = batch.pipeline
            if not pipeline.shrink():
                raise _out_of_memory(pipeline) from error
        try:
            alone = [batch.alone(index) for index in range(len(batch.requests))]
            return [self._framed(each, *one) for each in alone for one in each.painted()]
        except torch.OutOfMemoryError as error:
            raise _out_of_memory(batch.pipeline) from error

    def _framed(self, batch: "_Batch", index: int, picture: Picture, repainted: list[str]) -> Frame:
        request, canvas = batch.requests[index], batch.canvases[index]
        known = {id(subject) for subject in seen(request, batch.options)}
        nobody = [s.name for s in request.subjects if s.part == "face" and s.keypoints and id(s) not in known]
        image = canvas.framed(picture)
        return Frame(
            _stamped(image) if self._weights.random else image,
            tuple(nobody),
            self._provenance(batch, canvas, repainted),
        )

    def _provenance(self, batch: "_Batch", canvas: Canvas, repainted: list[str]) -> dict[str, Any]:
        pipeline, options = batch.pipeline, batch.options
        parts = parts_of(options, self._weights)
        used = [
            UsedFile(part=part, file=file, sha256=sha256)
            for part in parts
            for file, sha256 in self._weights.hashes([part]).items()
            if file.endswith(NUMBERS)
        ]
        licences = self._weights.licences(licence_parts(parts, options))
        return {
            "weights": used,
            "licences": [licence(each.name, each.commercial, each.notice) for each in licences],
            "scheduler": options.scheduler,
            "num_inference_steps": options.num_inference_steps,
            "batch": len(batch.requests),
            "device": pipeline.where.name,
            "dtype": str(pipeline.dtype).removeprefix("torch."),
            "plan": pipeline.plan.name,
            "versions": {name: version(name) for name in LIBRARIES},
            "native_size": [canvas.width, canvas.height],
            "random_weights": self._weights.random,
            "repainted": repainted,
        }


class _Batch:
    """Requests that are denoised together."""

    def __init__(
        self,
        pipeline: Pipeline,
        composer: Composer,
        options: Resolved,
        requests: Sequence[RenderRequest],
        windows: int,
        on_step: OnStep,
    ):
        self.pipeline = pipeline
        self.options = options
        self.requests = requests
        self.canvases = [canvas_of(pipeline, request) for request in requests]
        self._composer = composer
        self._windows = windows
        self._on_step = on_step
        self._previewed = monotonic()

    def alone(self, index: int) -> "_Batch":
        """One request of it by itself."""

        def on_step(_: int, fraction: float, preview: Picture | None) -> None:
            self._on_step(index, fraction, preview)

        return _Batch(self.pipeline, self._composer, self.options, [self.requests[index]], self._windows, on_step)

    def painted(self) -> Iterator[tuple[int, Picture, list[str]]]:
        """(index, picture on its canvas, uids of whose faces were painted again), in order."""
        self.pipeline.residence.enter("reading")
        whole = [index for index, request in enumerate(self.requests) if not _repaints_one(request)]
        pictures = {
            index: self._composer.given(request, self.canvases[index])
            for index, request in enumerate(self.requests)
            if index not in whole
        }
        if whole:
            compositions = [
                self._composer.composition(self.requests[index], self.canvases[index], self._windows) for index in whole
            ]
            course = course_of(self.options, self.canvases[0], _strength(self.requests[0], self.options))
            finished = DENOISED if self.options.second_pass else FINISHED
            pictures |= zip(whole, self._denoised(compositions, course, whole, 0.0, finished), strict=True)
        again = self._faces_again(pictures)
        for index in range(len(self.requests)):
            self._on_step(index, 1.0, None)
            yield index, pictures[index], again.get(index, [])

    def _faces_again(self, pictures: dict[int, Picture]) -> dict[int, list[str]]:
        """Paint faces again into `pictures`; whose they were, by request."""
        found = [
            (index, repaint)
            for index, request in enumerate(self.requests)
            for repaint in repaints(request, self.canvases[index], self.options)
        ]
        side = crop_side(self.pipeline.area, self.pipeline.multiple)
        most = self.options.batch or self.pipeline.plan.batch
        for strength, group in by_strength(found).items():
            for at in range(0, len(group), most):
                faces = group[at : at + most]
                self.pipeline.residence.enter("reading")
                compositions = [
                    crop_composition(
                        self._composer, self.requests[index], pictures[index], repaint, self.canvases[index], side,
                        self._windows,
                    )
                    for index, repaint in faces
                ]  # fmt: skip
                course = course_of(self.options, Canvas(side, side, side, side), strength)
                began = DENOISED + (FINISHED - DENOISED) * at / len(group)
                ended = DENOISED + (FINISHED - DENOISED) * (at + len(faces)) / len(group)
                made = self._denoised(compositions, course, [index for index, _ in faces], began, ended, crops=True)
                for (index, repaint), picture in zip(faces, made, strict=True):
                    pictures[index] = put_back(pictures[index], picture, repaint, self.canvases[index])
        return {index: [r.subject.character for i, r in found if i == index] for index, _ in found}

    def _denoised(
        self,
        compositions: list[Composition],
        course: Course,
        indices: Sequence[int],
        began: float,
        ended: float,
        crops: bool = False,
    ) -> list[Picture]:
        """Pictures of the compositions. indices: whose they are; began, ended: of those frames' way."""

        def on_latents(step: int, steps: int, _: Tensor, foreseen: Tensor) -> None:
            fraction = began + (ended - began) * (step + 1) / steps
            due = not crops and monotonic() - self._previewed >= PREVIEW_EVERY
            for index, latents in zip(indices, foreseen, strict=True):
                preview = pixels(self.pipeline.codec.preview(latents)) if due else None
                self._on_step(index, fraction, preview)
            if due:
                self._previewed = monotonic()

        self.pipeline.residence.enter("denoising")
        options = self.options
        scheduler = scheduler_named(options.scheduler, self.pipeline.scheduler_config, options.spacing)
        latents = self.pipeline.denoiser.run(compositions, course, scheduler, on_latents)
        self.pipeline.residence.enter("decoding")
        # one by one: the decoder takes more memory than anything else does for a frame
        return [pixels(self.pipeline.codec.decoded(each[None])[0]) for each in latents]


def _stamped(image: Picture) -> Picture:
    """What random weights made says so by itself, wherever it is shown."""
    height, width = image.shape[:2]
    at = (width / 2, 0.95 * height)
    return lettered(
        image, RANDOM_WEIGHTS.en, at, 0.03 * width, slate=(255, 255, 255), centred=True, longest=0.9 * width
    )


def canvas_of(pipeline: Pipeline, request: RenderRequest) -> Canvas:
    """SDXL's own sizes for a checkpoint of SDXL's size; as many pixels as it was made for, for any other."""
    if pipeline.area == SDXL_AREA:
        return native(request.width, request.height)
    return native(request.width, request.height, pipeline.area, pipeline.multiple)


def course_of(options: Resolved, canvas: Canvas, strength: float | None) -> Course:
    """What a batch of these options shares."""
    return Course(
        height=canvas.height,
        width=canvas.width,
        num_inference_steps=options.num_inference_steps,
        guidance_scale=options.guidance_scale,
        guidance_end=options.guidance_end,
        strength=strength,
        control_guidance=(options.control_guidance_start, options.control_guidance_end),
        face_attention=(options.face_start, options.face_end),
        hints={options.second_control: (0.0, options.second_control_end)},
    )


def adapters_of(request: RenderRequest, options: Resolved) -> tuple[AdapterUse, ...]:
    """The adapters of everybody in the frame, each once."""
    if not options.use_adapters:
        return ()
    return tuple(dict.fromkeys(use for subject in request.subjects for use in subject.adapters))


def _shared(request: RenderRequest, options: Resolved) -> tuple[object, ...]:
    """What requests must have in common to be denoised in one batch."""
    uses = adapters_of(request, options)
    worn = adapter_key((use.asset, use.weight) for use in uses), tuple(use.trigger for use in uses)
    return options, worn, request.width, request.height, _strength(request, options), _repaints_one(request)


def _strength(request: RenderRequest, options: Resolved) -> float | None:
    if request.start is not None:
        return request.start.strength
    return options.strength if options.composition == "photoboard" else None


def _repaints_one(request: RenderRequest) -> bool:
    return request.start is not None and bool(request.start.repaint)


def _out_of_memory(pipeline: Pipeline) -> ResourceMissing:
    plan = pipeline.plan
    return ResourceMissing(
        f"The memory of {pipeline.where.name} ran out, also by the plan '{plan.name}'. Close other programs that use it, "
        "set the option batch to 1, or choose a smaller size.",
        f"{pipeline.where.name} 的显存不足，改用方案“{plan.name}”后仍然不足。请关闭占用显存的程序、把选项 batch 设为 1，或改用更小的画幅。",
    )
