"""Who is there: the last sign of life of each listener, their own word and where they write, one
small row each."""

from collections.abc import Sequence
from datetime import datetime

from core.accounts import Attendance, Availability
from core.ids import ConversationId, ListenerId
from core.storage.records import attendance_of, to_micros
from core.storage.sqlite.rows import Part

_NOTE = """
    INSERT INTO presence (listener_id, seen_at) VALUES (?, ?)
    ON CONFLICT (listener_id) DO UPDATE SET seen_at = max(seen_at, excluded.seen_at)"""
_WRITE = """
    INSERT INTO presence (listener_id, seen_at, writes_in, writes_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (listener_id) DO UPDATE SET
        seen_at = max(seen_at, excluded.seen_at),
        writes_in = excluded.writes_in,
        writes_at = excluded.writes_at"""
_SAY = """
    INSERT INTO presence (listener_id, seen_at, availability, since) VALUES (?, ?, ?, ?)
    ON CONFLICT (listener_id) DO UPDATE SET
        seen_at = max(seen_at, excluded.seen_at),
        availability = excluded.availability,
        since = excluded.since"""
_PRESENT = """
    SELECT listener_id, seen_at, availability, since, writes_in, writes_at
    FROM presence WHERE seen_at >= ?"""
# Reads the index of held conversations, in its order, and one row of `presence` a listener.
ABSENT = """
    SELECT listener_id FROM conversations
    WHERE is_open = 1 AND listener_id > ''
    GROUP BY listener_id
    HAVING max(claimed_at) < ?1 AND NOT EXISTS (
        SELECT 1 FROM presence
        WHERE presence.listener_id = conversations.listener_id AND seen_at >= ?1
    )"""


class PresencePart(Part):
    """See `core.ports.Presence`."""

    async def note_present(self, listener_id: ListenerId, *, now: datetime) -> None:
        """See `core.ports.Presence`."""
        row = (listener_id, to_micros(now))
        await self._write(lambda connection: connection.execute(_NOTE, row))

    async def note_writing(
        self, listener_id: ListenerId, conversation_id: ConversationId, *, now: datetime
    ) -> None:
        """See `core.ports.Presence`."""
        row = (listener_id, to_micros(now), conversation_id, to_micros(now))
        await self._write(lambda connection: connection.execute(_WRITE, row))

    async def set_availability(
        self, listener_id: ListenerId, availability: Availability, *, now: datetime
    ) -> None:
        """See `core.ports.Presence`."""
        row = (listener_id, to_micros(now), availability.value, to_micros(now))
        await self._write(lambda connection: connection.execute(_SAY, row))

    async def present(self, *, since: datetime) -> Sequence[Attendance]:
        """See `core.ports.Presence`."""
        rows = await self._read(
            lambda connection: connection.execute(_PRESENT, (to_micros(since),)).fetchall()
        )
        return [attendance_of(*row) for row in rows]

    async def absent_holders(self, *, before: datetime) -> Sequence[ListenerId]:
        """See `core.ports.Presence`."""
        rows = await self._read(
            lambda connection: connection.execute(ABSENT, (to_micros(before),)).fetchall()
        )
        return [ListenerId(listener_id) for (listener_id,) in rows]
