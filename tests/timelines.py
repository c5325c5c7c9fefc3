"""Two episodes as timelines, with frames drawn for the purpose, for the tests of everything that exports."""

from dataclasses import replace
from pathlib import Path

from PIL import Image, ImageDraw

from storage.errors import Language
from studio.exports import ExportOptions, format_for
from studio.exports.timeline import Clip, ClipLine, Likeness, Timeline, frames_of, starts
from studio.exports.writing import export

# scene, number, size, framing, angle, movement, seconds, description, cast, (speaker, text, manner, delivery)..., notes
_EN_SCENES = {
    "1": ("EXT", "Voss Grand Hotel - Staff Entrance", "NIGHT"),
    "2": ("INT", "Voss Grand Hotel - Ballroom", "NIGHT"),
    "3": ("INT", "Service Corridor", "CONTINUOUS"),
    "4": ("EXT", "Hotel Roof", "NIGHT"),
}
_EN = (
    ("1", "1A", "ELS", "establishing", "high", "crane", 5.0, "Golden hotel tower in heavy rain; one small figure runs along its foot with a broken umbrella.", ("Maya",), (), "Title in the upper third"),
    ("1", "1B", "MCU", "single", "eye-level", "handheld", 3.5, "Maya, soaked, reaches the steel door and swipes her badge.", ("Maya",), (), ""),
    ("1", "1C", "ECU", "insert", "eye-level", "static", 2.0, "Badge reader flashes red: ACCESS REVOKED.", (), (), "Screen text to be composited"),
    ("2", "2A", "LS", "group", "eye-level", "push-in", 5.0, "Ballroom gala; doors open, Maya walks in dripping and the guests part.", ("Maya", "Vivian"), (), ""),
    ("2", "2B", "MS", "OTS", "eye-level", "static", 4.0, "Over Vivian's shoulder onto Maya, one step away.", ("Vivian", "Maya"), (("Vivian", "You were dismissed an hour ago.", "coldly", "spoken"),), ""),
    ("2", "2C", "CU", "single", "eye-level", "static", 4.0, "Maya wipes rain from her eyes; no fear left.", ("Maya",), (("Maya", "Then let me return one last thing.", "", "spoken"),), "Eyeline camera left"),
    ("2", "2D", "ECU", "insert", "high", "static", 2.5, "Wet hand sets a brass key on the white tablecloth; tag engraved 19.", (), (), "HERO PROP: must match 4B"),
    ("2", "2E", "CU", "single", "low", "push-in", 4.5, "Colour leaves Vivian's face.", ("Vivian",), (("Vivian", "Where did you get that?", "", "spoken"),), ""),
    ("2", "2F", "MS", "two-shot", "eye-level", "static", 4.5, "Adrian steps in beside his mother, staring at the key.", ("Adrian", "Vivian"), (("Adrian", "Mother. That's Dad's key.", "", "spoken"),), ""),
    ("3", "3A", "MLS", "single", "eye-level", "track", 5.0, "Maya strides toward camera under fluorescent tubes; Adrian bursts through the doors behind.", ("Maya", "Adrian"), (("Adrian", "Wait!", "", "OS"),), ""),
    ("3", "3B", "MCU", "two-shot", "eye-level", "static", 7.0, "Nose to nose in profile between the laundry carts.", ("Adrian", "Maya"), (("Adrian", "Who gave it to you?", "", "spoken"), ("Maya", "Your father. This morning.", "", "spoken")), "Stack heads vertically for 9:16"),
    ("3", "3C", "CU", "single", "high", "push-in", 5.0, "Adrian's face goes blank.", ("Adrian",), (("Adrian", "My father died eleven years ago.", "barely a voice", "spoken"),), "Cliff-hanger 1"),
    ("4", "4A", "FS", "single", "low", "pull-out", 4.0, "A man in a dark coat at the parapet, seen from behind.", (), (("Maya", "He said you would say that.", "", "VO"),), ""),
    ("4", "4B", "ECU", "insert", "eye-level", "rack-focus", 4.0, "The same key in his hand. Tag: 19.", (), (), ""),
)  # fmt: skip
_ZH_SCENES = {
    "1": ("EXT", "老街·晚晴钟表铺门口", "DAY"),
    "2": ("INT", "晚晴钟表铺", "DAY"),
    "3": ("INT", "陆家老宅·客厅", "NIGHT"),
    "4": ("EXT", "陆家老宅·大门口", "NIGHT"),
}
_ZH = (
    ("1", "1", "ELS", "establishing", "high", "crane", 5.0, "雨后老街，青石板泛光，黑色轿车缓缓停在钟表铺门前。", (), (), "片名放上三分之一"),
    ("1", "2", "CU", "insert", "low", "static", 2.0, "黑皮鞋踏进水洼，倒影里的招牌碎开。", ("陆沉",), (), ""),
    ("2", "3", "FS", "two-shot", "eye-level", "push-in", 5.0, "满墙挂钟，林晚伏案修表，陆沉推门而入。", ("林晚", "陆沉"), (), ""),
    ("2", "4", "MCU", "single", "eye-level", "static", 4.0, "林晚戴着目镜，头也不抬。", ("林晚",), (("林晚", "修表排到下个月了。", "", "spoken"),), ""),
    ("2", "5", "ECU", "insert", "high", "static", 3.0, "旧怀表被推到台面上，表盖刻着“晚”字。", (), (), "关键道具，全剧一致"),
    ("2", "6", "MS", "OTS", "eye-level", "static", 5.0, "过陆沉肩看林晚，她摘下目镜，脸色变了。", ("陆沉", "林晚"), (("林晚", "这表……你从哪儿来的？", "", "spoken"),), ""),
    ("2", "7", "CU", "single", "eye-level", "push-in", 6.0, "陆沉垂眼，声音很轻。", ("陆沉",), (("陆沉", "我父亲临终前攥着它，只说了这个地址。", "", "spoken"),), ""),
    ("2", "8", "MS", "two-shot", "eye-level", "static", 5.0, "林晚撬开后盖，一张折得极小的信纸掉出。", ("林晚", "陆沉"), (), ""),
    ("2", "9", "ECU", "insert", "high", "static", 3.0, "发黄的纸上一行钢笔字：“第七封，给晚晴。”", (), (), "字迹须清晰可读"),
    ("3", "10", "FS", "single", "high", "static", 5.0, "没开灯的客厅，沈玉梅独坐火盆前烧信。", ("沈玉梅",), (), "唯一光源为火光"),
    ("3", "11", "MCU", "single", "low", "push-in", 6.0, "火光在沈玉梅脸上跳动。", ("沈玉梅",), (("沈玉梅", "她要是看见第七封，陆家就完了。", "低声", "spoken"),), ""),
    ("3", "12", "CU", "single", "eye-level", "static", 3.0, "门缝阴影里，陆沉一动不动。", ("陆沉",), (), ""),
    ("4", "13", "MLS", "single", "low", "pull-out", 5.0, "大雨，林晚撑黑伞站在铁门外按门铃，门灯骤亮。", ("林晚",), (), ""),
    ("4", "14", "CU", "single", "eye-level", "static", 6.0, "雨水顺着伞沿落下，林晚抬眼。", ("林晚",), (("林晚", "沈玉梅，第七封信，是写给我妈的。", "", "OS"),), ""),
)  # fmt: skip


