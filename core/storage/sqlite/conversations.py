"""Conversations, their messages and tickets."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.conversation import Contact, Conversation, Message
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
from core.storage.sqlite.audit import append
from core.storage.sqlite.figures import KEEP_FACT
from core.storage.sqlite.inbox import CONTACT_BY_ID, CONTACT_BY_REF, consume
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

# An id belongs to what we sent by it; a message that came in takes one that is free.
_KEEP_SENT_REF = """
    INSERT INTO provider_refs VALUES (?, ?)
    ON CONFLICT (ref) DO UPDATE SET message_id = excluded.message_id"""
_KEEP_REF = "INSERT OR IGNORE INTO provider_refs VALUES (?, ?)"

_CONVERSATION = f"""
    SELECT {columns(ConversationRecord, "conversations")}, data_keys.wrapped
    FROM conversations LEFT JOIN data_keys ON data_keys.subject = conversations.id"""
CONVERSATION_BY_ID = f"{_CONVERSATION} WHERE conversations.id = ?"
LATEST = f"""{_CONVERSATION} WHERE conversations.contact_id = ?
    ORDER BY conversations.is_open DESC, conversations.first_seq DESC LIMIT 1"""
CONVERSATIONS_OF = f"{_CONVERSATION} WHERE conversations.contact_id = ?"
# A contact's messages are numbered on from one conversation to the next.
_LATER = """
    SELECT 1 FROM conversations
    WHERE contact_id = ? AND is_open IN (0, 1) AND first_seq > ? LIMIT 1"""
_TAKEN = """
    SELECT 1 FROM conversations JOIN messages ON messages.conversation_id = conversations.id
    WHERE conversations.contact_id = ? AND conversations.is_open IN (0, 1)
        AND conversations.id <> ? AND messages.seq >= ? LIMIT 1"""
# Lists have no LIMIT: the reader stops once enough of their rows opened.
WAITING = f"""{_CONVERSATION} WHERE conversations.waiting = 1
    ORDER BY conversations.place"""
HELD = f"""{_CONVERSATION}
    WHERE conversations.listener_id = ? AND conversations.is_open = 1
    ORDER BY conversations.claimed_at"""
OFFERED = f"""{_CONVERSATION}
    WHERE conversations.offered_to = ? AND conversations.is_open = 1
    ORDER BY conversations.claimed_at"""
FOLLOW_UPS = f"""{_CONVERSATION} WHERE conversations.follow_up_at IS NOT NULL
    ORDER BY conversations.follow_up_at"""
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
MESSAGE_BY_PROVIDER = f"""{_MESSAGE}
    WHERE messages.id = (SELECT message_id FROM provider_refs WHERE ref = ?)"""

CHANGED = """
    SELECT id, contact_id, updated_at FROM conversations
    WHERE updated_at > ? ORDER BY updated_at LIMIT ?"""

# Each of these reads only its own small index.
COUNT_WAITING = """
    SELECT count(*), min(waiting_since) FROM conversations WHERE waiting = 1 AND urgency = ?"""
FIRST_PLACE = """
    SELECT place FROM conversations WHERE waiting = 1 AND urgency = ? AND place >= ?
    ORDER BY place LIMIT 1"""
OLDEST_DANGER = """
    SELECT danger_since FROM conversations WHERE is_open = 1 AND danger_since IS NOT NULL
    ORDER BY danger_since LIMIT 1"""
COUNT_QUARANTINED = "SELECT count(*) FROM events WHERE state = 'quarantined' AND position > 0"


class ConversationsPart(Part):
    """See `core.ports.Conversations`; erasure is in its own file."""

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

    async def conversations(self, ids: Iterable[ConversationId]) -> Sequence[Conversation]:
        """See `core.ports.Conversations`."""
        return await self._each(CONVERSATION_BY_ID, [(one,) for one in ids])

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

    async def message_by_provider_id(
        self, channel: str, account: str, provider_id: str
    ) -> Message | None:
        """See `core.ports.Conversations`."""
        ref = self._codec.provider_ref(channel, account, provider_id)
        found = await self._messages(MESSAGE_BY_PROVIDER, ref)
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
        conversation = change.conversation
        if any(
            one.conversation_id != conversation.id for one in (*change.messages, *change.rewritten)
        ):
            raise ValueError("a change holds messages of its own conversation only")
        refs = [self._codec.event_ref(event) for event in consumed]

        def operation(connection: sqlite3.Connection) -> None:
            if lease is not None:
                require_lease(connection, lease, now)
            key = self._put_conversation(connection, conversation, now)
            for message in change.messages:
                self._add_message(connection, message, key)
                self._keep_refs(connection, conversation, message)
            if change.messages:
                self._require_own_numbers(connection, conversation)
            for message in change.rewritten:
                self._rewrite(connection, message, key)
                self._keep_refs(connection, conversation, message)
            for ref in refs:
                consume(connection, ref)
            if change.fact is not None:
                record = self._codec.seal_fact(change.fact, key)
                connection.execute(KEEP_FACT, values(record))
            wish(connection, change.wakes)
            append(connection, self._codec, self._keys, change.deeds)

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
            # The other rules that can break: one open conversation a contact, and one a wish.
            raise Conflict from None
        return key

    def _add_message(self, connection: sqlite3.Connection, message: Message, key: DataKey) -> None:
        if connection.execute("SELECT 1 FROM messages WHERE id = ?", (message.id,)).fetchone():
            raise DuplicateMessage
        record = self._codec.seal_message(message, key)
        try:
            connection.execute(_INSERT_MESSAGE, values(record))
        except sqlite3.IntegrityError:
            # Its place in the conversation is taken: the writer had not seen all of it.
            raise Conflict from None

    @staticmethod
    def _require_own_numbers(connection: sqlite3.Connection, conversation: Conversation) -> None:
        """Raises Conflict where another conversation of the contact has, or will have, these
        numbers: this one was read before the other was written."""
        contact, first = conversation.contact_id, conversation.first_seq
        if conversation.version == 1:
            taken = connection.execute(_TAKEN, (contact, conversation.id, first)).fetchone()
        else:
            taken = connection.execute(_LATER, (contact, first)).fetchone()
        if taken:
            raise Conflict

    def _rewrite(self, connection: sqlite3.Connection, message: Message, key: DataKey) -> None:
        row = connection.execute(MESSAGE_BY_ID, (message.id,)).fetchone()
        stored = record_of(MessageRecord, row) if row else None
        if stored is None or stored.conversation_id != message.conversation_id:
            raise NotFound("No such message.")
        delivery = self._codec.open_message(stored, key).delivery
        self._put_message(connection, replace(message, seq=stored.seq, delivery=delivery), key)

    def _put_message(self, connection: sqlite3.Connection, message: Message, key: DataKey) -> None:
        """Replace a stored message."""
        record = self._codec.seal_message(message, key)
        connection.execute(_REPLACE_MESSAGE, (*values(record), record.id))

    def _keep_refs(
        self, connection: sqlite3.Connection, conversation: Conversation, message: Message
    ) -> None:
        """Let a message be found by the ids that its platform knows it by."""
        refs = self._codec.provider_refs(
            message, channel=conversation.channel, account=conversation.account
        )
        keep = _KEEP_REF if message.delivery is None else _KEEP_SENT_REF
        connection.executemany(keep, [(ref, message.id) for ref in refs])

    async def waiting(self, *, limit: int) -> Sequence[Conversation]:
        """See `core.ports.Conversations`."""
        return await self._listed(WAITING, limit=limit)

    async def first_place(self, urgency: Urgency, *, at_least: int) -> int | None:
        """See `core.ports.Conversations`."""
        row: tuple[int] | None = await self._read(
            lambda connection: connection.execute(FIRST_PLACE, (urgency.rank, at_least)).fetchone()
        )
        return row[0] if row else None

    async def held_by(self, listener_id: ListenerId) -> Sequence[Conversation]:
        """See `core.ports.Conversations`."""
        return await self._listed(HELD, listener_id)

    async def offered_to(self, listener_id: ListenerId) -> Sequence[Conversation]:
        """See `core.ports.Conversations`."""
        return await self._listed(OFFERED, listener_id)

    async def in_danger(self, *, limit: int) -> Sequence[Conversation]:
        """See `core.ports.Conversations`."""
        return await self._listed(IN_DANGER, limit=limit)

    async def follow_ups(self, *, limit: int) -> Sequence[Conversation]:
        """See `core.ports.Conversations`."""
        return await self._listed(FOLLOW_UPS, limit=limit)

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
        """Up to `limit` conversations that open."""
        return await self._each(query, [arguments], limit=limit)

    async def _each(
        self, query: str, asked: Sequence[Sequence[object]], *, limit: int | None = None
    ) -> list[Conversation]:
        """What `query` finds for each of `asked`, up to `limit` conversations that open; those that
        do not are passed by and logged."""

        def operation(connection: sqlite3.Connection) -> tuple[list[Conversation], int]:
            found: list[Conversation] = []
            unreadable = 0
            for arguments in asked:
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
