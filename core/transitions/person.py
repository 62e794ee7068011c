"""What the person does: write, send, tap, correct, take back, react."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from core.assessment import Assessment
from core.assistant import Said
from core.commands import Command
from core.conversation import (
    BOT,
    QUEUE,
    Attachment,
    Author,
    Contact,
    Conversation,
    Message,
    Outcome,
    OwnerKind,
    Ticket,
    TicketStatus,
)
from core.events import CARDS, EventKind, InboundEvent, MessageType
from core.follow_up import FollowUp
from core.ids import ConversationId, ListenerId, new_id
from core.labels import Urgency
from core.ports import Change, Phrasebook
from core.prospects import ANSWERED, Prospect
from core.regions import region_of
from core.transitions.draft import Draft, about
from core.transitions.following import take_number
from core.transitions.wishes import obey
from core.transitions.writers import supposed
from core.voices import FOR_A_CHILD, seems_another
from core.work import Lane

# Someone who writes on while waiting is told rarely that the message arrived.
WAITING_NOTICE_EVERY = timedelta(minutes=3)
# Who comes back this soon after a listener's help goes straight to a listener again.
RETURN_WITHIN = timedelta(hours=24)
# What either has words or says nothing that a person must look at.
_WORDS = frozenset({None, MessageType.TEXT, MessageType.CHOICE, MessageType.STICKER})
_HELPED = frozenset({Outcome.HELPED, Outcome.ORIENTED, Outcome.SIGNALEMENT, Outcome.EMERGENCY})


def open_conversation(
    contact: Contact, previous: Conversation | None, *, now: datetime, origin: str | None = None
) -> Conversation:
    """A conversation that is not stored yet (version 0), owned by the bot.

    It goes on counting messages where the contact's previous one ended, so that a cursor into the
    contact's messages stays good. Somebody who was helped a moment ago, or who left before anybody
    answered, waits for a listener at once, with what is known: nobody has to tell it twice.
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
        erasure=previous.erasure if previous else None,
        previous=previous.id if previous else None,
        known_to=_closed_by(previous),
        follow_up=_promised(previous),
        region=region_of(contact.channel, contact.address),
    )
    if previous is None or not (_helped_lately(previous, now) or _left_waiting(previous)):
        return fresh
    return replace(
        fresh,
        owner=QUEUE,
        ticket=Ticket.opened(now),
        assessment=previous.assessment.carried_over(),
        needs=previous.needs,
    )


def receive(
    conversation: Conversation,
    event: InboundEvent,
    seen: Assessment,
    *,
    burst: timedelta,
    now: datetime,
    phrases: Phrasebook,
    command: Command | None = None,
    reply_to: int | None = None,
    greeting: Sequence[Said] = (),
    prospect: Prospect = ANSWERED,
    taken_back: bool = False,
) -> Change:
    """The person wrote. The message is kept and screened, whoever owns the conversation.

    `seen` is what the screen made of it, tied to message number `conversation.next_seq`. A burst of
    short messages is one turn: the bot waits for `burst` before it answers. `greeting` follows the
    first welcome. A `command` is obeyed, unless the message is danger.
    Danger goes straight to the queue with the numbers to call and starts the alarm
    clock. Under a listener no machine speaks: the listener is shown the danger, and the channel's
    own screen the numbers (see `danger_since`). Where another application has the thread, nobody
    here speaks at all. Who calls wants a person: they are told that nobody picks up here, and how
    to reach one. Who takes the phone from another has a card of their own (`writers`). Where a
    parent or a professional goes on where a child wrote, the bot falls silent: its answers would
    tell what the child told. What was `taken_back` before it came is kept as `unsend` leaves it.
    """
    draft = Draft(conversation, now, phrases, prospect)
    if taken_back:
        seen = seen.without_words_of(conversation.next_seq)
    other_writer = seems_another(conversation, seen) and (
        # What a parent told the bot of their child serves the child too.
        conversation.owner != BOT or seen.role in FOR_A_CHILD
    )
    if other_writer:
        other = supposed(conversation, seen)
        draft.update(
            assessment=other.assessment, writers=other.writers, another_at=other.another_at
        )
    message = draft.heard(event, seen, reply_to=reply_to, taken_back=taken_back)
    if _only_a_person_reads(event):
        seen = seen.merged(Assessment(urgency=Urgency.MODEREE, unheard=True))
    draft.update(
        assessment=draft.conversation.assessment.merged(seen),
        heard_at=here_at(draft, event),
        standby=event.standby,
    )
    reopen_window(draft, event)
    owner, first = conversation.owner.kind, message.seq == conversation.first_seq
    if draft.is_dangerous(conversation.assessment, seen):
        draft.raise_danger()
        if owner is not OwnerKind.LISTENER and not event.standby:
            draft.tell_danger()
            draft.offer_follow_up()
            if _is_theirs(event) and not other_writer:
                # Told after a danger, it is read as one together with what came before.
                take_number(draft, event.text or "")
    elif event.standby:
        pass
    elif command is not None:
        # The assistant must not answer it as well.
        draft.update(answered_seq=message.seq)
        if command is Command.WRONG_CODE and owner is OwnerKind.BOT and first:
            # They mean to go on here: who answers is said before anything else is.
            _welcome(draft, greeting)
        obey(draft, command)
    elif event.type is MessageType.CALL and owner is not OwnerKind.LISTENER:
        _called(draft)
    elif _is_theirs(event) and not other_writer and take_number(draft, event.text or ""):
        draft.update(answered_seq=message.seq)
    elif owner is OwnerKind.BOT and other_writer:
        # The bot would go on from what the child told it.
        draft.update(dialogue="", answered_seq=message.seq)
        draft.hand_to_queue()
        draft.notice("handed_over")
    elif owner is OwnerKind.BOT:
        if first:
            _welcome(draft, greeting)
        draft.wake(Lane.ASSISTANT, now if event.payload else now + burst)
    elif owner is OwnerKind.QUEUE:
        draft.wake_at_closing()
        last = conversation.notice_at
        if last is None or now - last >= WAITING_NOTICE_EVERY:
            draft.notice("still_waiting")
            draft.offer_follow_up()
            draft.update(notice_at=now)
    if owner is not OwnerKind.LISTENER:
        draft.tell_where_they_are(conversation)
    return draft.done()


