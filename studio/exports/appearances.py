"""Who is in an episode, where and how often: for the sheet of the cast and the character bible."""

from collections.abc import Iterable
from dataclasses import dataclass

from characters.names import name_key
from studio.exports.timeline import Clip, DressedAs, Person, Timeline


@dataclass(frozen=True, slots=True)
class Appearance:
    """Somebody and the clips that are not omitted which they are in, in story order.

    person None: no character answers to `name`, the name that the script uses. keys: the forms it is found by.
    """

    name: str
    person: Person | None
    keys: frozenset[str]
    clips: tuple[Clip, ...]

    def wearing(self, look: DressedAs) -> tuple[Clip, ...]:
        """The clips in which this one wears that look."""
        wanted = name_key(look.name)
        return tuple(clip for clip in self.clips if self._look(clip) == wanted)

    def _look(self, clip: Clip) -> str:
        named = zip(clip.cast, clip.looks, strict=bool(clip.looks))
        return next((name_key(look) for name, look in named if name_key(name) in self.keys), "")


def appearances(timeline: Timeline) -> list[Appearance]:
    """Everybody: the characters in the timeline's order, then names that none answers to, as they appear."""
    live = [clip for clip in timeline.clips if not clip.omitted]
    known = [(person.names[0], person, frozenset(name_key(name) for name in person.names)) for person in timeline.cast]
    answered = frozenset[str]().union(*(keys for _, _, keys in known))
    strangers: dict[str, str] = {}
    for name in (name for clip in live for name in clip.cast):
        if name_key(name) not in answered:
            strangers.setdefault(name_key(name), name)
    everybody = [*known, *((name, None, frozenset([key])) for key, name in strangers.items())]
    return [Appearance(name, person, keys, tuple(_with(keys, live))) for name, person, keys in everybody]


def _with(keys: frozenset[str], clips: Iterable[Clip]) -> Iterable[Clip]:
    return (clip for clip in clips if any(name_key(name) in keys for name in clip.cast))


def scene_list(clips: Iterable[Clip]) -> list[str]:
    """The numbers of the scenes that these clips are of, each once, in story order."""
    return list(dict.fromkeys(clip.scene for clip in clips))
