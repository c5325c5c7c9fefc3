"""A studio with everything that a package may hold, drawn small and written row by row, so that it is there at once."""

import base64
import json
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from characters.face import unit_vector
from characters.names import name_key
from storage.database import Database
from storage.models import (
    Adapter,
    Base,
    Character,
    CharacterName,
    Consent,
    Episode,
    FaceReference,
    Look,
    Photo,
    Plate,
    Scene,
    Series,
    Shot,
    ShotCast,
    Take,
)
from storage.pictures import encode_png, take_in, thumbnail
from studio.engines import AdapterUse, EngineCard, Reference, RenderRequest, Staging, Start, Subject
from studio.recipe import recipe_key, to_json
from studio.studio import Studio

TITLE = "雨夜 Rain'); DROP TABLE series;--"
WHEN = datetime(2026, 3, 1, 12, 30, 15, 123456, UTC)
SIZE = (72, 128)
PRIVATE = {"character": {"notes"}, "photo": {"source_name", "warnings"}}
PLACES = {"id", "series_id", "episode_id", "scene_id", "shot_id", "character_id", "look_id", "photo_id", "position"}


def drawing(seed: int, width: int = SIZE[0], height: int = SIZE[1]) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def safetensors(seed: int) -> bytes:
    body = np.random.default_rng(seed).bytes(16)
    header = json.dumps({"a.lora_up.weight": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}).encode()
    return struct.pack("<Q", len(header)) + header + body


