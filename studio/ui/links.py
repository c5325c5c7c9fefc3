"""Addresses of what the page shows, and the names under which sheets leave it."""

from urllib.parse import urlencode

from studio.exports import FORMATS

# no system lets these into a file name, or some would read a path or a device in them
_UNSAFE = dict.fromkeys(map(ord, '\\/:*?"<>|%'), " ")
LONGEST_TITLE = 60


def picture_url(sha256: str) -> str:
    return f"/picture/{sha256}"


def board_url(series: str, episode: int) -> str:
    return f"/board?{urlencode({'series': series, 'episode': episode})}"


def sheet_url(series_uid: str, episode: int, form: str) -> str:
    return f"/sheet/{series_uid}/{episode}/{form}"


def sheet_name(title: str, episode: int, form: str) -> str:
    """What a downloaded file is called: 'Paid in Full E01.xlsx', 'Paid in Full E01 bible.pdf'. form: the format's name."""
    suffix = FORMATS[form].suffix
    named = "" if suffix == f".{form}" else f" {form}"
    printable = "".join(letter if letter.isprintable() else " " for letter in title.translate(_UNSAFE))
    safe = " ".join(printable.split())[:LONGEST_TITLE].strip(" .")
    return f"{safe} E{episode:02d}{named}{suffix}".lstrip()
