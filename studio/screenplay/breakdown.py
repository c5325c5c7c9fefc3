"""A first shot breakdown: a scene's action and dialogue as shots, as an assistant director would pencil them in.

Explicit markings become shots of their own; between them beats.py groups what one shot can hold, and coverage.py
decides what it looks like. It is a draft for people to change.
"""

from collections.abc import Set
from dataclasses import replace

from storage.errors import Language
from studio.screenplay.beats import group
from studio.screenplay.cast import Cast
from studio.screenplay.coverage import cover
from studio.screenplay.draft import SceneDraft


def place_root(location: str) -> str:
    """The place as a whole: 'voss grand hotel' of 'Voss Grand Hotel - Rooftop', 陆家老宅 of 陆家老宅·客厅."""
    return location.split("·")[0].split(" - ")[0].strip().casefold()


def break_down(scene: SceneDraft, cast: Cast, language: Language, visited: Set[str] = frozenset()) -> SceneDraft:
    """The scene with its shots; whoever appears only in a shot (`an old man's hand`) joins the scene's cast.

    visited: `place_root` of the places that the episode has shown before.
    """
    shots = cover(scene, group(scene, cast), cast, language, known=place_root(scene.location) in visited)
    appearing = [person.name for shot in shots for person in shot.cast]
    return replace(scene, shots=shots, cast=tuple(dict.fromkeys([*scene.cast, *appearing])))
