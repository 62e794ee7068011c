"""From an accepted event to a decision: three handlers, one a lane.

`inbound` puts each accepted event into its conversation, screened for danger, without ever waiting
for the assistant. `assistant` lets the bot answer what the bot owns. `watch` sounds the alarm for
danger that nobody answered. Each decision is a pure transition, committed in one transaction;
when the conversation changed meanwhile, it is read again and decided again.
"""

import re
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import takewhile

import structlog

from bot.reading import Reader, Told
from core import transitions
from core.assessment import Assessment, Fact
from core.assistant import AssistantRequest, AssistantTurn
from core.clock import Clock
from core.conversation import Author, Contact, Conversation, Message
from core.errors import AssistantUnavailable, Conflict, LeaseLost, Refused, StorageUnavailable
from core.events import EventKind, InboundEvent
from core.ids import ContactId, ConversationId
from core.labels import Issue, Role, Urgency
from core.ports import Assistant, Change, PendingEvent, Phrasebook, Store
from core.receipts import status_of
from core.work import Lease
from gateway.metrics import Metrics

log = structlog.get_logger()

# What the store says of the moment, not of the message: the worker tries again.
FROM_THE_STORE = (StorageUnavailable, LeaseLost, Conflict)
# The kinds of event that put a message into a conversation.
WRITTEN = (EventKind.MESSAGE, EventKind.POSTBACK)
QUARANTINE_AFTER = 5
RETRY_EVENT = timedelta(milliseconds=200)
# Messages of a person that belong together follow each other closely.
TOGETHER = timedelta(minutes=2)
NEAR = 8
# Somebody who goes on writing is answered at last after this many pauses.
PATIENCE = 4
# How far back a new message is read together with those before it.
REMEMBERED = 40
# The bot's questions to which "yes" means danger, whatever the assistant makes of it.
THOUGHTS_QUESTIONS = frozenset({"ask_thoughts", "ask_thoughts_child", "ask_thoughts_other"})
# How the ids of the bot's questions begin.
_ASKS = "ask_"
_YES = re.compile(
    r"\s*(?:oui|ui|ouai?s?|wi|yes|des fois|parfois)\b(?!\s+(?:mais\s+)?non)", re.IGNORECASE
)
_DENIED = re.compile(r"\s*(?:non|nan|nn|nope|jamais|pas du tout)\b.{0,60}\s*$", re.IGNORECASE)
INBOUND_LEASE = timedelta(seconds=10)
AT_ONCE = timedelta(0)
# How often a decision is taken again because the conversation changed under it.
DECISIONS = 10


