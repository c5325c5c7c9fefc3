"""A folder with an insightface pack: which file finds faces, which one knows them, and what is wrong with the folder.

Light: opens no network, imports no onnxruntime, and never downloads.
"""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import is_zipfile

from storage.errors import InvalidInput, ResourceMissing, StudioError

# recogniser file -> (the embedding space it is published under, its bytes to about a percent)
PUBLISHED = {
    "glintr100.onnx": ("antelopev2", 260_700_000),
    "w600k_r50.onnx": ("buffalo_l", 174_400_000),
    "w600k_mbf.onnx": ("buffalo_s", 13_600_000),
}
_DETECTORS = ("scrfd_", "det_")
_UNUSED = {"1k3d68.onnx", "2d106det.onnx", "genderage.onnx"}
_PULLED = ("antelopev2", "buffalo_l")
_SIDE = 112  # pixels: what ArcFace's family of recognisers sees
_LONGEST_NAME = 48


@dataclass(frozen=True, slots=True)
class Pack:
    """The two networks of a pack that are used, and the name of the embedding space that the recogniser makes."""

    folder: Path
    detector: Path
    recogniser: Path

    @property
    def space(self) -> str:
        """The published space where the recogniser is the published file, by name and size; else one of its own.

        Weights that merely have the name (random ones, another training) must never be compared with the real ones:
        then the space carries the first eight digits of the file's SHA-256.
        """
        space, size = PUBLISHED.get(self.recogniser.name, (self.folder.name, 0))
        there = self.recogniser.stat()
        if size and abs(there.st_size - size) < size / 10:
            return space
        return f"{space[:_LONGEST_NAME]}-{_sha256(self.recogniser, there.st_size, there.st_mtime_ns)[:8]}"


def space_of(folder: Path) -> str:
    """The embedding space of a pack's folder. Raises ResourceMissing, InvalidInput, as `pack_in` does."""
    return pack_in(folder).space


def pack_with(space: str, faces: Path) -> Path:
    """The pack of that embedding space among the folders in `faces`. Raises ResourceMissing, saying what there is."""
    folders = sorted(each for each in faces.iterdir() if each.is_dir()) if faces.is_dir() else []
    found: list[str] = []
    for folder in folders:
        try:
            found.append(space_of(folder))
        except StudioError as broken:
            found.append(f"{folder.name} ({broken})")
            continue
        if found[-1] == space:
            return folder
    there_is = "; ".join(found)
    command = pull_command(space)
    raise ResourceMissing(
        f"No face recogniser of the space '{space}' is installed in {faces} (there is: {there_is or 'none'}). "
        f"Run `{command}`.",
        f"{faces} 中没有特征空间“{space}”的人脸识别器（现有：{there_is or '无'}）。请运行 `{command}`。",
    )


def pack_in(folder: Path) -> Pack:
    """The pack in a folder. As in insightface, files are taken in the order of their names, the first of each kind.

    Raises ResourceMissing where the folder or one of the two networks is missing, InvalidInput where a file is not what
    its name says; both name the command that mends it.
    """
    if not folder.is_dir():
        if folder.with_suffix(".zip").is_file():
            raise _not_unpacked(folder.with_suffix(".zip"), folder)
        raise _missing(folder, "is not there", "不存在")
    files = sorted(folder.glob("*.onnx"))
    if not files:
        raise _empty(folder)
    kinds: dict[str, Path] = {}
    for file in files:
        if file.name not in _UNUSED:
            _sniff(file)
            kinds.setdefault(_kind(file), file)
    if "detector" not in kinds:
        raise _missing(
            folder,
            f"has no face detector such as scrfd_10g_bnkps.onnx ({_names(files)})",
            f"缺少人脸检测模型，例如 scrfd_10g_bnkps.onnx（{_names(files)}）",
        )
    if "recogniser" not in kinds:
        raise _missing(
            folder,
            f"has no face recogniser such as glintr100.onnx ({_names(files)})",
            f"缺少人脸识别模型，例如 glintr100.onnx（{_names(files)}）",
        )
    return Pack(folder, kinds["detector"], kinds["recogniser"])


