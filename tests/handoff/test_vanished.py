"""A listener's browser that goes away and comes back, over real sockets with a short grace."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.conversation import OwnerKind
from core.ids import ConversationId, new_id
from tests.gateway.gateways import PASSWORD, Client, Running, Visit, running

GRACE = 1.6
# A look comes at most this much later, and the machine may have other things to do.
SOON = 6.0


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path, grace=timedelta(seconds=GRACE)) as house:
        yield house


async def a_browser(gateway: Running, login: str = "anne") -> Client:
    await gateway.add_listener(login)
    client = await gateway.browser()
    answer = await client.post("/console/api/login", json={"login": login, "password": PASSWORD})
    assert answer.status == 200
    return client


async def claim(client: Client) -> dict[str, Any]:
    answer = await client.post("/console/api/claim", json={"cid": new_id()})
    assert answer.status == 200
    summary: dict[str, Any] = (await answer.json())["summary"]
    return summary


async def reply(client: Client, summary: dict[str, Any]) -> int:
    body = {"cid": new_id(), "text": "je suis là", "seen": summary["version"]}
    path = f"/console/api/conversations/{summary['id']}/reply"
    return (await client.post(path, json=body)).status


async def a_waiting_person(gateway: Running) -> Visit:
    visit = await gateway.visit()
    await visit.connect()
    await visit.say("DANGER")
    await visit.frame("state", owner="queue")
    return visit


@asynccontextmanager
async def a_tab(client: Client) -> AsyncIterator[None]:
    """A console's socket whose browser answers pings, until the browser is gone."""
    socket = await client.ws_connect("/console/api/socket")

    async def read() -> None:
        async for _ in socket:
            pass

    reading = asyncio.create_task(read())
    try:
        yield
    finally:
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
        # As a crash does it: the connection ends without a word.
        connection = socket._response.connection
        if connection is not None and connection.transport is not None:
            connection.transport.abort()


async def is_held(gateway: Running, summary: dict[str, Any]) -> bool:
    conversation = await gateway.store.conversation(ConversationId(summary["id"]))
    return conversation.owner.kind is OwnerKind.LISTENER


async def stays_held(gateway: Running, summary: dict[str, Any], seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert await is_held(gateway, summary)
        await asyncio.sleep(0.05)


async def test_who_vanishes_gives_back_and_may_reply_no_more(gateway: Running) -> None:
    visit = await a_waiting_person(gateway)
    anne = await a_browser(gateway)
    async with a_tab(anne):
        summary = await claim(anne)
        await stays_held(gateway, summary, 2 * GRACE)
        await a_waiting_person(gateway)
    assert (await visit.frame("state", SOON, owner="queue"))["listener"] is None
    assert [each["text"].split("/")[0] for each in visit.messages][-1] == "listener_lost"
    waiting = await gateway.store.waiting(limit=9)
    assert waiting[0].id == summary["id"]
    assert len(waiting) == 2

    assert await reply(anne, summary) == 409
    assert (await anne.get(f"/console/api/conversations/{summary['id']}")).status == 404
    metrics = await (await anne.get("/metrics")).text()
    assert "relais_given_back_total 1.0" in metrics
    # Whoever comes back may take it up again.
    async with a_tab(anne):
        again = await claim(anne)
        assert again["id"] == summary["id"]
        assert await reply(anne, again) == 200


async def test_who_comes_back_in_time_keeps_everything(gateway: Running) -> None:
    await a_waiting_person(gateway)
    anne = await a_browser(gateway)
    async with a_tab(anne):
        summary = await claim(anne)
        await stays_held(gateway, summary, 1.2 * GRACE)
    await asyncio.sleep(GRACE / 3)
    async with a_tab(anne):
        await stays_held(gateway, summary, 2 * GRACE)
        assert await reply(anne, summary) == 200


async def test_one_tab_of_several_is_enough(gateway: Running) -> None:
    await a_waiting_person(gateway)
    anne = await a_browser(gateway)
    async with a_tab(anne):
        async with a_tab(anne):
            summary = await claim(anne)
        await stays_held(gateway, summary, 2 * GRACE)


async def test_a_connection_that_stands_but_says_nothing_is_nobody(gateway: Running) -> None:
    """A laptop that was closed, a network that is gone: no packet tells that the socket is dead."""
    visit = await a_waiting_person(gateway)
    anne = await a_browser(gateway)
    # Nobody reads: no ping is answered.
    socket = await anne.ws_connect("/console/api/socket", autoping=False)
    await claim(anne)
    claimed_at = datetime.now(UTC)
    await visit.frame("state", owner="listener")
    await asyncio.sleep(GRACE * 0.7)
    # The silence counts from the last sign, not from when the socket was given up for dead.
    assert await gateway.store.absent_holders(before=claimed_at + timedelta(seconds=GRACE / 4))
    await visit.frame("state", SOON, owner="queue")
    await socket.close()


async def test_who_claims_without_a_socket_is_there_for_the_grace_time(gateway: Running) -> None:
    await a_waiting_person(gateway)
    # The gateway has been up for long enough to know who is gone.
    await asyncio.sleep(GRACE)
    anne = await a_browser(gateway)
    summary = await claim(anne)
    await stays_held(gateway, summary, GRACE * 0.9)
    async with asyncio.timeout(SOON):
        while await is_held(gateway, summary):
            await asyncio.sleep(0.05)


async def test_signing_out_gives_back_after_the_grace_time(gateway: Running) -> None:
    await a_waiting_person(gateway)
    anne = await a_browser(gateway)
    async with a_tab(anne):
        summary = await claim(anne)
        await stays_held(gateway, summary, GRACE)
        assert (await anne.post("/console/api/logout", json={})).status == 204
        # The sign-in at another computer keeps what is held.
        await stays_held(gateway, summary, GRACE / 3)
        async with asyncio.timeout(SOON):
            while await is_held(gateway, summary):
                await asyncio.sleep(0.05)
