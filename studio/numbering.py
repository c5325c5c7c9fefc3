"""Shot numbers that people read: given once, never given again, and in order by themselves. Pure.

Two habits: `2A, 2B ...` per scene (letters without I and O, which read as 1 and 0), and `1 ... n` through an episode.
A number, once given, stays with its shot; a shot put between two others gets a number between theirs: 12A after 12,
12B after 12A, 2AA after 2A, and 12.5 between 12 and 12A, where no letter is left.

Order: by scene, then symbol by symbol as in a dictionary, the end before `.`, digits before letters. So 2AA stands
between 2A and 2B, and a scene's 25th shot is 2ZA, since 2AA would sort behind 2A.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Literal

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"

SortKey = tuple[int, int, tuple[int, str], str, str, tuple[tuple[int, int, str], ...]]

_NUMBER = re.compile(r"([A-Z]{0,4})([0-9]{1,9})(?:([A-Z][A-Z0-9.]*)-)?([A-Z.][A-Z0-9.]*)?")
_PIECE = re.compile(r"[0-9]{1,18}|[^0-9]+")


def sort_key(number: str) -> SortKey:
    """The key that puts numbers in order: 2A < 2AA < 2B < 10, A22 before 22, 12 < 12.5 < 12A, 10B before 10A-A.

    Numbers of another make (somebody typed 片头 2) come last, in natural order.
    """
    text = number.strip().upper()
    found = _NUMBER.fullmatch(text)
    if found is None:
        pieces = tuple(
            (0, int(piece), "") if piece[0] in "0123456789" else (1, 0, piece)
            for piece in _PIECE.findall(text)
            if piece
        )
        return 1, 0, (0, ""), "", "", pieces
    prefix, base, scene, tail = found.groups(default="")
    return 0, int(base), (0, prefix) if prefix else (1, ""), scene, tail, ()


def scene_numbers(scene: str, count: int) -> list[str]:
    """`count` numbers for the shots of a scene: 2A ... 2Z, 2ZA ...; A22 → A22A; a scene 10A → 10A-A, so that it is
    never taken for shot A of scene 10."""
    scene = scene.strip().upper()
    stem = scene if scene[-1:].isdigit() else f"{scene}-"
    numbers, tail = [], ""
    for index in range(count):
        place = index % len(LETTERS)
        if place == 0 and index:
            tail += LETTERS[-1]
        numbers.append(f"{stem}{tail}{LETTERS[place]}")
    return numbers


def episode_numbers(count: int, start: int = 1) -> list[str]:
    """`count` running numbers from `start`."""
    return [str(number) for number in range(start, start + count)]


def number_shots(style: Literal["scene", "episode"], scenes: Iterable[tuple[str, int]]) -> list[list[str]]:
    """Numbers for every scene, given as (scene number, how many shots), in order."""
    result, start = [], 1
    for scene, count in scenes:
        result.append(scene_numbers(scene, count) if style == "scene" else episode_numbers(count, start))
        start += count
    return result


def number_between(before: str | None, after: str | None, taken: Collection[str]) -> str:
    """A new number for a shot between `before` and `after`, never one of `taken`.

    before, after: the numbers of the neighbours, None at an end. taken: every number of the episode that is or was in
    use, omitted shots included. The new number sorts between the neighbours wherever they are in order themselves
    (a moved shot may stand anywhere); for the first shot of a scene give None, not the last of the scene above. A number in `taken` that only differs in case counts as the same.
    """
    used = {number.strip().upper() for number in taken}
    low = before.strip().upper() if before is not None else _below(after, used)
    high = after.strip().upper() if after is not None else None
    if high is not None and sort_key(high) <= sort_key(low):
        high = None
    if before is None and after is None:
        return str(max((sort_key(number)[1] for number in used), default=0) + 1)
    if (
        before is not None
        and high is None
        and _NUMBER.fullmatch(low)
        and low.isdecimal()
        and all(sort_key(low) >= sort_key(n) for n in used)
    ):
        return str(int(low) + 1)
    floor, ceiling = sort_key(low), sort_key(high) if high is not None else None
    for number in _candidates(low, high):
        key = sort_key(number)
        if number not in used and key > floor and (ceiling is None or key < ceiling):
            return number
    return next(number for number in _beyond(low) if number not in used)


def _below(after: str | None, used: Collection[str]) -> str:
    """What stands before the first shot: its bare scene number, or the running number before it."""
    if after is None:
        return "0"
    high = after.strip().upper()
    found = _NUMBER.fullmatch(high)
    if found and (found[4] or found[3]):
        return high[: len(high) - len(found[4] or "")].removesuffix("-") if found[4] else high
    lower = [number for number in used if sort_key(number) < sort_key(high)]
    if lower:
        return max(lower, key=sort_key)
    return str(max(0, int(found[2]) - 1)) if found else "0"


def _candidates(low: str, high: str | None) -> Iterator[str]:
    """Numbers above `low`, the handsomest first: the next letter, one letter more, digits behind a point."""
    if _NUMBER.fullmatch(low) and low[-1] in LETTERS:
        yield from (low[:-1] + letter for letter in LETTERS[LETTERS.index(low[-1]) + 1 :])
    yield from (low + letter for letter in LETTERS)
    yield from _decimals(low, high)


def _beyond(low: str) -> Iterator[str]:
    """Numbers above `low` without end, for where nothing fits below the next one (12 and a typed 12.0)."""
    while True:
        low += LETTERS[-1]
        yield from (low + letter for letter in LETTERS)


def _decimals(low: str, high: str | None) -> Iterator[str]:
    """Numbers just above `low` by digits behind a point, ever closer to it: 12.5, 12.2, 12.1, 12.05 ..."""
    point = "" if re.search(r"\.\d*$", low) else "."
    closest = len(high) + 2 if high is not None else 2
    for zeros in range(closest):
        yield from (f"{low}{point}{'0' * zeros}{digit}" for digit in (5, 2, 1))