def draw_frame(path: Path, text: str, index: int, size: tuple[int, int] = (1080, 1920)) -> Path:
    """A picture that no other has: a colour and a figure of its own, and a number one can read."""
    width, height = size
    colour = ((37 * index) % 200 + 30, (91 * index) % 200 + 30, (53 * index) % 200 + 30)
    picture = Image.linear_gradient("L").resize(size)
    picture = Image.merge("RGB", [picture.point(lambda v, c=channel: (v + 3 * c) // 4) for channel in colour])
    pencil = ImageDraw.Draw(picture)
    pencil.ellipse((width * 0.3, height * 0.2, width * 0.7, height * 0.2 + width * 0.5), fill=(235, 215, 195))
    pencil.rectangle((width * 0.2, height * 0.55, width * 0.8, height), fill=colour)
    pencil.text((width * 0.5, height * 0.8), text, fill="white", font_size=min(size) // 5, anchor="mm")
    picture.save(path, compress_level=1)
    return path


def episode(language: Language, frames: Path | None = None, fps: int = 24) -> Timeline:
    """Fourteen shots in four scenes. frames: a folder to draw every second shot's frame in, or None: none rendered."""
    shots, scenes = (_ZH, _ZH_SCENES) if language == "zh" else (_EN, _EN_SCENES)
    counts = [frames_of(shot[6], fps) for shot in shots]
    clips = []
    for index, (shot, start, count) in enumerate(zip(shots, starts(counts), counts, strict=True)):
        scene, number, size, framing, angle, movement, _, description, cast, dialogue, notes = shot
        int_ext, location, time = scenes[scene]
        picture = frames / f"{language}{index:02d}.png" if frames and index % 2 == 0 else None
        if picture and not picture.exists():
            draw_frame(picture, number, index)
        clips.append(
            Clip(
                uid=f"{index:032x}",
                episode=1,
                scene=scene,
                number=number,
                status="rendered" if picture else "planned",
                int_ext=int_ext,
                location=location,
                time_of_day=time,
                size=size,
                framing=framing,
                angle=angle,
                movement=movement,
                lens="50mm",
                equipment="",
                description=description,
                cast=cast,
                looks=tuple("" for _ in cast),
                parts=tuple("face" for _ in cast),
                dialogue=tuple(ClipLine(*line) for line in dialogue),
                sound="音效：雨" if language == "zh" else "SFX: rain",
                art="",
                transition="",
                notes=notes,
                omitted=False,
                picture=picture,
                take="1" if picture else "",
                engine="photoboard" if picture else "",
                uncast=False,
                likeness=tuple(Likeness(name, 0.9, True) for name in cast) if picture else (),
                start=start,
                frames=count,
            )
        )
    title = ("第七封信", "表") if language == "zh" else ("Paid in Full", "The Key")
    return Timeline(title[0], 1, title[1], language, fps, 1080, 1920, tuple(clips))


def changed(timeline: Timeline, number: str, /, **changes: object) -> Timeline:
    """The timeline with one shot's fields replaced."""
    clips = tuple(replace(clip, **changes) if clip.number == number else clip for clip in timeline.clips)
    return replace(timeline, clips=clips)


def without(timeline: Timeline, *numbers: str) -> Timeline:
    """The timeline with shots omitted: their frames 0, the others' starts moved up."""
    kept = [0 if clip.number in numbers else clip.frames for clip in timeline.clips]
    clips = tuple(
        replace(clip, start=start, frames=count, omitted=clip.number in numbers)
        for clip, start, count in zip(timeline.clips, starts(kept), kept, strict=True)
    )
    return replace(timeline, clips=clips)


def exported(timeline: Timeline, target: Path, options: ExportOptions, form: str = "") -> Path:
    """The file, written the way every export is."""
    export(timeline, target, format_for(target, form), options, lambda _: None)
    return target
