"""WhatsApp's webhook over real HTTP: who may speak, what is kept, what is answered."""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from connectors.interface import Checks, MediaSource, RefusesGroups, ShowsPresence
from connectors.whatsapp.connector import WhatsApp
from core.errors import ConfigurationError, StorageUnavailable
from tests.connectors.whatsapp.conftest import APP_SECRET, VERIFY_TOKEN, Make, Told
from tests.connectors.whatsapp.shapes import LEA, WAMID, a_message, body_of, change, incoming

ROUTE = "/webhooks/whatsapp"
Client = TestClient[web.Request, web.Application]


@web.middleware
async def unavailable_is_503(request: web.Request, handler: Any) -> web.StreamResponse:
    """As the gateway does."""
    try:
        return await handler(request)  # type: ignore[no-any-return]
    except StorageUnavailable:
        return web.Response(status=503)


@pytest.fixture
async def client(whatsapp: WhatsApp) -> AsyncIterator[Client]:
    app = web.Application(client_max_size=3 * 1024**2 + 1024, middlewares=[unavailable_is_503])
    app.router.add_routes(whatsapp.routes())
    async with TestClient(TestServer(app, host="127.0.0.1")) as client:
        yield client


def signature(raw: bytes, secret: str = APP_SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


async def post(client: Client, raw: bytes, signed: str | None = None) -> ClientResponse:
    headers = {"X-Hub-Signature-256": signature(raw) if signed is None else signed}
    return await client.post(ROUTE, data=raw, headers=headers)


def encoded(body: Any) -> bytes:
    return json.dumps(body).encode()


HELLO = encoded(incoming(a_message()))


async def test_a_signed_message_is_kept_and_then_acknowledged(client: Client, told: Told) -> None:
    assert (await post(client, HELLO)).status == 200
    (event,) = told.accepted
    assert (event.id, event.sender, event.text) == (WAMID, LEA, "coucou")


FORGED = {
    "of another secret": signature(HELLO, "another"),
    "of another body": signature(HELLO + b" "),
    "empty": "",
    "without its algorithm": signature(HELLO).removeprefix("sha256="),
    "of another algorithm": signature(HELLO).replace("sha256", "sha1"),
    "truncated": signature(HELLO)[:-1],
    "too long": signature(HELLO) + "0",
    "not ASCII": "sha256=" + "é" * 64,
    "an Arabic digit": signature(HELLO)[:-1] + "\u0661",
}


@pytest.mark.parametrize("signed", FORGED.values(), ids=FORGED.keys())
async def test_a_forged_signature_is_refused(client: Client, told: Told, signed: str) -> None:
    assert (await post(client, HELLO, signed)).status == 403
    assert told.accepted == []
    assert told.counted == [("whatsapp", "signature")]


async def test_a_missing_signature_is_refused(client: Client, told: Told) -> None:
    assert (await client.post(ROUTE, data=HELLO)).status == 403
    assert told.accepted == []


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"\xff\xfe", b"[]", b'"x"', b"null", b"9" * 5000, b"[" * 100_000],
    ids=["empty", "cut", "no text", "list", "string", "null", "long number", "deep"],
)
async def test_what_is_no_json_object_is_a_bad_request(
    client: Client, told: Told, raw: bytes
) -> None:
    assert (await post(client, raw)).status == 400
    assert (told.accepted, told.counted) == ([], [("whatsapp", "body")])


@pytest.mark.parametrize(
    ("body", "word"),
    [
        ({}, "empty"),
        ({"object": "whatsapp_business_account", "entry": []}, "empty"),
        ({"object": "page", "entry": [{"messaging": []}]}, "object"),
        (body_of(change("account_alerts")), "account_alerts"),
    ],
)
async def test_what_is_not_known_is_acknowledged_and_counted(
    client: Client, told: Told, body: Any, word: str
) -> None:
    assert (await post(client, encoded(body))).status == 200
    assert (told.accepted, told.counted) == ([], [("whatsapp", word)])


async def test_what_concerns_the_account_is_told_and_not_kept(client: Client, told: Told) -> None:
    body = incoming(a_message(), errors=[{"code": 131031, "title": "locked"}])
    assert (await post(client, encoded(body))).status == 200
    assert [event.kind for event in told.accepted] == ["message"]
    assert [event.error for event in told.notices] == ["131031"]


async def test_what_cannot_be_kept_is_not_acknowledged(client: Client, told: Told) -> None:
    told.storage_is_down = True
    body = incoming(a_message(), errors=[{"code": 131031}])
    assert (await post(client, encoded(body))).status == 503
    assert told.notices == []


async def test_a_body_of_three_megabytes_is_taken(client: Client, told: Told) -> None:
    long = a_message(text={"body": "a" * 1000})
    raw = encoded(incoming(*(long | {"id": f"wamid.{n}"} for n in range(2780))))
    assert 2.9 * 1024**2 < len(raw) < 3 * 1024**2
    assert (await post(client, raw)).status == 200
    assert len(told.accepted) == 2780


async def test_escaped_characters_do_not_break_the_signature(client: Client, told: Told) -> None:
    raw = encoded(incoming(a_message(text={"body": "à l'aide 😢"}))).replace(b"/", b"\\/")
    assert rb"\u00e0" in raw
    assert (await post(client, raw)).status == 200
    assert told.accepted[0].text == "à l'aide 😢"


CHALLENGE = {
    "hub.mode": "subscribe",
    "hub.verify_token": VERIFY_TOKEN,
    "hub.challenge": "1158201444",
}


async def test_the_handshake_gives_the_challenge_back(client: Client) -> None:
    response = await client.get(ROUTE, params=CHALLENGE)
    assert (response.status, await response.text()) == (200, "1158201444")
    assert response.content_type == "text/plain"


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.verify_token": "wrong"},
        {"hub.verify_token": None},
        {"hub.verify_token": ""},
        {"hub.challenge": None},
        {"hub.mode": None},
        {"hub.mode": "unsubscribe"},
    ],
)
async def test_a_wrong_handshake_is_refused(client: Client, changed: dict[str, Any]) -> None:
    asked = {key: value for key, value in (CHALLENGE | changed).items() if value is not None}
    response = await client.get(ROUTE, params=asked)
    assert (response.status, await response.text()) == (403, "")


@pytest.mark.parametrize(
    "setting",
    [
        {"verify_token": ""},
        {"verify_token": None},
        {"app_secret": ""},
        {"token": ""},
        {"phone_id": "+33612345678"},
        {"phone_id": ""},
    ],
)
async def test_a_connector_that_would_let_everybody_in_is_not_built(
    make: Make, setting: dict[str, Any]
) -> None:
    with pytest.raises(ConfigurationError):
        make(**setting)


def test_whatsapp_is_its_own_one_channel_and_can_do_more(whatsapp: WhatsApp) -> None:
    (channel,) = whatsapp.channels
    assert channel is whatsapp
    assert (channel.name, channel.repeatable) == ("whatsapp", False)
    for ability in (MediaSource, ShowsPresence, RefusesGroups, Checks):
        assert isinstance(channel, ability)
