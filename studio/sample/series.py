"""Puts the sample series into a home, and does the whole job on them. Doing it again changes nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import Message
from studio.jobs.queue import Claim
from studio.rendering import conclude
from studio.sample.cast import SAMPLE_CAST, SamplePerson, portraits

if TYPE_CHECKING:
    from studio.jobs.worker import Report
    from studio.studio import Studio

HERE = Path(__file__).parent
SCRIPTS = {"Paid in Full": "paid-in-full.en.fountain", "第七封信": "seventh-letter.zh.fountain"}
LABEL = "Sample cast · 示例角色"
FORMATS = ("xlsx", "csv", "pdf")
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


def add_scripts(studio: "Studio") -> tuple[str, ...]:
    """Both scripts; titles of the series."""
    for series, script in SCRIPTS.items():
        studio.import_script((HERE / script).read_bytes(), script, series)
    return tuple(SCRIPTS)


def add_person(studio: "Studio", person: SamplePerson) -> None:
    """One of the cast with look, consent and photos; what is there already stays."""
    if not studio.cast.bind([person.name]):
        studio.cast.add_character(person.name, person.aliases)
    character = studio.cast.show(person.name)
    if person.look not in {look.name for look in character.looks}:
        studio.cast.add_look(person.name, person.look, wardrobe=person.wardrobe, colours=person.colours)
    if not character.consents:
        studio.cast.record_consent(person.name, CONSENT.text(person.language))
    there = {photo.source_name for look in character.looks for photo in look.photos}
    if len(there) < len(person.views):
        for file_name, content in portraits(person):
            if file_name not in there:
                studio.add_photo(person.name, content, file_name, look=person.look)


def add_sample(studio: "Studio") -> tuple[str, ...]:
    """Both scripts and the whole cast; titles of the series."""
    titles = add_scripts(studio)
    for person in SAMPLE_CAST:
        add_person(studio, person)
    return titles


def open_with_sample(studio: "Studio") -> None:
    """In a new home: the scripts at once, so that the page has something to show; cast and frames by the worker.

    A home that is in use is left alone: what somebody erased does not come back.
    """
    if studio.shots.series() or studio.cast.list_characters():
        return
    studio.queue.submit("sample", "sample", {}, label=LABEL, priority=1)
    add_scripts(studio)


def sample_task(studio: "Studio", claim: Claim, report: "Report") -> None:
    """Draw the cast's photos, one person after another, then queue every frame."""
    titles = add_scripts(studio)
    for done, person in enumerate(SAMPLE_CAST):
        report(done / len(SAMPLE_CAST), person.name)
        add_person(studio, person)
    for title in titles:
        studio.submit_render(title, 1)
    with studio.database.session() as session:
        studio.queue.finish(session, claim, {"cast": len(SAMPLE_CAST)})


def demo(studio: "Studio") -> Demo:
    """Build the sample series, render their first episodes, write their sheets into the home's exports."""
    titles = add_sample(studio)
    frames, failed, exports = 0, [], []
    for title in titles:
        asked = studio.submit_render(title, 1)
        rendered = conclude(studio, asked)
        frames += sum(each.take is not None for each in rendered)
        failed += [(each.shot.number, each.problem) for each in rendered if each.problem]
        for form in FORMATS:
            target = studio.export_path(title, 1, form)
            exports.append(studio.export(title, 1, target, studio.sheet_options(title, 1, None, 8)).file)
    return Demo(titles, frames, tuple(exports), tuple(failed))
