"""Where the program `okoshi` begins: Ctrl-C while it is still being loaded ends it like any other."""

from __future__ import annotations

import sys


def main() -> None:
    """Load the command line and run it."""
    try:
        from okoshi.app.command_line import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()
