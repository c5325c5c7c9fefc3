"""The sample episode by every method, side by side: the same shots, the same cast, a table and a contact sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from storage.errors import Message, ResourceMissing
from storage.models import Shot, Take
from studio.engines import ENGINES
from studio.engines.photoboard.lettering import lettered
from studio.provenance import notices
from studio.rendering import Rendered, conclude
from studio.sample.series import add_sample

if TYPE_CHECKING:
    from studio.studio import Studio

EPISODE = 1
TINY = "random-weights"  # folder of the home
# where the weights are random: enough steps to run every part, and no more
FEW_STEPS: dict[str, Any] = {"num_inference_steps": 3}
_FRAME, _LABEL, _GAP = (180, 320), 40, 6


@dataclass(frozen=True, slots=True)
class Method:
    """What one engine made of the episode.

    seconds: of each frame, in story order. similarity: mean over the faces that were found and belong to somebody; None
    where there are none, and for random weights, in whose noise a face is found by chance. missing: why it could not run, or None. notices: what must be said of its frames.
    """

    engine: str
    frames: int
    seconds: tuple[float, ...]
    similarity: float | None
    missing: Message | None
    notices: tuple[Message, ...]
    failed: tuple[tuple[str, Message], ...]

    @property
    def seconds_per_frame(self) -> float | None:
        return round(fmean(self.seconds), 3) if self.seconds else None


@dataclass(frozen=True, slots=True)
class Compared:
    """series: whose first episode. random: no weights were installed, so that random ones stood in. sheet: the picture."""

    series: str
    random: bool
    methods: tuple[Method, ...]
    sheet: Path


def compare(studio: "Studio") -> Compared:
    """Render the first sample episode by every engine that can run, and lay the frames side by side.

    Where nothing is installed, random weights are made in the home first: what they render is no picture of anybody,
    and every frame says so.
    """
    from studio.weights import Weights

    title = add_sample(studio)[0]
    random = not Weights(studio.weights).bases()
    where = _with_random_weights(studio) if random else studio
    made: dict[str, list[Rendered] | Message] = {}
    for engine in ENGINES:
        generates = where.engine_class(engine).generates
        try:
            asked = where.submit_render(
                title, EPISODE, engine=engine, options=FEW_STEPS if random and generates else {}
            )
            made[engine] = conclude(where, asked)
        except ResourceMissing as error:
            made[engine] = error.message
    shots = where.shots.shots(title, EPISODE)
    sheet = where.home.exports / "methods.png"
    _contact_sheet(where, shots, made).save(sheet)
    if where is not studio:
        where.close()
    return Compared(title, random, tuple(_method(engine, outcome) for engine, outcome in made.items()), sheet)


def _with_random_weights(studio: "Studio") -> "Studio":
    from studio.studio import Studio
    from studio.weights.tiny import build

    folder = studio.home.root / TINY
    build(folder)
    return Studio(studio.settings.model_copy(update={"home": studio.home.root, "weights": folder}))


def _method(engine: str, outcome: list[Rendered] | Message) -> Method:
    if isinstance(outcome, Message):
        return Method(engine, 0, (), None, outcome, (), ())
    takes = [each.take for each in outcome if each.take]
    values = [
        face["similarity"] for take in takes for face in take.faces if face["uid"] and face["similarity"] is not None
    ]
    return Method(
        engine,
        len(takes),
        tuple(take.seconds for take in takes),
        round(fmean(values), 3) if values else None,
        None,
        tuple(dict.fromkeys(notice for take in takes for notice in notices(take))),
        tuple((each.shot.number, each.problem) for each in outcome if each.problem),
    )


def _contact_sheet(studio: "Studio", shots: Sequence[Shot], made: dict[str, list[Rendered] | Message]) -> Image.Image:
    """A row a method, a column a shot."""
    width, height = _FRAME
    across, down = width + _GAP, height + _LABEL + _GAP
    sheet = Image.new("RGB", (across * len(shots) + _GAP, down * len(made)), (24, 24, 24))
    for row, outcome in enumerate(made.values()):
        takes = {} if isinstance(outcome, Message) else {each.shot.uid: each.take for each in outcome}
        for column, shot in enumerate(shots):
            take: Take | None = takes.get(shot.uid)
            if take is not None:
                with Image.open(studio.assets.path(take.thumbnail_sha256 or take.asset_sha256)) as frame:
                    sheet.paste(frame.resize(_FRAME), (_GAP + column * across, row * down + _LABEL))
    written = np.asarray(sheet)
    for row, engine in enumerate(made):
        written = lettered(written, engine, (_GAP, row * down + 3), 18, ink=(255, 255, 255))
        for column, shot in enumerate(shots):
            at = _GAP + column * across, row * down + _LABEL - 15
            written = lettered(written, shot.number, at, 12, ink=(200, 200, 200))
    return Image.fromarray(written)
