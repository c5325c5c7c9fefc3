"""The photomatic: the cast's own photos on a drawn or given set, under one storyboard look. Nothing is generated."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from characters.face import FaceAnalyzer
from storage.errors import InvalidInput
from studio.engines import EngineCard, Frame, House, OnStep, Pictures, RenderRequest, Subject
from studio.engines.photoboard import inserts
from studio.engines.photoboard.brush import Pixels, blurred, ellipse, seeded
from studio.engines.photoboard.compositing import shadowed
from studio.engines.photoboard.cutout import Cutouts
from studio.engines.photoboard.lettering import lettered
from studio.engines.photoboard.light import Light, light_of
from studio.engines.photoboard.people import Company, Drawn, stand
from studio.engines.photoboard.perspective import camera_for
from studio.engines.photoboard.practicals import by_firelight
from studio.engines.photoboard.sets import defocus, fitted, mean_colour, paint_set, rain
from studio.engines.photoboard.style import style_named

_PREVIEW = 320  # pixels, the longer side
_SMALLEST, _LARGEST = 64, 4096


class PhotoboardOptions(BaseModel):
    """grain: how much paper shows (in pencil: its tooth), 0..1. lettering: slates on inserts and establishing shots, names on mannequins."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    grain: float = Field(default=0.6, ge=0.0, le=1.0, title="Paper grain", json_schema_extra={"zh": "纸纹"})
    lettering: bool = Field(default=True, title="Lettering", json_schema_extra={"zh": "画面文字"})


class Photoboard:
    """Composes frames from the cast's photos. The same request gives the same bytes; the seed moves paper and hatching only.

    Cut-outs are kept between frames, per photo.
    """

    name: ClassVar[str] = "photoboard"
    generates: ClassVar[bool] = False
    Options: ClassVar[type[BaseModel]] = PhotoboardOptions
    styles: ClassVar[tuple[str, ...]] = ("ink", "colour", "pencil")
    abilities: ClassVar[frozenset[str]] = frozenset()
    version = "2"
    space = None
    batch = 1

    @classmethod
    def card(cls, weights: Path, options: dict[str, Any]) -> EngineCard:
        """It needs no weights."""
        return EngineCard(cls.name, cls.version, cls.space, cls.generates)

    @classmethod
    def open(cls, house: House) -> Self:
        """The engine over the house's pictures."""
        return cls(house.pictures, house.analyzer())

    @classmethod
    def together(cls, request: RenderRequest) -> str:
        """Frames share nothing but cut-outs, which are kept anyway."""
        return ""

    def __init__(self, pictures: Pictures, analyzer: FaceAnalyzer):
        self._pictures = pictures
        self._cutouts = Cutouts(pictures, analyzer)

    def render(self, requests: Sequence[RenderRequest], on_step: OnStep) -> Iterator[Frame]:
        """Frames in the order of the requests; all requests are checked before the first is drawn.

        Raises InvalidInput for an unknown style or option, a size outside 64..4096, a face without its five points;
        NotFound for a picture that is not there. What on_step raises passes through.
        """
        checked = [(request, _options(request)) for request in requests]
        for request, _ in checked:
            _check(request)
        for index, (request, options) in enumerate(checked):
            yield self._frame(index, request, options, on_step)

    def _frame(self, index: int, request: RenderRequest, options: PhotoboardOptions, on_step: OnStep) -> Frame:
        staging, width, height = request.staging, request.width, request.height
        k = math.sqrt(width * height / (1080 * 1920))
        scale = min(1.0, 0.5 / k)
        light = light_of(staging.int_ext, staging.time_of_day, staging.location, staging.action)
        picture = self._background(request, light, scale)
        on_step(index, 0.2, _preview(picture))

        company = Company(request, self._cutouts, light, scale)
        faces = np.zeros(picture.shape[:2], np.uint8)
        people: list[Drawn] = []
        order = sorted(request.subjects, key=lambda subject: -subject.depth)
        for count, subject in enumerate(order, 1):
            drawn = company.drawn(subject, mean_colour(picture, subject.head, scale))
            people.append(drawn)
            picture = drawn.layer.over(shadowed(picture, drawn.layer, drawn.unit, drawn.foot, light))
            faces = cv2.multiply(faces, 255 - drawn.layer.image[..., 3], scale=1 / 255)
            if drawn.face is not None:
                _mark(faces, drawn.face, scale)
            on_step(index, 0.2 + 0.5 * count / len(order), _preview(picture))
        if not inserts.is_insert(request):
            picture = by_firelight(picture, request, people, light, scale)
        image = style_named(request.style)(picture, faces, (width, height), k * scale, request.seed, options.grain)
        if light.rain and not inserts.is_insert(request):
            image = rain(image, seeded("rain", request.seed))
        on_step(index, 0.9, _preview(image))

        if options.lettering:
            image = _letter(image, request, people)
        on_step(index, 1.0, _preview(image))
        return Frame(image, tuple(drawn.label[0] for drawn in reversed(people) if drawn.label is not None))

    def _background(self, request: RenderRequest, light: Light, scale: float) -> Pixels:
        staging = request.staging
        camera = camera_for(
            request.width,
            request.height,
            staging.size,
            staging.angle,
            _eyes(request.subjects),
            _camera_yaw(request),
            staging.framing == "establishing",
        )
        if request.plate is not None:
            plate = self._pictures.picture(request.plate)
            place = fitted(plate, request.width, request.height, staging.size, scale)
        else:
            place = paint_set(staging, camera, light, scale)
        if inserts.is_insert(request):
            return inserts.drawn_insert(request, place, light, scale)
        return defocus(place, staging.size, scale, request.height) if request.subjects else place


