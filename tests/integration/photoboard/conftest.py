"""A real photo (NASA's portrait of Eileen Collins, public domain, as scikit-image ships it), cut in three ways."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray

from characters.analyzers.bundled import Bundled
from storage.errors import NotFound
from studio.blocking import Placed, block
from studio.engines import Reference, RenderRequest, Staging, Subject
from studio.engines.photoboard import Photoboard


@dataclass
class Album:
    """studio.engines.Pictures in memory."""

    kept: dict[str, NDArray[np.uint8]] = field(default_factory=dict)

    def add(self, picture: NDArray[np.uint8]) -> str:
        name = hashlib.sha256(np.ascontiguousarray(picture).tobytes()).hexdigest()
        self.kept[name] = np.ascontiguousarray(picture)
        return name

    def picture(self, sha256: str) -> NDArray[np.uint8]:
        if sha256 not in self.kept:
            raise NotFound("There is no such picture.", "没有这张图片。")
        return self.kept[sha256]


@pytest.fixture(scope="session")
def analyzer() -> Bundled:
    return Bundled()


@pytest.fixture(scope="session")
def album() -> Album:
    return Album()


@pytest.fixture(scope="session")
def photographed(album: Album, analyzer: Bundled) -> Callable[[NDArray[np.uint8]], Reference]:
    def reference(picture: NDArray[np.uint8]) -> Reference:
        face = analyzer.analyze(picture)[0]
        pose = (face.pose.yaw, face.pose.pitch, face.pose.roll)
        points = tuple((float(x), float(y)) for x, y in face.keypoints)
        box = tuple(float(v) for v in face.box)
        return Reference(album.add(picture), "face", picture.shape[1], picture.shape[0], box, points, pose)

    return reference


@pytest.fixture(scope="session")
def astronaut(photographed: Callable[[NDArray[np.uint8]], Reference]) -> dict[str, Reference]:
    """'whole': as it is; 'bust': cut at the chest and at one shoulder; 'face': cut at forehead, cheeks and chin."""
    from skimage.data import astronaut as eileen

    picture = eileen()
    return {
        "whole": photographed(picture),
        "bust": photographed(picture[0:240, 110:330]),
        "face": photographed(picture[48:185, 170:282]),
    }


@pytest.fixture(scope="session")
def board(album: Album, analyzer: Bundled) -> Photoboard:
    return Photoboard(album, analyzer)


Person = tuple[Placed, tuple[Reference, ...]]


@pytest.fixture(scope="session")
def shot() -> Callable[..., RenderRequest]:
    """A request as the studio plans it."""

    def request(
        size: str, *people: Person, framing: str = "single", width: int = 540, height: int = 960, **more
    ) -> RenderRequest:
        marks = block(size, framing, more.get("angle", "eye-level"), [placed for placed, _ in people], width, height)
        subjects = tuple(
            Subject(
                character=mark.name if references else "", name=mark.name, part=mark.part,
                keypoints=tuple((float(x), float(y)) for x, y in mark.keypoints),
                pose=(mark.pose.yaw, mark.pose.pitch, mark.pose.roll), head=mark.head, region=mark.region,
                depth=mark.depth, references=references, colours=more.get("colours", ()),
                wardrobe=more.get("wardrobe", ""),
            )
            for mark, (_, references) in zip(marks, people, strict=True)
        )  # fmt: skip
        staging = Staging(
            size, framing, more.get("angle", "eye-level"), "static", more.get("int_ext", "INT"),
            more.get("time", "DAY"), more.get("location", "Office"), more.get("action", ""), more.get("language", "en"),
        )  # fmt: skip
        return RenderRequest(
            width, height, "", "", more.get("seed", 1), subjects, staging, more.get("plate"),
            more.get("style", "ink"), more.get("options", {}),
        )  # fmt: skip

    return request
