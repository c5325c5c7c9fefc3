"""What an engine would be told of an episode's shots, and English for the descriptions that have none."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from storage.errors import Message, StudioError
from storage.models import Episode, Shot
from studio.casting import cast_members
from studio.planning import RenderSettings, shot_names, times_of_day, words_for
from studio.prompt import Prompt, wording_for
from studio.rendering import style_for
from studio.weights import Weights

if TYPE_CHECKING:
    from studio.studio import Studio

Translate = Callable[[Sequence[str]], list[str]]

_CHINESE = re.compile(r"[\u3400-\u9fff]")
# what a translation model takes for people and leaves as it is
_STAND_INS = ("Tom", "Mary", "Alice", "Bob", "Jack", "Anna", "Peter", "Lucy", "David", "Emma", "Frank", "Helen")


@dataclass(frozen=True, slots=True)
class ShotWords:
    """What is said of a shot, or why it cannot be planned."""

    shot: Shot
    words: Prompt | None
    problem: Message | None = None


@dataclass(frozen=True, slots=True)
class ShotEnglish:
    """What became of a shot's English text.

    outcome: 'translated'; 'kept' (it had one); 'not-needed' (the description has no Chinese in it); 'empty' (the
    model said nothing); 'changed' (somebody wrote in it meanwhile, so that nothing was stored).
    """

    shot: Shot
    english: str
    outcome: str


def prompts(studio: "Studio", episode: Episode, shots: Sequence[Shot], engine_name: str, style: str) -> list[ShotWords]:
    """The words for each shot, as an engine would be given them; nothing is rendered, and no weights are needed.

    style: by name, or '' for the series'. Raises InvalidInput for a style that the engine does not know, NotFound.
    """
    engine = studio.engine_class(engine_name)
    bound = studio.cast.bind(shot_names(shots).values())
    cast = cast_members(studio.cast, bound, shots, None)
    times = times_of_day(episode.scenes)
    series = episode.series
    chosen = RenderSettings(series.width, series.height, style_for(engine, style, series.style)[0])
    said: list[ShotWords] = []
    for shot in shots:
        try:
            words = words_for(
                shot,
                time_of_day=times[shot.scene.id],
                language=series.language,
                cast=cast,
                chosen=chosen,
                wording=wording_for(engine.abilities),
            )
        except StudioError as error:
            said.append(ShotWords(shot, None, error.message))
        else:
            said.append(ShotWords(shot, words))
    return said


def translate(studio: "Studio", shots: Sequence[Shot], again: bool) -> list[ShotEnglish]:
    """Write the English of the descriptions that have none, by the model among the weights; again: of the others too.

    Raises ResourceMissing where there is no model and something is to be translated.
    """
    wanted = [shot for shot in shots if _CHINESE.search(shot.description) and (again or not shot.english)]
    made: dict[str, str] = {}
    if wanted:
        from studio.translation import Translator

        translator = Translator.open(Weights(studio.weights).path("translate/zh-en"))
        texts = [shot.description for shot in wanted]
        english = english_of(texts, _names(studio, shots), translator.translate)
        made = {shot.uid: text for shot, text in zip(wanted, english, strict=True)}
    stored = _store(studio, [shot for shot in wanted if made[shot.uid]], made)
    return [_ending(shot, made, stored) for shot in shots]


def _ending(shot: Shot, made: dict[str, str], stored: set[str]) -> ShotEnglish:
    if shot.uid not in made:
        return ShotEnglish(shot, shot.english, "kept" if shot.english else "not-needed")
    if not made[shot.uid]:
        return ShotEnglish(shot, shot.english, "empty")
    return ShotEnglish(shot, made[shot.uid], "translated" if shot.uid in stored else "changed")


def _store(studio: "Studio", shots: Sequence[Shot], made: dict[str, str]) -> set[str]:
    """The uids of those that were written: where nobody changed the texts while the model was at work."""
    stored: set[str] = set()
    before = {shot.uid: (shot.description, shot.english) for shot in shots}
    with studio.database.session() as session:
        for row in session.scalars(select(Shot).where(Shot.uid.in_(before))):
            if (row.description, row.english) == before[row.uid]:
                row.english = made[row.uid]
                stored.add(row.uid)
    return stored


def _names(studio: "Studio", shots: Sequence[Shot]) -> list[str]:
    """Everybody's names and aliases: of the registry, and as the shots have them."""
    registered = [name.text for character in studio.cast.list_characters() for name in character.names]
    return list(dict.fromkeys([*shot_names(shots).values(), *registered]))


def english_of(texts: Sequence[str], names: Iterable[str], translate: Translate) -> list[str]:
    """The English of Chinese texts, with people's names as they were written.

    A model makes words of a Chinese name (林晚: late forest). So it is given a foreign name in its place, which it
    leaves alone; where that is lost on the way, the text is translated without the names.
    """
    known = sorted({name for name in names if _CHINESE.search(name)}, key=lambda name: (-len(name), name))
    veiled = [_veiled(text, known) for text in texts]
    english = translate([text for text, _ in veiled])
    lost = [n for n, (_, people) in enumerate(veiled) if not all(_says(english[n], each) for each in people)]
    nameless = translate([_nameless(texts[n], known) for n in lost])
    for n, text in zip(lost, nameless, strict=True):
        english[n] = text
    return [_unveiled(text, {} if n in lost else veiled[n][1]) for n, text in enumerate(english)]


def _veiled(text: str, names: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The text with stand-ins, and stand-in -> name. Names beyond the stand-ins stay."""
    free = [stand_in for stand_in in _STAND_INS if stand_in.casefold() not in text.casefold()]
    people: dict[str, str] = {}
    for name in names:
        if name in text and free:
            people[free[0]] = name
            text = text.replace(name, free.pop(0))
    return text, people


def _nameless(text: str, names: Sequence[str]) -> str:
    for name in names:
        text = text.replace(name, "")
    return text


def _says(text: str, stand_in: str) -> bool:
    return re.search(_whole(stand_in), text) is not None


def _whole(stand_in: str) -> str:
    return rf"(?<![A-Za-z]){stand_in}(?![A-Za-z])"  # not \b: a Chinese character is a letter too


def _unveiled(text: str, people: dict[str, str]) -> str:
    for stand_in, name in people.items():
        text = re.sub(_whole(stand_in), name, text)
    return text
