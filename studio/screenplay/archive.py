"""What a workbook's zip archive may hold before anything of it is unpacked or parsed for its words."""

import zipfile
from typing import Any
from xml.parsers import expat

from storage.errors import ScriptError

MOST_UNPACKED = 32 * 1024 * 1024  # what unpacking may add; ten thousand shots are about 10 MB
MOST_RATIO = 200  # to one, of a part past a megabyte; sheets of hardly anything but empty cells reach 30
MOST_ELEMENTS = 2_000_000  # of XML in all parts; ten thousand shots are about 700,000
MOST_PARTS = 10_000


def check_archive(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse what unpacks or parses to more than any shot table, and XML with entities of its own.

    Sizes are the declared ones, which zipfile never unpacks beyond. Raises ScriptError; zipfile's own errors pass.
    """
    grown = 0
    for count, entry in enumerate(archive.infolist()):
        grown += max(0, entry.file_size - entry.compress_size)
        bomb = entry.file_size > MOST_RATIO * max(1, entry.compress_size) and entry.file_size > 1 << 20
        if bomb or grown > MOST_UNPACKED or count > MOST_PARTS:
            raise _beyond_a_table(name)
    _check_parts(archive, name)


def _beyond_a_table(name: str) -> ScriptError:
    return ScriptError(
        f"'{name}' unpacks to far more than any shot table; copy its rows into a new workbook, or save it as CSV.",
        f"“{name}”解压后远超正常分镜表大小，请把内容复制到新的工作簿，或另存为 CSV。",
    )


class _Refused(Exception):
    """Raised out of the XML parser's callbacks. doctype: a part declares a document type; else it is beyond a table."""

    def __init__(self, doctype: bool):
        self.doctype = doctype


class _Census:
    """Counts the elements of the parts that it is shown, and lets none declare a document type.

    OOXML has no such declarations, and entities of one can grow without end; openpyxl parses with defusedxml only
    where that is installed, this holds without it.
    """

    def __init__(self) -> None:
        self.elements = 0

    def take(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._element
        parser.StartDoctypeDeclHandler = self._doctype
        with archive.open(entry) as part:
            try:
                while piece := part.read(1 << 16):
                    parser.Parse(piece)
            except expat.ExpatError:  # a picture; and what is broken XML, openpyxl cannot read beyond either
                return

    def _element(self, *_: Any) -> None:
        self.elements += 1
        if self.elements > MOST_ELEMENTS:
            raise _Refused(doctype=False)

    def _doctype(self, *_: Any) -> None:
        raise _Refused(doctype=True)


def _check_parts(archive: zipfile.ZipFile, name: str) -> None:
    census = _Census()
    try:
        for entry in archive.infolist():
            census.take(archive, entry)
    except _Refused as error:
        if not error.doctype:
            raise _beyond_a_table(name) from error
        raise ScriptError(
            f"'{name}' holds XML declarations that no workbook has; it was not opened. Save the table as CSV.",
            f"“{name}”含有工作簿不应有的 XML 声明，未打开。请将表格另存为 CSV。",
        ) from error
