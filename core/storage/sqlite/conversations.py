"""Conversations, their messages and tickets, and the outbox."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.conversation import Contact, Conversation, Delivery, DeliveryStatus, Message
from core.errors import Conflict, DuplicateMessage, NotFound, SealBroken
from core.events import InboundEvent
from core.ids import ContactId, ConversationId, ListenerId, MessageId
from core.labels import Urgency
from core.ports import Change, QueueFigures, Touched
from core.sealing import DataKey
from core.storage.records import (
    QUEUED,
    ContactRecord,
    ConversationRecord,
    MessageRecord,
    from_micros,
    report_unreadable,
    to_micros,
)
from core.storage.sqlite.inbox import consume
from core.storage.sqlite.rows import (
    Part,
    columns,
    insertion,
    record_of,
    replacement,
    values,
)
from core.storage.sqlite.worklist import require_lease, wish
from core.work import Lease

_INSERT_CONVERSATION = insertion(ConversationRecord, "conversations")
_REPLACE_CONVERSATION = replacement(ConversationRecord, "conversations")
_INSERT_MESSAGE = insertion(MessageRecord, "messages")
_REPLACE_MESSAGE = replacement(MessageRecord, "messages")

_CONTACT = f"""
    SELECT {columns(ContactRecord, "contacts")}, data_keys.wrapped
    FROM contacts LEFT JOIN data_keys ON data_keys.subject = contacts.id"""
CONTACT_BY_ID = f"{_CONTACT} WHERE contacts.id = ?"
CONTACT_BY_REF = f"{_CONTACT} WHERE contacts.ref = ?"

_CONVERSATION = f"""
    SELECT {columns(ConversationRecord, "conversations")}, data_keys.wrapped
    FROM conversations LEFT JOIN data_keys ON data_keys.subject = conversations.id"""
CONVERSATION_BY_ID = f"{_CONVERSATION} WHERE conversations.id = ?"
LATEST = f"""{_CONVERSATION} WHERE conversations.contact_id = ?
    ORDER BY conversations.is_open DESC, conversations.first_seq DESC LIMIT 1"""
# Lists have no LIMIT: the reader stops once enough of their rows opened.
WAITING = f"""{_CONVERSATION} WHERE conversations.waiting = 1
    ORDER BY conversations.urgency DESC, conversations.waiting_since"""
HELD = f"""{_CONVERSATION}
    WHERE conversations.listener_id = ? AND conversations.is_open = 1
    ORDER BY conversations.claimed_at"""
IN_DANGER = f"""{_CONVERSATION}
    WHERE conversations.is_open = 1 AND conversations.danger_since IS NOT NULL
    ORDER BY conversations.danger_since"""

_MESSAGE = f"""
    SELECT {columns(MessageRecord, "messages")}, data_keys.wrapped
    FROM messages LEFT JOIN data_keys ON data_keys.subject = messages.conversation_id"""
MESSAGES = f"""{_MESSAGE} WHERE messages.conversation_id = ? AND messages.seq > ?
    ORDER BY messages.seq LIMIT ?"""
UNDELIVERED = f"""{_MESSAGE}
    WHERE messages.conversation_id = ? AND messages.delivery = '{QUEUED}'
    ORDER BY messages.seq"""
MESSAGE_BY_ID = f"{_MESSAGE} WHERE messages.id = ?"
MESSAGE_BY_PROVIDER = f"{_MESSAGE} WHERE messages.provider_ref = ? LIMIT 1"

CHANGED = """
    SELECT id, contact_id, updated_at FROM conversations
    WHERE updated_at > ? ORDER BY updated_at LIMIT ?"""

# Each of these reads only its own small index.
COUNT_WAITING = """
    SELECT count(*), min(waiting_since) FROM conversations WHERE waiting = 1 AND urgency = ?"""
OLDEST_DANGER = """
    SELECT danger_since FROM conversations WHERE is_open = 1 AND danger_since IS NOT NULL
    ORDER BY danger_since LIMIT 1"""
COUNT_QUARANTINED = "SELECT count(*) FROM events WHERE state = 'quarantined' AND position > 0"


class ConversationsPart(Part):
    """See `core.ports.Conversations` and `core.ports.Outbox`."""

    async def contact(self, contact_id: ContactId) -> Contact:
        """See `core.ports.Conversations`."""
        found = await self._contacts(CONTACT_BY_ID, contact_id)
        if not found:
            raise NotFound
        return found[0]

    async def find_contact(self, channel: str, account: str, address: str) -> Contact | None:
        """See `core.ports.Conversations`."""
        ref = self._codec.contact_ref(channel, account, address)
        found = await self._contacts(CONTACT_BY_REF, ref)
        return found[0] if found else None

    async def conversation(self, conversation_id: ConversationId) -> Conversation:
        """See `core.ports.Conversations`."""
        found = await self._conversations(CONVERSATION_BY_ID, conversation_id)
        if not found:
            raise NotFound
        return found[0]

    async def latest_conversation(self, contact_id: ContactId) -> Conversation | None:
        """See `core.ports.Conversations`."""
        found = await self._conversations(LATEST, contact_id)
        return found[0] if found else None

    async def messages(
        self, conversation_id: ConversationId, *, after: int = 0, limit: int = 1000
    ) -> Sequence[Message]:
        """See `core.ports.Conversations`."""
        return await self._messages(MESSAGES, conversation_id, after, limit)

    async def message(self, message_id: MessageId) -> Message | None:
        """See `core.ports.Conversations`."""
        found = await self._messages(MESSAGE_BY_ID, message_id)
        return found[0] if found else None

    async def commit(
        self,
        change: Change,
        *,
        now: datetime,
        lease: Lease | None = None,
        consumed: Sequence[InboundEvent] = (),
    ) -> None:
        """See `core.ports.Conversations`."""
        refs = [self._codec.event_ref(event) for event in consumed]

        def operation(connection: sqlite3.Connection) -> None:
            if lease is not None:
                require_lease(connection, lease, now)
            key = self._put_conversation(connection, change.conversation, now)
            for message in change.messages:
                self._add_message(connection, change.conversation, message, key)
            for ref in refs:
                consume(connection, ref)
            wish(connection, change.wakes)

        await self._write(operation)

    def _put_conversation(
        self, connection: sqlite3.Connection, conversation: Conversation, now: datetime
    ) -> DataKey:
        """Write a conversation over the version before it. The key its messages are sealed by."""
        row = connection.execute(
            "SELECT version, updated_at, contact_id FROM conversations WHERE id = ?",
            (conversation.id,),
        ).fetchone()
        stored, updated_at, contact_id = row or (0, 0, conversation.contact_id)
        if conversation.version != stored + 1:
            raise Conflict
        if conversation.contact_id != contact_id:
            raise NotFound("No such contact.")
        key = (
            self._keys.stored(connection, conversation.id)
            if row
            else self._keys.created(connection, conversation.id)
        )
        record = self._codec.seal_conversation(conversation, key)
        # Grows with every write, so that a writer whose clock is behind is heard all the same.
        record = replace(record, updated_at=max(updated_at + 1, to_micros(now)))
        try:
            if row:
                connection.execute(_REPLACE_CONVERSATION, (*values(record), record.id))
            else:
                connection.execute(_INSERT_CONVERSATION, values(record))
        except sqlite3.IntegrityError as error:
            if error.sqlite_errorname == "SQLITE_CONSTRAINT_FOREIGNKEY":
                raise NotFound("No such contact.") from None
            # The only other rule that can break: one open conversation a contact.
            raise Conflict from None
        return key

    def _add_message(
        self,
        connection: sqlite3.Connection,
        conversation: Conversation,
        message: Message,
        key: DataKey,
    ) -> None:
        if message.conversation_id != conversation.id:
            raise ValueError("a change holds messages of its own conversation only")
        if connection.execute("SELECT 1 FROM messages WHERE id = ?", (message.id,)).fetchone():
            raise DuplicateMessage
        record = self._codec.seal_message(
            message, channel=conversation.channel, account=conversation.account, key=key
        )
        try:
            connection.execute(_INSERT_MESSAGE, values(record))
        except sqlite3.IntegrityError:
            # Its place in the conversation is taken: the writer had not seen all of it.
            raise Conflict from None

    async def waiting(self, *, limit: int) -> Sequence[Conversation]:
        """See `core.ports.Conversations`."""
        return await self._listed(WAITING, limit=limit)

    async def held_by(self, listener_id: ListenerId) -> Sequence[Conversation]:
        """See `core.ports.Conversations`."""
        return await self._listed(HELD, listener_id)

    async def in_danger(self, *, limit: int) -> Sequence[Conversation]:
        """See `core.ports.Conversations`."""
        return await self._listed(IN_DANGER, limit=limit)

    async def changed_since(self, moment: datetime, *, limit: int) -> Sequence[Touched]:
        """See `core.ports.Conversations`."""

        def operation(connection: sqlite3.Connection) -> list[Touched]:
            rows = connection.execute(CHANGED, (to_micros(moment), limit)).fetchall()
            return [Touched(one, contact, from_micros(at)) for one, contact, at in rows]

        return await self._read(operation)

    async def queue_figures(self) -> QueueFigures:
        """See `core.ports.Conversations`."""

        def operation(connection: sqlite3.Connection) -> QueueFigures:
            counts: dict[Urgency, int] = {}
            oldest: list[int] = []
            for urgency in Urgency:
                count, since = connection.execute(COUNT_WAITING, (urgency.rank,)).fetchone()
                counts[urgency] = count
                oldest += [since] if since is not None else []
            danger = connection.execute(OLDEST_DANGER).fetchone()
            (quarantined,) = connection.execute(COUNT_QUARANTINED).fetchone()
            return QueueFigures(
                waiting=counts,
                oldest_waiting_since=from_micros(min(oldest)) if oldest else None,
                oldest_danger_since=from_micros(danger[0]) if danger else None,
                quarantined=quarantined,
            )

        return await self._read(operation)

    async def undelivered(self, conversation_id: ConversationId) -> Sequence[Message]:
        """See `core.ports.Outbox`."""
        return await self._messages(UNDELIVERED, conversation_id)

    async def settle_delivery(
        self, message: Message, delivery: Delivery, *, lease: Lease, now: datetime
    ) -> None:
        """See `core.ports.Outbox`."""

        def operation(connection: sqlite3.Connection) -> None:
            require_lease(connection, lease, now)
            row = connection.execute(MESSAGE_BY_ID, (message.id,)).fetchone()
            if row is None:
                raise NotFound
            stored = self._open_message(row)
            settled = stored.delivery.settled(delivery) if stored.delivery else delivery
            self._put_delivery(connection, stored, settled, row, now)

        await self._write(operation)

    async def record_receipt(
        self,
        *,
        channel: str,
        account: str,
        provider_id: str,
        status: DeliveryStatus,
        error: str | None,
        now: datetime,
    ) -> MessageId | None:
        """See `core.ports.Outbox`."""
        ref = self._codec.provider_ref(channel, account, provider_id)

        def operation(connection: sqlite3.Connection) -> MessageId | None:
            row = connection.execute(MESSAGE_BY_PROVIDER, (ref,)).fetchone()
            if row is None:
                return None
            stored = self._open_message(row)
            if stored.delivery is None:
                return None
            if stored.delivery.status.after(status) is not stored.delivery.status:
                delivery = replace(stored.delivery, status=status, error=error)
                self._put_delivery(connection, stored, delivery, row, now)
            return stored.id

        return await self._write(operation)

    def _put_delivery(
        self,
        connection: sqlite3.Connection,
        stored: Message,
        delivery: Delivery,
        row: Sequence[Any],
        now: datetime,
    ) -> None:
        """Write a message's new delivery, and note that its conversation changed."""
        found = connection.execute(CONVERSATION_BY_ID, (stored.conversation_id,)).fetchone()
        conversation = self._open_conversation(found)
        record = self._codec.seal_message(
            replace(stored, delivery=delivery),
            channel=conversation.channel,
            account=conversation.account,
            key=self._keys.unwrapped(stored.conversation_id, row[-1]),
        )
        connection.execute(_REPLACE_MESSAGE, (*values(record), record.id))
        connection.execute(
            "UPDATE conversations SET updated_at = max(updated_at + 1, ?) WHERE id = ?",
            (to_micros(now), stored.conversation_id),
        )

    async def _contacts(self, query: str, *arguments: object) -> list[Contact]:
        return await self._read(
            lambda connection: [
                self._codec.open_contact(
                    record_of(ContactRecord, row), self._keys.unwrapped(row[0], row[-1])
                )
                for row in connection.execute(query, arguments).fetchall()
            ]
        )

    async def _conversations(self, query: str, *arguments: object) -> list[Conversation]:
        return await self._read(
            lambda connection: [
                self._open_conversation(row)
                for row in connection.execute(query, arguments).fetchall()
            ]
        )

    async def _listed(
        self, query: str, *arguments: object, limit: int | None = None
    ) -> list[Conversation]:
        """Up to `limit` conversations that open; those that do not are passed by and logged."""

        def operation(connection: sqlite3.Connection) -> tuple[list[Conversation], int]:
            found: list[Conversation] = []
            unreadable = 0
            with closing(connection.execute(query, arguments)) as rows:
                for row in rows:
                    if limit is not None and len(found) >= limit:
                        break
                    try:
                        found.append(self._open_conversation(row))
                    except SealBroken:
                        unreadable += 1
            return found, unreadable

        found, unreadable = await self._read(operation)
        report_unreadable(unreadable)
        return found

    async def _messages(self, query: str, *arguments: object) -> list[Message]:
        return await self._read(
            lambda connection: [
                self._open_message(row) for row in connection.execute(query, arguments).fetchall()
            ]
        )

    def _open_conversation(self, row: Sequence[Any]) -> Conversation:
        record = record_of(ConversationRecord, row)
        return self._codec.open_conversation(record, self._keys.unwrapped(record.id, row[-1]))

    def _open_message(self, row: Sequence[Any]) -> Message:
        record = record_of(MessageRecord, row)
        key = self._keys.unwrapped(record.conversation_id, row[-1])
        return self._codec.open_message(record, key)
