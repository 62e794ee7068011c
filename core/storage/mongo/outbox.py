"""The outbox: outgoing messages, and what platforms say became of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.conversation import Delivery, DeliveryStatus, Message
from core.errors import NotFound
from core.ids import ConversationId, MessageId
from core.storage.mongo.conversations import MongoConversations
from core.storage.records import QUEUED, to_micros
from core.work import Lease

# More outgoing messages than one conversation ever holds at once.
_ALL = 100_000


class MongoOutbox(MongoConversations):
    """`core.ports.Outbox` on MongoDB."""

    async def undelivered(self, conversation_id: ConversationId) -> Sequence[Message]:
        """Messages whose delivery is `queued`, in order."""
        queued = {"conversation_id": conversation_id, "delivery": QUEUED}
        return await self._messages(queued, limit=_ALL)

    async def settle_delivery(
        self, message: Message, delivery: Delivery, *, lease: Lease, now: datetime
    ) -> None:
        """Record what became of a sending. Raises LeaseLost."""

        async def work(session: Any) -> None:
            await self._hold(lease, now, session)
            stored = await self._stored_message({"_id": message.id}, session)
            if stored is None:
                raise NotFound
            settled = stored.delivery.settled(delivery) if stored.delivery else delivery
            await self._put_delivery(stored, settled, now, session)

        # Harmless to repeat: the same result settles the same again.
        await self._transaction(work)

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
        """Advance the status of the message the platform means; never backwards. None: unknown."""
        ref = self._codec.provider_ref(channel, account, provider_id)

        async def work(session: Any) -> MessageId | None:
            stored = await self._stored_message({"provider_ref": ref}, session)
            if stored is None or stored.delivery is None:
                return None
            if stored.delivery.status.after(status) is not stored.delivery.status:
                delivery = replace(stored.delivery, status=status, error=error)
                await self._put_delivery(stored, delivery, now, session)
            return stored.id

        return await self._transaction(work)

    async def _stored_message(self, criteria: dict[str, Any], session: Any) -> Message | None:
        stored = await self._in("messages").find_one(criteria, session=session)
        if stored is None:
            return None
        key = await self._key_of(stored["conversation_id"], session=session)
        return self._opened_message(stored, key)

    async def _put_delivery(
        self, stored: Message, delivery: Delivery, now: datetime, session: Any
    ) -> None:
        """Write a message's new delivery, and note that its conversation changed."""
        conversation = await self._stored_conversation(stored.conversation_id, session=session)
        key = await self._key_of(stored.conversation_id, session=session)
        document = self._message_document(replace(stored, delivery=delivery), conversation, key)
        await self._in("messages").replace_one({"_id": stored.id}, document, session=session)
        await self._in("conversations").update_one(
            {"_id": stored.conversation_id},
            {"$max": {"updated_at": to_micros(now)}},
            session=session,
        )
