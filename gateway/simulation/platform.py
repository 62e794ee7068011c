"""What the fake platforms share: a server on loopback that records, delivers, and can play dead."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from core.errors import RelaisError
from gateway.simulation.faults import Fault, FaultKind, Faults
from gateway.simulation.inbox import Arrived, Inboxes

# What spoils the sending of a message to a person, on every platform.
SPOILS_A_SEND = (FaultKind.THROTTLED, FaultKind.ERROR, FaultKind.BLOCKED, FaultKind.CUT)
# What a platform takes in one upload.
_UPLOAD_LIMIT = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Call:
    """A call that the platform got. Never holds a token."""

    method: str
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """A file on the platform's servers."""

    content: bytes
    mime: str


class FakePlatform(ABC):
    """A platform for tests and for `relais simulate`; an asynchronous context, on loopback only."""

    def __init__(self, *, host: str = "127.0.0.1", port: int = 0) -> None:
        self.calls: list[Call] = []
        self.inboxes = Inboxes()
        self.faults = Faults()
        self.files: dict[str, File] = {}
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    @abstractmethod
    def _routes(self) -> Iterable[web.RouteDef]:
        """The platform's API."""

    @property
    def url(self) -> str:
        """Where it listens; the same after it refused connections for a while."""
        return f"http://{self._host}:{self._port}"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=_UPLOAD_LIMIT)
        app.add_routes(self._routes())
        # A call that is made to hang must not keep the platform from closing.
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    @asynccontextmanager
    async def unreachable(self) -> AsyncIterator[None]:
        """Inside the block connections are refused, and those that were open are cut."""
        assert self._runner is not None
        assert self._site is not None
        await self._site.stop()
        if self._runner.server is not None:
            for connection in self._runner.server.connections:
                connection.force_close()
        try:
            yield
        finally:
            await self._listen()

    async def _listen(self) -> None:
        assert self._runner is not None
        self._site = web.TCPSite(self._runner, self._host, self._port)
        try:
            await self._site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise RelaisError(
                f"the fake platform cannot listen on {self.url} ({error.strerror})"
            ) from None
        self._port = self._runner.addresses[0][1]

    async def _deliver(self, request: web.Request, message: Arrived, fault: Fault | None) -> None:
        """Put a message into its person's inbox; under `cut` the caller never hears of it."""
        await self.inboxes.put(message)
        if fault is not None and fault.kind is FaultKind.CUT:
            await asyncio.sleep(fault.seconds)
            if request.transport is not None:
                request.transport.abort()
