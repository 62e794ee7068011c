"""What may happen to a conversation: pure functions from a conversation to a `Change`.

Each returns the whole consequence of one event or command, to be committed in one transaction, or
raises `Refused` where the rules forbid it. Only the owner answers: bot or listener, never both.
Whoever owns the conversation, a critical message is shown at once and starts the alarm clock.
Machines only raise urgency.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from core.accounts import Listener
from core.assessment import Assessment, Reason
from core.assistant import AssistantTurn, HandOver
from core.conversation import (
    BOT,
    QUEUE,
    Author,
    Choice,
    Contact,
    Conversation,
    Delivery,
    Message,
    Outcome,
    Owner,
    OwnerKind,
    Ticket,
    TicketStatus,
)
from core.errors import Refused, Unseen
from core.events import InboundEvent
from core.ids import ConversationId, MessageId, derived_id, new_id
from core.labels import Issue, Role, Urgency, address_for
from core.ports import Change, Phrasebook
from core.work import ORDINARY, URGENT, Lane, Wake

# Danger that no listener has answered for this long alarms listeners and supervisor.
ALARM_AFTER = timedelta(seconds=60)
# Somebody who says nothing more to the bot is not left there: a human looks after this long.
SILENCE = {
    Urgency.CRITIQUE: timedelta(0),
    Urgency.ELEVEE: timedelta(minutes=3),
    Urgency.MODEREE: timedelta(minutes=15),
}
# The numbers to call are repeated to someone still in danger, but not after every sentence.
TELL_DANGER_AGAIN_AFTER = timedelta(minutes=10)
# Someone who writes on while waiting is told rarely that the message arrived.
WAITING_NOTICE_EVERY = timedelta(minutes=3)
# Who comes back this soon after a listener's help goes straight to a listener again.
RETURN_WITHIN = timedelta(hours=24)
_HELPED = frozenset({Outcome.HELPED, Outcome.ORIENTED, Outcome.SIGNALEMENT, Outcome.EMERGENCY})


class _Draft:
    """A change in the making: numbers the messages and collects what must be woken."""

    def __init__(self, conversation: Conversation, now: datetime, phrases: Phrasebook) -> None:
        self.conversation = conversation
        self.now = now
        self._version = conversation.version + 1
        self._phrases = phrases
        self._messages: list[Message] = []
        self._wakes: list[Wake] = []

    def update(self, **fields: object) -> None:
        self.conversation = replace(self.conversation, **fields)  # type: ignore[arg-type]

    def append(
        self,
        author: Author,
        text: str,
        *,
        message_id: MessageId | None = None,
        listener: Listener | None = None,
        client_id: str | None = None,
        sentence: str | None = None,
        choices: tuple[Choice, ...] = (),
        choice: str | None = None,
        assessment: Assessment | None = None,
    ) -> Message:
        message = Message(
            id=message_id or MessageId(new_id()),
            conversation_id=self.conversation.id,
            seq=self.conversation.next_seq,
            author=author,
            text=text,
            at=self.now,
            listener_id=listener.id if listener else None,
            client_id=client_id,
            sentence=sentence,
            choices=choices,
            choice=choice,
            reasons=_about(assessment, self.conversation.next_seq),
            delivery=None if author is Author.PERSON else Delivery(due_at=self.now),
        )
        self._messages.append(message)
        self.update(next_seq=message.seq + 1)
        return message

    def say(
        self, author: Author, sentence: str, values: Mapping[str, str] | None = None
    ) -> Message:
        address = address_for(self.conversation.assessment.role)
        phrase = self._phrases.say(sentence, address, values)
        return self.append(author, phrase.text, sentence=sentence, choices=phrase.choices)

    def notice(self, sentence: str, values: Mapping[str, str] | None = None) -> Message:
        return self.say(Author.SERVICE, sentence, values)

    def wake(self, lane: Lane, at: datetime, priority: int = ORDINARY) -> None:
        self._wakes.append(Wake(lane, self.conversation.id, at, priority))

    def hand_to_queue(self) -> None:
        """From the bot to the queue; someone who waits already or is listened to stays there."""
        if self.conversation.owner == BOT:
            self.update(ticket=Ticket.opened(self.now), owner=QUEUE, notice_at=self.now)

    def raise_danger(self) -> None:
        """Start the alarm clock, unless it runs, and make sure that a human is asked for."""
        self.update(
            danger_since=self.conversation.danger_since or self.now,
            danger_seq=self.conversation.heard_seq,
        )
        self.wake(Lane.WATCH, self.now + ALARM_AFTER, URGENT)
        self.hand_to_queue()

    def tell_danger(self) -> None:
        """The numbers to call, unless told a moment ago."""
        told = self.conversation.danger_told_at
        if told is None:
            self.notice(_numbers_for(self.conversation.assessment))
        elif self.now - told >= TELL_DANGER_AGAIN_AFTER:
            self.notice("danger_numbers_again")
        else:
            return
        self.update(danger_told_at=self.now)

    def done(self) -> Change:
        self.update(version=self._version, updated_at=self.now)
        if any(message.delivery for message in self._messages):
            critical = self.conversation.assessment.urgency is Urgency.CRITIQUE
            self.wake(Lane.DELIVERY, self.now, URGENT if critical else ORDINARY)
        return Change(
            conversation=self.conversation,
            messages=tuple(self._messages),
            wakes=tuple(self._wakes),
        )


def open_conversation(
    contact: Contact, previous: Conversation | None, *, now: datetime, origin: str | None = None
) -> Conversation:
    """A conversation that is not stored yet (version 0), owned by the bot.

    It goes on counting messages where the contact's previous one ended, so that a cursor into the
    contact's messages stays good. Somebody who was helped a moment ago waits for a listener at
    once, with what is known: nobody has to tell it twice.
    """
    first = previous.next_seq if previous else 1
    fresh = Conversation(
        id=ConversationId(new_id()),
        contact_id=contact.id,
        channel=contact.channel,
        account=contact.account,
        owner=BOT,
        opened_at=now,
        updated_at=now,
        first_seq=first,
        next_seq=first,
        answered_seq=first - 1,
        origin=origin,
        previous=previous.id if previous else None,
    )
    if previous is None or not _helped_lately(previous, now):
        return fresh
    return replace(
        fresh,
        owner=QUEUE,
        ticket=Ticket.opened(now),
        assessment=previous.assessment.carried_over(),
    )


def receive(
    conversation: Conversation,
    event: InboundEvent,
    seen: Assessment,
    *,
    burst: timedelta,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """The person wrote. The message is kept and screened, whoever owns the conversation.

    `seen` is what the screen made of it, tied to message number `conversation.next_seq`. A burst of
    short messages is one turn: the bot waits for `burst` before it answers.
    Danger goes straight to the queue with the numbers to call and starts the alarm
    clock. Under a listener no machine speaks: the listener is shown the danger, and the channel's
    own screen the numbers (see `danger_since`).
    """
    draft = _Draft(conversation, now, phrases)
    first = conversation.version == 0
    message = draft.append(
        Author.PERSON,
        event.text or "",
        client_id=event.id,
        choice=event.payload,
        assessment=seen,
    )
    draft.update(assessment=conversation.assessment.merged(seen), heard_seq=message.seq)

    owner = conversation.owner.kind
    if seen.is_danger:
        draft.raise_danger()
        if owner is not OwnerKind.LISTENER:
            draft.tell_danger()
    elif owner is OwnerKind.BOT:
        if first:
            draft.notice("welcome")
        draft.wake(Lane.ASSISTANT, now if event.payload else now + burst)
    elif owner is OwnerKind.QUEUE:
        last = conversation.notice_at
        if last is None or now - last >= WAITING_NOTICE_EVERY:
            draft.notice("still_waiting")
            draft.update(notice_at=now)
    return draft.done()


def answer(
    conversation: Conversation,
    turn: AssistantTurn,
    *,
    answered: int,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """The bot answers the person's messages up to number `answered`.

    Raises Refused when the conversation is no longer the bot's: a late answer is never said.
    """
    _require(conversation.is_the_bots)
    draft = _Draft(conversation, now, phrases)
    newer = turn.assessment
    if turn.hand_over is HandOver.DANGER:
        newer = replace(newer, urgency=newer.urgency.at_least(Urgency.ELEVEE))
    elif turn.hand_over is HandOver.NOT_UNDERSTOOD:
        # A problem nobody knows yet must not wait behind the known small ones.
        newer = replace(newer, urgency=newer.urgency.at_least(Urgency.MODEREE))
    draft.update(
        assessment=conversation.assessment.merged(newer),
        dialogue=turn.dialogue,
        answered_seq=answered,
    )
    for said in turn.said:
        draft.say(Author.BOT, said.sentence, said.values)
    if turn.hand_over is HandOver.DANGER or newer.urgency is Urgency.CRITIQUE:
        draft.raise_danger()
        draft.tell_danger()
    elif turn.hand_over is not None:
        draft.hand_to_queue()
        draft.notice("handed_over")
    elif silence := SILENCE.get(draft.conversation.assessment.urgency):
        draft.wake(Lane.WATCH, now + silence)
    return draft.done()


def ask_to_write(
    conversation: Conversation, *, answered: int, now: datetime, phrases: Phrasebook
) -> Change:
    """Nothing in the person's messages can be read as words: say so, and offer a human.

    Raises Refused when the conversation is no longer the bot's.
    """
    _require(conversation.is_the_bots)
    draft = _Draft(conversation, now, phrases)
    draft.notice("unreadable")
    draft.update(answered_seq=answered)
    return draft.done()


def hand_over_untriaged(
    conversation: Conversation, *, now: datetime, phrases: Phrasebook
) -> Change:
    """The assistant gave no answer: straight to a human, marked as not fully triaged.

    Raises Refused when the conversation is no longer the bot's.
    """
    _require(conversation.is_the_bots)
    draft = _Draft(conversation, now, phrases)
    draft.update(
        assessment=conversation.assessment.merged(Assessment(incomplete=True)),
        answered_seq=conversation.next_seq - 1,
    )
    draft.hand_to_queue()
    draft.notice("handed_over_after_failure")
    return draft.done()


def silence_ends_at(conversation: Conversation) -> datetime | None:
    """When a human must look at somebody who says nothing more to the bot; None: never."""
    silence = SILENCE.get(conversation.assessment.urgency)
    if not conversation.is_the_bots or silence is None:
        return None
    return conversation.updated_at + silence


def hand_over_silent(
    conversation: Conversation, *, now: datetime, phrases: Phrasebook
) -> Change | None:
    """Somebody with a worry fell silent under the bot: to the queue; None when it is not so."""
    due = silence_ends_at(conversation)
    if due is None or now < due:
        return None
    draft = _Draft(conversation, now, phrases)
    draft.hand_to_queue()
    draft.notice("handed_over")
    return draft.done()


def enter_unread(
    conversation: Conversation, event: InboundEvent, *, now: datetime, phrases: Phrasebook
) -> Change:
    """A message that our own code fails on: kept as it is, and shown to a human.

    Nothing is known of it, so it counts as urgent. Under a listener it is simply shown.
    """
    draft = _Draft(conversation, now, phrases)
    message = draft.append(Author.PERSON, event.text or "", client_id=event.id)
    unread = Assessment(urgency=Urgency.ELEVEE, incomplete=True)
    draft.update(assessment=conversation.assessment.merged(unread), heard_seq=message.seq)
    if conversation.owner == BOT:
        draft.hand_to_queue()
        draft.notice("handed_over_after_failure")
    return draft.done()


def claim(
    conversation: Conversation, listener: Listener, *, now: datetime, phrases: Phrasebook
) -> Change:
    """A listener takes over a waiting conversation. Raises Refused when it does not wait.

    Danger that its listener left unanswered until the alarm may be taken over by anybody.
    """
    ticket = conversation.ticket
    _require(conversation.is_open and ticket is not None)
    assert ticket is not None
    _require(ticket.status is TicketStatus.WAITING or conversation.is_alarming)
    draft = _Draft(conversation, now, phrases)
    draft.update(
        owner=Owner(OwnerKind.LISTENER, listener.id),
        ticket=replace(
            ticket, status=TicketStatus.CLAIMED, listener_id=listener.id, claimed_at=now
        ),
    )
    draft.notice("listener_joined", {"name": listener.name})
    return draft.done()


def reply_id(conversation: Conversation, listener: Listener, client_id: str) -> MessageId:
    """The one id of a listener's reply, however often the console sends it."""
    return MessageId(derived_id(conversation.id, listener.id, client_id))


