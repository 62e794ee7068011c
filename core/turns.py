"""A short line before what costs a processor's time: nobody can pile it up in front of others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Turns:
    """At most `at_once` of it go on at the same time, and `waiting` more wait for their turn.

    There is no count that a crowd could use up: whoever finds the line full finds room a moment
    later, as soon as anybody does.
    """

    def __init__(self, at_once: int, *, waiting: int) -> None:
        self._turns = asyncio.Semaphore(at_once)
        self._room = at_once + waiting
        self._here = 0

    @asynccontextmanager
    async def one_more(self) -> AsyncIterator[bool]:
        """Waits for a turn, which lasts as long as the block; False where the line is full."""
        if self._here >= self._room:
            yield False
            return
        self._here += 1
        try:
            async with self._turns:
                yield True
        finally:
            self._here -= 1
