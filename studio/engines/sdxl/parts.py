"""Which weights a choice of options needs. Imports no torch: asked before an engine is made."""

from pathlib import Path

from characters.analyzers.pack import space_of
from studio.engines.sdxl.options import Resolved
from studio.weights import Weights

# what hears looks and plates: a picture's patches, not its pooled embedding, so that a pattern of cloth survives
PICTURES = "plus"
# which recogniser each of those who hear an embedding was trained with
FACE_PACKS = {"instantid": "antelopev2", "faceid": "buffalo_l", "faceid-plusv2": "buffalo_l"}


def parts_of(options: Resolved, weights: Weights) -> tuple[str, ...]:
    """Names of the parts, the checkpoint first. Raises ResourceMissing, NotFound where the checkpoint is not there."""
    base = weights.base(options.base)
    parts = [f"base/{base.stem if base.is_file() else base.name}"]
    if base.is_file():
        parts.append("sdxl-config")
    if weights.has("vae"):
        parts.append("vae")
    if options.few_step:
        parts.append(options.few_step)
    if options.face == "instantid":
        parts.append("instantid")
    kinds = [options.face] if options.face not in ("none", "instantid") and options.face_scale else []
    if options.look_scale or options.plate_scale:
        kinds.append(PICTURES)
    parts += [f"ip-adapter/{kind}" for kind in dict.fromkeys(kinds)]
    if any(kind != "faceid" for kind in kinds):
        parts.append("ip-adapter/image-encoder")
    if options.second_control != "none":
        parts.append(f"control/{options.second_control}")
    return tuple(parts)


def demanded(parts: tuple[str, ...], weights: Weights) -> None:
    """Raises ResourceMissing for the first part that is not installed."""
    for part in parts:
        weights.path(part)


def face_space(options: Resolved, weights: Weights) -> str | None:
    """The embedding space that faces are heard in, or None. Raises ResourceMissing where its recogniser is not there."""
    if options.face not in FACE_PACKS:
        return None
    return space_of(Path(weights.path(FACE_PACKS[options.face])))


def licence_parts(parts: tuple[str, ...], options: Resolved) -> tuple[str, ...]:
    """The parts whose licences count for a frame: the recogniser too, where its embeddings went in."""
    return (*parts, FACE_PACKS[options.face]) if options.face in FACE_PACKS else parts
