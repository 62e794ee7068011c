"""Danger that nobody answers calls who is on call: from when on."""

from datetime import datetime, timedelta

from core.conversation import Conversation, OwnerKind
from core.prospects import Prospect

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
