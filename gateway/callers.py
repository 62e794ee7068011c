"""Connections that hold something and ask nothing.

A connection costs a file descriptor, and a process has so many: whoever opens thousands of them
and says nothing, or sends a body byte by byte, would keep everybody else out, the platforms'
webhooks and the database's own files included. The library waits for an hour and longer.
"""

import asyncio
import resource
import time
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

LOOK_EVERY = 5.0


class Callers:
    """Closes connections whose caller takes too long, in seconds.

    `first`: until a first request was asked whole. `between`: from one request to the next; longer
    than a reverse proxy keeps a connection for later, or it would ask on one that is just closed.
    `body`: until the body of a request is there; a picture over a poor line takes minutes.
    """

    def __init__(
        self,
        *,
        first: float = 30.0,
        between: float = 300.0,
        body: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._first, self._between, self._body = first, between, body
        self._clock = clock
        # Since when, by connection: unheard, quiet, or asking.
        self._unheard: dict[Any, float] = {}
        self._quiet: dict[Any, float] = {}
        self._asking: dict[Any, tuple[float, web.Request]] = {}

    @property
    def middleware(self) -> Any:
        """Notes who asks; the outermost of all."""

        @web.middleware
        async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
            caller = request.protocol
            self._quiet.pop(caller, None)
            self._asking[caller] = self._clock(), request
            try:
                return await handler(request)
            finally:
                del self._asking[caller]
                self._quiet[caller] = self._clock()

        return note

    async def watch(self, server: web.Server) -> None:
        """Look until cancelled."""
        while True:
            self.look(server)
            await asyncio.sleep(LOOK_EVERY)

    def look(self, server: web.Server) -> None:
        """Close what is over its time now."""
        now, there = self._clock(), set(server.connections)
        self._quiet = {one: since for one, since in self._quiet.items() if one in there}
        unheard = there - self._quiet.keys() - self._asking.keys()
        self._unheard = {one: self._unheard.get(one, now) for one in unheard}
        late = [one for one, since in self._unheard.items() if now - since >= self._first]
        late += [one for one, since in self._quiet.items() if now - since >= self._between]
        late += [
            one
            for one, (since, request) in self._asking.items()
            if now - since >= self._body and not request.content.is_eof()
        ]
        for one in late:
            one.force_close()


def allow_connections() -> None:
    """Let this process have as many file descriptors as it may."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
