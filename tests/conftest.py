"""What every test may rely on: one thread, one language, and where the repository is."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from okoshi.study.limits import ONE_THREAD

# No deadline: cores are shared. In CI the examples are the same each time, elsewhere they explore.
settings.register_profile("okoshi", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("okoshi")


def pytest_configure() -> None:
    """Set, before anybody loads NumPy and for every process a test starts, what results must not hang on."""
    os.environ.update(ONE_THREAD)
    os.environ.pop("OKOSHI_LANGUAGE", None)
    os.environ["NO_COLOR"] = "1"


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[1]
