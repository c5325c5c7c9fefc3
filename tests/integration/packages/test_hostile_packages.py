"""A package from elsewhere is read as if an enemy had written it: refused with a sentence, and nothing is left."""

import base64
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from forging import Forgery
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect
from tiny_series import drawing, everything, safetensors

from storage.errors import Conflict, InvalidInput, StudioError
from storage.pictures import encode_png, thumbnail
from studio.studio import Studio

Change = Callable[[Forgery], None]


def stowaway(name: str, mode: int = stat.S_IFREG | 0o600, content: bytes = b"x") -> Change:
    def change(forgery: Forgery) -> None:
        made = zipfile.ZipInfo(name)
        made.external_attr = mode << 16
        forgery.extra.append((made, content))

    return change


def in_manifest(**fields: Any) -> Change:
    return lambda forgery: forgery.manifest.update(fields)


def in_series(change: Callable[[dict], object]) -> Change:
    return _in("series.json", change)


def in_episode(change: Callable[[dict], object]) -> Change:
    return _in("episodes/1.json", change)


def in_take(change: Callable[[dict], object]) -> Change:
    return in_episode(lambda episode: change(episode["scenes"][0]["shots"][0]["takes"][0]))


def in_shot(change: Callable[[dict], object]) -> Change:
    return in_episode(lambda episode: change(episode["scenes"][0]["shots"][0]))


def in_person(change: Callable[[dict], object]) -> Change:
    return in_series(lambda said: change(next(each for each in said["cast"] if each["name"] == "Ann")))


def in_photo(change: Callable[[dict], object]) -> Change:
    return in_person(lambda person: change(person["looks"][0]["photos"][0]))


def in_face(change: Callable[[dict], object]) -> Change:
    return in_photo(lambda photo: change(photo["references"][0]))


def _in(name: str, change: Callable[[dict], object]) -> Change:
    def changed(forgery: Forgery) -> None:
        said = forgery.json(name)
        change(said)
        forgery.put(name, said)

    return changed


def put(**fields: Any) -> Callable[[dict], None]:
    return lambda said: said.update(fields)


def whole(name: str, content: bytes) -> Change:
    return lambda forgery: forgery.members.update({name: content})


def lose(name: str) -> Change:
    return lambda forgery: forgery.members.pop(name)


def unsealed(change: Change) -> Change:
    def changed(forgery: Forgery) -> None:
        forgery.sealed = False
        change(forgery)

    return changed


def lose_asset(forgery: Forgery) -> None:
    del forgery.members[next(name for name in forgery.members if name.startswith("assets/"))]


def swap_bytes(forgery: Forgery) -> None:
    name = max((name for name in forgery.members if name.startswith("assets/")), key=lambda n: len(forgery.members[n]))
    forgery.members[name] = bytes(reversed(forgery.members[name]))


def asset_of(find: Callable[[dict, dict], str], content: bytes) -> Change:
    def changed(forgery: Forgery) -> None:
        forgery.replace_asset(find(forgery.json("series.json"), forgery.json("episodes/1.json")), content)

    return changed


def _photo(series: dict, _episode: dict) -> str:
    return next(each for each in series["cast"] if each["name"] == "Ann")["looks"][0]["photos"][0]["asset"]


def _plate(series: dict, _episode: dict) -> str:
    return series["series"]["plates"][0]["asset"]


def _frame(_series: dict, episode: dict) -> str:
    return episode["scenes"][0]["shots"][0]["takes"][0]["asset"]


def _small(_series: dict, episode: dict) -> str:
    return episode["scenes"][0]["shots"][0]["takes"][0]["thumbnail"]


def _adapter(series: dict, _episode: dict) -> str:
    return series["cast"][0]["adapters"][0]["asset"]


def huge_png() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(10**6), 9)) + chunk(b"IEND", b"")


def raw(values: Any) -> str:
    return base64.b64encode(np.asarray(values, "<f4").tobytes()).decode()


