"""Two gateway processes on one MongoDB-protocol database: the work is shared, never done twice."""

import asyncio
import base64
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from core.accounts import Listener as Account
from core.accounts import StaffRole
from core.ids import ListenerId, new_id
from core.sealing import Vault
from core.storage.mongo import MongoStore
from gateway.ports import free_port
from handoff.passwords import hash_password
from tests.acceptance.people import Listener, Person, check_ledger, in_queue
from tests.contracts.mongo_server import mongo_url

ROOT = Path(__file__).resolve().parents[2]
MASTER = bytes(range(32))
PEOPLE, CLAIMERS, LISTENERS = 100, 200, 20
PASSWORD = "a long enough password"
LINES = ("bonjour", "on m'a volé mon compte insta", "depuis hier")


@asynccontextmanager
async def gateway(folder: Path, database: str) -> AsyncIterator[str]:
    """One gateway process, without an assistant: people go straight to listeners."""
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("RELAIS_")}
    env |= {
        "RELAIS_PORT": str(port),
        "RELAIS_DATA_DIR": str(folder),
        "RELAIS_DATABASE_URL": database,
        "RELAIS_MASTER_KEY": base64.b64encode(MASTER).decode(),
        "RELAIS_RASA_URL": "http://127.0.0.1:9",
        "RELAIS_RATE_PER_ADDRESS": "100000",
    }
    process = subprocess.Popen(
        [sys.executable, "-P", str(ROOT / "gateway/__main__.py"), "serve"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with asyncio.timeout(60), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"{url}/health/ready") as answer:
                        if answer.status == 200:
                            break
                except (aiohttp.ClientError, OSError):
                    pass
                await asyncio.sleep(0.1)
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 12) == 0


@pytest.mark.timeout(600)
async def test_two_gateways_share_the_work(tmp_path: Path) -> None:
    async with mongo_url() as database:
        store = MongoStore(database, Vault({1: MASTER}))
        await store.open()
        for number in range(LISTENERS):
            await store.add_listener(an_account(number))
        async with (
            gateway(tmp_path / "a", database) as one,
            gateway(tmp_path / "b", database) as two,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        ):
            people = [Person(session, (one, two)[number % 2], LINES) for number in range(PEOPLE)]
            await asyncio.gather(*(person.write_all() for person in people))
            for number, person in enumerate(people):
                # Looked at through the other process: both see everything.
                person.url = (two, one)[number % 2]
                messages, _ = await person.wait_for(in_queue(person), within=120)
                check_ledger(person, messages)
                notices = Counter(m["text"] for m in messages if m["from"] == "service")
                assert set(notices.values()) == {1}, "a message was handled twice"
            await claim_everything((one, two))
        await store.close()


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
            async with desk.session.post(f"{desk.url}/console/api/claim", json={}) as answer:
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


def an_account(number: int) -> Account:
    return Account(
        id=ListenerId(new_id()),
        login=f"listener{number}",
        name=f"Listener {number}",
        role=StaffRole.LISTENER,
        password_hash=_HASHED,
        created_at=datetime.now(UTC),
    )


_HASHED = hash_password(PASSWORD)
