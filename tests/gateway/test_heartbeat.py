"""Somebody outside hears from a gateway while it keeps messages, and silence when it does not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.errors import ConfigurationError, StorageUnavailable
from core.storage.sqlite import SqliteStore
from gateway.heartbeat import Heartbeat
from gateway.metrics import Metrics
from gateway.settings import load_settings
from tests.builders import a_vault
from tests.gateway.gateways import running

OFTEN = 0.02
PATIENCE = 30.0


class Outside:
    """Who waits for signs of life; answers with `status`."""

    def __init__(self) -> None:
        self.heard: list[web.Request] = []
        self.bodies: list[bytes] = []
        self.status = 200

    async def take(self, request: web.Request) -> web.Response:
        self.heard.append(request)
        self.bodies.append(await request.read())
        return web.Response(status=self.status)

    async def hears(self, more: int = 1) -> None:
        wanted = len(self.heard) + more
        await until(lambda: len(self.heard) >= wanted)


async def until(so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not so():
            await asyncio.sleep(OFTEN)


@asynccontextmanager
async def an_outside() -> AsyncIterator[tuple[Outside, str]]:
    outside = Outside()
    app = web.Application()
    app.router.add_route("*", "/ping/{id}", outside.take)
    async with TestServer(app) as server:
        yield outside, str(server.make_url("/ping/a-secret-id"))


class Told(Heartbeat):
    """A heartbeat that remembers what it was told of the process, sign by sign."""

    def __init__(self, url: str) -> None:
        super().__init__(url, every=OFTEN)
        self.told: list[bool] = []

    async def beat(self, keeps_messages: Callable[[], Awaitable[bool]], metrics: Metrics) -> None:
        async def noted() -> bool:
            self.told.append(await keeps_messages())
            return self.told[-1]

        await super().beat(noted, metrics)

    async def is_silent(self, outside: Outside) -> None:
        """Once told that all is not well it says nothing, however long that lasts."""
        await until(lambda: not self.told[-1])
        heard, told = len(outside.heard), len(self.told)
        await until(lambda: len(self.told) >= told + 10)
        assert not any(self.told[told:])
        assert len(outside.heard) == heard


@asynccontextmanager
async def beating(url: str, well: list[bool], metrics: Metrics) -> AsyncIterator[Told]:
    """A heartbeat whose process is well while the last of `well` says so."""

    async def keeps_messages() -> bool:
        return well[-1]

    heartbeat = Told(url)
    task = asyncio.create_task(heartbeat.beat(keeps_messages, metrics), name="heartbeat")
    try:
        yield heartbeat
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_it_is_heard_while_messages_are_kept_and_falls_silent_when_they_are_not() -> None:
    well, metrics = [True], Metrics()
    heard_at = metrics.registry.get_sample_value
    async with an_outside() as (outside, url), beating(url, well, metrics) as heartbeat:
        await outside.hears(2)
        await until(lambda: bool(heard_at("relais_heartbeat_timestamp_seconds")))
        well.append(False)
        await heartbeat.is_silent(outside)
        well.append(True)
        await outside.hears()
    assert set(outside.bodies) == {b""}
    assert {request.method for request in outside.heard} == {"GET"}


async def test_whoever_refuses_or_is_away_stops_nothing() -> None:
    metrics = Metrics()
    async with an_outside() as (outside, url):
        outside.status = 500
        async with beating(url, [True], metrics):
            await outside.hears(3)
            sample = metrics.registry.get_sample_value("relais_heartbeat_timestamp_seconds")
            assert sample == 0
            outside.status = 200
            await outside.hears(2)
    async with beating("http://127.0.0.1:9/nobody", [True], metrics) as heartbeat:
        await until(lambda: len(heartbeat.told) > 3)


class Failing(SqliteStore):
    """A database that can be taken away."""

    away = False

    async def check(self) -> None:
        if self.away:
            raise StorageUnavailable
        await super().check()


async def test_a_gateway_whose_database_is_gone_falls_silent(tmp_path: Path) -> None:
    store = Failing(tmp_path / "relais.db", a_vault())
    async with an_outside() as (outside, url):
        heartbeat = Told(url)
        async with running(tmp_path, store=store, heartbeat=heartbeat) as gateway:
            await outside.hears(2)
            store.away = True
            await heartbeat.is_silent(outside)
            assert (await gateway.client.get("/health/ready")).status == 503
            store.away = False
            await outside.hears()


@pytest.mark.parametrize("url", ["hc-ping.com/s3cret", "http://example.org/s3cret", "https://a b"])
def test_a_wrong_address_is_named_and_not_shown(
    url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("RELAIS_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("RELAIS_HEARTBEAT_URL", url)
    with pytest.raises(ConfigurationError, match="RELAIS_HEARTBEAT_URL") as caught:
        load_settings(None)
    assert url not in str(caught.value)
