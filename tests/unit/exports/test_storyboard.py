"""What goes onto which page, before anything is set."""

import json

import pytest
from timelines import episode, without

from storage.errors import Language
from studio.exports.sheet_pdf import LAYOUTS, storyboard

LANGUAGES: list[Language] = ["en", "zh"]


def panels_of(board) -> list:
    return [panel for page in board["pages"] for line in page for panel in line["panels"]]


@pytest.mark.parametrize("panels", LAYOUTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_shot_is_a_panel_once_and_every_scene_opens_once(language: Language, panels: int) -> None:
    timeline = episode(language)
    board = storyboard(timeline, LAYOUTS[panels], language)
    assert [panel["number"] for panel in panels_of(board)] == [clip.number for clip in timeline.clips]
    assert all(sum(len(line["panels"]) for line in page) <= panels for page in board["pages"])
    strips = [strip for page in board["pages"] for line in page for strip in line["strips"]]
    assert sum(strip["opens"] for strip in strips) == len(list(timeline.scenes()))
    assert sum(strip["span"] for strip in strips) == len(timeline.clips)
    firsts = [panel["number"] for panel in panels_of(board) if panel["first"]]
    assert firsts == [scene[0].number for scene in timeline.scenes()]
    json.dumps(board)


def test_omitted_shots_are_named_beside_the_panel_they_follow() -> None:
    timeline = without(episode("en"), "1A", "2B", "2C", "4A", "4B")
    panels = {panel["number"]: panel for panel in panels_of(storyboard(timeline, LAYOUTS[8], "en"))}
    assert set(panels) == {"1B", "1C", "2A", "2D", "2E", "2F", "3A", "3B", "3C"}
    assert panels["1B"]["omitted_before"] == ["OMITTED: 1A"]
    assert panels["2A"]["omitted"] == ["OMITTED: 2B, 2C"]
    assert panels["3C"]["omitted"] == ["OMITTED: 4A, 4B"]
    assert panels["1B"]["first"]
    assert panels["1B"]["timecode"] == "00:00:00:00"
    assert sum(len(panel["omitted"]) for panel in panels.values()) == 2


def test_where_everything_is_omitted_the_page_says_so() -> None:
    timeline = episode("zh")
    board = storyboard(without(timeline, *(clip.number for clip in timeline.clips)), LAYOUTS[8], "zh")
    assert board["pages"] == []
    assert board["omitted"] == ["已删：" + "、".join(clip.number for clip in timeline.clips)]
