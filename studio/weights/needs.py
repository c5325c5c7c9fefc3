"""Which engine needs which weights, and which of them are missing."""

from storage.errors import NotFound
from studio.weights.folder import Weights
from studio.weights.published import BASE, ENGINE_PARTS


def needed(weights: Weights, engine: str) -> tuple[str, ...]:
    """The parts that the engine cannot do without, on this machine: any checkpoint will do, and one that is a single
    file needs SDXL's configurations beside it. Raises NotFound for an engine that needs none.
    """
    if engine not in ENGINE_PARTS:
        raise NotFound(
            f"No engine called '{engine}' needs weights. Those that do: {', '.join(ENGINE_PARTS)}.",
            f"没有名为“{engine}”且需要权重的引擎。需要权重的有：{'、'.join(ENGINE_PARTS)}。",
        )
    bases = weights.bases()
    base = (f"base/{bases[0]}",) if bases else (BASE,)
    single = ("sdxl-config",) if bases and weights.base().is_file() else ()
    return (*base, *single, *(part for part in ENGINE_PARTS[engine] if part != BASE))


def missing(weights: Weights, engine: str) -> tuple[str, ...]:
    """Those of them that are not installed."""
    return tuple(part for part in needed(weights, engine) if not weights.has(part))


def engines_for(part: str) -> tuple[str, ...]:
    """The engines that cannot do without the part."""
    return tuple(engine for engine, parts in ENGINE_PARTS.items() if part in parts)
