"""Two gateway processes on one MongoDB-protocol database: the work is shared, never done twice."""

import asyncio
from collections import Counter
from pathlib import Path

import aiohttp
import pytest

from core.ids import new_id
from core.sealing import Vault
from core.storage.mongo import MongoStore
from tests.acceptance.canaries import check_logs
from tests.acceptance.people import Listener, Person, check_ledger, in_queue
from tests.acceptance.serving import MASTER, PASSWORD, an_account, serving
from tests.contracts.mongo_server import mongo_url

PEOPLE, CLAIMERS, LISTENERS = 100, 200, 20
LINES = ("bonjour", "on m'a volé mon compte insta", "depuis hier")


@pytest.mark.timeout(600)
async def test_two_gateways_share_the_work(tmp_path: Path) -> None:
    async with mongo_url() as database:
        store = MongoStore(database, Vault({1: MASTER}))
        await store.open()
        for number in range(LISTENERS):
            await store.add_listener(an_account(f"listener{number}"))
        async with (
            serving(tmp_path / "a", database) as one,
            serving(tmp_path / "b", database) as two,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        ):
            people = [
                Person(session, (one.url, two.url)[number % 2], LINES) for number in range(PEOPLE)
            ]
            await asyncio.gather(*(person.write_all() for person in people))
            for number, person in enumerate(people):
                # Looked at through the other process: both see everything.
                person.url = (two.url, one.url)[number % 2]
                messages, _ = await person.wait_for(in_queue(person), within=120)
                check_ledger(person, messages)
                notices = Counter(m["text"] for m in messages if m["from"] == "service")
                assert set(notices.values()) == {1}, "a message was handled twice"
            await claim_everything((one.url, two.url))
        await store.close()
    check_logs(tmp_path, LINES)


async def claim_everything(urls: tuple[str, str]) -> None:
    """200 claims at once over both processes for 100 conversations: each has one winner."""
    sessions = [
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) for _ in range(LISTENERS)
    ]
    try:
        desks = [Listener(session, urls[n % 2]) for n, session in enumerate(sessions)]
        for number, desk in enumerate(desks):
            await desk.sign_in(f"listener{number}", PASSWORD)
        won: list[str] = []

        async def claim(desk: Listener) -> None:
            wish = {"cid": new_id()}
            async with desk.session.post(f"{desk.url}/console/api/claim", json=wish) as answer:
                if answer.status == 200:
                    won.append((await answer.json())["summary"]["id"])
                else:
                    assert answer.status == 404

        await asyncio.gather(*(claim(desks[n % LISTENERS]) for n in range(CLAIMERS)))
        assert len(won) == len(set(won)), "one conversation, two winners"
        assert len(won) == PEOPLE
    finally:
        for session in sessions:
            await session.close()
