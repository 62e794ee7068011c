"""From an accepted event to a decision: three handlers, one a lane.

`inbound` puts each accepted event into its conversation, screened for danger, without ever waiting
for the assistant. `assistant` lets the bot answer what the bot owns. `watch` sounds the alarm for
danger that nobody answered. Each decision is a pure transition, committed in one transaction;
when the conversation changed meanwhile, it is read again and decided again.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import structlog

from core import transitions
from core.assessment import Assessment
from core.assistant import AssistantRequest, AssistantTurn
from core.clock import Clock
from core.conversation import BOT, Author, Contact, Conversation, Message
from core.errors import AssistantUnavailable, Conflict, LeaseLost, Refused, StorageUnavailable
from core.events import EventKind, InboundEvent
from core.ids import ContactId, ConversationId
from core.labels import Urgency
from core.ports import Assistant, Change, DangerScreen, PendingEvent, Phrasebook, Store
from core.receipts import status_of
from core.screening import Screening
from core.work import Lease
from gateway.metrics import Metrics

log = structlog.get_logger()

# Longer texts are screened in a thread, so that nobody else waits for them.
SCREEN_INLINE = 5000
QUARANTINE_AFTER = 5
RETRY_EVENT = timedelta(seconds=1)
AT_ONCE = timedelta(0)
# How often a decision is taken again because the conversation changed under it.
DECISIONS = 10


class Pipeline:
    """The handlers of the inbound, assistant and watch lanes."""

    def __init__(
        self,
        *,
        store: Store,
        screen: DangerScreen,
        assistant: Assistant,
        fallback: Callable[[str], Assessment],
        weigh: Callable[[Assessment, str], Assessment],
        asks_for_human: Callable[[str], bool],
        burst: timedelta,
        phrases: Phrasebook,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._screen = screen
        self._assistant = assistant
        self._fallback = fallback
        self._weigh = weigh
        self._asks_for_human = asks_for_human
        self._burst = burst
        self._phrases = phrases
        self._clock = clock
        self._metrics = metrics

    # Inbound: accepted events enter the conversation.

    async def inbound(self, lease: Lease) -> timedelta | None:
        """Take a contact's accepted events into the conversation, one commit each, in order."""
        contact = await self._store.contact(ContactId(lease.key))
        while pending := await self._store.pending_events(contact.id, limit=20):
            for item in pending:
                if self._clock() >= lease.until:
                    return AT_ONCE
                if not await self._try(contact, item, lease):
                    return RETRY_EVENT * (item.tries + 1)
        return None

    async def _try(self, contact: Contact, item: PendingEvent, lease: Lease) -> bool:
        """False when the event must be tried again before those behind it."""
        try:
            await self._take(contact, item, lease)
        except (StorageUnavailable, LeaseLost, Conflict):
            raise
        except Exception as error:  # noqa: BLE001 - one failure must not stop the rest
            quarantined = await self._store.event_failed(
                item.event, lease=lease, now=self._clock(), quarantine_after=QUARANTINE_AFTER
            )
            log.error("event_failed", error=type(error).__name__, quarantined=quarantined)
            if quarantined:
                self._metrics.quarantined.labels(item.event.channel).inc()
            return quarantined
        return True

    async def _take(self, contact: Contact, item: PendingEvent, lease: Lease) -> None:
        event = item.event
        if event.kind is EventKind.STATUS:
            await self._receipt(event)
            await self._store.consume_event(event, lease=lease, now=self._clock())
        elif event.kind in (EventKind.MESSAGE, EventKind.POSTBACK):
            screening = await self._screened(event.text or "")
            await self._enter(contact, event, screening, lease)
            self._metrics.entered.observe(
                max(0.0, (self._clock() - item.received_at).total_seconds())
            )
        else:
            self._metrics.ignored.labels(event.channel, event.kind.value).inc()
            await self._store.consume_event(event, lease=lease, now=self._clock())

    async def _receipt(self, event: InboundEvent) -> None:
        status = status_of(event)
        if status is None or event.target is None:
            return
        await self._store.record_receipt(
            channel=event.channel,
            account=event.account,
            provider_id=event.target,
            status=status,
            error=event.error,
            now=self._clock(),
        )

    async def _screened(self, text: str) -> Screening:
        started = time.perf_counter()
        if len(text) <= SCREEN_INLINE:
            screening = self._screen.screen(text)
        else:
            screening = await asyncio.to_thread(self._screen.screen, text)
        self._metrics.screened.observe(time.perf_counter() - started)
        return screening

    async def _enter(
        self, contact: Contact, event: InboundEvent, screening: Screening, lease: Lease
    ) -> None:
        for _ in range(DECISIONS):
            now = self._clock()
            latest = await self._store.latest_conversation(contact.id)
            if latest is None or not latest.is_open:
                conversation = transitions.open_conversation(
                    contact, latest, now=now, origin=event.ref
                )
            else:
                conversation = latest
            change = transitions.receive(
                conversation,
                event,
                screening,
                burst=self._burst,
                now=now,
                phrases=self._phrases,
            )
            try:
                await self._store.commit(change, now=now, lease=lease, consumed=[event])
            except Conflict:
                continue
            if screening.assessment.urgency is Urgency.CRITIQUE:
                self._metrics.danger.labels(conversation.owner.kind.value).inc()
            return
        raise Conflict

    # Assistant: the bot answers what the bot owns.

    async def assistant(self, lease: Lease) -> timedelta | None:
        """Answer the person's newest messages as one turn, or pass them to a human."""
        conversation = await self._store.conversation(ConversationId(lease.key))
        if not _bot_owns(conversation):
            return None
        unanswered = [
            message
            for message in await self._store.messages(
                conversation.id, after=conversation.answered_seq
            )
            if message.author is Author.PERSON
        ]
        if not unanswered:
            return None
        burst = _one_turn(unanswered)
        answered = burst[-1].seq
        if not any(character.isalnum() for message in burst for character in message.text):
            await self._decide(
                lease,
                lambda fresh: transitions.ask_to_write(
                    fresh, answered=answered, now=self._clock(), phrases=self._phrases
                ),
            )
        else:
            await self._answer(lease, conversation, burst)
        return AT_ONCE if len(burst) < len(unanswered) else None

    async def _answer(
        self, lease: Lease, conversation: Conversation, burst: Sequence[Message]
    ) -> None:
        turn = await self._turn(conversation, burst)
        answered = burst[-1].seq
        if turn is None:
            fallback = self._fallback("\n".join(message.text for message in burst))
            await self._decide(
                lease,
                lambda fresh: transitions.hand_over_untriaged(
                    fresh, fallback, now=self._clock(), phrases=self._phrases
                ),
            )
        else:
            await self._decide(
                lease,
                lambda fresh: transitions.answer(
                    fresh, turn, answered=answered, now=self._clock(), phrases=self._phrases
                ),
            )

    async def _turn(
        self, conversation: Conversation, burst: Sequence[Message]
    ) -> AssistantTurn | None:
        text = "\n".join(message.text for message in burst)
        known = _known(conversation.assessment)
        if self._asks_for_human(text):
            known["asked_human"] = "true"
        request = AssistantRequest(
            text=text,
            choice=burst[0].choice,
            dialogue=conversation.dialogue,
            known=known,
        )
        started = time.perf_counter()
        result = "answered"
        try:
            turn = await self._assistant.turn(request)
            return replace(turn, assessment=self._weigh(turn.assessment, request.text))
        except AssistantUnavailable as error:
            result = "unavailable"
            log.warning("assistant_unavailable", reason=str(error))
            return None
        finally:
            self._metrics.assistant.labels(result).observe(time.perf_counter() - started)

    async def _decide(self, lease: Lease, decision: Callable[[Conversation], Change]) -> None:
        """Commit what `decision` makes of the conversation as it is now, unless it is refused."""
        for _ in range(DECISIONS):
            fresh = await self._store.conversation(ConversationId(lease.key))
            try:
                change = decision(fresh)
            except Refused:
                self._metrics.late_answers.inc()
                return
            try:
                await self._store.commit(change, now=self._clock(), lease=lease)
            except Conflict:
                continue
            return
        raise Conflict

    # Watch: danger must not stay unanswered.

    async def watch(self, lease: Lease) -> timedelta | None:
        """Sound the alarm when danger went unanswered for too long."""
        conversation = await self._store.conversation(ConversationId(lease.key))
        now = self._clock()
        change = transitions.sound_alarm(conversation, now=now, phrases=self._phrases)
        if change is not None:
            await self._store.commit(change, now=now, lease=lease)
            log.warning("danger_unanswered", conversation=conversation.id)
        elif conversation.danger_since is not None and conversation.alarmed_at is None:
            return conversation.danger_since + transitions.ALARM_AFTER - now
        return None


def _bot_owns(conversation: Conversation) -> bool:
    return conversation.is_open and conversation.owner == BOT


def _one_turn(unanswered: Sequence[Message]) -> Sequence[Message]:
    """A tapped choice is a turn of its own; messages typed one after the other are one turn."""
    if unanswered[0].choice:
        return unanswered[:1]
    typed = [message for message in unanswered if not message.choice]
    first_choice = next((message.seq for message in unanswered if message.choice), None)
    return [message for message in typed if first_choice is None or message.seq < first_choice]


def _known(assessment: Assessment) -> dict[str, str]:
    """What the assistant need not ask."""
    known = {
        "role": assessment.role,
        "platform": assessment.platform,
        "age_band": assessment.age_band,
        "issue": assessment.issue,
    }
    if assessment.urgency is Urgency.CRITIQUE:
        known["danger"] = assessment.urgency
    return {name: str(value) for name, value in known.items() if value is not None}
