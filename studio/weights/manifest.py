"""What the folder of weights is made of: the values that published.py fills in, and how they are found by name."""

from collections.abc import Mapping
from dataclasses import dataclass

from storage.errors import Message, NotFound
from studio.weights.licences import Licence


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """One file of a part.

    source: its path in the repository, or its name in the archive. place: where it goes, below the folder of
    weights, with slashes. bytes: its size; sha256: 64 hex digits; each None where the publisher's is not known.
    instead: a place below the folder of weights that does as well and is preferred: a converted file.
    """

    source: str
    place: str
    bytes: int | None = None
    sha256: str | None = None
    instead: str = ""

    @property
    def is_text(self) -> bool:
        """A configuration or a list of words, some megabytes at most; anything else holds numbers."""
        return self.place.endswith((".json", ".txt", ".spm"))

    @property
    def places(self) -> tuple[str, ...]:
        """Where it may lie, the preferred place first."""
        return (self.instead, self.place) if self.instead else (self.place,)


@dataclass(frozen=True, slots=True)
class Part:
    """Something that is installed as a whole.

    place: the file or folder that the part is, below the folder of weights. revision: a commit of the repository, or
    'main' where no fixed one is known. archive: the zip that holds the files, for packs that are published as one.
    """

    name: str
    place: str
    purpose: Message
    repository: str
    revision: str
    licence: Licence
    files: tuple[PublishedFile, ...]
    archive: PublishedFile | None = None

    @property
    def downloads(self) -> tuple[PublishedFile, ...]:
        """What a pull fetches."""
        return (self.archive,) if self.archive else self.files

    @property
    def bytes(self) -> int | None:
        """What a pull brings, small texts of unknown size aside; None where the size of anything else is not known."""
        sizes = [0 if file.bytes is None and file.is_text else file.bytes for file in self.downloads]
        return None if None in sizes else sum(size or 0 for size in sizes)


def find(parts: Mapping[str, Part], name: str) -> Part:
    """The part of that name. Raises NotFound, saying what there is."""
    if name not in parts:
        raise NotFound(
            f"There are no published weights called '{name}'. There are: {', '.join(parts)}.",
            f"没有名为“{name}”的已发布权重。可用：{'、'.join(parts)}。",
        )
    return parts[name]
