"""Workers: take leased work from a lane and run its handler, several keys at a time.

Work that arrives on this process is taken at once; work of other processes, work that became due
and work whose lease ended is found by polling. A handler that fails gives its item back for later
and never stops the others.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from core.clock import Clock
from core.errors import Conflict, LeaseLost, StorageUnavailable
from core.ports import Store
from core.work import Lane, Lease

log = structlog.get_logger()

# Returns when to look again, or None when the item is done.
Handler = Callable[[Lease], Awaitable[timedelta | None]]

AFTER_CONFLICT = timedelta(milliseconds=50)
AFTER_FAILURE = timedelta(seconds=2)
# The database may be gone for a while: do not hammer it.
AFTER_OUTAGE = 0.5


class Bells:
    """One bell a lane, rung when there may be work due."""

    def __init__(self) -> None:
        self._bells = {lane: asyncio.Event() for lane in Lane}

    def ring(self, lane: Lane) -> None:
        """Have the lane's worker look now."""
        self._bells[lane].set()

    async def wait(self, lane: Lane, at_most: float) -> None:
        """Until the bell rings, or `at_most` seconds."""
        bell = self._bells[lane]
        try:
            async with asyncio.timeout(at_most):
                await bell.wait()
        except TimeoutError:
            pass
        bell.clear()


class Worker:
    """Runs one lane: at most `concurrency` items at once, each key by one worker everywhere."""

    def __init__(
        self,
        lane: Lane,
        handler: Handler,
        *,
        store: Store,
        bells: Bells,
        clock: Clock,
        concurrency: int,
        lease_for: timedelta,
        poll_every: float,
    ) -> None:
        self.lane = lane
        self._handler = handler
        self._store = store
        self._bells = bells
        self._clock = clock
        self._concurrency = concurrency
        self._lease_for = lease_for
        self._poll_every = poll_every
        self._running = 0
        self._stopping = False

    def stop(self) -> None:
        """Take nothing more; `run` returns when what runs has ended."""
        self._stopping = True
        self._bells.ring(self.lane)

    async def run(self) -> None:
        """Work until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            while not self._stopping:
                leases = await self._claim()
                for lease in leases:
                    self._running += 1
                    tasks.create_task(self._work(lease), name=f"{self.lane} item")
                if not leases or self._running >= self._concurrency:
                    await self._bells.wait(self.lane, self._poll_every)

    async def _claim(self) -> list[Lease]:
        free = self._concurrency - self._running
        if free <= 0:
            return []
        try:
            return list(
                await self._store.claim_work(
                    self.lane, now=self._clock(), lease_for=self._lease_for, limit=free
                )
            )
        except Exception as error:  # noqa: BLE001 - a lane that ends would stop everybody's messages
            if not isinstance(error, StorageUnavailable):
                log.error("claim_failed", lane=self.lane, error=type(error).__name__)
            await asyncio.sleep(AFTER_OUTAGE)
            return []

    async def _work(self, lease: Lease) -> None:
        try:
            again = await self._attempt(lease)
            await self._store.finish_work(
                lease,
                now=self._clock(),
                again_at=None if again is None else self._clock() + again,
            )
        except Exception as error:  # noqa: BLE001 - the lease ends by itself, and the work goes on
            log.warning("work_not_finished", lane=self.lane, error=type(error).__name__)
        finally:
            self._running -= 1
            self._bells.ring(self.lane)

    async def _attempt(self, lease: Lease) -> timedelta | None:
        try:
            return await self._handler(lease)
        except (Conflict, LeaseLost):
            return AFTER_CONFLICT
        except StorageUnavailable:
            return AFTER_FAILURE
        except Exception as error:  # noqa: BLE001 - one failure must not stop the rest
            # The type only: a message could quote what a person wrote.
            log.error("work_failed", lane=self.lane, error=type(error).__name__)
            return AFTER_FAILURE
