"""The contract of an exporter: a Timeline in, one file out. The suffix of the target chooses who writes it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from storage.errors import InvalidInput, Language
from studio.catalog import load
from studio.exports.timeline import Timeline


@dataclass(frozen=True, slots=True)
class SheetOptions:
    """language of headings and terms; panels per PDF page: 1, 2, 3, 6 (3x2) or 8 (4x2).

    fonts: folders to look for fonts in, instead of the system's own.
    """

    language: Language = "en"
    panels: int = 8
    fonts: tuple[Path, ...] | None = None


class Exporter(Protocol):
    def __call__(self, timeline: Timeline, target: Path, options: SheetOptions) -> None:
        """Write `target`, replacing what is there; nothing is left behind by a failure.

        Raises InvalidInput (no shots, no such folder), NotFound and BadPicture (a frame's file), ResourceMissing
        (a font).
        """
        ...


EXPORTERS: dict[str, str] = {
    ".csv": "studio.exports.sheet_csv:write",
    ".xlsx": "studio.exports.sheet_xlsx:write",
    ".pdf": "studio.exports.sheet_pdf:write",
}


def exporter_for(target: Path) -> Exporter:
    """The exporter of `target`'s suffix. Raises InvalidInput, listing the suffixes there are."""
    suffix = target.suffix.lower()
    if suffix not in EXPORTERS:
        there_is = " ".join(EXPORTERS)
        raise InvalidInput(
            f"Cannot export to '{target.name}': the suffix chooses the format, and there is {there_is}.",
            f"无法导出为“{target.name}”：后缀决定格式，可用的有 {there_is}。",
        )
    return load(EXPORTERS, suffix, "exporter")
