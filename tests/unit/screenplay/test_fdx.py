"""Final Draft in: what each kind of paragraph becomes, and what is refused. The files are written here."""

import time
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import ScriptError
from studio.screenplay import read_script
from studio.screenplay.draft import Element, ScriptDraft, Speech

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="no" ?>\n'


def paragraph(kind: str, text: str = "", inside: str = "", **attributes: str) -> str:
    said = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'<Paragraph Type="{kind}"{said}>{inside}<Text>{escape(text)}</Text></Paragraph>'


def document(*paragraphs: str, title: tuple[str, ...] = (), after: str = "", **attributes: str) -> bytes:
    page = "".join(paragraph("General", line) for line in title)
    kind = "".join(f' {name}="{value}"' for name, value in (attributes or {"DocumentType": "Script"}).items())
    return (
        f"{HEAD}<FinalDraft{kind} Version='5'><Content>{''.join(paragraphs)}</Content>"
        f"<TitlePage><Content>{page}</Content></TitlePage>{after}</FinalDraft>"
    ).encode()


def read(*paragraphs: str, name: str = "a.fdx", **kept) -> ScriptDraft:
    return read_script(document(*paragraphs, **kept), name)


def elements(draft: ScriptDraft, scene: int = 0) -> tuple[Element, ...]:
    return draft.episodes[0].scenes[scene].elements


def speeches(draft: ScriptDraft) -> list[Speech]:
    return [each.speech for scene in draft.episodes[0].scenes for each in scene.elements if each.speech]


SHOP = paragraph("Scene Heading", "INT. WATCH SHOP - DAY", Number="12A")
MAYA = paragraph("Character", "MAYA")
HELLO = paragraph("Dialogue", "We are full.")


def test_every_kind_of_paragraph():
    draft = read(
        SHOP,
        paragraph("Action", "MAYA LIN (27) bends over the bench."),
        paragraph("Character", "ADRIAN (V.O.) (CONT'D)"),
        paragraph("Parenthetical", "(low)"),
        paragraph("Dialogue", "My father left me this."),
        paragraph("Parenthetical", "(beat)"),
        paragraph("Dialogue", "Look."),
        paragraph("Shot", "CLOSE ON MAYA"),
        MAYA,
        HELLO,
        paragraph("Transition", "CUT TO:"),
        paragraph("Scene Heading", "EXT. OLD STREET - NIGHT", Number="13"),
        paragraph("General", "Nobody there."),
        title=("PAID IN FULL", "Written by", "Somebody"),
    )
    assert (draft.title, draft.language, draft.warnings) == ("PAID IN FULL", "en", ())
    first, second = draft.episodes[0].scenes
    assert (first.number, first.int_ext, first.location, first.time_of_day) == ("12A", "INT", "Watch Shop", "DAY")
    assert (second.number, second.int_ext, second.time_of_day) == ("13", "EXT", "NIGHT")
    assert speeches(draft) == [
        Speech("Adrian", "My father left me this.", "low", "VO"),
        Speech("Adrian", "Look.", "beat", "VO"),
        Speech("Maya", "We are full."),
    ]
    assert [(each.kind, each.line) for each in first.elements] == [
        ("action", 2),
        ("speech", 3),
        ("speech", 6),
        ("shot", 8),
        ("speech", 9),
        ("transition", 11),
    ]
    close = next(shot for shot in first.shots if shot.marked)
    assert (close.size, [person.name for person in close.cast]) == ("CU", ["Maya"])
    assert first.cast == ("Maya",)


def test_chinese():
    draft = read(
        paragraph("General", "第2集 修表人"),
        paragraph("Scene Heading", "内景 晚晴钟表铺 - 日", Number="1"),
        paragraph("General", "人物：林晚、陆沉"),
        paragraph("Action", "满墙挂钟。林晚伏在灯下。"),
        paragraph("Shot", "特写 - 林晚"),
        paragraph("Character", "林晚（画外音）"),
        paragraph("Dialogue", "修表排到下个月了。"),
        paragraph("Scene Heading", "2-2 夜 外 老街"),
        paragraph("Action", "空无一人。"),
        title=("《第七封信》",),
    )
    assert (draft.title, draft.language, draft.numbering) == ("第七封信", "zh", "episode")
    (episode,) = draft.episodes
    assert (episode.number, episode.title) == (2, "修表人")
    assert [(scene.number, scene.int_ext, scene.location, scene.time_of_day) for scene in episode.scenes] == [
        ("1", "INT", "晚晴钟表铺", "DAY"),
        ("2", "EXT", "老街", "NIGHT"),
    ]
    assert episode.scenes[0].cast == ("林晚", "陆沉")
    assert speeches(draft) == [Speech("林晚", "修表排到下个月了。", "", "OS")]
    assert [shot.size for shot in episode.scenes[0].shots if shot.marked] == ["CU"]


