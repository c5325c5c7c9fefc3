"""The fields of the native Chinese form: `人物：`, `场景：`, `音效：` ... and what each is about."""

import re

from studio.screenplay.lines import half

CAST_FIELDS = frozenset({"cast", "人物", "出场人物", "登场人物", "出场", "角色", "出场角色", "本场人物", "主要人物"})
PLACE_FIELDS = frozenset({"场景", "地点", "景", "场地"})
TIME_FIELDS = frozenset({"时间", "日夜", "时刻"})
INSIDE_FIELDS = frozenset({"内外", "内外景"})
TITLE_FIELDS = frozenset({"剧名", "片名"})
SOUND_FIELDS = frozenset(
    {"音效", "音乐", "配乐", "bgm", "sfx", "music", "sound", "背景音乐", "背景音", "声音", "特效音", "片头曲", "片尾曲"}
)
SHOWN_FIELDS = frozenset(
    {"字幕", "字卡", "屏幕", "短信", "弹幕", "片尾卡", "片头", "片尾", "特效", "标题", "黑屏字幕", "super", "title"}
)
ART_FIELDS = frozenset({"道具", "服装", "服化道", "化妆", "妆造"})
_OTHER_FIELDS = frozenset(
    {"群演", "备注", "注", "说明", "编剧", "导演", "类型", "集数", "时长", "字数", "版本", "作者", "出品", "梗概"}
    | {"本集梗概", "故事梗概", "剧情梗概", "简介", "一句话梗概", "钩子", "看点"}
)
SHOT_FIELDS = (
    {
        "duration": "seconds",
        "时长": "seconds",
        "lens": "lens",
        "焦段": "lens",
        "equipment": "equipment",
        "器材": "equipment",
    }
    | {"notes": "notes", "备注": "notes", "sound": "sound", "声音": "sound", "art": "art", "服化道": "art"}
    | dict.fromkeys(CAST_FIELDS, "cast")
)
"""What a note below a planned shot may say, and which of the shot's fields that is."""
_KNOWN = (
    CAST_FIELDS | PLACE_FIELDS | TIME_FIELDS | INSIDE_FIELDS | TITLE_FIELDS | SOUND_FIELDS | SHOWN_FIELDS | ART_FIELDS
) | _OTHER_FIELDS
_FIELD = re.compile(r"[\[【(]?\s?([\u4e00-\u9fffA-Za-z]{1,10})\s?[\]】)]?\s?:\s?")


def read_field(text: str) -> tuple[str, str] | None:
    """(name, value) of a line such as `人物：林晚、陆沉`, where the name is one the form knows; None otherwise."""
    said = _named(text)
    return said if said and said[0] in _KNOWN else None


def read_shot_field(text: str) -> tuple[str, str] | None:
    """(field, value) of a note such as `Duration: 4 s`, where it is one of SHOT_FIELDS; None otherwise."""
    said = _named(text)
    return (SHOT_FIELDS[said[0]], said[1]) if said and said[0] in SHOT_FIELDS else None


def _named(text: str) -> tuple[str, str] | None:
    found = _FIELD.match(half(text))
    if not found:
        return None
    return found[1].casefold(), text[found.end() :].strip().rstrip("】])）" if text[:1] in "【[(（" else "")
