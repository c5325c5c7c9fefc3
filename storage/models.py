"""The tables. Names follow the trade; times are UTC; nothing here that PostgreSQL could not do."""

from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import (
    JSON,
    DateTime,
    Float,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator


class UTCDateTime(TypeDecorator[datetime]):
    """An aware UTC time; SQLite forgets the zone, this puts it back."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    return datetime.now(UTC)


def new_uid() -> str:
    """A stable name that never shows a number or a title: 32 hex digits."""
    return uuid4().hex


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UTCDateTime,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        str: Text,
    }


class Asset(Base):
    """A file kept once under its SHA-256."""

    __tablename__ = "asset"
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    bytes: Mapped[int]
    media_type: Mapped[str]
    width: Mapped[int | None]
    height: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


# -- the story ---------------------------------------------------------------------------------------------------


class Series(Base):
    """A title. `numbering`: 'scene' (1A, 1B, 2A ...) or 'episode' (1, 2, 3 ... through the episode, the Chinese way).

    `engine`: the one its shots are rendered with; empty: the settings'.
    `sheet_columns`: format -> keys of the columns of its sheets, in order; a format that is not there has its own choice.
    """

    __tablename__ = "series"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    title: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str] = mapped_column(String(2), default="en")
    numbering: Mapped[str] = mapped_column(String(8), default="scene")
    fps: Mapped[int] = mapped_column(default=24)
    width: Mapped[int] = mapped_column(default=1080)
    height: Mapped[int] = mapped_column(default=1920)
    style: Mapped[str] = mapped_column(String(32), default="ink")
    engine: Mapped[str] = mapped_column(String(32), default="", server_default=text("''"))
    demands_consent: Mapped[bool] = mapped_column(default=False)
    sheet_columns: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    episodes: Mapped[list["Episode"]] = relationship(
        back_populates="series", order_by="Episode.number", cascade="all, delete-orphan"
    )
    plates: Mapped[list["Plate"]] = relationship(back_populates="series", cascade="all, delete-orphan")


class Episode(Base):
    __tablename__ = "episode"
    __table_args__ = (UniqueConstraint("series_id", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(default="")
    script_sha256: Mapped[str | None] = mapped_column(ForeignKey("asset.sha256"), index=True)
    series: Mapped[Series] = relationship(back_populates="episodes")
    scenes: Mapped[list["Scene"]] = relationship(
        back_populates="episode", order_by="Scene.position", cascade="all, delete-orphan"
    )


class Scene(Base):
    """`position` orders; `number` is what people read and may carry letters."""

    __tablename__ = "scene"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    episode_id: Mapped[int] = mapped_column(ForeignKey("episode.id", ondelete="CASCADE"), index=True)
    position: Mapped[float] = mapped_column(Float)
    number: Mapped[str] = mapped_column(String(16))
    int_ext: Mapped[str] = mapped_column(String(8), default="INT")
    location: Mapped[str]
    time_of_day: Mapped[str] = mapped_column(String(16), default="DAY")
    episode: Mapped[Episode] = relationship(back_populates="scenes")
    shots: Mapped[list["Shot"]] = relationship(
        back_populates="scene", order_by="Shot.position", cascade="all, delete-orphan"
    )


class Shot(Base):
    """`uid` never changes; `number` is shown; codes of size, framing, angle, movement are studio.vocabulary's.

    `dialogue` is a list of {"speaker", "text", "manner", "delivery"}; delivery: spoken, OS, VO.
    `english`: the description in English, as somebody or a translation model wrote it; empty: read by the glossary.
    `prompt`, `negative_prompt`: a person's own words for a generating engine; empty: written from the shot.
    """

    __tablename__ = "shot"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    scene_id: Mapped[int] = mapped_column(ForeignKey("scene.id", ondelete="CASCADE"), index=True)
    position: Mapped[float] = mapped_column(Float)
    number: Mapped[str] = mapped_column(String(16))
    size: Mapped[str] = mapped_column(String(8))
    framing: Mapped[str] = mapped_column(String(16))
    angle: Mapped[str] = mapped_column(String(16), default="eye-level")
    movement: Mapped[str] = mapped_column(String(16), default="static")
    lens: Mapped[str] = mapped_column(default="")
    equipment: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    dialogue: Mapped[list[Any]] = mapped_column(default=list)
    sound: Mapped[str] = mapped_column(default="")
    art: Mapped[str] = mapped_column(default="")
    seconds: Mapped[float] = mapped_column(Float)
    transition: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    omitted: Mapped[bool] = mapped_column(default=False)
    english: Mapped[str] = mapped_column(default="", server_default=text("''"))
    prompt: Mapped[str] = mapped_column(default="", server_default=text("''"))
    negative_prompt: Mapped[str] = mapped_column(default="", server_default=text("''"))
    scene: Mapped[Scene] = relationship(back_populates="shots")
    cast: Mapped[list["ShotCast"]] = relationship(
        back_populates="shot", order_by="ShotCast.position", cascade="all, delete-orphan"
    )
    takes: Mapped[list["Take"]] = relationship(
        back_populates="shot", order_by="Take.number", cascade="all, delete-orphan"
    )


class ShotCast(Base):
    """Somebody in a shot, by the name the script uses; the name finds its Character by name or alias.

    `look` names one of that character's looks; empty: the first one that has photos.
    """

    __tablename__ = "shot_cast"
    __table_args__ = (UniqueConstraint("shot_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    shot_id: Mapped[int] = mapped_column(ForeignKey("shot.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    name: Mapped[str]
    key: Mapped[str] = mapped_column(index=True)
    placement: Mapped[str] = mapped_column(String(16), default="centre")
    gaze: Mapped[str] = mapped_column(String(16), default="camera")
    part: Mapped[str] = mapped_column(String(16), default="face")
    look: Mapped[str] = mapped_column(default="")
    shot: Mapped[Shot] = relationship(back_populates="cast")


class Plate(Base):
    """The picture of a location that every shot of a scene shares."""

    __tablename__ = "plate"
    __table_args__ = (UniqueConstraint("series_id", "key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id", ondelete="CASCADE"))
    key: Mapped[str]
    location: Mapped[str]
    asset_sha256: Mapped[str] = mapped_column(ForeignKey("asset.sha256"), index=True)
    series: Mapped[Series] = relationship(back_populates="plates")


class Take(Base):
    """One rendering of a shot, with everything needed to make it again; one per shot and recipe key.

    `provenance`: how it was made beyond its request (weights, scheduler, batch, device): see studio.provenance.
    """

    __tablename__ = "take"
    __table_args__ = (UniqueConstraint("shot_id", "recipe_key"), UniqueConstraint("shot_id", "number"))
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    shot_id: Mapped[int] = mapped_column(ForeignKey("shot.id", ondelete="CASCADE"))
    number: Mapped[int]
    recipe_key: Mapped[str] = mapped_column(String(64), index=True)
    # large, and read only to make the take again: a wall of frames does without
    request: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    engine: Mapped[str] = mapped_column(String(32))
    engine_version: Mapped[str]
    seed: Mapped[int]
    asset_sha256: Mapped[str] = mapped_column(ForeignKey("asset.sha256"), index=True)
    thumbnail_sha256: Mapped[str | None] = mapped_column(ForeignKey("asset.sha256"), index=True)
    width: Mapped[int]
    height: Mapped[int]
    seconds: Mapped[float] = mapped_column(Float)
    uncast: Mapped[bool] = mapped_column(default=False)
    circled: Mapped[bool] = mapped_column(default=False)
    faces: Mapped[list[Any]] = mapped_column(default=list)
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default=text("'{}'"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    shot: Mapped[Shot] = relationship(back_populates="takes")


# -- the cast ----------------------------------------------------------------------------------------------------


class Character(Base):
    __tablename__ = "character"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    name: Mapped[str]
    notes: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    names: Mapped[list["CharacterName"]] = relationship(
        back_populates="character", order_by="CharacterName.id", cascade="all, delete-orphan"
    )
    looks: Mapped[list["Look"]] = relationship(
        back_populates="character", order_by="Look.id", cascade="all, delete-orphan"
    )
    consents: Mapped[list["Consent"]] = relationship(
        back_populates="character", order_by="Consent.id", cascade="all, delete-orphan"
    )
    adapters: Mapped[list["Adapter"]] = relationship(back_populates="character", cascade="all, delete-orphan")


class CharacterName(Base):
    """A name or alias; `key` is the folded form (characters.registry.name_key) and belongs to one character only."""

    __tablename__ = "character_name"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    text: Mapped[str]
    character_id: Mapped[int] = mapped_column(ForeignKey("character.id", ondelete="CASCADE"), index=True)
    character: Mapped[Character] = relationship(back_populates="names")


class Look(Base):
    """造型: wardrobe, hair, age, wound. `colours`: up to three '#rrggbb' of the clothes, top first."""

    __tablename__ = "look"
    __table_args__ = (UniqueConstraint("character_id", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    character_id: Mapped[int] = mapped_column(ForeignKey("character.id", ondelete="CASCADE"))
    name: Mapped[str]
    wardrobe: Mapped[str] = mapped_column(default="")
    colours: Mapped[list[Any]] = mapped_column(default=list)
    character: Mapped[Character] = relationship(back_populates="looks")
    photos: Mapped[list["Photo"]] = relationship(
        back_populates="look", order_by="Photo.id", cascade="all, delete-orphan"
    )


class Photo(Base):
    __tablename__ = "photo"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    look_id: Mapped[int] = mapped_column(ForeignKey("look.id", ondelete="CASCADE"), index=True)
    asset_sha256: Mapped[str] = mapped_column(ForeignKey("asset.sha256"), index=True)
    source_name: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    look: Mapped[Look] = relationship(back_populates="photos")
    references: Mapped[list["FaceReference"]] = relationship(
        back_populates="photo", order_by="FaceReference.id", cascade="all, delete-orphan"
    )


class FaceReference(Base):
    """One face of one photo as one recogniser sees it. `raw`, `unit`: float32, little endian."""

    __tablename__ = "face_reference"
    __table_args__ = (UniqueConstraint("photo_id", "face", "space"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photo.id", ondelete="CASCADE"))
    face: Mapped[int] = mapped_column(default=0)
    space: Mapped[str] = mapped_column(String(64))
    box: Mapped[list[Any]]
    keypoints: Mapped[list[Any]]
    pose: Mapped[dict[str, Any]]
    quality: Mapped[dict[str, Any]]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    unit: Mapped[bytes] = mapped_column(LargeBinary)
    photo: Mapped[Photo] = relationship(back_populates="references")


class Consent(Base):
    __tablename__ = "consent"
    id: Mapped[int] = mapped_column(primary_key=True)
    character_id: Mapped[int] = mapped_column(ForeignKey("character.id", ondelete="CASCADE"), index=True)
    text: Mapped[str]
    given_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    character: Mapped[Character] = relationship(back_populates="consents")


class Adapter(Base):
    """A trained or imported LoRA or textual-inversion file (safetensors) of one character."""

    __tablename__ = "adapter"
    id: Mapped[int] = mapped_column(primary_key=True)
    character_id: Mapped[int] = mapped_column(ForeignKey("character.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    asset_sha256: Mapped[str] = mapped_column(ForeignKey("asset.sha256"), index=True)
    trigger: Mapped[str] = mapped_column(default="")
    weight: Mapped[float] = mapped_column(Float, default=1.0)
    base_model: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    character: Mapped[Character] = relationship(back_populates="adapters")


class Receipt(Base):
    """Proof that somebody was erased: what and how much, nothing of the person but the name asked for."""

    __tablename__ = "receipt"
    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(String(32), unique=True, default=new_uid)
    name: Mapped[str]
    erased: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


# -- the work ----------------------------------------------------------------------------------------------------


class Job(Base):
    """One piece of work. States: queued, running, done, failed, cancelled (see studio/jobs/queue.py).

    `key` makes submit idempotent: at most one job with a key is queued or running (`active_key` = key while so, else NULL).
    `token` grows with every claim, so that a worker that lost its lease cannot finish what another one took over.
    """

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_state_priority_id", "state", "priority", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(String(160), index=True)
    active_key: Mapped[str | None] = mapped_column(String(160), unique=True)
    payload: Mapped[dict[str, Any]]
    label: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(String(16), default="queued")
    priority: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    token: Mapped[int] = mapped_column(default=0)
    worker_uid: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[datetime | None]
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    stage: Mapped[str] = mapped_column(default="")
    preview: Mapped[bytes | None] = mapped_column(LargeBinary)
    result: Mapped[dict[str, Any] | None]
    error: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Worker(Base):
    """A worker process that is alive while `seen_at` is fresh."""

    __tablename__ = "worker"
    uid: Mapped[str] = mapped_column(String(32), primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    pid_started: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
