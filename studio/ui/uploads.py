"""Uploads: faces are biometric data, so a file lies where only the studio looks, and no longer than it is needed."""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.data_classes import FileData, ListFiles

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
        if self.path.parent.is_dir() and not any(self.path.parent.iterdir()):
            self.path.parent.rmdir()


class UploadBox(gr.File):
    """gr.File that gives handlers Uploaded values and makes no empty temporary files beside them."""

    def preprocess(self, payload: ListFiles | FileData | None) -> Any:
        """A list of Uploaded, empty where nothing was chosen."""
        if payload is None:
            return []
        files: Iterable[Any] = payload.root if isinstance(payload, ListFiles) else [payload]
        return [Uploaded(Path(file.path), file.orig_name or Path(file.path).name) for file in files]

    def get_block_name(self) -> str:
        return "file"


def prepare_folder(home: Home) -> Path:
    """Uploads go into the home's scratch folder, for its owner only; what an earlier run left there is removed."""
    folder = home.scratch / "uploads"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
    os.environ["GRADIO_TEMP_DIR"] = str(folder)
    return folder
