"""A request as JSON and back, and the key that names everything that made a Take."""

import hashlib
import json
from dataclasses import asdict
from typing import Any

from studio.engines import AdapterUse, Box, EngineCard, Point, Reference, RenderRequest, Staging, Start, Subject


def to_json(request: RenderRequest) -> dict[str, Any]:
    """The request as plain JSON values (tuples become lists); without `start` where there is none.

    So a frame from nothing keeps the key it had before frames could start from a picture.
    """
    plain = json.loads(json.dumps(asdict(request)))
    if plain["start"] is None:
        del plain["start"]
    return plain


def _box(values: list[float]) -> Box:
    x0, y0, x1, y1 = values
    return (x0, y0, x1, y1)


def _points(values: list[list[float]]) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in values)


def _angles(values: list[float]) -> tuple[float, float, float]:
    yaw, pitch, roll = values
    return (yaw, pitch, roll)


def _reference(plain: dict[str, Any]) -> Reference:
    return Reference(
        **plain | {"box": _box(plain["box"]), "keypoints": _points(plain["keypoints"]), "pose": _angles(plain["pose"])}
    )


def _subject(plain: dict[str, Any]) -> Subject:
    return Subject(
        **plain
        | {
            "keypoints": _points(plain["keypoints"]),
            "pose": _angles(plain["pose"]),
            "head": _box(plain["head"]),
            "region": _box(plain["region"]),
            "references": tuple(_reference(each) for each in plain["references"]),
            "adapters": tuple(AdapterUse(**each) for each in plain["adapters"]),
            "embeddings": tuple(plain["embeddings"]),
            "colours": tuple(plain["colours"]),
        }
    )


def from_json(plain: dict[str, Any]) -> RenderRequest:
    """The request that `to_json` wrote; `from_json(to_json(r)) == r`."""
    return RenderRequest(
        **plain
        | {
            "subjects": tuple(_subject(each) for each in plain["subjects"]),
            "staging": Staging(**plain["staging"]),
            "start": Start(**plain["start"]) if plain.get("start") else None,
        }
    )


def recipe_key(request: RenderRequest, engine: EngineCard) -> str:
    """SHA-256 (64 hex) of the canonical request plus engine name and version (which covers its weights)."""
    canonical = json.dumps(
        {"request": to_json(request), "engine": engine.name, "version": engine.version},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=True,
        allow_nan=False,
    )
    return hashlib.sha256(canonical.encode()).hexdigest()
