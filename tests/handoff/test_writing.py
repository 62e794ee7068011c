"""A person who types on the website is seen to write by who holds the conversation, and by nobody
else; nothing is kept of it."""

import re
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from connectors.web.connector import SIGNS_PER_SESSION
from core.conversation import Contact, Conversation
from core.errors import StorageUnavailable
from core.ids import ConversationId
from tests.gateway.gateways import Running, Visit, running
from tests.handoff.test_console_api import Console, a_console, a_waiting_person


@pytest.fixture
async def gateway(tmp_path: Path) -> AsyncIterator[Running]:
    async with running(tmp_path) as house:
        yield house


async def types(visit: Visit) -> None:
    """Type, and wait until the gateway is done with the sign."""
    await visit.socket.send_json({"type": "typing", "text": "un secret"})
    await done(visit)


async def done(visit: Visit) -> None:
    """What a browser sends is taken one by one: this is refused after all that came before."""
    await visit.socket.send_json({"type": "send", "cid": "12345678", "text": ""})
    assert (await visit.frame("error"))["code"] == "empty"


async def told_until_a_newcomer(gateway: Running, console: Console) -> list[Any]:
    """What a console is told until it hears of one more person, who comes now."""
    before = {one.id for one in await gateway.store.waiting(limit=100)}
    await a_waiting_person(gateway)
    (newcomer,) = {one.id for one in await gateway.store.waiting(limit=100)} - before
    told: list[Any] = []
    while not any(frame.get("summary", {}).get("id") == newcomer for frame in told):
        told.append(await console.socket.receive_json(timeout=30))
    return told


async def test_only_the_consoles_of_who_holds_it_are_told(gateway: Running) -> None:
    visit = await a_waiting_person(gateway)
    anne, bilal = await a_console(gateway, "anne"), await a_console(gateway, "bilal")
    held = (await anne.next())[1]["summary"]["id"]
    for console in (anne, bilal):
        await console.connect()
    # To ask for it is no way to be told.
    await bilal.socket.send_json({"type": "watch", "id": held, "after": 0})
    await bilal.frame("gone")
    await types(visit)
    assert await anne.frame("typing") == {"type": "typing", "id": held}
    told = await told_until_a_newcomer(gateway, bilal)
    assert [frame for frame in told if frame["type"] == "typing"] == []


async def test_nobody_is_told_while_no_listener_answers(gateway: Running) -> None:
    alone = await gateway.visit()
    await alone.connect()
    # Before the first message there is no conversation.
    await types(alone)
    await alone.say("bonjour")
    visit = await a_waiting_person(gateway)
    anne = await a_console(gateway, "anne")
    (row,) = (await anne.connect())["waiting"]
    for each in (alone, visit):
        await types(each)
    assert "typing" not in {one["type"] for one in await told_until_a_newcomer(gateway, anne)}
    path = f"/conversations/{row['id']}"
    last = (await anne.post(f"{path}/claim"))[1]["summary"]["version"]
    await types(visit)
    assert (await anne.frame("typing"))["id"] == row["id"]
    assert (await anne.post(f"{path}/close", {"outcome": "helped", "seen": last}))[0] == 200
    await types(visit)
    assert "typing" not in {one["type"] for one in await told_until_a_newcomer(gateway, anne)}


async def test_too_many_signs_are_dropped_without_a_word(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit, other = await a_waiting_person(gateway), await a_waiting_person(gateway)
    told: list[Conversation] = []
    monkeypatch.setattr(gateway.gateway.console, "person_writes", told.append)
    visit.frames.clear()
    for _ in range(SIGNS_PER_SESSION + 10):
        await visit.socket.send_json({"type": "typing"})
    await done(visit)
    assert len(told) == SIGNS_PER_SESSION
    assert [one["code"] for one in visit.frames if one["type"] == "error"] == ["empty"]
    # Another person's signs are not counted with them, and neither are messages.
    await types(other)
    assert len(told) == SIGNS_PER_SESSION + 1
    assert (await visit.say("encore là"))["dup"] is False


def kept(database: Path) -> dict[str, int]:
    """How much there is of each thing that only grows while nobody is erased."""
    tables = ("contacts", "events", "conversations", "messages", "documents", "audit", "facts")
    with sqlite3.connect(database) as db:
        return {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables}


async def test_nothing_is_stored_or_logged(gateway: Running, tmp_path: Path) -> None:
    visit = await a_waiting_person(gateway)
    anne = await a_console(gateway, "anne")
    held = ConversationId((await anne.next())[1]["summary"]["id"])
    await anne.connect()
    await visit.frame("state", owner="listener")
    before, conversation = kept(tmp_path / "relais.db"), await gateway.store.conversation(held)
    with capture_logs() as logs:
        await types(visit)
        await anne.frame("typing")
    assert kept(tmp_path / "relais.db") == before
    assert await gateway.store.conversation(held) == conversation
    assert [one for one in logs if re.search(f"typ|writ|secret|{held}", str(one))] == []


async def test_a_database_that_is_away_costs_the_sign_and_not_the_socket(
    gateway: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = await a_waiting_person(gateway)

    async def away(channel: str, account: str, address: str) -> Contact | None:
        raise StorageUnavailable

    with monkeypatch.context() as broken:
        broken.setattr(gateway.store, "find_contact", away)
        await types(visit)
    assert (await visit.say("encore là"))["dup"] is False
