"""The console's API over real HTTP: `docs/console-api.md`, who may do what, and races."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import WSMsgType

from core import transitions
from core.accounts import StaffRole
from core.ids import new_id
from tests.fakes import Echo
from tests.gateway.gateways import PASSWORD, Client, Running, Visit, running


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


class Console:
    """A listener's browser."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.socket: Any = None

    async def post(self, path: str, body: object = None, **kwargs: Any) -> tuple[int, Any]:
        answer = await self.client.post(f"/console/api{path}", json=body or {}, **kwargs)
        return answer.status, await answer.json() if answer.content_length else None

    async def get(self, path: str) -> tuple[int, Any]:
        answer = await self.client.get(f"/console/api{path}")
        return answer.status, await answer.json()

    async def sign_in(self, login: str) -> None:
        status, _ = await self.post("/login", {"login": login, "password": PASSWORD})
        assert status == 200

    async def connect(self) -> dict[str, Any]:
        self.socket = await self.client.ws_connect("/console/api/socket")
        return await self.frame("snapshot")

    async def frame(self, kind: str, within: float = 5.0) -> dict[str, Any]:
        async with asyncio.timeout(within):
            while True:
                frame: dict[str, Any] = await self.socket.receive_json()
                if frame["type"] == kind:
                    return frame


async def a_console(gateway: Running, login: str) -> Console:
    await gateway.add_listener(login)
    console = Console(await gateway.browser())
    await console.sign_in(login)
    return console


async def a_waiting_person(gateway: Running, text: str = "DANGER") -> Visit:
    visit = await gateway.visit()
    await visit.connect()
    await visit.say(text)
    await visit.frame("state", owner="queue")
    return visit


async def test_from_claim_to_close(gateway: Running) -> None:
    visit = await a_waiting_person(gateway)
    console = await a_console(gateway, "anne")
    snapshot = await console.connect()
    (row,) = snapshot["waiting"]
    assert row["urgency"] == "critique"
    assert "DANGER" not in str(snapshot)

    status, detail = await console.post("/claim")
    assert status == 200
    assert detail["summary"]["mine"] is True
    assert [message["author"] for message in detail["messages"]] == [
        "person",
        "service",
        "service",
    ]
    assert detail["messages"][0]["reasons"] == [
        {"start": 0, "end": 6, "rule": "word", "urgency": "critique"}
    ]
    assert detail["card"]["reasons"][0]["seq"] == 1
    assert detail["card"]["unknown"] == ["role", "age_band", "platform"]
    assert (await visit.frame("state", owner="listener"))["listener"] == "Anne"

    path = f"/conversations/{row['id']}"
    cid = new_id()
    status, first = await console.post(f"{path}/reply", {"cid": cid, "text": "je suis là"})
    assert status == 200
    again = await console.post(f"{path}/reply", {"cid": cid, "text": "je suis là"})
    assert again[1]["message"]["seq"] == first["message"]["seq"]
    heard = await visit.frame("message", **{"from": "listener"})
    assert (heard["text"], heard["name"]) == ("je suis là", "Anne")

    status, error = await console.post(f"{path}/close")
    assert (status, error["error"]["code"]) == (400, "outcome_required")
    status, closed = await console.post(f"{path}/close", {"outcome": "helped"})
    assert status == 200
    assert closed["summary"]["ticket"] == "closed"
    assert (await visit.frame("state", closed=True))["closed"] is True
    # A reply whose answer was lost is answered the same after closing; a new one is refused.
    assert (await console.post(f"{path}/reply", {"cid": cid, "text": "x"}))[0] == 200
    assert (await console.post(f"{path}/reply", {"cid": new_id(), "text": "x"}))[0] == 409


async def test_only_the_owner_reads_and_writes(gateway: Running) -> None:
    await a_waiting_person(gateway)
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    (row,) = (await bilal.connect())["waiting"]
    path = f"/conversations/{row['id']}"
    # Nobody reads what only waits.
    assert (await bilal.get(path))[0] == 404
    assert (await anne.post(f"{path}/claim"))[0] == 200
    assert (await bilal.get(path))[0] == 404
    status, error = await bilal.post(f"{path}/claim")
    assert (status, error["error"]["code"]) == (409, "taken")
    assert (await bilal.post(f"{path}/reply", {"cid": new_id(), "text": "x"}))[0] == 409
    assert (await bilal.post(f"{path}/close", {"outcome": "helped"}))[0] == 409
    await bilal.socket.send_json({"type": "watch", "id": row["id"], "after": 0})
    assert (await bilal.frame("gone"))["id"] == row["id"]
    assert (await bilal.get("/conversations/" + "0" * 32))[0] == 404


