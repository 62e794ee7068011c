"""When a conversation that the person left without a word ends: the one end by the clock.

Else it would stand in the queue until its words are erased for good, and in the figures as going on
for ever. Whoever writes again goes on with what is known (`person.open_conversation`).
"""

from datetime import datetime, timedelta

from core.conversation import TELEPHONE, Conversation, OwnerKind
from core.labels import Urgency

LEFT_AFTER = timedelta(days=7)


def left_at(conversation: Conversation) -> datetime | None:
    """When it ends if nothing more happens in it; None: never by the clock, as it stands.

    Not where a danger was told or feared, nor while a listener holds it, a message is promised, a
    call is joined to it, or another application has the thread.
    """
    told, seen = conversation, conversation.assessment
    if not told.is_open or told.owner.kind is OwnerKind.LISTENER or told.channel == TELEPHONE:
        return None
    if told.danger_since is not None or seen.urgency.rank >= Urgency.ELEVEE.rank:
        return None
    promised = told.follow_up is not None and told.follow_up.is_pending
    if promised or told.standby or told.halves:
        return None
    return told.updated_at + LEFT_AFTER
