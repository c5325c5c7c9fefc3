"""The three engines as the catalogue knows them. Nothing here imports torch: the page asks these classes for their cards."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ValidationError

from storage.errors import InvalidInput
from studio.engines import EngineCard, Frame, House, OnStep, RenderRequest
from studio.engines.sdxl.adapter_set import adapter_key
from studio.engines.sdxl.options import (
    AdaptersOptions,
    InstantIDOptions,
    IPAdapterOptions,
    Resolved,
    SdxlOptions,
    resolved,
)
from studio.engines.sdxl.parts import demanded, face_space, licence_parts, parts_of
from studio.prompt_styles import STYLES
from studio.weights import Weights

# of the pipeline: raised whenever the same request on the same weights would give another picture
VERSION = "1"


class SdxlEngine:
    """What the three have in common; each is its options."""

    name: ClassVar[str]
    generates: ClassVar[bool] = True
    Options: ClassVar[type[BaseModel]] = SdxlOptions
    styles: ClassVar[tuple[str, ...]] = tuple(STYLES)
    abilities: ClassVar[frozenset[str]] = frozenset({"start", "repaint", "adapters", "long-prompts"})
    version = VERSION
    space: str | None = None

    @classmethod
    def card(cls, weights: Path, options: dict[str, Any]) -> EngineCard:
        """Its version covers the weights that these options use. Raises ResourceMissing, InvalidInput."""
        folder = Weights(weights)
        chosen = cls._resolved(options)
        parts = parts_of(chosen, folder)
        demanded(parts, folder)
        space = face_space(chosen, folder)
        version = f"{VERSION}+{folder.fingerprint(parts)}"
        return EngineCard(cls.name, version, space, cls.generates, licence_parts(parts, chosen))

    @classmethod
    def open(cls, house: House) -> Self:
        """Reads nothing yet: the checkpoint depends on the first request's options."""
        return cls(house)

    @classmethod
    def together(cls, request: RenderRequest) -> str:
        """Frames of one size, one set of options and one set of adapters are denoised together."""
        chosen = cls._resolved(request.options)
        if chosen.batch == 1:
            return ""
        worn = adapter_key({(use.asset, use.weight) for each in request.subjects for use in each.adapters})
        start = None if request.start is None else (request.start.strength, bool(request.start.repaint))
        shared = [cls.name, request.options, worn, request.width, request.height, start]
        return hashlib.sha256(json.dumps(shared, sort_keys=True).encode()).hexdigest()[:32]

    def __init__(self, house: House):
        from studio.engines.sdxl.painting import Painter

        self._painter = Painter(house)

    @property
    def batch(self) -> int:
        """As many as the plan of the device takes; 1 until the first frame has chosen it."""
        return self._painter.batch

    def render(self, requests: Sequence[RenderRequest], on_step: OnStep) -> Iterator[Frame]:
        """Frames in the order of the requests; all options are checked before the first weight is read.

        Raises InvalidInput, ResourceMissing; what on_step raises passes through, at every step.
        """
        checked = [(request, self._resolved(request.options)) for request in requests]
        yield from self._painter.render(checked, on_step)

    @classmethod
    def _resolved(cls, options: dict[str, Any]) -> Resolved:
        try:
            return resolved(cls.Options.model_validate(options))  # pyright: ignore[reportArgumentType]
        except ValidationError as wrong:
            first = wrong.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise InvalidInput(
                f"Option '{where}' of {cls.name} is wrong: {first['msg']}.",
                f"{cls.name} 的选项“{where}”不正确：{first['msg']}。",
            ) from wrong


class InstantID(SdxlEngine):
    """Identity by a face embedding and five points."""

    name: ClassVar[str] = "instantid"
    Options: ClassVar[type[BaseModel]] = InstantIDOptions


class IPAdapter(SdxlEngine):
    """Image prompts of face, look and plate, without IdentityNet."""

    name: ClassVar[str] = "ip-adapter"
    Options: ClassVar[type[BaseModel]] = IPAdapterOptions


class Adapters(SdxlEngine):
    """The checkpoint with the cast's own LoRA and textual-inversion files, and nothing else."""

    name: ClassVar[str] = "adapters"
    Options: ClassVar[type[BaseModel]] = AdaptersOptions
