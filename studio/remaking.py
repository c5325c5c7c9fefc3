"""A take made again from its request, to see whether the same picture comes out."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from sqlalchemy import select

from storage.models import Take
from storage.pictures import encode_png
from studio.recipe import from_json

if TYPE_CHECKING:
    from studio.studio import Studio


@dataclass(frozen=True, slots=True)
class Remade:
    """equal: byte for byte the same picture. difference: the largest of any colour value of any pixel, 0..255.

    version, now: the engine's (which covers its weights) when the take was made, and today. batch: how many frames the
    take was drawn with in one go; it is made again alone, and a card may round differently then.
    """

    take: Take
    equal: bool
    difference: int
    version: str
    now: str
    batch: int


def remake(studio: "Studio", take: Take) -> Remade:
    """Render the take's request again in this process; nothing is kept. Raises NotFound, ResourceMissing."""
    with studio.database.reading() as session:
        request = from_json(session.scalars(select(Take.request).where(Take.id == take.id)).one())
    engine = studio.engine(take.engine)
    (frame,) = engine.render([request], lambda _index, _fraction, _preview: None)
    before = studio.assets.picture(take.asset_sha256).astype(np.int16)
    return Remade(
        take,
        encode_png(frame.image) == studio.assets.read(take.asset_sha256),
        int(np.abs(before - frame.image).max()),
        take.engine_version,
        studio.engine_card(take.engine, request.options).version,
        take.provenance.get("batch", 1),
    )
