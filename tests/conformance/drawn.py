"""Keypoint pictures, pixel by pixel, and the sizes of the reference demo's resizer, which only its own pictures need."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from kit import Compared, compared
from PIL import Image

from studio.engines.sdxl.points import keypoint_picture


def drawn_points(points: np.ndarray, width: int, height: int) -> np.ndarray:
    """(height, width, 3) uint8 of one face."""
    return keypoint_picture([points], width, height)


def keypoint_pictures(root: Path) -> Iterator[Compared]:
    """Every row of every manifest of drawings."""
    for manifest in sorted(root.rglob("manifest.json")):
        rows = json.loads(manifest.read_text())
        for row in rows if isinstance(rows, list) else []:
            if "kps" in row:
                points = np.load(manifest.parent / row["kps"])
                made = drawn_points(points, row["width"], row["height"])
                recorded = np.asarray(Image.open(manifest.parent / row["expected"]).convert("RGB"))
                name = manifest.parent.relative_to(root) if manifest.parent != root else manifest.parent.name
                yield compared(str(name), row["expected"], made.astype(int), recorded.astype(int), 0.0)


def resized(
    width: int, height: int, max_side: int = 1280, min_side: int = 1024, base: int = 64, pad_to_max_side: bool = False
) -> tuple[int, int]:
    """(width, height): the short side to min_side, then the long side to max_side, floored to multiples of base."""
    short = min_side / min(width, height)
    width, height = round(short * width), round(short * height)
    long = max_side / max(width, height)
    width, height = round(long * width) // base * base, round(long * height) // base * base
    return (max_side, max_side) if pad_to_max_side else (width, height)


def resized_pictures(root: Path) -> Iterator[Compared]:
    """Every row of every table of sizes."""
    for table in sorted(root.rglob("sizes.json")):
        content = json.loads(table.read_text())
        defaults = content.get("defaults", {})
        name = str(table.parent.relative_to(root)) if table.parent != root else table.parent.name
        for row in content["cases"]:
            given = {**defaults, **row}
            made = resized(
                *row["input"],
                max_side=given.get("max_side", 1280),
                min_side=given.get("min_side", 1024),
                base=given.get("base_pixel_number", 64),
                pad_to_max_side=given.get("pad_to_max_side", False),
            )
            yield compared(name, "x".join(map(str, row["input"])), made, row["output"], 0.0)
