"""The action server as a turn sees it: watched, over connections that stay open for a moment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import Any

import aiohttp
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

# The action server closes a connection unused for 5 s: ours are given up well before, so that none
# is used in the moment in which it is being closed.
IDLE = 2.0

_failures: ContextVar[list[str]] = ContextVar("action_failures")


@contextmanager
def failures() -> Iterator[list[str]]:
    """What fails of the action server in the turn played inside."""
    noted: list[str] = []
    token = _failures.set(noted)
    try:
        yield noted
    finally:
        _failures.reset(token)


class ActionServer(EndpointConfig):
    """Notes failures, which Rasa swallows to answer an empty 200. Close it in its own loop.

    Rasa by itself opens a session and a connection for each call, and sends its domain along.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url, enable_selective_domain=True)
        self._kept: aiohttp.ClientSession | None = None

    def session(self) -> AbstractAsyncContextManager[aiohttp.ClientSession]:
        """The one session, lent: the caller's `async with` leaves it open."""
        if self._kept is None:
            self._kept = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(keepalive_timeout=IDLE),
                timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
            )
        return nullcontext(self._kept)

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super().request(*args, **kwargs)
        except ClientResponseError as error:
            if error.status != 400:  # 400 is how an action declines to run: not a failure
                _failures.get([]).append(f"status {error.status}")
            raise
        except Exception as error:
            _failures.get([]).append(type(error).__name__)
            raise

    async def close(self) -> None:
        """Let go of the connections."""
        if self._kept is not None:
            await self._kept.close()
