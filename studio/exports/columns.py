"""The one list of a shot sheet's columns: what CSV, XLSX and PDF call them and say in them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from storage.errors import InvalidInput, Language
from studio.exports.timeline import Clip, ClipLine, Likeness, Timeline, frames_of
from studio.screenplay.lines import title_case
from studio.vocabulary import ANGLES, FRAMINGS, INT_EXT, MOVEMENTS, PARTS, SIZES, STATUSES, TIMES, Vocabulary

COMPOSITED = {"en": "composited", "zh": "合成"}
UNCAST = {"en": "uncast", "zh": "未定角"}
NOT_MEASURED = {"en": "not measured", "zh": "未测"}
NOT_RENDERED = {"en": "not rendered", "zh": "未出图"}
DELIVERIES = {"en": {"VO": "V.O.", "OS": "O.S."}, "zh": {"VO": "VO", "OS": "OS"}}


@dataclass(frozen=True, slots=True)
class Row:
    """A clip as a sheet shows it; seconds is its length, fps the frames in each."""

    clip: Clip
    seconds: float
    fps: int
    language: Language


def rows(timeline: Timeline, language: Language) -> list[Row]:
    """One row a clip, omitted ones too, in the timeline's order."""
    return [Row(clip, timeline.seconds(clip), timeline.fps, language) for clip in timeline.clips]


