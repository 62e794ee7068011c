"""Everything held about one person."""

import sqlite3
from collections.abc import Sequence

from core.conversation import Conversation
from core.errors import SealBroken
from core.ids import ContactId
from core.ports import HeldEvent
from core.storage.records import EventRecord, from_micros
from core.storage.sqlite.conversations import CONVERSATIONS_OF, ConversationsPart
from core.storage.sqlite.rows import columns, record_of

# In the order of arrival, without a sort: the index ends in the row's number.
EVENTS_OF = f"""
    SELECT {columns(EventRecord, "events")}, events.state, data_keys.wrapped
    FROM events LEFT JOIN data_keys ON data_keys.subject = events.contact_id
    WHERE events.contact_id = ? ORDER BY events.position"""
COUNT_ALIASES = "SELECT count(*) FROM aliases WHERE contact_id = ?"


class HoldingsPart(ConversationsPart):
    """See `core.ports.Holdings`."""

    async def conversations_of(self, contact_id: ContactId) -> Sequence[Conversation]:
        """See `core.ports.Holdings`."""
        found = await self._conversations(CONVERSATIONS_OF, contact_id)
        return sorted(found, key=lambda one: one.first_seq)

    async def events_of(self, contact_id: ContactId) -> Sequence[HeldEvent]:
        """See `core.ports.Holdings`."""

        def operation(connection: sqlite3.Connection) -> list[HeldEvent]:
            held = []
            for row in connection.execute(EVENTS_OF, (contact_id,)).fetchall():
                record, (state, wrapped) = record_of(EventRecord, row), row[-2:]
                try:
                    key = self._keys.unwrapped(contact_id, wrapped)
                    event = self._codec.open_event(record, key)
                except SealBroken:
                    event = None
                at = from_micros(record.received_at)
                held.append(HeldEvent(received_at=at, state=state, event=event))
            return held

        return await self._read(operation)

    async def other_ids(self, contact_id: ContactId) -> int:
        """See `core.ports.Holdings`."""
        ((count,),) = await self._read(
            lambda connection: connection.execute(COUNT_ALIASES, (contact_id,)).fetchall()
        )
        return int(count)
