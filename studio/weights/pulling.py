"""Bring in published weights: fetched to a corner, checked there, and only then put in their places."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from storage.errors import Conflict, InvalidInput, NotAllowed
from studio.weights.checking import check_file
from studio.weights.damage import damage
from studio.weights.fetching import Announced, agrees, announced, digests, fetch
from studio.weights.folder import Weights
from studio.weights.manifest import Part, PublishedFile, find
from studio.weights.published import PARTS
from studio.weights.sources import Source, hub
from studio.weights.staging import corner_of, settle, staging
from studio.weights.unpacking import unpack

_MARGIN = 64 * 2**20

# (part, bytes that are here, bytes in all); what it raises ends the pull, and what came in is kept for the next
OnProgress = Callable[[str, int, int], None]


@dataclass(slots=True)
class _Wanted:
    """What is still to come of a part, and what the source says of it."""

    part: Part
    downloads: list[tuple[PublishedFile, Announced]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return sum(said.bytes or file.bytes or 0 for file, said in self.downloads)


def pull(
    weights: Weights,
    parts: Sequence[str],
    accept_licence: bool = False,
    on_progress: OnProgress | None = None,
    source: Source | None = None,
) -> tuple[str, ...]:
    """Download what is missing or damaged of the parts; the names of those that something was fetched for.

    A download that was cut goes on where it was. Nothing is put in its place before all of its part is there and
    agrees with the published hash, or with the source's own where none is published. Raises NotFound, NotAllowed
    (the licence was not accepted), ResourceMissing (network, or a gated repository), Conflict (disk), InvalidInput.
    """
    named = [find(PARTS, part) for part in dict.fromkeys(parts)]
    if weights.random:
        raise Conflict(
            f"'{weights.root}' holds random weights, and published ones do not belong beside them. "
            "Choose another folder with CASTLOCK_WEIGHTS.",
            f"“{weights.root}”存放的是随机权重，不应与发布的权重混放。请用 CASTLOCK_WEIGHTS 指定其他目录。",
        )
    short = [part for part in named if any(check_file(weights, file)[0] != "ok" for file in part.files)]
    if not accept_licence:
        _demand_consent(short)
    source = source or hub()
    wanted = [_ask(weights, part, source) for part in short]
    _demand_space(weights.root, wanted)
    for each in wanted:
        with staging(weights.root, each.part.name, keep=True) as corner:
            _pull_part(weights, each, corner, source, on_progress)
    return tuple(each.part.name for each in wanted)


def notices(parts: Iterable[Part]) -> list[Part]:
    """One part for each licence that something must be said of."""
    return list({part.licence: part for part in parts if part.licence.notice}.values())


def _demand_consent(parts: Sequence[Part]) -> None:
    unsaid = notices(parts)
    if unsaid:
        en = " ".join(part.licence.notice.en for part in unsaid if part.licence.notice)
        zh = "".join(part.licence.notice.zh for part in unsaid if part.licence.notice)
        raise NotAllowed(
            f"{en} Say that you accept this with --accept-licence.", f"{zh}如接受，请加上 --accept-licence。"
        )


def _ask(weights: Weights, part: Part, source: Source) -> _Wanted:
    """Ask the source for sizes and hashes; after the first answer always at the same commit."""
    wanted = _Wanted(part)
    revision = part.revision
    for file in part.downloads:
        if file is not part.archive and check_file(weights, file)[0] == "ok":
            continue
        said = announced(source.address(part, file, revision), source.sign_in)
        if file.sha256 and said.sha256 and file.sha256 != said.sha256:
            raise _other(part, file, source)
        if said.commit:
            revision = said.commit
        wanted.downloads.append((file, said))
    return wanted


def _demand_space(root: Path, wanted: Sequence[_Wanted]) -> None:
    corners = [corner_of(root, each.part.name) for each in wanted]
    here = sum(path.stat().st_size for corner in corners for path in corner.glob("*"))
    unpacked = sum(file.bytes or 0 for each in wanted if each.part.archive for file in each.part.files)
    needed = sum(each.total for each in wanted) + unpacked - here + _MARGIN
    ground = next(folder for folder in (root, *root.absolute().parents) if folder.is_dir())
    free = shutil.disk_usage(ground).free
    if wanted and free < needed:
        raise Conflict(
            f"There is not enough room: {needed / 2**30:.1f} GiB are needed and {free / 2**30:.1f} GiB are free on the "
            f"disk of '{root}'. Free some space, or set CASTLOCK_WEIGHTS to a folder on another disk.",
            f"空间不足：需要 {needed / 2**30:.1f} GiB，“{root}”所在磁盘剩余 {free / 2**30:.1f} GiB。"
            "请清理空间，或将 CASTLOCK_WEIGHTS 设为另一磁盘上的目录。",
        )


def _pull_part(weights: Weights, wanted: _Wanted, corner: Path, source: Source, on_progress: OnProgress | None) -> None:
    part = wanted.part
    here = 0

    def came(count: int) -> None:
        nonlocal here
        here += count
        if on_progress:
            on_progress(part.name, here, wanted.total)

    ready: dict[str, Path] = {}
    sums: dict[str, str] = {}
    for file, said in wanted.downloads:
        path = corner / f"{file.place.replace('/', '--')}.{said.etag[:16] or 'part'}"
        came(path.stat().st_size if path.exists() else 0)
        fetch(said, path, source.sign_in, came)
        sums[file.place] = _demand_whole(part, file, said, path, source)
        ready[file.place] = path
    if part.archive:
        archive = ready.pop(part.archive.place)
        try:
            ready = unpack(archive, part.files, corner)
            sums = {each.place: _demand_whole(part, each, None, ready[each.place], source) for each in part.files}
        except InvalidInput:
            for path in (archive, *ready.values()):
                path.unlink(missing_ok=True)
            raise
    settle(ready, weights.root)
    for place in ready:
        weights.remember(weights.root / place, sums[place])


def _demand_whole(part: Part, file: PublishedFile, said: Announced | None, path: Path, source: Source) -> str:
    """The SHA-256 of a file that came in, if it is what it should be; else it is deleted."""
    sha256, sha1 = digests(path)
    right = sha256 == file.sha256 if file.sha256 else said is None or agrees(said, sha256, sha1)
    if not right:
        path.unlink()
        raise _other(part, file, source)
    wrong = damage(path, Path(file.place).suffix)
    if wrong is None:
        return sha256
    path.unlink()
    raise InvalidInput(
        f"{file.source} of '{part.name}' cannot be used: {wrong.en}. It came from {source.name}.",
        f"“{part.name}”的 {file.source} 无法使用：{wrong.zh}。来源：{source.name}。",
    )


def _other(part: Part, file: PublishedFile, source: Source) -> InvalidInput:
    return InvalidInput(
        f"{source.name} has another {file.source} than the one that was published for '{part.name}': its hash is wrong. "
        "Nothing was installed. Try again, or try another source.",
        f"{source.name} 上的 {file.source} 与“{part.name}”发布的文件不同：校验值不符。未安装任何内容。请重试或更换来源。",
    )
