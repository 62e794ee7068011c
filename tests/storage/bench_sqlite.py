"""How fast the SQLite engine is on this machine. Run as a program: `bench_sqlite.py [FOLDER]`.

The folder decides which disk is measured; every write counted here was durable when it returned.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from core.clock import system_clock
from core.ports import Store
from core.storage.sqlite import SqliteStore
from core.work import ORDINARY, Lane, Wake
from tests.builders import LEASE, NOON, a_vault, an_event, at

_DEPTH = 5_000


async def _timed(
    name: str, count: int, callers: int, step: Callable[[int], Awaitable[object]]
) -> None:
    """Print rate and latency of `count` steps, begun by `callers` at a time."""
    numbers = iter(range(count))
    latencies: list[float] = []

    async def caller() -> None:
        for number in numbers:
            begun = time.perf_counter()
            await step(number)
            latencies.append(time.perf_counter() - begun)

    begun = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    rate = count / (time.perf_counter() - begun)
    latencies.sort()
    p50, p99 = (latencies[int(count * part)] * 1000 for part in (0.5, 0.99))
    print(f"{name}, {callers} callers: {rate:.0f}/s, p50 {p50:.1f} ms, p99 {p99:.1f} ms")


async def measure(store: Store) -> None:
    """Accepting events, and claiming from a deep lane."""

    async def accept(number: int) -> None:
        event = an_event(sender=f"s{number % 1000}", text="on me harcèle depuis hier, que faire ?")
        await store.accept_events([event], now=system_clock(), priority=ORDINARY)

    async def claim(_: int) -> None:
        assert await store.claim_work(Lane.WATCH, now=at(10), lease_for=LEASE, limit=1)

    await _timed("accept_events", 10_000, 50, accept)
    await _timed("accept_events", 1_000, 1, accept)
    await store.wake([Wake(Lane.WATCH, f"k{n}", NOON) for n in range(_DEPTH)])
    await _timed(f"claim_work from {_DEPTH} deep", 200, 1, claim)
    await _timed(f"claim_work until none of {_DEPTH} is left", _DEPTH - 200, 50, claim)


async def main(folder: str | None) -> None:
    """Measure a store on a new file."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        store = SqliteStore(Path(made) / "relais.db", a_vault())
        await store.open()
        await measure(store)
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None))
