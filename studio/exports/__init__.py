"""The contract of an exporter: a Timeline in, one file out. `FORMATS` names what there is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from storage.errors import InvalidInput, Language, Message
from studio.catalog import load
from studio.exports.timeline import Timeline

# (fraction 0..1 of the file that is made); raises JobCancelled
OnProgress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Producer:
    """Who answers for a label under China's rules (GB 45438-2025).

    code: the user's own code of 1 to 64 characters 0x21..0x7E without backslash; never made up by the studio.
    visible: the mark that people see is put on the pictures too.
    """

    code: str
    visible: bool = True


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """What a person chose for an export; each format reads those that its `options` names.

    language: of headings, terms and captions. panels: per PDF page, 1, 2, 3, 6 (3x2) or 8 (4x2). paper: 'A4' or 'A3'.
    columns: keys of studio.exports.columns in the order wanted; () for the format's own choice. fonts: folders to look
    for fonts in, instead of the system's own. raw: cells as they are, for machines, without the guard against formulas.
    scene: only this scene's number, '' for all. numbers: shot numbers burnt into the film. movement: a slow push or pan
    per shot. captions: dialogue burnt into the film. audio: a file of the user's to lie under the film, or None.
    height: of a film's picture in pixels, 0 for the series' own.
    producer: who labels generated pictures, or None: then no such label is written.
    """

    language: Language = "en"
    panels: int = 8
    paper: str = "A4"
    columns: tuple[str, ...] = ()
    fonts: tuple[Path, ...] | None = None
    raw: bool = False
    scene: str = ""
    numbers: bool = False
    movement: bool = True
    captions: bool = False
    audio: Path | None = None
    height: int = 0
    producer: Producer | None = None


class Exporter(Protocol):
    def __call__(self, timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
        """Write `target`, an empty part file that has the format's suffix: `studio.exports.writing` replaces and labels.

        Raises InvalidInput (no shots), NotFound and BadPicture (a frame's file), ResourceMissing (a font); what
        on_progress raises passes through.
        """
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """name: what people type; suffix: of the file; writer: 'module:attribute'; options: the fields of ExportOptions it reads."""

    name: str
    suffix: str
    title: Message
    writer: str
    options: frozenset[str] = frozenset({"language"})

    def exporter(self) -> Exporter:
        """Its writer, imported on first use."""
        return load({self.name: self.writer}, self.name, "exporter")


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format(
            "xlsx",
            ".xlsx",
            Message("Shot sheet (Excel)", "分镜表（Excel）"),
            "studio.exports.sheet_xlsx:write",
            frozenset({"language", "columns", "paper", "producer"}),
        ),
        Format(
            "csv",
            ".csv",
            Message("Shot sheet (CSV)", "分镜表（CSV）"),
            "studio.exports.sheet_csv:write",
            frozenset({"language", "columns", "raw"}),
        ),
        Format(
            "pdf",
            ".pdf",
            Message("Storyboard (PDF)", "故事板（PDF）"),
            "studio.exports.sheet_pdf:write",
            frozenset({"language", "panels", "paper", "fonts", "producer"}),
        ),
        Format(
            "docx",
            ".docx",
            Message("Shot sheet (Word)", "分镜表（Word）"),
            "studio.exports.sheet_docx:write",
            frozenset({"language", "columns", "paper", "producer"}),
        ),
        Format(
            "bible",
            ".pdf",
            Message("Character bible (PDF)", "定妆册（PDF）"),
            "studio.exports.character_bible:write",
            frozenset({"language", "paper", "fonts"}),
        ),
        Format(
            "otio",
            ".otio",
            Message("Timeline (OpenTimelineIO)", "时间线（OTIO）"),
            "studio.exports.interchange:write_otio",
        ),
        Format(
            "otioz",
            ".otioz",
            Message("Timeline with its pictures (OTIOZ)", "时间线与画面（OTIOZ）"),
            "studio.exports.interchange:write_otioz",
            frozenset({"language", "producer"}),
        ),
        Format(
            "edl", ".edl", Message("Edit list (EDL, CMX 3600)", "剪辑表（EDL）"), "studio.exports.interchange:write_edl"
        ),
        Format(
            "fcp7",
            ".xml",
            Message("Timeline for Premiere and Resolve (FCP 7 XML)", "Premiere / Resolve 时间线（FCP7 XML）"),
            "studio.exports.interchange:write_fcp7",
        ),
        Format(
            "fcpxml",
            ".fcpxml",
            Message("Timeline for Final Cut Pro (FCPXML)", "Final Cut 时间线（FCPXML）"),
            "studio.exports.fcpxml:write",
        ),
        Format(
            "stills",
            ".zip",
            Message("Frames (ZIP)", "画面打包（ZIP）"),
            "studio.exports.stills:write",
            frozenset({"scene", "producer"}),
        ),
        Format(
            "mp4",
            ".mp4",
            Message("Film of the stills (MP4)", "动态分镜（MP4）"),
            "studio.exports.film:write",
            frozenset({"language", "movement", "numbers", "captions", "audio", "height", "producer"}),
        ),
        Format(
            "srt",
            ".srt",
            Message("Captions (SRT)", "字幕（SRT）"),
            "studio.exports.captions:write_srt",
        ),
        Format(
            "ass",
            ".ass",
            Message("Captions inside the safe area (ASS)", "安全区内的字幕（ASS）"),
            "studio.exports.captions:write_ass",
        ),
        Format(
            "fountain",
            ".fountain",
            Message("Script (Fountain)", "剧本（Fountain）"),
            "studio.exports.script_out:write_fountain",
        ),
        Format(
            "fdx",
            ".fdx",
            Message("Script (Final Draft)", "剧本（Final Draft）"),
            "studio.exports.script_out:write_fdx",
        ),
        Format(
            "gif",
            ".gif",
            Message("A scene for chat (GIF)", "单场动图（GIF）"),
            "studio.exports.moving:write_gif",
            frozenset({"language", "scene", "numbers", "captions", "producer"}),
        ),
        Format(
            "webp",
            ".webp",
            Message("A scene for chat (animated WebP)", "单场动图（WebP）"),
            "studio.exports.moving:write_webp",
            frozenset({"language", "scene", "numbers", "captions", "producer"}),
        ),
    )
}


def format_for(target: Path, name: str = "") -> Format:
    """The format of that name, else the first that has `target`'s suffix. Raises InvalidInput, listing what there is."""
    suffix = target.suffix.lower()
    if name in FORMATS and FORMATS[name].suffix == suffix:
        return FORMATS[name]
    if name in FORMATS:
        wanted = FORMATS[name].suffix
        raise InvalidInput(
            f"A {name} file ends in {wanted}: write it to '{target.stem}{wanted}'.",
            f"{name} 格式的文件应以 {wanted} 结尾：请写到“{target.stem}{wanted}”。",
        )
    found = next((each for each in FORMATS.values() if not name and each.suffix == suffix), None)
    if found is None:
        there_is = ", ".join(f"{each.name} ({each.suffix})" for each in FORMATS.values())
        raise InvalidInput(
            f"Cannot export to '{target.name}'{f' as {name}' if name else ''}: there is {there_is}.",
            f"无法导出为“{target.name}”{f'（{name}）' if name else ''}：可用的格式有 {there_is}。",
        )
    return found