def _options(request: RenderRequest) -> PhotoboardOptions:
    try:
        return PhotoboardOptions.model_validate(request.options)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        where = ".".join(map(str, first["loc"]))
        there_is = ", ".join(PhotoboardOptions.model_fields)
        raise InvalidInput(
            f"Option '{where}' of the photoboard is wrong: {first['msg']}. It has: {there_is}.",
            f"照片分镜的选项“{where}”不正确：{first['msg']}。可用选项：{there_is}。",
        ) from wrong


def _check(request: RenderRequest) -> None:
    style_named(request.style)
    if not (_SMALLEST <= request.width <= _LARGEST and _SMALLEST <= request.height <= _LARGEST):
        raise InvalidInput(
            f"A frame of {request.width}x{request.height} cannot be drawn; each side must be {_SMALLEST} to {_LARGEST} pixels.",
            f"无法绘制 {request.width}x{request.height} 的画面，每边须为 {_SMALLEST} 到 {_LARGEST} 像素。",
        )
    for subject in request.subjects:
        if subject.part == "face" and len(subject.keypoints) != 5:
            raise InvalidInput(
                f"{subject.name} is to be seen from the front, but has no five face points.",
                f"{subject.name} 需要正面出镜，但没有五个面部关键点。",
            )


def _eyes(subjects: Sequence[Subject]) -> tuple[float, float, float] | None:
    """Where the camera is told by: the nearest face, else the nearest whole person."""
    whole = [s for s in subjects if s.part == "face"] or [s for s in subjects if s.part in ("back", "figure")]
    return stand(min(whole, key=lambda s: s.depth)) if whole else None


def _camera_yaw(request: RenderRequest) -> float:
    """Over a shoulder the set is seen aslant; the two reverse angles see it from two sides."""
    if request.staging.framing != "OTS":
        return 0.0
    for subject in request.subjects:
        if subject.part == "back":
            return 14.0 if (subject.head[0] + subject.head[2]) / 2 < request.width / 2 else -14.0
    return 0.0


def _mark(faces: Pixels, face: tuple[float, float, float], scale: float) -> None:
    x, y, unit = (v * scale for v in face)
    cv2.fillPoly(faces, [np.round(ellipse(x, y, 1.5 * unit, 1.9 * unit)).astype(np.int32)], 255, cv2.LINE_AA)
    x0, x1 = max(0, int(x - 3 * unit)), max(0, int(x + 3 * unit) + 1)
    y0, y1 = max(0, int(y - 3 * unit)), max(0, int(y + 3 * unit) + 1)
    part = faces[y0:y1, x0:x1]
    if part.size:
        faces[y0:y1, x0:x1] = blurred(part, max(0.5, 0.3 * unit))


def _letter(image: Pixels, request: RenderRequest, people: Sequence[Drawn]) -> Pixels:
    k = math.sqrt(request.width * request.height / (1080 * 1920))
    for drawn in people:
        if drawn.label is not None:
            text, x, y, size = drawn.label
            size = max(size, 26 * k)
            room = max(4 * size, 5.4 * drawn.unit)
            x = float(np.clip(x, 0.14 * request.width, 0.86 * request.width))
            y = min(y, request.height - 2.2 * size)
            image = lettered(image, text, (x, y), size, (30, 34, 44), centred=True, longest=room)
    text = inserts.slate_text(request)
    if text:
        at = 0.055 * request.width, 0.05 * request.height
        image = lettered(image, text, at, 34 * k, slate=(244, 240, 230), longest=request.width * 0.86)
    return image


def _preview(picture: Pixels) -> Pixels:
    h, w = picture.shape[:2]
    shrink = min(1.0, _PREVIEW / max(h, w))
    return cv2.resize(picture, (max(1, round(w * shrink)), max(1, round(h * shrink))), interpolation=cv2.INTER_AREA)
