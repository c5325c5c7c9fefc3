import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from timelines import changed, draw_frame, episode, exported, without

from storage.errors import InvalidInput, Language, ResourceMissing
from studio.exports import ExportOptions
from studio.exports.columns import spoken
from studio.exports.fonts import CHINESE
from studio.exports.sheet_pdf import typeset
from studio.exports.timeline import ClipLine, Timeline

LANGUAGES: list[Language] = ["en", "zh"]
MM = 72 / 25.4


@pytest.fixture(scope="module", autouse=True)
def _chinese_font() -> None:
    import typst

    if not set(CHINESE) & set(typst.Fonts().families()):
        pytest.skip("no Chinese font is installed (apt-get install fonts-noto-cjk)")


def written(timeline: Timeline, folder: Path, options: ExportOptions) -> Path:
    target = folder / "board.pdf"
    exported(timeline, target, options)
    return target


def squeezed(text: str) -> str:
    """Without white space and break opportunities, which the setting of lines adds."""
    return re.sub(r"[\s\u200b]", "", text)


def text_of(target: Path) -> list[str]:
    return [squeezed(page.extract_text()) for page in PdfReader(target).pages]


def font_descriptors(target: Path) -> Iterator[dict]:
    for page in PdfReader(target).pages:
        for font in page["/Resources"]["/Font"].values():
            for one in font.get_object().get("/DescendantFonts", [font]):
                yield one.get_object()["/FontDescriptor"]


