"""Verbs that the page asks of the studio: names nobody answers to, one more take, aliases as a whole."""

import pytest

from storage.errors import Conflict, InvalidInput
from studio.rendering import progress

SCRIPT = "第1集\n1-1 日 内 面馆\n人物：小雨、老板\n△小雨推门进来。\n小雨：一碗面。\n老板：好嘞！\n"


def test_names_are_unbound_until_somebody_answers_to_them(studio):
    studio.import_script(SCRIPT.encode(), "面馆.txt", "面馆")
    assert set(studio.unbound("面馆", 1)) == {"小雨", "老板"}
    studio.cast.add_character("林晚", ["小雨"])
    assert studio.unbound("面馆", 1) == ("老板",)
    studio.cast.add_character("老板")
    assert studio.unbound("面馆", 1) == ()


def test_each_more_take_has_a_seed_of_its_own(studio):
    studio.import_script(SCRIPT.encode(), "面馆.txt", "面馆")
    shot = studio.shots.shots("面馆", 1)[0]
    for count in (1, 2, 3):
        asked = studio.submit_another("面馆", 1, shot.uid)
        (ended,) = studio.wait([each.job for each in asked])
        assert ended.state == "done"
        takes = studio.shots.shot("面馆", 1, shot.uid).takes
        assert len(takes) == len({take.seed for take in takes}) == count


def test_a_shot_that_cannot_be_planned_is_a_failed_job_and_retrying_says_why(studio):
    studio.import_script(SCRIPT.encode(), "面馆.txt", "面馆")
    shot = studio.shots.shots("面馆", 1)[0]
    studio.shots.edit("面馆", 1, shot.uid, {"framing": "group", "cast": ["甲", "乙", "丙", "丁"]})
    for _ in range(2):
        (asked,) = studio.submit_render("面馆", 1, [shot.uid])
        assert asked.problem and asked.job is None
    (failed,) = studio.queue.jobs(states=["failed"])
    assert progress(studio, [shot])[shot.uid].error["zh"] == asked.problem.zh
    studio.queue.retry(failed.id)
    (again,) = studio.wait([failed])
    assert again.state == "failed" and again.error["zh"] == asked.problem.zh
    studio.shots.edit("面馆", 1, shot.uid, {"framing": "single", "cast": ["甲"]})
    studio.wait([each.job for each in studio.submit_render("面馆", 1, [shot.uid])])
    assert progress(studio, [shot])[shot.uid].state == "done"


def test_aliases_are_set_as_a_whole_or_not_at_all(studio):
    cast = studio.cast
    cast.add_character("林晚", ["小晚", "晚晚"])
    cast.add_character("陆沉", ["阿沉"])

    def names() -> list[str]:
        return sorted(each.text for each in cast.find("林晚").names)

    cast.set_aliases("林晚", ["晚晚", " 林晚 ", "", "Wan", "wan"])
    assert names() == sorted(["林晚", "晚晚", "wan"])
    before = names()
    with pytest.raises(Conflict, match="阿沉"):
        cast.set_aliases("林晚", ["新名", "阿沉"])
    assert names() == before
    with pytest.raises(InvalidInput):
        cast.set_aliases("林晚", ["长" * 101])
    assert names() == before
    cast.set_aliases("林晚", [])
    assert names() == ["林晚"]
