"""Reading Fountain, the native Chinese form, DOCX and tables: real variants, line numbers, encodings, refusals."""

import io
import zipfile
from pathlib import Path

import docx
import pytest

from storage.errors import ScriptError
from studio.screenplay import read_script
from studio.screenplay.draft import Element, SceneDraft, ScriptDraft

ROOT = Path(__file__).resolve().parents[3]
ZH = (ROOT / "studio/sample/seventh-letter.zh.txt").read_text(encoding="utf-8")
EN = (ROOT / "studio/sample/paid-in-full.en.fountain").read_text(encoding="utf-8")


def read(text: str, name: str = "script.txt") -> ScriptDraft:
    return read_script(text.encode(), name)


def first(draft: ScriptDraft) -> SceneDraft:
    return draft.episodes[0].scenes[0]


def speeches(scene: SceneDraft) -> list[tuple[str, str, str, str]]:
    return [(s.speaker, s.manner, s.delivery, s.text) for e in scene.elements if (s := e.speech)]


# -- headings ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "number", "int_ext", "time", "location"),
    [
        ("1-1 日 内 客厅", "1", "INT", "DAY", "客厅"),
        ("１－２　夜　外　陆家老宅·大门口", "2", "EXT", "NIGHT", "陆家老宅·大门口"),
        ("1-3、总裁办公室 内 日", "3", "INT", "DAY", "总裁办公室"),
        ("1—4 内/夜 车库", "4", "INT", "NIGHT", "车库"),
        ("1-5日内客厅", "5", "INT", "DAY", "客厅"),
        ("第6场 日 内 客厅", "6", "INT", "DAY", "客厅"),
        ("第七场：天桥，夜，外", "7", "EXT", "NIGHT", "天桥"),
        ("场景八 咖啡馆 日 内", "8", "INT", "DAY", "咖啡馆"),
        ("【场景9】街道 黄昏 外", "9", "EXT", "DUSK", "街道"),
        ("10. 内景 客厅 夜", "10", "INT", "NIGHT", "客厅"),
        ("11、医院走廊 清晨 内", "11", "INT", "DAWN", "医院走廊"),
        ("12场 日 内/外 车里", "12", "INT/EXT", "DAY", "车里"),
        ("第1集第13场 内景 公司 - 会议室 日", "13", "INT", "DAY", "公司·会议室"),
        ("内景。客厅。夜", "1", "INT", "NIGHT", "客厅"),
        ("外景 街道 - 日", "1", "EXT", "DAY", "街道"),
        ("INT. SARAH'S FLAT - 3RD FLOOR - LATE AFTERNOON #A7#", "A7", "INT", "DAY", "Sarah's Flat - 3rd Floor"),
        ("INT./EXT. CAR - MOVING - NIGHT (FLASHBACK)", "1", "INT/EXT", "NIGHT", "Car - Moving"),
        ("EXT. HOTEL – MOMENTS LATER", "1", "EXT", "LATER", "Hotel"),
        (".内景 老宅 - 客厅 - 夜 #3#", "3", "INT", "NIGHT", "老宅·客厅"),
    ],
)
def test_scene_headings_as_people_write_them(heading, number, int_ext, time, location):
    mark = "" if heading[0] in "IE." else "△"
    draft = read(f"{heading}\n\n{mark}林晚（27岁）坐着。")
    scene = first(draft)
    assert (scene.number, scene.int_ext, scene.time_of_day, scene.location) == (number, int_ext, time, location)
    assert scene.line == 1
    assert draft.warnings == ()


@pytest.mark.parametrize(
    "line",
    ["3-5个人冲进来。", "1.他走了进来", "场景一片混乱", "第2场戏开始了", "内景里没有人", "第一集我们讲了很多，然后呢"],
)
def test_sentences_that_begin_like_headings_stay_in_their_scene(line):
    draft = read(f"1-1 日 内 客厅\n△{line}\n{line}")
    assert len(draft.episodes) == len(draft.episodes[0].scenes) == 1
    assert [e.text for e in first(draft).elements] == [line, line]


