"""What the page says of an engine before it is used, and that the page itself stays light."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.errors import ResourceMissing
from storage.models import Shot
from studio.provenance import RANDOM_WEIGHTS
from studio.settings import Settings
from studio.studio import Studio
from studio.ui import engine_notes
from studio.ui.translating import translated
from studio.weights import ENGINE_PARTS, PARTS
from studio.weights.licences import HYPER, INSIGHTFACE, INSTANTID

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = "第1集\n1-1 日 内 面馆\n△小雨推门进来。\n1-2 日 内 面馆\n△rain.\n"


def opened(home: Path, weights: Path) -> Studio:
    return Studio(Settings(home=home, weights=weights))


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A folder that looks like the published weights, by names and sizes; its files are holes."""
    for part in (*ENGINE_PARTS["instantid"], "few-step/hyper-8"):
        for file in PARTS[part].files:
            place = tmp_path / "weights" / file.place
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("wb") as out:
                out.truncate(file.bytes or 4096)
    return tmp_path / "weights"


@pytest.fixture
def studio(tmp_path: Path, published: Path) -> Iterator[Studio]:
    studio = opened(tmp_path / "home", published)
    yield studio
    studio.close()


def test_research_only_weights_say_so_and_options_may_add_to_it(studio):
    plain = engine_notes.standing(studio, "instantid", {})
    assert plain.problem is None
    assert plain.notices == (INSTANTID.notice, INSIGHTFACE.notice)
    draft = engine_notes.standing(studio, "instantid", {"speed": "hyper"})
    assert draft.notices == (HYPER.notice, INSTANTID.notice, INSIGHTFACE.notice)
    drawn = engine_notes.notes(plain, "zh")
    assert drawn.count("class=notice") == 2 and "仅供研究使用" in drawn


def test_photos_alone_need_no_weights_and_no_notice(studio):
    assert engine_notes.notes(engine_notes.standing(studio, "photoboard", {}), "en") == ""


def test_missing_weights_are_named_with_the_one_command_that_brings_them(studio):
    lacking = engine_notes.standing(studio, "ip-adapter", {}).problem
    assert lacking is not None and "`python -m studio weights pull --engine ip-adapter`" in lacking.en
    assert "ip-adapter/image-encoder" in lacking.zh and "base/" not in lacking.zh
    assert "<code>python -m studio weights pull --engine ip-adapter</code>" in engine_notes.notes(
        engine_notes.standing(studio, "ip-adapter", {}), "en"
    )
    draft = engine_notes.standing(studio, "instantid", {"speed": "lcm"}).problem
    assert draft is not None and "weights pull few-step/lcm" in draft.en


def test_options_that_cannot_be_are_said_before_anything_is_queued(studio):
    wrong = engine_notes.standing(studio, "instantid", {"control_guidance_start": 0.9, "control_guidance_end": 0.1})
    assert wrong.problem is not None and "control_guidance_end" in wrong.problem.en


def test_random_weights_are_called_that_and_have_no_licence(tmp_path, tiny_weights):
    studio = opened(tmp_path / "home", tiny_weights)
    assert engine_notes.standing(studio, "instantid", {}) == engine_notes.Standing(None, (RANDOM_WEIGHTS,))
    assert engine_notes.standing(studio, "photoboard", {}).notices == ()
    studio.close()


def test_only_what_stands_between_backquotes_is_code():
    assert engine_notes.code("run `a <b>` or `c`.") == "run <code>a &lt;b&gt;</code> or <code>c</code>."
    assert engine_notes.code("one ` alone") == "one ` alone"


@pytest.fixture
def shots(studio: Studio) -> list[Shot]:
    """One in Chinese, one in English."""
    studio.import_script(SCRIPT.encode(), "面馆.txt", "雨")
    return studio.shots.shots("雨", 1)


def test_a_translation_happens_in_another_process(studio, shots):
    assert translated(studio, shots[1]) == ("", "not-needed")


@pytest.mark.slow
def test_what_goes_wrong_in_the_other_process_reaches_the_person(studio, shots):
    with pytest.raises(ResourceMissing, match="weights pull translate/zh-en"):
        translated(studio, shots[0])


DRAW = """
import sys
from pathlib import Path
from fastapi.testclient import TestClient
from studio.settings import Settings
from studio.studio import Studio
from studio.ui import engine_notes, page
studio = Studio(Settings(home=Path(sys.argv[1]), weights=Path(sys.argv[2])))
studio.import_script(Path(sys.argv[3]).read_bytes(), "s.txt", "雨")
studio.set_series("雨", engine="instantid", style="photo")
with TestClient(page.application(studio), base_url="http://127.0.0.1:7860") as client:
    assert client.get("/").status_code == 200
    assert client.get("/board", params={"series": "雨", "episode": 1}).status_code == 200
assert [each.missing for each in studio.engines()] == [None] * 4
assert engine_notes.standing(studio, "instantid", {}).problem is None
assert all(each.words for each in studio.prompts("雨", 1))
assert all(asked.job for asked in studio.submit_render("雨", 1))
print(*sorted({"torch", "diffusers", "transformers", "accelerate", "peft"} & set(sys.modules)))
"""


def test_the_page_draws_lists_and_queues_without_torch(tmp_path, tiny_weights):
    script = tmp_path / "s.txt"
    script.write_text(SCRIPT)
    command = [sys.executable, "-c", DRAW, str(tmp_path / "light"), str(tiny_weights), str(script)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr
