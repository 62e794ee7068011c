"""A surge, Rasa stopped: what is kept, in which order, how soon seen.

    make surge                  (or: .venv/bin/python -m benchmarks.bench_surge)
    make surge ARGS="--processes 2 --minutes 10"

People come and wait; then 500 of them write at 50 messages a second for half an hour, and at 1,000
a second for 5 s, each message at its own moment whether the last was answered or not; 17 consoles
look on, and every few seconds somebody writes that they will kill themselves. Held against what
the people were told: every acknowledged message is stored, once, in the order of writing. Exit
code 1 where something is lost, changed places, or a crisis took more than 2 s to every console.
With several gateway processes on the one database, people and consoles are spread over them.
"""

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from benchmarks.bench_gateway import (
    CRITICAL,
    SAID,
    TOKENS,
    VAULT,
    gateway,
    post_many,
    quantiles,
    queue_of,
    resident_mb,
)
from core.accounts import Listener, StaffRole
from core.conversation import Author, Conversation
from core.ids import ListenerId, new_id
from core.storage.sqlite import SqliteStore
from handoff.passwords import hash_password

PASSWORD = "a password of the benchmark"
AGAIN = 0.2
CRISIS_WITHIN_MS = 2000.0
# A console that nobody uses is signed out after 15 minutes (handoff/console/sessions.py).
USED_EVERY = 60.0


What = TypeVar("What")


@dataclass
class Talker:
    """A person on the website, who writes one message after the other, to the gateway `url`."""

    url: str
    token: str = field(default_factory=lambda: TOKENS.issue(origin=None, now=datetime.now(UTC)))
    acknowledged: list[str] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def address(self) -> str:
        visitor = TOKENS.check(self.token, now=datetime.now(UTC))
        assert visitor is not None
        return visitor.address

    async def write(self, session: aiohttp.ClientSession, text: str) -> float:
        """Until it is acknowledged. Seconds from the wish to write."""
        began, cid = time.perf_counter(), new_id()
        async with self._turn:
            while not await self._post(session, cid, text):
                await asyncio.sleep(AGAIN)
            self.acknowledged.append(text)
        return time.perf_counter() - began

    async def _post(self, session: aiohttp.ClientSession, cid: str, text: str) -> bool:
        headers = {"Authorization": f"Bearer {self.token}"}
        body = {"cid": cid, "text": text}
        try:
            async with session.post(
                f"{self.url}/web/messages", json=body, headers=headers
            ) as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


@dataclass(frozen=True)
class Size:
    """How much of everything."""

    waiting: int
    people: int
    rate: int
    seconds: float
    burst_rate: int
    burst_seconds: float
    consoles: int
    crisis_every: float


# Gateway processes on one database: the URL and the pid of each.
Gateways = Sequence[tuple[str, int]]


@asynccontextmanager
async def gateways(folder: Path, count: int = 1) -> AsyncIterator[Gateways]:
    """Gateways as they run in production, their assistant dead."""
    async with AsyncExitStack() as up:
        yield [await up.enter_async_context(gateway(folder, rasa_port=1)) for _ in range(count)]


FULL = Size(2000, 500, 50, 1800.0, 1000, 5.0, 17, 3.0)


@asynccontextmanager
async def consoles(
    urls: Sequence[str], count: int, told: Callable[[dict[str, Any]], What | None]
) -> AsyncIterator[list[dict[What, float]]]:
    """Open consoles, and when each was first told each thing that `told` finds in a frame."""
    seen: list[dict[What, float]] = []
    async with AsyncExitStack() as up:
        readers = await up.enter_async_context(asyncio.TaskGroup())
        tasks = []
        for number in range(count):
            url = urls[number % len(urls)]
            session = await up.enter_async_context(
                aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))
            )
            who = {"login": f"listener{number}", "password": PASSWORD}
            async with session.post(f"{url}/console/api/login", json=who) as answer:
                assert answer.status == 200
            socket = await session.ws_connect(f"{url}/console/api/socket", max_msg_size=0)
            up.push_async_callback(socket.close)
            first: dict[What, float] = {}
            tasks.append(readers.create_task(_look(socket, told, first)))
            tasks.append(readers.create_task(_use(socket)))
            seen.append(first)
        try:
            yield seen
        finally:
            for task in tasks:
                task.cancel()


