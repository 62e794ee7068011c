"""Delivery: sends a conversation's outgoing messages, in order, and records what became of each.

A platform without an idempotency key makes exactly-once impossible; so a message is marked
`unknown` before it is handed over, and only a clear answer takes the mark away. After a crash it
stays unknown, for a receipt or a person to resolve, and is never sent twice by a machine.
"""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from core.clock import Clock
from core.conversation import (
    Author,
    Contact,
    Conversation,
    Delivery,
    DeliveryStatus,
    Message,
    OwnerKind,
)
from core.discretion import LINE, is_away, veiled
from core.errors import NotFound
from core.ids import ConversationId
from core.labels import address_for
from core.ports import (
    Ambiguous,
    Channel,
    Errand,
    Failed,
    Held,
    Paused,
    Phrasebook,
    Retry,
    SendOutcome,
    Sent,
    Store,
)
from core.work import Lease
from gateway.channels import ChannelStates
from gateway.metrics import Metrics

log = structlog.get_logger()

FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=5)
# A platform may be away for hours; then what we had to say is no longer an answer.
GIVE_UP_AFTER = timedelta(hours=6)
# From this try on, somebody should look.
ALERT_AT = 5
NO_CHANNEL, GAVE_UP, TAKEN_OVER = "channel_off", "gave_up", "taken_over"


