"""The photoboard: a photomatic made of the cast's own photos. Nothing is generated."""

from studio.engines.photoboard.engine import Photoboard, PhotoboardOptions

__all__ = ["Photoboard", "PhotoboardOptions"]
