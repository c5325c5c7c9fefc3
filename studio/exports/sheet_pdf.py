"""The storyboard as PDF, set by typst: panels with their frame, scene by scene, 1, 2, 3, 6 or 8 to an A4 or A3 page.

The text reaches the template as JSON and never as markup. Text too long for its panel is set smaller, then cut, and
what was cut stands whole on the last pages. Same timeline, same bytes.
"""

from contextlib import closing
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from storage.errors import InvalidInput, Language
from studio.exports import ExportOptions, OnProgress
from studio.exports.columns import COLUMNS, NOT_RENDERED, PRINTED, Column, Row, rows, scene_heading
from studio.exports.thumbnail import thumbnails
from studio.exports.timeline import Timeline, timecode
from studio.exports.typesetting import line_of, lines_of
from studio.exports.typesetting import typeset as pages

TEMPLATE = "storyboard.typ"


@dataclass(frozen=True, slots=True)
class Layout:
    """size: points of the type. pixels: width that a frame is scaled down to. scale: of the page's sides, to A4's."""

    columns: int
    rows: int
    landscape: bool
    size: float
    pixels: int
    scale: float = 1.0

    def on(self, paper: str) -> "Layout":
        """The same on a paper: an A3 page is 1.41 times as wide, and its type a little less. Raises InvalidInput."""
        if paper == "A4":
            return self
        if paper != "A3":
            raise InvalidInput(
                f"A storyboard is printed on A4 or A3, not on '{paper}'.", f"故事板可用纸张：A4、A3，不能是“{paper}”。"
            )
        return replace(self, size=self.size * 1.3, pixels=self.pixels * 7 // 5, scale=420 / 297)


LAYOUTS: dict[int, Layout] = {
    1: Layout(1, 1, False, 12.0, 720),
    2: Layout(1, 2, False, 11.0, 480),
    3: Layout(3, 1, True, 9.5, 480),
    6: Layout(3, 2, True, 8.0, 480),
    8: Layout(4, 2, True, 7.5, 360),
}

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "storyboard": "Storyboard",
        "episode": "Episode {}",
        "total": "{} shots · {:.1f} s",
        "scene": "SCENE {}: {}",
        "again": "SCENE {} (continued): {}",
        "seconds": "{} s",
        "omitted": "OMITTED: {}",
        "comma": ", ",
        "gap": " · ",
        "cut": "… (whole text on the last pages)",
        "whole": "Whole text of shots that had no room for it",
        "told": "About these frames",
    },
    "zh": {
        "storyboard": "故事板",
        "episode": "第{}集",
        "total": "{} 镜　{:.1f} 秒",
        "scene": "第{}场　{}",
        "again": "第{}场（续）　{}",
        "seconds": "{} 秒",
        "omitted": "已删：{}",
        "comma": "、",
        "gap": "　",
        "cut": "……（全文见末页）",
        "whole": "画格中排不下的全文",
        "told": "关于这些画面",
    },
}
# beside its picture a panel has room for the print profile, who is in it and how alike they are
SAID: tuple[Column, ...] = tuple(column for column in COLUMNS if column.key in {*PRINTED, "cast", "identity"})