class Pipeline:
    """The handlers of the inbound, assistant and watch lanes."""

    def __init__(
        self,
        *,
        store: Store,
        reader: Reader,
        assistant: Assistant,
        asks_for_human: Callable[[str], bool],
        burst: timedelta,
        phrases: Phrasebook,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._reader = reader
        self._assistant = assistant
        self._asks_for_human = asks_for_human
        self._burst = burst
        self._phrases = phrases
        self._clock = clock
        self._metrics = metrics

    # Inbound: accepted events enter the conversation.

    async def inbound(self, lease: Lease) -> timedelta | None:
        """Take a contact's accepted events into the conversation, one commit each, in order."""
        held = _Held(lease, self._store, self._clock)
        contact = await self._store.contact(ContactId(lease.key))
        while pending := await self._store.pending_events(contact.id, limit=20):
            for item in pending:
                await held.extend()
                if not await self._try(contact, item, held):
                    return RETRY_EVENT * int(2**item.tries)
        return None

    async def _try(self, contact: Contact, item: PendingEvent, held: "_Held") -> bool:
        """False when the event must be tried again before those behind it."""
        try:
            await self._take(contact, item, held)
        except FROM_THE_STORE:
            raise
        except Exception as error:  # noqa: BLE001 - one event must not stop those behind it
            log.error("event_failed", error=type(error).__name__)
            if item.tries + 1 >= QUARANTINE_AFTER and await self._entered_unread(
                contact, item.event, held
            ):
                return True
            quarantined = await self._store.event_failed(
                item.event,
                lease=held.lease,
                now=self._clock(),
                quarantine_after=QUARANTINE_AFTER,
            )
            if quarantined:
                self._metrics.quarantined.labels(item.event.channel).inc()
            return quarantined
        return True

    async def _take(self, contact: Contact, item: PendingEvent, held: "_Held") -> None:
        event = item.event
        if event.kind is EventKind.STATUS:
            await self._receipt(event)
            await self._store.consume_event(event, lease=held.lease, now=self._clock())
        elif event.kind in WRITTEN:
            await self._enter(contact, event, held)
            self._metrics.entered.observe(
                max(0.0, (self._clock() - item.received_at).total_seconds())
            )
        else:
            self._metrics.ignored.labels(event.channel, event.kind.value).inc()
            await self._store.consume_event(event, lease=held.lease, now=self._clock())

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

    async def _enter(self, contact: Contact, event: InboundEvent, held: "_Held") -> None:
        for _ in range(DECISIONS):
            conversation = await self._current(contact, event)
            seen = await self._seen(conversation, event, held)
            now = self._clock()
            change = transitions.receive(
                conversation, event, seen, burst=self._burst, now=now, phrases=self._phrases
            )
            try:
                await self._store.commit(change, now=now, lease=held.lease, consumed=[event])
            except Conflict:
                continue
            if seen.is_danger:
                self._metrics.danger.labels(conversation.owner.kind.value).inc()
            return
        raise Conflict

    async def _entered_unread(self, contact: Contact, event: InboundEvent, held: "_Held") -> bool:
        """The last try with a message that nothing could be done with: show it to a human."""
        if event.kind not in WRITTEN:
            return False
        try:
            conversation = await self._current(contact, event)
            now = self._clock()
            change = transitions.enter_unread(conversation, event, now=now, phrases=self._phrases)
            await self._store.commit(change, now=now, lease=held.lease, consumed=[event])
        except FROM_THE_STORE:
            raise
        except Exception as error:  # noqa: BLE001 - then it is quarantined, with an alert
            log.error("event_not_entered", error=type(error).__name__)
            return False
        return True

    async def _current(self, contact: Contact, event: InboundEvent) -> Conversation:
        """The contact's open conversation, or a new one that is not stored yet."""
        latest = await self._store.latest_conversation(contact.id)
        if latest is not None and latest.is_open:
            return latest
        return transitions.open_conversation(contact, latest, now=self._clock(), origin=event.ref)

    async def _seen(
        self, conversation: Conversation, event: InboundEvent, held: "_Held"
    ) -> Assessment:
        """What a message says, read with what was said just before it."""
        text, seq = event.text or "", conversation.next_seq
        around = await self._just_before(conversation)
        recent = self._clock() - conversation.updated_at <= TOGETHER
        told = [
            Told(message.seq, message.text, recent=recent and seq - message.seq <= NEAR)
            for message in around
            if message.author is Author.PERSON and not message.choice
        ]
        said = (m.sentence for m in reversed(around) if m.author is Author.BOT)
        asked_of_dying = recent and next(said, None) in THOUGHTS_QUESTIONS
        # "Non, j'ai pas envie de mourir" has the words of danger; here only signs count.
        answer = event.payload is not None or (asked_of_dying and _DENIED.match(text) is not None)
        seen = await self._reader.read(text, seq=seq, before=told, answer=answer, alive=held.extend)
        if asked_of_dying and _is_yes(event):
            seen = seen.merged(_thoughts_of_dying(seq))
        return seen

    async def _just_before(self, conversation: Conversation) -> Sequence[Message]:
        """The messages that the next one may go on from."""
        if not conversation.heard_seq:
            return ()
        after = max(conversation.next_seq - REMEMBERED, conversation.first_seq - 1)
        return await self._store.messages(conversation.id, after=after)

    # Assistant: the bot answers what the bot owns.

    async def assistant(self, lease: Lease) -> timedelta | None:
        """Answer the person's newest messages as one turn, or pass them to a human."""
        conversation = await self._store.conversation(ConversationId(lease.key))
        if not conversation.is_the_bots:
            return None
        recent = await self._store.messages(conversation.id, after=conversation.answered_seq)
        unanswered = [message for message in recent if message.author is Author.PERSON]
        if not unanswered:
            return None
        if wait := self._still_writing(unanswered):
            return wait
        asked_at = _asked_at(recent)
        burst = _one_turn(unanswered, asked_at)
        early = burst[-1].seq < asked_at and not burst[0].choice
        answered = burst[-1].seq
        if not any(message.text.strip() for message in burst):
            await self._decide(
                lease,
                lambda fresh: transitions.ask_to_write(
                    fresh, answered=answered, now=self._clock(), phrases=self._phrases
                ),
            )
        else:
            try:
                await self._answer(lease, conversation, burst, early=early)
            except FROM_THE_STORE:
                raise
            except Exception as error:  # noqa: BLE001 - a fault of ours must not keep people waiting
                log.error("answer_failed", error=type(error).__name__)
                await self._hand_over_untriaged(lease)
        return AT_ONCE if len(burst) < len(unanswered) else None

    def _still_writing(self, unanswered: Sequence[Message]) -> timedelta | None:
        """How long to wait for the rest of a thought told in several messages; None: answer."""
        if unanswered[0].choice:
            return None
        now = self._clock()
        pause_ends = unanswered[-1].at + self._burst
        patience_ends = unanswered[0].at + PATIENCE * self._burst
        wait = min(pause_ends, patience_ends) - now
        return wait if wait > AT_ONCE else None

    async def _answer(
        self, lease: Lease, conversation: Conversation, burst: Sequence[Message], *, early: bool
    ) -> None:
        turn = await self._turn(conversation, burst, early=early)
        answered = burst[-1].seq
        if turn is None:
            await self._hand_over_untriaged(lease)
        else:
            await self._decide(
                lease,
                lambda fresh: transitions.answer(
                    fresh, turn, answered=answered, now=self._clock(), phrases=self._phrases
                ),
            )

    async def _hand_over_untriaged(self, lease: Lease) -> None:
        await self._decide(
            lease,
            lambda fresh: transitions.hand_over_untriaged(
                fresh, now=self._clock(), phrases=self._phrases
            ),
        )

    async def _turn(
        self, conversation: Conversation, burst: Sequence[Message], *, early: bool
    ) -> AssistantTurn | None:
        text = "\n".join(message.text for message in burst)
        known = _known(conversation.assessment)
        if early:
            known["early"] = "true"
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
            return await self._assistant.turn(request)
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

    # Watch: nobody is forgotten.

    async def watch(self, lease: Lease) -> timedelta | None:
        """Alarm when danger went unanswered; a human when somebody fell silent under the bot."""
        conversation = await self._store.conversation(ConversationId(lease.key))
        now = self._clock()
        alarm = transitions.sound_alarm(conversation, now=now, phrases=self._phrases)
        change = alarm or transitions.hand_over_silent(conversation, now=now, phrases=self._phrases)
        if change is not None:
            await self._store.commit(change, now=now, lease=lease)
        if alarm is not None:
            log.warning("danger_unanswered", conversation=conversation.id)
        elif conversation.danger_since is not None and conversation.alarmed_at is None:
            return conversation.danger_since + transitions.ALARM_AFTER - now
        elif change is None and (due := transitions.silence_ends_at(conversation)) is not None:
            return due - now
        return None


class _Held:
    """A lease that is kept while its work goes on."""

    def __init__(self, lease: Lease, store: Store, clock: Clock) -> None:
        self.lease = lease
        self._store = store
        self._clock = clock

    async def extend(self) -> None:
        """Make sure of some seconds more. Raises LeaseLost."""
        now = self._clock()
        if self.lease.until - now < INBOUND_LEASE / 2:
            self.lease = await self._store.extend_lease(
                self.lease, now=now, lease_for=INBOUND_LEASE
            )


def _is_yes(event: InboundEvent) -> bool:
    return event.payload == "yes" or (
        event.payload is None and _YES.match(event.text or "") is not None
    )


def _thoughts_of_dying(seq: int) -> Assessment:
    return Assessment(
        urgency=Urgency.ELEVEE,
        issue=Issue.IDEATION_SUICIDAIRE,
        facts=(Fact("death_thoughts", "oui", seq),),
    )


def _asked_at(recent: Sequence[Message]) -> int:
    """The number of the message from which on the bot's present question was on the screen.

    A question asked again directly counts from its first time. 0: nothing is asked.
    """
    asked = [m for m in recent if m.author is Author.BOT and (m.sentence or "").startswith(_ASKS)]
    same = takewhile(lambda m: m.sentence == asked[-1].sentence, reversed(asked))
    return min((message.seq for message in same), default=0)


def _one_turn(unanswered: Sequence[Message], asked_at: int) -> Sequence[Message]:
    """A tapped choice is a turn of its own; messages typed one after the other are one turn.

    Those written before the question of number `asked_at` could be read are no answer to it.
    """
    if unanswered[0].choice:
        return unanswered[:1]
    typed = list(takewhile(lambda message: not message.choice, unanswered))
    early = [message for message in typed if message.seq < asked_at]
    return early or typed


def _known(assessment: Assessment) -> dict[str, str]:
    """What the assistant need not ask. A victim's age that nobody told is asked, however likely."""
    role = assessment.role
    if role in (Role.VICTIME_MINEURE, Role.VICTIME_MAJEURE) and assessment.age_band is None:
        role = Role.VICTIME_AGE_INCONNU
    known = {
        "role": role,
        "platform": assessment.platform,
        "age_band": assessment.age_band,
        "issue": assessment.issue,
        "urgency": assessment.urgency,
    }
    return {name: str(value) for name, value in known.items() if value is not None}
