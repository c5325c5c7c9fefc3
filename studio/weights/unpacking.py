"""Take the wanted files out of a zip that came over the network, trusting nothing that it says of itself."""

import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from storage.errors import InvalidInput
from studio.weights.disk import refused
from studio.weights.manifest import PublishedFile

_LIMIT = 2 * 2**30
"""No file of a face pack is larger than this, unpacked."""
_BLOCK = 2**20
_SYMLINK = 0o120000


def unpack(archive: Path, files: Sequence[PublishedFile], folder: Path) -> dict[str, Path]:
    """Write the files, found by their names in whatever folder the zip nests them, into `folder`: place -> path.

    Raises InvalidInput, with nothing left behind, for what is no zip, lacks a file or holds it twice, names places
    outside of itself, or unpacks to more than it may; Conflict where the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: dict[str, Path] = {}
    try:
        with zipfile.ZipFile(archive) as opened:
            members = _members(opened, archive.name)
            for file in files:
                target = folder / file.place.replace("/", "--")
                written[file.place] = target
                _write(opened, _wanted(members, file, archive.name), file, target)
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        _forget(written)
        raise InvalidInput(
            f"'{archive.name}' is not a whole zip archive ({error}). Get it again.",
            f"“{archive.name}”不是完整的 zip 压缩包（{error}）。请重新下载。",
        ) from error
    except InvalidInput:
        _forget(written)
        raise
    except OSError as error:
        _forget(written)
        raise refused(error) from error
    return written


def _members(opened: zipfile.ZipFile, name: str) -> list[zipfile.ZipInfo]:
    for member in opened.infolist():
        path = PurePosixPath(member.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or member.external_attr >> 16 & 0o170000 == _SYMLINK:
            raise InvalidInput(
                f"'{name}' names a place outside of itself ({member.filename}) and was not unpacked. "
                "Get it from its publisher.",
                f"“{name}”包含指向自身之外的路径（{member.filename}），未解压。请从发布者处获取。",
            )
        if member.flag_bits & 1:
            raise InvalidInput(
                f"'{name}' is encrypted. Unpack it yourself, then add the folder.",
                f"“{name}”已加密。请先自行解压，再添加该文件夹。",
            )
    return [each for each in opened.infolist() if not each.is_dir() and not each.filename.startswith("__MACOSX/")]


def _wanted(members: Sequence[zipfile.ZipInfo], file: PublishedFile, name: str) -> zipfile.ZipInfo:
    wanted = PurePosixPath(file.source).name
    found = [each for each in members if PurePosixPath(each.filename).name == wanted]
    if len(found) == 1:
        return found[0]
    if len(found) > 1:
        raise InvalidInput(
            f"'{name}' holds {wanted} more than once, so it is not clear which one is meant. "
            "Unpack it yourself, then add the folder.",
            f"“{name}”中有多个 {wanted}，无法确定所指。请先自行解压，再添加该文件夹。",
        )
    if any(each.filename.endswith(".zip") for each in members):
        raise InvalidInput(
            f"'{name}' holds another zip instead of {wanted}. Unpack that one, then add what is in it.",
            f"“{name}”中是另一个压缩包，而不是 {wanted}。请先解压内层压缩包，再添加其内容。",
        )
    raise InvalidInput(
        f"'{name}' does not hold {wanted}. Get it from its publisher.",
        f"“{name}”中没有 {wanted}。请从发布者处获取。",
    )


def _write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, file: PublishedFile, target: Path) -> None:
    """Counts what really comes out: the size in a zip's directory is only a claim."""
    limit = file.bytes if file.bytes is not None else _LIMIT
    count = 0
    with opened.open(member) as source, target.open("wb") as stream:
        while block := source.read(_BLOCK):
            count += len(block)
            if count > limit:
                raise InvalidInput(
                    f"{member.filename} unpacks to more than the {limit} bytes that it may have. "
                    "The archive is not the published one; get it from its publisher.",
                    f"{member.filename} 解压后超过允许的 {limit} 字节。该压缩包不是发布的版本，请从发布者处获取。",
                )
            stream.write(block)


def _forget(written: dict[str, Path]) -> None:
    for path in written.values():
        path.unlink(missing_ok=True)
