"""The errors a person may see, in both languages: what is wrong, where, what to do.

Caught in two places only: the worker and the page's guard (the command line is a page too).
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence for a person, said in English and in Chinese."""

    en: str
    zh: str

    def text(self, language: Language = "en") -> str:
        return self.zh if language == "zh" else self.en

    def as_json(self) -> dict[str, str]:
        return {"en": self.en, "zh": self.zh}


class StudioError(Exception):
    """Base of every error with something to say to the person in front of the screen.

    `str(error)` is the English sentence; `error.message.text("zh")` the Chinese one.
    `exit_code` is what the command line exits with: 1 the input or the state is wrong, 3 a resource is missing.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, en: str, zh: str):
        super().__init__(en)
        self.message = Message(en, zh)

    def __reduce__(self) -> tuple[Any, ...]:  # so that a worker may hand it to another process
        return type(self), (self.message.en, self.message.zh)


class InvalidInput(StudioError):
    """What was given cannot be used; nothing was changed by it."""


class BadPicture(InvalidInput):
    """The uploaded file is not a picture that the studio can take in."""


class NoFace(InvalidInput):
    """No face was found in a photo."""


class SeveralFaces(InvalidInput):
    """A photo shows several faces and nobody said which one is meant."""


class FaceTooSmall(InvalidInput):
    """The face in a photo is too small to know a person by."""


class ScriptError(InvalidInput):
    """A script cannot be read; `line` counts from 1, or is None where the whole file is meant."""

    def __init__(self, en: str, zh: str, line: int | None = None):
        super().__init__(en, zh)
        self.line = line

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message.en, self.message.zh, self.line)


class NotFound(StudioError):
    """Something was named that the studio does not have."""


class Conflict(StudioError):
    """The change does not fit what is already there."""


class ResourceMissing(StudioError):
    """A font, a weights file or a program is missing; the message names the command that mends it."""

    exit_code = 3


class NotAllowed(StudioError):
    """A rule of the house forbids it: no consent on record, for example."""


class JobCancelled(Exception):
    """Somebody asked for the job to stop."""
