"""Every string of the page, in both languages, from one table."""

from collections.abc import Mapping

import fastapi
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
    "nothing_running": ("{drawn} of {all} shots have a frame.", "{all} 个镜头中 {drawn} 个已有画面。"),
    "failed_count": ("{count} failed.", "{count} 个失败。"),
    "lost": (
        "The studio does not answer. Rendering goes on if it was only the page; trying again ...",
        "无法连接工作室。若仅页面中断，渲染不受影响；正在重连……",
    ),
    "preparing": ("In the making: {what}", "正在准备：{what}"),
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
    "seconds": ("Seconds", "时长（秒）"),
    "edit_shot": ("Change the shot", "修改镜头"),
    "size": ("Size", "景别"),
    "framing": ("Framing", "构图"),
    "angle": ("Angle", "角度"),
    "movement": ("Movement", "运镜"),
    "in_frame": ("In frame (choose or type a name)", "画面人物（可选择或输入）"),
    "description": ("What is seen", "画面内容"),
    "save": ("Save", "保存"),
    "saved": ("Saved.", "已保存。"),
    "insert_after": ("Insert a shot after it", "在其后插入镜头"),
    "inserted": ("Shot {number} inserted.", "已插入镜头 {number}。"),
    "omit": ("Omit the shot", "删除镜头"),
    "move_behind": ("Move behind shot", "移到镜头之后"),
    "move": ("Move", "移动"),
    "composited_note": (
        "Photoboard frames are composited from the cast's own photos; nothing is generated. "
        "A similarity here only checks that the right person stands in the right place.",
        "照片分镜由演员照片合成，并非生成；此处相似度仅用于检查人物与位置是否正确。",
    ),
    "uncast_note": (
        "Somebody here has no photo yet and is drawn as a named mannequin. Add photos on the Cast page, then render again.",
        "画面中有人尚无照片，以署名人偶代替。请在“定妆”页添加照片后重新渲染。",
    ),
    "not_found": ("face not found", "未检测到人脸"),
    "too_small": ("too small to tell", "脸太小，无法辨认"),
    "seed_of": ("seed {seed}", "种子 {seed}"),
    "seconds_of": ("{seconds} s", "{seconds} 秒"),
    "full_size": ("Open at full size", "查看原图"),
    "no_take_picked": ("This shot has no take to circle yet. Render it first.", "该镜头还没有可选的画面，请先渲染。"),
    "move_where": ("Choose the shot behind which this one should go.", "请选择要移到哪个镜头之后。"),
    "restore": ("Bring back", "恢复镜头"),
    # engines
    "engine": ("Engine", "引擎"),
    "photoboard": ("Photoboard", "照片分镜"),
    "instantid": ("InstantID", "InstantID"),
    "ip_adapter": ("IP-Adapter", "IP-Adapter"),
    "adapters": ("Adapters (LoRA)", "角色适配器（LoRA）"),
    "not_installed": ("{engine} · not installed", "{engine} · 未安装"),
    "weights_lacking": (
        "The engine {engine} cannot be used yet. Its weights are missing: {parts}. Get them with {command}.",
        "引擎 {engine} 尚不可用，缺少权重：{parts}。请运行 {command} 下载。",
    ),
    "options": ("Options of the engine", "引擎选项"),
    "advanced": ("Advanced", "高级"),
    "usual_options": ("Back to the defaults", "恢复默认"),
    "options_wrong": ("Options of {engine} that will not do: {wrong}.", "{engine} 的选项不可用：{wrong}。"),
    "left_open": ("automatic", "自动"),
    "random_mark": ("random weights", "随机权重"),
    # the words of a shot
    "engine_words": ("Words for the engine", "提示词"),
    "in_english": ("What is seen, in English", "画面内容（英文）"),
    "in_english_empty": ("Empty: read by the glossary", "留空则按词表翻译"),
    "translate": ("Translate", "翻译"),
    "nothing_chinese": ("The description has no Chinese in it: nothing to translate.", "画面内容没有中文，无需翻译。"),
    "no_english_found": ("The model found no words for it; nothing was changed.", "模型没有给出译文，未作改动。"),
    "changed_meanwhile": (
        "Somebody changed the shot meanwhile; the translation was not kept.",
        "翻译期间镜头已被修改，译文未保存。",
    ),
    "own_prompt": ("Prompt in your own words", "自定义提示词"),
    "own_negative": ("Negative prompt in your own words", "自定义反向提示词"),
    "by_house": ("Empty: written from the shot", "留空则由镜头自动生成"),
    "take_over": ("Edit these words", "编辑当前提示词"),
    "untranslated": ("Could not be said in English:", "未能译成英文："),
    "told": ("The engine is told:", "将告诉引擎："),
    "told_own": ("The engine is told, in your words:", "将按您的文字告诉引擎："),
    "told_negative": ("And not:", "并排除："),
    "told_negative_own": ("And not, in your words:", "并按您的文字排除："),
    "left_out": ("Left out, there is no room:", "因长度限制省略："),
    # one face anew
    "repaint_whom": ("Whose face", "谁的脸"),
    "repaint_strength": ("Strength", "强度"),
    "repaint": ("Repaint this face", "重绘此脸"),
    "repaint_with": ("Repaint with {engine}", "用 {engine} 重绘"),
    "repaint_nobody": ("Choose whose face should be repainted.", "请选择要重绘谁的脸。"),
    # how a take was made
    "made": ("How it was made", "出图信息"),
    "scheduler": ("Scheduler", "采样器"),
    "steps": ("Steps", "步数"),
    "seed": ("Seed", "种子"),
    "native_size": ("Painted at", "绘制尺寸"),
    "frame_size": ("Frame", "画面尺寸"),
    "painted_again": ("Faces painted again", "重绘的人脸数"),
    "weights": ("Weights", "权重"),
    "licences": ("Licences", "许可证"),
    "device": ("Device", "设备"),
    "plan": ("Memory plan", "显存方案"),
    "libraries": ("Libraries", "程序库"),
    "batch": ("Shots at once", "同批镜头数"),
    "took": ("Time", "用时"),
    # locations
    "locations": ("Locations", "场景图"),
    "location": ("Location", "地点"),
    "drop_plate": ("Drop a picture of this location here", "把该地点的图片拖到这里"),
    "drawn_set": ("drawn set", "手绘布景"),
    "pick_location": ("Choose a location first.", "请先选择地点。"),
    "plate_kept": (
        "{location} has its picture. Render its shots again to see it.",
        "已保存“{location}”的场景图，重新渲染相关镜头即可看到。",
    ),
    # cast
    "new_name": ("Name of a new character", "新角色姓名"),
    "add_character": ("Add", "添加"),
    "aliases": ("Also called (comma separated)", "别名（逗号分隔）"),
    "save_aliases": ("Save aliases", "保存别名"),
    "pick_character": ("Choose a character first.", "请先选择角色。"),
    "names_and_looks": ("Aliases and wardrobe", "别名与服装"),
    "wardrobe": ("Wardrobe of the look chosen above", "上方所选造型的服装"),
    "save_look": ("Save wardrobe", "保存服装"),
    "no_characters": ("Nobody is cast yet. Add a character, then its photos.", "还没有角色。先添加角色，再上传照片。"),
    "no_photos": ("No photos in this look yet.", "该造型还没有照片。"),
    "drop_photos": ("Drop photos here (JPEG, PNG, WebP, HEIC, ...)", "把照片拖到这里（JPEG、PNG、WebP、HEIC 等）"),
    "look": ("Look (造型) for the next photos", "接下来的照片归入造型"),
    "look_help": ("Empty: the first look. A new name makes a new one.", "留空则归入第一个造型；填新名称即新建。"),
    "accepted": ("accepted", "已采用"),
    "refused": ("refused", "未采用"),
    "face_width": ("face {pixels} px wide", "脸宽 {pixels} 像素"),
    "undecided": ("which one?", "待选择"),
    "face_of": ("Face {number}", "第 {number} 张脸"),
    "pose": ("turned {yaw}°, tilted {pitch}°, leaning {roll}°", "转头 {yaw}°，俯仰 {pitch}°，侧倾 {roll}°"),
    "upload_gone": ("This upload is no longer here. Upload the photo again.", "该上传文件已失效，请重新上传照片。"),
    "choose_face": ("Click the face that is meant.", "请点击要采用的那张脸。"),
    "remove_photo": ("Remove", "移除"),
    "consent": ("Consent on record", "肖像授权"),
    "consent_help": (
        "Who agreed to what, and until when. Faces are biometric data.",
        "谁同意了什么、有效期到何时。人脸属于生物识别信息。",
    ),
    "record_consent": ("Record consent", "登记授权"),
    "consent_kept": ("Consent recorded.", "授权已登记。"),
    "withdraw_consent": ("Withdraw consent", "撤回授权"),
    "withdrawn_now": ("{count} consents withdrawn.", "已撤回 {count} 条授权。"),
    "consent_withdrawn": ("withdrawn {date}", "已于 {date} 撤回"),
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
    "script_file": (
        "Script (.fountain, .fdx, .txt, .docx, .csv, .xlsx)",
        "剧本（.fountain、.fdx、.txt、.docx、.csv、.xlsx）",
    ),
    "script_text": ("... or paste it here", "……或粘贴在此"),
    "series_title": ("Series", "剧名"),
    "from_script": ("the script's own title", "剧本标题"),
    "episode_number": ("Episode", "集号"),
    "every_episode": ("all in the script", "剧本中的全部"),
    "episode_wrong": (
        "An episode is a whole number from 1. Leave it empty for all episodes of the script.",
        "集号为从 1 开始的整数；留空则导入剧本中的全部集。",
    ),
    "replace": ("Replace the shots that are there", "覆盖已有分镜"),
    "import": ("Import", "导入"),
    "nothing_given": ("Choose a script file or paste a script first.", "请先选择剧本文件或粘贴剧本。"),
    "imported": (
        "{series}, episode {episodes}: {scenes} scenes, {shots} shots.",
        "《{series}》第 {episodes} 集：{scenes} 场，{shots} 个镜头。",
    ),
    "unchanged": ("This script was already there; nothing changed.", "该剧本已导入过，未作改动。"),
    "characters": ("Cast", "人物"),
    "episode_of": ("{series} · episode {number}", "《{series}》第 {number} 集"),
    "unbound": ("Names without a character yet", "尚未对应角色的名字"),
    "bind_what": ("Choose a name and the character it belongs to.", "请选择名字及其对应的角色。"),
    "make_character": ("Make it a new character", "新建为角色"),
    "character_made": (
        "{name} is a character now. Add photos on the Cast page.",
        "已新建角色 {name}，请在“定妆”页添加照片。",
    ),
    "bind_name": ("Name in the script", "剧本中的名字"),
    "bind_to": ("is the character", "对应角色"),
    "bind": ("Bind", "绑定"),
    "bound": ("{name} is now an alias of {character}.", "“{name}”已设为 {character} 的别名。"),
    "warnings": ("Lines not fully understood", "未完全识别的行"),
    "line": ("Line", "行"),
    "message": ("What about it", "说明"),
    "scene_column": ("Scene", "场"),
    "people": ("In frame", "人物"),
    "shot": ("Shot", "镜号"),
    "dialogue": ("Dialogue", "台词"),
    # export
    "format": ("Format", "格式"),
    "language": ("Language", "语言"),
    "panels": ("Panels on a page (PDF)", "每页画格（PDF）"),
    "paper": ("Paper", "纸张"),
    "only_scene": ("Only scene", "只导出场号"),
    "burn_numbers": ("Shot numbers in the picture", "画面叠加镜号"),
    "burn_captions": ("Dialogue in the picture", "画面叠加字幕"),
    "film_movement": ("Slow camera moves", "缓慢运镜"),
    "raw_cells": ("Cells as they are, for machines", "原样单元格（供程序读取）"),
    "producer_code": ("Producer code for the AI label", "AI 标识的服务提供者编码"),
    "producer_hint": ("your own code; empty: no label", "填写自己的编码；留空则不写标识"),
    "visible_mark": ("Visible mark on generated pictures", "生成画面加可见标识"),
    "export_waits": ("Waiting for the worker…", "等待处理……"),
    "export_runs": ("Writing, {percent} %", "正在生成 {percent} %"),
    "export_stopped": ("Called off. The file from before, if any, is as it was.", "已取消，原有文件不变。"),
    "write_sheet": ("Export", "导出文件"),
    "download": ("Download {name}", "下载 {name}"),
    "sheet_written": ("{shots} shots, {kilobytes} KB.", "{shots} 个镜头，{kilobytes} KB。"),
    # errors
    "unexpected": (
        "Something unexpected went wrong. Nothing was lost; the server's log has the details.",
        "出现意外错误，数据没有丢失；详情见服务器日志。",
    ),
}


def translations(more: Mapping[str, tuple[str, str]]) -> gr.I18n:
    """What the browser is given of both languages: the table, and more strings: key -> (English, Chinese)."""
    every = WORDS | dict(more)
    english = {key: text for key, (text, _) in every.items()}
    chinese = {key: text for key, (_, text) in every.items()}
    return gr.I18n(en=english, zh=chinese, **{"zh-CN": chinese})


def label(key: str) -> I18nData:
    """A string that the browser shows in its own language; for labels that never change."""
    assert key in WORDS, key
    return I18nData(key)


def say(key: str, language: Language, **values: object) -> str:
    """The string in a language, with its {names} filled in; for what the server writes."""
    english, chinese = WORDS[key]
    return (chinese if language == "zh" else english).format(**values)


def language_of(request: gr.Request | fastapi.Request) -> Language:
    """The language the browser asks for first: zh or en."""
    return "zh" if request.headers.get("accept-language", "").lower().startswith("zh") else "en"
