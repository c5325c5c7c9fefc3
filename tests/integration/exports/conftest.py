import pytest


@pytest.fixture(scope="session")
def frames(tmp_path_factory: pytest.TempPathFactory):
    """A folder where frames are drawn once for all tests."""
    return tmp_path_factory.mktemp("frames")
