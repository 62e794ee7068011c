"""The website chat over real HTTP: `docs/web-protocol.md`, line by line, and what breaks it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import WSMsgType, WSServerHandshakeError
from hypothesis import given
from hypothesis import strategies as st

from connectors.web import connector
from connectors.web.session import VALID_FOR, SessionTokens
from core.conversation import Contact
from core.errors import StorageUnavailable
from core.ids import new_id
from tests.gateway.gateways import Running, running


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path, origins=frozenset({"https://partner.example"})) as house:
        yield house


async def test_a_message_is_acknowledged_and_answered(gateway: Running) -> None:
    visit = await gateway.visit()
    await visit.connect()
    ack = await visit.say("bonjour")
    assert ack["dup"] is False
    answer = await visit.frame("message", **{"from": "assistant"})
    assert answer["text"] == "question_1/tu"
    # What was still on its way when the ack came is in the frames too.
    assert [(m["id"], m["from"]) for m in visit.messages] == [
        (1, "me"),
        (2, "service"),
        (3, "assistant"),
    ]
    state = next(frame for frame in visit.frames if frame["type"] == "state")
    assert state == {
        "type": "state",
        "owner": "assistant",
        "listener": None,
        "danger": False,
        "closed": False,
        "address": "tu",
        "region": "FR",
        "survey": None,
        "team": {"open": True, "closes": None, "opens": None, "wait": None},
    }


async def test_the_same_message_twice_is_one(gateway: Running) -> None:
    visit = await gateway.visit()
    await visit.connect()
    cid = new_id()
    assert (await visit.say("bonjour", cid))["dup"] is False
    assert (await visit.say("bonjour", cid))["dup"] is True
    await visit.frame("message", **{"from": "assistant"})
    assert [m["cid"] for m in visit.messages if m["from"] == "me"] == [cid]


async def test_coming_back_resumes_without_gap_or_duplicate(gateway: Running) -> None:
    visit = await gateway.visit()
    await visit.connect()
    await visit.say("un")
    last = await visit.frame("message", **{"from": "assistant"})
    await visit.socket.close()
    visit.frames.clear()
    await visit.connect(last=last["id"])
    await visit.say("deux")
    await visit.frame("message", **{"from": "assistant"})
    assert [m["id"] for m in visit.messages] == [last["id"] + 1, last["id"] + 2]


async def test_danger_shows_at_once_with_the_assistant_dead(gateway: Running) -> None:
    gateway.assistant.dead = True
    visit = await gateway.visit()
    await visit.connect()
    await visit.say("DANGER")
    notice = await visit.frame("message", **{"from": "service"})
    assert notice["text"] == "danger_numbers/tu"
    assert (await visit.frame("state"))["danger"] is True


async def test_sse_and_post_do_the_same(gateway: Running) -> None:
    visit = await gateway.visit()
    bearer = {"Authorization": f"Bearer {visit.token}"}
    async with gateway.client.get("/web/events?last=0", headers=bearer) as stream:
        assert stream.status == 200
        body = {"cid": new_id(), "text": "bonjour"}
        posted = await gateway.client.post("/web/messages", json=body, headers=bearer)
        assert await posted.json() == {
            "type": "ack",
            "cid": body["cid"],
            "id": body["cid"],
            "dup": False,
        }
        frames = []
        async with asyncio.timeout(30):
            while not any(frame.get("from") == "assistant" for frame in frames):
                line = await stream.content.readline()
                if line.startswith(b"data: "):
                    frames.append(json.loads(line[6:]))
    assert frames[0]["type"] == "welcome"
    assert [f["id"] for f in frames if f["type"] == "message"] == [1, 2, 3]


async def test_a_stranger_sees_nothing(gateway: Running) -> None:
    visit = await gateway.visit()
    await visit.connect()
    await visit.say("secret")
    await visit.frame("message", **{"from": "assistant"})
    stranger = await gateway.visit()
    await stranger.connect()
    with pytest.raises(TimeoutError):
        await stranger.frame("message", within=0.3)


@pytest.mark.parametrize("token", ["", "x", "A" * 48, "é" * 40, "A" * 5000, None])
async def test_wrong_tokens(gateway: Running, token: str | None) -> None:
    socket = await gateway.client.ws_connect("/web/socket")
    await socket.send_json({"type": "hello", "token": token, "last": 0})
    closed = await socket.receive()
    assert closed.type is WSMsgType.CLOSE
    assert closed.data == (4001 if token is None else 4003)
    headers = {"Authorization": f"Bearer {token}"} if token and token.isascii() else {}
    for method, path in (("GET", "/web/events"), ("POST", "/web/messages")):
        answer = await gateway.client.request(method, path, headers=headers)
        assert answer.status == 401
        assert (await answer.json())["error"]["code"] == "bad_token"


@pytest.mark.parametrize(
    "first",
    [
        "",
        "{",
        "[]",
        '{"type": "send"}',
        '{"type": "hello", "token": 3}',
        '{"type": "hello", "token": "x", "last": -1}',
        "[" * 100_000 + "]" * 100,
    ],
)
async def test_a_broken_hello_closes_the_socket(gateway: Running, first: str) -> None:
    socket = await gateway.client.ws_connect("/web/socket")
    await socket.send_str(first)
    closed = await socket.receive()
    assert closed.data in (4001, 1009)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "send", "cid": "short", "text": "a"}, "bad_request"),
        ({"type": "send", "cid": "a" * 65, "text": "a"}, "bad_request"),
        ({"type": "send", "cid": "12345678", "text": 5}, "bad_request"),
        ({"type": "send", "cid": "12345678", "text": "a", "choice": "../x"}, "bad_request"),
        ({"type": "send", "cid": "12345678", "text": ""}, "empty"),
        ({"type": "send", "cid": "12345678", "text": " \n\u0000\u0007 "}, "empty"),
    ],
)
async def test_broken_sends_get_an_error_and_change_nothing(
    gateway: Running, frame: dict[str, object], code: str
) -> None:
    visit = await gateway.visit()
    await visit.connect()
    await visit.socket.send_json(frame)
    error = await visit.frame("error")
    assert error["code"] == code
    assert error["message"]
    # The socket is still good.
    await visit.say("bonjour")


async def test_frames_too_large_close_and_bodies_too_large_are_refused(gateway: Running) -> None:
    visit = await gateway.visit()
    await visit.connect()
    await visit.socket.send_json({"type": "send", "cid": new_id(), "text": "a" * 70_000})
    assert (await visit.socket.receive()).data == 1009
    bearer = {"Authorization": f"Bearer {visit.token}"}
    body = {"cid": new_id(), "text": "a" * 70_000}
    answer = await gateway.client.post("/web/messages", json=body, headers=bearer)
    assert answer.status == 413
    # In chunks the length is not told beforehand.
    answer = await gateway.client.post("/web/messages", data=in_chunks(), headers=bearer)
    assert (answer.status, (await answer.json())["error"]["code"]) == (413, "too_long")
    packed = {**bearer, "Content-Encoding": "gzip"}
    answer = await gateway.client.post("/web/messages", data=b"x", headers=packed)
    assert answer.status == 415


async def in_chunks() -> AsyncIterator[bytes]:
    yield b'{"cid": "12345678", "text": "'
    for _ in range(16):
        yield b"a" * 65_536
    yield b'"}'


async def test_half_an_emoji_and_control_characters_are_taken(gateway: Running) -> None:
    visit = await gateway.visit()
    await visit.connect()
    await visit.say("a\ud83d \u0001b\nc")
    mine = await visit.frame("message", **{"from": "me"}) if not visit.messages else None
    assert (mine or visit.messages[0])["text"] == "a? b\nc"


@pytest.mark.parametrize("origin", ["https://evil.example", "http://[", "http://[::1", "null"])
async def test_foreign_origins_are_refused(gateway: Running, origin: str) -> None:
    foreign = {"Origin": origin}
    for method, path in (
        ("POST", "/web/session"),
        ("GET", "/web/socket"),
        ("GET", "/web/events"),
        ("POST", "/web/messages"),
    ):
        answer = await gateway.client.request(method, path, headers=foreign)
        assert answer.status == 403, path
    friend = {"Origin": "https://partner.example"}
    assert (await gateway.client.post("/web/session", json={}, headers=friend)).status == 200
    own = {"Origin": str(gateway.client.make_url("/")).rstrip("/")}
    assert (await gateway.client.post("/web/session", json={}, headers=own)).status == 200


async def test_origin_of_the_visit_reaches_the_conversation(gateway: Running) -> None:
    answer = await gateway.client.post("/web/session", json={"origin": "school-visit"})
    visit = await gateway.visit()
    visit.token = (await answer.json())["token"]
    await visit.connect()
    await visit.say("DANGER")
    await visit.frame("state")
    (waiting,) = await gateway.store.waiting(limit=10)
    assert waiting.origin == "school-visit"
    refused = await gateway.client.post("/web/session", json={"origin": "<script>"})
    assert refused.status == 400


async def test_a_flood_is_slowed_but_danger_passes(gateway: Running) -> None:
    visit = await gateway.visit()
    await visit.connect()
    for number in range(60):
        await visit.say(f"message {number}")
    await visit.socket.send_json({"type": "send", "cid": new_id(), "text": "encore"})
    assert (await visit.frame("error"))["code"] == "too_many"
    assert (await visit.say("DANGER"))["dup"] is False


async def test_one_address_cannot_hold_every_connection(tmp_path: Path) -> None:
    """Tokens are given for the asking, so the limit of a session holds nobody back."""
    async with running(tmp_path, rate_per_address=10) as gateway:
        visits = [await gateway.visit() for _ in range(10)]
        for visit in visits[:8]:
            await visit.connect()
        # Opened and never used counts as well.
        idle = await gateway.client.ws_connect("/web/socket")
        headers = {"Authorization": f"Bearer {visits[8].token}"}
        stream = await gateway.client.get("/web/events", headers=headers)
        assert stream.status == 200
        with pytest.raises(WSServerHandshakeError, match="429"):
            await visits[9].connect()
        refused = await gateway.client.get("/web/events", headers=headers)
        assert refused.status == 429
        # Whoever shares the address can write all the same.
        headers = {"Authorization": f"Bearer {visits[9].token}"}
        said = {"type": "send", "cid": new_id(), "text": "bonjour"}
        kept = await gateway.client.post("/web/messages", json=said, headers=headers)
        assert kept.status == 200
        await idle.close()
        async with asyncio.timeout(30):
            while True:
                with suppress(WSServerHandshakeError):
                    await visits[9].connect()
                    break
        stream.close()


async def test_an_older_tab_that_leaves_takes_nothing_from_the_newer(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector, "LOOK_FIRST", 30.0)
    older, newer = await gateway.visit(), await gateway.visit()
    newer.token = older.token
    await older.connect()
    await newer.connect()
    await older.socket.close()
    open_streams = gateway.gateway.website._own._counts
    async with asyncio.timeout(30):
        while sum(open_streams.values()) > 1:
            await asyncio.sleep(0.01)
    await newer.say("bonjour")
    await newer.frame("message", **{"from": "assistant"})


async def test_a_first_message_during_the_look_up_is_shown_at_once(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connector, "LOOK_FIRST", 30.0)
    visit = await gateway.visit()
    look_up, posted = gateway.store.find_contact, False

    async def find_contact(channel: str, account: str, address: str) -> Contact | None:
        nonlocal posted
        found = await look_up(channel, account, address)
        if not posted:
            posted = True
            bearer = {"Authorization": f"Bearer {visit.token}"}
            body = {"cid": new_id(), "text": "bonjour"}
            await gateway.client.post("/web/messages", json=body, headers=bearer)
        return found

    gateway.store.find_contact = find_contact  # type: ignore[method-assign]
    await visit.connect()
    await visit.frame("message", **{"from": "assistant"})


async def test_database_down_is_said_and_nothing_is_acknowledged(gateway: Running) -> None:
    visit = await gateway.visit()
    await visit.connect()

    async def down(*args: object, **kwargs: object) -> None:
        raise StorageUnavailable

    kept = gateway.store.accept_events
    gateway.store.accept_events = down  # type: ignore[method-assign,assignment]
    await visit.socket.send_json({"type": "send", "cid": "12345678", "text": "bonjour"})
    assert (await visit.frame("error"))["code"] == "unavailable"
    bearer = {"Authorization": f"Bearer {visit.token}"}
    body = {"cid": "12345678", "text": "bonjour"}
    assert (await gateway.client.post("/web/messages", json=body, headers=bearer)).status == 503
    gateway.store.accept_events = kept  # type: ignore[method-assign]
    assert (await visit.say("bonjour", "12345678"))["dup"] is False


async def test_seen_messages_are_read_on_the_desk(gateway: Running) -> None:
    visit = await gateway.visit()
    await visit.connect()
    await visit.say("DANGER")
    await visit.frame("state")
    # Only what was shown on this page can have been seen on it.
    if all(message["id"] != 2 for message in visit.messages):
        await visit.frame("message", id=2)
    await visit.socket.send_json({"type": "seen", "id": 2})
    (waiting,) = await gateway.store.waiting(limit=1)
    async with asyncio.timeout(30):
        while True:
            messages = await gateway.store.messages(waiting.id)
            if messages[1].delivery and messages[1].delivery.status == "read":
                break
            await asyncio.sleep(0.02)


async def test_leaving_sends_browsers_elsewhere(gateway: Running) -> None:
    visit = await gateway.visit()
    await visit.connect()
    await gateway.gateway.leave()
    assert (await visit.socket.receive()).data == 1001
    answer = await gateway.client.get("/health/ready")
    assert answer.status == 503


@given(st.binary(max_size=120))
def test_no_bytes_make_a_token(raw: bytes) -> None:
    import base64

    tokens = SessionTokens(b"s" * 32)
    text = base64.urlsafe_b64encode(raw).decode()
    assert tokens.check(text, now=datetime.now(UTC)) is None


def test_a_clock_that_was_ahead_costs_nobody_their_conversation() -> None:
    tokens, now = SessionTokens(b"s" * 32), datetime.now(UTC)
    token = tokens.issue(origin=None, now=now + timedelta(hours=1))
    assert tokens.check(token, now=now) is not None


def test_tokens_expire_and_cannot_be_altered() -> None:
    tokens, now = SessionTokens(b"s" * 32), datetime.now(UTC)
    token = tokens.issue(origin="qr-lycee", now=now)
    visitor = tokens.check(token, now=now)
    assert visitor is not None
    assert visitor.origin == "qr-lycee"
    assert tokens.check(token, now=now + VALID_FOR + timedelta(minutes=10)) is None
    assert SessionTokens(b"t" * 32).check(token, now=now) is None
    for position in range(len(token)):
        altered = (
            token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
        )
        changed = tokens.check(altered, now=now)
        # The last character may carry unused bits: then it is the same token.
        assert changed is None or (changed == visitor and position == len(token) - 1)
