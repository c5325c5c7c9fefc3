"""A series, or a character, out of a file: checked as if an enemy had written it, kept in one transaction, or not at all."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from characters.lookup import all_loaded, characters_called
from characters.names import name_key
from storage.errors import Conflict, InvalidInput, NotAllowed, NotFound
from storage.files import Assets
from storage.models import Character, Receipt, Series
from studio.packages.checking import (
    ADAPTER,
    Contents,
    Kind,
    check_adapter,
    check_cast,
    check_episode,
    check_file,
    check_series,
    contradiction,
)
from studio.packages.gathering import character_value, episode_values, in_form, series_value
from studio.packages.package_file import CharacterFile, PackageFile, SeriesFile
from studio.packages.packing import in_force
from studio.packages.placing import free_uid, place_character, place_episode, place_series, withdraw
from studio.packages.same import lacking, series_digest
from studio.packages.values import CharacterValue, SeriesMember

if TYPE_CHECKING:
    from studio.studio import Studio

OnProgress = Callable[[float], None]
LONGEST_TITLE = 200
_FILES = 0.9  # of the whole way; the rest is the rows


@dataclass(frozen=True, slots=True)
class Opened:
    """series: its title here, or '' where a character was opened. unchanged: the series was here already, just so.

    counts: what is in the file, such as "shots". came: names of the characters that are new here; known: of those that
    were here. withdrawn: of those whose consent the file knew to be withdrawn, and which now is here too. returned: of
    those that came and whose name was once erased here.
    """

    series: str
    unchanged: bool
    counts: dict[str, int]
    came: tuple[str, ...]
    known: tuple[str, ...]
    withdrawn: tuple[str, ...]
    returned: tuple[str, ...]


def open_series(studio: "Studio", source: Path, title: str | None, on_progress: OnProgress) -> Opened:
    """Keep the series of a package. title: another than its own. Raises NotFound, InvalidInput, and Conflict where its
    title, or a name of its cast, belongs to something else here; then nothing has changed. What on_progress raises
    passes through.
    """
    with SeriesFile.opened(source) as package:
        contents, member = Contents(), package.series()
        people = {each.uid: each for each in member.cast}
        check_series(member.series, contents)
        check_cast(member.cast, contents)
        for episode in package.episodes():
            check_episode(episode, people, contents)
        _check_all_there(package, contents)
        wanted = _title(title) if title is not None else member.series.title
        with _files(studio, package, contents, on_progress) as kinds, _rows(studio) as session:
            cast = _Cast(session, member.cast)
            there = _series_here(session, package, member, wanted, title is not None, cast.uids)
            _record(session, studio.assets, kinds)
            cast.place()
            if there is None:
                row = place_series(session, member.series, wanted)
                others = {old: new for old, new in cast.uids.items() if old != new}
                for episode in package.episodes():
                    place_episode(session, row, episode, others)
    on_progress(1.0)
    return cast.opened(there or wanted, there is not None, contents)


def open_character(studio: "Studio", source: Path, on_progress: OnProgress) -> Opened:
    """Keep the character of a file. Raises NotFound, InvalidInput; NotAllowed where no consent in it is in force (any
    more); Conflict where one of its names belongs to somebody else here. Then nothing has changed.
    """
    with CharacterFile.opened(source) as package:
        contents, character = Contents(), package.character()
        check_cast((character,), contents)
        _check_all_there(package, contents)
        if not in_force(character):
            raise NotAllowed(
                f"The consent of {character.name} in this file is not in force (any more): it ran out, or was withdrawn. "
                "Ask for a new one, and for a new file.",
                f"此文件中 {character.name} 的授权已失效（过期或已撤回）。请重新取得授权并索取新文件。",
            )
        with _files(studio, package, contents, on_progress) as kinds, _rows(studio) as session:
            cast = _Cast(session, (character,))
            _record(session, studio.assets, kinds)
            cast.place()
    on_progress(1.0)
    return cast.opened("", not cast.came, contents)


# -- the file


def _check_all_there(package: PackageFile, contents: Contents) -> None:
    if contents.roles.keys() != package.assets:
        raise contradiction("it has not exactly the files that it names")
    if package.manifest.counts != contents.counted():
        raise contradiction("its manifest counts otherwise")


@contextmanager
def _files(
    studio: "Studio", package: PackageFile, contents: Contents, on_progress: OnProgress
) -> Iterator[dict[str, Kind]]:
    """Every asset of the package, checked and on the disk, waiting for its row; after an error they are gone again."""
    free = shutil.disk_usage(studio.home.root).free
    if package.size > free:
        raise Conflict(
            f"'{package.source}' needs {package.size / 2**30:.1f} GiB, and {free / 2**30:.1f} GiB are free.",
            f"“{package.source}”需要 {package.size / 2**30:.1f} GiB，磁盘只剩 {free / 2**30:.1f} GiB。",
        )
    kinds: dict[str, Kind] = {}
    written: list[str] = []
    kept = False
    try:
        for done, (sha256, role) in enumerate(sorted(contents.roles.items())):
            on_progress(_FILES * done / len(contents.roles))
            content = package.asset(sha256)
            kinds[sha256] = check_file(sha256, content, contents)
            if not _is_there(studio.assets, sha256):
                written.append(sha256)
            studio.assets.write(content)
            if role == ADAPTER:
                check_adapter(studio.assets.path(sha256))
        on_progress(_FILES)
        yield kinds
        kept = True
    finally:
        if not kept:
            studio.assets.discard(studio.database, written)


def _is_there(assets: Assets, sha256: str) -> bool:
    try:
        assets.path(sha256)
    except NotFound:
        return False
    return True


# -- the rows


@contextmanager
def _rows(studio: "Studio") -> Iterator[Session]:
    """One transaction. Raises InvalidInput where two rows of the package cannot both be."""
    try:
        with studio.database.session() as session, in_form():
            yield session
    except IntegrityError as error:
        raise contradiction("two things in it have the same number, uid or name") from error


def _record(session: Session, assets: Assets, kinds: dict[str, Kind]) -> None:
    for sha256, kind in kinds.items():
        assets.record(session, sha256, kind.media_type, kind.width, kind.height)


def _title(text: str) -> str:
    title = " ".join(text.split())
    if not title or len(title) > LONGEST_TITLE:
        raise InvalidInput(
            f"A title has between 1 and {LONGEST_TITLE} characters.", f"剧名须为 1 到 {LONGEST_TITLE} 个字符。"
        )
    return title


def _series_here(
    session: Session, package: SeriesFile, member: SeriesMember, wanted: str, renamed: bool, uids: dict[str, str]
) -> str | None:
    """The title under which the very series is here already, or None. Raises Conflict where `wanted` is another's.

    renamed: somebody asked for that title, so a copy under another one does not count.
    """
    by_title = session.scalar(select(Series).where(Series.title == wanted))
    by_uid = None if renamed else session.scalar(select(Series).where(Series.uid == member.series.uid))
    if by_title is None and by_uid is None:
        return None
    brought = series_digest(member.series, package.episodes(), uids)
    for row in (by_uid, by_title):
        if row is not None and series_digest(series_value(row), episode_values(session, row), {}) == brought:
            return row.title
    if by_title is not None:
        raise Conflict(
            f"There is another series '{wanted}' here already, or it was changed since. Open this one under another "
            "title with --as TITLE.",
            f"已有内容不同的剧集《{wanted}》。请用 --as 另取剧名打开。",
        )
    return None


class _Cast:
    """The package's characters: who of them is here already, and the uid of each here. Raises Conflict, see `_found`."""

    def __init__(self, session: Session, brought: Sequence[CharacterValue]):
        self._session = session
        self._brought = {each.uid: each for each in brought}
        self._here = {uid: row for uid, each in self._brought.items() if (row := self._found(each)) is not None}
        if len({row.uid for row in self._here.values()}) < len(self._here):
            raise contradiction("two of its characters are one and the same")
        self.came = tuple(each.name for uid, each in self._brought.items() if uid not in self._here)
        self.withdrawn: tuple[str, ...] = ()
        self.uids = {
            uid: self._here[uid].uid if uid in self._here else free_uid(session, Character.uid, uid)
            for uid in self._brought
        }
        self._returned = self._erased_once()

    def place(self) -> None:
        """Keep those who are new; see to the consents of those who are not."""
        for uid, each in self._brought.items():
            if uid not in self._here:
                place_character(self._session, each, self.uids[uid])
        self.withdrawn = tuple(row.name for uid, row in self._here.items() if withdraw(row, self._brought[uid]))

    def opened(self, series: str, unchanged: bool, contents: Contents) -> Opened:
        known = tuple(row.name for row in self._here.values())
        return Opened(series, unchanged, contents.counted(), self.came, known, self.withdrawn, self._returned)

    def _found(self, brought: CharacterValue) -> Character | None:
        """Whoever is this character here, by uid or by name. Raises Conflict for a name that is another's here, and
        for somebody of whom the package knows what is not known here."""
        owners = characters_called(self._session, brought.names, *all_loaded())
        by_uid = self._session.scalar(select(Character).where(Character.uid == brought.uid).options(*all_loaded()))
        if by_uid is not None and not lacking(character_value(by_uid), brought):
            return by_uid
        for row in owners.values():
            if _is_copy(character_value(row), brought):
                return row
        for text in brought.names:
            owner = owners.get(name_key(text))
            if owner is not None:
                raise _clash(text, owner, brought)
        return None

    def _erased_once(self) -> tuple[str, ...]:
        erased = {name_key(name) for name in self._session.scalars(select(Receipt.name))}
        new = [each for uid, each in self._brought.items() if uid not in self._here]
        return tuple(each.name for each in new if any(name_key(text) in erased for text in each.names))


