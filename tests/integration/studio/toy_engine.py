"""Two generating engines that paint a flat colour by the seed, several requests in one go, and write down each call.

`python toy_engine.py HOME` is a worker of a home that has them.
"""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import BaseModel, ConfigDict

from storage.errors import InvalidInput, ResourceMissing
from studio.engines import ENGINES, EngineCard, Frame
from studio.settings import Settings
from studio.studio import Studio


class ToyOptions(BaseModel):
    """group: those of one group are drawn together. trouble: what goes wrong, with the request of seed `at` in it."""

    model_config = ConfigDict(extra="forbid")
    group: str = "a"
    steps: int = 3
    seconds: float = 0.0
    trouble: str = ""
    at: int = -1


class Toy:
    name: ClassVar[str] = "toy"
    generates: ClassVar[bool] = True
    Options: ClassVar[type[BaseModel]] = ToyOptions
    styles: ClassVar[tuple[str, ...]] = ("photo", "noir")
    abilities: ClassVar[frozenset[str]] = frozenset({"repaint", "start"})
    version: str = "1"
    space: ClassVar[str | None] = None
    batch: int = 3

    @classmethod
    def card(cls, weights: Path, options: dict[str, Any]) -> EngineCard:
        return EngineCard(cls.name, "1", cls.space, cls.generates)

    @classmethod
    def open(cls, house) -> Self:
        return cls(house.weights)

    @classmethod
    def together(cls, request) -> str:
        return request.options["group"]

    def __init__(self, weights: Path):
        weights.mkdir(exist_ok=True)
        self._log = weights / "calls.jsonl"

    def _write(self, **said: Any) -> None:
        with self._log.open("a") as log:
            log.write(json.dumps({"engine": self.name, "pid": os.getpid(), **said}) + "\n")

    def render(self, requests, on_step):
        options = [ToyOptions(**request.options) for request in requests]
        self._write(seeds=[request.seed for request in requests], groups=[each.group for each in options])
        for step in range(options[0].steps):
            for index, _ in enumerate(requests):
                on_step(index, (step + 1) / options[0].steps, np.full((8, 4, 3), 90, np.uint8))
            time.sleep(options[0].seconds)
            self._write(step=step)
            if step == 1:
                for request, each in zip(requests, options, strict=True):
                    _trouble(each.trouble, each.at in (-1, request.seed), len(requests))
        for request in requests:
            colour = np.random.default_rng(request.seed).integers(0, 256, 3, np.uint8)
            image = np.broadcast_to(colour, (request.height, request.width, 3)).copy()
            yield Frame(image, provenance={"random_weights": True, "start": request.start is not None})


class Other(Toy):
    name: ClassVar[str] = "other"
    abilities: ClassVar[frozenset[str]] = frozenset()
    styles: ClassVar[tuple[str, ...]] = ("ink",)


def _trouble(trouble: str, mine: bool, together: int) -> None:
    if not mine:
        return
    if trouble == "missing":
        raise ResourceMissing("The toy has no weights: `weights pull toy`.", "玩具没有权重：`weights pull toy`。")
    if trouble == "bad":
        raise InvalidInput("That one cannot be drawn.", "这一张画不出来。")
    if trouble == "too many" and together > 1:
        raise InvalidInput("There is no room for so many.", "显存放不下这么多。")
    if trouble == "bug":
        raise ZeroDivisionError("by nought")


def install() -> None:
    ENGINES.update({"toy": "toy_engine:Toy", "other": "toy_engine:Other"})


def calls(studio: Studio) -> list[dict[str, Any]]:
    """What render was called with, in order."""
    lines = (studio.weights / "calls.jsonl").read_text().splitlines()
    return [call for line in lines if "seeds" in (call := json.loads(line))]


def steps(studio: Studio) -> int:
    """How many steps the engines have made in all."""
    return (studio.weights / "calls.jsonl").read_text().count('"step"')


if __name__ == "__main__":
    from studio.jobs.service import serve

    sys.modules["toy_engine"] = sys.modules["__main__"]
    install()
    serve(Studio(Settings(home=Path(sys.argv[1]))).worker(), lifeline=0, poll=0.02)
