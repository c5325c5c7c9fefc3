"""The cast: characters with their names, looks, photos and consents. Every verb is one transaction."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from characters.admission import keep, look_at, look_called
from characters.erasing import erase
from characters.face import FaceAnalyzer
from characters.identity import Identity, look_alikes
from characters.intake import NO_FACE
from characters.lookup import (
    all_loaded,
    character_called,
    characters_called,
    names_loaded,
    photos_loaded,
    references_of,
)
from characters.names import clean_name, name_key
from characters.reports import (
    Comparison,
    FaceSimilarity,
    Lineup,
    PhotoReference,
    PhotoReport,
    ReferenceSimilarity,
)
from storage.database import Database
from storage.errors import Conflict, InvalidInput, NoFace, NotFound
from storage.files import Assets
from storage.models import Character, CharacterName, Consent, Look, Photo, Receipt, now
from storage.pictures import take_in

__all__ = ["PhotoReport", "Registry", "name_key"]

_COLOUR = re.compile(r"#[0-9a-f]{6}")
MOST_COLOURS = 3


class Registry:
    """Who there is. Rows it gives stay readable; which relations are loaded is said with each verb.

    analyzer: called when a face is first looked at, and once.
    """

    def __init__(self, database: Database, assets: Assets, analyzer: Callable[[], FaceAnalyzer]):
        self._database = database
        self._assets = assets
        self._make_analyzer = analyzer
        self._made: FaceAnalyzer | None = None
        self._making = Lock()

    @property
    def analyzer(self) -> FaceAnalyzer:
        """The analyzer, made on first use."""
        with self._making:
            if self._made is None:
                self._made = self._make_analyzer()
            return self._made

    # -- names ---------------------------------------------------------------------------------------------------

    def add_character(self, name: str, aliases: Iterable[str] = (), notes: str = "") -> Character:
        """A new character (names loaded). Raises Conflict where a name or alias is somebody's already."""
        own = clean_name(name)
        texts: dict[str, str] = {}
        for text in (own, *map(clean_name, aliases)):
            texts.setdefault(name_key(text), text)
        try:
            with self._database.session() as session:
                for text in texts.values():
                    _refuse_taken(session, text)
                character = Character(name=own, notes=notes.strip())
                character.names = [CharacterName(key=key, text=text) for key, text in texts.items()]
                session.add(character)
        except IntegrityError as error:  # another process was quicker, on a database that lets two write at once
            raise _taken(own, own) from error
        return character

    def find(self, name: str) -> Character:
        """The character with this name or alias (names loaded). Raises NotFound, with the names that come near."""
        with self._database.reading() as session:
            return character_called(session, name, *names_loaded())

    def bind(self, names: Iterable[str]) -> dict[str, Character]:
        """name_key → character (names loaded) for those of the names that somebody answers to, in one query."""
        with self._database.reading() as session:
            return characters_called(session, names, *names_loaded())

    def list_characters(self) -> list[Character]:
        """Everybody, oldest first (names, looks and photos loaded)."""
        with self._database.reading() as session:
            return list(session.scalars(select(Character).order_by(Character.id).options(*photos_loaded())))

    def show(self, name: str) -> Character:
        """One character (names, looks, photos, their references, consents and adapters loaded). Raises NotFound."""
        with self._database.reading() as session:
            return character_called(session, name, *all_loaded())

    def add_alias(self, name: str, alias: str) -> Character:
        """The character answers to `alias` too (names loaded). Raises NotFound, and Conflict where it is another's."""
        text = clean_name(alias)
        try:
            with self._database.session() as session:
                character = character_called(session, name, *names_loaded())
                if name_key(text) not in {each.key for each in character.names}:
                    _refuse_taken(session, text)
                    character.names.append(CharacterName(key=name_key(text), text=text))
        except IntegrityError as error:
            raise _taken(text, text) from error
        return character

    def remove_alias(self, name: str, alias: str) -> Character:
        """The character no longer answers to `alias` (names loaded). Raises NotFound; Conflict for its own name."""
        with self._database.session() as session:
            character = character_called(session, name, *names_loaded())
            row = next((each for each in character.names if each.key == name_key(alias)), None)
            if row is None:
                raise NotFound(
                    f"{character.name} has no alias '{alias.strip()}'.", f"{character.name} 没有别名“{alias.strip()}”。"
                )
            if row.key == name_key(character.name):
                raise Conflict(
                    f"'{character.name}' is the character's name, not an alias. Rename the character instead.",
                    f"“{character.name}”是角色本名，不是别名。请改用重命名。",
                )
            character.names.remove(row)
        return character

    def set_aliases(self, name: str, aliases: Iterable[str]) -> Character:
        """The character answers to its name and to these, and to nothing else (names loaded). Empty ones are passed over.

        Raises NotFound, and Conflict where one is another's; then nothing has changed.
        """
        wanted = {name_key(text): clean_name(text) for text in aliases if name_key(text)}
        try:
            with self._database.session() as session:
                character = character_called(session, name, *names_loaded())
                wanted.pop(name_key(character.name), None)
                for row in list(character.names):
                    if row.key in wanted:
                        row.text = wanted.pop(row.key)
                    elif row.key != name_key(character.name):
                        character.names.remove(row)
                for key, text in wanted.items():
                    _refuse_taken(session, text)
                    character.names.append(CharacterName(key=key, text=text))
        except IntegrityError as error:
            raise _taken(", ".join(wanted.values()), name) from error
        return character

    def rename(self, name: str, new_name: str) -> Character:
        """Give the character another name (names loaded). The old one stays an alias: scripts may use it.

        Raises NotFound, and Conflict where the new name is somebody else's.
        """
        text = clean_name(new_name)
        try:
            with self._database.session() as session:
                character = character_called(session, name, *names_loaded())
                row = next((each for each in character.names if each.key == name_key(text)), None)
                if row is None:
                    _refuse_taken(session, text)
                    character.names.append(CharacterName(key=name_key(text), text=text))
                else:
                    row.text = text
                character.name = text
        except IntegrityError as error:
            raise _taken(text, text) from error
        return character

    # -- looks and photos ----------------------------------------------------------------------------------------

    def add_look(self, name: str, look: str, wardrobe: str = "", colours: Sequence[str] = ()) -> Look:
        """A look of the character; one that is there gets the wardrobe and colours that are given.

        colours: up to three '#rrggbb', top first. Raises NotFound, InvalidInput.
        """
        given = [colour.strip().lower() for colour in colours]
        if len(given) > MOST_COLOURS or not all(_COLOUR.fullmatch(colour) for colour in given):
            raise InvalidInput(
                f"Colours are up to {MOST_COLOURS}, written like #1a2b3c.",
                f"颜色最多 {MOST_COLOURS} 个，写法如 #1a2b3c。",
            )
        with self._database.session() as session:
            row = look_called(session, character_called(session, name), look)
            row.wardrobe = wardrobe.strip() or row.wardrobe
            row.colours = given or row.colours
        return row

    def add_photo(
        self, name: str, content: bytes | Path, file_name: str, look: str | None = None, face: int | None = None
    ) -> PhotoReport:
        """Look at a photo of the character and keep it if it is good enough; a refused one leaves no row and no file.

        look: into which (made if need be); without one the character's first. face: which one is meant, where several
        are seen, by its place in the report's `faces`. A file that is no picture is a refusal, not an error, so a
        batch goes on. Raises NotFound where there is no such character.
        """
        character = self.find(name)
        if look is not None:
            clean_name(look)
        seen = look_at(self.analyzer, content, file_name, face)
        if isinstance(seen, PhotoReport):
            return seen
        return keep(self._database, self._assets, character.id, seen, file_name, look)

    def remove_photo(self, uid: str) -> None:
        """Take a photo out, its faces with it, and its file where nothing else needs it. Raises NotFound."""
        with self._database.session() as session:
            photo = _photo(session, uid)
            session.delete(photo)
            unused = self._assets.forget(session, [photo.asset_sha256])
        self._assets.discard(self._database, unused)

    def move_photo(self, uid: str, look: str) -> Photo:
        """Put a photo into another look of its character, made if need be. Raises NotFound."""
        with self._database.session() as session:
            photo = _photo(session, uid)
            photo.look = look_called(session, photo.look.character, look)
        return photo

    # -- consent -------------------------------------------------------------------------------------------------

    def record_consent(self, name: str, text: str, expires_at: datetime | None = None) -> Consent:
        """Put on record what the person agreed to. expires_at: aware. Raises NotFound, InvalidInput."""
        if not text.strip():
            raise InvalidInput("Write down what was agreed to, and how.", "请写明授权内容与方式。")
        if expires_at is not None and (expires_at.tzinfo is None or expires_at <= now()):
            raise InvalidInput(
                "The consent's end must lie in the future, with a time zone.", "授权到期时间必须在将来，且带时区。"
            )
        with self._database.session() as session:
            character = character_called(session, name)
            consent = Consent(character_id=character.id, text=text.strip(), expires_at=expires_at)
            session.add(consent)
        return consent

    def withdraw_consent(self, name: str) -> int:
        """Withdraw every consent that is in force; how many there were. Raises NotFound."""
        with self._database.session() as session:
            character = character_called(session, name)
            consents = [each for each in character.consents if _in_force(each)]
            for consent in consents:
                consent.withdrawn_at = now()
        return len(consents)

    def has_consent(self, character: Character) -> bool:
        """Whether a consent is on record, not withdrawn and not run out."""
        with self._database.reading() as session:
            consents = session.scalars(select(Consent).where(Consent.character_id == character.id))
            return any(_in_force(each) for each in consents)

    # -- faces ---------------------------------------------------------------------------------------------------

    def references(self, character: Character, space: str | None = None) -> list[PhotoReference]:
        """The character's kept faces, oldest photo first. space: only those of this recogniser."""
        with self._database.reading() as session:
            return references_of(session, [character.uid], space).get(character.uid, [])

    def identities(self, uids: Iterable[str], space: str) -> dict[str, Identity]:
        """Character uid → identity in `space`, for those of the characters that have a photo in it."""
        with self._database.reading() as session:
            kept = references_of(session, uids, space)
        return {uid: _identity(uid, space, faces) for uid, faces in kept.items()}

    def compare(self, name: str, content: bytes | Path, file_name: str) -> Comparison:
        """Every face of a picture against the character's photos; nothing is kept.

        Raises NotFound, BadPicture, NoFace, and InvalidInput where the character has no photo yet.
        """
        character = self.find(name)
        picture = take_in(content, file_name)
        kept = self.references(character, self.analyzer.space)
        identity = _identity(character.uid, self.analyzer.space, kept)
        faces = self.analyzer.analyze(picture.image)
        if not faces:
            raise NoFace(NO_FACE.en, NO_FACE.zh)
        matches = [identity.similarity(face) for face in faces]
        best = max(matches, key=lambda match: match.similarity)
        return Comparison(
            space=identity.space,
            similarity=best.similarity,
            per_reference=tuple(
                ReferenceSimilarity(reference.photo, value)
                for reference, value in zip(kept, best.per_reference, strict=True)
            ),
            faces=tuple(FaceSimilarity(face.box, match.similarity) for face, match in zip(faces, matches, strict=True)),
        )

    def lineup(self) -> Lineup:
        """How alike everybody with photos is to everybody else."""
        with self._database.reading() as session:
            everybody = session.execute(select(Character.uid, Character.name).order_by(Character.id)).all()
        space = self.analyzer.space
        identities = self.identities([uid for uid, _ in everybody], space)
        there = [(uid, name) for uid, name in everybody if uid in identities]
        matrix = look_alikes([identities[uid] for uid, _ in there])
        return Lineup(space, tuple(name for _, name in there), matrix)

    # -- leaving -------------------------------------------------------------------------------------------------

    def erase(self, name: str) -> Receipt:
        """Erase the character for good, takes included; see characters.erasing.erase."""
        return erase(self._database, self._assets, name)