def arrive(
    conversation: Conversation,
    event: InboundEvent,
    *,
    now: datetime,
    phrases: Phrasebook,
    greeting: Sequence[Said] = (),
    prospect: Prospect = ANSWERED,
) -> Change | None:
    """The person came by a link or a button and has not written yet. None: nothing changes.

    Where they came from is kept from the first contact on; who starts anew is welcomed.
    """
    draft = Draft(conversation, now, phrases, prospect)
    new = conversation.version == 0
    if not new and (conversation.origin or not event.ref):
        return None
    draft.update(origin=conversation.origin or event.ref, heard_at=here_at(draft, event))
    reopen_window(draft, event)
    if new and event.kind is EventKind.START and conversation.owner == BOT and not event.standby:
        _welcome(draft, greeting)
    return draft.done()


def edit(
    conversation: Conversation,
    message: Message,
    event: InboundEvent,
    seen: Assessment,
    *,
    now: datetime,
    phrases: Phrasebook,
    prospect: Prospect = ANSWERED,
) -> Change:
    """The person corrected `message` of this conversation: what it says now is screened too.

    `seen` is tied to the message's own number. What it raised before stays raised.
    """
    draft = Draft(conversation, now, phrases, prospect)
    draft.heard_anew(
        replace(
            message,
            text=event.text or "",
            edited_at=now,
            reasons=about(seen, message.seq),
        )
    )
    kept = tuple(r for r in conversation.assessment.reasons if r.seq != message.seq)
    before = replace(conversation.assessment, reasons=kept)
    draft.update(assessment=before.merged(seen), heard_at=here_at(draft, event))
    _raise_if_dangerous(draft, conversation, seen)
    return draft.done()


def written_before(
    conversation: Conversation,
    message: Message,
    event: InboundEvent,
    seen: Assessment,
    *,
    now: datetime,
    phrases: Phrasebook,
    prospect: Prospect = ANSWERED,
) -> Change:
    """What `message` said before the person corrected it came after the correction.

    It is screened, and its files are fetched; what it says now stays. `seen` is tied to the
    message's own number.
    """
    draft = Draft(conversation, now, phrases, prospect)
    draft.completed(message, event)
    known = conversation.assessment.merged(seen.without_words_of(message.seq))
    draft.update(assessment=known)
    _raise_if_dangerous(draft, conversation, seen)
    return draft.done()


def unsend(
    conversation: Conversation, message: Message, *, now: datetime, phrases: Phrasebook
) -> Change:
    """The person took `message` back: what we hold of it is erased, what it raised stays raised.

    The assistant's state may hold its words and goes too; what is known is not asked again.
    """
    draft = Draft(conversation, now, phrases)
    draft.rewrite(message.taken_back(now))
    draft.update(
        assessment=conversation.assessment.without_words_of(message.seq),
        dialogue="",
    )
    return draft.done()


