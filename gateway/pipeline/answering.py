"""The assistant lane: the bot answers what the bot owns, or passes it to a human."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import takewhile

import structlog

from core import transitions
from core.assessment import Assessment, Fact
from core.assistant import AssistantRequest, AssistantTurn
from core.clock import Clock
from core.conversation import Author, Conversation, Message
from core.errors import AssistantUnavailable, Conflict, NotFound, Refused
from core.events import CARDS
from core.ids import ConversationId
from core.labels import Role
from core.ports import Assistant, Change, Phrasebook, Store
from core.prospects import Expect, always_answered
from core.work import Lease
from gateway.marks import show_typing
from gateway.metrics import Metrics
from gateway.pipeline.leases import DECISIONS, FROM_THE_STORE

log = structlog.get_logger()

# Somebody who goes on writing is answered at last after this many pauses.
PATIENCE = 4
AT_ONCE = timedelta(0)
# More people than the bot can answer: whom it left so long without a word goes to a human unasked,
# so that it catches up with the others. Longer than the lease of a process that died.
TOO_LATE = timedelta(seconds=45)
# How the ids of the bot's questions begin.
_ASKS = "ask_"


class Answering:
    """The handler of the assistant lane."""

    def __init__(
        self,
        *,
        store: Store,
        assistant: Assistant,
        channels: Mapping[str, object],
        asks_for_human: Callable[[str], bool],
        burst: timedelta,
        phrases: Phrasebook,
        clock: Clock,
        metrics: Metrics,
        expect: Expect = always_answered,
    ) -> None:
        self._store = store
        self._assistant = assistant
        self._channels = channels
        self._asks_for_human = asks_for_human
        self._burst = burst
        self._phrases = phrases
        self._clock = clock
        self._metrics = metrics
        self._expect = expect

    async def answer(self, lease: Lease) -> timedelta | None:
        """Answer the person's newest messages as one turn, or pass them to a human."""
        try:
            conversation = await self._store.conversation(ConversationId(lease.key))
        except NotFound:
            return None  # erased meanwhile
        if not conversation.is_the_bots or conversation.standby:
            return None
        recent = await self._store.messages(conversation.id, after=conversation.answered_seq)
        unanswered = [message for message in recent if message.author is Author.PERSON]
        if not unanswered:
            return None
        if wait := self._still_writing(unanswered):
            return wait
        if (late := self._clock() - unanswered[-1].at) > TOO_LATE:
            self._metrics.assistant.labels("shed").observe(late.total_seconds())
            await self._hand_over_untriaged(lease)
            return None
        asked_at = _asked_at(recent)
        burst = _one_turn(unanswered, asked_at)
        early = burst[-1].seq < asked_at and not burst[0].choice
        answered = burst[-1].seq
        if not any(message.text.strip() and message.type not in CARDS for message in burst):
            await self._decide(
                lease,
                lambda fresh: transitions.ask_to_write(
                    fresh,
                    answered=answered,
                    now=self._clock(),
                    phrases=self._phrases,
                    prospect=self._expect(fresh.channel),
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
        if turn is not None:
            turn = _traced(turn, conversation.assessment, burst)
        answered = burst[-1].seq
        if turn is None:
            await self._hand_over_untriaged(lease)
        else:
            await self._decide(
                lease,
                lambda fresh: transitions.answer(
                    fresh,
                    turn,
                    answered=answered,
                    now=self._clock(),
                    phrases=self._phrases,
                    prospect=self._expect(fresh.channel),
                ),
            )

    async def _hand_over_untriaged(self, lease: Lease) -> None:
        await self._decide(
            lease,
            lambda fresh: transitions.hand_over_untriaged(
                fresh,
                now=self._clock(),
                phrases=self._phrases,
                prospect=self._expect(fresh.channel),
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
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._show_typing(conversation, burst[-1]), name="typing")
            return await self._asked(request)

    async def _asked(self, request: AssistantRequest) -> AssistantTurn | None:
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

    async def _show_typing(self, conversation: Conversation, last: Message) -> None:
        """On phones: read, and an answer is on its way. Never a reason to fail."""
        await show_typing(self._store, self._channels, conversation, last)

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


def _traced(turn: AssistantTurn, known: Assessment, burst: Sequence[Message]) -> AssistantTurn:
    """The turn with what it newly learned linked to the message that told it."""
    before = {fact.name: fact.value for fact in known.facts}
    facts = tuple(
        fact if before.get(fact.name) == fact.value else replace(fact, seq=_told_in(fact, burst))
        for fact in turn.assessment.facts
    )
    return replace(turn, assessment=replace(turn.assessment, facts=facts))


def _told_in(fact: Fact, burst: Sequence[Message]) -> int:
    told = (message.seq for message in burst if fact.value in message.text)
    return next(told, burst[-1].seq)


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
