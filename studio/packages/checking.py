"""What must hold of a package's values beyond their form, and of the files that they name. Reads no rows.

A package that was changed by a hand must not bring in what the studio itself would never have kept: a take that shows
somebody who does not come with it (erasing that person would miss it), a request that cannot be rendered again, a
"photo" that is a program.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from characters.face import unit_vector
from characters.names import clean_name, name_key
from storage.errors import InvalidInput
from storage.pictures import check_kept
from studio.engines import RenderRequest
from studio.exports import FORMATS
from studio.exports.columns import chosen_columns
from studio.packages.values import SPACE_WIDTH, CharacterValue, EpisodeValue, SeriesValue, TakeValue
from studio.recipe import from_json
from studio.review import FaceScore
from studio.weights.damage import damage

PICTURE, SCRIPT, ADAPTER = "picture", "script", "adapter"
MOST_SCRIPT_BYTES = 64 * 2**20


class _Said(BaseModel):
    model_config = ConfigDict(extra="allow")


class _Notice(_Said):
    en: str
    zh: str


class _Licence(_Said):
    name: str
    commercial: bool | None
    notice: _Notice | None


class _Provenance(_Said):
    """What the studio reads of a provenance."""

    generates: bool = False
    random_weights: bool = False
    batch: int = 1
    licences: list[_Licence] = []
    notices: list[_Notice] = []
    repainted: list[str] = []


_REQUEST: TypeAdapter[RenderRequest] = TypeAdapter(RenderRequest)
_FACES: TypeAdapter[list[FaceScore]] = TypeAdapter(list[FaceScore])


@dataclass(slots=True)
class Contents:
    """What the values of a package come to. roles: asset hash -> what the file must be; sizes: of pictures, where said;
    counts: how many there are of each, such as "shots".
    """

    roles: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def name(self, sha256: str, role: str, size: tuple[int, int] | None = None) -> None:
        """A value names a file. Raises InvalidInput where another names it as something else, or of another size."""
        if self.roles.setdefault(sha256, role) != role or (size and self.sizes.setdefault(sha256, size) != size):
            raise contradiction(f"the file {sha256[:12]}… is named as two different things")

    def counted(self) -> dict[str, int]:
        return {**self.counts, "assets": len(self.roles)}


def contradiction(en: str) -> InvalidInput:
    """The package does not agree with itself; `en`: where, for whoever wants to know."""
    return InvalidInput(
        f"The package cannot be used: {en}. Ask for it to be made again with `series pack` or `cast pack`.",
        f"该文件无法使用，其内容自相矛盾（{en}）。请用 `series pack` 或 `cast pack` 重新制作。",
    )


def unread(member: str, error: ValidationError) -> InvalidInput:
    """The first thing that is wrong with a member's form, without what was given there: it may be anything."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(each) for each in first["loc"])[:100]
    return contradiction(f"{member}{f', {ascii(place)[1:-1]}' if place else ''}: {first['msg'][:100]}")


# -- the cast


def check_cast(cast: tuple[CharacterValue, ...], contents: Contents) -> None:
    """Raises InvalidInput; what the cast names is added to `contents`."""
    keys: dict[str, str] = {}
    contents.counts["characters"] += len(cast)
    if len({character.uid for character in cast}) < len(cast):
        raise contradiction("a character is in it twice")
    for character in cast:
        for text in character.names:
            if _cleaned(text) != text or keys.setdefault(name_key(text), character.uid) != character.uid:
                raise contradiction("a name is not written as names are, or belongs to two characters")
        own = {name_key(text) for text in character.names}
        if name_key(character.name) not in own or len(own) != len(character.names):
            raise contradiction("a character's names do not agree")
        if any(_cleaned(look.name) != look.name for look in character.looks):
            raise contradiction("a look's name is not written as names are")
        for photo in (photo for look in character.looks for photo in look.photos):
            contents.counts["photos"] += 1
            contents.name(photo.asset, PICTURE, (photo.width, photo.height))
            for reference in photo.references:
                vectors(reference.raw)
        for adapter in character.adapters:
            contents.name(adapter.asset, ADAPTER)


def _cleaned(text: str) -> str | None:
    try:
        return clean_name(text)
    except InvalidInput:
        return None


