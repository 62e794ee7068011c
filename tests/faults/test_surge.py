"""A small surge, measured as `make surge` measures a large one: every crisis is shown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from benchmarks.bench_surge import Gateways, Size, measure
from tests.faults.lab import GatewayProcess

SHORT = Size(50, 50, 20, 6.0, 200, 1.0, 17, 1.0)


@asynccontextmanager
async def without_its_reading(folder: Path) -> AsyncIterator[Gateways]:
    """A gateway of the laboratory: it starts at once, and knows one word of danger."""
    gateway = GatewayProcess(folder, f"sqlite:///{folder / 'relais.db'}", "http://127.0.0.1:9")
    gateway.start()
    try:
        async with aiohttp.ClientSession() as session:
            await gateway.ready(session)
        yield [(gateway.url, gateway.pid)]
    finally:
        await gateway.stop()


@pytest.mark.timeout(900)
async def test_a_surge_loses_nothing_and_shows_every_crisis() -> None:
    figures = await measure(SHORT, without_its_reading, "DANGER")
    wanted = SHORT.rate * SHORT.seconds + SHORT.burst_rate * SHORT.burst_seconds
    assert figures["acknowledged"] == wanted
    assert figures["lost"] == 0
    assert figures["out_of_order_or_twice"] == 0
    # One that no console showed would have ended in a time-out.
    assert figures["crisis_to_every_console_ms"]["steady"]["count"] >= 1
    print(figures)
