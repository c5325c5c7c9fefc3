"""How the workbook looks and what it calls things: its words, its formats, its paper."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from storage.errors import Language

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

A3 = 8
BANDS = ("#FFFFFF", "#EEF2F6")  # a scene, the next scene
INK, RULE, FADED = "#26323F", "#9AA5B1", "#808080"
LONGEST_FOOT = 110  # characters, each of which may count twice, of the 255 that a foot holds
FONTS: dict[Language, str] = {"en": "Arial", "zh": "Microsoft YaHei"}
WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "shots": "Shots",
        "scenes": "Scenes",
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
        "cut": " … [cut here: a cell holds no more; the CSV has all of it]",
    },
    "zh": {
        "shots": "分镜表",
        "scenes": "场次",
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
        "cut": " …［单元格已满，此处截断；CSV 中有全文］",
    },
}


class Style:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: "Workbook", language: Language):
        self.workbook = workbook
        self.language: Language = language
        self.words = WORDS[language]
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def format(self, **properties: Any) -> "Format":
        """Wrapped text in the language's font, with XlsxWriter's `properties` besides."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            base = {"font_name": FONTS[self.language], "font_size": 10, "valign": "vcenter", "text_wrap": True}
            self._formats[key] = self.workbook.add_format({**base, **properties})
        return self._formats[key]

    def headings(self, sheet: "Worksheet", headings: list[str]) -> None:
        """The first row, repeated on every printed page."""
        style = self.format(bold=True, align="center", bg_color=INK, font_color="#FFFFFF")
        sheet.set_row(0, 30)
        for index, heading in enumerate(headings):
            sheet.write_string(0, index, heading, style)
        sheet.repeat_rows(0)

    def paper(self, sheet: "Worksheet", title: str, notices: Sequence[str]) -> None:
        """A3 landscape, all columns on one page. The foot has room for the beginning of the notices."""
        sheet.set_paper(A3)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
        # & begins a code in a header, which holds 255 characters
        sheet.set_header(f"&L{title[:100].replace('&', '&&')}&R{self.words['sheet']}", {"margin": 0.3})
        said = "; ".join(notices)
        said = said if len(said) <= LONGEST_FOOT else f"{said[:LONGEST_FOOT]} …"
        left = f"&L{said.replace('&', '&&')}" if said else ""
        sheet.set_footer(f"{left}&R{self.words['page']}", {"margin": 0.3})
