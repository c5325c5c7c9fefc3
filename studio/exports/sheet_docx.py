"""The shot sheet as a Word document (分镜表): a table lying down, frames in it, scene by scene, to be edited and printed.

The heading row stands on every page and no row is split over two. Widths stand on columns and on cells: LibreOffice
reads the ones, Word the others. Same timeline, same bytes.
"""

import zipfile
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.errors import InvalidInput, Language
from studio.exports import ExportOptions, OnProgress
from studio.exports.columns import NUMERIC, PRINTED, Column, Row, chosen_columns, rows, scene_heading
from studio.exports.docx_parts import PADDING, field, pad, said, say, shade
from studio.exports.thumbnail import Small, thumbnails
from studio.exports.timeline import Clip, Timeline

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell, _Row

PAPERS = {"A4": (297, 210), "A3": (420, 297)}  # mm, lying down
MARGIN = 11  # mm
FRAME_HEIGHT = 34  # mm at most
PIXELS = (240, 430)
FONTS: dict[Language, tuple[str, str]] = {"en": ("Arial", "Microsoft YaHei"), "zh": ("Arial", "Microsoft YaHei")}
INK, BAND, FADED = "26323F", "E4E9EE", "808080"
CENTRED = NUMERIC | {
    "scene",
    "shot",
    "size",
    "angle",
    "movement",
    "framing",
    "image",
    "status",
    "int_ext",
    "time",
    "take",
}
WHEN = datetime(1980, 1, 1)  # fixed, so that bytes are the same
WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "sheet": "Shot sheet",
        "episode": "Episode {}",
        "scene": "SCENE {}: {}",
        "lasting": "{} shots · {:.1f} s",
        "total": "Total: {} shots · {:.1f} s",
        "page": "Page ",
    },
    "zh": {
        "sheet": "分镜表",
        "episode": "第{}集",
        "scene": "第{}场　{}",
        "lasting": "{} 镜　{:.1f} 秒",
        "total": "合计：{} 镜　{:.1f} 秒",
        "page": "页码 ",
    },
}