async def test_live_messages_of_a_watched_conversation(gateway: Running) -> None:
    visit = await a_waiting_person(gateway)
    console = await a_console(gateway, "anne")
    await console.connect()
    _, detail = await console.post("/claim")
    last = detail["messages"][-1]["seq"]
    await console.socket.send_json({"type": "watch", "id": detail["summary"]["id"], "after": last})
    await visit.say("encore là ?")
    async with asyncio.timeout(5):
        while True:
            frame = await console.frame("detail")
            texts = [message["text"] for message in frame["messages"]]
            if "encore là ?" in texts:
                break
    assert "DANGER" not in texts


async def test_new_ticket_appears_without_reload(gateway: Running) -> None:
    console = await a_console(gateway, "anne")
    assert (await console.connect())["waiting"] == []
    await a_waiting_person(gateway)
    summary = (await console.frame("summary"))["summary"]
    assert summary["ticket"] == "waiting"


async def test_supervisors_hear_of_danger_that_a_listener_holds_unanswered(
    gateway: Running,
) -> None:
    await a_waiting_person(gateway)
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    await gateway.add_listener("chief", role=StaffRole.SUPERVISOR)
    chief = Console(await gateway.browser())
    await chief.sign_in("chief")
    _, detail = await anne.post("/claim")
    assert (await chief.connect())["alarms"] == []
    held = await gateway.store.conversation(detail["summary"]["id"])
    assert held.danger_since is not None
    late = held.danger_since + transitions.ALARM_AFTER
    change = transitions.sound_alarm(held, now=late, phrases=Echo())
    assert change is not None
    await gateway.store.commit(change, now=late)
    # Written by another process, as it were: the feed finds it.
    heard = (await chief.frame("summary"))["summary"]
    assert (heard["alarmed_at"] is not None, heard["mine"]) == (True, False)
    assert [row["id"] for row in (await chief.connect())["alarms"]] == [held.id]
    assert (await bilal.connect())["alarms"] == []
    path = f"/conversations/{held.id}/reply"
    await anne.post(path, {"cid": new_id(), "text": "je suis là"})
    assert (await chief.connect())["alarms"] == []


@pytest.mark.parametrize("everyone_next", [True, False])
async def test_many_claimers_one_winner(gateway: Running, everyone_next: bool) -> None:
    await a_waiting_person(gateway)
    consoles = [await a_console(gateway, f"listener{number}") for number in range(8)]
    (row,) = (await consoles[0].connect())["waiting"]
    path = "/claim" if everyone_next else f"/conversations/{row['id']}/claim"
    answers = await asyncio.gather(*(console.post(path) for console in consoles * 5))
    winners = [status for status, _ in answers if status == 200]
    if everyone_next:
        assert len(winners) == 1
    else:
        # The winner's own repeated claims are told the same again.
        assert 1 <= len(winners) <= 5
        holders = [len((await console.connect())["mine"]) for console in consoles]
        assert sorted(holders) == [0] * 7 + [1]


async def test_nothing_waiting(gateway: Running) -> None:
    console = await a_console(gateway, "anne")
    status, error = await console.post("/claim")
    assert (status, error["error"]["code"]) == (404, "nothing_waiting")


async def test_replies_are_checked(gateway: Running) -> None:
    await a_waiting_person(gateway)
    console = await a_console(gateway, "anne")
    _, detail = await console.post("/claim")
    path = f"/conversations/{detail['summary']['id']}/reply"
    for body, code in (
        ({"cid": new_id(), "text": "  "}, "empty"),
        ({"cid": new_id(), "text": "a" * 4001}, "too_long"),
        ({"cid": "x", "text": "a"}, "bad_request"),
        ({"text": "a"}, "bad_request"),
        ({"cid": new_id(), "text": 3}, "bad_request"),
    ):
        status, error = await console.post(path, body)
        assert (status, error["error"]["code"]) == (400, code)
    broken = await console.client.post(f"/console/api{path}", data=b"{")
    assert broken.status == 400