@pytest.mark.parametrize(("panels", "pages"), [(1, 14), (2, 7), (3, 5), (6, 3), (8, 2)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_storyboard_holds_every_word_with_its_fonts(
    tmp_path: Path, frames: Path, language: Language, panels: int, pages: int
) -> None:
    timeline = episode(language, frames=frames if panels == 8 else None)
    target = written(timeline, tmp_path, ExportOptions(language, panels))
    texts = text_of(target)
    assert len(texts) == pages
    whole = "".join(texts)
    for clip in timeline.clips:
        assert squeezed(clip.description) in whole
        for line in clip.dialogue:
            assert squeezed(spoken(line, language)) in whole
    descriptors = list(font_descriptors(target))
    assert descriptors
    assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(one) for one in descriptors)
    assert all(timeline.series.replace(" ", "") in text and f"{at}/{pages}" in text for at, text in enumerate(texts, 1))


@pytest.mark.parametrize(("script", "sheet"), [("en", "zh"), ("zh", "en")])
def test_a_sheet_in_the_other_language_breaks_no_word(tmp_path: Path, script: Language, sheet: Language) -> None:
    timeline = episode(script)
    texts = [page.extract_text() for page in PdfReader(written(timeline, tmp_path, ExportOptions(sheet, 8))).pages]
    assert "\u200b" not in "".join(texts)
    words = {word for text in texts for word in re.split(r"[\s（），：。:]+", text)}
    for clip in timeline.clips if script == "en" else ():
        assert set(re.split(r"[\s:]+", clip.description)) <= words | {""}
        for line in clip.dialogue:
            assert set(line.text.split()) <= words


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_shows_what_belongs_to_it(tmp_path: Path, frames: Path, language: Language) -> None:
    timeline = episode(language, frames=frames)
    timeline = without(timeline, timeline.clips[5].number)
    target = written(timeline, tmp_path, ExportOptions(language, 8))
    first, second = text_of(target)
    gone = {"en": "OMITTED:", "zh": "已删："}[language] + timeline.clips[5].number
    assert gone in first
    assert gone not in second
    assert "00:00:00:00" in first
    assert {"en": "notrendered", "zh": "未出图"}[language] in first
    assert {"en": "Mayacomposited", "zh": "林晚合成"}[language] in first
    assert f"{timeline.frames / timeline.fps:.1f}" in first
    shown = sum(clip.picture is not None and not clip.omitted for clip in timeline.clips)
    images = [image for page in PdfReader(target).pages for image in page.images]
    assert len(images) == shown
    assert all(image.image.width <= 480 for image in images)
    assert target.stat().st_size < 3_000_000


def test_grainy_frames_stay_under_three_megabytes(tmp_path: Path) -> None:
    noise = np.random.default_rng(1)
    timeline = episode("en")
    for index, clip in enumerate(timeline.clips):
        grain = noise.normal(128, 40, (960, 540, 3)).clip(0, 255).astype(np.uint8)
        picture = tmp_path / f"{index}.png"
        Image.fromarray(grain).save(picture, compress_level=0)
        timeline = changed(timeline, clip.number, picture=picture)
    assert written(timeline, tmp_path, ExportOptions("en", 8)).stat().st_size < 3_000_000


def monstrous(language: Language) -> Timeline:
    """Texts that no panel can hold, in several ways."""
    timeline = episode(language)
    sentence = {
        "en": "The rain has not stopped since you left this house. ",
        "zh": "自从你离开这座房子，雨就没有停过。",
    }
    numbers = [clip.number for clip in timeline.clips]
    lines = tuple(ClipLine("Maya", f"{i}: {sentence[language] * 6}", "", "spoken") for i in range(30))
    timeline = changed(timeline, numbers[1], dialogue=lines)
    link = ClipLine("X" * 90, "https://example.org/" + "a" * 300, "m" * 80, "VO")
    timeline = changed(timeline, numbers[2], description="W" * 400, dialogue=(link,))
    timeline = changed(timeline, numbers[4], number="2" + "A" * 80, location="Place " * 80)
    timeline = changed(timeline, numbers[5], cast=tuple(f"Person Number {i}" for i in range(60)), looks=(), parts=())
    return changed(timeline, numbers[6], description="é" * 300 + "ю" * 200)


@pytest.mark.parametrize("panels", [2, 8])
@pytest.mark.parametrize("language", LANGUAGES)
def test_monstrous_texts_push_no_panel_and_stand_whole_at_the_end(
    tmp_path: Path, language: Language, panels: int
) -> None:
    timeline = monstrous(language)
    target = written(timeline, tmp_path, ExportOptions(language, panels))
    texts = text_of(target)
    board = -(-len(timeline.clips) // panels)
    heading = {"en": "Wholetextofshots", "zh": "画格中排不下的全文"}[language]
    assert [heading in text for text in texts].index(True) == board
    # page by page the panels that belong there, and no other
    for at, text in enumerate(texts[:board]):
        for clip in timeline.clips[at * panels : (at + 1) * panels]:
            assert squeezed(clip.description)[:8] in text
    # the running head and foot stand between the halves of a text that crosses a page
    inner = [re.sub(r"^.*?(14shots|14镜)·?[\d.]+[s秒]|(Storyboard|故事板)\d+/\d+$", "", text) for text in texts]
    end = "".join(inner[board:])
    assert squeezed(timeline.clips[1].description) in end
    assert all(squeezed(spoken(line, language)) in end for line in timeline.clips[1].dialogue)
    whole = "".join(inner)
    for clip in timeline.clips:
        assert squeezed(clip.description) in whole
        assert all(squeezed(spoken(line, language)) in whole for line in clip.dialogue)
        assert all(squeezed(name) in whole for name in clip.cast)

    pdftotext = shutil.which("pdftotext")
    if pdftotext is None:
        pytest.skip("poppler-utils is not installed, so the words' places were not checked")
    boxes = subprocess.run([pdftotext, "-bbox", target, "-"], check=True, capture_output=True, text=True).stdout
    sheet_width, columns = (297, 4) if panels == 8 else (210, 1)
    panel = (sheet_width - 20 - 5 * (columns - 1)) / columns
    pages = boxes.split("<page ")[1:]
    for page in pages:
        for x0, x1, word in re.findall(r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">([^<]*)', page):
            assert float(x0) / MM >= 9.5, word
            assert float(x1) / MM <= sheet_width - 9.5, word
    for page in pages[:board]:
        narrow = re.findall(r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">([WXmaéю…]{6,})<', page)
        for x0, x1, word in narrow:
            column = int((float(x0) / MM - 10) // (panel + 5))
            assert float(x1) / MM <= 10 + column * (panel + 5) + panel + 0.5, word


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.text(st.characters(codec="latin-1"), max_size=60), st.text("#$*_`<>@\\[]{}()=+-/\"'~&%\n\0\t 1a", max_size=80)
)
def test_no_text_is_markup(tmp_path: Path, any_text: str, markup: str) -> None:
    timeline = replace(episode("en"), series=markup + "S", title=any_text)
    timeline = changed(
        timeline, "1A", description=markup, location=any_text, notes=any_text, cast=(markup,), looks=(), parts=()
    )
    timeline = changed(timeline, "1B", number=markup[:8] + "1B", dialogue=(ClipLine(any_text, markup, markup, "VO"),))
    pdf = tmp_path / "any.pdf"
    pdf.write_bytes(typeset(timeline, ExportOptions("en", 8, fonts=())))
    assert squeezed("Badge reader flashes red: ACCESS REVOKED.") in "".join(text_of(pdf))


@pytest.mark.parametrize("panels", [2, 3, 8])
@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1080), (1080, 1350)])
def test_other_shapes_of_frame_have_their_place(tmp_path: Path, panels: int, size: tuple[int, int]) -> None:
    timeline = replace(episode("en"), width=size[0], height=size[1])
    picture = draw_frame(tmp_path / "frame.png", "1A", 1, (size[0] // 4, size[1] // 4))
    target = written(changed(timeline, "1A", picture=picture), tmp_path, ExportOptions("en", panels, fonts=()))
    texts = text_of(target)
    assert len(texts) == -(-len(timeline.clips) // panels)
    assert all(squeezed(clip.description) in "".join(texts) for clip in timeline.clips)


def test_the_same_timeline_gives_the_same_bytes_and_no_date(tmp_path: Path, frames: Path) -> None:
    timeline = episode("zh", frames=frames)
    target = written(timeline, tmp_path, ExportOptions("zh"))
    first = target.read_bytes()
    assert written(timeline, tmp_path, ExportOptions("zh")).read_bytes() == first
    metadata = PdfReader(target).metadata
    assert metadata is not None
    assert metadata.creation_date is None
    assert metadata.title == "第七封信　第1集　表"


def test_qpdf_and_pdffonts_find_nothing_wrong(tmp_path: Path, frames: Path) -> None:
    programs = [shutil.which(name) for name in ("qpdf", "pdffonts")]
    if None in programs:
        pytest.skip("qpdf and poppler-utils are not both installed")
    target = written(episode("zh", frames=frames), tmp_path, ExportOptions("zh"))
    assert subprocess.run([programs[0], "--check", target], capture_output=True).returncode == 0
    listed = subprocess.run([programs[1], target], check=True, capture_output=True, text=True).stdout
    fonts = [line.split() for line in listed.splitlines()[2:]]
    assert fonts
    assert all(font[-5] == "yes" for font in fonts)  # emb


def test_without_a_chinese_font_a_chinese_page_is_refused(tmp_path: Path) -> None:
    empty, out = tmp_path / "fonts", tmp_path / "out"
    empty.mkdir()
    out.mkdir()
    mixed = changed(episode("en"), "1B", dialogue=(ClipLine("Maya", "妈，等我。", "", "spoken"),))
    for timeline, language in ((episode("zh"), "zh"), (episode("en"), "zh"), (episode("zh"), "en"), (mixed, "en")):
        with pytest.raises(ResourceMissing, match="apt-get install fonts-noto-cjk") as refused:
            written(timeline, out, ExportOptions(language, fonts=(empty,)))
        assert "中文字体" in refused.value.message.zh
        assert list(out.iterdir()) == []
    # English alone needs nothing that is not inside typst
    target = written(episode("en"), out, ExportOptions("en", fonts=(empty,)))
    assert all("Libertinus" in one["/FontName"] for one in font_descriptors(target))


def test_fonts_are_taken_from_the_folders_given(tmp_path: Path) -> None:
    import typst

    there_is = [font for font in typst.Fonts().fonts() if font.family in CHINESE and font.path]
    chosen = min(there_is, key=lambda font: (CHINESE.index(font.family), font.weight != 400))
    assert chosen.path is not None
    (tmp_path / "fonts").mkdir()
    shutil.copy(chosen.path, tmp_path / "fonts")
    target = written(episode("zh"), tmp_path, ExportOptions("zh", fonts=(tmp_path / "fonts",)))
    assert "林晚" in "".join(text_of(target))


def test_a_number_of_panels_without_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="1, 2, 3, 6, 8"):
        written(episode("en"), tmp_path, ExportOptions("en", 5))


@pytest.mark.parametrize(("paper", "sides"), [("A4", (297, 210)), ("A3", (420, 297))])
def test_the_paper_is_chosen(tmp_path: Path, paper: str, sides: tuple[int, int]) -> None:
    pages = PdfReader(written(episode("zh"), tmp_path, ExportOptions("zh", 8, paper))).pages
    assert len(pages) == 2
    box = pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(tuple(side * MM for side in sides), abs=0.5)
    with pytest.raises(InvalidInput, match="A4 or A3"):
        written(episode("zh"), tmp_path, ExportOptions("zh", 8, "B5"))
