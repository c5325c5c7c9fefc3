"""Final Draft's XML: opened with nothing in it that could harm, and the text of its paragraphs."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from storage.errors import ScriptError

MOST_ELEMENTS = 400_000  # a feature with a revision mark on every line is about 40,000
MOST_DEEP = 64

_ROOT = re.compile(r"(?>(?:<\?xml[^>]*\?>|<!--(?:(?!-->).)*-->|\s)*)<([A-Za-z:!]+)", re.DOTALL)
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")


def is_fdx(text: str) -> bool:
    """Whether the text is XML with Final Draft's root."""
    found = _ROOT.match(text[:4000])
    return found is not None and found[1] == "FinalDraft"


class _TooMuch(Exception):
    """Raised out of the parser where there is more than any script."""


class _Builder(ET.TreeBuilder):
    """A tree of at most MOST_ELEMENTS elements, MOST_DEEP deep."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.depth = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> ET.Element:
        self.count += 1
        self.depth += 1
        if self.count > MOST_ELEMENTS or self.depth > MOST_DEEP:
            raise _TooMuch
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> ET.Element:
        self.depth -= 1
        return super().end(tag)


def root_of(text: str, name: str) -> ET.Element:
    """The document's root. Raises ScriptError for broken XML, with its line, for entities, and for XML of another kind."""
    # the text is decoded already, so that what the file says of its encoding must not be heard a second time
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=True)
    try:
        parser.feed(_DECLARED.sub("", text.lstrip("\ufeff")))
        root = parser.close()
    except ET.ParseError as error:
        line = error.position[0]
        raise ScriptError(
            f"'{name}' is broken: its XML cannot be read at line {line}. Open it in Final Draft and save it again.",
            f"“{name}”已损坏：XML 第 {line} 行无法读取，请用 Final Draft 打开后重新保存。",
            line,
        ) from error
    except (DefusedXmlException, _TooMuch) as error:
        raise ScriptError(
            f"'{name}' holds XML that no script has (entities, or far too many parts); it was not opened.",
            f"“{name}”含有剧本文件不应有的 XML 内容（实体声明或过多节点），未打开。",
        ) from error
    if root.tag != "FinalDraft":
        raise ScriptError(
            f"'{name}' is XML of another kind ('{root.tag[:40]}'), not a Final Draft script; export it as FDX.",
            f"“{name}”是其他类型的 XML（“{root.tag[:40]}”），不是 Final Draft 剧本，请导出为 FDX。",
        )
    return root


def text_of(paragraph: ET.Element) -> str:
    """The paragraph's own runs; what a writer has struck out is left out."""
    return "".join(_letters(run) for run in paragraph.findall("Text") if not is_struck(run))


def _letters(run: ET.Element) -> str:
    text = "".join(run.itertext())
    return text.upper() if "AllCaps" in run.get("Style", "").split("+") else text


def is_struck(run: ET.Element) -> bool:
    """Whether the writer has struck the run out."""
    return bool({"Strikeout", "Strikethrough"} & set(run.get("Style", "").split("+")))


def raw_text_of(paragraph: ET.Element) -> str:
    """The paragraph's own runs, struck ones too: what places in the text are counted by."""
    return "".join("".join(run.itertext()) for run in paragraph.findall("Text"))


def paragraphs_of(note: ET.Element) -> Iterator[str]:
    """The lines of a note."""
    for each in note.iter("Paragraph"):
        yield text_of(each)
