"""Puts the sample series into a home, and does the whole job on them. Doing it again changes nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import Message
from studio.sample.cast import SAMPLE_CAST, portraits

if TYPE_CHECKING:
    from studio.studio import Studio

HERE = Path(__file__).parent
SCRIPTS = {"Paid in Full": "paid-in-full.en.fountain", "第七封信": "seventh-letter.zh.fountain"}
SUFFIXES = (".xlsx", ".csv", ".pdf")
CONSENT = Message(
    "A drawn person of the sample series; there is nobody whose consent is needed.",
    "示例剧中的手绘人物，无需真人授权。",
)


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo made; failed: (shot number, reason)."""

    series: tuple[str, ...]
    frames: int
    exports: tuple[Path, ...]
    failed: tuple[tuple[str, Message], ...]


def add_sample(studio: "Studio") -> tuple[str, ...]:
    """The sample cast with its photos and both scripts; titles of the series."""
    for person in SAMPLE_CAST:
        if studio.cast.bind([person.name]):
            continue
        studio.cast.add_character(person.name, person.aliases)
        studio.cast.add_look(person.name, person.look, wardrobe=person.wardrobe, colours=person.colours)
        studio.cast.record_consent(person.name, CONSENT.text(person.language))
        for file_name, content in portraits(person):
            studio.cast.add_photo(person.name, content, file_name, look=person.look)
    for series, script in SCRIPTS.items():
        studio.import_script((HERE / script).read_bytes(), script, series)
    return tuple(SCRIPTS)


def queue_sample(studio: "Studio") -> None:
    """Put the sample series in and queue the frames that are not there yet."""
    for title in add_sample(studio):
        studio.submit_render(title, 1)


def demo(studio: "Studio") -> Demo:
    """Build the sample series, render their first episodes, write their sheets into the home's exports."""
    titles = add_sample(studio)
    frames, failed, exports = 0, [], []
    for title in titles:
        asked = studio.submit_render(title, 1)
        ended = {job.id: job for job in studio.wait([each.job for each in asked if each.job])}
        for each in asked:
            problem = each.problem or _failure(ended[each.job.id].error if each.job else None)
            if problem:
                failed.append((each.shot.number, problem))
            else:
                frames += 1
        for suffix in SUFFIXES:
            target = studio.export_path(title, 1, suffix)
            exports.append(studio.export(title, 1, target, studio.sheet_options(title, 1, None, 8)).file)
    return Demo(titles, frames, tuple(exports), tuple(failed))


def _failure(error: dict[str, str] | None) -> Message | None:
    return Message(error["en"], error["zh"]) if error else None
