"""Events from the platforms, kept once."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from core.conversation import Contact
from core.errors import SealBroken
from core.events import Accepted, InboundEvent
from core.ids import ContactId, new_id
from core.ports import PendingEvent
from core.sealing import DataKey
from core.storage.identity import contact_behind
from core.storage.records import (
    ContactRecord,
    EventRecord,
    from_micros,
    report_set_aside,
    to_micros,
)
from core.storage.sqlite.rows import (
    Part,
    columns,
    insertion,
    names,
    record_of,
    replacement,
    values,
)
from core.storage.sqlite.worklist import require_lease, wish
from core.work import Lane, Lease, Wake

_INSERT_EVENT = insertion(EventRecord, "events")
_INSERT_CONTACT = insertion(ContactRecord, "contacts")

_REPLACE_CONTACT = replacement(ContactRecord, "contacts")

CONTACT = f"""
    SELECT {columns(ContactRecord, "contacts")}, data_keys.wrapped
    FROM contacts LEFT JOIN data_keys ON data_keys.subject = contacts.id"""
CONTACT_BY_ID = f"{CONTACT} WHERE contacts.id = ?"


def _by_ref(wanted: str) -> str:
    """Find a contact by its address or by an alias: a ref is one or the other.

    The second is looked for only when it is not the first.
    """
    return f"""
        SELECT {wanted}, data_keys.wrapped
        FROM contacts LEFT JOIN data_keys ON data_keys.subject = contacts.id
        WHERE contacts.ref = ?1
        UNION ALL SELECT {wanted}, data_keys.wrapped
        FROM aliases JOIN contacts ON contacts.id = aliases.contact_id
        LEFT JOIN data_keys ON data_keys.subject = contacts.id
        WHERE aliases.ref = ?1 LIMIT 1"""


CONTACT_BY_REF = _by_ref(columns(ContactRecord, "contacts"))
_KNOWN_BY_REF = _by_ref("contacts.id, contacts.ref")

_KEEP_ALIAS = """
    INSERT INTO aliases VALUES (?, ?)
    ON CONFLICT (ref) DO UPDATE SET contact_id = excluded.contact_id"""

KNOWN = "SELECT 1 FROM events WHERE ref = ?"
# A ref among the others, of nobody's: it goes when they go.
_KEEP_TAKEN_BACK = """
    INSERT OR IGNORE INTO events (ref, received_at, state) VALUES (?, ?, 'done')"""

PENDING = f"""
    SELECT {columns(EventRecord, "events")}, events.tries, data_keys.wrapped
    FROM events LEFT JOIN data_keys ON data_keys.subject = events.contact_id
    WHERE events.contact_id = ? AND events.state = 'pending'
    ORDER BY events.position LIMIT ?"""


@dataclass(frozen=True, slots=True)
class _Known:
    """A contact found by one of its ids, and its wrapped key."""

    id: str
    ref: str
    wrapped: bytes | None


def _known(connection: sqlite3.Connection, ref: str) -> _Known | None:
    row = connection.execute(_KNOWN_BY_REF, (ref,)).fetchone()
    return None if row is None else _Known(*row)


class InboxPart(Part):
    """See `core.ports.Inbox`."""

    async def accept_events(
        self, events: Sequence[InboundEvent], *, now: datetime, priority: int
    ) -> Sequence[Accepted]:
        """See `core.ports.Inbox`."""

        def operation(connection: sqlite3.Connection) -> list[Accepted]:
            accepted: list[Accepted] = []
            woken: dict[str, None] = {}
            for event in events:
                ref = self._codec.event_ref(event)
                known = connection.execute(KNOWN, (ref,)).fetchone()
                if known is None:
                    contact_id, key = self._contact_of(connection, event, now)
                    record = self._codec.seal_event(event, contact_id, now, key)
                    connection.execute(_INSERT_EVENT, values(record))
                    woken[contact_id] = None
                accepted.append(Accepted(event.event_id, duplicate=known is not None))
            wish(connection, [Wake(Lane.INBOUND, one, now, priority) for one in woken])
            return accepted

        return await self._write(operation)

    def _contact_of(
        self, connection: sqlite3.Connection, event: InboundEvent, now: datetime
    ) -> tuple[str, DataKey]:
        """The contact an event belongs to, known by all of the event's ids afterwards."""
        ids = self._codec.event_ids(event)
        found, renamed = contact_behind(ids, partial(_known, connection))
        if found is None:
            contact_id, key = self._new_contact(connection, event, ids.address, now)
        else:
            contact_id = found.id
            key = self._keys.unwrapped(contact_id, found.wrapped)
            if renamed:
                self._rename(connection, found, ids.address, key)
        for alias in ids.aliases:
            self._give(connection, alias, contact_id)
        return contact_id, key

    def _new_contact(
        self, connection: sqlite3.Connection, event: InboundEvent, address: str, now: datetime
    ) -> tuple[str, DataKey]:
        contact = Contact(
            id=ContactId(new_id()),
            channel=event.channel,
            account=event.account,
            address=address,
            created_at=now,
        )
        key = self._keys.created(connection, contact.id)
        connection.execute(_INSERT_CONTACT, values(self._codec.seal_contact(contact, key)))
        return contact.id, key

    def _rename(
        self, connection: sqlite3.Connection, known: _Known, address: str, key: DataKey
    ) -> None:
        """Give a contact its new address; the one before stays an alias."""
        row = connection.execute(CONTACT_BY_ID, (known.id,)).fetchone()
        contact = self._codec.open_contact(record_of(ContactRecord, row), key)
        contact = replace(contact, address=address)
        record = self._codec.seal_contact(contact, key)
        connection.execute(_REPLACE_CONTACT, (*values(record), record.id))
        connection.execute(_KEEP_ALIAS, (known.ref, known.id))

    def _give(self, connection: sqlite3.Connection, alias: str, contact_id: str) -> None:
        """Make an alias this contact's, whoever had it."""
        known = _known(connection, alias)
        if known is not None and known.id == contact_id:
            return
        if known is not None and known.ref == alias:
            connection.execute(
                "UPDATE contacts SET ref = ? WHERE id = ?",
                (self._codec.lost_ref(known.id), known.id),
            )
        connection.execute(_KEEP_ALIAS, (alias, contact_id))

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

    async def consume_too_early(
        self, event: InboundEvent, contact_id: ContactId, *, lease: Lease, now: datetime
    ) -> None:
        """See `core.ports.Inbox`."""
        ref = self._codec.event_ref(event)
        taken_back = self._codec.taken_back_ref(contact_id, event.target or "")

        def operation(connection: sqlite3.Connection) -> None:
            require_lease(connection, lease, now)
            consume(connection, ref)
            connection.execute(_KEEP_TAKEN_BACK, (taken_back, to_micros(now)))

        await self._write(operation)

    async def is_taken_back(self, contact_id: ContactId, provider_id: str) -> bool:
        """See `core.ports.Inbox`."""
        ref = self._codec.taken_back_ref(contact_id, provider_id)
        row = await self._read(lambda connection: connection.execute(KNOWN, (ref,)).fetchone())
        return row is not None

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