def write(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """See `studio.exports.Exporter`. Raises InvalidInput for a number of panels, or a paper, there is no layout for."""
    if options.panels not in LAYOUTS:
        there_is = ", ".join(map(str, LAYOUTS))
        raise InvalidInput(
            f"There is no storyboard page of {options.panels} panels; there is {there_is}.",
            f"没有每页 {options.panels} 格的版式；可用的有 {there_is}。",
        )
    target.write_bytes(typeset(timeline, options, on_progress))
    on_progress(1.0)


def typeset(timeline: Timeline, options: ExportOptions, on_progress: OnProgress = lambda _: None) -> bytes:
    """The storyboard as PDF bytes. Raises NotFound and BadPicture (a frame's file), ResourceMissing (a font)."""
    layout = LAYOUTS[options.panels].on(options.paper)
    with TemporaryDirectory(prefix="castlock-storyboard-") as name:
        folder = Path(name)
        # a frame that lies down is as wide as its panel
        pixels = layout.pixels if timeline.height > timeline.width else max(480, layout.pixels)
        with closing(thumbnails(timeline.clips, (pixels, 4 * pixels))) as pictures:
            for position, shown in enumerate(pictures):
                if shown is not None:
                    (folder / picture_file(position)).write_bytes(shown[0])
                on_progress(0.8 * (position + 1) / len(timeline.clips))
        return pages(TEMPLATE, storyboard(timeline, layout, options.language), folder, options.fonts)


def picture_file(position: int) -> str:
    """Where the frame of the clip at `position` lies in the folder that is typeset."""
    return f"{position}.jpg"


def storyboard(timeline: Timeline, layout: Layout, language: Language) -> dict[str, Any]:
    """What the template sets, all of it JSON: pages of rows of panels, each row with its strips of scene headings.

    Omitted shots are no panels: a panel names those after it, and the first one those before it too.
    """
    words = WORDS[language]
    panels = _panels(timeline, language)
    per_page = layout.columns * layout.rows
    pages = []
    for start in range(0, len(panels), per_page):
        page = panels[start : start + per_page]
        lines = [page[at : at + layout.columns] for at in range(0, len(page), layout.columns)]
        pages.append([{"strips": _strips(line), "panels": line} for line in lines])
    nothing_left = [] if panels else _omitted([clip.number for clip in timeline.clips], language)
    title = (timeline.series, words["episode"].format(timeline.episode), timeline.title)
    return {
        "title": line_of(words["gap"].join(filter(None, title))),
        "total": words["total"].format(len(panels), timeline.frames / timeline.fps),
        "language": language,
        "script_language": timeline.language,
        "layout": asdict(layout) | {"aspect": timeline.width / timeline.height},
        "words": {key: words[key] for key in ("storyboard", "cut", "whole", "told")}
        | {"missing": NOT_RENDERED[language]},
        "pages": pages,
        "omitted": nothing_left,
        "notices": [line_of(notice) for notice in timeline.notices(language)],
    }


def _panels(timeline: Timeline, language: Language) -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = []
    leading: list[str] = []
    gone: list[str] = []
    run, scene, opens = -1, None, False
    for position, row in enumerate(rows(timeline, language)):
        clip = row.clip
        if clip.scene != scene:
            run, scene, opens = run + 1, clip.scene, True
        if clip.omitted:
            (gone if panels else leading).append(clip.number)
        else:
            panels.append(_panel(row, timeline, position) | {"run": run, "first": opens})
            opens, gone = False, []
        if panels:
            panels[-1]["omitted"] = _omitted(gone, language)
    if panels:
        panels[0]["omitted_before"] = _omitted(leading, language)
    return panels


def _panel(row: Row, timeline: Timeline, position: int) -> dict[str, Any]:
    clip, words = row.clip, WORDS[row.language]
    said = {column.key: column.text(row) for column in SAID}
    return {
        "number": line_of(said["shot"]),
        "terms": words["gap"].join(filter(None, (said["size"], said["angle"], said["movement"]))),
        "seconds": words["seconds"].format(said["duration"]),
        "timecode": timecode(clip.start, timeline.fps),
        "cast": lines_of(said["cast"]),
        "description": lines_of(said["description"]),
        "dialogue": lines_of(said["dialogue"]),
        "notes": lines_of(said["sound"]) + lines_of(said["notes"]),
        "identity": lines_of(said["identity"]),
        "picture": picture_file(position) if clip.picture else None,
        "alt": f"{clip.number}: {clip.description}",
        "heading": line_of(words["scene"].format(said["scene"], scene_heading(clip, row.language))),
        "again": line_of(words["again"].format(said["scene"], scene_heading(clip, row.language))),
        "omitted_before": [],
    }


def _strips(line: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The scene headings above a row of panels, each as wide as the panels of its scene."""
    strips = []
    for _, run in groupby(line, key=lambda panel: panel["run"]):
        of_scene = list(run)
        opens = of_scene[0]["first"]
        heading = of_scene[0]["heading" if opens else "again"]
        strips.append({"span": len(of_scene), "heading": heading, "opens": opens})
    return strips


def _omitted(numbers: list[str], language: Language) -> list[str]:
    words = WORDS[language]
    return [words["omitted"].format(line_of(words["comma"].join(numbers)))] if numbers else []
