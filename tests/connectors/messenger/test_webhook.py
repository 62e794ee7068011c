"""The webhook: only what Meta signed comes in, it is kept before it is answered, and told apart."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from connectors.messenger.connector import PATH
from core.errors import ConfigurationError
from core.events import EventKind
from gateway.http import BODY_LIMIT, answer_errors
from tests.connectors.messenger.house import SECRET, VERIFY, Kept, a_connector
from tests.connectors.messenger.shapes import (
    ANNE,
    APP,
    GRAM,
    INBOX,
    PAGE,
    SHAPES,
    echo,
    gram,
    item,
    message,
    page,
)

NOWHERE = "http://127.0.0.1:9"


def signed(raw: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


@dataclass
class Door:
    """The webhook as Meta sees it."""

    client: TestClient[web.Request, web.Application]
    kept: Kept

    async def post(self, body: Any) -> ClientResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await self.knock(raw, {"X-Hub-Signature-256": signed(raw)})

    async def knock(self, raw: bytes, headers: dict[str, str]) -> ClientResponse:
        return await self.client.post(PATH, data=raw, headers=headers)


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with a_connector(NOWHERE) as (connector, kept):
        app = web.Application(middlewares=[answer_errors], client_max_size=BODY_LIMIT)
        app.add_routes(connector.routes())
        async with TestClient(TestServer(app)) as client:
            yield Door(client, kept)


# The handshake


async def test_whoever_knows_the_token_gets_the_challenge_back(door: Door) -> None:
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    answer = await door.client.get(PATH, params=asked)
    assert (answer.status, await answer.text()) == (200, "1158201444")
    assert answer.content_type == "text/plain"


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"hub.mode": "subscribe", "hub.challenge": "1"},
        {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": ""},
        {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": VERIFY + "x"},
        {"hub.mode": "subscribe", "hub.challenge": "1", "hub.verify_token": "é\ud7ff"},
        {"hub.mode": "unsubscribe", "hub.challenge": "1", "hub.verify_token": VERIFY},
    ],
)
async def test_nobody_else_does(door: Door, asked: dict[str, str]) -> None:
    answer = await door.client.get(PATH, params=asked)
    assert (answer.status, await answer.text()) == (403, "")


@pytest.mark.parametrize("missing", ["page_token", "app_secret", "verify_token", "page_id"])
async def test_it_does_not_start_without_its_secrets(missing: str) -> None:
    with pytest.raises(ConfigurationError):
        async with a_connector(NOWHERE, **{missing: ""}):
            pass


# The signature

RAW = json.dumps(page(message(text="é"))).encode()
GOOD = signed(RAW)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "",
        "sha256=",
        GOOD[:-1],
        GOOD + "0",
        GOOD.removeprefix("sha256="),
        GOOD.replace("sha256", "sha1"),
        GOOD.upper(),
        "sha256=" + "0" * 64,
        "sha256=" + "é" * 64,
        "sha256=" + "\u0661" * 64,
        signed(RAW, "another-secret"),
        signed(RAW + b" "),
    ],
)
async def test_a_signature_that_is_not_metas_is_refused(door: Door, signature: str | None) -> None:
    headers = {} if signature is None else {"X-Hub-Signature-256": signature}
    answer = await door.knock(RAW, headers)
    assert answer.status == 403
    assert door.kept.events == []
    assert door.kept.counted == {("messenger", "forged"): 1}


async def test_raw_bytes_in_a_signature_are_refused(door: Door) -> None:
    # No client would send them; a socket does.
    assert door.client.port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", door.client.port)
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(RAW)}\r\n".encode()
    writer.write(head + b"X-Hub-Signature-256: sha256=\xff\xfe\x80\r\n\r\n" + RAW)
    assert b" 403 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


async def test_the_bytes_are_signed_not_their_meaning(door: Door) -> None:
    escaped = json.dumps(page(message(text="é")), ensure_ascii=True).encode()
    plain = json.dumps(page(message(text="é")), ensure_ascii=False).encode()
    assert escaped != plain
    assert (await door.post(escaped)).status == 200
    assert (await door.post(plain)).status == 200
    refused = await door.knock(plain, {"X-Hub-Signature-256": signed(escaped)})
    assert refused.status == 403


# The body


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"\xff\xfe", b"[]", b"1", b'"page"', b"null", b"[" * 100_000, b"1" * 5000]
)
async def test_what_is_no_json_object_is_a_bad_request(door: Door, raw: bytes) -> None:
    assert (await door.post(raw)).status == 400
    assert (door.kept.events, door.kept.notices) == ([], [])


async def test_every_shape_is_answered_200(door: Door) -> None:
    for _, shape in SHAPES:
        answer = await door.post(shape.body)
        assert (answer.status, await answer.text()) == (200, ""), shape.name


async def test_what_is_not_known_is_counted_by_its_name(door: Door) -> None:
    await door.post({"object": "user"})
    await door.post({"object": "page", "entry": []})
    await door.post(gram(item(brand_new={"text": "secret"})))
    assert door.kept.counted == {("messenger", "object"): 1, ("instagram", "brand_new"): 1}
    assert door.kept.events == []


async def test_three_megabytes_are_taken_and_five_are_not(door: Door) -> None:
    many = page(*(message(f"m_{n}", text="x" * 1000) for n in range(2700)))
    assert len(json.dumps(many)) > 3_000_000
    assert (await door.post(many)).status == 200
    assert len(door.kept.events) == 2700
    assert (await door.post(b" " * 5_000_000)).status == 413


async def test_nothing_is_acknowledged_that_could_not_be_kept(door: Door) -> None:
    door.kept.storage_is_down = True
    body = page(message(text="a"), item(None, policy_enforcement={"action": "block"}))
    assert (await door.post(body)).status == 503
    assert door.kept.notices == []
    door.kept.storage_is_down = False
    assert (await door.post(body)).status == 200
    assert [event.text for event in door.kept.events] == ["a"]
    assert [event.kind for event in door.kept.notices] == [EventKind.POLICY]


# What is told apart


async def test_what_concerns_nobody_is_a_notice(door: Door) -> None:
    await door.post(page(item(None, policy_enforcement={"action": "warning", "reason": "…"})))
    await door.post(page(item(None, app_roles={APP: ["primary_receiver"]})))
    assert [event.status for event in door.kept.notices] == ["warning", "roles"]
    assert door.kept.events == []


async def test_our_own_echo_is_dropped_and_a_colleagues_is_kept(door: Door) -> None:
    await door.post(page(echo("m_1", text="de nous", app_id=int(APP))))
    await door.post(page(echo("m_2", text="de la boîte de la page", app_id=int(INBOX))))
    await door.post(page(echo("m_3", text="sans identifiant")))
    assert [event.id for event in door.kept.events] == ["m_2", "m_3"]
    assert {event.person for event in door.kept.events} == {ANNE}


async def test_the_echo_that_tells_our_name_for_a_message_is_its_receipt(door: Door) -> None:
    await door.post(page(echo("m_1", text="de nous", app_id=int(APP), metadata="ours")))
    (receipt,) = door.kept.events
    assert (receipt.kind, receipt.status) == (EventKind.STATUS, "sent")
    assert (receipt.target, receipt.client_id, receipt.person) == ("m_1", "ours", ANNE)
    assert (receipt.text, receipt.window_ends_at) == (None, None)


async def test_what_another_application_calls_its_message_is_no_receipt(door: Door) -> None:
    await door.post(page(echo("m_1", text="d’un autre", app_id=int(INBOX), metadata="ours")))
    await door.post(page(echo("m_2", text="de personne", metadata="ours")))
    await door.post(page(message(text="d’elle", metadata="ours")))
    kinds = [event.kind for event in door.kept.events]
    assert kinds == [EventKind.ECHO, EventKind.ECHO, EventKind.MESSAGE]
    assert door.kept.events[2].client_id is None


async def test_the_account_is_nobodys_contact(door: Door) -> None:
    await door.post(page(item(PAGE, ANNE, message={"mid": "m_1", "is_deleted": True})))
    await door.post(page(item(PAGE, PAGE, message={"mid": "m_2", "is_echo": True, "text": "a"})))
    to_itself = {"mid": "m_3", "text": "a", "is_self": True}
    await door.post(gram(item(GRAM, GRAM, message=to_itself)))
    assert door.kept.events == []


async def test_another_account_is_kept_and_counted(door: Door) -> None:
    body = page(message(text="a"))
    body["entry"][0]["id"] = "999"
    await door.post(body)
    assert [event.account for event in door.kept.events] == ["999"]
    assert door.kept.counted == {("messenger", "other_account"): 1}


@pytest.mark.parametrize(
    ("handover", "standby"),
    [
        ({"pass_thread_control": {"new_owner_app_id": APP}}, False),
        ({"pass_thread_control": {"new_owner_app_id": INBOX}}, True),
        ({"pass_thread_control": {"new_owner_app_id": None}}, False),
        ({"take_thread_control": {"new_owner_app_id": INBOX}}, True),
        ({"take_thread_control": {"previous_owner_app_id": APP}}, True),
        ({"release_thread_control": {"previous_owner_app_id": INBOX}}, False),
        ({"request_thread_control": {"requested_owner_app_id": INBOX}}, False),
    ],
)
async def test_a_handover_says_who_has_the_thread(
    door: Door, handover: dict[str, Any], standby: bool
) -> None:
    await door.post(page(item(**handover)))
    (event,) = door.kept.events
    assert event.standby is standby


async def test_without_an_application_id_a_handover_is_read_by_its_name() -> None:
    async with a_connector(NOWHERE, app_id=None) as (connector, kept):
        app = web.Application()
        app.add_routes(connector.routes())
        async with TestClient(TestServer(app)) as client:
            door = Door(client, kept)
            await door.post(page(item(pass_thread_control={"new_owner_app_id": APP})))
            await door.post(page(item(take_thread_control={"new_owner_app_id": INBOX})))
    assert [event.standby for event in kept.events] == [False, True]
