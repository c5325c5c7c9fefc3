"""The name of a set of adapters. Imports no torch: shots are grouped by set before an engine is made."""

from collections.abc import Iterable


def adapter_key(adapters: Iterable[tuple[str, float]]) -> str:
    """One name for a set of (asset hash, weight), whatever their order; '' for none.

    An adapter of weight 0 changes nothing and is not named.
    """
    return "+".join(f"{asset}@{float(weight)!r}" for asset, weight in sorted(adapters) if weight)
