"""What the server lets out and in: pictures, the wall, sheets that were asked for; nothing else of the home or machine."""

import re
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from storage.errors import InvalidInput, Message
from storage.pictures import encode_png
from studio.settings import Settings
from studio.studio import Studio
from studio.ui import board, page
from studio.ui.uploads import Uploaded, prepare_folder, taken

SCRIPT = "第1集\n1-1 日 内 面馆\n人物：小雨、老板\n△小雨推门进来。\n小雨：一碗面。\n老板：好嘞！\n"
TRAP = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    studio = Studio(Settings(home=tmp_path_factory.mktemp("web") / "home", upload_megabytes=1))
    studio.import_script(SCRIPT.encode(), "面馆.txt", TRAP)
    yield studio
    studio.close()


@pytest.fixture(scope="module")
def client(studio: Studio) -> Iterator[TestClient]:
    with TestClient(page.application(studio), base_url="http://127.0.0.1:7860") as client:
        yield client


@pytest.fixture(scope="module")
def picture(studio: Studio) -> str:
    return studio.assets.write(encode_png(np.full((80, 80, 3), 90, np.uint8)))


def test_every_page_is_served_and_tells_the_browser_to_keep_to_this_machine(client):
    for path in ("/", "/cast", "/script", "/export"):
        answer = client.get(path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy and "connect-src 'self'" in policy and "http" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_page_names_no_other_machine_to_fetch_from(client):
    for path in ("/", "/cast"):
        fetched = re.findall(r"""(?:src|href)=["']?(https?://[^"' >]+)""", client.get(path).text)
        assert [url for url in fetched if "127.0.0.1" not in url] == []


@pytest.mark.parametrize("door", ["/gradio_api/file=", "/file=", "/gradio_api/file/", "/file/"])
def test_no_file_of_the_home_or_the_machine_can_be_read(client, studio, picture, door):
    lying = studio.home.scratch / "uploads" / "somebody.jpg"
    lying.write_bytes(b"a face")
    exported = studio.home.exports / "E01.xlsx"
    exported.write_bytes(b"nobody asked for it")
    paths = [
        studio.home.database_path,
        studio.assets.path(picture),
        Path("/etc/passwd"),
        Path(page.__file__),
        lying,
        exported,
    ]
    for path in paths:
        assert path.is_file()
        for way in (str(path), quote(str(path), safe=""), f"{studio.home.scratch}/../{path.name}"):
            assert client.get(door + way).status_code in (403, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://example.org/x.png",
        "/gradio_api/proxy=http://example.org/",
        "/proxy=http://example.org/",
        "/gradio_api/info",
        "/gradio_api/openapi.json",
        "/openapi.json",
        "/docs",
        "/redoc",
        "/gradio_api/runs",
        "/gradio_api/deep_link?session_hash=x",
        "/gradio_api/dev/reload",
        "/monitoring",
        "/gradio_api/mcp/sse",
        "/nothing",
        "/..%2f..%2fetc/passwd",
    ],
)
def test_doors_that_no_page_needs_are_closed(client, path):
    assert client.get(path).status_code == 404


def test_no_handler_is_offered_as_an_interface(studio):
    assert all(each.api_visibility == "private" for each in page.build(studio).fns.values())


def test_a_name_that_was_rebound_to_this_machine_is_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400
    assert client.get("/", headers={"host": "localhost:7860"}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
    ],
)
def test_a_page_of_another_site_can_ask_for_nothing(client, picture, headers):
    assert client.post("/gradio_api/queue/join", json={}, headers=headers).status_code == 403
    assert client.get(f"/picture/{picture}", headers=headers).status_code == 403


def test_a_link_from_another_site_still_opens_the_page(client):
    assert client.get("/", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}).status_code == 200


def test_pictures_are_served_by_hash_and_nothing_else_is(client, studio, picture):
    answer = client.get(f"/picture/{picture}")
    assert answer.status_code == 200 and answer.headers["content-type"] == "image/png"
    assert "immutable" in answer.headers["cache-control"]
    script = studio.assets.write(SCRIPT.encode())
    page_of_html = studio.assets.write(b"<html><script>alert(1)</script>")
    for other in (script, page_of_html, "0" * 64, "../castlock.db", "..%2fcastlock.db", "x"):
        assert client.get(f"/picture/{other}").status_code == 404


def test_an_upload_over_the_limit_is_refused(client, studio):
    before = sorted(studio.home.scratch.rglob("*"))
    answer = client.post("/gradio_api/upload", files={"files": ("large.jpg", bytes(2**20 + 10), "image/jpeg")})
    assert answer.status_code == 413
    assert sorted(studio.home.scratch.rglob("*")) == before


def test_uploads_lie_in_the_home_for_the_owner_only_and_go_when_taken_in(client, studio):
    answer = client.post("/gradio_api/upload", files={"files": ("人.jpg", b"a face", "image/jpeg")})
    path = Path(answer.json()[0])
    folder = studio.home.scratch / "uploads"
    assert path.read_bytes() == b"a face" and folder in path.parents
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    stray = folder / "tmpstray"
    stray.touch()
    (upload,) = taken(str(path))
    assert upload == Uploaded(path, "人.jpg")
    upload.discard()
    upload.discard()
    assert not path.parent.exists() and not stray.exists()