async def test_signing_in_and_out(gateway: Running) -> None:
    await gateway.add_listener("anne")
    console = Console(await gateway.browser())
    assert (await console.get("/me"))[0] == 401
    for login, password in (("anne", "wrong"), ("nobody", PASSWORD)):
        status, error = await console.post("/login", {"login": login, "password": password})
        assert (status, error["error"]["code"]) == (401, "bad_login")
    answer = await console.client.post(
        "/console/api/login", json={"login": "ANNE", "password": PASSWORD}
    )
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert (await console.get("/me"))[1]["me"]["name"] == "Anne"
    assert (await console.post("/logout"))[0] == 204
    assert (await console.get("/me"))[0] == 401
    socket = await console.client.ws_connect("/console/api/socket")
    closed = await socket.receive()
    assert (closed.type, closed.data) == (WSMsgType.CLOSE, 4001)


async def test_a_given_password_must_be_changed_first(gateway: Running) -> None:
    await gateway.add_listener("anne", one_time=True)
    console = Console(await gateway.browser())
    _, answer = await console.post("/login", {"login": "anne", "password": PASSWORD})
    assert answer["me"]["must_change_password"] is True
    status, error = await console.post("/claim")
    assert (status, error["error"]["code"]) == (403, "password_change_required")
    status, error = await console.post("/password", {"old": PASSWORD, "new": "short"})
    assert (status, error["error"]["code"]) == (400, "weak_password")
    assert (await console.post("/password", {"old": "no", "new": "a" * 12}))[0] == 401
    status, answer = await console.post("/password", {"old": PASSWORD, "new": "a new password"})
    assert status == 200
    assert answer["me"]["must_change_password"] is False
    assert (await console.post("/claim"))[0] == 404


async def test_guessing_is_slowed_by_account(gateway: Running) -> None:
    await gateway.add_listener("anne")
    await gateway.add_listener("bilal")
    console = Console(await gateway.browser())
    wrong = {"login": "anne", "password": "wrong"}
    statuses = [(await console.post("/login", wrong))[0] for _ in range(12)]
    assert statuses[-1] == 429
    await console.sign_in("bilal")


async def test_an_admin_reads_no_conversation(gateway: Running) -> None:
    await a_waiting_person(gateway)
    await gateway.add_listener("root", role=StaffRole.ADMIN)
    console = Console(await gateway.browser())
    await console.sign_in("root")
    assert (await console.post("/claim"))[0] == 403
    socket = await console.client.ws_connect("/console/api/socket")
    assert (await socket.receive()).data == 4001


async def test_foreign_origins_change_nothing(gateway: Running) -> None:
    console = await a_console(gateway, "anne")
    foreign = {"Origin": "https://evil.example"}
    for path in ("/login", "/logout", "/password", "/claim", f"/conversations/{'0' * 32}/reply"):
        status, error = await console.post(path, headers=foreign)
        assert (status, error["error"]["code"]) == (403, "bad_origin"), path
    socket = await console.client.ws_connect("/console/api/socket", headers=foreign)
    assert (await socket.receive()).data == 4003


async def test_every_route_of_the_api_needs_a_session(gateway: Running) -> None:
    open_to_all = {"/console/api/login", "/console/api/logout", "/console/api/socket"}
    checked = 0
    for resource in gateway.gateway.app.router.resources():
        path = resource.canonical
        if not path.startswith("/console/api/") or path in open_to_all:
            continue
        for route in resource:
            if route.method in ("GET", "POST"):
                url = path.replace("{id}", "0" * 32)
                answer = await gateway.client.request(route.method, url)
                assert answer.status == 401, path
                checked += 1
    assert checked >= 7


async def test_pages_are_strict_and_never_cached(gateway: Running) -> None:
    for path in ("/", "/console/"):
        answer = await gateway.client.get(path)
        assert answer.status == 200, path
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in policy


async def test_health_tells_what_is_wrong(gateway: Running) -> None:
    answer = await gateway.client.get("/health/ready")
    assert (answer.status, (await answer.json())["status"]) == (200, "ready")
    gateway.assistant.dead = True
    body = await (await gateway.client.get("/health/ready")).json()
    assert (body["status"], body["components"]["rasa"]) == ("degraded", "down")
    assert (await gateway.client.get("/health/live")).status == 200
    metrics = await (await gateway.client.get("/metrics")).text()
    assert "relais_waiting" in metrics
