"""Erasing somebody: what goes, what stays, and that neither database nor disk remembers."""

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sqlalchemy import select
from toy_faces import ANN, BEA, picture, portrait

from characters.registry import Registry
from storage.database import Database
from storage.errors import NotFound
from storage.files import Assets
from storage.models import (
    Adapter,
    Asset,
    Character,
    Episode,
    Job,
    Receipt,
    Scene,
    Series,
    Shot,
    ShotCast,
    Take,
)


def on_disk(folder: Path) -> bytes:
    """Every byte that is left: the database, its log, and all files with their names."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    return b"\n".join(str(path.relative_to(folder)).encode() + b"\n" + path.read_bytes() for path in paths)


def request_for(character: Character, raw: bytes) -> dict[str, Any]:
    return {
        "prompt": "a room",
        "subjects": [{"character": character.uid, "name": "x", "embeddings": [base64.b64encode(raw).decode()]}],
    }


@pytest.fixture
def shot(database: Database) -> Shot:
    with database.session() as session:
        shot = Shot(position=1.0, number="1A", size="MS", framing="single", seconds=2.0)
        shot.cast = [ShotCast(position=0, name="Ann", key="ann")]
        scene = Scene(position=1.0, number="1", location="a room", shots=[shot])
        session.add(Series(title="Trial", episodes=[Episode(number=1, scenes=[scene])]))
    return shot


def take(
    database: Database, assets: Assets, shot: Shot, number: int, request: dict[str, Any], faces: list[Any] = ()
) -> str:
    """A take whose picture is its own; the picture's hash."""
    sha256 = assets.write(picture((10 * number, 5, 30, BEA)))
    with database.session() as session:
        assets.record(session, sha256, "image/png", 200, 240)
        session.add(
            Take(
                shot_id=shot.id,
                number=number,
                recipe_key=f"{number:064x}",
                request=request,
                engine="photoboard",
                engine_version="1",
                seed=number,
                asset_sha256=sha256,
                width=200,
                height=240,
                seconds=0.1,
                faces=list(faces),
            )
        )
    return sha256


def test_nothing_is_left_of_an_erased_person_and_all_of_the_others(
    registry: Registry, database: Database, assets: Assets, tmp_path: Path, shot: Shot
) -> None:
    ann = registry.add_character("Ann Archer", ["安安安"], notes="plays the lead, lives in Harbour Street")
    bea = registry.add_character("Bea")
    registry.record_consent("ann archer", "signed by the agent of Ann")
    registry.add_photo("ann archer", portrait(ANN), "holiday-picture.png", look="Harbour coat")
    registry.add_photo("ann archer", portrait(ANN, 60), "second.png")
    registry.add_photo("bea", portrait(BEA), "bea.png")
    shared = portrait(ANN, 50)
    registry.add_photo("ann archer", shared, "shared.png")
    registry.add_photo("bea", shared, "shared.png")
    (first, *_), own = registry.references(ann), registry.references(bea)
    adapter = assets.write(b"weights of a LoRA")
    with database.session() as session:
        assets.record(session, adapter, "application/octet-stream")
        session.add(Adapter(character_id=ann.id, kind="lora", asset_sha256=adapter, trigger="annarcher"))
    hers = take(database, assets, shot, 1, request_for(ann, first.raw.tobytes()))
    judged = take(database, assets, shot, 2, request_for(bea, own[0].raw.tobytes()), [{"uid": ann.uid}])
    others = take(database, assets, shot, 3, request_for(bea, own[0].raw.tobytes()))
    with database.session() as session:
        for state in ("done", "failed", "cancelled"):
            payload = {"request": request_for(ann, first.raw.tobytes())}
            session.add(Job(kind="render", key=f"render:{state}", payload=payload, state=state))
        session.add(Job(kind="render", key="render:bea", payload={"request": request_for(bea, b"1234")}, state="done"))

    names = ("安安安", "Harbour", "holiday-picture", "signed by the agent", "annarcher", ann.uid)
    secrets = [text.encode() for text in names]
    secrets += [first.raw.tobytes(), first.unit.tobytes(), base64.b64encode(first.raw.tobytes())]
    database.checkpoint()
    before = on_disk(tmp_path)
    for secret in secrets[:1] + secrets[3:]:
        assert secret in before or secret.decode("utf-8", "replace").encode("unicode_escape") in before

    receipt = registry.erase("ann  ARCHER")

    assert receipt.name == "ann ARCHER"
    assert receipt.erased == {
        "looks": 1,
        "photos": 3,
        "embeddings": 3,
        "adapters": 1,
        "consents": 1,
        "takes": 2,
        "jobs": 3,
        "files": 5,
    }
    after = on_disk(tmp_path)
    for secret in secrets:
        assert secret not in after
    with pytest.raises(NotFound):
        registry.find("ann archer")
    for gone in (hers, judged, adapter, first.asset):
        with pytest.raises(NotFound):
            assets.path(gone)
    assert assets.path(others).exists()
    assert [each.photo for each in registry.references(bea)] == [each.photo for each in own]
    assert all(np.array_equal(a.raw, b.raw) for a, b in zip(registry.references(bea), own, strict=True))
    with database.reading() as session:
        assert [row.asset_sha256 for row in session.scalars(select(Take))] == [others]
        assert [row.key for row in session.scalars(select(Job))] == ["render:bea"]
        assert [row.uid for row in session.scalars(select(Receipt))] == [receipt.uid]
        kept = set(session.scalars(select(Asset.sha256)))
    assert kept == {others, *(each.asset for each in own)}
    assert {path.parent.name + path.name for path in assets.root.glob("??/*")} == kept


def test_a_job_that_still_runs_is_the_callers_and_keeps_what_it_names(
    registry: Registry, database: Database, assets: Assets
) -> None:
    ann = registry.add_character("Ann")
    registry.add_photo("ann", portrait(ANN), "ann.png")
    (reference,) = registry.references(ann)
    with database.session() as session:
        payload = {"request": request_for(ann, b"1234"), "asset": reference.asset}
        session.add(Job(kind="render", key="k", active_key="k", payload=payload, state="running"))
    receipt = registry.erase("ann")
    assert (receipt.erased["jobs"], receipt.erased["files"]) == (0, 0)
    assert assets.path(reference.asset).exists()


def test_nobody_is_erased_by_a_name_that_nobody_has(registry: Registry, database: Database) -> None:
    registry.add_character("Ann")
    with pytest.raises(NotFound):
        registry.erase("Anne Nobody")
    with database.reading() as session:
        assert list(session.scalars(select(Receipt))) == []
    assert registry.find("ann").name == "Ann"


def test_an_erased_name_is_free_again(registry: Registry) -> None:
    old = registry.add_character("Ann", ["A"])
    registry.erase("A")
    new = registry.add_character("Ann", ["A"])
    assert new.uid != old.uid
