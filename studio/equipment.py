"""What a home works with: recognisers and engines, each made on first use and kept."""

from pathlib import Path
from typing import Any

from characters.analyzers import ANALYZERS
from characters.analyzers.insightface import recogniser_of
from characters.face import FaceAnalyzer
from storage.files import Assets
from studio.catalog import load
from studio.engine_list import EngineListed, listed
from studio.engines import ENGINES, Engine, EngineCard, House
from studio.settings import Settings


class Equipment:
    """weights: the folder of models, see studio.weights."""

    def __init__(self, settings: Settings, assets: Assets, weights: Path):
        self.settings = settings
        self.assets = assets
        self.weights = weights
        self._analyzer: FaceAnalyzer | None = None
        self._recognisers: dict[str, FaceAnalyzer] = {}
        self._engines: dict[str, Engine] = {}

    def analyzer(self) -> FaceAnalyzer:
        """The face analyzer of the settings, made on first use."""
        analyzer = self._analyzer or load(ANALYZERS, self.settings.analyzer, "face analyzer")(self.weights)
        self._analyzer = analyzer
        return analyzer

    def recogniser(self, space: str) -> FaceAnalyzer:
        """The analyzer of an embedding space: the settings' own, or a pack among the weights. Raises ResourceMissing."""
        if self.analyzer().space == space:
            return self.analyzer()
        if space not in self._recognisers:
            self._recognisers[space] = recogniser_of(space, self.weights)
        return self._recognisers[space]

    def engine_class(self, name: str) -> type[Engine]:
        """What is known of an engine without making it. Raises NotFound."""
        return load(ENGINES, name, "engine")

    def engine(self, name: str) -> Engine:
        """The engine of that name, made on first use. Raises NotFound, ResourceMissing."""
        if name not in self._engines:
            house = House(self.assets, self.analyzer, self.weights, self.settings.device)
            self._engines[name] = self.engine_class(name).open(house)
        return self._engines[name]

    def engine_card(self, name: str, options: dict[str, Any]) -> EngineCard:
        """What a recipe key needs to know of an engine, with its options. Raises NotFound, ResourceMissing."""
        return self.engine_class(name).card(self.weights, options)

    def engines(self) -> list[EngineListed]:
        """Every engine: whether it can be used here, and what there is to choose."""
        return [listed(self.engine_class(name), self.weights) for name in ENGINES]
