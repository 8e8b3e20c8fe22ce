"""What every test may rely on: one thread, one language, and where the repository is."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

# No deadline: cores are shared. In CI the examples are the same each time, elsewhere they explore.
settings.register_profile("okoshi", deadline=None, derandomize="CI" in os.environ, print_blob=True)
settings.load_profile("okoshi")


def pytest_configure() -> None:
    """Set, before anybody loads NumPy and for every process a test starts, what results must not hang on."""
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    os.environ.pop("OKOSHI_LANGUAGE", None)
    os.environ["NO_COLOR"] = "1"


@pytest.fixture(scope="session")
def repository() -> Path:
    """Return the folder that holds pyproject.toml."""
    return Path(__file__).resolve().parents[1]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect to fail what stands in `to_be_reckoned_again.txt`: the form in the model changed, or a pattern is missed.

    Each line is a debt: the number reckoned by hand must be reckoned again (never copied from the output), or the
    pattern met. A line goes when its test passes.
    """
    owed = set(Path(__file__).with_name("to_be_reckoned_again.txt").read_text(encoding="utf-8").splitlines())
    for item in items:
        if item.nodeid in owed:
            item.add_marker(pytest.mark.xfail(reason="owed: see tests/to_be_reckoned_again.txt", strict=True))
