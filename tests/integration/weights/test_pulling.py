"""Downloads from a real HTTP server: whole, cut, resumed, wrong, refused; and nothing half is ever in its place."""

import errno
import hashlib
import json
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from local_hub import COMMIT, etag_of

from storage.errors import Conflict, InvalidInput, JobCancelled, NotAllowed, NotFound, ResourceMissing, StudioError
from studio.weights import Weights
from studio.weights.fetching import Announced, fetch
from studio.weights.licences import INSTANTID
from studio.weights.pulling import pull
from studio.weights.sources import hub as hub_at
from studio.weights.sources import modelscope
from studio.weights.staging import staging

CONFIG = b'{"a": 1}'


def files_below(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def thing(make_part, numbers):
    return make_part("thing", {"config.json": CONFIG, "model.safetensors": numbers})


def test_a_pull_puts_the_published_files_in_place_and_leaves_nothing_else(hub, weights, thing, numbers):
    told = []
    assert not weights.has("thing")
    done = pull(weights, ["thing"], on_progress=lambda *each: told.append(each), source=hub_at(hub.url))
    assert done == ("thing",) and weights.has("thing")
    assert (weights.root / "thing/model.safetensors").read_bytes() == numbers
    assert files_below(weights.root) == {"thing/config.json", "thing/model.safetensors", ".hashes.json"}
    assert [here for _, here, _ in told] == sorted(here for _, here, _ in told)
    assert told[-1] == ("thing", len(CONFIG) + len(numbers), len(CONFIG) + len(numbers))
    # after the first answer everything is asked for at one commit, should `main` move meanwhile
    assert any(f"/resolve/{COMMIT}/model.safetensors" in path for _, path, _ in hub.asked)


def test_what_is_there_and_right_is_not_fetched_again(hub, weights, thing, numbers):
    pull(weights, ["thing"], source=hub_at(hub.url))
    hub.asked.clear()
    assert pull(weights, ["thing"], source=hub_at(hub.url)) == () and hub.asked == []
    (weights.root / "thing/model.safetensors").write_bytes(numbers[:-1] + b"!")
    assert pull(weights, ["thing"], source=hub_at(hub.url)) == ("thing",)
    assert (weights.root / "thing/model.safetensors").read_bytes() == numbers
    assert not any("config.json" in path for _, path, _ in hub.asked)


def test_a_line_that_is_cut_is_taken_up_where_it_was(hub, weights, thing, numbers):
    hub.cuts = [10_000, 20_000]
    del hub.files["owner/thing/config.json"]
    (weights.root / "thing").mkdir(parents=True)
    (weights.root / "thing/config.json").write_bytes(CONFIG)
    pull(weights, ["thing"], source=hub_at(hub.url))
    assert (weights.root / "thing/model.safetensors").read_bytes() == numbers
    assert [range_ for _, range_ in hub.downloads] == [None, "bytes=10000-", "bytes=30000-"]
    assert hub.sent == len(numbers)


def test_a_cut_pull_leaves_nothing_installed_and_the_next_one_goes_on(hub, weights, make_part, numbers):
    make_part("thing", {"model.safetensors": numbers})
    hub.cuts = [50_000, *[0] * 20]
    with pytest.raises(ResourceMissing, match="goes on where it was"):
        pull(weights, ["thing"], source=hub_at(hub.url))
    assert not weights.has("thing") and not (weights.root / "thing").exists()
    hub.cuts, hub.asked[:] = [], []
    pull(Weights(weights.root), ["thing"], source=hub_at(hub.url))
    assert (weights.root / "thing/model.safetensors").read_bytes() == numbers
    assert [range_ for _, range_ in hub.downloads] == ["bytes=50000-"] and hub.sent == len(numbers)


def test_a_server_that_knows_no_ranges_sends_it_all_again(hub, weights, make_part, numbers):
    make_part("thing", {"model.safetensors": numbers})
    hub.cuts, hub.ranges = [50_000], False
    pull(weights, ["thing"], source=hub_at(hub.url))
    assert (weights.root / "thing/model.safetensors").read_bytes() == numbers


def test_a_cancelled_pull_leaves_nothing_installed_and_goes_on_later(hub, weights, make_part, monkeypatch):
    content = b"x" * (3 * 2**20)
    make_part("thing", {"words.txt": content})
    monkeypatch.setattr("studio.weights.fetching._CHUNK", 2**18)

    def stop(part: str, here: int, total: int) -> None:
        if here > 2**20:
            raise JobCancelled

    with pytest.raises(JobCancelled):
        pull(weights, ["thing"], on_progress=stop, source=hub_at(hub.url))
    assert not weights.has("thing")
    hub.asked.clear()
    pull(weights, ["thing"], source=hub_at(hub.url))
    assert (weights.root / "thing/words.txt").read_bytes() == content
    [(_, range_)] = hub.downloads
    assert range_ and int(range_.removeprefix("bytes=").rstrip("-")) >= 2**20


def test_all_or_nothing_where_one_file_of_a_part_cannot_be_had(hub, weights, thing):
    hub.errors["owner/thing/model.safetensors"] = (404, "EntryNotFound")
    with pytest.raises(NotFound, match="weights add"):
        pull(weights, ["thing"], source=hub_at(hub.url))
    assert files_below(weights.root) == set()


def test_another_file_than_the_published_one_is_refused_before_it_is_fetched(hub, weights, thing, numbers):
    hub.put("owner/thing", "model.safetensors", numbers[:-4] + b"1234")
    with pytest.raises(InvalidInput, match="its hash is wrong"):
        pull(weights, ["thing"], source=hub_at(hub.url))
    assert hub.downloads == [] and not weights.has("thing")


@pytest.mark.parametrize("hashes", [True, False], ids=["published hash", "only the hub's own"])
@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_other_bytes_than_announced_are_thrown_away(hub, weights, make_part, numbers, name, hashes):
    """A large file is known by its SHA-256, a small one by git's SHA-1."""
    contents = {"config.json": CONFIG, "model.safetensors": numbers}
    make_part("thing", contents, hashes=hashes)
    hub.served[f"owner/thing/{name}"] = contents[name][:-2] + b"2}"
    with pytest.raises(InvalidInput, match="its hash is wrong"):
        pull(weights, ["thing"], source=hub_at(hub.url))
    assert not weights.has("thing") and not (weights.root / "thing").exists()
    hub.served.clear()
    pull(weights, ["thing"], source=hub_at(hub.url))
    assert (weights.root / "thing" / name).read_bytes() == contents[name]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", "git-lfs pointer"),
        (b"<!DOCTYPE html><html>please sign in</html>", "web page"),
        (b"", "empty"),
        (b"\x10\x00\x00\x00\x00\x00\x00\x00{}", "cut short"),
    ],
)
def test_what_the_source_itself_has_wrong_is_not_installed(hub, weights, make_part, content, said):
    make_part("thing", {"model.safetensors": content}, hashes=False)
    with pytest.raises(InvalidInput, match=said):
        pull(weights, ["thing"], source=hub_at(hub.url))
    assert not (weights.root / "thing").exists()


