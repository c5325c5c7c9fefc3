"""How the workbook looks and what it calls things: its words, its formats, its paper."""

import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from storage.errors import InvalidInput, Language

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

# Excel's number of a paper, and characters at full size across it lying down, without the margins
PAPERS: dict[str, tuple[int, float]] = {"A4": (9, 150.0), "A3": (8, 216.0)}
SMALLEST = 0.55  # of full size, that a sheet is shrunk to rather than take one page more across
BANDS = ("#FFFFFF", "#EEF2F6")  # a scene, the next scene
INK, RULE, FADED = "#26323F", "#9AA5B1", "#808080"
LONGEST_FOOT = 110  # characters, each of which may count twice, of the 255 that a foot holds
LONGEST = 32_767  # characters; Excel's limit of a cell
LINE = 14.5  # points per line of text
TALLEST = 409.0  # points; Excel's limit of a row
FONTS: dict[Language, str] = {"en": "Arial", "zh": "Microsoft YaHei"}
WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "shots": "Shots",
        "scenes": "Scenes",
        "cast": "Cast",
        "total": "Total",
        "scene": "Scene",
        "heading": "Heading",
        "count": "Shots",
        "rendered": "Rendered",
        "seconds": "Seconds",
        "sheet": "Shot sheet",
        "episode": "Episode {}",
        "page": "Page &P of &N",
        "choose": "Not one of the sheet's words; keep it anyway?",
        "length": "Give seconds between 0 and 600.",
        "uid": "Castlock knows the shot by this when the sheet comes back; leave it as it is.",
        "cut": " … [cut here: a cell holds no more; the CSV has all of it]",
        "photo": "Photo",
        "character": "Character",
        "names": "Also called",
        "look": "Look",
        "wardrobe": "Wardrobe",
        "colours": "Colours",
        "in_scenes": "Scenes",
        "in_shots": "Shots",
        "uncast": "no character of that name yet",
    },
    "zh": {
        "shots": "分镜表",
        "scenes": "场次",
        "cast": "角色造型",
        "total": "合计",
        "scene": "场号",
        "heading": "场景",
        "count": "镜头数",
        "rendered": "已出图",
        "seconds": "秒数",
        "sheet": "分镜表",
        "episode": "第{}集",
        "page": "第 &P 页，共 &N 页",
        "choose": "不在词表之中，仍要保留吗？",
        "length": "请填写 0 到 600 之间的秒数。",
        "uid": "表格导回时靠它认出镜头，请勿改动。",
        "cut": " …［单元格已满，此处截断；CSV 中有全文］",
        "photo": "照片",
        "character": "角色",
        "names": "别名",
        "look": "造型",
        "wardrobe": "服装",
        "colours": "色彩",
        "in_scenes": "场次",
        "in_shots": "镜头数",
        "uncast": "尚无此角色",
    },
}


def paper_of(name: str) -> tuple[int, float]:
    """Excel's number of the paper and how many characters go across it. Raises InvalidInput."""
    if name not in PAPERS:
        there_is = ", ".join(PAPERS)
        raise InvalidInput(
            f"A sheet is printed on {there_is}, not on '{name}'.", f"分镜表可用纸张：{there_is}，不能是“{name}”。"
        )
    return PAPERS[name]


def lines_needed(text: str, width: float) -> int:
    """Lines that a text takes when wrapped into a cell `width` characters wide; a wide character counts as two."""
    lines = 0
    for line in text.split("\n"):
        across = sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)
        lines += max(1, -int(-across // max(1.0, width - 1)))
    return lines


def fitting(text: str, cut: str) -> str:
    """The text, or what a cell can hold of it, ending in `cut`."""
    return text if len(text) <= LONGEST else text[: LONGEST - len(cut)] + cut


def pixels_of(width: float) -> int:
    """Pixels of a column `width` characters wide: 7 a character and 5 around."""
    return int(width * 7 + 5)


class Style:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: "Workbook", language: Language, paper: str):
        self.workbook = workbook
        self.language: Language = language
        self.words = WORDS[language]
        self._paper, self._across = paper_of(paper)
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def format(self, **properties: Any) -> "Format":
        """Wrapped text in the language's font, with XlsxWriter's `properties` besides."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            base = {"font_name": FONTS[self.language], "font_size": 10, "valign": "vcenter", "text_wrap": True}
            self._formats[key] = self.workbook.add_format({**base, **properties})
        return self._formats[key]

    def headings(self, sheet: "Worksheet", headings: Sequence[str]) -> None:
        """The first row, repeated on every printed page."""
        style = self.format(bold=True, align="center", bg_color=INK, font_color="#FFFFFF")
        sheet.set_row(0, 30)
        for index, heading in enumerate(headings):
            sheet.write_string(0, index, heading, style)
        sheet.repeat_rows(0)

    def paper(self, sheet: "Worksheet", title: str, notices: Sequence[str], widths: Sequence[float]) -> None:
        """Lying down, as many pages across as keep the type legible. The foot has room for the beginning of the notices.

        widths: of the sheet's columns that are seen, in characters.
        """
        sheet.set_paper(self._paper)
        sheet.set_landscape()
        sheet.fit_to_pages(max(1, round(sum(widths) * SMALLEST / self._across)), 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        # & begins a code in a header, which holds 255 characters
        sheet.set_header(f"&L{title[:100].replace('&', '&&')}&R{self.words['sheet']}", {"margin": 0.3})
        said = "; ".join(notices)
        said = said if len(said) <= LONGEST_FOOT else f"{said[:LONGEST_FOOT]} …"
        left = f"&L{said.replace('&', '&&')}" if said else ""
        sheet.set_footer(f"{left}&R{self.words['page']}", {"margin": 0.3})


def write_sum(sheet: "Worksheet", cell: tuple[int, int], formula: str, shape: "Format", value: Any) -> None:
    """A formula with its value beside it, for programs that do not compute."""
    sheet.write_formula(*cell, formula, shape, value)
