"""A TCP proxy that fails on request, between the gateways and a platform."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum


class Weather(StrEnum):
    """What the proxy does to connections."""

    FINE = "fine"
    # Bytes arrive late.
    SLOW = "slow"
    # Connections are taken, and nothing ever comes back.
    HANGING = "hanging"
    # Connections end at once; those that are open are cut.
    CUT = "cut"


class Proxy:
    """Passes TCP on to one port of this machine, as the weather is."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._weather = Weather.FINE
        self._open: set[asyncio.StreamWriter] = set()
        self.port = 0

    def turn(self, weather: Weather) -> None:
        """Change the weather. Open connections feel it too."""
        self._weather = weather
        if weather is Weather.CUT:
            for writer in self._open:
                writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            if self._weather is Weather.CUT:
                return
            to_reader, to_writer = await asyncio.open_connection("127.0.0.1", self._to)
            self._open.add(to_writer)
            try:
                await asyncio.gather(self._pass(reader, to_writer), self._pass(to_reader, writer))
            finally:
                self._open.discard(to_writer)
                to_writer.close()
        except OSError:
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while content := await reader.read(65_536):
            if self._weather is Weather.SLOW:
                await asyncio.sleep(0.3)
            while self._weather is Weather.HANGING:
                await asyncio.sleep(0.05)
            writer.write(content)
            await writer.drain()
        with contextlib.suppress(OSError):
            writer.write_eof()


@asynccontextmanager
async def a_proxy(port: int) -> AsyncIterator[Proxy]:
    """A proxy before `port`, in fine weather."""
    proxy = Proxy(port)
    server = await asyncio.start_server(proxy._serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.turn(Weather.CUT)
