"""`weights tiny`: random weights in every published layout, so that all methods run on a CPU in a fresh clone.

Nothing here imports torch before there is something to build. `mark` knows which files of a folder were made here;
`checkpoint`, `single_file`, `adapters` and `faces` make them, with the numbers of `drawing` and the words of `tokens`.
"""

import shutil
from pathlib import Path

from studio.weights.tiny.mark import claim, write_mark

_UNFINISHED = ".unfinished"


def build(folder: Path, seed: int = 0) -> tuple[str, ...]:
    """Fills `folder` with random weights and returns the names of the parts (those of studio.weights.published).

    The same seed gives the same bytes. A folder that it made before is made anew. Raises InvalidInput, having changed
    nothing, where the folder holds anything else.
    """
    claim(folder)
    created = not folder.exists()
    unfinished = folder / _UNFINISHED
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        from studio.weights.tiny.building import write_parts

        parts = write_parts(unfinished, seed)
        for old in [path for path in folder.iterdir() if path != unfinished]:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        write_mark(folder, unfinished, seed)
        for new in sorted(unfinished.iterdir()):
            new.rename(folder / new.name)
    finally:
        shutil.rmtree(folder if created and not any(folder.glob("[!.]*")) else unfinished)
    return parts
