"""An episode as it stands, as the blocks of a screenplay: what Fountain and Final Draft are written from.

Every shot is a line of its own with its number, and the notes below it say what a screenplay has no place for. The
studio's own reader makes the same scenes, shots and lines of dialogue of it again (studio.screenplay.story).

Not kept: frames, takes, prompts, looks, plates, placements and gazes; an omitted shot's content; line breaks inside a
text; a description that is empty comes back as who is seen; names all in capitals come back in title case.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from storage.errors import Language
from studio.exports.plain_text import one_line, xml_text
from studio.exports.timeline import Clip, ClipLine, Timeline
from studio.screenplay.fields import SOUND_FIELDS, read_field, read_shot_field
from studio.screenplay.lines import has_cjk, title_case
from studio.screenplay.marks import Mark, read_mark
from studio.vocabulary import ANGLES, FRAMINGS, MOVEMENTS, SIZES, TIMES

Kind = Literal["heading", "shot", "action", "character", "parenthetical", "dialogue", "transition"]

_INT_EXT: dict[Language, dict[str, str]] = {
    "en": {"INT": "INT.", "EXT": "EXT.", "INT/EXT": "INT./EXT."},
    "zh": {"INT": "内景", "EXT": "外景", "INT/EXT": "内外景"},
}
_FIELDS = {
    "seconds": ("Duration", "时长"),
    "cast": ("Cast", "人物"),
    "lens": ("Lens", "焦段"),
    "equipment": ("Equipment", "器材"),
    "sound": ("Sound", "声音"),
    "art": ("Art", "服化道"),
    "notes": ("Notes", "备注"),
}
_OMITTED: dict[Language, str] = {"en": "OMITTED", "zh": "已删除"}
_SQUARE = str.maketrans("()（）", "[][]")


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph of a screenplay, on one line. number: of a heading or a shot. notes: what stands beside it."""

    kind: Kind
    text: str
    number: str = ""
    notes: tuple[str, ...] = ()


def blocks(timeline: Timeline, language: Language) -> Iterator[tuple[Clip, list[Block]]]:
    """Every clip with its blocks; a scene's heading stands with its first clip."""
    for scene in timeline.scenes():
        first = scene[0]
        names = dict.fromkeys(name for clip in scene for name in clip.cast)
        listed = (_field("cast", _names(list(names), language), language),) if names else ()
        heading = Block("heading", _heading(first, language), _number(first.scene), listed)
        for clip in scene:
            yield clip, [*([heading] if clip is first else []), *_shot(clip, timeline.seconds(clip), language)]


def _line(text: str) -> str:
    return " ".join(xml_text(text).split())


def _number(text: str) -> str:
    """A number as both formats can hold it: one line of at most 24 characters, without #."""
    return one_line(text.replace("#", "＃"), 24).strip()


def _heading(clip: Clip, language: Language) -> str:
    inside = _INT_EXT[language].get(clip.int_ext, clip.int_ext)
    time = TIMES.text(clip.time_of_day, language)
    return _line(f"{inside} {clip.location} - {time}" if time else f"{inside} {clip.location}")


def _shot(clip: Clip, seconds: float, language: Language) -> list[Block]:
    if clip.omitted:
        return [Block("shot", _OMITTED[language], _number(clip.number))]
    mark, named = _marking(clip, language)
    notes = tuple(_notes(clip, seconds, named, language))
    found = [Block("shot", mark, _number(clip.number) or "0", notes)]
    found += [Block("action", text) for line in clip.description.splitlines() if (text := _line(line))]
    for line in clip.dialogue:
        found += _speech(line)
    if transition := _line(clip.transition).strip("<> "):
        found.append(Block("transition", transition))
    return found


def _marking(clip: Clip, language: Language) -> tuple[str, bool]:
    """(marking, whether it names the cast): with the names where it reads back as the same shot, else without."""
    words = [SIZES.text(clip.size, language), FRAMINGS.text(clip.framing, language)]
    words += [ANGLES.text(clip.angle, language)] if clip.angle != "eye-level" else []
    words += [MOVEMENTS.text(clip.movement, language)] if clip.movement != "static" else []
    bare = " - ".join(words)
    cast = [_line(name) for name in clip.cast]
    if clip.framing == "OTS" and len(cast) == 2:
        over = f"过{cast[0]}肩" if language == "zh" else f"over {cast[0]}'s shoulder"
        named = " - ".join([words[0], *words[2:], over, cast[1]])
        wanted = Mark(clip.size, "OTS", foreground=cast[0], subject=cast[1])
    elif 0 < len(cast) <= 2 and clip.framing != "insert":
        names = _names(cast, language)
        named, wanted = f"{bare} - {names}", Mark(clip.size, clip.framing, subject=names)
    else:
        return (bare if language == "zh" else bare.upper()), not cast
    named = named if language == "zh" else named.upper()
    if _same(read_mark(named, bare=True), wanted, clip):
        return named, True
    return (bare if language == "zh" else bare.upper()), False


def _same(read: Mark | None, wanted: Mark, clip: Clip) -> bool:
    return (
        read is not None
        and (read.size, read.framing) == (wanted.size, wanted.framing)
        and (
            read.angle or "eye-level",
            read.movement or "static",
            read.foreground.casefold(),
            _loose(read.subject),
        )
        == (clip.angle, clip.movement, wanted.foreground.casefold(), _loose(wanted.subject))
    )


def _loose(names: str) -> list[str]:
    return names.casefold().replace("、", " ").replace("-", " ").split()


def _names(names: Sequence[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(_line(name) for name in names)


def _notes(clip: Clip, seconds: float, named: bool, language: Language) -> Iterator[str]:
    """What the shot's line does not say. Its seconds come first: they make it a planned one."""
    unit = "秒" if language == "zh" else "s"
    yield _field("seconds", f"{f'{seconds:.3f}'.rstrip('0').rstrip('.')} {unit}", language)
    if not named:
        yield _field("cast", _names(clip.cast, language), language)
    sound = read_field(clip.sound)
    if sound and sound[0] in SOUND_FIELDS and not read_shot_field(clip.sound):
        yield _line(clip.sound)
    elif clip.sound.strip():
        yield _field("sound", clip.sound, language)
    for field, value in (
        ("lens", clip.lens),
        ("equipment", clip.equipment),
        ("art", clip.art),
        ("notes", clip.notes),
    ):
        if value.strip():
            yield _field(field, value, language)


def _field(field: str, value: str, language: Language) -> str:
    name = _FIELDS[field][language == "zh"]
    return f"{name}：{_line(value)}" if language == "zh" else f"{name}: {_line(value)}"


def _speech(line: ClipLine) -> list[Block]:
    text = _line(line.text)
    if not text:
        return []
    name = _line(line.speaker)
    shown = name.upper() if not has_cjk(name) and title_case(name.upper()) == name else name
    over = {"OS": " (O.S.)", "VO": " (V.O.)"}.get(line.delivery, "")
    manner = _line(line.manner)
    found = [Block("character", shown + over)]
    if manner:
        found.append(Block("parenthetical", f"({manner if _balanced(manner) else manner.translate(_SQUARE)})"))
    return [*found, Block("dialogue", text)]


def _balanced(text: str) -> bool:
    depth = 0
    for letter in text:
        depth += (letter in "(（") - (letter in ")）")
        if depth < 0:
            return False
    return depth == 0
