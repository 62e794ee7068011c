"""Events from the platforms, kept once."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime

from core.conversation import Contact
from core.errors import SealBroken
from core.events import Accepted, InboundEvent
from core.ids import ContactId, new_id
from core.ports import PendingEvent
from core.sealing import DataKey
from core.storage.records import (
    ContactRecord,
    EventRecord,
    from_micros,
    report_set_aside,
)
from core.storage.sqlite.rows import Part, columns, insertion, names, record_of, values
from core.storage.sqlite.worklist import require_lease, wish
from core.work import Lane, Lease, Wake

_INSERT_EVENT = insertion(EventRecord, "events")
_INSERT_CONTACT = insertion(ContactRecord, "contacts")

FIND_CONTACT = """
    SELECT contacts.id, data_keys.wrapped
    FROM contacts LEFT JOIN data_keys ON data_keys.subject = contacts.id
    WHERE contacts.ref = ?"""

PENDING = f"""
    SELECT {columns(EventRecord, "events")}, events.tries, data_keys.wrapped
    FROM events LEFT JOIN data_keys ON data_keys.subject = events.contact_id
    WHERE events.contact_id = ? AND events.state = 'pending'
    ORDER BY events.position LIMIT ?"""


class InboxPart(Part):
    """See `core.ports.Inbox`."""

    async def accept_events(
        self, events: Sequence[InboundEvent], *, now: datetime, priority: int
    ) -> Sequence[Accepted]:
        """See `core.ports.Inbox`."""

        def operation(connection: sqlite3.Connection) -> list[Accepted]:
            accepted: list[Accepted] = []
            woken: dict[ContactId, None] = {}
            for event in events:
                ref = self._codec.event_ref(event)
                known = connection.execute("SELECT 1 FROM events WHERE ref = ?", (ref,)).fetchone()
                if known is None:
                    contact_id, key = self._sender(connection, event, now)
                    record = self._codec.seal_event(event, contact_id, now, key)
                    connection.execute(_INSERT_EVENT, values(record))
                    woken[contact_id] = None
                accepted.append(Accepted(event.event_id, duplicate=known is not None))
            wish(connection, [Wake(Lane.INBOUND, one, now, priority) for one in woken])
            return accepted

        return await self._write(operation)

    def _sender(
        self, connection: sqlite3.Connection, event: InboundEvent, now: datetime
    ) -> tuple[ContactId, DataKey]:
        """The contact who sent an event, made when they are new."""
        ref = self._codec.contact_ref(event.channel, event.account, event.sender)
        row = connection.execute(FIND_CONTACT, (ref,)).fetchone()
        if row is not None:
            contact_id, wrapped = row
            return contact_id, self._keys.unwrapped(contact_id, wrapped)
        contact = Contact(
            id=ContactId(new_id()),
            channel=event.channel,
            account=event.account,
            address=event.sender,
            created_at=now,
        )
        key = self._keys.created(connection, contact.id)
        connection.execute(_INSERT_CONTACT, values(self._codec.seal_contact(contact, key)))
        return contact.id, key

    async def pending_events(self, contact_id: ContactId, *, limit: int) -> Sequence[PendingEvent]:
        """See `core.ports.Inbox`."""

        def operation(connection: sqlite3.Connection) -> tuple[list[PendingEvent], list[str]]:
            pending: list[PendingEvent] = []
            broken: list[str] = []
            for row in connection.execute(PENDING, (contact_id, limit)).fetchall():
                record = record_of(EventRecord, row)
                tries, wrapped = row[len(names(EventRecord)) :]
                try:
                    key = self._keys.unwrapped(contact_id, wrapped)
                    event = self._codec.open_event(record, key)
                except SealBroken:
                    broken.append(record.ref)
                else:
                    pending.append(PendingEvent(event, from_micros(record.received_at), tries))
            return pending, broken

        while True:
            pending, broken = await self._read(operation)
            if not broken:
                return pending
            await self._set_aside(broken)  # and look at those behind them

    async def _set_aside(self, refs: Sequence[str]) -> None:
        def operation(connection: sqlite3.Connection) -> int:
            return connection.executemany(
                "UPDATE events SET state = 'quarantined' WHERE ref = ? AND state = 'pending'",
                [(ref,) for ref in refs],
            ).rowcount

        report_set_aside(await self._write(operation))

    async def consume_event(self, event: InboundEvent, *, lease: Lease, now: datetime) -> None:
        """See `core.ports.Inbox`."""
        ref = self._codec.event_ref(event)

        def operation(connection: sqlite3.Connection) -> None:
            require_lease(connection, lease, now)
            consume(connection, ref)

        await self._write(operation)

    async def event_failed(
        self, event: InboundEvent, *, lease: Lease, now: datetime, quarantine_after: int
    ) -> bool:
        """See `core.ports.Inbox`."""
        ref = self._codec.event_ref(event)

        def operation(connection: sqlite3.Connection) -> bool:
            require_lease(connection, lease, now)
            connection.execute(
                """UPDATE events SET tries = tries + 1,
                    state = CASE WHEN tries + 1 >= ? THEN 'quarantined' ELSE 'pending' END
                WHERE ref = ? AND state = 'pending'""",
                (quarantine_after, ref),
            )
            quarantined = connection.execute(
                "SELECT 1 FROM events WHERE ref = ? AND state = 'quarantined'", (ref,)
            ).fetchone()
            return quarantined is not None

        return await self._write(operation)


def consume(connection: sqlite3.Connection, ref: str) -> None:
    """Mark an event done: its body goes, its ref stays, so that it is never accepted again."""
    connection.execute(
        "UPDATE events SET state = 'done', body = NULL WHERE ref = ? AND state <> 'done'", (ref,)
    )
