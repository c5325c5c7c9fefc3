"""Which fonts a printed sheet is set in, and a clear word where one is missing.

typst replaces a missing font in silence, and a Chinese page without a Chinese font is a page of boxes or nothing.
So the fonts are looked up first, by typst's own listing: the system's folders, or those given.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from storage.errors import ResourceMissing

if TYPE_CHECKING:
    from typst import Fonts

# comes inside typst, so that an English sheet looks the same everywhere
LATIN = "Libertinus Serif"

# the first one there is; sans before serif, since a storyboard's type is small
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "Microsoft YaHei UI",
    "Sarasa UI SC",
    "MiSans",
    "HarmonyOS Sans SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Heiti SC",
    "STHeiti",
    "SimHei",
    "DengXian",
    "Noto Serif CJK SC",
    "Noto Serif SC",
    "Source Han Serif SC",
    "Source Han Serif CN",
    "Songti SC",
    "STSong",
    "SimSun",
    "NSimSun",
    "Droid Sans Fallback",
    "AR PL UMing CN",
    "AR PL UKai CN",
)

# ideographs, kana, hangul, bopomofo, their punctuation and full-width forms
CJK = re.compile(
    "[\u1100-\u11ff\u2e80-\u2fdf\u3000-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class Typefaces:
    """latin, chinese: families in order of preference for text of that script. listing: what typst may use."""

    latin: tuple[str, ...]
    chinese: tuple[str, ...]
    listing: "Fonts"


def typefaces(text: str, folders: tuple[Path, ...] | None = None) -> Typefaces:
    """The families to set `text` in. folders: look there instead of in the system's.

    Raises ResourceMissing where the text has Chinese (or other CJK) characters and no font for them is installed.
    """
    from typst import Fonts

    if folders is None:
        listing = Fonts(include_system_fonts=True)
    else:
        listing = Fonts(include_system_fonts=False, font_paths=list(folders))
    there_is = {family.casefold() for family in listing.families()}
    chinese = tuple(family for family in CHINESE if family.casefold() in there_is)[:1]
    if not chinese and CJK.search(text):
        raise ResourceMissing(
            "A PDF with Chinese characters needs a Chinese font, and none was found. "
            "Linux: apt-get install fonts-noto-cjk. macOS: turn on PingFang SC or Songti SC in Font Book. "
            "Windows: Settings > System > Optional features > Chinese (Simplified) Supplemental Fonts. "
            "Then export again.",
            "含中文的 PDF 需要中文字体，但没有找到。Linux：apt-get install fonts-noto-cjk。"
            "macOS：在“字体册”中启用苹方或宋体。Windows：设置 > 系统 > 可选功能，添加“简体中文补充字体”。"
            "然后重新导出。",
        )
    return Typefaces((LATIN, *chinese), (*chinese, LATIN), listing)
