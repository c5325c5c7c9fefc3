"""How a take was made, beyond its request: what an engine writes down with a frame, and what must be said of it. Pure.

A take's provenance is JSON and may come from an older version, so every field is optional. It serves two ends: to know
why two frames of one request differ (other weights, another device), and to tell people what a frame may be used for.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict

from storage.errors import Language, Message

if TYPE_CHECKING:
    from storage.models import Take


class UsedFile(TypedDict):
    """A weights file that the frame was made with; part: as in studio.weights; file: relative to the folder of weights."""

    part: str
    file: str
    sha256: str


class UsedLicence(TypedDict):
    """commercial: None where nobody has said clearly. notice: {"en", "zh"}, what people must be told, or None."""

    name: str
    commercial: bool | None
    notice: dict[str, str] | None


class Provenance(TypedDict, total=False):
    """generates: False where the pixels are composited from photos (written by the studio, as is `batch` by default).

    batch: how many frames were made in one go. device: its name; dtype: torch's, such as 'float16'; plan: the memory
    plan. versions: name of a library -> its version. native_size: width, height that was denoised, where the frame was
    scaled from it. random_weights: the weights are noise, made to test the machinery. repainted: characters' uids
    whose face was made anew in a second pass. notices: {"en", "zh"}, what else a person should know.
    """

    generates: bool
    weights: list[UsedFile]
    licences: list[UsedLicence]
    scheduler: str
    num_inference_steps: int
    batch: int
    device: str
    dtype: str
    plan: str
    versions: dict[str, str]
    native_size: list[int]
    random_weights: bool
    repainted: list[str]
    notices: list[dict[str, str]]


RANDOM_WEIGHTS = Message("random weights: a test of the machinery", "随机权重：仅用于测试流程")
COMPOSITED = Message("composited, not generated", "合成画面，非生成")


def licence(name: str, commercial: bool | None, notice: Message | None) -> UsedLicence:
    """A licence as a provenance keeps it."""
    return UsedLicence(name=name, commercial=commercial, notice=notice.as_json() if notice else None)


def restrictions(provenance: Mapping[str, Any]) -> tuple[Message, ...]:
    """What a sheet that shows the frame must say: that it is a test, and what its weights' licences ask for."""
    said = [RANDOM_WEIGHTS] if provenance.get("random_weights") else []
    said += [_message(each["notice"]) for each in provenance.get("licences", ()) if each["notice"]]
    return tuple(dict.fromkeys(said))


def notices(take: "Take") -> tuple[Message, ...]:
    """Everything that people should be told of a take, the gravest first."""
    kept = take.provenance
    said = [*restrictions(kept), *(_message(each) for each in kept.get("notices", ()))]
    # takes from before there were provenances are all composited
    if not kept.get("generates", False):
        said.append(COMPOSITED)
    return tuple(dict.fromkeys(said))


def gathered(said: Iterable[tuple[str, tuple[Message, ...]]], language: Language) -> list[str]:
    """(shot number, notices) of several frames -> each notice once, with the shots it is about."""
    shots: dict[Message, list[str]] = {}
    for number, messages in said:
        for message in messages:
            shots.setdefault(message, []).append(number)
    comma, form = ("、", "{}（{}）") if language == "zh" else (", ", "{} ({})")
    return [form.format(each.text(language), comma.join(dict.fromkeys(about))) for each, about in shots.items()]


def _message(kept: Mapping[str, str]) -> Message:
    return Message(kept["en"], kept["zh"])
