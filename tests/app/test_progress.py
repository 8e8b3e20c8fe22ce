"""How far long work is: all of it in the log, a line now and then on standard error, none on standard output."""

import pytest

from okoshi.app import progress
from okoshi.app.progress import Progress


def test_a_line_now_and_then_says_what_is_left(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 0.0
    monkeypatch.setattr(progress.time, "monotonic", lambda: now)
    logged: list[str] = []
    with Progress("running x", logged.append) as report:
        for done in range(1, 31):
            now = float(done)
            report(done, 30)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "running x: 10 of 30, about 20 s left",
        "running x: 20 of 30, about 10 s left",
    ]
    assert logged == [f"running x {done}/30" for done in range(1, 31)]


def test_a_terminal_gets_a_bar_that_goes_away(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
    with Progress("running x") as report:
        assert report._bar is not None
        for done in (1, 2):
            report(done, 2)
        assert report._bar.tasks[0].finished
    assert capsys.readouterr().out == ""


def test_the_bar_goes_away_when_the_work_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress.sys.stderr, "isatty", lambda: True, raising=False)
    with pytest.raises(ZeroDivisionError), Progress("running x") as report:
        report(1, 0 // 0)
    assert report._bar is not None
    assert not report._bar.live.is_started
