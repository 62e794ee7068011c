"""Delivery: sends a conversation's outgoing messages, in order, and records what became of each.

A platform without an idempotency key makes exactly-once impossible; so a message is marked
`unknown` before it is handed over, and only a clear answer takes the mark away. After a crash it
stays unknown, for a receipt or a person to resolve, and is never sent twice by a machine.
"""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from core.clock import Clock
from core.conversation import Contact, Delivery, DeliveryStatus, Message
from core.ids import ConversationId
from core.ports import Ambiguous, Channel, Failed, Retry, Sent, Store
from core.work import Lease
from gateway.metrics import Metrics

log = structlog.get_logger()

QUARANTINE_AFTER = 5
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)
NO_CHANNEL = "channel_off"


class Deliverer:
    """The handler of the delivery lane."""

    def __init__(
        self,
        *,
        store: Store,
        channels: Mapping[str, Channel],
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._channels = channels
        self._clock = clock
        self._metrics = metrics

    async def deliver(self, lease: Lease) -> timedelta | None:
        """Send what is due. A message that must wait holds back those behind it."""
        queued = await self._store.undelivered(ConversationId(lease.key))
        if not queued:
            return None
        conversation = await self._store.conversation(ConversationId(lease.key))
        contact = await self._store.contact(conversation.contact_id)
        for message in queued:
            now = self._clock()
            if now >= lease.until:
                return timedelta(0)
            assert message.delivery is not None
            due = message.delivery.due_at
            if due is not None and due > now:
                return due - now
            wait = await self._send(contact, message, message.delivery, lease)
            if wait is not None:
                return wait
        return None

    async def _send(
        self, contact: Contact, message: Message, delivery: Delivery, lease: Lease
    ) -> timedelta | None:
        """Send once and record the result; the delay when the message must be tried again."""
        channel = self._channels.get(contact.channel)
        if channel is None:
            outcome: Sent | Retry | Failed | Ambiguous = Retry(NO_CHANNEL, LONGEST_RETRY)
        else:
            if not channel.repeatable:
                begun = replace(delivery, status=DeliveryStatus.UNKNOWN)
                await self._settle(message, begun, lease)
            outcome = await channel.send(contact, message)
        settled = self._after(delivery, outcome)
        await self._settle(message, settled, lease)
        self._metrics.sent.labels(contact.channel, type(outcome).__name__.lower()).inc()
        if settled.status is DeliveryStatus.QUEUED and settled.due_at is not None:
            return settled.due_at - self._clock()
        return None

    def _after(self, delivery: Delivery, outcome: Sent | Retry | Failed | Ambiguous) -> Delivery:
        attempts = delivery.attempts + 1
        if isinstance(outcome, Sent):
            return replace(
                delivery,
                status=DeliveryStatus.SENT,
                attempts=attempts,
                due_at=None,
                provider_id=outcome.provider_id,
                error=None,
            )
        error = outcome.code
        if isinstance(outcome, Ambiguous):
            return replace(
                delivery,
                status=DeliveryStatus.UNKNOWN,
                attempts=attempts,
                due_at=None,
                error=error,
            )
        # A channel that is switched off keeps its outbox for as long as it takes.
        kept = isinstance(outcome, Retry) and outcome.code == NO_CHANNEL
        if isinstance(outcome, Failed) or (attempts >= QUARANTINE_AFTER and not kept):
            log.error("delivery_failed", code=error, attempts=attempts)
            return replace(
                delivery, status=DeliveryStatus.FAILED, attempts=attempts, due_at=None, error=error
            )
        return replace(
            delivery,
            status=DeliveryStatus.QUEUED,
            attempts=delivery.attempts if kept else attempts,
            due_at=self._clock() + (outcome.after or _backoff(attempts)),
            error=error,
        )

    async def _settle(self, message: Message, delivery: Delivery, lease: Lease) -> None:
        await self._store.settle_delivery(message, delivery, lease=lease, now=self._clock())


def _backoff(attempts: int) -> timedelta:
    """Doubling, with full jitter so that many messages do not come back at the same moment."""
    ceiling = min(FIRST_RETRY * 2 ** (attempts - 1), LONGEST_RETRY)
    half: timedelta = ceiling / 2
    return half + random.random() * half  # noqa: S311 - jitter, no secret
