"""What the page draws: whatever people call things, it is text and nothing else."""

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from characters.reports import PhotoReport
from storage.errors import Message
from storage.models import Character, Consent, Episode, Look, Photo, Receipt, Scene, Series, Shot, ShotCast, Take, now
from studio.prompt import Prompt
from studio.prompting import ShotWords
from studio.provenance import RANDOM_WEIGHTS
from studio.rendering import Progress
from studio.ui import board, cards, photo_cards, prompts_panel
from studio.ui.links import board_url, sheet_name, sheet_url

TRAPS = [
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "' onmouseover='alert(1)",
    "</style><b>",
    "&lt;",
]
NAMES = st.one_of(st.sampled_from(TRAPS), st.text(st.characters(codec="utf-8"), max_size=30))
LANGUAGES = st.sampled_from(["en", "zh"])
TAGS = {
    "a",
    "article",
    "b",
    "button",
    "circle",
    "del",
    "div",
    "em",
    "figcaption",
    "figure",
    "h3",
    "h4",
    "i",
    "img",
    "p",
}
TAGS |= {"code", "dd", "details", "dl", "dt", "summary"}
TAGS |= {"q", "rect", "section", "small", "span", "style", "svg", "table", "tbody", "td", "th", "thead", "tr"}


class Reader(HTMLParser):
    """Every tag, attribute and text of what was drawn."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def harmless(html: str) -> Reader:
    read = Reader(html)
    assert set(read.tags) <= TAGS
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    links = [value or "" for name, value in read.attributes if name in ("src", "href")]
    assert all(link.startswith(("/picture/", "data:image/jpeg;base64,")) for link in links)
    return read


def provenance(name: str) -> dict[str, Any]:
    """As of a frame that a generating engine made, with a name wherever one may stand."""
    return {
        "generates": True,
        "weights": [{"part": name, "file": name, "sha256": "0123456789abcdef" * 4}],
        "licences": [{"name": name, "commercial": False, "notice": {"en": f"for {name}", "zh": f"供 {name}"}}],
        "scheduler": name,
        "num_inference_steps": 3,
        "batch": 2,
        "device": name,
        "dtype": name,
        "plan": name,
        "versions": {name: name},
        "native_size": [576, 1024],
        "random_weights": True,
        "repainted": [name],
        "notices": [{"en": name, "zh": name}],
    }


def shot(name: str, takes: int = 1) -> Shot:
    series = Series(title=name, width=1080, height=1920, language="zh")
    scene = Scene(number=name, int_ext="INT", location=name, time_of_day="DAY", uid="c" * 32)
    scene.episode = Episode(number=1, series=series, scenes=[scene])
    return Shot(
        uid="a" * 32,
        number=name,
        size="MS",
        framing="single",
        angle="eye-level",
        movement="static",
        description=name,
        seconds=3.0,
        omitted=False,
        scene=scene,
        dialogue=[{"speaker": name, "text": name, "manner": "", "delivery": "spoken"}],
        cast=[ShotCast(name=name, key="k", position=0)],
        takes=[
            Take(
                uid=f"{number:032x}",
                number=number,
                engine="photoboard",
                seed=1,
                circled=False,
                width=1080,
                height=1920,
                asset_sha256="b" * 64,
                thumbnail_sha256=None,
                engine_version=name,
                seconds=1.5,
                faces=[{"character": name, "verdict": "composited", "similarity": 0.9}],
                provenance=provenance(name),
            )
            for number in range(1, takes + 1)
        ],
    )


@given(name=NAMES, language=LANGUAGES, reason=NAMES)
def test_a_shot_is_text(name, language, reason):
    row = shot(name, takes=2)
    read = harmless(cards.shot_sheet(row, row.takes[0], board.stamp(row), reason, language))
    assert name.strip() in read.text and reason.strip() in read.text
    harmless(cards.takes(row.takes, row.takes[0].uid, language))
    harmless(cards.table([name], [[reason]]))


@given(name=NAMES, language=LANGUAGES, state=st.sampled_from(["queued", "running", "failed", "done", "cancelled"]))
def test_a_card_is_text_and_says_why_it_failed(name, language, state):
    row, error = shot(name), {"en": f"why {name}", "zh": f"因为 {name}"}
    job = Progress(1, state, 0.5, b"jpeg", error if state == "failed" else None)
    read = harmless(board._card(row, job, language))
    assert read.tags[0] == "button" and dict(read.attributes)["aria-label"]
    assert (error[language].strip() in read.text) == (state == "failed")
    # a preview only while it is drawn, and a bar with it
    assert ("data:image" in str(read.attributes)) == (state == "running") == ("50%" in str(read.attributes))


@given(name=NAMES, language=LANGUAGES)
def test_a_composited_face_never_shows_a_number(name, language):
    row = shot(name)
    drawn = board._card(row, None, language) + cards.shot_sheet(row, row.takes[0], "", "", language)
    assert "0.90" not in drawn
    row.takes[0].faces = [{"character": name, "verdict": "passed", "similarity": 0.9}]
    assert "0.90" in board._card(row, None, language)


@given(name=NAMES, language=LANGUAGES)
def test_what_a_take_may_be_used_for_and_how_it_was_made_stands_under_it(name, language):
    row = shot(name)
    take = row.takes[0]
    assert ("class", "mark") in harmless(board._card(row, None, language)).attributes
    read = harmless(cards.shot_sheet(row, take, "", "", language))
    assert RANDOM_WEIGHTS.text(language) in read.text and f"{'for' if language == 'en' else '供'} {name}" in read.text
    assert "576×1024" in read.text and "0123456789ab" in read.text and "0123456789abc" not in read.text
    # a frame of photos is no test, and an older take knows nothing more of itself
    take.provenance = {}
    plain = harmless(cards.shot_sheet(row, take, "", "", language) + board._card(row, None, language)).text
    assert RANDOM_WEIGHTS.text(language) not in plain and "1080×1920" in plain


@given(name=NAMES, language=LANGUAGES, own=st.booleans())
def test_what_an_engine_is_told_is_text_and_what_it_is_not_told_stands_first(name, language, own):
    row = shot(name)
    row.prompt = row.negative_prompt = name if own else ""
    words = ShotWords(row, Prompt(f"yes: {name}", f"no: {name}", (f"unsaid: {name}",), (f"over: {name}",)))
    read = harmless(prompts_panel.told(words, row, language))
    places = [read.text.index(f"{each}: {name}") for each in ("unsaid", "yes", "no", "over")]
    assert places == sorted(places)
    assert name.strip() in harmless(prompts_panel.told(ShotWords(row, None, Message(name, name)), row, language)).text


@given(name=NAMES, language=LANGUAGES)
def test_people_and_their_photos_are_text(name, language):
    photo = Photo(uid="d" * 32, asset_sha256="e" * 64, source_name=name, warnings=[{"en": name, "zh": name}])
    look = Look(name=name, wardrobe=name, colours=["#112233"], photos=[photo])
    character = Character(name=name, looks=[look])
    harmless(photo_cards.gallery(character, language))
    harmless(photo_cards.roster([character], name, language))
    harmless(photo_cards.consents([Consent(text=name, given_at=now(), withdrawn_at=now())], language))
    harmless(photo_cards.receipt(Receipt(uid="f" * 32, name=name, erased={"photos": 1}), language))
    report = PhotoReport(file=name, accepted=False, reason=Message(name, name), warnings=(Message(name, name),))
    harmless(photo_cards.photo_card(report, Path("/nowhere/at/all.jpg"), name, language))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Paid in Full", "Paid in Full E01.xlsx"),
        ("第七封信", "第七封信 E01.xlsx"),
        ("../../etc/passwd", "etc passwd E01.xlsx"),
        ('a/b\\c:d*e?f"g<h>i|j', "a b c d e f g h i j E01.xlsx"),
        ("...", "E01.xlsx"),
        ("x" * 300, "x" * 60 + " E01.xlsx"),
        ("a\u202egpj.exe\n", "a gpj.exe E01.xlsx"),
    ],
)
def test_a_sheet_leaves_under_a_name_that_every_system_takes(title, name):
    assert sheet_name(title, 1, "xlsx") == name


@given(NAMES)
def test_addresses_carry_any_title(title):
    assert board_url(title, 3).isascii() and " " not in board_url(title, 3)
    assert sheet_url("a" * 32, 3, "pdf") == f"/sheet/{'a' * 32}/3/pdf"
