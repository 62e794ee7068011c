"""Who is asked what they think of it, and what becomes of the answer."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from core import transitions
from core.assessment import Assessment
from core.conversation import Conversation, Erasure, Outcome
from core.figures import fact_of
from core.labels import Urgency
from core.opinion import Answer, Question
from core.ports import Change
from core.work import Lane
from tests.builders import NOON
from tests.core.test_figures import ANNE, held, reply
from tests.fakes import Echo

END = NOON + timedelta(minutes=40)
LATER = END + timedelta(minutes=2)


def claimed_and_answered(*, answered: bool = True) -> Conversation:
    return reply(held(), 90).conversation if answered else held()


def closed(
    outcome: Outcome = Outcome.HELPED, *, channel: str = "whatsapp", answered: bool = True
) -> Change:
    held = replace(claimed_and_answered(answered=answered), channel=channel)
    return transitions.close(held, ANNE, outcome, seen=99, now=END, phrases=Echo())


def ended(outcome: Outcome = Outcome.HELPED, **kwargs: object) -> Conversation:
    return closed(outcome, **kwargs).conversation  # type: ignore[arg-type]


def asked(conversation: Conversation, now: datetime = LATER) -> list[str | None]:
    change = transitions.ask_opinion(conversation, now=now, phrases=Echo())
    return [message.sentence for message in change.messages] if change else []


def rated(
    conversation: Conversation, question: Question, answer: Answer, now: datetime = LATER
) -> Change | None:
    return transitions.rate(conversation, question, answer, now=now, phrases=Echo())


def test_the_question_comes_when_the_closing_cannot_be_taken_back_any_more() -> None:
    (wake,) = [one for one in closed().wakes if one.lane is Lane.AFTER]
    assert wake.at - END > transitions.UNDO_WITHIN
    assert asked(ended()) == ["rate_helped"]


@pytest.mark.parametrize(
    "outcome", [Outcome.EMERGENCY, Outcome.SILENT, Outcome.ABUSIVE, Outcome.OFF_TOPIC]
)
def test_after_a_danger_or_without_help_nothing_is_asked(outcome: Outcome) -> None:
    conversation = ended(outcome)
    assert not [one for one in closed(outcome).wakes if one.lane is Lane.AFTER]
    assert transitions.left_to_ask(conversation, now=LATER) == ()
    assert rated(conversation, Question.HELPED, Answer.NO) is None


def test_whom_no_human_answered_is_asked_nothing_least_of_all_in_a_crisis() -> None:
    assert asked(ended(answered=False)) == []
    critical = replace(ended(answered=False), assessment=Assessment(urgency=Urgency.CRITIQUE))
    assert transitions.left_to_ask(critical, now=LATER) == ()


def test_nothing_is_asked_while_it_goes_on_nor_of_who_wants_to_be_erased() -> None:
    assert transitions.left_to_ask(claimed_and_answered(), now=LATER) == ()
    leaving = replace(ended(), erasure=Erasure(asked_at=LATER))
    assert asked(leaving) == []
    reopened = transitions.reopen(
        ended(), ANNE, now=END + timedelta(seconds=5), phrases=Echo()
    ).conversation
    assert asked(reopened) == []


def test_on_the_website_and_the_telephone_the_questions_are_no_messages() -> None:
    for channel in ("web", "telephone"):
        change = closed(channel=channel)
        assert not [one for one in change.wakes if one.lane is Lane.AFTER]
        assert asked(change.conversation) == []
    site = ended(channel="web")
    assert transitions.left_to_ask(site, now=LATER) == (Question.HELPED, Question.NEXT)
    change = rated(site, Question.HELPED, Answer.SOME)
    assert change is not None
    assert change.messages == ()
    assert transitions.left_to_ask(change.conversation, now=LATER) == (Question.NEXT,)


def test_one_question_follows_the_other_and_both_are_counted() -> None:
    first = rated(ended(), Question.HELPED, Answer.YES)
    assert first is not None
    assert [message.sentence for message in first.messages] == ["rate_next"]
    second = rated(first.conversation, Question.NEXT, Answer.NO)
    assert second is not None
    assert [message.sentence for message in second.messages] == ["rate_thanks"]
    assert second.fact is not None
    assert (second.fact.helped, second.fact.next) == (Answer.YES, Answer.NO)
    assert not second.conversation.is_open


def test_a_second_thought_replaces_the_first_and_is_not_thanked_again() -> None:
    first = rated(ended(), Question.HELPED, Answer.YES)
    assert first is not None
    again = rated(first.conversation, Question.HELPED, Answer.NO)
    assert again is not None
    assert again.messages == ()
    assert fact_of(again.conversation).helped is Answer.NO


def test_after_a_day_a_tap_says_nothing() -> None:
    late = END + timedelta(days=1, seconds=1)
    assert rated(ended(), Question.HELPED, Answer.YES, late) is None
    assert asked(ended(), late) == []


def test_what_was_answered_already_is_not_asked_by_message() -> None:
    change = rated(ended(), Question.NEXT, Answer.YES)
    assert change is not None
    assert asked(change.conversation) == []
