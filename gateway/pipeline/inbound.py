"""The inbound lane: a person's accepted events, in order, each done once.

Nothing here waits for the assistant or for a platform's answer. An event that our own code fails
on is tried again, then shown to a human unread, and at the very last set aside.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import structlog

from bot.answers import only_denies
from bot.commands import command_in
from bot.reading import Reader, going_on
from core.assistant import Said
from core.clock import Clock
from core.errors import NotFound
from core.events import EventKind, InboundEvent
from core.ids import ContactId
from core.ports import PendingEvent, Phrasebook, Store
from core.prospects import Expect, always_answered
from core.work import Lease
from gateway.metrics import Metrics
from gateway.pipeline.besides import Besides
from gateway.pipeline.entry import Entry
from gateway.pipeline.joined import taken_as_code
from gateway.pipeline.leases import FROM_THE_STORE, Held
from gateway.pipeline.rated import taken_as_rating
from gateway.pipeline.written import Written

log = structlog.get_logger()

# The kinds of event that put a message into a conversation.
WRITTEN = frozenset({EventKind.MESSAGE, EventKind.POSTBACK})
QUARANTINE_AFTER = 5
# Of one person, before it is the others' turn.
AT_A_TIME = 8
RETRY_EVENT = timedelta(milliseconds=200)


class Inbound:
    """The handler of the inbound lane."""

    def __init__(
        self,
        *,
        store: Store,
        reader: Reader,
        channels: Mapping[str, object],
        burst: timedelta,
        phrases: Phrasebook,
        clock: Clock,
        metrics: Metrics,
        greetings: Mapping[str, Sequence[Said]],
        expect: Expect = always_answered,
    ) -> None:
        self._store = store
        self._clock = clock
        self._phrases = phrases
        self._metrics = metrics
        self._written = Written(
            reader=reader,
            channels=channels,
            burst=burst,
            phrases=phrases,
            metrics=metrics,
            greetings=greetings,
            expect=expect,
        )
        self._besides = Besides(
            reader=reader,
            channels=channels,
            phrases=phrases,
            metrics=metrics,
            greetings=greetings,
            written=self._written.take,
            expect=expect,
        )

    async def enter(self, lease: Lease) -> timedelta | None:
        """Take a contact's accepted events into the conversation, one commit each, in order.

        Whoever writes without a pause lets the others go first, now and then.
        """
        held = Held(lease, self._store, self._clock)
        try:
            contact = await self._store.contact(ContactId(lease.key))
        except NotFound:
            return None  # erased meanwhile
        pending = await self._store.pending_events(contact.id, limit=AT_A_TIME)
        texts = [_text(item.event) for item in pending]
        for item, goes_on in zip(pending, going_on(texts), strict=True):
            await held.extend()
            entry = Entry(contact, item.event, held, self._store, self._clock, goes_on)
            if not await self._try(entry, item):
                return RETRY_EVENT * int(2**item.tries)
        return timedelta(0) if len(pending) == AT_A_TIME else None

    async def _try(self, entry: Entry, item: PendingEvent) -> bool:
        """False when the event must be tried again before those behind it."""
        try:
            await self._take(entry, item)
        except FROM_THE_STORE:
            raise
        except Exception as error:  # noqa: BLE001 - one event must not stop those behind it
            log.error("event_failed", error=type(error).__name__)
            if item.tries + 1 >= QUARANTINE_AFTER and await self._shown_unread(entry):
                return True
            quarantined = await self._store.event_failed(
                item.event,
                lease=entry.held.lease,
                now=self._clock(),
                quarantine_after=QUARANTINE_AFTER,
            )
            if quarantined:
                self._metrics.quarantined.labels(item.event.channel).inc()
            return quarantined
        return True

    async def _take(self, entry: Entry, item: PendingEvent) -> None:
        if entry.event.chat is not None:
            await self._besides.refuse_group(entry, entry.event.chat)
        elif entry.event.kind in WRITTEN:
            if await taken_as_rating(entry, self._phrases):
                return
            if await taken_as_code(entry, self._phrases):
                return
            await self._written.take(entry)
            waited = (self._clock() - item.received_at).total_seconds()
            self._metrics.entered.observe(max(0.0, waited))
        else:
            await self._besides.take(entry)

    async def _shown_unread(self, entry: Entry) -> bool:
        """The last try: False when not even a human can be shown it."""
        if entry.event.kind not in WRITTEN or entry.event.chat is not None:
            return False
        try:
            await self._written.take_unread(entry)
        except FROM_THE_STORE:
            raise
        except Exception as error:  # noqa: BLE001 - then it is quarantined, with an alert
            log.error("event_not_entered", error=type(error).__name__)
            return False
        return True


def _text(event: InboundEvent) -> str:
    """What of it is read together with what was said before: nothing of a tap, of what stands in a
    group, of an order or a code, of a plain no."""
    text = event.text or ""
    told = event.kind is EventKind.MESSAGE and event.payload is None and event.chat is None
    # Whatever it follows: taken for an order where it is none, it only costs a reading.
    order = command_in(text, None, erasing=True, asked="erase_confirm")
    return text if told and order is None and not only_denies(text) else ""
