"""A set-up: the content of one shot while it is gathered. beats.py fills it, coverage.py decides what it looks like."""

from dataclasses import dataclass, field
from typing import Literal

from studio.screenplay.cast import Cast
from studio.screenplay.draft import Speech
from studio.screenplay.limbs import limb_of
from studio.screenplay.marks import Mark, is_omitted
from studio.screenplay.pacing import action_seconds, speech_seconds


@dataclass(slots=True)
class Setup:
    """The content of one shot. people: who the marking or the action names, in order.

    answered: the next line of the exchange is the partner's; answers: so is the one before. number, lens, equipment and
    planned_seconds: as the script gives them.
    """

    kind: Literal["opening", "marked", "action", "speech"]
    line: int
    mark: Mark = field(default_factory=Mark)
    mark_text: str = ""
    actions: list[str] = field(default_factory=list)
    speeches: list[Speech] = field(default_factory=list)
    people: list[str] = field(default_factory=list)
    focus: str = ""
    notes: list[str] = field(default_factory=list)
    sounds: list[str] = field(default_factory=list)
    art: list[str] = field(default_factory=list)
    transition: str = ""
    partner: str = ""
    answered: bool = False
    answers: bool = False
    number: str = ""
    planned_seconds: float | None = None
    lens: str = ""
    equipment: str = ""

    @property
    def planned(self) -> bool:
        """Numbered and timed: all up to the next shot belongs to it, and who is in it is said."""
        return bool(self.number) and self.planned_seconds is not None

    @property
    def omitted(self) -> bool:
        return bool(self.number) and is_omitted(self.mark_text)

    @property
    def seconds(self) -> float:
        return sum(map(action_seconds, self.actions)) + sum(speech_seconds(speech.text) for speech in self.speeches)

    def is_insert(self, cast: Cast) -> bool:
        """Whether a marking shows a thing or a limb, not a face: said so, or close and of nobody."""
        if self.mark.framing or self.mark.size not in ("CU", "ECU"):
            return self.mark.framing == "insert"
        subject = self.mark.subject.strip()
        if limb_of(f"{subject} {' '.join(self.actions)}", self.people):
            return True
        if subject:
            return not cast.named_in(subject) and not (self.people and not self.actions)
        return not self.people and bool(self.actions)

    @property
    def speakers(self) -> list[str]:
        return list(dict.fromkeys(speech.speaker for speech in self.speeches if speech.delivery == "spoken"))
