"""The dominant colours of the clothes in a photo."""

import cv2
import numpy as np
from numpy.typing import NDArray

from characters.analyzers.geometry import shrunk

# Heights are counted from the eyes (0) along the face to the mouth (1); a chin is near 1.7, a collar near 2.3.
COLLAR, BELT, KNEES = 2.3, 7.0, 13.0
PERSON = 0.7  # of the mask
LEAST_SHARE = 0.12  # of the clothes, for a colour to count
SAME = 12.0  # Lab distance under which two colours are one
SKIN = 14.0  # the same for skin, whose lightness (counted at 0.4) changes with the light on neck and shoulders
_CLUSTERS, _ROUNDS, _SAMPLES, _LEAST_PIXELS, _SIDE = 5, 12, 4000, 150, 320


def clothes_colours(
    picture: NDArray[np.uint8], mask: NDArray[np.float32], keypoints: NDArray[np.float32]
) -> tuple[str, ...]:
    """Up to three '#rrggbb': what is worn above the belt, most first, then what is below; () where no clothes are seen.

    picture: (H, W, 3) uint8 RGB; mask: (H, W) 0..1, how surely a pixel is the person; keypoints: (5, 2) pixels.
    """
    small, stretch = shrunk(picture, min(1.0, _SIDE / max(picture.shape[:2])))
    person = cv2.resize(mask, (small.shape[1], small.shape[0]), interpolation=cv2.INTER_AREA) > PERSON
    points = keypoints / stretch.astype(np.float32)
    eyes, mouth = points[:2].mean(axis=0), points[3:].mean(axis=0)
    down = mouth - eyes
    length = max(float(np.hypot(*down)), 1.0)
    rows, columns = np.mgrid[0 : small.shape[0], 0 : small.shape[1]]
    from_eyes = np.stack([columns - eyes[0], rows - eyes[1]], axis=-1)
    height = from_eyes @ down / length**2
    sideways = np.abs(from_eyes @ np.array([-down[1], down[0]])) / length**2
    lab = np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB), np.float32)
    cheeks = lab[person & (height > 0.2) & (height < 0.8) & (sideways < 0.5)]
    skin = np.median(cheeks, axis=0) if len(cheeks) else np.full(3, np.inf)
    near = person & (sideways < 6.0)
    above = _dominant(lab[near & (height > COLLAR) & (height < BELT)], skin)
    below = _dominant(lab[near & (height > BELT) & (height < KNEES)], skin)
    chosen = [*above[: 2 if below else 3]]
    chosen += [colour for colour in below[:1] if _far_from(colour, chosen)]
    return tuple(_hex(colour) for colour in chosen)


def _dominant(pixels: NDArray[np.float32], skin: NDArray[np.float32]) -> list[NDArray[np.float64]]:
    """Lab colours of (n, 3) pixels, most frequent first, without skin."""
    if len(pixels) < _LEAST_PIXELS:
        return []
    sample = pixels[:: max(1, len(pixels) // _SAMPLES)].astype(np.float64)
    centres, counts = _clusters(sample)
    merged: list[tuple[float, NDArray[np.float64]]] = []
    for cluster in np.argsort(-counts):
        share, colour = float(counts[cluster] / len(sample)), centres[cluster]
        twin = next((at for at, (_, other) in enumerate(merged) if np.linalg.norm(other - colour) < SAME), None)
        if twin is None:
            merged.append((share, colour))
        else:
            merged[twin] = (merged[twin][0] + share, merged[twin][1])
    worn = [pair for pair in merged if np.linalg.norm((pair[1] - skin) * [0.4, 1.0, 1.0]) >= SKIN]
    covered = sum(share for share, _ in worn)
    if covered * len(pixels) < _LEAST_PIXELS:
        return []
    worn = [(share, colour) for share, colour in worn if share >= LEAST_SHARE * covered]
    return [colour for _, colour in sorted(worn, key=lambda pair: -pair[0])]


def _clusters(sample: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """k-means (Lloyd) from colours spread evenly over the lightness: (centres (k, 3), how many pixels each has (k,))."""
    by_lightness = sample[np.argsort(sample[:, 0], kind="stable")]
    centres = by_lightness[np.linspace(0, len(sample) - 1, 2 * _CLUSTERS + 1).astype(int)[1::2]]
    counts = np.zeros(_CLUSTERS, np.intp)
    for _ in range(_ROUNDS):
        distances = ((sample[:, None] - centres[None]) ** 2).sum(axis=2)
        labels = distances.argmin(axis=1)
        counts = np.bincount(labels, minlength=_CLUSTERS)
        sums = np.stack([np.bincount(labels, sample[:, axis], _CLUSTERS) for axis in range(3)], axis=1)
        centres = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], centres)
    return centres, counts


def _far_from(colour: NDArray[np.float64], others: list[NDArray[np.float64]]) -> bool:
    return all(np.linalg.norm(colour - other) >= SAME for other in others)


def _hex(lab: NDArray[np.float64]) -> str:
    pixel = np.asarray(cv2.cvtColor(lab.astype(np.float32).reshape(1, 1, 3), cv2.COLOR_LAB2RGB))
    red, green, blue = np.clip(np.round(pixel.ravel() * 255), 0, 255).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"
