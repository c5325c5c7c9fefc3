"""Is it here already? Content is compared, not rows: uids are told apart by place, and what a studio adds by itself
(embeddings in other spaces) does not count."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from characters.names import name_key
from storage.errors import Message
from studio.packages.values import CharacterValue, EpisodeValue, SeriesValue

NAMES = Message("names", "名字")
LOOKS = Message("looks", "造型")
PHOTOS = Message("photos", "照片")
ADAPTERS = Message("adapters", "适配器")
CONSENTS = Message("consents", "授权记录")


def lacking(here: CharacterValue, brought: CharacterValue) -> list[Message]:
    """What the package knows of a character that is not so here; [] where all of it is here, and perhaps more."""
    wanted = (
        (NAMES, {name_key(text) for text in brought.names} - {name_key(text) for text in here.names}),
        (LOOKS, {_look(each) for each in brought.looks} - {_look(each) for each in here.looks}),
        (PHOTOS, _photos(brought) - _photos(here)),
        (ADAPTERS, {_adapter(each) for each in brought.adapters} - {_adapter(each) for each in here.adapters}),
        (CONSENTS, {_consent(each) for each in brought.consents} - {_consent(each) for each in here.consents}),
    )
    return [what for what, missing in wanted if missing]


def _look(look: Any) -> tuple[Any, ...]:
    return look.name, look.wardrobe, look.colours


def _photos(character: CharacterValue) -> set[tuple[str, str]]:
    return {(look.name, photo.asset) for look in character.looks for photo in look.photos}


def _adapter(adapter: Any) -> tuple[Any, ...]:
    return adapter.kind, adapter.asset, adapter.trigger, adapter.weight, adapter.base_model


def _consent(consent: Any) -> tuple[Any, ...]:
    """Without the withdrawal: see placing.withdraw."""
    return consent.text, consent.given_at, consent.expires_at


def series_digest(series: SeriesValue, episodes: Iterable[EpisodeValue], people: Mapping[str, str]) -> str:
    """SHA-256 of a series but for its title, its age, and uids. people: a character's uid -> who that is."""
    plain = series.model_copy(update={"uid": "", "title": "", "created_at": None})
    digest = hashlib.sha256(_json(plain))
    for episode in episodes:
        scenes = tuple(
            scene.model_copy(
                update={
                    "uid": "",
                    "shots": tuple(
                        shot.model_copy(
                            update={"uid": "", "takes": tuple(_nameless(take, people) for take in shot.takes)}
                        )
                        for shot in scene.shots
                    ),
                }
            )
            for scene in episode.scenes
        )
        digest.update(_json(episode.model_copy(update={"scenes": scenes})))
    return digest.hexdigest()


def _nameless(take: Any, people: Mapping[str, str]) -> Any:
    """The key follows from request and engine, so it need not be compared; and it would name the uids."""
    said = {name: renamed(getattr(take, name), people) for name in ("request", "faces", "provenance")}
    return take.model_copy(update={"uid": "", "recipe_key": "", **said})


def renamed(said: Any, people: Mapping[str, str]) -> Any:
    """The JSON value with every character's uid replaced. A uid is 32 random digits: nothing else is equal to one."""
    if isinstance(said, dict):
        return {key: renamed(value, people) for key, value in said.items()}
    if isinstance(said, list):
        return [renamed(value, people) for value in said]
    return people.get(said, said) if isinstance(said, str) else said


def _json(value: Any) -> bytes:
    # keys in one order: a column of JSON need not keep the order in which they came
    return json.dumps(value.model_dump(mode="json", warnings=False), sort_keys=True).encode()
