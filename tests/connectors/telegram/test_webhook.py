"""The webhook over real HTTP: who is let in, and what is answered when."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from connectors.telegram.connector import SECRET_HEADER
from core.events import MediaRef, MessageType
from gateway.http import answer_errors
from tests.connectors.telegram.bot_api import TOKEN, bot_api, error, raw
from tests.connectors.telegram.bots import SECRET, Kept, a_bot, a_message, an_errand
from tests.connectors.telegram.updates import (
    GROUP,
    NEWS,
    PRIVATE,
    SENT_AT,
    membership,
    message,
)

HELLO = {"update_id": 1, "message": message(text="bonjour")}


@asynccontextmanager
async def webhook(kept: Kept, **settings: Any) -> AsyncIterator[TestClient[Any, Any]]:
    async with a_bot("http://127.0.0.1:9", kept, **settings) as bot:
        app = web.Application(middlewares=[answer_errors])
        app.add_routes(bot.routes())
        async with TestClient(TestServer(app)) as client:
            yield client


async def post(
    client: TestClient[Any, Any], body: Any, secret: str | None = SECRET
) -> tuple[int, str]:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with client.post("/webhooks/telegram", data=data, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_an_update_is_kept_then_answered() -> None:
    kept = Kept()
    async with webhook(kept) as client:
        assert await post(client, HELLO) == (200, "")
    assert [event.text for event in kept.events] == ["bonjour"]


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", "sécret", "é"])
async def test_without_the_secret_nothing_is_kept(secret: str | None) -> None:
    kept = Kept()
    async with webhook(kept) as client:
        assert await post(client, HELLO, secret) == (403, "")
        assert (await post(client, b"not json", secret))[0] == 403
    assert kept.events == []
    assert kept.counted == ["forged", "forged"]


async def test_bytes_that_are_no_text_are_a_wrong_secret() -> None:
    kept = Kept()
    async with webhook(kept) as client:
        server = client.server
        reader, writer = await asyncio.open_connection(server.host, server.port)
        writer.write(
            b"POST /webhooks/telegram HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
            + SECRET_HEADER.encode()
            + b": \xff\xfe\xe9\r\n\r\n{}"
        )
        status = await reader.readline()
        writer.close()
    assert b" 403 " in status
    assert kept.events == []


async def test_without_a_secret_of_ours_there_is_no_webhook() -> None:
    """An empty secret would let everybody in who sends none."""
    kept = Kept()
    async with webhook(kept, secret="") as client:
        for secret in (None, "", "x"):
            assert (await post(client, HELLO, secret))[0] == 404
    assert kept.events == []


@pytest.mark.parametrize(
    "body",
    [b"", b"not json", b"{", b"\xff\xfe", b"3", b'"x"', b"null", b"[" * 100_000, b"9" * 5000],
    ids=["empty", "words", "cut", "bytes", "number", "string", "null", "deep", "long number"],
)
async def test_what_is_no_update_is_refused(body: bytes) -> None:
    kept = Kept()
    async with webhook(kept) as client:
        assert await post(client, body) == (400, "")
    assert kept.events == []
    assert kept.counted == ["bad_body"]


@pytest.mark.parametrize("body", [{}, [], {"update_id": 1, "hologram": {}}, {"message": 5}])
async def test_what_is_not_known_is_answered_and_counted(body: Any) -> None:
    kept = Kept()
    async with webhook(kept) as client:
        assert await post(client, body) == (200, "")
    assert kept.events == []
    assert len(kept.counted) == (1 if body != [] else 0)


async def test_what_cannot_be_kept_is_sent_again() -> None:
    kept = Kept(down=1)
    async with webhook(kept) as client:
        assert (await post(client, HELLO))[0] == 503
        assert kept.events == []
        assert (await post(client, HELLO))[0] == 200
        assert (await post(client, HELLO))[0] == 200
    assert len(kept.events) == 1


async def test_a_body_of_three_megabytes_is_taken() -> None:
    kept = Kept()
    large = {**HELLO, "padding": "x" * 3 * 1024 * 1024}
    async with webhook(kept) as client:
        assert (await post(client, large))[0] == 200
    assert len(kept.events) == 1


async def test_what_is_nobodys_goes_elsewhere() -> None:
    kept = Kept()
    post_in_channel = {"message_id": 5, "chat": NEWS, "date": SENT_AT, "text": "infos"}
    async with webhook(kept) as client:
        await post(client, {"update_id": 1, "channel_post": post_in_channel})
        await post(client, {"update_id": 2, "message": message(GROUP, text="coucou")})
        await post(
            client, {"update_id": 3, "my_chat_member": membership(PRIVATE, "member", "kicked")}
        )
    assert [event.chat for event in kept.notices] == ["-1009876543210"]
    assert [(event.chat, event.status) for event in kept.events] == [
        ("-4001", None),
        (None, "blocked"),
    ]


async def test_the_token_is_never_logged(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """The whole way, logging all there is: what arrives, what is sent, and what fails."""
    caplog.set_level(logging.DEBUG)
    kept = Kept()
    async with bot_api() as api, a_bot(api.url, kept) as bot:
        app = web.Application(middlewares=[answer_errors])
        app.add_routes(bot.routes())
        async with TestClient(TestServer(app)) as client:
            await post(client, HELLO)
            await post(client, HELLO, "wrong")
            await post(client, b"not json")
        echo = f"<html>cannot POST /bot{TOKEN}/sendMessage</html>"
        api.next("sendMessage", error(403, f"Forbidden: {TOKEN}"), raw(200, echo), raw(502, echo))
        for number in range(4):
            await bot.channel.send(an_errand(bot, a_message(), to=str(501 + number)))
        await bot.channel.locate(MediaRef(type=MessageType.IMAGE, id="F"))
        await bot.channel.check()
        await bot.channel.refuse_group("-4001")
        api.next("getUpdates", raw(200, echo), error(409, f"Conflict {TOKEN}"))
        polling = asyncio.create_task(bot.poll(take_over=True))
        while len(api.called("getUpdates")) < 1:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
    assert len(api.called("sendMessage")) == 5
    out, err = capfd.readouterr()
    logged = caplog.text + out + err
    assert "telegram_polling_failed" in logged, "the logs are looked at"
    assert logging.INFO in {record.levelno for record in caplog.records}, "below warnings too"
    assert "CANARY" not in logged
