"""Bytes to text: UTF-8 and UTF-16 by their marks, then UTF-8, Windows-1252 and GB18030 by what the bytes can be."""

import codecs
import re

from storage.errors import ScriptError

MOST_BYTES = 8 * 1024 * 1024
MOST_LINES = 200_000
OLE = b"\xd0\xcf\x11\xe0"  # of old Office files, and of new ones behind a password
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

_NOT_TEXT: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "a PDF; export it as Fountain, DOCX or plain text", "PDF，请先导出为 Fountain、DOCX 或纯文本"),
    (
        OLE,
        "an old Office file (.doc or .xls); save it as .docx, or the table as .xlsx",
        "旧版 Office 文件（.doc 或 .xls），请另存为 .docx，表格请另存为 .xlsx",
    ),
    (b"{\\rtf", "an RTF file; save it as .docx or plain text", "RTF 文件，请另存为 .docx 或纯文本"),
    (
        b"PK\x03\x04",
        "an archive, or a workbook of another kind; give a .docx, or save the table as .xlsx or CSV",
        "压缩包或其他格式的工作簿，请提供 .docx，或将表格另存为 .xlsx 或 CSV",
    ),
)


_WEB_PAGE = re.compile(r"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)


def decode(content: bytes, name: str) -> str:
    """The text of a script file with line ends as `\\n`.

    Raises ScriptError for an empty file, one over 8 MB, and for anything that is not text (PDF, .doc, pictures ...).
    """
    if not content.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise ScriptError(
            f"'{name}' is empty; choose a file that holds the script.", f"“{name}”是空文件，请选择有剧本内容的文件。"
        )
    check_size(content, name)
    if content.startswith(OLE) and _ENCRYPTED in content:
        raise ScriptError(
            f"'{name}' is protected by a password; open it in Office, take the password away and save it again.",
            f"“{name}”有密码保护，请在 Office 中打开、取消密码后重新保存。",
        )
    for magic, en, zh in _NOT_TEXT:
        if content.startswith(magic):
            raise ScriptError(f"'{name}' is {en}.", f"“{name}”是{zh}。")
    text = _text(content)
    if text is None or not _reads_as_text(text):
        raise ScriptError(
            f"'{name}' is not a text file that can be read; save the script as UTF-8 text, Fountain or DOCX.",
            f"“{name}”不是可以读取的文本文件，请将剧本另存为 UTF-8 文本、Fountain 或 DOCX。",
        )
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > MOST_LINES:
        raise ScriptError(
            f"'{name}' has more than {MOST_LINES} lines; divide it into several files.",
            f"“{name}”超过 {MOST_LINES} 行，请拆分为多个文件。",
        )
    return text


def check_no_web_page(text: str, name: str) -> None:
    """Raises ScriptError where the text is HTML: what a browser saved in place of the file."""
    if _WEB_PAGE.match(text):
        raise ScriptError(
            f"'{name}' is a web page, not a script; download the script itself and choose that file.",
            f"“{name}”是网页，不是剧本，请下载剧本文件本身后再选择。",
        )


def check_size(content: bytes, name: str, most: int = MOST_BYTES) -> None:
    """Raises ScriptError where a file is larger than any script."""
    if len(content) > most:
        raise ScriptError(
            f"'{name}' is larger than {most >> 20} MB, which no script is; divide it into several files.",
            f"“{name}”超过 {most >> 20} MB，剧本不应如此之大，请拆分为多个文件。",
        )


def _text(content: bytes) -> str | None:
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded(content, "utf-16")
    if b"\x00" in content:
        return _unmarked_utf_16(content)
    text = _decoded(content, "utf-8-sig")
    if text is None and not re.search(rb"[\x80-\xff]{2}", content):
        # Chinese in GB18030 nearly always has two high bytes side by side; curly quotes of Windows never do
        text = _decoded(content, "cp1252")
    return text if text is not None else _decoded(content, "gb18030")


def _unmarked_utf_16(content: bytes) -> str | None:
    """UTF-16 without its mark: line ends, blanks and digits have their zero byte always on the same side."""
    first = content[::2].count(0) > content[1::2].count(0)
    text = _decoded(content, "utf-16-be" if first else "utf-16-le")
    likely = len(_LIKELY.findall(text)) if text else 0
    return text if text and likely * 20 >= 19 * len(text) else None


def _decoded(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


# letters and signs of Latin, Chinese and Japanese, which nearly all of a script is
_LIKELY = re.compile(r"[\t\n\r\x20-\x7e\u00a0-\u024f\u2000-\u206f\u25a0-\u26ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_UNLIKELY = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")


def _reads_as_text(text: str) -> bool:
    """Control characters and private-use ones are rare in a script: fewer than one in a hundred."""
    return len(_UNLIKELY.findall(text)) * 100 <= len(text)
