"""The outbox: outgoing messages, and what platforms say became of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.conversation import Delivery, DeliveryStatus, Message
from core.errors import NotFound
from core.ids import ConversationId, MessageId
from core.sealing import DataKey
from core.storage.mongo.conversations import MongoConversations, written
from core.storage.progress import after_receipt, named_by_receipt
from core.storage.records import QUEUED
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
            found = await self._stored_message({"_id": message.id}, session)
            if found is None:
                raise NotFound
            stored, key = found
            settled = stored.delivery.settled(delivery) if stored.delivery else delivery
            await self._put_delivery(stored, settled, key, now, session)
            conversation = await self._in("conversations").find_one(
                {"_id": stored.conversation_id}, session=session
            )
            sent = replace(stored, delivery=settled)
            await self._keep_refs(self._opened(conversation, key), [sent], session)

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
        of: MessageId | None = None,
    ) -> MessageId | None:
        """Advance the status of the message the platform means; never backwards. None: unknown."""
        ref = self._codec.provider_ref(channel, account, provider_id)

        async def work(session: Any) -> MessageId | None:
            known = await self._in("provider_refs").find_one({"_id": ref}, session=session)
            name = of if known is None else known["message_id"]
            if name is None:
                return None
            found = await self._stored_message({"_id": name}, session)
            if found is None:
                return None
            stored, key = found
            if stored.delivery is None:
                return None
            delivery = stored.delivery
            if known is None:
                conversation = self._opened(
                    await self._in("conversations").find_one(
                        {"_id": stored.conversation_id}, session=session
                    ),
                    key,
                )
                if (conversation.channel, conversation.account) != (channel, account):
                    return None
                delivery = named_by_receipt(delivery, provider_id)
                sent = replace(stored, delivery=delivery)
                await self._keep_refs(conversation, [sent], session)
            delivery = after_receipt(delivery, provider_id, status, error)
            if delivery is not stored.delivery:
                await self._put_delivery(stored, delivery, key, now, session)
            return stored.id

        return await self._transaction(work)

    async def _stored_message(
        self, criteria: dict[str, Any], session: Any
    ) -> tuple[Message, DataKey] | None:
        """A message, and the key of its conversation."""
        stored = await self._in("messages").find_one(criteria, session=session)
        if stored is None:
            return None
        key = await self._key_of(stored["conversation_id"], session=session)
        return self._opened_message(stored, key), key

    async def _put_delivery(
        self, stored: Message, delivery: Delivery, key: DataKey, now: datetime, session: Any
    ) -> None:
        """Write a message's new delivery, and note that its conversation changed."""
        await self._put_message(replace(stored, delivery=delivery), key, session)
        changed = await self._in("conversations").update_one(
            {"_id": stored.conversation_id},
            [{"$set": {"updated_at": written(now)}}],
            session=session,
        )
        if not changed.matched_count:
            raise NotFound
