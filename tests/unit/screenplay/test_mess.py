"""Scripts as they come: other encodings, full-width signs, and all that a printed page adds."""

import io
import time

import docx
import pytest
from docx.document import Document
from docx.oxml import OxmlElement
from hypothesis import given
from hypothesis import strategies as st

from studio.screenplay import read_script
from studio.screenplay.draft import EpisodeDraft, ScriptDraft
from studio.screenplay.furniture import without_furniture
from studio.screenplay.lines import Line

ZH = """《雨夜来信》
第1集

1-1 日 内 钟表铺
人物：林晚、陆沉
△林晚伏在灯下修表。
林晚：修表排到下个月了。
△陆沉把怀表放在台面上。
陆沉（低声）：我父亲留下的。

1-2 夜 外 老街
人物：林晚
△林晚追出门去，街上空无一人。
林晚OS：他到底是谁？
"""
EN = """INT. WATCH SHOP - DAY #1#

Maya bends over the bench.

MAYA
We are full until June.

ADRIAN
(low)
My father left me this.

EXT. OLD STREET - NIGHT #2#

Maya runs out. Nobody there.

MAYA (V.O.)
Who is he?
"""


def first(draft: ScriptDraft) -> EpisodeDraft:
    return draft.episodes[0]


def told(draft: ScriptDraft) -> list[tuple]:
    """What a script says, without its lines' numbers."""
    return [
        (
            *(scene.number, scene.int_ext, scene.location, scene.time_of_day, scene.cast),
            [(each.kind, each.speech or each.text) for each in scene.elements if each.kind != "note"],
        )
        for episode in draft.episodes
        for scene in episode.scenes
    ]


def read(text: str, name: str = "a.txt", encoding: str = "utf-8") -> ScriptDraft:
    return read_script(text.encode(encoding), name)


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_every_encoding_is_the_same_script(encoding, ending):
    assert read(ZH.replace("\n", ending), encoding=encoding) == read(ZH)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "cp1252"])
def test_english_in_every_encoding(encoding):
    assert read(EN, "a.fountain", encoding) == read(EN, "a.fountain")


def test_full_width_signs_digits_and_tabs():
    wide = ZH.replace("1-1 日 内 钟表铺", "１－１\t日　内　钟表铺").replace("第1集", "第１集").replace("△", "△\t")
    wide = wide.replace("陆沉（低声）：", "\t陆沉(低声):\t")
    assert told(read(wide)) == told(read(ZH))


FURNITURE = [
    ("- 12 -", "page numbers"),
    ("第 3 页 共 40 页", "page numbers"),
    ("第3页/共40页", "page numbers"),
    ("第三页", "page numbers"),
    ("Page 3 of 40", "page numbers"),
    ("p. 12", "page numbers"),
    ("（接上页）", "CONTINUED"),
    ("（续）", "CONTINUED"),
    ("蓝色修订页 2026-11-02", "revision marks"),
    ("第二次修订稿", "revision marks"),
    ("BLUE REVISION - 11/2/26", "revision marks"),
    ("Rev. 2 (PINK) 3/4/26", "revision marks"),
    ("*", "revision marks"),
    ("【修订】", "revision marks"),
]


@pytest.mark.parametrize(("line", "kind"), FURNITURE)
@pytest.mark.parametrize("after", ["△林晚伏在灯下修表。", "林晚：修表排到下个月了。", "人物：林晚、陆沉"])
def test_a_line_of_the_page_is_set_aside_and_said(line, kind, after):
    draft = read(ZH.replace(after, f"{after}\n{line}"))
    assert told(draft) == told(read(ZH))
    (warned,) = [each for each in draft.warnings if each.lines]
    number = ZH.split("\n").index(after) + 2
    assert (warned.line, warned.lines) == (number, (number,))
    assert kind in warned.message.en
    assert str(number) in warned.message.zh


@pytest.mark.parametrize(
    "line",
    ["(MORE)", "CONTINUED:", "(CONTINUED)", "2 CONTINUED: (2) 2", "                                      12.", "12.", "Page 12"],
)  # fmt: skip
def test_a_line_of_an_english_page_is_set_aside(line):
    text = EN.replace("We are full until June.\n", f"We are full until June.\n\n{line}\n")
    draft = read(text, "a.fountain")
    assert told(draft) == told(read(EN, "a.fountain"))
    assert len(draft.warnings) == 1