def test_what_a_heading_does_not_say_is_taken_and_said():
    draft = read("第1场 夜 内 客厅\n△雨。\n第2场\n△风。\n地点：天台")
    second = draft.episodes[0].scenes[1]
    assert (second.time_of_day, second.int_ext, second.location) == ("NIGHT", "INT", "天台")
    (warned,) = draft.warnings
    assert warned.line == 3
    assert "内外景" in warned.message.zh
    assert "NIGHT" in warned.message.en


@pytest.mark.parametrize("numeral", ["一百九十九", "199", "１９９"])
def test_several_episodes_in_one_file(numeral):
    draft = read(f"《长河》第一集 起\n1-1 日 内 家\n△雨。\n第{numeral}集：终\n1场 夜 外 河边\n△风。")
    assert draft.title == "长河"
    assert [(e.number, e.title, len(e.scenes)) for e in draft.episodes] == [(1, "起", 1), (199, "终", 1)]


def test_episodes_follow_the_numbers_of_the_scenes():
    draft = read("1-1 日 内 家\n△雨。\n1-2 日 外 街\n△风。\n2-1 夜 内 家\n△雪。\n1-9 夜 外 街\n△雷。")
    assert [(e.number, [s.number for s in e.scenes]) for e in draft.episodes] == [(1, ["1", "2"]), (2, ["1", "9"])]
    assert [warned.line for warned in draft.warnings] == [7]


def test_english_sections_begin_episodes():
    scene = "INT. ROOM - DAY\n\nRain.\n\n"
    draft = read(
        f"# Episode 1\n\n{scene}## Act two\n\n{scene}# Episode Two: Fire\n\n= It burns.\n\n{scene}", "a.fountain"
    )
    assert [(e.number, e.title, len(e.scenes)) for e in draft.episodes] == [(1, "", 2), (2, "Fire", 1)]
    assert "= It burns." in [e.text for e in draft.episodes[1].scenes[0].elements]


def test_scene_numbers_are_unique_in_an_episode():
    draft = read("1-3 日 内 家\n△雨。\n1-3 日 外 街\n△风。\n第4场 日 外 街\n△风。\n内景 河 夜\n△水。")
    assert [s.number for s in draft.episodes[0].scenes] == ["3", "3A", "4", "5"]
    assert [w.line for w in draft.warnings] == [3]


# -- speech ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "speech"),
    [
        ("林晚（低声）：走吧。", ("林晚", "低声", "spoken", "走吧。")),
        ("林晚：（低声）走吧。", ("林晚", "低声", "spoken", "走吧。")),
        ("林晚:走吧。", ("林晚", "", "spoken", "走吧。")),
        ("林晚ＯＳ：走吧。", ("林晚", "", "OS", "走吧。")),
        ("林晚（VO）：走吧。", ("林晚", "", "VO", "走吧。")),
        ("林晚（画外音，冷冷地）：走吧。", ("林晚", "冷冷地", "OS", "走吧。")),
        ("林晚（内心独白）：走吧。", ("林晚", "", "VO", "走吧。")),
        ("旁白：走吧。", ("旁白", "", "VO", "走吧。")),
        ("保安A：走吧。", ("保安A", "", "spoken", "走吧。")),
        ("林晚：\n走吧。", ("林晚", "", "spoken", "走吧。")),
    ],
)
def test_chinese_lines_of_dialogue(line, speech):
    assert speeches(first(read(f"1-1 日 内 客厅\n人物：林晚\n{line}"))) == [speech]


@pytest.mark.parametrize("line", ["他说：走吧。", "屏幕上写着：危险。", "画面：雨。", "字幕：三年后", "音效：雷声"])
def test_what_looks_like_dialogue_and_is_none(line):
    draft = read(f"1-1 日 内 客厅\n△林晚（20岁）坐着。\n{line}")
    assert speeches(first(draft)) == []
    assert first(draft).cast == ("林晚",)


