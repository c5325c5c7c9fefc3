"""How good and how fast the bundled analyzer is, on the labelled photos beside the checkout. Prints; never fails.

python tests/bench/bench_bundled.py        or        pytest -m bench tests/bench/bench_bundled.py -s
"""

import sys
import time
from pathlib import Path

# the paths must be set before the imports below, so that this also runs as a script
# ruff: noqa: E402
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from verification import Verification, interval, labelled_photos, verify

from characters.analyzers.bundled import Bundled
from characters.analyzers.geometry import shrunk
from characters.intake import sharpness_at_middle_grey
from storage.pictures import take_in

SIZES = (64, 40, 24)


def units(analyzer: Bundled, pictures: list[NDArray[np.uint8]]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """(n, d) unit vectors of the largest face of each picture, and in which one was found."""
    faces = [analyzer.analyze(picture) for picture in pictures]
    found = np.array([bool(each) for each in faces])
    return np.array([each[0].unit for each in faces if each]), found


def line(title: str, found: Verification, between: str = "") -> str:
    return (
        f"{title:34s} AUC {found.auc:.3f}  EER {found.eer:.3f} at {found.threshold:.3f}  "
        f"({found.same} same, {found.different} different pairs){between}"
    )


def recognition(analyzer: Bundled, shared: Path) -> None:
    people, files = zip(*labelled_photos(shared), strict=True)
    pictures = [take_in(file, file.name).image for file in files]
    began = time.perf_counter()
    full, found = units(analyzer, pictures)
    seconds = (time.perf_counter() - began) / len(pictures)
    people = [person for person, there in zip(people, found, strict=True) if there]
    print(
        f"{len(pictures)} photos of {len(set(people))} people; face found in {found.sum()}; {seconds * 1e3:.0f} ms a photo"
    )
    table = full @ full.T
    auc, eer = (interval(table, people, measure) for measure in (lambda v: v.auc, lambda v: v.eer))
    between = f"  95 % over people: AUC {auc[0]:.3f}-{auc[1]:.3f}, EER {eer[0]:.3f}-{eer[1]:.3f}"
    print(line("as they are", verify(table, people, people), between))
    widths = [analyzer.analyze(picture)[0].width for picture, there in zip(pictures, found, strict=True) if there]
    there = [picture for picture, seen in zip(pictures, found, strict=True) if seen]
    for size in SIZES:
        small = [
            shrunk(picture, size / width)[0] if width > size else picture
            for picture, width in zip(there, widths, strict=True)
        ]
        shrunken, seen = units(analyzer, small)
        left = [person for person, kept in zip(people, seen, strict=True) if kept]
        print(line(f"both {size} px wide ({seen.sum()} found)", verify(shrunken @ shrunken.T, left, left)))
        print(line(f"{size} px against full size", _against(full[seen] @ shrunken.T, left)))


def _against(table: NDArray[np.float32], people: list[str]) -> Verification:
    """Every photo against every other one's smaller self, but none against its own."""
    rows, columns = np.nonzero(~np.eye(len(people), dtype=bool))
    names = np.array(people)
    kinds = np.where(names[rows] == names[columns], "same", "different")
    return verify(table[rows, columns][:, None], kinds.tolist(), ["same"], paired=False)


WORSE = {
    "blurred by 2 % of its width": lambda picture, width: cv2.GaussianBlur(picture, (0, 0), 0.02 * width),
    "blurred by 4 %": lambda picture, width: cv2.GaussianBlur(picture, (0, 0), 0.04 * width),
    "blurred by 6 %": lambda picture, width: cv2.GaussianBlur(picture, (0, 0), 0.06 * width),
    "darkened to 15 %": lambda picture, width: (picture * 0.15).astype(np.uint8),
    "darkened to 4 %": lambda picture, width: (picture * 0.04).astype(np.uint8),
    "exposed twice": lambda picture, width: np.clip(picture * 2.0, 0, 255).astype(np.uint8),
    "exposed three times": lambda picture, width: np.clip(picture * 3.0, 0, 255).astype(np.uint8),
}


def damage(analyzer: Bundled, shared: Path) -> None:
    """What the limits of characters.intake rest on: photos made worse, against the others as they are."""
    people, files = zip(*labelled_photos(shared), strict=True)
    pictures = [take_in(file, file.name).image for file in files]
    pictures = [shrunk(each, 640 / max(each.shape[:2]))[0] if max(each.shape[:2]) > 640 else each for each in pictures]
    whole = [analyzer.analyze(picture)[0] for picture in pictures]
    for title, worsen in WORSE.items():
        faces = [analyzer.analyze(worsen(picture, face.width)) for picture, face in zip(pictures, whole, strict=True)]
        seen = [at for at, each in enumerate(faces) if each]
        table = np.array([whole[at].unit for at in seen]) @ np.array([faces[at][0].unit for at in seen]).T
        sharp = np.median([sharpness_at_middle_grey(faces[at][0]) for at in seen])
        bright = np.median([faces[at][0].brightness for at in seen])
        found = _against(table, [people[at] for at in seen])
        print(line(title, found, f"  {len(seen)} found, sharpness {sharp:.0f}, brightness {bright:.0f}"))


def speed(analyzer: Bundled, shared: Path) -> None:
    picture = take_in(labelled_photos(shared)[0][1], "photo").image
    for width, height in ((720, 960), (1500, 2000), (3000, 4000)):
        large = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
        analyzer.analyze(large)
        times = []
        for _ in range(5):
            began, worked = time.perf_counter(), time.process_time()
            analyzer.analyze(large)
            times.append((time.perf_counter() - began, time.process_time() - worked))
        wall, cpu = np.median(times, axis=0) * 1e3
        print(f"{width * height / 1e6:4.1f} megapixels: {wall:.0f} ms, of processor time {cpu:.0f} ms")


def report(shared: Path) -> None:
    began = time.perf_counter()
    analyzer = Bundled()
    print(f"ready in {time.perf_counter() - began:.1f} s")
    recognition(analyzer, shared)
    damage(analyzer, shared)
    speed(analyzer, shared)


@pytest.mark.bench
def test_bundled(shared: Path) -> None:
    report(shared)


if __name__ == "__main__":
    report(ROOT.parent / "shared")
