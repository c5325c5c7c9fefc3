"""Put in weights of one's own: a checkpoint by any name, or a published part that was got by other means."""

import re
import shutil
from pathlib import Path

from storage.errors import Conflict, InvalidInput
from studio.weights.checkpoints import files_of_checkpoint
from studio.weights.damage import damage, safetensors_header
from studio.weights.disk import refused
from studio.weights.folder import Weights
from studio.weights.manifest import Part, PublishedFile, find
from studio.weights.published import PARTS
from studio.weights.staging import settle, staging
from studio.weights.unpacking import unpack

_NAME = re.compile(r"\w[\w.-]{0,63}")


def add(weights: Weights, path: Path, part: str, link: bool = False, replace: bool = False) -> tuple[str, ...]:
    """Take in a file, folder or zip as `part` ('base/<name>' for a checkpoint); the places that were filled.

    link: leave the files where they are and point to them. Raises InvalidInput, Conflict and NotFound, with nothing
    changed.
    """
    if not path.exists():
        raise InvalidInput(f"There is no file or folder '{path}'.", f"没有文件或文件夹“{path}”。")
    if weights.random:
        raise Conflict(
            f"'{weights.root}' holds random weights, and real ones do not belong beside them. "
            "Choose another folder with CASTLOCK_WEIGHTS.",
            f"“{weights.root}”存放的是随机权重，不应与真实权重混放。请用 CASTLOCK_WEIGHTS 指定其他目录。",
        )
    own = part.startswith("base/")
    if own and not _NAME.fullmatch(part.removeprefix("base/")):
        raise InvalidInput(
            f"'{part}' is no name for a checkpoint: base/ and then letters, digits, '_', '-' and '.', 64 at most.",
            f"“{part}”不能作为底模名称：base/ 后只能使用字母、数字、“_”“-”“.”，最长 64 个字符。",
        )
    there = weights.has(part) if not own else part.removeprefix("base/") in weights.bases()
    if there and not replace:
        raise Conflict(
            f"'{part}' is there already. Say --replace to put this in its place.",
            f"“{part}”已存在。如需替换，请加上 --replace。",
        )
    with staging(weights.root, part, keep=False) as corner:
        try:
            return _add(weights, path, part, corner, link, own)
        except OSError as error:
            raise refused(error) from error


def _add(weights: Weights, path: Path, part: str, corner: Path, link: bool, own: bool) -> tuple[str, ...]:
    if own:
        chosen = {f"{part}{place}": file for place, file in files_of_checkpoint(path).items()}
    else:
        published = find(PARTS, part)
        chosen = _chosen(published, path, corner)
    for file in chosen.values():
        wrong = damage(file)
        if wrong is not None:
            raise InvalidInput(
                f"'{file}' cannot be used: {wrong.en}. Nothing was put in.",
                f"“{file}”无法使用：{wrong.zh}。未放入任何内容。",
            )
    if not own:
        _demand_kind(find(PARTS, part), chosen)
    ready = {}
    for place, file in chosen.items():
        ready[place] = corner / f"{place.replace('/', '--')}.ready"
        if link:
            ready[place].symlink_to(file.resolve())
        elif file.is_relative_to(corner):
            file.rename(ready[place])
        else:
            shutil.copyfile(file, ready[place])
    if own:
        _make_way(weights, part)
    settle(ready, weights.root)
    return tuple(ready)


def _chosen(part: Part, path: Path, corner: Path) -> dict[str, Path]:
    """place -> file, for every file of a published part, whatever folders it lies in."""
    if path.suffix == ".zip":
        return unpack(path, part.files, corner)
    if path.is_file():
        if len(part.files) != 1:
            raise InvalidInput(
                f"'{part.name}' has {len(part.files)} files: give the folder that holds them.",
                f"“{part.name}”由 {len(part.files)} 个文件组成：请提供包含它们的文件夹。",
            )
        place = next((place for place in part.files[0].places if Path(place).suffix == path.suffix), None)
        if place is None:
            raise _lacks(part, part.files[0], path)
        return {place: path}
    return dict(_found(part, file, path) for file in part.files)


def _found(part: Part, file: PublishedFile, folder: Path) -> tuple[str, Path]:
    for place in file.places:
        inner = place.removeprefix(f"{part.place}/")
        exact = [folder / inner, folder / file.source] if place == file.place else [folder / inner]
        for candidate in exact:
            if candidate.is_file():
                return place, candidate
        named = [each for each in folder.rglob(Path(inner).name) if each.is_file()]
        if len(named) == 1:
            return place, named[0]
        if len(named) > 1:
            raise InvalidInput(
                f"'{folder}' holds {Path(inner).name} more than once. Give the inner folder that is meant.",
                f"“{folder}”中有多个 {Path(inner).name}。请指定具体的子文件夹。",
            )
    raise _lacks(part, file, folder)


def _lacks(part: Part, file: PublishedFile, path: Path) -> InvalidInput:
    names = sorted({Path(place).name for place in (*file.places, file.source)})
    return InvalidInput(
        f"'{path}' is not, or does not hold, {' or '.join(names)}, which '{part.name}' needs.",
        f"“{path}”不是或不包含“{part.name}”所需的 {' 或 '.join(names)}。",
    )


def _demand_kind(part: Part, chosen: dict[str, Path]) -> None:
    """A safetensors file of the wrong kind would be found out only in the middle of a job."""
    for place, file in chosen.items():
        if not place.endswith(".safetensors"):
            continue
        names = [name for name in safetensors_header(file) if name != "__metadata__"]
        if part.name.startswith(("instantid", "ip-adapter/")) and Path(place).name.startswith("ip-adapter"):
            right = any(name.startswith("image_proj.") for name in names) and any(
                name.startswith("ip_adapter.") for name in names
            )
        elif part.name.startswith("few-step/"):
            right = any("lora" in name.lower() for name in names)
        else:
            right = bool(names)
        if not right:
            raise InvalidInput(
                f"'{file}' is a safetensors file, but not one for '{part.name}' ({part.purpose.en}).",
                f"“{file}”是 safetensors 文件，但不适用于“{part.name}”（{part.purpose.zh}）。",
            )


def _make_way(weights: Weights, part: str) -> None:
    folder = weights.root / part
    if folder.is_symlink():
        folder.unlink()
    elif folder.is_dir():
        shutil.rmtree(folder)
    folder.with_name(f"{folder.name}.safetensors").unlink(missing_ok=True)