def _identity(uid: str, space: str, kept: Sequence[PhotoReference]) -> Identity:
    return Identity(uid, space, tuple(each.unit for each in kept), tuple(each.photo for each in kept))


def _in_force(consent: Consent) -> bool:
    return consent.withdrawn_at is None and (consent.expires_at is None or consent.expires_at > now())


def _photo(session: Session, uid: str) -> Photo:
    photo = session.scalar(select(Photo).where(Photo.uid == uid))
    if photo is None:
        raise NotFound("This photo is not there (any more).", "这张照片不存在（或已删除）。")
    return photo


def _refuse_taken(session: Session, text: str) -> None:
    """Raises Conflict where somebody answers to `text` already."""
    owner = session.scalar(
        select(Character.name).join(Character.names).where(CharacterName.key == name_key(text)).limit(1)
    )
    if owner is not None:
        raise _taken(text, owner)


def _taken(text: str, owner: str) -> Conflict:
    if name_key(text) == name_key(owner):
        return Conflict(f"There is a character called '{text}' already.", f"已经有名为“{text}”的角色。")
    return Conflict(
        f"'{text}' already belongs to {owner}. Choose another name, or take it from {owner} first.",
        f"“{text}”已属于 {owner}。请换一个名字，或先从 {owner} 移除。",
    )
