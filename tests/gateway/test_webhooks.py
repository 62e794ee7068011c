"""What every platform's webhook keeps to, through the whole gateway with its real connectors.

The bodies are built here, apart from the connectors' own tests: signed by hand, posted over HTTP,
and looked for in the store.
"""

import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from core.errors import StorageUnavailable
from core.storage.sqlite import SqliteStore
from gateway.connections import connections
from gateway.service import Gateway
from gateway.settings import Settings
from tests.builders import a_vault
from tests.fakes import Echo, OneWordScreen, ScriptedAssistant

SECRET, VERIFY, HOOK = "an app secret", "a verify token", "a_webhook_secret"
NOW = 1_764_000_000

SETTINGS = {
    "whatsapp_phone_id": "1001",
    "whatsapp_token": "wa-token",
    "whatsapp_app_secret": SECRET,
    "whatsapp_verify_token": VERIFY,
    "messenger_page_token": "page-token",
    "messenger_app_secret": SECRET,
    "messenger_verify_token": VERIFY,
    "messenger_page_id": "2002",
    "instagram_id": "3003",
    "meta_app_id": "4004",
    "telegram_token": "5005:canary",
    "telegram_secret": HOOK,
    # Nobody listens there: nothing in these tests needs a platform that answers.
    "graph_url": "http://127.0.0.1:9",
    "telegram_url": "http://127.0.0.1:9",
    "rasa_token": "unused",
}


def signed(raw: bytes) -> dict[str, str]:
    return {
        "X-Hub-Signature-256": "sha256="
        + hmac.new(SECRET.encode(), raw, hashlib.sha256).hexdigest()
    }


def by_secret(raw: bytes) -> dict[str, str]:
    return {"X-Telegram-Bot-Api-Secret-Token": HOOK}


def whatsapp(*texts: str) -> dict[str, Any]:
    messages = [
        {
            "from": "33600000001",
            "id": f"wamid.{text}",
            "timestamp": str(NOW),
            "type": "text",
            "text": {"body": text},
        }
        for text in texts
    ]
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": "1001"},
        "contacts": [{"wa_id": "33600000001", "profile": {"name": "N"}}],
        "messages": messages,
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": "1", "changes": [{"field": "messages", "value": value}]}],
    }


def page(kind: str, account: str, *texts: str) -> dict[str, Any]:
    messaging = [
        {
            "sender": {"id": "77"},
            "recipient": {"id": account},
            "timestamp": NOW * 1000,
            "message": {"mid": f"m_{account}_{text}", "text": text},
        }
        for text in texts
    ]
    return {"object": kind, "entry": [{"id": account, "time": NOW * 1000, "messaging": messaging}]}


def telegram(*texts: str) -> Any:
    updates = [
        {
            "update_id": int.from_bytes(hashlib.sha256(text.encode()).digest()[:4]),
            "message": {
                "message_id": number,
                "date": NOW,
                "chat": {"id": 88, "type": "private"},
                "from": {"id": 88, "is_bot": False, "first_name": "N"},
                "text": text,
            },
        }
        for number, text in enumerate(texts, start=1)
    ]
    return updates if len(updates) > 1 else updates[0]


@dataclass(frozen=True)
class Platform:
    """One platform's way in."""

    channel: str
    account: str
    sender: str
    path: str
    body: Callable[..., Any]
    prove: Callable[[bytes], Mapping[str, str]] = signed
    header: str = "X-Hub-Signature-256"


PLATFORMS = [
    Platform("whatsapp", "1001", "33600000001", "/webhooks/whatsapp", whatsapp),
    Platform("messenger", "2002", "77", "/webhooks/messenger", partial(page, "page", "2002")),
    Platform("instagram", "3003", "77", "/webhooks/messenger", partial(page, "instagram", "3003")),
    Platform(
        "telegram", "5005", "88", "/webhooks/telegram", telegram,
        by_secret, "X-Telegram-Bot-Api-Secret-Token",
    ),
]  # fmt: skip
on_every_platform = pytest.mark.parametrize("platform", PLATFORMS, ids=lambda p: p.channel)


class Door:
    """The gateway's HTTP side on a real store that can be made to refuse."""

    def __init__(self, client: Any, store: SqliteStore) -> None:
        self.client = client
        self.store = store

    async def post(self, platform: Platform, body: Any, **headers: str) -> int:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = await self.client.post(
            platform.path, data=raw, headers={**platform.prove(raw), **headers}
        )
        return int(answer.status)

    async def texts(self, platform: Platform) -> list[str | None]:
        """What waits to enter the person's conversation, in order."""
        contact = await self.store.find_contact(platform.channel, platform.account, platform.sender)
        if contact is None:
            return []
        pending = await self.store.pending_events(contact.id, limit=100)
        return [item.event.text for item in pending]


