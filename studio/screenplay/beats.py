"""A scene's elements grouped into set-ups: what one shot will hold. What each looks like is decided in coverage.py."""

import re
from dataclasses import dataclass
from itertools import pairwise

from studio.screenplay.cast import Cast
from studio.screenplay.cues import read_names
from studio.screenplay.draft import Element, SceneDraft, Speech
from studio.screenplay.fields import ART_FIELDS, SHOWN_FIELDS, SOUND_FIELDS, read_field, read_shot_field
from studio.screenplay.headings import is_end
from studio.screenplay.lines import half, has_words
from studio.screenplay.marks import Mark, read_mark
from studio.screenplay.pacing import action_seconds, speech_seconds
from studio.screenplay.setups import Setup

LONG = 8.0  # seconds after which a running shot gives way to a new one
SHORT = 1.25  # seconds of a line, or of a beat, that the running shot can hold

_ALL = re.compile(
    r"\b(?:three|four|five|all) of (?:them|the)|\b(?:everyone|everybody)\b|三人|四人|所有人|众人", re.IGNORECASE
)
_SECONDS = re.compile(r"(\d{1,5}(?:\.\d{1,6})?)")
_BEGINS_WITH_ONE = re.compile(r"\W*(?:(?:he|she)\b|[他她](?!们))", re.IGNORECASE)
_FLASHBACK = re.compile(r"(?:闪回|回忆|flashback)(.{0,3}(?:结束|完|ends?))?", re.IGNORECASE)
_ONE = re.compile(r"\b(?:he|she|him|her|his|hers|himself|herself)\b|[他她](?!们)", re.IGNORECASE)
_BOTH = re.compile(
    r"\b(?:they|them|their|both|the two|the pair|each other|one another)\b|他们|她们|两人|二人|俩人|彼此|对视|双方",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Grouping:
    """A scene's set-ups, and the pairs of people that are together in it."""

    setups: tuple[Setup, ...]
    together: frozenset[frozenset[str]]


def group(scene: SceneDraft, cast: Cast) -> Grouping:
    """The scene's set-ups in order. Every action and every speech is in exactly one of them."""
    return _Grouper(scene, cast).run()


class _Grouper:
    def __init__(self, scene: SceneDraft, cast: Cast):
        self.scene = scene
        self.cast = cast
        self.content = [element for element in scene.elements if element.kind in ("action", "speech", "shot")]
        self.setups: list[Setup] = []
        self.recent: list[str] = []
        self.seen: dict[str, None] = {}
        self.closed = False
        self.waiting: list[Element] = []
        self.together: set[frozenset[str]] = set()
        self._meet()

    def run(self) -> Grouping:
        at = 0
        for element in self.scene.elements:
            if element.kind == "note":
                self._note(element)
            elif element.kind == "transition":
                self._transition(element)
            else:
                if element.kind == "shot":
                    self._mark(element)
                elif element.speech is not None:
                    self._speech(element, element.speech, at)
                else:
                    self._action(element, at)
                at += 1
                for note in self.waiting:
                    self._keep(note)
                self.waiting.clear()
        return Grouping(tuple(self.setups), frozenset(self.together))

    def _meet(self) -> None:
        """Pairs that are together: named in one action or marking, or speaking one after the other."""
        before = ""
        for element in self.content:
            names: list[str] = []
            if element.speech is not None:
                if element.speech.delivery == "spoken":
                    names = [before, element.speech.speaker] if before else []
                    before = element.speech.speaker
            elif element.kind == "action":
                names = self.cast.named_in(element.text)
                if names and before and before not in names:
                    before = ""
            elif mark := read_mark(element.text, bare=True):
                names = self.cast.named_in(f"{mark.foreground} {mark.owner} {mark.subject}")
            self.together |= {frozenset(pair) for pair in pairwise(names) if pair[0] != pair[1]}

    # -- what is no content -------------------------------------------------------------------------------------

    def _note(self, note: Element) -> None:
        """Notes go with the running shot, those before the first one and the beginning of a flashback with the next."""
        if self.setups and self._plan(self.setups[-1], note):
            return
        text = note.text.strip("()（）【】[] ")
        said = read_field(note.text)
        kept = SOUND_FIELDS | SHOWN_FIELDS | ART_FIELDS
        if not has_words(text) or text[0] in "#=" or is_end(text) or (said and said[0] not in kept):
            return
        flashback = None if self.setups and self.setups[-1].planned else _FLASHBACK.match(text)
        if flashback:
            self.closed = True
        if flashback and flashback[1]:
            return
        if flashback or not self.setups:
            self.waiting.append(note)
        else:
            self._keep(note)

    def _plan(self, setup: Setup, note: Element) -> bool:
        """Takes what a note below a planned shot says of it; False for any other note."""
        said = read_shot_field(note.text)
        if said is None or not setup.number:
            return False
        field, value = said[0], " ".join(said[1].split())
        if field == "seconds" and (found := _SECONDS.match(half(value))) and float(found[1]) > 0:
            setup.planned_seconds = float(found[1])
        elif not setup.planned or not value:
            return False
        elif field == "cast":
            setup.people = [self.cast.find(name) or name for name in read_names(value)]
        elif field == "lens":
            setup.lens = value
        elif field == "equipment":
            setup.equipment = value
        else:
            {"notes": setup.notes, "sound": setup.sounds, "art": setup.art}[field].append(value)
        return True

    def _keep(self, note: Element) -> None:
        said = read_field(note.text)
        text = " ".join(note.text.split()).strip("【】[] ")
        if said and said[0] in SOUND_FIELDS:
            self.setups[-1].sounds.append(text)
        elif said and said[0] in ART_FIELDS:
            self.setups[-1].art.append(said[1])
        else:
            self.setups[-1].notes.append(text)

    def _transition(self, element: Element) -> None:
        if self.setups:
            text = element.text.strip("()（）【】[]<> 。.:：")
            self.setups[-1].transition = text.capitalize() if text.isupper() else text
        self.closed = True

    # -- content ------------------------------------------------------------------------------------------------

    def _open(self, setup: Setup) -> Setup:
        self.setups.append(setup)
        self.closed = False
        return setup

    def _mark(self, element: Element) -> None:
        mark = read_mark(element.text, bare=True) or Mark(subject=element.text)
        people = self.cast.named_in(f"{mark.foreground} {mark.subject}")
        if not people and mark.framing != "insert" and mark.subject:
            people = self._pronouns(mark.subject)
        self._open(Setup("marked", element.line, mark, element.text, people=people, number=element.number))
        if people:
            self.recent = people

    def _running(self) -> Setup | None:
        return self.setups[-1] if self.setups and (self.setups[-1].planned or not self.closed) else None

    def _action(self, element: Element, at: int) -> None:
        named = self.cast.named_in(element.text)
        people = named or self._pronouns(element.text)
        if named and self.recent and self.recent[0] not in named and _BEGINS_WITH_ONE.match(element.text):
            people = [self.recent[0], *named]
        self.seen.update(dict.fromkeys(people))
        running = self._running()
        if running is None or not self._holds_action(running, element, people, at):
            kind = "action" if self.setups else "opening"
            running = self._open(Setup(kind, element.line))
        running.actions.append(element.text)
        if not running.planned and (running.kind != "marked" or not running.people):
            running.people += [name for name in people if name not in running.people]
        if people:
            self.recent = people
            running.focus = running.focus or people[0]

    def _holds_action(self, running: Setup, element: Element, people: list[str], at: int) -> bool:
        """Whether the running shot goes on through this action."""
        if running.planned:
            return True
        fits = running.seconds + action_seconds(element.text) <= LONG
        inside = set(people) <= set(running.people)
        if running.kind == "marked":
            if not running.actions and not running.speeches:
                return True
            if running.is_insert(self.cast):
                return not people and not running.speeches and fits
            return fits and inside and (not running.speeches or action_seconds(element.text) <= SHORT)
        if running.speeches:
            return inside and fits and action_seconds(element.text) <= SHORT / 2
        if self._leads_to_line(people, at) and running.people:
            return False
        if running.kind == "opening":
            return fits and (bool(running.people) or not people)
        return fits and inside and bool(people)

    def _leads_to_line(self, people: list[str], at: int) -> bool:
        """The action is one person's and the next thing is that person's line: they are one shot."""
        after = self.content[at + 1] if at + 1 < len(self.content) else None
        return after is not None and after.speech is not None and people == [after.speech.speaker]

    def _speech(self, element: Element, speech: Speech, at: int) -> None:
        running = self._running()
        if running is not None and self._holds_speech(running, speech):
            running.speeches.append(speech)
            if speech.delivery == "spoken" and speech.speaker not in running.people and not running.planned:
                running.people.append(speech.speaker)
            if not running.partner:
                self._exchange(running, speech, at)
        else:
            setup = self._open(Setup("speech" if self.setups else "opening", element.line, speeches=[speech]))
            if speech.delivery == "spoken":
                setup.people = [speech.speaker]
            elif self.recent:
                setup.people = [name for name in self.recent if name != speech.speaker][:1]
            self._exchange(setup, speech, at)
        if speech.delivery == "spoken":
            self.recent = [speech.speaker]
            self.seen[speech.speaker] = None

    def _exchange(self, setup: Setup, speech: Speech, at: int) -> None:
        if speech.delivery != "spoken":
            return
        before, after = self._speaker(at, -1), self._speaker(at, 1)
        setup.answers = bool(before) and before != speech.speaker
        setup.answered = bool(after) and after != speech.speaker
        setup.partner = after if setup.answered else before if setup.answers else ""

    def _speaker(self, at: int, step: int) -> str:
        """Who speaks next (or before) in the same exchange: a marking between ends it."""
        at += step
        while 0 <= at < len(self.content) and self.content[at].kind != "shot":
            speech = self.content[at].speech
            if speech is not None and speech.delivery == "spoken":
                return speech.speaker
            at += step
        return ""

    def _holds_speech(self, running: Setup, speech: Speech) -> bool:
        """Whether the running shot goes on through this line."""
        if running.planned:
            return True
        seconds = speech_seconds(speech.text)
        fits = running.seconds + seconds <= LONG
        if speech.delivery != "spoken":  # a voice over the picture needs no picture of its own
            return fits or not running.speeches
        inside = speech.speaker in running.people
        same = running.speakers in ([], [speech.speaker])
        if running.kind == "marked":
            owner = self.cast.find(running.mark.owner)
            if running.is_insert(self.cast) or (
                owner and owner == speech.speaker
            ):  # nobody is seen through his own eyes
                return False
            return (inside or not running.people) and (fits or not running.speeches)
        if running.kind == "opening" and running.actions:
            return inside and not running.speeches and seconds <= SHORT
        if not running.speeches:
            return running.people == [speech.speaker] and fits
        if same:
            return fits
        rapid = all(speech_seconds(said.text) <= SHORT for said in (*running.speeches, speech))
        return (
            rapid
            and len(running.speeches) < 4
            and frozenset((running.speeches[-1].speaker, speech.speaker)) in self.together
        )

    def _pronouns(self, text: str) -> list[str]:
        """Who is meant where nobody is named: the last one, or the last two together."""
        if _ALL.search(text) and len(self.seen) > 2:
            return list(self.seen)[:6]
        if _BOTH.search(text):
            if len(self.recent) >= 2:
                return self.recent[:2]
            pair = next((pair for pair in self.together if self.recent and self.recent[0] in pair), frozenset())
            return [*self.recent, *sorted(pair - set(self.recent))] if pair else []
        return self.recent[:1] if _ONE.search(text) else []