class TinySeries:
    """Fills a studio: a series of two episodes, Ann (cast, photographed), Bea (bound no longer, but a take shows her),
    and Cleo, who belongs to another series."""

    def __init__(self, studio: Studio):
        self.studio = studio
        self.session: Any = None
        with studio.database.session() as self.session:
            self.ann = self.person("Ann", ["小安", "ANNIE"], 1, photos=3)
            self.bea = self.person("Bea", [], 2, photos=1)
            self.cleo = self.person("Cleo", [], 3, photos=2)
            self.session.flush()
            self.series()

    def keep(self, content: bytes, media_type: str, size: tuple[int, int] | tuple[None, None] = (None, None)) -> str:
        sha256 = self.studio.assets.write(content)
        self.studio.assets.record(self.session, sha256, media_type, *size)
        return sha256

    def person(self, name: str, aliases: list[str], seed: int, photos: int) -> Character:
        row = Character(name=name, notes=f"private: {name} is ill", created_at=WHEN)
        row.names = [CharacterName(key=name_key(text), text=text) for text in (name, *aliases)]
        row.consents = [
            Consent(text="only the pilot", given_at=WHEN, withdrawn_at=WHEN + timedelta(days=1)),
            Consent(text=f"{name}: 全季, signed", given_at=WHEN, expires_at=datetime(2300, 1, 1, tzinfo=UTC)),
        ]
        row.looks = [
            Look(name="default", wardrobe="grey coat", colours=["#112233", "#ffffff"]),
            Look(name="雨夜", wardrobe="", colours=[]),
        ]
        for number in range(photos):
            row.looks[number % 2].photos.append(self.photo(10 * seed + number))
        row.adapters = [Adapter(kind="lora", asset_sha256=self.keep(safetensors(seed), "x"), trigger="ann", weight=0.8)]
        self.session.add(row)
        return row

    def photo(self, seed: int) -> Photo:
        picture = take_in(thumbnail(drawing(seed), SIZE[0]), "x")
        raw = np.random.default_rng(seed).normal(size=32).astype(np.float32)
        return Photo(
            asset_sha256=self.keep(picture.content, picture.media_type, SIZE),
            source_name=f"IMG_{seed} at her home.jpg",
            width=picture.width,
            height=picture.height,
            warnings=[{"en": f"like 'IMG_{seed}'", "zh": f"与 IMG_{seed} 相似"}],
            references=[
                FaceReference(
                    space=space,
                    box=[1, 2.5, 40, 50],
                    keypoints=[[1, 2], [3, 4], [5, 6], [7, 8], [9, 10.25]],
                    pose={"yaw": 1.5, "pitch": 0, "roll": -2},
                    quality={"score": 0.9, "sharpness": 300, "brightness": 128.5, "width": 39.0},
                    raw=(scale * raw).astype("<f4").tobytes(),
                    unit=unit_vector(scale * raw).astype("<f4").tobytes(),
                )
                for space, scale in (("bundled-1", 1), ("antelopev2", 3))
            ],
        )

    def series(self) -> None:
        row = Series(
            title=TITLE, language="zh", numbering="episode", fps=25, width=SIZE[0], height=SIZE[1], style="colour"
        )
        row.engine, row.demands_consent, row.created_at = "photoboard", True, WHEN
        row.sheet_columns = {"csv": ["shot", "location"], "xlsx": ["shot", "time"]}
        plate = self.keep(encode_png(drawing(90)), "image/png", SIZE)
        row.plates = [Plate(key=name_key("老街"), location="老街", asset_sha256=plate)]
        row.episodes = [self.episode(number, plate) for number in (1, 2)]
        other = Series(title="Another", episodes=[Episode(number=1, scenes=[self.scene(7, 1, "Cleo", plate)])])
        self.session.add_all([row, other])

    def episode(self, number: int, plate: str) -> Episode:
        return Episode(
            number=number,
            title=f"第{number}集",
            script_sha256=self.keep(f"第{number}集\n1-1 日 外 老街".encode(), "text/plain"),
            scenes=[self.scene(10 * number + at, at, "ann" if at == 1 else "小安", plate) for at in (1, 2)],
        )

    def scene(self, seed: int, position: int, name: str, plate: str) -> Scene:
        return Scene(
            position=position * 2.5,
            number=str(position),
            int_ext="EXT",
            location="老街",
            time_of_day="NIGHT",
            shots=[self.shot(100 * seed + position, name, plate)],
        )

    def shot(self, seed: int, name: str, plate: str) -> Shot:
        shown = self.cleo if name == "Cleo" else self.bea if seed % 200 < 100 else self.ann
        shot = Shot(
            position=seed / 3,
            number=f"{seed}A",
            size="CU",
            framing="single",
            lens="35mm",
            equipment="dolly",
            description="=1+1\nshe waits 😀",
            dialogue=[{"speaker": name, "text": "“第七封信。”", "manner": "低声", "delivery": "OS"}],
            sound="rain",
            art="key",
            seconds=2.44,
            transition="CUT",
            notes="hero prop",
            english="she waits",
            prompt="own words",
            negative_prompt="blurry",
            omitted=seed == 2101,
            cast=[ShotCast(position=0, name=name, key=name_key(name), look="雨夜", gaze="left", placement="right")],
        )
        shot.takes = [self.take(seed, 1, shown, plate), self.take(seed, 2, shown, plate)]
        shot.takes[0].circled = True
        return shot

    def take(self, seed: int, number: int, shown: Character, plate: str) -> Take:
        picture = self.keep(encode_png(drawing(10 * seed + number)), "image/png", SIZE)
        request = self.request(seed, shown, plate)
        if number == 2:
            request = replace(request, start=Start(picture, 0.5, shown.uid))
        return Take(
            number=number,
            recipe_key=recipe_key(request, EngineCard("photoboard", "3", None, generates=False)),
            request=to_json(request),
            engine="photoboard",
            engine_version="3",
            seed=seed,
            asset_sha256=picture,
            thumbnail_sha256=self.keep(thumbnail(drawing(10 * seed + number), 66), "image/jpeg"),
            width=SIZE[0],
            height=SIZE[1],
            seconds=0.25,
            faces=[
                {
                    "character": shown.name,
                    "uid": shown.uid,
                    "box": [1.0, 2.0, 30.5, 40.0],
                    "face_width": 29.5,
                    "space": "bundled-1",
                    "similarity": 0.4321,
                    "pass_mark": None,
                    "verdict": "composited",
                }
            ],
            provenance={"generates": False, "batch": 1, "repainted": [shown.uid], "notices": [{"en": "a", "zh": "甲"}]},
            created_at=WHEN,
        )

    def request(self, seed: int, shown: Character, plate: str) -> RenderRequest:
        photo = next(photo for look in shown.looks for photo in look.photos)
        embedding = np.frombuffer(photo.references[0].raw, "<f4")
        points = ((1.0, 2.0), (3.0, 4.0), (5.0, 6.0), (7.0, 8.0), (9.0, 10.0))
        if shown.uid is None:
            self.session.flush()
        return RenderRequest(
            width=SIZE[0],
            height=SIZE[1],
            prompt="a street",
            negative_prompt="",
            seed=seed,
            subjects=(
                Subject(
                    character=shown.uid,
                    name=shown.name,
                    part="face",
                    keypoints=points,
                    pose=(1.0, 0.0, 0.0),
                    head=(1, 2, 30, 40),
                    region=(0, 0, 60, 120),
                    references=(
                        Reference(photo.asset_sha256, "face", *SIZE, (1.0, 2.5, 40.0, 50.0), points, (1.5, 0.0, -2.0)),
                    ),
                    adapters=(AdapterUse(shown.adapters[0].asset_sha256, "lora", 0.8, "ann"),),
                    embeddings=(base64.b64encode(embedding.tobytes()).decode(),),
                    space="bundled-1",
                    colours=("#112233",),
                ),
            ),
            staging=Staging("CU", "single", "eye-level", "static", "EXT", "NIGHT", "老街", "she waits", "zh"),
            plate=plate,
            style="ink",
            options={"grain": 0.5},
        )


def rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    with database.engine.connect() as connection:
        return {
            name: [dict(row._mapping) for row in connection.execute(table.select())]
            for name, table in Base.metadata.tables.items()
        }


def files(studio: Studio) -> dict[str, bytes]:
    root = studio.home.root
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if _is_kept(path)}


def _is_kept(path: Path) -> bool:
    return path.is_file() and not path.name.startswith("castlock.db")


def everything(studio: Studio) -> tuple[Any, Any]:
    return rows(studio.database), files(studio)


def story(studio: Studio, title: str = TITLE) -> list[dict]:
    """Everything about a series that is not an id or a place among rows."""
    found = rows(studio.database)
    (series,) = (row for row in found["series"] if row["title"] == title)

    def below(table: str, column: str, parents: list[dict]) -> list[dict]:
        ids = {row["id"] for row in parents}
        return [row for row in found[table] if row[column] in ids]

    episodes = below("episode", "series_id", [series])
    scenes = sorted(below("scene", "episode_id", episodes), key=lambda row: (row["episode_id"], row["position"]))
    shots = sorted(below("shot", "scene_id", scenes), key=lambda row: (row["scene_id"], row["position"]))
    parts = [[series], below("plate", "series_id", [series]), episodes, scenes, shots]
    parts += [below("shot_cast", "shot_id", shots), below("take", "shot_id", shots)]
    return [_plain("", row) for part in parts for row in part]


def people(studio: Studio, *names: str) -> list[list[dict]]:
    """Everything about characters but what is private."""
    return [_person(studio, name) for name in names]


def _person(studio: Studio, name: str) -> list[dict]:
    found = rows(studio.database)
    people = [row for row in found["character"] if row["name"] == name]
    ids = {row["id"] for row in people}
    looks = [row for row in found["look"] if row["character_id"] in ids]
    photos = [row for row in found["photo"] if row["look_id"] in {look["id"] for look in looks}]
    said = (
        [("character", row) for row in people] + [("look", row) for row in looks] + [("photo", row) for row in photos]
    )
    for table in ("character_name", "consent", "adapter"):
        said += [(table, row) for row in found[table] if row["character_id"] in ids]
    kept = {photo["id"] for photo in photos}
    said += [("face_reference", row) for row in found["face_reference"] if row["photo_id"] in kept]
    return [_plain(table, row) for table, row in said]


def _plain(table: str, row: dict) -> dict:
    return {key: value for key, value in row.items() if key not in PLACES | PRIVATE.get(table, set())}