def test_uploads_of_an_earlier_run_are_swept_away(tmp_path):
    studio = Studio(Settings(home=tmp_path / "home"))
    left = prepare_folder(studio.home) / "ab" / "face.jpg"
    left.parent.mkdir()
    left.write_bytes(b"a face")
    assert not any(prepare_folder(studio.home).iterdir())
    studio.close()


def test_the_wall_is_sent_once_and_again_only_when_it_changed(client, studio):
    where = {"series": TRAP, "episode": 1}
    first = client.get("/board", params=where, headers={"accept-language": "zh-CN"})
    tag = re.search(r'data-tag="(\w+)"', first.text)
    assert first.status_code == 200 and tag and "第 1 场" in first.text
    assert TRAP not in first.text and "<img" not in first.text
    again = {"if-none-match": tag[1], "accept-language": "zh-CN"}
    same = client.get("/board", params=where, headers=again)
    assert same.status_code == 304 and same.content == b""
    other_language = client.get("/board", params=where, headers=again | {"accept-language": "en-GB,en"})
    assert other_language.status_code == 200 and "Scene 1" in other_language.text
    shot = studio.shots.shots(TRAP, 1)[0]
    studio.shots.edit(TRAP, 1, shot.number, {"omitted": True})
    changed = client.get("/board", params=where, headers=again)
    assert changed.status_code == 200 and "omitted" in changed.text
    studio.shots.edit(TRAP, 1, shot.number, {"omitted": False})
    assert client.get("/board", params=where, headers=again).status_code == 304
    assert client.get("/board", params={"series": "nobody's", "episode": 1}).status_code == 404


def test_a_shot_that_cannot_be_planned_stays_on_the_wall_with_its_reason(studio):
    shot = studio.shots.shots(TRAP, 1)[0]
    before = [(each.name, each.placement) for each in shot.cast]
    studio.shots.edit(TRAP, 1, shot.number, {"framing": "group", "cast": ["甲", "乙", "丙", "丁"]})
    (asked,) = studio.submit_render(TRAP, 1, [shot.number])
    assert isinstance(asked.problem, Message)
    for language in ("en", "zh"):
        assert asked.problem.text(language)[:20] in board.draw(studio, TRAP, 1, language)[0]
    studio.shots.edit(TRAP, 1, shot.number, {"framing": "single", "cast": [name for name, _ in before][:1]})
    (asked,) = studio.submit_render(TRAP, 1, [shot.number])
    assert asked.job and "card failed" not in board.draw(studio, TRAP, 1, "en")[0]
    studio.cancel_renders(TRAP, 1)


def test_a_wall_costs_the_same_queries_however_long_the_episode_is(studio):
    long = "第1集\n" + "".join(
        f"1-{n} 日 内 面馆{n}\n人物：小雨\n△小雨走。\n小雨：走。\n△小雨停。\n" for n in range(1, 40)
    )
    studio.import_script(long.encode(), "long.txt", "Long")
    shots = len(studio.shots.shots("Long", 1))
    assert shots >= 39

    def queries(title: str) -> int:
        seen: list[str] = []

        def listener(*told: object) -> None:
            seen.append(str(told[2]))

        event.listen(studio.database.engine, "before_cursor_execute", listener)
        board.draw(studio, title, 1, "zh")
        event.remove(studio.database.engine, "before_cursor_execute", listener)
        return len([each for each in seen if each.startswith("SELECT")])

    assert queries("Long") == queries(TRAP)


def test_a_sheet_is_served_under_a_name_for_people_once_somebody_asked_for_it(client, studio):
    uid = studio.shots.episode(TRAP, 1).series.uid
    assert client.get(f"/sheet/{uid}/1/csv").status_code == 404
    target = studio.export_path(TRAP, 1, "csv")
    studio.export(TRAP, 1, target, studio.sheet_options(TRAP, 1, "zh", 8))
    answer = client.get(f"/sheet/{uid}/1/csv")
    assert answer.status_code == 200 and answer.content == target.read_bytes()
    assert "attachment" in answer.headers["content-disposition"]
    assert "E01.csv" in answer.headers["content-disposition"] and "<" not in answer.headers["content-disposition"]
    for path in (f"{uid}/1/db", f"{uid}/2/csv", f"{'0' * 32}/1/csv", f"{uid}/1/..%2f..%2fcastlock.db"):
        assert client.get(f"/sheet/{path}").status_code == 404


def test_a_port_that_is_taken_is_said_and_not_another_one_opened(studio):
    with socket.create_server(("127.0.0.1", 0)) as taken_already:
        port = taken_already.getsockname()[1]
        with pytest.raises(InvalidInput, match="--port"):
            page._listen("127.0.0.1", port)
