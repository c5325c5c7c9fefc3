"""The script of an episode as it stands: Fountain (fountain.io/syntax) and Final Draft's FDX."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

from storage.errors import Language
from studio.exports import ExportOptions, OnProgress
from studio.exports.plain_text import one_line, xml_text
from studio.exports.script_blocks import Block, blocks
from studio.exports.timeline import Timeline
from studio.screenplay.story import numbered

_FDX_TYPES = {
    "heading": "Scene Heading",
    "shot": "Shot",
    "action": "Action",
    "character": "Character",
    "parenthetical": "Parenthetical",
    "dialogue": "Dialogue",
    "transition": "Transition",
}
# signs that open or close a note, or a boneyard, where they stand together
_APART = re.compile(r"(\[(?=\[)|\](?=\])|/(?=\*)|\*(?=/))")


def write_fountain(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """Fountain in UTF-8; every element is forced, so that no text is taken for another one."""
    title = {"Title": timeline.series, "Episode": str(timeline.episode), "Episode title": timeline.title}
    page = [f"{key}: {_escaped(one_line(value))}" for key, value in title.items() if one_line(value)]
    with target.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(page) + "\n")
        for block in _told(timeline, options.language, on_progress):
            file.write("\n".join(_fountain(block, options.language)) + "\n")


def write_fdx(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """A Final Draft document of version 5: numbered scenes and shots, script notes by their place in the text."""
    root = ET.Element("FinalDraft", DocumentType="Script", Template="No", Version="5")
    content, notes = ET.SubElement(root, "Content"), ET.Element("ScriptNotes")
    at = 0
    for block in _told(timeline, options.language, on_progress):
        text = xml_text(block.text)
        said = {"Number": xml_text(block.number)} if block.number else {}
        paragraph = ET.SubElement(content, "Paragraph", {**said, "Type": _FDX_TYPES[block.kind]})
        ET.SubElement(paragraph, "Text").text = text
        length = len(text.encode("utf-16-le")) // 2
        for note in block.notes:
            place = {"Id": str(len(notes) + 1), "Range": f"{at},{at + length}"}
            inner = ET.SubElement(ET.SubElement(notes, "ScriptNote", place), "Paragraph")
            ET.SubElement(inner, "Text").text = xml_text(note)
        at += length + 1  # a paragraph's end counts as one
    page = ET.SubElement(ET.SubElement(root, "TitlePage"), "Content")
    for line in _title_page(timeline, options.language):
        paragraph = ET.SubElement(page, "Paragraph", Alignment="Center", Type="General")
        ET.SubElement(paragraph, "Text").text = xml_text(line)
    root.append(notes)
    ET.indent(root)
    declaration = b'<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'
    target.write_bytes(declaration + ET.tostring(root, encoding="utf-8") + b"\n")


def _told(timeline: Timeline, language: Language, on_progress: OnProgress) -> Iterator[Block]:
    for index, (_, found) in enumerate(blocks(timeline, language)):
        on_progress(index / len(timeline.clips))
        yield from found


def _title_page(timeline: Timeline, language: Language) -> Iterator[str]:
    yield one_line(timeline.series)
    yield f"第{timeline.episode}集" if language == "zh" else f"Episode {timeline.episode}"
    if title := one_line(timeline.title):
        yield f"“{title}”"


def _fountain(block: Block, language: Language) -> list[str]:
    """The lines of a block; a blank one stands before all but what goes on with a cue."""
    text = _escaped(block.text)
    notes = [f"[[{_note(note)}]]" for note in block.notes]
    number = f" #{_escaped(block.number)}#" if block.number else ""
    match block.kind:
        case "heading":
            heading = f"{'.' if language == 'zh' else ''}{text}{number}"
            return ["", heading, *(["", *notes] if notes else [])]  # a heading stands alone
        case "shot":
            return ["", f"!{text}{number}", *notes]
        case "action":
            return ["", f"!{text if not numbered(text)[1] else text[:-1] + '＃'}"]
        case "character":
            return ["", f"@{text}"]
        case "transition":
            return ["", f"> {text}"]
        case "parenthetical" | "dialogue":
            return [text]


def _escaped(text: str) -> str:
    """`text` with nothing in it that Fountain would take for emphasis, a note or a boneyard."""
    return re.sub(r"([*_])", r"\\\1", _APART.sub(r"\1 ", text))


def _note(text: str) -> str:
    """`text` inside of a note, where nothing is emphasis."""
    apart = _APART.sub(r"\1 ", text)
    return f"{apart} " if apart.endswith("]") else apart
