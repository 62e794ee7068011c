"""How fast Telegram lets a bot write: about 30 messages a second, one a second to the same person.

Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this.
"""

import asyncio
from collections import OrderedDict
from datetime import timedelta

from aiolimiter import AsyncLimiter

PER_SECOND = 30
# Longer, and the message waits in the outbox, where it holds up nobody else's.
LONGEST_WAIT = timedelta(seconds=2)
# A chat that is forgotten may be written to at once; Telegram then says how long to wait.
CHATS = 10_000


class Pace:
    """Lets messages go no faster than Telegram takes them."""

    def __init__(
        self,
        *,
        per_second: float = PER_SECOND,
        longest: timedelta = LONGEST_WAIT,
        chats: int = CHATS,
    ) -> None:
        # One at a time, evenly: a larger bucket would let a burst through on top of the rate.
        self._all = AsyncLimiter(1, 1 / per_second)
        self.longest = longest
        self._most = chats
        self._chats: OrderedDict[str, AsyncLimiter] = OrderedDict()

    def __len__(self) -> int:
        return len(self._chats)

    async def turn(self, chat: str) -> bool:
        """Wait until a message to `chat` may go; False when that takes too long."""
        try:
            async with asyncio.timeout(self.longest.total_seconds()):
                await self._limiter(chat).acquire()
                await self._all.acquire()
        except TimeoutError:
            return False
        return True

    def _limiter(self, chat: str) -> AsyncLimiter:
        limiter = self._chats.setdefault(chat, AsyncLimiter(1, 1))
        self._chats.move_to_end(chat)
        if len(self._chats) > self._most:
            self._chats.popitem(last=False)
        return limiter
