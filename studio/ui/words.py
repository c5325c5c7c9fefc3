"""Every string of the page, in both languages, from one table."""

import gradio as gr
from gradio.i18n import I18nData

from storage.errors import Language

# key: (English, Chinese); {names} are filled in by `say`
WORDS: dict[str, tuple[str, str]] = {
    "storyboard": ("Storyboard", "分镜"),
    "cast": ("Cast", "定妆"),
    "script": ("Script", "剧本"),
    "export": ("Export", "导出"),
    # choosing
    "series": ("Series", "剧名"),
    "episode": ("Episode", "集"),
    "no_series": (
        "There is no series yet. Import a script on the Script page.",
        "还没有剧。请在“剧本”页导入剧本。",
    ),
    # storyboard
    "render_all": ("Render the episode", "渲染本集"),
    "cancel": ("Cancel", "取消"),
    "pick_shot": (
        "Click a frame to see it large, choose a take or change the shot.",
        "点击画面可放大、选条或修改镜头。",
    ),
    "nothing_running": ("Nothing is running.", "当前没有任务。"),
    "running": (
        "{done} of {all} done · {running} running · {queued} waiting",
        "已完成 {done}/{all} · 进行中 {running} · 排队 {queued}",
    ),
    "all_there": ("Every frame is there already.", "画面均已存在。"),
    "queued_now": ("{count} frames queued.", "已排队 {count} 个画面。"),
    "cancelled_now": ("{count} jobs asked to stop.", "已请求停止 {count} 个任务。"),
    "planned": ("planned", "待出图"),
    "queued": ("waiting", "排队"),
    "rendering": ("rendering", "渲染中"),
    "failed": ("failed", "失败"),
    "omitted": ("omitted", "已删"),
    "uncast": ("uncast", "未定角"),
    "composited": ("composited", "合成"),
    "circled": ("circled", "已选"),
    "take": ("Take {number}", "第 {number} 条"),
    "scene": ("Scene {number}", "第 {number} 场"),
    "shot_of": ("Shot {number}", "镜头 {number}"),
    "no_takes": ("No takes yet.", "还没有出图。"),
    "circle": ("Circle this take", "选用此条"),
    "render_again": ("Render again", "再出一条"),
    "style": ("Style", "画风"),
    "ink": ("Ink", "水墨"),
    "colour": ("Colour", "彩色"),
    "seconds": ("Seconds", "时长（秒）"),
    "edit_shot": ("Change the shot", "修改镜头"),
    "size": ("Size", "景别"),
    "framing": ("Framing", "构图"),
    "angle": ("Angle", "角度"),
    "movement": ("Movement", "运镜"),
    "in_frame": ("In frame (names, comma separated)", "画面人物（用逗号分隔）"),
    "description": ("What is seen", "画面内容"),
    "save": ("Save", "保存"),
    "saved": ("Saved.", "已保存。"),
    "insert_after": ("Insert a shot after it", "在其后插入镜头"),
    "inserted": ("Shot {number} inserted.", "已插入镜头 {number}。"),
    "omit": ("Omit / bring back", "删除 / 恢复"),
    "move_behind": ("Move behind shot", "移到镜头之后"),
    "move": ("Move", "移动"),
    "composited_note": (
        "Photoboard frames are composited from the cast's own photos; nothing is generated. "
        "A similarity here only checks that the right person stands in the right place.",
        "照片分镜由演员照片合成，并非生成；此处相似度仅用于检查人物与位置是否正确。",
    ),
    "cast_row": ("{name} · {similarity}", "{name} · {similarity}"),
    # cast
    "new_name": ("Name of a new character", "新角色姓名"),
    "add_character": ("Add", "添加"),
    "aliases": ("Also called (comma separated)", "别名（逗号分隔）"),
    "save_aliases": ("Save aliases", "保存别名"),
    "character": ("Character", "角色"),
    "no_characters": ("Nobody is cast yet. Add a character, then its photos.", "还没有角色。先添加角色，再上传照片。"),
    "photos": ("Photos", "照片"),
    "drop_photos": ("Drop photos here (JPEG, PNG, WebP, HEIC, ...)", "把照片拖到这里（JPEG、PNG、WebP、HEIC 等）"),
    "look": ("Look (造型)", "造型"),
    "look_help": ("Photos go into this look; a new name makes a new one.", "照片归入此造型；填新名称即新建造型。"),
    "accepted": ("accepted", "已采用"),
    "refused": ("refused", "未采用"),
    "face_width": ("face {pixels} px wide", "脸宽 {pixels} 像素"),
    "pose": ("turned {yaw}°, tilted {pitch}°", "转头 {yaw}°，俯仰 {pitch}°"),
    "choose_face": ("Click the face that is meant.", "请点击要采用的那张脸。"),
    "remove_photo": ("Remove", "移除"),
    "consent": ("Consent on record", "肖像授权"),
    "consent_help": (
        "Who agreed to what, and until when. Faces are biometric data.",
        "谁同意了什么、有效期到何时。人脸属于生物识别信息。",
    ),
    "record_consent": ("Record consent", "登记授权"),
    "consent_kept": ("Consent recorded.", "授权已登记。"),
    "no_consent": ("No consent on record.", "尚无授权记录。"),
    "consent_given": ("{date}: {text}", "{date}：{text}"),
    "erase": ("Erase this person", "彻底删除此人"),
    "erase_help": (
        "Type the name to erase photos, embeddings and every frame that shows this person. This cannot be undone.",
        "输入姓名以删除照片、人脸特征以及含此人的所有画面。此操作不可撤销。",
    ),
    "erase_mismatch": ("The name typed is not the name of this character.", "输入的姓名与该角色不符。"),
    "erased": ("{name} was erased. Receipt {receipt}: {counts}.", "{name} 已删除。回执 {receipt}：{counts}。"),
    "photo_counts": ("{count} photos", "{count} 张照片"),
    # script
    "script_file": ("Script (.fountain, .txt, .docx, .csv)", "剧本（.fountain、.txt、.docx、.csv）"),
    "script_text": ("... or paste it here", "……或粘贴在此"),
    "series_title": ("Series (empty: the script's own title)", "剧名（留空则用剧本标题）"),
    "episode_number": ("Episode (empty: all in the script)", "集号（留空则导入全部）"),
    "replace": ("Replace the shots that are there", "覆盖已有分镜"),
    "import": ("Import", "导入"),
    "nothing_given": ("Choose a script file or paste a script first.", "请先选择剧本文件或粘贴剧本。"),
    "imported": (
        "{series}, episode {episodes}: {scenes} scenes, {shots} shots.",
        "《{series}》第 {episodes} 集：{scenes} 场，{shots} 个镜头。",
    ),
    "unchanged": ("This script was already there; nothing changed.", "该剧本已导入过，未作改动。"),
    "unbound": ("Names without a character yet", "尚未对应角色的名字"),
    "bind_name": ("Name in the script", "剧本中的名字"),
    "bind_to": ("is the character", "对应角色"),
    "bind": ("Bind", "绑定"),
    "bound": ("{name} is now an alias of {character}.", "“{name}”已设为 {character} 的别名。"),
    "warnings": ("Lines not fully understood", "未完全识别的行"),
    "line": ("Line", "行"),
    "message": ("What about it", "说明"),
    "shots": ("Shots", "镜头"),
    "shot": ("Shot", "镜号"),
    "dialogue": ("Dialogue", "台词"),
    # export
    "format": ("Format", "格式"),
    "language": ("Language", "语言"),
    "panels": ("Panels on a page (PDF)", "每页画格（PDF）"),
    "write_sheet": ("Write the sheet", "生成分镜表"),
    "sheet": ("Sheet", "分镜表"),
    "sheet_written": ("{shots} shots, {kilobytes} KB.", "{shots} 个镜头，{kilobytes} KB。"),
    # errors
    "unexpected": (
        "Something unexpected went wrong. Nothing was lost; the server's log has the details.",
        "出现意外错误，数据没有丢失；详情见服务器日志。",
    ),
}

TRANSLATIONS = gr.I18n(
    en={key: english for key, (english, _) in WORDS.items()},
    zh={key: chinese for key, (_, chinese) in WORDS.items()},
    **{"zh-CN": {key: chinese for key, (_, chinese) in WORDS.items()}},
)


def label(key: str) -> I18nData:
    """A string that the browser shows in its own language; for labels that never change."""
    assert key in WORDS, key
    return TRANSLATIONS(key)


def say(key: str, language: Language, **values: object) -> str:
    """The string in a language, with its {names} filled in; for what the server writes."""
    english, chinese = WORDS[key]
    return (chinese if language == "zh" else english).format(**values)


def language_of(request: gr.Request) -> Language:
    """The language the browser asks for first: zh or en."""
    return "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"