def react(
    conversation: Conversation,
    message: Message,
    emoji: str | None,
    *,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """The person put an emoji on `message`, or took it away (None). Nobody answers that."""
    draft = Draft(conversation, now, phrases)
    draft.rewrite(replace(message, reaction=emoji))
    return draft.done()


def answered_elsewhere(
    conversation: Conversation, event: InboundEvent, *, now: datetime, phrases: Phrasebook
) -> Change:
    """A colleague answered in the platform's own inbox: shown here, and the bot falls silent."""
    draft = Draft(conversation, now, phrases)
    draft.append(Author.ELSEWHERE, event.text or "", provider_id=event.id)
    draft.hand_to_queue()
    return draft.done()


def thread_moved(
    conversation: Conversation,
    *,
    standby: bool,
    now: datetime,
    phrases: Phrasebook,
    greeting: Sequence[Said] = (),
) -> Change | None:
    """The platform gave the thread to another application, or back to us. None: it was so before.

    What came in meanwhile is answered once the thread is ours again; danger first, with the numbers
    that could not be said then.
    """
    if conversation.standby == standby:
        return None
    draft = Draft(conversation, now, phrases)
    draft.update(standby=standby)
    if standby:
        return draft.done()
    if conversation.owner == BOT:
        if conversation.answered_seq < conversation.first_seq:
            _welcome(draft, greeting)
        draft.wake(Lane.ASSISTANT, now)
    elif conversation.owner == QUEUE and conversation.danger_since is not None:
        draft.tell_danger()
    return draft.done()


def files_arrived(
    conversation: Conversation,
    message: Message,
    attachments: tuple[Attachment, ...],
    *,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """What became of a message's files. A message taken back meanwhile stays empty."""
    draft = Draft(conversation, now, phrases)
    if message.deleted_at is None:
        draft.rewrite(replace(message, attachments=attachments))
    return draft.done()


def enter_unread(
    conversation: Conversation,
    event: InboundEvent,
    *,
    now: datetime,
    phrases: Phrasebook,
    prospect: Prospect = ANSWERED,
    taken_back: bool = False,
) -> Change:
    """A message that our own code fails on: kept as it is, and shown to a human.

    Nothing is known of it, so it counts as urgent. Under a listener it is simply shown.
    """
    draft = Draft(conversation, now, phrases, prospect)
    unread = Assessment(urgency=Urgency.ELEVEE, incomplete=True)
    draft.heard(event, unread, reply_to=None, taken_back=taken_back)
    draft.update(assessment=conversation.assessment.merged(unread), heard_at=here_at(draft, event))
    reopen_window(draft, event)
    if conversation.owner == BOT:
        draft.hand_to_queue()
        draft.notice("handed_over_after_failure")
    return draft.done()


def _raise_if_dangerous(draft: Draft, before: Conversation, seen: Assessment) -> None:
    if draft.is_dangerous(before.assessment, seen):
        draft.raise_danger()
        if before.owner.kind is not OwnerKind.LISTENER and not before.standby:
            draft.tell_danger()


def _is_theirs(event: InboundEvent) -> bool:
    """Whether its words are the person's own: no tap, no card, nothing that another wrote."""
    said = event.type in (None, MessageType.TEXT)
    return said and event.payload is None and not event.forwarded


def _called(draft: Draft) -> None:
    """To the queue; who calls again at once is not told it again."""
    last = draft.conversation.notice_at
    draft.hand_to_queue()
    if last is None or draft.now - last >= WAITING_NOTICE_EVERY:
        draft.notice("call_missed")
        draft.update(notice_at=draft.now)


def here_at(draft: Draft, event: InboundEvent) -> datetime:
    """When the person last did something here: what was late on its way was done before."""
    last, at = draft.conversation.heard_at, min(event.at, draft.now)
    return at if last is None else max(last, at)


def _welcome(draft: Draft, greeting: Sequence[Said]) -> None:
    draft.notice("welcome")
    for said in greeting:
        draft.notice(said.sentence, said.values)


def reopen_window(draft: Draft, event: InboundEvent) -> None:
    """Writing opens the platform's window again; what waited for that goes on."""
    until, before = event.window_ends_at, draft.conversation.window_ends_at
    if until is None or (before is not None and until <= before):
        return
    draft.update(window_ends_at=until)
    # A platform may have found it closed before we did: a listener's words may be held back.
    listened = draft.conversation.owner.kind is OwnerKind.LISTENER
    if before is not None and (before <= draft.now or listened):
        draft.wake(Lane.DELIVERY, draft.now)
    elif before is None and draft.conversation.previous is not None:
        # An earlier conversation may have ended with words still held back.
        draft.wake(Lane.DELIVERY, draft.now, key=draft.conversation.previous)


def _only_a_person_reads(event: InboundEvent) -> bool:
    """Whether a message holds no words that can be read: a voice, an image, a place."""
    if event.type in CARDS:
        return True
    return event.type not in _WORDS and not (event.text or "").strip()


def _closed_by(previous: Conversation | None) -> ListenerId | None:
    ticket = previous.ticket if previous else None
    closed = ticket is not None and ticket.status is TicketStatus.CLOSED
    return ticket.listener_id if ticket and closed else None


def _promised(previous: Conversation | None) -> FollowUp | None:
    told = previous.follow_up if previous else None
    return told if told is not None and told.goes_on else None


def _helped_lately(previous: Conversation, now: datetime) -> bool:
    ticket = previous.ticket
    return (
        ticket is not None
        and ticket.outcome in _HELPED
        and previous.closed_at is not None
        and now - previous.closed_at <= RETURN_WITHIN
    )


def _left_waiting(previous: Conversation) -> bool:
    return previous.ticket is not None and previous.ticket.status is TicketStatus.ABANDONED
