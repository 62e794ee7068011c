"""Who opens connections and asks nothing: closed, while everybody else is served."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from gateway.callers import Callers


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class House:
    server: TestServer
    callers: Callers
    clock: Seconds

    async def call(self, said: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection, and what is said on it."""
        before = len(self.handler.connections)
        call = await asyncio.open_connection(self.server.host, self.server.port)
        call[1].write(said)
        await call[1].drain()
        async with asyncio.timeout(20):
            while len(self.handler.connections) == before:
                await asyncio.sleep(0.01)
        return call

    @property
    def handler(self) -> web.Server:
        assert isinstance(self.server.handler, web.Server)
        return self.server.handler

    def later(self, seconds: float) -> None:
        self.callers.look(self.handler)
        self.clock.now += seconds
        self.callers.look(self.handler)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    clock = Seconds()
    callers = Callers(first=30, between=300, body=300, clock=clock)

    async def read(request: web.Request) -> web.Response:
        return web.Response(text=f"{len(await request.read())}")

    async def socket(request: web.Request) -> web.WebSocketResponse:
        there = web.WebSocketResponse()
        await there.prepare(request)
        async for said in there:
            await there.send_str(said.data)
        return there

    app = web.Application(middlewares=[callers.middleware])
    app.router.add_routes([web.post("/", read), web.get("/", read), web.get("/socket", socket)])
    server = TestServer(app)
    async with server:
        yield House(server, callers, clock)


async def ended(call: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> bool:
    async with asyncio.timeout(20):
        try:
            return await call[0].read() == b""
        except ConnectionError:
            return True


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: a"])
async def test_who_never_asks_is_let_go(house: House, said: bytes) -> None:
    silent = await house.call(said)
    house.later(29)
    asking = aiohttp.ClientSession()
    async with asking, asking.get(house.server.make_url("/")) as answer:
        assert answer.status == 200
    house.later(2)
    assert await ended(silent)


async def test_a_proxy_keeps_its_connection_for_later(house: House) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(2):
            async with session.get(house.server.make_url("/")) as answer:
                assert await answer.text() == "0"
            (before,) = house.handler.connections
            house.later(299)
        assert house.handler.connections == [before]
        house.later(2)
        async with asyncio.timeout(20):
            while house.handler.connections:
                await asyncio.sleep(0.01)


async def test_a_body_that_does_not_come_is_not_waited_for(house: House) -> None:
    slow = await house.call(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n{")
    async with asyncio.timeout(20):
        while not house.callers._asking:
            await asyncio.sleep(0.01)
    house.later(299)
    assert house.handler.connections
    house.later(2)
    assert await ended(slow)


async def test_a_socket_that_is_silent_for_hours_stays(house: House) -> None:
    session = aiohttp.ClientSession()
    async with session, session.ws_connect(house.server.make_url("/socket")) as socket:
        for _ in range(3):
            house.later(4000)
            await socket.send_str("there?")
            assert await socket.receive_str(timeout=20) == "there?"


def test_a_process_has_all_the_descriptors_that_it_may_have() -> None:
    code = (
        "import resource; from gateway.callers import allow_connections;"
        "most = resource.getrlimit(resource.RLIMIT_NOFILE)[1];"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, most)); allow_connections();"
        "assert resource.getrlimit(resource.RLIMIT_NOFILE) == (most, most)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
