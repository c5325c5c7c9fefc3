"""Any bytes give a draft or a ScriptError, and soon; ten thousand lines take less than three seconds."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import ScriptError
from studio.screenplay import read_script
from studio.screenplay.cast import Cast
from studio.screenplay.cues import read_cue, read_names
from studio.screenplay.headings import chinese_heading, episode_heading, slugline
from studio.screenplay.marks import read_mark, split_mark

PIECES = st.sampled_from(
    ["INT. ", "EXT", " - ", "DAY", "1-1 ", "日", "内", "第", "集", "场", "△", "（", "）", "：", ":", "林晚", "MAYA", "(V.O.)",
     "CLOSE ON ", "[[", "]]", "/*", "*/", "@", "!", ">", "<", "#", "=", "~", ".", "\n", "\n\n", "  \n", "【", "】", "特写", "过", "肩",
     "**", "_", "\\", '"', ",", ";", "\t", "\u3000", "人物：", "切黑", "《", "》", "’s POV", "Scene,Shot,Size,Description\n", "\x0b", "\u2028", "é"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=60).map("".join),
    st.lists(PIECES, max_size=60).map(lambda pieces: "1-1 日 内 客厅\n" + "".join(pieces)),
    st.lists(PIECES, max_size=60).map(lambda pieces: "INT. A - DAY\n\n" + "".join(pieces)),
)
NAMES = st.sampled_from(["a.txt", "a.fountain", "a.csv", "a.docx", "a", "剧本.TXT"])


@settings(max_examples=250, deadline=None)
@given(TEXTS, NAMES)
def test_any_text_is_read_or_refused(text, name):
    try:
        draft = read_script(text.encode("utf-8", "replace"), name)
    except ScriptError as error:
        assert error.message.zh
        assert error.message.en
    else:
        assert draft.episodes
        assert all(scene.number for episode in draft.episodes for scene in episode.scenes)


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", "1-1 日 内 家\n".encode("gb18030")]),
    NAMES,
)
def test_any_bytes_are_read_or_refused(content, start, name):
    try:
        read_script(start + content, name)
    except ScriptError as error:
        assert error.line is None or error.line >= 1


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join))
def test_the_line_readers_take_anything(text):
    line = text.replace("\n", " ")
    for read in (read_cue, read_names, chinese_heading, episode_heading, slugline, read_mark, split_mark):
        read(line)
    assert Cast([line], [line], [line]).named_in("") == []


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=40), PIECES),
        max_size=30,
    )
)
def test_no_line_of_the_native_form_is_dropped(pieces):
    lines = ["1-1 日 内 客厅", *(piece.replace("\n", " ") for piece in pieces)]
    content = "\n".join(lines)
    try:
        draft = read_script(content.encode(), "a.txt")
    except ScriptError:
        return
    answered = {line for warned in draft.warnings for line in (warned.line, *warned.lines)}
    for episode in draft.episodes:
        for scene in episode.scenes:
            answered.add(scene.line)
            for element in scene.elements:
                answered |= set(range(element.line, element.line + element.text.count("\n") + 1))
    titled = {draft.title, *(episode.title for episode in draft.episodes)} - {""}
    for number, line in enumerate(content.split("\n"), 1):
        said = number in answered or any(title in line for title in titled) or re.search(r"集|episode|ep", line, re.I)
        assert said or not line.split() or content.count("/*") or "[[" in content or "INT" in content, (number, line)


LONG = {
    "dialogue": "INT. A - DAY\n\n" + "MAYA\nHello there.\n\n" * 3333,
    "strangers": "INT. A - DAY\n\n" + "".join(f"NAME {chr(65 + i % 26)}{chr(65 + i // 26 % 26)}{chr(65 + i // 676)}\nHello.\n\n" for i in range(3333)),
    "scenes": "INT. A - DAY #1#\n\nRain.\n\n" * 2500,
    "marks": "INT. A - DAY\n\n" + "CLOSE ON MAYA\n\nMaya waits.\n\n" * 2500,
    "native": "1-1 日 内 客厅\n" + "林晚：走吧。\n△陆沉看着林晚。\n" * 5000,
    "native strangers": "1-1 日 内 客厅\n" + "".join(f"角{chr(0x4E00 + i)}{chr(0x5E00 + i)}：走吧。\n" for i in range(9999)),
    "native scenes": "1-1 日 内 客厅\n△雨。\n" * 5000,
    "open notes": "INT. A - DAY\n\n" + "[[ a\n" * 10_000,
    "open boneyards": "INT. A - DAY\n\n" + "/* a\n" * 10_000,
    "stars": "INT. A - DAY\n\n" + "**a*_*_**\n\n" * 5000,
    "unknown": "1-1 日 内 客厅\n" + "随便写的一行没有任何标记的文字\n" * 10_000,
    "table": "Scene,Shot,Size,Cast,Description\n" + "1,1A,CU,Maya,She waits\n" * 10_000,
}  # fmt: skip


@pytest.mark.parametrize("kind", LONG)
def test_ten_thousand_lines_take_less_than_three_seconds(kind):
    start = time.process_time()
    draft = read_script(LONG[kind].encode(), "a.csv" if kind == "table" else "a.txt")
    assert time.process_time() - start < 3
    assert draft.episodes


@pytest.mark.parametrize(
    "line",
    [" " * 19_000 + "x", "(" * 19_000, "A.'" * 6_000, "*_" * 9_000, "a " * 9_500, "“：" * 9_000, "第一" * 9_000, "OVER A" * 3_000,
     "MAYA'S " * 2_500, "[[" * 9_000, "/*" * 9_000, ">" * 19_000, "#a" * 9_000, "一二三（" * 4_500, "- " * 9_000, "<" * 19_000, "过肩" * 9_000],
)  # fmt: skip
@pytest.mark.parametrize(
    "form",
    [
        "INT. A - DAY\n\n{0}\n\n{0}\nb\n",
        "1-1 日 内 客厅\n{0}\n△{0}\n林晚：{0}\n",
        "Scene,Shot,Size,Cast,Dialogue\n1,2,{0},{0},{0}\n",
    ],
)
def test_one_hostile_line_is_no_trap(line, form):
    start = time.process_time()
    assert read_script(form.format(line).encode(), "a.txt").episodes
    assert time.process_time() - start < 3
