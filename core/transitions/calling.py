"""Danger that nobody answers calls who is on call: from when on, and what is said if none comes."""

from datetime import datetime, timedelta

from core.conversation import QUEUE, Conversation, OwnerKind
from core.ports import Change, Phrasebook
from core.prospects import Prospect
from core.transitions.draft import Draft

# Danger that nobody at an open desk answered for this long calls who is on call.
UNATTENDED_AFTER = timedelta(minutes=5)
# Who took it has this long to answer: a claim gives patience, it is no answer.
CLAIM_HOLDS = timedelta(minutes=5)


def call_at(conversation: Conversation, prospect: Prospect) -> datetime | None:
    """From when on its danger calls somebody; None: there is none that a listener left unanswered.

    At once while the desk is shut, or deserted. Who holds it has time to answer, from the danger or
    from their taking it, whichever was later.
    """
    since, ticket = conversation.danger_since, conversation.ticket
    if not conversation.is_open or since is None:
        return None
    if conversation.owner.kind is OwnerKind.LISTENER:
        taken = ticket.claimed_at if ticket else None
        return max(since, taken or since) + CLAIM_HOLDS
    there = prospect.opening.is_open and not prospect.deserted
    return since + UNATTENDED_AFTER if there else since


def tell_nobody_came(
    conversation: Conversation, *, now: datetime, phrases: Phrasebook, prospect: Prospect
) -> Change | None:
    """Everybody on call was called in vain: who was told of them hears that, once, and the numbers.

    None: there is nothing to say of it, or a listener holds it; no machine speaks then. Of this
    danger nobody is said to be told any more, until it is answered. Who is to be left alone hears
    nothing unasked.
    """
    waits = conversation.is_open and conversation.owner == QUEUE
    if not waits or conversation.danger_since is None or conversation.is_unreached:
        return None
    draft = Draft(conversation, now, phrases, prospect)
    draft.update(unreached_at=now)
    if not conversation.is_left_alone:
        draft.tell_numbers("danger_nobody_came")
    return draft.done()
