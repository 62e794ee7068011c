"""What a listener does with a conversation: take over, answer, close, and be gone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from core.accounts import Listener
from core.conversation import (
    TELEPHONE,
    Author,
    Conversation,
    Outcome,
    OwnerKind,
    TicketStatus,
)
from core.errors import Ended, Unseen
from core.ids import MessageId, derived_id
from core.ports import Change, Phrasebook
from core.prospects import ANSWERED, Prospect
from core.transitions.draft import Draft, require, require_owner
from core.transitions.opinion import ASK_AFTER, asks_by_message
from core.work import Lane


def claim_id(listener: Listener, client_id: str) -> str:
    """The one id of a listener's wish for the next one, however often the console sends it."""
    return derived_id(listener.id, client_id)


def claim(
    conversation: Conversation,
    listener: Listener,
    *,
    command: str | None = None,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """A listener takes over a waiting conversation. Raises Refused when it does not wait.

    Raises Ended when it is over: then nobody else took it.
    Danger that its listener left unanswered until the alarm may be taken over by anybody.
    `command`: the `claim_id`, where they asked for the next one, whoever that is.
    """
    if not conversation.is_open:
        raise Ended
    ticket = conversation.ticket
    require(ticket is not None)
    assert ticket is not None
    require(ticket.status is TicketStatus.WAITING or conversation.is_alarming)
    draft = Draft(conversation, now, phrases)
    draft.hold(ticket, listener.id, claim=command)
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

    Nor can anybody be written to on the telephone. Danger counts as answered when the listener had
    seen it: `seen` is the version that was on their screen.
    """
    require_owner(conversation, listener)
    require(conversation.channel != TELEPHONE)
    draft = Draft(conversation, now, phrases)
    draft.append(
        Author.LISTENER,
        text,
        id=reply_id(conversation, listener, client_id),
        listener_id=listener.id,
        client_id=client_id,
    )
    course = conversation.course
    draft.update(course=replace(course, answered_at=course.answered_at or now))
    if seen >= conversation.danger_version:
        draft.update(danger_since=None, alarmed_at=None)
    return draft.done()


def close(
    conversation: Conversation,
    listener: Listener,
    outcome: Outcome,
    *,
    tags: Sequence[str] = (),
    seen: int,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """The listener ends the conversation with an outcome. Raises Refused if not owner.

    Raises Unseen when the person wrote, or changed what they had written, after `seen`, the version
    on the listener's screen.
    """
    require_owner(conversation, listener)
    if conversation.heard_version > seen:
        raise Unseen
    draft = Draft(conversation, now, phrases)
    draft.notice("conversation_closed")
    assert conversation.ticket is not None
    draft.update(
        closed_at=now,
        offer=None,
        danger_since=None,
        alarmed_at=None,
        ticket=replace(
            conversation.ticket,
            status=TicketStatus.CLOSED,
            closed_at=now,
            outcome=outcome,
            tags=tuple(dict.fromkeys(tags)),
        ),
    )
    if asks_by_message(draft.conversation, now=now):
        draft.wake(Lane.AFTER, now + ASK_AFTER)
    return draft.done()


def give_back(
    conversation: Conversation,
    *,
    first: int | None,
    now: datetime,
    phrases: Phrasebook,
    prospect: Prospect = ANSWERED,
) -> Change:
    """The listener is gone: back to the head of the queue, and the person is told.

    `first` is the place of the first who waits with the same urgency (`core.line`), if there is
    one. Raises Refused when no listener owns the conversation.
    """
    require(conversation.is_open and conversation.owner.kind is OwnerKind.LISTENER)
    draft = Draft(conversation, now, phrases, prospect)
    draft.back_to_queue(first, "listener_lost")
    return draft.done()