def test_runs_of_text_are_one_text_and_struck_words_are_out():
    runs = (
        '<Paragraph Type="Action"><Text Style="Bold">Maya </Text><Text RevisionID="2">looks </Text>'
        '<Text Style="Strikeout">down </Text><Text Style="Italic+Underline">up &amp; away</Text>'
        "<Text>\u2028slowly.</Text></Paragraph>"
    )
    draft = read(SHOP, runs, MAYA, '<Paragraph Type="Dialogue"><Text Style="AllCaps">no.</Text></Paragraph>')
    assert elements(draft)[0].text == "Maya looks up & away slowly."
    assert speeches(draft)[0].text == "NO."
    assert [(each.line, each.lines) for each in draft.warnings] == [(2, (2,)), (2, (2,))]
    assert "struck out" in draft.warnings[0].message.en
    assert "Revision" in draft.warnings[1].message.en


def test_dual_dialogue_is_two_speeches():
    pair = MAYA + HELLO + paragraph("Character", "ADRIAN") + paragraph("Dialogue", "Wait.")
    draft = read(SHOP, f'<Paragraph Type="General"><DualDialogue>{pair}</DualDialogue></Paragraph>', HELLO)
    assert [each.speaker for each in speeches(draft)] == ["Maya", "Adrian"]
    (warned,) = draft.warnings
    assert (warned.line, "no speaker" in warned.message.en) == (7, True)
    assert elements(draft)[-1].kind == "action"


def test_an_omitted_scene_is_left_out_and_said():
    cut = paragraph("Scene Heading", "EXT. YARD - DUSK") + paragraph("Action", "Maya waits in the yard.")
    draft = read(
        SHOP,
        paragraph("Action", "Rain."),
        f'<Paragraph Type="Scene Heading" Number="13"><Text>OMITTED</Text><OmittedScene>{cut}</OmittedScene></Paragraph>',
        paragraph("Scene Heading", "INT. HALL - DAY"),
        paragraph("Action", "Silence."),
        paragraph("Scene Heading", "OMITTED", Number="15"),
    )
    assert [scene.number for scene in draft.episodes[0].scenes] == ["12A", "1"]
    assert not any("yard" in each.text.casefold() for scene in draft.episodes[0].scenes for each in scene.elements)
    assert [each.line for each in draft.warnings] == [3, 8]
    assert "Scene 13 with 2 paragraphs" in draft.warnings[0].message.en


def test_notes_inside_and_by_their_place():
    inside = "<ScriptNote ID='1'><Paragraph><Text>Mind the clock.</Text></Paragraph></ScriptNote>"
    emoji = paragraph("Action", "Rain 🌧.")  # seven letters, eight UTF-16 units
    placed = "".join(
        f"<ScriptNote Id='{at}' Range='{place}'><Paragraph><Text>{text}</Text></Paragraph></ScriptNote>"
        for at, (place, text) in enumerate([("31,33", "On the wind."), ("0,4", "On the heading."), ("", "Nowhere.")])
    )
    # INT. WATCH SHOP - DAY = 21 units and its end: the rain begins at 22, the wind at 31
    draft = read(
        SHOP,
        emoji,
        paragraph("Action", "Wind.", inside=inside),
        after=f"<ScriptNotes>{placed}</ScriptNotes>",
    )
    assert [(each.text, each.line) for each in elements(draft) if each.kind == "note"] == [
        ("On the heading.", 1),
        ("Nowhere.", 1),
        ("Mind the clock.", 3),
        ("On the wind.", 3),
    ]


def test_numbered_and_timed_shots_hold_what_follows():
    timed = "<ScriptNote ID='1'><Paragraph><Text>Duration: 3.5 s</Text></Paragraph></ScriptNote>"
    draft = read(
        SHOP,
        paragraph("Shot", "CLOSE-UP - SINGLE - MAYA", inside=timed, Number="12B"),
        paragraph("Action", "INSERT - THE KEY"),
        MAYA,
        HELLO,
        paragraph("Character", "ADRIAN"),
        paragraph("Dialogue", "Wait."),
    )
    (shot,) = draft.episodes[0].scenes[0].shots
    assert (shot.number, shot.size, shot.framing, shot.seconds) == ("12B", "CU", "single", 3.5)
    assert [each.speaker for each in shot.dialogue] == ["Maya", "Adrian"]
    assert (shot.description, [person.name for person in shot.cast]) == ("INSERT - THE KEY", ["Maya"])


def test_what_is_not_understood_is_listed_by_its_paragraph():
    draft = read(
        paragraph("Action", "Before everything."),
        SHOP,
        paragraph("Weather", "Rain."),
        paragraph("Weather", "Snow."),
        paragraph("Character", "MAYA"),
        paragraph("New Act", "ACT TWO"),
    )
    assert [each.line for each in draft.warnings] == [1, 3, 5]
    assert draft.warnings[1].lines == (3, 4)
    assert "'Weather'" in draft.warnings[1].message.en
    assert [each.text for each in elements(draft) if each.kind == "action"] == ["Rain.", "Snow.", "MAYA"]
    assert elements(draft)[-1] == Element("note", "ACT TWO", 6)


