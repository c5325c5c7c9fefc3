"""What a package says, as strict values: every text has a most, every number a range, every code is one of the trade's.

Of a character's own rows these are left out: notes, names of photo files, warnings (which quote such names), and what
can be told from the rest (folded names, unit vectors, media types). `request`, `faces` and `provenance` of a take stay
the JSON they are; `checking` reads them.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from characters.names import LONGEST
from storage.sealed import Hash, Sealing
from studio.engines import ENGINES
from studio.vocabulary import ANGLES, FRAMINGS, GAZES, MOVEMENTS, PARTS, PLACEMENTS, SIZES, Vocabulary

VERSION = 1
"""Of the form of both kinds of package. A field that is added has a default here, so that older packages can still be
read, and raises this number, so that an older Castlock says what to do."""

SPACE_WIDTH = 4096
_BASE64 = SPACE_WIDTH * 4 // 3 * 4 + 4


def _visible(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a null character")
    return text


def _code(vocabulary: Vocabulary) -> Callable[[str], str]:
    def known(code: str) -> str:
        if code not in vocabulary:
            raise ValueError(f"is no {vocabulary.kind}")
        return code

    return known


def _engine(name: str) -> str:
    if name and name not in ENGINES:
        raise ValueError("is no engine of this Castlock")
    return name


def _in_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is no time") from error


When = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Uid = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_visible)]
Short = Annotated[str, Field(max_length=64), AfterValidator(_visible)]
Mark = Annotated[str, Field(max_length=200), AfterValidator(_visible)]
Line = Annotated[str, Field(max_length=2_000), AfterValidator(_visible)]
Words = Annotated[str, Field(max_length=200_000), AfterValidator(_visible)]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-f]{6}$")]
Number = Annotated[float, Field(allow_inf_nan=False)]
Seconds = Annotated[float, Field(allow_inf_nan=False, ge=0, le=1e6)]
Side = Annotated[int, Field(ge=16, le=16_384)]
Count = Annotated[int, Field(ge=0, le=10**9)]
Base64 = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=_BASE64)]


class Value(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


# -- the cast


class FaceReferenceValue(Value):
    """raw: base64 of float32, little endian."""

    face: Count
    space: Annotated[str, Field(pattern=r"^[\w.:-]{1,64}$")]
    box: tuple[Number, Number, Number, Number]
    keypoints: Annotated[tuple[tuple[Number, Number], ...], Field(min_length=5, max_length=5)]
    pose: dict[Literal["yaw", "pitch", "roll"], Number]
    quality: Annotated[dict[Short, Number], Field(max_length=20)]
    raw: Base64


class PhotoValue(Value):
    uid: Uid
    asset: Hash
    width: Side
    height: Side
    created_at: When
    references: tuple[FaceReferenceValue, ...]


class LookValue(Value):
    name: Name
    wardrobe: Words
    colours: Annotated[tuple[Colour, ...], Field(max_length=3)]
    photos: tuple[PhotoValue, ...]


class ConsentValue(Value):
    text: Annotated[Words, Field(min_length=1)]
    given_at: When
    expires_at: When | None
    withdrawn_at: When | None


class AdapterValue(Value):
    kind: Short
    asset: Hash
    trigger: Line
    weight: Number
    base_model: Line
    created_at: When


class CharacterValue(Value):
    """names: the name and every alias, oldest first."""

    uid: Uid
    name: Name
    names: Annotated[tuple[Name, ...], Field(min_length=1)]
    created_at: When
    looks: tuple[LookValue, ...]
    consents: tuple[ConsentValue, ...]
    adapters: tuple[AdapterValue, ...]


# -- the story


class PlateValue(Value):
    location: Line
    asset: Hash


class SeriesValue(Value):
    uid: Uid
    title: Annotated[Line, Field(min_length=1)]
    language: Literal["en", "zh"]
    numbering: Literal["scene", "episode"]
    fps: Annotated[int, Field(ge=1, le=120)]
    width: Side
    height: Side
    style: Short
    engine: Annotated[str, AfterValidator(_engine)]
    demands_consent: bool
    sheet_columns: dict[Short, Annotated[tuple[Short, ...], Field(max_length=200)]]
    created_at: When
    plates: tuple[PlateValue, ...]


class SpeechValue(Value):
    speaker: Line
    text: Words
    manner: Line
    delivery: Short


class ShotCastValue(Value):
    name: Line
    placement: Annotated[str, AfterValidator(_code(PLACEMENTS))]
    gaze: Annotated[str, AfterValidator(_code(GAZES))]
    part: Annotated[str, AfterValidator(_code(PARTS))]
    look: Line


class TakeValue(Value):
    uid: Uid
    number: Count
    recipe_key: Hash
    request: dict[str, Any]
    engine: Short
    engine_version: Line
    seed: Annotated[int, Field(ge=0, lt=2**63)]
    asset: Hash
    thumbnail: Hash | None
    width: Side
    height: Side
    seconds: Seconds
    uncast: bool
    circled: bool
    faces: list[dict[str, Any]]
    provenance: dict[str, Any]
    created_at: When


class ShotValue(Value):
    uid: Uid
    number: Annotated[Mark, Field(min_length=1)]
    size: Annotated[str, AfterValidator(_code(SIZES))]
    framing: Annotated[str, AfterValidator(_code(FRAMINGS))]
    angle: Annotated[str, AfterValidator(_code(ANGLES))]
    movement: Annotated[str, AfterValidator(_code(MOVEMENTS))]
    lens: Words
    equipment: Words
    description: Words
    dialogue: tuple[SpeechValue, ...]
    sound: Words
    art: Words
    seconds: Seconds
    transition: Words
    notes: Words
    omitted: bool
    english: Words
    prompt: Words
    negative_prompt: Words
    cast: tuple[ShotCastValue, ...]
    takes: tuple[TakeValue, ...]


class SceneValue(Value):
    uid: Uid
    number: Mark
    int_ext: Mark
    location: Line
    time_of_day: Mark
    shots: tuple[ShotValue, ...]


class EpisodeValue(Value):
    number: Annotated[int, Field(ge=0, le=999_999)]
    title: Line
    script: Hash | None
    scenes: tuple[SceneValue, ...]


# -- the files


class SeriesMember(Value):
    """`series.json`: the series but for its episodes, and everybody its shots and takes name."""

    series: SeriesValue
    cast: tuple[CharacterValue, ...]


class Manifest(Sealing):
    """`manifest.json`. counts: how many there are of each, such as "shots"; members: see storage.sealed."""

    format: Literal["castlock-series", "castlock-character"]
    version: Count
    counts: dict[Short, Count]