def critical(frame: dict[str, Any]) -> str | None:
    """Which critical conversation a frame tells of."""
    if frame["type"] != "summary" or frame["summary"]["urgency"] != "critique":
        return None
    return str(frame["summary"]["id"])


async def _look(
    socket: aiohttp.ClientWebSocketResponse,
    told: Callable[[dict[str, Any]], What | None],
    first: dict[What, float],
) -> None:
    async for frame in socket:
        if (what := told(json.loads(frame.data))) is not None:
            first.setdefault(what, time.perf_counter())
    raise RuntimeError(
        f"a console was closed, code {socket.close_code}: nothing more is seen there"
    )


async def _use(socket: aiohttp.ClientWebSocketResponse) -> None:
    while True:
        await socket.send_json({"type": "active"})
        await asyncio.sleep(USED_EVERY)


async def surge(
    people: Sequence[Talker], session: aiohttp.ClientSession, rate: int, seconds: float
) -> list[float]:
    """`rate` messages a second, none waiting for another person's. Seconds to each answer."""
    count = int(rate * seconds)
    turns = itertools.cycle(people)
    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        writing = []
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            talker = next(turns)
            writing.append(tasks.create_task(talker.write(session, f"{SAID} {number}")))
    return [one.result() for one in writing]


async def crises(
    session: aiohttp.ClientSession,
    urls: Sequence[str],
    every: float,
    told: list[tuple[Talker, float]],
    words: str,
) -> None:
    """Somebody new in danger, again and again: who, and when they wrote."""
    for url in itertools.cycle(urls):
        talker, moment = Talker(url), time.perf_counter()
        await talker.write(session, words)
        told.append((talker, moment))
        await asyncio.sleep(every)


async def watch_memory(pids: Sequence[int], every: float, kept: list[int]) -> None:
    while True:
        kept.append(sum(map(resident_mb, pids)))
        await asyncio.sleep(every)


async def newest(store: SqliteStore, talker: Talker) -> Conversation:
    """The talker's one conversation, once it exists."""
    contact = await store.find_contact("web", "site", talker.address)
    assert contact is not None, "an acknowledged person is unknown"
    async with asyncio.timeout(300):
        while (found := await store.latest_conversation(contact.id)) is None:
            await asyncio.sleep(AGAIN)
    return found


async def stored(store: SqliteStore, talker: Talker) -> list[str]:
    """What is kept of what the talker wrote, in order, once all has entered."""
    async with asyncio.timeout(600):
        while True:
            conversation = await newest(store, talker)
            messages = await store.messages(conversation.id, limit=100_000)
            wrote = [one.text for one in messages if one.author is Author.PERSON]
            if len(wrote) >= len(talker.acknowledged):
                return wrote
            await asyncio.sleep(AGAIN)


async def add_listeners(folder: Path, count: int) -> None:
    store = SqliteStore(folder / "relais.db", VAULT)
    await store.open()
    hashed = hash_password(PASSWORD)
    for number in range(count):
        account = Listener(
            id=ListenerId(new_id()),
            login=f"listener{number}",
            name=f"L{number}",
            role=StaffRole.LISTENER,
            password_hash=hashed,
            created_at=datetime.now(UTC),
        )
        await store.add_listener(account)
    await store.close()


