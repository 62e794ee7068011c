"""What the lanes' handlers share: a lease that is kept, and errors that are the moment's."""

from datetime import timedelta

from core.clock import Clock
from core.errors import Conflict, LeaseLost, StorageUnavailable
from core.ports import Store
from core.work import Lease

# What the store says of the moment, not of the message: the worker tries again.
FROM_THE_STORE = (StorageUnavailable, LeaseLost, Conflict)
INBOUND_LEASE = timedelta(seconds=10)
# How often a decision is taken again because the conversation changed under it.
DECISIONS = 10


class Held:
    """A lease that is kept while its work goes on."""

    def __init__(self, lease: Lease, store: Store, clock: Clock) -> None:
        self.lease = lease
        self._store = store
        self._clock = clock

    async def extend(self) -> None:
        """Make sure of some seconds more. Raises LeaseLost."""
        now = self._clock()
        if self.lease.until - now < INBOUND_LEASE / 2:
            self.lease = await self._store.extend_lease(
                self.lease, now=now, lease_for=INBOUND_LEASE
            )
