"""`okoshi dashboard`: the live model in a browser, on loopback."""

from __future__ import annotations

import threading
import time
import warnings
import webbrowser
from typing import Any

import click

from okoshi.app.options import Command, option, read_assignments, seed_option, set_option
from okoshi.language.messages import say

PORT = 8765
MOMENT = 0.05  # seconds


@click.command("dashboard", cls=Command)
@click.argument("scenario", metavar="SCENARIO", default="baseline")
@option("--beside", metavar="SCENARIO", help="beside")
@set_option
@seed_option
@option("--port", type=click.IntRange(0, 65535), default=PORT, help="port", show_default=True)
@option("--no-browser", is_flag=True, help="no_browser")
def command(
    scenario: str,
    beside: str | None,
    assignments: tuple[str, ...],
    seed: int | None,
    port: int,
    no_browser: bool,
) -> None:
    """Serve the live page until interrupted."""
    from okoshi.app.page import serving
    from okoshi.parameters.catalogue import catalogue
    from okoshi.scenario.scenario import load_scenario

    launch = serving.LAUNCH
    launch.scenario = load_scenario(scenario, seed=seed)
    changes = read_assignments(assignments)
    launch.scenario.changed(changes)  # a wrong key or value ends here
    launch.changes = {key: value for key, value in changes.items() if key.partition("@")[0] in catalogue()}
    launch.settings = {key: value for key, value in changes.items() if key not in launch.changes}
    launch.beside = load_scenario(beside) if beside is not None else None
    port = serving.free_port(port)
    server = serving.make_server(port)
    address = f"http://{serving.HOST}:{port}/"
    click.echo(say("page.serving", address=address), err=True)
    if not no_browser:
        threading.Thread(target=_open, args=(server, address), daemon=True).start()
    warnings.filterwarnings("ignore", message="Cookies with samesite")  # a matter of pages in other pages
    server.run()


def _open(server: Any, address: str) -> None:
    while not server.started:
        time.sleep(MOMENT)
    webbrowser.open(address)