def pull_command(pack: str) -> str:
    """What to type so that a pack is there."""
    return f"python -m studio weights pull {pack if pack in _PULLED else 'antelopev2'}"


def unusable(file: Path, en: str, zh: str) -> InvalidInput:
    """A file of a pack that is not what its name says. en, zh: what it is, as the end of a sentence."""
    command = pull_command(file.parent.name)
    return InvalidInput(
        f"{file} {en}. Delete it and run `{command}`.",
        f"{file} {zh}。请删除后运行 `{command}`。",
    )


@lru_cache(maxsize=64)
def _sha256(file: Path, _size: int, _changed: int) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _kind(file: Path) -> str:
    """'detector', 'recogniser' or 'other': by the published names, else by what goes in and out, as insightface does."""
    if file.name in PUBLISHED:
        return "recogniser"
    if file.name.startswith(_DETECTORS):
        return "detector"
    import onnx
    from google.protobuf.message import DecodeError

    try:
        graph = onnx.load(str(file), load_external_data=False).graph
    except DecodeError as error:
        raise unusable(file, "is damaged: it is no ONNX model, or only a part of one", "已损坏或不完整") from error
    if len(graph.output) >= 5:
        return "detector"
    given = {weights.name for weights in graph.initializer}
    inputs = [each for each in graph.input if each.name not in given]
    sides = [side.dim_value for side in inputs[0].type.tensor_type.shape.dim] if len(inputs) == 1 else []
    return "recogniser" if sides[1:] == [3, _SIDE, _SIDE] and len(graph.output) == 1 else "other"


def _sniff(file: Path) -> None:
    """Raises InvalidInput for what is often found under the name of a network in place of it."""
    with file.open("rb") as stream:
        start = stream.read(512)
    if start.startswith(b"version https://git-lfs"):
        raise unusable(file, "is a Git LFS pointer, not the model itself", "只是 Git LFS 指针，不是模型本身")
    if start.lstrip().lower().startswith((b"<!doctype", b"<html", b"<?xml", b"{")):
        raise unusable(
            file, "is a web page or an error message, saved under a model's name", "是网页或错误信息，不是模型"
        )
    if start.startswith(b"PK\x03\x04"):
        raise unusable(file, "is a zip archive, not a model", "是压缩包，不是模型")
    if not start:
        raise unusable(file, "is empty", "是空文件")


def _empty(folder: Path) -> StudioError:
    for archive in sorted(folder.glob("*.zip")):
        if is_zipfile(archive):
            return _not_unpacked(archive, folder)
    nested = sorted({file.parent for file in folder.rglob("*.onnx")})
    if nested:
        return InvalidInput(
            f"The face models lie a folder too deep, in {nested[0]}. Move them up into {folder}, "
            f"or run `{pull_command(folder.name)}`.",
            f"人脸模型多套了一层目录：{nested[0]}。请移到 {folder}，或运行 `{pull_command(folder.name)}`。",
        )
    return _missing(folder, "holds no model (*.onnx)", "里没有模型（*.onnx）")


def _not_unpacked(archive: Path, folder: Path) -> InvalidInput:
    return InvalidInput(
        f"{archive} was not unpacked. Unpack it so that its *.onnx files lie in {folder}, "
        f"or run `{pull_command(folder.name)}`.",
        f"{archive} 尚未解压。请解压，使 *.onnx 文件位于 {folder}，或运行 `{pull_command(folder.name)}`。",
    )


def _missing(folder: Path, en: str, zh: str) -> ResourceMissing:
    command = pull_command(folder.name)
    return ResourceMissing(
        f"The face models' folder {folder} {en}. Run `{command}`.",
        f"人脸模型目录 {folder} {zh}。请运行 `{command}`。",
    )


def _names(files: list[Path]) -> str:
    return ", ".join(file.name for file in files)
