"""The whole walk on real input: photos, registry, script, frames, a circled take, the sheet in a spreadsheet."""

import io

import openpyxl
import pytest
from playwright.sync_api import TimeoutError

from studio.sample.cast import SAMPLE_CAST, portraits

pytestmark = pytest.mark.e2e

SCRIPT = """第1集
1-1 日 内 面馆
人物：林晚、老板
△林晚推门进来，抖落伞上的雨。
林晚（笑）：老板，一碗面。
【特写】老板抬头。
老板：好嘞！
1-2 夜 外 街头
人物：林晚
△林晚一个人走着。
【特写】林晚的眼泪。
"""


def told(button, answer):
    """Click until the answer is there: a click before the page has come alive is lost, as a person's would be."""
    for _ in range(3):
        button.click()
        try:
            return answer.wait_for(timeout=10_000)
        except TimeoutError:
            continue
    return answer.wait_for()


def test_from_photos_to_the_sheet_with_a_power_cut_in_between(server, open_page, watch, tmp_path):
    person = next(each for each in SAMPLE_CAST if each.name == "林晚")
    photos = [{"name": name, "mimeType": "image/jpeg", "buffer": content} for name, content in portraits(person)[:2]]

    page = open_page(f"{server.url}/cast")
    page.get_by_text("还没有角色").wait_for()
    page.locator("#new-name").get_by_label("新角色姓名").fill("林晚")
    page.get_by_role("button", name="添加", exact=True).click()
    page.locator("#person-name h2", has_text="林晚").wait_for()
    broken = {"name": "网页.jpg", "mimeType": "image/jpeg", "buffer": b"<html>not a picture</html>"}
    page.locator("#photos input[type=file]").set_input_files([*photos, broken])
    page.locator("#found figure").nth(2).wait_for()
    page.locator("#gallery figure").nth(1).wait_for()
    assert [each.get_attribute("data-state") for each in page.locator("#found figure").all()] == ["accepted"] * 2 + [
        "refused"
    ]
    assert page.locator("#found circle").count() == 10
    assert "脸宽" in page.locator("#found figure").first.inner_text()
    assert "不是可用的图片" in page.locator("#found figure").last.inner_text()

    page.goto(f"{server.url}/script")
    page.get_by_label("……或粘贴在此").fill(SCRIPT)
    page.get_by_label("剧名").fill("雨夜面馆")
    told(page.get_by_role("button", name="导入"), page.get_by_text("《雨夜面馆》第 1 集：2 场"))
    page.locator(".chip", has_text="老板").wait_for()
    assert page.locator(".chip").all_inner_texts() == ["老板"]

    page.goto(server.url)
    cards = page.locator("#wall [data-shot]")
    cards.first.wait_for()
    count = cards.count()
    assert count >= 3 and "0 个已有画面" in page.locator("#wall .status").inner_text()
    page.get_by_role("button", name="渲染本集").click()
    page.locator("#wall .status.busy").wait_for()

    watch.outage = True
    server.kill()
    page.locator("#wall .lost").wait_for()
    server.start()
    other = open_page(server.url)
    done = f"{count} 个镜头中 {count} 个已有画面"
    other.locator("#wall .status", has_text=done).wait_for()
    # the page that was open all the time has found its way back by itself, and can be used
    page.locator("#wall .status", has_text=done).wait_for()
    page.locator("#wall .lost").wait_for(state="hidden")
    page.locator("#wall [data-shot]").last.click()
    page.locator("#shot-sheet h3", has_text="镜头").wait_for()
    assert page.locator("#wall .card.failed").count() == 0
    watch.outage = False

    other.reload()
    other.locator("#wall [data-shot] img").nth(count - 1).wait_for()
    other.locator("#wall [data-shot]").first.focus()
    other.keyboard.press("ArrowRight")
    other.keyboard.press("Enter")
    other.locator("#shot-sheet h3", has_text="镜头").wait_for()
    assert "合成" in other.locator("#shot-sheet").inner_text() or "人偶" in other.locator("#shot-sheet").inner_text()
    other.get_by_role("button", name="再出一条").click()
    other.locator("#takes [data-take]").nth(1).wait_for()
    other.locator("#takes [data-take]").first.click()
    other.locator("#takes [data-take].picked", has_text="第 1 条").wait_for()
    other.get_by_role("button", name="选用此条").click()
    other.locator("#wall .card.circled", has_text="已选").wait_for()

    other.goto(f"{server.url}/export")
    other.wait_for_function("document.querySelector('#series input')?.value === '雨夜面馆'")
    other.get_by_role("button", name="导出文件").click()
    other.locator(".download").wait_for()
    with other.expect_download() as download:
        other.locator(".download").click()
    assert download.value.suggested_filename == "雨夜面馆 E01.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO(download.value.path().read_bytes())).worksheets[0]
    said = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "镜号" in said and any("一碗面" in each for each in said) and any("林晚" in each for each in said)
    assert len(sheet._images) == count
    assert "Traceback" not in server.log
    assert not any((server.home / "scratch" / "uploads").iterdir())


@pytest.mark.slow
def test_the_walk_speaks_english_and_remembers_where_it_was(server, open_page):
    page = open_page(f"{server.url}/script", "en-GB")
    page.get_by_role("button", name="Import").click()
    page.get_by_text("Choose a script file or paste a script first.").wait_for()
    for title in ("<img src=x onerror=alert(1)>", "Rain"):
        page.get_by_label("... or paste it here").fill(f"INT. {title} - DAY\n\nMAYA enters.\n\nMAYA\nOne soup.\n")
        page.get_by_label("Series").fill(title)
        page.get_by_role("button", name="Import").click()
        page.get_by_text(f"{title}, episode 1: 1 scenes").wait_for()
    page.get_by_role("button", name="Make it a new character").click()
    page.locator("#binding").wait_for(state="hidden")
    page.goto(server.url)
    page.locator("#wall [data-shot]").first.wait_for()
    assert page.locator("#series input").input_value() == "Rain"
    page.locator("#series input").click()
    page.get_by_role("option", name="<img").click()
    page.locator("#wall small", has_text="<img src=x onerror=alert(1)>").wait_for()
    page.reload()
    page.locator("#wall small", has_text="<img src=x onerror=alert(1)>").wait_for()
    page.locator("#wall [data-shot]").first.click()
    page.locator("#shot-sheet h3", has_text="Shot 1A").wait_for()
    page.get_by_role("button", name="Change the shot").click()
    page.locator("#shot-seconds input").fill("7.5")
    page.get_by_role("button", name="Save", exact=True).click()
    page.locator("#wall [data-shot]", has_text="7.5s").wait_for()
    before = page.locator("#wall [data-shot]").count()
    page.get_by_role("button", name="Insert a shot after it").click()
    page.locator("#wall [data-shot]").nth(before).wait_for()
    page.get_by_role("button", name="Omit the shot").click()
    page.locator("#wall .card.omitted").wait_for()
    page.get_by_role("button", name="Bring back").click()
    page.locator("#wall .card.omitted").wait_for(state="detached")
    assert page.locator("#wall img").count() == 0
    assert page.evaluate("document.documentElement.lang").startswith("en")
    page.goto(f"{server.url}/cast")
    page.get_by_role("button", name="MAYA").click()
    page.get_by_role("button", name="Erase this person").first.click()
    page.locator("#erase-name input, #erase-name textarea").fill("somebody else")
    page.locator("#erase").click()
    page.get_by_text("The name typed is not the name of this character.").wait_for()
    page.locator("#erase-name input, #erase-name textarea").fill(page.locator("#person-name h2").inner_text())
    page.locator("#erase").click()
    page.locator("#receipt", has_text="was erased. Receipt").wait_for()
    page.get_by_text("Nobody is cast yet").wait_for()
