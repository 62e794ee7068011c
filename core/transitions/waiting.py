"""When somebody in danger who waits is told the numbers again, unasked.

Rarer and rarer, and not for ever: a telephone that lights up all night may be seen by another.
"""

from datetime import datetime, timedelta

from core.conversation import QUEUE, TELEPHONE, Conversation
from core.labels import Urgency

# After so long a wait.
STEPS = tuple(timedelta(minutes=minutes) for minutes in (30, 60, 120, 240, 480))
# Whoever was told anything with numbers so shortly before a step is not told it again.
NEAR = timedelta(minutes=10)
# After so long nobody expects an answer to what they wrote, and the screen may be anybody's.
UNTIL = timedelta(hours=12)


def numbers_again_at(conversation: Conversation, *, now: datetime) -> datetime | None:
    """When the numbers are due again, which may be past; None: never more, as it stands at `now`.

    Not to who asked to be left alone or to have everything erased, not where another application
    has the thread, not once the platform's window is over, and not over what was told before to
    somebody of whom it is not known who they are.
    """
    told, ticket = conversation, conversation.ticket
    if ticket is None or not told.is_waiting or told.owner != QUEUE:
        return None
    if told.assessment.urgency.rank < Urgency.ELEVEE.rank or told.channel == TELEPHONE:
        return None
    if told.is_left_alone:
        return None
    if told.is_doubtful and told.danger_since is None:
        return None
    since = max(ticket.waiting_since, told.danger_since or ticket.waiting_since)
    ends = min(filter(None, (since + UNTIL, told.window_ends_at)))
    last = max(filter(None, (since, told.danger_told_at, told.notice_at)))
    due = next((since + step for step in STEPS if since + step - NEAR > last), None)
    return None if due is None or max(due, now) >= ends else due
