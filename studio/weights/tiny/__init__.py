"""`weights tiny`: random weights in every published layout, so that all methods run on a CPU in a fresh clone.

Nothing here imports torch before there is something to build. `mark` knows which files of a folder were made here;
`checkpoint`, `single_file`, `adapters` and `faces` make them, with the numbers of `drawing` and the words of `tokens`.
"""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from studio.weights.disk import refused
from studio.weights.tiny.mark import UNFINISHED, claim, write_mark


def build(folder: Path, seed: int = 0) -> tuple[str, ...]:
    """Fills `folder` with random weights and returns the names of the parts (those of studio.weights.published).

    The same seed gives the same bytes. A folder that it made before is made anew. Raises InvalidInput, having changed
    nothing, where the folder holds anything else, and Conflict where the disk refuses.
    """
    claim(folder)
    created = not folder.exists()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = Path(mkdtemp(prefix=UNFINISHED, dir=folder))
    except OSError as error:
        raise refused(error) from error
    try:
        from studio.weights.tiny.building import write_parts

        parts = write_parts(unfinished, seed)
        _exchange(folder, unfinished, seed)
    except OSError as error:
        raise refused(error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        if created and not any(folder.iterdir()):
            folder.rmdir()
    return parts


def _exchange(folder: Path, made: Path, seed: int) -> None:
    """What was made takes the place of all else. The mark comes first: cut short, the folder is still known as ours."""
    for old in [path for path in folder.iterdir() if path != made]:
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    write_mark(folder, made, seed)
    for new in sorted(made.iterdir()):
        new.rename(folder / new.name)
