"""Rows become values: one character, a series, and its episodes one after another."""

import base64
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from characters.lookup import all_loaded, characters_called
from storage.errors import Conflict
from storage.models import (
    Adapter,
    Character,
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
from studio.packages.values import (
    AdapterValue,
    CharacterValue,
    ConsentValue,
    EpisodeValue,
    FaceReferenceValue,
    LookValue,
    PhotoValue,
    PlateValue,
    SceneValue,
    SeriesMember,
    SeriesValue,
    ShotCastValue,
    ShotValue,
    SpeechValue,
    TakeValue,
)

# -- the cast


def character_value(row: Character) -> CharacterValue:
    """The character (everything loaded) without what is private."""
    return CharacterValue(
        uid=row.uid,
        name=row.name,
        names=tuple(each.text for each in row.names),
        created_at=row.created_at,
        looks=tuple(_look(each) for each in row.looks),
        consents=tuple(_consent(each) for each in row.consents),
        adapters=tuple(_adapter(each) for each in sorted(row.adapters, key=lambda each: each.id)),
    )


def _look(row: Look) -> LookValue:
    return LookValue(
        name=row.name,
        wardrobe=row.wardrobe,
        colours=tuple(row.colours),
        photos=tuple(_photo(each) for each in row.photos),
    )


def _photo(row: Photo) -> PhotoValue:
    return PhotoValue(
        uid=row.uid,
        asset=row.asset_sha256,
        width=row.width,
        height=row.height,
        created_at=row.created_at,
        references=tuple(_reference(each) for each in row.references),
    )


def _reference(row: FaceReference) -> FaceReferenceValue:
    x0, y0, x1, y1 = row.box
    return FaceReferenceValue(
        face=row.face,
        space=row.space,
        box=(x0, y0, x1, y1),
        keypoints=tuple((x, y) for x, y in row.keypoints),
        pose={"yaw": row.pose["yaw"], "pitch": row.pose["pitch"], "roll": row.pose["roll"]},
        quality=row.quality,
        raw=base64.b64encode(row.raw).decode(),
    )


def _consent(row: Consent) -> ConsentValue:
    return ConsentValue(text=row.text, given_at=row.given_at, expires_at=row.expires_at, withdrawn_at=row.withdrawn_at)


def _adapter(row: Adapter) -> AdapterValue:
    return AdapterValue(
        kind=row.kind,
        asset=row.asset_sha256,
        trigger=row.trigger,
        weight=row.weight,
        base_model=row.base_model,
        created_at=row.created_at,
    )


# -- the story


def series_member(session: Session, series: Series) -> SeriesMember:
    """The series with its plates, and everybody whom its shots call by name or its takes show, by uid."""
    return SeriesMember(
        series=series_value(series), cast=tuple(character_value(each) for each in _cast(session, series))
    )


def series_value(row: Series) -> SeriesValue:
    return SeriesValue(
        uid=row.uid,
        title=row.title,
        language="zh" if row.language == "zh" else "en",
        numbering="episode" if row.numbering == "episode" else "scene",
        fps=row.fps,
        width=row.width,
        height=row.height,
        style=row.style,
        engine=row.engine,
        demands_consent=row.demands_consent,
        sheet_columns={form: tuple(keys) for form, keys in row.sheet_columns.items()},
        created_at=row.created_at,
        plates=tuple(_plate(each) for each in sorted(row.plates, key=lambda each: each.key)),
    )


def _plate(row: Plate) -> PlateValue:
    return PlateValue(location=row.location, asset=row.asset_sha256)


def _cast(session: Session, series: Series) -> list[Character]:
    shots = select(Shot.id).join(Shot.scene).join(Scene.episode).where(Episode.series_id == series.id)
    names = session.scalars(select(ShotCast.name).where(ShotCast.shot_id.in_(shots)).distinct())
    people = {each.uid: each for each in characters_called(session, names, *all_loaded()).values()}
    requests = session.execute(select(Take.request, Take.faces).where(Take.shot_id.in_(shots))).yield_per(100)
    shown = {uid for request, faces in requests for uid in people_in(request, faces)}
    rest = session.scalars(select(Character).where(Character.uid.in_(shown - people.keys())).options(*all_loaded()))
    people |= {each.uid: each for each in rest}
    return [people[uid] for uid in sorted(people)]


def people_in(request: dict, faces: Iterable[dict]) -> set[str]:
    """Uids of the characters that a take shows: of its request's subjects, and of its scores."""
    named = {subject.get("character") for subject in request.get("subjects", ())} | {face.get("uid") for face in faces}
    return {uid for uid in named if uid}


def episode_values(session: Session, series: Series) -> Iterator[EpisodeValue]:
    """The episodes by number, one at a time, for their requests may be large."""
    for number in session.scalars(
        select(Episode.number).where(Episode.series_id == series.id).order_by(Episode.number)
    ).all():
        row = session.scalars(
            select(Episode)
            .where(Episode.series_id == series.id, Episode.number == number)
            .options(
                selectinload(Episode.scenes).selectinload(Scene.shots).selectinload(Shot.cast),
                selectinload(Episode.scenes)
                .selectinload(Scene.shots)
                .selectinload(Shot.takes)
                .options(undefer(Take.request)),
            )
        ).one()
        yield EpisodeValue(
            number=row.number,
            title=row.title,
            script=row.script_sha256,
            scenes=tuple(_scene(each) for each in row.scenes),
        )


def _scene(row: Scene) -> SceneValue:
    return SceneValue(
        uid=row.uid,
        number=row.number,
        int_ext=row.int_ext,
        location=row.location,
        time_of_day=row.time_of_day,
        shots=tuple(_shot(each) for each in row.shots),
    )


def _shot(row: Shot) -> ShotValue:
    return ShotValue(
        uid=row.uid,
        number=row.number,
        size=row.size,
        framing=row.framing,
        angle=row.angle,
        movement=row.movement,
        lens=row.lens,
        equipment=row.equipment,
        description=row.description,
        dialogue=tuple(SpeechValue(**each) for each in row.dialogue),
        sound=row.sound,
        art=row.art,
        seconds=row.seconds,
        transition=row.transition,
        notes=row.notes,
        omitted=row.omitted,
        english=row.english,
        prompt=row.prompt,
        negative_prompt=row.negative_prompt,
        cast=tuple(_shot_cast(each) for each in row.cast),
        takes=tuple(_take(each) for each in row.takes),
    )


def _shot_cast(row: ShotCast) -> ShotCastValue:
    return ShotCastValue(name=row.name, placement=row.placement, gaze=row.gaze, part=row.part, look=row.look)


def _take(row: Take) -> TakeValue:
    return TakeValue(
        uid=row.uid,
        number=row.number,
        recipe_key=row.recipe_key,
        request=row.request,
        engine=row.engine,
        engine_version=row.engine_version,
        seed=row.seed,
        asset=row.asset_sha256,
        thumbnail=row.thumbnail_sha256,
        width=row.width,
        height=row.height,
        seconds=row.seconds,
        uncast=row.uncast,
        circled=row.circled,
        faces=row.faces,
        provenance=row.provenance,
        created_at=row.created_at,
    )


@contextmanager
def in_form() -> Iterator[None]:
    """Around the rest of this room. Raises Conflict, naming the row, for one that no package may hold: so what is packed
    can always be opened."""
    try:
        yield
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = f"{error.title}: {'.'.join(str(each) for each in first['loc'])}"
        raise Conflict(
            f"Something here has no place in a package ({place}: {first['msg']}). Change it, then pack again.",
            f"有内容无法打包（{place}：{first['msg']}）。请修改后重试。",
        ) from error
