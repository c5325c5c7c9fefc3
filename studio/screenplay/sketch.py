"""What a reader fills while it walks down a script: episodes, scenes, elements, warnings. Then: the draft of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from storage.errors import Language, Message, ScriptError
from studio.screenplay.breakdown import break_down, place_root
from studio.screenplay.cast import Cast
from studio.screenplay.cues import is_narrator, read_names
from studio.screenplay.draft import Element, EpisodeDraft, SceneDraft, ScriptDraft, Warned
from studio.screenplay.headings import EpisodeHeading, Heading
from studio.screenplay.marks import read_mark


@dataclass(slots=True)
class SceneSketch:
    """A scene under way. listed: names that its heading or its `人物：` line gives."""

    heading: Heading
    line: int
    elements: list[Element] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class EpisodeSketch:
    number: int
    title: str
    line: int
    scenes: list[SceneSketch] = field(default_factory=list)


class Sketch:
    """A script under way. Elements carry the names as written; `draft` binds them to people and breaks scenes down."""

    def __init__(self) -> None:
        self.title = ""
        self.episodes: list[EpisodeSketch] = []
        self.warnings: list[Warned] = []
        self._before: list[Element] = []

    @property
    def scene(self) -> SceneSketch | None:
        """The scene under way; None before the first one of an episode."""
        return self.episodes[-1].scenes[-1] if self.episodes and self.episodes[-1].scenes else None

    def warn(self, line: int, en: str, zh: str, lines: Iterable[int] = ()) -> None:
        self.warnings.append(Warned(line, Message(en, zh), tuple(lines)))

    def open_episode(self, line: int, heading: EpisodeHeading) -> None:
        """A new episode, or the title of the running one where its number is repeated."""
        self.title = self.title or heading.series
        running = self.episodes[-1] if self.episodes else None
        if running and running.number == heading.number:
            running.title = running.title or heading.title
            return
        if any(episode.number == heading.number for episode in self.episodes):
            self.warn(
                line,
                f"Episode {heading.number} starts a second time; its scenes are added to the first.",
                f"第 {heading.number} 集重复出现，其场次已并入前一处。",
            )
            again = next(episode for episode in self.episodes if episode.number == heading.number)
            self.episodes.remove(again)
            self.episodes.append(again)
            return
        self.episodes.append(EpisodeSketch(heading.number, heading.title, line))

    def open_scene(self, line: int, heading: Heading) -> None:
        running = self.episodes[-1].number if self.episodes else None
        if heading.episode is not None and heading.episode != running:
            if running is None or heading.episode > running:
                self.open_episode(line, EpisodeHeading(heading.episode))
            else:
                self.warn(
                    line,
                    f"The scene heading says episode {heading.episode}, but it stands in episode {running}; it stays there.",
                    f"场次写的是第 {heading.episode} 集，但位于第 {running} 集之中，仍归入第 {running} 集。",
                )
        if not self.episodes:
            self.episodes.append(EpisodeSketch(1, "", line))
        scene = SceneSketch(heading, line, self._before)
        self._before = []
        scene.listed += read_names(heading.cast)
        self.episodes[-1].scenes.append(scene)

    def add(self, element: Element) -> None:
        """Puts an element into the scene under way; before the first scene, notes wait for it and the rest is warned of."""
        if self.scene is not None:
            self.scene.elements += [*self._before, element]
            self._before = []
        elif element.kind == "note":
            self._before.append(element)
        else:
            for offset in range(element.text.count("\n") + 1):
                self.warn(
                    element.line + offset,
                    "This line stands before the first scene heading and was not used.",
                    "该行位于第一个场次之前，未被使用。",
                )

    def draft(self, language: Language) -> ScriptDraft:
        """The script as a value, scenes broken down into shots. Raises ScriptError where there is no scene."""
        episodes = [episode for episode in self.episodes if episode.scenes]
        for episode in self.episodes:
            if not episode.scenes:
                self.warn(
                    episode.line,
                    f"Episode {episode.number} has no scene and was left out.",
                    f"第 {episode.number} 集没有任何场次，已略过。",
                )
        if not episodes:
            raise ScriptError(
                "No scene heading was found. A scene begins with a line such as `INT. KITCHEN - NIGHT` or `1-1 日 内 客厅`.",
                "没有找到场次标题。每场戏应以“1-1 日 内 客厅”或“INT. KITCHEN - NIGHT”这样的一行开头。",
            )
        for element in self._before:
            episodes[-1].scenes[-1].elements.append(element)
        self._before = []
        scenes = [scene for episode in episodes for scene in episode.scenes]
        elements = [element for scene in scenes for element in scene.elements]
        cast = Cast(
            [
                element.speech.speaker
                for element in elements
                if element.speech and not is_narrator(element.speech.speaker)
            ],
            [name for scene in scenes for name in scene.listed],
            [element.text for element in elements if element.kind == "action"],
        )
        drafts = []
        for episode in episodes:
            places: set[str] = set()
            numbers = self._numbers(episode.scenes)
            previous = ""
            finished = []
            for index, scene in enumerate(episode.scenes):
                drafted = self._scene(scene, numbers[index], previous, cast, language)
                finished.append(break_down(drafted, cast, language, places))
                places.add(place_root(drafted.location))
                previous = drafted.time_of_day
            drafts.append(EpisodeDraft(episode.number, episode.title, tuple(finished)))
        drafts.sort(key=lambda episode: episode.number)
        numbering: Literal["scene", "episode"] = "episode" if language == "zh" else "scene"
        warnings = tuple(sorted(self.warnings, key=lambda warned: warned.line))
        return ScriptDraft(self.title, language, numbering, tuple(drafts), warnings)

    def _numbers(self, scenes: list[SceneSketch]) -> list[str]:
        """Every scene's number, unique in its episode: as written, else the next free one."""
        taken: set[str] = set()
        written = {scene.heading.number for scene in scenes}
        spare: dict[str, Iterator[str]] = {}
        numbers, count = [], 0
        for scene in scenes:
            number = scene.heading.number
            if number in taken:
                marks = spare.setdefault(number, _suffixed(number))
                given = next(mark for mark in marks if mark not in taken and mark not in written)
                self.warn(
                    scene.line,
                    f"Scene number {number} is used twice in this episode; this one is read as {given}.",
                    f"本集内场号 {number} 重复，此处读作 {given}。",
                )
                number = given
            elif not number:
                count += 1
                while str(count) in taken or str(count) in written:
                    count += 1
                number = str(count)
            if number.isdigit():
                count = max(count, int(number))
            taken.add(number)
            numbers.append(number)
        return numbers

    def _scene(self, scene: SceneSketch, number: str, previous: str, cast: Cast, language: Language) -> SceneDraft:
        heading = scene.heading
        time = heading.time_of_day or previous or "DAY"
        location = heading.location or (f"第{number}场" if language == "zh" else f"Scene {number}")
        missing = [
            words
            for words, said in (
                ((f"interior or exterior ({'INT'} is taken)", "内外景（暂作内景）"), heading.int_ext),
                ((f"the time of day ({time} is taken)", f"时间（暂作 {time}）"), heading.time_of_day),
                ((f"the place (named '{location}')", f"地点（暂名“{location}”）"), heading.location),
            )
            if not said
        ]
        if missing:
            self.warn(
                scene.line,
                f"Scene {number} does not say {', '.join(en for en, _ in missing)}.",
                f"第 {number} 场没有写明{'、'.join(zh for _, zh in missing)}。",
            )
        elements = tuple(
            replace(element, speech=replace(element.speech, speaker=_speaker(element.speech.speaker, cast)))
            if element.speech
            else element
            for element in scene.elements
        )
        people = [cast.display(name) for name in scene.listed]
        for element in elements:
            if element.kind == "action":
                people += cast.named_in(element.text)
            elif element.kind == "shot" and (mark := read_mark(element.text, bare=True)):
                people += cast.named_in(f"{mark.foreground} {mark.owner} {mark.subject}")
            elif element.speech and element.speech.delivery == "spoken":
                people.append(element.speech.speaker)
        return SceneDraft(
            number,
            heading.int_ext or "INT",
            location,
            time,
            scene.line,
            tuple(dict.fromkeys(people)),
            elements,
        )


def _speaker(name: str, cast: Cast) -> str:
    return name if is_narrator(name) else cast.display(name)


def _suffixed(number: str) -> Iterator[str]:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    yield from (number + letter for letter in letters)
    count = 2
    while True:
        yield from (f"{number}{letter}{count}" for letter in letters)
        count += 1
