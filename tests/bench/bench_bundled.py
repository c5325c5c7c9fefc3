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


def speed(analyzer: Bundled, shared: Path) -> None:
    picture = take_in(labelled_photos(shared)[0][1], "photo").image
    for width, height in ((720, 960), (1500, 2000), (3000, 4000)):
        large = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
        analyzer.analyze(large)
        times = []
        for _ in range(5):
            began = time.perf_counter()
            analyzer.analyze(large)
            times.append(time.perf_counter() - began)
        print(f"{width * height / 1e6:4.1f} megapixels: {np.median(times) * 1e3:.0f} ms")


def report(shared: Path) -> None:
    began = time.perf_counter()
    analyzer = Bundled()
    print(f"ready in {time.perf_counter() - began:.1f} s")
    recognition(analyzer, shared)
    speed(analyzer, shared)


@pytest.mark.bench
def test_bundled(shared: Path) -> None:
    report(shared)


if __name__ == "__main__":
    report(ROOT.parent / "shared")
