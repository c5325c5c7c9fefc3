"""The contract of an engine: frozen values in, frames out. `ENGINES` names what there is.

Everything here is JSON-able, so a Take can be made again from its request: bit for bit on the same engine and device.
Pictures are asset hashes, never paths; an engine reads them through the `Pictures` that it is built with.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from characters.face import FaceAnalyzer

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture of a person. kind: 'face' or 'look'. box, keypoints: pixels of that picture; pose: yaw, pitch, roll in degrees."""

    asset: str
    kind: str
    width: int
    height: int
    box: Box
    keypoints: tuple[Point, ...]
    pose: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class AdapterUse:
    """A LoRA or textual-inversion file (asset hash) with its weight and trigger word."""

    asset: str
    kind: str
    weight: float
    trigger: str


@dataclass(frozen=True, slots=True)
class Subject:
    """One person in the frame.

    character: the Character's uid, or '' where nobody is cast; name: as the script has it.
    keypoints: five points on the canvas, in pixels; () where no face is seen (from behind, a hand, a far figure).
    pose: yaw, pitch, roll in degrees that the keypoints were projected with.
    head, region: x0, y0, x1, y1 of head and whole person on the canvas (may reach past it).
    part: face | back | hand | feet | figure. depth: 0 is nearest the camera; larger is drawn first.
    embeddings: base64 of (n, d) float32 little endian RAW rows in `space`, () and '' for engines that need none.
    colours: '#rrggbb' of the look's clothes, top first.
    """

    character: str
    name: str
    part: str
    keypoints: tuple[Point, ...]
    pose: tuple[float, float, float]
    head: Box
    region: Box
    depth: int = 0
    references: tuple[Reference, ...] = ()
    adapters: tuple[AdapterUse, ...] = ()
    embeddings: tuple[str, ...] = ()
    space: str = ""
    colours: tuple[str, ...] = ()
    wardrobe: str = ""


@dataclass(frozen=True, slots=True)
class Staging:
    """What the shot sheet says of the frame, in studio.vocabulary's codes; `action` in the script's language."""

    size: str
    framing: str
    angle: str
    movement: str
    int_ext: str
    time_of_day: str
    location: str
    action: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Start:
    """A picture that a frame is made from, in place of noise.

    strength: 0..1, how much of it is made anew. repaint: the uid of the one subject whose face is made anew while all
    else stays; '' for the whole frame.
    """

    asset: str
    strength: float
    repaint: str = ""


@dataclass(frozen=True, slots=True)
class RenderRequest:
    """One frame, completely.

    style: one of the engine's `styles`; plate: asset hash or None; options: the engine's own, by name.
    """

    width: int
    height: int
    prompt: str
    negative_prompt: str
    seed: int
    subjects: tuple[Subject, ...]
    staging: Staging
    plate: str | None
    style: str
    options: dict[str, Any] = field(default_factory=dict)
    start: Start | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """image: (height, width, 3) uint8 RGB. uncast: names that were drawn as mannequins, or as nobody in particular.

    provenance: JSON-able facts of how it was made that the request does not hold: see studio.provenance.
    """

    image: NDArray[np.uint8]
    uncast: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)


class Pictures(Protocol):
    """Where an engine reads pictures, and adapter files, by hash."""

    def picture(self, sha256: str) -> NDArray[np.uint8]:
        """(H, W, 3) uint8 RGB, upright. Raises NotFound."""
        ...

    def read(self, sha256: str) -> bytes:
        """The file as it is. Raises NotFound."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """What an engine is given when it is made.

    weights: the folder of studio.weights. device: 'auto', 'cpu', 'cuda' or 'cuda:<n>'.
    """

    pictures: Pictures
    analyzer: Callable[[], FaceAnalyzer]
    weights: Path
    device: str = "auto"


@dataclass(frozen=True, slots=True)
class EngineCard:
    """What is known of an engine without making it, or importing torch.

    version: part of every recipe key; it covers the weights that are installed. space: the embedding space it needs,
    or None. generates: True where pixels are generated, False where photos are composited. parts: names of the parts of
    studio.weights whose licences count for a frame.
    """

    name: str
    version: str
    space: str | None
    generates: bool
    parts: tuple[str, ...] = ()


# (index of the request in the batch, fraction 0..1, small preview (h, w, 3) uint8 RGB or None); raises JobCancelled
OnStep = Callable[[int, float, NDArray[np.uint8] | None], None]


class Engine(Protocol):
    """Makes frames. `card` and `styles` are asked before it is made, `open` makes it.

    batch: how many requests it likes to be given at once; those that share work have the same `together`.
    abilities: what it can do beyond a frame from nothing: 'start' (from a picture), 'repaint' (one face of a picture),
    'adapters' (LoRA, textual inversion), 'long-prompts' (more than one window of 77 tokens).
    """

    name: ClassVar[str]
    generates: ClassVar[bool]
    Options: ClassVar[type[BaseModel]]
    styles: ClassVar[tuple[str, ...]]
    abilities: ClassVar[frozenset[str]]
    version: str
    space: str | None
    batch: int

    @classmethod
    def card(cls, weights: Path, options: dict[str, Any]) -> EngineCard:
        """What a recipe key needs to know for these (validated) options. Raises ResourceMissing, naming the command that mends it."""
        ...

    @classmethod
    def open(cls, house: House) -> Self:
        """The engine, ready to render. May be slow; raises ResourceMissing."""
        ...

    @classmethod
    def together(cls, request: RenderRequest) -> str:
        """Requests of one `together` may be rendered in one batch; '' stands alone."""
        ...

    def render(self, requests: Sequence[RenderRequest], on_step: OnStep) -> Iterator[Frame]:
        """Frames in the order of the requests. Calls on_step, which is where a cancel is raised: once nobody waits for
        any of them. Of requests that share their work, on_step hears of each in turn, so that each has its progress.
        """
        ...


# name -> "module:attribute" of a class whose module imports no torch; imported on first use
ENGINES: dict[str, str] = {
    "photoboard": "studio.engines.photoboard:Photoboard",
    "instantid": "studio.engines.sdxl.entries:InstantID",
    "ip-adapter": "studio.engines.sdxl.entries:IPAdapter",
    "adapters": "studio.engines.sdxl.entries:Adapters",
}
