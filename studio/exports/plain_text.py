"""Text as file formats can hold it."""

import re
import unicodedata

# what XML 1.0 cannot hold at all
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def xml_text(text: str) -> str:
    """Without the characters that no XML file may contain."""
    return _FORBIDDEN.sub(" ", text)


def one_line(text: str, longest: int = 250) -> str:
    """Without line breaks and control characters of any script, spaces gathered, cut to `longest` characters."""
    plain = "".join(
        " " if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp") else letter for letter in text
    )
    return " ".join(plain.split())[:longest]