@pytest.mark.parametrize(
    ("status", "code", "kind", "said"),
    [
        (403, "GatedRepo", ResourceMissing, "accepted its conditions"),
        (401, "GatedRepo", ResourceMissing, "accepted its conditions"),
        (403, "", ResourceMissing, "hf auth login"),
        (401, "RepoNotFound", NotFound, "private"),
        (404, "RevisionNotFound", NotFound, "weights add"),
        (503, "", ResourceMissing, "503"),
    ],
)
def test_what_the_hub_answers_is_said_in_both_languages(hub, weights, make_part, status, code, kind, said):
    make_part("thing", {"config.json": CONFIG})
    hub.errors["owner/thing/config.json"] = (status, code)
    with pytest.raises(kind, match=said) as caught:
        pull(weights, ["thing"], source=hub_at(hub.url))
    assert any("\u4e00" <= character <= "\u9fff" for character in caught.value.message.zh)
    assert files_below(weights.root) == set()


def test_without_a_network_the_mirror_is_named(weights, make_part):
    make_part("thing", {"config.json": CONFIG})
    with pytest.raises(ResourceMissing, match="HF_ENDPOINT"):
        pull(weights, ["thing"], source=hub_at("http://127.0.0.1:9"))
    assert files_below(weights.root) == set()


