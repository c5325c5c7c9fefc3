"""Sixty broken and hostile uploads at once: sixty cards that say what is wrong, nothing kept, no traceback."""

import pytest
from sqlalchemy import func, select

from storage.models import Asset, Photo
from studio.settings import Settings
from studio.studio import Studio
from tests.uploads import hostile

pytestmark = pytest.mark.e2e

COUNT = 60
# one that is over the limit is refused by the server before it is kept: tests/integration/ui has that
LARGEST = 2**20


def test_sixty_broken_uploads_are_sixty_clear_refusals(server, open_page):
    broken = [each for each in hostile() if 0 < len(each.content) < LARGEST and each.name]
    chosen = broken[:: max(1, len(broken) // COUNT)][:COUNT]
    assert len(chosen) == COUNT and len({each.about for each in chosen}) == COUNT
    page = open_page(f"{server.url}/cast")
    page.get_by_text("还没有角色").wait_for()
    page.locator("#new-name input, #new-name textarea").fill("林晚")
    page.locator("#add-character").click()
    page.locator("#person-name h2", has_text="林晚").wait_for()
    page.locator("#photos input[type=file]").set_input_files(
        [{"name": each.name, "mimeType": "image/jpeg", "buffer": each.content} for each in chosen]
    )
    page.locator("#found figure").nth(COUNT - 1).wait_for(timeout=60_000)
    cards = page.locator("#found figure").evaluate_all("all => all.map(one => [one.dataset.state, one.innerText])")
    assert len(cards) == COUNT
    for state, text in cards:
        assert state == "refused"
        assert "未采用" in text and len(text) > 20 and text.rstrip().endswith("。")
        assert "Traceback" not in text and "Error" not in text and "/home/" not in text
    page.get_by_text("0 张照片").wait_for()
    assert page.locator(".toast-body.error").count() == 0
    assert "Traceback" not in server.log and "unexpected" not in server.log
    server.until(lambda: not any((server.home / "scratch" / "uploads").iterdir()), 5)
    studio = Studio(Settings(home=server.home))
    with studio.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Photo)) == 0
        assert session.scalar(select(func.count()).select_from(Asset)) == 0
    assert not [path for path in studio.home.assets_root.rglob("*") if path.is_file()]
    studio.close()