@pytest.fixture
async def door(tmp_path: Path) -> AsyncIterator[Door]:
    store = SqliteStore(tmp_path / "relais.db", a_vault())
    await store.open()
    settings = Settings(_env_file=None, data_dir=tmp_path, **SETTINGS)  # type: ignore[arg-type]
    phrases = Echo()
    gateway = Gateway(
        store=store,
        vault=a_vault(),
        screen=OneWordScreen(),
        assistant=ScriptedAssistant(),
        working={},
        understand=lambda screened, text: screened,
        asks_for_human=lambda text: False,
        phrases=phrases,
        burst=timedelta(0),
        connect=partial(connections, settings, phrases),
    )
    async with TestClient(TestServer(gateway.app)) as client:
        yield Door(client, store)
    await store.close()


@on_every_platform
async def test_what_is_answered_200_is_kept_in_order(door: Door, platform: Platform) -> None:
    assert await door.post(platform, platform.body("un", "deux", "trois")) == 200
    assert await door.texts(platform) == ["un", "deux", "trois"]


@on_every_platform
async def test_the_same_again_changes_nothing(door: Door, platform: Platform) -> None:
    for _ in range(3):
        assert await door.post(platform, platform.body("un")) == 200
    assert await door.texts(platform) == ["un"]


@on_every_platform
@pytest.mark.parametrize("proof", ["", "sha256=", "sha256=00", "wrong", "sha256=" + "0" * 64, "é"])
async def test_a_forged_proof_is_refused(door: Door, platform: Platform, proof: str) -> None:
    assert await door.post(platform, platform.body("un"), **{platform.header: proof}) == 403
    assert await door.texts(platform) == []


@on_every_platform
async def test_one_flipped_bit_is_a_forgery(door: Door, platform: Platform) -> None:
    raw = json.dumps(platform.body("un")).encode()
    proof = platform.prove(raw)
    if platform.prove is by_secret:
        proof = {platform.header: HOOK[:-1] + "u"}
    flipped = raw[:-3] + bytes([raw[-3] ^ 1]) + raw[-2:]
    answer = await door.client.post(platform.path, data=flipped, headers=proof)
    assert answer.status == 403


@on_every_platform
@pytest.mark.parametrize("raw", [b"", b"{", b"\xff\xfe", b"3", b'"text"', b"null", b"[" * 100_000])
async def test_what_is_no_object_is_a_bad_request(
    door: Door, platform: Platform, raw: bytes
) -> None:
    assert await door.post(platform, raw) == 400


@on_every_platform
@pytest.mark.parametrize("body", [{}, {"object": "user"}, {"new": 1}])
async def test_the_unknown_is_answered_and_counted(
    door: Door, platform: Platform, body: dict[str, Any]
) -> None:
    assert await door.post(platform, body) == 200
    metrics = await (await door.client.get("/metrics")).text()
    # What is not even of Instagram or of a page is counted for the address they share.
    channel = platform.channel.replace("instagram", "messenger")
    assert f'relais_events_ignored_total{{channel="{channel}",kind="unknown"}} 1.0' in metrics


@on_every_platform
async def test_a_body_of_three_megabytes_is_read(door: Door, platform: Platform) -> None:
    body = {**platform.body("un"), "padding": "a" * 3_000_000}
    assert await door.post(platform, body) == 200
    assert await door.texts(platform) == ["un"]
    assert await door.post(platform, b" " * 5_000_000) == 413


@on_every_platform
async def test_a_database_that_is_down_is_no_acknowledgement(
    door: Door, platform: Platform
) -> None:
    keep = door.store.accept_events

    async def refuse(*args: object, **kwargs: object) -> object:
        raise StorageUnavailable

    door.store.accept_events = refuse  # type: ignore[method-assign,assignment]
    assert await door.post(platform, platform.body("un")) == 503
    door.store.accept_events = keep  # type: ignore[method-assign]
    assert await door.post(platform, platform.body("un")) == 200
    assert await door.texts(platform) == ["un"]


@pytest.mark.parametrize("path", ["/webhooks/whatsapp", "/webhooks/messenger"])
async def test_meta_may_ask_whether_the_address_is_ours(door: Door, path: str) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "12345", "hub.verify_token": VERIFY}
    answer = await door.client.get(path, params=asked)
    assert (answer.status, await answer.text()) == (200, "12345")
    for wrong in ({**asked, "hub.verify_token": "guess"}, {"hub.mode": "subscribe"}, {}):
        assert (await door.client.get(path, params=wrong)).status == 403
