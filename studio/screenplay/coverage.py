"""What each set-up of a scene looks like: size, framing, angle, movement, who stands where. General trade grammar.

A new place opens wide and a known or continuous one tighter; a single in a vertical frame is an MCU; a line that is
answered is seen over the partner's shoulder first; the answer that closes an exchange, and the line that closes a
scene, are close; a thing is an insert; after an exchange a longer action goes back to the two of them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from storage.errors import Language
from studio.screenplay.beats import Grouping
from studio.screenplay.cast import Cast
from studio.screenplay.cues import CROWD
from studio.screenplay.draft import CastDraft, SceneDraft, ShotDraft
from studio.screenplay.limbs import limb_in, limb_of, stranger_limb
from studio.screenplay.pacing import action_seconds, shot_seconds, speech_seconds
from studio.screenplay.setups import Setup
from studio.screenplay.staging import Axis, alone, over_shoulder, side_by_side

_FIGURE = re.compile(r"\b(?:figure|silhouette)\b|人影|身影|剪影|背影", re.IGNORECASE)
_ENTERS = re.compile(
    r"\b(?:enters?|walks? in|comes? in|steps? in(?:to)?|bursts? in|strides? in)\b|推门|走进|进门|闯进|冲进|步入|而入",
    re.IGNORECASE,
)
_TRAVELS = re.compile(r"\b(?:toward|towards|to) (?:the )?camera\b|迎面|朝镜头|走向镜头", re.IGNORECASE)
_FOLLOWS = re.compile(
    r"\b(?:chases?|follows?|runs? (?:down|along|through)|walks? (?:down|along|through))\b|追|尾随|跟着", re.IGNORECASE
)
_WHOLE_BODY = re.compile(
    r"\b(?:runs?|walks?|sprints?|climbs?|jumps?|falls?|dances?|fights?|kneels?|collapses?|rises?|stands? up|leaves|exits?)\b|"
    r"跑|冲|跳|摔|爬|追|跪|站起|起身|走[向到出进过来去]|转身离|倒地|扑",
    re.IGNORECASE,
)
_NOSE_TO_NOSE = re.compile(r"\bprofile\b|nose to nose|face to face|侧面|侧脸|鼻尖|面对面", re.IGNORECASE)
_READABLE = re.compile(
    r"\b(?:reads|displays?|screen|label|headline|caption|engraved|text message)\b|写着|显示|屏幕|刻着|字迹|一行字|来电",
    re.IGNORECASE,
)
_DOWN = re.compile(
    r"\b(?:looks? down|lowers? (?:his|her) (?:eyes|head|gaze))\b|低头|垂眼|垂下眼|低下头|垂眸", re.IGNORECASE
)
_UP = re.compile(r"\b(?:looks? up|raises? (?:his|her) (?:eyes|head))\b|(?<!不)抬头|抬起头|仰头|抬眼", re.IGNORECASE)
_AWAY = re.compile(r"\b(?:back to (?:us|camera)|turns? away)\b|背对|转过身去|背过身", re.IGNORECASE)


def cover(scene: SceneDraft, grouping: Grouping, cast: Cast, language: Language, known: bool) -> tuple[ShotDraft, ...]:
    """The shots of a scene. known: its place was seen before in the episode."""
    return _Coverage(scene, grouping, cast, language, known or scene.time_of_day == "CONTINUOUS").shots()


@dataclass(slots=True)
class _Look:
    """A shot under decision."""

    size: str
    framing: str
    cast: tuple[CastDraft, ...] = ()
    angle: str = "eye-level"
    movement: str = "static"


class _Coverage:
    def __init__(self, scene: SceneDraft, grouping: Grouping, cast: Cast, language: Language, known: bool):
        self.scene = scene
        self.setups = grouping.setups
        self.together = grouping.together
        self.cast = cast
        self.language: Language = language
        self.known = known
        self.axis = Axis()
        self.seen_over: set[str] = set()

    def shots(self) -> tuple[ShotDraft, ...]:
        return tuple(self._shot(index, setup) for index, setup in enumerate(self.setups))

    def _shot(self, index: int, setup: Setup) -> ShotDraft:
        text = self._text(setup)
        if setup.planned:
            look = self._planned(setup, text)
        elif setup.kind == "marked":
            look = self._marked(index, setup, text)
        elif setup.kind == "opening":
            look = self._opening(setup, text)
        elif setup.speakers:
            look = self._spoken(index, setup, text)
        else:
            look = self._silent(index, setup, text)
        return ShotDraft(
            size=look.size,
            framing=look.framing,
            seconds=setup.planned_seconds
            or shot_seconds(look.size, setup.speeches, text, opening=setup.kind == "opening"),
            description=self._seen_in(setup, look, text),
            cast=look.cast,
            dialogue=tuple(setup.speeches),
            angle=look.angle,
            movement=look.movement,
            lens=setup.lens,
            equipment=setup.equipment,
            sound=self._joined(setup.sounds),
            art=self._joined(setup.art),
            transition=setup.transition,
            notes=self._joined(setup.notes),
            number=setup.number,
            omitted=setup.omitted,
            marked=setup.kind == "marked",
            line=setup.line,
        )

    # -- the five kinds -----------------------------------------------------------------------------------------

    def _planned(self, setup: Setup, text: str) -> _Look:
        """As the script says, and nobody else in it."""
        people, framing = setup.people, setup.mark.framing
        cast = self._standing(people, text) if people else ()
        if framing == "OTS" and len(people) == 2:
            cast = over_shoulder(people[0], people[1], self.axis)
        elif framing == "establishing":
            cast = tuple(replace(person, part="figure") for person in cast)
        elif framing == "insert":
            cast = tuple(replace(person, part=limb_in(text) or "hand") for person in cast)
        return self._as_marked(setup, _Look("MS", framing or _framing(people), cast))

    def _opening(self, setup: Setup, text: str) -> _Look:
        people = setup.people
        movement = "track" if _TRAVELS.search(text) else "push-in" if _ENTERS.search(text) else "static"
        if not setup.actions and setup.speakers:
            if setup.partner and setup.speakers == [people[0]]:
                people = [people[0], setup.partner]
            size = "MS" if self.known else "FS"
            return _Look(size, _framing(people), side_by_side(people, self.axis))
        if not people:
            outside = self.scene.int_ext != "INT"
            figures = self.scene.cast if _FIGURE.search(text) and len(self.scene.cast) == 1 else ()
            drawn = tuple(CastDraft(name, part="figure") for name in figures)
            return _Look("ELS" if outside else "LS", "establishing", drawn, "high" if outside else "eye-level")
        if CROWD.search(text):
            return _Look("LS", "group", side_by_side(people, self.axis), movement=movement)
        size = "MLS" if self.known else "FS"
        return _Look(size, _framing(people), self._standing(people, text), movement=movement)

    def _spoken(self, index: int, setup: Setup, text: str) -> _Look:
        speakers = setup.speakers
        if len(speakers) > 1:
            return _Look("MS", _framing(speakers), side_by_side(speakers, self.axis))
        name = speakers[0]
        partner = setup.partner if self._are_together(name, setup.partner) else ""
        if partner and setup.answered and name not in self.seen_over:
            self.seen_over.add(name)
            return _Look("MS", "OTS", over_shoulder(partner, name, self.axis))
        last = index == len(self.setups) - 1
        sharp = all(
            speech_seconds(speech.text) <= 1.6 and speech.text.rstrip()[-1:] in "!！?？" for speech in setup.speeches
        )
        close = last or (partner and not setup.answered) or (sharp and setup.answers)
        movement = "push-in" if last else "static"
        return _Look("CU" if close else "MCU", "single", self._single(name, text), movement=movement)

    def _silent(self, index: int, setup: Setup, text: str) -> _Look:
        people = setup.people
        movement = "follow" if _FOLLOWS.search(text) and people else "static"
        if not people:
            limb = limb_in(text)
            readable = _READABLE.search(text) is not None
            if limb or readable or action_seconds(text) <= 2.0:
                return _Look("ECU" if readable else "CU", "insert", self._limbs(text))
            return _Look("LS", "group" if CROWD.search(text) else "establishing")
        if len(people) > 1:
            size = "MLS" if len(people) > 2 or _WHOLE_BODY.search(text) else "MS"
            return _Look(size, _framing(people), side_by_side(people, self.axis), movement=movement)
        name, before = people[0], self.setups[index - 1]
        short = action_seconds(text) <= 1.0
        partner = self.axis.partner(name)
        exchanged = before.speakers and (before.answers or before.answered) and {name, partner} & set(before.people)
        if exchanged and partner and not short:
            return _Look("MS", "two-shot", side_by_side([name, partner], self.axis), movement=movement)
        if _WHOLE_BODY.search(text):
            return _Look("MLS", "single", self._single(name, text), movement=movement)
        reaction = bool(before.speakers) and name not in before.speakers
        return _Look("CU" if reaction or (short and before.speakers) else "MCU", "single", self._single(name, text))

    def _marked(self, index: int, setup: Setup, text: str) -> _Look:
        mark, people = setup.mark, list(setup.people)
        everything = f"{mark.subject} {text}"
        framing = mark.framing
        if mark.returns and not people:
            people = self._pair_before(index)
        if framing == "OTS":
            return self._over(setup)
        if framing == "POV":
            owner = self.cast.find(mark.owner) or ""
            people = [name for name in people if name != owner]
            seen = side_by_side(people, self.axis) if people else ()
            return self._as_marked(setup, _Look("MS" if people else "LS", "POV", seen))
        if setup.is_insert(self.cast):
            framing = "insert"
        if framing == "insert":
            limbs = self._limbs(everything)
            return self._as_marked(setup, _Look("CU" if limb_in(everything) == "feet" else "ECU", framing, limbs))
        if framing == "establishing":
            drawn = (
                tuple(replace(person, part="figure") for person in side_by_side(people, self.axis)) if people else ()
            )
            return self._as_marked(setup, _Look("ELS" if self.scene.int_ext == "EXT" else "LS", framing, drawn))
        if mark.size in ("MCU", "CU", "ECU") and not framing and not self.cast.named_in(mark.subject):
            people = people[:1]
        if framing == "two-shot" and len(people) < 2:
            people = self._two(people, index)
        if framing == "single":
            people = people[:1]
        tight = _NOSE_TO_NOSE.search(everything)
        look = _Look("MLS", framing or "establishing")
        if people:
            usual = {1: "MCU", 2: "MCU" if tight else "MS"}.get(len(people), "MLS")
            look = _Look(usual, framing or _framing(people), self._standing(people, text))
        return self._as_marked(setup, look)

    def _as_marked(self, setup: Setup, look: _Look) -> _Look:
        """What the marking says stands over what is usual."""
        mark = setup.mark
        return _Look(
            mark.size or look.size,
            look.framing,
            look.cast,
            mark.angle or look.angle,
            mark.movement or look.movement,
        )

    # -- who is in frame ----------------------------------------------------------------------------------------

    def _over(self, setup: Setup) -> _Look:
        mark = setup.mark
        behind = next(iter(self.cast.named_in(mark.foreground)), "")
        facing = next((name for name in self.cast.named_in(mark.subject) if name != behind), "")
        for name in (*setup.speakers, *setup.people, *self.scene.cast):
            if not facing and name != behind:
                facing = name
            elif not behind and not mark.foreground and name != facing:
                behind = name
        if not (behind and facing):
            people = [name for name in (behind, facing) if name]
            return self._as_marked(setup, _Look("MS", "OTS", side_by_side(people, self.axis) if people else ()))
        return self._as_marked(setup, _Look("MS", "OTS", over_shoulder(behind, facing, self.axis)))

    def _limbs(self, text: str) -> tuple[CastDraft, ...]:
        """Whose hand or foot an insert shows: the owner it names, a stranger, or the only person of the scene."""
        if owned := limb_of(text, self.cast.named_in(text)):
            return (CastDraft(owned[0], part=owned[1]),)
        if stranger := stranger_limb(text):
            return (CastDraft(stranger[0], part=stranger[1]),)
        limb = limb_in(text)
        return (CastDraft(self.scene.cast[0], part=limb),) if limb and len(self.scene.cast) == 1 else ()

    def _standing(self, people: Sequence[str], text: str) -> tuple[CastDraft, ...]:
        return self._single(people[0], text) if len(people) == 1 else side_by_side(people, self.axis)

    def _single(self, name: str, text: str) -> tuple[CastDraft, ...]:
        gaze = next((gaze for gaze, words in (("down", _DOWN), ("up", _UP), ("away", _AWAY)) if words.search(text)), "")
        return alone(name, self.axis.partner(name) or self._met(name), self.axis, gaze)

    def _met(self, name: str) -> str:
        """Somebody of the scene that `name` is together with, the first in order of appearance."""
        return next((other for other in self.scene.cast if self._are_together(name, other)), "")

    def _are_together(self, one: str, other: str) -> bool:
        return frozenset((one, other)) in self.together and one != other

    def _two(self, people: list[str], index: int) -> list[str]:
        """Fills a two-shot whose marking names fewer than two."""
        named = [*people, *self.setups[index].speakers]
        for name in list(named):
            named += [self.axis.partner(name) or self._met(name)]
        return list(dict.fromkeys(name for name in [*named, *self.scene.cast] if name))[:2]

    def _pair_before(self, index: int) -> list[str]:
        """Who was last in frame together before this shot."""
        for setup in reversed(self.setups[:index]):
            if len(setup.people) >= 2:
                return setup.people
        people = [name for setup in self.setups[max(0, index - 8) : index] for name in setup.people]
        return list(dict.fromkeys(people))[:2]

    # -- words --------------------------------------------------------------------------------------------------

    def _text(self, setup: Setup) -> str:
        texts = [" ".join(action.split()) for action in setup.actions]
        return ("" if self.language == "zh" else " ").join(texts)

    def _joined(self, texts: Sequence[str]) -> str:
        return ("；" if self.language == "zh" else "; ").join(texts)

    def _seen_in(self, setup: Setup, look: _Look, text: str) -> str:
        """What the script says of a shot; an insert says of what, where only its marking does."""
        if not text:
            return self._described(setup, look)
        subject = setup.mark.subject if setup.kind == "marked" and look.framing == "insert" else ""
        if not subject or subject.casefold() in text.casefold():
            return text
        return f"{subject}：{text}" if self.language == "zh" else f"{subject.capitalize()}: {text}"

    def _described(self, setup: Setup, look: _Look) -> str:
        """A description for a shot that the script gives none: who is seen or heard, else its marking."""
        chinese = self.language == "zh"
        names = [person.name for person in look.cast]
        if look.framing == "OTS" and len(names) == 2:
            return f"过{names[0]}肩看{names[1]}。" if chinese else f"Over {names[0]}'s shoulder onto {names[1]}."
        if seen := [name for name in setup.speakers if name in names]:
            joined = "、".join(seen) if chinese else " and ".join(seen)
            return f"{joined}说话。" if chinese else f"{joined} {'speak' if len(seen) > 1 else 'speaks'}."
        if setup.mark_text:
            return setup.mark.subject or setup.mark_text.strip("()（）【】[] ")
        return f"{self.scene.location}，画外声音。" if chinese else f"{self.scene.location}; a voice is heard."


def _framing(people: Sequence[str]) -> str:
    return {0: "establishing", 1: "single", 2: "two-shot"}.get(len(people), "group")