def test_a_speech_that_goes_over_a_page_stays_one_persons():
    text = EN.replace(
        "We are full until June.",
        "We are full\n(MORE)\n\n                                        2.\n\nCONTINUED:\n\nMAYA (CONT'D)\nuntil June.",
    )
    draft = read(text, "a.fountain")
    said = [each.speech for each in first(draft).scenes[0].elements if each.speech]
    assert [(each.speaker, each.text) for each in said[:2]] == [("Maya", "We are full"), ("Maya", "until June.")]
    assert not any("MORE" in each.text or each.text == "2." for each in first(draft).scenes[0].elements)


def paged(lines: list[str], every: int, foot) -> str:
    """The lines printed: after every few of them what `foot` gives for that page."""
    printed: list[str] = []
    for index, line in enumerate(lines, 1):
        printed.append(line)
        if index % every == 0:
            printed += foot(index // every)
    return "\n".join(printed)


@pytest.mark.parametrize(
    "foot",
    [
        lambda page: [str(page)],
        lambda page: [f"{page}/9"],
        lambda page: [f"- {page} -", "《雨夜来信》剧本 内部版"],
        lambda page: [f"雨夜来信  编剧 某某      第{page}页"],
        lambda page: [f"\f雨夜来信 第三稿        {page}."],
        lambda page: ["星辰影业 版权所有 严禁外传"],
        lambda page: [f"第 {page} 页 共 9 页", "星辰影业", "雨夜来信 剧本"],
    ],
)
def test_pages_of_a_printed_chinese_script(foot):
    plain = [line for line in ZH.split("\n") if line]
    draft = read(paged(plain, 4, foot))
    assert told(draft) == told(read("\n".join(plain)))
    assert len([each for each in draft.warnings if each.lines]) == 1
    assert len(draft.warnings) == 1


@pytest.mark.parametrize(
    "foot",
    [
        lambda page: ["", f"{' ' * 50}{page}.", ""],
        lambda page: ["", f"RAIN LETTER - Rev. 11/2/26{' ' * 20}{page}.", ""],
        lambda page: ["", "CONFIDENTIAL - Property of Star Films", ""],
        lambda page: ["", "RAIN LETTER", "", f"Page {page} of 9", ""],
    ],
)
def test_pages_of_a_printed_english_script(foot):
    blocks = EN.strip().split("\n\n")
    whole = "\n\n".join(blocks)
    printed = "\n".join(
        line
        for index, block in enumerate(blocks, 1)
        for line in ["", *block.split("\n"), *(foot(index // 2) if index % 2 == 0 else [])]
    )
    draft = read(printed, "a.fountain")
    assert told(draft) == told(read(whole, "a.fountain"))
    assert len(draft.warnings) == 1


def test_revision_stars_come_off_and_the_words_stay():
    starred = EN.replace("Maya bends over the bench.", "Maya bends over the bench.        *")
    starred = starred.replace("My father left me this.", "*   My father left me this.").replace(
        "INT. WATCH SHOP - DAY #1#", "INT. WATCH SHOP - DAY #1#     *"
    )
    draft = read(starred, "a.fountain")
    assert told(draft) == told(read(EN, "a.fountain"))
    assert draft.warnings[0].lines == (1, 3, 10)


@pytest.mark.parametrize("tag", ["（修订）", "(修订)", "【改】", "（新增）"])
def test_revision_tags_come_off(tag):
    tagged = ZH.replace("怀表放在台面上。", f"怀表放在台面上。{tag}").replace("林晚：修表", f"{tag}林晚：修表")
    draft = read(tagged)
    assert told(draft) == told(read(ZH))
    assert len(draft.warnings) == 1


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12   INT. WATCH SHOP - DAY   12", "12"),
        ("12A\tINT. WATCH SHOP - DAY\t12A", "12A"),
        ("12   INT. WATCH SHOP - DAY   12   *", "12"),
        ("12.  INT. WATCH SHOP - DAY", "12"),
        ("INT. WATCH SHOP - DAY        12", "12"),
        ("A12 INT. WATCH SHOP - DAY A12", "A12"),
    ],
)
def test_scene_numbers_in_the_margins(written, number):
    draft = read(EN.replace("INT. WATCH SHOP - DAY #1#", written), "a.fountain")
    scene = first(draft).scenes[0]
    assert (scene.number, scene.location, scene.time_of_day) == (number, "Watch Shop", "DAY")


def test_scene_numbers_in_both_margins_of_a_chinese_script():
    draft = read(
        ZH.replace("1-1 日 内 钟表铺", "1-1 日 内 钟表铺   1-1").replace("1-2 夜 外 老街", "12 夜 外 老街   12")
    )
    assert [(scene.number, scene.location) for scene in first(draft).scenes] == [("1", "钟表铺"), ("12", "老街")]


# -- what only looks like it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "MAYA\n12.",
        "MAYA\nContinued.",
        "MAYA\n1.\n\nADRIAN\n2.\n\nMAYA\n3.",
        "3\n\n2\n\n1",
        "Rain.\n\nRain.\n\nRain.",
        "MAYA\nConfidential.\n\nADRIAN\nConfidential.",
        "She is *very* tired, and *",
        "CLOSE ON MAYA\n\nCLOSE ON MAYA",
        "***",
    ],
)  # fmt: skip
def test_what_only_looks_like_it_stays(text):
    lines = [
        Line(number, line) for number, line in enumerate(f"INT. A - DAY\n\n{text}\n\nThe end of it.".split("\n"), 1)
    ]
    kept, warned = without_furniture(lines)
    if text.endswith("tired, and *"):
        assert warned is not None
        assert kept[2].text == "She is *very* tired, and"
    else:
        assert (kept, warned) == (lines, None)


