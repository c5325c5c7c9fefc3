"""Measurements on a card, with random weights in the sizes of the published models. See docs/benchmarks.md."""
