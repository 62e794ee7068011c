"""A gateway is killed with the listeners' consoles on it: nobody is left talking to nobody."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from bot.sentences import Catalogue
from core.labels import Address
from core.sealing import Vault
from core.storage.sqlite import SqliteStore
from tests.acceptance.canaries import check_logs
from tests.acceptance.people import Listener, Person
from tests.acceptance.serving import MASTER, PASSWORD, Serving, an_account, serving

PROMISED = 45.0
# A console that lost its gateway tries again for so long before it reaches another.
AWAY = 10.0
ASKED = "je veux parler à quelqu'un"


@asynccontextmanager
async def the_console(gateway: Serving, login: str) -> AsyncIterator[Listener]:
    """A listener who is signed in."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        listener = Listener(session, gateway.url)
        await listener.sign_in(login, PASSWORD)
        yield listener


async def stays_connected(listener: Listener) -> None:
    """The console's socket, until it ends: a browser answers pings as it reads."""
    async with listener.session.ws_connect(f"{listener.url}/console/api/socket") as socket:
        async for _ in socket:
            pass


async def answers(listener: Listener, conversation: str, seen: int, *, expect: int) -> None:
    body = {"cid": f"reply-{listener.url[-5:]}-{seen}", "text": "je suis là", "seen": seen}
    await listener.post(f"/conversations/{conversation}/reply", body, expect=expect)


@pytest.mark.timeout(180)
async def test_killed_with_its_gateway_a_listener_is_replaced_in_time(tmp_path: Path) -> None:
    path = tmp_path / "relais.db"
    store = SqliteStore(path, Vault({1: MASTER}))
    await store.open()
    for login in ("anne", "bilal", "chloe"):
        await store.add_listener(an_account(login))
    await store.close()
    phrases = Catalogue.load()
    forms = [phrases.sentences["listener_lost"].forms[address] for address in Address]
    # What follows is said of the team, and holds only then.
    lost = tuple(form.partition("{team}")[0].strip() for form in forms)

    def is_told(messages: Sequence[dict[str, Any]], state: dict[str, Any]) -> bool:
        return state["owner"] == "queue" and messages[-1]["text"].startswith(lost)

    async with AsyncExitStack() as up:
        enter = up.enter_async_context
        dying = await enter(serving(tmp_path / "a", f"sqlite:///{path}"))
        other = await enter(serving(tmp_path / "b", f"sqlite:///{path}"))
        session = await enter(aiohttp.ClientSession())
        anne = await enter(the_console(dying, "anne"))
        bilal = await enter(the_console(dying, "bilal"))
        chloe = await enter(the_console(other, "chloe"))
        people, held = [], []
        async with asyncio.TaskGroup() as tasks:
            for listener in (anne, bilal):
                person = Person(session, other.url, [ASKED])
                await person.write_all()
                await person.wait_for(lambda _, state: state["owner"] == "queue", within=60)
                tasks.create_task(stays_connected(listener))
                held.append((await listener.next())["summary"])
                people.append(person)
            dying.kill()
        killed_at = time.monotonic()

        await asyncio.sleep(AWAY)
        bilal.url = other.url
        back = asyncio.create_task(stays_connected(bilal))
        try:
            await people[0].wait_for(is_told, within=PROMISED - AWAY)
            took = time.monotonic() - killed_at
            print(f"given back {took:.1f} s after the kill")
            assert took < PROMISED
            # Bilal's console reached the other gateway: nothing of his was lost.
            messages, state = await people[1].thread()
            assert state["owner"] == "listener"
            assert not [one for one in messages if one["text"].startswith(lost)]
            await answers(bilal, held[1]["id"], held[1]["version"], expect=200)
            # Anne comes back too late; whoever takes the next one has Anne's.
            anne.url = other.url
            await answers(anne, held[0]["id"], held[0]["version"], expect=409)
            taken = (await chloe.next())["summary"]
            assert taken["id"] == held[0]["id"]
            await answers(anne, held[0]["id"], taken["version"], expect=409)
            await answers(chloe, held[0]["id"], taken["version"], expect=200)
        finally:
            back.cancel()
    check_logs(tmp_path, [ASKED])
