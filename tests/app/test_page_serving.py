"""The server of the live page answers this machine's own pages and nobody else."""

import asyncio
import socket
import sys
from typing import Any

import pytest
from as_a_user import Okoshi

from okoshi.app.page import serving
from okoshi.language.errors import InputError


@pytest.mark.parametrize(
    ("host", "origin", "own"),
    [
        ("127.0.0.1:8765", "", True),
        ("localhost:8765", "http://localhost:8765", True),
        ("127.0.0.1:8765", "http://127.0.0.1:8765", True),
        ("127.0.0.1:8765", "http://127.0.0.1:9999", False),
        ("127.0.0.1:8765", "http://elsewhere.example", False),
        ("127.0.0.1:8765", "null", False),
        ("elsewhere.example:8765", "", False),
        ("127.0.0.1.elsewhere.example", "", False),
        ("", "", False),
    ],
)
def test_only_own_hosts_and_origins(host: str, origin: str, own: bool) -> None:
    headers = {b"host": host.encode()} | ({b"origin": origin.encode()} if origin else {})
    assert serving.is_own(headers) is own


@pytest.mark.parametrize(("kind", "answer"), [("http", 403), ("websocket", 1008)])
def test_a_stranger_is_refused_before_the_page_hears_of_it(kind: str, answer: int) -> None:
    sent: list[dict[str, Any]] = []

    async def page(*_: object) -> None:
        raise AssertionError("the page was asked")

    async def receive() -> dict[str, Any]:
        return {"type": f"{kind}.connect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    scope: dict[str, Any] = {"type": kind, "headers": [(b"host", b"elsewhere.example")]}
    asyncio.run(serving.only_own_pages(page)(scope, receive, send))
    assert answer in (sent[0].get("status"), sent[0].get("code"))


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as other:
        other.bind((serving.HOST, 0))
        other.listen()
        with pytest.raises(InputError, match="in use"):
            serving.free_port(other.getsockname()[1])
    assert serving.free_port(0) > 0


def test_a_wrong_key_ends_before_anything_is_served(okoshi: Okoshi) -> None:
    said = okoshi("dashboard", "baseline", "--set", "policy.cooperators.startup_per_membre=1")
    assert said.status == 2
    assert "startup_per_member" in said.err


def test_without_the_extra_one_line_says_how_to_get_it(
    okoshi: Okoshi, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("SOLARA_APP", "SOLARA_MODE", "SOLARA_TELEMETRY_MIXPANEL_ENABLE", "SOLARA_ASSETS_PROXY"):
        monkeypatch.setenv(variable, "")  # what the command sets is taken back
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    said = okoshi("dashboard", "--port", "0")
    assert said.status == 2
    assert "pip install 'okoshi[page]'" in said.err
    assert len(said.err.splitlines()) == 1
