"""Callers: a ticket written by hand by the listener who is on the line.

It has the same card, outcome and figures as a chat. Nothing is sent to a telephone: notices are
left out, and what is recorded as said was read out.
"""

from datetime import datetime

from core.accounts import Listener
from core.assessment import Assessment
from core.conversation import TELEPHONE, Contact, Conversation, Owner, OwnerKind, Ticket
from core.conversation import TicketStatus as Status
from core.course import Course
from core.ids import ConversationId, derived_id
from core.notes import Note
from core.ports import Change, Phrasebook
from core.transitions.draft import Draft


def call_id(contact: Contact) -> ConversationId:
    """The one id of a caller's ticket, however often the console sends it."""
    return ConversationId(derived_id(contact.id, TELEPHONE))


def open_call(
    contact: Contact,
    listener: Listener,
    told: Assessment,
    note: str,
    *,
    now: datetime,
    phrases: Phrasebook,
) -> Change:
    """A ticket for somebody on the line, held and answered from the start. An empty `note` is none.

    What the listener says of it is settled: no machine has read anything here.
    """
    draft = Draft(
        Conversation(
            id=call_id(contact),
            contact_id=contact.id,
            channel=TELEPHONE,
            account=contact.account,
            owner=Owner(OwnerKind.LISTENER, listener.id),
            opened_at=now,
            updated_at=now,
            assessment=told,
            ticket=Ticket(
                status=Status.CLAIMED,
                opened_at=now,
                waiting_since=now,
                listener_id=listener.id,
                claimed_at=now,
            ),
            course=Course(urgency_first=told.urgency, answered_at=now),
        ),
        now,
        phrases,
    )
    if note:
        first = Note(id=derived_id(contact.id, "note"), listener_id=listener.id, at=now, text=note)
        draft.update(notes=(first,))
    return draft.done()