DEEP = b"[" * 10**6 + b"]" * 10**6
DEEP_TAKE = b'{"number":1,"title":"","script":null,"scenes":' + DEEP + b"}"
STRANGER = "f" * 32

FORGERIES: dict[str, tuple[Change, str]] = {
    # the ZIP
    "zip slip": (stowaway("../../evil.txt"), "no place"),
    "zip slip inside": (stowaway("assets/../../../evil"), "no place"),
    "an absolute path": (stowaway("/etc/passwd"), "no place"),
    "a Windows path": (stowaway("C:\\evil"), "no place"),
    "a backslash path": (stowaway("assets\\ab\\" + "0" * 62), "no place"),
    "a folder": (stowaway("assets/", stat.S_IFDIR | 0o700, b""), "no place"),
    "a symbolic link": (stowaway("assets/ab/" + "0" * 62, stat.S_IFLNK | 0o777, b"/etc/passwd"), "no place"),
    "a device": (stowaway("assets/ab/" + "0" * 62, stat.S_IFCHR | 0o600), "no place"),
    "a database": (stowaway("castlock.db"), "no place"),
    "a capital hash": (stowaway("assets/AB/" + "A" * 62), "no place"),
    "a member twice": (stowaway("series.json"), "twice"),
    "an episode under another name": (stowaway("episodes/01.json"), "no place"),
    # the manifest
    "no manifest": (unsealed(lambda forgery: setattr(forgery, "manifest", None)), "no usable manifest"),
    "a newer version": (in_manifest(version=2), "newer Castlock"),
    "version 0": (in_manifest(version=0), "no such version"),
    "a version in words": (in_manifest(version="1"), "manifest cannot be read"),
    "another format": (in_manifest(format="castlock-character"), "castlock-character"),
    "an unknown format": (in_manifest(format="zip"), "manifest cannot be read"),
    "more in the manifest": (in_manifest(run="rm -rf /"), "manifest cannot be read"),
    "other counts": (in_manifest(counts={"shots": 4}), "counts otherwise"),
    "a hash that is none": (
        unsealed(lambda f: f.manifest["members"]["series.json"].update(sha256="0")),
        "manifest cannot be read",
    ),
    "wrong hash": (unsealed(lambda f: f.manifest["members"]["series.json"].update(sha256="0" * 64)), "damaged"),
    "wrong length": (unsealed(lambda f: f.manifest["members"]["series.json"].update(bytes=5)), "damaged"),
    "an asset that was changed": (unsealed(swap_bytes), "damaged"),
    "an asset under another's hash": (swap_bytes, "damaged"),
    "a member that is missing": (unsealed(lose_asset), "disagree"),
    "a member that nobody names": (unsealed(stowaway("assets/ab/" + "0" * 62)), "disagree"),
    "no series": (lose("series.json"), "no series.json"),
    # what it names
    "an asset missing, cleverly": (lose_asset, "exactly the files"),
    "an asset too many": (lambda forgery: forgery.add_asset(b"a stowaway"), "exactly the files"),
    "an episode lost": (lose("episodes/2.json"), "exactly the files"),
    "an episode under another number": (in_episode(put(number=2)), "is another episode"),
    # the JSON
    "no JSON": (whole("series.json", b"\x80\x04pickled"), "series.json"),
    "nested a million deep": (whole("series.json", DEEP), "recursion limit"),
    "nested deep in an episode": (whole("episodes/1.json", DEEP_TAKE), "recursion limit"),
    "a list": (whole("series.json", b"[]"), "series.json"),
    "a lone surrogate": (in_shot(put(description="\ud800")), "episodes/1.json"),
    "a null character": (in_shot(put(description="a\0b")), "null character"),
    "a field too many": (in_shot(put(evil="; DROP TABLE shot")), "evil"),
    "a field too few": (in_shot(lambda shot: shot.pop("size")), "size"),
    "a number for a text": (in_shot(put(notes=5)), "notes"),
    "a text that never ends": (in_shot(put(notes="x" * 200_001)), "notes"),
    "a title that never ends": (in_series(lambda said: said["series"].update(title="x" * 2_001)), "title"),
    "a size of no trade": (in_shot(put(size="'; DROP TABLE shot;--")), "is no size"),
    "an engine that nobody has": (in_series(lambda said: said["series"].update(engine="os:system")), "engine"),
    "columns that nobody has": (
        in_series(lambda said: said["series"].update(sheet_columns={"csv": ["__class__"]})),
        "__class__",
    ),
    "columns of no format": (
        in_series(lambda said: said["series"].update(sheet_columns={"exe": ["shot"]})),
        "no format",
    ),
    "seconds without end": (in_shot(put(seconds=float("inf"))), "seconds"),
    "no number of seconds": (in_shot(put(seconds=float("nan"))), "seconds"),
    "seconds too many": (in_shot(put(seconds=1e300)), "seconds"),
    "a canvas for a giant": (in_series(lambda said: said["series"].update(width=10**9)), "width"),
    "no time": (in_person(put(created_at="9999-12-31T23:59:59-23:00")), "no time"),
    "a time of nowhere": (in_person(put(created_at="2026-01-01T00:00:00")), "timezone"),
    "a uid that is a path": (in_photo(put(uid="../../../etc/passwd")), "uid"),
    "a hash that is a path": (in_photo(put(asset="../" * 20 + "etc")), "asset"),
    "a uid twice": (in_episode(lambda e: e["scenes"][1].update(uid=e["scenes"][0]["uid"])), "the same number, uid"),
    "a take number twice": (
        in_shot(lambda shot: shot["takes"][1].update(number=shot["takes"][0]["number"])),
        "the same number",
    ),
    "somebody twice in a shot": (in_shot(lambda s: s["cast"].append({**s["cast"][0], "name": "ＡＮＮ"})), "twice"),
    "two plates of a place": (
        in_series(lambda said: said["series"]["plates"].append(said["series"]["plates"][0])),
        "two plates",
    ),
    # people
    "a name of two": (
        in_series(lambda said: [each["names"].append("Gemini") for each in said["cast"]]),
        "belongs to two",
    ),
    "an untidy name": (in_person(lambda ann: ann["names"].append("A\u202ennie")), "written as names are"),
    "a name that is not one's own": (in_person(put(name="Nobody")), "names do not agree"),
    "a name too long": (in_person(lambda ann: ann["names"].append("x" * 101)), "names"),
    "a look untidy": (in_person(lambda ann: ann["looks"][0].update(name=" default ")), "look's name"),
    "a character twice": (in_series(lambda said: said["cast"].append(said["cast"][0])), "in it twice"),
    "a colour that is code": (in_person(lambda ann: ann["looks"][0].update(colours=["red;}"])), "colours"),
    "an embedding of words": (in_face(put(raw="no base64!")), "raw"),
    "an embedding cut": (in_face(put(raw="AAAA")), "embedding"),
    "an embedding of nothing": (in_face(put(raw=raw([0.0] * 32))), "no direction"),
    "an embedding without end": (in_face(put(raw=raw([np.inf] * 32))), "embedding"),
    "an embedding too wide": (in_face(put(raw=raw(np.ones(5000)))), "raw"),
    "six keypoints": (in_face(lambda face: face["keypoints"].append([1, 2])), "keypoints"),
    # takes
    "a take of a stranger": (
        in_take(lambda take: take["request"]["subjects"][0].update(character=STRANGER)),
        "not in the package",
    ),
    "a stranger's score": (in_take(lambda take: take["faces"][0].update(uid=STRANGER)), "not in the package"),
    "a stranger repainted": (
        in_take(lambda take: take["provenance"].update(repainted=[STRANGER])),
        "not in the package",
    ),
    "a request of another size": (in_take(lambda take: take["request"].update(width=30_000)), "disagree"),
    "a request of another seed": (in_take(lambda take: take["request"].update(seed=7)), "disagree"),
    "a request with more": (in_take(lambda take: take["request"].update(evil=1)), "how it was made"),
    "a subject with more": (in_take(lambda take: take["request"]["subjects"][0].update(evil=1)), "how it was made"),
    "a subject with less": (in_take(lambda take: take["request"]["subjects"][0].pop("head")), "how it was made"),
    "a seed in words": (in_take(lambda take: take["request"].update(seed="1101")), "how it was made"),
    "no subjects": (in_take(lambda take: take["request"].pop("subjects")), "how it was made"),
    "an option without end": (
        in_take(lambda take: take["request"]["options"].update(x=float("inf"))),
        "how it was made",
    ),
    "a null in a prompt": (in_take(lambda take: take["request"].update(prompt="a\0b")), "how it was made"),
    "a verdict of no house": (in_take(lambda take: take["faces"][0].update(verdict="guilty")), "how it was made"),
    "a notice without words": (in_take(lambda take: take["provenance"].update(notices=[{"en": 1}])), "how it was made"),
    "a licence without a name": (in_take(lambda take: take["provenance"].update(licences=[{}])), "how it was made"),
    "a seed past all numbers": (in_take(put(seed=2**63)), "seed"),
    # files that are not what they should be
    "a photo that is a program": (asset_of(_photo, b"MZ\x90\0 this is a program"), "a program"),
    "a photo that is a page": (asset_of(_photo, b"<!doctype html><script>alert(1)</script>"), "web page"),
    "a photo that is an SVG": (asset_of(_photo, b"<svg onload='alert(1)'/>"), "SVG"),
    "a photo of another size": (asset_of(_photo, thumbnail(drawing(5, 200, 300), 200)), "another size"),
    "a photo with a ZIP behind": (asset_of(_photo, thumbnail(drawing(5), 72) + b"PK\x03\x04"), "more than the picture"),
    "a photo cut off": (asset_of(_photo, thumbnail(drawing(5), 72)[:-40]), "cut off"),
    "an empty photo": (asset_of(_photo, b""), "PNG or JPEG"),
    "a plate that is a bomb": (asset_of(_plate, huge_png()), "too many pixels"),
    "a frame that is no picture": (asset_of(_frame, b"not a picture"), "a text file"),
    "a frame of another size": (asset_of(_frame, encode_png(drawing(5, 80, 128))), "another size"),
    "a thumbnail that is no picture": (asset_of(_small, b"GIF89a"), "PNG or JPEG"),
    "an adapter that is a pickle": (asset_of(_adapter, b"\x80\x04\x95cposix\nsystem\n"), "adapter"),
    "an adapter cut short": (asset_of(_adapter, safetensors(9)[:-3]), "cut short"),
    "an adapter that is a picture": (
        in_person(lambda ann: ann["adapters"][0].update(asset=ann["looks"][0]["photos"][0]["asset"])),
        "two different things",
    ),
    "a script that is a photo": (
        lambda forgery: in_episode(put(script=_photo(forgery.json("series.json"), {})))(forgery),
        "two different things",
    ),
}


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory):
    """An empty studio that every forgery is tried on, and that stays empty."""
    from studio.settings import Settings

    studio = Studio(Settings(home=tmp_path_factory.mktemp("victim") / "home"))
    yield studio
    studio.close()