@dataclass(frozen=True, slots=True)
class Column:
    """key: stable name for machines. en, zh: headings. width: in characters of the sheet's font.

    text: what a row says in this column. choices: the words to choose from, if there are such.
    """

    key: str
    en: str
    zh: str
    width: float
    text: Callable[[Row], str]
    choices: Vocabulary | None = None

    def heading(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


def word(vocabulary: Vocabulary, code: str, language: Language) -> str:
    """A code in the sheet's language. A shot size stays its code in English: MCU is what a crew says."""
    if vocabulary is SIZES and language == "en":
        return code
    return vocabulary.text(code, language)


def spoken(line: ClipLine, language: Language) -> str:
    """A line of dialogue: 'MAYA (V.O., softly): Wait.' or '林晚（VO，低声）：等等。'

    A name whose capitals say something (McCoy) keeps them: a sheet that comes back must give the same person.
    """
    aside = [DELIVERIES[language].get(line.delivery, ""), line.manner.strip("()（） ")]
    if language == "zh":
        manner = "，".join(filter(None, aside))
        return f"{line.speaker}{f'（{manner}）' if manner else ''}：{line.text}"
    manner = ", ".join(filter(None, aside))
    capitals = line.speaker.upper()
    speaker = capitals if title_case(capitals) == line.speaker else line.speaker
    return f"{speaker}{f' ({manner})' if manner else ''}: {line.text}"


def identity(likeness: Likeness, language: Language) -> str:
    """A person's name with the similarity, or why there is none."""
    if likeness.uncast:
        said = UNCAST[language]
    elif likeness.composited:
        said = COMPOSITED[language]
    elif likeness.similarity is None:
        said = NOT_MEASURED[language]
    else:
        said = f"{likeness.similarity:.2f}"
    return f"{likeness.character} {said}"


def picture_name(clip: Clip) -> str:
    """The relative name of the clip's frame, which is always a PNG: frames/E01_S02_2A.png."""
    scene, number = (re.sub(r"[^\w-]", "-", part) for part in (clip.scene, clip.number))
    return f"frames/E{clip.episode:02d}_S{scene:0>2}_{number}.png"


def scene_heading(clip: Clip, language: Language) -> str:
    """'INT. Ballroom - NIGHT' or '内 客厅 夜'."""
    place, time = word(INT_EXT, clip.int_ext, language), word(TIMES, clip.time_of_day, language)
    if language == "zh":
        return " ".join(filter(None, (place, clip.location, time)))
    return " - ".join(filter(None, (" ".join(filter(None, (f"{place}." if place else "", clip.location))), time)))


def _cast(row: Row) -> str:
    """Who is in frame; of whom it is not the face but a hand, the feet or the back, says so: 'Maya (hand), Adrian'."""
    said = []
    for name, part in zip(row.clip.cast, row.clip.parts or ("face",) * len(row.clip.cast), strict=True):
        if part == "face" or (part == "figure" and row.clip.framing == "establishing"):
            said.append(name)
        else:
            said.append(f"{name}（{PARTS.text(part, 'zh')}）" if row.language == "zh" else f"{name} ({part})")
    return ("、" if row.language == "zh" else ", ").join(said)


def _duration(row: Row) -> str:
    """Seconds with as few decimals as give the same frames again: 2.3, where 55 frames of 24 are 2.2917."""
    for places in (1, 2):
        said = f"{row.seconds:.{places}f}"
        if row.clip.frames == 0 or (float(said) and frames_of(float(said), row.fps) == row.clip.frames):
            return said
    return f"{row.seconds:.3f}"


def _image(row: Row) -> str:
    if row.clip.omitted:
        return ""
    return picture_name(row.clip) if row.clip.picture else NOT_RENDERED[row.language]


def _looks(row: Row) -> str:
    colon = "：" if row.language == "zh" else ": "
    named = zip(row.clip.cast, row.clip.looks, strict=bool(row.clip.looks))
    return "\n".join(f"{name}{colon}{look}" for name, look in named if look)


def _identity(row: Row) -> str:
    lines = [identity(likeness, row.language) for likeness in row.clip.likeness]
    if row.clip.uncast and not any(likeness.uncast for likeness in row.clip.likeness):
        lines.append(UNCAST[row.language])
    return "\n".join(lines)


def _engine(row: Row) -> str:
    """What made the picture, and what must be said of it."""
    notices = () if row.clip.omitted else row.clip.notices
    return "\n".join(filter(None, (row.clip.engine, *(each.text(row.language) for each in notices))))


def _coded(key: str, en: str, zh: str, width: float, vocabulary: Vocabulary, code: Callable[[Clip], str]) -> Column:
    return Column(key, en, zh, width, lambda row: word(vocabulary, code(row.clip), row.language), vocabulary)


def _state(clip: Clip) -> str:
    return "omitted" if clip.omitted else clip.status


COLUMNS: tuple[Column, ...] = (
    Column("episode", "Ep", "集", 5, lambda row: str(row.clip.episode)),
    Column("scene", "Scene", "场号", 7, lambda row: row.clip.scene),
    Column("shot", "Shot", "镜号", 7, lambda row: row.clip.number),
    _coded("status", "Status", "状态", 10, STATUSES, _state),
    _coded("int_ext", "I/E", "内外景", 8, INT_EXT, lambda clip: clip.int_ext),
    Column("location", "Location", "场景", 20, lambda row: row.clip.location),
    _coded("time", "Time", "时间", 13, TIMES, lambda clip: clip.time_of_day),
    _coded("size", "Size", "景别", 9, SIZES, lambda clip: clip.size),
    _coded("framing", "Framing", "构图", 13, FRAMINGS, lambda clip: clip.framing),
    _coded("angle", "Angle", "角度", 11, ANGLES, lambda clip: clip.angle),
    _coded("movement", "Movement", "运镜", 12, MOVEMENTS, lambda clip: clip.movement),
    Column("lens", "Lens", "焦段", 10, lambda row: row.clip.lens),
    Column("equipment", "Equipment", "器材", 14, lambda row: row.clip.equipment),
    Column("description", "Description", "画面内容", 36, lambda row: row.clip.description),
    Column("cast", "Cast", "人物", 16, _cast),
    Column(
        "dialogue",
        "Dialogue / VO",
        "台词/旁白",
        36,
        lambda row: "\n".join(spoken(line, row.language) for line in row.clip.dialogue),
    ),
    Column("sound", "SFX / Music", "音效/音乐", 24, lambda row: row.clip.sound),
    Column("art", "Props / Wardrobe / Make-up", "服化道", 24, lambda row: row.clip.art),
    Column("duration", "Dur (s)", "时长(秒)", 10, _duration),
    Column("transition", "Transition", "转场", 11, lambda row: row.clip.transition),
    Column("image", "Frame", "画面", 14, _image),
    Column("notes", "Notes", "备注", 24, lambda row: row.clip.notes),
    Column("take", "Take", "条次", 7, lambda row: row.clip.take),
    Column("look", "Look", "造型", 20, _looks),
    Column("identity", "Identity", "身份", 20, _identity),
    Column("engine", "Engine", "引擎", 24, _engine),
    Column(
        "findings",
        "Findings",
        "场记提示",
        28,
        lambda row: "\n".join(each.text(row.language) for each in row.clip.findings),
    ),
    Column("uid", "UID", "UID", 34, lambda row: row.clip.uid),
)

BY_KEY = {column.key: column for column in COLUMNS}
NUMERIC = frozenset({"episode", "duration"})  # the rest is text, whatever it looks like

# what fits on paper beside a picture
PRINTED = (
    "scene",
    "shot",
    "image",
    "size",
    "angle",
    "movement",
    "description",
    "dialogue",
    "sound",
    "duration",
    "notes",
)


def chosen_columns(keys: Iterable[str], otherwise: Iterable[str] = tuple(BY_KEY)) -> tuple[Column, ...]:
    """The columns of those keys in their order, each once; of `otherwise` where there are none. Raises InvalidInput."""
    wanted = tuple(dict.fromkeys(keys)) or tuple(otherwise)
    strangers = [key for key in wanted if key not in BY_KEY]
    if strangers:
        there_is = ", ".join(BY_KEY)
        named = ", ".join(f"'{key}'" for key in strangers)
        raise InvalidInput(
            f"A sheet has no column {named}. It has: {there_is}.",
            f"分镜表没有列 {named}。可用的列：{there_is}。",
        )
    return tuple(BY_KEY[key] for key in wanted)
