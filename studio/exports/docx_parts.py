"""What python-docx leaves to be written as XML: cells with words, air and colour, and fields that Word computes."""

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.table import Table, _Cell

PADDING = 1.0  # mm beside the text of a cell

_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def said(text: str) -> str:
    """The text without what XML cannot hold."""
    return _NO_XML.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def say(
    cell: "_Cell", text: str, centred: bool = False, bold: bool = False, colour: str = "", strike: bool = False
) -> None:
    """Write a text into an empty cell, a paragraph a line. colour: 'RRGGBB', '' for the style's own."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import RGBColor

    for index, line in enumerate(said(text).split("\n")):
        paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = paragraph.add_run(line)
        run.bold, run.font.strike = bold or None, strike or None
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)


def pad(table: "Table") -> None:
    """Cells with less air beside their text than Word gives them, above it a little more."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", 0.4), ("left", PADDING), ("bottom", 0.4), ("right", PADDING)):
        edge = OxmlElement(f"w:{side}")
        edge.set(qn("w:w"), str(round(width / 25.4 * 1440)))
        edge.set(qn("w:type"), "dxa")
        margins.append(edge)
    properties = table._tbl.tblPr
    look = properties.find(qn("w:tblLook"))
    if look is None:
        properties.append(margins)
    else:
        look.addprevious(margins)


def shade(cell: "_Cell", colour: str) -> None:
    """Fill the cell with 'RRGGBB'."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    properties = cell._tc.get_or_add_tcPr()
    upright = properties.find(qn("w:vAlign"))  # which stands behind, by the schema
    if upright is None:
        properties.append(shade)
    else:
        upright.addprevious(shade)


def field(paragraph: Any, code: str) -> None:
    """A number that the program computes: PAGE, NUMPAGES."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    run = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)
