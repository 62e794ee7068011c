"""The dead-man check: an address outside hears from us while messages can be kept.

Whoever watches from inside dies with what it watches. So somebody outside waits for a sign of life
(healthchecks.io, an uptime monitor's "push" address, a cron job at a partner's) and calls people
when none comes. Silence is the alarm; nothing else is ever said: no state, no figure, no name.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable

import aiohttp
import structlog

from gateway.metrics import Metrics

log = structlog.get_logger()

# Seconds between two signs; whoever listens should wait for three of them before they call.
EVERY = 60.0
# A listener that does not answer in this time has not heard us.
WITHIN = 10.0


class Heartbeat:
    """Gives signs of life to `url`, which is as secret as a token: never log it."""

    def __init__(self, url: str, *, every: float = EVERY, within: float = WITHIN) -> None:
        self._url = url
        self._every = every
        self._timeout = aiohttp.ClientTimeout(total=within)

    async def beat(self, keeps_messages: Callable[[], Awaitable[bool]], metrics: Metrics) -> None:
        """For ever: a GET of the address whenever `keeps_messages` says so; else silence.

        An address that cannot be reached is tried again at the next beat, and stops nothing.
        """
        async with aiohttp.ClientSession(timeout=self._timeout) as session:
            while True:
                if await keeps_messages() and await self._heard(session):
                    metrics.heard_at.set(time.time())
                await asyncio.sleep(self._every)

    async def _heard(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(self._url, allow_redirects=False) as answer:
                if answer.status < 300:
                    return True
                log.warning("heartbeat_refused", code=str(answer.status))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            log.warning("heartbeat_failed", error=type(error).__name__)
        return False