def _is_copy(here: CharacterValue, brought: CharacterValue) -> bool:
    """Whether somebody of another uid is the same, photo by photo: opened before, when the uid was another's."""
    photos = any(look.photos for look in brought.looks)
    return photos and not lacking(here, brought) and not lacking(brought, here)


def _clash(text: str, owner: Character, brought: CharacterValue) -> Conflict:
    if owner.uid == brought.uid:
        missing = lacking(character_value(owner), brought)
        return Conflict(
            f"{owner.name} is here already, but not as in the file: {', '.join(each.en for each in missing)} differ. "
            f'Erase {owner.name} here first (`cast erase "{owner.name}"`), or open the file in another home (--home).',
            f"{owner.name} 已存在，但与文件不同：{'、'.join(each.zh for each in missing)}。"
            f'请先删除本机的 {owner.name}（`cast erase "{owner.name}"`），或用 --home 在其他主目录中打开。',
        )
    if name_key(text) != name_key(owner.name):
        return Conflict(
            f"'{text}' is another name of {owner.name} here, who is somebody else than in the file. Take it away first "
            f'(`cast alias "{owner.name}" "{text}" --remove`), or open the file in another home (--home).',
            f"“{text}”在本机是 {owner.name} 的别名，与文件中的不是同一人。"
            f'请先移除别名（`cast alias "{owner.name}" "{text}" --remove`），或用 --home 在其他主目录中打开。',
        )
    return Conflict(
        f"There is another {owner.name} here, who is not the one in the file. Erase that one first "
        f'(`cast erase "{owner.name}"`), or open the file in another home (--home).',
        f"本机已有另一个 {owner.name}，与文件中的不是同一人。"
        f'请先删除该角色（`cast erase "{owner.name}"`），或用 --home 在其他主目录中打开。',
    )
