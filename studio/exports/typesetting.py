"""Pages set by typst: values as JSON beside a template, fonts looked up first, the same bytes every time."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.exports.fonts import typefaces

TEMPLATES = Path(__file__).parent
SHARED = "words.typ"


def typeset(template: str, values: Mapping[str, Any], folder: Path, fonts: tuple[Path, ...] | None) -> bytes:
    """The PDF of `template` (such as 'bible.typ') with `values`, which it reads as JSON of its own name in `folder`.

    folder: where its pictures lie already. fonts: folders to look for fonts in, instead of the system's own. Raises
    ResourceMissing (a font).
    """
    import typst

    written = json.dumps(values, ensure_ascii=False)
    faces = typefaces(written, fonts)
    written = json.dumps({**values, "fonts": {"latin": faces.latin, "chinese": faces.chinese}}, ensure_ascii=False)
    (folder / template).with_suffix(".json").write_text(written, encoding="utf-8")
    for name in (template, SHARED):
        shutil.copyfile(TEMPLATES / name, folder / name)
    return typst.compile(folder / template, root=folder, font_paths=faces.listing, timestamp=0)


def lines_of(text: str) -> list[str]:
    """The lines of a text that say something, without control characters, for which no font has a picture."""
    lines = (re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", line).strip() for line in text.splitlines())
    return [line for line in lines if line]


def line_of(text: str, between: str = " ") -> str:
    """The same as one line."""
    return between.join(lines_of(text))
