"""Uploads: faces are biometric data, so a file lies where only the studio looks, and no longer than it is needed."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storage.home import Home

# seconds: how often Gradio looks for uploads that nobody took in (a closed browser), and how old they may be
SWEEP = (600, 3600)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that was uploaded. path: where it lies; name: what the person called it (not to be trusted as a path)."""

    path: Path
    name: str

    def discard(self) -> None:
        """The file goes, and the folder that was made for it."""
        self.path.unlink(missing_ok=True)
        folder = self.path.parent
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
        # gr.File makes an empty file beside the folders for each upload, and forgets it
        for stray in folder.parent.iterdir():
            if stray.is_file() and stray.stat().st_size == 0:
                stray.unlink(missing_ok=True)


def taken(files: Sequence[str] | str | None) -> list[Uploaded]:
    """What gr.File gave a handler; empty where nothing was chosen."""
    paths = [files] if isinstance(files, str) else files or []
    return [Uploaded(Path(path), Path(path).name) for path in paths]


def prepare_folder(home: Home) -> Path:
    """Uploads go into the home's scratch folder, for its owner only; what an earlier run left there is removed."""
    folder = home.scratch / "uploads"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    return folder
