"""The columns of a shot table: what they are called, and what stands in a cast, dialogue or duration cell."""

import re
from collections.abc import Sequence

from studio.screenplay.cues import is_crowd, is_narrator, read_cue
from studio.screenplay.draft import CastDraft, Speech
from studio.screenplay.lines import half, has_cjk, tidy
from studio.vocabulary import PARTS

_NAMES: dict[str, str] = {
    "episode": "episode ep ep. epi 集 集数 集号 e",
    "scene": "scene sc sc. 场 场号 场次 场景号 scene# scene_no",
    "shot": "shot shot# no no. # 镜号 镜头 镜头号 镜 序号 编号 setup",
    "status": "status 状态",
    "int_ext": "i/e int/ext int_ext 内外景 内外 内/外 内外景别",
    "location": "location place set 场景 地点 拍摄地点 景点",
    "time": "time day/night d/n time_of_day 时间 日夜 日/夜 时段",
    "size": "size shot_size 景别 景",
    "framing": "framing composition 构图 镜头类型 shot_type type",
    "angle": "angle camera_angle 角度 机位 拍摄角度 摄法",
    "movement": "movement move camera_movement camera 运镜 运动 镜头运动 拍摄手法 摄影机运动 技巧",
    "lens": "lens focal_length 焦段 镜头焦段 焦距",
    "equipment": "equipment gear 器材 设备",
    "description": "description action visual picture content shot_description 画面内容 画面描述 内容 描述 画面说明 镜头内容 动作",
    "cast": "cast actors characters subject people 人物 角色 出镜人物 演员",
    "dialogue": "dialogue dialogue/vo dialogue_/_vo vo line lines 台词 对白 台词/旁白 对白/旁白 旁白 台词旁白",
    "sound": "sound sfx sfx/music sfx_/_music music audio 音效 音乐 声音 音效/音乐 音效音乐 配乐 音响",
    "art": "art props props/wardrobe props_/_wardrobe_/_make-up wardrobe 服化道 道具 服装 服装道具",
    "duration": "duration dur dur(s) dur_(s) seconds secs length 时长 时长(秒) 秒 秒数 长度 时长s",
    "transition": "transition 转场 转场方式 衔接",
    "image": "frame image thumbnail 画面 图 缩略图 参考图",
    "notes": "notes note remarks comment comments 备注 说明 注释",
    # what our own sheets add about the take; a sheet that comes back does not change it
    "take": "take 条 条次",
    "look": "look looks 造型",
    "identity": "identity likeness similarity 相似度 身份 身份相似度",
    "engine": "engine 引擎",
    "findings": "findings 场记提示",
    "uid": "uid",
}
_COLUMN = {name: column for column, names in _NAMES.items() for name in names.split()}


def column_of(heading: str) -> str | None:
    """The column that a heading means: 'Dur (s)' → duration, 画面内容 → description; None for a stranger."""
    name = tidy(half(heading).replace("\ufeff", "")).casefold().replace(" ", "_")
    bare = re.sub(r"[_\s]|\([^()]*\)", "", name)
    return _COLUMN.get(name) or _COLUMN.get(name.replace("_", "")) or _COLUMN.get(bare)


_PERSON = re.compile(r"([^()]+?) ?(?:\(([^()]*)\))?$")
# 林晚和陆沉 are two, 李和平 is one
_SPLIT = re.compile(r"[、,;/&+\n|]| and |(?<=[\u4e00-\u9fff]{2})[和与](?=[\u4e00-\u9fff]{2})")


def read_cast(cell: str) -> list[CastDraft]:
    """The people of a cast cell: 'Maya, Old man (hand)', 陆沉（脚部）、林晚. A voice only (V.O.) is nobody in frame."""
    people = []
    for piece in _split_outside_brackets(half(cell)):
        found = _PERSON.match(tidy(piece))
        if not found or is_crowd(found[1]) or is_narrator(found[1]):
            continue
        inside = found[2] or ""
        if read_cue(f"X({inside})").delivery == "spoken":
            people.append(CastDraft(found[1].strip(), part=PARTS.read(inside) or "face"))
    return people


def _split_outside_brackets(text: str) -> list[str]:
    """`text` at its commas and the like, those inside brackets aside."""
    hidden = re.sub(r"\([^()]*\)", lambda match: "\0" * len(match[0]), text)
    pieces, at = [], 0
    for found in _SPLIT.finditer(hidden):
        pieces.append(text[at : found.start()])
        at = found.end()
    return [piece for piece in (*pieces, text[at:]) if piece.strip()]


_ASIDES = r"(?:\([^()]*\) ?)*+"
_SPEECH = re.compile(rf"({_ASIDES}[^:\"“”。！？!?()]{{1,40}}? ?{_ASIDES}): ?(.+)$")


def read_dialogue(cell: str, people: Sequence[str]) -> tuple[tuple[Speech, ...], bool]:
    """(speeches, whether a speaker had to be guessed) of a dialogue cell, one `NAME (manner): words` a line.

    A line without a name goes on with the one above; else it is the only person's in frame.
    """
    speeches: list[Speech] = []
    unclear = False
    for line in (tidy(part) for part in cell.splitlines() if part.strip()):
        if line in ("-", "—", "无", "/"):
            continue
        found = _SPEECH.match(half(line))
        if found:
            cue = read_cue(line[: found.end(1)])
            speeches.append(Speech(cue.name, line[found.start(2) :], cue.manner, cue.delivery))
        elif speeches:
            last = speeches.pop()
            joint = "" if has_cjk(line) else " "
            speeches.append(Speech(last.speaker, f"{last.text}{joint}{line}", last.manner, last.delivery))
        else:
            unclear = unclear or len(people) != 1
            speeches.append(
                Speech(people[0], line) if people else Speech("旁白" if has_cjk(line) else "Narrator", line, "", "VO")
            )
    return tuple(speeches), unclear


_MINUTES = re.compile(r"(\d{1,3}):(\d{1,2}(?:\.\d+)?)$")
_SECONDS = re.compile(r"(\d{1,4}(?:\.\d{1,10})?) ?(?:s|sec|secs|seconds|秒|\"|″)?$", re.IGNORECASE)


def read_seconds(cell: str) -> float | None:
    """Seconds, to the thousandth, of '4.5', '4.5s', '4秒', '0:04'; None where the cell says nothing of the kind, or nought."""
    text = tidy(half(cell))
    seconds = None
    if found := _MINUTES.match(text):
        seconds = int(found[1]) * 60 + float(found[2])
    elif found := _SECONDS.match(text):
        seconds = float(found[1])
    return round(seconds, 3) if seconds and 0.001 <= seconds <= 3600 else None
