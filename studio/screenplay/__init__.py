"""Scripts in: bytes of a file to a ScriptDraft, shots included. Pure; nothing is stored here."""

from collections.abc import Sequence
from pathlib import PurePath

from storage.errors import ScriptError
from studio.screenplay.decode import check_no_web_page, decode
from studio.screenplay.document import is_docx, read_docx, with_blank_lines
from studio.screenplay.draft import ScriptDraft, Warned
from studio.screenplay.fdx import read_fdx
from studio.screenplay.fdx_file import is_fdx
from studio.screenplay.fountain import read_fountain
from studio.screenplay.furniture import without_furniture
from studio.screenplay.headings import chinese_heading, is_forced_or_latin, is_slugline
from studio.screenplay.lines import Line, language_of, tidy
from studio.screenplay.native import read_native
from studio.screenplay.table import is_shot_table, looks_like_table, read_table, rows_of
from studio.screenplay.workbook import is_workbook, read_workbook

LONGEST_LINE = 20_000


def read_script(content: bytes, name: str) -> ScriptDraft:
    """A script or a shot table, read: Fountain, Final Draft, the native Chinese form (text or DOCX), CSV or XLSX.

    name: the file's name; its suffix and the content choose the reader. Raises ScriptError, with the line where there
    is one, for what cannot be read; what was not understood on the way is in the draft's warnings.
    """
    suffix = PurePath(name).suffix.lower()
    if is_docx(content):
        document = read_docx(content, name)
        for rows in document.tables:
            if is_shot_table(rows):
                return read_table(rows, name)
        return _read_lines(document.lines, ".docx", document.warned)
    if is_workbook(content):
        table = read_workbook(content, name)
        return read_table(table.rows, name, table.warnings)
    text = decode(content, name)
    if suffix in (".xlsx", ".xlsm"):
        raise ScriptError(
            f"'{name}' is no Excel workbook, whatever its name says; open it where it was made and save it as .xlsx.",
            f"“{name}”实际上不是 Excel 工作簿，请在原软件中打开后另存为 .xlsx。",
        )
    check_no_web_page(text, name)
    if suffix in (".fdx", ".fdxt") or is_fdx(text):
        return read_fdx(text, name)
    if suffix in (".csv", ".tsv") or looks_like_table(text, name):
        return read_table(rows_of(text, name), name)
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), 1)]
    return _read_lines(lines, suffix)


def _read_lines(lines: Sequence[Line], suffix: str, warned: Sequence[Warned] = ()) -> ScriptDraft:
    for number, text in lines:
        if len(text) > LONGEST_LINE:
            raise ScriptError(
                f"Line {number} has {len(text)} characters; a script has line breaks. Paste it again with its lines.",
                f"第 {number} 行有 {len(text)} 个字符；剧本应当分行，请保留换行后重新粘贴。",
                number,
            )
    lines, aside = without_furniture(lines)
    language = language_of("\n".join(text for _, text in lines))
    if _is_fountain([tidy(text) for _, text in lines if text.strip()], suffix):
        spaced = with_blank_lines(lines) if suffix == ".docx" else lines
        sketch = read_fountain(spaced)
    else:
        sketch = read_native(lines)
    sketch.warnings += [*warned, *([aside] if aside else [])]
    return sketch.draft(language)


def _is_fountain(texts: Sequence[str], suffix: str) -> bool:
    """By the headings: sluglines against the Chinese form; `内景 客厅 夜` is both, and the suffix decides."""
    sluglines = [text for text in texts if is_slugline(text)]
    native = sum(not is_slugline(text) and chinese_heading(text) is not None for text in texts)
    if suffix in (".fountain", ".spmd"):
        return len(sluglines) >= native
    forced = sum(is_forced_or_latin(text) for text in sluglines)
    return forced > native + len(sluglines) - forced
