"""Keypoint pictures, pixel by pixel, and the sizes of the reference demo's resizer, which only its own pictures need."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from kit import Compared, case_name, compared
from PIL import Image

from studio.engines.sdxl.points import keypoint_picture


def keypoint_pictures(root: Path) -> Iterator[tuple[str, Iterator[Compared]]]:
    """Each manifest of drawings, by rows {width, height, kps, expected}."""
    for manifest in sorted(root.rglob("manifest.json")):
        rows = [row for row in _rows(json.loads(manifest.read_text())) if "kps" in row]
        if rows:
            name = case_name(manifest.parent, root)
            yield name, (_drawing(name, manifest.parent, row) for row in rows)


def resized(
    width: int,
    height: int,
    max_side: int = 1280,
    min_side: int = 1024,
    size: tuple[int, int] | None = None,
    pad_to_max_side: bool = False,
    base_pixel_number: int = 64,
) -> tuple[int, int]:
    """(width, height): the short side to min_side, then the long side to max_side, floored to multiples of a base."""
    if size is None:
        short = min_side / min(width, height)
        width, height = round(short * width), round(short * height)
        long = max_side / max(width, height)
        base = base_pixel_number
        size = round(long * width) // base * base, round(long * height) // base * base
    return (max_side, max_side) if pad_to_max_side else (size[0], size[1])


def resized_pictures(root: Path) -> Iterator[tuple[str, Iterator[Compared]]]:
    """Each table of sizes."""
    for table in sorted(root.rglob("sizes.json")):
        name = case_name(table.parent, root)
        content = json.loads(table.read_text())
        defaults = content.get("defaults", {}) if isinstance(content, dict) else {}
        yield name, (_resizing(name, {**defaults, **row}) for row in _rows(content))


_RESIZES = ("max_side", "min_side", "size", "pad_to_max_side", "base_pixel_number")


def _resizing(name: str, row: dict[str, Any]) -> Compared:
    given = {key: row[key] for key in _RESIZES if key in row}
    quantity = "x".join(map(str, row["input"])) + ("-padded" if given.get("pad_to_max_side") else "")
    return compared(name, quantity, resized(*row["input"], **given), row["output"], 0.0)


def _drawing(name: str, folder: Path, row: dict[str, Any]) -> Compared:
    recorded = np.asarray(Image.open(folder / row["expected"]).convert("RGB"))
    made = keypoint_picture([np.load(folder / row["kps"])], row["width"], row["height"])
    return compared(name, row["expected"], made.astype(int), recorded.astype(int), 0.0)


def _rows(content: Any) -> list[dict[str, Any]]:
    """A list of rows, or what holds one."""
    if isinstance(content, dict):
        content = next((each for each in content.values() if isinstance(each, list)), [])
    return [row for row in content if isinstance(row, dict)]
