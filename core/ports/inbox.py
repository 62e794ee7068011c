"""Events from the platforms, kept once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.events import Accepted, InboundEvent
from core.ids import ContactId
from core.work import Lease


@dataclass(frozen=True, slots=True)
class PendingEvent:
    """An accepted event that waits to enter its conversation, and how often that was tried."""

    event: InboundEvent
    received_at: datetime
    tries: int


class Inbox(Protocol):
    """Events from the platforms: kept once, before anyone is told that they arrived."""

    async def accept_events(
        self, events: Sequence[InboundEvent], *, now: datetime, priority: int
    ) -> Sequence[Accepted]:
        """Keep events unseen so far, unique by (channel, account, event id), in this order.

        Finds the contact of each event's `person` (never None here), or creates it, and wakes its
        inbound lane. All or none are kept. Which contact an event belongs to:
        the one whose id or alias the person is; else the one known by `event.previous`; else one
        known by an id in `event.aliases` and by nothing better. In the last two cases the person
        becomes the contact's address, and the id before an alias. New aliases are kept; an alias
        that comes with another person is that person's from then on, for numbers change hands.
        """

    async def pending_events(self, contact_id: ContactId, *, limit: int) -> Sequence[PendingEvent]:
        """The contact's accepted events not yet consumed or quarantined, oldest first.

        An event that cannot be opened (damaged, or its key gone) is quarantined at once, here, and
        logged without its content; those behind it are returned.
        """

    async def consume_event(self, event: InboundEvent, *, lease: Lease, now: datetime) -> None:
        """Mark an event done that changes no conversation. Its content is erased, its id kept.

        Raises LeaseLost.
        """

    async def consume_too_early(
        self, event: InboundEvent, contact_id: ContactId, *, lease: Lease, now: datetime
    ) -> None:
        """Mark an event done that takes back the contact's message `event.target`, which has not
        come yet: `is_taken_back` says so for as long as ids of events are kept.

        Raises LeaseLost.
        """

    async def is_taken_back(self, contact_id: ContactId, provider_id: str) -> bool:
        """Whether the contact took this message back before it came."""

    async def event_failed(
        self, event: InboundEvent, *, lease: Lease, now: datetime, quarantine_after: int
    ) -> bool:
        """Count a failed try; True when the event is now quarantined, out of the others' way.

        Raises LeaseLost.
        """