def write(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """See `studio.exports.Exporter`. Raises InvalidInput for a column or a paper that there is not."""
    columns = chosen_columns(options.columns, PRINTED)
    if options.paper not in PAPERS:
        there_is = ", ".join(PAPERS)
        raise InvalidInput(
            f"A sheet is printed on {there_is}, not on '{options.paper}'.",
            f"分镜表可用纸张：{there_is}，不能是“{options.paper}”。",
        )
    document = _Sheet(timeline, columns, options).document(on_progress)
    packed = BytesIO()
    document.save(packed)
    with zipfile.ZipFile(packed) as made, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as kept:
        for entry in made.infolist():
            info = zipfile.ZipInfo(entry.filename, WHEN.timetuple()[:6])
            info.compress_type = zipfile.ZIP_STORED if entry.filename.endswith(".jpg") else zipfile.ZIP_DEFLATED
            kept.writestr(info, made.read(entry))
    on_progress(1.0)


class _Sheet:
    def __init__(self, timeline: Timeline, columns: Sequence[Column], options: ExportOptions):
        self.timeline, self.columns = timeline, columns
        self.language: Language = options.language
        self.words = WORDS[options.language]
        self.paper = PAPERS[options.paper]
        room = self.paper[0] - 2.0 * MARGIN
        # a sheet of many columns is set smaller, so that its words are not broken
        self.size = max(5.0, min(9.0, 9.0 * room / (sum(column.width for column in columns) * 1.5)))
        self.widths = self._widths(room)

    def _widths(self, room: float) -> list[float]:
        """Of the columns in mm, `room` together: as they are on any sheet, but none less than a word of its heading."""
        least = [self._longest_word(column) * self.size * 0.27 + 2 * PADDING + 1.0 for column in self.columns]
        spare = max(0.0, room - sum(least))
        wanted = [max(0.0, column.width - low / 1.5) for column, low in zip(self.columns, least, strict=True)]
        shares = sum(wanted) or 1.0
        widths = [low + spare * share / shares for low, share in zip(least, wanted, strict=True)]
        return [width * room / sum(widths) for width in widths]

    def _longest_word(self, column: Column) -> float:
        """In Latin letters; a Chinese heading may break anywhere, and does not below four characters."""
        words = column.heading(self.language).split()
        return max(min(8, 1.8 * len(word)) if ord(word[0]) > 0x2E80 else len(word) for word in words)

    def document(self, on_progress: OnProgress) -> "Document":
        from docx import Document
        from docx.enum.table import WD_TABLE_ALIGNMENT
        from docx.shared import Mm

        document = Document()
        self._style(document)
        self._page(document)
        title = document.add_paragraph(style="Title")
        title.add_run(said(" · ".join(filter(None, (self._name(), self.timeline.title)))))
        table = document.add_table(0, len(self.columns), style="Table Grid")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        pad(table)
        for column, width in zip(table.columns, self.widths, strict=True):
            column.width = Mm(width)
        heading = table.add_row()
        self._heading(heading)
        pictured = any(column.key == "image" for column in self.columns)
        clips = self.timeline.clips if pictured else ()
        scene: str | None = None
        with closing(thumbnails(clips, PIXELS)) as pictures:
            for done, row in enumerate(rows(self.timeline, self.language), start=1):
                if row.clip.scene != scene:
                    scene = row.clip.scene
                    self._scene(table.add_row(), row.clip)
                self._shot(table.add_row(), row, next(pictures, None))
                on_progress(0.9 * done / len(self.timeline.clips))
        live = [clip for clip in self.timeline.clips if not clip.omitted]
        total = document.add_paragraph()
        total.add_run(self.words["total"].format(len(live), self.timeline.frames / self.timeline.fps)).bold = True
        for notice in self.timeline.notices(self.language):
            document.add_paragraph(said(notice))
        return document

    def _name(self) -> str:
        return f"{self.timeline.series} · {self.words['episode'].format(self.timeline.episode)}"

    # -- page and type -------------------------------------------------------------------------------------------

    def _style(self, document: "Document") -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Pt, RGBColor

        latin, chinese = FONTS[self.language]
        for name, size in (("Normal", self.size), ("Title", 16.0), ("Header", 8.0), ("Footer", 8.0)):
            style: Any = document.styles[name]
            style.font.name, style.font.size = latin, Pt(size)
            style.font.color.rgb = RGBColor.from_string(INK)
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theme}"), None)
            fonts.set(qn("w:eastAsia"), chinese)
            tongue = style.element.get_or_add_rPr().find(qn("w:lang"))
            if tongue is None:
                tongue = OxmlElement("w:lang")
                style.element.get_or_add_rPr().append(tongue)
            tongue.set(qn("w:val"), "en-US")
            tongue.set(qn("w:eastAsia"), "zh-CN")
            style.paragraph_format.space_after = style.paragraph_format.space_before = Pt(1)
        properties = document.core_properties
        properties.title, properties.subject = said(self._name()), self.words["sheet"]
        properties.author = properties.last_modified_by = ""
        properties.comments = ""
        properties.created = properties.modified = WHEN
        properties.language = "zh-CN" if self.language == "zh" else "en-US"

    def _page(self, document: "Document") -> None:
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm

        section = document.sections[0]
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = (Mm(side) for side in self.paper)
        section.left_margin = section.right_margin = Mm(MARGIN)
        section.top_margin = section.bottom_margin = Mm(14)
        section.header_distance = section.footer_distance = Mm(6)
        section.header.paragraphs[0].text = said(f"{self._name()} · {self.words['sheet']}")
        foot = section.footer.paragraphs[0]
        foot.add_run(self.words["page"])
        field(foot, "PAGE")
        foot.add_run(" / ")
        field(foot, "NUMPAGES")

    # -- rows ----------------------------------------------------------------------------------------------------

    def _heading(self, row: "_Row") -> None:
        from docx.oxml import OxmlElement

        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell, column in zip(self._cells(row), self.columns, strict=True):
            shade(cell, INK)
            say(cell, column.heading(self.language), centred=True, bold=True, colour="FFFFFF")

    def _scene(self, row: "_Row", first: Clip) -> None:
        clips = [clip for clip in self.timeline.clips if clip.scene == first.scene and not clip.omitted]
        lasting = sum(clip.frames for clip in clips) / self.timeline.fps
        cells = self._cells(row)
        cell = cells[0].merge(cells[-1])
        shade(cell, BAND)
        heading = self.words["scene"].format(first.scene, scene_heading(first, self.language))
        say(cell, f"{heading}　{self.words['lasting'].format(len(clips), lasting)}", bold=True)
        cell.paragraphs[0].paragraph_format.keep_with_next = True

    def _shot(self, row: "_Row", shown: Row, picture: Small | None) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Mm

        for cell, column, width in zip(self._cells(row), self.columns, self.widths, strict=True):
            if column.key == "image" and picture is not None:
                jpeg, across, high = picture
                fitted = min(width - 2 * PADDING - 0.5, FRAME_HEIGHT * across / high)
                run = cell.paragraphs[0].add_run()
                shape = run.add_picture(BytesIO(jpeg), width=Mm(fitted))
                for side in "TBLR":  # LibreOffice takes an eighth of an inch where none is given
                    shape._inline.set(f"dist{side}", "0")
                shape._inline.docPr.set("descr", said(f"{shown.clip.number}: {shown.clip.description}")[:250])
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
            else:
                colour = FADED if shown.clip.omitted else ""
                bold = column.key == "shot"
                say(cell, column.text(shown), column.key in CENTRED, bold, colour, strike=shown.clip.omitted)

    def _cells(self, row: "_Row") -> list["_Cell"]:
        """The cells of a new row, with their widths; the row stays on one page."""
        from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
        from docx.oxml import OxmlElement
        from docx.shared import Mm

        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        cells = list(row.cells)
        for cell, width in zip(cells, self.widths, strict=True):
            cell.width = Mm(width)
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        return cells
