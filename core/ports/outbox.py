"""Outgoing messages on their way to a platform."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.conversation import Delivery, DeliveryStatus, Message
from core.ids import ConversationId, MessageId
from core.work import Lease


class Outbox(Protocol):
    """Outgoing messages on their way to a platform."""

    async def undelivered(self, conversation_id: ConversationId) -> Sequence[Message]:
        """Messages whose delivery is `queued`, in order."""

    async def settle_delivery(
        self, message: Message, delivery: Delivery, *, lease: Lease, now: datetime
    ) -> None:
        """Record what became of a sending. Raises LeaseLost.

        Progress already recorded, by a receipt that overtook us, is not undone.
        """

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
        """Advance the status of the message the platform means; never backwards. None: unknown.

        `of` is our own name of it, where the platform tells it back: by that a message is found
        whose sending had no answer, and is known by the platform's name from then on.

        A receipt that does not advance the status changes nothing, its `error` included. Of a
        message sent in several parts only the last part's receipts count, but for `failed`: one
        part that failed means that the message did.
        """
