"""What is held about one person: for their right to see all of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.conversation import Conversation
from core.events import InboundEvent
from core.ids import ContactId


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldEvent:
    """An accepted event as it is kept. `event` is None once it was consumed: only its moment and
    the hash of its id are left, or when it cannot be opened any more (`state` tells)."""

    received_at: datetime
    state: str
    event: InboundEvent | None


class Holdings(Protocol):
    """The parts of a person's data that nothing else asks for whole."""

    async def conversations_of(self, contact_id: ContactId) -> Sequence[Conversation]:
        """All of the contact's conversations, oldest first. Raises SealBroken."""

    async def events_of(self, contact_id: ContactId) -> Sequence[HeldEvent]:
        """The contact's accepted events, consumed and quarantined ones included, oldest first."""

    async def other_ids(self, contact_id: ContactId) -> int:
        """By how many further ids the contact is found; they are kept as keyed hashes only."""
