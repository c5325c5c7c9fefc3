"""The character bible: every name, look, scene and count, read back out of the PDF."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from pypdf import PdfReader
from random_timelines import timelines
from timelines import changed, draw_frame, episode, exported, without

from storage.errors import InvalidInput, Language, NotFound
from studio.exports import ExportOptions
from studio.exports.appearances import appearances, scene_list
from studio.exports.character_bible import MOST_PHOTOS, bible
from studio.exports.columns import scene_heading
from studio.exports.fonts import CHINESE
from studio.exports.timeline import DressedAs, Person, Timeline

LANGUAGES: list[Language] = ["en", "zh"]
MM = 72 / 25.4


@pytest.fixture(scope="module", autouse=True)
def _chinese_font() -> None:
    import typst

    if not set(CHINESE) & set(typst.Fonts().families()):
        pytest.skip("no Chinese font is installed (apt-get install fonts-noto-cjk)")


def dressed(timeline: Timeline, folder: Path) -> Timeline:
    """The first two people of an episode as characters in two looks, the first look with eight photos."""
    first, second = dict.fromkeys(name for clip in timeline.clips for name in clip.cast if not clip.omitted)
    photos = tuple(draw_frame(folder / f"p{at}.png", "P", at, (300, 400)) for at in range(8))
    looks = (
        DressedAs("定妆 A", "灰色风衣\nGrey coat", ("#708090", "#f4f0e6"), photos),
        DressedAs("Rain", "", (), ()),
    )
    cast = (
        Person("p1", (first, f"{first}-alias"), "Never looks up.\n从不抬眼。", looks),
        Person("p2", (second,), "", ()),
    )
    clips = tuple(replace(clip, looks=tuple("rain" for _ in clip.cast)) for clip in timeline.clips)
    return replace(timeline, cast=cast, clips=clips)


def two_people(language: Language) -> Timeline:
    """An episode in which the third one is nobody but a name in one shot."""
    timeline = episode(language)
    names = list(dict.fromkeys(name for clip in timeline.clips for name in clip.cast))
    clips = tuple(replace(clip, cast=tuple(name for name in clip.cast if name in names[:2])) for clip in timeline.clips)
    clips = tuple(
        replace(clip, parts=("face",) * len(clip.cast), looks=("",) * len(clip.cast), likeness=()) for clip in clips
    )
    return replace(timeline, clips=clips)


def written(timeline: Timeline, folder: Path, language: Language, **options) -> Path:
    return exported(timeline, folder / "bible.pdf", ExportOptions(language, **options), "bible")


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u200b]", "", text)


def text_of(target: Path) -> list[str]:
    return [squeezed(page.extract_text()) for page in PdfReader(target).pages]


@pytest.mark.parametrize("sheet", LANGUAGES)
@pytest.mark.parametrize("script", LANGUAGES)
def test_every_character_has_a_page_with_all_that_is_known(tmp_path: Path, script: Language, sheet: Language) -> None:
    timeline = dressed(two_people(script), tmp_path)
    target = written(timeline, tmp_path, sheet)
    texts = text_of(target)
    assert squeezed(timeline.series) in texts[0]
    person = timeline.cast[0]
    page = "".join(texts[1:])
    for said in (
        *person.names,
        "Neverlooksup.",
        "从不抬眼。",
        "定妆A",
        "灰色风衣",
        "Greycoat",
        "Rain",
        "#708090",
        "#f4f0e6",
    ):
        assert squeezed(said) in page
    (who, other) = appearances(timeline)
    for scene in scene_list(who.clips):
        clip = next(each for each in who.clips if each.scene == scene)
        assert squeezed(scene_heading(clip, sheet)) in page
    shared = len(set(scene_list(who.clips)) & set(scene_list(other.clips)))
    together = len([clip for clip in who.clips if clip in other.clips])
    told = {"en": f"{other.name}: {shared} scene", "zh": f"{other.name}：同场 {shared} 场，同镜 {together} 镜"}[sheet]
    assert squeezed(told) in page
    assert any(squeezed(timeline.cast[1].names[0]) in text for text in texts[2:])


def test_fonts_are_embedded_and_the_file_is_whole(tmp_path: Path) -> None:
    target = written(dressed(two_people("zh"), tmp_path), tmp_path, "en")
    reader = PdfReader(target)
    photos = sum(len(page.images) for page in reader.pages)
    assert photos == MOST_PHOTOS
    assert all(max(image.image.size) <= 560 for page in reader.pages for image in page.images)
    if shutil.which("pdffonts"):
        listed = subprocess.run(["pdffonts", target], capture_output=True, text=True, check=True).stdout.splitlines()[
            2:
        ]
        assert listed and all(line.split()[-5:-2][0] == "yes" for line in listed)
    if shutil.which("qpdf"):
        subprocess.run(["qpdf", "--check", target], check=True, capture_output=True)


def test_counts_are_those_of_the_shots_that_are_left() -> None:
    timeline = replace(episode("en"), cast=(Person("p", ("Maya",), "", (DressedAs("gala", "", (), ()),)),))
    timeline = without(changed(timeline, "2A", looks=("gala", "")), "2B", "2C")
    told = bible(timeline, ExportOptions("en"))
    maya = next(person for person in told["people"] if person["name"] == "Maya")
    mayas = [clip for clip in timeline.clips if "Maya" in clip.cast and not clip.omitted]
    assert sum(count for _, count in maya["sizes"]) == len(mayas) == 5
    assert maya["lasting"] == f"3 scenes · 5 shots · {sum(clip.frames for clip in mayas) / 24:.1f} s"
    assert maya["scenes"][1] == {"number": "2", "heading": "INT. Voss Grand Hotel - Ballroom - NIGHT", "shots": "2A"}
    assert maya["shared"] == ["Adrian: 2 scenes, 2 shots together", "Vivian: 1 scene, 1 shot together"]
    assert maya["looks"][0]["worn"] == "Scenes 2 · 1 shot"
    assert [person["known"] for person in told["people"]] == [True, False, False]
    gone = replace(timeline, cast=(Person("q", ("Nobody",), "", ()),))
    assert bible(gone, ExportOptions("en"))["people"][0]["lasting"] == "Not in any shot of this episode"


@pytest.mark.parametrize(("paper", "width"), [("A4", 210), ("A3", 297)])
def test_the_paper_is_chosen(tmp_path: Path, paper: str, width: float) -> None:
    target = written(episode("zh"), tmp_path, "zh", paper=paper)
    assert float(PdfReader(target).pages[1].mediabox.width) == pytest.approx(width * MM, abs=1)


def test_what_cannot_be_written_says_why_and_leaves_nothing(tmp_path: Path) -> None:
    timeline = episode("en")
    nobody = replace(timeline, clips=tuple(replace(clip, cast=(), parts=(), looks=()) for clip in timeline.clips))
    with pytest.raises(InvalidInput, match="needs a cast"):
        written(nobody, tmp_path, "en")
    with pytest.raises(InvalidInput, match="A4 or A3"):
        written(timeline, tmp_path, "en", paper="B5")
    gone = replace(timeline, cast=(Person("p", ("Maya",), "", (DressedAs("x", "", (), (tmp_path / "no.png",)),)),))
    with pytest.raises(NotFound, match="photo of Maya"):
        written(gone, tmp_path, "en")
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip
@given(timelines(most=12))
def test_any_episode_with_a_cast_makes_a_bible(tmp_path: Path, timeline: Timeline) -> None:
    names = [name for clip in timeline.clips if not clip.omitted for name in clip.cast]
    if not names:
        return
    hostile = DressedAs(timeline.title, timeline.clips[0].description, ("#000000",), ())
    person = Person("p", (names[0], "#[x] $y$"), timeline.clips[0].notes, (hostile,))
    texts = text_of(written(replace(timeline, cast=(person,)), tmp_path, "zh"))
    assert any(squeezed("#[x] $y$") in text for text in texts)
