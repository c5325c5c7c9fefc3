"""Names as people write them, and the folded form by which they are found."""

import unicodedata

from storage.errors import InvalidInput

LONGEST = 100


def name_key(text: str) -> str:
    """The form in which names are compared: NFKC, case-folded, inner white space one blank, invisible characters gone.

    Two names with one key are one name; folding a key again changes nothing.
    """
    folded = text
    for _ in range(4):  # folding can undo a normal form, and the other way round; a second round settles that
        again = " ".join(_visible(unicodedata.normalize("NFKC", folded).casefold()).split())
        if again == folded:
            break
        folded = again
    return folded


def clean_name(text: str) -> str:
    """The name as it is kept and shown: NFC, white space tidied. Raises InvalidInput where nothing is left, or too much."""
    name = " ".join(_visible(unicodedata.normalize("NFC", text)).split())
    if not name_key(name):
        raise InvalidInput(
            "A name is missing: write at least one letter or character.", "名字不能为空：请至少填写一个字。"
        )
    if len(name) > LONGEST:
        raise InvalidInput(f"A name may have at most {LONGEST} characters.", f"名字最多 {LONGEST} 个字符。")
    return name


def _visible(text: str) -> str:
    """Without format characters, surrogates and unassigned code points; control characters become blanks."""
    kept = []
    for character in text:
        category = unicodedata.category(character)
        if category == "Cc":
            kept.append(" ")
        elif not category.startswith("C"):
            kept.append(character)
    return "".join(kept)
