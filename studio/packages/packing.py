"""A series, or a character, into a file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel
from sqlalchemy.orm import Session

from characters.lookup import all_loaded, character_called
from storage.errors import Message, NotAllowed
from storage.models import Series, now
from studio.packages.checking import Contents, check_cast, check_episode, check_series
from studio.packages.gathering import character_value, episode_values, in_form, series_member
from studio.packages.package_file import CHARACTER, SERIES, CharacterFile, SeriesFile, episode_member, write_package
from studio.packages.values import CharacterValue
from studio.shotlist import find_series

if TYPE_CHECKING:
    from studio.studio import Studio

OnProgress = Callable[[float], None]

BIOMETRIC = Message(
    "This file holds biometric data (faces) of: {names}. Erasing somebody here does not reach it: pass it on to nobody "
    "who may not have it, and delete it yourself.",
    "此文件含有以下人员的生物识别信息（人脸）：{names}。在本机删除角色不会影响此文件，请勿外传，并自行删除。",
)


@dataclass(frozen=True, slots=True)
class Packed:
    """counts: how many there are of each, such as "shots". people: names of those whose faces are in the file;
    without_consent: of those among them who have none in force.
    """

    file: Path
    bytes: int
    counts: dict[str, int]
    people: tuple[str, ...]
    without_consent: tuple[str, ...]

    @property
    def notice(self) -> Message | None:
        """What must be said of the file, in one line."""
        if not self.people:
            return None
        en, zh = BIOMETRIC.en.format(names=", ".join(self.people)), BIOMETRIC.zh.format(names="、".join(self.people))
        if self.without_consent:
            en += f" No consent is in force for: {', '.join(self.without_consent)}."
            zh += f"以下人员没有有效授权：{'、'.join(self.without_consent)}。"
        return Message(en, zh)


def pack_series(studio: "Studio", title: str, target: Path, on_progress: OnProgress) -> Packed:
    """Write a series with everything it stands on. Raises NotFound, InvalidInput, Conflict; NotAllowed where the series
    demands consent and somebody has none; what on_progress raises passes through, and then there is no file.
    """
    contents, shown = Contents(), []

    def values(session: Session, series: Series) -> Iterator[tuple[str, BaseModel]]:
        member = series_member(session, series)
        if series.demands_consent:
            _demand_consent(member.cast)
        check_series(member.series, contents)
        check_cast(member.cast, contents)
        shown.extend(_shown(member.cast))
        yield SERIES, member
        cast = {each.uid: each for each in member.cast}
        for episode in episode_values(session, series):
            check_episode(episode, cast, contents)
            yield episode_member(episode.number), episode

    with studio.database.reading() as session, in_form():
        series = find_series(session, title)
        write_package(SeriesFile, target, values(session, series), contents, studio.assets, on_progress)
    return _packed(target, contents, shown)


def pack_character(studio: "Studio", name: str, target: Path, on_progress: OnProgress) -> Packed:
    """Write a character with photos, looks, references, adapters and consents. Raises NotFound, InvalidInput, Conflict;
    NotAllowed where no consent is in force.
    """
    contents = Contents()
    with studio.database.reading() as session, in_form():
        character = character_value(character_called(session, name, *all_loaded()))
        _demand_consent((character,))
        check_cast((character,), contents)
        write_package(CharacterFile, target, [(CHARACTER, character)], contents, studio.assets, on_progress)
    return _packed(target, contents, _shown((character,)))


def _packed(target: Path, contents: Contents, shown: Sequence[CharacterValue]) -> Packed:
    without = tuple(each.name for each in shown if not in_force(each))
    return Packed(target, target.stat().st_size, contents.counted(), tuple(each.name for each in shown), without)


def in_force(character: CharacterValue) -> bool:
    """Whether a consent is on record, not withdrawn and not run out."""
    return any(
        each.withdrawn_at is None and (each.expires_at is None or each.expires_at > now())
        for each in character.consents
    )


def _demand_consent(cast: tuple[CharacterValue, ...]) -> None:
    without = [each.name for each in cast if not in_force(each)]
    if without:
        names = ", ".join(without)
        raise NotAllowed(
            f"Without a consent in force nobody's face leaves this studio, and there is none for: {names}. "
            'Record it with `cast consent NAME --text "..."` or on the Cast page.',
            f"没有有效授权，人脸信息不能离开本工作室。以下角色没有有效授权：{names}。请用 `cast consent` 命令或在“定妆”页登记。",
        )


def _shown(cast: tuple[CharacterValue, ...]) -> tuple[CharacterValue, ...]:
    """Those of whom a face is known."""
    return tuple(each for each in cast if each.adapters or any(look.photos for look in each.looks))
