"""How fast we may send: so many a second in all, and so many to one person.

Source: Meta, "Cloud API throughput": 80 messages a second for a number; to one person one every
6 seconds, after a burst of 45.
"""

import asyncio
from collections import OrderedDict
from datetime import timedelta

from aiolimiter import AsyncLimiter


class Pace:
    """Lets messages go at the rates that WhatsApp allows, in this process."""

    def __init__(
        self,
        *,
        per_second: float = 80,
        burst: int = 45,
        apart: float = 6.0,
        patience: float = 2.0,
        people: int = 10_000,
    ) -> None:
        self._all = AsyncLimiter(per_second, 1)
        self._burst = burst
        self._apart = apart
        self._patience = patience
        self._people = people
        # The longest unused first; those beyond `people` are forgotten, and may burst again.
        self._each: OrderedDict[str, AsyncLimiter] = OrderedDict()

    def __len__(self) -> int:
        return len(self._each)

    async def turn(self, address: str) -> timedelta | None:
        """Wait for the turn of a message to `address`; None when it may go now.

        Where that would take longer than `patience`: how long to wait before asking again.
        """
        one = self._limiter(address)
        # As much as drips away within our patience need not be free already.
        if not one.has_capacity(1 - min(1.0, self._patience / self._apart)):
            return timedelta(seconds=self._apart)
        try:
            async with asyncio.timeout(self._patience):
                await one.acquire()
                await self._all.acquire()
        except TimeoutError:
            return timedelta(seconds=self._patience)
        return None

    def _limiter(self, address: str) -> AsyncLimiter:
        limiter = self._each.get(address)
        if limiter is None:
            limiter = self._each[address] = AsyncLimiter(self._burst, self._burst * self._apart)
        self._each.move_to_end(address)
        while len(self._each) > self._people:
            self._each.popitem(last=False)
        return limiter
