"""How soon what is committed stands before every console.

    .venv/bin/python -m benchmarks.bench_feed          (`--rate`, `--seconds`, `--consoles`)

One gateway, its assistant dead, and beside it this process, which commits to the same database as a
second gateway would: somebody who waits writes, so many times a second. Counted from the return of
the commit to the frame on each console's socket; of every change the last of all consoles, and one.
"""

import argparse
import asyncio
import itertools
import json
import math
import os
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.bench_gateway import VAULT, gateway, quantiles
from benchmarks.bench_surge import add_listeners, consoles
from core.conversation import Conversation
from core.labels import Urgency
from core.ports import Change
from core.storage.sqlite import SqliteStore
from tests.builders import a_contact, a_message, a_waiting

WAITING = 500
SETTLES = 5.0

Seen = dict[tuple[str, int], float]


async def line_of(store: SqliteStore, count: int) -> list[Conversation]:
    """So many people in the queue."""
    people = []
    for _ in range(count):
        now = datetime.now(UTC)
        one = a_waiting(await a_contact(store, now=now), Urgency.MODEREE, now, next_seq=1)
        await store.commit(Change(conversation=one), now=now)
        people.append(one)
    return people


async def write(store: SqliteStore, people: list[Conversation], rate: int, seconds: float) -> Seen:
    """Commit `rate` messages a second, each at its own moment; when each commit returned."""
    committed: Seen = {}
    turns = itertools.cycle(range(len(people)))
    began = time.perf_counter()

    async def one(number: int) -> None:
        now, before = datetime.now(UTC), people[number]
        said = a_message(before, before.next_seq, text="et encore un message", at=now)
        after = replace(
            before,
            version=before.version + 1,
            updated_at=now,
            next_seq=said.seq + 1,
            heard_seq=said.seq,
        )
        people[number] = after
        await store.commit(Change(conversation=after, messages=(said,)), now=now)
        committed[after.id, after.version] = time.perf_counter()

    async with asyncio.TaskGroup() as tasks:
        for count in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, began + count / rate - time.perf_counter()))
            tasks.create_task(one(next(turns)))
    return committed


async def measure(rate: int, seconds: float, count: int) -> dict[str, Any]:
    """Milliseconds from the commit to one console, and to the last of all."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await add_listeners(folder, count)
        async with AsyncExitStack() as up:
            store = SqliteStore(folder / "relais.db", VAULT)
            await store.open()
            up.push_async_callback(store.close)
            people = await line_of(store, WAITING)
            url, _ = await up.enter_async_context(gateway(folder, rasa_port=1))
            async with consoles([url], count, state_of) as seen:
                await asyncio.sleep(SETTLES)
                print(f"{rate} changes a second for {seconds:g} s …", file=sys.stderr, flush=True)
                committed = await write(store, people, rate, seconds)
                await asyncio.sleep(SETTLES)
    each = [shown(committed, one) for one in seen]
    last = {key: max(one[key] for one in each) for key in committed}
    return {
        "consoles": count,
        "changes": len(committed),
        "per_s": rate,
        "load": round(os.getloadavg()[0], 1),
        "one_console_ms": quantiles([each[0][key] - at for key, at in committed.items()]),
        "every_console_ms": quantiles([last[key] - at for key, at in committed.items()]),
    }


def shown(committed: Seen, seen: Seen) -> Seen:
    """When each committed state was shown, itself or a newer one of the same conversation."""
    found: Seen = {}
    for one, version in sorted(committed, reverse=True):
        newer = found.get((one, version + 1), math.inf)
        found[one, version] = min(seen.get((one, version), math.inf), newer)
    return found


def state_of(frame: dict[str, Any]) -> tuple[str, int] | None:
    """Which state of which conversation a frame tells."""
    if frame["type"] != "summary":
        return None
    return frame["summary"]["id"], frame["summary"]["version"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rate", type=int, default=200, help="changes a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--consoles", type=int, default=17)
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(measure(asked.rate, asked.seconds, asked.consoles)), indent=2))


if __name__ == "__main__":
    main()
