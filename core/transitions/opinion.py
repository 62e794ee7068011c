"""Asking, once it is over, whether it helped; and keeping the answer.

Nobody in danger is asked how they liked it, nor anybody whom no human answered. An answer changes
nothing but the figures, and begins no conversation.
"""

from datetime import datetime, timedelta

from core.conversation import TELEPHONE, Conversation, Outcome, TicketStatus
from core.opinion import Answer, Question
from core.ports import Change, Phrasebook
from core.transitions.draft import Draft
from core.transitions.passing import UNDO_WITHIN

# How long after the end an answer is an answer, and no new message.
ASKED_FOR = timedelta(days=1)
# The question comes when the closing cannot be taken back any more.
ASK_AFTER = UNDO_WITHIN + timedelta(seconds=5)
# The widget has a screen for it; a caller has hung up.
_ASKED_OTHERWISE = frozenset({"web", TELEPHONE})
_ENDED_WELL = frozenset({Outcome.HELPED, Outcome.ORIENTED, Outcome.SIGNALEMENT})


def may_be_asked(conversation: Conversation, *, now: datetime) -> bool:
    """Whether somebody may be asked what they think of it."""
    ticket, closed_at = conversation.ticket, conversation.closed_at
    if ticket is None or closed_at is None or ticket.status is not TicketStatus.CLOSED:
        return False
    human = conversation.course.answered_at is not None
    well = ticket.outcome in _ENDED_WELL and conversation.erasure is None
    return human and well and now - closed_at <= ASKED_FOR


def left_to_ask(conversation: Conversation, *, now: datetime) -> tuple[Question, ...]:
    """The questions that are open, in their order; none where nothing may be asked."""
    if not may_be_asked(conversation, now=now):
        return ()
    return tuple(one for one in Question if conversation.opinion.to(one) is None)


def asks_by_message(conversation: Conversation, *, now: datetime) -> bool:
    """Whether the questions come as messages."""
    return conversation.channel not in _ASKED_OTHERWISE and may_be_asked(conversation, now=now)


def ask_opinion(conversation: Conversation, *, now: datetime, phrases: Phrasebook) -> Change | None:
    """Ask the first question. None where nothing may be asked, or it was answered."""
    left = left_to_ask(conversation, now=now)
    if len(left) < len(Question) or not asks_by_message(conversation, now=now):
        return None
    draft = Draft(conversation, now, phrases)
    draft.notice(left[0].sentence)
    return draft.done()


def rate(
    conversation: Conversation,
    question: Question,
    answer: Answer,
    *,
    now: datetime,
    phrases: Phrasebook,
) -> Change | None:
    """Keep an answer; where the questions are messages, ask the next one, or give thanks.

    None where nothing may be asked (any more): a stale tap says nothing.
    """
    if not may_be_asked(conversation, now=now):
        return None
    before = left_to_ask(conversation, now=now)
    draft = Draft(conversation, now, phrases)
    draft.update(opinion=conversation.opinion.said(question, answer))
    if asks_by_message(conversation, now=now) and question in before:
        left = left_to_ask(draft.conversation, now=now)
        draft.notice(left[0].sentence if left else "rate_thanks")
    return draft.done()
