"""kill -9 in the middle of many conversations: what was acknowledged is kept, once and in order.

Fifty people write while the gateway, the action server, Rasa (most often; up, or still loading)
and on MongoDB the database are killed again and again. The check is made from ledgers that the
people kept, not from what the system believes.
`RELAIS_TEST_KILLS` says how many rounds of kills; `make soak` sets 10.
"""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.acceptance.canaries import check_logs
from tests.acceptance.people import Listener, Person, check_ledger, in_queue
from tests.acceptance.stack import Stack, stack
from tests.contracts.mongo_server import MongoServer

PEOPLE = 50
KILLS = int(os.environ.get("RELAIS_TEST_KILLS", "2"))
BETWEEN_KILLS = (3.0, 5.0)

LINES = (
    "slt",
    "ya un mec qui arrete pas de m'insulter sur insta",
    "ca fait 2 semaines",
    "il a fait un groupe avec ma classe",
    "j'ose plus aller au college",
    "jsp quoi faire",
    "mes parents savent pas",
    "je veux parler à quelqu'un",
)


@asynccontextmanager
async def database(
    engine: str, folder: Path
) -> AsyncIterator[tuple[dict[str, str], MongoServer | None]]:
    if engine == "sqlite":
        yield {"RELAIS_CAPACITY": "1000"}, None
        return
    server = MongoServer(folder / "mongo")
    await asyncio.to_thread(server.start)
    try:
        yield {"RELAIS_DATABASE_URL": server.url("relais"), "RELAIS_CAPACITY": "1000"}, server
    finally:
        await asyncio.to_thread(server.stop)


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("engine", ["sqlite", "mongo"])
async def test_nothing_acknowledged_is_lost(engine: str, tmp_path: Path) -> None:
    async with (
        database(engine, tmp_path) as (settings, server),
        stack(tmp_path / "data", **settings) as relais,
        aiohttp.ClientSession() as session,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as desk,
    ):
        victims = ["gateway", "actions", "rasa", "rasa", "rasa"] + (["database"] if server else [])
        seconds = KILLS * len(victims) * BETWEEN_KILLS[1]
        people = [
            Person(session, relais.url, LINES, pause=seconds / len(LINES) * random.uniform(0.8, 1))
            for _ in range(PEOPLE)
        ]
        async with asyncio.TaskGroup() as tasks:
            for person in people:
                tasks.create_task(person.write_all())
            tasks.create_task(_kill(relais, server, victims))
        await relais.ready(within=300)

        assert sum(person.cuts for person in people) >= PEOPLE, "the kills were not felt"
        for person in people:
            messages, _ = await person.wait_for(in_queue(person), within=240)
            check_ledger(person, messages)
        await _everybody_is_answered(relais, desk, people)
    check_logs(tmp_path / "data", LINES)


async def _kill(relais: Stack, server: MongoServer | None, victims: list[str]) -> None:
    for _ in range(KILLS):
        for victim in random.sample(victims, len(victims)):
            await asyncio.sleep(random.uniform(*BETWEEN_KILLS))
            if victim == "database":
                assert server is not None
                await asyncio.to_thread(server.kill)
                await asyncio.sleep(random.uniform(0.5, 1.5))
                await asyncio.to_thread(server.start)
            else:
                while not relais.kill(victim):
                    await asyncio.sleep(0.2)


async def _everybody_is_answered(
    relais: Stack, desk: aiohttp.ClientSession, people: list[Person]
) -> None:
    listener = Listener(desk, relais.url)
    await listener.sign_in(relais.login, relais.password, "a much better password")
    held = set()
    for _ in people:
        detail = await listener.next()
        held.add(detail["summary"]["id"])
        seen = detail["summary"]["version"]
        body = {"cid": "reply-" + detail["summary"]["id"], "text": "je suis là", "seen": seen}
        await listener.post(f"/conversations/{detail['summary']['id']}/reply", body)
    assert len(held) == PEOPLE
    await listener.next(expect=404)
    for person in people:
        messages, state = await person.thread()
        assert state["owner"] == "listener"
        check_ledger(person, messages)
        assert [m["text"] for m in messages if m["from"] == "listener"] == ["je suis là"]
