"""The outbox: outgoing messages, and what platforms say became of them."""

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.conversation import Delivery, DeliveryStatus, Message
from core.errors import NotFound
from core.ids import ConversationId, MessageId
from core.storage.progress import after_receipt, named_by_receipt
from core.storage.records import to_micros
from core.storage.sqlite.conversations import (
    CONVERSATION_BY_ID,
    MESSAGE_BY_ID,
    MESSAGE_BY_PROVIDER,
    UNDELIVERED,
    ConversationsPart,
)
from core.storage.sqlite.worklist import require_lease
from core.work import Lease


class OutboxPart(ConversationsPart):
    """See `core.ports.Outbox`."""

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
            found = connection.execute(CONVERSATION_BY_ID, (stored.conversation_id,)).fetchone()
            self._keep_refs(
                connection, self._open_conversation(found), replace(stored, delivery=settled)
            )

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
        of: MessageId | None = None,
    ) -> MessageId | None:
        """See `core.ports.Outbox`."""
        ref = self._codec.provider_ref(channel, account, provider_id)

        def operation(connection: sqlite3.Connection) -> MessageId | None:
            row = connection.execute(MESSAGE_BY_PROVIDER, (ref,)).fetchone()
            by_our_name = row is None and of is not None
            if by_our_name:
                row = connection.execute(MESSAGE_BY_ID, (of,)).fetchone()
            if row is None:
                return None
            stored = self._open_message(row)
            if stored.delivery is None:
                return None
            delivery = stored.delivery
            if by_our_name:
                found = connection.execute(CONVERSATION_BY_ID, (stored.conversation_id,)).fetchone()
                conversation = self._open_conversation(found)
                if (conversation.channel, conversation.account) != (channel, account):
                    return None
                delivery = named_by_receipt(delivery, provider_id)
                self._keep_refs(connection, conversation, replace(stored, delivery=delivery))
            delivery = after_receipt(delivery, provider_id, status, error)
            if delivery is not stored.delivery:
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
        key = self._keys.unwrapped(stored.conversation_id, row[-1])
        self._put_message(connection, replace(stored, delivery=delivery), key)
        connection.execute(
            "UPDATE conversations SET updated_at = max(updated_at + 1, ?) WHERE id = ?",
            (to_micros(now), stored.conversation_id),
        )
