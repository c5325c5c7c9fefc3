"""Shot tables: columns in any order, both languages, the delimiters and encodings that spreadsheets write."""

import csv
import io
import random
from pathlib import Path

import pytest

from storage.errors import ScriptError
from studio.screenplay import read_script
from studio.screenplay.draft import ScriptDraft, ShotDraft

SHEETS = Path(__file__).resolve().parents[2] / "samples"
NAMES = ["paid-in-full.en.shots.csv", "seventh-letter.zh.shots.csv"]


def table(*rows: str, name: str = "a.csv") -> ScriptDraft:
    return read_script("\n".join(rows).encode(), name)


def shots(draft: ScriptDraft) -> list[ShotDraft]:
    return [shot for episode in draft.episodes for scene in episode.scenes for shot in scene.shots]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_order_delimiter_and_encoding_change_nothing(name, delimiter, encoding):
    rows = list(csv.reader((SHEETS / name).open(encoding="utf-8-sig", newline="")))
    order = random.Random(7).sample(range(len(rows[0])), len(rows[0]))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows([[row[index] for index in order] for row in rows])
    assert read_script(out.getvalue().encode(encoding), "mixed.csv") == read_script((SHEETS / name).read_bytes(), name)


def test_the_words_of_a_sheet():
    draft = table(
        "E;场;镜头;景别;构图;运镜;画面;画面描述;人物;对白;时长",
        "1;1;1;中近景;过肩（林晚）;缓推;a.png;林晚身后;林晚、陆沉;陆沉（低声）：走吧。;4秒",
        "1;1;2;特写/推;单人;;;脚步;陆沉（脚部）;;0:03",
    )
    one, two = shots(draft)
    assert (one.size, one.framing, one.movement, one.seconds, one.number) == ("MCU", "OTS", "push-in", 4, "1")
    assert [(p.name, p.placement, p.part) for p in one.cast] == [
        ("林晚", "foreground-left", "back"),
        ("陆沉", "right", "face"),
    ]
    assert [(s.speaker, s.manner, s.text) for s in one.dialogue] == [("陆沉", "低声", "走吧。")]
    assert (two.size, two.seconds, two.cast[0].part) == ("CU", 3, "feet")
    assert draft.numbering == "episode"


def test_blank_cells_go_on_with_the_row_above():
    draft = table(
        "Episode,Scene,I/E,Location,Time,Shot,Size,Action",
        "2,5,EXT,Pier,NIGHT,5A,LS,Waves",
        ",,,,,5B,CU,Maya",
        ",6,INT,,,6A,MS,Door",
    )
    (episode,) = draft.episodes
    assert episode.number == 2
    assert [(s.number, s.int_ext, s.location, len(s.shots)) for s in episode.scenes] == [
        ("5", "EXT", "Pier", 2),
        ("6", "INT", "Pier", 1),
    ]
    assert draft.numbering == "scene"


def test_what_is_not_known_is_said():
    draft = table(
        "Scene,Shot,Size,Description,Colour,Dur (s),Dialogue,Cast,Status",
        '1,1A,enormous,Rain,blue,soon,Hello there,"Maya, Adrian",Planned',
        ",,,,red,,,,",
        "1,1B,CU,Wind,,3,,,Omitted",
        "1,1C,CU,Snow,,3,,Maya,,extra",
    )
    assert [warned.line for warned in draft.warnings] == [1, 2, 2, 2, 3, 5]
    assert [(shot.number, shot.size, shot.omitted) for shot in shots(draft)] == [
        ("1A", "MS", False),
        ("1B", "CU", True),
        ("1C", "CU", False),
    ]


def test_guarded_cells_come_back_as_they_were():
    (shot,) = shots(table("Scene,Shot,Size,Description,Notes", "1,1A,CU,'=1+1,'tis"))
    assert (shot.description, shot.notes) == ("=1+1", "'tis")


def test_line_numbers_count_lines_not_rows():
    draft = table("Scene,Shot,Size,Dialogue", '1,1A,CU,"MAYA: One.', 'ADRIAN: Two."', "1,1B,CU,")
    assert [shot.line for shot in shots(draft)] == [2, 4]
    assert [(s.speaker, s.text) for s in shots(draft)[0].dialogue] == [("Maya", "One."), ("Adrian", "Two.")]


def test_a_sheet_may_come_as_plain_text_and_a_script_never_reads_as_one():
    assert len(shots(table("镜号\t景别\t画面内容", "1\t特写\t雨", name="a.txt"))) == 1
    with pytest.raises(ScriptError, match="first row"):
        table("INT. ROOM - DAY", "", "Rain.")


def test_who_is_seen_from_behind_or_only_in_part():
    draft = table(
        "Scene,Shot,Size,Framing,Description,Cast",
        '1,1A,MS,OTS,Talk,"Maya, Vivian (back)"',
        '1,1B,CU,Insert,Key,"Maya (hand), Adrian (feet)"',
        "1,1C,MS,Single,Leaves,Maya (back)",
        "1,1D,ELS,Establishing,Far,Maya",
    )
    over, key, leaves, far = shots(draft)
    assert {p.name: (p.placement.split("-")[0], p.part) for p in over.cast} == {
        "Maya": ("right", "face"),
        "Vivian": ("foreground", "back"),
    }
    assert [(p.name, p.part) for p in key.cast] == [("Maya", "hand"), ("Adrian", "feet")]
    assert [(p.part, p.gaze) for p in leaves.cast] == [("back", "away")]
    assert [p.part for p in far.cast] == ["figure"]


def test_a_manner_stays_as_it_was_written_and_a_name_with_and_in_it_stays_whole():
    draft = table(
        "场号,镜号,景别,画面内容,人物,台词",
        '1,1,中景,对坐,"李和平、陆沉","李和平（VO，低声、哽咽）：走。\n陆沉（慢慢地，一字一句！）：不。"',
        "1,2,中景,对坐,林晚和陆沉,",
    )
    talk, two = shots(draft)
    assert [p.name for p in talk.cast] == ["李和平", "陆沉"]
    assert [(s.speaker, s.delivery, s.manner, s.text) for s in talk.dialogue] == [
        ("李和平", "VO", "低声、哽咽", "走。"),
        ("陆沉", "spoken", "慢慢地，一字一句！", "不。"),
    ]
    assert [p.name for p in two.cast] == ["林晚", "陆沉"]