@pytest.mark.parametrize(
    "text",
    [
        "林晚：第三页。",
        "△第3页上写着一个名字。",
        "林晚：机密。\n陆沉：机密。",
        "林晚：3",
        "△雨。\n△雨。\n△雨。",
        "（未完待续）",
    ],
)
def test_what_only_looks_like_it_stays_in_a_chinese_script(text):
    lines = [Line(number, line) for number, line in enumerate(f"1-1 日 内 客厅\n{text}\n△天黑了。".split("\n"), 1)]
    assert without_furniture(lines) == (lines, None)


def test_a_script_without_any_of_it_is_untouched():
    for text in (ZH, EN):
        lines = [Line(number, line) for number, line in enumerate(text.split("\n"), 1)]
        assert without_furniture(lines) == (lines, None)


@given(
    st.lists(st.sampled_from([*(line for line, _ in FURNITURE), *ZH.split("\n"), "12", "（续）", "\f", "x *", "机密"]))
)
def test_every_line_is_kept_or_named(texts):
    lines = [Line(number, text) for number, text in enumerate(texts, 1)]
    kept, warned = without_furniture(lines)
    named = set(warned.lines) if warned else set()
    assert {line.number for line in kept} | named == set(range(1, len(lines) + 1))
    for line in kept:
        if line.number not in named:
            assert line.text.split() == texts[line.number - 1].split() or "页" in line.text


def test_ten_thousand_pages_are_read_soon():
    printed = paged(["1-1 日 内 客厅", *["林晚：走吧。"] * 20_000], 4, lambda page: [f"第{page % 9000}页", "星辰影业"])
    lines = [Line(number, text) for number, text in enumerate(printed.split("\n"), 1)]
    start = time.process_time()
    kept, _ = without_furniture(lines)
    assert time.process_time() - start < 3
    assert sum(line.text.startswith("林晚") for line in kept) == 20_000


# -- Word -----------------------------------------------------------------------------------------------------------


def word(*paragraphs: str) -> Document:
    document = docx.Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return document


def saved(document: Document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def test_tracked_changes_are_read_as_accepted():
    document = word("1-1 日 内 钟表铺", "△林晚", "林晚：")
    for paragraph, kind, text in ((1, "w:ins", "走进来。"), (1, "w:del", "跑出去。"), (2, "w:ins", "走吧。")):
        change = OxmlElement(kind)
        run = OxmlElement("w:r")
        words = OxmlElement("w:t" if kind == "w:ins" else "w:delText")
        words.text = text
        run.append(words)
        change.append(run)
        document.paragraphs[paragraph]._p.append(change)
    draft = read_script(saved(document), "a.docx")
    assert told(draft) == told(read("1-1 日 内 钟表铺\n△林晚走进来。\n林晚：走吧。"))
    assert [(each.line, each.lines) for each in draft.warnings] == [(2, (2, 3))]


def test_a_printed_page_pasted_into_word():
    plain = [line for line in ZH.split("\n") if line]
    printed = paged(plain, 4, lambda page: [f"第 {page} 页 共 9 页", "星辰影业 内部资料 请勿外传"])
    assert told(read_script(saved(word(*printed.split("\n"))), "a.docx")) == told(read("\n".join(plain)))