def refused(victim: Studio, file: Path, said: str) -> None:
    before, around = everything(victim), sorted(victim.home.root.parent.iterdir())
    with pytest.raises((InvalidInput, Conflict), match=said) as caught:
        victim.open_series(file)
    assert caught.value.message.zh and len(str(caught.value)) < 600
    assert everything(victim) == before and sorted(victim.home.root.parent.iterdir()) == around


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forgery_is_refused_and_leaves_nothing(victim: Studio, packed_series: Path, tmp_path: Path, name: str):
    change, said = FORGERIES[name]
    forgery = Forgery(packed_series)
    change(forgery)
    refused(victim, forgery.write(tmp_path / "x.castlock-series"), said)


def test_the_forger_can_also_leave_things_as_they_are(there: Studio, packed_series: Path, tmp_path: Path):
    """So what is refused above is refused for what was changed."""
    forgery = Forgery(packed_series)
    forgery.write(tmp_path / "x.castlock-series")
    assert there.open_series(tmp_path / "x.castlock-series").counts["takes"] == 8


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_nothing_compressed_is_unfolded(victim: Studio, packed_series: Path, tmp_path: Path, compression: int):
    forgery = Forgery(packed_series)
    forgery.members["series.json"] += b" " * 2**23  # 8 MiB that come from a few bytes
    file = forgery.write(tmp_path / "x.castlock-series", compression)
    refused(victim, file, "compressed")


