"""Every face in a frame against the cast member it should show.

Where no pass mark was measured for the recogniser the number stands alone and the verdict is "unmarked".
On composited frames (photoboard) a similarity only checks the machinery: the photo is the person, so the verdict says
"composited" and no pass mark is set.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from characters.face import Face, FaceAnalyzer
from characters.identity import Identity, assign
from storage.errors import Message
from storage.models import Shot, Take
from studio.engines import Box, RenderRequest, Subject
from studio.shotlist import chosen_take

# narrower than this no recogniser in the house knows a person (measured on photos: see the guide on identity)
SMALLEST_FACE = 24.0
# nobody is missed, and nobody need be cast, where only this much is seen of them
_FACELESS = frozenset({"hand", "feet", "figure"})

Verdict = Literal["passed", "below", "unmarked", "composited", "not-found", "too-small", "not-shown", "uncast", "extra"]


@dataclass(frozen=True, slots=True)
class FaceScore:
    """One expected or found face of a frame. box and face_width: pixels of the frame; None where no face was found.

    similarity: best match over the references in `space`, -1..1; None where it was not measured.
    """

    character: str
    uid: str
    box: Box | None
    face_width: float | None
    space: str
    similarity: float | None
    pass_mark: float | None
    verdict: Verdict

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the script supervisor would say. severity: 'error', 'warning' or 'note'; shots: numbers."""

    rule: str
    severity: Literal["error", "warning", "note"]
    shots: tuple[str, ...]
    message: Message
    waived: bool = False


def score(
    image: NDArray[np.uint8],
    request: RenderRequest,
    identities: Mapping[str, Identity],
    analyzer: FaceAnalyzer,
    generates: bool,
) -> list[FaceScore]:
    """Scores of everybody in the request, in its order, then of faces that nobody asked for.

    image: (H, W, 3) uint8 RGB. identities: character uid -> references, in the analyzer's space.
    """
    expected = [subject for subject in request.subjects if _is_judged(subject, identities)]
    found = analyzer.analyze(image) if expected else []
    drawn = [subject.head for subject in request.subjects if not subject.character]
    found = [face for face in found if not any(_inside(face, head) for head in drawn)]
    pairs = assign(found, [identities[subject.character] for subject in expected])
    face_of = {id(expected[person]): (found[face], value) for face, person, value in pairs}
    scores = [
        _score(subject, face_of.get(id(subject)), identities, analyzer.space, generates) for subject in request.subjects
    ]
    taken = {face for face, _, _ in pairs}
    extra = [face for index, face in enumerate(found) if index not in taken and face.width >= SMALLEST_FACE]
    return scores + [_found(face, "", "", None, None, "extra") for face in extra]


def _is_judged(subject: Subject, identities: Mapping[str, Identity]) -> bool:
    return bool(subject.keypoints) and _planned_width(subject) >= SMALLEST_FACE and subject.character in identities


def _planned_width(subject: Subject) -> float:
    return subject.head[2] - subject.head[0]


def _inside(face: Face, head: Box) -> bool:
    x, y = (face.box[0] + face.box[2]) / 2, (face.box[1] + face.box[3]) / 2
    return head[0] <= x <= head[2] and head[1] <= y <= head[3]


def _score(
    subject: Subject,
    face: tuple[Face, float] | None,
    identities: Mapping[str, Identity],
    space: str,
    generates: bool,
) -> FaceScore:
    def without(verdict: Verdict) -> FaceScore:
        return FaceScore(subject.name, subject.character, None, None, space, None, None, verdict)

    if subject.part in _FACELESS:
        return without("not-shown")
    if not subject.character or subject.character not in identities:
        return without("uncast")
    if not subject.keypoints:
        return without("not-shown")
    if _planned_width(subject) < SMALLEST_FACE:
        return without("too-small")
    if face is None:
        return without("not-found")
    found, similarity = face
    if not generates:
        return _found(found, subject.name, subject.character, similarity, None, "composited")
    mark = identities[subject.character].pass_mark
    verdict: Verdict = "unmarked" if mark is None else "passed" if similarity >= mark else "below"
    return _found(found, subject.name, subject.character, similarity, mark, verdict)


def _found(
    face: Face, name: str, uid: str, similarity: float | None, mark: float | None, verdict: Verdict
) -> FaceScore:
    x0, y0, x1, y1 = (round(float(value), 1) for value in face.box)
    value = None if similarity is None else round(similarity, 4)
    return FaceScore(name, uid, (x0, y0, x1, y1), round(face.width, 1), face.space, value, mark, verdict)


def findings(shots: Sequence[Shot]) -> list[Finding]:
    """What stands out on an episode's board: shots without a frame, people without photos, faces that went missing."""
    there = [shot for shot in shots if not shot.omitted]
    takes = {shot.number: chosen_take(shot) for shot in there}
    result: list[Finding] = []
    missing = tuple(number for number, take in takes.items() if take is None)
    if missing:
        result.append(
            Finding(
                "not-rendered",
                "note",
                missing,
                Message(f"{len(missing)} shots have no frame yet.", f"有 {len(missing)} 个镜头还没有出图。"),
            )
        )
    result += _uncast(takes)
    result += _not_found(takes)
    return result


def _uncast(takes: Mapping[str, Take | None]) -> list[Finding]:
    shots_of: dict[str, list[str]] = {}
    for number, take in takes.items():
        for face in take.faces if take else []:
            if face["verdict"] == "uncast":
                shots_of.setdefault(face["character"], []).append(number)
    return [
        Finding(
            "uncast",
            "warning",
            tuple(numbers),
            Message(
                f"{name} has no photos: drawn as a mannequin in {len(numbers)} shots. Add them on the Cast page.",
                f"{name} 还没有照片：{len(numbers)} 个镜头里画成了人偶。请在“定妆”页添加。",
            ),
        )
        for name, numbers in shots_of.items()
    ]


def _not_found(takes: Mapping[str, Take | None]) -> list[Finding]:
    return [
        Finding(
            "face-not-found",
            "warning",
            (number,),
            Message(
                f"{face['character']}'s face was not found in the frame of shot {number}.",
                f"镜头 {number} 的画面里没有找到 {face['character']} 的脸。",
            ),
        )
        for number, take in takes.items()
        for face in (take.faces if take else [])
        if face["verdict"] == "not-found"
    ]