def test_fountain_dialogue():
    draft = read(
        "INT. ROOM - DAY\n\nMAYA LIN (26) waits.\n\nMAYA\n(quietly)\nHello.\n(beat)\nGoodbye.\n\nADRIAN (V.O.)\nWho is it?\n\n"
        "MAYA (CONT'D) ^\nMe. *Really* me.\n\n@McAvoy\nHi.\n\nTHE DOOR SLAMS.\nNobody moves.\n",
        "a.fountain",
    )
    assert speeches(first(draft)) == [
        ("Maya", "quietly", "spoken", "Hello."),
        ("Maya", "beat", "spoken", "Goodbye."),
        ("Adrian", "", "VO", "Who is it?"),
        ("Maya", "", "spoken", "Me. Really me."),
        ("McAvoy", "", "spoken", "Hi."),
    ]
    assert first(draft).cast == ("Maya", "McAvoy")
    assert [e.line for e in first(draft).elements] == [3, 5, 8, 11, 14, 17, 20]
    assert first(draft).elements[-1] == Element("action", "THE DOOR SLAMS.\nNobody moves.", 20)


def test_people_are_merged_and_nobody_is_invented():
    draft = read(
        "INT. ROOM - DAY\n\nELENA RIVERA (40s) and YOUNG MAYA (8). ACCESS REVOKED (in red). The GUARD nods. Will it rain?\n\n"
        "CLOSE ON THE KEY\n\nDETECTIVE RIVERA\nHello.\n\nRIVERA\nAgain.\n\nMAYA\nYes.\n\nWILL\nNo.\n\nCUT TO:\n\n"
        "INT. HALL - DAY\n\nElena Rivera's hand. She will wait.\n\n",
        "a.fountain",
    )
    hall = draft.episodes[0].scenes[1]
    assert set(first(draft).cast) == {"Detective Rivera", "Young Maya", "Maya", "Will"}
    assert hall.cast == ("Detective Rivera",)


def test_boneyard_notes_and_unclosed_ones():
    draft = read(
        "INT. ROOM - DAY\n\nRain. [[a\nlong note]] Wind.\n\n/* gone\n\nMAYA\nNo. */\n\nSnow [[ open.\n\nHail /* open.\n",
        "a.fountain",
    )
    kinds = [(e.kind, e.text, e.line) for e in first(draft).elements]
    assert kinds == [
        ("action", "Rain.\nWind.", 3),
        ("note", "a\nlong note", 3),
        ("action", "Snow [[ open.", 11),
        ("action", "Hail /* open.", 13),
    ]
    assert [w.line for w in draft.warnings] == [6]


# -- every line ----------------------------------------------------------------------------------------------------


def represented(draft: ScriptDraft) -> set[int]:
    """The lines that a heading, an element or a warning answers for."""
    lines = {warned.line for warned in draft.warnings}
    for episode in draft.episodes:
        for scene in episode.scenes:
            lines.add(scene.line)
            for element in scene.elements:
                lines |= set(range(element.line, element.line + element.text.count("\n") + 1))
    return lines


@pytest.mark.parametrize(
    "name", ["seventh-letter.zh.txt", "seventh-letter.zh.fountain", "paid-in-full.en.fountain", "noodle-shop.zh.txt"]
)
def test_no_line_of_a_script_is_dropped_silently(name):
    folder = "tests/samples" if name.startswith("noodle") else "studio/sample"
    text = (ROOT / folder / name).read_text(encoding="utf-8")
    draft = read(text, name)
    lines = text.split("\n")
    structure = (
        "# Episode",
        "# 第一集",
        "第一集",
        "第二集",
        "《",
    )  # titles and episodes are in the draft without their line
    title_page = next(i for i, line in enumerate(lines) if not line.strip()) if name.endswith("fountain") else 0
    missing = [
        (number, line)
        for number, line in enumerate(lines, 1)
        if line.strip() and number > title_page and number not in represented(draft) and not line.startswith(structure)
    ]
    assert missing == []


@pytest.mark.parametrize("name", ["seventh-letter.zh.txt", "seventh-letter.zh.fountain", "paid-in-full.en.fountain"])
def test_the_line_numbers_are_those_of_the_file(name):
    lines = (ROOT / "studio/sample" / name).read_text(encoding="utf-8").split("\n")
    for scene in read("\n".join(lines), name).episodes[0].scenes:
        assert scene.location.split("·")[-1].split(" - ")[-1].casefold() in lines[scene.line - 1].casefold()
        for element in scene.elements:
            source = "\n".join(lines[element.line - 1 : element.line + element.text.count("\n")])
            assert all(part.strip("!>△（） ") in source for part in element.text.split("\n")), element


