"""Run the command line as a user does, in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from as_a_user import Okoshi, Said

from okoshi.app.command_line import run_command_line
from okoshi.language.messages import set_language


@pytest.fixture
def okoshi(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Okoshi]:
    """Return a function that runs a command line in an empty folder."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str | Path) -> Said:
        capsys.readouterr()
        status = run_command_line([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    yield call
    set_language(None)
