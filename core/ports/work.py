"""Durable work with leases."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from core.work import Lane, Lease, Wake


class WorkList(Protocol):
    """Durable work with leases; see `core.work`."""

    async def claim_work(
        self, lane: Lane, *, now: datetime, lease_for: timedelta, limit: int
    ) -> Sequence[Lease]:
        """Lease up to `limit` items that are due, urgent first, then longest due."""

    async def extend_lease(self, lease: Lease, *, now: datetime, lease_for: timedelta) -> Lease:
        """The same lease with a later end. Raises LeaseLost."""

    async def finish_work(
        self, lease: Lease, *, now: datetime, again_at: datetime | None = None
    ) -> None:
        """Give an item back: gone, unless it was woken meanwhile or is wished again `again_at`.

        A lost lease is no error here: the item is somebody else's already.
        """

    async def wake(self, wakes: Sequence[Wake]) -> None:
        """Wish for work. An item that exists keeps its earlier moment and more urgent priority;
        one that is leased now is looked at again after its lease."""