def test_members_that_overlap_cannot_claim_more_than_there_is(victim: Studio, packed_series: Path, tmp_path: Path):
    """Every asset points at the bytes of the largest one, in the manner of a quoted-overlap bomb."""
    forgery = Forgery(packed_series)
    file = forgery.write(tmp_path / "x.castlock-series")
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        largest = max(archive.infolist(), key=lambda entry: entry.file_size)
    at = content.index(b"PK\x01\x02")
    while content[at : at + 4] == b"PK\x01\x02":
        struct.pack_into("<II", content, at + 20, largest.file_size, largest.file_size)
        struct.pack_into("<I", content, at + 42, largest.header_offset)
        name, extra, comment = struct.unpack_from("<HHH", content, at + 28)
        at += 46 + name + extra + comment
    file.write_bytes(content)
    refused(victim, file, "larger than it is|manifest")


def test_a_null_does_not_end_a_name(victim: Studio, packed_series: Path, tmp_path: Path):
    forgery = Forgery(packed_series)
    stowaway("character.json#.txt")(forgery)
    file = forgery.write(tmp_path / "x.castlock-series")
    file.write_bytes(file.read_bytes().replace(b"character.json#.txt", b"episodes/7.json\0xyz"))
    refused(victim, file, r"episodes/7.json\\x00xyz', which has no place")


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06", b"not a zip at all", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_zip_is_refused(victim: Studio, tmp_path: Path, content: bytes):
    file = tmp_path / "x.castlock-series"
    file.write_bytes(content)
    refused(victim, file, "not a series package|no usable manifest|is no ZIP")