def vectors(raw: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(raw, unit) embedding of a reference's base64. Raises InvalidInput where it is none."""
    try:
        values = np.frombuffer(base64.b64decode(raw, validate=True), "<f4")
    except ValueError as error:
        raise contradiction("a face embedding cannot be read") from error
    if not 2 <= len(values) <= SPACE_WIDTH or not np.isfinite(values).all():
        raise contradiction("a face embedding is not one")
    return values, unit_vector(values)


# -- the story


def check_series(series: SeriesValue, contents: Contents) -> None:
    """Raises InvalidInput; what the series names is added to `contents`."""
    for form, columns in series.sheet_columns.items():
        if form not in FORMATS:
            raise contradiction(f"there is no format '{ascii(form)[1:-1]}'")
        chosen_columns(columns)
    keys = [name_key(plate.location) for plate in series.plates]
    if len(set(keys)) != len(keys):
        raise contradiction("a location has two plates")
    for plate in series.plates:
        contents.name(plate.asset, PICTURE)


def check_episode(episode: EpisodeValue, people: Mapping[str, CharacterValue], contents: Contents) -> None:
    """people: the package's cast by uid. Raises InvalidInput; what the episode names is added to `contents`."""
    if episode.script is not None:
        contents.name(episode.script, SCRIPT)
    contents.counts.update(episodes=1, scenes=len(episode.scenes))
    for shot in (shot for scene in episode.scenes for shot in scene.shots):
        contents.counts.update(shots=1, takes=len(shot.takes))
        if len({name_key(member.name) for member in shot.cast}) != len(shot.cast):
            raise contradiction(f"somebody is twice in shot {ascii(shot.number)[1:-1]}")
        for take in shot.takes:
            _check_take(take, people)
            contents.name(take.asset, PICTURE, (take.width, take.height))
            if take.thumbnail is not None:
                contents.name(take.thumbnail, PICTURE)


def _check_take(take: TakeValue, people: Mapping[str, CharacterValue]) -> None:
    where = f"take {take.uid}"
    try:
        request_text, faces_text, provenance_text = (
            json.dumps(said, allow_nan=False, ensure_ascii=False)
            for said in (take.request, take.faces, take.provenance)
        )
        if "\\u0000" in request_text + faces_text + provenance_text:
            raise ValueError("a null character")
        request = _REQUEST.validate_json(request_text, strict=True)
        _FACES.validate_json(faces_text, strict=True)
        _Provenance.model_validate_json(provenance_text, strict=True)
        from_json(take.request)  # the first three pass over what they do not know, and a dataclass does not
        for face in take.faces:
            FaceScore(**face)
    except (ValidationError, ValueError, TypeError, KeyError) as error:
        raise contradiction(f"{where} does not say how it was made") from error
    if (request.width, request.height, request.seed) != (take.width, take.height, take.seed):
        raise contradiction(f"{where} and its request disagree")
    if not set(uids_in((take.request, take.faces, take.provenance))) <= people.keys():
        raise contradiction(f"{where} shows somebody who is not in the package")


def uids_in(said: tuple[dict[str, Any], list[dict[str, Any]], dict[str, Any]]) -> Iterator[str]:
    """Uids of characters in a take's request, faces and provenance."""
    request, faces, provenance = said
    named = [subject["character"] for subject in request["subjects"]] + [face["uid"] for face in faces]
    named += [(request.get("start") or {}).get("repaint", ""), *provenance.get("repainted", ())]
    yield from (uid for uid in named if uid)


# -- the files


@dataclass(frozen=True, slots=True)
class Kind:
    """What is recorded of a file."""

    media_type: str
    width: int | None = None
    height: int | None = None


def check_file(sha256: str, content: bytes, contents: Contents) -> Kind:
    """What the file is. Raises BadPicture, or InvalidInput, where it is not what the values say it is."""
    role = contents.roles[sha256]
    if role == PICTURE:
        media_type, width, height = check_kept(content, sha256)
        if contents.sizes.get(sha256, (width, height)) != (width, height):
            raise contradiction(f"the picture {sha256[:12]}… has another size than is said")
        return Kind(media_type, width, height)
    if role == SCRIPT:
        if len(content) > MOST_SCRIPT_BYTES:
            raise contradiction(f"the script {sha256[:12]}… is too large")
        return Kind("text/plain")
    return Kind("application/octet-stream")


def check_adapter(path: Path) -> None:
    """Raises InvalidInput where the file is no safetensors file, or not whole."""
    wrong = damage(path, ".safetensors")
    if wrong is not None:
        raise InvalidInput(
            f"An adapter in the package cannot be used: {wrong.en}.", f"其中有一个适配器无法使用：{wrong.zh}。"
        )