def reply(
    conversation: Conversation,
    listener: Listener,
    text: str,
    *,
    client_id: str,
    seen: int,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """The listener writes to the person. Raises Refused if not owner.

    Danger counts as answered when the listener had seen it: `seen` is the last message on screen.
    """
    _require_owner(conversation, listener)
    draft = _Draft(conversation, now, phrases)
    draft.append(
        Author.LISTENER,
        text,
        message_id=reply_id(conversation, listener, client_id),
        listener=listener,
        client_id=client_id,
    )
    if seen >= conversation.danger_seq:
        draft.update(danger_since=None, alarmed_at=None)
    return draft.done()


def close(
    conversation: Conversation,
    listener: Listener,
    outcome: Outcome,
    *,
    seen: int,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """The listener ends the conversation with an outcome. Raises Refused if not owner.

    Raises Unseen when the person wrote after `seen`, the last message on the listener's screen.
    """
    _require_owner(conversation, listener)
    if conversation.heard_seq > seen:
        raise Unseen
    draft = _Draft(conversation, now, phrases)
    draft.notice("conversation_closed")
    assert conversation.ticket is not None
    draft.update(
        closed_at=now,
        danger_since=None,
        alarmed_at=None,
        ticket=replace(
            conversation.ticket, status=TicketStatus.CLOSED, closed_at=now, outcome=outcome
        ),
    )
    return draft.done()


def give_back(conversation: Conversation, *, now: datetime, phrases: Phrasebook) -> Change:
    """The listener is gone: back to the queue at the old place, and the person is told.

    Raises Refused when no listener owns the conversation.
    """
    _require(conversation.is_open and conversation.owner.kind is OwnerKind.LISTENER)
    assert conversation.ticket is not None
    draft = _Draft(conversation, now, phrases)
    draft.update(
        owner=QUEUE,
        notice_at=now,
        ticket=replace(
            conversation.ticket,
            status=TicketStatus.WAITING,
            listener_id=None,
            claimed_at=None,
        ),
    )
    draft.notice("listener_lost")
    return draft.done()


def sound_alarm(conversation: Conversation, *, now: datetime, phrases: Phrasebook) -> Change | None:
    """Danger that nobody answered in time alarms the desk; None when there is nothing to do."""
    since = conversation.danger_since
    if not conversation.is_open or since is None or conversation.alarmed_at is not None:
        return None
    if now < since + ALARM_AFTER:
        return None
    draft = _Draft(conversation, now, phrases)
    draft.update(alarmed_at=now)
    return draft.done()


def _about(assessment: Assessment | None, seq: int) -> tuple[Reason, ...]:
    """The reasons that lie in message `seq`."""
    return tuple(each for each in assessment.reasons if each.seq == seq) if assessment else ()


def _numbers_for(assessment: Assessment) -> str:
    """The notice with the numbers that fit who writes, and what about."""
    if assessment.role in (Role.PARENT, Role.TEMOIN_AMI, Role.PROFESSIONNEL):
        return "danger_numbers_other"
    if assessment.issue in (Issue.DANGER_PHYSIQUE, Issue.GROOMING, Issue.VIOLENCES_SEXISTES):
        return "danger_numbers_violence"
    return "danger_numbers"


def _helped_lately(previous: Conversation, now: datetime) -> bool:
    ticket = previous.ticket
    return (
        ticket is not None
        and ticket.outcome in _HELPED
        and previous.closed_at is not None
        and now - previous.closed_at <= RETURN_WITHIN
    )


def _require(condition: bool) -> None:
    if not condition:
        raise Refused


def _require_owner(conversation: Conversation, listener: Listener) -> None:
    _require(conversation.is_held_by(listener.id))
