"""A store that tells this process what it just wrote, so that nobody here waits for a poll.

Only a hint: other processes learn of a change by polling, and so would this one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol, cast

from core.conversation import Delivery, Message
from core.events import Accepted, InboundEvent
from core.ids import ContactId, ConversationId
from core.ports import Change, Store
from core.work import Lane, Lease, Wake


class Observer(Protocol):
    """Told after a write is durable. Must return at once and must not raise."""

    def lane_woken(self, lane: Lane) -> None:
        """There may be work due in `lane`."""

    def touched(
        self, conversation_id: ConversationId, contact_id: ContactId | None, at: datetime
    ) -> None:
        """A conversation changed, or (no contact named) the delivery of one of its messages."""


class _ObservedStore:
    def __init__(self, store: Store, observer: Observer) -> None:
        self._store = store
        self._observer = observer

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def accept_events(
        self, events: Sequence[InboundEvent], *, now: datetime, priority: int
    ) -> Sequence[Accepted]:
        accepted = await self._store.accept_events(events, now=now, priority=priority)
        if any(not receipt.duplicate for receipt in accepted):
            self._observer.lane_woken(Lane.INBOUND)
        return accepted

    async def commit(
        self,
        change: Change,
        *,
        now: datetime,
        lease: Lease | None = None,
        consumed: Sequence[InboundEvent] = (),
    ) -> None:
        await self._store.commit(change, now=now, lease=lease, consumed=consumed)
        conversation = change.conversation
        for lane in {wake.lane for wake in change.wakes}:
            self._observer.lane_woken(lane)
        self._observer.touched(conversation.id, conversation.contact_id, now)

    async def wake(self, wakes: Sequence[Wake]) -> None:
        await self._store.wake(wakes)
        for lane in {wake.lane for wake in wakes}:
            self._observer.lane_woken(lane)

    async def settle_delivery(
        self, message: Message, delivery: Delivery, *, lease: Lease, now: datetime
    ) -> None:
        await self._store.settle_delivery(message, delivery, lease=lease, now=now)
        self._observer.touched(message.conversation_id, None, now)


def observed(store: Store, observer: Observer) -> Store:
    """`store`, with `observer` told of what it writes."""
    return cast("Store", _ObservedStore(store, observer))
