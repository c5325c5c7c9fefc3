"""DOCX: paragraphs and simple tables, in the order of the page, as numbered lines. The only file that knows python-docx."""

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import Message, ScriptError
from studio.screenplay.decode import check_size
from studio.screenplay.draft import Warned
from studio.screenplay.headings import is_slugline
from studio.screenplay.lines import Line, tidy
from studio.screenplay.marks import read_mark

if TYPE_CHECKING:
    from docx.text.paragraph import Paragraph

_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """Lines count every line of a paragraph and every table row. tables: each one's rows as (line, cells).

    Tracked changes are read as accepted; warned: says so.
    """

    lines: tuple[Line, ...]
    tables: tuple[tuple[tuple[int, tuple[str, ...]], ...], ...]
    warned: tuple[Warned, ...] = ()


def is_docx(content: bytes) -> bool:
    """Whether the bytes are a zip archive with a Word document inside."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError):
        return b"word/document.xml" in content


def read_docx(content: bytes, name: str) -> Document:
    """The document's text. Raises ScriptError where the file is damaged, protected, or grows beyond 64 MB unpacked."""
    import docx
    from docx.opc.exceptions import OpcError
    from docx.table import Table
    from lxml.etree import XMLSyntaxError

    check_size(content, name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > _MOST_BYTES:
            raise ScriptError(
                f"'{name}' unpacks to {unpacked >> 20} MB, which no script does; remove its pictures and save it again.",
                f"“{name}”解压后达 {unpacked >> 20} MB，请删除其中的图片后重新保存。",
            )
        blocks = list(docx.Document(io.BytesIO(content)).iter_inner_content())
        lines: list[Line] = []
        tables: list[tuple[tuple[int, tuple[str, ...]], ...]] = []
        number = 0
        changed: list[int] = []
        for block in blocks:
            if isinstance(block, Table):
                rows = []
                for row in block.rows:
                    number += 1
                    cells = tuple("\n".join(map(_words, cell.paragraphs)).strip() for cell in row.cells)
                    rows.append((number, cells))
                    lines.append(Line(number, "  ".join(tidy(cell) for cell in dict.fromkeys(cells) if cell)))
                tables.append(tuple(rows))
            else:
                for text in _words(block).split("\n"):
                    number += 1
                    lines.append(Line(number, text))
            if block._element.xpath(".//w:ins | .//w:del | .//w:moveFrom"):
                changed.append(number)
    except (
        OpcError,
        XMLSyntaxError,
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        KeyError,
        ValueError,
        AttributeError,
        IndexError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise ScriptError(
            f"'{name}' is a damaged or protected Word file; open it in Word and save it again as .docx.",
            f"“{name}”已损坏或受保护，请用 Word 打开后另存为 .docx。",
        ) from error
    return Document(tuple(lines), tuple(tables), _tracked(changed))


_RUNS = ".//w:r[not(ancestor::w:del or ancestor::w:moveFrom or ancestor::w:txbxContent or ancestor::*[local-name()='Fallback'])]"


def _words(paragraph: "Paragraph") -> str:
    """The paragraph's text with tracked insertions, which python-docx leaves out, and without text boxes."""
    return "".join(run.text for run in paragraph._p.xpath(_RUNS))


def _tracked(changed: Sequence[int]) -> tuple[Warned, ...]:
    if not changed:
        return ()
    message = Message(
        f"The document has tracked changes in {len(changed)} paragraphs; it is read as if all were accepted.",
        f"文档有 {len(changed)} 段带修订痕迹，按全部接受修订读取。",
    )
    return (Warned(changed[0], message, tuple(changed)),)


def with_blank_lines(lines: Sequence[Line]) -> list[Line]:
    """A screenplay typed in Word, one paragraph a block, with the blank lines that Fountain reads blocks by.

    Where the writer put blank paragraphs already, nothing is changed.
    """
    blank = sum(not text.strip() for _, text in lines)
    if blank * 5 >= len(lines):
        return list(lines)
    spaced: list[Line] = []
    speaking = False
    for number, text in lines:
        aside = text.strip().startswith("(")
        if not speaking:
            spaced.append(Line(0, ""))
        spaced.append(Line(number, text))
        flat = tidy(text)
        cue = flat.split("(")[0].isupper() and len(flat) <= 40 and not flat.endswith((":", ".", "!", "?"))
        speaking = (cue and not is_slugline(flat) and read_mark(flat) is None) or (speaking and aside)
    return spaced