def test_names_that_look_like_sql_are_only_names(there: Studio, packed_series: Path, tmp_path: Path):
    forgery = Forgery(packed_series)
    evil = "Robert'); DROP TABLE character;--"
    in_person(lambda ann: ann["names"].append(evil))(forgery)
    in_shot(put(description=evil, notes="${jndi:ldap://x}", prompt="{{7*7}} %s {0}"))(forgery)
    there.open_series(forgery.write(tmp_path / "x.castlock-series"))
    assert there.cast.find(evil).name == "Ann"
    assert there.shots.shots(there.shots.series()[0].title, 1)[0].description == evil
    assert "character" in inspect(there.database.engine).get_table_names()


_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=30),
    st.sampled_from(["", "0" * 32, "0" * 64, "\0", "../x", "9999-12-31T23:59:59-23:00", [], {}, [[]], {"en": 1}]),
)


def _places(value: Any, path: tuple = ()) -> list[tuple]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, each in inner for place in _places(each, (*path, key)))]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_changed_value_is_refused_or_opened_and_never_half(there, packed_series: Path, tmp_path: Path, data):
    forgery = Forgery(packed_series)
    name = data.draw(st.sampled_from(["series.json", "episodes/1.json"]))
    said = forgery.json(name)
    place = data.draw(st.sampled_from(_places(said)[1:]))
    inner = said
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = data.draw(_LEAVES)
    forgery.put(name, said)
    before = everything(there)
    try:
        opened = there.open_series(forgery.write(tmp_path / "x.castlock-series"), "Changed")
    except StudioError:
        assert everything(there) == before
        return
    line = there.timeline(opened.series, 1)
    assert len(line.clips) == 2
    with there.database.session() as session:
        session.delete(next(each for each in there.shots.series() if each.title == "Changed"))
    for person in there.cast.list_characters():
        there.erase(person.name)
    there.assets.sweep(there.database, older_than_seconds=-1)
