"""The folder of weights as it lies on this machine."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from storage.errors import NotFound, ResourceMissing
from studio.weights.digests import Digests
from studio.weights.licences import OWN, Licence
from studio.weights.manifest import Part, PublishedFile, find
from studio.weights.published import BASE, PARTS

RANDOM_MARK = "RANDOM-WEIGHTS.txt"
_POINTER = 1024
"""A file of numbers is larger than this; what git-lfs leaves in its place is about 130 bytes."""

# what a checkpoint must hold, in diffusers' folder layout
_BASE_TEXTS = (
    "model_index.json",
    "scheduler/scheduler_config.json",
    "text_encoder/config.json",
    "text_encoder_2/config.json",
    "unet/config.json",
    "vae/config.json",
)
_BASE_TOKENIZERS = ("tokenizer", "tokenizer_2")
_BASE_NUMBERS = ("text_encoder", "text_encoder_2", "unet", "vae")


class Weights:
    """What is installed below `root`, which need not exist. Cheap to make; nothing here imports torch.

    Parts go by the names of studio.weights.published, and checkpoints by 'base/<name>'.
    """

    def __init__(self, root: Path):
        self.root = root
        self._digests = Digests(root)

    @property
    def random(self) -> bool:
        """The folder was made by `weights tiny`: random numbers in the published layouts."""
        return (self.root / RANDOM_MARK).is_file()

    def has(self, part: str) -> bool:
        """All required files of the part are there, with a plausible size. Raises NotFound for an unknown part."""
        if part.startswith("base/"):
            return part.removeprefix("base/") in self.bases()
        return all(self.file(file) is not None for file in find(PARTS, part).files)

    def path(self, part: str) -> Path:
        """The part's folder, or its file. Raises ResourceMissing, naming the command that mends it, and NotFound."""
        if part.startswith("base/"):
            return self.base(part.removeprefix("base/"))
        published = find(PARTS, part)
        if not self.has(part):
            raise self._missing(published)
        if len(published.files) == 1 and published.place in published.files[0].places:
            return self.file(published.files[0]) or self.root
        return self.root / published.place

    def bases(self) -> tuple[str, ...]:
        """Names of the installed SDXL checkpoints, sorted: complete diffusers folders, and single files."""
        folder = self.root / "base"
        if not folder.is_dir():
            return ()
        found = {path.name for path in folder.iterdir() if path.is_dir() and self._is_checkpoint(path)}
        found |= {path.stem for path in folder.glob("*.safetensors") if self._is_plausible(path, None)}
        return tuple(sorted(name for name in found if not name.startswith(".")))

    def base(self, name: str = "") -> Path:
        """A checkpoint's folder or .safetensors file; '' is the first by name. Raises ResourceMissing, NotFound."""
        there = self.bases()
        if not there:
            raise self._missing(PARTS[BASE])
        name = name or there[0]
        if name not in there:
            if f"base/{name}" in PARTS:
                raise self._missing(PARTS[f"base/{name}"])
            raise NotFound(
                f"There is no checkpoint called '{name}'. There is: {', '.join(there)}. "
                f"Put another in with `python -m studio weights add PATH --as base/{name}`.",
                f"没有名为“{name}”的底模。现有：{'、'.join(there)}。"
                f"可用 `python -m studio weights add PATH --as base/{name}` 放入其他底模。",
            )
        folder = self.root / "base" / name
        return folder if folder.is_dir() else folder.with_name(f"{name}.safetensors")

    def fingerprint(self, parts: Sequence[str]) -> str:
        """16 hex digits that change with the content of the parts: from sizes and blocks of the files, so it is fast.

        Raises ResourceMissing.
        """
        return self._digests.fingerprint(self._originals(parts))

    def hashes(self, parts: Sequence[str]) -> dict[str, str]:
        """Path below the folder, with slashes -> full SHA-256; kept, so that a file is read once. Raises ResourceMissing."""
        return {file.relative_to(self.root).as_posix(): self._digests.sha256(file) for file in self._originals(parts)}

    def sha256(self, path: Path) -> str:
        """Of a file below the folder; read once and kept."""
        return self._digests.sha256(path)

    def remember(self, path: Path, sha256: str) -> None:
        """Keep a hash that was worked out while the file came in."""
        self._digests.remember(path, sha256)

    def licences(self, parts: Sequence[str]) -> tuple[Licence, ...]:
        """Each licence of the parts once, in their order; none for random weights, which are nobody's."""
        if self.random:
            return ()
        own = {part for part in parts if part.startswith("base/") and part not in PARTS}
        return tuple(dict.fromkeys(OWN if part in own else find(PARTS, part).licence for part in parts))

    def file(self, file: PublishedFile) -> Path | None:
        """Where a published file lies here; None where it does not, or is too small to be what it should be."""
        places = (self.root / place for place in file.places)
        return next((path for path in places if self._is_plausible(path, file.bytes)), None)

    # -- what counts

    def _originals(self, parts: Sequence[str]) -> list[Path]:
        """The files of the parts, sorted: where a file was converted, the one that it was made from.

        So that converting, which changes no number, changes no fingerprint.
        """
        return sorted({path for part in parts for path in self._files_of(part)})

    def _files_of(self, part: str) -> Iterator[Path]:
        place = self.path(part)
        if part.startswith("base/"):
            yield from ([place] if place.is_file() else (path for path in place.rglob("*") if path.is_file()))
            return
        for file in find(PARTS, part).files:
            original = self.root / file.place
            yield original if original.is_file() else self.file(file) or original

    def _is_checkpoint(self, folder: Path) -> bool:
        texts = all((folder / text).is_file() for text in _BASE_TEXTS)
        words = all(
            (folder / each / "vocab.json").is_file() or (folder / each / "tokenizer.json").is_file()
            for each in _BASE_TOKENIZERS
        )
        numbers = (sorted((folder / each).glob("*.safetensors")) for each in _BASE_NUMBERS)
        return texts and words and all(there and self._is_plausible(there[0], None) for there in numbers)

    def _is_plausible(self, path: Path, published: int | None) -> bool:
        """Half the published size is allowed: a file of float32 may have been made one of float16."""
        if not path.is_file():
            return False
        if self.random or path.suffix not in (".safetensors", ".bin", ".onnx"):
            return True
        return path.stat().st_size > max(_POINTER, 0.45 * (published or 0))

    def _missing(self, part: Part) -> ResourceMissing:
        return ResourceMissing(
            f"The weights '{part.name}' ({part.purpose.en}) are not in '{self.root}'. "
            f"Get them with `python -m studio weights pull {part.name}`.",
            f"权重“{part.name}”（{part.purpose.zh}）不在“{self.root}”中。"
            f"请运行 `python -m studio weights pull {part.name}` 下载。",
        )
