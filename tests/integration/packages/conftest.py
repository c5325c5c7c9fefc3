"""Two studios: one with a tiny series in it, built once and copied, and one that is empty."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tiny_series import TITLE, TinySeries

from studio.settings import Settings
from studio.studio import Studio


@pytest.fixture(scope="session")
def tiny_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("tiny") / "home"
    studio = Studio(Settings(home=home))
    TinySeries(studio)
    studio.close()
    return home


@pytest.fixture(scope="session")
def packed_series(tiny_template: Path) -> Path:
    return _packed(tiny_template, lambda studio, file: studio.pack_series(TITLE, file), "castlock-series")


@pytest.fixture(scope="session")
def packed_ann(tiny_template: Path) -> Path:
    return _packed(tiny_template, lambda studio, file: studio.pack_character("annie", file), "castlock-character")


def _packed(template: Path, pack: Callable[[Studio, Path], object], suffix: str) -> Path:
    file = template.parent / f"tiny.{suffix}"
    studio = Studio(Settings(home=template))
    pack(studio, file)
    studio.close()
    return file


@pytest.fixture
def here(tiny_template: Path, tmp_path: Path) -> Iterator[Studio]:
    """The studio that the packages come from."""
    studio = Studio(Settings(home=shutil.copytree(tiny_template, tmp_path / "here")))
    yield studio
    studio.close()


@pytest.fixture
def there(tmp_path: Path) -> Iterator[Studio]:
    """An empty studio."""
    studio = Studio(Settings(home=tmp_path / "there"))
    yield studio
    studio.close()