class Deliverer:
    """The handler of the delivery lane."""

    def __init__(
        self,
        *,
        store: Store,
        channels: Mapping[str, Channel],
        states: ChannelStates,
        phrases: Phrasebook,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._channels = channels
        self._states = states
        self._phrases = phrases
        self._clock = clock
        self._metrics = metrics

    async def deliver(self, lease: Lease) -> timedelta | None:
        """Send what is due. A message that must wait holds back those behind it.

        What the bot said and could not be sent in time is not said any more once a listener
        answers; fixed notices, which hold the numbers to call, are.
        """
        try:
            queued = await self._store.undelivered(ConversationId(lease.key))
        except NotFound:
            return None  # erased meanwhile
        if not queued:
            return None
        conversation = await self._store.conversation(ConversationId(lease.key))
        contact = await self._store.contact(conversation.contact_id)
        channel = self._channels.get(contact.channel)
        if channel is None:
            # A channel that is switched off keeps its outbox for as long as it takes.
            first = queued[0]
            assert first.delivery is not None
            if first.delivery.error != NO_CHANNEL:
                await self._settle(first, replace(first.delivery, error=NO_CHANNEL), lease)
            return LONGEST_RETRY
        window = await self._window(conversation)
        address = address_for(conversation.assessment.role)
        unreachable: str | None = None
        for message in queued:
            now = self._clock()
            if now >= lease.until:
                return timedelta(0)
            assert message.delivery is not None
            due = message.delivery.due_at
            if due is not None and due > now:
                return due - now
            if paused := self._states.paused_until(channel.name):
                return paused - now
            if unreachable is not None:
                await self._settle(message, _failed(message.delivery, unreachable), lease)
                continue
            if message.author is Author.BOT and message is not queued[0]:
                # Sending took a while: somebody may have claimed it meanwhile.
                conversation = await self._store.conversation(conversation.id)
            # Where a person reads what is stored, it was said as it was written.
            if not channel.repeatable and _speaks_over(message, conversation):
                await self._settle(message, _failed(message.delivery, TAKEN_OVER), lease)
                continue
            away = channel.previewed and is_away(conversation, now)
            line = self._phrases.say(LINE, address).text if away else None
            outcome, due = await self._send(channel, contact, message, window, line, lease)
            match outcome:
                case Retry() | Paused():
                    return (due or self._clock()) - self._clock()
                case Held():
                    return None  # whoever lets it go on wakes the lane
                case Failed(code, stop=True):
                    unreachable = code
                case _:
                    pass
        return None

    async def _window(self, conversation: Conversation) -> datetime | None:
        """Until when the platform lets us write freely: the person may have written elsewhere."""
        if conversation.window_ends_at is None or conversation.is_open:
            return conversation.window_ends_at
        latest = await self._store.latest_conversation(conversation.contact_id)
        return latest.window_ends_at if latest is not None else None

    async def _send(
        self,
        channel: Channel,
        contact: Contact,
        message: Message,
        window: datetime | None,
        line: str | None,
        lease: Lease,
    ) -> tuple[SendOutcome, datetime | None]:
        """Send the parts that were not sent yet, until one is not taken; the first behind `line`.

        The last outcome, and when the message is due again.
        """
        assert message.delivery is not None
        delivery, outcome = message.delivery, None
        parts = channel.parts(message)
        for number in range(len(delivery.provider_ids), len(parts)):
            part = parts[number]
            if number == 0 and line is not None:
                part = replace(part, text=veiled(part.text, line))
            if not channel.repeatable:
                begun = replace(delivery, status=DeliveryStatus.UNKNOWN)
                await self._settle(message, begun, lease)
            outcome = await channel.send(
                Errand(
                    contact=contact,
                    message=message,
                    part=part,
                    now=self._clock(),
                    window_ends_at=window,
                    first=number == 0,
                    last=number == len(parts) - 1,
                    tried=delivery.error,
                )
            )
            self._states.note(channel.name, outcome)
            self._metrics.sent.labels(channel.name, type(outcome).__name__.lower()).inc()
            delivery = self._after(
                channel.name, message, delivery, outcome, last=number == len(parts) - 1
            )
            await self._settle(message, delivery, lease)
            if not isinstance(outcome, Sent):
                break
        return outcome or Sent(), delivery.due_at

    def _after(
        self,
        channel: str,
        message: Message,
        delivery: Delivery,
        outcome: SendOutcome,
        *,
        last: bool,
    ) -> Delivery:
        """The outbox entry once sending its next part came to `outcome`."""
        attempts, now = delivery.attempts + 1, self._clock()
        waiting = replace(delivery, status=DeliveryStatus.QUEUED, attempts=attempts, due_at=None)
        match outcome:
            case Sent(provider_id):
                # An id of ours where the platform gives none: parts are counted by their ids.
                known_as = provider_id or f"{message.id}.{len(delivery.provider_ids)}"
                return replace(
                    delivery,
                    status=DeliveryStatus.SENT if last else DeliveryStatus.QUEUED,
                    attempts=attempts if last else 0,
                    due_at=None,
                    provider_ids=(*delivery.provider_ids, known_as),
                    error=None,
                )
            case Ambiguous(code):
                return replace(waiting, status=DeliveryStatus.UNKNOWN, error=code)
            case Failed(code):
                log.error("delivery_failed", code=code, attempts=attempts)
                return replace(_failed(delivery, code), attempts=attempts)
            case Held(code):
                return replace(waiting, error=code)
            case Paused(code):
                # It is not this message that failed.
                due = self._states.paused_until(channel)
                return replace(waiting, attempts=delivery.attempts, due_at=due, error=code)
            case Retry(code, after):
                if now - message.at >= GIVE_UP_AFTER:
                    log.error("delivery_failed", code=GAVE_UP, attempts=attempts)
                    return replace(_failed(delivery, GAVE_UP), attempts=attempts)
                if attempts == ALERT_AT:
                    log.error("delivery_delayed", code=code, attempts=attempts)
                return replace(waiting, due_at=now + (after or _backoff(attempts)), error=code)

    async def _settle(self, message: Message, delivery: Delivery, lease: Lease) -> None:
        await self._store.settle_delivery(message, delivery, lease=lease, now=self._clock())


def _speaks_over(message: Message, conversation: Conversation) -> bool:
    """Whether the bot would begin to speak where a listener answers by now."""
    begun = message.delivery is not None and message.delivery.provider_ids
    by_bot = message.author is Author.BOT and not begun
    return by_bot and conversation.owner.kind is OwnerKind.LISTENER


def _failed(delivery: Delivery, code: str) -> Delivery:
    return replace(delivery, status=DeliveryStatus.FAILED, due_at=None, error=code)


def _backoff(attempts: int) -> timedelta:
    """Doubling, with full jitter so that many messages do not come back at the same moment."""
    ceiling = min(FIRST_RETRY * 2 ** min(attempts - 1, 10), LONGEST_RETRY)
    half: timedelta = ceiling / 2
    return half + random.random() * half  # noqa: S311 - jitter, no secret
