"""Pages that are written from code, parameters and studies are up to date."""

import subprocess
import sys
from pathlib import Path

import pytest


def test_the_generated_parts_of_docs_are_up_to_date(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, "tools/write_docs.py", "--check"], cwd=repository, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_page_that_drifted_is_noticed(repository: Path) -> None:
    sys.path.insert(0, str(repository / "tools"))
    try:
        import write_docs
    finally:
        sys.path.pop(0)
    page = "before\n<!-- generated: structures -->\nstale words\n<!-- end -->\nafter\n"
    assert "stale words" not in write_docs.filled(page)
    assert "deferred_acceptance" in write_docs.filled(page)
    assert write_docs.filled(write_docs.filled(page)) == write_docs.filled(page)


def test_every_miss_of_the_stored_validation_has_a_reason_and_no_other(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(repository / "tools"))
    import write_docs

    text = write_docs.REASONS.read_text(encoding="utf-8")
    for change, fault in (
        (('"rise_of_settled_share", ', ""), "misses rise_of_settled_share, which no entry names"),
        (('"plateau"', '"plateau", "members_on_31_march"'), "meets members_on_31_march"),
        (('"women_in_their_40s"', '"women_in_their_40s", "plateau"'), "named twice in plateau"),
    ):
        other = tmp_path / "missed.toml"
        other.write_text(text.replace(*change), encoding="utf-8")
        with pytest.raises(SystemExit, match=fault):
            write_docs.missed(other)
    assert "`plateau` (fitted) -0.010 to 0.050, simulated" in write_docs.missed()