def test_too_small_a_disk_is_told_before_anything_is_fetched(hub, weights, thing, numbers, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(2**40, 2**40, len(numbers)))
    with pytest.raises(Conflict, match="not enough room"):
        pull(weights, ["thing"], source=hub_at(hub.url))
    assert hub.downloads == [] and files_below(weights.root) == set()


def test_a_disk_that_is_really_full(hub, tmp_path, numbers):
    """The kernel's own ENOSPC, from the device that is always full."""
    hub.put("owner/thing", "model.safetensors", numbers)
    part = tmp_path / "part"
    part.symlink_to("/dev/full")
    url = f"{hub.url}/owner/thing/resolve/main/model.safetensors"
    with pytest.raises(Conflict, match="disk is full") as caught:
        fetch(Announced(url, None, etag_of(numbers), COMMIT), part, False, lambda count: None)
    assert isinstance(caught.value.__cause__, OSError) and caught.value.__cause__.errno == errno.ENOSPC


def test_what_a_licence_demands_is_said_first_and_nothing_is_asked_before(hub, weights, make_part):
    make_part("thing", {"config.json": CONFIG}, licence=INSTANTID)
    with pytest.raises(NotAllowed, match=r"research purposes only.*--accept-licence"):
        pull(weights, ["thing"], source=hub_at(hub.url))
    assert hub.asked == []
    assert pull(weights, ["thing"], accept_licence=True, source=hub_at(hub.url)) == ("thing",)


def test_random_weights_and_published_ones_do_not_mix(hub, weights, thing):
    weights.root.mkdir()
    (weights.root / "RANDOM-WEIGHTS.txt").write_text("random")
    with pytest.raises(Conflict, match="random weights"):
        pull(weights, ["thing"], source=hub_at(hub.url))
    assert hub.asked == []


def test_one_part_is_brought_in_by_one_process_at_a_time(hub, weights, thing):
    with staging(weights.root, "thing", keep=True), pytest.raises(Conflict, match="Another process"):
        pull(weights, ["thing"], source=hub_at(hub.url))
    assert pull(weights, ["thing"], source=hub_at(hub.url)) == ("thing",)


def test_modelscope_is_trusted_only_with_the_published_hash(hub, weights, make_part, monkeypatch, numbers):
    monkeypatch.setitem(__import__("studio.weights.sources", fromlist=["x"])._ON_MODELSCOPE, "owner/thing", "a/b")
    source = modelscope(hub.url)
    hub.announces = False
    hub.put("a/b", "model.safetensors", numbers)
    make_part("thing", {"model.safetensors": numbers})
    assert pull(weights, ["thing"], source=source) == ("thing",)
    make_part("other", {"model.safetensors": numbers[:-1] + b"!"})
    with pytest.raises(InvalidInput, match="its hash is wrong"):
        pull(weights, ["other"], source=source)
    make_part("third", {"model.safetensors": numbers}, hashes=False)
    with pytest.raises(NotFound, match="ModelScope"):
        pull(weights, ["third"], source=source)
    assert not weights.has("other") and not weights.has("third")


def test_no_error_of_a_pull_is_anything_but_a_sentence(hub, weights, thing):
    """Whatever single byte count the line is cut at, for good, a StudioError says so and nothing is installed."""
    for cut in (0, 1, 7, 160_000):
        hub.cuts = [cut, *[0] * 20]
        with pytest.raises(StudioError):
            pull(weights, ["thing"], source=hub_at(hub.url))
        assert not weights.has("thing")
    hub.cuts = []
    pull(weights, ["thing"], source=hub_at(hub.url))
    index = json.loads((weights.root / ".hashes.json").read_text())
    assert index["thing/config.json"][2] == hashlib.sha256(CONFIG).hexdigest()
