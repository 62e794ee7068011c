"""How a conversation goes from one to another: to a colleague, to the queue, to the bot, and back.

A listener who passes it on keeps it until somebody else has it, and the person is told by whom they
are answered. What the next one must know travels along, so that nobody tells it twice.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from core.accounts import Listener
from core.conversation import BOT, TELEPHONE, Conversation, OwnerKind, TicketStatus
from core.errors import TooLate, TooUrgent
from core.ids import ListenerId, derived_id
from core.labels import Urgency
from core.notes import NOTES_AT_MOST, Note, Offer
from core.ports import Change, Phrasebook
from core.prospects import ANSWERED, Prospect
from core.transitions.draft import Draft, require, require_owner
from core.transitions.machine import SILENCE
from core.work import Lane

# How long a colleague has to accept.
OFFER_STANDS = timedelta(minutes=2)
# How long a closing may be taken back.
UNDO_WITHIN = timedelta(seconds=30)


def note_id(conversation: Conversation, listener: Listener, client_id: str) -> str:
    """The one id of a listener's note, however often the console sends it."""
    return derived_id(conversation.id, listener.id, client_id)


def add_note(
    conversation: Conversation,
    listener: Listener,
    text: str,
    *,
    client_id: str,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """A note for colleagues, by who answers or reads along. Raises Refused; also for too many."""
    require(conversation.is_held_by(listener.id) or listener.id in conversation.readers)
    draft = Draft(conversation, now, phrases)
    _note(draft, listener, text, client_id)
    return draft.done()


def offer(
    conversation: Conversation,
    listener: Listener,
    to: ListenerId,
    summary: str,
    *,
    client_id: str,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """Ask a colleague to take over. It stays the listener's until that one accepts.

    Raises Refused if not owner. An earlier offer is replaced.
    """
    require_owner(conversation, listener)
    require(to != listener.id)
    draft = Draft(conversation, now, phrases)
    _note(draft, listener, summary, client_id)
    draft.update(offer=Offer(to=to, summary=summary, until=now + OFFER_STANDS))
    return draft.done()


def withdraw(
    conversation: Conversation, listener: Listener, *, now: datetime, phrases: Phrasebook
) -> Change:
    """The listener keeps it after all. Raises Refused if not owner, or when nothing is offered."""
    require_owner(conversation, listener)
    require(conversation.offer is not None)
    draft = Draft(conversation, now, phrases)
    draft.update(offer=None)
    return draft.done()


def decline(
    conversation: Conversation, listener: Listener, *, now: datetime, phrases: Phrasebook
) -> Change:
    """The colleague cannot take over: it stays where it is, and its listener is shown so.

    Raises Refused when nothing is offered to them.
    """
    asked = _offered(conversation, listener, now)
    draft = Draft(conversation, now, phrases)
    draft.update(offer=replace(asked, declined=True))
    return draft.done()


def accept(
    conversation: Conversation, listener: Listener, *, now: datetime, phrases: Phrasebook
) -> Change:
    """The colleague takes over, and the person is told who answers now.

    Raises Refused when nothing is offered to them any more.
    """
    _offered(conversation, listener, now)
    assert conversation.ticket is not None
    draft = Draft(conversation, now, phrases)
    draft.hold(conversation.ticket, listener.id)
    draft.notice("listener_changed", {"name": listener.name})
    return draft.done()


def hand_back(
    conversation: Conversation,
    listener: Listener,
    note: str,
    *,
    client_id: str,
    first: int | None,
    now: datetime,
    phrases: Phrasebook,
    prospect: Prospect = ANSWERED,
) -> Change:
    """To the head of the queue, with a note for whoever takes it. Raises Refused if not owner.

    `first`: see `core.transitions.give_back`.
    """
    require_owner(conversation, listener)
    draft = Draft(conversation, now, phrases, prospect)
    _note(draft, listener, note, client_id)
    draft.back_to_queue(first, "listener_handed_back")
    return draft.done()


def return_to_bot(
    conversation: Conversation,
    listener: Listener,
    summary: str,
    *,
    client_id: str,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """Let the bot go on with somebody who needs no human now. Raises Refused if not owner,
    and for a caller.

    The summary stays as a note: whoever takes the conversation next sees why it was left. The
    person and the bot never do.

    Raises TooUrgent for a serious worry or a danger: a machine is never left alone with that.
    """
    require_owner(conversation, listener)
    require(conversation.channel != TELEPHONE)
    seen = conversation.assessment
    if seen.urgency.rank >= Urgency.ELEVEE.rank or conversation.danger_since is not None:
        raise TooUrgent
    draft = Draft(conversation, now, phrases)
    _note(draft, listener, summary, client_id)
    draft.update(
        owner=BOT,
        offer=None,
        ticket=None,
        known_to=listener.id,
        # What is known is kept, what the assistant was asking is long past.
        dialogue="",
        answered_seq=conversation.heard_seq,
    )
    draft.notice("back_to_bot")
    if silence := SILENCE.get(seen.urgency):
        draft.wake(Lane.WATCH, now + silence)
    return draft.done()


def reopen(
    conversation: Conversation, listener: Listener, *, now: datetime, phrases: Phrasebook
) -> Change:
    """Take back a closing. Raises Refused for whoever did not close it.

    Raises TooLate after a while. That the contact has not begun another conversation is the
    caller's to know, and the store's to enforce.
    """
    ticket, closed_at = conversation.ticket, conversation.closed_at
    require(closed_at is not None and ticket is not None)
    assert closed_at is not None
    assert ticket is not None
    require(ticket.status is TicketStatus.CLOSED and ticket.listener_id == listener.id)
    if now - closed_at > UNDO_WITHIN:
        raise TooLate
    draft = Draft(conversation, now, phrases)
    draft.update(
        closed_at=None,
        ticket=replace(ticket, status=TicketStatus.CLAIMED, closed_at=None, outcome=None, tags=()),
    )
    draft.notice("conversation_reopened")
    return draft.done()


def _note(draft: Draft, listener: Listener, text: str, client_id: str) -> None:
    notes = draft.conversation.notes
    require(len(notes) < NOTES_AT_MOST)
    note = Note(
        id=note_id(draft.conversation, listener, client_id),
        listener_id=listener.id,
        at=draft.now,
        text=text,
    )
    draft.update(notes=(*notes, note))


def _offered(conversation: Conversation, listener: Listener, now: datetime) -> Offer:
    asked = conversation.offer
    held = conversation.is_open and conversation.owner.kind is OwnerKind.LISTENER
    require(held and asked is not None)
    assert asked is not None
    require(asked.to == listener.id and asked.stands(now))
    return asked
