"""A sheet of frames that may not be used freely says so: in the column, at the foot of the page, and whole."""

import csv
import re

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from timelines import changed, episode, exported, without

from storage.errors import Message
from studio.exports import ExportOptions
from studio.provenance import RANDOM_WEIGHTS, licence, restrictions

LICENCE = Message(
    "The checkpoints & all that is made with them are for research purposes only. " * 2 + "Ask the publisher.",
    "模型权重及其生成的画面仅供研究使用。" * 4 + "请联系发布者。",
)


@pytest.fixture(params=["en", "zh"])
def language(request):
    return request.param


@pytest.fixture
def timeline(language, frames):
    """The first and third shots from random weights, the first also from weights for research; the last is omitted."""
    line = episode(language, frames)
    said = restrictions({"random_weights": True, "licences": [licence("X", False, LICENCE), licence("Y", True, None)]})
    first, third, last = (line.clips[at].number for at in (0, 2, -2))
    line = changed(line, first, notices=said, engine="toy")
    line = changed(line, third, notices=(RANDOM_WEIGHTS,))
    return without(changed(line, last, notices=(Message("never", "从不"),)), last)


def _written(timeline, folder, language, suffix):
    target = folder / f"sheet{suffix}"
    exported(timeline, target, ExportOptions(language))
    return target


def test_the_table_says_it_in_the_row_of_the_frame(timeline, language, tmp_path):
    with _written(timeline, tmp_path, language, ".csv").open(encoding="utf-8-sig", newline="") as stream:
        heading, *rows = csv.reader(stream)
    said = [row[heading.index({"en": "Engine", "zh": "引擎"}[language])] for row in rows]
    assert said[0] == f"toy\n{RANDOM_WEIGHTS.text(language)}\n{LICENCE.text(language)}"
    assert said[2] == f"photoboard\n{RANDOM_WEIGHTS.text(language)}"
    assert {*said[1:2], *said[3:]} <= {"", "photoboard"}


def test_the_workbook_says_it_at_the_foot_and_whole_below_the_scenes(timeline, language, tmp_path):
    book = load_workbook(_written(timeline, tmp_path, language, ".xlsx"))
    for sheet in book.worksheets:
        foot = sheet.oddFooter.left.text
        assert foot.startswith(RANDOM_WEIGHTS.text(language))
        assert ("…" in foot) == (language == "en"), "the Chinese one has room"
    below = [row[1].value for row in book.worksheets[1].iter_rows() if row[1].value][-2:]
    first, third = timeline.clips[0].number, timeline.clips[2].number
    between = {"en": (" (", ", ", ")"), "zh": ("（", "、", "）")}[language]
    assert below[0] == RANDOM_WEIGHTS.text(language) + between[0] + first + between[1] + third + between[2]
    assert below[1] == LICENCE.text(language) + between[0] + first + between[2]


def test_the_storyboard_says_it_on_every_page_and_whole_on_one_of_its_own(timeline, language, tmp_path):
    pages = PdfReader(_written(timeline, tmp_path, language, ".pdf")).pages
    texts = [re.sub(r"[\s\u200b]", "", page.extract_text()) for page in pages]
    assert all(re.sub(r"\s", "", RANDOM_WEIGHTS.text(language)) in text for text in texts)
    assert re.sub(r"\s", "", LICENCE.text(language)) in texts[-1]
    assert not any(word in "".join(texts) for word in ("never", "从不"))
