"""The home: the one folder where a studio keeps everything, and the names of what lies in it."""

from pathlib import Path

from storage.errors import InvalidInput

DATABASE = "castlock.db"
ASSETS = "assets"


class Home:
    """Where things lie below `root`. Faces are biometric data, so nobody but the owner may look in.

    database_path: the SQLite file. assets_root: content-addressed files (storage.files). scratch: files that a
    running job needs and nobody misses afterwards. exports: the sheets people asked for.
    """

    def __init__(self, root: Path):
        self.root = root.expanduser().absolute()
        self.database_path = self.root / DATABASE
        self.assets_root = self.root / ASSETS
        self.scratch = self.root / "scratch"
        self.exports = self.root / "exports"

    def prepare(self) -> "Home":
        """Make what is missing: folders 0700, database file 0600; a folder that was there keeps its own mode.

        Raises InvalidInput where the folder cannot be made or written to.
        """
        try:
            if not self.root.exists():
                self.root.mkdir(mode=0o700, parents=True)
            for folder in (self.assets_root, self.scratch, self.exports):
                folder.mkdir(mode=0o700, exist_ok=True)
            # SQLite gives its -wal and -shm files the mode of the database, so its mode is set before SQLite is asked
            self.database_path.touch(mode=0o600, exist_ok=True)
        except OSError as error:
            raise InvalidInput(
                f"The home folder '{self.root}' cannot be used ({error.strerror}). Choose another with --home.",
                f"主目录“{self.root}”无法使用（{error.strerror}）。请用 --home 指定其他目录。",
            ) from error
        return self

    def is_empty(self) -> bool:
        """True where nothing is kept yet: no such folder, or only what prepare() makes."""
        if not self.root.exists():
            return True
        if not self.root.is_dir():
            return False
        return not any(path.is_file() and path.stat().st_size for path in self.root.rglob("*"))