async def measure(
    size: Size,
    start: Callable[[Path], AbstractAsyncContextManager[Gateways]] = gateways,
    crisis: str = CRITICAL,
) -> dict[str, Any]:
    """The whole story on a new database, with the gateways that `start` gives."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await add_listeners(folder, size.consoles)
        async with AsyncExitStack() as up:
            started = await up.enter_async_context(start(folder))
            urls = [url for url, _ in started]
            pids = [pid for _, pid in started]
            connector = aiohttp.TCPConnector(limit=0)
            session = await up.enter_async_context(aiohttp.ClientSession(connector=connector))
            say(f"{size.waiting} people come and wait")
            await asyncio.gather(*(post_many(url, size.waiting // len(urls)) for url in urls))
            queued = await queue_of(session, urls[0], size.waiting // len(urls) * len(urls))
            people = [Talker(urls[n % len(urls)]) for n in range(size.people)]
            told: list[tuple[Talker, float]] = []
            memory: list[int] = []
            async with (
                consoles(urls, size.consoles, critical) as seen,
                asyncio.TaskGroup() as tasks,
            ):
                beside = [
                    tasks.create_task(crises(session, urls, size.crisis_every, told, crisis)),
                    tasks.create_task(watch_memory(pids, size.seconds / 200, memory)),
                ]
                say(f"{size.rate} messages a second for {size.seconds / 60:g} minutes")
                steady = await surge(people, session, size.rate, size.seconds)
                steadily = len(told)
                say(f"{size.burst_rate} messages a second for {size.burst_seconds:g} s")
                burst = await surge(people, session, size.burst_rate, size.burst_seconds)
                for task in beside:
                    task.cancel()
                say("looking for every acknowledged message in its conversation")
                drained = time.perf_counter()
                store = SqliteStore(folder / "relais.db", VAULT)
                await store.open()
                up.push_async_callback(store.close)
                kept = [(one.acknowledged, await stored(store, one)) for one in people]
                drained = time.perf_counter() - drained
                ids = [(await newest(store, who)).id for who, _ in told]
                async with asyncio.timeout(120):
                    while not all(one in first for first in seen for one in ids):
                        await asyncio.sleep(AGAIN)
            late = [max(first[one] for first in seen) - told[n][1] for n, one in enumerate(ids)]
    quarter = len(memory) // 4
    return {
        "processes": len(urls),
        "waiting": queued,
        "acknowledged": sum(len(acknowledged) for acknowledged, _ in kept),
        "lost": sum(len(set(sent) - set(found)) for sent, found in kept),
        "out_of_order_or_twice": sum(sent != found for sent, found in kept),
        "steady": {"per_s": size.rate, "seconds": size.seconds, "ms": quantiles(steady)},
        "burst": {
            "per_s": size.burst_rate,
            "seconds": size.burst_seconds,
            "ms": quantiles(burst),
            "entered_after_s": round(drained, 1),
        },
        "crisis_to_every_console_ms": {
            "consoles": size.consoles,
            "steady": quantiles(late[:steadily]),
            "burst": quantiles(late[steadily:]) if late[steadily:] else None,
        },
        "memory_mb": {
            "second_quarter": statistics.median(memory[quarter : 2 * quarter] or memory),
            "last_quarter": statistics.median(memory[-quarter:] if quarter else memory),
        },
    }


def say(what: str) -> None:
    """What goes on now, for who waits."""
    print(f"{what} …", file=sys.stderr, flush=True)


def kept_its_word(figures: dict[str, Any]) -> bool:
    """Whether the promises hold that do not depend on the machine's mood, and the crisis's."""
    crisis = figures["crisis_to_every_console_ms"]
    return (
        figures["lost"] == figures["out_of_order_or_twice"] == 0
        and crisis["steady"]["p99"] < CRISIS_WITHIN_MS
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=FULL.seconds / 60)
    parser.add_argument("--waiting", type=int, default=FULL.waiting)
    parser.add_argument("--rate", type=int, default=FULL.rate, help="messages a second")
    parser.add_argument("--processes", type=int, default=1, help="gateways on one database")
    asked = parser.parse_args()
    size = replace(FULL, seconds=asked.minutes * 60, waiting=asked.waiting, rate=asked.rate)
    figures = asyncio.run(measure(size, partial(gateways, count=asked.processes)))
    print(json.dumps(figures, indent=2))
    return 0 if kept_its_word(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