def test_lines_before_the_first_scene_are_warned_of():
    draft = read("人物小传\n林晚：27岁，修表师。\n1-1 日 内 客厅\n△雨。")
    assert [warned.line for warned in draft.warnings] == [1, 2]
    assert first(draft).cast == ()


# -- files -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "gb18030"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends_change_nothing(encoding, ends):
    text = ZH.replace("\n", ends)
    content = b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16-le-bom" else text.encode(encoding)
    assert read_script(content, "a.txt") == read(ZH)


def test_curly_quotes_of_windows():
    text = "INT. ROOM - DAY\n\nMAYA\nIt\u2019s me\u2014s\u00ed.\n"
    draft = read_script(text.encode("cp1252"), "a.txt")
    assert speeches(first(draft)) == [("Maya", "", "spoken", "It\u2019s me\u2014s\u00ed.")]


def word(*paragraphs: str, table: list[list[str]] | None = None) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        grid = document.add_table(len(table), len(table[0]))
        for row, cells in zip(grid.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def test_a_word_file_reads_as_its_text():
    assert read_script(word(*ZH.rstrip("\n").split("\n")), "a.docx") == read(ZH.rstrip("\n"))


def test_a_screenplay_typed_in_word_without_blank_lines():
    blocks = [line for line in EN.split("# Episode 1")[1].split("\n") if line.strip()]
    typed, wanted = first_episode(read_script(word(*blocks), "a.docx")), first_episode(read(EN, "a.fountain"))
    assert [speeches(scene) for scene in typed] == [speeches(scene) for scene in wanted]
    assert [[e.kind for e in scene.elements] for scene in typed] == [
        [e.kind for e in scene.elements] for scene in wanted
    ]


def first_episode(draft: ScriptDraft) -> tuple[SceneDraft, ...]:
    return draft.episodes[0].scenes


def test_tables_in_a_word_file():
    script = read_script(word("1-1 日 内 客厅", table=[["林晚：", "走吧。"], ["△雨。", "△雨。"]]), "a.docx")
    assert speeches(first(script)) == [("林晚", "", "spoken", "走吧。")]
    sheet = read_script(word("分镜", table=[["镜号", "景别", "画面内容"], ["1", "特写", "林晚"]]), "a.docx")
    assert [(shot.number, shot.size) for shot in first(sheet).shots] == [("1", "CU")]


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"", "a.txt", "empty"),
        (b"\xef\xbb\xbf \r\n", "a.txt", "empty"),
        (b"%PDF-1.7\n...", "a.pdf", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 9, "a.doc", ".docx"),
        (b"{\\rtf1 hello}", "a.rtf", "RTF"),
        (b"PK\x03\x04" + bytes(40), "a.xlsx", "CSV"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "a.txt", "not a text file"),
        (b"PK\x03\x04word/document.xml" + bytes(40), "a.docx", "damaged"),
        (b"<?xml version='1.0'?><FinalDraft/>", "a.fdx", "Final Draft"),
        (b"Dear all,\nsee you on Monday.", "a.txt", "No scene heading"),
        (b"a,b,c\n1,2,3\n", "a.csv", "first row"),
        (b"Scene,Shot,Size,Description\n", "a.csv", "no shots"),
        (b"INT. A - DAY\n\n" + b"x" * 30_000, "a.txt", "Line 3 has 30000"),
        (b"x\n" * 5_000_000, "a.txt", "larger than 8 MB"),
    ],
)  # fmt: skip
def test_what_is_no_script_is_refused_with_a_sentence(content, name, says):
    with pytest.raises(ScriptError, match=says) as caught:
        read_script(content, name)
    assert caught.value.message.zh != caught.value.message.en


def test_a_damaged_word_file_is_refused():
    whole = word("1-1 日 内 客厅")
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(broken, "w") as target:
        for entry in source.namelist():
            target.writestr(entry, b"<w:document" if entry == "word/document.xml" else source.read(entry))
    for content in (broken.getvalue(), whole[: len(whole) // 2]):
        with pytest.raises(ScriptError, match=r"damaged|archive"):
            read_script(content, "a.docx")
