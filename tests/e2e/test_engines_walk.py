"""From the list of engines to a generated take: options, notices, provenance, a face anew, words of one's own."""

import re
import shutil

import pytest
from sqlalchemy import select

from storage.models import Take
from studio.recipe import from_json
from studio.sample.cast import SAMPLE_CAST, portraits
from studio.settings import Settings
from studio.studio import Studio

pytestmark = pytest.mark.e2e

SCRIPT = "第1集\n1-1 日 内 面馆\n人物：林晚\n【近景】林晚推门进来。\n"
PULL = "python -m studio weights pull --engine ip-adapter"


@pytest.fixture(autouse=True)
def weights(tmp_path, tiny_weights, monkeypatch):
    """Random weights for everything but IP-Adapter; before the server starts, which inherits where they are."""
    folder = tmp_path / "weights"
    shutil.copytree(tiny_weights, folder)
    shutil.rmtree(folder / "ip-adapter")
    monkeypatch.setenv("CASTLOCK_WEIGHTS", str(folder))


@pytest.fixture
def studio(server):
    studio = Studio(Settings(home=server.home))
    person = next(each for each in SAMPLE_CAST if each.name == "林晚")
    studio.cast.add_character(person.name)
    for name, content in portraits(person):
        assert studio.add_photo(person.name, content, name).accepted
    studio.import_script(SCRIPT.encode(), "面馆.txt", "雨夜面馆")
    yield studio
    studio.close()


def requests(studio):
    """Of all takes, the oldest first."""
    with studio.database.reading() as session:
        return [from_json(request) for request in session.scalars(select(Take.request).order_by(Take.id))]


def choose(page, what, option):
    page.locator(f"#{what} input").click()
    page.get_by_role("option", name=option).click()


def test_a_generated_take_from_the_list_of_engines_to_words_of_ones_own(server, studio, open_page):
    page = open_page(server.url)
    page.locator("#wall [data-shot]").first.click()
    page.locator("#shot-actions").wait_for()
    takes = page.locator("#takes [data-take]")
    assert page.locator("#engine input").input_value() == "照片分镜"
    assert not page.locator("#engine-notes").is_visible()

    # an engine whose weights are not here is listed, says what it lacks, and does not start
    choose(page, "engine", "IP-Adapter · 未安装")
    page.locator("#engine-notes .trouble", has_text=PULL).wait_for()
    page.locator("#render-again").click()
    page.locator(".toast-wrap", has_text=PULL).wait_for()

    choose(page, "engine", "InstantID")
    page.locator("#engine-notes .notice", has_text="随机权重").wait_for()
    choose(page, "style", "古装")
    page.get_by_role("button", name="引擎选项").click()
    page.get_by_role("button", name="高级").click()
    assert page.locator("#options-photoboard").count() == 0 or not page.locator("#options-photoboard").is_visible()
    # a choice that needs other weights is judged at once
    shutil.rmtree(studio.weights / "few-step")
    choose(page, "option-instantid-speed", "草稿 Hyper-SD")
    page.locator("#engine-notes .trouble", has_text="weights pull few-step/hyper-8").wait_for()
    choose(page, "option-instantid-speed", "完整质量")
    page.locator("#engine-notes .trouble").wait_for(state="detached")
    steps = page.locator("#option-instantid-num-inference-steps input")
    steps.fill("500")
    page.locator("#render-again").click()
    page.locator(".toast-wrap", has_text="步数: ≤ 150 (500)").wait_for()
    steps.fill("3")
    page.locator("#render-again").click()
    takes.nth(0).wait_for()

    sheet = page.locator("#shot-sheet")
    sheet.locator(".notice", has_text="随机权重").wait_for()
    page.locator("#wall .mark", has_text="随机权重").wait_for()
    sheet.locator(".made summary").click()
    made = sheet.locator(".made").inner_text()
    assert re.search(r"步数\s+3\b", made) and "instantid/ip-adapter.bin" in made and "CPU" in made

    page.locator("#repaint-person input").wait_for()
    assert page.locator("#repaint-person input").input_value() == "林晚"
    page.get_by_role("button", name="用 InstantID 重绘").click()
    takes.nth(1).wait_for()

    page.locator("#engine-words > button").click()
    told = page.locator("#told")
    told.get_by_text("medium close-up", exact=False).wait_for()
    assert "chinese costume drama" in told.inner_text()
    page.get_by_role("button", name="编辑当前提示词").click()
    prompt = page.locator("#shot-prompt textarea")
    page.wait_for_function("document.querySelector('#shot-prompt textarea').value.includes('medium close-up')")
    prompt.fill("a woman at a door, 面馆")
    page.locator("#save-words").click()
    told.get_by_text("将按您的文字告诉引擎").wait_for()
    assert "面馆" in told.locator(".trouble").inner_text()
    prompt.fill("a woman at a door")
    page.locator("#save-words").click()
    told.locator(".trouble").wait_for(state="detached")

    # the series remembers engine and style, the browser the options
    page.reload()
    page.locator("#wall [data-shot]").first.click()
    page.locator("#shot-actions").wait_for()
    assert page.locator("#engine input").input_value() == "InstantID"
    assert page.locator("#style input").input_value() == "古装"
    page.locator("#render-again").click()
    takes.nth(2).wait_for()

    first, repainted, own = requests(studio)
    assert first.style == "period" and "medium close-up" in first.prompt and first.start is None
    assert repainted.start is not None and repainted.start.repaint == first.subjects[0].character
    assert own.prompt == "a woman at a door" and own.options["num_inference_steps"] == 3

    english = open_page(server.url, "en-GB")
    english.locator("#engine-notes .notice", has_text="random weights").wait_for()
    assert english.locator("#style input").input_value() == "Period drama"
    english.get_by_role("button", name="Options of the engine").click()
    english.get_by_text("Full quality, or a few-step draft.", exact=False).wait_for()
    assert "Traceback" not in server.log
