"""Pages that are written from code, parameters and studies are up to date."""

import subprocess
import sys
from pathlib import Path


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
