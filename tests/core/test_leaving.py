"""Who left without a word: what ends by the clock after a week, and what never does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core import transitions
from core.assessment import Assessment
from core.conversation import BOT, TELEPHONE, Conversation, TicketStatus
from core.figures import End
from core.follow_up import FollowUp, Stage
from core.ids import ConversationId
from core.labels import Issue, Urgency
from core.ports import Change
from core.transitions import LEFT_AFTER
from core.work import Lane
from tests.builders import NOON, a_conversation, a_waiting, an_event
from tests.core.test_transitions import ANNE, CONTACT
from tests.fakes import Echo

SECOND = timedelta(seconds=1)
CALM = [Urgency.FAIBLE, Urgency.MODEREE]
WITH_THE_BOT = {"owner": BOT, "ticket": None}


def waiting(urgency: Urgency = Urgency.MODEREE, **fields: Any) -> Conversation:
    return a_waiting(CONTACT, urgency, **({"notice_at": NOON} | fields))


def looked_at(conversation: Conversation, after: timedelta = LEFT_AFTER) -> Change | None:
    return transitions.end_of_who_left(conversation, now=NOON + after, phrases=Echo())


@pytest.mark.parametrize("urgency", CALM)
def test_a_wait_ends_after_a_week_in_which_nothing_happened_and_not_before(
    urgency: Urgency,
) -> None:
    assert looked_at(waiting(urgency), LEFT_AFTER - SECOND) is None
    change = looked_at(waiting(urgency))
    assert change is not None
    ended = change.conversation
    assert ended.ticket is not None
    assert (ended.is_open, ended.ticket.status) == (False, TicketStatus.ABANDONED)
    assert change.fact is not None
    assert change.fact.end is End.ABANDONED
    # Nobody is told.
    assert change.messages == ()


def test_who_left_the_bot_had_never_asked_for_a_human() -> None:
    change = looked_at(waiting(Urgency.FAIBLE, **WITH_THE_BOT))
    assert change is not None
    assert change.fact is not None
    assert change.fact.end is End.BOT


@pytest.mark.parametrize(
    "fields",
    [
        {"urgency": Urgency.ELEVEE},
        {"urgency": Urgency.CRITIQUE},
        {"danger_since": NOON},
        {"channel": TELEPHONE},
        {"standby": True},
        {"closed_at": NOON},
        {"joined": ConversationId("call")},
        {"joined_before": (ConversationId("call"),)},
        {"follow_up": FollowUp(stage=Stage.AGREED, at=NOON, due_at=NOON)},
    ],
)
def test_never_by_the_clock(fields: dict[str, Any]) -> None:
    assert looked_at(waiting(**fields), timedelta(days=400)) is None


def test_never_under_a_listener() -> None:
    held = transitions.claim(waiting(), ANNE, now=NOON, phrases=Echo()).conversation
    assert looked_at(held, timedelta(days=400)) is None


def wishes(change: Change) -> list[Any]:
    return [one.at for one in change.wakes if one.lane is Lane.WATCH]


def test_a_look_is_wished_once_as_the_week_begins_to_count() -> None:
    fresh = a_conversation(CONTACT, version=0)

    def writes(conversation: Conversation, hours: int) -> Change:
        at = NOON + timedelta(hours=hours)
        return transitions.receive(
            conversation, an_event(at=at), Assessment(), burst=SECOND, now=at, phrases=Echo()
        )

    first = writes(fresh, 0)
    assert wishes(first) == [NOON + LEFT_AFTER]
    again = writes(first.conversation, 5)
    assert wishes(again) == []
    assert transitions.left_at(again.conversation) == NOON + timedelta(hours=5) + LEFT_AFTER


def test_a_look_is_wished_again_when_its_listener_is_gone() -> None:
    held = transitions.claim(waiting(), ANNE, now=NOON, phrases=Echo()).conversation
    back = transitions.give_back(held, first=None, now=NOON + SECOND, phrases=Echo())
    assert wishes(back) == [NOON + SECOND + LEFT_AFTER]


def test_who_comes_back_after_that_waits_at_once_with_what_is_known() -> None:
    known = waiting()
    known = replace(known, assessment=replace(known.assessment, issue=Issue.SEXTORSION))
    change = looked_at(known)
    assert change is not None
    later = NOON + timedelta(days=20)
    back = transitions.open_conversation(CONTACT, change.conversation, now=later)
    assert back.is_waiting
    assert back.previous == known.id
    assert back.assessment.issue is Issue.SEXTORSION
