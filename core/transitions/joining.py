"""A call and a chat of the same person become one case: the code is given, missed, or typed."""

from dataclasses import replace
from datetime import datetime

from core.accounts import Listener
from core.assessment import NOTHING_KNOWN
from core.audit import Deed, Verb
from core.conversation import TELEPHONE, Conversation, Owner, OwnerKind, Ticket, TicketStatus
from core.events import InboundEvent
from core.ports import Change, Phrasebook
from core.spoken_code import SpokenCode
from core.transitions.draft import Draft, require, require_owner
from core.transitions.person import here_at, reopen_window
from core.voices import may_be_shown


def give_code(
    call: Conversation, listener: Listener, code: SpokenCode, *, now: datetime, phrases: Phrasebook
) -> Change:
    """The listener reads out a code; one given before holds no more.

    Raises Refused if not owner, for what is no call, and for one that has its chat.
    """
    require_owner(call, listener)
    require(call.channel == TELEPHONE and call.joined is None)
    draft = Draft(call, now, phrases)
    draft.update(code=code)
    return draft.done()


def miss_code(call: Conversation, *, now: datetime, phrases: Phrasebook) -> Change | None:
    """Somebody typed a code that is no call's: it counts against each. None: there is none here."""
    if call.code is None or not call.code.stands(now):
        return None
    draft = Draft(call, now, phrases)
    draft.update(code=call.code.missed())
    return draft.done()


def join_chat(
    call: Conversation, chat: Conversation, *, now: datetime, phrases: Phrasebook
) -> Change:
    """The call's side. Written first, so that the code joins nobody else; to repeat it for the
    same person does no harm. Raises Refused when the call is over."""
    require(call.is_open and call.code is not None)
    assert call.code is not None
    draft = Draft(call, now, phrases)
    draft.update(
        joined=chat.id,
        joined_before=tuple(one for one in call.halves if one != chat.id),
        code=replace(call.code, used_by=chat.contact_id),
    )
    return draft.done()


def join_call(
    chat: Conversation,
    event: InboundEvent,
    call: Conversation,
    listener: Listener,
    *,
    unwritten: bool,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """The chat's side: who is on the line answers here too, knowing what is known there.

    A chat that another listener holds stays with them. The code is shown as what the person wrote.
    `unwritten`: nothing else was written here. What was may be of somebody else of the family: then
    each half keeps what it knows to itself.
    """
    draft = Draft(chat, now, phrases)
    message = draft.heard(event, NOTHING_KNOWN, reply_to=None)
    known = chat.assessment
    nobody = unwritten and known.role is None and not known.facts
    if nobody or _of_one_person(chat, call):
        known = known.merged(call.assessment.carried_over())
    draft.update(
        joined=call.id,
        joined_before=tuple(one for one in chat.halves if one != call.id),
        assessment=known,
        heard_at=here_at(draft, event),
        answered_seq=message.seq,
        standby=event.standby,
    )
    reopen_window(draft, event)
    if chat.owner.kind is not OwnerKind.LISTENER:
        ticket = chat.ticket or Ticket.opened(now)
        draft.update(
            owner=Owner(OwnerKind.LISTENER, listener.id),
            offer=None,
            ticket=replace(
                ticket,
                status=TicketStatus.CLAIMED,
                listener_id=listener.id,
                claimed_at=now,
                claim=None,
            ),
        )
        if not event.standby:
            draft.notice("call_joined", {"name": listener.name})
    deed = Deed(
        verb=Verb.CALL_JOINED,
        at=now,
        actor=listener.id,
        conversation=chat.id,
        details={"call": call.id},
    )
    return replace(draft.done(), deeds=(deed,))


def _of_one_person(chat: Conversation, call: Conversation) -> bool:
    return may_be_shown(chat, call) and may_be_shown(call, chat)
