"""The character bible (定妆册) as PDF: who they are, what they wear, where they are and with whom.

A cover, then a page or more a character: names, notes, looks with wardrobe, colours and photos, the scenes they are in,
who shares scenes with them, shots by size. Names that no character answers to stand together on the last page. The text
reaches the template as JSON and never as markup. Same timeline, same bytes.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from storage.errors import InvalidInput, Language
from studio.exports import ExportOptions, OnProgress
from studio.exports.appearances import Appearance, appearances, scene_list
from studio.exports.columns import scene_heading, word
from studio.exports.thumbnail import portrait
from studio.exports.timeline import Clip, DressedAs, Timeline
from studio.exports.typesetting import line_of, lines_of, typeset
from studio.vocabulary import SIZES

PAPERS = {"A4": 1.0, "A3": 420 / 297}  # the page's sides, to A4's
PHOTO = (420, 560)  # pixels
MOST_PHOTOS = 6  # of a look
WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "bible": "Character bible",
        "episode": "Episode {}",
        "counted": "{} · {} · {}",
        "names": "Also called: {}",
        "notes": "Notes",
        "looks": "Looks",
        "no_looks": "No look has been photographed yet.",
        "worn": "Scenes {} · {}",
        "not_worn": "Not worn in this episode",
        "more": "and {}",
        "scenes": "Scenes",
        "scene": "Scene",
        "heading": "Heading",
        "shots": "Shots",
        "shared": "Shares scenes with",
        "with": "{}: {}, {} together",
        "alone": "Nobody",
        "sizes": "Shots by size",
        "lasting": "{} · {} · {:.1f} s",
        "absent": "Not in any shot of this episode",
        "strangers": "Not yet cast",
        "strangers_told": "Names in the shots that no character answers to.",
        "comma": ", ",
        "gap": " · ",
    },
    "zh": {
        "bible": "定妆册",
        "episode": "第{}集",
        "counted": "{}　{}　{}",
        "names": "别名：{}",
        "notes": "备注",
        "looks": "造型",
        "no_looks": "尚无定妆照。",
        "worn": "第 {} 场　{}",
        "not_worn": "本集未穿",
        "more": "另有 {}",
        "scenes": "出场",
        "scene": "场号",
        "heading": "场景",
        "shots": "镜号",
        "shared": "同场人物",
        "with": "{}：同场 {}，同镜 {}",
        "alone": "无",
        "sizes": "景别分布",
        "lasting": "{}　{}　{:.1f} 秒",
        "absent": "本集没有镜头",
        "strangers": "尚未定角",
        "strangers_told": "镜头中出现、但没有对应角色的名字。",
        "comma": "、",
        "gap": "　",
    },
}

# what is counted: one, several, Chinese
COUNTED = {
    "character": ("{} character", "{} characters", "{} 个角色"),
    "scene": ("{} scene", "{} scenes", "{} 场"),
    "shot": ("{} shot", "{} shots", "{} 镜"),
    "photo": ("{} more photo", "{} more photos", "{} 张照片"),
}


def write(timeline: Timeline, target: Path, options: ExportOptions, on_progress: OnProgress) -> None:
    """See `studio.exports.Exporter`. Raises InvalidInput where nobody is in the episode, or for a paper there is not."""
    if options.paper not in PAPERS:
        raise InvalidInput(
            f"A character bible is printed on A4 or A3, not on '{options.paper}'.",
            f"定妆册可用纸张：A4、A3，不能是“{options.paper}”。",
        )
    everybody = appearances(timeline)
    if not everybody:
        raise InvalidInput(
            f"Nobody is in '{timeline.series}' episode {timeline.episode}: a character bible needs a cast.",
            f"《{timeline.series}》第{timeline.episode}集没有任何人物，无法生成定妆册。",
        )
    with TemporaryDirectory(prefix="castlock-bible-") as name:
        folder = Path(name)
        _keep_photos(everybody, folder, on_progress)
        target.write_bytes(typeset("bible.typ", bible(timeline, options), folder, options.fonts))
    on_progress(1.0)


def bible(timeline: Timeline, options: ExportOptions) -> dict[str, Any]:
    """What the template sets, all of it JSON: a cover, the characters, the names without one."""
    words = WORDS[options.language]
    everybody = appearances(timeline)
    cast = [each for each in everybody if each.person is not None]
    live = [clip for clip in timeline.clips if not clip.omitted]
    return {
        "title": line_of(timeline.series),
        "subtitle": line_of(
            words["gap"].join(filter(None, (words["episode"].format(timeline.episode), timeline.title)))
        ),
        "counted": words["counted"].format(
            _many(len(cast), "character", options.language),
            _many(len(scene_list(live)), "scene", options.language),
            _many(len(live), "shot", options.language),
        ),
        "language": options.language,
        "script_language": timeline.language,
        "scale": PAPERS[options.paper],
        "words": words,
        "people": [_person(each, at, everybody, timeline, options.language) for at, each in enumerate(everybody)],
    }


def photo_file(person: int, look: int, photo: int) -> str:
    """Where a photo lies in the folder that is typeset."""
    return f"{person}-{look}-{photo}.jpg"


def _keep_photos(everybody: Sequence[Appearance], folder: Path, on_progress: OnProgress) -> None:
    for at, who in enumerate(everybody):
        for look, dressed in enumerate(who.person.looks if who.person else ()):
            for index, photo in enumerate(dressed.photos[:MOST_PHOTOS]):
                jpeg, _, _ = portrait(photo, who.name, PHOTO)
                (folder / photo_file(at, look, index)).write_bytes(jpeg)
        on_progress(0.8 * (at + 1) / len(everybody))


def _person(
    who: Appearance, at: int, everybody: Sequence[Appearance], timeline: Timeline, language: Language
) -> dict[str, Any]:
    words, person = WORDS[language], who.person
    seconds = sum(clip.frames for clip in who.clips) / timeline.fps
    others = [line_of(name) for name in person.names[1:]] if person else []
    return {
        "name": line_of(who.name),
        "known": person is not None,
        "names": words["names"].format(words["comma"].join(others)) if others else "",
        "notes": lines_of(person.notes) if person else [],
        "lasting": words["lasting"].format(
            _many(len(scene_list(who.clips)), "scene", language), _many(len(who.clips), "shot", language), seconds
        )
        if who.clips
        else words["absent"],
        "looks": [_look(who, look, at, index, language) for index, look in enumerate(person.looks if person else ())],
        "scenes": _scenes(who.clips, language),
        "shared": _shared(who, everybody, language),
        "sizes": [
            [word(SIZES, code, language), count]
            for code in SIZES.codes
            if (count := sum(clip.size == code for clip in who.clips))
        ],
    }


def _look(who: Appearance, look: DressedAs, at: int, index: int, language: Language) -> dict[str, Any]:
    words, clips = WORDS[language], who.wearing(look)
    worn = words["worn"].format(line_of(words["comma"].join(scene_list(clips))), _many(len(clips), "shot", language))
    more = len(look.photos) - MOST_PHOTOS
    return {
        "name": line_of(look.name),
        "wardrobe": lines_of(look.wardrobe),
        "colours": list(look.colours),
        "photos": [photo_file(at, index, photo) for photo in range(min(len(look.photos), MOST_PHOTOS))],
        "more": words["more"].format(_many(more, "photo", language)) if more > 0 else "",
        "worn": worn if clips else words["not_worn"],
    }


def _scenes(clips: Sequence[Clip], language: Language) -> list[dict[str, str]]:
    by_scene: dict[str, list[Clip]] = {}
    for clip in clips:
        by_scene.setdefault(clip.scene, []).append(clip)
    return [
        {
            "number": line_of(scene),
            "heading": line_of(scene_heading(run[0], language)),
            "shots": line_of(WORDS[language]["comma"].join(clip.number for clip in run)),
        }
        for scene, run in by_scene.items()
    ]


def _shared(who: Appearance, everybody: Sequence[Appearance], language: Language) -> list[str]:
    """Who is in the same scenes, those with most of them first, and in how many of the same shots."""
    own, shots = set(scene_list(who.clips)), {clip.uid for clip in who.clips}
    met = [
        (len(own & set(scene_list(other.clips))), len(shots & {clip.uid for clip in other.clips}), other.name)
        for other in everybody
        if other is not who
    ]
    met.sort(key=lambda each: (-each[0], -each[1]))
    return [
        WORDS[language]["with"].format(
            line_of(name), _many(scenes, "scene", language), _many(together, "shot", language)
        )
        for scenes, together, name in met
        if scenes
    ]


def _many(count: int, what: str, language: Language) -> str:
    one, several, chinese = COUNTED[what]
    return (chinese if language == "zh" else one if count == 1 else several).format(count)