def test_episode_and_title_from_the_title_page():
    draft = read(SHOP, HELLO, title=("Paid in Full", "Episode 3", "“The Key”", "Somebody"))
    assert (draft.title, draft.episodes[0].number, draft.episodes[0].title) == ("Paid in Full", 3, "The Key")


@pytest.mark.parametrize("name", ["a.fdx", "a.txt", "a.xml", "script"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_it_is_known_by_its_content_in_any_encoding(name, encoding):
    text = document(SHOP, paragraph("Action", "林晚推门而入，雨声很大。")).decode()
    declared = text.replace("UTF-8", {"utf-16": "UTF-16", "gb18030": "GB18030"}.get(encoding, "UTF-8"))
    draft = read_script(declared.encode(encoding), name)
    assert elements(draft)[0].text == "林晚推门而入，雨声很大。"


BOMB = (
    '<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(8))
    + "]>"
)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (document(DocumentType="Script"), "empty Final Draft file"),
        (document(paragraph("Action", "  "), DocumentType="Template", Template="Yes"), "Final Draft template"),
        (f"{HEAD}<FinalDraft/>".encode(), "no script in it"),
        (document(SHOP)[:-20], "broken.*line 2"),
        (document(SHOP).replace(b"</Text>", b"</text>"), "broken"),
        (b"INT. HOUSE - DAY\n\nRain.\n", "broken.*line 1"),
        (b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        (b"\n<HTML><head></head></HTML>", "web page"),
        (b"<?xml version='1.0'?><fcpxml version='1.10'/>", "another kind.*fcpxml"),
        (f"{HEAD}{BOMB}<FinalDraft><Content><Paragraph><Text>&i;</Text></Paragraph></Content></FinalDraft>".encode(), "no script has"),
        (f'{HEAD}<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]><FinalDraft>&x;</FinalDraft>'.encode(), "no script has"),
        (f"{HEAD}<FinalDraft>{'<a>' * 5000}{'</a>' * 5000}</FinalDraft>".encode(), "no script has"),
        (f"{HEAD}<FinalDraft><Content>{'<a/>' * 500_000}</Content></FinalDraft>".encode(), "no script has"),
        (document(paragraph("Action", "Rain.")), "No scene heading"),
        (document(SHOP, "<Paragraph>&nbsp;</Paragraph>"), "broken"),
        (HEAD.encode() + b"<!-- -->" * 400, "broken"),
        (b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40, "not a text file"),
        (document(paragraph("Action", "x" * 9_000_000)), "larger than 8 MB"),
    ],
)  # fmt: skip
def test_what_is_no_script_is_refused_in_both_languages_and_soon(content, says):
    start = time.process_time()
    with pytest.raises(ScriptError, match=says) as caught:
        read_script(content, "a.fdx")
    assert time.process_time() - start < 3
    assert caught.value.message.zh != caught.value.message.en
    assert "a.fdx" in caught.value.message.zh or "场次" in caught.value.message.zh


KINDS = ["Scene Heading", "Action", "Character", "Parenthetical", "Dialogue", "Transition", "Shot", "General", "Odd", "Cast List", "New Act"]  # fmt: skip
WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co"), exclude_characters="\ufffe\uffff"), max_size=30
)
TEXTS = st.one_of(WORDS, st.sampled_from(["INT. A - DAY", "1-1 日 内 客厅", "OMITTED", "第2集", "(low)", "MAYA", "林晚：走。", "CLOSE ON MAYA", "人物：林晚"]))  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(KINDS), TEXTS, st.sampled_from(["", "1", "2A", "x#"])), max_size=15))
def test_any_paragraphs_are_read_and_none_is_lost(blocks):
    given_blocks = [("Scene Heading", "INT. A - DAY", "1"), *(each for each in blocks if each[1].split())]
    draft = read(*(paragraph(kind, text, Number=number) for kind, text, number in given_blocks))
    answered = {line for warned in draft.warnings for line in (warned.line, *warned.lines)}
    for episode in draft.episodes:
        for scene in episode.scenes:
            answered.add(scene.line)
            for each in scene.elements:
                answered |= set(range(each.line, each.line + each.text.count("\n") + 1))
    titles = {episode.title for episode in draft.episodes}
    for number, (kind, text, _) in enumerate(given_blocks, 1):
        worded = any(char.isalnum() for char in text)
        assert number in answered or not worded or "集" in text or text in titles, (number, kind, text)


@given(st.binary(max_size=300))
def test_any_damage_is_read_or_refused(noise):
    whole = document(SHOP, MAYA, HELLO)
    at = len(noise) * 7 % len(whole)
    try:
        read_script(whole[:at] + noise + whole[at + len(noise) :], "a.fdx")
    except ScriptError as error:
        assert error.message.zh


def test_a_long_script_is_read_soon():
    blocks = [paragraph("Scene Heading", f"INT. ROOM {n} - DAY", Number=str(n)) + MAYA + HELLO for n in range(1, 2000)]
    start = time.process_time()
    draft = read(*blocks)
    assert time.process_time() - start < 3
    assert len(draft.episodes[0].scenes) == 1999
