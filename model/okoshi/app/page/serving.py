"""Serve the page on loopback: no other machine, no other site, no telemetry, nothing fetched from elsewhere."""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from okoshi.language.errors import Fault, InputError
from okoshi.language.messages import say
from okoshi.scenario.scenario import Scenario

HOST = "127.0.0.1"
OWN_NAMES = ("127.0.0.1", "localhost")
EXTRA = "okoshi[page]"
APP = "okoshi.app.page.view"
FORGET_AFTER = "10m"  # a closed tab: its models go
FORBIDDEN = 403

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Asgi = Callable[[Message, Receive, Send], Awaitable[None]]


@dataclass
class Launch:
    """What each new tab of the browser begins with.

    `changes` are of parameters and can be taken back on the page; `settings` are of what the page does not change,
    such as which prefectures are simulated.
    """

    scenario: Scenario | None = None
    beside: Scenario | None = None
    changes: dict[str, object] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)


LAUNCH = Launch()


def free_port(wanted: int) -> int:
    """Return the port, or any free one for 0. Raises InputError for a port that somebody else has."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((HOST, wanted))
        except OSError as error:
            raise InputError(Fault(say("page.port_taken"), key="--port", value=str(wanted))) from error
        port: int = trial.getsockname()[1]
    return port


def make_server(port: int) -> Any:
    """Return uvicorn's server with the page on it, not yet running. Raises InputError without the extra."""
    _quiet()
    try:
        import uvicorn
        from solara.server import settings
        from solara.server.starlette import app
    except ImportError as error:
        raise InputError(say("page.no_extra", extra=EXTRA)) from error
    settings.telemetry.mixpanel_enable = False
    settings.main.mode = "production"  # no watching of files, no check that asks another site
    settings.kernel.cull_timeout = FORGET_AFTER
    settings.theme.title, settings.theme.show_banner = "Okoshi", False
    settings.session.https_only = False  # over plain HTTP, which never leaves this machine
    config = uvicorn.Config(
        only_own_pages(app), host=HOST, port=port, log_level="error", access_log=False, loop="asyncio"
    )
    return uvicorn.Server(config)


def _quiet() -> None:
    """Tell Solara, before it is imported, which page to serve and to send nothing anywhere."""
    os.environ["SOLARA_APP"] = APP
    os.environ["SOLARA_TELEMETRY_MIXPANEL_ENABLE"] = "False"
    os.environ["SOLARA_MODE"] = "production"
    os.environ["SOLARA_ASSETS_PROXY"] = "True"


def only_own_pages(app: Asgi) -> Asgi:
    """Answer requests that name this machine and come from its own pages, and no others.

    A page of another site, open in the same browser, could otherwise talk to the server through the browser.
    """

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and not is_own(dict(scope["headers"])):
            await _refuse(scope, receive, send)
        else:
            await app(scope, receive, send)

    return guarded


def is_own(headers: dict[bytes, bytes]) -> bool:
    """Return whether the host is this machine's loopback, and the origin, where one is given, the same."""
    host = headers.get(b"host", b"").decode("latin-1")
    origin = headers.get(b"origin", b"").decode("latin-1")
    if urlsplit(f"//{host}").hostname not in OWN_NAMES:
        return False
    return not origin or urlsplit(origin).netloc == host


async def _refuse(scope: Message, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": FORBIDDEN, "headers": []})
    await send({"type": "http.response.body", "body": b""})
