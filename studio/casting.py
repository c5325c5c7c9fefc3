"""Where the registry meets the shots: characters become what an engine and a review need of them."""

import base64
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from characters.registry import Registry
from characters.reports import PhotoReference
from storage.errors import InvalidInput, NotFound
from storage.models import Adapter, Character, Look, Shot
from studio.engines import AdapterUse, Reference
from studio.planning import CastMember, shot_names


def cast_members(
    registry: Registry, bound: Mapping[str, Character], shots: Iterable[Shot], space: str | None
) -> dict[tuple[str, str], CastMember]:
    """(name key, look) -> CastMember for everybody bound in these shots; embeddings only where an engine has a `space`.

    With a space, references and embeddings are those of that space (characters.embedding.embed makes them), in one
    order. Raises NotFound where a shot asks for a look that its character does not have, and InvalidInput where somebody
    has photos but none that can be used in the space; somebody without photos is merely uncast.
    """
    wanted = {(member.key, member.look) for shot in shots for member in shot.cast if member.key in bound}
    full = {uid: registry.show(name) for uid, name in {bound[key].uid: bound[key].name for key, _ in wanted}.items()}
    kept = {uid: registry.references(character, space) for uid, character in full.items()}
    _refuse_unseen([each for uid, each in full.items() if not kept[uid]], space)
    return {
        (key, look): _member(full[bound[key].uid], look, kept[bound[key].uid], space) for key, look in sorted(wanted)
    }


def _refuse_unseen(characters: Iterable[Character], space: str | None) -> None:
    unseen = [each.name for each in characters if space and any(look.photos for look in each.looks)]
    if unseen:
        names = ", ".join(unseen)
        raise InvalidInput(
            f"This engine knows people by the recogniser '{space}', which finds no face in any photo of: {names}. "
            "Add a photo that shows the face larger or from the front, or choose another engine.",
            f"该引擎使用识别器“{space}”，它在以下角色的照片中都找不到人脸：{names}。请补一张更近或正面的照片，或换用其他引擎。",
        )


def _member(character: Character, look_name: str, kept: list[PhotoReference], space: str | None) -> CastMember:
    look = _look(character, look_name)
    # a look without photos of its own still shows the person: then the face comes from the other looks
    worn = [each for each in kept if look is not None and each.look == look.name] or kept
    admitted = {each.photo: each for each in reversed(worn)}  # one a photo: the oldest, whoever saw it since
    references = [each for each in worn if admitted[each.photo] is each]
    return CastMember(
        uid=character.uid,
        references=tuple(_reference(each) for each in references),
        adapters=tuple(_use(adapter) for adapter in character.adapters),
        embeddings=tuple(_encoded(each.raw) for each in references) if space else (),
        space=space or "",
        wardrobe=look.wardrobe if look else "",
        colours=tuple(look.colours) if look else (),
    )


def usual_looks(registry: Registry, shots: Iterable[Shot]) -> dict[str, str]:
    """Name key -> the look that somebody bound in these shots wears where a shot names none."""
    bound = registry.bind(shot_names(shots).values())
    looks = {character.uid: _look(registry.show(character.name), "") for character in bound.values()}
    return {key: look.name for key, character in bound.items() if (look := looks[character.uid]) is not None}


def _look(character: Character, name: str) -> Look | None:
    if not name:
        return next((look for look in character.looks if look.photos), next(iter(character.looks), None))
    for look in character.looks:
        if look.name == name:
            return look
    there_is = ", ".join(look.name for look in character.looks)
    raise NotFound(
        f"{character.name} has no look called '{name}'. There is: {there_is or 'none yet'}.",
        f"{character.name} 没有名为“{name}”的造型。现有：{there_is or '无'}。",
    )


def _reference(kept: PhotoReference) -> Reference:
    return Reference(
        asset=kept.asset,
        kind="face",
        width=kept.width,
        height=kept.height,
        box=kept.box,
        keypoints=kept.keypoints,
        pose=(kept.pose.yaw, kept.pose.pitch, kept.pose.roll),
    )


def _use(adapter: Adapter) -> AdapterUse:
    return AdapterUse(adapter.asset_sha256, adapter.kind, adapter.weight, adapter.trigger)


def _encoded(raw: NDArray[np.float32]) -> str:
    return base64.b64encode(raw.astype("<f4").tobytes()).decode()
