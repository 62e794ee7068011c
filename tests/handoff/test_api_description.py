"""The console's description of itself: whole, served to staff alone, and kept to by a fuzzer.

`tests/described.py` holds the answers of every other test to it as well.
"""

import json
import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import TypeAdapter

from core.ids import new_id
from handoff.console import socket as sockets
from handoff.console.api.operations import OPERATIONS
from handoff.console.api.shapes import ServerFrame
from handoff.console.guard import ERRORS
from tests.described import wrong_exchange, wrong_frame
from tests.gateway.gateways import PASSWORD, Running, running
from tests.handoff.test_console_api import a_waiting_person


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as gateway:
        await gateway.add_listener("anne")
        yield gateway


async def signed_in(gateway: Running) -> None:
    body = {"login": "anne", "password": PASSWORD}
    assert (await gateway.client.post("/console/api/login", json=body)).status == 200


async def test_every_route_of_the_console_is_described_and_nothing_else(gateway: Running) -> None:
    routes = gateway.gateway.app.router.routes()
    mounted = {f"{one.method} {one.resource.canonical}" for one in routes if one.resource}
    ours = ("/console/api/", "/console/openapi.json", "/console/reference")
    told = {name for name in mounted if name.split(" ")[1].startswith(ours)}
    told = {name for name in told if not name.startswith("HEAD ") and not name.endswith(".css")}
    assert told == set(OPERATIONS)


async def test_only_staff_read_the_description(gateway: Running) -> None:
    for path in ("/console/openapi.json", "/console/reference"):
        assert (await gateway.client.get(path)).status == 401
    await signed_in(gateway)
    answer = await gateway.client.get("/console/openapi.json")
    assert answer.status == 200
    told = await answer.json()
    assert told["openapi"] == "3.1.0"
    reply = told["paths"]["/console/api/conversations/{id}/reply"]["post"]
    assert reply["x-permission"] == "answer"
    assert reply["responses"]["409"]["x-codes"] == ["not_owner", "taken"]
    assert "security" not in told["paths"]["/console/api/login"]["post"]


async def test_every_schema_of_the_description_is_one_and_every_reference_leads_somewhere(
    gateway: Running,
) -> None:
    told = gateway.gateway.console.api.describe()
    schemas = told["components"]["schemas"]
    for name, schema in schemas.items():
        assert jsonschema_rs.meta.is_valid(schema), name
    for reference in re.findall(r"'#/components/schemas/(\w+)'", str(told)):
        assert reference in schemas


def test_what_stands_in_for_a_gateway_may_say_nothing_else() -> None:
    path, up = "/console/api/channels", {"name": "web", "state": "up", "code": None}

    def wrong(given: Any, status: int = 200) -> str:
        return wrong_exchange("GET", path, b"", status, json.dumps(given)) or ""

    assert wrong({"channels": [up]}) == ""
    assert "not of type" in wrong([up])
    assert "'since' was unexpected" in wrong({"channels": [up | {"since": None}]})
    assert "no such status" in wrong({"channels": []}, 418)
    error = {"code": "signed_out", "message": ERRORS["signed_out"]}
    assert wrong({"error": error}, 401) == ""
    assert "no refusal" in wrong({"error": error | {"code": "not_signed_in"}}, 401)
    assert "other words" in wrong({"error": error | {"message": "Connectez-vous."}}, 401)
    end = json.dumps({"summary": {}}).encode()
    assert wrong_exchange("POST", "/elsewhere", end, 200, "") is None
    assert wrong_frame("client", '{"type": "unwatch", "id": "c1"}') is None
    assert wrong_frame("client", '{"type": "unwatch"}')
    assert wrong_frame("server", '{"type": "unheard-of"}')


class _Addresses(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.found: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.found += [value or "" for name, value in attrs if name in ("href", "src")]
        self.ids += [value or "" for name, value in attrs if name == "id"]


async def test_the_page_asks_for_nothing_from_elsewhere_and_runs_nothing(gateway: Running) -> None:
    await signed_in(gateway)
    answer = await gateway.client.get("/console/reference")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    page = _Addresses()
    page.feed(await answer.text())
    assert {"script", "img", "iframe", "style"}.isdisjoint(page.tags)
    elsewhere = {one for one in page.found if not one.startswith("#")}
    assert elsewhere == {"/console/reference.css", "/console/openapi.json"}
    assert {one[1:] for one in page.found if one.startswith("#")} <= set(page.ids)
    assert (await gateway.client.get("/console/reference.css")).status == 200


async def test_the_socket_refuses_as_described(gateway: Running) -> None:
    await signed_in(gateway)
    told = gateway.gateway.console.api.describe()["paths"]["/console/api/socket"]["get"]
    given = set()
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
    for headers in ({}, upgrade, {"Content-Encoding": "gzip"}):
        answer = await gateway.client.get("/console/api/socket", headers=headers)
        given.add(str(answer.status))
        raw = await answer.read()
        assert wrong_exchange("GET", "/console/api/socket", b"", answer.status, raw) is None
    socket = await gateway.client.ws_connect("/console/api/socket")
    assert set(told["responses"]) == {"101"} | given
    await socket.close()


async def test_the_frames_of_the_socket_are_as_described(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The head of a queue that is longer than this goes first.
    monkeypatch.setattr(sockets, "HEAD", 0)
    await signed_in(gateway)
    visit = await a_waiting_person(gateway)
    socket = await gateway.client.ws_connect("/console/api/socket")
    frame: Any = TypeAdapter(ServerFrame)
    kinds = []
    for _ in range(2):
        said = frame.validate_json(await socket.receive_str(), strict=True)
        kinds.append(said["type"])
    (waiting,) = said["waiting"]
    claimed = await gateway.client.post("/console/api/claim", json={"cid": new_id()})
    assert claimed.status == 200
    await socket.send_json({"type": "watch", "id": waiting["id"], "after": 0})
    while "detail" not in kinds:
        kinds.append(frame.validate_json(await socket.receive_str(), strict=True)["type"])
    close = {"outcome": "helped", "seen": 99}
    path = f"/console/api/conversations/{waiting['id']}/close"
    assert (await gateway.client.post(path, json=close)).status == 200
    while "gone" not in kinds:
        kinds.append(frame.validate_json(await socket.receive_str(), strict=True)["type"])
    assert set(kinds) == {"head", "snapshot", "summary", "detail", "gone"}
    await socket.close()
    await visit.socket.close()
